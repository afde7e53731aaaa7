"""What reading a PDF may cost, and pyHanko's errors in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pyhanko.pdf_utils.decode_limits import (
    DecodeLimits,
    DocumentDecodeBudget,
    StreamDecodeLimits,
)
from pyhanko.pdf_utils.misc import (
    PdfDecodeLimitError,
)

from hocba_sign.errors import HocbaSignError, InputError

MAX_OCTETS: Final = 20_000_000
"""A transcript of twelve years with its attachment has under one megabyte; scans of paper have
some.
"""


MAX_REVISIONS: Final = 200
"""Each signature and each renewal of an archive is one."""


MAX_ENTRIES: Final = 200_000
"""Cross-references in all revisions together.

A book of scanned pages has some thousand; each costs time and memory, used or not.
"""


MAX_VISITS: Final = 400_000
"""Objects visited in one revision while tracing the uses of what changed: paths through a PDF can
outnumber its objects by far. A page of ours costs some ten thousand.
"""


MAX_VISITS_TOGETHER: Final = 4_000_000
"""The same in all revisions of a file."""


LIMIT_WORDS: Final = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=32 * 1024 * 1024),
    document_budget=DocumentDecodeBudget(base_allowance=96 * 1024 * 1024, max_ratio=4),
)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Name whatever escapes pyHanko: it reads hostile files, and its errors are of many kinds.

    Raises: InputError `PDF.UNREADABLE`, `PDF.LIMIT`.
    """
    try:
        yield
    except HocbaSignError:
        raise
    except PdfDecodeLimitError as error:
        raise InputError("PDF.LIMIT", detail="decoded size") from error
    except Exception as error:
        raise InputError("PDF.UNREADABLE", detail=type(error).__name__) from error
