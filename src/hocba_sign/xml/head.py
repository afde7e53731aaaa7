"""Whether octets are XML, by how they begin."""

from typing import Final

_MARKS: Final = (
    b"\xef\xbb\xbf",
    b"\xff\xfe\x00\x00",
    b"\x00\x00\xfe\xff",
    b"\xff\xfe",
    b"\xfe\xff",
)
"""Byte order marks; that of UTF-32 begins as one of UTF-16."""
_WIDE: Final = (b"<\x00", b"\x00<", b"\x00\x00\x00<")
_WINDOW: Final = 4096
_HTML: Final = (b"<!doctype html", b"<html")


def begins_as_xml(octets: bytes) -> bool:
    """Return whether the first letter of the text is `<`, in any width of letters."""
    return _start(octets).startswith((b"<", *_WIDE))


def is_web_page(octets: bytes) -> bool:
    """Return whether octets begin as HTML, which may be XML as well."""
    return _start(octets).lower().startswith(_HTML)


def _start(octets: bytes) -> bytes:
    head = octets[:_WINDOW]
    mark = next((mark for mark in _MARKS if head.startswith(mark)), b"")
    blank = b" \t\r\n" + (b"\x00" if mark else b"")
    return head.removeprefix(mark).lstrip(blank)
