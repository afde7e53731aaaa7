"""From the facts of one signature to its conclusion: calls the blocks of EN 319 102-1 in order."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from hocba_sign.ades.integrity import Integrity, check_integrity
from hocba_sign.ades.structure import ParsedDocument, ParsedSignature, StampKind
from hocba_sign.crypto.acceptance import AcceptabilityStatus, acceptable, acceptable_digest
from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.digests import SHA1, DigestAlgorithm, digest_algorithm
from hocba_sign.crypto.verify import PublicKey
from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.loading.embedded import Embedded, read_embedded
from hocba_sign.pki.path.result import PathResult, PathStatus
from hocba_sign.pki.revocation.evidence import Evidence, Unread
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.path_at_time import made_after, validate_signer_path
from hocba_sign.validation.signature.proof_of_existence import Existence
from hocba_sign.validation.signature.time_stamp_checks import (
    TimeStampConclusion,
    validate_time_stamps,
)
from hocba_sign.validation.verdict import Conclusion, Indication, SubIndication, conclude
from hocba_sign.xml.namespaces import ID_DATA

CLAIMS_APART: Final = timedelta(hours=24)
"""By so much claimed times may contradict each other: tools write local time as UTC, or the other
way round, which is seven hours, and clocks are set to other zones; none of that comes to more than
a day.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureConclusion:
    """Everything known about one signature; the value may be right where digests are not.

    `best_time` is UTC, proven only where a time-stamp passed.

    `unread` is what the signature and its time-stamps carry and cannot be read.
    """

    signature: ParsedSignature
    conclusion: Conclusion
    is_intact: bool
    certificate: Certificate | None
    key: PublicKey | None
    algorithm: SignatureAlgorithm | None
    path: PathResult | None
    time_stamps: tuple[TimeStampConclusion, ...]
    best_time: datetime | None
    is_time_proven: bool
    warnings: tuple[Finding, ...]
    is_value_right: bool = False
    unread: tuple[Unread, ...] = ()


def validate_signature(signature: ParsedSignature, setting: Setting) -> SignatureConclusion:
    """Judge one signature on its own.

    1. format, identity, value and digests;
    2. time-stamps, the earliest that passes proves when the signature existed;
    3. the certificate path and revocation at that time, else at `setting.at`;
    4. algorithms at that time; both may be known to have ended before a content time-stamp, so
       before the signature;
    5. what is demanded of the claimed time and of time-stamps.
    Spec: EN 319 102-1, 5.3, 5.5 and 5.6.
    """
    # (1) format, identity, value, digests
    integrity = check_integrity(signature)
    # (2) time-stamps, and what they prove of the time
    carried = embedded_evidence(signature)
    pool = setting.evidence.merged(carried)
    stamps: tuple[TimeStampConclusion, ...] = ()
    existence = Existence(setting.at)
    # A time-stamp on a broken signature proves only that something broken existed.
    if integrity.is_intact:
        stamps, existence = validate_time_stamps(signature, evidence=pool, setting=setting)
    is_proven = existence.is_proven(signature.value)
    existed = existence.of(signature.value)
    made = _made_after(stamps)
    # (3) path and revocation at the best signature time
    findings = list(integrity.findings)
    path = None
    if integrity.certificate is not None and integrity.is_intact:
        path = validate_signer_path(
            integrity.certificate,
            purpose=Purpose.SIGNING,
            existed=existed,
            existence=existence,
            evidence=pool,
            setting=setting,
        )
        path = path if made is None else made_after(path, made)
        findings += [Finding(cause, signature.where) for cause in path.causes]
    # (4) algorithms at that time
    acceptance, warnings = _acceptance(integrity, signature, existed, made=made)
    findings += acceptance
    if is_proven and _is_asked_before(path):
        warnings.append(Finding("REVOCATION.ASKED_BEFORE", signature.where))
    # (5) what is demanded of times
    findings += _times(signature, integrity, setting, is_proven=is_proven)
    own = conclude(found for found in findings if path is None or found.cause not in path.causes)
    told = (
        *signature.warnings,
        *integrity.warnings,
        *warnings,
        *(finding for stamp in stamps for finding in stamp.warnings),
        *_late_claims(signature, existed if is_proven else None),
    )
    return SignatureConclusion(
        signature=signature,
        conclusion=_with_path(own, path, findings),
        is_intact=integrity.is_intact,
        certificate=integrity.certificate,
        key=integrity.key,
        algorithm=integrity.algorithm,
        path=path,
        time_stamps=stamps,
        best_time=existed if is_proven else claimed_time(signature),
        is_time_proven=is_proven,
        is_value_right=integrity.is_value_right,
        unread=tuple(
            dict.fromkeys((*carried.unread, *chain.from_iterable(stamp.unread for stamp in stamps)))
        ),
        warnings=tuple(dict.fromkeys(told)),
    )


def _made_after(stamps: Iterable[TimeStampConclusion]) -> datetime | None:
    """Return when the signature was not made yet: the last content time-stamp that passed."""
    passed = (stamp for stamp in stamps if stamp.kind is StampKind.CONTENT and stamp.is_passed)
    return max((token.time for token in passed if token.time is not None), default=None)


def _is_asked_before(path: PathResult | None) -> bool:
    """Return whether what is known of the signer's certificate was stated before the signature."""
    if path is None or path.status is not PathStatus.PASSED:
        return False
    return any(fact.is_asked_before for fact in path.revocation[:1])


CLOCKS_APART: Final = timedelta(minutes=5)
"""Between a signer's clock and that of an authority; clocks set by the network differ by less."""


def _late_claims(signature: ParsedSignature, stamped: datetime | None) -> Iterator[Finding]:
    """Say so where a signer claims to have signed after a time-stamp that his signature has
    already: his clock is wrong, or he is.
    """
    claimed = claimed_time(signature)
    if claimed is not None and stamped is not None and claimed - stamped > CLOCKS_APART:
        yield Finding("SIG.CLAIMED_AFTER_STAMP", signature.where)


_ENDING = frozenset({AcceptabilityStatus.ENDS, AcceptabilityStatus.OVERDUE})


def signed_data(
    document: ParsedDocument, signatures: Iterable[SignatureConclusion]
) -> bytes | None:
    """Return the data of a document as octets that an intact signature covers, None where none
    does: only these are content that somebody signed.
    """
    is_signed = any(
        ID_DATA in judged.signature.covered_ids() for judged in signatures if judged.is_intact
    )
    return document.signed_octets.get(ID_DATA) if is_signed else None


def claimed_time(signature: ParsedSignature) -> datetime | None:
    """Return the SigningTime property, or what stands for it, UTC: what the signer says, which
    proves nothing.
    """
    stated = None if signature.properties is None else signature.properties.signing_time
    return stated or signature.claimed_time


def embedded_evidence(signature: ParsedSignature) -> Evidence:
    """Read what a signature carries, and name what cannot be read."""
    embedded = Embedded(
        certificates=(
            *signature.certificates_der,
            *signature.embedded_certificates_der,
            *signature.other_certificates,
        ),
        crls=signature.embedded_crls_der,
        ocsps=signature.embedded_ocsps_der,
        statements=signature.other_statements,
    )
    return read_embedded(
        embedded,
        source=f"embedded in {signature.identifier or signature.where}",
        where=signature.where,
    )


