"""From files to knowledge: registries, events and status lists are judged like any signed document
before anything is judged by them.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final, TypeAlias

from hocba_sign.errors import CallerError, Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.authority import Registry
from hocba_sign.model.delegation import GivenSnapshot
from hocba_sign.model.event import Event
from hocba_sign.model.frozen import frozen
from hocba_sign.model.record import Witness, vietnam_day
from hocba_sign.model.registry import RegistrySnapshot
from hocba_sign.model.status_list import StatusList, StatusTable
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pki.loading.encodings import decoded_text
from hocba_sign.pki.loading.kinds import ObjectKind, form_of_file
from hocba_sign.pki.loading.objects import LossMark, read_objects
from hocba_sign.validation.document.dispatch import validate_document
from hocba_sign.validation.document.three_answers import DocumentConclusion, validate
from hocba_sign.validation.in_force.office import witness_of
from hocba_sign.validation.in_force.years import read_reference, year_facts, years_of
from hocba_sign.validation.knowledge import JudgedEvent, JudgedList, Knowledge, YearFacts, Years
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.verdict import Status, Verdict
from hocba_sign.xml.record_octets import FORMS

Named: TypeAlias = tuple[str, bytes]
"""A file: the name that findings use, and its octets."""

_SEAL = Slot(Role.KY_PHAT_HANH)
_UNPROVEN = frozenset({Status.FAIL, Status.UNPROVEN})
_ANOTHER_SIGNER = frozenset(
    {"WF.SIGNER_MISMATCH", "WF.SIGNER_KIND", "WF.SIGNER_PLACE", "WF.SIGNER_UNKNOWN"}
)
"""Causes by which nothing tells that those who are named have signed; where number or name agree a
withdrawal stays in question.
"""
_TAGS: Final = (*(form.root for form in FORMS), "SignatureValue")
_TAG: Final = re.compile(rb"<(?:[^\s<>/:]{1,100}:)?(?:" + "|".join(_TAGS).encode() + rb")[\s/>]")
"""What tells a signed record, or a part of one, that is damaged or of a form that is not known
here.
"""
_PAGE: Final = re.compile(rb"(?i)\s*<(?:!doctype\s+)?html[\s>]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a verifier has beside the transcripts; None means that nobody looked.

    `registries` are signed XML, or JSON at the user's own word; `years` the files that are verified
    together. `unread` names what may be an event or a list, and could not be opened.
    """

    registries: tuple[Named, ...] = ()
    events: tuple[Named, ...] | None = None
    lists: tuple[Named, ...] = ()
    years: Iterable[bytes] | None = None
    unread: tuple[str, ...] = ()


def may_be_record(octets: bytes, *, is_read: bool = False) -> bool:
    """Return whether octets may be an event, a registry or a status list: by a name in them, or
    because nothing tells what they are.

    Of what `is_read`, as XML, only the names tell. Text for people, web pages, pictures, keys,
    certificates and what operating systems leave in folders are none.
    """
    text = decoded_text(octets)
    if _TAG.search(octets) or (text is not None and _TAG.search(text)):
        return True
    if form_of_file(octets) is ObjectKind.DOCUMENT:
        return not is_read and _PAGE.match(text or b"") is None
    return any(part.mark is LossMark.NOTHING for part in read_objects(octets).unread)


def load_records(sources: Sources, setting: Setting) -> Knowledge:
    """Judge everything at the validation time of `setting`, and put it together.

    An event that does not hold is kept, so that reports can say why it is refused; what is no
    signed event at all becomes a note, and what may be one and cannot be read leaves open whether a
    transcript is in force.
    Raises: InputError for a registry or a status list that is unreadable or whose signature is not
    VALID, naming the file.
    """
    plain = replace(setting, policy=setting.policy.for_knowledge())
    snapshots = [_snapshot(source, plain) for source in sources.registries]
    found: dict[str, list[JudgedEvent]] = defaultdict(list)
    notes: list[Finding] = []
    unread = [Finding("EVENT.UNREAD", name) for name in sources.unread]
    for event in sources.events or ():
        judged = _event(event, plain)
        if isinstance(judged, Finding):
            (unread if judged.cause == "EVENT.UNREAD" else notes).append(judged)
        else:
            found[judged.event.target.id].append(judged)
    registry = (
        Registry.of(snapshots, pins=setting.policy.registry_pins, today=vietnam_day(setting.at))
        if snapshots
        else None
    )
    known = replace(plain, policy=replace(plain.policy, knowledge=Knowledge(registry=registry)))
    return Knowledge(
        registry=registry,
        events=None
        if sources.events is None
        else frozen({key: tuple(dict.fromkeys(value)) for key, value in found.items()}),
        lists=tuple(_list(status_list, plain) for status_list in sources.lists),
        years=None if sources.years is None else years_among(sources.years, known),
        notes=tuple(notes),
        unread=tuple(unread),
    )


def years_among(documents: Iterable[bytes], setting: Setting) -> Years:
    """Judge and index the transcripts among `documents`, by the registry that is known; what cannot
    be read is left out, its own report says why.
    """
    known = Knowledge(registry=setting.policy.knowledge.registry)
    plain = replace(setting, policy=replace(setting.policy.for_knowledge(), knowledge=known))
    is_by_code = known.registry is not None and bool(known.registry.snapshots)
    return years_of(
        (facts for octets in documents for facts in _year(octets, plain)), is_by_code=is_by_code
    )


