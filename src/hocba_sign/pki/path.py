"""Validate certificate paths with revocation.

1. find candidate chains (`chain`), 2. judge each: RFC 5280 section 6 by the engine, profile and usage (`profile`), revocation of every
certificate below the anchor (`revocation`), 3. the first chain that passes counts, else the one that came furthest.
No network, no clock: everything is an argument. The model is SHELL: every certificate is judged at the one control time.
Spec: RFC 5280, 6; EN 319 102-1, 5.2.6.
"""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from hocba_sign.crypto.acceptance import acceptable
from hocba_sign.crypto.verify import load_public_key, verify_der_value
from hocba_sign.errors import CallerError, InputError
from hocba_sign.pki.certificate import Certificate
from hocba_sign.pki.chain import candidate_chains
from hocba_sign.pki.engine import Session
from hocba_sign.pki.evidence import Evidence
from hocba_sign.pki.outcome import PathRequirements, PathResult, PathStatus, sub_indication
from hocba_sign.pki.parsed import parsed_certificate
from hocba_sign.pki.profile import has_too_many_names, profile_causes, usage_cause
from hocba_sign.pki.revocation import Pool, read_pool
from hocba_sign.pki.trust import Anchor, TrustStore

__all__ = ["PathRequirements", "PathResult", "PathStatus", "validate_path"]

MAX_POOL_CERTIFICATES = 2_000
MAX_POOL_STATEMENTS = 1_000
"""CRLs and OCSP responses together. A transcript with 50 signers at level LTA carries under 300 objects."""


def validate_path(
    leaf: Certificate, *, trust: TrustStore, evidence: Evidence, at: datetime, requirements: PathRequirements | None = None
) -> PathResult:
    """Judge `leaf` at the control time `at` (aware) with nothing but what is given.

    A leaf that is an anchor itself is trusted without a path: its validity and revocation are not looked at, only the anchor's end
    date and the purpose. Whatever cannot be shown is INDETERMINATE with its causes.
    Raises: CallerError PATH.TIME_ZONE for a naive time. Malformed certificates and evidence raise nothing.
    Spec: EN 319 102-1, 5.2.6; RFC 5280, 6.
    """
    asked = requirements or PathRequirements()
    if at.tzinfo is None or (asked.known_until is not None and asked.known_until.tzinfo is None):
        raise CallerError("PATH.TIME_ZONE", detail="times must be aware")
    anchor = trust.find(leaf.sha256)
    if anchor is not None:
        return _judge_anchor(anchor, at, asked)
    if len(evidence.certificates) > MAX_POOL_CERTIFICATES or len(evidence.crls) + len(evidence.ocsps) > MAX_POOL_STATEMENTS:
        return _result((leaf,), ("PATH.LIMIT",))
    best: PathResult | None = None
    pool = read_pool(evidence)
    for chain in candidate_chains(leaf, trust, certificates=evidence.certificates):
        anchor = trust.find(chain[-1].sha256)
        assert anchor is not None
        result = _judge_safely(chain, anchor, evidence, pool=pool, at=at, asked=asked)
        if result.status is PathStatus.PASSED:
            return result
        if best is None or _reached(result) > _reached(best):
            best = result
    return best or _result((leaf,), ("PATH.NO_CHAIN",))


def _result(chain: tuple[Certificate, ...], causes: tuple[str, ...]) -> PathResult:
    distinct = tuple(dict.fromkeys(causes))
    return PathResult(status=PathStatus.INDETERMINATE, chain=chain, causes=distinct, sub_indication=sub_indication(distinct[0]))


def _reached(result: PathResult) -> int:
    """Rank failures: a chain whose signatures hold says more than one whose names only fit."""
    first = result.causes[0]
    if first in {"PATH.ENGINE", "PATH.SIGNATURE", "PATH.INVALID"}:
        return 0
    return 2 if result.revocation else 1


