"""Typed access to one part of a rule set's data file."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar, cast

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """A JSON object of the package's own data, equal to itself alone.

    A name that is missing or of another type raises KeyError or TypeError.
    """

    values: Mapping[str, object]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        return _typed(self.values[name], str)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty if there is none."""
        return tuple(_typed(one, str) for one in _typed(self.values.get(name, []), list))

    def integer(self, name: str) -> int:
        return _typed(self.values[name], int)

    def integers(self, name: str) -> frozenset[int]:
        return frozenset(_typed(one, int) for one in _typed(self.values.get(name, []), list))

    def is_set(self, name: str) -> bool:
        return _typed(self.values.get(name, False), bool)

    def decimal(self, name: str) -> Decimal:
        """Return a number that the file writes as text, so that it stays exact."""
        return Decimal(self.text(name))

    def optional_decimal(self, name: str) -> Decimal | None:
        return self.decimal(name) if name in self else None

    def optional_integer(self, name: str) -> int | None:
        return self.integer(name) if name in self else None

    def part(self, name: str) -> "Settings":
        """Return an object, empty if there is none."""
        return Settings(
            MappingProxyType(cast("dict[str, object]", _typed(self.values.get(name, {}), dict)))
        )

    def parts(self, name: str) -> "tuple[Settings, ...]":
        return tuple(
            Settings(MappingProxyType(_typed(one, dict)))
            for one in _typed(self.values.get(name, []), list)
        )


def _typed(value: object, kind: type[ValueT]) -> ValueT:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected in the rule set")
    return value
