"""A check that could not be done must fail, not pass or vanish."""

from pathlib import Path

import pytest

from tests.interop import peers
from tests.interop.dss_oracle import OracleError, dss
from tests.interop.foreign import JUDGED_AT, ForeignWorld
from tests.interop.programs import MissingProgramError
from tests.interop.xmlsec1 import xmlsec1


@pytest.fixture
def file(foreign: ForeignWorld) -> Path:
    return foreign.write("whole.xml", foreign.issue())


def test_missing_programs_are_errors(
    foreign: ForeignWorld, file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match="xmlsec1"):
        xmlsec1(file, trust=[foreign.folder / "trust/root.pem"])
    with pytest.raises(MissingProgramError):
        dss([file], trust=[foreign.folder / "trust"])


def test_missing_peers_are_errors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(peers, "PLACE", tmp_path)
    monkeypatch.setattr(peers, "HERE", tmp_path)
    for peer in (peers.signxml, peers.python_xmlsec, peers.xadesjs):
        with pytest.raises(MissingProgramError, match="setup-interop"):
            peer([])


def test_anchors_that_are_none_are_errors(foreign: ForeignWorld, file: Path) -> None:
    with pytest.raises(OracleError, match="no CERTIFICATE"):
        dss([file], trust=[foreign.folder / "crl"])


def test_without_revocation_data_nothing_passes(foreign: ForeignWorld, file: Path) -> None:
    (verdict,) = dss([file], trust=[foreign.folder / "trust"], at=JUDGED_AT)
    assert {one["sub_indication"] for one in verdict["signatures"]} == {
        "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    }


def test_a_file_that_is_no_xml_is_reported_beside_the_others(
    foreign: ForeignWorld, file: Path
) -> None:
    noise = foreign.folder / "noise.xml"
    noise.write_bytes(b"\x00noise")
    broken, whole = dss([noise, file], trust=[foreign.folder / "trust"], at=JUDGED_AT)
    assert broken.get("error")
    assert "error" not in whole
