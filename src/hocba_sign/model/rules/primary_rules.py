"""Checks of primary school: tests, results and completion."""

import dataclasses
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from hocba_sign.model.codes import Achievement, MarkLetter, Trait
from hocba_sign.model.lexical import Mark
from hocba_sign.model.primary import GeneralCompetences, Qualities, SpecificCompetences
from hocba_sign.model.rules.settings import RuleSettings
from hocba_sign.model.rules.transcript_view import Breach, PrimaryRow, ResultView, result_steps

_TRAITS: Final = {
    kind: tuple(field.name for field in dataclasses.fields(kind) if field.name != "comment")
    for kind in (Qualities, GeneralCompetences, SpecificCompetences)
}
_MAY_BE_EMPTY: Final = frozenset({"technology", "informatics"})
"""Grades that teach neither leave these traits out."""


def test_form(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """A test score is a whole number up to 10. Spec: TT 27/2020, Đ.7."""
    for row in view.primary_rows:
        test = row.marks.test
        if test is None or test is MarkLetter.EXEMPT:
            continue
        if _score(test) is None or test not in range(settings.integer("least"), 11):
            yield Breach(rule=settings.text("rule"), steps=row.steps("test"))


def tests(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """An assessed subject has a test at the end of the year if the circular lists it, and none if
    it does not. Spec: TT 27/2020, Đ.7.

    In flexible classes only the `core` subjects have one. Spec: TT 27/2020, Đ.8 k.3.
    """
    lists = {name: view.rule_set.tests.part(name) for name in ("required", "expected", "allowed")}
    rows = {row.subject.code: row for row in view.primary_rows if _is_assessed(row)}
    tested = {code for code, row in rows.items() if row.marks.test is not None}
    core = set(settings.texts("core"))
    is_flexible = bool(core) and tested == core
    for code, row in rows.items():
        listed = {name for name, setting in lists.items() if view.grade in setting.integers(code)}
        if row.marks.test is not None and not listed:
            yield Breach(rule=settings.text("needless"), steps=row.steps("test"))
        if row.marks.test is None and "required" in listed:
            yield Breach(
                rule=settings.text("flexible" if is_flexible else "rule"), steps=row.steps("test")
            )
        if row.marks.test is None and "expected" in listed:
            yield Breach(rule=settings.text("unexpected"), steps=row.steps("test"))
    for pair in view.rule_set.tests.parts("one_of"):
        found = [
            rows[code]
            for code in pair.texts("subjects")
            if code in rows and view.grade in pair.integers("grades")
        ]
        if found and all(row.marks.test is None for row in found):
            yield Breach(rule=settings.text("neither"), steps=found[0].steps("test"))


def outcome(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """The recorded result is the best whose conditions subjects, traits and tests meet.

    Spec: TT 27/2020, Đ.9 k.2a.

    Whether optional subjects count is not said: what only one of the two readings gives passes with
    a warning.
    """
    recorded = view.primary.outcome if view.primary else None
    if recorded is None:
        return
    agreeing = [str(recorded) in reading for reading in _readings(view, settings)]
    if not all(agreeing):
        yield Breach(
            rule=settings.text("optional" if any(agreeing) else "rule"),
            steps=result_steps("outcome"),
        )


def no_outcome(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """The circular knows no overall result."""
    if view.primary is not None and view.primary.outcome is not None:
        yield Breach(rule=settings.text("rule"), steps=result_steps("outcome"))


def missing_at_primary(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Every subject is assessed, and the pupil has a result where the circular gives one."""
    for row in view.primary_rows:
        if row.marks.achievement is None:
            yield Breach(rule=settings.text("rule"), steps=row.steps("achievement"))
    primary = view.primary
    is_done = (
        primary is not None
        and primary.has_completed_grade is True
        and view.grade == settings.integer("last_grade")
    )
    if (
        is_done
        and primary is not None
        and primary.has_completed_primary is None
        and view.transcript.content.completion is None
    ):
        yield Breach(rule=settings.text("rule"), steps=result_steps("has_completed_primary"))
    for field in settings.texts("results"):
        if view.primary is not None and getattr(view.primary, field) is None:
            yield Breach(rule=settings.text("rule"), steps=result_steps(field))


def completed_grade(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """The programme of the grade is completed iff the result is one of those listed.

    Spec: TT 27/2020, Đ.11 k.1a.
    """
    recorded, able = view.primary.has_completed_grade if view.primary else None, may_complete(view)
    if recorded is not None and able and recorded not in able:
        yield Breach(rule=settings.text("rule"), steps=result_steps("has_completed_grade"))


def may_complete(view: ResultView) -> frozenset[bool]:
    """Return whether the recorded result, or else the marks, let the grade be completed: both where
    they leave it open.
    """
    settings = view.rule_set.settings("completed_grade")
    if settings is None or view.primary is None:
        return frozenset()
    by_marks = settings if settings.parts("grades") else view.rule_set.settings("outcome")
    if view.primary.outcome is not None and by_marks is not settings:
        found = frozenset({str(view.primary.outcome)})
    else:
        found = possible_outcomes(view, by_marks) if by_marks is not None else frozenset()
    return frozenset(letter in settings.texts("completing") for letter in found)


def completed_primary(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Primary school is completed with its last grade and not before.

    Spec: TT 27/2020, Đ.11 k.2.
    """
    if view.primary is None or view.primary.has_completed_primary is None:
        return
    is_last = view.grade == settings.integer("grade")
    expected = view.primary.has_completed_grade if is_last else False
    if expected is not None and view.primary.has_completed_primary is not expected:
        yield Breach(
            rule=settings.text("rule" if is_last else "elsewhere"),
            steps=result_steps("has_completed_primary"),
        )


def promotion_at_primary(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Who completed the grade is promoted; who did not may be by the principal's decision, which is
    put in words. Spec: TT 27/2020, Đ.11 k.1c.
    """
    if view.primary is None or view.primary.has_completed_grade is None:
        return
    is_completed, content = view.primary.has_completed_grade, view.transcript.content
    if not is_completed and content.is_promoted and content.completion is None:
        yield Breach(rule=settings.text("rule"), steps=("content", "is_promoted"))
    if is_completed and not content.is_promoted:
        yield Breach(rule=settings.text("rule"), steps=("content", "is_promoted"))


def _is_assessed(row: PrimaryRow) -> bool:
    return row.marks.achievement not in {None, Achievement.EXEMPT}


def possible_outcomes(view: ResultView, settings: RuleSettings) -> frozenset[str]:
    """Return the results that the marks allow, with optional subjects or without."""
    return frozenset[str]().union(*_readings(view, settings))


def _readings(view: ResultView, settings: RuleSettings) -> tuple[frozenset[str], ...]:
    """Return the results that the marks allow with optional subjects, and without, where there are
    any.
    """
    rows = view.primary_rows
    others = tuple(row for row in rows if not row.is_optional)
    lists = (rows,) if len(others) == len(rows) else (rows, others)
    return tuple(_possible(view, settings, counted) for counted in lists)


def _possible(
    view: ResultView, settings: RuleSettings, rows: tuple[PrimaryRow, ...]
) -> frozenset[str]:
    """Return the results that the marks of some subjects allow: one if all are there, more if what
    is missing might decide.
    """
    found = []
    traits = tuple(_traits(view))
    for grade in settings.parts("grades"):
        met = _meets(view, grade, rows, traits=traits)
        if met is not False:
            found.append(grade.text("letter"))
        if met is True:
            break
    return frozenset(found)


def _meets(
    view: ResultView,
    grade: RuleSettings,
    rows: Iterable[PrimaryRow],
    *,
    traits: Iterable[Trait | None],
) -> bool | None:
    """Return whether the conditions of a result are met, None if a missing mark might decide."""
    if "achievement" not in grade:
        return True
    required, least = view.rule_set.tests.part("required"), grade.decimal("test")
    judged: list[bool | None] = [_is_one_of(trait, grade.texts("trait")) for trait in traits]
    for row in rows:
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


def _traits(view: ResultView) -> Iterator[Trait | None]:
    if view.primary is None:
        return
    groups = (
        view.primary.qualities,
        view.primary.general_competences,
        view.primary.specific_competences,
    )
    for group in groups:
        for name in _TRAITS[type(group)]:
            value: object = getattr(group, name)
            if not (value is None and name in _MAY_BE_EMPTY):
                yield value if isinstance(value, Trait) else None
