"""Small PDFs with a page of text, signed with the keys of the test world, and revisions that nobody
signed.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tools.vectors.pages import page_of, signed

__all__ = ["NAME", "page", "page_of", "revised", "signed"]

NAME = generic.NameObject


def revised(octets: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Append a revision that nobody signed."""
    writer = IncrementalPdfFileWriter(BytesIO(octets), strict=False)
    change(writer)
    return _written(writer)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def page(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Pages"]["/Kids"][0]
