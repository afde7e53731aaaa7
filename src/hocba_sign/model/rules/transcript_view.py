"""A transcript as the checks see it: subjects by kind, marks by period, results by what their
letters mean.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final, Literal, Self, TypeAlias

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import MarkLetter, SchoolLevel, code_list
from hocba_sign.model.lexical import Mark
from hocba_sign.model.primary import PrimaryAssessment
from hocba_sign.model.results import (
    PrimaryMarks,
    SecondaryAssessment,
    SecondaryMarks,
    SubjectResult,
)
from hocba_sign.model.rules.ruleset import RuleSet, Scale, first_year
from hocba_sign.model.rules.settings import RuleSettings
from hocba_sign.model.transcript import Transcript

Period: TypeAlias = Literal["term_1", "term_2", "year", "reassessed"]
PERIODS: Final[tuple[Period, ...]] = ("term_1", "term_2", "year", "reassessed")
_LAST_LOWER_GRADE: Final = 9
_TENTH: Final = Decimal("0.1")
_KNOWN_CODES: Final = 1024
"""Codes whose group is kept: there are about 50, but a document may name any."""
_KNOWN_PLACES: Final = 256
"""Grades of levels in one year whose subjects are kept."""
_END_OF_YEAR: Final = (5, 31)
_NOT_FOR_ALL: Final = frozenset({"elective", "optional"})
_DISABLED: Final = re.compile(
    r"khuyết tật|\bhskt\b|kế hoạch giáo dục cá nhân|(?:học|giáo dục) h(?:òa|oà) nhập"
)
_NOT_THE_PUPIL: Final = re.compile(r"\b(?:con|cha|bố|mẹ|cháu|không)\b[^;,.\n]{0,40}khuyết tật")
_SPECIAL_SCHOOL: Final = re.compile(r"chuyên biệt|khuyết tật|khiếm thị|khiếm thính")


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """The rule with the id `rule` is broken at the attribute to which `steps` lead from the
    transcript.
    """

    rule: str
    steps: tuple[str | int, ...]


Check: TypeAlias = Callable[["ResultView", RuleSettings], Iterator[Breach]]


def is_score(value: Mark | None) -> bool:
    """Return whether `value` is a score from 0 to 10 with at most one decimal."""
    return (
        isinstance(value, Decimal)
        and value.is_finite()
        and 0 <= value <= 10
        and value == value.quantize(_TENTH)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One subject of a secondary transcript, `n` counted from 0."""

    n: int
    subject: SubjectResult
    marks: SecondaryMarks
    is_comment: bool
    group: str

    @property
    def is_optional(self) -> bool:
        return self.group == "optional"

    @property
    def is_given_up(self) -> bool:
        """Return whether a subject that not everybody takes was left after term I, as when
        electives are changed.
        """
        later = (self.marks.term_2, self.marks.year, self.marks.reassessed)
        return (
            self.group in _NOT_FOR_ALL
            and self.marks.term_1 is not None
            and later == (None, None, None)
        )

    def mark(self, period: Period) -> Mark | None:
        match period:
            case "term_1":
                return self.marks.term_1
            case "term_2":
                return self.marks.term_2
            case "year":
                return self.marks.year
            case "reassessed":
                return self.marks.reassessed

    def score(self, period: Period) -> Decimal | None:
        """Return a well-formed score, None where there is none."""
        value = self.mark(period)
        return value if isinstance(value, Decimal) and is_score(value) else None

    def letter(self, period: Period) -> MarkLetter | None:
        value = self.mark(period)
        return value if isinstance(value, MarkLetter) else None

    def steps(self, period: Period) -> tuple[str | int, ...]:
        return ("content", "subjects", self.n, "marks", period)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryRow:
    """One subject of a primary transcript, `n` counted from 0."""

    n: int
    subject: SubjectResult
    marks: PrimaryMarks
    is_optional: bool

    def steps(self, attribute: str) -> tuple[str | int, ...]:
        return ("content", "subjects", self.n, "marks", attribute)


