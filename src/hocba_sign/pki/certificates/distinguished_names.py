"""Distinguished names: read leniently, shown safely.

Names are compared as octets, never through here.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from hocba_sign.crypto import der
from hocba_sign.frozen_dataclass import dataclass

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


def subject(name: der.Element) -> Subject:
    """Read a Name as that of a signer. Raises: InputError DER.MALFORMED."""
    parts = [
        (_ATTRIBUTES.get(oid, oid), value.strip()) for rdn in _rdns(name) for oid, value in rdn
    ]
    first: dict[str, str] = {}
    identifiers: list[tuple[str, str]] = []
    for kind, text in parts:
        first.setdefault(kind, text)
        match = _IDENTIFIER.fullmatch(text) if kind != "CN" else None
        semantics = _SEMANTICS.fullmatch(text) if kind in _WITH_SEMANTICS else None
        if match is not None:
            identifiers.append((match[1].upper(), match[2]))
        elif semantics is not None:
            label = _LABELS.get(semantics[1])
            identifiers.append(
                ("UID", f"HC:{semantics[2]}") if label is None else (label, semantics[2])
            )
        elif kind == "UID":
            identifiers.append(("UID", text))
    return Subject(
        common_name=first.get("CN"),
        organisation=first.get("O"),
        organisational_unit=first.get("OU"),
        title=first.get(_TITLE),
        country=first.get("C"),
        locality=first.get("L"),
        identifiers=tuple(identifiers),
        common_names=tuple(text for kind, text in parts if kind == "CN"),
        address=tuple((kind, text) for kind, text in parts if kind in _ADDRESS),
    )


@lru_cache(maxsize=1024)
def text(name_der: bytes) -> str:
    """Write a Name for people, most specific part first. Raises: InputError DER.MALFORMED.

    Spec: RFC 4514, 2; attributes without a short name keep dotted OID and readable value.
    """
    parts = [
        "+".join(f"{_ATTRIBUTES.get(oid, oid)}={_escape(value)}" for oid, value in rdn)
        for rdn in _rdns(der.whole(name_der, der.SEQUENCE))
    ]
    return ",".join(reversed(parts))


def rdns(name_der: bytes) -> Iterator[list[tuple[str, str]]]:
    """Yield the RDNs, the most significant first, as (kind, value): kinds with a short name have
    that. Raises: InputError DER.MALFORMED.
    """
    for rdn in _rdns(der.whole(name_der, der.SEQUENCE)):
        yield [(_ATTRIBUTES.get(oid, oid), value) for oid, value in rdn]


def _rdns(name: der.Element) -> Iterator[list[tuple[str, str]]]:
    for rdn in der.sequence(name):
        pairs = []
        for attribute in der.sequence(rdn, der.SET):
            parts = der.sequence(attribute)
            if len(parts) != 2:
                raise der.malformed(attribute.at, "attribute of a name")
            pairs.append((der.oid(parts[0]), string(parts[1])))
        yield pairs


def string(element: der.Element) -> str:
    """Return a string of a name as text, hexadecimal where it is of no string type; what does not
    print is replaced.
    """
    codec = _CODECS.get(element.tag)
    if codec is None:
        return "#" + element.der.hex()
    value = element.content.decode(codec, "replace")
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
