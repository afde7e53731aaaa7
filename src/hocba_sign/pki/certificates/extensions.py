"""Extensions, times and general names of certificates, CRLs and OCSP responses, in the strict forms
of RFC 5280 only.

Whoever calls this has another reader for the rest.
Spec: RFC 5280, 4.1.2.5 and 4.2.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from hocba_sign.crypto import der

_ADDRESS = re.compile(
    rb"[A-Za-z0-9._+-]{1,64}@(?:(?!xn--)[A-Za-z0-9-]{1,63}\.){0,8}(?!xn--)[A-Za-z0-9-]{1,63}"
)
_HOST = re.compile(rb"(?:\*\.)?(?:(?!xn--)[A-Za-z0-9_-]{1,63}\.){0,8}(?!xn--)[A-Za-z0-9-]{1,63}")
_URI = re.compile(rb"(?:https?|ldaps?)://[!-~]{1,2000}")


class RawExtension(NamedTuple):
    is_critical: bool
    value_der: bytes


def extensions(holder: der.Element, tag: int, *, limit: int) -> dict[str, RawExtension]:
    """Read Extensions by dotted OID, from an element with `tag`: the SEQUENCE OF itself, or an
    explicit tag around it.

    Raises: InputError DER.MALFORMED, also for a repetition and for more than `limit`.
    """
    parts = der.sequence(holder, tag)
    if tag != der.SEQUENCE:
        if len(parts) != 1:
            raise der.malformed(holder.at, "extensions")
        parts = der.sequence(parts[0])
    found: dict[str, RawExtension] = {}
    for part in parts[: limit + 1]:
        oid, *rest = der.sequence(part) or (part,)
        if not 1 <= len(rest) <= 2 or rest[-1].tag != der.OCTET_STRING:
            raise der.malformed(part.at, "operations.extension")
        is_critical = len(rest) == 2 and boolean(rest[0], der.BOOLEAN)
        if (
            found.setdefault(der.oid(oid), extension := RawExtension(is_critical, rest[-1].content))
            is not extension
        ):
            raise der.malformed(part.at, "an extension stands twice")
    if len(found) > limit or not found:
        raise der.malformed(holder.at, "number of extensions")
    return found


def boolean(element: der.Element, tag: int | None = None) -> bool:
    """Raises: InputError DER.MALFORMED."""
    if (tag is not None and element.tag != tag) or element.content not in (b"\x00", b"\xff"):
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
