"""Distinguished names: read leniently, shown safely.

Names are compared as octets, never through here.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from hocba_sign.crypto import der
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.remembered import remembered

_ATTRIBUTES = {
    "2.5.4.3": "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
}
"""RFC 4514, 3; other attributes keep their OID."""

_TITLE = "2.5.4.12"
_WITH_SEMANTICS = frozenset({"UID", "2.5.4.5", "2.5.4.97"})
"""Also serialNumber and organizationIdentifier."""
_ADDRESS = frozenset({"ST", "L", "STREET", "O", "OU"})
_CODECS = {
    0x0C: "utf-8",
    0x12: "latin-1",
    0x13: "latin-1",
    0x14: "latin-1",
    0x16: "latin-1",
    0x1A: "latin-1",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
_IDENTIFIER = re.compile(r"\s*(MST|CCCD|CMND)\s*:\s*(.*?)\s*", re.IGNORECASE | re.DOTALL)
_SEMANTICS = re.compile(r"(PNO|IDC|PAS|TIN|VAT|NTR)VN-(.+)", re.DOTALL)
_LABELS = {"PNO": "CCCD", "IDC": "CCCD", "TIN": "MST", "VAT": "MST", "NTR": "MST"}
"""Vietnam's number of a company in the register is its tax code.

Spec: EN 319 412-1, 5.1.3 and 5.1.4.
"""
_COMMON: Final = re.compile(
    rb"\x31(.)\x30(.)\x06(?:\x03(\x55\x04[\x00-\x7f])|\x0a(\x09\x92\x26\x89\x93\xf2\x2c\x64\x01.))"
    rb"([\x0c\x13])(.)(.*)",
    re.DOTALL,
)
"""A part with one attribute, under 130 octets, as nearly all are; the lengths are compared."""
_SPECIAL = re.compile(r'[,+"\\<>;]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who a certificate names; the first value where an attribute stands twice, None where it is
    missing.

    `common_names` are all of them, `address` all that tells a place (see `model.places`).
    `title` is chức vụ.
    `identifiers` are (kind, value) of the UID attributes: `MST` tax code, `CCCD` citizen's identity
        number, `CMND` its predecessor, `UID` where no kind is written; and of other attributes that
        write such a kind before their value, also as EN 319 412-1 does. Control and direction
        characters are replaced by U+FFFD.
    """

    common_name: str | None = None
    organisation: str | None = None
    organisational_unit: str | None = None
    title: str | None = None
    country: str | None = None
    locality: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    common_names: tuple[str, ...] = ()
    address: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands in one RDN: kinds and values, as RFC 4514 writes them, and the identifiers."""

    pairs: tuple[tuple[str, str], ...]
    text: str
    identifiers: tuple[tuple[str, str], ...]


def subject(name: der.Element) -> Subject:
    """Read a Name as that of a signer. Raises: InputError DER.MALFORMED."""
    rdns = _rdns(name)
    parts = [(kind, value.strip()) for rdn in rdns for kind, value in rdn.pairs]
    first: dict[str, str] = {}
    for kind, value in parts:
        first.setdefault(kind, value)
    return Subject(
        common_name=first.get("CN"),
        organisation=first.get("O"),
        organisational_unit=first.get("OU"),
        title=first.get(_TITLE),
        country=first.get("C"),
        locality=first.get("L"),
        identifiers=tuple(identifier for rdn in rdns for identifier in rdn.identifiers),
        common_names=tuple(value for kind, value in parts if kind == "CN"),
        address=tuple(part for part in parts if part[0] in _ADDRESS),
    )


@lru_cache(maxsize=1024)
def text(name_der: bytes) -> str:
    """Write a Name for people, most specific part first. Raises: InputError DER.MALFORMED.

    Spec: RFC 4514, 2; attributes without a short name keep dotted OID and readable value.
    """
    return ",".join(rdn.text for rdn in reversed(_rdns(der.whole(name_der, der.SEQUENCE))))


def rdns(name_der: bytes) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield the RDNs, the most significant first, as (kind, value): kinds with a short name have
    that. Raises: InputError DER.MALFORMED.
    """
    for rdn in _rdns(der.whole(name_der, der.SEQUENCE)):
        yield rdn.pairs


def _rdns(name: der.Element) -> list[_Part]:
    try:
        return list(map(_kept_part, der.pieces(name)))
    except InputError:
        # Told by its place in the whole.
        return [_part(_attributes(rdn)) for rdn in der.sequence(name)]


@remembered
def _kept_part(rdn_der: bytes) -> _Part:
    return _part(_common(rdn_der) or _attributes(der.whole(rdn_der, der.SET)))


def _part(attributes: list[tuple[str, str]]) -> _Part:
    pairs = tuple((_ATTRIBUTES.get(oid, oid), value) for oid, value in attributes)
    return _Part(
        pairs,
        "+".join(f"{kind}={_escape(value)}" for kind, value in pairs),
        tuple(filter(None, (_identifier(kind, value.strip()) for kind, value in pairs))),
    )


def _identifier(kind: str, value: str) -> tuple[str, str] | None:
    match = _IDENTIFIER.fullmatch(value) if kind != "CN" else None
    if match is not None:
        return match[1].upper(), match[2]
    semantics = _SEMANTICS.fullmatch(value) if kind in _WITH_SEMANTICS else None
    if semantics is not None:
        label = _LABELS.get(semantics[1])
        return ("UID", f"HC:{semantics[2]}") if label is None else (label, semantics[2])
    return ("UID", value) if kind == "UID" else None


def _common(rdn_der: bytes) -> list[tuple[str, str]] | None:
    """Return what `_attributes` does for a part of the common form, None for any other."""
    attribute = common_attribute(rdn_der)
    if attribute is None:
        return None
    oid, tag, content = attribute
    return [(oid, _shown(content.decode(_CODECS[tag], "replace")))]


def common_attribute(rdn_der: bytes) -> tuple[str, int, bytes] | None:
    """Return type, tag and content of a part of the common form, by one comparison; None for any
    other.
    """
    found = _COMMON.fullmatch(rdn_der)
    if (
        found is None
        or not len(rdn_der) - 2 == rdn_der[1] == rdn_der[3] + 2 < 0x80
        or len(found[7]) != found[6][0]
    ):
        return None
    oid = der.dotted(found[3] or found[4])
    return None if oid is None else (oid, found[5][0], found[7])


def _attributes(rdn: der.Element) -> list[tuple[str, str]]:
    pairs = []
    for attribute in der.sequence(rdn, der.SET):
        parts = der.sequence(attribute)
        if len(parts) != 2:
            raise der.malformed(attribute.at, "attribute of a name")
        pairs.append((der.oid(parts[0]), string(parts[1])))
    return pairs


def string(element: der.Element) -> str:
    """Return a string of a name as text, hexadecimal where it is of no string type; what does not
    print is replaced.
    """
    codec = _CODECS.get(element.tag)
    if codec is None:
        return "#" + element.der.hex()
    return _shown(element.content.decode(codec, "replace"))


def _shown(value: str) -> str:
    if value.isprintable():
        return value
    return "".join(
        character if character.isprintable() or character == "\u00a0" else "\ufffd"
        for character in value
    )


def _escape(value: str) -> str:
    value = _SPECIAL.sub(r"\\\g<0>", value)
    if value.startswith((" ", "#")):
        value = "\\" + value
    if value.endswith(" ") and len(value) > 1:
        value = value[:-1] + "\\ "
    return value
