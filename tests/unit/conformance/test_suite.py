"""A suite is taken as it was published, or not at all."""

import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.conformance.command import main
from hocba_sign.conformance.suite import open_suite
from hocba_sign.errors import InputError
from tests.support.small_suite import CASE, made
from tests.vectors.replay import VECTORS
from tools.suite_archive import write


def cause(source: Path, tmp_path: Path) -> str:
    with pytest.raises(InputError) as raised:
        open_suite(source, tmp_path / "place")
    return raised.value.cause


def test_folder_and_archive_are_the_same_suite(tmp_path: Path) -> None:
    archive = write(tmp_path)
    folder_suite = open_suite(VECTORS, tmp_path / "a")
    archive_suite = open_suite(archive, tmp_path / "b")
    assert [one.identifier for one in folder_suite.cases] == [
        one.identifier for one in archive_suite.cases
    ]
    assert not list((tmp_path / "b").rglob("case.json"))


@pytest.mark.long
def test_the_archive_is_made_alike_twice(tmp_path: Path) -> None:
    assert write(tmp_path / "a").read_bytes() == write(tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    "versions",
    [
        {"version": "2.0"},
        {"version": "0.9"},
        {"version": None},
        {"format": "2.0"},
        {"interface": "2"},
        {"version": "1x"},
        {"version": "10.0"},
    ],
)
def test_an_unknown_suite_is_refused(tmp_path: Path, versions: dict[str, Any]) -> None:
    source = made(tmp_path / "suite", **versions)
    assert cause(source, tmp_path) == "CONFORMANCE.UNKNOWN_SUITE"


def test_later_minor_versions_are_known(tmp_path: Path) -> None:
    assert open_suite(made(tmp_path / "suite"), tmp_path / "place").version == "1.7"


@pytest.mark.parametrize(
    "change",
    [
        lambda suite: (suite / "a/b/document.xml").write_bytes(b"<b/>"),
        lambda suite: (suite / "a/b/document.xml").unlink(),
        lambda suite: (suite / "a/b/more.crl").write_bytes(b""),
        lambda suite: (suite / "a/b/case.json").write_text(json.dumps(CASE | {"expect": {}})),
    ],
)
def test_a_changed_suite_is_refused(tmp_path: Path, change: Callable[[Path], object]) -> None:
    source = made(tmp_path / "suite")
    change(source)
    assert cause(source, tmp_path) == "CONFORMANCE.CHANGED"


def test_a_suite_that_lost_cases_is_refused(tmp_path: Path) -> None:
    assert cause(made(tmp_path / "suite", cases=2), tmp_path) == "CONFORMANCE.CHANGED"


def test_what_is_no_suite_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("x", "utf-8")
    climbing = tmp_path / "climbing.zip"
    with zipfile.ZipFile(climbing, "w") as archive:
        archive.writestr("../suite.json", "{}")
    for source in ("empty", "text", "climbing.zip", "absent"):
        assert cause(tmp_path / source, tmp_path) == "CONFORMANCE.NO_SUITE"


def test_refusals_are_told_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, words in (("en", "This is not"), ("vi", "Đây không phải")):
        arguments = ["--exec", sys.executable, "--vectors", str(tmp_path), "--lang", language]
        assert main(arguments) == 2
        assert words in capsys.readouterr().err
