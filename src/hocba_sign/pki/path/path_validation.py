"""Validate certificate paths with revocation.

1. find candidate chains (`building`),
2. judge each: RFC 5280 section 6 by the engine, profile and usage (`profile`), revocation of every
   certificate below the anchor (`revocation`),
3. the first chain that passes counts, else the one that came furthest. No network, no
   clock: everything is an argument. The model is SHELL: every certificate is judged at the one
   control time.
Spec: RFC 5280, 6; EN 319 102-1, 5.2.6.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING

from hocba_sign.crypto.acceptance import acceptable
from hocba_sign.crypto.signer import default_algorithm
from hocba_sign.crypto.verify import load_public_key
from hocba_sign.errors import CallerError, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.cache.asn1 import parsed_certificate
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import has_too_many_names, profile_causes, usage_cause
from hocba_sign.pki.path.building import candidate_chains, find_anchor
from hocba_sign.pki.path.fast_chain import check_fast_path
from hocba_sign.pki.path.result import PathRequirements, PathResult, PathStatus, sub_indication
from hocba_sign.pki.path.revocation_status import RevocationRequest, revocation_facts
from hocba_sign.pki.path.signature_check import certificate_verdict
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.revocation.freshness import Terms
from hocba_sign.pki.revocation.pool import RevocationFact, StatementPool, read_pool
from hocba_sign.pki.trust.store import Anchor, TrustStore

if TYPE_CHECKING:
    from hocba_sign.pki.path.reference_engine import EngineSession

__all__ = ["PathRequirements", "PathResult", "PathStatus", "validate_by_engine", "validate_path"]

MAX_POOL_CERTIFICATES = 2_000
MAX_POOL_STATEMENTS = 1_000
"""CRLs and OCSP responses together.

A transcript with 50 signers at level LTA carries under 300 objects.
"""


def validate_path(
    leaf: Certificate,
    *,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    requirements: PathRequirements | None = None,
) -> PathResult:
    """Judge `leaf` at the control time `at` (aware) with nothing but what is given.

    A leaf that is an anchor itself is trusted without a path: its validity and revocation are not
    looked at, only the anchor's end date and the purpose. Whatever cannot be shown is INDETERMINATE
    with its causes.
    Raises: CallerError PATH.TIME_ZONE for a naive time. Malformed certificates and evidence raise
    nothing.
    Spec: EN 319 102-1, 5.2.6; RFC 5280, 6.
    """
    asked = requirements or PathRequirements()
    return judge_path(leaf, trust=trust, evidence=evidence, at=at, requirements=asked).result


@dataclass(frozen=True, slots=True)
class PathJudgement:
    """A verdict, and whether it was reached without the reference engine."""

    result: PathResult
    is_direct: bool


def judge_path(
    leaf: Certificate,
    *,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    requirements: PathRequirements,
) -> PathJudgement:
    """Judge as `validate_path` does, and tell whether the engine was asked."""
    sessions: list[str] = []
    result = _validate(leaf, trust, evidence=evidence, at=at, asked=requirements, sessions=sessions)
    return PathJudgement(result, is_direct=not sessions)


def validate_by_engine(
    leaf: Certificate,
    *,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    requirements: PathRequirements | None = None,
) -> PathResult:
    """Judge as `validate_path` does, but leave every question to the engine: the reference that the
    direct checks are measured by.
    """
    return _validate(
        leaf,
        trust,
        evidence=evidence,
        at=at,
        asked=requirements or PathRequirements(),
        sessions=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What every candidate chain is judged by; `sessions` names the leaf of each chain for which
    the engine was asked.
    """

    evidence: Evidence
    pool: StatementPool
    at: datetime
    asked: PathRequirements
    is_fast: bool
    responders: tuple[Certificate, ...]
    sessions: list[str]


