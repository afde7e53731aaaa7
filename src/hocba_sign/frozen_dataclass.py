"""`dataclass` for frozen records: what the standard library compiles for every class is here
once, so that a class costs less when it is imported and an instance less when it is made.

All else is as in the standard library: `fields` and `replace` know these classes, equality and hash
go over the fields that compare, nothing can be assigned, and records can be pickled and copied.
"""

import dataclasses
import sys
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

_OPTIONS: Final = frozenset({"eq", "kw_only", "repr"})


class _Factory:
    """Stands in a signature for a value that is made for each instance."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY: Final = _Factory()


def _dataclass(*, frozen: bool = False, slots: bool = False, **options: bool) -> Callable[..., Any]:
    """Return what makes a dataclass of a class; the parameters are those of the standard
    library.
    """
    standard = dataclasses.dataclass(frozen=frozen, slots=slots, **options)
    if frozen and slots and _OPTIONS.issuperset(options):
        return partial(_record, options=options, standard=standard)
    return standard


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - exported under its name
else:
    dataclass = _dataclass


def _record(given: type, *, options: dict[str, bool], standard: Callable[[type], type]) -> type:
    if any(dataclasses.is_dataclass(base) for base in given.__mro__[1:]):
        # Few are made of others, and the standard library looks whether those are frozen.
        return standard(given)
    own = frozenset(vars(given))
    # Without one the standard library writes the signature into it, and asks the class for that.
    given.__doc__ = given.__doc__ or given.__name__
    record: type = dataclasses.dataclass(
        init=False, repr=False, eq=False, slots=True, kw_only=options.get("kw_only", False)
    )(given)
    held = fields(record)
    methods: dict[str, Callable[..., Any]] = {
        "__init__": _init(record, held),
        "__setattr__": _refuse_assignment,
        "__delattr__": _refuse_deletion,
        "__getstate__": _state,
        "__setstate__": _restore,
    }
    if options.get("repr", True):
        methods["__repr__"] = _repr([field.name for field in held if field.repr])
    if options.get("eq", True):
        methods |= _equality([field.name for field in held if _is_compared(field)])
    for name, method in methods.items():
        if name not in own:
            setattr(record, name, method)
    # Whoever makes a dataclass of this one is told that it is frozen.
    vars(record)["__dataclass_params__"].frozen = True
    return record


def _is_compared(field: "Field[Any]") -> bool:
    return field.compare if field.hash is None else field.hash


def _init(record: type, held: "Iterable[Field[Any]]") -> Callable[..., None]:
    """Compile the one method that differs from class to class; a slot is set by its descriptor."""
    names: dict[str, Any] = {"FACTORY": _FACTORY}
    parameters: dict[bool, list[str]] = {False: [], True: []}
    body: list[str] = []
    for field in held:
        name, default = field.name, f"_default_{field.name}"
        given, optional = name, ""
        if field.default_factory is not MISSING:
            names[default] = field.default_factory
            given = (
                f"{default}() if {name} is FACTORY else {name}" if field.init else f"{default}()"
            )
            optional = "=FACTORY"
        elif field.default is not MISSING:
            names[default] = field.default
            given, optional = name if field.init else default, f"={default}"
        elif not field.init:
            continue
        if field.init:
            parameters[bool(field.kw_only)].append(f"{name}{optional}")
        names[f"_set_{name}"] = getattr(record, name).__set__
        body.append(f"  _set_{name}(self, {given})")
    if hasattr(record, "__post_init__"):
        body.append("  self.__post_init__()")
    after = ["*", *parameters[True]] if parameters[True] else []
    signature = ", ".join(["self", *parameters[False], *after])
    lines = [
        f"def make({', '.join(names)}):",
        f" def __init__({signature}):",
        *(body or ["  pass"]),
        " return __init__",
    ]
    found: dict[str, Any] = {}
    # In the names of its module, where annotations are looked up.
    exec("\n".join(lines), vars(sys.modules[record.__module__]), found)  # noqa: S102 - made of names of fields, as in the standard library
    made: Callable[..., None] = found["make"](**names)
    made.__annotations__ = {field.name: field.type for field in held if field.init}
    made.__annotations__["return"] = None
    made.__qualname__ = f"{record.__qualname__}.__init__"
    made.__module__ = record.__module__
    return made


def _equality(names: list[str]) -> dict[str, Callable[..., Any]]:
    content = attrgetter(*names) if names else _nothing

    def is_equal(self: object, other: object) -> bool:
        return (
            content(self) == content(other) if other.__class__ is self.__class__ else NotImplemented
        )

    def hashed(self: object) -> int:
        return hash(content(self))

    return {"__eq__": is_equal, "__hash__": hashed}


def _nothing(_: object) -> tuple[()]:
    return ()


def _repr(names: list[str]) -> Callable[[object], str]:
    def told(self: object) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{self.__class__.__qualname__}({values})"

    return told


def _refuse_assignment(_: object, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(_: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
