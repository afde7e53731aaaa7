"""The report as plain text for a terminal or a log, in the order of the page, on a screen of 80
columns: what a page folds away is told only where it is asked for.

Symbols and colours only repeat what words say.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.lines import (
    State,
    coloured,
    fact_lines,
    shortened,
    table_lines,
    wrapped,
)
from hocba_sign.report.phrases import phrase
from hocba_sign.report.problems import Problem
from hocba_sign.report.rows import SignatureRow
from hocba_sign.report.view import SECTIONS, ReportView, SignatureView, view

_MARKS: Final[dict[State, str]] = {"yes": "+", "no": "x", "unknown": "?", "ended": "!"}
_COLUMNS: Final = (21, 20, 20, 13)
_CLAIMED: Final = "~"


def text(
    report: JudgedFile, language: Language, *, is_coloured: bool = False, is_full: bool = False
) -> str:
    """Write one report, without a line feed at the end; `is_full` adds the seven items of every
    signature and what is technical.
    """
    shown = view(report, language)
    if report.conclusion is None:
        return _one_line(shown, is_coloured=is_coloured)
    lines = [
        (
            f"{phrase('RESULT', language)}: "
            f"{coloured(shown.words, shown.state, is_coloured=is_coloured)}"
        ),
        *wrapped(shown.sentence, "  "),
        *_main(shown, language),
        "",
        phrase("ZONE", language),
        *fact_lines((*shown.document, *shown.facts)),
    ]
    for key, state in SECTIONS:
        lines += _section(phrase(key, language), shown.others(state))
    lines += _answers(shown, language, is_coloured=is_coloured, is_full=is_full)
    lines += _table(shown.rows, language)
    lines += _section(phrase("NOTES", language), shown.notes, is_short=not is_full)
    not_checked = shown.not_checked if is_full else shown.not_checked_beside_sentence
    lines += _section(phrase("NOT_CHECKED_TITLE", language), not_checked, is_short=not is_full)
    if is_full:
        lines += _details(shown, language)
    elif shown.signatures and report.conclusion.extract is None:
        lines.append(phrase("MORE_IN_REPORT", language))
    return "\n".join(lines)


def _one_line(shown: ReportView, *, is_coloured: bool) -> str:
    """Say what is wrong with a file that could not be read as a transcript: there is nothing else
    to report.
    """
    words = coloured(shown.words, shown.state, is_coloured=is_coloured)
    fault = shown.main
    if fault is None:
        return f"{shown.file}: {words}: {shown.sentence}"
    places = fault.places or fault.technical
    place = f" ({', '.join(places)})" if places else ""
    return f"{shown.file}: {words}: {fault.words}{place} [{fault.identifier}]"


def _main(shown: ReportView, language: Language) -> list[str]:
    if shown.main is None:
        return []
    title = phrase("MAIN_CAUSE", language)
    return ["", f"{title}:", *_problem(shown.main)]


def _answers(
    shown: ReportView, language: Language, *, is_coloured: bool, is_full: bool
) -> Iterator[str]:
    """Yield question and answer; what a plain yes rests on is a detail."""
    if shown.answers:
        yield from ("", phrase("QUESTIONS", language))
    for answer in shown.answers:
        words = f"{_MARKS[answer.state]} {answer.words}"
        # What is not in force is green nowhere.
        is_shown_so = is_coloured and not (shown.state == "ended" and answer.state == "yes")
        detail = "" if answer.is_plain and not is_full else f" {answer.detail}"
        first, *rest = wrapped(f"{answer.question}{detail}", "    ", first=f"  {words}: ")
        yield first.replace(words, coloured(words, answer.state, is_coloured=is_shown_so), 1)
        yield from rest


def _table(rows: tuple[SignatureRow, ...], language: Language) -> Iterator[str]:
    """Yield one row for every signature; a time that nobody proved is marked, and the mark
    explained.
    """
    if not rows:
        return
    yield ""
    heads = (
        *(phrase(key, language) for key in ("ROW_STEP", "ROW_NAME", "ROW_TIME")),
        phrase("ANSWER", language),
    )
    marks = [_CLAIMED if row.moment is not None and not row.is_proven else "" for row in rows]
    marks = [_CLAIMED if row.moment is not None and not row.is_proven else "" for row in rows]
    cells = [
        (shortened(row.step, _COLUMNS[0]), row.name, f"{mark}{row.time}", row.words)
        for row, mark in zip(rows, marks, strict=True)
    ]
    yield from table_lines((heads, *cells), _COLUMNS)
    for proof in dict.fromkeys(row.proof for row, mark in zip(rows, marks, strict=True) if mark):
        yield f"  {_CLAIMED} {proof}"


def _section(title: str, problems: Iterable[Problem], *, is_short: bool = False) -> list[str]:
    lines = [line for problem in problems for line in _problem(problem, is_short=is_short)]
    return ["", title, *lines] if lines else []


def _problem(problem: Problem, *, is_short: bool = False) -> list[str]:
    """Return what was found and who must act, or only the first, on lines."""
    words = problem.words.partition(". ")[0].removesuffix(".") + "." if is_short else problem.words
    places = f" ({'; '.join(problem.places)})" if problem.places else ""
    return wrapped(f"{words}{places} [{problem.identifier}]", "    ", first="  - ")


def _details(shown: ReportView, language: Language) -> Iterator[str]:
    yield from _section(phrase("CONSEQUENCES", language), shown.consequences)
    for signature in shown.signatures:
        yield from _signature(signature)
    yield from ("", phrase("CAUSES", language))
    for problem in shown.causes:
        yield f"  {problem.identifier}"
        yield from (f"    {place}" for place in problem.technical)
    yield from ("", *fact_lines(shown.technical))


def _signature(signature: SignatureView) -> Iterator[str]:
    yield from ("", f"{signature.title}: {signature.words}")
    yield from fact_lines((*signature.facts, *signature.technical))
