"""A transcript as PDF: signed by its plan, showing what the attached XML says."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from hocba_sign.errors import InputError
from hocba_sign.model.codes import EventKind
from hocba_sign.model.results import SecondaryMarks
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Slot
from hocba_sign.operations.documents import render as render_document
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pades.facts.field_names import field_name
from hocba_sign.rendering.render import render
from hocba_sign.report.html import html
from hocba_sign.report.plain_text import text
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.document.records import Sources
from hocba_sign.validation.verdict import Verdict
from tests.support.pdf import NAME, page_of, revised, signed
from tests.support.pdf import page as page_in
from tests.support.pdf_tools import signed_by_pyhanko
from tests.support.records import event, judge, signed_event
from tests.support.scene import CBQL, GVCN, JUDGED_AT, SEAL, SIGNED_AT, Scene, causes

SCENE = Scene("lop9", subjects=1)


@cache
def rendered() -> bytes:
    return render(SCENE.transcript, SCENE.draft).octets


@cache
def signed_by(count: int) -> bytes:
    """Return the PDF with the first signatures of the plan."""
    if count == 0:
        return rendered()
    return SCENE.sign(signed_by(count - 1), SCENE.slots[count - 1])


def complete() -> bytes:
    return signed_by(len(SCENE.slots))


def sign_as(octets: bytes, slot: Slot) -> bytes:
    """Sign without any rule, in a field of the slot's name."""
    return signed(octets, SCENE.identity(slot), field=field_name(slot), at=SIGNED_AT)


def test_all_signers_in_order() -> None:
    report = SCENE.verify(complete())
    told = report.to_dict()
    assert report.verdict is Verdict.VALID, causes(report)
    assert told["format"] == "pdf"
    assert told["document"]["kind"] == "hoc_ba"
    assert told["document"]["id"] == SCENE.transcript.identification.id
    assert told["workflow"] == {
        "plan": "THCS_THPT",
        "complete": True,
        "order_proven": True,
        "order_basis": "revisions",
        "missing": [],
    }
    assert [one["slot"] for one in told["signatures"]] == ["GVBM", "GVCN", "CBQL", "KY_PHAT_HANH"]
    assert [one["revision"] for one in told["signatures"]] == [2, 3, 4, 5]
    assert {one["format"] for one in told["signatures"]} == {"PAdES-BASELINE-B"}
    assert {"PDF.SAME_CONTENT", "PDF.REVISIONS"} <= {
        check["id"] for check in told["checks"] if check["result"] == "pass"
    }
    assert report.require_passed() == SCENE.transcript


def test_the_digest_of_the_content_is_that_of_the_xml() -> None:
    of_xml = SCENE.verify(SCENE.signed()).to_dict()["document"]["data_sha256"]
    assert SCENE.verify(complete()).to_dict()["document"]["data_sha256"] == of_xml


def test_people_read_it() -> None:
    report = SCENE.verify(complete())
    shown = text(report, "en")
    assert "the pages show" not in shown  # what is right is not listed
    assert "homeroom teacher" in html([report], "en")
    assert str(SCENE.transcript.identification.pupil.full_name) in text(report, "vi")


def test_time_stamps_raise_the_level() -> None:
    told = SCENE.verify(SCENE.sign(rendered(), SCENE.slots[0], level=Level.T)).to_dict()
    (one,) = told["signatures"]
    assert one["format"] == "PAdES-BASELINE-T"
    assert one["time_proof"] == "timestamp"


def test_missing_signers() -> None:
    report = SCENE.verify(signed_by(2))
    assert report.verdict is Verdict.INDETERMINATE
    assert "WF.MISSING" in causes(report)


def test_nobody_has_signed() -> None:
    report = SCENE.verify(rendered())
    assert report.verdict is Verdict.NOTHING_TO_VERIFY
    assert report.to_dict()["format"] == "pdf"


def test_a_wrong_order() -> None:
    octets = rendered()
    for slot in (SCENE.slots[0], CBQL, GVCN, SEAL):
        octets = sign_as(octets, slot)
    report = SCENE.verify(octets)
    assert report.verdict is Verdict.INVALID
    assert "WF.ORDER" in causes(report)


