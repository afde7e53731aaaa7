"""Whose key made a signature value, and does it verify: facts shared by signing and validation."""

from dataclasses import dataclass

from hocba_sign.ades.structure import Family, ParsedSignature
from hocba_sign.crypto.algorithms import SignatureAlgorithm, digest, digest_algorithm, signature_algorithm
from hocba_sign.crypto.verify import PublicKey, load_public_key, verify_der_value, verify_value
from hocba_sign.errors import Finding, InputError
from hocba_sign.pki.certificate import Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """Who signed and whether it holds.

    `certificate` is the one that SigningCertificateV2 binds, or None. `is_intact`: the value verifies with its key
    and every reference's digest matches. Says nothing about trust, time or role.
    """

    certificate: Certificate | None
    algorithm: SignatureAlgorithm | None
    key_bits: int
    is_intact: bool
    findings: tuple[Finding, ...]


def check_integrity(signature: ParsedSignature) -> Integrity:
    """Find the signing certificate and verify the signature value and all digests.

    Raises: nothing; what is wrong is in `findings`, together with those of `signature`.
    Spec: EN 319 102-1, 5.2.3 (identification) and 5.2.7 (cryptographic verification).
    """
    findings = list(signature.findings)
    certificate, binding_findings = _signing_certificate(signature)
    findings += binding_findings
    algorithm, key_bits, is_value_ok = None, 0, False
    if certificate is not None:
        try:
            algorithm = _algorithm(signature)
            public_key = load_public_key(certificate.public_key_der)
            key_bits = public_key.bits
            is_value_ok = _holds(signature, public_key)
        except InputError as error:
            findings.append(Finding(error.cause, signature.where))
        else:
            if not is_value_ok:
                findings.append(Finding("SIG.VALUE", signature.where))
    references = signature.references
    is_intact = is_value_ok and bool(references) and all(reference.holds for reference in references)
    if not is_intact and not findings:
        # What does not hold is never without a cause: no cause would mean passed.
        findings.append(Finding("SIG.STRUCTURE", signature.where))
    return Integrity(
        certificate=certificate,
        algorithm=algorithm,
        key_bits=key_bits,
        is_intact=is_intact,
        findings=tuple(dict.fromkeys((*findings, *signature.departures))),
    )


def _signing_certificate(signature: ParsedSignature) -> tuple[Certificate | None, list[Finding]]:
    """Select the certificate by digest, never by position; the first xades:Cert is the signer's (EN 319 132-1, 5.2.2).

    Plain XMLDSig and PKCS #7 have no digest: there it is the one whose key made the value, and if none did, the first.
    """
    is_plain = signature.properties is None or (signature.family is Family.PKCS7 and not signature.properties.certificates)
    if is_plain and signature.certificates_der:
        return _certificate_of_value(signature)
    if signature.properties is None or not signature.properties.certificates:
        return None, [Finding("SIG.NO_SIGNING_CERTIFICATE", signature.where)]
    binding = signature.properties.certificates[0]
    try:
        algorithm = digest_algorithm(binding.digest_uri)
        found = next((der for der in signature.certificates_der if digest(algorithm, der) == binding.digest_value), None)
        if found is None:
            return None, [Finding("SIG.CERTIFICATE_BINDING", signature.where)]
        certificate = Certificate.load(found)
    except InputError as error:
        return None, [Finding(error.cause, signature.where)]
    if binding.issuer_serial_der is not None and binding.issuer_serial_der != certificate.issuer_serial_der:
        return certificate, [Finding("SIG.ISSUER_SERIAL", signature.where)]
    return certificate, []


def _certificate_of_value(signature: ParsedSignature) -> tuple[Certificate | None, list[Finding]]:
    found: list[Certificate] = []
    findings: list[Finding] = []
    for der in signature.certificates_der:
        try:
            certificate = Certificate.load(der)
            public_key = load_public_key(certificate.public_key_der)
            if _holds(signature, public_key):
                return certificate, []
            found.append(certificate)
        except InputError as error:
            findings.append(Finding(error.cause, signature.where))
    return (found[0], []) if found else (None, findings)


def _algorithm(signature: ParsedSignature) -> SignatureAlgorithm:
    return signature.algorithm or signature_algorithm(signature.algorithm_uri, signature.pss)


def _holds(signature: ParsedSignature, public_key: PublicKey) -> bool:
    verify = verify_der_value if signature.has_der_value else verify_value
    return verify(public_key, signature.signed_info_octets, signature=signature.value, algorithm=_algorithm(signature))
