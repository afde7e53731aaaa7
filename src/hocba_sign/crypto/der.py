"""Read DER without building objects: positions in the given octets, nothing copied until asked.

Strict where a lenient reader could be made to see something else than others do: definite lengths
only, in their shortest form, nothing past the end. Values (strings, numbers) are left to the
caller.
Spec: X.690, 8 and 10.
"""

from functools import lru_cache
from typing import Final, NamedTuple

from hocba_sign.errors import InputError

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
SEQUENCE, SET = 0x30, 0x31
MAX_INDEFINITE = 16
"""Levels of indefinite lengths; CMS has nine."""

_PIECES = 0x24
"""An OCTET STRING in several."""


class Element(NamedTuple):
    """One TLV inside `octets`: it begins at `at`, its content is `octets[start:end]`."""

    octets: bytes
    tag: int
    at: int
    start: int
    end: int

    @property
    def content(self) -> bytes:
        return self.octets[self.start : self.end]

    @property
    def der(self) -> bytes:
        return self.octets[self.at : self.end]


_make: Final = tuple.__new__
"""Makes an element in half the time of calling its class."""


def malformed(at: int, detail: str) -> InputError:
    return InputError("DER.MALFORMED", where=f"octet {at}", detail=detail)


def _read(octets: bytes, at: int, limit: int) -> Element:
    start = at + 2
    if start > limit:
        raise malformed(at, "truncated")
    tag, length = octets[at], octets[at + 1]
    if tag & 0x1F == 0x1F:
        raise malformed(at, "tag of several octets")
    if length > 0x7F:
        count = length & 0x7F
        start += count
        if not 1 <= count <= 4 or start > limit:
            raise malformed(at, "length")
        length = int.from_bytes(octets[at + 2 : start], "big")
        if length < 0x80 or length >> (8 * (count - 1)) == 0:
            raise malformed(at, "length not in its shortest form")
    end = start + length
    if end > limit:
        raise malformed(at, "truncated")
    return _make(Element, (octets, tag, at, start, end))


def whole(octets: bytes, tag: int) -> Element:
    """Read the one element that `octets` must be, nothing after it.

    Raises: InputError DER.MALFORMED.
    """
    element = _read(octets, 0, len(octets))
    if element.tag != tag or element.end != len(octets):
        raise malformed(element.end if element.tag == tag else 0, "other data than expected")
    return element


def first(octets: bytes, tag: int) -> Element:
    """Read the one element that `octets` begin with; what follows is left alone.

    Raises: InputError DER.MALFORMED.
    """
    element = _read(octets, 0, len(octets))
    if element.tag != tag:
        raise malformed(0, "other data than expected")
    return element


def element_at(octets: bytes, at: int) -> Element:
    """Read the element that begins at `at`; what follows is left alone.

    Raises: InputError DER.MALFORMED.
    """
    return _read(octets, at, len(octets))


def children(parent: Element) -> tuple[Element, ...]:
    """Read the elements inside `parent`. Raises: InputError DER.MALFORMED."""
    octets, _, _, at, limit = parent
    found: list[Element] = []
    last = limit - 2
    while at <= last:
        tag, length = octets[at], octets[at + 1]
        # Most elements are short; the rest, and whatever is wrong, goes the long way.
        if length < 0x80 and tag & 0x1F != 0x1F and (end := at + 2 + length) <= limit:
            found.append(_make(Element, (octets, tag, at, at + 2, end)))
            at = end
        else:
            element = _read(octets, at, limit)
            found.append(element)
            at = element[4]
    if at < limit:
        raise malformed(at, "truncated")
    return tuple(found)


def sequence(parent: Element, tag: int = SEQUENCE) -> tuple[Element, ...]:
    """Read the elements inside `parent`, which must have `tag`.

    Raises: InputError DER.MALFORMED.
    """
    if parent.tag != tag:
        raise malformed(parent.at, "other data than expected")
    return children(parent)


def pieces(parent: Element) -> list[bytes]:
    """Return the octets of the elements inside `parent`, which must be a SEQUENCE.

    Raises: InputError DER.MALFORMED.
    """
    octets, tag, whole_at, at, limit = parent
    if tag != SEQUENCE:
        raise malformed(whole_at, "other data than expected")
    found: list[bytes] = []
    last = limit - 2
    while at <= last:
        length = octets[at + 1]
        if length >= 0x80 or octets[at] & 0x1F == 0x1F or (end := at + 2 + length) > limit:
            end = _read(octets, at, limit).end
        found.append(octets[at:end])
        at = end
    if at < limit:
        raise malformed(at, "truncated")
    return found


def oid(element: Element) -> str:
    """Return the dotted form. Raises: InputError DER.MALFORMED."""
    if element.tag != OID or not 1 <= element.end - element.start <= 64:
        raise malformed(element.at, "object identifier")
    written = dotted(element.content)
    if written is None:
        raise malformed(element.at, "object identifier")
    return written


@lru_cache(maxsize=512)
def dotted(content: bytes) -> str | None:
    """Return the dotted form of an object identifier's content, None where it has none."""
    if content[-1] & 0x80:
        return None
    arcs: list[int] = []
    value = 0
    for octet in content:
        if value == 0 and octet == 0x80:
            return None
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def integer(element: Element) -> int:
    """Return the value, negative ones too. Raises: InputError DER.MALFORMED."""
    if element.tag != INTEGER or element.start == element.end:
        raise malformed(element.at, "integer")
    return int.from_bytes(element.content, "big", signed=True)


def definite(octets: bytes, at: int = 0) -> tuple[bytes, int]:
    """Write the element that begins at `at` again, with definite lengths where it has indefinite
    ones, and tell where it ended.

    Elements of definite length stay as they are. Raises: InputError DER.MALFORMED.
    """
    return _definite(octets, at, depth=0)


def _definite(octets: bytes, at: int, *, depth: int) -> tuple[bytes, int]:
    if depth > MAX_INDEFINITE:
        raise malformed(at, "nested too deep")
    if octets[at + 1 : at + 2] != b"\x80":
        element = _read(octets, at, len(octets))
        return element.der, element.end
    parts, position = [], at + 2
    while octets[position : position + 2] != b"\0\0":
        part, position = _definite(octets, position, depth=depth + 1)
        parts.append(part)
    if octets[at] == _PIECES:
        return encode(
            OCTET_STRING, *(whole(part, OCTET_STRING).content for part in parts)
        ), position + 2
    return encode(octets[at], *parts), position + 2


def encode(tag: int, *contents: bytes) -> bytes:
    """Write one element around `contents`."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
