import base64
import dataclasses
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.transcript import Transcript
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.decode import check_document, decode_document, document_nonce
from hocba_sign.xml.encode import encode
from hocba_sign.xml.layout import CANONICAL, KHO, Layout
from hocba_sign.xml.parse import parse
from hocba_sign.xml.schema import violations

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
NAMES = ("lop5", "lop9", "lop12")


def example(name: str = "lop12") -> Transcript:
    return Transcript.from_json((EXAMPLES / f"{name}.json").read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_the_document_is_canonical_already(name: str) -> None:
    octets = drafted(example(name))
    declaration, _, body = octets.partition(b"\n")
    assert declaration == b'<?xml version="1.0" encoding="UTF-8"?>'
    assert body == etree.tostring(parse(octets).root, method="c14n", exclusive=True)
    assert drafted(example(name)) == octets
    assert b"> <" not in octets
    assert b"\n" not in body


def test_the_frame() -> None:
    root = parse(drafted(example())).root
    assert root.tag == "{urn:hocba:1}HOC_BA"
    assert dict(root.attrib) == {"phienBanLuocDo": "1.0"}
    assert [etree.QName(child).localname for child in root] == [
        "DU_LIEU_HOC_BA",
        "DANH_SACH_CHU_KY",
    ]
    ids = {str(value) for value in root.xpath("//@Id")}
    assert {"data", "dinhdanh", "thongtinhocba", "mon-15", "gv-15-1"} <= ids
    slots = [
        (etree.QName(slot).localname, dict(slot.attrib), len(slot), slot.text) for slot in root[1]
    ]
    assert slots[0] == ("GVBM", {"monHoc": "mon-19", "giaoVien": "gv-19-1"}, 0, None)
    assert slots[-3:] == [
        ("GVCN", {}, 0, None),
        ("CBQL", {}, 0, None),
        ("KY_PHAT_HANH", {}, 0, None),
    ]


@pytest.mark.parametrize("layout", [CANONICAL, KHO])
def test_random_octets_are_written_and_read(layout: Layout) -> None:
    nonce = bytes(range(32))
    root = parse(encode(example(), layout, nonce=nonce)).root
    assert root[0].get("NGAU_NHIEN") == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert document_nonce(root) == nonce
    assert check_document(root) == ()
    assert violations(root, issued=False) == ()


@pytest.mark.parametrize("count", [0, 16, 31, 33, 64])
def test_another_number_of_random_octets_is_refused(count: int) -> None:
    with pytest.raises(CallerError) as caught:
        encode(example(), nonce=bytes(count))
    assert caught.value.cause == "TRANSCRIPT.NONCE"


@given(st.binary(max_size=48), st.sampled_from(["", "=", "\n", " ", "A", "=="]))
def test_only_the_one_text_of_32_octets_is_read(octets: bytes, more: str) -> None:
    text = base64.b64encode(octets).decode() + more
    written = drafted(example()).decode()
    start = written.index('NGAU_NHIEN="') + len('NGAU_NHIEN="')
    document = written[:start] + text.replace("\n", "&#10;") + written[written.index('"', start) :]
    root = parse(document.encode()).root
    is_right = len(octets) == 32 and not more
    assert (violations(root, issued=False) == ()) is is_right
    if is_right:
        assert document_nonce(root) == octets
        assert check_document(root) == ()
        return
    with pytest.raises(InputError) as caught:
        document_nonce(root)
    assert (caught.value.cause, caught.value.where) == (
        "TRANSCRIPT.NONCE",
        "/HOC_BA/DU_LIEU_HOC_BA/@NGAU_NHIEN",
    )
    assert [fault.cause for fault in check_document(root)] == ["TRANSCRIPT.NONCE"]
    with pytest.raises(InputError):
        decode_document(root)


def test_teachers_of_one_subject_are_numbered() -> None:
    root = parse(drafted(example("lop9"))).root
    assert [str(value) for value in root.xpath("//*[@Id='mon-66']/*/@Id")] == ["gv-66-1", "gv-66-2"]


def changed(**changes: Any) -> Transcript:
    given = example()
    return dataclasses.replace(given, content=dataclasses.replace(given.content, **changes))


def test_markup_in_a_text_stays_text() -> None:
    given = changed(homeroom_comment="<GVCN>&amp;]]></GVCN>")
    root = parse(drafted(given)).root
    assert root.findtext(".//{*}NHAN_XET_GVCN") == "<GVCN>&amp;]]></GVCN>"


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ufffeb", "a\ud800b"])
def test_what_xml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        drafted(changed(homeroom_comment=text))
    assert (caught.value.cause, caught.value.where) == (
        "TEXT.CONTROL",
        "/HOC_BA/DU_LIEU_HOC_BA/THONG_TIN_HOC_BA/NHAN_XET_GVCN",
    )


@pytest.mark.parametrize("mark", [Decimal("8.55"), Decimal(11), Decimal("NaN"), 8.5, "Đ"])
def test_a_mark_without_a_written_form_is_refused(mark: Any) -> None:
    given = example()
    row = dataclasses.replace(
        given.subjects[0], marks=dataclasses.replace(given.subjects[0].marks, year=mark)
    )
    with pytest.raises(InputError) as caught:
        drafted(changed(subjects=(row,)))
    assert caught.value.cause.startswith("VALUE.")
    assert caught.value.where == (
        "/HOC_BA/DU_LIEU_HOC_BA/THONG_TIN_HOC_BA/DANH_SACH_DIEM_TONG_KET/"
        "DIEM_TONG_KET[1]/DIEM_CA_NAM"
    )


def test_results_of_another_level_are_refused() -> None:
    given = example()
    given = dataclasses.replace(
        given,
        identification=dataclasses.replace(
            given.identification, level=SchoolLevel.PRIMARY, grade=5
        ),
    )
    with pytest.raises(InputError) as caught:
        drafted(given)
    assert caught.value.cause == "TRANSCRIPT.WRONG_LEVEL_FORM"


def test_a_digitised_transcript_has_no_slots_for_teachers() -> None:
    given = example()
    given = dataclasses.replace(
        given, identification=dataclasses.replace(given.identification, is_digitised=True)
    )
    assert [etree.QName(slot).localname for slot in parse(drafted(given)).root[1]] == [
        "CBQL",
        "KY_PHAT_HANH",
    ]
    store = parse(drafted(given, KHO)).root
    assert [etree.QName(slot).localname for slot in store.iterfind("PHAT_HANH_HOC_BA/*")] == [
        "CBQL",
        "KY_PHAT_HANH",
    ]
    assert [len(holder) for holder in store.iterfind("DU_LIEU_HOC_BA/DANH_SACH_THONG_TIN_KY")] == [
        0
    ]
