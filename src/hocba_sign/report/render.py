"""The report as plain text for a terminal or a log.

Symbols and colours only repeat what words say.
"""

from typing import Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.lines import State, coloured, fact_lines, wrapped
from hocba_sign.report.phrases import phrase
from hocba_sign.report.view import Problem, ReportView, view

_MARKS: Final[dict[State, str]] = {"yes": "+", "no": "x", "unknown": "?"}


def text(report: JudgedFile, language: Language, *, is_coloured: bool = False) -> str:
    """Write one report, without a line feed at the end."""
    shown = view(report, language)
    if report.conclusion is None:
        return _one_line(shown, is_coloured=is_coloured)
    lines = [
        (
            f"{phrase('RESULT', language)}: "
            f"{coloured(shown.words, shown.state, is_coloured=is_coloured)}"
        ),
        *wrapped(shown.sentence, "  "),
        *fact_lines(shown.facts),
    ]
    if shown.document:
        lines += ["", shown.document_title, *fact_lines(shown.document)]
    lines += ["", phrase("QUESTIONS", language)]
    for answer in shown.answers:
        words = coloured(
            f"{_MARKS[answer.state]} {answer.words}", answer.state, is_coloured=is_coloured
        )
        lines += [f"  {words}: {answer.question} {answer.detail}"]
    for key, state in (("PROBLEMS", "no"), ("UNCLEAR", "unknown")):
        problems = tuple(problem for problem in shown.problems if problem.state == state)
        lines += _section(phrase(key, language), problems)
    lines += _section(phrase("NOTES", language), shown.notes)
    for signature in shown.signatures:
        words = coloured(signature.words, signature.state, is_coloured=is_coloured)
        lines += ["", f"{signature.title}: {words}", *fact_lines(signature.facts)]
    lines += _section(phrase("NOT_CHECKED_TITLE", language), shown.not_checked)
    if shown.not_checked:
        lines += wrapped(phrase("NOT_CHECKED_NOTE", language), "  ")
    return "\n".join(lines)


def _one_line(shown: ReportView, *, is_coloured: bool) -> str:
    """Say what is wrong with a file that could not be read as a transcript: there is nothing else
    to report.
    """
    fault = shown.problems[-1]
    words = coloured(shown.words, shown.state, is_coloured=is_coloured)
    place = f" ({', '.join(fault.places)})" if fault.places else ""
    return f"{shown.file}: {words}: {fault.words}{place} [{fault.identifier}]"


def _section(title: str, problems: tuple[Problem, ...]) -> list[str]:
    if not problems:
        return []
    lines = ["", title]
    for problem in problems:
        lines += wrapped(f"{problem.words} [{problem.identifier}]", "    ", first="  - ")
        lines += [f"      {place}" for place in problem.places]
    return lines
