"""Key files as people have them: right, old, without the one or the other, with the wrong
password.
"""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from hocba_sign.adapters.key_file import load_key, load_pkcs12
from hocba_sign.crypto.algorithms import signature_algorithm_named
from hocba_sign.crypto.signer import PrivateKey, default_algorithm
from hocba_sign.crypto.verify import load_public_key, verify_value
from hocba_sign.errors import CallerError, HocbaSignError, OutsideError
from hocba_sign.pki.certificates.certificate import Certificate

START = datetime(2026, 1, 1, tzinfo=UTC)
ROOT_KEY, CA_KEY, KEY, OTHER_KEY = (
    ec.derive_private_key(value, ec.SECP256R1()) for value in (3, 5, 7, 9)
)


def certificate(
    name: str, key: PrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=365))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )


ROOT = certificate("root", ROOT_KEY, "root", ROOT_KEY)
CA = certificate("ca", CA_KEY, "root", ROOT_KEY)
NAMESAKE = certificate("ca", OTHER_KEY, "root", ROOT_KEY)
LEAF = certificate("leaf", KEY, "ca", CA_KEY)
CHAIN = tuple(item.public_bytes(Encoding.DER) for item in (LEAF, CA, ROOT))


def p12(
    key: PrivateKey | dsa.DSAPrivateKey | None,
    own: x509.Certificate | None,
    others: list[x509.Certificate],
    protection: KeySerializationEncryption | None = None,
) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"name", key, own, others, protection or BestAvailableEncryption("mật khẩu".encode())
    )


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(item.public_bytes(Encoding.PEM) for item in certificates)


def key_octets(
    key: PrivateKey,
    layout: PrivateFormat,
    encoding: Encoding = Encoding.PEM,
    password: bytes | None = None,
) -> bytes:
    return key.private_bytes(
        encoding, layout, BestAvailableEncryption(password) if password else NoEncryption()
    )


def old_p12(pbe: pkcs12.PBES) -> bytes:
    protection = (
        PrivateFormat.PKCS12.encryption_builder().key_cert_algorithm(pbe).hmac_hash(hashes.SHA1())
    )
    return p12(KEY, LEAF, [CA], protection.build(b"x"))


def test_pkcs12_gives_key_and_ordered_chain() -> None:
    signer = load_pkcs12(p12(KEY, LEAF, [ROOT, NAMESAKE, CA]), "mật khẩu")
    assert signer.chain_der == CHAIN
    leaf = Certificate.load(signer.chain_der[0])
    key = load_public_key(leaf.public_key_der)
    algorithm = default_algorithm(key)
    assert verify_value(key, b"x", signature=signer.sign(b"x", algorithm), algorithm=algorithm)


def test_the_own_certificate_may_stand_among_the_others() -> None:
    assert load_pkcs12(p12(KEY, None, [ROOT, CA, LEAF]), "mật khẩu").chain_der == CHAIN


@pytest.mark.parametrize("password", [None, "", b""])
def test_pkcs12_without_password(password: str | bytes | None) -> None:
    assert load_pkcs12(p12(KEY, LEAF, [], NoEncryption()), password).chain_der == CHAIN[:1]


@pytest.mark.parametrize("password", [None, "", "sai", "mat khau", b"\xff\x00"])
def test_pkcs12_with_the_wrong_password(password: str | bytes | None) -> None:
    with pytest.raises(CallerError) as caught:
        load_pkcs12(p12(KEY, LEAF, [CA]), password)
    assert caught.value.cause == "KEY.PASSWORD"
    assert (caught.value.where, caught.value.detail) == (None, "")


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        (p12(None, LEAF, [CA]), "KEY.NONE"),
        (p12(KEY, None, []), "KEY.CERTIFICATE"),
        (p12(KEY, None, [CA, ROOT]), "KEY.MISMATCH"),
        (p12(dsa.generate_private_key(1024), None, [CA]), "KEY.KIND"),
        (p12(ec.generate_private_key(ec.SECP256K1()), None, [CA]), "KEY.KIND"),
    ],
)
def test_pkcs12_that_lacks_something(octets: bytes, cause: str) -> None:
    with pytest.raises(CallerError) as caught:
        load_pkcs12(octets, "mật khẩu")
    assert caught.value.cause == cause


@pytest.mark.parametrize(
    "octets", [b"", b"hello", pem(LEAF), CHAIN[0], p12(KEY, LEAF, [])[:200], bytes(2_000_000)]
)
def test_what_is_not_pkcs12(octets: bytes) -> None:
    with pytest.raises(OutsideError) as caught:
        load_pkcs12(octets, "mật khẩu")
    assert caught.value.cause == "KEY.UNREADABLE"


@settings(max_examples=30)
@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_pkcs12_raises_nothing_foreign(at: int, octet: int) -> None:
    good = p12(KEY, LEAF, [], NoEncryption())
    cause = "KEY."
    try:
        load_pkcs12(good[:at] + bytes([octet]) + good[at + 1 :], None)
    except HocbaSignError as error:
        cause = error.cause
    assert cause.startswith("KEY.")