def _validate(
    leaf: Certificate,
    trust: TrustStore,
    *,
    evidence: Evidence,
    at: datetime,
    asked: PathRequirements,
    sessions: list[str] | None,
) -> PathResult:
    """Judge; without `sessions` by the engine alone."""
    if at.tzinfo is None or (asked.known_until is not None and asked.known_until.tzinfo is None):
        raise CallerError("PATH.TIME_ZONE", detail="times must be aware")
    anchor = find_anchor(trust, leaf.sha256)
    if anchor is not None:
        return _anchor_result(anchor, at, asked)
    if (
        # The maker of a document decides how much it carries, and so what reading it would cost.
        len(evidence.certificates) > MAX_POOL_CERTIFICATES
        or len(evidence.crls) + len(evidence.ocsps) > MAX_POOL_STATEMENTS
    ):
        return _result((leaf,), ("PATH.LIMIT",))
    best: PathResult | None = None
    case = _Case(
        evidence=evidence,
        pool=read_pool(evidence),
        at=at,
        asked=asked,
        is_fast=sessions is not None,
        responders=trust.responders,
        sessions=[] if sessions is None else sessions,
    )
    for chain in candidate_chains(leaf, trust, certificates=evidence.certificates):
        anchor = find_anchor(trust, chain[-1].sha256)
        assert anchor is not None
        result = _contained_result(chain, anchor, case)
        if result.status is PathStatus.PASSED:
            return result
        if best is None or _reached(result) > _reached(best):
            best = result
    return best or _result((leaf,), ("PATH.NO_CHAIN",))


def _result(chain: tuple[Certificate, ...], causes: tuple[str, ...]) -> PathResult:
    distinct = tuple(dict.fromkeys(causes))
    return PathResult(
        status=PathStatus.INDETERMINATE,
        chain=chain,
        causes=distinct,
        sub_indication=sub_indication(distinct[0]),
    )


def _reached(result: PathResult) -> int:
    """Rank failures: a chain whose signatures hold says more than one whose names only fit."""
    first = result.causes[0]
    if first in {"PATH.ENGINE", "PATH.SIGNATURE", "PATH.INVALID"}:
        return 0
    return 2 if result.revocation else 1


def _anchor_result(anchor: Anchor, at: datetime, asked: PathRequirements) -> PathResult:
    chain = (anchor.certificate,)
    cause = _ended(anchor, at) or (
        key_cause(anchor.certificate, at) if asked.judges_leaf_key else None
    )
    if cause is None:
        try:
            cause = usage_cause(anchor.certificate.der, asked.purpose)
        except (AttributeError, ValueError, TypeError, LookupError):
            cause = "PATH.MALFORMED"
    if cause is not None:
        return replace(_result(chain, (cause,)), anchor_sha256=anchor.certificate.sha256)
    return PathResult(
        status=PathStatus.PASSED, chain=chain, anchor_sha256=anchor.certificate.sha256
    )


def _ended(anchor: Anchor, at: datetime) -> str | None:
    return (
        "PATH.ANCHOR_ENDED"
        if anchor.trusted_until is not None and at > anchor.trusted_until
        else None
    )


def _contained_result(chain: tuple[Certificate, ...], anchor: Anchor, case: _Case) -> PathResult:
    try:
        result = _chain_result(chain, anchor, case)
    except (AttributeError, ValueError, TypeError, LookupError, InputError):
        result = _result(chain, ("PATH.MALFORMED",))
    except Exception:  # noqa: BLE001 - the engine documents no closed set of exceptions; none may turn into a crash or a pass
        result = _result(chain, ("PATH.ENGINE",))
    return replace(result, anchor_sha256=anchor.certificate.sha256)


def _engine_session(
    chain: tuple[Certificate, ...], case: _Case, *, known_until: datetime
) -> "EngineSession":
    case.sessions.append(chain[0].sha256)
    # It loads slowly, and most paths need none.
    engine = import_module("hocba_sign.pki.path.reference_engine")
    certificates = tuple(parsed_certificate(certificate.der) for certificate in chain)
    made: EngineSession = engine.EngineSession(
        certificates,
        case.evidence,
        pool=case.pool,
        at=case.at,
        known_until=known_until,
        is_unknown_allowed=case.asked.allow_unknown_revocation,
    )
    return made


