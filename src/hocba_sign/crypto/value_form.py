"""What a signature value is that is no raw one: devices and services return containers and texts,
and whoever hands them over must know which.
"""

import base64
import binascii
import re
from typing import Final

from hocba_sign.crypto import der
from hocba_sign.errors import InputError

_HEX: Final = re.compile(rb"(?:[0-9A-Fa-f]{2})+")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]+={0,2}")
_SHORTEST_TEXT: Final = 64
"""No raw value of so many octets or more consists of letters and digits alone by chance."""
_PKCS7: Final = bytes.fromhex("06092a864886f70d0107")
"""The object identifiers of PKCS#7 and CMS contents, less their last arc."""
_HEAD: Final = 20
_RAW_EC_LENGTHS: Final = frozenset({64, 96, 132})


def value_form_cause(value: bytes) -> str | None:
    """Return the cause SIGN.VALUE_* for a value that is something else than a raw RSA value or
    r‖s; None says nothing of whether it is right.
    """
    if value.lstrip()[:5] == b"%PDF-":
        return "SIGN.VALUE_PDF"
    if value.lstrip()[:11] == b"-----BEGIN ":
        return "SIGN.VALUE_CMS" if b"PKCS7" in value[:40] or b"CMS" in value[:40] else None
    text = b"".join(value.split())
    if len(text) >= _SHORTEST_TEXT and (_HEX.fullmatch(text) or _BASE64.fullmatch(text)):
        return "SIGN.VALUE_TEXT"
    # A hexadecimal text that was taken for Base64 still shows its digits in Base64.
    if len(value) >= _SHORTEST_TEXT and _HEX.fullmatch(base64.b64encode(value)):
        return "SIGN.VALUE_TEXT"
    if value[:1] == b"\x30" and _PKCS7 in value[:_HEAD]:
        return "SIGN.VALUE_CMS"
    if ecdsa_integers(value) is not None and len(value) not in _RAW_EC_LENGTHS:
        return "SIGN.VALUE_DER"
    return None


def ecdsa_integers(value: bytes) -> tuple[int, int] | None:
    """Return r and s of an ECDSA value in DER, None where it is none.

    Spec: RFC 3279, 2.2.3.
    """
    try:
        numbers = tuple(map(der.integer, der.sequence(der.whole(value, der.SEQUENCE))))
    except (InputError, ValueError, IndexError):
        return None
    return (numbers[0], numbers[1]) if len(numbers) == 2 and min(numbers) > 0 else None


def decoded_value(text: str) -> bytes:
    """Decode a value in Base64, plain or for URLs, whose lines services break at any place.

    Raises: ValueError.
    """
    letters = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not Base64") from error
