"""Honest PDF files of real life: older forms of signatures, tools that add tags or write files
anew, pictures on the page.
"""

from collections.abc import Callable
from functools import cache
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.report import Report
from hocba_sign.testing import Identity
from hocba_sign.validation.verdict import Verdict
from tests.support.pdf import NAME, page, page_of, signed
from tests.support.pdf_tools import ADOBE, signed_as_pkcs7, signed_by_pyhanko
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene, causes

SCENE = Scene()
FREE, BESIDE = (72, 100, 272, 150), (300, 100, 500, 150)


@cache
def teacher() -> Identity:
    return SCENE.world.person("Trần Thị Hồng Nhung", "048181004217")


@cache
def principal() -> Identity:
    return SCENE.world.person("Lê Quang Vinh", "048181004218")


def judged(octets: bytes) -> Report:
    return Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(octets, at=JUDGED_AT)


def signatures(report: Report) -> list[tuple[bool, str, set[str]]]:
    return [
        (one["intact"], one["indication"], set(one["causes"]))
        for one in report.to_dict()["signatures"]
    ]


def test_pyhankos_pades_is_valid() -> None:
    report = judged(signed_by_pyhanko(page_of(), teacher(), field="Sig1", at=SIGNED_AT))
    assert report.verdict is Verdict.VALID, causes(report)


def test_pyhankos_older_form_is_intact_and_not_accepted() -> None:
    report = judged(signed_by_pyhanko(page_of(), teacher(), field="Sig1", at=SIGNED_AT, kind=ADOBE))
    assert report.verdict is Verdict.INDETERMINATE
    assert signatures(report) == [(True, "INDETERMINATE", {"PDF.PKCS7"})]
    assert report.to_dict()["signatures"][0]["format"] == "PKCS7"


@pytest.mark.parametrize("has_attributes", [True, False])
def test_two_signers_with_the_barest_form(has_attributes: bool) -> None:
    """As remote signing services of 2026 write it: nothing binds the certificate, and no time is
    signed.
    """
    octets = page_of()
    for number, identity in enumerate((teacher(), principal()), 1):
        octets = signed_as_pkcs7(
            octets,
            identity,
            field=f"Signature{number}",
            at=SIGNED_AT,
            has_attributes=has_attributes,
        )
    report = judged(octets)
    assert report.verdict is Verdict.INDETERMINATE
    assert signatures(report) == [(True, "INDETERMINATE", {"PDF.PKCS7"})] * 2
    assert [one["signer"]["common_name"] for one in report.to_dict()["signatures"]] == [
        "Trần Thị Hồng Nhung",
        "Lê Quang Vinh",
    ]


@pytest.mark.parametrize("has_attributes", [True, False])
def test_sha1_is_intact_and_never_accepted(has_attributes: bool) -> None:
    report = judged(
        signed_as_pkcs7(
            page_of(),
            teacher(),
            field="Sig1",
            at=SIGNED_AT,
            digest="sha1",
            has_attributes=has_attributes,
        )
    )
    assert report.verdict is Verdict.INDETERMINATE
    ((is_intact, indication, found),) = signatures(report)
    assert (is_intact, indication) == (True, "INDETERMINATE")
    assert found == {"CRYPTO.NOT_ACCEPTABLE", "PDF.PKCS7"}


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_a_changed_file_of_the_older_form_is_invalid(digest: str) -> None:
    octets = signed_as_pkcs7(page_of(), teacher(), field="Sig1", at=SIGNED_AT, digest=digest)
    report = judged(octets.replace(b"Diem Toan: 8", b"Diem Toan: 9"))
    assert report.verdict is Verdict.INVALID
    assert signatures(report)[0][0] is False


def test_software_that_writes_the_file_anew_before_it_signs() -> None:
    """The first signature is broken by the second signer's software; the second holds."""
    first = signed(page_of(), teacher(), at=SIGNED_AT)
    writer, output = copy_into_new_writer(PdfFileReader(BytesIO(first))), BytesIO()
    writer.write(output)
    report = judged(signed_as_pkcs7(output.getvalue(), principal(), field="Sig2", at=SIGNED_AT))
    assert report.verdict is Verdict.INVALID
    (first_one, second_one) = signatures(report)
    assert first_one[:2] == (False, "TOTAL_FAILED")
    assert second_one[:2] == (True, "INDETERMINATE")


def tagged() -> bytes:
    """A page whose text is tagged, as office programs write it."""
    return page_of(
        extra="/StructParents 0",
        objects=(
            "<< /Type /StructTreeRoot /K 8 0 R /ParentTree 9 0 R /ParentTreeNextKey 1 >>",
            "<< /Type /StructElem /S /Document /P 7 0 R /K [10 0 R] >>",
            "<< /Nums [0 [10 0 R]] >>",
            "<< /Type /StructElem /S /P /P 8 0 R /Pg 3 0 R /K 0 >>",
        ),
        catalog=" /MarkInfo << /Marked true >> /StructTreeRoot 7 0 R",
    )


