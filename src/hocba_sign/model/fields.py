"""The field table: every field of a record, said once, beside the attribute that holds it.

An attribute is annotated `Annotated[type, Leaf | Group | Many]`. From that come the XML form, the
JSON form, the schema, the checks and the table in the documentation.
"""

import dataclasses
import types
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.lexical import ValueKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A field with one value.

    `key` is the JSON name: the column of the national dictionary if `is_column`, else a name of
        ours.
    `title` is the Vietnamese name of the field, `note` where and why it departs from the
        dictionary.
    `is_level` marks the field that decides which variant of later groups applies.
    """

    element: str
    key: str
    title: str
    kind: ValueKind
    note: str = ""
    is_column: bool = True
    is_level: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A field with a record of its own.

    Without `element` its fields stand directly in the parent's element, without `key` directly in
        the parent's JSON object.
    `variants` gives the record by level where the annotation is a union.
    `identifier` is the value of the element's Id.
    """

    title: str
    element: str | None = None
    key: str | None = None
    variants: Mapping[SchoolLevel, type] | None = None
    identifier: str | None = None
    is_column: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """A field with several records, in one `wrapper` element or directly in the parent's.

    `identify(parent_id, item, n)` gives the Id of the nth item, n from 1;
    `id_pattern` is the shape of all of them.
    """

    title: str
    element: str
    key: str
    wrapper: str | None = None
    least: int = 0
    most: int
    identify: Callable[[str, Any, int], str] | None = None
    id_pattern: str | None = None
    is_column: bool = False


Spec = Leaf | Group | Many


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One attribute of a record class with its spec; `records` are the classes of a Group
    or Many.
    """

    attribute: str
    spec: Spec
    is_required: bool
    records: tuple[type, ...] = ()

    def record(self, level: SchoolLevel | None) -> type | None:
        """Return the record class that applies at `level`, None where none does."""
        variants = self.spec.variants if isinstance(self.spec, Group) else None
        if variants is None:
            return self.records[0]
        return None if level is None else variants.get(level)


def table(record: type) -> tuple[Bound, ...]:
    """Return the fields of a record class in document order."""
    return _table(cast("Hashable", record))


@cache
def _table(record: Any) -> tuple[Bound, ...]:
    hints = get_type_hints(record, include_extras=True)
    return tuple(_bound(field, hints[field.name]) for field in dataclasses.fields(record))


def _bound(attribute: "dataclasses.Field[Any]", hint: Any) -> Bound:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"{attribute.name} has no row in the field table")
    inner, spec = get_args(hint)[:2]
    is_optional = attribute.default is not dataclasses.MISSING
    return Bound(
        attribute=attribute.name, spec=spec, is_required=not is_optional, records=_records(inner)
    )


def _records(hint: Any) -> tuple[type, ...]:
    origin = get_origin(hint)
    if origin is tuple or origin in {Union, types.UnionType}:
        return tuple(
            found for part in get_args(hint) if part is not Ellipsis for found in _records(part)
        )
    return (hint,) if dataclasses.is_dataclass(hint) and isinstance(hint, type) else ()


def element_path(record: type, *steps: str | int) -> str:
    """Write the path of XML elements below `record` to the attribute named by `steps`, an int being
    an index from 0.

    `("subjects", 2, "marks", "year")` gives
    `/DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET[3]/DIEM_CA_NAM`.
    """
    path = ""
    classes: tuple[type, ...] = (record,)
    for step in steps:
        if isinstance(step, int):
            path += f"[{step + 1}]"
            continue
        bound = next(
            bound for class_ in classes for bound in table(class_) if bound.attribute == step
        )
        wrapper = bound.spec.wrapper if isinstance(bound.spec, Many) else None
        path += "".join(f"/{name}" for name in (wrapper, bound.spec.element) if name)
        classes = bound.records
    return path