def test_a_step_that_was_left_out() -> None:
    report = SCENE.verify(sign_as(sign_as(rendered(), SCENE.slots[0]), CBQL))
    assert report.verdict is Verdict.INVALID
    assert "WF.SKIPPED" in causes(report)


def test_a_slot_that_nobody_asked_for() -> None:
    report = SCENE.verify(
        signed(rendered(), SCENE.identity(GVCN), field="GVBM-mon-99-gv-99-1", at=SIGNED_AT)
    )
    assert "WF.UNEXPECTED_SLOT" in causes(report)


@pytest.mark.parametrize(
    "name",
    [
        "Signature1",
        "GVCN\u00a0",
        "GVCN ",
        "gvcn",
        "GV\u0421N",
        "GVCN\u200b",
        "\ufeffGVCN",
        "HIEU_TRUONG",
    ],
)
def test_a_signature_of_nobody_in_the_plan(name: str) -> None:
    """A field that is no slot, or only looks like one: whoever has a certificate could add it after
    the seal.
    """
    stranger = SCENE.world.person("Lê Quang Vinh", "048181004218")
    report = SCENE.verify(signed(complete(), stranger, field=name, at=SIGNED_AT))
    assert report.verdict is Verdict.INVALID
    assert "SIG.STRAY" in causes(report)
    assert report.to_dict()["signatures"][-1]["indication"] == "TOTAL_FAILED"


def test_nobody_signs_beside_a_signature_of_nobody_in_the_plan() -> None:
    stranger = SCENE.world.person("Lê Quang Vinh", "048181004218")
    with pytest.raises(InputError) as raised:
        SCENE.sign(signed(signed_by(1), stranger, field="Signature1", at=SIGNED_AT), SCENE.slots[1])
    assert [one.cause for one in raised.value.findings] == ["SIG.STRAY"]


def test_a_signer_in_the_wrong_place() -> None:
    """The role that the signature states is another than its field's."""
    report = SCENE.verify(
        signed(rendered(), SCENE.identity(CBQL), field=field_name(CBQL), at=SIGNED_AT)
    )
    assert "WF.MOVED" in causes(report)


def with_another_mark(transcript: Transcript) -> Transcript:
    first, *others = transcript.content.subjects
    assert isinstance(first.marks, SecondaryMarks)
    changed = replace(first, marks=replace(first.marks, year=Decimal("1.1")))
    return replace(transcript, content=replace(transcript.content, subjects=(changed, *others)))


def test_one_altered_mark_is_named_and_not_told() -> None:
    page = render(with_another_mark(SCENE.transcript), SCENE.draft).octets
    for slot in SCENE.slots:
        page = sign_as(page, slot)
    report = SCENE.verify(page)
    assert report.verdict is Verdict.INVALID
    (where,) = (
        check["where"]
        for check in report.to_dict()["checks"]
        if check["id"] == "PDF.CONTENT_DIFFERS"
    )
    assert where.endswith("/DIEM_TONG_KET[1]/DIEM_CA_NAM")
    assert "1,1" not in str(report.to_dict())
    assert "1,1" not in text(report, "vi")


def test_a_page_changed_in_the_revision_of_the_first_signature() -> None:
    def change(writer: IncrementalPdfFileWriter) -> None:
        held = writer.root["/Pages"]["/Kids"][0]
        held[NAME("/Contents")] = writer.add_object(
            generic.StreamObject(stream_data=b"0 0 100 100 re f")
        )
        writer.update_container(held)

    report = SCENE.verify(sign_as(revised(rendered(), change), SCENE.slots[0]))
    assert report.verdict is Verdict.INVALID
    assert {"PDF.CONTENT_CHANGED", "PDF.CONTENT_DIFFERS", "PDF.NOT_COMPARED"} & causes(report)


def with_other_content(writer: IncrementalPdfFileWriter) -> None:
    held = page_in(writer)
    held[NAME("/Contents")] = writer.add_object(
        generic.StreamObject(stream_data=b"0 0 100 100 re f")
    )
    writer.update_container(held)


