"""Who signed held the office: asked of the registry for the day on which each signature is known to have existed."""

from collections.abc import Iterable

from hocba_sign.model.authority import Registry, Standing
from hocba_sign.model.person import School
from hocba_sign.model.record import Credential, vietnam_day
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pki.certificate import Certificate
from hocba_sign.validation.chain import Setting
from hocba_sign.validation.process import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status

_STATUS = {Standing.ALLOWED: Status.PASS, Standing.REFUSED: Status.FAIL, Standing.UNKNOWN: Status.UNPROVEN}
_ORDER = (Status.FAIL, Status.UNPROVEN, Status.PASS)
_NEEDED = frozenset({Role.CBQL, Role.KY_PHAT_HANH})
"""A registry that names neither head nor seal of a school does not know the school; teachers may be left to the school."""


def credential_of(certificate: Certificate) -> Credential:
    """Give what a registry compares of a certificate."""
    subject = certificate.subject
    return Credential(sha256=certificate.sha256, identifiers=tuple(subject.identifiers), common_name=subject.common_name)


def authority_checks(signatures: Iterable[SignatureConclusion], *, school: School, setting: Setting) -> list[Check]:
    """Judge every signature in a slot, and sum up as WF.AUTHORITY; `not_checked` where there is no registry.

    1. the day is that of the best signature time; 2. a time that only the signer claims must hold for the validation day, too:
    who has left the office could claim a day before that; 3. the worst answer decides.
    """
    registry = setting.policy.knowledge.registry
    if registry is None:
        needed = [Check(identifier="POLICY.REGISTRY_NEEDED", status=Status.UNPROVEN)] if setting.policy.require_registry else []
        return [*needed, Check(identifier="WF.AUTHORITY", status=Status.NOT_CHECKED)]
    checks = [Check(identifier=note.cause, status=Status.WARNING, where=note.where) for note in registry.notes]
    found: list[Check] = []
    for one in signatures:
        slot = one.signature.slot
        if slot is not None and one.certificate is not None and one.is_intact:
            found += _judge(one, slot, registry=registry, school=school, setting=setting)
    # (3)
    worst = min((check.status for check in found if check.status in _ORDER), key=_ORDER.index, default=Status.UNPROVEN)
    return [*checks, *found, Check(identifier="WF.AUTHORITY", status=worst)]


def _judge(one: SignatureConclusion, slot: Slot, *, registry: Registry, school: School, setting: Setting) -> list[Check]:
    if one.certificate is None or one.best_time is None:
        return [Check(identifier="REGISTRY.TIME_UNPROVEN", status=Status.UNPROVEN, where=str(slot))]
    credential = credential_of(one.certificate)
    # (1)
    answer = registry.judge(
        credential, slot.role, department_code=school.department_code, school_code=school.code, day=vietnam_day(one.best_time)
    )
    if answer.standing is Standing.UNCOVERED:
        status = Status.UNPROVEN if slot.role in _NEEDED else Status.NOT_CHECKED
        return [Check(identifier=answer.cause, status=status, where=f"{slot}: {answer.where}")]
    # (2)
    if answer.standing is Standing.ALLOWED and not one.is_time_proven:
        later = registry.judge(
            credential, slot.role, department_code=school.department_code, school_code=school.code, day=vietnam_day(setting.at)
        )
        if later.standing is not Standing.ALLOWED:
            return [Check(identifier="REGISTRY.TIME_UNPROVEN", status=Status.UNPROVEN, where=f"{slot}: {later.where}")]
    return [Check(identifier=answer.cause, status=_STATUS[answer.standing], where=f"{slot}: {answer.where}")]
