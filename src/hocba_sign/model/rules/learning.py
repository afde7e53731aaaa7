"""The result of learning of a term or a year, from the marks of all subjects."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from itertools import product
from types import MappingProxyType
from typing import Final

from hocba_sign.model.codes import MarkLetter
from hocba_sign.model.rules.law import (
    BEST,
    WORST,
    Adjustment,
    Grade,
    Interpretation,
    Law,
    Pardon,
    Possible,
    PupilCase,
    Rounding,
    Single,
    SubjectEntry,
)
from hocba_sign.model.rules.settings import RuleSettings
from hocba_sign.model.rules.transcript_view import Breach, Period, ResultView, Row, result_steps

_REMEMBERED: Final = 256
"""Results kept: promotion, titles and words ask for those of the same pupil again."""


def learning(view: ResultView, settings: RuleSettings) -> Iterator[Breach]:
    """Compare each recorded result with every result that a reading of the circular gives.

    A result that only some readings give passes, with a warning for each choice on which it hangs.
    Where a mark is blank, a result passes that some mark in its place would give.
    """
    for result in settings.parts("results"):
        field = result.text("field")
        recorded = view.result(field)
        found = _possible(view, settings, result) if recorded else None
        if found is None:
            continue
        if not recorded & found.letters:
            name = _wrong(recorded, found, result)
            yield Breach(
                rule=result.text(name) if name in result else settings.text(name),
                steps=result_steps(field),
            )
            continue
        readings = (
            _usual(found.readings, recorded) if settings.is_set("prefers_usual") else found.readings
        )
        for choice, rule in (
            ("rounding", "tie"),
            ("single", "ambiguous"),
            ("has_optional", "optional"),
        ):
            if _hangs_on(choice, readings):
                yield Breach(rule=settings.text(rule), steps=result_steps(field))


def known(view: ResultView, field: str) -> frozenset[str]:
    """Return what a result may be: the recorded one, of several meanings that of the marks; where
    none is recorded, what the marks allow.
    """
    recorded, settings = view.result(field), view.rule_set.settings("learning")
    parts = settings.parts("results") if settings is not None else ()
    result = next((part for part in parts if part.text("field") == field), None)
    if settings is None or result is None:
        return recorded
    is_of_summer = result.text("period") == "summer" and not any(
        row.marks.reassessed is not None for row in view.rows
    )
    found = None if is_of_summer and not recorded else _possible(view, settings, result)
    allowed = found.letters | found.special if found is not None else frozenset()
    return recorded & allowed or recorded or allowed


def _wrong(recorded: frozenset[str], found: Possible, result: RuleSettings) -> str:
    """Name the kind of breach where the recorded letters are none of the allowed ones."""
    if recorded & found.special:
        return "stricter"
    if recorded & found.unadjusted and "adjusted" in result:
        return "adjusted"
    certain = frozenset(result.texts("certain"))
    return "uncertain" if certain and not (recorded | found.letters) & certain else "wrong"


def _possible(view: ResultView, settings: RuleSettings, result: RuleSettings) -> Possible | None:
    """Return what the marks of a period allow, None where there is no score at all."""
    entries = _entries(view.rows, result.text("period"))
    if not any(entry.score is not None and not entry.is_blank for entry in entries):
        return None
    is_special = view.level.value in settings.texts("stricter_levels")
    law = _law(settings, view.rule_set.subject_groups)
    return _possible_of(
        law, entries, is_doubtful=result.is_set("is_single_uncertain"), is_special=is_special
    )


@lru_cache(_REMEMBERED)
def _possible_of(
    law: Law, entries: tuple[SubjectEntry, ...], *, is_doubtful: bool, is_special: bool
) -> Possible:
    codes = [entry.code for entry in entries if entry.score is not None] if is_special else []
    if any(entry.is_blank for entry in entries):
        best, worst = (
            tuple(entry.filled(is_best=is_best) for entry in entries) for is_best in (True, False)
        )
        top = frozenset(_outcomes(law, best, None).values())
        letters = _between(law, top, frozenset(_outcomes(law, worst, None).values()))
        lower = frozenset(
            letter for code in codes for letter in _outcomes(law, worst, code).values()
        )
        return Possible(
            letters,
            (_between(law, top, lower) if lower else letters) - letters,
            MappingProxyType({}),
            frozenset(),
        )
    every = _outcomes(law, entries, None)
    readings = {
        reading: letter
        for reading, letter in every.items()
        if is_doubtful or reading.single != "unadjusted"
    }
    letters = frozenset(readings.values())
    special = frozenset(
        letter for code in codes for letter in _outcomes(law, entries, code).values()
    )
    return Possible(
        letters, special - letters, MappingProxyType(readings), frozenset(every.values()) - letters
    )


def _between(law: Law, top: frozenset[str], bottom: frozenset[str]) -> frozenset[str]:
    """Return the letters from the best of `top` to the worst of `bottom`: a better mark never makes
    a worse result.
    """
    first, last = min(map(law.order.index, top)), max(map(law.order.index, bottom))
    return frozenset(law.order[first : last + 1])


def _entries(rows: tuple[Row, ...], period: str) -> tuple[SubjectEntry, ...]:
    """Return all that counts, blank where a mark is missing or malformed.

    Of the period `summer` are the marks of the year, with those of the re-assessment in their
    place.
    """
    found, usual = [], _period(period)
    for row in rows:
        at = "reassessed" if period == "summer" and row.marks.reassessed is not None else usual
        letter, score = row.letter(at), row.score(at)
        if MarkLetter.EXEMPT in {letter, row.letter("year")} or (
            row.is_given_up and usual != "term_1"
        ):
            continue
        is_blank = (letter if row.is_comment else score) is None
        value = None if row.is_comment else (score or WORST)
        found.append(
            SubjectEntry(
                row.subject.code, value, letter is not MarkLetter.FAILED, row.is_optional, is_blank
            )
        )
    return tuple(found)


def _period(name: str) -> Period:
    match name:
        case "term_1" | "term_2":
            return name
        case _:
            return "year"


@cache
def _law(settings: RuleSettings, groups: RuleSettings) -> Law:
    return Law(
        grades=tuple(_grade(part, groups) for part in settings.parts("grades")),
        adjustments=tuple(
            Adjustment(due=part.text("due"), lowered=part.text("from"), raised=part.text("to"))
            for part in settings.parts("single")
        ),
        roundings=("half_up", "half_even") if "tie" in settings else ("half_up",),
        has_doubtful_options="optional" in settings,
    )


def _grade(given: RuleSettings, groups: RuleSettings) -> Grade:
    many, one_of = given.part("many"), given.part("one_of")
    return Grade(
        letter=given.text("letter"),
        mean=given.optional_decimal("mean"),
        each=given.optional_decimal("each"),
        many=(many.integer("count"), many.decimal("least")) if many.values else None,
        one_of=(frozenset(groups.texts(one_of.text("subjects"))), one_of.decimal("least"))
        if one_of.values
        else None,
        failed=given.optional_integer("failed"),
        special=given.optional_decimal("special"),
    )


def _outcomes(
    law: Law, entries: tuple[SubjectEntry, ...], special: str | None
) -> Mapping[Interpretation, str]:
    """Return the letter by every reading, among them that without an adjustment."""
    found = {}
    singles: tuple[Single, ...] = ("counted", "ignored", "unadjusted")
    has_choice = (
        law.has_doubtful_options
        and len({entry.is_optional for entry in entries if entry.score is not None}) > 1
    )
    for rounding, has_optional in product(law.roundings, (True, False) if has_choice else (True,)):
        counted = (
            entries if has_optional else tuple(entry for entry in entries if not entry.is_optional)
        )
        case = PupilCase(law, counted, _mean(counted, rounding), special)
        letter = _letter(case, None)
        steps = tuple(step for step in law.adjustments if step.lowered == letter)
        for single in singles:
            found[Interpretation(rounding, single, has_optional)] = (
                _adjusted(case, steps, single) if steps else letter
            )
    return found


def _letter(case: PupilCase, pardon: Pardon | None) -> str:
    able = (grade for grade in case.law.grades if grade.mean is None or case.mean >= grade.mean)
    return next(grade.letter for grade in able if _meets(grade, case, pardon))


def _adjusted(case: PupilCase, steps: tuple[Adjustment, ...], single: Single) -> str:
    """Return the letter after the first adjustment that applies: exactly one subject keeps the
    pupil from the letter due.
    """
    order = case.law.order
    if single != "unadjusted":
        reached = [
            order.index(_letter(case, Pardon(entry.code, is_counted=single == "counted")))
            for entry in case.entries
        ]
        for step in steps:
            if sum(place <= order.index(step.due) for place in reached) == 1:
                return step.raised
    return steps[0].lowered


def _meets(grade: Grade, case: PupilCase, pardon: Pardon | None) -> bool:
    """Judge the conditions of one letter but that on the mean, which no pardon changes."""
    forgiven = pardon.code if pardon else None
    scores = [(entry.code, entry.score) for entry in case.entries if entry.score is not None]
    if grade.each is not None and any(
        score < grade.each for code, score in scores if code != forgiven
    ):
        return False
    if grade.special is not None and any(
        score < grade.special for code, score in scores if code == case.special != forgiven
    ):
        return False
    if (
        grade.failed is not None
        and sum(not entry.is_passed for entry in case.entries if entry.code != forgiven)
        > grade.failed
    ):
        return False
    if pardon and pardon.is_counted:
        scores = [(code, BEST if code == forgiven else score) for code, score in scores]
    if (
        grade.many is not None
        and sum(score >= grade.many[1] for _, score in scores) < grade.many[0]
    ):
        return False
    return grade.one_of is None or any(
        code in grade.one_of[0] and score >= grade.one_of[1] for code, score in scores
    )


def _mean(entries: tuple[SubjectEntry, ...], rounding: Rounding) -> Decimal:
    """Return the mean of the scores to one decimal, computed in whole tenths; -1 where there is no
    score.
    """
    scores = [entry.score for entry in entries if entry.score is not None]
    if not scores:
        return Decimal(-1)
    tenths, rest = divmod(int(sum(scores) * 10), len(scores))
    is_tie = 2 * rest == len(scores)
    goes_up = 2 * rest > len(scores) or (is_tie and (rounding == "half_up" or tenths % 2 == 1))
    return Decimal(tenths + goes_up) / 10


def _usual(
    readings: Mapping[Interpretation, str], recorded: frozenset[str]
) -> Mapping[Interpretation, str]:
    """Leave the readings without an adjustment and without optional subjects out where the recorded
    letter does not need them.
    """
    usual = {
        reading: letter
        for reading, letter in readings.items()
        if reading.single != "unadjusted" and reading.has_optional
    }
    return usual if recorded & frozenset(usual.values()) else readings


def _hangs_on(choice: str, outcomes: Mapping[Interpretation, str]) -> bool:
    others = tuple(name for name in ("rounding", "single", "has_optional") if name != choice)
    seen: dict[tuple[object, ...], str] = {}
    return any(
        seen.setdefault(tuple(getattr(reading, name) for name in others), letter) != letter
        for reading, letter in outcomes.items()
    )
