"""The result of learning of a term or a year, from the marks of all subjects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Final, Literal, TypeAlias

from hocba_sign.model.codes import MarkLetter
from hocba_sign.model.rules.settings import Settings
from hocba_sign.model.rules.view import Breach, Period, Row, View, result_steps

Rounding: TypeAlias = Literal["half_up", "half_even"]
Single: TypeAlias = Literal["counted", "ignored", "unadjusted"]
"""How the one subject that pulls a result down is seen: as good as it can be, as if it were not there, or not adjusted for."""

_BEST: Final = Decimal(10)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one subject contributes: a score, or whether a subject assessed by comment is passed."""

    code: str
    score: Decimal | None
    is_passed: bool
    is_optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The conditions of one letter; those that are None do not apply.

    `mean` over all scores, `each` score, at least `many[0]` scores from `many[1]`, at least one score of the subjects
    `one_of[0]` from `one_of[1]`, at most `failed` subjects CĐ.
    """

    letter: str
    mean: Decimal | None = None
    each: Decimal | None = None
    many: tuple[int, Decimal] | None = None
    one_of: tuple[frozenset[str], Decimal] | None = None
    failed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """`lowered` becomes `raised` where a single subject keeps the pupil from `due` or better."""

    due: str
    lowered: str
    raised: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """Letters with their conditions, best first, the adjustments, and the roundings of the mean that the circular leaves open."""

    grades: tuple[Grade, ...]
    adjustments: tuple[Adjustment, ...]
    roundings: tuple[Rounding, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the circular where it leaves a choice."""

    rounding: Rounding
    single: Single
    has_optional: bool


@dataclass(frozen=True, slots=True)
class Case:
    """The marks of one pupil under one law, with the mean of the scores that count."""

    law: Law
    entries: tuple[Entry, ...]
    mean: Decimal


@dataclass(frozen=True, slots=True)
class Pardon:
    """The subject not held against the pupil, and whether it counts where good marks are counted."""

    code: str
    is_counted: bool


def learning(view: View, settings: Settings) -> Iterator[Breach]:
    """Compare each recorded result with every result that a reading of the circular gives.

    A result that only some readings give passes, with a warning for each choice on which it hangs.
    """
    law = _law(settings)
    for result in settings.parts("results"):
        field = result.text("field")
        recorded = view.result(field)
        entries = _entries(view.rows, result.text("period")) if recorded else ()
        if not entries:
            continue
        outcomes = _outcomes(law, entries, is_doubtful=result.is_set("is_single_uncertain"))
        allowed = frozenset(outcomes.values())
        if not recorded & allowed:
            is_unadjusted = recorded == {_letter(Case(law, entries, _mean(entries, "half_up")), None)}
            name = "adjusted" if is_unadjusted and "adjusted" in result else _wrong(view, (settings, result), (recorded, allowed))
            yield Breach(rule=result.text(name) if name in result else settings.text(name), steps=result_steps(field))
            continue
        for choice, rule in (("rounding", "tie"), ("single", "ambiguous"), ("has_optional", "optional")):
            if len(allowed) > 1 and _hangs_on(choice, outcomes):
                yield Breach(rule=settings.text(rule), steps=result_steps(field))


def _wrong(view: View, data: tuple[Settings, Settings], letters: tuple[frozenset[str], frozenset[str]]) -> str:
    """Name the kind of breach where the recorded letters are none of the allowed ones."""
    (settings, result), (recorded, allowed) = data, letters
    order = view.scale(result.text("field")).order
    if view.level.value in settings.texts("stricter_levels") and min(map(order.index, recorded)) > max(map(order.index, allowed)):
        return "stricter"
    certain = frozenset(result.texts("certain"))
    return "uncertain" if certain and not (recorded | allowed) & certain else "wrong"


def _entries(rows: tuple[Row, ...], period: str) -> tuple[Entry, ...]:
    """Give all that counts, nothing if a mark is missing or malformed: then no result can be told.

    Of the period `summer` are the marks of the year, with those of the re-assessment in their place.
    """
    found, usual = [], _period(period)
    for row in rows:
        at = "reassessed" if period == "summer" and row.marks.reassessed is not None else usual
        letter, score = row.letter(at), row.score(at)
        if MarkLetter.EXEMPT in {letter, row.letter("year")}:
            continue
        if (letter if row.is_comment else score) is None:
            return ()
        found.append(Entry(row.subject.code, None if row.is_comment else score, letter is not MarkLetter.FAILED, row.is_optional))
    return tuple(found) if any(entry.score is not None for entry in found) else ()


