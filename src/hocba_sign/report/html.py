"""The report as one HTML file to read, print and keep: nothing is loaded from anywhere, every value
is escaped.
"""

from collections.abc import Sequence
from functools import cache
from html import escape
from importlib import resources
from string import Template

from hocba_sign.catalogue.messages import Language
from hocba_sign.report.answers import SummaryAnswer
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.phrases import phrase
from hocba_sign.report.signature import Fact
from hocba_sign.report.view import Problem, ReportView, SignatureView, view


def html(reports: Sequence[JudgedFile], language: Language) -> str:
    """Write all reports into one page, each beginning a new sheet when printed."""
    views = [view(report, language) for report in reports]
    sheets = [
        _sheet(shown, number, len(views), language=language)
        for number, shown in enumerate(views, 1)
    ]
    titles = {shown.title for shown in views}
    title = titles.pop() if len(titles) == 1 else phrase("TITLE_FILE", language)
    return _template().substitute(language=language, title=escape(title), reports="\n".join(sheets))


@cache
def _template() -> Template:
    return Template(
        resources.files("hocba_sign.report").joinpath("template.html").read_text("utf-8")
    )


def _sheet(shown: ReportView, number: int, count: int, *, language: Language) -> str:
    page = (
        f'<p class="page">{escape(phrase("PAGE_OF", language, number=number, count=count))}</p>'
        if count > 1
        else ""
    )
    parts = [
        page,
        f"<h1>{escape(shown.title)}</h1>",
        (
            f'<p class="verdict {shown.state}"><strong>{escape(shown.words)}</strong>'
            f"<span>{escape(shown.sentence)}</span></p>"
        ),
        _facts(shown.facts),
    ]
    if shown.document:
        parts += [f"<h2>{escape(shown.document_title)}</h2>", _facts(shown.document)]
    parts += [_title("QUESTIONS", language), _answers(shown.answers, language)]
    for key, state, kind in (("PROBLEMS", "no", "wrong"), ("UNCLEAR", "unknown", "unproven")):
        problems = tuple(problem for problem in shown.problems if problem.state == state)
        parts += _causes(key, problems, language, kind=kind)
    parts += _causes("NOTES", shown.notes, language)
    if shown.signatures:
        parts += [_title("SIGNATURES", language), *map(_signature, shown.signatures)]
    parts += _causes("NOT_CHECKED_TITLE", shown.not_checked, language)
    if shown.not_checked:
        parts.append(f"<p>{escape(phrase('NOT_CHECKED_NOTE', language))}</p>")
    parts.append(f"<footer>{escape(phrase('LEGAL', language))}</footer>")
    return "<main>\n" + "\n".join(filter(None, parts)) + "\n</main>"


def _title(key: str, language: Language) -> str:
    return f"<h2>{escape(phrase(key, language))}</h2>"


def _facts(facts: tuple[Fact, ...]) -> str:
    rows = "\n".join(
        f"<dt>{escape(fact.label)}</dt><dd>{escape(fact.value)}</dd>" for fact in facts
    )
    return f"<dl>\n{rows}\n</dl>"


def _answers(answers: tuple[SummaryAnswer, ...], language: Language) -> str:
    head = "".join(
        f'<th scope="col">{escape(phrase(key, language))}</th>' for key in ("QUESTION", "ANSWER")
    )
    rows = "\n".join(
        f'<tr><th scope="row">{escape(answer.question)}</th>'
        f'<td><b class="{answer.state}">{escape(answer.words)}</b> – '
        f"{escape(answer.detail)}</td></tr>"
        for answer in answers
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _signature(one: SignatureView) -> str:
    title = (
        f"<h3><span>{escape(one.title)}</span><span "
        f'class="{one.state}">{escape(one.words)}</span></h3>'
    )
    return f'<section class="signature">\n{title}\n{_facts(one.facts)}\n</section>'


def _causes(
    key: str, problems: tuple[Problem, ...], language: Language, *, kind: str = ""
) -> list[str]:
    if not problems:
        return []
    rows = "\n".join(
        f"<li>{escape(problem.words)} <code>{escape(problem.identifier)}</code>"
        f"{_places(problem.places)}</li>"
        for problem in problems
    )
    return [_title(key, language), f'<ul class="causes {kind}">\n{rows}\n</ul>']


def _places(places: tuple[str, ...]) -> str:
    if not places:
        return ""
    return (
        '<ul class="places">' + "".join(f"<li>{escape(place)}</li>" for place in places) + "</ul>"
    )
