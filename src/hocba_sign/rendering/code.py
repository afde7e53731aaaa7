"""The QR code of a page: which record it shows and the digest of what everybody signs."""

import hashlib
from typing import Final

from hocba_sign.errors import InputError
from hocba_sign.model.transcript import DATA_PATH, ID_DATA, Identification
from hocba_sign.rendering.engine import library
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.parse import parse

_LEVEL: Final = "m"


def data_digest(xml: bytes) -> str:
    """Give the SHA-256 of the exclusive canonical form of `#data`, in lower-case hexadecimal: a report's `document.data_sha256`.

    In the store's layout the slots of teachers and homeroom teacher lie within `#data`: there the digest stands still only from the
    principal's signature on. Raises: InputError XML.*, TRANSCRIPT.WRONG_ID.
    """
    data = parse(xml).ids.get(ID_DATA)
    if data is None:
        raise InputError("TRANSCRIPT.WRONG_ID", where=DATA_PATH)
    return hashlib.sha256(canonicalize(data, C14nAlgorithm.EXCLUSIVE)).hexdigest()


def content_of(identification: Identification, digest: str) -> str:
    """Give the text of the code: `hocba:<id>?v=<version>&sha256=<digest>`."""
    return f"hocba:{identification.id}?v={identification.version}&sha256={digest}"


def draw(text: str) -> str:
    """Draw a QR code as SVG. Raises: CallerError PDF.EXTRA_MISSING."""
    code = library("segno").make_qr(text, error=_LEVEL, boost_error=False)
    drawn: str = code.svg_inline(border=0, omitsize=True)
    return drawn
