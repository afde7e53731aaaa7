"""Which token, certificate and key: by what they are, never the first of several."""

from datetime import UTC, datetime, timedelta

import pytest

from hocba_sign.adapters.pkcs11.choice import (
    choose_certificate,
    choose_key,
    choose_token,
    public_part,
    task,
)
from hocba_sign.adapters.pkcs11.inventory import KeyFacts, PinFlags, StoredCertificate, TokenFacts
from hocba_sign.crypto.algorithms import (
    ECDSA_SHA256,
    ED25519,
    RSA_PSS_SHA256,
    RSA_SHA256,
    SignatureAlgorithm,
)
from hocba_sign.crypto.digests import SHA256, digest
from hocba_sign.crypto.verify import load_public_key
from hocba_sign.errors import HocbaSignError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.testing import World

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WORLD = World(NOW, fast=True)
ONE = Certificate.load(WORLD.person("Một", "001085000001").certificate_der)
TWO = Certificate.load(WORLD.person("Hai", "001085000002").certificate_der)
OLD = Certificate.load(
    WORLD.person("Một", "001085000001", not_after=NOW - timedelta(days=1)).certificate_der
)
LISTS_ONLY = Certificate.load(
    WORLD.person("Một", "001085000001", key_usage=("crl_sign",)).certificate_der
)
CA = Certificate.load(WORLD.authority("public-ca").certificate_der)


def token(label: str, serial: str = "1", *, is_initialised: bool = True) -> TokenFacts:
    return TokenFacts(
        slot="",
        label=label,
        serial=serial,
        model="",
        maker="",
        is_initialised=is_initialised,
        pin=PinFlags(),
        mechanisms=frozenset(),
    )


def key_of(certificate: Certificate) -> bytes:
    public = public_part(load_public_key(certificate.public_key_der))
    assert public is not None
    return public


@pytest.mark.parametrize(
    ("tokens", "wanted", "chosen"),
    [
        ([token("a")], None, 0),
        ([token("", is_initialised=False), token("a")], None, 1),
        ([token("a"), token("b")], "b", 1),
        ([token("VGCA", "1"), token("VGCA", "2")], "2", 1),
        ([token("a"), token("b")], None, "TOKEN.WHICH"),
        ([token("VGCA", "1"), token("VGCA", "2")], "VGCA", "TOKEN.WHICH"),
        ([token("a")], "A", "TOKEN.NOT_FOUND"),
        ([], None, "TOKEN.NONE"),
        ([token("", is_initialised=False)], "a", "TOKEN.NONE"),
    ],
)
def test_tokens(tokens: list[TokenFacts], wanted: str | None, chosen: int | str) -> None:
    assert answer(lambda: choose_token(tokens, wanted)) == chosen


def answer(choose: object) -> object:
    """Return what is chosen, or the cause."""
    assert callable(choose)
    try:
        return choose()
    except HocbaSignError as error:
        return error.cause


@pytest.mark.parametrize(
    ("held", "given", "chosen"),
    [
        ([ONE], None, ONE),
        ([CA, ONE, CA], None, ONE),
        ([OLD, ONE], None, ONE),
        ([LISTS_ONLY, ONE], None, ONE),
        ([OLD], None, OLD),
        ([ONE, TWO], None, "TOKEN.WHICH_CERTIFICATE"),
        ([OLD, LISTS_ONLY], None, "TOKEN.WHICH_CERTIFICATE"),
        ([ONE, TWO], TWO, TWO),
        ([ONE], TWO, TWO),
        ([ONE, TWO], TWO.sha256, TWO),
        ([ONE], TWO.sha256, "TOKEN.NO_CERTIFICATE"),
        ([CA], None, "TOKEN.NO_CERTIFICATE"),
        ([], None, "TOKEN.NO_CERTIFICATE"),
        ([ONE, ONE], None, ONE),
    ],
)
def test_certificates(
    held: list[Certificate], given: Certificate | str | None, chosen: Certificate | str
) -> None:
    stored = [StoredCertificate(certificate=one) for one in held]
    found = answer(
        lambda: (
            choose_certificate(
                stored,
                at=NOW,
                given=given if isinstance(given, Certificate) else None,
                sha256=given if isinstance(given, str) else None,
            ).certificate
        )
    )
    assert found == chosen


