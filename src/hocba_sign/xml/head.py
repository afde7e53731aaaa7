"""Whether octets are XML, by how they begin."""

from typing import Final

_BEFORE: Final = b" \t\r\n\0\xef\xbb\xbf\xfe\xff"
"""Octets of blanks and byte order marks, in letters of any width."""
_WINDOW: Final = 4096
_HTML: Final = (b"<!doctype html", b"<html")
_TRANSCRIPT: Final = b"HOC_BA"


def begins_as_xml(octets: bytes) -> bool:
    """Return whether the first letter of the text is `<`, in any width of letters."""
    return _start(octets).startswith(b"<")


def is_web_page(octets: bytes) -> bool:
    """Return whether octets begin as HTML, which may be XML as well, and name no transcript."""
    start = _start(octets)
    return start.lower().startswith(_HTML) and _TRANSCRIPT not in start


def _start(octets: bytes) -> bytes:
    return octets[:_WINDOW].lstrip(_BEFORE)
