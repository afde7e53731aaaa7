"""Checks of the marks of one secondary subject."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from hocba_sign.model.codes import MarkLetter, code_list
from hocba_sign.model.rules.settings import Settings
from hocba_sign.model.rules.view import PERIODS, Breach, Row, View, is_score

_HALF_STEP_OF_THREE: Final = Decimal("0.15")


def score_form(view: View, settings: Settings) -> Iterator[Breach]:
    """A score is from 0 to 10 with at most one decimal. Spec: TT 22/2021, Đ.5 k.3b."""
    for row in view.rows:
        for period in PERIODS:
            if isinstance(row.mark(period), Decimal) and not is_score(row.mark(period)):
                yield Breach(rule=settings.text("rule"), steps=row.steps(period))


def mark_kind(view: View, settings: Settings) -> Iterator[Breach]:
    """A subject assessed by comment holds no score, any other no Đ and no CĐ. Spec: TT 22/2021, Đ.5."""
    for row in view.rows:
        for period in PERIODS:
            value = row.mark(period)
            if value is None or value is MarkLetter.EXEMPT:
                continue
            if isinstance(value, Decimal) is row.is_comment:
                yield Breach(rule=settings.text("rule"), steps=row.steps(period))


def year_mean(view: View, settings: Settings) -> Iterator[Breach]:
    """The year is (I + 2 x II) / 3, to one decimal.

    Terms in tenths make a third of a whole number of tenths, which is never halfway between two tenths:
    however ties are rounded, the mean is the one tenth nearer than half a step. Spec: TT 22/2021, Đ.9 k.1b.
    """
    for row in view.rows:
        first, second, year = row.score("term_1"), row.score("term_2"), row.score("year")
        if row.is_comment or first is None or second is None or year is None:
            continue
        if abs(3 * year - (first + 2 * second)) > _HALF_STEP_OF_THREE:
            yield Breach(rule=settings.text("rule"), steps=row.steps("year"))


def comment_year(view: View, settings: Settings) -> Iterator[Breach]:
    """A subject assessed by comment has in the year what it has in term II, whatever it had in term I. Spec: TT 22/2021, Đ.9 k.1a."""
    for row in view.rows:
        second, year = row.letter("term_2"), row.letter("year")
        if not row.is_comment or second is None or year is None or MarkLetter.EXEMPT in {second, year}:
            continue
        if second is not year:
            yield Breach(rule=settings.text("rule"), steps=row.steps("year"))


def missing(view: View, settings: Settings) -> Iterator[Breach]:
    """Every subject and the pupil have a result of the year."""
    for row in view.rows:
        if row.marks.year is None:
            yield Breach(rule=settings.text("rule"), steps=row.steps("year"))
    for field in settings.texts("results"):
        if view.secondary is not None and view.written(field) is None:
            yield Breach(rule=settings.text("rule"), steps=("content", "assessment", field))


def overall_mean(view: View, settings: Settings) -> Iterator[Breach]:
    """No row stands for a mean over all subjects. Spec: TT 22/2021, Đ.9."""
    for row in view.rows:
        name = " ".join(row.subject.name.casefold().split())
        if any(re.search(pattern, name) for pattern in settings.texts("names")):
            yield Breach(rule=settings.text("rule"), steps=("content", "subjects", row.n, "name"))


def composition(view: View, settings: Settings) -> Iterator[Breach]:
    """The subjects that the programme makes compulsory are all there, and as many electives as it wants."""
    present = [subject.code for subject in view.transcript.subjects]
    later = settings.part("compulsory_from")
    for code in code_list("subjects").entries:
        is_taught = view.group(code) == "compulsory" and (code not in later or view.grade >= later.integer(code))
        if is_taught and code not in present:
            yield Breach(rule=settings.text("rule"), steps=("content", "subjects"))
    electives = [code for code in present if view.group(code) == "elective"]
    if view.grade in settings.integers("elective_grades") and len(electives) != settings.integer("electives"):
        yield Breach(rule=settings.text("rule"), steps=("content", "subjects"))


def reassessed_subjects(view: View, settings: Settings) -> Iterator[Breach]:
    """Only a subject below `below`, or CĐ, is assessed again; the pupil's year is then the worst, and conduct allows it.

    Spec: TT 22/2021, Đ.14.
    """
    again = tuple(row for row in view.rows if row.mark("reassessed") is not None)
    for row in again:
        if _need_not(row, settings.decimal("below")):
            yield Breach(rule=settings.text("rule"), steps=row.steps("reassessed"))
    learning, conduct = view.result("learning"), view.result("conduct")
    failed = frozenset(settings.texts("failed"))
    if learning and not learning & failed:
        yield from (Breach(rule=settings.text("needless"), steps=row.steps("reassessed")) for row in again)
    if conduct and conduct <= failed and "clash" in settings:
        yield from (Breach(rule=settings.text("clash"), steps=row.steps("reassessed")) for row in again)


def _need_not(row: Row, below: Decimal) -> bool:
    if row.is_comment:
        return row.letter("year") is MarkLetter.PASSED
    score = row.score("year")
    return score is not None and score >= below
