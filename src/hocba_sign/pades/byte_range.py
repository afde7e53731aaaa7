"""The octets that a signature of a PDF covers (ISO 32000-2, 12.8.1)."""

import re
from collections.abc import Iterator
from typing import Final

from hocba_sign.errors import Finding
from hocba_sign.pades.facts.revisions import FieldFacts, PdfFacts

WHITE: Final = b"\0\t\n\f\r "


_CONTENTS: Final = re.compile(rb"/Contents[\0\t\n\f\r ]{0,16}\Z")


_HEX: Final = re.compile(rb"<(?:[0-9A-Fa-f]{2})*>")


def range_findings(facts: PdfFacts, one: FieldFacts) -> Iterator[Finding]:
    """Demand that the gap is exactly this dictionary's /Contents, and everything else of its
    revision is covered.

    Spec: ISO 32000-2, 12.8.1; EN 319 142-1, 5.3.
    """
    octets, where = facts.octets, one.where
    if len(one.byte_range) != 4 or one.contents is None:
        yield Finding("PDF.BYTE_RANGE", where)
        return
    start, gap, resumed, length = one.byte_range
    if start != 0 or not 0 < gap < resumed or length < 0 or resumed + length > len(octets):
        yield Finding("PDF.BYTE_RANGE", where)
        return
    hexadecimal = octets[gap:resumed]
    # Whatever else stood in the gap would be unsigned, though readers may find it there.
    is_own = (
        _HEX.fullmatch(hexadecimal) is not None
        and bytes.fromhex(hexadecimal[1:-1].decode("ascii")) == one.contents
    )
    if (
        not is_own
        # The gap of any other key would leave the value of that key unsigned.
        or _CONTENTS.search(octets[max(0, gap - 32) : gap]) is None
        or not _is_inside(octets, one)
    ):
        yield Finding("PDF.BYTE_RANGE", where)
    end = facts.ends[one.revision]
    tail = octets[end : resumed + length]
    if resumed + length < end or tail.strip(WHITE):
        yield Finding("PDF.COVERAGE", where)


def _is_inside(octets: bytes, one: FieldFacts) -> bool:
    """Return whether the gap lies in the very object that the form points at, which has one
    /Contents and one /ByteRange.
    """
    gap, resumed = one.byte_range[1:3]
    if (
        one.object_at is None
        or one.object_at >= gap
        or octets.find(b"endobj", one.object_at, gap) != -1
    ):
        return False
    end = octets.find(b"endobj", resumed)
    around = octets[one.object_at : gap] + octets[resumed : end if end != -1 else None]
    # Of two entries with one name programs differ in which they take.
    return end != -1 and around.count(b"/Contents") == 1 and around.count(b"/ByteRange") == 1


def octets_covered(facts: PdfFacts, one: FieldFacts) -> bytes:
    """Return the octets of the byte range, as far as it is one."""
    if len(one.byte_range) % 2 or any(number < 0 for number in one.byte_range):
        return b""
    pairs = zip(one.byte_range[::2], one.byte_range[1::2], strict=True)
    if sum(one.byte_range[1::2]) > len(facts.octets):
        return b""
    return b"".join(facts.octets[start : start + length] for start, length in pairs)
