"""The account of Circular 15/2025 names tests that exist, in both languages the same."""

import ast
import re
from typing import Final

import pytest

from tests.unit.docs.pages import ROOT

PAGES: Final = tuple(ROOT / "docs" / "reference" / name for name in ("law.md", "law.vi.md"))
ROW: Final = re.compile(r"^\| (?!Row|Mục|---)(.+?) \|(.+)\|$", re.MULTILINE)
MET: Final = {
    "met": "đạt",
    "in part": "một phần",
    "not yet": "chưa",
    "outside": "không thuộc thư viện",
}


def rows(number: int) -> list[list[str]]:
    found = ROW.findall(PAGES[number].read_text("utf-8"))
    return [[name, *(cell.strip() for cell in rest.split("|"))] for name, rest in found]


NAMED: Final = sorted({name for row in rows(0) for name in re.findall(r"`(test\S+?)`", row[4])})


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_exists(name: str) -> None:
    file, _, function = name.partition("::")
    if file.startswith("test_vectors/"):
        assert (ROOT / file / "case.json").exists()
        return
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert not function or function in functions


def test_both_languages_say_the_same() -> None:
    english, vietnamese = rows(0), rows(1)
    assert len(english) > 35
    assert [row[0].replace(" to ", " đến ") for row in english] == [row[0] for row in vietnamese]
    assert [MET[row[2]] for row in english] == [row[2] for row in vietnamese]
    assert [row[4] for row in english] == [row[4] for row in vietnamese]


def test_what_is_met_has_a_test_and_what_is_not_says_what_is_missing() -> None:
    for row in rows(0):
        assert row[4] or row[2] in {"not yet", "outside"}, row[0]
        assert row[3], row[0]
