"""Whose key made a signature value, and does it verify: facts shared by signing and validation."""

from dataclasses import replace

from hocba_sign.ades.structure import CertificateBinding, Family, ParsedSignature
from hocba_sign.crypto.algorithms import SignatureAlgorithm, signature_algorithm
from hocba_sign.crypto.digests import digest_algorithm
from hocba_sign.crypto.verify import PublicKey, load_public_key, verify_der_value, verify_value
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.issuer_serial import is_issuer_serial, is_issuer_serial_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """Who signed and whether it holds.

    `certificate` is the one whose key made the value, else the one that SigningCertificateV2 binds,
        or None.
    `key` is what the value was tried with.
    `is_value_right`: it verifies with that key.
    `is_intact`: the value verifies with that key and every reference's digest matches. Says nothing
        about trust, time or role.
    """

    certificate: Certificate | None
    key: PublicKey | None
    algorithm: SignatureAlgorithm | None
    key_bits: int
    is_value_right: bool
    is_intact: bool
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()


def check_integrity(signature: ParsedSignature) -> Integrity:
    """Find the signing certificate and verify the signature value and all digests.

    A key that came without a certificate verifies the value too, but says nothing about whose it
    is.
    Raises: nothing; what is wrong is in `findings`, together with those of `signature`.
    Spec: EN 319 102-1, 5.2.3 (identification) and 5.2.7 (cryptographic verification).
    """
    findings = list(signature.findings)
    # Of one that cannot be read nobody knows whose it is said to be.
    choice = _signing_certificate(signature) if signature.is_read else _Choice(None, has_made=False)
    certificate = choice.certificate
    findings += choice.findings
    keys = signature.keys_der if certificate is None else (certificate.public_key_der,)
    algorithm, key, is_value_ok = None, None, False
    if keys or signature.algorithm_uri:
        try:
            algorithm = _algorithm(signature)
            key = _key_of_value(signature, keys) if keys else None
            is_value_ok = choice.has_made or (key is not None and _holds(signature, key))
        except InputError as error:
            findings.append(Finding(error.cause, signature.where))
        else:
            if key is not None and not is_value_ok:
                findings.append(
                    Finding(
                        "SIG.UNSORTED" if _is_unsorted(signature, key) else "SIG.VALUE",
                        signature.where,
                    )
                )
    if (
        certificate is not None
        and signature.keys_der
        and not _has_key(certificate, signature.keys_der)
    ):
        findings.append(Finding("SIG.KEY_CONTRADICTION", signature.where))
    references = signature.references
    is_intact = (
        is_value_ok and bool(references) and all(reference.holds for reference in references)
    )
    if not is_intact and not findings:
        # What does not hold is never without a cause: no cause would mean passed.
        findings.append(Finding("SIG.STRUCTURE", signature.where))
    return Integrity(
        certificate=certificate,
        key=key,
        algorithm=algorithm,
        key_bits=0 if key is None else key.bits,
        is_value_right=is_value_ok,
        is_intact=is_intact,
        findings=tuple(dict.fromkeys((*findings, *signature.departures))),
        warnings=choice.warnings,
    )


def _is_unsorted(signature: ParsedSignature, key: PublicKey) -> bool:
    """Return whether the value was made over the signed attributes as they stand, which RFC 5652,
    5.4 does not allow.
    """
    received = signature.received_octets
    return received is not None and _holds(replace(signature, signed_info_octets=received), key)


def _key_of_value(signature: ParsedSignature, keys_der: tuple[bytes, ...]) -> PublicKey:
    """Return the key that made the value, else the first.

    Raises: InputError CERT.KEY, CRYPTO.KEY_MISMATCH where there is only one.
    """
    keys = [load_public_key(key_der) for key_der in keys_der]
    return (
        keys[0]
        if len(keys) == 1
        else next((key for key in keys if _holds(signature, key)), keys[0])
    )


def _has_key(certificate: Certificate, keys_der: tuple[bytes, ...]) -> bool:
    try:
        own = load_public_key(certificate.public_key_der).key
        return any(load_public_key(key_der).key == own for key_der in keys_der)
    except InputError:
        return False


@dataclass(frozen=True, slots=True)
class _Choice:
    """A certificate, whether its key made the value, and what is wrong about it."""

    certificate: Certificate | None
    has_made: bool
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


