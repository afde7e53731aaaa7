"""JSON in and out by the field table: objects with the dictionary's column names."""

import json
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, TypeVar, cast

from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.fields import Bound, Group, Leaf, Many, table
from hocba_sign.model.reading import Naming, RecordReader, written_value

MAX_CHARACTERS: Final = 5_000_000
"""A transcript is about 20,000; comments at their limits make 200,000."""
_NAME: Final = 60
RecordT = TypeVar("RecordT")


class _JsonNumber(Decimal):
    """A JSON number with a fraction or exponent, told from a string; one beyond all measure is no
    number.
    """

    @classmethod
    def read(cls, text: str) -> "_JsonNumber":
        try:
            return cls(text)
        except ArithmeticError:
            return cls("NaN")


def from_json(record: type[RecordT], document: str | bytes) -> RecordT:
    """Read a record.

    A value may be given as a JSON string or, for numbers and booleans, as such.
    Raises: InputError JSON.SYNTAX with line and column, else the first fault at its JSON path and
    all in `findings`.
    """
    return RecordReader().read(record, _Object(_parse(document), "$"))


def to_json(value: object) -> str:
    """Write a record, indented by two, with a line feed at the end.

    Raises: InputError for a value that its field cannot hold.
    """
    return json.dumps(_write(value, "$"), ensure_ascii=False, indent=2) + "\n"


def _parse(document: str | bytes) -> dict[str, object]:
    if len(document) > MAX_CHARACTERS:
        raise InputError("JSON.TOO_LARGE", where="$")
    try:
        text = document.decode("utf-8-sig") if isinstance(document, bytes) else document
    except UnicodeDecodeError as error:
        raise InputError("JSON.ENCODING", where=f"octet {error.start}") from None
    try:
        given = json.loads(
            text,
            parse_float=_JsonNumber.read,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise InputError(
            "JSON.SYNTAX", where=f"line {error.lineno}, column {error.colno}"
        ) from None
    except (RecursionError, ValueError):
        raise InputError("JSON.SYNTAX", where="$") from None
    if not isinstance(given, dict):
        raise InputError("JSON.TYPE", where="$")
    return given


def _refuse_constant(_: str) -> object:
    raise ValueError


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise InputError("JSON.DUPLICATE_KEY", where=_shown(twice))
    return found


def _shown(key: str) -> str:
    """Write a key of the document, which may be anything, for people."""
    return "".join(letter if letter.isprintable() else "?" for letter in key[:_NAME])


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object as a source of a record's values."""

    given: dict[str, object]
    path: str

    @property
    def naming(self) -> Naming:
        return "key"

    def where(self, name: str | None = None) -> str:
        return f"{self.path}.{name}" if name else self.path

    def leaf(self, bound: Bound, spec: Leaf) -> str | None:
        del bound
        value = self.given.get(spec.key)
        match value:
            case None | str():
                return value
            case bool() if spec.kind.json_type == "boolean":
                return "true" if value else "false"
            case int() if not isinstance(value, bool) and spec.kind.json_type == "integer":
                return str(value)
            case int() | _JsonNumber() if (
                not isinstance(value, bool) and spec.kind.from_number is not None
            ):
                try:
                    return spec.kind.from_number(Decimal(value))
                except InputError as error:
                    raise InputError(error.cause, where=self.where(spec.key)) from None
        raise InputError("JSON.TYPE", where=self.where(spec.key))

    def group(self, bound: Bound, record: type) -> "_Object | None":
        del record
        spec = bound.spec
        if spec.key is None:
            return self
        value = self.given.get(spec.key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise InputError("JSON.TYPE", where=self.where(spec.key))
        return _Object(value, self.where(spec.key))

    def many(self, bound: Bound, spec: Many) -> "tuple[_Object, ...]":
        del bound
        value = self.given.get(spec.key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise InputError("JSON.TYPE", where=self.where(spec.key))
        for n, item in enumerate(value):
            if not isinstance(item, dict):
                raise InputError("JSON.TYPE", where=f"{self.where(spec.key)}[{n}]")
        return tuple(_Object(item, f"{self.where(spec.key)}[{n}]") for n, item in enumerate(value))

    def identifier(self) -> None:
        return None

    def is_identified_as(self, expected: str | None) -> bool:
        del expected
        return True

    def strangers(self, known: tuple[tuple[str, bool], ...]) -> Iterable[Finding]:
        allowed = {name for name, _ in known}
        return (
            Finding("TRANSCRIPT.UNKNOWN_FIELD", f"{self.path}.{_shown(key)}")
            for key in self.given
            if key not in allowed
        )


def _write(value: Any, path: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for bound in table(type(value)):
        given: Any = getattr(value, bound.attribute)
        if given is None:
            continue
        match bound.spec:
            case Leaf(key=key, kind=kind):
                written = written_value(kind, given, where=f"{path}.{key}")
                found[key] = written if kind.json_type == "string" else json.loads(written)
            case Group(key=None):
                found.update(_write(given, path))
            case Group(key=key):
                found[cast("str", key)] = _write(given, f"{path}.{key}")
            case Many(key=key):
                found |= (
                    {key: [_write(item, f"{path}.{key}[{n}]") for n, item in enumerate(given)]}
                    if given
                    else {}
                )
    return found
