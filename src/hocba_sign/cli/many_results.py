"""What becomes of the judgements of `hocba verify`: of several files a table at the end instead of
a report each, and whatever is wanted of it on the disk.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from hocba_sign.adapters.files import write_atomically
from hocba_sign.adapters.inputs import Source
from hocba_sign.cli import console
from hocba_sign.cli.guard import pages_folder
from hocba_sign.cli.help_words import say
from hocba_sign.errors import OutsideError
from hocba_sign.report.index_page import index_page
from hocba_sign.report.overview import MAX_SHOWN, Tally, table_csv
from hocba_sign.report.plain_text import text
from hocba_sign.report.report import Report
from hocba_sign.report.short import ShortRow, origin_members

FULL_REPORTS: Final = 5
"""Files of one call that get a whole report each on the terminal; of more there is the table."""


class Overview:
    """What was found so far of the `count` files of one call."""

    def __init__(self, given: argparse.Namespace, count: int) -> None:
        self._given = given
        self._count = count
        self._tally = Tally()
        self._rows: list[ShortRow] = []
        self._at = ""
        self.reports = 0

    @property
    def has_full_reports(self) -> bool:
        """Return whether each file is told at length."""
        given = self._given
        is_few = self._count <= FULL_REPORTS and not given.summary
        return not given.quiet and (given.verbose or is_few)

    def begin(self, source: Source) -> None:
        """Say which file is next, on a terminal."""
        self._at = source.name
        if self._count == 1 or self._given.quiet:
            return
        words = say(
            "VERIFYING",
            self._given.lang,
            file=console.printable(source.name),
            number=self._tally.total + 1,
            count=self._count,
        )
        console.status(words)

    def add(self, short: Mapping[str, Any], report: Report | None = None) -> None:
        """Count a file by the short form of its report, and write its page and line of the log."""
        page = None if report is None else self._page(report)
        row = ShortRow.of({**short, **origin_members(report)}, page=page)
        self._tally.add(row)
        if self._given.csv is not None or self._given.html is not None:
            self._rows.append(row)
        if self._given.log is not None:
            log_file(self._given.log, row)
        if report is not None and self.has_full_reports and not self._is_for_programs:
            told = text(report, self._given.lang, is_coloured=console.has_colour(sys.stdout))
            is_first = self.reports == 0
            console.result(told if is_first else f"\n{told}")
        self.reports += report is not None

    @property
    def _is_for_programs(self) -> bool:
        return bool(self._given.json or self._given.format)

    @contextmanager
    def saying_where_it_stopped(self) -> Iterator[None]:
        """Say on Ctrl-C how far it came, and what to run again."""
        try:
            yield
        except KeyboardInterrupt:
            if self._count > 1:
                self.finish()
                done = self._tally.total
                words = say("VERIFY_STOPPED", self._given.lang, done=done, count=self._count)
                console.note(words + console.printable(self._at))
            raise

    def finish(self) -> None:
        """Print the table of several files, and write what was asked for.

        Raises: OutsideError FILE.UNWRITABLE.
        """
        given = self._given
        is_table = self._count != 1 or given.summary
        if is_table and not self._is_for_programs and not given.quiet:
            between = "\n" if self.has_full_reports and self.reports else ""
            console.result(between + table_of(self._tally, given))
        if given.csv is not None:
            self._write(given.csv, table_csv(self._rows, given.lang), "CSV_WRITTEN")
        if given.html is not None and self._count != 1:
            self._write(given.html, index_page(self._rows, given.lang), "HTML_WRITTEN")
        elif given.html is not None and self.reports:
            self._say_written(given.html, "HTML_WRITTEN")
        if given.counts is not None:
            self._write(given.counts, counts_of(self._tally, given), "COUNTS_WRITTEN")

    def _write(self, path: Path, written: str, key: str) -> None:
        write_atomically(path, written.encode())
        self._say_written(path, key)

    def _say_written(self, path: Path, key: str) -> None:
        if not self._given.quiet:
            console.note(say(key, self._given.lang, file=console.printable(str(path))))

    def _page(self, report: Report) -> str | None:
        """Write the report: of one file where it was asked for, of several each on a page of its
        own, to which the page of all leads.
        """
        path: Path | None = self._given.html
        if path is None:
            return None
        octets = report.to_html(self._given.lang).encode()
        if self._count == 1:
            write_atomically(path, octets)
            return None
        folder = pages_folder(path)
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise OutsideError("FILE.UNWRITABLE", where=str(folder)) from error
        name = f"{self._tally.total + 1:06}.html"
        write_atomically(folder / name, octets)
        return quote(f"{folder.name}/{name}")


def table_of(tally: Tally, given: argparse.Namespace) -> str:
    """Return the table, and how to have the files named that it counts only."""
    table = tally.to_text(given.lang)
    is_named = tally.total <= MAX_SHOWN or given.csv is not None or given.html is not None
    if is_named or tally.outcomes["VALID"] == tally.total:
        return table
    return f"{table}\n{say('TABLE_HINT', given.lang)}"


def counts_of(tally: Tally, given: argparse.Namespace) -> str:
    """Return the counts in the form that the name of their file asks for."""
    match given.counts.suffix.lower():
        case ".csv":
            return "\ufeff" + tally.to_csv()
        case ".json":
            return f"{console.json_line(tally.to_dict())}\n"
        case _:
            return f"{tally.to_table(given.lang)}\n"


def log_file(path: Path, row: ShortRow) -> None:
    """Append to a log when, how and what: no name of a person, no content.

    Raises: OutsideError FILE.UNWRITABLE.
    """
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    words = (moment, row.verdict or "-", row.cause or "-", console.printable(row.file))
    try:
        with path.open("a", encoding="utf-8") as log:
            log.write("\t".join(words) + "\n")
    except OSError as error:
        raise OutsideError("FILE.UNWRITABLE", where=str(path)) from error
