"""A certificate path judged at the time when its object is proven to have existed.

Evidence counts only if it existed while its issuer could still be relied on: a CRL "of 2026" that
turns up in 2046, long after the CA's key has expired, proves nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import ProfileException, Purpose
from hocba_sign.pki.path.kept import validate_path_quickly
from hocba_sign.pki.path.path_validation import validate_path
from hocba_sign.pki.path.result import PathRequirements, PathResult, PathStatus
from hocba_sign.pki.path.revocation_status import revocations_by_issuers
from hocba_sign.pki.revocation.crl import UNSPECIFIED
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.revocation.pool import RevocationFact
from hocba_sign.pki.trust.anchors import pinned_authority, pinned_roots
from hocba_sign.pki.trust.vietnam_list import ListedKind, TrustList
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.proof_of_existence import Existence


def validate_signer_path(
    certificate: Certificate,
    *,
    purpose: Purpose,
    existed: datetime,
    existence: Existence,
    evidence: Evidence,
    setting: Setting,
) -> PathResult:
    """Judge the path of `certificate`, whose signature is proven to have existed at `existed`; a
    FAILED path proves the signature wrong.

    Anchors are those of `setting` and the roots in `evidence` that its trust list pins.
    Spec: EN 319 102-1, 5.2.6, 5.5.4 (4) and 5.6.2, for the SHELL model.
    """
    return _PathAtTime(
        certificate=certificate,
        purpose=purpose,
        existed=existed,
        existence=existence,
        evidence=evidence,
        setting=setting,
    ).conclude()


def validate_authority_path(
    certificate: Certificate,
    *,
    made: datetime,
    existed: datetime,
    existence: Existence,
    evidence: Evidence,
    setting: Setting,
) -> PathResult:
    """Judge the path of a time-stamping certificate whose token says `made`, and is proven to have
    existed at `existed`.

    As long as the certificate is valid its issuer answers for it and is asked. When it has expired
    nobody is left to ask; then a pin in the trust list stands for it, unless something at hand says
    that it was revoked by then, or later because of its key.
    Spec: EN 319 102-1, 5.4; docs/adr/0011.
    """
    inquiry = _PathAtTime(
        certificate=certificate,
        purpose=Purpose.TIMESTAMPING,
        existed=existed,
        existence=existence,
        evidence=evidence,
        setting=setting,
    )
    path = _admitted(inquiry.conclude(), made=made, setting=setting)
    anchor = pinned_authority(certificate, setting.trust.pins)
    if (
        path.status is PathStatus.PASSED
        or anchor is None
        or anchor.trusted_until is None
        or existed <= certificate.not_after
    ):
        return path
    if not certificate.not_before <= made <= anchor.trusted_until:
        return replace(path, causes=tuple(dict.fromkeys((*path.causes, "TRUST.PIN_ENDED"))))
    if "TRUST.KNOWN_BAD" in path.causes or inquiry.is_reported_stolen(made):
        return path
    return PathResult(
        status=PathStatus.PASSED,
        chain=(certificate,),
        anchor_sha256=certificate.sha256,
        is_pinned=True,
    )


def _admitted(path: PathResult, *, made: datetime, setting: Setting) -> PathResult:
    """Take into account what the trust list says of a time-stamp authority, however its path is
    found: until when, and who is known bad.
    """
    shipped, pins = TrustList.load(), setting.trust.pins
    entry = pins.find(path.chain[0].sha256)
    causes = []
    if (
        entry is not None
        and entry.kind is ListedKind.TSA
        and entry.trusted_until is not None
        and made > entry.trusted_until
    ):
        causes.append("TRUST.PIN_ENDED")
    # The shipped list is asked too: one that a caller brings may not name who is known bad.
    if shipped.known_bad(path.chain) or (pins is not shipped and pins.known_bad(path.chain)):
        causes.append("TRUST.KNOWN_BAD")
    if not causes:
        return path
    sub_indication = path.sub_indication or "NO_CERTIFICATE_CHAIN_FOUND"
    status = PathStatus.INDETERMINATE if path.status is PathStatus.PASSED else path.status
    return replace(
        path, status=status, causes=(*path.causes, *causes), sub_indication=sub_indication
    )


def made_after(path: PathResult, moment: datetime) -> PathResult:
    """Take into account that the signature is proven to have been made after `moment`: a content
    time-stamp is part of what it signs.

    Spec: EN 319 102-1, 5.3.4 (4).
    """
    revoked_at = path.revocation[0].revoked_at if path.revocation else None
    if path.sub_indication == "REVOKED_NO_POE" and revoked_at is not None and moment > revoked_at:
        return replace(path, status=PathStatus.FAILED, sub_indication="REVOKED")
    if path.sub_indication in _OUT_OF_BOUNDS and moment > path.chain[0].not_after:
        return replace(path, status=PathStatus.FAILED, sub_indication="EXPIRED")
    return path


_OUT_OF_BOUNDS = frozenset({"OUT_OF_BOUNDS_NO_POE", "OUT_OF_BOUNDS_NOT_REVOKED"})
_DATED = _OUT_OF_BOUNDS | {
    "REVOKED_NO_POE",
    "REVOKED_CA_NO_POE",
    "REVOCATION_OUT_OF_BOUNDS_NO_POE",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
    "TRY_LATER",
}
"""What a path to an anchor may lack that another time could give; other causes leave open whose
certificate it is.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _PathAtTime:
    certificate: Certificate
    purpose: Purpose
    existed: datetime
    existence: Existence
    evidence: Evidence
    setting: Setting

    def conclude(self) -> PathResult:
        """Judge the path at the time of existence.

        1. the path at that time;
        2. a signature older than its certificate is wrong;
        3. of a certificate that had expired by then it is told whether it is known to have been
           revoked, or not, while it was valid.
        """
        # (1) path at the time of existence
        path = self.result_at(self.existed, is_signer=self.purpose is Purpose.SIGNING)
        if path.status is PathStatus.PASSED:
            return path
        # (2) older than the certificate
        if self.existed < self.certificate.not_before:
            # FAILED needs a path that holds otherwise: the dates of a stranger's certificate prove
            # nothing.
            first = self.result_at(self.certificate.not_before)
            if first.status is PathStatus.PASSED or first.sub_indication in _DATED:
                return replace(
                    first,
                    status=PathStatus.FAILED,
                    causes=("PATH.NOT_YET_VALID",),
                    sub_indication="NOT_YET_VALID",
                )
        # (3) expired by then: revoked before that, or not
        if self.existed > self.certificate.not_after and path.causes == ("PATH.EXPIRED",):
            last = self.result_at(self.certificate.not_after)
            if last.status is PathStatus.PASSED:
                return replace(
                    last,
                    status=PathStatus.INDETERMINATE,
                    causes=path.causes,
                    sub_indication="OUT_OF_BOUNDS_NOT_REVOKED",
                )
            if last.sub_indication == "REVOKED_NO_POE":
                return replace(last, causes=(*last.causes, *path.causes))
        return path

    def is_reported_stolen(self, made: datetime) -> bool:
        """Return whether anything at hand says that the certificate was revoked by then, or later
        because of its key.

        Its issuer, or the path up to an anchor, may have ended or be weak by now; what it said
        while it answered for the certificate counts.
        """
        reported = revocations_by_issuers(
            self.certificate, evidence=self.evidence, known_until=self.setting.at
        )
        told = (*self.result_at(made).revocation[:1], *reported)
        return any(
            fact.revoked_at is not None
            and (fact.revoked_at <= made or is_compromised(fact, is_authority=False))
            for fact in told
        )

    def result_at(self, at: datetime, *, is_signer: bool = False) -> PathResult:
        """Return what the path is at `at`, with everything known until the validation time.

        Every certificate and every statement on revocation must be proven to have existed before
        its issuer expired or was revoked. What was stated about a signer's certificate before the
        signature must still be current at the validation time.
        Spec: EN 319 102-1, 5.2.5.4, 5.2.6 and 5.6.2.1.
        """
        policy = self.setting.policy
        is_excused = self.purpose is Purpose.TIMESTAMPING and policy.accept_known_tsa_faults
        exceptions = frozenset(ProfileException) if is_excused else frozenset()
        requirements = PathRequirements(
            purpose=self.purpose,
            known_until=self.setting.at,
            exceptions=exceptions,
            current_at=self.setting.at if is_signer else None,
            is_newer_demanded=is_signer and policy.require_fresh_revocation,
        )
        trust = self.setting.trust.with_anchors(
            pinned_roots(self.evidence.certificates, self.setting.trust.pins)
        )
        validate = validate_path if self.setting.is_careful else validate_path_quickly
        path = validate(
            self.certificate, trust=trust, evidence=self.evidence, at=at, requirements=requirements
        )
        if path.status is not PathStatus.PASSED:
            return path
        facts = tuple(
            _proven(fact, path, index, existence=self.existence)
            for index, fact in enumerate(path.revocation)
        )
        if any(fact is not held for fact, held in zip(facts, path.revocation, strict=True)):
            path = replace(path, revocation=facts)
        causes = tuple(dict.fromkeys(_late(path, self.existed, self.existence)))
        if causes:
            return replace(
                path,
                status=PathStatus.INDETERMINATE,
                causes=causes,
                sub_indication=_SUB_INDICATIONS[causes[0]],
            )
        return path


