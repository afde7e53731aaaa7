"""Verify signature values with public keys; knows no certificate."""

import re
from collections.abc import Callable
from dataclasses import field
from functools import lru_cache
from typing import assert_never

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hocba_sign.crypto import der
from hocba_sign.crypto.algorithms import (
    RSA_PSS_OID,
    KeyKind,
    PssParameters,
    Scheme,
    SignatureAlgorithm,
)
from hocba_sign.crypto.identifier import pss_parameters
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass

MAX_RSA_BITS = 16384
"""What OpenSSL verifies at most; a larger key only costs time."""
MAX_EXPONENT_BITS = 64
"""Real exponents are 3 or 65537; one as long as the modulus makes a verification hundreds of times
slower.
"""
MAX_REMEMBERED = 4_096
"""Keys that stay loaded, under 2 kB each."""
MAX_SPKI_OCTETS = 4096
"""A modulus of MAX_RSA_BITS with room for the framing."""

_EC_OID, _RSA_OID = "1.2.840.10045.2.1", "1.2.840.113549.1.1.1"
_CURVES = (
    "secp256r1",
    "secp384r1",
    "secp521r1",
    "brainpoolP256r1",
    "brainpoolP384r1",
    "brainpoolP512r1",
)

_PLAIN_RSA = re.compile(
    rb"\x30\x82(..)\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x82(..)\x00"
    rb"\x30\x82..\x02\x82..\x00",
    re.DOTALL,
)
"""How an RSA key of 2,048 bits and more begins, for any padding and with a positive modulus."""

