"""What `hocba verify` rests on beside the document: files that are named, and what was imported on this machine."""

import json
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.cli.main import main
from hocba_sign.signing.policy import Level
from tests.support.scene import JUDGED_AT, Scene

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(subjects=1)


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: Scene) -> list[str]:
    """Write signed.xml, anchors and evidence; give the call without anchors."""
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HOCBA_LANG", raising=False)
    (tmp_path / "signed.xml").write_bytes(scene.signed(level=Level.T))
    (tmp_path / "trust").mkdir()
    (tmp_path / "evidence").mkdir()
    for number, der in enumerate(scene.world.anchors_der):
        (tmp_path / "trust" / f"{number}.cer").write_bytes(der)
    for number, der in enumerate(scene.world.crls(JUDGED_AT)):
        (tmp_path / "evidence" / f"{number}.crl").write_bytes(der)
    evidence = str(tmp_path / "evidence")
    return ["verify", str(tmp_path / "signed.xml"), "--crl", evidence, "--offline", "--at", JUDGED_AT.isoformat(), "--json"]


def judged(arguments: list[str], captured: Captured) -> tuple[int, dict[str, Any]]:
    code = main(arguments)
    value = json.loads(captured.readouterr().out)
    assert isinstance(value, dict)
    return code, value


def user_anchors(report: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(check["result"], check["forces"]) for check in report["checks"] if check["id"] == "TRUST.USER_ANCHOR"]


def test_anchors_named_are_the_users_and_force_nothing(options: list[str], tmp_path: Path, capsys: Captured, scene: Scene) -> None:
    code, report = judged([*options, "--trust", str(tmp_path / "trust")], capsys)
    assert (code, report["verdict"]) == (0, "VALID")
    assert user_anchors(report) == [("warning", None)] * len(scene.world.anchors_der)


def test_imported_anchors_count_without_being_named(options: list[str], tmp_path: Path, capsys: Captured, scene: Scene) -> None:
    assert judged(options, capsys)[0] == 3
    files = [str(path) for path in (tmp_path / "trust").iterdir()]
    assert main(["trust", "import", "--as-anchor", *files]) == 0
    capsys.readouterr()
    code, report = judged(options, capsys)
    assert (code, report["verdict"]) == (0, "VALID")
    assert user_anchors(report) == [("warning", None)] * len(scene.world.anchors_der)
    assert {check["where"] for check in report["checks"] if check["id"] == "TRUST.USER_ANCHOR"} >= {
        signature["certificate"]["anchor_sha256"] for signature in report["signatures"]
    }


def test_what_an_imported_anchor_stands_for_counts(options: list[str], tmp_path: Path, capsys: Captured) -> None:
    """An anchor that stands for time-stamping only does not carry anybody's signature."""
    files = [str(path) for path in (tmp_path / "trust").iterdir()]
    assert main(["trust", "import", "--as-anchor", "--stands-for", "tsa", *files]) == 0
    capsys.readouterr()
    code, report = judged(options, capsys)
    assert (code, report["verdict"]) == (1, "INVALID")
    assert any(check["id"] == "WF.HIERARCHY" for check in report["checks"])


def test_evidence_that_is_none_stops_the_call(options: list[str], tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "odd.crl").write_bytes(b"\x30\x80 no list")
    code, told = judged([*options, "--crl", str(tmp_path / "odd.crl")], capsys)
    assert (code, told["verdict"], told["error"]["id"]) == (6, None, "FILE.UNUSABLE")
