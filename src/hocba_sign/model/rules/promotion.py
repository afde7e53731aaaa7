"""Checks of conduct, of what the summer changed, of promotion and of titles at secondary school."""

import re
from collections.abc import Iterator

from hocba_sign.model.rules.settings import Settings
from hocba_sign.model.rules.view import Breach, View, result_steps


def letters(view: View, settings: Settings) -> Iterator[Breach]:
    """Results are written in the letters of the circular; those of another one, as far as they can be understood, are only noted."""
    for field in settings.texts("fields"):
        written, scale = view.written(field), view.scale(field)
        if written is None or written in scale.order:
            continue
        yield Breach(rule=settings.text("foreign" if written in scale.also else "rule"), steps=result_steps(field))


def conduct_year(view: View, settings: Settings) -> Iterator[Breach]:
    """Conduct of the year follows from both terms. Spec: TT 22/2021, Đ.8 k.2b."""
    table = settings.part("table")
    first, second, year = view.written("conduct_1"), view.written("conduct_2"), view.written("conduct")
    if first is None or second is None or year is None or second not in table:
        return
    expected = table.part(second)
    if first in expected and expected.text(first) != year:
        yield Breach(rule=settings.text("rule"), steps=result_steps("conduct"))


def summer_fields(view: View, settings: Settings) -> Iterator[Breach]:
    """A result after the summer stands only where the year failed, and stands there if a subject was assessed again."""
    failed = frozenset(settings.texts("failed"))
    for field in ("learning", "conduct"):
        year = view.result(field)
        if view.written(f"{field}_after_summer") is not None and year and not year & failed:
            yield Breach(rule=settings.text("rule"), steps=result_steps(f"{field}_after_summer"))
    if view.written("learning_after_summer") is None and any(row.marks.reassessed is not None for row in view.rows):
        yield Breach(rule=settings.text("missing"), steps=result_steps("learning_after_summer"))


def promotion(view: View, settings: Settings) -> Iterator[Breach]:
    """Promoted iff conduct and learning, after the summer where it changed them, and attendance suffice.

    In the last grade of a level, which has no next one, a refusal may be a way of writing. Spec: TT 22/2021, Đ.12 k.1.
    """
    if view.secondary is None:
        return
    is_promoted, steps = view.transcript.content.is_promoted, ("content", "is_promoted")
    judged = [_suffices(view, field, settings.text(field)) for field in ("conduct", "learning")]
    absences = view.secondary.absences
    judged.append(None if absences is None else absences <= settings.integer("absences"))
    if not is_promoted and all(judged):
        yield Breach(rule=settings.text("last" if view.grade in settings.integers("last_grades") else "rule"), steps=steps)
    if is_promoted and False in judged:
        is_of_training = False not in judged[1:] and view.written("conduct_after_summer") is not None
        yield Breach(rule=settings.text("training" if is_of_training else "rule"), steps=steps)


def _suffices(view: View, field: str, least: str) -> bool | None:
    """Tell whether a result reaches `least`; None if the record does not show it."""
    found = view.result(f"{field}_after_summer") or view.result(field)
    enough = {view.scale(field).is_at_least(letter, least) for letter in found}
    return enough.pop() if len(enough) == 1 else None


def completion(view: View, settings: Settings) -> Iterator[Breach]:
    """Only the last grade of a level has words of completion."""
    if view.transcript.content.completion is not None and view.grade not in settings.integers("grades"):
        yield Breach(rule=settings.text("rule"), steps=("content", "completion"))


def titles(view: View, settings: Settings) -> Iterator[Breach]:
    """A title of the year in the awards needs the results on which it stands. Spec: TT 22/2021, Đ.15 k.1a."""
    for title in settings.parts("titles"):
        if not bears_title(view.transcript.content.award, title.text("title")):
            continue
        results = (("learning", view.result("learning")), ("conduct", view.result("conduct")))
        is_earned = all(not found or not title.texts(field) or found & frozenset(title.texts(field)) for field, found in results)
        many = title.part("many")
        if many.values:
            scores = [row.score("year") for row in view.rows if not row.is_comment]
            possible = sum(score is None or score >= many.decimal("least") for score in scores)
            is_earned = is_earned and possible >= many.integer("count")
        if title.is_set("is_abolished") or not is_earned:
            yield Breach(rule=title.text("rule"), steps=("content", "award"))


def bears_title(award: str | None, title: str) -> bool:
    """Tell whether the awards name a title of the year; "học sinh giỏi cấp tỉnh", a contest, is none."""
    words = re.escape(title.casefold()).replace(r"\ ", r"\s+")
    pattern = rf"(?:(?:đạt|được|khen thưởng|giấy khen|tặng|danh hiệu|:|-)\s*)*{words}(?:\s+(?:cả\s+)?năm(?:\s+học)?\b.*)?"
    parts = re.split(r"[\n;,.+]", re.sub("[\"'“”]", "", award or "").casefold())
    return any(re.fullmatch(pattern, part.strip()) for part in parts)
