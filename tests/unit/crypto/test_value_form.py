"""What is handed over in place of a raw signature value is named as what it is."""

import base64
import hashlib
import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from hocba_sign.crypto.value_form import decoded_value, ecdsa_integers, value_form_cause

RAW = b"".join(hashlib.sha512(b"TEST %d" % part).digest() for part in range(4))
DER = encode_dss_signature(int.from_bytes(RAW[:32], "big"), int.from_bytes(RAW[32:64], "big"))
CMS = bytes.fromhex("3082010f06092a864886f70d010702a0820100") + RAW

CASES = [
    (RAW, None),
    (RAW[:64], None),
    (b"", None),
    (bytes(64), None),
    (CMS, "SIGN.VALUE_CMS"),
    (bytes.fromhex("308006092a864886f70d010702a080") + RAW, "SIGN.VALUE_CMS"),
    (b"-----BEGIN PKCS7-----\nMII=\n-----END PKCS7-----", "SIGN.VALUE_CMS"),
    (RAW.hex().encode(), "SIGN.VALUE_TEXT"),
    (RAW.hex().upper().encode() + b"\r\n", "SIGN.VALUE_TEXT"),
    (base64.b64encode(RAW), "SIGN.VALUE_TEXT"),
    (base64.encodebytes(RAW), "SIGN.VALUE_TEXT"),
    # hexadecimal that was decoded as if it were Base64
    (base64.b64decode(RAW.hex()), "SIGN.VALUE_TEXT"),
    (b"%PDF-1.7\n" + RAW, "SIGN.VALUE_PDF"),
    (DER, "SIGN.VALUE_DER"),
]


@pytest.mark.parametrize(("value", "cause"), CASES)
def test_a_form_is_named(value: bytes, cause: str | None) -> None:
    assert value_form_cause(value) == cause


def test_raw_values_are_never_taken_for_something_else() -> None:
    for size in (64, 96, 132, 256, 384, 512):
        for _ in range(300):
            assert value_form_cause(secrets.token_bytes(size)) is None


@pytest.mark.parametrize("value", [DER[:-1], DER + b"\0", b"\x30\x00", b"\x30\x03\x02\x01\x01"])
def test_what_is_not_exactly_two_numbers_is_no_ecdsa_value(value: bytes) -> None:
    assert ecdsa_integers(value) is None


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(RAW).decode(),
        base64.encodebytes(RAW).decode().replace("\n", "\r\n"),
        base64.urlsafe_b64encode(RAW).decode().rstrip("="),
        f"  {base64.b64encode(RAW).decode()}\t",
    ],
)
def test_base64_of_any_service_is_read(text: str) -> None:
    assert decoded_value(text) == RAW


@pytest.mark.parametrize("text", ["?", "AAA*", "A"])
def test_other_text_is_no_base64(text: str) -> None:
    with pytest.raises(ValueError, match="not Base64"):
        decoded_value(text)