def with_content_written_again(writer: IncrementalPdfFileWriter) -> None:
    content = page_in(writer).raw_get("/Contents").get_object()
    content._data = content.data + b" 0 0 100 100 re f"
    content._encoded_data = None
    writer.update_container(content)


def with_a_note(writer: IncrementalPdfFileWriter) -> None:
    note: Any = generic.DictionaryObject()  # type: ignore[no-untyped-call]
    note[NAME("/Type")], note[NAME("/Subtype")] = NAME("/Annot"), NAME("/FreeText")
    note[NAME("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (100, 100, 300, 200)))
    note[NAME("/Contents")] = generic.pdf_string("10")
    held = page_in(writer)
    found = held.get("/Annots", generic.ArrayObject())
    found.append(writer.add_object(note))
    held[NAME("/Annots")] = found
    writer.update_container(held)


def with_an_unused_object(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(generic.pdf_string("unused"))


@pytest.mark.parametrize("change", [with_other_content, with_content_written_again, with_a_note])
def test_nothing_but_fields_comes_with_the_first_signature(
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    slot = SCENE.slots[0]
    told = SCENE.verify(
        signed_by_pyhanko(
            rendered(), SCENE.identity(slot), field=field_name(slot), at=SIGNED_AT, besides=change
        )
    )
    assert told.verdict is Verdict.INVALID
    assert "PDF.CONTENT_CHANGED" in causes(told)


def test_an_object_that_nothing_uses_changes_no_content() -> None:
    slot = SCENE.slots[0]
    told = SCENE.verify(
        signed_by_pyhanko(
            rendered(),
            SCENE.identity(slot),
            field=field_name(slot),
            at=SIGNED_AT,
            besides=with_an_unused_object,
        )
    )
    assert not {"PDF.CONTENT_CHANGED", "PDF.CONTENT_DIFFERS"} & causes(told)


def test_a_pdf_that_carries_no_transcript() -> None:
    octets = sign_as(page_of(), GVCN)
    report = SCENE.verify(octets)
    assert report.verdict is Verdict.INDETERMINATE
    assert "PDF.NO_TRANSCRIPT" in causes(report)
    anyhow = Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(octets, at=JUDGED_AT)
    assert anyhow.verdict is Verdict.VALID


def test_sealed_once_over_signed_xml() -> None:
    """All have signed the XML; the PDF is sealed by the school alone."""
    xml = SCENE.signed()
    report = SCENE.verify(sign_as(render_document(xml).octets, SEAL))
    told = report.to_dict()
    assert told["attached"]["verdict"] == "VALID"
    assert told["workflow"]["complete"] is True
    assert not {"WF.SKIPPED", "WF.MISSING", "PDF.CONTENT_DIFFERS", "PDF.ATTACHED_XML"} & causes(
        report
    )


@pytest.mark.parametrize("count", [1, 3])
def test_a_withdrawal_is_found_where_the_attached_xml_is_only_partly_signed(count: int) -> None:
    withdrawn = signed_event(SCENE, event(SCENE, SCENE.signed(), EventKind.WITHDRAWAL))
    page = sign_as(render_document(SCENE.signed(SCENE.slots[:count])).octets, SEAL)
    for found, status in (((), "in_force"), ((("event.xml", withdrawn),), "withdrawn")):
        report = judge(SCENE, page, Sources(events=found))
        assert report.status == status
        assert report.verdict is not Verdict.VALID


def test_broken_signatures_on_the_attached_xml_count() -> None:
    xml = SCENE.signed().replace(b"<SO_THE_HE", b"<SO_THE_HE", 1)
    at = xml.index(b"SignatureValue")
    at = xml.index(b">", at) + 2
    broken = xml[:at] + (b"A" if xml[at : at + 1] != b"A" else b"B") + xml[at + 1 :]
    report = SCENE.verify(sign_as(render_document(broken).octets, SEAL))
    assert report.verdict is Verdict.INVALID
    assert "PDF.ATTACHED_XML" in causes(report)


@pytest.mark.parametrize("cut", [10, 400, 5_000])
def test_a_file_cut_short(cut: int) -> None:
    assert SCENE.verify(complete()[:-cut]).verdict is not Verdict.VALID
