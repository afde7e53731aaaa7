"""Extensions, times and general names of certificates, CRLs and OCSP responses, in the strict forms
of RFC 5280 only.

Whoever calls this has another reader for the rest; single extensions are read for all.
Spec: RFC 5280, 4.1.2.5 and 4.2.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from hocba_sign.crypto import der
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.remembered import remembered

_COMMON: Final = re.compile(
    rb"\x30(.)\x06(?:\x03(\x55\x1d[\x00-\x7f])|\x08(\x2b\x06\x01\x05\x05\x07[\x00-\x7f]{2}))"
    rb"(\x01\x01\xff)?\x04(.)(.*)",
    re.DOTALL,
)
"""An extension of the standard under 130 octets, as nearly all are; the lengths are compared."""
_ADDRESS = re.compile(
    rb"[A-Za-z0-9._+-]{1,64}@(?:(?!xn--)[A-Za-z0-9-]{1,63}\.){0,8}(?!xn--)[A-Za-z0-9-]{1,63}"
)
_HOST = re.compile(rb"(?:\*\.)?(?:(?!xn--)[A-Za-z0-9_-]{1,63}\.){0,8}(?!xn--)[A-Za-z0-9-]{1,63}")
_URI = re.compile(rb"(?:https?|ldaps?)://[!-~]{1,2000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    oid: str
    is_critical: bool
    value_der: bytes


@remembered
def extension_of(extension_der: bytes) -> tuple[Extension, bool]:
    """Read one extension, and tell whether it is written as RFC 5280 and DER want it.

    Raises: InputError DER.MALFORMED.
    """
    common = _COMMON.fullmatch(extension_der)
    if common is None or not (
        len(extension_der) - 2 == extension_der[1] < 0x80
        and len(common[6]) == common[5][0]
        and (oid := der.dotted(common[2] or common[3]))
    ):
        return read_extension(der.whole(extension_der, der.SEQUENCE))
    return Extension(oid=oid, is_critical=common[4] is not None, value_der=common[6]), True


def read_extension(extension: der.Element) -> tuple[Extension, bool]:
    """Return what `extension_of` does. Raises: InputError DER.MALFORMED with the octet."""
    oid, *rest = der.sequence(extension) or (extension,)
    if not 1 <= len(rest) <= 2 or rest[-1].tag != der.OCTET_STRING:
        raise der.malformed(extension.at, "operations.extension")
    is_critical, is_strict = False, True
    if len(rest) == 2:
        is_boolean, content = rest[0].tag == der.BOOLEAN, rest[0].content
        is_critical = is_boolean and content != b"\x00"
        is_strict = is_boolean and content in (b"\x00", b"\xff")
    read = Extension(oid=der.oid(oid), is_critical=is_critical, value_der=rest[-1].content)
    return read, is_strict


def extensions(holder: der.Element, tag: int, *, limit: int) -> dict[str, Extension]:
    """Read Extensions by dotted OID, from an element with `tag`: the SEQUENCE OF itself, or an
    explicit tag around it.

    Raises: InputError DER.MALFORMED, also for a repetition and for more than `limit`.
    """
    if tag != der.SEQUENCE:
        parts = der.sequence(holder, tag)
        if len(parts) != 1:
            raise der.malformed(holder.at, "extensions")
        holder = parts[0]
    written = der.pieces(holder)
    if not 1 <= len(written) <= limit:
        raise der.malformed(holder.at, "number of extensions")
    found: dict[str, Extension] = {}
    for extension, is_strict in map(extension_of, written):
        if not is_strict:
            raise der.malformed(holder.at, "boolean")
        found[extension.oid] = extension
    if len(found) < len(written):
        raise der.malformed(holder.at, "an extension stands twice")
    return found


def boolean(element: der.Element) -> bool:
    """Raises: InputError DER.MALFORMED."""
    if element.content not in (b"\x00", b"\xff"):
        raise der.malformed(element.at, "boolean")
    return element.content == b"\xff"


def moment(element: der.Element) -> datetime:
    """Read a UTCTime or GeneralizedTime with seconds and `Z`. Raises: InputError DER.MALFORMED."""
    content = element.content
    size = {0x17: 13, 0x18: 15}.get(element.tag)
    if size != len(content) or content[-1:] != b"Z" or not content[:-1].isdigit():
        raise der.malformed(element.at, "time")
    digits = int(content[:-1])
    if size == 13:
        digits += 20 * 10**12 if digits < 50 * 10**10 else 19 * 10**12
    try:
        return datetime(
            digits // 10**10,
            digits // 10**8 % 100,
            digits // 10**6 % 100,
            digits // 10**4 % 100,
            digits // 100 % 100,
            digits % 100,
            tzinfo=UTC,
        )
    except ValueError as error:
        raise der.malformed(element.at, "time") from error


def full_names(point_name: der.Element) -> tuple[bytes, ...]:
    """Read DistributionPointName, which must be a full name, as the DER of its GeneralNames.

    Raises: InputError DER.MALFORMED.
    """
    choices = der.children(point_name)
    if len(choices) != 1 or choices[0].tag != 0xA0:
        raise der.malformed(point_name.at, "distribution point name")
    return tuple(name.der for name in der.children(choices[0]))


def general_names(names: Iterable[der.Element]) -> None:
    """Accept only plain addresses: e-mail, host names and http, https, ldap, ldaps.

    Raises: InputError DER.MALFORMED.
    """
    for name in names:
        pattern = {0x81: _ADDRESS, 0x82: _HOST, 0x86: _URI}.get(name.tag)
        if pattern is None or pattern.fullmatch(name.content) is None:
            raise der.malformed(name.at, "general name")
