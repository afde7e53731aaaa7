"""What certificates and tokens say against themselves, whoever is trusted and whatever else is
known: asked before signing, and of time-stamps.

Nothing is passed here that a verifier refuses; what only a verifier's evidence can settle is not
asked.
Spec: TT 15/2025/TT-BKHCN, 5.1.a and 5.2; RFC 5280, 4.2; RFC 3161, 2.3.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from hocba_sign.crypto.acceptance import acceptable
from hocba_sign.errors import CallerError, Finding, InputError
from hocba_sign.model.record import SignerCredential
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import ProfileException, Purpose, leaf_causes
from hocba_sign.pki.path.kept import validate_path_quickly
from hocba_sign.pki.path.path_validation import key_cause
from hocba_sign.pki.path.result import PathRequirements, PathStatus
from hocba_sign.pki.path.signature_check import certificate_verdict
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.timestamp.protocol import TokenAlgorithms
from hocba_sign.pki.timestamp.token import Token
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.pki.trust.vietnam_list import TrustList

NEAR_END: Final = timedelta(days=30)
"""Before its end a certificate is warned of: what makes a signature last is added later, from lists
that are issued within its life.
"""
CLOCK_AHEAD: Final = timedelta(hours=1)
"""How far an authority's clock may be ahead of this machine's before its token is taken for one
from the future.
"""

_LARGE_KEY: Final = 4_096
"""Bits of an issuer's key that is not at hand."""


def credential_of(certificate: Certificate) -> SignerCredential:
    """Return what a registry compares of a certificate."""
    subject = certificate.subject
    name = subject.common_name if len(subject.common_names) == 1 else None
    return SignerCredential(
        sha256=certificate.sha256, identifiers=subject.identifiers, common_name=name
    )


def unfit_causes(certificate: Certificate, *, purpose: Purpose, at: datetime) -> tuple[str, ...]:
    """Say what makes a certificate unfit for `purpose` at `at` (aware) on its own: impostor, dates,
    algorithms, key, profile, usage.
    """
    return tuple(dict.fromkeys(_unfit(certificate, purpose, at)))


def _unfit(certificate: Certificate, purpose: Purpose, at: datetime) -> Iterator[str]:
    if TrustList.load().known_bad((certificate,)):
        yield "TRUST.KNOWN_BAD"
    if at < certificate.not_before:
        yield "PATH.NOT_YET_VALID"
    if at > certificate.not_after:
        yield "PATH.EXPIRED"
    if not _is_signed_well(certificate, at):
        yield "PATH.WEAK_ALGORITHM"
    weakness = key_cause(certificate, at)
    if weakness is not None:
        yield weakness
    exceptions = (
        frozenset(ProfileException)
        if purpose is Purpose.TIMESTAMPING
        else frozenset[ProfileException]()
    )
    try:
        yield from leaf_causes(certificate.der, purpose, allowed=exceptions)
    except (AttributeError, ValueError, TypeError, LookupError):
        yield "PATH.MALFORMED"


def issuers_at_hand(chain: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """Return the certificates of `chain` that lead up from its first, in order, as far as their
    signatures hold.
    """
    found = [chain[0]]
    while not found[-1].is_self_issued:
        issuers = (
            candidate
            for candidate in chain
            if candidate not in found and candidate.subject_der == found[-1].issuer_der
        )
        above = next(
            (issuer for issuer in issuers if certificate_verdict(found[-1], issuer).is_right), None
        )
        if above is None:
            break
        found.append(above)
    return tuple(found)


def chain_findings(
    chain: tuple[Certificate, ...], *, at: datetime
) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Judge a signer's certificate with the issuers beside it: what makes it unfit, and what a
    verifier may find another way out of.

    An issuer may have other certificates for the same key, so only its key and what it signed count
    against the signer.
    """
    led = issuers_at_hand(chain)
    causes = list(unfit_causes(chain[0], purpose=Purpose.SIGNING, at=at))
    notes = (
        [Finding("SIGN.ENDS_SOON", chain[0].not_after.date().isoformat())]
        if chain[0].not_after - at < NEAR_END
        else []
    )
    if len(led) > 1:
        verdict = certificate_verdict(chain[0], led[1])
        causes += [] if verdict.is_acceptable(at) else ["PATH.WEAK_ALGORITHM"]
        ending = (issuer for issuer in led[1:] if issuer.not_after - at < NEAR_END)
        notes += [
            Finding(
                "SIGN.ISSUER_ENDS_SOON",
                f"{issuer.subject_text}: {issuer.not_after.date().isoformat()}",
            )
            for issuer in ending
        ]
        doubts = dict.fromkeys(
            (
                *_path_causes(led, at),
                *(cause for issuer in led[1:] for cause in _issuer_causes(issuer, at)),
            )
        )
        notes += [Finding("SIGN.PATH", cause) for cause in doubts if cause not in causes]
    return tuple(dict.fromkeys(causes)), tuple(notes)


def _path_causes(led: tuple[Certificate, ...], at: datetime) -> tuple[str, ...]:
    try:
        trust = TrustStore.of(led[-1:])
    except CallerError:
        return ("TRUST.KNOWN_BAD",)
    asked = PathRequirements(purpose=Purpose.SIGNING, allow_unknown_revocation=True)
    path = validate_path_quickly(
        led[0], trust=trust, evidence=Evidence(certificates=led[1:]), at=at, requirements=asked
    )
    return () if path.status is PathStatus.PASSED else path.causes


def _issuer_causes(issuer: Certificate, at: datetime) -> Iterator[str]:
    if at < issuer.not_before:
        yield "PATH.CA_NOT_YET_VALID"
    if not issuer.is_self_issued and not _is_signed_well(issuer, at):
        yield "PATH.WEAK_ALGORITHM"


def _is_signed_well(certificate: Certificate, at: datetime) -> bool:
    try:
        return acceptable(certificate.signature_algorithm, _LARGE_KEY, at=at).is_acceptable
    except InputError:
        return False


def unfit_token_causes(token: Token, *, now: datetime | None = None) -> tuple[str, ...]:
    """Say what makes an intact token worthless to every verifier: its algorithms, its authority's
    certificate, a time ahead of `now` (aware).
    """
    if token.certificate is None:
        return ("TST.NO_CERTIFICATE",)
    weakness = TokenAlgorithms.of(token).cause(token.gen_time)
    causes = [weakness] if weakness is not None else []
    causes += unfit_causes(token.certificate, purpose=Purpose.TIMESTAMPING, at=token.gen_time)
    if now is not None and token.gen_time > now + CLOCK_AHEAD:
        causes.append("TST.FUTURE")
    return tuple(dict.fromkeys(causes))
