"""The report as plain text for a terminal or a log. Symbols and colours only repeat what words say."""

import textwrap
from collections.abc import Iterable
from typing import Final

from hocba_sign.report.document import Report
from hocba_sign.report.messages import Language
from hocba_sign.report.phrases import phrase
from hocba_sign.report.signature import Fact
from hocba_sign.report.view import Problem, State, View, view

WIDTH: Final = 110
_COLOURS: Final[dict[State, str]] = {"yes": "32", "no": "31", "unknown": "33"}
_MARKS: Final[dict[State, str]] = {"yes": "+", "no": "x", "unknown": "?"}


def text(report: Report, language: Language, *, is_coloured: bool = False) -> str:
    """Write one report, without a line feed at the end."""
    shown = view(report, language)
    if report.conclusion is None:
        return _one_line(shown, is_coloured=is_coloured)
    lines = [
        f"{phrase('RESULT', language)}: {_coloured(shown.words, shown.state, is_coloured=is_coloured)}",
        *_wrapped(shown.sentence, "  "),
        *_facts(shown.facts),
    ]
    if shown.document:
        lines += ["", phrase("TRANSCRIPT", language), *_facts(shown.document)]
    lines += ["", phrase("QUESTIONS", language)]
    for answer in shown.answers:
        words = _coloured(f"{_MARKS[answer.state]} {answer.words}", answer.state, is_coloured=is_coloured)
        lines += [f"  {words}: {answer.question} {answer.detail}"]
    lines += _section(phrase("PROBLEMS", language), shown.problems)
    lines += _section(phrase("NOTES", language), shown.notes)
    for signature in shown.signatures:
        words = _coloured(signature.words, signature.state, is_coloured=is_coloured)
        lines += ["", f"{signature.title}: {words}", *_facts(signature.facts)]
    lines += _section(phrase("NOT_CHECKED_TITLE", language), shown.not_checked)
    return "\n".join(lines)


def _one_line(shown: View, *, is_coloured: bool) -> str:
    """Say what is wrong with a file that could not be read as a transcript: there is nothing else to report."""
    fault = shown.problems[-1]
    words = _coloured(shown.words, shown.state, is_coloured=is_coloured)
    place = f" ({', '.join(fault.places)})" if fault.places else ""
    return f"{shown.file}: {words}: {fault.words}{place} [{fault.identifier}]"


def _facts(facts: tuple[Fact, ...]) -> Iterable[str]:
    width = max(len(fact.label) for fact in facts) + 2
    for fact in facts:
        yield from _wrapped(fact.value, " " * (width + 2), first=f"  {fact.label + ':':<{width}}")


def _section(title: str, problems: tuple[Problem, ...]) -> list[str]:
    if not problems:
        return []
    lines = ["", title]
    for problem in problems:
        lines += _wrapped(f"{problem.words} [{problem.identifier}]", "    ", first="  - ")
        lines += [f"      {place}" for place in problem.places]
    return lines


def _wrapped(words: str, indent: str, *, first: str | None = None) -> list[str]:
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _coloured(words: str, state: State, *, is_coloured: bool) -> str:
    return f"\033[1;{_COLOURS[state]}m{words}\033[0m" if is_coloured else words
