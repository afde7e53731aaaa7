"""A transcript as the checks see it: subjects by kind, marks by period, results by what their letters mean."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, Self, TypeAlias

from hocba_sign.model.codes import Level, MarkLetter, code_list
from hocba_sign.model.lexical import Mark
from hocba_sign.model.results import PrimaryAssessment, PrimaryMarks, SecondaryAssessment, SecondaryMarks, SubjectResult
from hocba_sign.model.rules.ruleset import RuleSet, Scale
from hocba_sign.model.rules.settings import Settings
from hocba_sign.model.transcript import Transcript

Period: TypeAlias = Literal["term_1", "term_2", "year", "reassessed"]
PERIODS: Final[tuple[Period, ...]] = ("term_1", "term_2", "year", "reassessed")
_LAST_LOWER_GRADE: Final = 9
_TENTH: Final = Decimal("0.1")
_KNOWN_CODES: Final = 1024
"""Codes whose group is kept: there are about 50, but a document may name any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """The rule with the id `rule` is broken at the attribute to which `steps` lead from the transcript."""

    rule: str
    steps: tuple[str | int, ...]


Check: TypeAlias = Callable[["View", Settings], Iterator[Breach]]


def is_score(value: Mark | None) -> bool:
    """Tell whether `value` is a score from 0 to 10 with at most one decimal."""
    return isinstance(value, Decimal) and value.is_finite() and 0 <= value <= 10 and value == value.quantize(_TENTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One subject of a secondary transcript, `n` counted from 0."""

    n: int
    subject: SubjectResult
    marks: SecondaryMarks
    is_comment: bool
    is_optional: bool

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
        """Give a well-formed score, None where there is none."""
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

    def steps(self, attribute: str) -> tuple[str | int, ...]:
        return ("content", "subjects", self.n, "marks", attribute)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the checks read. Rows and assessments of the form of another level are left out."""

    transcript: Transcript
    rule_set: RuleSet
    rows: tuple[Row, ...]
    primary_rows: tuple[PrimaryRow, ...]

    @classmethod
    def of(cls, transcript: Transcript, rule_set: RuleSet) -> Self:
        subjects = tuple(enumerate(transcript.subjects))
        place = (taught_as(transcript), transcript.identification.grade)
        rows = tuple(
            Row(
                n=n,
                subject=subject,
                marks=subject.marks,
                is_comment=subject.code in rule_set.comment_subjects,
                is_optional=subject_group(subject.code, place) == "optional",
            )
            for n, subject in subjects
            if isinstance(subject.marks, SecondaryMarks)
        )
        primary = tuple(
            PrimaryRow(n=n, subject=subject, marks=subject.marks) for n, subject in subjects if isinstance(subject.marks, PrimaryMarks)
        )
        return cls(transcript=transcript, rule_set=rule_set, rows=rows, primary_rows=primary)

    @property
    def grade(self) -> int:
        return self.transcript.identification.grade

    @property
    def level(self) -> Level:
        return self.transcript.level

    def group(self, code: str) -> str:
        """Give `compulsory`, `elective` or `optional`, nothing for a subject that the level does not list."""
        return subject_group(code, (taught_as(self.transcript), self.grade))

    @property
    def secondary(self) -> SecondaryAssessment | None:
        assessment = self.transcript.content.assessment
        return assessment if isinstance(assessment, SecondaryAssessment) else None

    @property
    def primary(self) -> PrimaryAssessment | None:
        assessment = self.transcript.content.assessment
        return assessment if isinstance(assessment, PrimaryAssessment) else None

    def scale(self, field: str) -> Scale:
        """Give the scale of a result field: `learning_1` is on the scale `learning`."""
        return self.rule_set.scales[field.partition("_")[0]]

    def written(self, field: str) -> str | None:
        """Give the letter of a result field of secondary school as it stands."""
        value: object = getattr(self.secondary, field, None)
        return None if value is None else str(value)

    def result(self, field: str) -> frozenset[str]:
        """Give what a result field may mean on its scale, nothing where it is empty or strange."""
        return self.scale(field).read(self.written(field))


def taught_as(transcript: Transcript) -> Level:
    """Give the level by which subjects are listed: continuing education has those of both secondary levels."""
    if transcript.level is not Level.CONTINUING:
        return transcript.level
    return Level.LOWER_SECONDARY if transcript.identification.grade <= _LAST_LOWER_GRADE else Level.UPPER_SECONDARY


@lru_cache(_KNOWN_CODES)
def subject_group(code: str, place: tuple[Level, int]) -> str:
    """Give the group of a subject at a level and grade."""
    level, grade = place
    entries = code_list("subjects").entries.get(code, ())
    return next((entry.group for entry in entries if entry.level is level and grade in entry.grades), "")


def result_steps(field: str) -> tuple[str | int, ...]:
    return ("content", "assessment", field)
