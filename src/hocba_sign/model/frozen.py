"""Mappings of frozen values: nobody can change them, and they go to other processes."""

import copyreg
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def frozen(mapping: Mapping[_Key, _Value]) -> MappingProxyType[_Key, _Value]:
    """Return the mapping as nobody can change it through the result."""
    return MappingProxyType(dict(mapping))


def _parts(mapping: MappingProxyType[Any, Any]) -> tuple[Any, tuple[dict[Any, Any]]]:
    return frozen, (dict(mapping),)


# Python alone does not know how to pickle them.
copyreg.pickle(MappingProxyType, _parts)