_Key = (
    rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A checked public key: `bits` is the size of the RSA modulus or of the curve, `curve` the SEC
    name where there is one.

    `is_pss_only` tells that its identifier restricts it to RSASSA-PSS, `pss` to which parameters
    (the salt's length is a minimum).
    """

    kind: KeyKind
    bits: int
    spki_der: bytes = field(repr=False)
    curve: str | None = None
    is_pss_only: bool = False
    pss: PssParameters | None = None
    key: _Key = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[Callable[[bytes], "PublicKey"], tuple[bytes]]:
        return load_public_key, (self.spki_der,)


@lru_cache(maxsize=MAX_REMEMBERED)
def load_public_key(spki_der: bytes) -> PublicKey:
    """Read a SubjectPublicKeyInfo: RSA, ECDSA on P-256, P-384, P-521 or the brainpool curves of
    those sizes, Ed25519 or Ed448.

    Small keys load; whether their size is acceptable is `acceptance.acceptable`. A curve must be
    named: spelt out with the right numbers but another base point it would accept signatures of
    anybody (CVE-2020-0601).
    Raises: InputError CERT.KEY; CERT.NEGATIVE_MODULUS for an RSA modulus without its leading zero
    octet, as in the certificates of some Estonian cards: as written it is a negative number, which
    belongs to no key.
    Spec: RFC 5480, 2.1.1; RFC 8017, A.1.1.
    """
    if len(spki_der) > MAX_SPKI_OCTETS:
        raise InputError("CERT.KEY", detail="key too large")
    is_plain = _is_plain_rsa(spki_der)
    if not is_plain and _has_negative_modulus(spki_der):
        raise InputError("CERT.NEGATIVE_MODULUS")
    try:
        is_pss_only, pss = (False, None) if is_plain else _restriction(spki_der)
        key = load_der_public_key(spki_der)
    except InputError as error:
        raise InputError("CERT.KEY", where=error.where, detail=error.detail) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InputError(
            "CERT.KEY", detail="public key not readable or of an unsupported kind"
        ) from error
    match key:
        case rsa.RSAPublicKey():
            _check_rsa(key)
            return PublicKey(
                kind=KeyKind.RSA,
                bits=key.key_size,
                spki_der=spki_der,
                is_pss_only=is_pss_only,
                pss=pss,
                key=key,
            )
        case ec.EllipticCurvePublicKey() if key.curve.name in _CURVES:
            return PublicKey(
                kind=KeyKind.EC, bits=key.key_size, spki_der=spki_der, curve=key.curve.name, key=key
            )
        case ed25519.Ed25519PublicKey():
            return PublicKey(kind=KeyKind.ED25519, bits=256, spki_der=spki_der, key=key)
        case ed448.Ed448PublicKey():
            return PublicKey(kind=KeyKind.ED448, bits=456, spki_der=spki_der, key=key)
        case _:
            raise InputError("CERT.KEY", detail="kind of key or curve not supported")


def key_bits(public_key: PublicKey) -> int:
    return public_key.bits


def verify_value(
    public_key: PublicKey, octets: bytes, *, signature: bytes, algorithm: SignatureAlgorithm
) -> bool:
    """Return whether `signature` over `octets` is right; ECDSA values are r and s side by side, as
    in XML.

    Says nothing about whether the algorithm may still be relied on.
    Raises: InputError CRYPTO.KEY_MISMATCH where the algorithm needs another kind of key.
    Spec: RFC 8017, 8.1.2 and 8.2.2; RFC 9231, 2.3.6 (ECDSA); RFC 8032.
    """
    if algorithm.scheme is Scheme.ECDSA:
        _check_fit(public_key, algorithm)
        size = (public_key.bits + 7) // 8
        if len(signature) != 2 * size:
            return False
        signature = encode_dss_signature(
            int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
        )
    return verify_der_value(public_key, octets, signature=signature, algorithm=algorithm)


def verify_der_value(
    public_key: PublicKey, octets: bytes, *, signature: bytes, algorithm: SignatureAlgorithm
) -> bool:
    """Return the same where ECDSA values are DER, as in X.509, CMS and OCSP.

    Raises as `verify_value`.
    """
    _check_fit(public_key, algorithm)
    try:
        _verify(public_key.key, octets, signature=signature, algorithm=algorithm)
    except InvalidSignature:
        return False
    except ValueError:
        # The modulus is too short for this hash or salt: no value can be right.
        return False
    except UnsupportedAlgorithm as error:
        raise InputError("CRYPTO.UNSUPPORTED_ALGORITHM", detail=algorithm.name) from error
    return True


def _verify(key: _Key, octets: bytes, *, signature: bytes, algorithm: SignatureAlgorithm) -> None:
    match key:
        case rsa.RSAPublicKey():
            assert algorithm.digest is not None
            key.verify(signature, octets, rsa_padding(algorithm), algorithm.digest.hash)
        case ec.EllipticCurvePublicKey():
            assert algorithm.digest is not None
            key.verify(signature, octets, ec.ECDSA(algorithm.digest.hash))
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
            key.verify(signature, octets)
        case _:
            assert_never(key)


def rsa_padding(algorithm: SignatureAlgorithm) -> padding.PSS | padding.PKCS1v15:
    if algorithm.pss is None:
        return padding.PKCS1v15()
    return padding.PSS(
        mgf=padding.MGF1(algorithm.pss.mgf_digest.hash), salt_length=algorithm.pss.salt_length
    )


def _check_fit(public_key: PublicKey, algorithm: SignatureAlgorithm) -> None:
    if not fits(public_key, algorithm):
        raise InputError(
            "CRYPTO.KEY_MISMATCH", detail=f"{algorithm.name} with a key for {key_name(public_key)}"
        )


def fits(public_key: PublicKey, algorithm: SignatureAlgorithm) -> bool:
    """Return whether this kind of key, and its restriction to RSASSA-PSS, allow the algorithm."""
    if algorithm.key_kind is not public_key.kind or (
        public_key.is_pss_only and algorithm.pss is None
    ):
        return False
    if public_key.pss is None or algorithm.pss is None:
        return True
    same = (public_key.pss.digest, public_key.pss.mgf_digest) == (
        algorithm.pss.digest,
        algorithm.pss.mgf_digest,
    )
    return same and algorithm.pss.salt_length >= public_key.pss.salt_length


def key_name(public_key: PublicKey) -> str:
    """Name the key for people: `RSA 2048`, `RSASSA-PSS 2048`, `EC secp256r1`, `Ed25519`."""
    if public_key.kind is KeyKind.RSA:
        return f"{Scheme.RSA_PSS if public_key.is_pss_only else public_key.kind} {public_key.bits}"
    return f"{public_key.kind} {public_key.curve}" if public_key.curve else str(public_key.kind)


def _is_plain_rsa(spki_der: bytes) -> bool:
    """Return whether `_has_negative_modulus` and `_restriction` would find nothing, by the first
    octets and the two outer lengths.
    """
    begun = _PLAIN_RSA.match(spki_der)
    return begun is not None and (
        int.from_bytes(begun[1], "big") + 4 == len(spki_der) == int.from_bytes(begun[2], "big") + 23
        and len(spki_der) >= 0xFF + 1 + 23
    )


def _restriction(spki_der: bytes) -> tuple[bool, PssParameters | None]:
    """Return whether a key is for RSASSA-PSS alone, and with which parameters.

    Raises: InputError for a curve without a name.
    """
    parts = der.sequence(der.whole(spki_der, der.SEQUENCE))
    identifier = der.sequence(parts[0]) if parts else ()
    kind = der.oid(identifier[0]) if identifier else None
    if kind == _EC_OID and [parameter.tag for parameter in identifier[1:]] != [der.OID]:
        raise InputError("CERT.KEY", detail="the curve is not named")
    if kind != RSA_PSS_OID:
        return False, None
    return True, pss_parameters(identifier[1]) if len(identifier) > 1 else None


def _has_negative_modulus(spki_der: bytes) -> bool:
    try:
        algorithm, bits = der.sequence(der.whole(spki_der, der.SEQUENCE))
        if der.oid(der.sequence(algorithm)[0]) not in (_RSA_OID, RSA_PSS_OID):
            return False
        return der.integer(der.sequence(der.whole(bits.content[1:], der.SEQUENCE))[0]) < 0
    except (InputError, ValueError, IndexError):
        return False


def _check_rsa(key: rsa.RSAPublicKey) -> None:
    if key.key_size > MAX_RSA_BITS:
        raise InputError("CERT.KEY", detail="RSA modulus too large")
    numbers = key.public_numbers()
    if (
        numbers.n % 2 == 0
        or numbers.e % 2 == 0
        or numbers.e < 3
        or numbers.e.bit_length() > MAX_EXPONENT_BITS
    ):
        raise InputError("CERT.KEY", detail="RSA modulus or exponent is not one of a real key")
