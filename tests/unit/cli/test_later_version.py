"""Registries and lists of a later version of the format end the command before any verdict: what
they say cannot be read, and must not be left out in silence.
"""

import json
from pathlib import Path

import pytest

from hocba_sign.cli.main import main

ROOT = Path(__file__).resolve().parents[3]
CASE = ROOT / "test_vectors" / "status" / "withdrawn"


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (b'phienBanLuocDo="1.0"', b'phienBanLuocDo="1.0"', "VALID"),
        (b'phienBanLuocDo="1.0"', b'phienBanLuocDo="1.1"', None),
        (b'xmlns="urn:hocba:1"', b'xmlns="urn:hocba:2"', None),
    ],
    ids=["this", "later", "generation"],
)
def test_a_status_list(
    old: bytes,
    new: bytes,
    verdict: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    octets = (CASE / "list.xml").read_bytes()
    assert old in octets
    (tmp_path / "list.xml").write_bytes(octets.replace(old, new, 1))
    given = json.loads((CASE / "case.json").read_text("utf-8"))["arguments"]
    monkeypatch.chdir(CASE)
    code = main([str(tmp_path / one) if one == "list.xml" else one for one in given])
    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == verdict
    if verdict is None:
        assert code == 1
        assert "DOC.NEWER" in json.dumps(report["error"])
