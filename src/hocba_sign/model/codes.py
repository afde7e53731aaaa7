"""Closed letters as enumerations, longer lists as data with the days between which a code
is valid.
"""

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.shipped import shipped


class EventKind(StrEnum):
    """Loại văn bản."""

    WITHDRAWAL = "THU_HOI"
    REPLACEMENT = "THAY_THE"
    CORRECTION = "DINH_CHINH"


class SchoolLevel(StrEnum):
    """Cấp học, codes of the national dictionary's "nhóm cấp học"; pre-school has no transcript."""

    PRIMARY = "02"
    LOWER_SECONDARY = "03"
    UPPER_SECONDARY = "04"
    CONTINUING = "05"

    @property
    def grades(self) -> range:
        """Return the grades (khối) that this level may hold."""
        return _GRADES[self]


_GRADES = {
    SchoolLevel.PRIMARY: range(1, 6),
    SchoolLevel.LOWER_SECONDARY: range(6, 10),
    SchoolLevel.UPPER_SECONDARY: range(10, 13),
    SchoolLevel.CONTINUING: range(6, 13),
}


class TranscriptStatus(StrEnum):
    """Trạng thái thông tin học bạ."""

    IN_FORCE = "1"
    WITHDRAWN = "2"


class Sex(StrEnum):
    """Giới tính, QCVN 109:2017/BTTTT."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"


class IdentityPaper(StrEnum):
    """Loại giấy tờ, for pupils without a personal identification number."""

    BIRTH_CERTIFICATE = "1"
    OLD_IDENTITY_CARD = "2"
    OFFICER_CARD = "3"
    POLICE_CARD = "4"
    CITIZEN_CARD = "5"
    PASSPORT = "6"
    HOUSEHOLD_BOOK = "7"
    OTHER = "8"


class SchoolKind(StrEnum):
    """Loại hình nhà trường; decides which certification service its seal may come from."""

    PUBLIC = "CONG_LAP"
    PRIVATE = "TU_THUC"


class Achievement(StrEnum):
    """Mức đạt được of a primary subject: hoàn thành tốt, hoàn thành, chưa hoàn thành, miễn."""

    VERY_GOOD = "T"
    DONE = "H"
    NOT_DONE = "C"
    EXEMPT = "M"


class Trait(StrEnum):
    """SchoolLevel of a quality (phẩm chất) or competence (năng lực) at primary school: tốt, đạt,
    cần cố gắng.
    """

    GOOD = "T"
    MET = "Đ"
    NEEDS_EFFORT = "C"


class PrimaryOutcome(StrEnum):
    """Đánh giá kết quả giáo dục: hoàn thành xuất sắc, hoàn thành tốt, hoàn thành, chưa hoàn
    thành.
    """

    EXCELLENT = "HTXS"
    GOOD = "HTT"
    DONE = "HT"
    NOT_DONE = "CHT"


class Rating(StrEnum):
    """Result of learning or training at secondary school: tốt, khá, đạt, chưa đạt; in the letters
    of TT 58/2011 giỏi, trung bình, yếu, kém.
    """

    GOOD = "T"
    FAIR = "K"
    PASSED = "Đ"
    FAILED = "CĐ"
    EXCELLENT = "G"
    AVERAGE = "Tb"
    WEAK = "Y"
    POOR = "Kém"


class MarkLetter(StrEnum):
    """What may stand in the place of a score: đạt, chưa đạt, miễn."""

    PASSED = "Đ"
    FAILED = "CĐ"
    EXEMPT = "M"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntry:
    """One code of a list.

    `until` is the first day on which the code is no longer given.
    `grades` is empty where a code has nothing to do with grades.
    `group` tells apart entries of one list, for subjects `compulsory`, `elective` or `optional`.
    `programme` names the one that teaches a subject, which comes to one grade after the other.
    """

    code: str
    name: str
    since: date = date.min
    until: date = date.max
    level: SchoolLevel | None = None
    grades: frozenset[int] = frozenset()
    group: str = ""
    programme: str = ""

    def is_valid(self, at: date) -> bool:
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days between which a programme is taught in some grades of a level, `until` being the
    first day on which it is not.
    """

    level: SchoolLevel
    grades: frozenset[int]
    since: date
    until: date