def _chain_result(chain: tuple[Certificate, ...], anchor: Anchor, case: _Case) -> PathResult:
    at, asked = case.at, case.asked
    # Before all else: neither the fast path nor `structure_cause` verifies these signatures.
    link = next(
        (
            cause
            for cause in (_link_cause(*pair, at) for pair in pairwise(chain))
            if cause is not None
        ),
        None,
    )
    if link is not None:
        return _result(chain, (link,))
    known_until = asked.known_until or at

    session = cache(partial(_engine_session, chain, case, known_until=known_until))
    exceptions = check_fast_path(chain, at=at, asked=asked) if case.is_fast else None
    weak_key = key_cause(chain[0], at) if asked.judges_leaf_key else None
    causes = [cause for cause in (_ended(anchor, at), weak_key) if cause is not None]
    if exceptions is None:
        octets = tuple(certificate.der for certificate in chain)
        structure = "PATH.LIMIT" if has_too_many_names(octets) else session().structure_cause(asked)
        if structure is not None:
            return _result(chain, (structure,))
        profile, exceptions = profile_causes(octets, asked.exceptions)
        usage = usage_cause(chain[0].der, asked.purpose)
        causes += [*profile, *((usage,) if usage is not None else ())]
    terms = Terms(
        at=at,
        known_until=known_until,
        current_at=asked.current_at or at,
        is_newer_demanded=asked.is_newer_demanded,
    )
    inquiry = RevocationRequest(
        evidence=case.evidence,
        pool=case.pool,
        leaf_terms=terms,
        session=session,
        is_fast=case.is_fast,
        responders=case.responders,
    )
    facts = revocation_facts(chain, inquiry)
    # The first cause gives the sub-indication: revoked outweighs expired, and expired unknown.
    causes = [*_revocation_causes(facts), *causes, *_unknown_causes(facts, asked)]
    if causes:
        return replace(_result(chain, tuple(causes)), revocation=facts)
    return PathResult(
        status=PathStatus.PASSED, chain=chain, revocation=facts, exceptions=exceptions
    )


def _revocation_causes(facts: tuple[RevocationFact, ...]) -> Iterator[str]:
    """Name what is revoked or suspended, the highest certificate first."""
    for index, fact in reversed(tuple(enumerate(facts))):
        if fact.status in {"revoked", "on_hold"}:
            yield "REVOCATION.ON_HOLD" if fact.status == "on_hold" else _revoked_cause(index)


def _unknown_causes(facts: tuple[RevocationFact, ...], asked: PathRequirements) -> Iterator[str]:
    for fact in facts:
        # Excused is that nothing at hand is about the certificate, never a statement that does not
        # count.
        if fact.status == "unknown" and not (
            asked.allow_unknown_revocation and fact.causes[0] == "REVOCATION.NONE"
        ):
            yield from fact.causes


def _link_cause(subject: Certificate, issuer: Certificate, at: datetime) -> str | None:
    """Verify the signature on `subject` over the octets as they stand; the engine re-encodes some
    before verifying.
    """
    verdict = certificate_verdict(subject, issuer)
    if verdict.algorithm is None:
        return "PATH.UNSUPPORTED_ALGORITHM"
    if not verdict.is_right:
        return "PATH.SIGNATURE"
    return None if verdict.is_acceptable(at) else "PATH.WEAK_ALGORITHM"


def key_cause(certificate: Certificate, at: datetime) -> str | None:
    """Return whether signatures with the certificate's own key could be relied on at `at`."""
    try:
        key = load_public_key(certificate.public_key_der)
        algorithm = default_algorithm(key)
    except (InputError, CallerError):
        return "PATH.UNSUPPORTED_ALGORITHM"
    return None if acceptable(algorithm, key.bits, at=at).is_acceptable else "PATH.WEAK_ALGORITHM"


def _revoked_cause(index: int) -> str:
    return "REVOCATION.REVOKED" if index == 0 else "REVOCATION.CA_REVOKED"
