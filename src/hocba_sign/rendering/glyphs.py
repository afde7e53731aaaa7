"""Which characters the fonts of the pages can show.

Spec: ISO/IEC 14496-22 (OpenType), `cmap`, format 4.
"""

import struct
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from hocba_sign.errors import Finding, InputError

_UNICODE: Final = (3, 1)
_LAST: Final = 0xFFFF
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})


def require_shown(fields: Iterable[tuple[str, str]], *, fonts: Path) -> None:
    """See to it that every character of (path, text) has a sign in all fonts.

    Refused are also characters that nobody sees, and scripts from right to left, which would turn
    round what stands beside them.
    Raises: InputError RENDER.GLYPH, whose place names the path and the code point, never the text.
    """
    covered = shown_in(fonts)
    found = [
        Finding("RENDER.GLYPH", f"{path}: U+{ord(letter):04X}")
        for path, text in fields
        if not covered.issuperset(text)
        for letter in sorted(set(text) - covered)
    ]
    if found:
        raise InputError(found[0].cause, where=found[0].where, findings=tuple(dict.fromkeys(found)))


@cache
def shown_in(folder: Path) -> frozenset[str]:
    """Return the characters that every font of `folder` has a sign for, and the line feed."""
    covered = frozenset.intersection(
        *(frozenset(_code_points(path.read_bytes())) for path in sorted(folder.glob("*.ttf")))
    )
    letters = map(chr, covered)
    return frozenset(letter for letter in letters if _is_plain(letter)) | {"\n"}


def _is_plain(letter: str) -> bool:
    return (
        unicodedata.category(letter) not in _HIDDEN
        and unicodedata.bidirectional(letter) not in _RIGHT_TO_LEFT
    )


def _code_points(font: bytes) -> Iterable[int]:
    """Read the Unicode BMP table of a TrueType font of ours."""
    tables = (
        struct.unpack_from(">4sxxxxI", font, 12 + 16 * n)
        for n in range(struct.unpack_from(">H", font, 4)[0])
    )
    start = next(offset for tag, offset in tables if tag == b"cmap")
    count = struct.unpack_from(">H", font, start + 2)[0]
    encodings = (struct.unpack_from(">HHI", font, start + 4 + 8 * n) for n in range(count))
    at = start + next(
        offset for platform, encoding, offset in encodings if (platform, encoding) == _UNICODE
    )
    segments = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{segments}H", font, at + place + 2 * segments * n)
        for n, place in enumerate((14, 16, 16, 16))
    )
    table = at + 16 + 6 * segments
    for n, (first, last, delta, offset) in enumerate(
        zip(starts, ends, deltas, offsets, strict=True)
    ):
        for point in range(first, min(last, _LAST - 1) + 1):
            glyph = point
            if offset:
                glyph = struct.unpack_from(
                    ">H", font, table + 2 * n + offset + 2 * (point - first)
                )[0]
            if glyph and (glyph + delta) & _LAST:
                yield point
