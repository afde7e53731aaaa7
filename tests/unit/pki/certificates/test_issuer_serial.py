"""Issuer and serial number: one meaning in many spellings, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.crypto import der
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.issuer_serial import is_issuer_serial, is_issuer_serial_text
from hocba_sign.testing import World
from tests.support.scene import SIGNED_AT

WORLD = World(SIGNED_AT, fast=True)
COMMON_NAME = 'Cơ quan, "Thử" + nghiệm'
CA = WORLD.issuing_ca("thu", COMMON_NAME, key="ec")
CERTIFICATE = Certificate.load(
    WORLD.person("Nguyễn Văn An", "001085000001", issuer="thu").certificate_der
)
SERIAL = str(CERTIFICATE.serial_number)
LATIN = "C=VN,O=TEST - Thử nghiệm,CN="
VALUE = r"Cơ quan\, \"Thử\" \+ nghiệm"


def same(name: str, serial: str = SERIAL) -> bool | None:
    return is_issuer_serial_text(CERTIFICATE, issuer_name=name, serial_number=serial)


@pytest.mark.parametrize(
    "name",
    [
        CERTIFICATE.issuer_text,
        f"{LATIN}{VALUE}",
        f"CN={VALUE}, O=TEST - Thử nghiệm, C=VN",
        f"cn = {VALUE} ; o = TEST - Thử nghiệm ; c = vn",
        'CN="Cơ quan, \\"Thử\\" + nghiệm",O=TEST - Thử nghiệm,C=VN',
        r"CN=C\C6\A1 quan\2C \22Thử\22 \2B nghiệm,O=TEST - Thử nghiệm,C=VN",
        f"2.5.4.3={VALUE},OID.2.5.4.10=TEST  -  Thử nghiệm,C=VN",
        f"CN=#{der.encode(0x0C, COMMON_NAME.encode()).hex()},O=TEST - Thử nghiệm,C=VN",
    ],
)
def test_the_same_name_may_be_spelled_otherwise(name: str) -> None:
    assert same(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "CN=Khác",
        f"CN={VALUE},C=VN",
        f"O={VALUE},CN=TEST - Thử nghiệm,C=VN",
        f"CN={VALUE}+O=TEST - Thử nghiệm,C=VN",
        "=,=",
        "x" * 9_000,
    ],
)
def test_another_name_is_not_the_same(name: str) -> None:
    assert not same(name)


@pytest.mark.parametrize("serial", [f" {SERIAL}\n", f"+{SERIAL}", f"00{SERIAL}"])
def test_a_number_is_compared_by_value(serial: str) -> None:
    assert same(CERTIFICATE.issuer_text, serial)


@pytest.mark.parametrize("serial", ["", "0", f"-{SERIAL}", "0x1", "1" * 5_000, "١", "1e3"])
def test_other_numbers_and_what_is_none_differ(serial: str) -> None:
    assert not same(CERTIFICATE.issuer_text, serial)


def issuer_serial(name_der: bytes, serial_der: bytes) -> bytes:
    names = der.encode(der.SEQUENCE, der.encode(0xA4, name_der))
    return der.encode(der.SEQUENCE, names, serial_der)


def test_der_is_compared_by_what_it_says() -> None:
    as_bmp = CERTIFICATE.issuer_der
    for text in ("TEST - Thử nghiệm",):
        utf8 = der.encode(0x0C, text.encode())
        bmp = der.encode(0x1E, text.encode("utf-16-be"))
        attribute = bytes.fromhex("060355040a")
        old, new = (
            der.encode(der.SEQUENCE, attribute, utf8),
            der.encode(der.SEQUENCE, attribute, bmp),
        )
        content = der.whole(as_bmp, der.SEQUENCE).content.replace(
            der.encode(der.SET, old), der.encode(der.SET, new)
        )
        as_bmp = der.encode(der.SEQUENCE, content)
    assert as_bmp != CERTIFICATE.issuer_der
    assert is_issuer_serial(CERTIFICATE, issuer_serial(as_bmp, CERTIFICATE.serial_der))
    assert not is_issuer_serial(
        CERTIFICATE, issuer_serial(as_bmp, der.encode(der.INTEGER, b"\x01"))
    )
    assert not is_issuer_serial(
        CERTIFICATE, issuer_serial(CERTIFICATE.subject_der, CERTIFICATE.serial_der)
    )


@given(st.binary(max_size=40))
def test_any_octets_are_an_answer(octets: bytes) -> None:
    assert not is_issuer_serial(CERTIFICATE, octets)


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_is_an_answer(name: str, serial: str) -> None:
    assert same(name, serial) in {True, False, None}
