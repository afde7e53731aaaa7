"""What octets are, by their shape and never by a file's name: DER objects, and the forms of whole
files.

Nothing is decoded but headers, so that anything can be asked about.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, TypeAlias

from hocba_sign.crypto import der
from hocba_sign.pki.loading.encodings import BLANK, decoded_text

_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")


class ObjectKind(StrEnum):
    """What octets are, as far as their shape tells."""

    CERTIFICATE = "certificate"
    CRL = "crl"
    OCSP = "ocsp"
    BUNDLE = "bundle"
    """Signed data or a sequence, read into."""
    PKCS12 = "pkcs12"
    KEY = "key"
    REQUEST = "request"
    """For a certificate."""
    DOCUMENT = "document"
    """XML, HTML, JSON."""
    PICTURE = "picture"
    """PDF, an office file, an image."""
    ARCHIVE = "archive"
    SYSTEM = "system"
    """What an operating system keeps in folders."""
    TEXT = "text"
    """Words for people."""
    EMPTY = "empty"
    UNKNOWN = "unknown"


WRONG_KINDS: Final = {
    ObjectKind.CERTIFICATE: "FILE.IS_CERTIFICATE",
    ObjectKind.CRL: "FILE.IS_CRL",
    ObjectKind.OCSP: "FILE.IS_OCSP",
    ObjectKind.PKCS12: "FILE.IS_PKCS12",
    ObjectKind.KEY: "FILE.IS_KEY",
    ObjectKind.REQUEST: "FILE.IS_REQUEST",
    ObjectKind.DOCUMENT: "FILE.IS_DOCUMENT",
    ObjectKind.PICTURE: "FILE.IS_DOCUMENT",
    ObjectKind.ARCHIVE: "FILE.IS_ARCHIVE",
}
"""What a file is called that is of another kind than asked for."""


def wrong_kind(kinds: Iterable[ObjectKind], *, default: str) -> str:
    """Return the cause that names what a file is that holds nothing of the kind asked for."""
    return next((WRONG_KINDS[kind] for kind in kinds if kind in WRONG_KINDS), default)


_MAGICS: Final = (
    (b"%PDF-", ObjectKind.PICTURE),
    (b"\x89PNG", ObjectKind.PICTURE),
    (b"\xff\xd8\xff", ObjectKind.PICTURE),
    (b"GIF8", ObjectKind.PICTURE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ObjectKind.SYSTEM),
    (b"\x00\x00\x00\x01Bud1", ObjectKind.SYSTEM),
    (b"\x00\x05\x16\x07\x00\x02\x00\x00", ObjectKind.SYSTEM),
    (b"\x1f\x8b", ObjectKind.ARCHIVE),
    (b"BZh", ObjectKind.ARCHIVE),
    (b"\xfd7zXZ\x00", ObjectKind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ObjectKind.ARCHIVE),
    (b"Rar!\x1a\x07", ObjectKind.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", ObjectKind.ARCHIVE),
)
_ZIP: Final = b"PK\x03\x04"
_OFFICE: Final = (b"[Content_Types].xml", b"mimetype", b"_rels/")
"""How the first entry of an office document is called."""
_DER_START: Final = re.compile(rb"\x30[\x80-\x84]")
_OCTET: Final = rb"(?:[0-9A-Fa-f]{2}:?)"
_NOT_CODE: Final = (
    rb"(?![./\\]|[^\n]*://|"
    + _OCTET
    + rb"{20}(?:"
    + _OCTET
    + rb"{12}){0,1}(?:"
    + _OCTET
    + rb"{32}){0,1}\s)"
)
"""How a path, an address or the fingerprint of something begins."""
_CODE: Final = re.compile(
    rb"(?m)(?:^[ \t>|#*]{0,8}" + _NOT_CODE + rb"\S{40,}(?:\r?\n|\Z)){4}|(?<!\S)(?!\S*://)\S{200}"
)
"""Four lines that are one long word each, or a very long word: not written for people."""
_DUMP: Final = re.compile(
    rb"(?:\b(?:0[xX])?[0-9A-Fa-f]{1,3}h?\b[\s,;]{1,4}){64}"
    rb"|(?:(?:[0-9A-Fa-f]{4} {1,2}){8}[^\n]*\n[^\n ]{1,16}[: ]{1,3}){4}"
    rb"|(?:(?:[0-9A-Fa-f]{2} {1,2}){16}[^\n]*\n[^\n ]{1,16}[: ]{1,3}){4}"
    rb"|(?<!\S)(?:[A-Za-z0-9+/]{4}\s{1,2}){32}|(?<!\S)(?:[A-Za-z0-9+/]{8}\s{1,2}){16}"
    rb"|(?m:^begin(?:-base64)? [0-7]{3,4} )"
)
"""Octets written one by one or in columns, as programs dump them, and what uuencode writes."""
_BOUNDARY_WORDS: Final = re.compile(
    rb"(?i)\b(?:BEGIN|END)\b[ _-]{1,3}(?:[A-Z0-9]+ )?(?:CRL|CERTIFICATE|OCSP|PKCS|CMS)"
)


def form_of_file(octets: bytes) -> ObjectKind | None:
    """Return the form of a whole file; None for what may be evidence in any writing.

    Text for people is known by its lines from code in an unknown writing.
    """
    for magic, kind in _MAGICS:
        if octets.startswith(magic):
            return kind
    if octets.startswith(_ZIP):
        return ObjectKind.PICTURE if octets[30:60].startswith(_OFFICE) else ObjectKind.ARCHIVE
    if not octets.strip(BLANK):
        return ObjectKind.EMPTY
    text = decoded_text(octets)
    if text is None or _DER_START.match(octets):
        return None
    start = text.lstrip()[:1]
    if start in {b"<", b"{", b"["}:
        return ObjectKind.DOCUMENT
    if not start:
        return ObjectKind.EMPTY
    return (
        None
        if any(sign.search(text) for sign in (_CODE, _DUMP, _BOUNDARY_WORDS))
        else ObjectKind.TEXT
    )


def kind_of(octets: bytes, *, is_cut: bool = False) -> ObjectKind:
    """Return what a DER object is by the first elements of its shape; of one that is cut off, as
    far as they are there.
    """
    outer = _tags(octets, 0, len(octets), count=1)
    if (
        len(outer) != 1
        or outer[0][0] != der.SEQUENCE
        or (not is_cut and outer[0][2] != len(octets))
    ):
        return ObjectKind.UNKNOWN
    parts = _tags(octets, outer[0][1], outer[0][2], count=4)
    match [tag for tag, _, _ in parts]:
        case [der.OID, *_]:
            content = octets[parts[0][1] : parts[0][2]]
            return ObjectKind.BUNDLE if content == _SIGNED_DATA else ObjectKind.UNKNOWN
        case [0x0A, *_]:
            return ObjectKind.OCSP
        case [der.INTEGER, der.SEQUENCE] | [der.INTEGER, der.SEQUENCE, der.SEQUENCE] if (
            octets[parts[0][1] : parts[0][2]] == b"\x03"
        ):
            return ObjectKind.PKCS12
        case [2, 2, 2, *_] | [2, 4, *_] | [2, 0x30, 4, *_] | [0x30, 4] | [0x30, 3]:
            return ObjectKind.KEY
        case [0x30, 0x30, 3] | [0x30, 0x30, 3, 0xA0]:
            return _kind_of_signed(octets, parts[0])
        case [0x30, *rest] if is_cut or set(rest) <= {0x30}:
            signed = _kind_of_signed(octets, parts[0]) if is_cut else ObjectKind.UNKNOWN
            return ObjectKind.BUNDLE if not is_cut and _is_row(octets, parts) else signed
    return ObjectKind.UNKNOWN


_Tag: TypeAlias = tuple[int, int, int]
"""A tag with where its content begins and ends."""


def _tags(octets: bytes, at: int, end: int, *, count: int) -> list[_Tag]:
    """Read the headers of at most `count` elements before `end`, whether or not their content is
    there.
    """
    found: list[_Tag] = []
    end = min(end, len(octets))
    while at + 2 <= end and len(found) < count:
        tag, length, start = octets[at], octets[at + 1], at + 2
        if length > 0x7F:
            start += length & 0x7F
            length = int.from_bytes(octets[at + 2 : start], "big")
        found.append((tag, start, start + length))
        at = start + length
    return found


def _kind_of_signed(octets: bytes, tbs: _Tag) -> ObjectKind:
    """Return what was signed: a list states a time where a certificate states a period."""
    tags = [tag for tag, _, _ in _tags(octets, *tbs[1:], count=6)]
    version = 1 if tags[:1] in ([0x02], [0xA0]) else 0
    match tags[version:]:
        case [0x30, 0x30, 0x17 | 0x18, *_]:
            return ObjectKind.CRL
        case [0xA1 | 0xA2, 0x18, 0x30, *_]:
            return ObjectKind.OCSP
        case [0x30, 0x30, 0xA0, *_] if tags[0] == der.INTEGER:
            return ObjectKind.REQUEST
    is_certificate = tags[:2] == [0xA0, der.INTEGER] or (
        tags[:1] == [der.INTEGER] and tags[3:6] == [der.SEQUENCE] * 3
    )
    return ObjectKind.CERTIFICATE if is_certificate else ObjectKind.UNKNOWN


def _is_row(octets: bytes, parts: list[_Tag]) -> bool:
    """Return whether the elements are certificates or lists themselves, as in a path of
    certificates, or a token behind its status.
    """
    heads = [[tag for tag, _, _ in _tags(octets, start, end, count=4)] for _, start, end in parts]
    return all(head == [0x30, 0x30, 3] for head in heads) or (
        len(heads) == 2 and heads[1][:1] == [der.OID]
    )