def tag_as_vgca(writer: IncrementalPdfFileWriter, *, tag: str = "/Form") -> None:
    """Write the information and the tree again, with a tag for the newest field."""
    widget = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    root = writer.root["/StructTreeRoot"]
    element = writer.add_object(
        generic.DictionaryObject(
            {
                NAME("/Type"): NAME("/StructElem"),
                NAME("/S"): NAME(tag),
                NAME("/P"): root.raw_get("/K"),
                NAME("/Pg"): widget.get_object().raw_get("/P"),
                NAME("/K"): generic.DictionaryObject(
                    {NAME("/Type"): NAME("/OBJR"), NAME("/Obj"): widget}
                ),
            }
        )
    )
    root["/K"]["/K"].append(element)
    widget.get_object()[NAME("/StructParent")] = generic.NumberObject(1)
    numbers = generic.ArrayObject(
        [
            *(root["/ParentTree"]["/Nums"].raw_get(at) for at in range(2)),
            generic.NumberObject(1),
            element,
        ]
    )
    root[NAME("/ParentTree")] = writer.add_object(
        generic.DictionaryObject({NAME("/Nums"): numbers})
    )
    root[NAME("/ParentTreeNextKey")] = generic.NumberObject(2)
    writer.update_container(root)
    writer.update_container(root["/K"])
    writer.trailer["/Info"][NAME("/ModDate")] = generic.pdf_string("D:20260601100000+07'00'")
    writer.update_container(writer.trailer["/Info"])


def test_a_second_signature_that_brings_tags_and_a_date() -> None:
    first = signed_by_pyhanko(tagged(), teacher(), field="Sig1", at=SIGNED_AT, box=FREE)
    report = judged(
        signed_by_pyhanko(
            first, principal(), field="Sig2", at=SIGNED_AT, box=BESIDE, besides=tag_as_vgca
        )
    )
    assert report.verdict is Verdict.VALID, causes(report)
    told = {
        one["where"]
        for one in report.to_dict()["signatures"][0]["warnings"]
        if one["id"] == "PDF.TOLERATED"
    }
    assert told >= {"Sig1: revision 3 (info)", "Sig1: revision 3 (structure)"}


def tag_as_text(writer: IncrementalPdfFileWriter) -> None:
    tag_as_vgca(writer, tag="/P")


def tag_and_exchange(writer: IncrementalPdfFileWriter) -> None:
    """A tag that was there before says something else to readers for blind people."""
    tag_as_vgca(writer)
    text = writer.root["/StructTreeRoot"]["/K"]["/K"][0]
    text[NAME("/ActualText")] = generic.pdf_string("Diem Toan: 10")
    writer.update_container(text)


def tag_and_draw(writer: IncrementalPdfFileWriter) -> None:
    tag_as_vgca(writer)
    page(writer)[NAME("/Contents")] = writer.add_object(
        generic.StreamObject(stream_data=b"BT /F1 24 Tf 72 700 Td (Diem Toan: 10) Tj ET")
    )
    writer.update_container(page(writer))


@pytest.mark.parametrize(
    "change", [tag_as_text, tag_and_exchange, tag_and_draw], ids=lambda change: change.__name__
)
def test_nothing_else_comes_along_with_the_tags(
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    first = signed_by_pyhanko(tagged(), teacher(), field="Sig1", at=SIGNED_AT, box=FREE)
    report = judged(
        signed_by_pyhanko(
            first, principal(), field="Sig2", at=SIGNED_AT, box=BESIDE, besides=change
        )
    )
    assert report.verdict is Verdict.INVALID
    assert "PDF.CHANGED" in causes(report)


# Pictures of signatures. A later signer's picture is judged by its place; the first signer has seen
# their own.

LINE = " 72 120 m 300 120 l S"
"""A rule to sign on, from the margin on."""
FRAME = " 72 100 200 50 re S"
COMMA = " 100 110 1.5 2 re f"
COVERED = {
    "nothing": ("", FREE, True),
    "a frame around it": (FRAME, FREE, True),
    "a rule right across": (LINE, (80, 100, 280, 150), True),
    "a rule across it and the frame": (LINE + FRAME, (80, 100, 280, 150), False),
    "an upright rule": (" 100 50 m 100 300 l S", FREE, True),
    "a rule that ends within": (LINE, (200, 100, 400, 150), False),
    "a comma": (COMMA, FREE, False),
    "a comma by a picture of its size": (COMMA, (99, 108, 103, 113), False),
    "a comma by the edge of a picture": (COMMA, (72, 60, 272, 112), False),
    "a comma by the side of a picture": (COMMA, (100, 60, 272, 150), False),
    "the mark": ("", (60, 690, 300, 730), False),
}


@pytest.mark.parametrize(("drawing", "box", "is_free"), COVERED.values(), ids=COVERED)
def test_what_a_later_picture_may_cover(
    drawing: str, box: tuple[int, int, int, int], is_free: bool
) -> None:
    first = signed(page_of(drawing=drawing), teacher(), at=SIGNED_AT)
    report = judged(signed(first, principal(), field="Sig2", at=SIGNED_AT, box=box))
    assert report.verdict is (Verdict.VALID if is_free else Verdict.INDETERMINATE)
    assert causes(report) == (set() if is_free else {"PDF.OVERLAY"})


def test_the_first_picture_may_stand_anywhere_and_the_next_beside_it() -> None:
    first = signed(page_of(drawing=LINE), teacher(), at=SIGNED_AT, box=(60, 690, 300, 730))
    second = signed(first, principal(), field="Sig2", at=SIGNED_AT, box=(280, 640, 500, 700))
    assert judged(first).verdict is Verdict.VALID
    assert judged(second).verdict is Verdict.VALID


def test_a_whole_page_under_a_picture_is_too_much_to_look_at() -> None:
    first = signed(page_of(), teacher(), at=SIGNED_AT)
    assert (
        judged(signed(first, principal(), field="Sig2", at=SIGNED_AT, box=(0, 0, 595, 842))).verdict
        is Verdict.INDETERMINATE
    )
