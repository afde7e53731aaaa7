"""How evidence is written in files: DER, several in a row, PEM, Base64 and hexadecimal without
armour, UTF-16, with other text or octets around.

Pieces are found here, in time proportional to the file; what they are is for `objects`. Nothing is
unpacked, so nothing grows.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import field
from typing import Final

from hocba_sign.crypto import der
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass

MAX_PIECES: Final = 10_000
"""Objects in one file; bundles of whole operating systems hold about 150."""
SMALLEST: Final = 64
"""Octets: no certificate, list or answer is shorter, so what is shorter holds none."""

BLANK: Final = b" \t\r\n\x0b\x0c\x00\x1a"
"""White space, and what programs fill up and end files with."""
_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_BOUNDARY: Final = re.compile(rb"-----(BEGIN|END) ([A-Z0-9 #._/]{1,64})-----")
_BASE64: Final = rb"MI[A-Za-z0-9+/_-]{30}"
_HEXADECIMAL: Final = rb"30[\s:]{0,2}8[0-4](?:[\s:]{0,3}[0-9A-Fa-f]{2}){16}"
_CODED: Final = re.compile(
    rb"(?<![A-Za-z0-9+/_=-])" + _BASE64 + rb"|(?<![0-9A-Za-z])" + _HEXADECIMAL
)
"""How a long SEQUENCE begins in Base64, plain or for addresses, and in hexadecimal."""
_FOLLOWING: Final = re.compile(_BASE64 + rb"|" + _HEXADECIMAL)
_FILLED: Final = re.compile(rb"={0,2}")
_ESCAPED: Final = re.compile(rb"\\/|\\u00(2[BbFfDd]|3[Dd])|&#(?:x([0-9A-Fa-f]{1,4})|([0-9]{1,5}));")
"""How writers of JSON and XML write letters of Base64 and the ends of its lines."""
_FILLING: Final = b" \t\r\n\x0b\x0c>|#*\"',:"
"""What stands between the lines of quoted mail, in JSON and in dumps."""
_CONTROL: Final = re.compile(rb"[\x01-\x08\x0e-\x19\x1b-\x1f]")
"""Octets that stand in no text."""
_STARTS: Final = re.compile(rb"\x30[\x80-\x84]")
_ADDRESS_LETTERS: Final = bytes.maketrans(b"-_", b"+/")
_ASCII: Final = 0x80
_HEAD: Final = 4_096
"""Letters of a damaged block that are looked at."""
_WORK: Final = 8
"""Times its length that a text is looked at before the rest is left unread."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Octets that may be one object, or `is_whole` False for what should be some and cannot be
    decoded.

    `where` is the place in the file; `label` stands in a PEM boundary. `is_rest` tells octets
    around the objects of a binary file, or an object that is cut off.
    """

    octets: bytes = field(repr=False)
    where: str
    label: str = ""
    is_whole: bool = True
    is_rest: bool = False


def decoded_text(octets: bytes) -> bytes | None:
    """Return a text in octets of which those below 128 are ASCII, as `_plain` does; None for what
    is no text.
    """
    text = _plain(octets)
    return None if _CONTROL.search(text) else text


def _plain(octets: bytes) -> bytes:
    """Write UTF-16 and UTF-32 as UTF-8, and leave out the mark in front; anything else stays as it
    is.
    """
    for mark, encoding in _MARKS:
        if octets.startswith(mark):
            return octets[len(mark) :].decode(encoding, "replace").encode()
    head = octets[:64]
    for at, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(head) > 3 and not any(head[at::2]) and all(head[1 - at :: 2]):
            return octets.decode(encoding, "replace").encode()
    return octets


def _unescaped(text: bytes) -> bytes:
    """Write out what JSON and XML escape; octets that are no text stay as they are."""
    return text if _CONTROL.search(text) else _ESCAPED.sub(_meant, text)


def _meant(found: re.Match[bytes]) -> bytes:
    hexadecimal = found[1] or found[2]
    number = int(hexadecimal, 16) if hexadecimal else int(found[3] or b"47")
    return bytes((number,)) if number < _ASCII else found[0]


def pieces(octets: bytes) -> Iterator[Piece]:
    """Yield everything in a file that may be an object, in its order; beyond `MAX_PIECES` the rest
    is one that is not whole.
    """
    found = (
        _binary(octets, "")
        if _is_element(octets, 0) and _CONTROL.search(octets)
        else _text(_unescaped(_plain(octets)), "")
    )
    for number, piece in enumerate(found):
        if number == MAX_PIECES:
            yield Piece(b"", f"after {MAX_PIECES} objects", is_whole=False)
            return
        yield piece


def _is_element(octets: bytes, at: int) -> bool:
    """Return whether a SEQUENCE begins here that ends within the octets; one of indefinite length
    is taken at its word.
    """
    if octets[at : at + 2] == b"\x30\x80":
        return octets[at + 2 : at + 3] in {b"\x06", b"\x30"}
    try:
        return der.element_at(octets, at).tag == der.SEQUENCE
    except InputError:
        return False


def _binary(octets: bytes, before: str) -> Iterator[Piece]:
    """Yield the SEQUENCEs one after the other; where none stands, go on at the next that can be
    one.
    """
    at, end = 0, len(octets)
    boundary = _BOUNDARY.search(octets)
    while at < end:
        if octets[at] in BLANK:
            at += 1
            continue
        if _is_element(octets, at):
            piece, at = _element(octets, at, before)
            yield piece
            continue
        start = next(
            (
                begun.start()
                for begun in _STARTS.finditer(octets, at + 1)
                if _is_element(octets, begun.start())
            ),
            end,
        )
        if _STARTS.match(octets, at) and boundary is None:
            # Cut off: what is inside is no object of its own.
            start = end
        if boundary is not None and at <= boundary.start() < start:
            yield from _text(octets[at:], f"{before}octet {at}, ")
            return
        rest = octets[at:start].strip(BLANK)
        if rest:
            yield Piece(rest, f"{before}octet {at}", is_whole=False, is_rest=True)
        at = start


def _element(octets: bytes, at: int, before: str) -> tuple[Piece, int]:
    where = f"{before}octet {at}"
    if octets[at + 1] != 0x80:
        end = der.element_at(octets, at).end
        return Piece(octets[at:end], where), end
    try:
        rewritten, length = der.definite(octets, at)
    except (InputError, IndexError):
        return Piece(octets[at:], where, is_whole=False), len(octets)
    return Piece(rewritten, where), length


def _text(text: bytes, before: str) -> Iterator[Piece]:
    """Yield the blocks of a text, and what is coded without armour between them."""
    at, number = 0, 0
    opened: re.Match[bytes] | None = None
    for boundary in _BOUNDARY.finditer(text):
        if opened is None:
            yield from _unarmoured(text[at : boundary.start()], before)
        if boundary[1] == b"BEGIN" or opened is None:
            # The end of one block is missing, or the beginning of another.
            if opened is not None or boundary[1] == b"END":
                head = (
                    _head(text[opened.end() : min(boundary.start(), opened.end() + _HEAD)])
                    if opened is not None
                    else b""
                )
                yield Piece(
                    head, f"{before}block {number + 1}", _label(opened or boundary), is_whole=False
                )
                number += 1
            opened = boundary if boundary[1] == b"BEGIN" else None
        else:
            number += 1
            where = f"{before}{_label(opened).lower()} {number}"
            yield from _block(
                text[opened.end() : boundary.start()], where, opened=opened, closed=boundary
            )
            opened = None
        at = boundary.end()
    if opened is not None:
        yield Piece(
            _head(text[opened.end() : opened.end() + _HEAD]),
            f"{before}block {number + 1}",
            _label(opened),
            is_whole=False,
        )
    else:
        yield from _unarmoured(text[at:], before)


def _label(boundary: re.Match[bytes]) -> str:
    return boundary[2].decode("ascii")


def _block(
    body: bytes, where: str, *, opened: re.Match[bytes], closed: re.Match[bytes]
) -> Iterator[Piece]:
    label = _label(opened)
    # RFC 1421 headers stand before the first empty line; Base64 holds no colon.
    lines = b"\n".join(line for line in body.splitlines() if b":" not in line)
    octets = _base64(_letters(lines.replace(b"=3D", b"=")))
    # Behind the certificate OpenSSL writes what it is trusted for, or not: to read the certificate
    # alone would drop that.
    if not octets or label != _label(closed) or label.startswith("TRUSTED"):
        yield Piece(_head(body[:_HEAD]), where, label, is_whole=False)
        return
    yield from (
        Piece(piece.octets, where, label, is_whole=piece.is_whole) for piece in _binary(octets, "")
    )


def _head(body: bytes) -> bytes:
    """Decode how a damaged block begins, for its shape."""
    run = _run(_letters(body))
    return _base64(run[: len(run) // 4 * 4]) or b""


def _letters(text: bytes) -> bytes:
    for escaped in (b"\\n", b"\\r", b"\\t"):
        text = text.replace(escaped, b"")
    return text.translate(None, _FILLING)


def _base64(letters: bytes) -> bytes | None:
    letters = letters.rstrip(b"=").translate(_ADDRESS_LETTERS)
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
    except binascii.Error:
        return None


def _unarmoured(text: bytes, before: str) -> Iterator[Piece]:
    """Yield what is coded without armour; the length that stands in the object tells where
    it ends.
    """
    if _CONTROL.search(text):
        yield from _binary(text, before)
        return
    at, work = 0, _WORK * len(text)
    follower: re.Match[bytes] | None = None
    while (found := follower or _CODED.search(text, at)) is not None:
        where = f"{before}character {found.start() + 1}"
        is_hexadecimal = found[0][:1] == b"3"
        size = _size(_decoded(_letters(found[0])[:32], is_hexadecimal=is_hexadecimal))
        rest = len(text) - found.start()
        wanted = rest if size is None else size * 2 if is_hexadecimal else (size * 4 + 2) // 3
        reach = min(rest, wanted * 2 + 256)
        work -= reach
        if work < 0:
            yield Piece(b"", where, is_whole=False)
            return
        piece = None
        if wanted <= rest:
            letters = _letters(text[found.start() : found.start() + reach])[:wanted]
            octets = _decoded(
                letters if size is not None else _run(letters), is_hexadecimal=is_hexadecimal
            )
            piece = (
                None
                if octets is None or (size is not None and len(octets) < size)
                else _whole(octets, where)
            )
        if piece is not None:
            yield piece
            at = found.start() + _reached(text, found.start(), wanted)
            follower = _following(text, at)
            continue
        if not is_hexadecimal or not text[: found.start()].strip():
            yield Piece(b"", where, is_whole=False)
        at, follower = found.end(), None


def _following(text: bytes, at: int) -> re.Match[bytes] | None:
    """Find one that begins where another ends, with nothing but its filling between."""
    filled = _FILLED.match(text, at)
    return _FOLLOWING.match(text, at if filled is None else filled.end())


def _decoded(letters: bytes, *, is_hexadecimal: bool) -> bytes | None:
    if not is_hexadecimal:
        return _base64(letters)
    try:
        return bytes.fromhex(letters.decode("ascii"))
    except ValueError:
        return None


def _size(head: bytes | None) -> int | None:
    """Return how many octets the object that begins so has; None for one of indefinite length."""
    if not head or head[1] == 0x80:
        return None
    count = head[1] & 0x7F
    return 2 + count + int.from_bytes(head[2 : 2 + count], "big")


def _run(letters: bytes) -> bytes:
    found = re.match(rb"[A-Za-z0-9+/_-]*", letters)
    return b"" if found is None else found[0]


def _whole(octets: bytes, where: str) -> Piece | None:
    if not _is_element(octets, 0):
        return None
    return (
        _element(octets, 0, "")[0]
        if octets[1] == 0x80
        else Piece(octets[: der.element_at(octets, 0).end], where)
    )


def _reached(text: bytes, start: int, wanted: int) -> int:
    """Return how far `wanted` letters reach from `start`, with what stands between them."""
    at = start + wanted
    missing = wanted - len(_letters(text[start:at]))
    while missing > 0 and at < len(text):
        step = text[at : at + missing]
        at += len(step)
        missing -= len(_letters(step))
    return at - start
