import dataclasses
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.transcript import Transcript
from hocba_sign.xml.encode import encode
from hocba_sign.xml.layout import KHO
from hocba_sign.xml.parse import parse

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
NAMES = ("lop5", "lop9", "lop12")


def example(name: str = "lop12") -> Transcript:
    return Transcript.from_json((EXAMPLES / f"{name}.json").read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_the_document_is_canonical_already(name: str) -> None:
    octets = encode(example(name))
    declaration, _, body = octets.partition(b"\n")
    assert declaration == b'<?xml version="1.0" encoding="UTF-8"?>'
    assert body == etree.tostring(parse(octets).root, method="c14n", exclusive=True)
    assert encode(example(name)) == octets
    assert b"> <" not in octets
    assert b"\n" not in body


def test_the_frame() -> None:
    root = parse(encode(example())).root
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


def test_teachers_of_one_subject_are_numbered() -> None:
    root = parse(encode(example("lop9"))).root
    assert [str(value) for value in root.xpath("//*[@Id='mon-66']/*/@Id")] == ["gv-66-1", "gv-66-2"]


def changed(**changes: Any) -> Transcript:
    given = example()
    return dataclasses.replace(given, content=dataclasses.replace(given.content, **changes))


def test_markup_in_a_text_stays_text() -> None:
    given = changed(homeroom_comment="<GVCN>&amp;]]></GVCN>")
    root = parse(encode(given)).root
    assert root.findtext(".//{*}NHAN_XET_GVCN") == "<GVCN>&amp;]]></GVCN>"


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ufffeb", "a\ud800b"])
def test_what_xml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        encode(changed(homeroom_comment=text))
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
        encode(changed(subjects=(row,)))
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
        encode(given)
    assert caught.value.cause == "TRANSCRIPT.WRONG_LEVEL_FORM"


def test_a_digitised_transcript_has_no_slots_for_teachers() -> None:
    given = example()
    given = dataclasses.replace(
        given, identification=dataclasses.replace(given.identification, is_digitised=True)
    )
    assert [etree.QName(slot).localname for slot in parse(encode(given)).root[1]] == [
        "CBQL",
        "KY_PHAT_HANH",
    ]
    store = parse(encode(given, KHO)).root
    assert [etree.QName(slot).localname for slot in store.iterfind("PHAT_HANH_HOC_BA/*")] == [
        "CBQL",
        "KY_PHAT_HANH",
    ]
    assert [len(holder) for holder in store.iterfind("DU_LIEU_HOC_BA/DANH_SACH_THONG_TIN_KY")] == [
        0
    ]
