"""Signature values: foreign vectors, keys nobody should have, and every mismatch."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import core
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.crypto import algorithms, der
from hocba_sign.crypto.algorithms import (
    KeyKind,
    PssParameters,
    SignatureAlgorithm,
    signature_algorithm_named,
)
from hocba_sign.crypto.digests import DIGEST_ALGORITHMS
from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.crypto.verify import (
    PublicKey,
    key_bits,
    load_public_key,
    verify_der_value,
    verify_value,
)
from hocba_sign.errors import InputError

HASHES = {"SHA-1": "sha1", **{f"SHA-{bits}": f"sha{bits}" for bits in (224, 256, 384, 512)}}
SCHEMES = {
    "EcdsaP1363Verify": "ecdsa",
    "EcdsaVerify": "ecdsa",
    "RsassaPkcs1Verify": "rsa",
    "RsassaPssVerify": "rsa-pss",
    "RsassaPssWithParametersVerify": "rsa-pss",
}


def spki(key: Any) -> bytes:
    encoded: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded


def algorithm_of(group: dict[str, Any]) -> SignatureAlgorithm | str:
    """Name the group's algorithm, or the reason why it is not supported."""
    if group["type"] == "EddsaVerify":
        return signature_algorithm_named(
            {"edwards25519": "ed25519", "edwards448": "ed448"}[group["publicKey"]["curve"]]
        )
    for name in (group["sha"], group.get("mgfSha", group["sha"])):
        if name not in HASHES:
            return f"hash {name}"
    if "mgfSha" not in group:
        return signature_algorithm_named(
            f"{SCHEMES[group['type']].removesuffix('-pss')}-{HASHES[group['sha']]}"
        )
    digest, mgf_digest = (
        next(algorithm for algorithm in DIGEST_ALGORITHMS if algorithm.name == HASHES[name])
        for name in (group["sha"], group["mgfSha"])
    )
    parameters = PssParameters(digest=digest, mgf_digest=mgf_digest, salt_length=group["sLen"])
    return algorithms.rsa_pss(parameters, uri=algorithms.RSA_PSS_URI)


@pytest.mark.suite
def test_wycheproof(shared: Path) -> None:
    folder = shared / "data" / "suites" / "wycheproof"
    if not folder.is_dir():
        pytest.skip("no Wycheproof vectors beside the source tree")
    wrong: list[str] = []
    unsupported: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    for path in sorted(folder.glob("*.json")):
        for group in json.loads(path.read_text("utf-8"))["testGroups"]:
            algorithm = algorithm_of(group)
            if isinstance(algorithm, str):
                unsupported[algorithm] += len(group["tests"])
                continue
            key = load_public_key(bytes.fromhex(group["publicKeyDer"]))
            check = verify_der_value if group["type"] == "EcdsaVerify" else verify_value
            for case in group["tests"]:
                is_right = check(
                    key,
                    bytes.fromhex(case["msg"]),
                    signature=bytes.fromhex(case["sig"]),
                    algorithm=algorithm,
                )
                judged[group["type"]] += 1
                if case["result"] != "acceptable" and is_right != (case["result"] == "valid"):
                    wrong.append(f"{path.name} {case['tcId']}: {case['comment']}")
    assert not wrong
    assert not unsupported
    assert set(judged) == {*SCHEMES, "EddsaVerify"}
    assert sum(judged.values()) > 8500


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def test_key_sizes(rsa_key: rsa.RSAPrivateKey) -> None:
    assert key_bits(load_public_key(spki(rsa_key.public_key()))) == 2048
    loaded = load_public_key(spki(ec.generate_private_key(ec.SECP521R1()).public_key()))
    assert (loaded.kind, loaded.bits, loaded.curve) == (KeyKind.EC, 521, "secp521r1")


def hostile_rsa(modulus: int, exponent: int) -> bytes:
    def number(value: int) -> bytes:
        return der.encode(der.INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))

    identifier = der.encode(der.SEQUENCE, bytes.fromhex("06092a864886f70d010101"), b"\x05\x00")
    key = der.encode(der.SEQUENCE, number(modulus), number(exponent))
    return der.encode(der.SEQUENCE, identifier, der.encode(der.BIT_STRING, b"\0", key))


@pytest.mark.parametrize(
    ("modulus", "exponent"),
    [
        ((1 << 16384) | 1, 65537),
        ((1 << 2047) | 2, 65537),
        ((1 << 2047) | 1, 1),
        ((1 << 2047) | 1, 2),
        ((1 << 2047) | 1, 0),
        ((1 << 2047) | 1, 65536),
        ((1 << 2047) | 1, (1 << 2000) | 1),
        ((1 << 2047) | 1, (1 << 64) | 1),
        (0, 3),
        (1 << 100_000 | 1, 3),
    ],
    ids=["large", "even-modulus", "e1", "e2", "e0", "e-even", "e-long", "e-65-bits", "n0", "huge"],
)
def test_rsa_keys_nobody_has_are_refused(modulus: int, exponent: int) -> None:
    with pytest.raises(InputError) as caught:
        load_public_key(hostile_rsa(modulus, exponent))
    assert caught.value.cause == "CERT.KEY"


