"""Which level a signature has, named as EU DSS does. Says nothing about validity."""

from collections.abc import Iterator
from typing import Final

from hocba_sign.ades.structure import Family, StampKind
from hocba_sign.errors import InputError
from hocba_sign.pki.certificate import Certificate
from hocba_sign.pki.timestamp import read_token
from hocba_sign.validation.process import SignatureConclusion, embedded_evidence

_OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
_NOT_BASELINE: Final = frozenset({"SIG.SIGNING_TIME", "SIG.DATA_OBJECT_FORMAT", "SIG.NO_SIGNING_CERTIFICATE", "SIG.C14N"})
_CERTIFICATE_REFS: Final = frozenset({"CompleteCertificateRefs", "CompleteCertificateRefsV2"})
_REFS_STAMPS: Final = frozenset({"SigAndRefsTimeStamp", "SigAndRefsTimeStampV2", "RefsOnlyTimeStamp", "RefsOnlyTimeStampV2"})
_FORBIDDEN_LT: Final = _CERTIFICATE_REFS | _REFS_STAMPS | {"CompleteRevocationRefs"}
_ARCHIVES: Final = frozenset({"ArchiveTimeStamp", "ArchiveTimeStamp141"})


def level_of(one: SignatureConclusion, *, is_other: bool) -> str:
    """Give the value of `format`; each level needs all below it."""
    signature = one.signature
    if signature.family in (Family.PADES, Family.PKCS7):
        return _pdf_level(one)
    if signature.properties is None:
        return "XMLDSIG"
    if not is_other:
        return _baseline_level(one)
    if not signature.properties.certificates:
        return "XMLDSIG"
    is_timed = any(stamp.kind is StampKind.SIGNATURE and stamp.time is not None for stamp in one.time_stamps) or (
        not one.is_intact and any(stamp.kind is StampKind.SIGNATURE and not stamp.findings for stamp in signature.time_stamps)
    )
    if not is_timed:
        if signature.is_baseline:
            return "XAdES-BASELINE-B"
        return "XAdES-BES" if signature.properties.policy is None else "XAdES-EPES"
    present = frozenset(signature.unsigned)
    has_values = has_all_revocation(one)
    if signature.is_baseline and has_values and not present & _FORBIDDEN_LT:
        return "XAdES-BASELINE-LTA" if present & _ARCHIVES else "XAdES-BASELINE-LT"
    if present & _CERTIFICATE_REFS and "CompleteRevocationRefs" in present:
        return _extended_level(present, has_values=has_values)
    return "XAdES-BASELINE-T" if signature.is_baseline else "XAdES-T"


def _extended_level(present: frozenset[str], *, has_values: bool) -> str:
    """Name the forms of TS 101 903 that go on from XAdES-C."""
    if not present & _REFS_STAMPS:
        return "XAdES-C"
    if not has_values:
        return "XAdES-X"
    return "XAdES-A" if present & _ARCHIVES else "XAdES-XL"


def _baseline_level(one: SignatureConclusion) -> str:
    """Name the level of a transcript's signature, whose structure was demanded when it was read."""
    signature = one.signature
    if one.certificate is None or any(finding.cause in _NOT_BASELINE for finding in one.conclusion.findings):
        return "XAdES-BES"
    kinds = {stamp.kind for stamp in one.time_stamps if stamp.is_intact}
    if StampKind.SIGNATURE not in kinds:
        return "XAdES-BASELINE-B"
    if not signature.embedded_crls_der and not signature.embedded_ocsps_der:
        return "XAdES-BASELINE-T"
    return "XAdES-BASELINE-LTA" if StampKind.ARCHIVE in kinds else "XAdES-BASELINE-LT"


def _pdf_level(one: SignatureConclusion) -> str:
    """Name the level of a PDF's signature: a document time-stamp is one of the signature as well (EN 319 142-1, 6.3)."""
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
    if not signature.embedded_certificates_der or not has_all_revocation(one):
        return "PAdES-BASELINE-T"
    held = {*signature.embedded_crls_der, *signature.embedded_ocsps_der}
    is_kept = StampKind.ARCHIVE in kinds and any(held & set(stamp.covered_der) for stamp in archives)
    return "PAdES-BASELINE-LTA" if is_kept else "PAdES-BASELINE-LT"


def has_all_revocation(one: SignatureConclusion) -> bool:
    """Tell whether for every certificate in a signature that could be revoked something about its revocation is in it too.

    Whose statement it is shows by the names and numbers in it; whether it may be believed is another matter.
    """
    signature = one.signature
    crls, ocsps = list(signature.embedded_crls_der), list(signature.embedded_ocsps_der)
    for stamp in signature.time_stamps:
        for token_der in stamp.tokens_der:
            try:
                token = read_token(token_der)
            except InputError:
                continue
            crls += token.crls
            ocsps += token.ocsps
    wanted = [certificate for certificate in _carried(one) if not certificate.is_self_issued]
    if not wanted:
        return bool(signature.embedded_certificates_der)
    return all(
        any(certificate.issuer_der in crl for crl in crls) or any(certificate.serial_der in ocsp for ocsp in ocsps)
        for certificate in wanted
    )


def _carried(one: SignatureConclusion) -> Iterator[Certificate]:
    """Give the certificates of the signer and of all time-stamps but the last archive's, without anchors and OCSP responders."""
    paths = [one.path, *(stamp.path for stamp in one.time_stamps)]
    anchors = {path.anchor_sha256 for path in paths if path is not None}
    found = list(embedded_evidence(one.signature).certificates)
    stamps = list(one.signature.time_stamps)
    if stamps and stamps[-1].kind is StampKind.ARCHIVE:
        del stamps[-1]
    for stamp in stamps:
        for token_der in stamp.tokens_der:
            try:
                found += read_token(token_der).certificates
            except InputError:
                continue
    return (one for one in dict.fromkeys(found) if one.sha256 not in anchors and _OCSP_SIGNING not in one.extended_key_usage)
