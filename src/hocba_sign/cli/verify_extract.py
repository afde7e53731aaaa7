"""`hocba verify-extract`: judge an extract by itself."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Final

from hocba_sign.cli import console
from hocba_sign.cli.documents import read_document
from hocba_sign.cli.knowledge import with_knowledge
from hocba_sign.cli.material import collect_material
from hocba_sign.cli.online import evidence_fetcher
from hocba_sign.cli.policy import chosen_policy
from hocba_sign.cli.verify import code_of
from hocba_sign.operations.extract import verify_extract
from hocba_sign.report.extract import content_text
from hocba_sign.report.render import text
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.verdict import Verdict

_MAX_OCTETS: Final = 1_000_000
"""Of a file that should be an extract; a larger one is none."""


def run(given: argparse.Namespace) -> int:
    """Judge and print; what is shown is printed only where it is not proven wrong, and by the key
    that the extract names.

    Raises: as `read_document`, `collect_material`, `chosen_policy` and `with_knowledge`.
    """
    octets = read_document(given.files[0], limit=_MAX_OCTETS)
    material = collect_material(given)
    setting = with_knowledge(
        given,
        Setting(
            trust=material.trust,
            evidence=material.evidence,
            at=given.at or datetime.now(UTC),
            policy=chosen_policy(given),
        ),
    )
    fetch = evidence_fetcher(given)
    report = verify_extract(
        octets,
        setting,
        registered=map(bytes.fromhex, given.registered),
        fetch=fetch,
        clock=fetch.moment if fetch is not None and given.at is None else None,
        name=str(given.files[0]),
    )
    if given.json:
        console.result_json(report.to_dict())
        return code_of(report)
    console.result(text(report, given.lang, is_coloured=console.has_colour(sys.stdout)))
    shown = None if report.conclusion is None else report.conclusion.shown
    if shown is not None and report.verdict is not Verdict.INVALID:
        console.result("\n" + content_text(shown, given.lang))
    return code_of(report)