def test_the_largest_rsa_key_loads() -> None:
    assert load_public_key(hostile_rsa((1 << 16383) | 1, 3)).bits == 16384


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(lambda: ec.generate_private_key(ec.SECP256K1()).public_key(), id="secp256k1"),
        pytest.param(lambda: dsa.generate_private_key(1024).public_key(), id="dsa"),
    ],
)
def test_other_kinds_of_keys_are_refused(key: Any) -> None:
    with pytest.raises(InputError) as caught:
        load_public_key(spki(key()))
    assert caught.value.cause == "CERT.KEY"


@pytest.mark.parametrize(
    "curve", [ec.BrainpoolP256R1(), ec.BrainpoolP384R1(), ec.BrainpoolP512R1()]
)
def test_brainpool_keys_verify(curve: ec.EllipticCurve) -> None:
    key = ec.generate_private_key(curve)
    public = load_public_key(spki(key.public_key()))
    r, s = decode_dss_signature(key.sign(b"octets", ec.ECDSA(hashes.SHA256())))
    size = curve.key_size // 8
    value = r.to_bytes(size, "big") + s.to_bytes(size, "big")
    assert verify_value(public, b"octets", signature=value, algorithm=algorithms.ECDSA_SHA256)
    assert not verify_value(public, b"others", signature=value, algorithm=algorithms.ECDSA_SHA256)


def test_explicit_curve_parameters_are_refused() -> None:
    # prime field parameters of P-256 spelled out instead of named, generator replaced:
    # CVE-2020-0601
    named = spki(ec.generate_private_key(ec.SECP256R1()).public_key())
    identifier, key = der.sequence(der.whole(named, der.SEQUENCE))
    explicit = der.encode(
        der.SEQUENCE, b"\x02\x01\x01", der.encode(der.SEQUENCE, bytes.fromhex("06072a8648ce3d0101"))
    )
    forged = der.encode(
        der.SEQUENCE, der.encode(der.SEQUENCE, der.sequence(identifier)[0].der, explicit), key.der
    )
    with pytest.raises(InputError) as caught:
        load_public_key(forged)
    assert caught.value.cause == "CERT.KEY"


def test_a_point_off_the_curve_is_refused() -> None:
    good = spki(ec.generate_private_key(ec.SECP256R1()).public_key())
    with pytest.raises(InputError):
        load_public_key(good[:-1] + bytes([good[-1] ^ 1]))


@given(st.binary(max_size=200))
def test_noise_is_no_key(octets: bytes) -> None:
    with pytest.raises(InputError) as caught:
        load_public_key(octets)
    assert caught.value.cause == "CERT.KEY"


ED_SPKI = spki(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())
EC_KEY = ec.derive_private_key(7, ec.SECP256R1())


@given(st.binary(max_size=80))
def test_a_noisy_signature_is_just_wrong(signature: bytes) -> None:
    key = load_public_key(spki(EC_KEY.public_key()))
    assert not verify_value(key, b"x", signature=signature, algorithm=algorithms.ECDSA_SHA256)
    assert not verify_der_value(key, b"x", signature=signature, algorithm=algorithms.ECDSA_SHA256)
    assert not verify_value(
        load_public_key(ED_SPKI), b"x", signature=signature, algorithm=algorithms.ED25519
    )


def test_algorithm_and_key_must_be_of_one_kind(rsa_key: rsa.RSAPrivateKey) -> None:
    keys = {
        KeyKind.RSA: load_public_key(spki(rsa_key.public_key())),
        KeyKind.EC: load_public_key(spki(EC_KEY.public_key())),
        KeyKind.ED25519: load_public_key(ED_SPKI),
    }
    for algorithm in algorithms.SIGNATURE_ALGORITHMS:
        for kind, key in keys.items():
            if algorithm.key_kind is kind:
                assert not verify_value(key, b"x", signature=bytes(64), algorithm=algorithm)
                continue
            for check in (verify_value, verify_der_value):
                with pytest.raises(InputError) as caught:
                    check(key, b"x", signature=bytes(64), algorithm=algorithm)
                assert caught.value.cause == "CRYPTO.KEY_MISMATCH"


def pss_key(key: rsa.RSAPrivateKey, parameters: bytes) -> PublicKey:
    _, value = der.sequence(der.whole(spki(key.public_key()), der.SEQUENCE))
    identifier = der.encode(der.SEQUENCE, bytes.fromhex("06092a864886f70d01010a"), parameters)
    return load_public_key(der.encode(der.SEQUENCE, identifier, value.der))


