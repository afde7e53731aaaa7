"""What `--evidence` keeps is enough to come to the same verdict when nobody answers any more."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.cli.main import main
from hocba_sign.testing import WorldServer
from tests.integration.online import Online, opened
from tests.support.scene import CBQL, JUDGED_AT, SIGNED_AT

AT = JUDGED_AT.strftime("%Y-%m-%dT%H:%M:%SZ")
KEPT = ("trust", "cert", "crl", "ocsp")
TOLD = ("indication", "sub_indication", "best_signature_time", "time_proof", "causes")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorldServer]:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with opened() as started:
        yield started


def written(scene: Online) -> None:
    Path("hoc-ba.xml").write_bytes(scene.document)
    Path("anchors").mkdir()
    for anchor in scene.trust.anchors:
        Path("anchors", f"{anchor.certificate.sha256}.cer").write_bytes(anchor.certificate.der)


def verified(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    main(["verify", "hoc-ba.xml", "--at", AT, "--json", *options])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def kept(folder: str) -> list[str]:
    given = ((f"--{name}", f"{folder}/{name}") for name in KEPT if Path(folder, name).is_dir())
    return [part for pair in given for part in pair]


def essence(report: dict[str, Any]) -> dict[str, Any]:
    return {
        "verdict": report["verdict"],
        "signatures": [{key: one[key] for key in TOLD} for one in report["signatures"]],
        "checks": sorted({(one["id"], one["result"], one["where"]) for one in report["checks"]}),
    }


@pytest.mark.parametrize("is_revoked", [False, True])
def test_the_network_is_gone_and_the_verdict_stays(
    server: WorldServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    is_revoked: bool,
) -> None:
    scene = Online(server, chain=1)
    written(scene)
    if is_revoked:
        scene.world.revoke(scene.identity(CBQL), SIGNED_AT - timedelta(days=1))
    online = ("--trust", "anchors", "--unsafe-allow-loopback", "--evidence", "kept")
    before = verified(capsys, *online)
    assert before["verdict"] == ("INDETERMINATE" if is_revoked else "VALID")
    asked = len(server.requests)
    assert asked
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "another-machine"))
    after = verified(capsys, *kept("kept"), "--offline")
    assert essence(after) == essence(before)
    assert len(server.requests) == asked
    results = [json.loads(path.read_text("utf-8")) for path in Path("kept/result").iterdir()]
    assert [essence(one) for one in results] == [essence(before)]


def test_without_what_was_kept_it_does_not(
    server: WorldServer, capsys: pytest.CaptureFixture[str]
) -> None:
    written(Online(server, chain=1))
    report = verified(capsys, "--trust", "anchors", "--offline", "--evidence", "kept")
    assert report["verdict"] == "INDETERMINATE"
    assert not Path("kept", "crl").exists()


def test_it_is_said_how_to_verify_again(
    server: WorldServer, capsys: pytest.CaptureFixture[str]
) -> None:
    written(Online(server, chain=1))
    arguments = ["--trust", "anchors", "--unsafe-allow-loopback", "--evidence", "kept"]
    assert main(["verify", "hoc-ba.xml", "--at", AT, "--lang", "en", *arguments]) == 0
    command = capsys.readouterr().err.rpartition("hocba ")[2].split()
    assert main([part if part != "FILE" else "hoc-ba.xml" for part in command]) == 0
