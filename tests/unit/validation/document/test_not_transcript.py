"""A photo is no forgery: what is no transcript is told as that, and what may be one never is."""

import gzip
import json

import pytest

from hocba_sign.operations.documents import render
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.report import Report
from hocba_sign.validation.verdict import Verdict
from tests.support.scene import JUDGED_AT, Scene

SCENE = Scene("lop9", subjects=1)
ISSUED = SCENE.signed()
SIGNATURE = b'<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"/>'
OFFLINE = Verifier(trust=TrustStore.vietnam())
NO_DOCUMENTS = {
    "empty": b"",
    "blank": b"\n \t",
    "picture": b"\xff\xd8\xff\xe0" + b"<=&" * 200_000,
    "archive": gzip.compress(ISSUED, mtime=0),
    "office": b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml",
    "json": json.dumps({"HOC_BA": {}}).encode(),
    "text": "học bạ của em".encode(),
    "text in UTF-16": b"\xff\xfe" + "học bạ".encode("utf-16-le"),
    "text before": b"x" + ISSUED,
    "web page": b"<!DOCTYPE html><p>not found",
    "old web page": b"  <HTML><br>",
    "unsigned": b"<HDon><THDon/></HDon>",
    "too large": b"\x00" * 20_000_001,
}
OTHERS = {
    "invoice": b"<HDon>" + SIGNATURE + b"</HDon>",
    "with equal Ids": b'<a><b Id="x"/><c Id="x"/>' + SIGNATURE + b"</a>",
    "in Latin-1": b'<?xml version="1.0" encoding="iso-8859-1"?><a n="\xe9">' + SIGNATURE + b"</a>",
}
MAY_BE_ONE = {
    "cut": ISSUED[:-40],
    "a tail": ISSUED + b"x",
    "with a DTD": ISSUED.replace(b"?>", b"?><!DOCTYPE HOC_BA>", 1),
    "another namespace": ISSUED.replace(b"urn:hocba:1", b"urn:hocba:one"),
    "within": b"<a>" + ISSUED.partition(b"?>")[2] + b"</a>",
    "renamed root": ISSUED.replace(b"<HOC_BA ", b"<HOC ", 1).replace(b"</HOC_BA>", b"</HOC>"),
    "UTF-16 without a mark": "<HOC_BA/>".encode("utf-16-le"),
    "UTF-16, big end first": "<HOC_BA/>".encode("utf-16-be"),
    "UTF-32": "<HOC_BA/>".encode("utf-32"),
    "broken letters": ISSUED.replace("ễ".encode(), b"\xff", 1),
    "a PDF cut off": b"%PDF-1.7\n",
    "too large": b"<" + b" " * 20_000_001,
}


def told(report: Report) -> tuple[Verdict, str | None]:
    document = report.to_dict()["document"]
    return report.verdict, None if document is None else document["kind"]


@pytest.mark.parametrize("name", NO_DOCUMENTS)
def test_what_is_no_document_is_nothing_to_verify(name: str) -> None:
    report = OFFLINE.verify(NO_DOCUMENTS[name], at=JUDGED_AT)
    assert told(report) == (Verdict.NOTHING_TO_VERIFY, "none")
    assert [check.identifier for check in report.checks] == ["DOC.NO_DOCUMENT"]
    assert "KHÔNG PHẢI HỌC BẠ SỐ" in report.to_text("vi")


@pytest.mark.parametrize("name", sorted(NO_DOCUMENTS.keys() - {"unsigned"}))
def test_nor_is_it_with_any(name: str) -> None:
    report = OFFLINE.verify_any(NO_DOCUMENTS[name], at=JUDGED_AT)
    assert report.verdict in {Verdict.NOTHING_TO_VERIFY, Verdict.INVALID}
    assert (report.verdict is Verdict.INVALID) == name.endswith("web page")


@pytest.mark.parametrize("name", OTHERS)
def test_a_signed_document_of_another_kind_is_pointed_to_any(name: str) -> None:
    report = OFFLINE.verify(OTHERS[name], at=JUDGED_AT)
    assert told(report) == (Verdict.NOTHING_TO_VERIFY, "other")
    assert "--any" in report.to_text("vi")


@pytest.mark.parametrize("name", MAY_BE_ONE)
def test_what_may_be_a_transcript_is_not_excused(name: str) -> None:
    report = OFFLINE.verify(MAY_BE_ONE[name], at=JUDGED_AT)
    assert report.verdict is Verdict.INVALID


def test_an_unsigned_transcript_is_still_one() -> None:
    assert told(SCENE.verify(SCENE.draft)) == (Verdict.NOTHING_TO_VERIFY, "hoc_ba")


def test_unsigned_pages_of_a_signed_transcript_are_judged_by_it() -> None:
    pages = render(ISSUED).octets
    report = SCENE.verify(pages)
    facts = report.to_dict()
    assert told(report) == (Verdict.VALID, "hoc_ba")
    assert facts["format"] == "pdf"
    assert facts["attached"]["verdict"] == "VALID"
    assert len(facts["signatures"]) == len(SCENE.verify(ISSUED).to_dict()["signatures"])
    assert "PDF.PAGES_UNSIGNED" in report.to_text("vi")
    assert report.require_passed() == SCENE.transcript


def test_an_address_on_unsigned_pages_is_told() -> None:
    """Anybody can make such pages of a signed transcript, with an address of his own."""
    report = SCENE.verify(render(ISSUED, check_url="https://tra-cuu.example.vn/x").octets)
    assert "https://tra-cuu.example.vn/x" in report.to_json()
    assert "https://tra-cuu.example.vn/x" in report.to_text("vi")


def test_unsigned_pages_of_a_draft_are_no_signature() -> None:
    assert told(SCENE.verify(render(SCENE.draft).octets)) == (
        Verdict.NOTHING_TO_VERIFY,
        "hoc_ba",
    )
