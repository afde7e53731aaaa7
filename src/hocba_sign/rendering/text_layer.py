"""What a page says, read by another program than the one that made it: pypdfium2."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.rendering.engine import library, opened

MAX_PAGES: Final = 1_000
"""The longest transcript that its limits allow, 45 comments of a thousand lines each, has some 900.
"""
MAX_DEPTH: Final = 64
"""Levels of the structure of a page; ours have 12."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """The texts of one page: `read` in the order of the file's structure, `beside` what belongs to
    no order, such as a footer.
    """

    read: tuple[str, ...]
    beside: tuple[str, ...]


def text_layer(pdf: bytes) -> tuple[PageText, ...]:
    """Return what each page of a PDF shows as text, texts in forms included; nothing is said about
    how it looks.

    Raises: CallerError PDF.EXTRA_MISSING; InputError PDF.UNREADABLE, PDF.LIMIT.
    """
    raw = library("pypdfium2.raw")
    with opened(pdf) as document:
        if len(document) > MAX_PAGES:
            raise InputError("PDF.LIMIT", detail=f"{len(document)} pages, at most {MAX_PAGES}")
        return tuple(_page_text(page, raw) for page in document)


def _page_text(page: Any, raw: Any) -> PageText:
    marked: dict[int, list[str]] = defaultdict(list)
    for piece in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], textpage=page.get_textpage()):
        marked[raw.FPDFPageObj_GetMarkedContentID(piece.raw)].append(piece.extract())
    tree = raw.FPDF_StructTree_GetForPage(page.raw)
    try:
        order = _order(tree, raw) if tree else ()
        read = tuple(text for number in dict.fromkeys(order) for text in marked.pop(number, ()))
    finally:
        raw.FPDF_StructTree_Close(tree)
    return PageText(read=read, beside=tuple(text for texts in marked.values() for text in texts))


def _order(tree: Any, raw: Any) -> Iterator[int]:
    """Yield the numbers of the marked contents in the order of the structure tree."""
    for n in range(raw.FPDF_StructTree_CountChildren(tree)):
        yield from _order_below(raw.FPDF_StructTree_GetChildAtIndex(tree, n), raw, MAX_DEPTH)


def _order_below(element: Any, raw: Any, depth: int) -> Iterator[int]:
    if not depth:
        raise InputError("PDF.LIMIT", detail=f"structure deeper than {MAX_DEPTH}")
    for n in range(raw.FPDF_StructElement_CountChildren(element) if element else 0):
        number = raw.FPDF_StructElement_GetChildMarkedContentID(element, n)
        if number >= 0:
            yield number
        else:
            yield from _order_below(
                raw.FPDF_StructElement_GetChildAtIndex(element, n), raw, depth - 1
            )
