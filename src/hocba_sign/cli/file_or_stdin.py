"""Documents into commands: a file, or standard input for `-`."""

import sys
from pathlib import Path

from hocba_sign.adapters.files import read_limited
from hocba_sign.cli import console
from hocba_sign.errors import InputError
from hocba_sign.xml.limits import MAX_BYTES

STATE_LIMIT = 4 * MAX_BYTES
"""A state holds the document in Base64 and the signature beside it."""


def read_document(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """Read at most `limit` octets. Raises: as `read_limited`."""
    if path != console.STANDARD:
        return read_limited(path, limit)
    octets = sys.stdin.buffer.read(limit + 1)
    if len(octets) > limit:
        raise InputError("FILE.TOO_LARGE", where="-")
    return octets