A, B = b"\x01", b"\x02"


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        ([KeyFacts(id=B), KeyFacts(id=A)], 1),
        ([KeyFacts(id=B, public=key_of(TWO)), KeyFacts(id=A, public=key_of(ONE))], 1),
        ([KeyFacts(id=A), KeyFacts(id=A)], "TOKEN.SEVERAL_KEYS"),
        ([KeyFacts(id=A, public=key_of(TWO)), KeyFacts(id=B, public=key_of(ONE))], 1),
        ([KeyFacts(id=A, public=key_of(TWO))], "TOKEN.OTHER_KEY"),
        ([KeyFacts(id=A, public=key_of(TWO)), KeyFacts(label="signer")], "TOKEN.OTHER_KEY"),
        ([KeyFacts(public=key_of(TWO)), KeyFacts(public=key_of(ONE))], 1),
        ([KeyFacts(public=key_of(ONE)), KeyFacts(public=key_of(ONE))], "TOKEN.SEVERAL_KEYS"),
        ([KeyFacts(label="other"), KeyFacts(label="signer")], 1),
        ([KeyFacts(label="signer"), KeyFacts(label="signer")], "TOKEN.SEVERAL_KEYS"),
        ([KeyFacts(label="signer", public=key_of(TWO))], "TOKEN.NO_KEY"),
        ([KeyFacts(label="other")], "TOKEN.NO_KEY"),
        ([], "TOKEN.NO_KEY"),
    ],
)
def test_keys(keys: list[KeyFacts], chosen: int | str) -> None:
    wanted = StoredCertificate(certificate=ONE, id=A, label="signer")
    assert answer(lambda: choose_key(keys, wanted)) == chosen


@pytest.mark.parametrize(
    ("algorithm", "mechanisms", "mechanism", "is_hashed"),
    [
        (RSA_SHA256, {"RSA_PKCS", "SHA256_RSA_PKCS"}, "RSA_PKCS", True),
        (RSA_SHA256, {"SHA256_RSA_PKCS"}, "SHA256_RSA_PKCS", False),
        (RSA_SHA256, {"SHA512_RSA_PKCS", "ECDSA"}, None, False),
        (ECDSA_SHA256, {"ECDSA"}, "ECDSA", True),
        (ECDSA_SHA256, {"ECDSA_SHA256"}, "ECDSA_SHA256", False),
        (RSA_PSS_SHA256, {"RSA_PKCS_PSS"}, "RSA_PKCS_PSS", True),
        (RSA_PSS_SHA256, {"RSA_PKCS"}, None, False),
        (ED25519, {"EDDSA"}, None, False),
    ],
)
def test_mechanisms(
    algorithm: SignatureAlgorithm, mechanisms: set[str], mechanism: str | None, is_hashed: bool
) -> None:
    found = answer(lambda: task(b"octets", algorithm, mechanisms=frozenset(mechanisms)))
    if mechanism is None:
        assert found == "KEY.ALGORITHM"
        return
    made = task(b"octets", algorithm, mechanisms=frozenset(mechanisms))
    assert made.mechanism == mechanism
    assert made.octets.endswith(digest(SHA256, b"octets")) is is_hashed
    assert made.pss == (("SHA256", "SHA256", 32) if algorithm is RSA_PSS_SHA256 else None)


def test_the_digest_info_is_the_one_of_the_standard() -> None:
    """Spec: RFC 8017, 9.2, note 1."""
    made = task(b"octets", RSA_SHA256, mechanisms=frozenset({"RSA_PKCS"}))
    head = bytes.fromhex("3031300d060960864801650304020105000420")
    assert made.octets == head + digest(SHA256, b"octets")
