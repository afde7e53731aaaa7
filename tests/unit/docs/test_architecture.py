"""ARCHITECTURE.md says what the code says."""

import re
import tomllib

import pytest

from hocba_sign.model.workflow import PLANS
from hocba_sign.report.document import Report
from hocba_sign.xml.layout import CANONICAL
from tests.unit.docs.pages import ROOT

PACKAGE = ROOT / "src" / "hocba_sign"
TEXT = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
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


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\| `([A-Z]\w+)`", TEXT))))
def test_every_state_is_a_type_of_the_source(name: str) -> None:
    assert any(
        re.search(rf"^class {name}\b", path.read_text("utf-8"), re.MULTILINE)
        for path in PACKAGE.rglob("*.py")
    )


def test_one_table_serves_both_directions() -> None:
    roles = {step.role for plan in PLANS.values() for step in plan.steps}
    assert roles <= set(CANONICAL.rules)
    assert hasattr(Report, "require_passed")
