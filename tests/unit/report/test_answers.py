"""What the summary answers about documents of which nobody asked whether they are transcripts."""

import pytest

from hocba_sign.operations.verifier import Verifier
from hocba_sign.rendering.render import render
from hocba_sign.report.answers import other_answers
from hocba_sign.report.report import NotPassed, Report
from hocba_sign.validation.verdict import Verdict
from tests.support.scene import JUDGED_AT, Scene

SCENE = Scene("lop5", subjects=None)


def judged(octets: bytes) -> Report:
    return Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(octets, at=JUDGED_AT)


def signed(octets: bytes) -> bytes:
    for slot in SCENE.slots:
        octets = SCENE.sign(octets, slot)
    return octets


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {"xml": signed(SCENE.draft), "pdf": signed(render(SCENE.transcript, SCENE.draft).octets)}


def covered(report: Report) -> str:
    assert report.conclusion is not None
    return other_answers(report.conclusion, "en")[1].state


@pytest.mark.parametrize("kind", ["xml", "pdf"])
def test_a_transcript_judged_as_any_document_is_covered(files: dict[str, bytes], kind: str) -> None:
    report = judged(files[kind])
    assert report.verdict is Verdict.VALID
    assert report.to_dict()["document"]["kind"] == "other"
    assert report.to_dict()["workflow"] is None
    assert covered(report) == "yes"


def test_an_attribute_that_nobody_signed_is_not_covered(files: dict[str, bytes]) -> None:
    report = judged(files["xml"].replace(b"<DANH_SACH_CHU_KY>", b'<DANH_SACH_CHU_KY diem="9">', 1))
    assert report.verdict is Verdict.INDETERMINATE
    assert covered(report) == "no"


def test_pages_that_were_changed_are_covered_by_nothing(files: dict[str, bytes]) -> None:
    place = files["pdf"].index(b"endstream") - 2
    octets = files["pdf"][:place] + bytes([files["pdf"][place] ^ 1]) + files["pdf"][place + 1 :]
    report = judged(octets)
    assert report.verdict is Verdict.INVALID
    assert covered(report) == "unknown"


def test_what_was_not_judged_as_a_transcript_releases_none(files: dict[str, bytes]) -> None:
    """Its cause is not that of one withdrawn: nobody asked."""
    report = judged(files["xml"])
    for require in (report.require_passed, report.require_extract):
        with pytest.raises(NotPassed) as refused:
            require()
        assert (refused.value.cause, refused.value.where) == ("REPORT.OTHER_CONTENT", None)
