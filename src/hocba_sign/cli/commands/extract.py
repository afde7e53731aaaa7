"""`hocba extract`: show some parts of a transcript, provable without the rest."""

import argparse
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hocba_sign.cli import console
from hocba_sign.cli.commands.verify import verifier_of
from hocba_sign.cli.delivery import deliver
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.help_words import say
from hocba_sign.errors import CallerError
from hocba_sign.extract.container import Extract
from hocba_sign.operations.open_extract import open_extract
from hocba_sign.rendering.code import code_png, code_svg, code_version
from hocba_sign.report.extract_page import extract_page
from hocba_sign.report.report import Report

_WRITERS: Final[Mapping[str, Callable[[Extract, Report], bytes]]] = MappingProxyType(
    {
        ".cbor": lambda extract, _: extract.to_octets(),
        ".json": lambda extract, _: extract.to_json().encode(),
        ".txt": lambda extract, _: (extract.to_text() + "\n").encode(),
        ".png": lambda extract, _: code_png(extract.to_text()),
        ".svg": lambda extract, _: code_svg(extract.to_text()),
        ".pdf": extract_page,
    }
)


def run(given: argparse.Namespace) -> int:
    """Verify the transcript, open the parts that were asked for, and write them in the form that
    the name of the output asks for; standard output gets the text of the code.

    Raises: CallerError CLI.EXTRACT_FORM; as `open_extract` and `verifier_of`.
    """
    write = _WRITERS.get(_form(given.out))
    if write is None:
        raise CallerError("CLI.EXTRACT_FORM", where=str(given.out))
    document = read_document(given.files[0])
    at = given.at or datetime.now(UTC)
    report = verifier_of(given, at=at).verify(document, at=at, name=str(given.files[0]))
    extract = open_extract(document, report, show=given.show)
    sentence = say(
        "EXTRACTED",
        given.lang,
        version=code_version(extract.to_text()),
        octets=len(extract.to_octets()),
        value=extract.registered_value.hex(),
        file=console.printable(str(given.out)),
    )
    deliver(given.out, write(extract, report), sentence=sentence)
    return console.EXIT_VALID


def _form(out: Path) -> str:
    return ".txt" if out == console.STANDARD else out.suffix.lower()