def _acceptance(
    integrity: Integrity, signature: ParsedSignature, at: datetime, *, made: datetime | None
) -> tuple[list[Finding], list[Finding]]:
    """Judge the algorithms at `at`: findings for what is not acceptable, warnings for what will
    end.

    `made` is when the signature cannot have been made yet, as far as proven: an algorithm that had
    ended by then is beyond proof.
    """
    if integrity.algorithm is None:
        return [], []
    # Without a key nothing is known of its length.
    answers = (
        []
        if integrity.key is None
        else [acceptable(integrity.algorithm, integrity.key_bits, at=at)]
    )
    # A digest that does not match has failed already, by whatever algorithm.
    digested = [
        part
        for reference in signature.references
        for part in (reference, *reference.entries)
        if part.is_intact
    ]
    answers += [acceptable_digest(digest_algorithm(part.digest_uri), at) for part in digested]
    named, tolerated = _certificate_digests(integrity, signature)
    answers += [acceptable_digest(uri, at) for uri in named]
    refused = [
        Finding(
            "CRYPTO.ENDED_BEFORE"
            if made is not None and answer.until is not None and made > answer.until
            else "CRYPTO.NOT_ACCEPTABLE",
            f"{answer.what} ({answer.rule})",
        )
        for answer in answers
        if not answer.is_acceptable
    ]
    ending = [
        Finding("CRYPTO.ENDS", f"{answer.what}: {answer.until.date().isoformat()}")
        for answer in answers
        if answer.status in _ENDING and answer.until is not None
    ]
    ending += [Finding("SIG.BINDING_DIGEST", signature.where) for _ in tolerated]
    return list(dict.fromkeys(refused)), list(dict.fromkeys(ending))


def _certificate_digests(
    integrity: Integrity, signature: ParsedSignature
) -> tuple[list[DigestAlgorithm], list[DigestAlgorithm]]:
    """Return the digests that name the signer's certificate: those that must be acceptable, and
    those of others that are only told.

    Who exchanges the certificate needs a second preimage of SHA-1, and one with the same key at
    that, which nobody has; documents of others name it so by the thousand. ESSCertID has no other
    digest.
    """
    bindings = (
        ()
        if signature.properties is None or integrity.certificate is None
        else signature.properties.certificates
    )
    bound = [
        binding
        for binding in bindings
        if not binding.is_sha1_by_definition
        and integrity.certificate
        and binding.binds(integrity.certificate.der)
    ]
    digests = [digest_algorithm(reference.digest_uri) for reference in bound]
    is_own = signature.slot is not None
    return [digest for digest in digests if is_own or digest != SHA1], [
        digest for digest in digests if not is_own and digest == SHA1
    ]


def _times(
    signature: ParsedSignature, integrity: Integrity, setting: Setting, *, is_proven: bool
) -> list[Finding]:
    findings = []
    claimed = claimed_time(signature)
    # A clock of local time runs seven hours ahead; once a time-stamp proves the time, that it does
    # is only told.
    if claimed is not None and claimed > setting.at + (CLAIMS_APART if is_proven else timedelta(0)):
        findings.append(Finding("SIG.SIGNING_TIME_FUTURE", signature.where))
    certificate = integrity.certificate
    if (
        claimed is not None
        and certificate is not None
        and not certificate.not_before <= claimed <= certificate.not_after
    ):
        findings.append(Finding("SIG.SIGNING_TIME_RANGE", signature.where))
    if setting.policy.require_time_stamp and not is_proven:
        findings.append(Finding("SIG.NO_TIME_STAMP", signature.where))
    return findings


_UNNAMED = frozenset({"SIG.CERTIFICATE_BINDING", "SIG.NO_SIGNING_CERTIFICATE"})


def _with_path(own: Conclusion, path: PathResult | None, findings: list[Finding]) -> Conclusion:
    """Join the signature's own judgement with the path's: a failure first, or that nobody is known
    to have signed, then the path, then the rest.
    """
    everything = tuple(dict.fromkeys(findings))
    is_unnamed = (
        any(finding.cause in _UNNAMED for finding in own.findings)
        and path is not None
        and path.status is not PathStatus.FAILED
    )
    if (
        own.indication is Indication.TOTAL_FAILED
        or is_unnamed
        or path is None
        or path.sub_indication is None
    ):
        return Conclusion(
            indication=own.indication, sub_indication=own.sub_indication, findings=everything
        )
    indication = (
        Indication.TOTAL_FAILED if path.status is PathStatus.FAILED else Indication.INDETERMINATE
    )
    # The path has a sub-indication of its own, which depends on more than its causes.
    return Conclusion(
        indication=indication,
        sub_indication=SubIndication(path.sub_indication),
        findings=everything,
    )
