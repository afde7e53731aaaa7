"""Published attacks on signed PDFs: shadow attacks, incremental saving, wrapped and forged
signatures, broken permissions. None is VALID.

"1 Trillion Dollar Refund" (CCS 2019: USF, ISA, SWA), "Shadow Attacks" (NDSS 2021), "Breaking the
Specification" (S&P 2021: EAA, SSA).
"""

import re
from collections.abc import Callable
from functools import cache

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, SigFieldSpec, append_signature_field

from hocba_sign.operations.verifier import Verifier
from hocba_sign.pades.write_pdf import engine
from hocba_sign.report.report import Report
from hocba_sign.testing import Identity
from hocba_sign.validation.verdict import Verdict
from tests.support.pdf import NAME, page, page_of, revised, signed
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene, causes

SCENE = Scene()
LOW = (72.0, 100.0, 272.0, 150.0)
"""A place on the page where nothing is."""
OVER_MARK = (60.0, 690.0, 300.0, 730.0)


@cache
def teacher() -> Identity:
    return SCENE.world.person("Trần Thị Hồng Nhung", "048181004217")


@cache
def principal() -> Identity:
    return SCENE.world.person("Lê Quang Vinh", "048181004218")


def judged(octets: bytes) -> Report:
    return Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(octets, at=JUDGED_AT)


@cache
def once() -> bytes:
    return signed(page_of(), teacher(), at=SIGNED_AT)


def stream(text: str) -> generic.StreamObject:
    return generic.StreamObject(stream_data=f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode())


# Positive controls.


def test_signed_once() -> None:
    report = judged(once())
    assert report.verdict is Verdict.VALID
    told = report.to_dict()
    assert told["format"] == "pdf"
    assert told["document"]["kind"] == "other"
    assert told["workflow"] is None
    assert told["signatures"][0]["format"] == "PAdES-BASELINE-B"
    assert told["signatures"][0]["revision"] == 2


def test_signed_twice_with_pictures() -> None:
    first = signed(page_of(), teacher(), at=SIGNED_AT, box=LOW)
    second = signed(
        first, principal(), field="Sig2", at=SIGNED_AT, box=(300.0, 100.0, 500.0, 150.0)
    )
    assert judged(second).verdict is Verdict.VALID


def test_long_term_data_may_follow() -> None:
    extended = engine().append_values(
        once(), certificates=SCENE.world.intermediates_der, crls=(), ocsps=()
    )
    assert judged(extended).verdict is Verdict.VALID


def test_information_is_tolerated_and_told() -> None:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.trailer["/Info"][NAME("/Producer")] = generic.TextStringObject("another tool")
        writer.update_container(writer.trailer["/Info"])

    report = judged(revised(once(), change))
    assert report.verdict is Verdict.VALID
    assert {"id": "PDF.TOLERATED", "where": "Sig1: revision 3 (info)"} in report.to_dict()[
        "signatures"
    ][0]["warnings"]


def test_certified_with_a_place_for_the_next_signer() -> None:
    specimen = revised(
        page_of(),
        lambda writer: append_signature_field(
            writer, SigFieldSpec("Sig2", on_page=0, box=(300, 100, 500, 150))
        ),
    )
    first = signed(specimen, teacher(), at=SIGNED_AT, certifies=True)
    second = signed(first, principal(), field="Sig2", is_new=False, at=SIGNED_AT)
    assert judged(second).verdict is Verdict.VALID


# Incremental saving, and shadow attacks, which prepare what a later revision shows, hides or
# exchanges.


def change_content(writer: IncrementalPdfFileWriter) -> None:
    page(writer)[NAME("/Contents")] = writer.add_object(stream("Diem Toan: 10"))
    writer.update_container(page(writer))


def overwrite_content(writer: IncrementalPdfFileWriter) -> None:
    content = page(writer)["/Contents"]
    content._data = stream("Diem Toan: 10")._data
    content._encoded_data = None
    writer.mark_update(generic.Reference(4, 0, writer))


def overwrite_font(writer: IncrementalPdfFileWriter) -> None:
    page(writer)["/Resources"]["/Font"]["/F1"][NAME("/BaseFont")] = NAME("/ZapfDingbats")
    writer.mark_update(generic.Reference(5, 0, writer))


def add_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    added = generic.DictionaryObject(
        {NAME("/Type"): NAME("/Page"), NAME("/Parent"): generic.IndirectObject(2, 0, writer)}
    )
    pages["/Kids"].append(writer.add_object(added))
    pages[NAME("/Count")] = generic.NumberObject(2)
    writer.update_container(pages)


