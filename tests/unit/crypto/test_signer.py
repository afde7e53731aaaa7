"""What a software key signs, its public key verifies, in the form XML wants."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from hocba_sign.crypto.algorithms import (
    SIGNATURE_ALGORITHMS,
    KeyKind,
    SignatureAlgorithm,
    signature_algorithm_named,
)
from hocba_sign.crypto.signer import PrivateKey, Signer, SoftwareSigner, default_algorithm
from hocba_sign.crypto.verify import verify_value
from hocba_sign.errors import CallerError

KEYS: dict[KeyKind, PrivateKey] = {
    KeyKind.RSA: rsa.generate_private_key(65537, 2048),
    KeyKind.EC: ec.generate_private_key(ec.SECP521R1()),
    KeyKind.ED25519: ed25519.Ed25519PrivateKey.generate(),
    KeyKind.ED448: ed448.Ed448PrivateKey.generate(),
}


@pytest.mark.parametrize("algorithm", SIGNATURE_ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_signed_values_verify(algorithm: SignatureAlgorithm) -> None:
    signer = SoftwareSigner(KEYS[algorithm.key_kind], ())
    value = signer.sign(b"x", algorithm)
    assert verify_value(signer.public_key, b"x", signature=value, algorithm=algorithm)
    assert not verify_value(signer.public_key, b"y", signature=value, algorithm=algorithm)
    assert not verify_value(signer.public_key, b"x", signature=value + b"\0", algorithm=algorithm)


@pytest.mark.parametrize(
    ("curve", "size", "name"),
    [
        (ec.SECP256R1(), 64, "ecdsa-sha256"),
        (ec.SECP384R1(), 96, "ecdsa-sha384"),
        (ec.SECP521R1(), 132, "ecdsa-sha512"),
    ],
)
def test_ecdsa_values_are_as_long_as_the_curve(curve: Any, size: int, name: str) -> None:
    signer = SoftwareSigner(ec.generate_private_key(curve), ())
    algorithm = default_algorithm(signer.public_key)
    assert algorithm.name == name
    assert {len(signer.sign(bytes([octet]), algorithm)) for octet in range(40)} == {size}


@pytest.mark.parametrize(
    ("kind", "name"),
    [(KeyKind.RSA, "rsa-sha256"), (KeyKind.ED25519, "ed25519"), (KeyKind.ED448, "ed448")],
)
def test_default_algorithms(kind: KeyKind, name: str) -> None:
    assert default_algorithm(SoftwareSigner(KEYS[kind], ()).public_key).name == name


def test_an_algorithm_for_another_key_is_refused() -> None:
    for algorithm in SIGNATURE_ALGORITHMS:
        for kind, key in KEYS.items():
            if kind is algorithm.key_kind:
                continue
            with pytest.raises(CallerError) as caught:
                SoftwareSigner(key, ()).sign(b"x", algorithm)
            assert caught.value.cause == "KEY.ALGORITHM"


def test_a_key_too_small_for_the_salt_is_refused() -> None:
    small = SoftwareSigner(rsa.generate_private_key(65537, 1024), ())
    with pytest.raises(CallerError) as caught:
        small.sign(b"x", signature_algorithm_named("rsa-pss-sha512"))
    assert caught.value.cause == "KEY.ALGORITHM"


def test_the_key_is_not_in_the_repr() -> None:
    signer: Signer = SoftwareSigner(KEYS[KeyKind.EC], (b"chain",))
    assert "EC" not in repr(signer)
    assert signer.chain_der == (b"chain",)
