"""`hocba verify --results`: many files by several processes, each with a line on the disk, and
going on where a run before was stopped.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime
from importlib import import_module

from hocba_sign.adapters.disk_map import DiskMap
from hocba_sign.adapters.files import write_atomically
from hocba_sign.adapters.inputs import STANDARD, Source, expand
from hocba_sign.adapters.result_files import done, judged_names, key_of, last_lines
from hocba_sign.cli import console
from hocba_sign.cli.guard import refuse_replacing_sources
from hocba_sign.cli.help_words import say
from hocba_sign.cli.many_results import counts_of, log_file, table_of
from hocba_sign.errors import CallerError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.operations.many import Pace, verify_many
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.index_page import index_page
from hocba_sign.report.overview import Tally, table_csv
from hocba_sign.report.short import ShortRow

_QUIET_STEP = 30.0
_TERMINAL_STEP = 0.5


@dataclass(slots=True)
class _Clock:
    """Says how many are done, how fast, and how long the rest takes; `before` were done by runs
    before.
    """

    given: argparse.Namespace
    count: int
    before: int
    began: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        is_terminal = sys.stderr.isatty()
        if self.given.quiet or now - self.told < (_TERMINAL_STEP if is_terminal else _QUIET_STEP):
            return
        self.told = now
        rate = done / max(now - self.began, 0.001)
        left = int((self.count - self.before - done) / rate) if rate else 0
        words = say(
            "BULK_PROGRESS",
            self.given.lang,
            done=self.before + done,
            count=self.count,
            rate=f"{rate:.0f}",
            left=f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}",
        )
        (console.status if is_terminal else console.note)(words)


def verify_in_bulk(given: argparse.Namespace, verifier: Verifier, *, at: datetime) -> Tally:
    """Judge everything and say the counts of all that stands in the results.

    Raises: CallerError BULK.OPTIONS, BULK.EXTRA_MISSING; OutsideError BULK.CLUSTER; as
    `verify_many` and `refuse_replacing_sources`; KeyboardInterrupt after it was said how far
    it came.
    """
    if STANDARD in map(str, given.files):
        raise CallerError("BULK.OPTIONS", where=STANDARD)
    # What comes by standard input comes once.
    held = tuple(expand((), lists=given.list)) if STANDARD in map(str, given.list) else None

    def named() -> Iterator[Source]:
        yield from expand(given.files, lists=() if held is not None else given.list)
        yield from held or ()

    refuse_replacing_sources(given, named())
    count, before = _how_many(given, named())
    with _logged(given):
        try:
            with _executor(given.dask) as executor:
                tally = verify_many(
                    named(),
                    verifier,
                    at=at,
                    results=given.results,
                    executor=executor,
                    pace=Pace(workers=given.jobs, on_progress=_Clock(given, count, before)),
                )
        except KeyboardInterrupt:
            count, now = _how_many(given, named())
            console.note(say("BULK_STOPPED", given.lang, done=now, count=count))
            raise
    if given.json:
        console.result_json(tally.to_dict())
    elif not given.quiet:
        console.result(table_of(tally, given))
    _write(given)
    if given.counts is not None:
        write_atomically(given.counts, counts_of(tally, given).encode())
    return tally


@contextmanager
def _executor(address: str | None) -> Iterator[Executor | None]:
    """Reach the cluster of an address, and leave it in the end; None for none."""
    if address is None:
        yield None
        return
    try:
        module = import_module("hocba_sign.adapters.dask_cluster")
    except ModuleNotFoundError as error:
        raise CallerError("BULK.EXTRA_MISSING", detail=error.name or "") from error
    with module.DaskExecutor(address) as executor:
        yield executor


def _how_many(given: argparse.Namespace, named: Iterable[Source]) -> tuple[int, int]:
    """Return how many files there are, and of how many there is a result."""
    count = there = 0
    with DiskMap.of(key_of(name, "") for name in judged_names(given.results)) as known:
        for source in named:
            count += 1
            there += bool(known) and key_of(source.name, "") in known
    return count, there


@contextmanager
def _logged(given: argparse.Namespace) -> Iterator[None]:
    """Append what is judged meanwhile to the log."""
    if given.log is None:
        yield
        return
    with DiskMap.of(done(given.results)) as known:
        try:
            yield
        finally:
            for line in last_lines(given.results):
                if key_of(line["file"], line["sha256"]) not in known:
                    log_file(given.log, ShortRow.of(line))


def _write(given: argparse.Namespace) -> None:
    rows = (ShortRow.of(line) for line in last_lines(given.results))
    if given.csv is not None:
        write_atomically(given.csv, table_csv(rows, given.lang).encode())
    if given.html is not None:
        rows = (ShortRow.of(line) for line in last_lines(given.results))
        write_atomically(given.html, index_page(tuple(rows), given.lang).encode())
