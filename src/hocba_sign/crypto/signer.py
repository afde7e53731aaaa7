"""Make signature values: the protocol every key obeys, and keys held in memory."""

from dataclasses import field
from typing import NoReturn, Protocol, assert_never

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hocba_sign.crypto.algorithms import (
    ECDSA_SHA256,
    ECDSA_SHA384,
    ECDSA_SHA512,
    ED448,
    ED25519,
    RSA_PSS_SHA256,
    RSA_SHA256,
    KeyKind,
    SignatureAlgorithm,
    signature_algorithm_named,
)
from hocba_sign.crypto.verify import PublicKey, fits, key_name, load_public_key, rsa_padding
from hocba_sign.errors import CallerError
from hocba_sign.frozen_dataclass import dataclass

PrivateKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
)

_BY_CURVE = {"secp256r1": ECDSA_SHA256, "secp384r1": ECDSA_SHA384, "secp521r1": ECDSA_SHA512}


class Signer(Protocol):
    """A key that can sign, wherever it is: in memory, in a token, at a service."""

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """The signing certificate and those above it that are known, in order."""
        ...

    def sign(self, octets: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign `octets` themselves, not their digest; ECDSA values are r and s side by side, each
        as long as the curve.

        Raises: CallerError KEY.ALGORITHM; OutsideError where a device or service fails.
        """
        ...


@dataclass(frozen=True, slots=True)
class SoftwareSigner:
    """A private key in memory, loaded and checked once.

    Does not check that the key belongs to `chain_der[0]`; `adapters.key_file` does.
    """

    key: PrivateKey = field(repr=False)
    chain_der: tuple[bytes, ...] = field(repr=False)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key stays in its process: load it again in the other one")

    @property
    def public_key(self) -> PublicKey:
        """Raises: InputError CERT.KEY where the key is of an unsupported curve or size."""
        return load_public_key(
            self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        )

    def sign(self, octets: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign `octets`, see `Signer.sign`. Raises: CallerError KEY.ALGORITHM."""
        if _kind(self.key) is not algorithm.key_kind:
            raise CallerError(
                "KEY.ALGORITHM", detail=f"{algorithm.name} with a key of kind {_kind(self.key)}"
            )
        try:
            return _sign(self.key, octets, algorithm)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise CallerError(
                "KEY.ALGORITHM", detail=f"{algorithm.name}: the key is too small"
            ) from error


def default_algorithm(public_key: PublicKey) -> SignatureAlgorithm:
    """Choose what to sign with when nobody asks: PKCS#1 v1.5 for RSA, as every Vietnamese token and
    verifier knows it.

    Raises: CallerError KEY.ALGORITHM for a brainpool curve, and where a key restricts itself to
    what XML cannot name.
    """
    match public_key.kind:
        case KeyKind.RSA:
            chosen = _restricted(public_key) if public_key.is_pss_only else RSA_SHA256
        case KeyKind.EC:
            if public_key.curve not in _BY_CURVE:
                raise CallerError(
                    "KEY.ALGORITHM", detail=f"no algorithm for {key_name(public_key)}"
                )
            chosen = _BY_CURVE[public_key.curve]
        case KeyKind.ED25519:
            chosen = ED25519
        case KeyKind.ED448:
            chosen = ED448
        case _:
            assert_never(public_key.kind)
    if not fits(public_key, chosen):
        raise CallerError("KEY.ALGORITHM", detail=f"no algorithm for {key_name(public_key)}")
    return chosen


def _restricted(public_key: PublicKey) -> SignatureAlgorithm:
    return (
        signature_algorithm_named(f"rsa-pss-{public_key.pss.digest.name}")
        if public_key.pss
        else RSA_PSS_SHA256
    )


def _kind(key: PrivateKey) -> KeyKind:
    match key:
        case rsa.RSAPrivateKey():
            return KeyKind.RSA
        case ec.EllipticCurvePrivateKey():
            return KeyKind.EC
        case ed25519.Ed25519PrivateKey():
            return KeyKind.ED25519
        case ed448.Ed448PrivateKey():
            return KeyKind.ED448
        case _:
            assert_never(key)


def _sign(key: PrivateKey, octets: bytes, algorithm: SignatureAlgorithm) -> bytes:
    match key:
        case rsa.RSAPrivateKey():
            assert algorithm.digest is not None
            return key.sign(octets, rsa_padding(algorithm), algorithm.digest.hash)
        case ec.EllipticCurvePrivateKey():
            assert algorithm.digest is not None
            size = (key.key_size + 7) // 8
            r, s = decode_dss_signature(key.sign(octets, ec.ECDSA(algorithm.digest.hash)))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        case ed25519.Ed25519PrivateKey() | ed448.Ed448PrivateKey():
            return key.sign(octets)
        case _:
            assert_never(key)
