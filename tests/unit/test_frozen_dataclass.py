"""Records are what the standard library would make of them."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any, ClassVar, Generic, TypeVar, get_type_hints

import pytest

from hocba_sign import frozen_dataclass

_T = TypeVar("_T")
_OPTIONS: tuple[dict[str, bool], ...] = ({}, {"kw_only": True}, {"repr": False}, {"eq": False})


def made(make: Callable[..., Any], **options: bool) -> type[Any]:
    """Make the same class, with fields of every kind, by `make`."""

    @make(frozen=True, slots=True, **options)
    class Record(Generic[_T]):
        KIND: ClassVar[int] = 3
        one: int
        _hidden: str = field(default="a", repr=False, compare=False)
        two: tuple[int, ...] = ()
        three: list[int] = field(default_factory=list, compare=False)
        four: str = field(init=False, default="b")
        five: list[int] = field(init=False, default_factory=lambda: [7], compare=False)
        six: int = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "six", self.one + 1)

    Record.__qualname__ = "Record"
    return Record


def both(**options: bool) -> tuple[type[Any], type[Any]]:
    return made(frozen_dataclass.dataclass, **options), made(dataclasses.dataclass, **options)


@pytest.mark.parametrize("options", _OPTIONS, ids=str)
def test_a_record_is_what_the_standard_library_makes(options: dict[str, bool]) -> None:
    ours, other = both(**options)
    mine, theirs = ours(one=1, two=(2,)), other(one=1, two=(2,))
    names = [one.name for one in fields(ours)]
    assert names == [one.name for one in fields(other)]
    for name in names:
        assert getattr(mine, name) == getattr(theirs, name)
    assert str(inspect.signature(ours)) == str(inspect.signature(other))
    assert ours.__match_args__ == other.__match_args__
    assert dataclasses.asdict(mine) == dataclasses.asdict(theirs)
    assert not hasattr(mine, "__dict__")
    if options.get("repr", True):
        assert repr(mine) == repr(theirs).replace(other.__qualname__, ours.__qualname__)
    changed = replace(mine, two=(3,))
    assert (changed.one, changed.two, changed.six) == (1, (3,), 2)
    for left, right in ((ours(one=1), ours(one=1)), (ours(one=1), ours(one=2)), (mine, changed)):
        twins = [other(one=x.one, two=x.two) for x in (left, right)]
        assert (left == right) is (twins[0] == twins[1])
        assert options.get("eq", True) is (hash(left) == hash(ours(one=left.one, two=left.two)))
    assert mine != theirs
    with pytest.raises(TypeError):
        ours()
    with pytest.raises(TypeError):
        ours(one=1, six=2)


def test_fields_that_do_not_compare_make_no_difference() -> None:
    ours, _ = both()
    assert ours(one=1, three=[1]) == ours(one=1, three=[2], _hidden="z")
    assert ours(one=1).three is not ours(one=1).three


def test_nothing_can_be_changed() -> None:
    mine = made(frozen_dataclass.dataclass)(one=1)
    for name in ("one", "unknown"):
        with pytest.raises(FrozenInstanceError):
            setattr(mine, name, 2)
        with pytest.raises(FrozenInstanceError):
            delattr(mine, name)


@frozen_dataclass.dataclass(frozen=True, slots=True)
class Kept:
    one: int
    two: str = field(init=False, default="c")


@frozen_dataclass.dataclass(frozen=True, slots=True)
class Own:
    """Brings its own methods, which stay."""

    one: int

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 5

    def __repr__(self) -> str:
        return "own"


@frozen_dataclass.dataclass(frozen=True, slots=True)
class Empty:
    pass


def test_records_are_copied_and_pickled() -> None:
    kept = Kept(3)
    for again in (copy.copy(kept), copy.deepcopy(kept), pickle.loads(pickle.dumps(kept))):
        assert again == kept
        assert again.two == "c"


def test_own_methods_stay() -> None:
    assert Own(1) == Own(2)
    assert (hash(Own(1)), repr(Own(1))) == (5, "own")
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())


def test_other_kinds_are_the_standard_librarys() -> None:
    @frozen_dataclass.dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        one: int

    @frozen_dataclass.dataclass(slots=True)
    class Changing:
        one: int

    assert Ordered(1) < Ordered(2)
    changing = Changing(1)
    changing.one = 2
    assert changing.one == 2


@frozen_dataclass.dataclass(frozen=True, slots=True)
class Plain:
    one: int


@frozen_dataclass.dataclass(frozen=True, slots=True)
class OfOurs(Plain):
    three: int = 5


@dataclasses.dataclass(frozen=True)
class OfTheirs(Plain):
    three: int = 5


@pytest.mark.parametrize("kind", [OfOurs, OfTheirs])
def test_a_record_may_be_made_of_another(kind: type[Any]) -> None:
    more = kind(1, three=6)
    assert (more.one, more.three) == (1, 6)
    assert more == kind(1, three=6) != kind(1)
    assert pickle.loads(pickle.dumps(more)) == more
    with pytest.raises(FrozenInstanceError):
        more.one = 2


def test_nothing_that_can_be_changed_is_made_of_a_record() -> None:
    with pytest.raises(TypeError):

        @dataclasses.dataclass
        class Changing(Kept):  # type: ignore[misc]
            three: int = 5


def test_annotations_are_looked_up_where_the_record_is() -> None:
    @frozen_dataclass.dataclass(frozen=True, slots=True)
    class Linked:
        before: "Plain"

    assert get_type_hints(Linked.__init__)["before"] is Plain
