"""The kinds of values a field may hold: how each is written, read and limited."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Literal, TypeAlias, cast

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import MarkLetter

Mark: TypeAlias = Decimal | MarkLetter
"""A score from 0 to 10, or a letter in its place."""

JsonType: TypeAlias = Literal["string", "integer", "boolean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueKind:
    """One kind of value.

    `read` takes the text of an element and raises InputError with a cause only;
    `write` is its inverse.
    `pattern` is a regular expression both for Python and for XML Schema, `letters` the closed list
        of values.
    `from_number` writes a JSON number, where the kind takes one for its text.
    `is_free`: any words;
    `is_comment`: prose that may break lines.
    """

    name: str
    read: Callable[[str], object]
    write: Callable[[Any], str]
    max_length: int | None = None
    min_length: int = 1
    pattern: str | None = None
    letters: type[StrEnum] | None = None
    codes: str | None = None
    bounds: tuple[int, int] | None = None
    json_type: JsonType = "string"
    is_free: bool = False
    is_comment: bool = False
    from_number: Callable[[Decimal], str] | None = None

    @property
    def form(self) -> str:
        """What a value looks like, for people in any language: the values, the bounds or the
        pattern; empty for free text.
        """
        if self.letters is not None:
            return ", ".join(self.letters)
        if self.bounds is not None:
            return "–".join(map(str, self.bounds))
        return self.pattern or _FORMS.get(self.name, "")


_FORMS: Final = {"date": "YYYY-MM-DD", "boolean": "true, false"}
_COMMA: Final = re.compile(r"-?[0-9]+,[0-9]+")
_SCORE: Final = "10([.]0)?|[0-9]([.][0-9])?"
_TEST_SCORE: Final = "10|[0-9]"


def _refuse_comma(text: str) -> None:
    if _COMMA.fullmatch(text.strip()):
        raise InputError("TEXT.COMMA_DECIMAL")


def text(max_length: int, *, is_comment: bool = False) -> ValueKind:
    """Free text of at most `max_length` characters."""
    name = "comment" if is_comment else "text"
    return ValueKind(
        name=name, read=str, write=str, max_length=max_length, is_free=True, is_comment=is_comment
    )


def _matched(pattern: str, cause: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def read(given: str) -> str:
        if compiled.fullmatch(given) is None:
            raise InputError(cause)
        return given

    return read


def identifier(name: str, pattern: str, *, max_length: int) -> ValueKind:
    """Text of a fixed shape, kept as text with its leading zeros."""
    return ValueKind(
        name=name,
        read=_matched(pattern, "VALUE.FORMAT"),
        write=str,
        pattern=pattern,
        max_length=max_length,
    )


def coded(list_name: str, pattern: str, *, max_length: int) -> ValueKind:
    """A code of the list `list_name`.

    Lists grow, so an unknown code is read, and reported by whoever judges.
    """
    return ValueKind(
        name="code",
        read=_matched(pattern, "VALUE.FORMAT"),
        write=str,
        pattern=pattern,
        max_length=max_length,
        codes=list_name,
    )


def letter(letters: type[StrEnum]) -> ValueKind:
    """One member of a closed enumeration."""

    def read(given: str) -> StrEnum:
        try:
            return letters(given)
        except ValueError:
            raise InputError("CODE.UNKNOWN") from None

    return ValueKind(
        name="letter",
        read=read,
        write=lambda value: str(letters(value)),
        letters=letters,
        max_length=max(map(len, letters)),
    )


def count(least: int, most: int) -> ValueKind:
    """A whole number, written without leading zeros or sign."""

    def check(value: int) -> int:
        if not least <= value <= most:
            raise InputError("VALUE.RANGE")
        return value

    def read(given: str) -> int:
        _refuse_comma(given)
        if not re.fullmatch("0|[1-9][0-9]{0,17}", given):
            raise InputError("VALUE.NUMBER")
        return check(int(given))

    return ValueKind(
        name="integer",
        read=read,
        write=lambda value: str(check(value)),
        bounds=(least, most),
        json_type="integer",
    )


def _read_flag(given: str) -> bool:
    if given not in {"true", "false"}:
        raise InputError("VALUE.BOOLEAN")
    return given == "true"


FLAG: Final = ValueKind(
    name="boolean",
    read=_read_flag,
    write=lambda value: "true" if value else "false",
    json_type="boolean",
)


def _read_day(given: str) -> date:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        raise InputError("VALUE.DATE")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InputError("VALUE.DATE") from None


DAY: Final = ValueKind(
    name="date", read=_read_day, write=lambda value: cast("date", value).isoformat()
)


def _score(value: Decimal, step: str) -> str:
    if not value.is_finite() or not 0 <= value <= 10 or value != value.quantize(Decimal(step)):
        raise InputError("VALUE.MARK")
    return format(abs(value.quantize(Decimal(step))), "f")


def _mark(name: str, pattern: str, *, step: str, letters: frozenset[MarkLetter]) -> ValueKind:
    compiled = re.compile(pattern)
    allowed = {str(letter): letter for letter in letters}

    def read(given: str) -> Mark:
        if given in allowed:
            return allowed[given]
        _refuse_comma(given)
        if compiled.fullmatch(given) is None:
            raise InputError("VALUE.MARK")
        return Decimal(given)

    def write(value: Mark) -> str:
        if isinstance(value, MarkLetter):
            if value not in letters:
                raise InputError("VALUE.MARK")
            return str(value)
        return _score(value, step)

    return ValueKind(
        name=name,
        read=read,
        write=write,
        pattern="|".join([pattern, *sorted(allowed)]),
        max_length=4,
        from_number=write,
    )


MARK: Final = _mark("mark", _SCORE, step="0.1", letters=frozenset(MarkLetter))
"""Written with a point and one digit, `8.0`, `10.0`, read without them too, `8`, `10`; or Đ, CĐ, M.

Spec: TT 22/2021, Đ.5 k.3b.
"""
TEST_MARK: Final = _mark("test mark", _TEST_SCORE, step="1", letters=frozenset({MarkLetter.EXEMPT}))
"""A whole number or M. Spec: TT 27/2020, Đ.7."""


def measure(digits: int) -> ValueKind:
    """A length or weight with at most `digits` digits before the point and always one after it."""
    pattern = f"[1-9][0-9]{{0,{digits - 1}}}[.][0-9]"

    def read(given: str) -> Decimal:
        _refuse_comma(given)
        if re.fullmatch(pattern, given) is None:
            raise InputError("VALUE.NUMBER")
        return Decimal(given)

    def write(value: Decimal) -> str:
        written = (
            format(value.quantize(Decimal("0.1")), "f")
            if value.is_finite() and 0 < value < 10**digits
            else ""
        )
        if not re.fullmatch(pattern, written) or Decimal(written) != value:
            raise InputError("VALUE.NUMBER")
        return written

    return ValueKind(
        name="measure",
        read=read,
        write=write,
        pattern=pattern,
        max_length=digits + 2,
        from_number=write,
    )