def _judge_anchor(anchor: Anchor, at: datetime, asked: PathRequirements) -> PathResult:
    chain = (anchor.certificate,)
    cause = _ended(anchor, at)
    if cause is None:
        try:
            cause = usage_cause(anchor.certificate.der, asked.purpose)
        except (ValueError, TypeError, KeyError):
            cause = "PATH.MALFORMED"
    if cause is not None:
        return replace(_result(chain, (cause,)), anchor_sha256=anchor.certificate.sha256)
    return PathResult(status=PathStatus.PASSED, chain=chain, anchor_sha256=anchor.certificate.sha256)


def _ended(anchor: Anchor, at: datetime) -> str | None:
    return "PATH.ANCHOR_ENDED" if anchor.trusted_until is not None and at > anchor.trusted_until else None


def _judge_safely(
    chain: tuple[Certificate, ...], anchor: Anchor, evidence: Evidence, *, pool: Pool, at: datetime, asked: PathRequirements
) -> PathResult:
    try:
        result = _judge(chain, anchor, evidence, pool=pool, at=at, asked=asked)
    except (ValueError, TypeError, KeyError, InputError):
        result = _result(chain, ("PATH.MALFORMED",))
    except Exception:  # noqa: BLE001 - the engine documents no closed set of exceptions; none may turn into a crash or a pass
        result = _result(chain, ("PATH.ENGINE",))
    return replace(result, anchor_sha256=anchor.certificate.sha256)


def _judge(
    chain: tuple[Certificate, ...], anchor: Anchor, evidence: Evidence, *, pool: Pool, at: datetime, asked: PathRequirements
) -> PathResult:
    link = next((cause for cause in (_link_cause(*pair, at) for pair in pairwise(chain)) if cause is not None), None)
    if link is not None:
        return _result(chain, (link,))
    if has_too_many_names(tuple(certificate.der for certificate in chain)):
        return _result(chain, ("PATH.LIMIT",))
    certificates = tuple(parsed_certificate(certificate.der) for certificate in chain)
    session = Session(certificates, evidence, pool=pool, at=at, known_until=asked.known_until or at)
    structure = session.structure_cause(asked)
    if structure is not None:
        return _result(chain, (structure,))
    profile, exceptions = profile_causes(tuple(certificate.der for certificate in chain), asked.exceptions)
    causes = [cause for cause in (_ended(anchor, at), *profile, usage_cause(chain[0].der, asked.purpose)) if cause is not None]
    facts = session.revocation(chain)
    for index, fact in enumerate(facts):
        if fact.status in {"revoked", "on_hold"}:
            causes.insert(0, "REVOCATION.ON_HOLD" if fact.status == "on_hold" else _revoked_cause(index))
    for fact in facts:
        if fact.status == "unknown" and not (asked.allow_unknown_revocation and fact.causes[0] == "REVOCATION.NONE"):
            causes.extend(fact.causes)
    if causes:
        return replace(_result(chain, tuple(causes)), revocation=facts)
    return PathResult(status=PathStatus.PASSED, chain=chain, revocation=facts, exceptions=exceptions)


def _link_cause(subject: Certificate, issuer: Certificate, at: datetime) -> str | None:
    """Verify the signature on `subject` over the octets as they stand; the engine re-encodes some before verifying."""
    try:
        key = load_public_key(issuer.public_key_der)
        algorithm = subject.signature_algorithm
        if not verify_der_value(key, subject.tbs_der, signature=subject.signature, algorithm=algorithm):
            return "PATH.SIGNATURE"
    except InputError:
        return "PATH.UNSUPPORTED_ALGORITHM"
    return None if acceptable(algorithm, key.bits, at=at).is_acceptable else "PATH.WEAK_ALGORITHM"


def _revoked_cause(index: int) -> str:
    return "REVOCATION.REVOKED" if index == 0 else "REVOCATION.CA_REVOKED"
