"""Which trees of trust a document rests on: what the policy allows each role, what the user added,
what is known to be false.
"""

from collections.abc import Iterable, Iterator

from hocba_sign.errors import Finding
from hocba_sign.model.codes import SchoolKind
from hocba_sign.pki.path.result import PathResult
from hocba_sign.pki.trust.anchors import pinned_authority, pinned_roots, user_findings
from hocba_sign.pki.trust.role_policy import TIME_STAMP_AUTHORITY, Admission
from hocba_sign.pki.trust.vietnam_list import TrustList
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status

_STATUS = {Admission.REFUSED: Status.FAIL, Admission.UNDETERMINED: Status.UNPROVEN}


def hierarchy_checks(
    signatures: Iterable[SignatureConclusion], school: SchoolKind | None, *, setting: Setting
) -> tuple[Check, ...]:
    """Compare the anchor of every signature and time-stamp with the role policy, and name the
    user's own anchors.

    `school` None means that the transcript does not tell whether the school is public.
    """
    checks = [
        Check(identifier=finding.cause, status=Status.WARNING, where=finding.where)
        for finding in user_findings(setting.trust)
    ]
    pins = setting.trust.pins
    checks.append(
        Check(
            identifier="TRUST.LIST_AGE",
            status=Status.WARNING if pins.is_old(setting.at) else Status.PASS,
            where=pins.as_of.isoformat(),
        )
    )
    for signature in signatures:
        slot = signature.signature.slot
        if slot is not None and signature.path is not None:
            checks += _refusals(
                slot.role, str(slot), signature.path, school=school, setting=setting
            )
        for stamp in signature.time_stamps:
            if stamp.path is not None:
                checks += _refusals(
                    TIME_STAMP_AUTHORITY,
                    str(slot or signature.signature.where),
                    stamp.path,
                    school=school,
                    setting=setting,
                )
                if stamp.path.is_pinned:
                    checks.append(
                        Check(
                            identifier="TRUST.PINNED_TSA",
                            status=Status.WARNING,
                            where=stamp.path.anchor_sha256,
                        )
                    )
        chain = () if signature.path is None else signature.path.chain
        if TrustList.load().known_bad(chain):
            checks.append(
                Check(
                    identifier="TRUST.KNOWN_BAD",
                    status=Status.FAIL,
                    where=str(slot or signature.signature.where),
                )
            )
    return tuple(dict.fromkeys(checks))


def _refusals(
    party: str, where: str, path: PathResult, *, school: SchoolKind | None, setting: Setting
) -> Iterator[Check]:
    if path.anchor_sha256 is None:
        return
    pins = setting.trust.pins
    trust = setting.trust.with_anchors(pinned_roots(path.chain, pins))
    anchor = (
        pinned_authority(path.chain[-1], pins) if path.is_pinned else trust.find(path.anchor_sha256)
    )
    if anchor is None:
        return
    permission = setting.policy.roles.allows(
        party, anchor, school=school, leaf=pins.find(path.chain[0].sha256)
    )
    if permission.finding is not None:
        yield _told(permission.finding, _STATUS[permission.standing], where)


def _told(finding: Finding, status: Status, where: str) -> Check:
    return Check(identifier=finding.cause, status=status, where=f"{where}: {finding.where}")
