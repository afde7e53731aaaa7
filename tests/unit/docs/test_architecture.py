"""ARCHITECTURE.md says what the code says."""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest

from hocba_sign.model.workflow import PLANS
from hocba_sign.report.report import Report
from hocba_sign.validation.verdict import SubIndication
from hocba_sign.xml.layout import CANONICAL
from tests.unit.docs.pages import ROOT

PACKAGE = ROOT / "src" / "hocba_sign"
TEXT = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
PROSE = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
TREES = {path: ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}
CAUSES = frozenset(
    cause
    for path in (PACKAGE / "catalogue").glob("*.json")
    for cause in json.loads(path.read_text("utf-8"))
)
OTHERS = (
    {path.name for path in PACKAGE.iterdir()}
    | set(SubIndication)
    | {
        *("at", "hocba", "make lint", "datetime.now", "#id", "[tool.importlinter]", "extend"),
        "python -m tools.figures",
    }
)
"""Packages, sub-indications, and words of the shell or of other programs."""
NO_ROW = {"__init__.py", "version.py", "py.typed", "schemas", "__pycache__"}


def test_every_package_has_a_row() -> None:
    rows = re.findall(r"^\| `([\w.]+?)/?` \|", TEXT, re.MULTILINE)
    assert sorted(rows) == sorted(
        path.name for path in PACKAGE.iterdir() if path.name not in NO_ROW
    )


def test_arrows_are_those_that_lint_enforces() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contract = next(
        one for one in settings["tool"]["importlinter"]["contracts"] if one["type"] == "layers"
    )
    shown = re.search(r"## Arrows.*?```text\n(.*?)```", TEXT, re.DOTALL)
    assert shown is not None
    assert shown[1].split("\n")[:-1] == contract["layers"]


def is_known(name: str) -> bool:
    """Return whether something in backticks exists: a file or folder below the package or the
    root, what a file defines (`file.py:name`), a class with its attribute, a cause, a function, a
    package.
    """
    path, _, defined = name.partition(":")
    if "/" in path or re.search(r"\.(py|json|toml)$", path):
        found = [place / path for place in (PACKAGE, ROOT) if (place / path).exists()]
        return bool(found) and (not defined or defined in definitions(found[0]))
    if re.fullmatch(r"[A-Z]\w*[a-z]\w*(\.\w+)?", name):
        owner, _, attribute = name.partition(".")
        return any(
            isinstance(node, ast.ClassDef) and node.name == owner and attribute in ast.unparse(node)
            for tree in TREES.values()
            for node in tree.body
        )
    if re.fullmatch(r"[A-Z_]+\.[A-Z_]+", name):
        return name in CAUSES
    return name in OTHERS or any(name in definitions(path) for path in TREES)


def definitions(path: Path) -> set[str]:
    """Return what the top of a module defines."""
    found = set()
    for node in TREES[path].body:
        match node:
            case ast.ClassDef() | ast.FunctionDef():
                found.add(node.name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case _:
                pass
    return found


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([^`\n]+)`", PROSE))))
def test_what_stands_in_backticks_exists(name: str) -> None:
    assert is_known(name)


@pytest.mark.parametrize(
    "name", ["xml/gone.py", "xml/parse.py:gone", "Gone", "Report.gone", "SIG.GONE", "gone"]
)
def test_what_does_not_exist_is_found(name: str) -> None:
    assert not is_known(name)


def test_every_room_is_named() -> None:
    """Folders within packages are the rooms; data and tests are none."""
    rooms = {
        path.parent.relative_to(PACKAGE).as_posix() for path in PACKAGE.glob("*/*/__init__.py")
    }
    assert {room for room in rooms if f"`{room}/`" not in TEXT} == set()


def test_one_table_serves_both_directions() -> None:
    roles = {step.role for plan in PLANS.values() for step in plan.steps}
    assert roles <= set(CANONICAL.rules)
    assert hasattr(Report, "require_passed")
