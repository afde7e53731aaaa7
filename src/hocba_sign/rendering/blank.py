"""Whether a rectangle of a page is empty: what a signature's picture may cover without hiding anything."""

from typing import Any, Final

from hocba_sign.errors import InputError
from hocba_sign.rendering.engine import library
from hocba_sign.rendering.text_layer import ONE_AT_A_TIME

MAX_PIXELS: Final = 4_000_000
"""A page of A3 at the scale used here."""
_SCALE: Final = 1.5
_EDGE: Final = 2.0
"""Points along the edge that are not looked at: a line around the place of a signature may be covered."""

Box = tuple[float, float, float, float]


def is_blank(pdf: bytes, *, page: int, box: Box, others: tuple[Box, ...] = ()) -> bool:
    """Tell whether `box` (left, bottom, right, top in points) of a page (from 0) is of one colour.

    1. the page's own content; 2. annotations on it, unless one of `others`, the boxes of signatures, lies there too.
    Raises: CallerError PDF.EXTRA_MISSING; InputError PDF.UNREADABLE, PDF.LIMIT.
    """
    pdfium = library("pypdfium2")
    with ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(pdf)
        except pdfium.PdfiumError:
            raise InputError("PDF.UNREADABLE") from None
        try:
            if not 0 <= page < len(document):
                return False
            shown = document[page]
            if shown.get_rotation():
                return False
            # (1)
            plain = _pixels(shown, box, is_annotated=False)
            if len(set(plain)) > 1:
                return False
            # (2)
            return _pixels(shown, box, is_annotated=True) == plain or any(_overlap(box, other) for other in others)
        except pdfium.PdfiumError:
            raise InputError("PDF.UNREADABLE") from None
        finally:
            document.close()


def _pixels(page: Any, box: Box, *, is_annotated: bool) -> tuple[bytes, ...]:
    """Draw what is within `box` and give each pixel's octets."""
    left, bottom, right, top = page.get_cropbox()
    inner = (box[0] + _EDGE, box[1] + _EDGE, box[2] - _EDGE, box[3] - _EDGE)
    crop = (max(0.0, inner[0] - left), max(0.0, inner[1] - bottom), max(0.0, right - inner[2]), max(0.0, top - inner[3]))
    width, height = right - left - crop[0] - crop[2], top - bottom - crop[1] - crop[3]
    if width < 1 or height < 1:
        return ()
    if width * height * _SCALE**2 > MAX_PIXELS:
        raise InputError("PDF.LIMIT", detail="size of a page")
    drawn = page.render(scale=_SCALE, crop=crop, may_draw_forms=False, draw_annots=is_annotated)
    octets, step = bytes(drawn.buffer), drawn.n_channels
    rows = (octets[row * drawn.stride : row * drawn.stride + drawn.width * step] for row in range(drawn.height))
    return tuple(row[at : at + step] for row in rows for at in range(0, len(row), step))


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
