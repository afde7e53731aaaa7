"""Checks of primary school: tests, results, completion and titles."""

import dataclasses
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from hocba_sign.model.codes import Achievement, MarkLetter, Trait
from hocba_sign.model.lexical import Mark
from hocba_sign.model.rules.promotion import bears_title
from hocba_sign.model.rules.settings import Settings
from hocba_sign.model.rules.view import Breach, PrimaryRow, View, result_steps

_MAY_BE_EMPTY: Final = frozenset({"technology", "informatics"})
"""Grades that teach neither leave these traits out."""


def test_form(view: View, settings: Settings) -> Iterator[Breach]:
    """A test score is a whole number up to 10. Spec: TT 27/2020, Đ.7."""
    for row in view.primary_rows:
        test = row.marks.test
        if test is None or test is MarkLetter.EXEMPT:
            continue
        if _score(test) is None or test not in range(settings.integer("least"), 11):
            yield Breach(rule=settings.text("rule"), steps=row.steps("test"))


def tests(view: View, settings: Settings) -> Iterator[Breach]:
    """An assessed subject has a test at the end of the year if the circular lists it, and none if it does not. Spec: TT 27/2020, Đ.7."""
    required, allowed = view.rule_set.tests.part("required"), view.rule_set.tests.part("allowed")
    rows = {row.subject.code: row for row in view.primary_rows if _is_assessed(row)}
    for code, row in rows.items():
        is_required, is_allowed = view.grade in required.integers(code), view.grade in allowed.integers(code)
        if is_required and row.marks.test is None:
            yield Breach(rule=settings.text("rule"), steps=row.steps("test"))
        if not is_required and not is_allowed and row.marks.test is not None:
            yield Breach(rule=settings.text("needless"), steps=row.steps("test"))
    for pair in view.rule_set.tests.parts("one_of"):
        found = [rows[code] for code in pair.texts("subjects") if code in rows and view.grade in pair.integers("grades")]
        if found and all(row.marks.test is None for row in found):
            yield Breach(rule=settings.text("neither"), steps=found[0].steps("test"))


def outcome(view: View, settings: Settings) -> Iterator[Breach]:
    """The recorded result is the best whose conditions subjects, traits and tests meet. Spec: TT 27/2020, Đ.9 k.2a."""
    recorded = view.primary.outcome if view.primary else None
    if recorded is not None and str(recorded) not in _possible(view, settings):
        yield Breach(rule=settings.text("rule"), steps=result_steps("outcome"))


def no_outcome(view: View, settings: Settings) -> Iterator[Breach]:
    """The circular knows no overall result."""
    if view.primary is not None and view.primary.outcome is not None:
        yield Breach(rule=settings.text("rule"), steps=result_steps("outcome"))


def missing_at_primary(view: View, settings: Settings) -> Iterator[Breach]:
    """Every subject is assessed, and the pupil has a result where the circular gives one."""
    for row in view.primary_rows:
        if row.marks.achievement is None:
            yield Breach(rule=settings.text("rule"), steps=row.steps("achievement"))
    for field in settings.texts("results"):
        if view.primary is not None and getattr(view.primary, field) is None:
            yield Breach(rule=settings.text("rule"), steps=result_steps(field))


def completed_grade(view: View, settings: Settings) -> Iterator[Breach]:
    """The programme of the grade is completed iff the result is one of those listed. Spec: TT 27/2020, Đ.11 k.1a."""
    if view.primary is None:
        return
    recorded = view.primary.has_completed_grade
    by_marks = settings.parts("grades")
    found = _possible(view, settings) if by_marks else frozenset({str(view.primary.outcome)} if view.primary.outcome else ())
    completing = frozenset(settings.texts("completing"))
    if recorded is not None and found and not (found & completing if recorded else found - completing):
        yield Breach(rule=settings.text("rule"), steps=result_steps("has_completed_grade"))


