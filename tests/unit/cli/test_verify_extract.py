"""`hocba verify-extract`: what is shown stands in the report that is printed, and on the page."""

import json
from html import escape
from pathlib import Path

import pytest

from hocba_sign.cli.main import main
from hocba_sign.operations.open_extract import open_extract
from hocba_sign.rendering.text_layer import text_layer
from hocba_sign.report.extract_page import extract_page
from hocba_sign.report.phrases import phrase
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing.identity import pem
from tests.support.scene import JUDGED_AT, Scene

SCENE = Scene("lop9", subjects=1)
NAME = escape(SCENE.transcript.pupil.full_name)
TITLE = "<h2>Nội dung được tiết lộ</h2>"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = SCENE.signed(level=Level.T)
    extract = open_extract(document, SCENE.verify(document), show=["result"])
    Path("extract.txt").write_text(extract.to_text(), "utf-8")
    Path("trust").mkdir()
    Path("evidence").mkdir()
    for number, anchor in enumerate(SCENE.trust.anchors):
        Path(f"trust/{number}.pem").write_bytes(pem(anchor.certificate.der))
    evidence = SCENE.evidence()
    seal = SCENE.identity(SCENE.slots[-1]).certificate_der
    lists = [each.der for each in evidence.crls]
    for number, der in enumerate([seal, *lists, *(one.der for one in evidence.certificates)]):
        Path(f"evidence/{number}.der").write_bytes(der)


def judged(file: str, *more: str) -> int:
    evidence = ("--crl", "evidence", "--cert", "evidence", "--trust", "trust")
    options = ("--offline", "--at", JUDGED_AT.isoformat(), "--html", "page.html")
    return main(["verify-extract", file, *evidence, *options, *more])


def test_the_page_has_the_verdict_and_what_is_shown(capsys: Captured) -> None:
    assert judged("extract.txt", "--lang", "vi") == 0
    page, told = Path("page.html").read_text("utf-8"), capsys.readouterr().out
    assert TITLE in page
    assert "Nội dung được tiết lộ" in told
    assert NAME in page


def test_the_page_of_an_extract_that_was_changed_shows_nothing(capsys: Captured) -> None:
    text = Path("extract.txt").read_text("utf-8")
    Path("changed.txt").write_text(text[:-4] + ("0000" if text[-4:] != "0000" else "1111"), "utf-8")
    assert judged("changed.txt", "--lang", "vi") != 0
    capsys.readouterr()
    page = Path("page.html").read_text("utf-8")
    assert TITLE not in page
    assert NAME not in page


def test_the_page_replaces_no_document() -> None:
    before = Path("extract.txt").read_bytes()
    assert main(["verify-extract", "extract.txt", "--html", "extract.txt", "--offline"]) == 2
    assert Path("extract.txt").read_bytes() == before


def test_no_time_of_signing_is_told_that_the_seal_does_not_state(capsys: Captured) -> None:
    assert judged("extract.txt", "--json") == 0
    (seal,) = json.loads(capsys.readouterr().out)["signatures"]
    assert (seal["best_signature_time"], seal["time_proof"]) == (None, "none")
    assert judged("extract.txt", "--lang", "vi") == 0
    told = capsys.readouterr().out + Path("page.html").read_text("utf-8")
    assert phrase("PROOF_CLAIMED", "vi") not in told


def test_the_page_for_a_parent_names_no_command() -> None:
    document = SCENE.signed(level=Level.T)
    report = SCENE.verify(document)
    page = extract_page(open_extract(document, report, show=["result"]), report)
    words = " ".join(text for found in text_layer(page) for text in found.read)
    assert "tiết lộ" in words
    assert "hocba " not in words
