"""Keys from files: PKCS#12 (.p12, .pfx) and PEM. The key is loaded and checked once, then kept."""

import base64
import binascii
import re
import warnings

from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import RC2
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    pkcs12,
)

from hocba_sign.crypto.signer import PrivateKey, SoftwareSigner
from hocba_sign.crypto.verify import PublicKey, load_public_key
from hocba_sign.errors import CallerError, InputError, OutsideError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.objects import load_certificates

MAX_KEY_FILE_OCTETS = 1024 * 1024
"""A key with its chain has some 10 kB."""

_PEM_KEY = re.compile(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)
_RC2_OR_RC4 = re.compile(rb"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01[\x01\x02\x05\x06]")
"""pkcs-12PbeIds 1, 2, 5 and 6. Spec: RFC 7292, appendix C."""

MAX_ITERATIONS = 3_000_000
"""Of deriving a key from a password, a second or two; programs write two thousand to a million."""
_COUNTED = re.compile(
    rb"(?:\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c|"
    rb"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01[\x01-\x06])\x30.\x04"
    rb"|\x04[\x14\x20\x30\x40].{20,64}?\x04(?=[\x04-\x20].{4,32}\x02[\x01-\x08].{1,8}\Z)",
    re.DOTALL,
)
"""Where a salt stands that a count of iterations follows: PBKDF2, pkcs-12PbeIds, and the MacData
that end a PKCS#12 file.
"""


def load_pkcs12(octets: bytes, password: str | bytes | None) -> SoftwareSigner:
    """Read key and certificates; the chain begins with the key's own certificate and goes up as far
    as the file does.

    A text password is taken as UTF-8.
    Raises: CallerError KEY.PASSWORD, KEY.NONE, KEY.CERTIFICATE, KEY.MISMATCH, KEY.KIND;
    OutsideError KEY.UNREADABLE.
    """
    _check_size(octets)
    try:
        is_pkcs12 = asn1_pkcs12.Pfx.load(octets)["auth_safe"]["content_type"].native == "data"
    except (ValueError, TypeError, KeyError) as error:
        raise OutsideError("KEY.UNREADABLE", detail="not PKCS#12") from error
    if not is_pkcs12:
        raise OutsideError("KEY.UNREADABLE", detail="PKCS#12 that is not protected by a password")
    _check_iterations(octets)
    try:
        with warnings.catch_warnings():
            # Files of Java and Windows are often BER, which the library reads but warns of.
            warnings.simplefilter("ignore")
            key, own, others = pkcs12.load_key_and_certificates(octets, _password(password))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        # TypeError: a password that is not UTF-8.
        if isinstance(error, UnsupportedAlgorithm) or (
            _RC2_OR_RC4.search(octets) and not _has_rc2()
        ):
            raise OutsideError(
                "KEY.UNREADABLE", detail="encrypted in a way this machine does not support"
            ) from error
        raise CallerError("KEY.PASSWORD") from error
    found = [certificate for certificate in (own, *others) if certificate is not None]
    try:
        certificates = tuple(
            Certificate.load(certificate.public_bytes(Encoding.DER)) for certificate in found
        )
    except InputError as error:
        raise OutsideError("KEY.UNREADABLE", where=error.where, detail=error.detail) from error
    return _signer(key, certificates)


def load_key(
    key_octets: bytes, certificate_octets: bytes, *, password: str | bytes | None = None
) -> SoftwareSigner:
    """Read a private key (PEM or DER: PKCS#8, PKCS#1, SEC 1) and the certificates beside it, in any
    order.

    `certificate_octets` is anything `load_certificates` reads. A password for a key that has none
    is ignored.
    Raises: CallerError KEY.PASSWORD, KEY.NONE, KEY.CERTIFICATE, KEY.MISMATCH, KEY.KIND;
    OutsideError KEY.UNREADABLE; InputError CERT.MALFORMED, CERT.TOO_LARGE.
    """
    _check_size(key_octets)
    key = _private_key(key_octets, _password(password))
    try:
        certificates = load_certificates(certificate_octets)
    except InputError as error:
        if error.cause != "CERT.FILE":
            raise
        raise CallerError("KEY.CERTIFICATE", where=error.where, detail=error.detail) from error
    return _signer(key, certificates)


