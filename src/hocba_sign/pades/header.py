"""Whether octets are a PDF, by how they begin."""

from typing import Final

HEAD: Final = b"%PDF-"


_HEAD_WINDOW: Final = 1024


def is_pdf(octets: bytes) -> bool:
    """Return whether octets are to be read as PDF: its header is near the start, as readers accept,
    and nothing before it looks like XML.
    """
    return HEAD in octets[:_HEAD_WINDOW] and not octets.removeprefix(
        b"\xef\xbb\xbf"
    ).lstrip().startswith(b"<")
