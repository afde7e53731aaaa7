"""What the picture of a signature is drawn with, as one digest: wherever its objects stand,
whatever their numbers, however the picture is packed.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic

_PACKING: Final = frozenset({"/Length", "/Filter", "/DecodeParms"})


def digest_of(picture: Any) -> bytes:
    """Return the SHA-256 of a form XObject with all that it refers to."""
    made = hashlib.sha256()
    for part in _parts(picture, {}, is_top=True):
        made.update(part)
    return made.digest()


def _parts(
    value: Any, numbers: dict[tuple[int, int], int], *, is_top: bool = False
) -> Iterator[bytes]:
    """Write a value so that equal ones are written alike; an object is written where it is first
    met.
    """
    if isinstance(value, generic.IndirectObject):
        key = (value.idnum, value.generation)
        is_new = key not in numbers
        yield b"R%d " % numbers.setdefault(key, len(numbers))
        if is_new:
            yield from _parts(value.get_object(), numbers)
    elif isinstance(value, generic.DictionaryObject):
        yield b"<<"
        for key in sorted(value):
            if not is_top or key not in _PACKING:
                yield key.encode() + b" "
                yield from _parts(value.raw_get(key), numbers)
        yield b">>"
        if isinstance(value, generic.StreamObject):
            octets = value.data if is_top else value.encoded_data
            yield b"S%d " % len(octets) + octets
    elif isinstance(value, generic.ArrayObject):
        yield b"["
        for item in value.iterate():
            yield from _parts(item, numbers)
        yield b"]"
    elif isinstance(value, generic.NumberObject | generic.FloatObject):
        yield b"%.5f " % float(value)
    elif isinstance(value, generic.TextStringObject | generic.ByteStringObject):
        yield b"(%d " % len(value.original_bytes) + value.original_bytes
    else:
        yield str(value).encode() + b" "
