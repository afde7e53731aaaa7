"""`hocba codes`: the lists of codes that a transcript may use, and one of them in full."""

import argparse
from collections.abc import Iterator
from datetime import date
from typing import Any

from hocba_sign.cli import console
from hocba_sign.cli.command_line import CODE_LISTS
from hocba_sign.cli.help_words import say
from hocba_sign.model.codes import CodeEntry, CodeList, code_list


def run(given: argparse.Namespace) -> int:
    """Print one list, or which lists there are."""
    for name in CODE_LISTS if given.list is None else (given.list,):
        codes = code_list(name)
        is_short = given.list is None
        if given.json:
            told: dict[str, Any] = {"list": name, "title": codes.title}
            console.result_json(told | ({} if is_short else {"entries": list(_facts(codes))}))
        elif is_short:
            console.result(f"{name:<15}{codes.title} ({len(codes.entries)})")
        else:
            console.result("\n".join((codes.title, *_lines(codes, given))))
    return console.EXIT_VALID


def _entries(codes: CodeList) -> Iterator[CodeEntry]:
    for group in codes.entries.values():
        yield from group


def _facts(codes: CodeList) -> Iterator[dict[str, Any]]:
    for entry in _entries(codes):
        yield {
            "code": entry.code,
            "name": entry.name,
            "since": None if entry.since == date.min else entry.since.isoformat(),
            "until": None if entry.until == date.max else entry.until.isoformat(),
            "level": entry.level,
            "grades": sorted(entry.grades),
            "group": entry.group or None,
            "programme": entry.programme or None,
        }


def _lines(codes: CodeList, given: argparse.Namespace) -> Iterator[str]:
    """Yield a line for each entry; several entries of one code differ in what stands behind."""
    width = max(map(len, codes.entries)) + 2
    for entry in _entries(codes):
        notes = []
        if entry.grades:
            first, last = min(entry.grades), max(entry.grades)
            grades = str(first) if first == last else f"{first}–{last}"
            notes.append(say("CODES_GRADES", given.lang, grades=grades))
        if entry.programme:
            notes.append(say("CODES_PROGRAMME", given.lang, programme=entry.programme))
        if entry.since != date.min:
            notes.append(say("CODES_SINCE", given.lang, day=entry.since.strftime("%d/%m/%Y")))
        if entry.until != date.max:
            notes.append(say("CODES_UNTIL", given.lang, day=entry.until.strftime("%d/%m/%Y")))
        told = f" ({'; '.join(notes)})" if notes else ""
        yield f"  {entry.code:<{width}}{entry.name}{told}"
