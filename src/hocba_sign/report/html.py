"""The report as one HTML file to read, print and keep: nothing is loaded from anywhere, every value
is escaped. What only specialists need is folded away, and is not printed while it is.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from string import Template

from hocba_sign.catalogue.messages import Language
from hocba_sign.report.answers import SummaryAnswer
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.phrases import phrase
from hocba_sign.report.problems import Problem
from hocba_sign.report.rows import SignatureRow
from hocba_sign.report.seven_items import Fact
from hocba_sign.report.view import SECTIONS, ReportView, SignatureView, view
from hocba_sign.shipped import shipped

_OPTION = re.compile(r"--[a-z][a-z-]*")
_TERMS = ("STAMP", "CRL", "ANCHOR", "DIGEST")


def html(reports: Sequence[JudgedFile], language: Language, *, content: Sequence[Fact] = ()) -> str:
    """Write all reports into one page, each beginning a new sheet when printed; `content` is what
    the extract shows that one report is about.
    """
    views = [view(report, language) for report in reports]
    sheets = [
        _sheet(shown, number, len(views), language=language, content=content)
        for number, shown in enumerate(views, 1)
    ]
    titles = {shown.title for shown in views}
    title = titles.pop() if len(titles) == 1 else phrase("TITLE_FILE", language)
    return _template().substitute(
        language=language, title=escape(title), reports=_within_main(sheets)
    )


@cache
def _template() -> Template:
    return Template(shipped("report", "template.html").read_text("utf-8"))


def _within_main(sheets: list[str]) -> str:
    """A page has one main part, however many reports it holds."""
    return "<main>\n" + "\n".join(sheets) + "\n</main>"


def _sheet(
    shown: ReportView,
    number: int,
    count: int,
    *,
    language: Language,
    content: Sequence[Fact],
) -> str:
    page = (
        f'<p class="page">{escape(phrase("PAGE_OF", language, number=number, count=count))}</p>'
        if count > 1
        else ""
    )
    heading = "h1" if number == 1 else "h2"
    parts = [
        page,
        f'<{heading} class="title">{escape(shown.title)}</{heading}>',
        f'<p class="zone">{escape(phrase("ZONE", language))}</p>',
        _banner(shown, language),
        _facts((*shown.document, *shown.facts), kind="who"),
    ]
    if content:
        parts += [_title("SHOWN", language), _facts(content)]
    for key, state in SECTIONS:
        parts += _causes(key, shown.others(state), language, kind=state)
    if shown.answers:
        parts += [_title("QUESTIONS", language), _answers(shown.answers, language)]
    if shown.rows:
        parts += [_title("SIGNATURES", language), _rows(shown.rows, language)]
    if shown.timeline:
        legend = f"<figcaption>{escape(phrase('TIMELINE_LEGEND', language))}</figcaption>"
        parts += [
            _title("TIMELINE", language),
            f"<figure>{shown.timeline}{legend}</figure>",
        ]
    parts += _causes("NOTES", shown.notes, language)
    parts += _causes("NOT_CHECKED_TITLE", shown.not_checked, language)
    if shown.not_checked:
        parts.append(f"<p>{escape(phrase('NOT_CHECKED_NOTE', language))}</p>")
    parts += [
        _folded(shown, language),
        f'<p class="filing">{escape(phrase("FILING", language))}</p>',
        f'<p class="legal">{escape(shown.legal)}</p>',
    ]
    return (
        f'<article class="sheet-{shown.state}">\n' + "\n".join(filter(None, parts)) + "\n</article>"
    )


def prose(text: str) -> str:
    """Return a sentence for a page; no line of it ends within an option that people type."""
    return _OPTION.sub(r'<span class="option">\g<0></span>', escape(text))


def _title(key: str, language: Language, level: int = 2) -> str:
    return f"<h{level}>{escape(phrase(key, language))}</h{level}>"


def _banner(shown: ReportView, language: Language) -> str:
    main = ""
    if shown.main is not None:
        title = escape(phrase("MAIN_CAUSE", language))
        main = f"<p><b>{title}:</b> {prose(shown.main.words)}</p>{_places(shown.main.places)}"
    return (
        f'<div class="verdict {shown.state}"><p><strong>{escape(shown.words)}</strong></p>'
        f"<p>{prose(shown.sentence)}</p>{main}</div>"
    )


def _facts(facts: Iterable[Fact], *, kind: str = "") -> str:
    rows = "\n".join(
        f"<div><dt>{escape(fact.label)}</dt><dd>{escape(fact.value)}</dd></div>" for fact in facts
    )
    return f'<dl class="{kind}">\n{rows}\n</dl>' if rows else ""


def _answers(answers: tuple[SummaryAnswer, ...], language: Language) -> str:
    return _table(
        ("QUESTION", "ANSWER"),
        (
            f'<th scope="row" role="rowheader">{escape(answer.question)}</th>'
            f'<td role="cell"><b class="{answer.state}">{escape(answer.words)}</b> – '
            f"{escape(answer.detail)}</td>"
            for answer in answers
        ),
        language,
        kind="answers",
    )


def _rows(rows: tuple[SignatureRow, ...], language: Language) -> str:
    return _table(
        ("ROW_STEP", "ROW_NAME", "ROW_TIME", "ANSWER"),
        (
            f'<th scope="row" role="rowheader">{escape(row.step)}</th>'
            f'<td role="cell">{escape(row.name)}</td>'
            f'<td role="cell">{escape(row.time)}{_proof(row)}</td>'
            f'<td role="cell"><b class="{row.state}">{escape(row.words)}</b></td>'
            for row in rows
        ),
        language,
        kind="rows",
    )


def _proof(row: SignatureRow) -> str:
    return f' <span class="proof">{escape(row.proof)}</span>' if row.proof else ""


def _table(keys: tuple[str, ...], rows: Iterable[str], language: Language, *, kind: str) -> str:
    """The roles keep it a table for screen readers where a narrow screen lays it out otherwise."""
    head = "".join(
        f'<th scope="col" role="columnheader">{escape(phrase(key, language))}</th>' for key in keys
    )
    body = "\n".join(f'<tr role="row">{row}</tr>' for row in rows)
    return (
        f'<table class="{kind}" role="table">\n'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{body}\n</tbody>\n</table>'
    )


def _causes(
    key: str, problems: tuple[Problem, ...], language: Language, *, kind: str = "", level: int = 2
) -> list[str]:
    if not problems:
        return []
    rows = "\n".join(
        f"<li>{prose(problem.words)}{_places(problem.places)}</li>" for problem in problems
    )
    return [_title(key, language, level), f'<ul class="causes {kind}">\n{rows}\n</ul>']


def _places(places: tuple[str, ...]) -> str:
    return f'<p class="places">{escape("; ".join(places))}</p>' if places else ""


def _folded(shown: ReportView, language: Language) -> str:
    parts = _causes("CONSEQUENCES", shown.consequences, language, level=3)
    if shown.signatures:
        parts += [
            _title("SIGNATURES", language, 3),
            f"<p>{escape(phrase('SEVEN', language))}</p>",
            *map(_signature, shown.signatures),
        ]
    if shown.causes:
        parts += [
            _title("CAUSES", language, 3),
            _facts(
                (
                    Fact(cause.identifier, "; ".join(cause.technical) or "–")
                    for cause in shown.causes
                ),
                kind="technical",
            ),
        ]
    parts += [_title("FILE", language, 3), _facts(shown.technical, kind="technical")]
    terms = "\n".join(f"<li>{escape(phrase(f'LEGEND_{term}', language))}</li>" for term in _TERMS)
    parts += [_title("LEGEND", language, 3), f"<ul>\n{terms}\n</ul>"]
    summary = escape(phrase("DETAILS", language))
    return f"<details>\n<summary><h2>{summary}</h2></summary>\n" + "\n".join(parts) + "\n</details>"


def _signature(one: SignatureView) -> str:
    title = f'<h4>{escape(one.title)}: <span class="{one.state}">{escape(one.words)}</span></h4>'
    return (
        f'<section class="signature">\n{title}\n{_facts(one.facts)}\n'
        f"{_facts(one.technical, kind='technical')}\n</section>"
    )
