"""The conformance runner passes here, and fails in every area on copies of the library with a law
of a verdict taken out.
"""

import json
import sys
from pathlib import Path

import pytest

from hocba_sign.conformance.command import main
from tests.vectors.law_copies import CHANGES, LISTED, copy_with, program
from tests.vectors.replay import FOLDERS, VECTORS

DEPARTING: dict[str, dict[str, str]] = json.loads(LISTED.read_text("utf-8"))
AREAS = {folder.parent.name for folder in FOLDERS}


def outcome(
    place: Path, cases: list[str], capsys: pytest.CaptureFixture[str]
) -> tuple[int, set[str]]:
    """Return the runner's exit code, and the cases that do not reach the level of members."""
    named = [word for case in cases for word in ("--area", case)]
    code = main(
        [
            *("--exec", f"{sys.executable} {program(place)}", "--interface", "arguments"),
            *("--vectors", str(VECTORS), "--level", "members", "--json", *named),
        ]
    )
    said = json.loads(capsys.readouterr().out)
    return code, {case["case"] for case in said["cases"] if case["reaches"] != "members"}


@pytest.mark.long
@pytest.mark.parametrize("name", CHANGES)
def test_a_copy_without_a_law_is_found_out(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = sorted(DEPARTING[name].values())
    assert outcome(copy_with(CHANGES[name], tmp_path), cases, capsys) == (1, set(cases))


@pytest.mark.long
def test_the_library_itself_agrees_in_these_cases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = sorted({case for found in DEPARTING.values() for case in found.values()})
    assert outcome(copy_with(None, tmp_path), cases, capsys) == (0, set())


def test_every_area_notices_and_every_law_is_noticed() -> None:
    assert {name: set(found) for name, found in DEPARTING.items()} == {
        name: set(change.areas) for name, change in CHANGES.items()
    }
    assert {area for change in CHANGES.values() for area in change.areas} == AREAS
    assert {change.law for change in CHANGES.values()} == {1, 2, 3, 4}
