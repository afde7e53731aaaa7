"""The QR code of a page: which record it shows and the digest of what everybody signs."""

from typing import Final

from hocba_sign.model.identification import Identification
from hocba_sign.rendering.engine import library

_LEVEL: Final = "m"


def content_of(identification: Identification, digest: str) -> str:
    """Return the text of the code: `hocba:<id>?v=<version>&sha256=<digest>`."""
    return f"hocba:{identification.id}?v={identification.version}&sha256={digest}"


def draw(text: str) -> str:
    """Draw a QR code as SVG. Raises: CallerError PDF.EXTRA_MISSING."""
    code = library("segno").make_qr(text, error=_LEVEL, boost_error=False)
    drawn: str = code.svg_inline(border=0, omitsize=True)
    return drawn
