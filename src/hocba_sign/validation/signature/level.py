"""Which level a signature has, named as EU DSS does. Says nothing about validity."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from hocba_sign.ades.structure import Family, StampKind, TimeStamp
from hocba_sign.errors import InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.timestamp.protocol import read_token
from hocba_sign.pki.timestamp.token import Token
from hocba_sign.validation.signature.validation import SignatureConclusion, embedded_evidence

_OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
_NOT_BASELINE: Final = frozenset(
    {"SIG.SIGNING_TIME", "SIG.DATA_OBJECT_FORMAT", "SIG.NO_SIGNING_CERTIFICATE", "SIG.C14N"}
)
_CERTIFICATE_REFS: Final = frozenset({"CompleteCertificateRefs", "CompleteCertificateRefsV2"})
_REFS_STAMPS: Final = frozenset(
    {"SigAndRefsTimeStamp", "SigAndRefsTimeStampV2", "RefsOnlyTimeStamp", "RefsOnlyTimeStampV2"}
)
_FORBIDDEN_LT: Final = _CERTIFICATE_REFS | _REFS_STAMPS | {"CompleteRevocationRefs"}
_ARCHIVES: Final = frozenset({"ArchiveTimeStamp", "ArchiveTimeStamp141"})


def level_of(one: SignatureConclusion, *, is_other: bool) -> str:
    """Return the value of `format`; each level needs all below it."""
    signature = one.signature
    if signature.family in (Family.PADES, Family.PKCS7):
        return _pdf_level(one)
    if signature.properties is None:
        return "XMLDSIG"
    if not is_other:
        return _baseline_level(one)
    return _level_of_others(one)


def _level_of_others(one: SignatureConclusion) -> str:
    """Name what a signature of others has, complete or not, as the forms of XAdES follow from one
    another.
    """
    signature = one.signature
    if not signature.is_extended:
        return "XAdES-BES"
    is_baseline = signature.is_baseline
    stamps = [stamp for stamp in signature.time_stamps if stamp.kind is StampKind.SIGNATURE]
    if _is_timed(stamps, one.certificate):
        return _timed_level(
            one, is_baseline=is_baseline and all(len(stamp.tokens_der) == 1 for stamp in stamps)
        )
    has_policy = signature.properties is not None and signature.properties.policy is not None
    return "XAdES-BASELINE-B" if is_baseline else "XAdES-EPES" if has_policy else "XAdES-BES"


def _timed_level(one: SignatureConclusion, *, is_baseline: bool) -> str:
    signature = one.signature
    present = frozenset(signature.unsigned)
    has_refs = bool(present & _CERTIFICATE_REFS) and "CompleteRevocationRefs" in present
    has_refs_stamp = bool(present & _REFS_STAMPS)
    if not has_all_revocation(one):
        return (
            ("XAdES-X" if has_refs_stamp else "XAdES-C")
            if has_refs
            else "XAdES-BASELINE-T"
            if is_baseline
            else "XAdES-T"
        )
    is_baseline &= not present & _FORBIDDEN_LT
    if "SealingEvidenceRecords" in present:
        return "XAdES-ERS"
    if present & _ARCHIVES:
        return "XAdES-BASELINE-LTA" if is_baseline else "XAdES-A"
    if is_baseline or not has_refs:
        return "XAdES-BASELINE-LT" if is_baseline else "XAdES-LT"
    return "XAdES-XL" if has_refs_stamp else "XAdES-C"


def _is_timed(stamps: list[TimeStamp], certificate: Certificate | None) -> bool:
    times = [token.gen_time for token in _tokens(stamps)]
    return bool(times) and all(
        certificate is None or time < certificate.not_after for time in times
    )


def _baseline_level(one: SignatureConclusion) -> str:
    """Name the level of a transcript's signature, whose structure was demanded when it was read."""
    signature = one.signature
    if one.certificate is None or any(
        finding.cause in _NOT_BASELINE for finding in one.conclusion.findings
    ):
        return "XAdES-BES"
    kinds = {stamp.kind for stamp in one.time_stamps if stamp.is_intact}
    if StampKind.SIGNATURE not in kinds:
        return "XAdES-BASELINE-B"
    if not signature.embedded_crls_der and not signature.embedded_ocsps_der:
        return "XAdES-BASELINE-T"
    return "XAdES-BASELINE-LTA" if StampKind.ARCHIVE in kinds else "XAdES-BASELINE-LT"


