"""What a circular asks of learning, as values."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from hocba_sign.frozen_dataclass import dataclass

Rounding: TypeAlias = Literal["half_up", "half_even"]


Single: TypeAlias = Literal["counted", "ignored", "unadjusted"]
"""How the one subject that pulls a result down is seen: as good as it can be, as if it were not
there, or not adjusted for.
"""


BEST: Final = Decimal(10)


WORST: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class SubjectEntry:
    """What one subject contributes: a score, or whether a subject assessed by comment is passed.

    Of a blank one nothing is known but of which kind it is; `score` and `is_passed` then mean
    nothing.
    """

    code: str
    score: Decimal | None
    is_passed: bool
    is_optional: bool
    is_blank: bool = False

    def filled(self, *, is_best: bool) -> "SubjectEntry":
        """Return the entry with the best or the worst in place of a blank."""
        score = None if self.score is None else (BEST if is_best else WORST)
        return (
            replace(self, score=score, is_passed=is_best, is_blank=False) if self.is_blank else self
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The conditions of one letter; those that are None do not apply.

    `mean` over all scores, `each` score, at least `many[0]` scores from `many[1]`, at least one
    score of the subjects `one_of[0]` from `one_of[1]`, at most `failed` subjects CĐ, in a
    specialised class the score of its subject from `special`.
    """

    letter: str
    mean: Decimal | None = None
    each: Decimal | None = None
    many: tuple[int, Decimal] | None = None
    one_of: tuple[frozenset[str], Decimal] | None = None
    failed: int | None = None
    special: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """`lowered` becomes `raised` where a single subject keeps the pupil from `due` or better."""

    due: str
    lowered: str
    raised: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """Letters with their conditions, best first, the adjustments, and what the circular leaves
    open.
    """

    grades: tuple[Grade, ...]
    adjustments: tuple[Adjustment, ...]
    roundings: tuple[Rounding, ...]
    has_doubtful_options: bool

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(grade.letter for grade in self.grades)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One way to read the circular where it leaves a choice."""

    rounding: Rounding
    single: Single
    has_optional: bool


@dataclass(frozen=True, slots=True)
class PupilCase:
    """The marks of one pupil under one law, with the mean of the scores that count; `special` is
    the subject of a specialised class.
    """

    law: Law
    entries: tuple[SubjectEntry, ...]
    mean: Decimal
    special: str | None


@dataclass(frozen=True, slots=True)
class Pardon:
    """The subject not held against the pupil, and whether it counts where good marks are
    counted.
    """

    code: str
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Possible:
    """The letters that the marks allow; `special` those that they allow besides in a specialised
    class.

    `readings` are the letters by accepted reading where every mark is there, empty else; so is
    `unadjusted`, the letters that an adjustment changes.
    """

    letters: frozenset[str]
    special: frozenset[str]
    readings: Mapping[Interpretation, str]
    unadjusted: frozenset[str]
