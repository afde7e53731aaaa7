"""Long hexadecimal strings read at once: pyHanko takes the value of a signature, padding included,
digit by digit.

The object is read with a short string in the long one's place, which is then put back. Where that
cannot be done the object is read as it is.
"""

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError

_LONG: Final = re.compile(rb"<([0-9A-Fa-f]{2}){512,}>")
_NEAR: Final = 4096
"""Octets between the head of an object and its long string."""
_END: Final = b"endobj"


class LongStrings:
    """Where in a file the long strings are."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._spans = [found.span() for found in _LONG.finditer(octets)]

    def read(self, start: int, read: Callable[[bytes], Any]) -> Any:
        """Return the object at `start` as `read` makes it of an excerpt that begins there, None
        where it has no long string of its own.
        """
        place = bisect_left(self._spans, (start, 0))
        first, last = self._spans[place] if place < len(self._spans) else (start, start)
        before = self._octets[start:first] if first - start < _NEAR else b""
        end = self._octets.find(_END, last)
        if not before or end < 0 or _END in before or b"stream" in before:
            return None
        string = self._octets[first:last]
        mark = hashlib.sha256(string).digest()
        try:
            found = read(
                b"".join(
                    (
                        before,
                        b"<",
                        mark.hex().encode(),
                        b">",
                        self._octets[last : end + 2 * len(_END)],
                    )
                )
            )
        except PdfReadError:
            return None
        return _restored(found, mark, bytes.fromhex(string[1:-1].decode("ascii")))


def _restored(found: Any, mark: bytes, value: bytes) -> Any:
    if not isinstance(found, generic.DictionaryObject):
        return None
    strings = (generic.TextStringObject, generic.ByteStringObject)
    keys = [
        key
        for key, held in found.items()
        if isinstance(held, strings) and held.original_bytes == mark
    ]
    if len(keys) != 1:
        return None
    restored = generic.pdf_string(value)
    restored.container_ref = found[keys[0]].container_ref
    found[keys[0]] = restored
    return found