_Place: TypeAlias = tuple[str, SchoolLevel | None, int]
_Period: TypeAlias = tuple[CodeEntry, date, date]
"""An entry, and the days between which it is taught in one grade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """A list of codes; one code may have several entries, one after the other in time or one per
    level or programme.
    """

    name: str
    title: str
    entries: Mapping[str, tuple[CodeEntry, ...]]
    programmes: Mapping[str, tuple[Window, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    _here: Mapping[_Place, tuple[_Period, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        here: dict[_Place, tuple[_Period, ...]] = {}
        for code, entries in self.entries.items():
            for entry in entries:
                for grade in entry.grades:
                    place = code, entry.level, grade
                    here[place] = (*here.get(place, ()), (entry, *self._window(entry, grade)))
        object.__setattr__(self, "_here", MappingProxyType(here))

    def __contains__(self, code: object) -> bool:
        return code in self.entries

    def at(self, code: str, day: date) -> CodeEntry | None:
        """Return the entry of `code` valid on `day`."""
        return next((entry for entry in self.entries.get(code, ()) if entry.is_valid(day)), None)

    def admits(self, code: str, *, level: SchoolLevel, grade: int) -> bool:
        """Return whether `code` exists for this level and grade, at any time."""
        return (code, level, grade) in self._here

    def taught(self, code: str, *, level: SchoolLevel, grade: int, at: date) -> CodeEntry | None:
        """Return the entry of the programme that this grade of the level has on `at`."""
        return next(
            (
                entry
                for entry, since, until in self._here.get((code, level, grade), ())
                if since <= at < until
            ),
            None,
        )

    def is_over(self, code: str, *, level: SchoolLevel, grade: int, at: date) -> bool:
        """Return whether every programme that had `code` in this grade of the level has ended by
        `at`.
        """
        return all(until <= at for _, _, until in self._here.get((code, level, grade), ()))

    def _window(self, entry: CodeEntry, grade: int) -> tuple[date, date]:
        for programme in self.programmes.get(entry.programme, ()):
            if programme.level is entry.level and grade in programme.grades:
                return programme.since, programme.until
        return entry.since, entry.until


@cache
def code_list(name: str) -> CodeList:
    """Read the list `name` from the package's data: `provinces`, `ethnic_groups`, `subjects` or
    `rule_sets`.
    """
    source = json.loads(shipped("data", "codes", f"{name}.json").read_text("utf-8"))
    entries: dict[str, tuple[CodeEntry, ...]] = {}
    for row in source["entries"]:
        entry = CodeEntry(
            code=row["code"],
            name=row["name"],
            since=_day(row, "since", date.min),
            until=_day(row, "until", date.max),
            level=SchoolLevel(row["level"]) if "level" in row else None,
            grades=frozenset(row.get("grades", ())),
            group=row.get("group", ""),
            programme=row.get("programme", ""),
        )
        entries[entry.code] = (*entries.get(entry.code, ()), entry)
    programmes = {
        programme: tuple(
            Window(
                level=SchoolLevel(row["level"]),
                grades=frozenset(row["grades"]),
                since=_day(row, "since", date.min),
                until=_day(row, "until", date.max),
            )
            for row in rows
        )
        for programme, rows in source.get("programmes", {}).items()
    }
    return CodeList(
        name=name,
        title=source["title"],
        entries=MappingProxyType(entries),
        programmes=MappingProxyType(programmes),
    )


def _day(row: Mapping[str, str], name: str, otherwise: date) -> date:
    return date.fromisoformat(row[name]) if name in row else otherwise
