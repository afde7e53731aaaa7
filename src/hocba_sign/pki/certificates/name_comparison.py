"""Distinguished names prepared for comparison.

asn1crypto's preparation by RFC 4518 costs ten RSA verifications for each name, and a third of a
second for a long one made for it. For printable ASCII and Vietnamese letters it comes down to case
folding, normalisation and spaces: `prepared`. `folded` does the same for every name by what Python
has in C.
Spec: RFC 5280, 7.1; RFC 4518, 2.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from hocba_sign.crypto import der
from hocba_sign.errors import InputError
from hocba_sign.model.remembered import remembered
from hocba_sign.pki.certificates.distinguished_names import common_attribute

_TYPES = {
    "2.5.4.3": "common_name",
    "2.5.4.4": "surname",
    "2.5.4.5": "serial_number",
    "2.5.4.6": "country_name",
    "2.5.4.7": "locality_name",
    "2.5.4.8": "state_or_province_name",
    "2.5.4.9": "street_address",
    "2.5.4.10": "organization_name",
    "2.5.4.11": "organizational_unit_name",
    "2.5.4.12": "title",
    "2.5.4.42": "given_name",
    "2.5.4.97": "organization_identifier",
    "0.9.2342.19200300.100.1.1": "user_id",
}
"""Attributes whose value is a DirectoryString; the names are those of asn1crypto, whose form of a
prepared name is written here.
"""

_CODECS = {0x0C: "utf-8", 0x13: "ascii"}
_PLAIN = re.compile("[ -~À-ÖØ-öø-ÿĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]+")


MAX_NAME: Final = 2_048
"""Octets of a name that is compared by its letters; real ones have up to 500.

A longer one equals only itself.
"""
_FOLDED_CODECS: Final = _CODECS | {
    0x14: "latin-1",
    0x16: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
_BLANKS: Final = frozenset("\t\n\v\f\r\x85")
_DELETED: Final = frozenset("\u034f\u180b\u180c\u180d\ufffc") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)


def prepared(name_der: bytes) -> str | None:
    """Return a string that is equal for names that RFC 5280 holds equal; None where this module
    cannot tell, or for no Name.
    """
    try:
        return "\x1e".join(map(_rdn, der.pieces(der.whole(name_der, der.SEQUENCE))))
    except (InputError, ValueError, LookupError):
        return None


def _attribute(rdn_der: bytes) -> tuple[str, int, bytes]:
    (attribute,) = der.sequence(der.whole(rdn_der, der.SET), der.SET)
    oid, value = der.sequence(attribute)
    return der.oid(oid), value.tag, value.content


@remembered
def _rdn(rdn_der: bytes) -> str:
    oid, tag, content = common_attribute(rdn_der) or _attribute(rdn_der)
    text = content.decode(_CODECS[tag])
    if _PLAIN.fullmatch(text) is None:
        raise ValueError("characters outside of the plain ones")
    folded = unicodedata.normalize("NFKC", text.casefold())
    return f"{_TYPES[oid]}:  {'  '.join(part for part in folded.split(' ') if part)} "


def folded(name_der: bytes) -> str:
    """Return for any name what `prepared` gives for plain ones: equal for names that RFC 5280 holds
    equal.

    Raises: InputError, ValueError for octets that are no Name, or one longer than `MAX_NAME`.
    """
    if len(name_der) > MAX_NAME:
        raise ValueError("a name too long to be compared")
    return "\x1e".join(_folded_rdn(rdn) for rdn in der.sequence(der.whole(name_der, der.SEQUENCE)))


def _folded_rdn(rdn: der.Element) -> str:
    attributes = (der.sequence(attribute) for attribute in der.sequence(rdn, der.SET))
    return "\x1f".join(sorted(_folded_attribute(*attribute) for attribute in attributes))


def _folded_attribute(oid: der.Element, value: der.Element, *_: der.Element) -> str:
    kind = der.oid(oid)
    codec = _FOLDED_CODECS.get(value.tag)
    shown = f"#{value.der.hex()}" if codec is None else _fold(value.content.decode(codec))
    return f"{_TYPES.get(kind, kind)}:{shown}"


def _fold(text: str) -> str:
    mapped = text if text.isprintable() else "".join(map(_map, text))
    for _ in range(2):
        mapped = unicodedata.normalize("NFKC", mapped.casefold())
    return f"  {'  '.join(mapped.split())} "


def _map(letter: str) -> str:
    category = unicodedata.category(letter)
    if letter in _BLANKS or category[0] == "Z":
        return " "
    return "" if letter in _DELETED or category in {"Cc", "Cf"} else letter


@lru_cache(maxsize=4_096)
def name_key(name_der: bytes) -> str:
    """Return a string that is equal for distinguished names that RFC 5280, 7.1 holds equal.

    Raises: ValueError for octets that are no Name, and for one that is too long to be compared.
    """
    try:
        return prepared(name_der) or folded(name_der)
    except (InputError, LookupError, TypeError) as error:
        raise ValueError("no name") from error


def same_name(one_der: bytes, other_der: bytes) -> bool:
    """Compare two names: octet by octet, then as RFC 5280, 7.1 asks; octets that are no Name equal
    only themselves.
    """
    return one_der == other_der or comparable(one_der) == comparable(other_der)


def comparable(name_der: bytes) -> str:
    """Return `name_key`, and for octets that are no Name themselves in hexadecimal."""
    try:
        return name_key(name_der)
    except (AttributeError, ValueError, TypeError, LookupError):
        return name_der.hex()
