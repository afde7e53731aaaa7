"""`hocba verify --results`: many files by several processes, each with a line on the disk, and
going on where a run before was stopped.
"""

import argparse
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime

from hocba_sign.adapters.files import write_atomically
from hocba_sign.adapters.inputs import expand
from hocba_sign.adapters.result_files import last_lines
from hocba_sign.cli import console
from hocba_sign.cli.guard import refuse_replacing_sources
from hocba_sign.cli.help_words import say
from hocba_sign.operations.many import Pace, verify_many
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.index_page import index_page
from hocba_sign.report.overview import Tally, table_csv
from hocba_sign.report.short import ShortRow

_QUIET_STEP = 30.0
_TERMINAL_STEP = 0.5


@dataclass(slots=True)
class _Clock:
    """Says how many are done, how fast, and how long the rest takes."""

    given: argparse.Namespace
    count: int
    done: int = 0
    began: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    def __call__(self, done: int) -> None:
        self.done = done
        now = time.monotonic()
        is_terminal = sys.stderr.isatty()
        if self.given.quiet or now - self.told < (_TERMINAL_STEP if is_terminal else _QUIET_STEP):
            return
        self.told = now
        rate = done / max(now - self.began, 0.001)
        left = int((self.count - done) / rate) if rate else 0
        words = say(
            "BULK_PROGRESS",
            self.given.lang,
            done=done,
            count=self.count,
            rate=f"{rate:.0f}",
            left=f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}",
        )
        print(
            f"\r{words}" if is_terminal else words,
            end="" if is_terminal else "\n",
            file=sys.stderr,
            flush=True,
        )


def verify_in_bulk(given: argparse.Namespace, verifier: Verifier, *, at: datetime) -> Tally:
    """Judge everything and say the counts of all that stands in the results.

    Raises: as `verify_many` and `refuse_replacing_sources`; KeyboardInterrupt after it was said how
    far it came.
    """
    refuse_replacing_sources(given, expand(given.files, lists=given.list))
    count = sum(1 for _ in expand(given.files, lists=given.list))
    clock = _Clock(given, count)
    try:
        tally = verify_many(
            expand(given.files, lists=given.list),
            verifier,
            at=at,
            results=given.results,
            pace=Pace(workers=given.jobs, on_progress=clock),
        )
    except KeyboardInterrupt:
        console.note("\n" + say("BULK_STOPPED", given.lang, done=clock.done, count=count))
        raise
    if sys.stderr.isatty() and not given.quiet:
        console.note("")
    if given.json:
        console.result_json(tally.to_dict())
    elif not given.quiet:
        console.result(tally.to_text(given.lang))
    _write(given)
    return tally


def _write(given: argparse.Namespace) -> None:
    for path, write in (
        (given.csv, table_csv),
        (given.html, lambda rows: index_page(tuple(rows), given.lang)),
    ):
        if path is not None:
            rows = (ShortRow.of(line) for line in last_lines(given.results))
            write_atomically(path, write(rows).encode())
