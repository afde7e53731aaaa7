"""The figures of the source count what they say."""

from pathlib import Path

import pytest

from tests.unit.docs.pages import ROOT
from tools.figures import (
    circles,
    figures,
    loops_over_one,
    package_arrows,
    read_modules,
    repeated_classes,
    shared_stems,
    table,
    unexported_types,
)

SOURCES = {
    "__init__.py": "from hocba_sign.a.one import make\n",
    "a/__init__.py": "",
    "a/x/__init__.py": "",
    "a/x/prepare.py": "from hocba_sign.a.y.prepare import Twice\n",
    "a/y/__init__.py": "",
    "a/y/prepare.py": "from hocba_sign.b.other import Twice as Second\n\n\nclass Twice: ...\n",
    "a/one.py": (
        "from hocba_sign.b.other import Twice\n\n\ndef make(it: Twice) -> int:\n"
        '    """Give it."""\n    return sum(one for one in it)  # why\n'
    ),
    "b/__init__.py": "",
    "b/other.py": "class Twice: ...\n",
    "b/one.py": "from hocba_sign.a import one\n",
}


@pytest.fixture
def found(tmp_path: Path) -> dict[str, str]:
    for name, text in SOURCES.items():
        path = tmp_path / "src" / "hocba_sign" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "README.md").write_text("```python\nfrom hocba_sign.b.one import x\n```\n", "utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text(
        "```python\nfrom hocba_sign import make\nfrom hocba_sign.testing import World\n```\n",
        "utf-8",
    )
    return figures(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("class names used more than once", "1"),
        ("modules sharing their stem with another", "4"),
        ("… neither in mirrored siblings nor named after a command", "2"),
        ("docstrings that begin with Give or Tell", "1"),
        ("loops over `one`", "1"),
        ("types in public signatures not exported", "1"),
        ("pages with Python that import private modules", "1 of 2"),
        ("modules (rooms)", "5"),
        ("imports between modules (arrows)", "5"),
        ("circles between modules", "0"),
        ("circles between packages", "1"),
    ],
)
def test_each_figure_counts_what_it_says(found: dict[str, str], name: str, value: str) -> None:
    assert found[name] == value


def test_a_package_and_what_it_holds_are_no_circle() -> None:
    assert circles({"a": {"b"}, "b": {"a"}, "c": {"a"}}) == [frozenset("ab")]
    assert package_arrows({"p.a.m": {"p.n"}, "p.n": {"p.a.m"}}) == {"p.a": set(), "p": set()}


def test_columns_stand_side_by_side() -> None:
    assert table({"before": {"f": "2"}, "now": {"f": "1"}}).splitlines()[-1] == "| f | 2 | 1 |"


def test_all_that_public_records_are_made_of_is_public() -> None:
    assert unexported_types(read_modules(ROOT)) == []


def test_types_are_followed_to_their_ends_and_told_from_namesakes(tmp_path: Path) -> None:
    sources = {
        "__init__.py": "from hocba_sign.a import Outer\n",
        "types.py": "from hocba_sign.a import Told as Told\n",
        "a.py": (
            "from pathlib import Path\nfrom hocba_sign.b import Deep\n\n\n"
            "class Told: ...\n\n\nclass Inner:\n    deep: list[Deep]\n\n\n"
            "class Outer:\n    path: Path\n    told: Told\n\n    def get(self) -> Inner: ...\n"
        ),
        "b.py": "class Deep: ...\n\n\nclass Path: ...\n",
    }
    for name, text in sources.items():
        path = tmp_path / "src" / "hocba_sign" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert unexported_types(read_modules(tmp_path)) == [
        "hocba_sign.a.Inner",
        "hocba_sign.b.Deep",
    ]


def test_no_name_stands_twice() -> None:
    modules = read_modules(ROOT)
    rooms = [module for module in modules if module.stem != "__init__"]
    assert repeated_classes(modules) == []
    assert shared_stems(rooms, but_mirrored=True) == []
    assert loops_over_one(modules) == 0
