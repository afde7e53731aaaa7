"""`hocba verify-extract`: judge an extract by itself."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Final

from hocba_sign.adapters.files import write_atomically
from hocba_sign.cli import console
from hocba_sign.cli.commands.verify import code_of, verifier_of
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.help_words import say
from hocba_sign.report.html import html
from hocba_sign.report.plain_text import text
from hocba_sign.report.shown_parts import content_facts, content_text
from hocba_sign.validation.verdict import Verdict

_MAX_OCTETS: Final = 32_000_000
"""Of a photograph with a code; the other forms are far smaller."""


def run(given: argparse.Namespace) -> int:
    """Judge and print; what is shown is printed only where it is not proven wrong, and by the key
    that the extract names.

    Raises: as `read_document` and `verifier_of`; OutsideError FILE.UNWRITABLE.
    """
    octets = read_document(given.files[0], limit=_MAX_OCTETS)
    at = given.at or datetime.now(UTC)
    report = verifier_of(given, at=at).verify_extract(
        octets,
        at=at,
        name=str(given.files[0]),
        registered=map(bytes.fromhex, given.registered),
    )
    shown = None if report.conclusion is None else report.conclusion.shown
    if report.verdict is Verdict.INVALID:
        shown = None
    if given.html is not None:
        facts = () if shown is None else content_facts(shown, given.lang)
        write_atomically(given.html, html((report,), given.lang, content=facts).encode())
        console.note(say("HTML_WRITTEN", given.lang, file=console.printable(str(given.html))))
    if given.json:
        console.result_json(report.to_dict())
        return code_of(report)
    console.result(text(report, given.lang, is_coloured=console.has_colour(sys.stdout)))
    if shown is not None:
        console.result("\n" + content_text(shown, given.lang))
    return code_of(report)