def completed_primary(view: View, settings: Settings) -> Iterator[Breach]:
    """Primary school is completed with its last grade and not before. Spec: TT 27/2020, Đ.11 k.2."""
    if view.primary is None or view.primary.has_completed_primary is None:
        return
    is_last = view.grade == settings.integer("grade")
    expected = view.primary.has_completed_grade if is_last else False
    if expected is not None and view.primary.has_completed_primary is not expected:
        yield Breach(rule=settings.text("rule"), steps=result_steps("has_completed_primary"))


def promotion_at_primary(view: View, settings: Settings) -> Iterator[Breach]:
    """Who completed the grade is promoted; who did not may be by the principal's decision, which is put in words. Spec: TT 27/2020, Đ.11 k.1c."""
    if view.primary is None or view.primary.has_completed_grade is None:
        return
    is_completed, content = view.primary.has_completed_grade, view.transcript.content
    if not is_completed and content.is_promoted and content.completion is None:
        yield Breach(rule=settings.text("rule"), steps=("content", "is_promoted"))
    if is_completed and not content.is_promoted:
        yield Breach(rule=settings.text("rule"), steps=("content", "is_promoted"))


def titles_at_primary(view: View, settings: Settings) -> Iterator[Breach]:
    """A title needs the result on which it stands; a result that brings a title without it is noted. Spec: TT 27/2020, Đ.13 k.1a."""
    for title in settings.parts("titles"):
        by_marks = title.parts("grades")
        recorded = str(view.primary.outcome) if view.primary and view.primary.outcome else None
        found = _possible(view, title) if by_marks else frozenset({recorded} if recorded else ())
        earning = frozenset(title.texts("results"))
        is_given = bears_title(view.transcript.content.award, title.text("title"))
        if is_given and found and not found & earning:
            yield Breach(rule=title.text("rule"), steps=("content", "award"))
        if not is_given and found and found <= earning and "unnamed" in title:
            yield Breach(rule=title.text("unnamed"), steps=("content", "award"))


def _is_assessed(row: PrimaryRow) -> bool:
    return row.marks.achievement not in {None, Achievement.EXEMPT}


def _possible(view: View, settings: Settings) -> frozenset[str]:
    """Give the results that the marks allow: one if all are there, more if what is missing might decide."""
    found = []
    for grade in settings.parts("grades"):
        met = _meets(view, grade)
        if met is not False:
            found.append(grade.text("letter"))
        if met is True:
            break
    return frozenset(found)


def _meets(view: View, grade: Settings) -> bool | None:
    """Tell whether the conditions of a result are met, None if a missing mark might decide."""
    if "achievement" not in grade:
        return True
    required, least = view.rule_set.tests.part("required"), grade.decimal("test")
    judged: list[bool | None] = [_is_one_of(trait, grade.texts("trait")) for trait in _traits(view)]
    for row in view.primary_rows:
        if row.marks.achievement is Achievement.EXEMPT:
            continue
        judged.append(_is_one_of(row.marks.achievement, grade.texts("achievement")))
        test = row.marks.test
        score = _score(test)
        if score is not None:
            judged.append(score >= least)
        elif test is not MarkLetter.EXEMPT and view.grade in required.integers(row.subject.code):
            judged.append(None)
    if False in judged:
        return False
    return None if None in judged else True


def _score(test: Mark | None) -> Decimal | None:
    return test if isinstance(test, Decimal) and test.is_finite() else None


def _is_one_of(letter: Achievement | Trait | None, allowed: Iterable[str]) -> bool | None:
    return None if letter is None else str(letter) in allowed


def _traits(view: View) -> Iterator[Trait | None]:
    if view.primary is None:
        return
    groups = (view.primary.qualities, view.primary.general_competences, view.primary.specific_competences)
    for group in groups:
        for field in dataclasses.fields(group):
            value: object = getattr(group, field.name)
            if field.name != "comment" and not (value is None and field.name in _MAY_BE_EMPTY):
                yield value if isinstance(value, Trait) else None