_SUB_INDICATIONS = {
    "PATH.NO_PROOF_OF_EXISTENCE": "OUT_OF_BOUNDS_NO_POE",
    "REVOCATION.NO_PROOF_OF_EXISTENCE": "REVOCATION_OUT_OF_BOUNDS_NO_POE",
    "REVOCATION.CA_COMPROMISED": "REVOKED_CA_NO_POE",
}
_COMPROMISED = frozenset({"key_compromise", "ca_compromise"})


def is_compromised(fact: RevocationFact, *, is_authority: bool) -> bool:
    """Return whether a revocation, now or later, may be for a stolen key: where no reason is stated
    it is.

    `unspecified`, in as many words, is none either, but a time-stamp authority says by it that its
    key is not stolen.
    Spec: RFC 3161, 4; RFC 5280, 5.3.1.
    """
    if fact.revoked_at is None:
        return False
    return (
        fact.reason in _COMPROMISED
        or not fact.has_reason
        or (is_authority and fact.reason == UNSPECIFIED)
    )


def _proven(
    fact: RevocationFact, path: PathResult, index: int, *, existence: Existence
) -> RevocationFact:
    """Take, of several statements that show the same, the first that is proven to have existed in
    time.
    """
    if not fact.others:
        return fact
    statements = (replace(fact, others=()), *fact.others)
    return next(
        (
            statement
            for statement in statements
            if _late_cause(statement, path, index, existence=existence) is None
        ),
        statements[0],
    )


