"""The only door to typst and pypdfium2: a template and its inputs to the octets of a PDF.

It fetches nothing and sees no font but ours.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from hocba_sign.errors import CallerError, InputError

_STANDARDS: Final = ("a-3a", "ua-1")
_PLACE: Final = "<place>"
_ONE_AT_A_TIME: Final = threading.Lock()
"""PDFium keeps its state in the process."""


def compile_pdf(
    main: Path, *, fonts: Path, inputs: dict[str, str], created: datetime
) -> tuple[bytes, tuple[dict[str, Any], ...]]:
    """Return a PDF/A-3a and PDF/UA-1, and the values that the template labels `<place>`.

    `created` (aware) is what the file gives as its own date. typst refuses what breaks either
    standard.
    Raises: CallerError PDF.EXTRA_MISSING; InputError RENDER.REFUSED, without typst's words, which
    may quote the content.
    """
    compiler = _compiler(main, fonts=fonts, inputs=inputs)
    try:
        octets: bytes = compiler.compile(
            format="pdf", pdf_standards=list(_STANDARDS), timestamp=created
        )
        places = json.loads(compiler.query(_PLACE, field="value"))
    except RuntimeError:
        raise InputError("RENDER.REFUSED") from None
    return octets, tuple(places)


def compile_page(main: Path, *, fonts: Path, inputs: dict[str, str], created: datetime) -> bytes:
    """Return a plain PDF, without the tags that would mean nothing where its page is put into
    another. Raises: as `compile_pdf`.
    """
    compiler = _compiler(main, fonts=fonts, inputs=inputs)
    try:
        octets: bytes = compiler.compile(format="pdf", timestamp=created, pdf_tags=False)
    except RuntimeError:
        raise InputError("RENDER.REFUSED") from None
    return octets


def _compiler(main: Path, *, fonts: Path, inputs: dict[str, str]) -> Any:
    return library("typst").Compiler(
        main,
        root=main.parent,
        font_paths=_fonts(fonts),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        package_path=main.parent,
        package_cache_path=main.parent,
    )


def library(name: str) -> Any:
    """Import a library of the extra `pdf`. Raises: CallerError PDF.EXTRA_MISSING."""
    try:
        return import_module(name)
    except ImportError as error:
        raise CallerError("PDF.EXTRA_MISSING", detail=name) from error


@contextmanager
def opened(pdf: bytes) -> Iterator[Any]:
    """Return a PDF as pypdfium2 reads it, one thread at a time.

    Raises: CallerError PDF.EXTRA_MISSING; InputError PDF.UNREADABLE, also for what fails while it
    is open.
    """
    pdfium = library("pypdfium2")
    with _ONE_AT_A_TIME:
        try:
            with pdfium.PdfDocument(pdf) as document:
                yield document
        except pdfium.PdfiumError:
            raise InputError("PDF.UNREADABLE") from None


@cache
def _fonts(folder: Path) -> Any:
    return library("typst").Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )
