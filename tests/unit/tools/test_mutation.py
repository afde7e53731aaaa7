"""The changes that `make mutants` tries: each is another program, and each place is found again."""

import ast
import json

import pytest

from tools import js_mutants
from tools.mutation.operators import mutations

SOURCE = '''"""A module."""

from dataclasses import dataclass

if TYPE_CHECKING:
    from elsewhere import Other


@dataclass(frozen=True)
class Answer:
    """An answer."""

    is_known: bool = False

    def parts(self, limit: tuple[int, ...]) -> tuple[str, ...]:
        held: tuple[str, ...] = ()
        return held


def judge(found: list[str], limit: int = 3) -> bool:
    """Return whether all is well; "not at all" here is no code."""
    names = {"đ", "b"}
    if not found or len(found) >= limit:
        found.append("x")
    return any(name in names for name in found if name)
'''.encode()

EXPECTED = {
    "module.Answer: False -> (True)",
    "module.judge: not found or len(found) >= limit -> (not (not found or len(found) >= limit))",
    "module.judge: not found or len(found) >= limit -> (not found and len(found) >= limit)",
    "module.judge: not found or len(found) >= limit -> (not found)",
    "module.judge: not found or len(found) >= limit -> (len(found) >= limit)",
    "module.judge: not found -> (found)",
    "module.judge: len(found) >= limit -> (len(found) > limit)",
    'module.judge: found.append("x") -> pass',
    'module.judge: {"đ", "b"} -> ({\'đ\'})',
    (
        "module.judge: any(name in names for name in found if name) -> (all((name in names for "
        "name in found if name)))"
    ),
    (
        "module.judge: (name in names for name in found if name) -> ((name in names for name in "
        "found))"
    ),
    "module.judge: name in names -> (name not in names)",
}


def test_every_kind_of_change_is_tried_and_nothing_that_is_no_code() -> None:
    assert {mutation.key for mutation in mutations(SOURCE, "module")} == EXPECTED


@pytest.mark.parametrize("key", sorted(EXPECTED))
def test_a_change_gives_another_program(key: str) -> None:
    mutation = next(one for one in mutations(SOURCE, "module") if one.key == key)
    assert ast.dump(ast.parse(mutation.applied(SOURCE))) != ast.dump(ast.parse(SOURCE))


def test_the_choice_does_not_depend_on_what_stands_before() -> None:
    moved = b"import os\n\n" + SOURCE
    for before, after in zip(mutations(SOURCE, "module"), mutations(moved, "module"), strict=True):
        assert (before.key, before.rank(1)) == (after.key, after.rank(1))
        assert before.line + 2 == after.line


def test_changes_of_the_javascript_verifier_are_of_what_stands_there() -> None:
    for name, old, *_ in json.loads(js_mutants.CHANGES.read_text("utf-8")):
        assert old in (js_mutants.VERIFIER / name).read_text("utf-8"), old
