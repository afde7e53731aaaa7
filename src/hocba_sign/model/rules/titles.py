"""Checks of the titles of the year in the awards, and how a title is told from other words."""

import re
from collections.abc import Iterator
from typing import Final

from hocba_sign.model.rules.learning import known
from hocba_sign.model.rules.primary_rules import possible_outcomes
from hocba_sign.model.rules.settings import RuleSettings
from hocba_sign.model.rules.transcript_view import Breach, ResultView

_STEPS: Final = ("content", "award")
_SHORT: Final = {"xs": "xuất sắc", "g": "giỏi", "tt": "tiên tiến"}
_WHOLE: Final = "hoàn thành xuất sắc các nội dung học tập và rèn luyện"
_BEFORE: Final = (
    r"(?:(?:đạt|được|công nhận|khen thưởng|khen|giấy khen|tặng|danh "
    r"hiệu|là|cuối năm|cả năm|năm học|\d{4}|:|-|–)\s*)*"
)
_TITLE: Final = (
    rf"(?:học sinh|học viên|hs|hv)\.?\s*(?P<title>{_WHOLE}|xuất sắc|giỏi|tiên tiến|tiêu biểu)"
)
_AFTER: Final = (
    r"(?:\s*(?:toàn diện|hoàn thành tốt trong học tập và rèn luyện|trong học "
    r"tập và rèn luyện|cuối năm|cả năm|năm học|năm|lớp \w+|\d{4}|-|–|\.))*"
)
_LONG_TITLE: Final = re.compile(f"{_BEFORE}{_TITLE}{_AFTER}")
_SHORT_TITLE: Final = re.compile(rf"{_BEFORE}h[sv](?P<title>xs|g|tt){_AFTER}")


def titles_in(award: str | None) -> frozenset[str]:
    """Return the titles of the year that the awards name; "học sinh giỏi cấp tỉnh", a contest, is
    none, nor is the title of a term.
    """
    words = " ".join(
        re.sub("[\"'“”()]", " ", award or "").casefold().replace("hs.", "hs ").split(" ")
    )
    found = set()
    for part in re.split(r"[\n;,+]|\.(?=\s|$)|\s+và\s+(?=danh hiệu|học sinh|hs)", words):
        stripped = " ".join(part.split())
        match = _LONG_TITLE.fullmatch(stripped) or _SHORT_TITLE.fullmatch(stripped)
        if match is not None:
            found.add(_SHORT.get(match["title"], match["title"]))
    return frozenset(found)


def titles(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """A title of the year needs the results on which it stands, and is one that the circular knows.

    Spec: TT 22/2021, Đ.15 k.1a.
    """
    given = titles_in(view.transcript.content.award)
    for title in settings.parts("titles"):
        results = [
            (known(view, field), frozenset(title.texts(field))) for field in ("learning", "conduct")
        ]
        is_earned = all(not found or not earning or found & earning for found, earning in results)
        many = title.part("many")
        if many.values:
            scores = [row.score("year") for row in view.rows if not row.is_comment]
            possible = sum(score is None or score >= many.decimal("least") for score in scores)
            is_earned = is_earned and possible >= many.integer("count")
        if not given.isdisjoint(title.texts("names")) and not is_earned:
            yield Breach(rule=title.text("rule"), steps=_STEPS)
    yield from _strange(given, settings)


def titles_at_primary(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """A title needs the result on which it stands; a result that brings a title without it is
    noted. Spec: TT 27/2020, Đ.13 k.1a.
    """
    given = titles_in(view.transcript.content.award)
    for title in settings.parts("titles"):
        recorded = str(view.primary.outcome) if view.primary and view.primary.outcome else None
        found = (
            possible_outcomes(view, title)
            if title.parts("grades")
            else frozenset({recorded} if recorded else ())
        )
        earning = frozenset(title.texts("results"))
        is_given = not given.isdisjoint(title.texts("names"))
        if is_given and found and not found & earning:
            yield Breach(rule=title.text("rule"), steps=_STEPS)
        if not given and found and found <= earning and "unnamed" in title:
            yield Breach(rule=title.text("unnamed"), steps=_STEPS)
    yield from _strange(given, settings)


def _strange(given: frozenset[str], settings: RuleSettings) -> Iterator[Breach]:
    """Report titles that the circular does not know."""
    if given - {name for part in settings.parts("titles") for name in part.texts("names")}:
        yield Breach(rule=settings.text("strange"), steps=_STEPS)
