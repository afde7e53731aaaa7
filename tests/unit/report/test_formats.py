"""Reports in the forms of other systems say what our own says, and let nobody take a passed
signature for a valid transcript.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree

from hocba_sign.cli.main import main
from tests.vectors.replay import VECTORS, load

NAMESPACES: Final = {
    "vr": "http://uri.etsi.org/19102/v1.4.1#",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "hocba": "urn:hocba:report:1",
}
MAIN: Final = "urn:etsi:019102:mainindication:"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(name: str, form: str, *more: str) -> str:
        folder = VECTORS / name
        monkeypatch.chdir(folder)
        arguments = [one for one in load(folder)["arguments"] if one != "--json"]
        main([*arguments, "--format", form, *more])
        return capsys.readouterr().out

    return run


def parts(written: str) -> list[etree._Element]:
    return etree.fromstring(written.encode()).findall("vr:SignatureValidationReport", NAMESPACES)


def constraints(part: etree._Element) -> dict[str, str | None]:
    """Return what each constraint came to, None for one that was not checked."""
    found = {}
    path = "vr:ValidationConstraintsEvaluationReport/vr:ValidationConstraint"
    for one in part.iterfind(path, NAMESPACES):
        name = one.findtext("vr:ValidationConstraintIdentifier", namespaces=NAMESPACES)
        result = one.findtext("vr:ValidationStatus/vr:MainIndication", namespaces=NAMESPACES)
        found[str(name)] = None if result is None else result.removeprefix(MAIN)
    return found


def document(part: etree._Element) -> dict[str, str]:
    found = part.find("vr:OtherInformation/hocba:Document", NAMESPACES)
    assert found is not None
    return {str(key): str(value) for key, value in found.attrib.items()}


def test_etsi_tells_each_signature_with_its_time_and_signer(told: Any) -> None:
    found = parts(told("format/issued-secondary-level-t", "etsi"))
    assert len(found) == 4
    for part in found:
        status = part.findtext(
            "vr:SignatureValidationStatus/vr:MainIndication", namespaces=NAMESPACES
        )
        assert status == f"{MAIN}total-passed"
        assert constraints(part)["urn:cef:dss:bbb:x509CertificateValidation"] == "passed"
        assert constraints(part)["urn:hocba:rule:WF.ORDER_PROVEN"] == "passed"
        assert constraints(part)["urn:hocba:rule:WF.AUTHORITY"] is None
        assert document(part)["Verdict"] == "VALID"
        time = part.find("vr:ValidationTimeInfo/vr:BestSignatureTime", NAMESPACES)
        assert time is not None
        assert time.find("vr:POEObject", NAMESPACES) is not None
        assert time.findtext("vr:POETime", namespaces=NAMESPACES) == "2026-06-01T03:00:00Z"


def test_every_reference_of_etsi_leads_to_an_object(told: Any) -> None:
    root = etree.fromstring(told("archive/lta-renewed", "etsi").encode())
    identifiers = [str(one) for one in root.xpath("//@id")]
    referred = {str(one) for one in root.xpath("//@VOReference")}
    assert len(identifiers) == len(set(identifiers))
    assert referred <= set(identifiers)
    assert referred


def test_etsi_says_where_a_signature_ended_and_nothing_of_what_lies_behind(told: Any) -> None:
    changed = next(
        part
        for part in parts(told("signature/changed-mark", "etsi"))
        if constraints(part)["urn:cef:dss:bbb:cryptographicVerification"] == "failed"
    )
    found = constraints(changed)
    assert found["urn:cef:dss:bbb:formatChecking"] == "passed"
    assert found["urn:cef:dss:bbb:x509CertificateValidation"] is None
    assert found["urn:hocba:cause:SIG.DIGEST"] == "failed"


@pytest.mark.parametrize(
    "name", ["workflow/removed-homeroom", "workflow/order-homeroom-seal-teacher-principal"]
)
def test_a_broken_order_is_told_beside_signatures_that_pass(told: Any, name: str) -> None:
    found = parts(told(name, "etsi"))
    assert {document(part)["Verdict"] for part in found} == {"INVALID"}
    assert all("failed" in constraints(part).values() for part in found)
    concluded = json.loads(told(name, "siva"))["validationReport"]["validationConclusion"]
    assert concluded["validSignaturesCount"] == 0 < concluded["signaturesCount"]
    assert concluded["validationWarnings"]


@pytest.mark.parametrize("form", ["etsi", "siva"])
def test_nothing_of_the_content_is_told(told: Any, form: str) -> None:
    written = told("signature/changed-mark", form)
    content = etree.parse(VECTORS / "signature" / "changed-mark" / "document.xml")
    marks = content.xpath("//*[starts-with(local-name(), 'NHAN_XET')]/text()")
    assert isinstance(marks, list)
    assert marks
    assert not [mark for mark in marks if str(mark) in written]


def test_siva_counts_valid_signatures_of_a_valid_transcript(told: Any) -> None:
    written = json.loads(told("format/issued-secondary-level-t", "siva", "--lang", "en"))
    concluded = written["validationReport"]["validationConclusion"]
    assert concluded["validSignaturesCount"] == concluded["signaturesCount"] == 4
    assert concluded["validationWarnings"] == []
    assert concluded["validatedDocument"]["hashAlgo"] == "SHA256"
    first = concluded["signatures"][0]
    assert (first["indication"], first["subIndication"]) == ("TOTAL-PASSED", "")
    assert first["signatureFormat"] == "XAdES_BASELINE_T"
    assert first["info"]["bestSignatureTime"] == "2026-06-01T03:00:00Z"


def test_siva_counts_none_of_a_transcript_that_was_withdrawn(told: Any) -> None:
    written = json.loads(told("status/withdrawn", "siva"))
    concluded = written["validationReport"]["validationConclusion"]
    assert {one["indication"] for one in concluded["signatures"]} == {"TOTAL-PASSED"}
    assert concluded["validSignaturesCount"] == 0
    assert concluded["validationWarnings"]


def test_siva_gives_a_claimed_time_for_a_claim_only(told: Any) -> None:
    written = json.loads(told("format/issued-secondary", "siva"))
    for one in written["validationReport"]["validationConclusion"]["signatures"]:
        assert "bestSignatureTime" not in one["info"]
        assert one["claimedSigningTime"]


def test_one_xml_report_is_of_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "a.xml", "b.xml", "--format", "etsi"]) == 2
    assert "[CLI.ONE_FILE]" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told_as_siva_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path / "none.xml"), "--offline", "--format", "siva"]) == 6
    errors = json.loads(capsys.readouterr().out)["requestErrors"]
    assert errors[0]["key"] == "document"
    assert errors[0]["message"].endswith("[FILE.NOT_FOUND]")