def _year(octets: bytes, setting: Setting) -> Iterator[YearFacts]:
    """Yield what is signed; of a file that nobody signed, what it says, which a link to it may
    still confirm.
    """
    with suppress(InputError, CallerError):
        conclusion = validate_document(octets, setting)
        if conclusion.transcript is not None and conclusion.data_sha256 is not None:
            seal = _witness(conclusion, _SEAL)
            yield year_facts(
                conclusion.transcript,
                conclusion.data_sha256,
                seal=None if seal is None else seal.credential,
                is_valid=conclusion.verdict is Verdict.VALID,
            )
            return
    with suppress(InputError, KeyError):
        transcript, reference = read_reference(octets)
        yield year_facts(transcript, reference.digest)


def _snapshot(named: Named, setting: Setting) -> GivenSnapshot:
    name, octets = named
    try:
        if octets.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
            return GivenSnapshot(
                snapshot=RegistrySnapshot.from_json(octets),
                sha256=hashlib.sha256(octets).hexdigest(),
            )
        conclusion = validate(octets, setting)
    except InputError as error:
        raise _in_file(error, name) from error
    if _is_another(conclusion, RegistrySnapshot):
        raise InputError("REGISTRY.NOT_A_REGISTRY", where=name)
    seal = _witness(conclusion, _SEAL)
    record = conclusion.record if conclusion.verdict is Verdict.VALID else None
    if not isinstance(record, RegistrySnapshot) or seal is None:
        raise InputError("REGISTRY.NOT_VALID", where=_reasons(name, conclusion))
    return GivenSnapshot(snapshot=record, seal=seal, sha256=hashlib.sha256(octets).hexdigest())


def _is_another(conclusion: DocumentConclusion, wanted: type) -> bool:
    """Return whether a document was read, and is of another kind than was given it for."""
    content = conclusion.record or conclusion.transcript
    return content is not None and not isinstance(content, wanted)


def _list(named: Named, setting: Setting) -> JudgedList:
    name, octets = named
    try:
        conclusion = validate(octets, setting)
    except InputError as error:
        raise _in_file(error, name) from error
    if _is_another(conclusion, StatusList):
        raise InputError("STATUS.NOT_A_LIST", where=name)
    seal = _witness(conclusion, _SEAL)
    record = conclusion.record if conclusion.verdict is Verdict.VALID else None
    if not isinstance(record, StatusList) or seal is None:
        raise InputError("STATUS.NOT_VALID", where=_reasons(name, conclusion))
    return JudgedList(table=StatusTable(record), seal=seal)


def _event(named: Named, setting: Setting) -> JudgedEvent | Finding:
    name, octets = named
    try:
        conclusion = validate(octets, setting)
    except InputError as error:
        is_suspected = may_be_record(octets, is_read=True)
        return Finding(
            "EVENT.UNREAD" if is_suspected else "EVENT.UNREADABLE", f"{name}: {error.cause}"
        )
    if not isinstance(conclusion.record, Event):
        is_lost = (
            conclusion.transcript is None and conclusion.record is None and _is_anchored(conclusion)
        )
        return Finding("EVENT.UNREAD" if is_lost else "EVENT.UNREADABLE", name)
    workflow = conclusion.workflow
    is_matched = (
        workflow is not None
        and workflow.is_complete
        and not any(
            check.identifier in _ANOTHER_SIGNER and check.status in _UNPROVEN
            for check in workflow.checks
        )
    )
    principal, seal = _witness(conclusion, Slot(Role.CBQL)), _witness(conclusion, _SEAL)
    return JudgedEvent(
        event=conclusion.record,
        verdict=conclusion.verdict,
        causes=_causes(conclusion),
        is_signed_by_named=is_matched and _is_anchored(conclusion),
        principal=principal
        if principal is None or seal is None or principal.is_day_proven
        else replace(seal, credential=principal.credential),
        seal=seal,
    )


def _is_anchored(conclusion: DocumentConclusion) -> bool:
    """Return whether all signatures, of which there are some, are intact and by certificates under
    a trusted root.
    """
    return bool(conclusion.signatures) and all(
        signature.is_intact
        and signature.path is not None
        and signature.path.anchor_sha256 is not None
        for signature in conclusion.signatures
    )


def _witness(conclusion: DocumentConclusion, slot: Slot) -> Witness | None:
    return next(
        (
            witness_of(signature)
            for signature in conclusion.signatures
            if signature.signature.slot == slot
        ),
        None,
    )


def _causes(conclusion: DocumentConclusion) -> tuple[str, ...]:
    found = [check.identifier for check in conclusion.checks if check.status in _UNPROVEN]
    found += [
        finding.cause
        for signature in conclusion.signatures
        for finding in signature.conclusion.findings
    ]
    return tuple(dict.fromkeys(found))


def _reasons(name: str, conclusion: DocumentConclusion) -> str:
    return f"{name}: {', '.join(_causes(conclusion)) or conclusion.verdict}"


def _in_file(error: InputError, name: str) -> InputError:
    return InputError(
        error.cause,
        where=f"{name}: {error.where or ''}".removesuffix(": "),
        detail=error.detail,
        findings=error.findings,
    )
