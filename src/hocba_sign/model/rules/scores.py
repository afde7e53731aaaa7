"""Checks of the marks of one secondary subject."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from hocba_sign.model.codes import Achievement, MarkLetter
from hocba_sign.model.rules.promotion import is_barred
from hocba_sign.model.rules.settings import RuleSettings
from hocba_sign.model.rules.transcript_view import PERIODS, Breach, ResultView, Row, is_score

_HALF_STEP_OF_THREE: Final = Decimal("0.15")
_MOST: Final = Decimal(10)


def score_form(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """A score is from 0 to 10 with at most one decimal. Spec: TT 22/2021, Đ.5 k.3b."""
    for row in view.rows:
        for period in PERIODS:
            if isinstance(row.mark(period), Decimal) and not is_score(row.mark(period)):
                yield Breach(rule=settings.text("rule"), steps=row.steps(period))


def mark_kind(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """A subject assessed by comment holds no score, any other no Đ and no CĐ.

    Spec: TT 22/2021, Đ.5.
    """
    for row in view.rows:
        for period in PERIODS:
            value = row.mark(period)
            if value is None or value is MarkLetter.EXEMPT:
                continue
            if isinstance(value, Decimal) is row.is_comment:
                yield Breach(rule=settings.text("rule"), steps=row.steps(period))


def year_mean(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """The year is (I + 2 x II) / 3, to one decimal; of a subject with a score in one term only it
    is that one.

    Terms in tenths make a third of a whole number of tenths, which is never halfway between two
    tenths: however ties are rounded, the mean is the one tenth nearer than half a step. Spec: TT
    22/2021, Đ.9 k.1b.
    """
    for row in view.rows:
        first, second, year = row.score("term_1"), row.score("term_2"), row.score("year")
        only = second if first is None else first
        if row.is_comment or year is None or only is None:
            continue
        if first is not None and second is not None:
            is_wrong, name = abs(3 * year - (first + 2 * second)) > _HALF_STEP_OF_THREE, "rule"
        else:
            is_wrong, name = year != only, "rule" if _is_out_of_reach(row, year) else "one_term"
        if is_wrong:
            yield Breach(rule=settings.text(name), steps=row.steps("year"))


def _is_out_of_reach(row: Row, year: Decimal) -> bool:
    """Return whether no score in the place of the blank term could give the year."""
    first, second = row.score("term_1"), row.score("term_2")
    blank = row.mark("term_1") if first is None else row.mark("term_2")
    rest = 3 * year - (first or 0) - 2 * (second or 0)
    most = _MOST if first is None else 2 * _MOST
    return blank is None and not -_HALF_STEP_OF_THREE <= rest <= most + _HALF_STEP_OF_THREE


def comment_year(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """A subject assessed by comment has in the year what it has in term II, whatever it had in term
    I.

    Exempt in one term, it has what it has in the other, where the circular says so. Spec: TT
    22/2021, Đ.9 k.1a; TT 58/2011, Đ.10 k.2b, Đ.12.
    """
    for row in view.rows:
        first, second, year = row.letter("term_1"), row.letter("term_2"), row.letter("year")
        if not row.is_comment or year in {None, MarkLetter.EXEMPT} or second is None:
            continue
        name, expected = (
            ("rule", second) if second is not MarkLetter.EXEMPT else ("exempt_term", first)
        )
        if name in settings and expected not in {None, MarkLetter.EXEMPT, year}:
            yield Breach(rule=settings.text(name), steps=row.steps("year"))


def exemptions(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Only some subjects, or their practical part, are ones a pupil may be exempt from; a disabled
    one from any. Spec: TT 22/2021, Đ.10, Đ.11.
    """
    if view.is_by_plan:
        return
    for row in view.rows:
        exempt = [period for period in PERIODS if row.letter(period) is MarkLetter.EXEMPT]
        if exempt and row.subject.code not in settings.texts("subjects"):
            yield Breach(rule=settings.text("rule"), steps=row.steps(exempt[-1]))
    for primary_row in view.primary_rows:
        if (
            primary_row.marks.achievement is Achievement.EXEMPT
            and primary_row.subject.code not in settings.texts("subjects")
        ):
            yield Breach(rule=settings.text("rule"), steps=primary_row.steps("achievement"))


def missing(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Every subject and the pupil have a result of the year."""
    for row in view.rows:
        if row.marks.year is None and not row.is_given_up:
            yield Breach(rule=settings.text("rule"), steps=row.steps("year"))
    for field in settings.texts("results"):
        if view.secondary is not None and view.written(field) is None:
            yield Breach(rule=settings.text("rule"), steps=("content", "assessment", field))


def overall_mean(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """No row stands for a mean over all subjects. Spec: TT 22/2021, Đ.9."""
    for row in view.rows:
        name = " ".join(row.subject.name.casefold().split())
        if any(re.search(pattern, name) for pattern in settings.texts("names")):
            yield Breach(rule=settings.text("rule"), steps=("content", "subjects", row.n, "name"))


def composition(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """The subjects that the programme makes compulsory are all there, and as many electives as it
    wants.
    """
    present = [
        *(row.subject.code for row in view.rows),
        *(row.subject.code for row in view.primary_rows),
    ]
    for code in view.compulsory:
        if code not in present:
            yield Breach(rule=settings.text("rule"), steps=("content", "subjects"))
    electives = [row for row in view.rows if row.group == "elective" and not row.is_given_up]
    if view.grade in settings.integers("elective_grades") and len(electives) != settings.integer(
        "electives"
    ):
        yield Breach(rule=settings.text("rule"), steps=("content", "subjects"))


def reassessed_subjects(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Only a subject below `below`, or CĐ, is assessed again; the pupil's year is then the worst,
    and conduct allows it.

    Spec: TT 22/2021, Đ.14.
    """
    again = tuple(row for row in view.rows if row.mark("reassessed") is not None)
    for row in again:
        if _need_not(row, settings.decimal("below")):
            yield Breach(rule=settings.text("rule"), steps=row.steps("reassessed"))
    learning, conduct = view.result("learning"), view.result("conduct")
    failed = frozenset(settings.texts("failed"))
    if "barred" in settings and is_barred(view, settings):
        yield from (
            Breach(rule=settings.text("rule"), steps=row.steps("reassessed")) for row in again
        )
    if learning and not learning & failed:
        yield from (
            Breach(rule=settings.text("needless"), steps=row.steps("reassessed")) for row in again
        )
    if conduct and conduct <= failed and "clash" in settings:
        yield from (
            Breach(rule=settings.text("clash"), steps=row.steps("reassessed")) for row in again
        )


def _need_not(row: Row, below: Decimal) -> bool:
    if row.is_comment:
        return row.letter("year") is MarkLetter.PASSED
    score = row.score("year")
    return score is not None and score >= below
