"""QR codes: that of a page, which tells the record and the digest of what everybody signs, and that
of an extract.
"""

import io
from typing import Any, Final

from hocba_sign.model.identification import Identification
from hocba_sign.rendering.engine import library

_LEVEL: Final = "m"
_BORDER: Final = 4
_MODULE_MM: Final = 0.5
"""The side of one module on paper: a code of version 23 is 58 mm wide."""
_DPI: Final = 300
_MODULE_PIXELS: Final = 6


def content_of(identification: Identification, digest: str, *, check_url: str | None = None) -> str:
    """Return the text of the code: `hocba:<id>?v=<version>&sha256=<digest>`, or a link that asks
    for the same at `check_url`.
    """
    if check_url is None:
        return f"hocba:{identification.id}?v={identification.version}&sha256={digest}"
    sign = "&" if "?" in check_url else "?"
    told = f"id={identification.id}&v={identification.version}&sha256={digest}"
    return f"{check_url}{sign}{told}"


def draw(text: str, *, mask: int | None = None) -> str:
    """Draw a QR code as SVG; without `mask` all eight are tried for the best, which takes most of
    the time. Raises: CallerError PDF.EXTRA_MISSING.
    """
    drawn: str = _code(text, mask=mask).svg_inline(border=0, omitsize=True)
    return drawn


def code_svg(text: str) -> bytes:
    """Draw a QR code as an SVG file of its own, at the size that phones read, with its border.

    Raises: CallerError PDF.EXTRA_MISSING.
    """
    code, out = _code(text), io.BytesIO()
    code.save(out, kind="svg", scale=_MODULE_MM, unit="mm", border=_BORDER, light="white")
    return out.getvalue()


def code_png(text: str) -> bytes:
    """Draw a QR code as PNG for print at 300 dpi, with its border.

    Raises: CallerError PDF.EXTRA_MISSING.
    """
    code, out = _code(text), io.BytesIO()
    code.save(out, kind="png", scale=_MODULE_PIXELS, border=_BORDER, dpi=_DPI)
    return out.getvalue()


def code_version(text: str) -> str:
    """Return version and level of the code, such as `20-M`; the same text has the same code.

    Raises: CallerError PDF.EXTRA_MISSING.
    """
    designator: str = _code(text).designator
    return designator


def code_size(text: str) -> float:
    """Return how wide the code with its border is on paper, in millimetres.

    Raises: CallerError PDF.EXTRA_MISSING.
    """
    width: int = _code(text).symbol_size(border=_BORDER)[0]
    return width * _MODULE_MM


def _code(text: str, *, mask: int | None = None) -> Any:
    return library("segno").make_qr(text, error=_LEVEL, boost_error=False, mask=mask)
