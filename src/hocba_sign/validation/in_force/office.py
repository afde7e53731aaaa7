"""Who signed held the office: asked of the registry for the day on which each signature is known to
have existed.
"""

from collections.abc import Iterable
from datetime import date

from hocba_sign.model.authority import Registry
from hocba_sign.model.delegation import OfficeStatus
from hocba_sign.model.person import School
from hocba_sign.model.record import Witness, vietnam_day
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pki.fitness import credential_of
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status

_STATUS = {
    OfficeStatus.ALLOWED: Status.PASS,
    OfficeStatus.REFUSED: Status.FAIL,
    OfficeStatus.UNKNOWN: Status.UNPROVEN,
}
_ORDER = (Status.FAIL, Status.UNPROVEN, Status.PASS)
_NEEDED = frozenset({Role.CBQL, Role.KY_PHAT_HANH})
"""A registry that names neither head nor seal of a school does not know the school; teachers may be
left to the school.
"""


def witness_of(one: SignatureConclusion) -> Witness | None:
    """Return who signed and when, as a registry is asked about it; None for a signature that does
    not hold, or states no time at all.
    """
    if one.certificate is None or one.best_time is None or not one.is_intact:
        return None
    return Witness(
        credential=credential_of(one.certificate),
        day=vietnam_day(one.best_time),
        is_day_proven=one.is_time_proven,
    )


def authority_checks(
    signatures: Iterable[SignatureConclusion], *, school: School, setting: Setting
) -> list[Check]:
    """Judge every signature in a slot, and sum up as WF.AUTHORITY: by the worst answer;
    `not_checked` where no registry counts.
    """
    registry = setting.policy.knowledge.registry
    checks: list[Check] = []
    found: list[Check] = []
    if registry is not None:
        checks = [
            Check(identifier=note.cause, status=Status.WARNING, where=note.where)
            for note in registry.notes
        ]
        for signature in signatures:
            slot = signature.signature.slot
            if slot is not None and signature.certificate is not None and signature.is_intact:
                found.append(
                    _office_check(
                        signature,
                        slot,
                        registry=registry,
                        school=school,
                        today=vietnam_day(setting.at),
                    )
                )
    asked = [check.status for check in found if check.status in _ORDER]
    if registry is None or (not registry.snapshots and not asked):
        needed = (
            [Check(identifier="POLICY.REGISTRY_NEEDED", status=Status.UNPROVEN)]
            if setting.policy.require_registry
            else []
        )
        return [
            *checks,
            *found,
            *needed,
            Check(identifier="WF.AUTHORITY", status=Status.NOT_CHECKED),
        ]
    return [
        *checks,
        *found,
        Check(
            identifier="WF.AUTHORITY", status=min(asked, key=_ORDER.index, default=Status.UNPROVEN)
        ),
    ]


def _office_check(
    one: SignatureConclusion, slot: Slot, *, registry: Registry, school: School, today: date
) -> Check:
    """Return what the registry says of one signature.

    What only a snapshot of claimed rank says clears nobody, and is no proof against anybody.
    """
    witness = witness_of(one)
    if witness is None:
        return Check(identifier="REGISTRY.TIME_UNPROVEN", status=Status.UNPROVEN, where=str(slot))
    answer = registry.authority_of_witness(
        witness,
        slot.role,
        department_code=school.department_code,
        school_code=school.code,
        today=today,
        subject=slot.subject,
    )
    where = f"{slot}: {answer.where}"
    if not answer.is_confirmed:
        is_told = answer.standing is OfficeStatus.ALLOWED
        return Check(
            identifier=answer.cause if is_told else "REGISTRY.CLAIMED",
            status=Status.NOT_CHECKED if is_told else Status.UNPROVEN,
            where=where,
        )
    if answer.standing is OfficeStatus.UNCOVERED:
        return Check(
            identifier=answer.cause,
            status=Status.UNPROVEN if slot.role in _NEEDED else Status.NOT_CHECKED,
            where=where,
        )
    return Check(identifier=answer.cause, status=_STATUS[answer.standing], where=where)


def is_appointed(
    one: SignatureConclusion,
    slot: Slot,
    *,
    school: School | None,
    setting: Setting,
    by_certificate: bool = False,
) -> bool:
    """Return whether the registry names who signed for this very slot; `by_certificate`: by the
    certificate itself, so that it answers for whose it is.
    """
    registry = setting.policy.knowledge.registry
    if registry is None or school is None:
        return False
    witness = witness_of(one)
    if witness is None:
        return False
    place = {"department_code": school.department_code, "school_code": school.code}
    return registry.appoints(
        witness, slot, **place, today=vietnam_day(setting.at), by_certificate=by_certificate
    )