def _late_cause(
    fact: RevocationFact, path: PathResult, index: int, *, existence: Existence
) -> str | None:
    """Return why a statement is not proven to have been made while its issuer, no anchor, could be
    relied on.

    Whoever has a compromised CA's key can write statements of any date; a CA revoked for another
    reason keeps to what it said.
    """
    if index + 1 >= len(path.revocation) or fact.evidence_sha256 is None:
        return None
    issuer, issuer_fact = path.chain[index + 1], path.revocation[index + 1]
    since = existence.since(fact.evidence_sha256)
    if since > (fact.issuer_not_after or issuer.not_after):
        return "REVOCATION.NO_PROOF_OF_EXISTENCE"
    is_stolen = is_compromised(issuer_fact, is_authority=True)
    if is_stolen and issuer_fact.revoked_at is not None and since > issuer_fact.revoked_at:
        return "REVOCATION.CA_COMPROMISED"
    return None


def _late(path: PathResult, existed: datetime, existence: Existence) -> Iterator[str]:
    """Name what is not proven to have existed while its issuer, no anchor, could be relied on.

    The leaf is named by digest in what it signed, so it existed when that did.
    """
    for index, certificate in enumerate(path.chain[:-2]):
        since = existence.since(certificate.sha256)
        if (min(since, existed) if index == 0 else since) > path.chain[index + 1].not_after:
            yield "PATH.NO_PROOF_OF_EXISTENCE"
        cause = _late_cause(path.revocation[index], path, index, existence=existence)
        if cause is not None:
            yield cause
