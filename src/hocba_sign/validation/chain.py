"""A certificate path judged at the time when its object is proven to have existed.

Evidence counts only if it existed while its issuer could still be relied on: a CRL "of 2026" that turns up in 2046,
long after the CA's key has expired, proves nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from hocba_sign.pki.anchors import anchors_in
from hocba_sign.pki.certificate import Certificate
from hocba_sign.pki.evidence import Evidence
from hocba_sign.pki.outcome import PathRequirements, PathResult, PathStatus
from hocba_sign.pki.path import validate_path
from hocba_sign.pki.profile import ProfileException, Purpose
from hocba_sign.pki.trust import TrustStore
from hocba_sign.validation.existence import Existence
from hocba_sign.validation.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a validation rests on: trust, evidence, the validation time `at` (aware UTC), and the policy."""

    trust: TrustStore
    evidence: Evidence
    at: datetime
    policy: Policy


def judge_chain(
    certificate: Certificate, *, purpose: Purpose, existed: datetime, existence: Existence, evidence: Evidence, setting: Setting
) -> PathResult:
    """Judge the path of `certificate`, whose signature is proven to have existed at `existed`.

    Anchors are those of `setting` and the roots in `evidence` that the trust list pins.

    1. the path at that time, with everything known until the validation time; 2. every certificate and every statement on
    revocation must be proven to have existed before its issuer expired or was revoked.
    Spec: EN 319 102-1, 5.2.6 and 5.6.2.1, for the SHELL model.
    """
    # (1)
    exceptions = frozenset(ProfileException) if purpose is Purpose.TIMESTAMPING and setting.policy.accept_known_tsa_faults else frozenset()
    requirements = PathRequirements(purpose=purpose, known_until=setting.at, exceptions=exceptions)
    trust = setting.trust.with_anchors(anchors_in(evidence).anchors)
    path = validate_path(certificate, trust=trust, evidence=evidence, at=existed, requirements=requirements)
    # (2)
    if path.status is PathStatus.PASSED:
        causes = tuple(dict.fromkeys(_late(path, existed, existence)))
        if causes:
            return replace(path, status=PathStatus.INDETERMINATE, causes=causes, sub_indication=_SUB_INDICATIONS[causes[0]])
    return path


_SUB_INDICATIONS = {
    "PATH.NO_PROOF_OF_EXISTENCE": "OUT_OF_BOUNDS_NO_POE",
    "REVOCATION.NO_PROOF_OF_EXISTENCE": "REVOCATION_OUT_OF_BOUNDS_NO_POE",
    "REVOCATION.CA_COMPROMISED": "REVOKED_CA_NO_POE",
}
_COMPROMISED = frozenset({"key_compromise", "ca_compromise"})


def _late(path: PathResult, existed: datetime, existence: Existence) -> Iterator[str]:
    """Name what is not proven to have existed while its issuer, no anchor, could be relied on.

    The leaf is named by digest in what it signed, so it existed when that did. Whoever has a compromised CA's key can write
    statements of any date; a CA revoked for another reason keeps to what it said.
    """
    for index, certificate in enumerate(path.chain[:-2]):
        issuer, fact, issuer_fact = path.chain[index + 1], path.revocation[index], path.revocation[index + 1]
        since = existence.since(certificate.sha256)
        if (min(since, existed) if index == 0 else since) > issuer.not_after:
            yield "PATH.NO_PROOF_OF_EXISTENCE"
        if fact.evidence_sha256 is None:
            continue
        if existence.since(fact.evidence_sha256) > (fact.issuer_not_after or issuer.not_after):
            yield "REVOCATION.NO_PROOF_OF_EXISTENCE"
        elif (
            issuer_fact.revoked_at is not None
            and issuer_fact.reason in _COMPROMISED
            and existence.since(fact.evidence_sha256) > issuer_fact.revoked_at
        ):
            yield "REVOCATION.CA_COMPROMISED"