@dataclass(frozen=True, kw_only=True)
class ResultView:
    """What the checks read.

    Rows and assessments of the form of another level are left out, so are the blank rows of
    subjects not chosen.
    """

    transcript: Transcript
    rule_set: RuleSet
    is_by_plan: bool

    @classmethod
    def of(cls, transcript: Transcript, rule_set: RuleSet) -> Self:
        return cls(transcript=transcript, rule_set=rule_set, is_by_plan=has_own_plan(transcript))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(
            Row(
                n=n,
                subject=subject,
                marks=subject.marks,
                is_comment=subject.code in self.rule_set.comment_subjects,
                group=group,
            )
            for n, subject, group in self._given
            if isinstance(subject.marks, SecondaryMarks)
        )

    @cached_property
    def primary_rows(self) -> tuple[PrimaryRow, ...]:
        return tuple(
            PrimaryRow(n=n, subject=subject, marks=subject.marks, is_optional=group == "optional")
            for n, subject, group in self._given
            if isinstance(subject.marks, PrimaryMarks)
        )

    @cached_property
    def _given(self) -> tuple[tuple[int, SubjectResult, str], ...]:
        """Return the subjects with results, with their numbers and groups."""
        place = _place(self.transcript)
        groups = [subject_group(subject.code, place) for subject in self.transcript.subjects]
        return tuple(
            (n, subject, group)
            for n, (subject, group) in enumerate(zip(self.transcript.subjects, groups, strict=True))
            if not (subject.is_blank and (self.is_by_plan or group in _NOT_FOR_ALL))
        )

    @property
    def grade(self) -> int:
        return self.transcript.identification.grade

    @property
    def level(self) -> SchoolLevel:
        return self.transcript.level

    @property
    def compulsory(self) -> tuple[str, ...]:
        """Return the codes of the subjects that everybody takes in this grade and year."""
        return _compulsory(_place(self.transcript))

    @property
    def secondary(self) -> SecondaryAssessment | None:
        assessment = self.transcript.content.assessment
        return assessment if isinstance(assessment, SecondaryAssessment) else None

    @property
    def primary(self) -> PrimaryAssessment | None:
        assessment = self.transcript.content.assessment
        return assessment if isinstance(assessment, PrimaryAssessment) else None

    def scale(self, field: str) -> Scale:
        """Return the scale of a result field: `learning_1` is on the scale `learning`."""
        return self.rule_set.scales[field.partition("_")[0]]

    def written(self, field: str) -> str | None:
        """Return the letter of a result field of secondary school as it stands."""
        value: object = getattr(self.secondary, field, None)
        return None if value is None else str(value)

    def result(self, field: str) -> frozenset[str]:
        """Return what a result field may mean on its scale, nothing where it is empty or
        strange.
        """
        return self.scale(field).read(self.written(field))


def taught_as(transcript: Transcript) -> SchoolLevel:
    """Return the level by which subjects are listed: continuing education has those of both
    secondary levels.
    """
    if transcript.level is not SchoolLevel.CONTINUING:
        return transcript.level
    return (
        SchoolLevel.LOWER_SECONDARY
        if transcript.identification.grade <= _LAST_LOWER_GRADE
        else SchoolLevel.UPPER_SECONDARY
    )


def has_own_plan(transcript: Transcript) -> bool:
    """Return whether the pupil is assessed by an individual plan: as the field says, else as the
    words about the pupil or the school do.
    """
    particulars, given = transcript.content.particulars, transcript.identification
    if particulars.has_individual_plan is not None:
        return particulars.has_individual_plan
    policy = (particulars.policy_group or "").casefold()
    place = f"{given.school.name}\n{given.class_name}".casefold()
    return bool(_DISABLED.search(_NOT_THE_PUPIL.sub("", policy)) or _SPECIAL_SCHOOL.search(place))


Place: TypeAlias = tuple[SchoolLevel, int, date]
"""A grade of a level on a day."""


def _place(transcript: Transcript) -> Place:
    return taught_as(transcript), transcript.identification.grade, end_of_year(transcript)


def end_of_year(transcript: Transcript) -> date:
    """Return the last day of the school year; that of a year that is none is never over."""
    year = first_year(transcript.identification.school_year)
    return (
        date(year + 1, *_END_OF_YEAR) if year is not None and 0 < year < date.max.year else date.max
    )


@lru_cache(_KNOWN_PLACES)
def _compulsory(place: Place) -> tuple[str, ...]:
    level, grade, day = place
    codes = code_list("subjects")
    taught = (
        (code, codes.taught(code, level=level, grade=grade, at=day)) for code in codes.entries
    )
    return tuple(
        code for code, entry in taught if entry is not None and entry.group == "compulsory"
    )


@lru_cache(_KNOWN_CODES)
def subject_group(code: str, place: Place) -> str:
    """Return the group of a subject in the programme of that day, else in the other one."""
    level, grade, day = place
    taught = code_list("subjects").taught(code, level=level, grade=grade, at=day)
    if taught is not None:
        return taught.group
    entries = code_list("subjects").entries.get(code, ())
    return next(
        (entry.group for entry in entries if entry.level is level and grade in entry.grades), ""
    )


def result_steps(field: str) -> tuple[str | int, ...]:
    return ("content", "assessment", field)
