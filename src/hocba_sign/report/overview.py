"""Many files on one screen, as a table, CSV and JSON: how many ended how, why, and where."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import fill, wrap
from typing import Any, Final

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.report.phrases import phrase, printable
from hocba_sign.report.short import ShortRow

UNREAD: Final = "UNREAD"
"""Stands for a verdict where a file could not be read."""
MAX_SHOWN: Final = 8
"""Files, or kinds of fault, in a table: with a sentence each they fill a screen of 24 lines."""

MAX_LINES: Final = 2
"""Of a sentence in a table."""

_WIDTH: Final = 80
_INDENT: Final = " " * 9
_ORDER: Final = (
    *("UNREAD", "INVALID", "NOTHING_TO_VERIFY", "INDETERMINATE", "NOT_IN_FORCE"),
    *("NOT_TRANSCRIPT", "VALID"),
)
_SENTENCE: Final = re.compile(r"(?<=[.;])\s")
_COLUMNS: Final = (
    *("file", "verdict", "status", "cause", "where", "school", "year", "document", "version"),
    *("missing", "sha256", "vendor"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""


def outcome(row: ShortRow) -> str:
    """Return the verdict, or that it is no transcript, not in force any more, or unreadable."""
    if row.verdict is None:
        return UNREAD
    if row.is_no_transcript:
        return "NOT_TRANSCRIPT"
    is_over = row.verdict == "VALID" and row.status not in {None, "in_force"}
    return "NOT_IN_FORCE" if is_over else row.verdict


def rank_of(row: ShortRow) -> int:
    """Return a number by which what needs attention most comes first."""
    return _rank(outcome(row))


class Tally:
    """Counts files as they are judged; what it holds grows with causes, schools, authorities
    and programs, never with files.
    """

    def __init__(self, rows: Iterable[ShortRow] = ()) -> None:
        self.outcomes: Counter[str] = Counter()
        self.by: dict[str, Counter[tuple[str, str]]] = {
            "cause": Counter(),
            "school": Counter(),
            "issuer": Counter(),
            "vendor": Counter(),
        }
        self._groups: Counter[tuple[str, str]] = Counter()
        self._schools: dict[tuple[str, str], set[str]] = {}
        self.last: ShortRow | None = None
        self._first: list[ShortRow] = []
        for row in rows:
            self.add(row)

    def add(self, row: ShortRow) -> None:
        """Count one file."""
        self.last = row
        ended = outcome(row)
        self.outcomes[ended] += 1
        if row.cause is not None:
            self.by["cause"][row.cause, ended] += 1
        self.by["school"][row.school or "", ended] += 1
        for issuer in row.issuers:
            self.by["issuer"][issuer, ended] += 1
        self.by["vendor"][row.vendor or "", ended] += 1
        group = (ended, _matter(row))
        self._groups[group] += 1
        self._schools.setdefault(group, set()).add(row.school or "")
        if len(self._first) < MAX_SHOWN:
            self._first.append(row)

    @property
    def total(self) -> int:
        """Return how many files were counted."""
        return self.outcomes.total()

    def to_dict(self) -> dict[str, Any]:
        """Return all counts: by outcome, and by cause, school, issuing authority and program."""
        counts: dict[str, Any] = {"files": self.total, "outcomes": dict(self.outcomes)}
        for name, counted in self.by.items():
            held: dict[str, dict[str, int]] = {}
            for (value, ended), count in sorted(counted.items()):
                held.setdefault(value, {})[ended] = count
            counts[name] = held
        return counts

    def to_csv(self) -> str:
        """Return the same as CSV, one count a line."""
        rows = [
            (name, value, ended, count)
            for name, counted in self.by.items()
            for (value, ended), count in sorted(counted.items())
        ]
        return _csv(("by", "value", "outcome", "files"), rows)

    def to_table(self, language: Language) -> str:
        """Return the same for people: by cause, school, authority and program, each with what is
        wrong most often first.
        """
        parts = [_count_line(self, language)]
        for name, counted in self.by.items():
            held: dict[str, Counter[str]] = {}
            for (value, ended), count in counted.items():
                held.setdefault(value, Counter())[ended] += count
            parts.append("\n" + phrase(f"OVERVIEW_BY_{name.upper()}", language))
            parts += [
                f"{ends.total():>9}  {_named(name, value, language)}: {_ends(ends, language)}"
                for value, ends in sorted(
                    held.items(),
                    key=lambda pair: (pair[1]["VALID"] - pair[1].total(), -pair[1].total(), pair),
                )
            ]
        return "\n".join(parts)

    def to_text(self, language: Language) -> str:
        """Return one screen of 80 columns: few files one by one, many by what is the matter."""
        if not self.total:
            return phrase("OVERVIEW_NONE", language)
        lines = [_count_line(self, language)]
        if self.total <= MAX_SHOWN:
            lines += [line for row in self._first for line in _file_lines(row, language)]
            return "\n".join(lines)
        groups = sorted(self._groups.items(), key=lambda group: (_rank(group[0][0]), -group[1]))
        for (ended, matter), count in groups[:MAX_SHOWN]:
            schools = self._schools[ended, matter] - {""}
            lines += _group_lines(ended, matter, count=count, schools=schools, language=language)
        # How many are valid stands in the first line already.
        more = sum(ended != "VALID" for (ended, _), _ in groups[MAX_SHOWN:])
        if more:
            lines.append(phrase("OVERVIEW_MORE", language, count=more))
        return "\n".join(lines)


def _rank(ended: str) -> int:
    return _ORDER.index(ended)


def _words(ended: str, language: Language) -> str:
    return phrase(f"OVERVIEW_{ended}", language)


def _ends(outcomes: Counter[str], language: Language) -> str:
    return ", ".join(
        f"{outcomes[ended]} {_words(ended, language)}"
        for ended in reversed(_ORDER)
        if outcomes[ended]
    )


def _named(by: str, value: str, language: Language) -> str:
    """Return a value as people read it: a cause with its sentence, none as such."""
    if not value:
        return phrase("OVERVIEW_NOT_STATED", language)
    if by != "cause":
        return printable(value)
    return f"[{value}] {printable(first_sentence(message(value).in_language(language)))}"


def _count_line(tally: Tally, language: Language) -> str:
    counts = _ends(tally.outcomes, language)
    return fill(phrase("OVERVIEW_FILES", language, count=tally.total, counts=counts), _WIDTH)


def _matter(row: ShortRow) -> str:
    """Return the cause that comes first, what a file without causes is instead, or nothing."""
    ended = outcome(row)
    if ended == "NOT_IN_FORCE":
        return (row.status or "").upper()
    if ended == "NOTHING_TO_VERIFY":
        return row.cause or "UNSIGNED"
    return "" if ended == "VALID" else row.cause or ""


def matter_words(row: ShortRow, language: Language) -> str:
    """Say what is the matter with a file and who does what; nothing of a valid one."""
    return _said(_matter(row), language)


def _said(matter: str, language: Language) -> str:
    if not matter:
        return ""
    if not _is_cause(matter):
        return phrase(f"OVERVIEW_{matter}", language)
    return message(matter).in_language(language)


def _is_cause(matter: str) -> bool:
    return "." in matter


def first_sentence(words: str) -> str:
    """Return what was found, without who does what."""
    return _SENTENCE.split(words, maxsplit=1)[0]


def _file_lines(row: ShortRow, language: Language) -> Iterator[str]:
    ended, matter = outcome(row), _matter(row)
    head = f"{cut(row.file, 39):39} {_words(ended, language):18} "
    yield cut(head + (row.school or ""), _WIDTH)
    yield from _sentence(matter, language)
    if _is_cause(matter):
        yield f"{_INDENT}[{matter}]"


def _group_lines(
    ended: str, matter: str, *, count: int, schools: set[str], language: Language
) -> Iterator[str]:
    place = (
        phrase("OVERVIEW_SCHOOLS", language, count=len(schools))
        if len(schools) > 1
        else "".join(schools)
    )
    cause = matter if _is_cause(matter) else ""
    yield cut(f"{count:>7}  {_words(ended, language):18} {cause:29} {place}".rstrip(), _WIDTH)
    yield from _sentence(matter, language)


def _sentence(matter: str, language: Language) -> Iterator[str]:
    first = first_sentence(_said(matter, language))
    lines = wrap(printable(first), _WIDTH - len(_INDENT))
    yield from (_INDENT + line for line in lines[: MAX_LINES - 1])
    if len(lines) >= MAX_LINES:
        yield _INDENT + cut(" ".join(lines[MAX_LINES - 1 :]), _WIDTH - len(_INDENT))


def cut(text: str, width: int) -> str:
    """Return a text on one line of at most `width` letters."""
    shown = printable(text)
    return shown if len(shown) <= width else shown[: width - 1] + "…"


def table_csv(rows: Iterable[ShortRow], language: Language) -> str:
    """Return one file a line, with result and reason in words at its end; a byte order mark tells
    spreadsheets that it is UTF-8.
    """
    cells = (
        [
            *(getattr(row, name) for name in _COLUMNS),
            *(_words(outcome(row), language), matter_words(row, language)),
        ]
        for row in rows
    )
    return "\ufeff" + _csv((*_COLUMNS, "result", "reason"), cells)


def _csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return held.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else printable(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
