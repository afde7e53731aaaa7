"""What opened leaves say, as typed values; the inverse of `leaves`."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from hocba_sign.errors import InputError
from hocba_sign.extract.cbor import Value
from hocba_sign.extract.leaves import EPOCH, FIRST_SUBJECT, KINDS, FixedLeaf
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import SchoolKind, SchoolLevel, code_list
from hocba_sign.model.numbers import NumberKind, number_of
from hocba_sign.model.person import School

_PRIMARY: Final = SchoolLevel.PRIMARY.grades
_MAX_DAY: Final = (date.max - EPOCH).days


_LeafT = TypeVar("_LeafT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Whose transcript it is, of which year and school; `number` is the school's tax or
    organisation id, `issued` the day that the transcript states.
    """

    name: str
    school_year: str
    grade: int
    id: str
    version: int
    issued: date
    department_code: str
    province_code: str
    school_code: str
    school_name: str
    number: str | None
    kind: SchoolKind | None

    @property
    def school(self) -> School:
        """Return the school as far as the head tells."""
        entries = code_list("provinces").entries.get(self.province_code, ())
        stated = None if self.number is None else number_of("UID", self.number)
        is_tax = stated is not None and stated.kind is NumberKind.TAX
        return School(
            department_code=self.department_code,
            department_name="",
            code=self.school_code,
            name=self.school_name,
            kind=self.kind,
            tax_id=self.number if is_tax else None,
            organisation_id=None if is_tax else self.number,
            commune="",
            province=entries[-1].name if entries else "",
            province_code=self.province_code,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class YearResult:
    """The result of the year: at primary school `outcome`, else `learning` and `conduct`, with what
    the summer changed.
    """

    outcome: str | None = None
    learning: str | None = None
    conduct: str | None = None
    learning_after_summer: str | None = None
    conduct_after_summer: str | None = None
    is_promoted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateData:
    """`birth` is a day, a month or a year; `paper` is kind and number of an identity paper."""

    personal_id: str | None
    paper: tuple[int, str] | None
    birth: str | None
    sex: int
    pupil_code: str
    class_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSubject:
    """One subject: `achievement` and `mark` (of the test) at primary school, else `mark` of the
    year and `reassessed` after the summer. A mark is a score or a letter.
    """

    code: str
    achievement: str | None = None
    mark: Decimal | str | None = None
    reassessed: Decimal | str | None = None

    @property
    def id(self) -> str:
        return f"mon-{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractContent:
    """What an extract shows: the head always, the rest None where it is hidden."""

    head: Head
    result: YearResult | None
    private: PrivateData | None
    subjects: tuple[ShownSubject, ...]


def read_content(opened: Mapping[int, Value]) -> ExtractContent:
    """Read opened leaves by index, the head among them.

    Raises: InputError EXTRACT.LEAF, with the index, for a value that no transcript gives.
    """
    head = _read(_head, opened, FixedLeaf.HEAD)
    is_primary = head.grade in _PRIMARY

    def subject(value: Value) -> ShownSubject:
        return _subject(value, is_primary=is_primary)

    def result(value: Value) -> YearResult:
        return _result(value, is_primary=is_primary)

    return ExtractContent(
        head=head,
        result=_read(result, opened, FixedLeaf.RESULT) if FixedLeaf.RESULT in opened else None,
        private=_read(_private, opened, FixedLeaf.PRIVATE) if FixedLeaf.PRIVATE in opened else None,
        subjects=tuple(
            _read(subject, opened, index) for index in sorted(opened) if index >= FIRST_SUBJECT
        ),
    )


def content_dict(content: ExtractContent) -> dict[str, Any]:
    """Return what is shown as JSON has it, by the names of the leaves; marks are text."""
    parts = {
        "head": content.head,
        "result": content.result,
        "private": content.private,
        **{subject.id: subject for subject in content.subjects},
    }
    return {name: _members(part) for name, part in parts.items() if part is not None}


def _members(part: Head | YearResult | PrivateData | ShownSubject) -> dict[str, Any]:
    """Return the members of one leaf that say something."""
    said = ((field.name, getattr(part, field.name)) for field in fields(part))
    return {
        name: value
        if isinstance(value, bool | int)
        else list(value)
        if isinstance(value, tuple)
        else str(value)
        for name, value in said
        if value is not None
    }


def _read(read: Callable[[Value], _LeafT], opened: Mapping[int, Value], index: int) -> _LeafT:
    try:
        return read(opened[index])
    except (ValueError, OverflowError):
        raise InputError("EXTRACT.LEAF", where=f"leaf {index}") from None


def _head(value: Value) -> Head:
    items = _items(value, 12)
    name, year, grade, given, version, day, department, province, code, school, number, kind = items
    first = _number(year, 9998)
    return Head(
        name=_text(name),
        school_year=f"{first:04}-{first + 1:04}",
        grade=_number(grade, 12),
        id=str(UUID(bytes=given)) if isinstance(given, bytes) else _text(given),
        version=_number(version, 9_999_999_999),
        issued=_day(day),
        department_code=f"{_number(department, 99):02}",
        province_code=f"{_number(province, 99):02}",
        school_code=_text(code),
        school_name=_text(school),
        number=_optional(number),
        kind=KINDS[_number(kind, len(KINDS) - 1)],
    )


def _result(value: Value, *, is_primary: bool) -> YearResult:
    if is_primary:
        outcome, promoted = _items(value, 2)
        return YearResult(outcome=_optional(outcome), is_promoted=_flag(promoted))
    learning, conduct, learning_again, conduct_again, promoted = _items(value, 5)
    return YearResult(
        learning=_optional(learning),
        conduct=_optional(conduct),
        learning_after_summer=_optional(learning_again),
        conduct_after_summer=_optional(conduct_again),
        is_promoted=_flag(promoted),
    )


def _private(value: Value) -> PrivateData:
    personal_id, paper, birth, sex, pupil_code, class_name = _items(value, 6)
    kind, number = (None, None) if paper is None else _items(paper, 2)
    return PrivateData(
        personal_id=_optional(personal_id),
        paper=None if paper is None else (_number(kind, 9), _text(number)),
        birth=_optional(birth),
        sex=_number(sex, 9),
        pupil_code=_text(pupil_code),
        class_name=_text(class_name),
    )


def _subject(value: Value, *, is_primary: bool) -> ShownSubject:
    if is_primary:
        code, achievement, test = _items(value, 3)
        return ShownSubject(code=_text(code), achievement=_optional(achievement), mark=_mark(test))
    code, mark, *again = _items(value, 2, 3)
    return ShownSubject(
        code=_text(code), mark=_mark(mark), reassessed=_mark(again[0]) if again else None
    )


def _items(value: Value, *sizes: int) -> tuple[Value, ...]:
    if not isinstance(value, tuple) or len(value) not in sizes:
        raise ValueError("no list of the right length")
    return value


def _text(value: Value) -> str:
    if not isinstance(value, str) or not value or not value.isprintable():
        raise ValueError("no text")
    return value


def _optional(value: Value) -> str | None:
    return None if value is None else _text(value)


def _number(value: Value, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value > most:
        raise ValueError("no number in range")
    return value


def _flag(value: Value) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")  # noqa: TRY004 - of data, not of a caller
    return value


def _day(value: Value) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    return EPOCH + timedelta(days=_number(value, _MAX_DAY))


def _mark(value: Value) -> Decimal | str | None:
    if isinstance(value, str) or value is None:
        return _optional(value)
    return Decimal(_number(value, 100)) / 10
