"""Each limit is the one that the documents name."""

import re
from importlib import import_module

import pytest

from tests.unit.docs.pages import ROOT

ROW = re.compile(r"^\| `([\w.]+)\.(\w+)` \| ([\d,]+) \|", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "reference" / "limits.md").read_text("utf-8"))


@pytest.mark.parametrize(
    ("module", "name", "value"), ROWS, ids=[f"{module}.{name}" for module, name, _ in ROWS]
)
def test_a_limit_is_as_documented(module: str, name: str, value: str) -> None:
    limit = getattr(import_module(f"hocba_sign.{module}"), name)
    assert limit == int(value.replace(",", ""))


def test_the_page_has_limits_of_each_room_that_reads() -> None:
    assert {module.partition(".")[0] for module, _, _ in ROWS} >= {"pki", "validation", "xml"}
