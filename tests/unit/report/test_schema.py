"""The published schema describes what is printed, and leaves room for what will be added."""

import json
from copy import deepcopy
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.ades.structure import StampKind
from hocba_sign.catalogue.messages import catalogue
from hocba_sign.cli.main import main
from hocba_sign.validation.verdict import Indication, SubIndication, Verdict
from tests.support.report_schema import SCHEMA, closed, faults, published


@pytest.fixture
def report(root: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    folder = root / "test_vectors" / "format" / "issued-secondary-level-t"
    main(["verify", str(folder / "document.xml"), "--offline", "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_package_carries_it() -> None:
    packaged = resources.files("hocba_sign.schemas").joinpath(SCHEMA.name)
    assert packaged.read_text("utf-8") == SCHEMA.read_text("utf-8")


def test_a_later_member_passes(report: dict[str, Any]) -> None:
    later = deepcopy(report) | {"later": 1}
    later["signatures"][0]["later"] = {"of": "any kind"}
    assert not faults(later, published())
    assert faults(later, closed())


@pytest.mark.parametrize("member", ["verdict", "checks", "sha256", "signatures"])
def test_a_missing_member_does_not(report: dict[str, Any], member: str) -> None:
    del report[member]
    assert faults(report, published())


def test_a_call_that_cannot_be_judged_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "there-is-none.xml", "--offline", "--json"]) == 6
    failure = json.loads(capsys.readouterr().out)
    assert not faults(failure, published())
    assert not faults(failure, closed())


def test_it_lists_the_words_of_the_code() -> None:
    words = json.loads(SCHEMA.read_text("utf-8"))["$defs"]
    assert set(words["verdict"]["enum"]) == set(Verdict)
    assert set(words["indication"]["enum"]) == set(Indication)
    assert set(words["sub_indication"]["enum"]) == {*SubIndication, None}
    assert set(words["time_stamp"]["properties"]["type"]["enum"]) == set(StampKind)


def test_every_id_of_the_catalogue_is_one_of_the_schema() -> None:
    cause = published().evolve(schema=published().schema["$defs"]["cause"])  # type: ignore[index]  # an object
    assert [one for one in catalogue() if not cause.is_valid(one)] == []
