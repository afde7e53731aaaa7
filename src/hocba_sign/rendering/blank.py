"""Whether a rectangle of a page is empty: what a signature's picture may cover without hiding
anything.
"""

from collections.abc import Iterable
from typing import Any, Final

from hocba_sign.errors import InputError
from hocba_sign.rendering.engine import opened

MAX_PIXELS: Final = 4_000_000
"""A page of A3 at the scale used for what is large."""
_SCALE: Final = 1.5
_FINEST: Final = 12.0
_PIXELS: Final = 60
"""At least so many across the shorter side, as far as the finest scale gives them: a decimal comma
must not be overlooked.
"""
_EDGE: Final = 0.75
"""Points along the edge that are not looked at, for a line around the place of a signature is half
inside; less than a comma is wide.
"""
_EDGE_PART: Final = 0.05
"""Of the shorter side, where that is less."""

Box = tuple[float, float, float, float]
_Rows = tuple[bytes, ...]


def is_blank(pdf: bytes, *, page: int, box: Box, others: tuple[Box, ...] = ()) -> bool:
    """Return whether `box` (left, bottom, right, top in points) of a page (from 0) is of one
    colour, but for straight lines right across.

    1. the page's own content;
    2. annotations on it, unless one of `others`, the boxes of signatures, lies there too.
    Raises: CallerError PDF.EXTRA_MISSING; InputError PDF.UNREADABLE, PDF.LIMIT.
    """
    with opened(pdf) as document:
        if not 0 <= page < len(document):
            return False
        shown = document[page]
        if shown.get_rotation():
            return False
        # (1) the page's own content
        plain, depth = _pixels(shown, box, is_annotated=False)
        if not _has_lines_only(plain, depth):
            return False
        # (2) annotations, but for those of signatures
        return _pixels(shown, box, is_annotated=True)[0] == plain or any(
            _overlap(box, other) for other in others
        )


def _shorter(box: Box) -> float:
    return min(box[2] - box[0], box[3] - box[1])


def _scale(box: Box) -> float:
    return min(_FINEST, max(_SCALE, _PIXELS / max(_shorter(box), 1.0)))


def _pixels(page: Any, box: Box, *, is_annotated: bool) -> tuple[_Rows, int]:
    """Draw what is within `box`: rows of pixels, and the octets of each.

    No rows where nothing of it is on the page.
    """
    left, bottom, right, top = page.get_cropbox()
    edge = min(_EDGE, _shorter(box) * _EDGE_PART)
    inner = (box[0] + edge, box[1] + edge, box[2] - edge, box[3] - edge)
    crop = (
        max(0.0, inner[0] - left),
        max(0.0, inner[1] - bottom),
        max(0.0, right - inner[2]),
        max(0.0, top - inner[3]),
    )
    width, height, scale = (
        right - left - crop[0] - crop[2],
        top - bottom - crop[1] - crop[3],
        _scale(box),
    )
    if width <= 0 or height <= 0:
        return (), 1
    if width * height * scale**2 > MAX_PIXELS:
        raise InputError("PDF.LIMIT", detail="size of a page")
    try:
        drawn = page.render(scale=scale, crop=crop, may_draw_forms=False, draw_annots=is_annotated)
    except ValueError:
        raise InputError("PDF.LIMIT", detail="size of a signature's picture") from None
    octets, depth = bytes(drawn.buffer), drawn.n_channels
    return tuple(
        octets[row * drawn.stride : row * drawn.stride + drawn.width * depth]
        for row in range(drawn.height)
    ), depth


def _has_lines_only(rows: _Rows, depth: int) -> bool:
    """Return whether nothing but lines right across is seen, all of them level or all upright."""
    columns = (
        b"".join(row[at : at + depth] for row in rows)
        for at in range(0, len(rows[0]) if rows else 0, depth)
    )
    return _are_even(rows, depth) or _are_even(columns, depth)


def _are_even(lines: Iterable[bytes], depth: int) -> bool:
    """Return whether each line is of one colour."""
    return all(line == line[:depth] * (len(line) // depth) for line in lines)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