CHILD = """
import sys
from hocba_sign.adapters.key_file import load_pkcs12
from hocba_sign.errors import HocbaSignError
try:
    print(len(load_pkcs12(sys.stdin.buffer.read(), "x").chain_der))
except HocbaSignError as error:
    print(error.cause)
"""


@pytest.mark.parametrize(("no_legacy", "said"), [("", "2"), ("1", "KEY.UNREADABLE")])
def test_old_encryption_is_read_or_named(no_legacy: str, said: str) -> None:
    old = old_p12(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    if no_legacy:
        # RC2 cannot be written here; where it cannot be read either, its identifier alone decides
        # what is said.
        old = old.replace(
            bytes.fromhex("060a2a864886f70d010c0103"), bytes.fromhex("060a2a864886f70d010c0106")
        )
    environment = {
        **os.environ,
        **({"CRYPTOGRAPHY_OPENSSL_NO_LEGACY": no_legacy} if no_legacy else {}),
    }
    child = subprocess.run(
        [sys.executable, "-c", CHILD], input=old, env=environment, capture_output=True, check=False
    )
    assert child.stdout.decode().strip() == said, child.stderr.decode()


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("layout", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_private_keys_in_every_clothing(encoding: Encoding, layout: PrivateFormat) -> None:
    signer = load_key(key_octets(KEY, layout, encoding), pem(ROOT, LEAF, CA))
    assert signer.chain_der == CHAIN


def test_rsa_pem_with_its_certificate_in_one_file() -> None:
    key = rsa.generate_private_key(65537, 2048)
    together = pem(certificate("leaf", key, "ca", CA_KEY)) + key_octets(key, PrivateFormat.PKCS8)
    signer = load_key(together, together)
    algorithm = signature_algorithm_named("rsa-sha256")
    assert verify_value(
        signer.public_key, b"x", signature=signer.sign(b"x", algorithm), algorithm=algorithm
    )


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_pem_passwords(encoding: Encoding) -> None:
    octets = key_octets(KEY, PrivateFormat.PKCS8, encoding, "mật khẩu".encode())
    assert load_key(octets, pem(LEAF), password="mật khẩu").chain_der == CHAIN[:1]
    for wrong in (None, "", "sai"):
        with pytest.raises(CallerError) as caught:
            load_key(octets, pem(LEAF), password=wrong)
        assert caught.value.cause == "KEY.PASSWORD"


def test_a_password_that_is_not_needed_is_ignored() -> None:
    assert (
        load_key(key_octets(KEY, PrivateFormat.PKCS8), pem(LEAF), password="x").chain_der
        == CHAIN[:1]
    )


@pytest.mark.parametrize(
    ("key", "certificates", "cause"),
    [
        (b"", pem(LEAF), "KEY.NONE"),
        (pem(LEAF), pem(LEAF), "KEY.NONE"),
        (key_octets(KEY, PrivateFormat.PKCS8), b"", "KEY.CERTIFICATE"),
        (key_octets(KEY, PrivateFormat.PKCS8), pem(CA, ROOT), "KEY.MISMATCH"),
        (
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            pem(LEAF),
            "KEY.UNREADABLE",
        ),
        (b"\x30\x03\x02\x01\x00", pem(LEAF), "KEY.UNREADABLE"),
        (bytes(2_000_000), pem(LEAF), "KEY.UNREADABLE"),
    ],
)
def test_pem_that_lacks_something(key: bytes, certificates: bytes, cause: str) -> None:
    with pytest.raises((CallerError, OutsideError)) as caught:
        load_key(key, certificates)
    assert caught.value.cause == cause


def test_no_secret_is_shown() -> None:
    signer = load_pkcs12(p12(KEY, LEAF, []), "mật khẩu")
    assert "mật khẩu" not in repr(signer)
    assert "PrivateKey" not in repr(signer)


def test_a_file_made_to_be_counted_for_hours_is_refused_at_once() -> None:
    """The count of iterations is the file's, and the library would go through with it."""
    honest = pkcs12_of(1_000)
    costly = asn1_pkcs12.Pfx.load(honest)
    costly["mac_data"]["iterations"] = 2**31 - 1
    inner = honest.replace(b"\x02\x02\x03\xe8", b"\x02\x02\x7f\xff")
    started = time.process_time()
    with pytest.raises(OutsideError, match=r"KEY\.UNREADABLE"):
        load_pkcs12(costly.dump(force=True), b"practice")
    with pytest.raises((CallerError, OutsideError)):
        load_pkcs12(inner, b"practice")
    assert time.process_time() - started < 2
    # A million is what careful programs write.
    with pytest.raises(CallerError, match=r"KEY\.CERTIFICATE"):
        load_pkcs12(pkcs12_of(200_000), b"practice")


def pkcs12_of(rounds: int) -> bytes:
    protection = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(rounds).build(b"practice")
    return pkcs12.serialize_key_and_certificates(
        None, ec.generate_private_key(ec.SECP256R1()), None, None, protection
    )
