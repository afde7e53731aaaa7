"""Typed access to one part of a rule set's data file."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeVar, cast

from hocba_sign.frozen_dataclass import dataclass

ValueT = TypeVar("ValueT")

MAX_KEPT: Final = 2_048
"""Values of the rule sets that stay read; a set has some hundreds."""


@dataclass(frozen=True, slots=True, eq=False)
class RuleSettings:
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
        return _texts(self, name)

    def integer(self, name: str) -> int:
        return _typed(self.values[name], int)

    def integers(self, name: str) -> frozenset[int]:
        return _integers(self, name)

    def is_set(self, name: str) -> bool:
        return _typed(self.values.get(name, False), bool)

    def decimal(self, name: str) -> Decimal:
        """Return a number that the file writes as text, so that it stays exact."""
        return Decimal(self.text(name))

    def optional_decimal(self, name: str) -> Decimal | None:
        return self.decimal(name) if name in self else None

    def optional_integer(self, name: str) -> int | None:
        return self.integer(name) if name in self else None

    def part(self, name: str) -> "RuleSettings":
        """Return an object, empty if there is none."""
        return _part(self, name)

    def parts(self, name: str) -> "tuple[RuleSettings, ...]":
        return _parts(self, name)


def _typed(value: object, kind: type[ValueT]) -> ValueT:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected in the rule set")
    return value


# Every transcript asks for the same few hundred, and they are equal to themselves alone.
@lru_cache(maxsize=MAX_KEPT)
def _texts(settings: RuleSettings, name: str) -> tuple[str, ...]:
    return tuple(_typed(value, str) for value in _typed(settings.values.get(name, []), list))


@lru_cache(maxsize=MAX_KEPT)
def _integers(settings: RuleSettings, name: str) -> frozenset[int]:
    return frozenset(_typed(value, int) for value in _typed(settings.values.get(name, []), list))


@lru_cache(maxsize=MAX_KEPT)
def _part(settings: RuleSettings, name: str) -> RuleSettings:
    given = cast("dict[str, object]", _typed(settings.values.get(name, {}), dict))
    return RuleSettings(MappingProxyType(given))


@lru_cache(maxsize=MAX_KEPT)
def _parts(settings: RuleSettings, name: str) -> tuple[RuleSettings, ...]:
    given = _typed(settings.values.get(name, []), list)
    return tuple(RuleSettings(MappingProxyType(_typed(value, dict))) for value in given)
