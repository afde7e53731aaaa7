"""Transcripts that obey a circular, with results worked out here a second time, in whole tenths and
without its data file.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from hocba_sign.model.codes import (
    Achievement,
    CodeEntry,
    MarkLetter,
    PrimaryOutcome,
    SchoolLevel,
    Trait,
    code_list,
)
from hocba_sign.model.primary import PrimaryAssessment
from hocba_sign.model.results import (
    PrimaryMarks,
    SecondaryAssessment,
    SecondaryMarks,
    SubjectResult,
)
from hocba_sign.model.transcript import Transcript
from tests.support.changes import base, mark, rating

Scores = Mapping[str, int]
"""Tenths of a point by subject."""

COMMENT: Final = frozenset({"29", "30", "88", "91", "97", "99"})
OPTIONAL: Final = frozenset({"14", "31", "70"})
Profiles = tuple[tuple[int, int], ...]
PROFILES: Final = ((80, 100), (70, 100), (60, 95), (50, 80), (30, 75), (0, 100))
FAILING: Final = ((0, 49), (10, 45), (0, 34))
WEAK: Final = ((36, 49), (30, 48))
"""Of pupils who may be examined again under TT 58/2011: failing, but not Kém."""


@dataclass(frozen=True)
class Circular:
    """One secondary circular: years by (level, grade), its results best first, and how they are
    worked out.
    """

    code: str
    years: Mapping[tuple[str, int], tuple[int, int]]
    letters: tuple[str, ...]
    passing: str
    conduct: tuple[str, ...]
    outcome: Callable[[Scores, int], str]
    comment: frozenset[str] = COMMENT


def at_least(scores: Scores, least: int) -> int:
    return sum(score >= least for score in scores.values())


def result_22(scores: Scores, failed: int) -> str:
    """TT 22/2021, Đ.9 k.2."""
    lowest = min(scores.values())
    if failed == 0 and lowest >= 65 and at_least(scores, 80) >= 6:
        return "T"
    if failed == 0 and lowest >= 50 and at_least(scores, 65) >= 6:
        return "K"
    return "Đ" if failed <= 1 and lowest >= 35 and at_least(scores, 50) >= 6 else "CĐ"


def adjusted_22(scores: Scores, failed: int) -> str:
    """TT 22/2021, Đ.9 k.3, the one subject counting among the six."""
    scale = ("T", "K", "Đ", "CĐ")
    found = scale.index(result_22(scores, failed))
    without = [scale.index(result_22({**scores, code: 100}, failed)) for code in scores]
    without += [scale.index(result_22(scores, failed - 1))] * failed
    for goal in (0, 1):
        if found >= goal + 2 and sum(one <= goal for one in without) == 1:
            return scale[found - 1]
    return scale[found]


def result_43(scores: Scores, failed: int) -> str:
    """TT 43/2021, Đ.9 k.2, without an adjustment; no condition on comment subjects."""
    del failed
    lowest = min(scores.values())
    for letter, each, best in (("T", 65, 80), ("K", 50, 65), ("Đ", 35, 50)):
        if lowest >= each and at_least(scores, best) >= 5:
            return letter
    return "CĐ"


def mean(scores: Scores) -> int:
    """Return the mean in tenths, half up."""
    return int(Fraction(sum(scores.values()), len(scores)) + Fraction(1, 2))


LEADING: Final = ("15", "19", "69")
LEADING_BEFORE_2020: Final = ("15", "19")


def result_58(scores: Scores, failed: int, overall: int, leaders: tuple[str, ...] = LEADING) -> str:
    """TT 58/2011, Đ.13 k.1-5, with TT 26/2020 or before it."""
    lowest, leading = min(scores.values()), max(scores.get(code, -1) for code in leaders)
    for letter, middle, each in (("G", 80, 65), ("K", 65, 50), ("Tb", 50, 35)):
        if overall >= middle and leading >= middle and lowest >= each and failed == 0:
            return letter
    return "Y" if overall >= 35 and lowest >= 20 else "Kém"


def adjusted_58(scores: Scores, failed: int, leaders: tuple[str, ...] = LEADING) -> str:
    """TT 58/2011, Đ.13 k.6, the one subject standing for a leading one too."""
    overall = mean(scores)
    found = result_58(scores, failed, overall, leaders)
    scale = ("G", "K", "Tb", "Y", "Kém")
    without = [
        scale.index(result_58({**scores, code: 100}, failed, overall, leaders)) for code in scores
    ]
    without += [scale.index(result_58(scores, failed - 1, overall, leaders))] * failed
    for due, low, better in (
        ("G", "Tb", "K"),
        ("G", "Y", "Tb"),
        ("K", "Y", "Tb"),
        ("K", "Kém", "Y"),
    ):
        if found == low and sum(one <= scale.index(due) for one in without) == 1:
            return better
    return found


def conduct_22(first: str, second: str) -> str:
    """TT 22/2021, Đ.8 k.2b, in its own words: term II, but one better for Đ after T, one worse
    after a much worse term I.
    """
    if second == "T":
        return "T" if first in {"T", "K"} else "K"
    if second == "K":
        return "Đ" if first == "CĐ" else "K"
    return "K" if (first, second) == ("T", "Đ") else second


GOOD: Final = ("T", "K", "Đ", "CĐ")
TT22: Final = Circular(
    "TT22/2021",
    {
        ("03", 6): (2021, 2035),
        ("03", 7): (2022, 2035),
        ("03", 8): (2023, 2035),
        ("03", 9): (2024, 2035),
        ("04", 10): (2022, 2035),
        ("04", 11): (2023, 2035),
        ("04", 12): (2024, 2035),
    },
    GOOD,
    "Đ",
    GOOD,
    adjusted_22,
)
TT43: Final = Circular(
    "TT43/2021",
    {("05", 6): (2021, 2035), ("05", 9): (2024, 2035), ("05", 12): (2024, 2035)},
    GOOD,
    "Đ",
    GOOD,
    result_43,
)
TT58: Final = Circular(
    "TT58/2011",
    {
        ("03", 6): (2020, 2020),
        ("03", 8): (2020, 2022),
        ("03", 9): (2020, 2023),
        ("04", 10): (2020, 2021),
        ("04", 12): (2020, 2023),
    },
    ("G", "K", "Tb", "Y", "Kém"),
    "Tb",
    ("T", "K", "Tb", "Y"),
    adjusted_58,
    frozenset({"29", "30", "88", "97"}),
)
TT58_FIRST: Final = dataclasses.replace(
    TT58,
    years=dict.fromkeys(TT58.years, (2011, 2019)),
    outcome=lambda scores, failed: adjusted_58(scores, failed, LEADING_BEFORE_2020),
)
SECONDARY: Final = (TT22, TT43, TT58, TT58_FIRST)


def written(tenths: int) -> Any:
    return mark(f"{tenths // 10}.{tenths % 10}")


@dataclass(frozen=True)
class Drawn:
    """The marks of one subject in tenths, or whether it was passed; both terms, then the year."""

    code: str
    name: str
    values: tuple[int, int, int]
    is_comment: bool
    again: int | None = None

    @property
    def row(self) -> SubjectResult:
        shown = [
            written(one)
            if not self.is_comment
            else (MarkLetter.PASSED if one else MarkLetter.FAILED)
            for one in self.values
        ]
        again = (
            None
            if self.again is None
            else (written(self.again) if not self.is_comment else MarkLetter.PASSED)
        )
        marks = SecondaryMarks(term_1=shown[0], term_2=shown[1], year=shown[2], reassessed=again)
        return SubjectResult(
            code=self.code, name=self.name, marks=marks, teachers=base("lop9").subjects[0].teachers
        )

    @property
    def final(self) -> int:
        return self.values[2] if self.again is None else self.again


def result_of(circular: Circular, drawn: tuple[Drawn, ...], term: int | None) -> str:
    """Return the result of a term (0, 1), of the year (2), or after the summer (None)."""
    values = {one.code: one.final if term is None else one.values[term] for one in drawn}
    scores = {one.code: values[one.code] for one in drawn if not one.is_comment}
    return circular.outcome(scores, sum(not values[one.code] for one in drawn if one.is_comment))


def taught(level: SchoolLevel, grade: int, year: int) -> list[CodeEntry]:
    """Return the subjects of a grade in the school year that begins in `year`."""
    codes = code_list("subjects")
    found = (
        codes.taught(code, level=level, grade=grade, at=date(year + 1, 5, 31))
        for code in codes.entries
    )
    return [entry for entry in found if entry is not None]


@st.composite
def subjects(
    draw: DrawFn,
    circular: Circular,
    place: tuple[SchoolLevel, int, int],
    *,
    profiles: Profiles = PROFILES,
) -> tuple[Drawn, ...]:
    level, grade, year = place
    taught_as = (
        level
        if level is not SchoolLevel.CONTINUING
        else (SchoolLevel.LOWER_SECONDARY if grade <= 9 else SchoolLevel.UPPER_SECONDARY)
    )
    entries = taught(taught_as, grade, year)
    electives = draw(
        st.permutations([entry.code for entry in entries if entry.group == "elective"])
    )[:4]
    optional = draw(
        st.sets(
            st.sampled_from(sorted(entry.code for entry in entries if entry.group == "optional"))
        )
    )
    least, most = draw(st.sampled_from(profiles))
    outlier = draw(st.integers(0, 60))
    found = []
    for n, entry in enumerate(entries):
        if entry.group != "compulsory" and entry.code not in {*electives, *optional}:
            continue
        if entry.code in circular.comment:
            first, second = draw(st.integers(0, 9)), draw(st.integers(0, 19))
            found.append(
                Drawn(
                    entry.code,
                    entry.name,
                    (int(first > 0), int(second > 0), int(second > 0)),
                    is_comment=True,
                )
            )
            continue
        low, high = (0, 49) if outlier == n else (least, most)
        first, second = draw(st.integers(low, high)), draw(st.integers(low, high))
        whole = int(Fraction(first + 2 * second, 3) + Fraction(1, 2))
        found.append(Drawn(entry.code, entry.name, (first, second, whole), is_comment=False))
    return tuple(found)


@st.composite
def secondary(
    draw: DrawFn, circular: Circular, *, repeats: bool = False
) -> tuple[Transcript, tuple[Drawn, ...]]:
    """Return a transcript that obeys, and its marks; of a pupil assessed again in summer where
    `repeats`.
    """
    (code, grade), (earliest, latest) = draw(st.sampled_from(sorted(circular.years.items())))
    level, year = SchoolLevel(code), draw(st.integers(earliest, latest))
    drawn = draw(
        subjects(
            circular,
            (level, grade, year),
            profiles=(WEAK if "Kém" in circular.letters else FAILING) if repeats else PROFILES,
        )
    )
    able = circular.conduct[:2] if repeats else circular.conduct
    first, second = draw(st.sampled_from(able)), draw(st.sampled_from(able))
    conduct = conduct_22(first, second) if circular.conduct == GOOD else draw(st.sampled_from(able))
    worst = circular.conduct.index(circular.passing)
    later = (
        draw(st.sampled_from((circular.passing, circular.conduct[-1])))
        if circular.conduct.index(conduct) > worst
        else None
    )
    learning = result_of(circular, drawn, 2)
    failing = set(circular.letters[circular.letters.index(circular.passing) + 1 :])
    if learning in failing - {"Kém"} and later is None and (repeats or draw(st.booleans())):
        drawn = tuple(_again(draw, one) for one in drawn)
    again = (
        result_of(circular, drawn, None) if any(one.again is not None for one in drawn) else None
    )
    absences = draw(st.sampled_from((None, 0, 3, 45, 46, 120)))
    is_able = (later or conduct) not in set(circular.conduct[worst + 1 :]) and (
        again or learning
    ) not in failing
    assessment = SecondaryAssessment(
        learning_1=rating(result_of(circular, drawn, 0)),
        learning_2=rating(result_of(circular, drawn, 1)),
        learning=rating(learning),
        conduct_1=rating(first),
        conduct_2=rating(second),
        conduct=rating(conduct),
        learning_after_summer=rating(again) if again else None,
        conduct_after_summer=rating(later) if later else None,
        absences=absences,
        promotion="Được xét",
    )
    is_promoted = is_able and (absences or 0) <= 45
    content = dataclasses.replace(
        base("lop9").content,
        earlier_years=(),
        subjects=tuple(one.row for one in drawn),
        assessment=assessment,
        is_promoted=is_promoted,
        completion="Hoàn thành chương trình" if is_promoted and grade in {9, 12} else None,
        award="Học sinh Giỏi" if (learning, conduct) == (circular.letters[0], "T") else None,
    )
    identification = dataclasses.replace(
        base("lop9").identification,
        level=level,
        grade=grade,
        rule_set=circular.code,
        school_year=f"{year}-{year + 1}",
    )
    return dataclasses.replace(base("lop9"), identification=identification, content=content), drawn


def _again(draw: DrawFn, one: Drawn) -> Drawn:
    if one.is_comment:
        return one if one.values[2] else dataclasses.replace(one, again=1)
    return dataclasses.replace(one, again=draw(st.integers(30, 100))) if one.values[2] < 50 else one


TESTED: Final = {"01": 1, "02": 1, "11": 3, "05": 4, "13": 4, "12": 3, "87": 3}
"""First grade with a test at the end of the year."""


@st.composite
def primary(draw: DrawFn, code: str) -> Transcript:
    """Return a primary transcript that obeys TT27/2020 or TT22/2016."""
    grade = draw(st.integers(1, 5))
    is_new = code == "TT27/2020"
    year = (
        draw(st.integers(2019 + grade, 2035)) if is_new else draw(st.integers(2016, 2018 + grade))
    )
    entries = taught(SchoolLevel.PRIMARY, grade, year)
    achievements, traits, least = draw(
        st.sampled_from(
            (("T", "T", 9), ("T", "T", 7), ("TH", "TĐ", 5), ("THC", "TĐ", 1), ("TH", "TĐC", 1))
        )
    )
    rows = []
    for entry in entries:
        is_optional = entry.group == "optional"
        if is_optional and draw(st.booleans()):
            continue
        is_exempt = entry.code == "88" and draw(st.integers(0, 9)) == 0
        achievement = (
            Achievement.EXEMPT
            if is_exempt
            else Achievement(draw(st.sampled_from("T" if is_optional else achievements)))
        )
        has_test = grade >= TESTED.get(entry.code, 6) or (
            is_optional and (grade >= 3 or draw(st.booleans()))
        )
        test = (
            mark("10" if is_optional else str(draw(st.integers(least, 10))))
            if has_test and not is_exempt
            else None
        )
        marks = PrimaryMarks(
            achievement=achievement, test=MarkLetter.EXEMPT if is_exempt and has_test else test
        )
        rows.append(SubjectResult(code=entry.code, name=entry.name, marks=marks))
    source = base("lop5").content.assessment
    assert isinstance(source, PrimaryAssessment)

    def trait() -> Trait:
        return Trait(draw(st.sampled_from(traits)))

    groups = {
        name: dataclasses.replace(
            getattr(source, name),
            **{
                field.name: trait()
                for field in dataclasses.fields(getattr(source, name))
                if field.name != "comment"
            },
        )
        for name in ("qualities", "general_competences", "specific_competences")
    }
    outcome = primary_outcome(rows, groups)
    is_done = outcome is not PrimaryOutcome.NOT_DONE
    assessment = dataclasses.replace(
        source,
        **groups,
        outcome=outcome if is_new else None,
        has_completed_grade=is_done,
        has_completed_primary=is_done if grade == 5 else draw(st.sampled_from((None, False))),
    )
    best = (
        "Học sinh Xuất sắc"
        if is_new
        else "Học sinh hoàn thành xuất sắc các nội dung học tập và rèn luyện"
    )
    content = dataclasses.replace(
        base("lop5").content,
        earlier_years=(),
        subjects=tuple(rows),
        assessment=assessment,
        is_promoted=is_done,
        completion=None,
        award=best if outcome is PrimaryOutcome.EXCELLENT else None,
    )
    identification = dataclasses.replace(
        base("lop5").identification, grade=grade, rule_set=code, school_year=f"{year}-{year + 1}"
    )
    return dataclasses.replace(base("lop5"), identification=identification, content=content)


def primary_outcome(rows: list[SubjectResult], groups: Mapping[str, Any]) -> PrimaryOutcome:
    """TT 27/2020, Đ.9 k.2a."""
    marks = [
        row.marks
        for row in rows
        if isinstance(row.marks, PrimaryMarks) and row.marks.achievement is not Achievement.EXEMPT
    ]
    achieved = {one.achievement for one in marks}
    lowest = min(
        (
            int(one.test)
            for one in marks
            if one.test is not None and not isinstance(one.test, MarkLetter)
        ),
        default=10,
    )
    traits = {value for group in groups.values() for value in _letters(group)}
    if achieved <= {Achievement.VERY_GOOD} and traits <= {Trait.GOOD} and lowest >= 7:
        return PrimaryOutcome.EXCELLENT if lowest >= 9 else PrimaryOutcome.GOOD
    is_done = (
        Achievement.NOT_DONE not in achieved and Trait.NEEDS_EFFORT not in traits and lowest >= 5
    )
    return PrimaryOutcome.DONE if is_done else PrimaryOutcome.NOT_DONE


def _letters(group: Any) -> list[Trait]:
    return [
        value
        for field in dataclasses.fields(group)
        if isinstance(value := getattr(group, field.name), Trait)
    ]


def any_obeying() -> SearchStrategy[Transcript]:
    """Return transcripts that obey any circular."""
    old_and_new = [primary(code) for code in ("TT27/2020", "TT22/2016")]
    return st.one_of(
        *old_and_new, *(secondary(circular).map(lambda pair: pair[0]) for circular in SECONDARY)
    )