SHA256_IDENTIFIER = bytes.fromhex("300d06096086480165030402010500")


def test_a_key_for_pss_only_verifies_nothing_else(rsa_key: rsa.RSAPrivateKey) -> None:
    signer = SoftwareSigner(rsa_key, ())
    mgf = der.encode(der.SEQUENCE, bytes.fromhex("06092a864886f70d010108"), SHA256_IDENTIFIER)
    parameters = der.encode(
        der.SEQUENCE,
        der.encode(0xA0, SHA256_IDENTIFIER),
        der.encode(0xA1, mgf),
        der.encode(0xA2, b"\x02\x01\x20"),
    )
    free, bound = pss_key(rsa_key, b""), pss_key(rsa_key, parameters)
    value = signer.sign(b"x", algorithms.RSA_PSS_SHA256)
    assert verify_value(free, b"x", signature=value, algorithm=algorithms.RSA_PSS_SHA256)
    assert verify_value(bound, b"x", signature=value, algorithm=algorithms.RSA_PSS_SHA256)
    for key in (free, bound):
        with pytest.raises(InputError) as caught:
            verify_value(
                key,
                b"x",
                signature=signer.sign(b"x", algorithms.RSA_SHA256),
                algorithm=algorithms.RSA_SHA256,
            )
        assert caught.value.cause == "CRYPTO.KEY_MISMATCH"
    sha384 = signature_algorithm_named("rsa-pss-sha384")
    assert verify_value(free, b"x", signature=signer.sign(b"x", sha384), algorithm=sha384)
    with pytest.raises(InputError):
        verify_value(bound, b"x", signature=signer.sign(b"x", sha384), algorithm=sha384)


def test_a_hash_too_long_for_the_key_is_just_wrong() -> None:
    small = load_public_key(hostile_rsa((1 << 511) | 1, 3))
    assert not verify_value(
        small, b"x", signature=bytes(64), algorithm=signature_algorithm_named("rsa-sha512")
    )
    assert not verify_value(
        small, b"x", signature=bytes(64), algorithm=signature_algorithm_named("rsa-pss-sha512")
    )


def test_a_curve_that_is_spelt_out_is_refused() -> None:
    """CVE-2020-0601: with a base point of the forger's choice, the same public key has a private
    key that they know.
    """
    named = spki(ec.generate_private_key(ec.SECP256R1()).public_key())
    identifier, point = der.sequence(der.whole(named, der.SEQUENCE))
    kind, _ = der.sequence(identifier)
    p256 = ec_parameters()
    for parameters in (p256, der.encode(der.NULL), b""):
        explicit = der.encode(
            der.SEQUENCE, der.encode(der.SEQUENCE, kind.der, parameters), point.der
        )
        with pytest.raises(InputError) as caught:
            load_public_key(explicit)
        assert (caught.value.cause, caught.value.detail) == ("CERT.KEY", "the curve is not named")


def ec_parameters() -> bytes:
    """Return the ECParameters of P-256 (RFC 3279, 2.3.5) with its true numbers."""
    field = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    base = (
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f"
        "9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    octets = [(field - 3).to_bytes(32, "big"), b.to_bytes(32, "big")]
    return der.encode(
        der.SEQUENCE,
        core.Integer(1).dump(),
        der.encode(
            der.SEQUENCE,
            core.ObjectIdentifier("1.2.840.10045.1.1").dump(),
            core.Integer(field).dump(),
        ),
        der.encode(der.SEQUENCE, *(der.encode(der.OCTET_STRING, one) for one in octets)),
        der.encode(der.OCTET_STRING, bytes.fromhex(base)),
        core.Integer(order).dump(),
        core.Integer(1).dump(),
    )


def test_a_modulus_without_its_leading_zero_is_named() -> None:
    """As in the certificates of some Estonian cards; the same number, written right, is a key."""
    numbers = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key().public_numbers()
    )
    rsa_encryption = bytes.fromhex("300d06092a864886f70d0101010500")

    def written(*, zero: bytes) -> bytes:
        modulus = der.encode(der.INTEGER, zero, numbers.n.to_bytes(256, "big"))
        key = der.encode(der.SEQUENCE, modulus, bytes(core.Integer(numbers.e).dump()))
        return der.encode(der.SEQUENCE, rsa_encryption, der.encode(der.BIT_STRING, b"\x00", key))

    assert load_public_key(written(zero=b"\x00")).bits == 2048
    with pytest.raises(InputError) as caught:
        load_public_key(written(zero=b""))
    assert caught.value.cause == "CERT.NEGATIVE_MODULUS"
