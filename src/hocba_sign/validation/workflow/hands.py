"""How many hands signed: a plan asks for several people so that no one alone can issue a
transcript, and what the file says cannot change that.

Who teaches several subjects, is the homeroom teacher too, or teaches as principal, is ordinary, and
so is one who signs for a colleague.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from hocba_sign.model.record import vietnam_day
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pki.certificates.holder import is_same_holder
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.validation.workflow.order import SignerFacts

_LAST_DAY: Final = (5, 31)
"""Month and day by which the ministry's plan of every school year ends it (QĐ 2045/QĐ-BGDĐT for
2025-2026 and those before).
"""
_CBQL, _GVCN, _SEAL = Slot(Role.CBQL), Slot(Role.GVCN), Slot(Role.KY_PHAT_HANH)


def hand_checks(
    transcript: Transcript, facts: Mapping[Slot, SignerFacts], *, accept_few: bool
) -> list[Check]:
    """Name what lets fewer people sign than there should be.

    Unproven unless the registry appoints them for each place, or `accept_few`.

    1. only what was on paper is signed by principal and seal alone: the school year had ended
       before the proven time of the seal;
    2. somebody signs as the teacher that the transcript names: stand-ins for all of them are none;
    3. the principal is not also the homeroom teacher and every teacher, nor the teacher of every
       subject.
    """
    # (1) signed by few, though not yet of the past
    found = []
    if transcript.identification.is_digitised and not _is_of_the_past(transcript, facts.get(_SEAL)):
        found.append(
            Check(
                identifier="WF.DIGITISED_EARLY",
                status=Status.UNPROVEN,
                where=transcript.identification.school_year,
            )
        )
    # (2) stand-ins for every teacher
    teachers = tuple(slot for slot in transcript.slots if slot.role is Role.GVBM)
    replaced = {substitute.teacher for substitute in transcript.signers.substitutes}
    if (
        # A stand-in for the only teacher is ordinary.
        len(teachers) > 1
        and all(slot.teacher in replaced for slot in teachers)
        and not _are_appointed(teachers, facts)
    ):
        found.append(
            Check(identifier="WF.STAND_IN_FOR_ALL", status=Status.UNPROVEN, where=str(Role.GVBM))
        )
    # (3) one person in several roles
    slots = tuple(_in_one_hand(transcript.slots, teachers, facts))
    if slots and not _are_appointed(slots, facts):
        found.append(
            Check(
                identifier="WF.ONE_HAND", status=Status.UNPROVEN, where=", ".join(map(str, slots))
            )
        )
    return (
        [
            Check(identifier=check.identifier, status=Status.WARNING, where=check.where)
            for check in found
        ]
        if accept_few
        else found
    )


def _is_of_the_past(transcript: Transcript, seal: SignerFacts | None) -> bool:
    """Return whether the year was over by the seal's time-stamp, or before its certificate began:
    nobody could seal with it earlier.
    """
    if seal is None or seal.certificate is None:
        return False
    last_day = date(int(transcript.identification.school_year.partition("-")[2]), *_LAST_DAY)
    return any(
        vietnam_day(moment) > last_day
        for moment in (seal.stamped, seal.certificate.not_before)
        if moment is not None
    )


def _in_one_hand(
    slots: tuple[Slot, ...], teachers: tuple[Slot, ...], facts: Mapping[Slot, SignerFacts]
) -> Iterator[Slot]:
    """Yield the slots of the principal and of all others, where one holder signed in too many of
    them.
    """
    principal = facts.get(_CBQL)
    if principal is None or principal.certificate is None:
        return
    own = {slot for slot in (*teachers, _GVCN) if _is_held(facts.get(slot), principal)}
    has_all_teachers = own.issuperset(teachers)
    # A principal who teaches the only subject, and is no homeroom teacher, is ordinary.
    if has_all_teachers and ((_GVCN in slots and _GVCN in own) or len(teachers) > 1):
        yield from (slot for slot in slots if slot in own or slot == _CBQL)


def _is_held(other: SignerFacts | None, principal: SignerFacts) -> bool:
    if other is None or other.certificate is None or principal.certificate is None:
        return False
    return is_same_holder(other.certificate, principal.certificate)


def _are_appointed(slots: tuple[Slot, ...], facts: Mapping[Slot, SignerFacts]) -> bool:
    return all(slot in facts and facts[slot].is_appointed for slot in slots)
