"""Many files on one page: counts as a drawing, filters that need no script, a link to each report.

Nothing is loaded from anywhere, every value is escaped.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from string import Template
from typing import Final

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.report.html import prose
from hocba_sign.report.overview import first_sentence, matter_words, outcome, rank_of
from hocba_sign.report.phrases import phrase, printable
from hocba_sign.report.short import ShortRow
from hocba_sign.shipped import shipped

_ORDER: Final = (
    *("VALID", "NOT_IN_FORCE", "INVALID", "INDETERMINATE", "NOTHING_TO_VERIFY"),
    *("NOT_TRANSCRIPT", "UNREAD"),
)
_LENGTH: Final = 400
"""Of the longest bar."""
_MAX_CAUSES: Final = 10


def index_page(rows: Sequence[ShortRow], language: Language) -> str:
    """Write the page of all files."""
    ended = Counter(outcome(row) for row in rows)
    causes = Counter(row.cause for row in rows if row.cause is not None)
    title = phrase("INDEX_TITLE", language)
    present = [name for name in _ORDER if ended[name]]
    bars = [(phrase(f"OVERVIEW_{name}", language), ended[name], name) for name in present]
    told = [
        (first_sentence(message(cause).in_language(language)).rstrip("."), count, "cause")
        for cause, count in causes.most_common(_MAX_CAUSES)
    ]
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(' '.join(_introduction(rows, language)))}</p>",
        _chart(phrase("INDEX_VERDICTS", language), bars),
        _chart(phrase("INDEX_CAUSES", language), told) if told else "",
        f'<h2 class="choice">{escape(phrase("INDEX_FILTER", language))}</h2>',
        *_filters(present, ended, language=language),
        _table(rows, language),
        f"<footer>{escape(phrase('LEGAL', language))}</footer>",
    ]
    return _template().substitute(
        language=language,
        title=escape(title),
        rules="\n".join(map(_rule, present)),
        content="\n".join(filter(None, parts)),
    )


def _introduction(rows: Sequence[ShortRow], language: Language) -> Iterator[str]:
    yield phrase("INDEX_FILES", language, count=len(rows))
    if any(row.page for row in rows):
        yield phrase("INDEX_PAGES", language)


@cache
def _template() -> Template:
    return Template(shipped("report", "index.html").read_text("utf-8"))


def _rule(name: str) -> str:
    """Return what a chosen filter hides, and how its label looks."""
    return (
        f"#f-{name}:checked ~ .rows tbody tr:not(.{name}) {{ display: none; }}\n"
        f'#f-{name}:checked ~ .filters label[for="f-{name}"] '
        "{ background: var(--ink); color: #fff; }"
    )


def _chart(title: str, bars: Sequence[tuple[str, int, str]]) -> str:
    """Draw bars under their words and numbers, which stay text: they wrap on a narrow screen."""
    most = max(count for _, count, _ in bars)
    lines = (
        f'<li class="{name}"><span>{escape(label)}: <b>{count}</b></span>'
        f'<svg viewBox="0 0 {_LENGTH} 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{max(2, _LENGTH * count // most)}" height="1"/></svg></li>'
        for label, count, name in bars
    )
    return f'<h2>{escape(title)}</h2>\n<ul class="chart">\n' + "\n".join(lines) + "\n</ul>"


def _filters(present: Iterable[str], ended: Counter[str], *, language: Language) -> Iterator[str]:
    """Yield the choices: a radio button each, which the style sheet acts upon."""
    names = ("all", *present)
    for name in names:
        checked = " checked" if name == "all" else ""
        yield f'<input type="radio" name="f" id="f-{name}"{checked}>'
    labels = "".join(
        f'<label for="f-{name}">'
        + escape(
            phrase("INDEX_ALL", language, count=ended.total())
            if name == "all"
            else f"{phrase(f'OVERVIEW_{name}', language)} ({ended[name]})"
        )
        + "</label>"
        for name in names
    )
    yield f'<p class="filters">{labels}</p>'


def _table(rows: Iterable[ShortRow], language: Language) -> str:
    keys = ("FILE", "RESULT", "INDEX_CAUSE", "INDEX_SCHOOL", "SCHOOL_YEAR")
    head = "".join(
        f'<th scope="col" role="columnheader">{escape(phrase(key, language))}</th>' for key in keys
    )
    body = "\n".join(_row(row, keys, language) for row in sorted(rows, key=rank_of))
    return (
        f'<div class="rows"><table role="table">\n'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{body}\n</tbody>\n</table></div>'
    )


def _row(row: ShortRow, keys: Sequence[str], language: Language) -> str:
    name = escape(printable(row.file))
    shown = f'<a href="{escape(row.page)}">{name}</a>' if row.page else name
    ended = outcome(row)
    cells = (
        f"<b>{escape(phrase(f'OVERVIEW_{ended}', language))}</b>",
        prose(matter_words(row, language)),
        escape(printable(row.school or "")),
        escape(printable(row.year or "")),
    )
    told = "".join(
        f'<td role="cell" data-label="{escape(phrase(key, language))}">{cell}</td>'
        for key, cell in zip(keys[1:], cells, strict=True)
    )
    return (
        f'<tr role="row" class="{ended}"><th scope="row" role="rowheader">{shown}</th>{told}</tr>'
    )