def _private_key(octets: bytes, password: bytes | None) -> object:
    block = _PEM_KEY.search(octets)
    is_der = octets[:1] == b"\x30"
    if block is None and not is_der:
        return None
    load = load_der_private_key if block is None else load_pem_private_key
    encoded = octets if block is None else block[0]
    _check_iterations(octets if block is None else _decoded(block[0]))
    try:
        try:
            key = load(encoded, password)
        except TypeError:
            # The library refuses a password for a key that needs none, and none for a key that
            # needs one.
            if password is None:
                raise
            key = load(encoded, None)
    except TypeError as error:
        raise CallerError("KEY.PASSWORD") from error
    except UnsupportedAlgorithm as error:
        raise OutsideError(
            "KEY.UNREADABLE", detail="encrypted in a way or of a kind this machine does not support"
        ) from error
    except ValueError as error:
        if b"ENCRYPTED" in encoded or (is_der and password is not None):
            raise CallerError("KEY.PASSWORD") from error
        raise OutsideError("KEY.UNREADABLE", detail="private key not readable") from error
    return key


def _signer(key: object, certificates: tuple[Certificate, ...]) -> SoftwareSigner:
    if key is None:
        raise CallerError("KEY.NONE")
    if not isinstance(key, PrivateKey):
        raise CallerError("KEY.KIND", detail=type(key).__name__)
    if not certificates:
        raise CallerError("KEY.CERTIFICATE")
    try:
        public_key = load_public_key(
            key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        )
    except InputError as error:
        raise CallerError("KEY.KIND", detail=error.detail) from error
    leaf = next(
        (certificate for certificate in certificates if _belongs(public_key, certificate)), None
    )
    if leaf is None:
        raise CallerError("KEY.MISMATCH")
    return SoftwareSigner(key, tuple(certificate.der for certificate in _chain(leaf, certificates)))


def _belongs(public_key: PublicKey, certificate: Certificate) -> bool:
    try:
        return load_public_key(certificate.public_key_der).key == public_key.key
    except InputError:
        return False


def _chain(leaf: Certificate, certificates: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    chain = [leaf]
    while not chain[-1].is_self_issued:
        above = next(
            (
                other
                for other in certificates
                if other not in chain and _may_issue(other, chain[-1])
            ),
            None,
        )
        if above is None:
            break
        chain.append(above)
    return tuple(chain)


def _may_issue(issuer: Certificate, certificate: Certificate) -> bool:
    wanted, own = certificate.authority_key_identifier, issuer.subject_key_identifier
    return issuer.subject_der == certificate.issuer_der and (
        wanted is None or own is None or wanted == own
    )


def _password(password: str | bytes | None) -> bytes | None:
    encoded = password.encode("utf-8", "replace") if isinstance(password, str) else password
    return encoded or None


def _check_size(octets: bytes) -> None:
    if len(octets) > MAX_KEY_FILE_OCTETS:
        raise OutsideError("KEY.UNREADABLE", detail=f"{len(octets)} octets")


def _decoded(block: bytes) -> bytes:
    """Return what is in a PEM block; nothing where it is no Base64, which the library says."""
    try:
        return base64.b64decode(b"".join(block.splitlines()[1:-1]))
    except binascii.Error:
        return b""


def _check_iterations(octets: bytes) -> None:
    """Refuse a file that was made to let a computer derive a key for hours; where its counts cannot
    be read the library says so.

    Spec: RFC 8018, A.2 (PBKDF2-params); RFC 7292, 4 and appendix C (MacData, pkcs-12PbeParams).
    """
    for found in _COUNTED.finditer(octets):
        salt = found.end() + 1
        start = salt + octets[found.end()] if salt <= len(octets) else len(octets)
        if octets[start : start + 1] != b"\x02" or start + 2 > len(octets):
            continue
        if (
            int.from_bytes(
                octets[start + 2 : start + 2 + octets[start + 1]][:64], "big", signed=True
            )
            > MAX_ITERATIONS
        ):
            raise OutsideError("KEY.UNREADABLE", detail=f"more than {MAX_ITERATIONS} iterations")


def _has_rc2() -> bool:
    try:
        Cipher(RC2(bytes(16)), CBC(bytes(8))).encryptor()
    except UnsupportedAlgorithm:
        return False
    return True
