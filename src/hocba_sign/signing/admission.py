"""Before anything is written: is this certificate, and this time-stamp, one that verification can
accept? Asked by the functions that verify.

What certificate or token alone makes unacceptable is refused. What only the evidence of a verifier
can settle is noted: an issuer with another certificate, an office that a registry at hand does not
tell.
"""

from collections.abc import Sequence
from datetime import datetime

from hocba_sign.errors import CallerError, Finding
from hocba_sign.model.delegation import OfficeStatus
from hocba_sign.model.person import School
from hocba_sign.model.record import Witness, vietnam_day
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.fitness import (
    chain_findings,
    credential_of,
    issuers_at_hand,
    unfit_token_causes,
)
from hocba_sign.pki.path.kept import validate_path_quickly
from hocba_sign.pki.path.result import PathRequirements, PathStatus
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.timestamp.protocol import read_token
from hocba_sign.pki.trust.role_policy import Admission as Permitted
from hocba_sign.pki.trust.vietnam_list import TrustList
from hocba_sign.signing.signing_policy import Level, SigningPolicy


def admit(
    chain_der: Sequence[bytes],
    slot: Slot,
    *,
    school: School | None,
    at: datetime,
    policy: SigningPolicy,
) -> tuple[Finding, ...]:
    """Refuse a certificate that verification refuses, and return what is to be noted of it.

    1. the certificate with the issuers beside it;
    2. where the caller says whom verifiers trust, its path, and whether certificates of that tree
       may sign in this role;
    3. where there is a registry, whether its holder may sign for `school` on the day of `at`
       (aware).
    Raises: CallerError with the cause that verification would give (PATH.*, TRUST.*, REGISTRY.*,
    WF.HIERARCHY), `SIGN.NO_CERTIFICATE`, `SIGN.POLICY_LEVEL` for a level below the one that the
    verifier's policy demands.
    """
    chain = tuple(Certificate.load(der) for der in chain_der)
    if not chain:
        raise CallerError("SIGN.NO_CERTIFICATE")
    if policy.is_time_stamp_demanded and policy.level is Level.B:
        raise CallerError("SIGN.POLICY_LEVEL", where=str(slot))
    # (1) the certificate with its issuers
    notes = admit_chain(chain, at=at)
    # (2) path and role, by whom verifiers trust
    notes += _path_notes(chain, slot, school, at=at, policy=policy)
    # (3) the office, by the registry
    return tuple(
        dict.fromkeys((*notes, *_office_notes(chain[0], slot, school, at=at, policy=policy)))
    )


def admit_chain(chain: tuple[Certificate, ...], *, at: datetime) -> tuple[Finding, ...]:
    """Refuse a certificate that verification refuses whatever it signs, and return what is to be
    noted of it; its issuers follow it in `chain`.

    Raises: CallerError PATH.*, TRUST.KNOWN_BAD.
    """
    causes, notes = chain_findings(chain, at=at)
    _refuse(causes, chain[0])
    return notes


def admit_token(token_der: bytes, *, now: datetime | None) -> None:
    """Refuse a time-stamp that no verifier would accept.

    `now` is aware; without it the future is not told apart.

    Raises: InputError `TST.*` for a malformed token, CallerError `SIGN.TIME_STAMP` naming what is
    wrong.
    """
    causes = unfit_token_causes(read_token(token_der), now=now)
    if causes:
        raise CallerError("SIGN.TIME_STAMP", where=", ".join(causes))


def _refuse(causes: Sequence[str], certificate: Certificate) -> None:
    if causes:
        raise CallerError(causes[0], where=certificate.subject_text, detail=", ".join(causes))


def _path_notes(
    chain: tuple[Certificate, ...],
    slot: Slot,
    school: School | None,
    *,
    at: datetime,
    policy: SigningPolicy,
) -> tuple[Finding, ...]:
    if policy.trust is None:
        return ()
    asked = PathRequirements(purpose=Purpose.SIGNING, allow_unknown_revocation=True)
    evidence = policy.evidence.merged(Evidence.of(certificates=issuers_at_hand(chain)))
    path = validate_path_quickly(
        chain[0], trust=policy.trust, evidence=evidence, at=at, requirements=asked
    )
    if path.status is not PathStatus.PASSED:
        _refuse(path.causes, chain[0])
    anchor = policy.trust.find(path.anchor_sha256 or "")
    if anchor is None or school is None:
        return ()
    leaf = TrustList.load().find(chain[0].sha256)
    permission = policy.role_policy.allows(slot.role, anchor, school=school.kind, leaf=leaf)
    if permission.standing is Permitted.REFUSED:
        raise CallerError("WF.HIERARCHY", where=f"{slot}: {permission.rule}")
    return (
        ()
        if permission.finding is None
        else (Finding(permission.finding.cause, f"{slot}: {permission.rule}"),)
    )


def _office_notes(
    certificate: Certificate,
    slot: Slot,
    school: School | None,
    *,
    at: datetime,
    policy: SigningPolicy,
) -> tuple[Finding, ...]:
    if policy.registry is None or school is None:
        return ()
    witness = Witness(
        credential=credential_of(certificate), day=vietnam_day(at), is_day_proven=False
    )
    codes = {"department_code": school.department_code, "school_code": school.code}
    answer = policy.registry.authority_of_witness(
        witness, slot.role, **codes, today=vietnam_day(at)
    )
    where = f"{slot}: {answer.where}"
    if not answer.is_confirmed and answer.standing is not OfficeStatus.ALLOWED:
        return (Finding("REGISTRY.CLAIMED", where),)
    if answer.standing is OfficeStatus.REFUSED:
        raise CallerError(answer.cause, where=where)
    return () if answer.standing is OfficeStatus.ALLOWED else (Finding(answer.cause, where),)
