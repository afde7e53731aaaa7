"""The texts of the QR codes in a picture or on the pages of a PDF; runs on the other side of
`worker`.
"""

import io
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from hocba_sign.errors import CallerError, InputError
from hocba_sign.rendering.engine import opened

MAX_PAGES: Final = 4
"""Pages that are drawn; a page that shows an extract is one."""
MAX_SIDE: Final = 4_096
"""Pixels along the longer side of what is looked at; a photograph that has more is read smaller."""
MAX_PIXELS: Final = 128_000_000
"""Of a picture as its head states it, before anything of it is decoded."""

_PDF: Final = b"%PDF-"
_STARTS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", _PDF)
_SCALE: Final = 200 / 72
_FORMATS: Final = ("PNG", "JPEG")


def is_picture(octets: bytes) -> bool:
    """Return whether these begin as a PNG, a JPEG or a PDF."""
    return octets.startswith(_STARTS)


def code_texts(octets: bytes) -> list[str]:
    """Return the different texts of all QR codes, in the order in which they are found.

    Raises: CallerError EXTRACT.EXTRA_MISSING; InputError EXTRACT.PICTURE, PDF.UNREADABLE.
    """
    codes = library("zxingcpp")
    views = _pages(octets) if octets.startswith(_PDF) else _picture(octets)
    found = (
        code.text
        for view in views
        for code in codes.read_barcodes(view, formats=codes.BarcodeFormat.QRCode)
    )
    return list(dict.fromkeys(found))


def library(name: str) -> Any:
    """Import a library of the extra `image`. Raises: CallerError EXTRACT.EXTRA_MISSING."""
    try:
        return import_module(name)
    except ImportError as error:
        raise CallerError("EXTRACT.EXTRA_MISSING", detail=name) from error


def _picture(octets: bytes) -> Iterator[Any]:
    pictures = library("PIL.Image")
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            pictures.open(io.BytesIO(octets), formats=_FORMATS) as picture,
        ):
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise InputError("EXTRACT.PICTURE", detail=f"{width} x {height} pixels")
            # A JPEG is decoded at a fraction of its size and without colours at once.
            picture.draft("L", (MAX_SIDE, MAX_SIDE))
            grey = picture.convert("L")
            grey.thumbnail((MAX_SIDE, MAX_SIDE))
    # What Pillow raises for broken files is written down nowhere.
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError) as error:
        raise InputError("EXTRACT.PICTURE", detail=type(error).__name__) from None
    except pictures.DecompressionBombError:
        raise InputError("EXTRACT.PICTURE", detail="size") from None
    yield grey


def _pages(octets: bytes) -> Iterator[Any]:
    with opened(octets) as document:
        for number in range(min(len(document), MAX_PAGES)):
            page = document[number]
            scale = min(_SCALE, MAX_SIDE / max(*page.get_size(), 1.0))
            yield page.render(scale=scale, grayscale=True).to_pil()