def _signing_certificate(signature: ParsedSignature) -> _Choice:
    """Select the certificate: the one that is bound by digest and whose key made the value, never
    one by position.

    Where the value was made by the key of a certificate that is not bound, that one is given, and
    said. Plain XMLDSig and PKCS #7 bind none: there it is the one whose key made the value, and if
    none did, the first.
    Spec: EN 319 132-1, 5.2.2 (the first xades:Cert is the signer's).
    """
    bindings = () if signature.properties is None else signature.properties.certificates
    is_plain = signature.properties is None or (signature.family is Family.PKCS7 and not bindings)
    if not bindings:
        found = _certificate_of_value(signature, signature.certificates_der)
        is_named = is_plain and found.certificate is not None
        return (
            found
            if is_named
            else replace(
                found,
                findings=(*found.findings, Finding("SIG.NO_SIGNING_CERTIFICATE", signature.where)),
            )
        )
    bound = [
        (binding, der)
        for binding in bindings
        for der in signature.certificates_der
        if binding.binds(der)
    ]
    chosen = _certificate_of_value(signature, tuple(der for _, der in bound))
    if not chosen.has_made:
        bound_ders = {der for _, der in bound}
        other = _certificate_of_value(
            signature, tuple(der for der in signature.certificates_der if der not in bound_ders)
        )
        if other.has_made:
            return replace(other, findings=(Finding("SIG.CERTIFICATE_BINDING", signature.where),))
    certificate = chosen.certificate
    if certificate is None:
        if not signature.certificates_der:
            return replace(
                chosen, findings=(Finding("SIG.NO_SIGNING_CERTIFICATE", signature.where),)
            )
        unknown = tuple(
            finding
            for binding in bindings
            if (finding := _unknown_digest(binding, signature.where)) is not None
        )
        return replace(
            chosen,
            findings=chosen.findings
            or unknown
            or (Finding("SIG.CERTIFICATE_BINDING", signature.where),),
        )
    named = {_is_named(binding, certificate) for binding, der in bound if der == certificate.der}
    if False in named:
        return replace(chosen, findings=(Finding("SIG.ISSUER_SERIAL", signature.where),))
    return (
        replace(chosen, warnings=(Finding("SIG.ISSUER_SERIAL_UNREADABLE", signature.where),))
        if None in named
        else chosen
    )


def _unknown_digest(binding: CertificateBinding, where: str) -> Finding | None:
    try:
        digest_algorithm(binding.digest_uri)
    except InputError as error:
        return Finding(error.cause, where)
    return None


def _is_named(binding: CertificateBinding, certificate: Certificate) -> bool | None:
    """Compare issuer and serial number, where they are given, with the certificate that the digest
    binds; None where they cannot be read.
    """
    answers: list[bool | None] = []
    if binding.issuer_serial_der is not None:
        answers.append(is_issuer_serial(certificate, binding.issuer_serial_der))
    if binding.issuer_name is not None and binding.serial_number is not None:
        answers.append(
            is_issuer_serial_text(
                certificate, issuer_name=binding.issuer_name, serial_number=binding.serial_number
            )
        )
    return False if False in answers else None if None in answers else True


def is_value_made_with(signature: ParsedSignature, certificate: Certificate) -> bool:
    """Return whether the signature value verifies with the key of `certificate`."""
    try:
        return _holds(signature, load_public_key(certificate.public_key_der))
    except InputError:
        return False


def _certificate_of_value(signature: ParsedSignature, ders: tuple[bytes, ...]) -> _Choice:
    """Return the certificate among `ders` whose key made the value, else the first that can be
    read; findings where none can.
    """
    first: Certificate | None = None
    findings: list[Finding] = []
    for der in dict.fromkeys(ders):
        try:
            certificate = Certificate.load(der)
        except InputError as error:
            findings.append(Finding(error.cause, signature.where))
            continue
        if is_value_made_with(signature, certificate):
            return _Choice(certificate, has_made=True)
        first = first or certificate
    return _Choice(first, has_made=False, findings=() if first is not None else tuple(findings))


def _algorithm(signature: ParsedSignature) -> SignatureAlgorithm:
    return signature.algorithm or signature_algorithm(signature.algorithm_uri, signature.pss)


def _holds(signature: ParsedSignature, public_key: PublicKey) -> bool:
    verify = verify_der_value if signature.has_der_value else verify_value
    return verify(
        public_key,
        signature.signed_info_octets,
        signature=signature.value,
        algorithm=_algorithm(signature),
    )
