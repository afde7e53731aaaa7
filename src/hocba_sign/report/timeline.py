"""The times of signing as a picture, one line for each step of the workflow."""

from datetime import datetime
from html import escape
from typing import Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.report.phrases import phrase, short_time
from hocba_sign.report.rows import SignatureRow

_HEIGHT: Final = 34
_LETTERS, _AXIS, _RADIUS = 13, 24, 5
_FIRST, _LAST = 2.0, 98.0
"""Where the earliest and the latest time are drawn, in per cent of the width."""


def timeline(rows: tuple[SignatureRow, ...], language: Language) -> str:
    """Draw the times as SVG; empty where fewer than two are known.

    Places are per cent of the width, so that letters keep their size on every screen. A filled dot
    is proven, a ring is what a signature states.
    """
    lanes: dict[str, list[tuple[datetime, bool]]] = {}
    for row in rows:
        if row.moment is not None:
            lanes.setdefault(row.lane, []).append((row.moment, row.is_proven))
    moments = [moment for lane in lanes.values() for moment, _ in lane]
    if len(moments) <= 1:
        return ""
    first, span = min(moments), (max(moments) - min(moments)).total_seconds()

    def across(moment: datetime) -> float:
        share = (moment - first).total_seconds() / span if span else 0.5
        return round(_FIRST + share * (_LAST - _FIRST), 2)

    titles = [_title(name, [moment for moment, _ in lane]) for name, lane in lanes.items()]
    parts = []
    for number, (title, lane) in enumerate(zip(titles, lanes.values(), strict=True)):
        top = number * _HEIGHT
        parts += [
            f'<text x="0" y="{top + _LETTERS}">{escape(title)}</text>',
            f'<line x1="0" x2="100%" y1="{top + _AXIS}" y2="{top + _AXIS}"/>',
        ]
        parts += [
            f'<circle class="{"proven" if is_proven else "claimed"}" cx="{place}%" '
            f'cy="{top + _AXIS}" r="{_RADIUS}"/>'
            for place, is_proven in dict.fromkeys(
                (across(moment), is_proven) for moment, is_proven in lane
            )
        ]
    label = f"{phrase('TIMELINE', language)}: {'; '.join(titles)}"
    return (
        f'<svg role="img" aria-label="{escape(label)}" width="100%" '
        f'height="{len(lanes) * _HEIGHT}">' + "".join(parts) + "</svg>"
    )


def _title(name: str, moments: list[datetime]) -> str:
    if len(moments) == 1:
        return f"{name}: {short_time(moments[0])}"
    days = dict.fromkeys(short_time(end).split()[1] for end in (min(moments), max(moments)))
    return f"{name} ({len(moments)}): {' – '.join(days)}"