def other_pages(writer: IncrementalPdfFileWriter) -> None:
    other = writer.add_object(stream("Diem Toan: 10"))
    held = page(writer)
    shown = generic.DictionaryObject({key: held.raw_get(key) for key in held})
    shown[NAME("/Contents")] = other
    tree = generic.DictionaryObject(
        {
            NAME("/Type"): NAME("/Pages"),
            NAME("/Kids"): generic.ArrayObject([writer.add_object(shown)]),
            NAME("/Count"): generic.NumberObject(1),
        }
    )
    writer.root[NAME("/Pages")] = writer.add_object(tree)
    writer.update_root()


def annotate(writer: IncrementalPdfFileWriter, **entries: generic.PdfObject) -> None:
    annotation = generic.DictionaryObject(
        {
            NAME("/Type"): NAME("/Annot"),
            NAME("/Subtype"): NAME("/FreeText"),
            NAME("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 690, 300, 730))),
            NAME("/Contents"): generic.TextStringObject("10"),
            **{NAME(f"/{key}"): value for key, value in entries.items()},
        }
    )
    held = page(writer)
    held[NAME("/Annots")] = generic.ArrayObject(
        [*held.get("/Annots", ()), writer.add_object(annotation)]
    )
    writer.update_container(held)


def stamp(writer: IncrementalPdfFileWriter) -> None:
    annotate(writer, Subtype=NAME("/Stamp"))


def add_empty_field(writer: IncrementalPdfFileWriter) -> None:
    """A field for a signature that nobody made, with a picture of another mark (EAA with a
    widget).
    """
    append_signature_field(writer, SigFieldSpec("Sig2", on_page=0, box=(60, 690, 300, 730)))


def run_script(writer: IncrementalPdfFileWriter) -> None:
    action = generic.DictionaryObject(
        {NAME("/S"): NAME("/JavaScript"), NAME("/JS"): generic.TextStringObject("this.close()")}
    )
    writer.root[NAME("/OpenAction")] = action
    writer.update_root()


def drop_form(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/AcroForm"][NAME("/Fields")] = generic.ArrayObject()
    writer.update_container(writer.root["/AcroForm"])
    writer.update_root()


@pytest.mark.parametrize(
    "change",
    [
        change_content,
        overwrite_content,
        overwrite_font,
        add_page,
        other_pages,
        annotate,
        stamp,
        add_empty_field,
        run_script,
    ],
    ids=lambda change: change.__name__,
)
def test_what_a_page_shows_may_not_change(
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    report = judged(revised(once(), change))
    assert report.verdict is Verdict.INVALID
    assert "PDF.CHANGED" in causes(report)


def test_a_change_that_a_later_revision_takes_back() -> None:
    changed = revised(once(), change_content)

    def restore(writer: IncrementalPdfFileWriter) -> None:
        page(writer)[NAME("/Contents")] = generic.IndirectObject(4, 0, writer)
        writer.update_container(page(writer))

    assert judged(revised(changed, restore)).verdict is Verdict.INVALID


def test_a_change_that_another_signs() -> None:
    """The later signer covers the change; the earlier has not seen it."""
    report = judged(
        signed(revised(once(), change_content), principal(), field="Sig2", at=SIGNED_AT)
    )
    assert report.verdict is Verdict.INVALID
    assert [one["indication"] for one in report.to_dict()["signatures"]] == [
        "TOTAL_FAILED",
        "TOTAL_PASSED",
    ]


def test_hide_by_an_object_that_was_prepared() -> None:
    """The signers saw a cover over the mark; the object that draws it is made empty afterwards."""
    cover = "<< /Length 22 >>\nstream\n1 g 60 690 240 40 re f\nendstream"
    prepared = page_of("Diem Toan: 10", objects=(cover,)).replace(
        b"/Contents 4 0 R", b"/Contents [4 0 R 7 0 R]"
    )
    octets = signed(_renumbered(prepared), teacher(), at=SIGNED_AT)

    def uncover(writer: IncrementalPdfFileWriter) -> None:
        writer.objects[0, 7] = generic.StreamObject(stream_data=b"")

    report = judged(revised(octets, uncover))
    assert judged(octets).verdict is Verdict.VALID
    assert report.verdict is Verdict.INVALID
    assert "PDF.CHANGED" in causes(report)


def test_hide_and_replace_by_the_table_of_objects() -> None:
    """Both contents are signed, one within a stream that nothing uses; a new table lets the page's
    number point at it.
    """
    shown = "BT /F1 24 Tf 72 700 Td (Diem Toan: 10) Tj ET"
    inner = f"4 0 obj\n<< /Length {len(shown)} >>\nstream\n{shown}\nendstream\nendobj\n"
    octets = signed(
        page_of(objects=(f"<< /Length {len(inner)} >>\nstream\n{inner}\nendstream",)),
        teacher(),
        at=SIGNED_AT,
    )
    last = int(re.findall(rb"startxref\s+(\d+)", octets)[-1])
    size = max(int(number) for number in re.findall(rb"/Size (\d+)", octets))
    root = re.findall(rb"/Root (\d+ 0 R)", octets)[-1].decode()
    hidden = octets.index(b"4 0 obj", octets.index(b"7 0 obj"))
    trailer = (
        f"trailer\n<< /Size {size} /Root {root} /Prev {last} >>\nstartxref\n{len(octets)}\n%%EOF\n"
    )
    report = judged(octets + f"xref\n4 1\n{hidden:010} 00000 n \n{trailer}".encode())
    assert judged(octets).verdict is Verdict.VALID
    assert report.verdict is Verdict.INVALID
    assert "PDF.CHANGED" in causes(report)


def test_replace_the_value_of_a_field() -> None:
    """Shadow attack by a form: value and picture of a text field are changed after signing."""
    field = (
        "<< /FT /Tx /T (mark) /V (8) /Type /Annot /Subtype /Widget /Rect [72 600 200 "
        "620] /P 3 0 R /F 4 /DA (/Helv 12 Tf) >>"
    )
    with_form = page_of(extra="/Annots [7 0 R]", objects=(field,)).replace(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] >> >>",
    )
    octets = signed(_renumbered(with_form), teacher(), at=SIGNED_AT)

    def fill_in(writer: IncrementalPdfFileWriter) -> None:
        held = writer.root["/AcroForm"]["/Fields"][0]
        held[NAME("/V")] = generic.TextStringObject("10")
        writer.mark_update(generic.Reference(7, 0, writer))

    assert judged(octets).verdict is Verdict.VALID
    report = judged(revised(octets, fill_in))
    assert report.verdict is Verdict.INVALID
    assert "PDF.CHANGED" in causes(report)


def _renumbered(octets: bytes) -> bytes:
    """Write the offsets of a hand-made file again."""
    body = octets[: octets.rindex(b"xref\n0 ")]
    count = len(re.findall(rb"^\d+ 0 obj", body, re.MULTILINE)) + 1
    offsets = [body.index(f"\n{number} 0 obj".encode()) + 1 for number in range(1, count)]
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    tail = (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 "
        f"0 R /Info 6 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    )
    return body + tail.encode()


# A revision without cross-references, and octets that readers may or may not see.


def test_a_body_without_cross_references() -> None:
    octets = once() + b"4 0 obj\n<< /Length 9 >>\nstream\nBT ET q Q\nendstream\nendobj\n%%EOF\n"
    assert judged(octets).verdict is not Verdict.VALID


def test_octets_behind_the_end() -> None:
    report = judged(once() + b"% more\n")
    assert report.verdict is not Verdict.VALID


def test_a_removed_signature_is_remembered() -> None:
    report = judged(signed(revised(once(), drop_form), principal(), field="Sig2", at=SIGNED_AT))
    assert report.verdict is Verdict.INVALID
    assert {"PDF.SIGNATURE_REMOVED", "PDF.CHANGED"} <= causes(report)


# Universal signature forgery and signature wrapping.


def _byte_range(octets: bytes) -> re.Match[bytes]:
    return list(re.finditer(rb"/ByteRange\s*\[[^\]]*\]", octets))[-1]


@pytest.mark.parametrize(
    "value",
    [
        "[0 0 0 0]",
        "[]",
        "null",
        "[0 -1 10 20]",
        "[-5 10 20 30]",
        "[0 1 2]",
        "[0 10 5 20]",
        "[0 99999999 0 99999999]",
    ],
)
def test_forged_byte_ranges(value: str) -> None:
    octets = once()
    found = _byte_range(octets)
    forged = f"/ByteRange {value}".encode().ljust(len(found[0]))
    report = judged(octets[: found.start()] + forged + octets[found.end() :])
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize("value", [b"<>", b"<00>", b"null", b"()", b"<30>"])
def test_forged_contents(value: bytes) -> None:
    octets = once()
    found = list(re.finditer(rb"/Contents\s*(<[0-9a-fA-F]*>)", octets))[-1]
    forged = (
        octets[: found.start(1)]
        + value.ljust(found.end(1) - found.start(1))
        + octets[found.end(1) :]
    )
    assert judged(forged).verdict is Verdict.INVALID


def test_wrapping_moves_the_second_part() -> None:
    """The covered octets are kept elsewhere in the file; in their place stands another revision."""
    octets = once()
    found = _byte_range(octets)
    _, gap, resumed, length = map(int, re.findall(rb"\d+", found[0]))
    tail = octets[resumed : resumed + length]
    moved = octets[:resumed] + b" " * 64 + tail
    shifted = f"/ByteRange [0 {gap} {resumed + 64} {length}]".encode()
    if len(shifted) > len(found[0]):
        pytest.skip("no room for the number")
    forged = moved[: found.start()] + shifted.ljust(len(found[0])) + moved[found.end() :]
    assert judged(forged).verdict is not Verdict.VALID


def test_another_dictionary_with_the_same_value() -> None:
    """The form points at a copy of the signature dictionary that lies behind what is covered."""
    octets = once()
    at = octets.rindex(b"/ByteRange")
    begin = octets.rindex(b" 0 obj", 0, at)
    number = octets[octets.rindex(b"\n", 0, begin) + 1 : begin].decode()
    end = octets.index(b"endobj", at)
    copy = octets[begin + len(b" 0 obj") : end]
    start = len(octets)
    body = f"{number} 0 obj".encode() + copy + b"endobj\n"
    last = int(re.findall(rb"startxref\s+(\d+)", octets)[-1])
    size = max(int(one) for one in re.findall(rb"/Size (\d+)", octets))
    root = re.findall(rb"/Root (\d+ 0 R)", octets)[-1].decode()
    table = (
        f"xref\n{number} 1\n{start:010} 00000 n \ntrailer\n<< /Size {size} /Root {root} "
        f"/Prev {last} >>\nstartxref\n{start + len(body)}\n%%EOF\n"
    )
    report = judged(octets + body + table.encode())
    assert report.verdict is Verdict.INVALID
    assert {"PDF.BYTE_RANGE", "PDF.COVERAGE"} & causes(report)


# Permissions.


def test_no_changes_means_no_further_signature() -> None:
    octets = once_with_permission(1)
    report = judged(signed(octets, principal(), field="Sig2", at=SIGNED_AT))
    assert report.verdict is Verdict.INVALID
    assert "PDF.NOT_PERMITTED" in causes(report)


def once_with_permission(level: int) -> bytes:
    """Certify, then let the lock of the field say P; signing tools of ours refuse to go on, so the
    form is read without it.
    """
    locked = revised(
        page_of(),
        lambda writer: append_signature_field(
            writer,
            SigFieldSpec(
                "Sig1",
                doc_mdp_update_value=None,
                field_mdp_spec=FieldMDPSpec(FieldMDPAction.INCLUDE, fields=["none"]),
            ),
        ),
    )

    def permit(writer: IncrementalPdfFileWriter) -> None:
        lock = writer.root["/AcroForm"]["/Fields"][0]["/Lock"]
        lock[NAME("/P")] = generic.NumberObject(level)
        writer.update_container(lock)

    return signed(revised(locked, permit), teacher(), is_new=False, at=SIGNED_AT)


def test_a_visible_field_after_certification() -> None:
    first = signed(page_of(), teacher(), at=SIGNED_AT, certifies=True)
    report = judged(signed(first, principal(), field="Sig2", at=SIGNED_AT, box=LOW))
    assert report.verdict is Verdict.INVALID
    assert "PDF.NOT_PERMITTED" in causes(report)


def test_a_locked_field() -> None:
    specimen = revised(
        page_of(), lambda writer: append_signature_field(writer, SigFieldSpec("Sig2"))
    )
    first = signed(specimen, teacher(), at=SIGNED_AT, locked_fields=("Sig2",))
    report = judged(signed(first, principal(), field="Sig2", is_new=False, at=SIGNED_AT))
    assert report.verdict is Verdict.INVALID
    assert "PDF.LOCKED" in causes(report)


def test_a_picture_over_the_mark() -> None:
    """Evil annotation: a later signer's picture covers what the first has signed.

    It is no proof of fraud, but never VALID.
    """
    report = judged(signed(once(), principal(), field="Sig2", at=SIGNED_AT, box=OVER_MARK))
    assert report.verdict is Verdict.INDETERMINATE
    assert "PDF.OVERLAY" in causes(report)
