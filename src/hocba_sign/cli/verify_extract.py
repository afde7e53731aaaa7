"""`hocba verify-extract`: judge an extract by itself."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Final

from hocba_sign.cli import console
from hocba_sign.cli.documents import read_document
from hocba_sign.cli.verify import code_of, verifier_of
from hocba_sign.report.extract import content_text
from hocba_sign.report.render import text
from hocba_sign.validation.verdict import Verdict

_MAX_OCTETS: Final = 32_000_000
"""Of a photograph with a code; the other forms are far smaller."""


def run(given: argparse.Namespace) -> int:
    """Judge and print; what is shown is printed only where it is not proven wrong, and by the key
    that the extract names.

    Raises: as `read_document` and `verifier_of`.
    """
    octets = read_document(given.files[0], limit=_MAX_OCTETS)
    at = given.at or datetime.now(UTC)
    report = verifier_of(given, at=at).verify_extract(
        octets,
        at=at,
        name=str(given.files[0]),
        registered=map(bytes.fromhex, given.registered),
    )
    if given.json:
        console.result_json(report.to_dict())
        return code_of(report)
    console.result(text(report, given.lang, is_coloured=console.has_colour(sys.stdout)))
    shown = None if report.conclusion is None else report.conclusion.shown
    if shown is not None and report.verdict is not Verdict.INVALID:
        console.result("\n" + content_text(shown, given.lang))
    return code_of(report)