def _pdf_level(one: SignatureConclusion) -> str:
    """Name the level of a PDF's signature: a document time-stamp is one of the signature as well
    (EN 319 142-1, 6.3).
    """
    signature = one.signature
    if signature.family is Family.PKCS7:
        return "PKCS7"
    if (
        not signature.is_baseline
        or one.certificate is None
        or "SIG.NO_SIGNING_CERTIFICATE" in {found.cause for found in one.conclusion.findings}
    ):
        return "PAdES-BES"
    kinds = [stamp.kind for stamp in one.time_stamps if stamp.is_intact]
    if not kinds:
        return "PAdES-BASELINE-B"
    archives = [stamp for stamp in signature.time_stamps if stamp.kind is StampKind.ARCHIVE]
    if not _has_all_certificates(one) or not has_all_revocation(one):
        return "PAdES-BASELINE-T"
    held = {*signature.embedded_crls_der, *signature.embedded_ocsps_der}
    is_kept = StampKind.ARCHIVE in kinds and any(
        held & set(stamp.covered_der) for stamp in archives
    )
    return "PAdES-BASELINE-LTA" if is_kept else "PAdES-BASELINE-LT"


def _has_all_certificates(one: SignatureConclusion) -> bool:
    """Return whether certificates are kept beside the signature, or none are needed: the anchor
    issued the signer's own.
    """
    chain = () if one.path is None or one.path.anchor_sha256 is None else one.path.chain[1:-1]
    is_direct = one.path is not None and one.path.anchor_sha256 is not None and not chain
    return is_direct or bool(one.signature.embedded_certificates_der)


def has_all_revocation(one: SignatureConclusion) -> bool:
    """Return whether for every certificate in a signature that could be revoked something about its
    revocation is in it too.

    Whose statement it is shows by the names and numbers in it; whether it may be believed is
    another matter.
    """
    signature = one.signature
    crls, ocsps = list(signature.embedded_crls_der), list(signature.embedded_ocsps_der)
    for token in _tokens(signature.time_stamps):
        crls += token.crls
        ocsps += token.ocsps
    wanted = [certificate for certificate in _carried(one) if not certificate.is_self_issued]
    if not wanted:
        return _has_all_certificates(one)
    return all(
        any(certificate.issuer_der in crl for crl in crls)
        or any(certificate.serial_der in ocsp for ocsp in ocsps)
        for certificate in wanted
    )


def _carried(one: SignatureConclusion) -> Iterator[Certificate]:
    """Return the certificates of the signer and of all time-stamps but the last archive's, without
    anchors and OCSP responders.

    Where the signer is known, only those on the ways up from there count.
    """
    paths = [one.path, *(stamp.path for stamp in one.time_stamps)]
    anchors = {path.anchor_sha256 for path in paths if path is not None}
    found = list(embedded_evidence(one.signature).certificates)
    stamps = list(one.signature.time_stamps)
    if stamps and stamps[-1].kind is StampKind.ARCHIVE:
        del stamps[-1]
    leaves = [one.certificate]
    for token in _tokens(stamps):
        leaves.append(token.certificate)
        found += token.certificates
    if None not in leaves:
        found = list(_above([leaf for leaf in leaves if leaf is not None], found, anchors=anchors))
    return (
        fromkey
        for fromkey in dict.fromkeys(found)
        if fromkey.sha256 not in anchors and _OCSP_SIGNING not in fromkey.extended_key_usage
    )


def _above(
    leaves: list[Certificate], candidates: list[Certificate], *, anchors: Collection[str | None]
) -> Iterator[Certificate]:
    """Yield the leaves and who issued them; above an anchor nobody need vouch for anything, which
    may be an intermediate.
    """
    by_subject: dict[bytes, list[Certificate]] = {}
    for candidate in dict.fromkeys(candidates):
        by_subject.setdefault(candidate.subject_der, []).append(candidate)
    waiting, met = list(leaves), set(leaves)
    while waiting:
        one = waiting.pop()
        yield one
        if one.sha256 in anchors:
            continue
        above = [issuer for issuer in by_subject.get(one.issuer_der, ()) if issuer not in met]
        met.update(above)
        waiting += above


def _tokens(stamps: Iterable[TimeStamp]) -> Iterator[Token]:
    for stamp in stamps:
        for token_der in stamp.tokens_der:
            try:
                yield read_token(token_der)
            except InputError:
                continue
