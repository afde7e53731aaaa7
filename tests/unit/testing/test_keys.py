"""Keys follow from their seeds, and are sound as far as test keys can be."""

import hashlib
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from hocba_sign.testing.keys import (
    KeyKind,
    insecure_ec_key,
    insecure_key,
    insecure_rsa_key,
    public_key_der,
    sign_octets,
)

# Printed by `fingerprint` below; vectors in the repository depend on these bytes.
RSA_2048 = "4b0f7487a61623e5b563130d3e5bf06aeec457157aa4247f4a2cbb129f337913"
EC_P256 = "db2e716a9ef53c536dd0debf10080509e78e71e668b1c1a4b828aa99f5e884ed"


def fingerprint(seed: str, kind: KeyKind) -> str:
    return hashlib.sha256(public_key_der(insecure_key(seed, kind))).hexdigest()


def test_keys_never_change() -> None:
    assert fingerprint("frozen", "rsa2048") == RSA_2048
    assert fingerprint("frozen", "ec") == EC_P256


def test_another_process_derives_the_same_key() -> None:
    program = (
        "import hashlib; from hocba_sign.testing.keys import insecure_key, public_key_der; "
        "print(hashlib.sha256(public_key_der(insecure_key('frozen', 'rsa1024'))).hexdigest())"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.strip()
    assert printed == fingerprint("frozen", "rsa1024")


@pytest.mark.parametrize(
    ("bits", "seed"),
    [(1024, "a"), (1024, "b"), (1024, "Đặng"), (1536, "a"), (2048, "a"), (2048, "b"), (3072, "b")],
)
def test_rsa_keys_have_their_size_and_pass_the_full_check(bits: int, seed: str) -> None:
    numbers = insecure_rsa_key(seed, bits).private_numbers()
    assert numbers.public_numbers.n.bit_length() == bits
    assert numbers.p != numbers.q
    # Without the skip, OpenSSL tests the primes and every relation between the numbers.
    assert numbers.private_key(unsafe_skip_rsa_key_validation=False).key_size == bits


def test_seeds_and_kinds_give_different_keys() -> None:
    kinds: tuple[KeyKind, ...] = ("rsa1024", "rsa2048", "ec")
    prints = {fingerprint(seed, kind) for seed in ("a", "b") for kind in kinds}
    assert len(prints) == 6


def test_equal_keys_are_made_once() -> None:
    assert insecure_rsa_key("a") is insecure_rsa_key("a")


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures_are_repeatable_and_verify(digest: str) -> None:
    algorithms: dict[str, hashes.HashAlgorithm] = {
        "sha1": hashes.SHA1(),
        "sha256": hashes.SHA256(),
        "sha384": hashes.SHA384(),
        "sha512": hashes.SHA512(),
    }
    algorithm = algorithms[digest]
    rsa_key, ec_key = insecure_rsa_key("a"), insecure_ec_key("a")
    for key in (rsa_key, ec_key):
        assert sign_octets(key, b"octets", digest=digest) == sign_octets(
            key, b"octets", digest=digest
        )
    rsa_key.public_key().verify(
        sign_octets(rsa_key, b"octets", digest=digest), b"octets", padding.PKCS1v15(), algorithm
    )
    ec_key.public_key().verify(
        sign_octets(ec_key, b"octets", digest=digest), b"octets", ec.ECDSA(algorithm)
    )


def test_kinds_name_what_they_are() -> None:
    rsa_key = insecure_key("a", "rsa1024")
    ec_key = insecure_key("a", "ec")
    assert isinstance(rsa_key, rsa.RSAPrivateKey)
    assert rsa_key.key_size == 1024
    assert isinstance(ec_key, ec.EllipticCurvePrivateKey)
    assert ec_key.curve.name == "secp256r1"
