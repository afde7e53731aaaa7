"""Sibling documents of a transcript: told what they are, judged by their signatures, never VALID as
a transcript.
"""

from datetime import timedelta

import pytest

from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.report import Report
from hocba_sign.validation.verdict import Verdict
from tests.support.others import PLACE, WORLD, Maker, judged, make
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene

PARTICULARS = (
    '<HOC_BA><THONG_TIN Id="lyLich"><HO_TEN>x</HO_TEN>{inside}</THONG_TIN>{outside}</HOC_BA>'
)
RESULTS = '<TONG_KET_CA_NAM Id="tk"><DIEM>8.0</DIEM>{inside}{outside}</TONG_KET_CA_NAM>'
NOTE = "INTEROP.NEAC_PLACEMENT"


def as_transcript(octets: bytes) -> Report:
    evidence = Evidence.of(
        certificates=[Certificate.load(der) for der in WORLD.intermediates_der],
        crls=WORLD.crls(SIGNED_AT + timedelta(hours=1)),
    )
    trust = TrustStore.of(Certificate.load(der) for der in WORLD.anchors_der)
    return Verifier(trust=trust, evidence=evidence).verify(octets, at=JUDGED_AT)


def checks(report: Report) -> dict[str, str]:
    return {check["id"]: check["result"] for check in report.to_dict()["checks"]}


def enveloped(text: str, identifier: str) -> bytes:
    document = text.format(inside=PLACE, outside="")
    return make(Maker(refs=(f"#{identifier}",), is_enveloped=True), document).octets


@pytest.mark.parametrize(
    ("text", "identifier", "kind"),
    [(PARTICULARS, "lyLich", "LY_LICH"), (RESULTS, "tk", "TONG_KET")],
)
def test_a_part_enveloping_its_signature_is_named_and_its_signature_holds(
    text: str, identifier: str, kind: str
) -> None:
    octets = enveloped(text, identifier)
    report = as_transcript(octets)
    told = report.to_dict()
    assert report.verdict is Verdict.INDETERMINATE
    assert [one["where"] for one in told["checks"] if one["id"] == "DOC.PART"] == [kind]
    (signature,) = told["signatures"]
    assert (signature["intact"], signature["indication"]) == (True, "TOTAL_PASSED")
    assert checks(report)[NOTE] == "warning"
    changed = octets.replace(b">x<", b">y<").replace(b"8.0", b"9.0")
    assert as_transcript(changed).verdict is Verdict.INVALID


def test_placement_is_told_of_parts_alone_and_keeps_them_valid_as_documents() -> None:
    inside = judged(enveloped(PARTICULARS, "lyLich"))
    assert (inside.verdict, checks(inside)[NOTE]) == (Verdict.VALID, "warning")
    beside = make(Maker(refs=("#lyLich",)), PARTICULARS.format(inside="", outside=PLACE)).octets
    assert NOTE not in checks(judged(beside))
    assert NOTE not in checks(as_transcript(beside))
    other = make(Maker(refs=("#b",), is_enveloped=True), f'<a Id="b">mot{PLACE}</a>').octets
    assert (judged(other).verdict, NOTE in checks(judged(other))) == (Verdict.VALID, False)


def test_our_layout_never_stands_where_it_would_be_refused() -> None:
    scene = Scene(subjects=1)
    document = scene.draft
    for slot in scene.slots:
        document = scene.sign(document, slot)
    assert NOTE not in checks(scene.verify(document))
    root = scene.verify(document).to_dict()
    assert root["verdict"] == "VALID"
