"""What `hocba doctor` says of clocks, extras, fonts and folders, and what it never shows."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from hocba_sign.adapters import surroundings
from hocba_sign.adapters.tsa import TimeStampClient
from hocba_sign.cli.commands import doctor
from hocba_sign.cli.main import main
from hocba_sign.errors import Finding
from hocba_sign.testing import World
from tests.support.scene import DirectTsa

NOW = datetime.now(UTC)
NUMBER = "001085000001"


@pytest.mark.parametrize(
    ("ahead", "result"),
    [(timedelta(0), "ok"), (timedelta(minutes=-20), "fault"), (timedelta(days=1), "fault")],
)
def test_a_clock_is_compared_with_the_authority(
    ahead: timedelta, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.now(UTC)
    authority = DirectTsa(World(at, fast=True), at - ahead)
    offset = surroundings.clock_offset(cast("TimeStampClient", authority))
    assert abs(offset - ahead) < timedelta(minutes=1)
    monkeypatch.setattr(doctor, "clock_offset", lambda _: offset)
    found = list(doctor._clock(argparse.Namespace(tsa="http://127.0.0.1/", timeout=None)))
    assert [one.result for one in found] == [result]
    assert found[0].cause == (None if result == "ok" else "DOCTOR.CLOCK")


def examined(**options: Any) -> list[doctor.Examined]:
    given: dict[str, Any] = {
        "pkcs11": None,
        "cert": None,
        "token": None,
        "cert_sha256": None,
        "role": None,
        "tsa": None,
        "folder": Path(),
        "trust": [],
        "offline": True,
        "lang": "en",
    }
    return list(doctor.examine(argparse.Namespace(**given | options)))


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_a_missing_extra_is_a_fault_where_it_is_wanted_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "missing_extras", lambda: {"pkcs11": "TOKEN.EXTRA_MISSING"})
    without = [one.result for one in examined() if one.subject == "EXTRAS"]
    wanted = [one.result for one in examined(pkcs11=Path("/nowhere.so")) if one.subject == "EXTRAS"]
    assert (without, wanted) == (["warning"], ["fault"])


def test_broken_fonts_and_folders_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not surroundings.broken_fonts()
    assert not list(surroundings.folder_findings(Path()))
    assert list(Path().iterdir()) == []
    monkeypatch.setattr(doctor, "broken_fonts", lambda: ("a.ttf",))
    monkeypatch.setattr(doctor, "folder_findings", lambda _: [Finding("DOCTOR.CASE")])
    found = {one.subject: (one.result, one.cause) for one in examined()}
    assert found["FONTS"] == ("fault", "DOCTOR.FONTS")
    assert found["FOLDER"] == ("warning", "DOCTOR.CASE")


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_the_report_can_be_shared(
    more: tuple[str, ...],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = World(NOW, fast=True).person("Trần Thị Kín", NUMBER)
    folder = tmp_path / NUMBER
    folder.mkdir()
    (folder / "signer.pem").write_bytes(person.chain_pem)
    monkeypatch.setenv("HOME", str(tmp_path))
    for given in ("signer.pem", "missing.pem"):
        main(["doctor", "--cert", str(folder / given), "--offline", "--role", "GVCN", *more])
    told = capsys.readouterr().out
    assert "missing.pem" in told
    assert NUMBER not in told
    assert "Kín" not in told
    assert str(tmp_path) not in told


def test_a_certificate_without_a_number_is_warned_of(tmp_path: Path) -> None:
    world = World(NOW, fast=True)
    for name, uid, is_warned in (("a", f"CCCD:{NUMBER}", False), ("b", "", True)):
        path = tmp_path / f"{name}.pem"
        path.write_bytes(world.person("Trần Thị Kín", NUMBER, uid=uid).chain_pem)
        found = examined(cert=path)
        assert ("DOCTOR.NO_NUMBER" in {one.cause for one in found}) is is_warned