def _period(name: str) -> Period:
    match name:
        case "term_1" | "term_2":
            return name
        case _:
            return "year"


@cache
def _law(settings: Settings) -> Law:
    return Law(
        grades=tuple(_grade(one) for one in settings.parts("grades")),
        adjustments=tuple(
            Adjustment(due=one.text("due"), lowered=one.text("from"), raised=one.text("to")) for one in settings.parts("single")
        ),
        roundings=("half_up", "half_even") if "tie" in settings else ("half_up",),
    )


def _grade(given: Settings) -> Grade:
    many, one_of = given.part("many"), given.part("one_of")
    return Grade(
        letter=given.text("letter"),
        mean=given.optional_decimal("mean"),
        each=given.optional_decimal("each"),
        many=(many.integer("count"), many.decimal("least")) if many.values else None,
        one_of=(frozenset(one_of.texts("subjects")), one_of.decimal("least")) if one_of.values else None,
        failed=given.optional_integer("failed"),
    )


def _outcomes(law: Law, entries: tuple[Entry, ...], *, is_doubtful: bool) -> Mapping[Reading, str]:
    """Give the letter by every reading, among them that without an adjustment where it is doubtful whether there is one."""
    found = {}
    singles: tuple[Single, ...] = ("counted", "ignored", "unadjusted") if is_doubtful else ("counted", "ignored")
    has_choice = len({entry.is_optional for entry in entries if entry.score is not None}) > 1
    for rounding, has_optional in product(law.roundings, (True, False) if has_choice else (True,)):
        counted = entries if has_optional else tuple(entry for entry in entries if not entry.is_optional)
        case = Case(law, counted, _mean(counted, rounding))
        letter = _letter(case, None)
        steps = tuple(step for step in law.adjustments if step.lowered == letter)
        for single in singles:
            found[Reading(rounding, single, has_optional)] = _adjusted(case, steps, single) if steps else letter
    return found


def _letter(case: Case, pardon: Pardon | None) -> str:
    able = (grade for grade in case.law.grades if grade.mean is None or case.mean >= grade.mean)
    return next(grade.letter for grade in able if _meets(grade, case.entries, pardon))


def _adjusted(case: Case, steps: tuple[Adjustment, ...], single: Single) -> str:
    """Give the letter after the first adjustment that applies: exactly one subject keeps the pupil from the letter due."""
    order = [grade.letter for grade in case.law.grades]
    if single != "unadjusted":
        reached = [order.index(_letter(case, Pardon(entry.code, is_counted=single == "counted"))) for entry in case.entries]
        for step in steps:
            if sum(place <= order.index(step.due) for place in reached) == 1:
                return step.raised
    return steps[0].lowered


def _meets(grade: Grade, entries: tuple[Entry, ...], pardon: Pardon | None) -> bool:
    """Judge the conditions of one letter but that on the mean, which no pardon changes."""
    forgiven = pardon.code if pardon else None
    scores = [(entry.code, entry.score) for entry in entries if entry.score is not None]
    if grade.each is not None and any(score < grade.each for code, score in scores if code != forgiven):
        return False
    if grade.failed is not None and sum(not entry.is_passed for entry in entries if entry.code != forgiven) > grade.failed:
        return False
    if pardon and pardon.is_counted:
        scores = [(code, _BEST if code == forgiven else score) for code, score in scores]
    if grade.many is not None and sum(score >= grade.many[1] for _, score in scores) < grade.many[0]:
        return False
    return grade.one_of is None or any(code in grade.one_of[0] and score >= grade.one_of[1] for code, score in scores)


def _mean(entries: tuple[Entry, ...], rounding: Rounding) -> Decimal:
    """Give the mean of the scores to one decimal, computed in whole tenths; -1 where there is no score."""
    scores = [entry.score for entry in entries if entry.score is not None]
    if not scores:
        return Decimal(-1)
    tenths, rest = divmod(int(sum(scores) * 10), len(scores))
    is_tie = 2 * rest == len(scores)
    goes_up = 2 * rest > len(scores) or (is_tie and (rounding == "half_up" or tenths % 2 == 1))
    return Decimal(tenths + goes_up) / 10


def _hangs_on(choice: str, outcomes: Mapping[Reading, str]) -> bool:
    others = tuple(name for name in ("rounding", "single", "has_optional") if name != choice)
    seen: dict[tuple[object, ...], str] = {}
    return any(seen.setdefault(tuple(getattr(reading, name) for name in others), letter) != letter for reading, letter in outcomes.items())
