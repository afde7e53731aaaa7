"""What ds:KeyInfo brings along: certificates, keys without one, and what is never followed."""

from itertools import islice

from hocba_sign.crypto import der
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import (
    Parts,
    algorithm_of,
    malformed,
    octets_of,
    only,
    optional,
)
from hocba_sign.xml.tree import Element, locate

MAX_CERTIFICATES = 50
"""In one KeyInfo; an honest chain has three."""
MAX_KEYS = 4
"""Keys without a certificate; signers write one."""

_RSA_ENCRYPTION = bytes.fromhex("300d06092a864886f70d0101010500")
_EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")
_CURVES = {
    "urn:oid:1.2.840.10045.3.1.7": bytes.fromhex("06082a8648ce3d030107"),
    "urn:oid:1.3.132.0.34": bytes.fromhex("06052b81040022"),
    "urn:oid:1.3.132.0.35": bytes.fromhex("06052b81040023"),
}
"""The curves whose keys are read: P-256, P-384, P-521."""
_FOLLOWED_NEVER = (names.RETRIEVAL_METHOD, names.KEY_INFO_REFERENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """The facts of one ds:KeyInfo; `keys_der` are SubjectPublicKeyInfos, `digests` the (method URI,
    value) of X509Digest.
    """

    certificates_der: tuple[bytes, ...] = ()
    keys_der: tuple[bytes, ...] = ()
    digests: tuple[tuple[str, bytes], ...] = ()
    warnings: tuple[Finding, ...] = ()


def key_info_certificates(signature: Element, parts: Parts) -> tuple[bytes, ...]:
    """Return the octets of every ds:X509Certificate, in document order.

    Raises: InputError SIG.TOO_MANY_CERTIFICATES, as `Parts.read`.
    """
    key_info = optional(signature, names.KEY_INFO)
    if key_info is None:
        return ()
    elements = [
        certificate
        for data in key_info.iterchildren(names.X509_DATA)
        for certificate in data.iterchildren(names.X509_CERTIFICATE)
    ]
    if len(elements) > MAX_CERTIFICATES:
        raise InputError("SIG.TOO_MANY_CERTIFICATES", where=locate(key_info))
    return tuple(
        octets for element in elements if (octets := parts.read(octets_of, element, otherwise=b""))
    )


def read_key_info(signature: Element, parts: Parts) -> KeyInfo:
    """Read everything in ds:KeyInfo that tells whose key it is. Nothing is fetched or followed.

    The first that is not followed, and each key of a kind that is not read, is named in `warnings`.
    Raises: as `key_info_certificates`.
    Spec: XML Signature 1.1, 4.5.
    """
    key_info = optional(signature, names.KEY_INFO)
    if key_info is None:
        return KeyInfo()
    warnings = [
        Finding("SIG.KEY_NOT_FOLLOWED", locate(element))
        for element in islice(key_info.iterchildren(*_FOLLOWED_NEVER), 1)
    ]
    keys: list[bytes] = []
    for number, element in enumerate(key_info.iterchildren(names.KEY_VALUE, names.DER_KEY_VALUE)):
        if number == MAX_KEYS:
            raise InputError("SIG.TOO_MANY_CERTIFICATES", where=locate(key_info))
        key = parts.read(_key, element, otherwise=None)
        if key is None:
            warnings.append(Finding("SIG.KEY_UNSUPPORTED", locate(element)))
        else:
            keys.append(key)
    return KeyInfo(
        certificates_der=key_info_certificates(signature, parts),
        keys_der=tuple(keys),
        digests=parts.read(_digests, key_info, otherwise=()),
        warnings=tuple(warnings),
    )


def _digests(key_info: Element) -> tuple[tuple[str, bytes], ...]:
    elements = (
        digest_element
        for data in key_info.iterchildren(names.X509_DATA)
        for digest_element in data.iterchildren(names.X509_DIGEST)
    )
    return tuple((algorithm_of(element), octets_of(element)) for element in elements)


def _key(element: Element) -> bytes | None:
    """Return the SubjectPublicKeyInfo of a key value, None for a kind that is not read."""
    if element.tag == names.DER_KEY_VALUE:
        return octets_of(element)
    rsa = optional(element, names.RSA_KEY_VALUE)
    if rsa is not None:
        numbers = (_integer(octets_of(only(rsa, tag))) for tag in (names.MODULUS, names.EXPONENT))
        return _subject_public_key(_RSA_ENCRYPTION, der.encode(der.SEQUENCE, *numbers))
    curve_key = optional(element, names.EC_KEY_VALUE)
    named = None if curve_key is None else optional(curve_key, names.NAMED_CURVE)
    if curve_key is None or named is None:
        return None
    uri = named.get("URI")
    if uri is None:
        raise malformed(named)
    curve = _CURVES.get(uri)
    if curve is None:
        return None
    return _subject_public_key(
        der.encode(der.SEQUENCE, _EC_PUBLIC_KEY, curve),
        octets_of(only(curve_key, names.PUBLIC_KEY)),
    )


def _integer(number: bytes) -> bytes:
    """Write an INTEGER of a ds:CryptoBinary: big-endian, never negative."""
    stripped = number.lstrip(b"\x00") or b"\x00"
    return der.encode(der.INTEGER, b"\x00" if stripped[0] & 0x80 else b"", stripped)


def _subject_public_key(identifier_der: bytes, key: bytes) -> bytes:
    return der.encode(der.SEQUENCE, identifier_der, der.encode(der.BIT_STRING, b"\x00", key))
