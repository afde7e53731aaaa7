"""What goes out: results to standard output, everything else to standard error."""

import io
import os
import re
import shutil
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.cli.help_words import say
from hocba_sign.errors import CallerError, Finding, HocbaSignError, InputError
from hocba_sign.report import phrases
from hocba_sign.version import VERSION

EXIT_VALID: Final = 0
EXIT_INVALID: Final = 1
EXIT_USAGE: Final = 2
EXIT_INDETERMINATE: Final = 3
EXIT_NOTHING: Final = 4
EXIT_NOT_IN_FORCE: Final = 5
EXIT_OUTSIDE: Final = 6

printable: Final = phrases.printable
json_line: Final = phrases.json_line
STANDARD: Final = Path("-")
"""Given for a file: standard input or output."""


def prepare_streams() -> None:
    """Let any text out whatever the locale says: UTF-8, what cannot be encoded escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


class _StatusLine:
    """The line of a terminal that says how far a run is, until something else is said."""

    def __init__(self) -> None:
        self._width = 0

    def show(self, text: str) -> None:
        self._write(text)
        self._width = len(text)

    def erase(self) -> None:
        if self._width:
            self._write("")
            print("\r", end="", file=sys.stderr, flush=True)
            self._width = 0

    def _write(self, text: str) -> None:
        print(f"\r{text:{self._width}}", end="", file=sys.stderr, flush=True)


_STATUS_LINE: Final = _StatusLine()


def status(text: str) -> None:
    """Write how far a run is over what was written so before, if people are there to read it."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        _STATUS_LINE.show(text if len(text) <= width else text[: width - 1] + "…")


def result(text: str) -> None:
    """Print a result, one line feed after it, at once: whoever reads a pipe gets each file's line
    as it is ready.
    """
    _STATUS_LINE.erase()
    print(text, flush=True)


def result_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line."""
    result(json_line(value))


def result_octets(octets: bytes) -> None:
    """Return octets as they are."""
    _STATUS_LINE.erase()
    sys.stdout.flush()
    sys.stdout.buffer.write(octets)
    sys.stdout.buffer.flush()


def note(text: str) -> None:
    """Write for people something that is not the result."""
    _STATUS_LINE.erase()
    print(text, file=sys.stderr, flush=True)


def progress(text: str) -> None:
    """Write what is going on, if people are there to read it."""
    if sys.stderr.isatty():
        note(text)


def has_colour(stream: IO[str]) -> bool:
    """Return whether to colour: on a terminal, unless NO_COLOR is set to anything or the terminal
    knows none.
    """
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def as_word(path: Path) -> str:
    """Return a path for a command that people copy, as every shell takes it for one word."""
    shown = printable(str(path))
    return f'"{shown}"' if re.search(r"[\s&();'|]", shown) else shown


def exit_code(error: HocbaSignError) -> int:
    """Return the exit code of an error: the call's own fault, the input's, or of something
    outside.
    """
    match error:
        case CallerError():
            return EXIT_USAGE
        case InputError():
            return EXIT_INVALID
        case _:
            return EXIT_OUTSIDE


def described(error: HocbaSignError, language: Language) -> str:
    """Say in one line what is wrong, where, and under which id it is documented."""
    place = f" ({_in_words(error.where, language)})" if error.where else ""
    return f"{message(error.cause).in_language(language)}{place} [{error.cause}]"


def _in_words(where: str, language: Language) -> str:
    places = import_module("hocba_sign.report.places")
    said: str = places.Places(slots={}, transcript=None, language=language).of_error(where)
    return said


def described_finding(finding: Finding, language: Language) -> str:
    """Say one of several faults as `described` does, in the words of its reason if it has one,
    with what may stand there.
    """
    form = f" ({say('FORM', language, form=finding.form)})" if finding.form else ""
    told = described(HocbaSignError(finding.cause, where=finding.where), language)
    if finding.reason:
        told = told.replace(
            finding.message(language), message(finding.reason).in_language(language), 1
        )
    return told + form


def failure(error: HocbaSignError, file: str | None) -> dict[str, Any]:
    """Return the JSON object of a file or call that could not be judged: there is no verdict,
    `error` says why.
    """
    words = message(error.cause)
    return {
        "report_version": 1,
        "tool": {"name": "hocba-sign", "version": VERSION},
        "file": file,
        "verdict": None,
        "error": {
            "id": error.cause,
            "where": error.where,
            "findings": [
                {"id": finding.cause, "where": finding.where} for finding in error.findings
            ]
            if isinstance(error, InputError)
            else [],
            "message": {"vi": words.vi, "en": words.en},
        },
    }
