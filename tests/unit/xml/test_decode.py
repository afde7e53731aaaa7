from pathlib import Path

import pytest
from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.model.transcript import Transcript
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.decode import check_data, check_document, decode, decode_document
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import Element

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
DATA = "/HOC_BA/DU_LIEU_HOC_BA"
ID = f"{DATA}/DINH_DANH"
CONTENT = f"{DATA}/THONG_TIN_HOC_BA"
ROW = f"{CONTENT}/DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET"
NFD_NAME = "Nguye\u0302\u0303n Hoàng Bảo Châu"


def document(name: str = "lop12") -> bytes:
    return drafted(Transcript.from_json((EXAMPLES / f"{name}.json").read_bytes()))


def edited(old: str, new: str, name: str = "lop12") -> Element:
    octets = document(name).decode()
    assert old in octets
    return parse(octets.replace(old, new, 1).encode()).root


@pytest.mark.parametrize("name", ["lop5", "lop9", "lop12"])
def test_examples_are_read_back(name: str) -> None:
    given = Transcript.from_json((EXAMPLES / f"{name}.json").read_bytes())
    root = parse(drafted(given)).root
    assert decode_document(root) == given
    assert decode(root[0]) == given
    assert decode(etree.tostring(root[0], method="c14n", exclusive=True)) == given
    assert check_document(root) == ()


def test_the_form_without_namespace_is_read_too() -> None:
    octets = document().replace(b' xmlns="urn:hocba:1"', b"")
    assert decode_document(parse(octets).root) == decode_document(parse(document()).root)


FATAL = [
    (">8.9</DIEM_HOC_KY_1>", ">8,9</DIEM_HOC_KY_1>", "TEXT.COMMA_DECIMAL", f"{ROW}[2]/DIEM_HOC_KY_1"),
    (">8.9</DIEM_HOC_KY_1>", ">8.95</DIEM_HOC_KY_1>", "VALUE.MARK", f"{ROW}[2]/DIEM_HOC_KY_1"),
    (">8.9</DIEM_HOC_KY_1>", "></DIEM_HOC_KY_1>", "TEXT.EMPTY", f"{ROW}[2]/DIEM_HOC_KY_1"),
    (">8.9</DIEM_HOC_KY_1>", "> 8.9</DIEM_HOC_KY_1>", "TEXT.BLANKS", f"{ROW}[2]/DIEM_HOC_KY_1"),
    (">8.9</DIEM_HOC_KY_1>", ">8.<!-- x -->9</DIEM_HOC_KY_1>", "TRANSCRIPT.NOT_TEXT", f"{ROW}[2]/DIEM_HOC_KY_1"),
    (">8.9</DIEM_HOC_KY_1>", "><b>8.9</b></DIEM_HOC_KY_1>", "TRANSCRIPT.NOT_TEXT", f"{ROW}[2]/DIEM_HOC_KY_1"),
    ("<DIEM_HOC_KY_1>8.9", '<DIEM_HOC_KY_1 a="b">8.9', "TRANSCRIPT.NOT_TEXT", f"{ROW}[2]/DIEM_HOC_KY_1"),
    (">Đ</DIEM_HOC_KY_1>", ">\u00d0</DIEM_HOC_KY_1>", "TEXT.WRONG_D", f"{ROW}[4]/DIEM_HOC_KY_1"),
    ("<DIEM_HOC_KY_1>8.9</DIEM_HOC_KY_1>", "<MUC_DAT_DUOC>T</MUC_DAT_DUOC>", "TRANSCRIPT.UNKNOWN_FIELD", f"{ROW}[2]/MUC_DAT_DUOC"),
    ("<MA_MON_HOC>15</MA_MON_HOC><TEN_MON_HOC>Toán</TEN_MON_HOC>", "<TEN_MON_HOC>Toán</TEN_MON_HOC><MA_MON_HOC>15</MA_MON_HOC>", "TRANSCRIPT.FIELD_ORDER", f"{ROW}[2]/MA_MON_HOC"),
    ('Id="mon-15"', 'Id="mon-16"', "TRANSCRIPT.WRONG_ID", f"{ROW}[2]/GVBM[1]"),
    ('Id="gv-15-1"', 'Id="gv-15-2"', "TRANSCRIPT.WRONG_ID", f"{ROW}[2]/GVBM[1]"),
    (' Id="dinhdanh"', "", "TRANSCRIPT.WRONG_ID", ID),
    ("<MA_KHOI>12</MA_KHOI>", "", "TRANSCRIPT.MISSING_FIELD", f"{ID}/MA_KHOI"),
    ("<MA_KHOI>12</MA_KHOI>", "<MA_KHOI>12</MA_KHOI><MA_KHOI>12</MA_KHOI>", "TRANSCRIPT.FIELD_ORDER", f"{ID}/MA_KHOI"),
    ("<MA_KHOI>12</MA_KHOI>", '<MA_KHOI xmlns="urn:x">12</MA_KHOI>', "TRANSCRIPT.MISSING_FIELD", f"{ID}/MA_KHOI"),
    ("<HOC_SINH>", '<HOC_SINH lang="vi">', "TRANSCRIPT.UNKNOWN_FIELD", f"{ID}/HOC_SINH/@*"),
    ("<HOC_SINH>", "<HOC_SINH>x", "TRANSCRIPT.STRAY_TEXT", f"{ID}/HOC_SINH"),
    ("<HOC_SINH>", "<HOC_SINH><!-- x -->", "TRANSCRIPT.UNKNOWN_FIELD", f"{ID}/HOC_SINH/comment()"),
    ("<HOC_SINH>", "<HOC_SINH><?x y?>", "TRANSCRIPT.UNKNOWN_FIELD", f"{ID}/HOC_SINH/processing-instruction()"),
    ("</QUA_TRINH_HOC_TAP>", "<X/></QUA_TRINH_HOC_TAP>", "TRANSCRIPT.UNKNOWN_FIELD", f"{CONTENT}/QUA_TRINH_HOC_TAP/X"),
    ("<NGAY_TAO>2026-05-25", "<NGAY_TAO>25/05/2026", "VALUE.DATE", f"{ID}/NGAY_TAO"),
    ("<MA_CAP_HOC>04", "<MA_CAP_HOC>4", "CODE.UNKNOWN", f"{ID}/MA_CAP_HOC"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "cause", "where"), FATAL)
def test_what_cannot_be_read_is_refused_with_its_path(
    old: str, new: str, cause: str, where: str
) -> None:
    root = edited(old, new)
    with pytest.raises(InputError) as caught:
        decode_document(root)
    assert (caught.value.cause, caught.value.where) == (cause, where)
    assert (cause, where) in [(one.cause, one.where) for one in check_document(root)]


@pytest.mark.parametrize(
    ("old", "new", "cause", "where"),
    [
        ("Nguyễn Hoàng Bảo Châu", NFD_NAME, "TEXT.NOT_NFC", f"{ID}/HOC_SINH/HO_VA_TEN"),
        ("<HO_VA_TEN>Đoàn", "<HO_VA_TEN>\u00d0oàn", "TEXT.WRONG_D", f"{ROW}[12]/GVBM[1]/HO_VA_TEN"),
        ("<MA_TINH>48", "<MA_TINH>49", "CODE.NOT_VALID_THEN", f"{ID}/TRUONG/MA_TINH"),
        ("<MA_KHOI>12", "<MA_KHOI>9", "TRANSCRIPT.LEVEL_GRADE", f"{ID}/MA_KHOI"),
    ],
)
def test_what_can_be_read_is_reported(old: str, new: str, cause: str, where: str) -> None:
    root = edited(old, new)
    decode_document(root)
    assert (cause, where) in [(one.cause, one.where) for one in check_document(root)]


def test_all_faults_are_found_in_one_go() -> None:
    octets = document().decode()
    for old, new in (
        ("Nguyễn Hoàng Bảo Châu", NFD_NAME),
        (">8.9<", ">8,9<"),
        ("<HO_VA_TEN>Đoàn", "<HO_VA_TEN>\u00d0oàn"),
        ("<MA_KHOI>12", "<MA_KHOI>9"),
    ):
        octets = octets.replace(old, new, 1)
    found = [(one.cause, one.where) for one in check_document(parse(octets.encode()).root)]
    assert found == [
        ("TEXT.NOT_NFC", f"{ID}/HOC_SINH/HO_VA_TEN"),
        ("TEXT.COMMA_DECIMAL", f"{ROW}[2]/DIEM_HOC_KY_1"),
        ("TEXT.WRONG_D", f"{ROW}[12]/GVBM[1]/HO_VA_TEN"),
        ("TRANSCRIPT.LEVEL_GRADE", f"{ID}/MA_KHOI"),
    ]


def test_reports_never_carry_a_value() -> None:
    root = edited(">8.9</DIEM_HOC_KY_1>", ">8,97531</DIEM_HOC_KY_1>")
    with pytest.raises(InputError) as caught:
        decode_document(root)
    assert "97531" not in f"{caught.value!s}{caught.value.findings!r}{check_document(root)!r}"


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        (b"<a/>", "TRANSCRIPT.NOT_A_TRANSCRIPT"),
        (b'<HOC_BA xmlns="urn:hocba:2" phienBanLuocDo="1.0"/>', "TRANSCRIPT.NOT_A_TRANSCRIPT"),
        (b'<HOC_BA xmlns="urn:hocba:1"/>', "TRANSCRIPT.SCHEMA_VERSION"),
        (b'<HOC_BA xmlns="urn:hocba:1" phienBanLuocDo="2.0"/>', "DOC.NEWER"),
        (b'<HOC_BA xmlns="urn:hocba:1" phienBanLuocDo="1.0"/>', "TRANSCRIPT.MISSING_FIELD"),
        (
            b'<HOC_BA xmlns="urn:hocba:1" phienBanLuocDo="1.0"><DU_LIEU_HOC_BA Id="x"/></HOC_BA>',
            "TRANSCRIPT.WRONG_ID",
        ),
        (
            b'<HOC_BA xmlns="urn:hocba:1" phienBanLuocDo="1.0"><DU_LIEU_HOC_BA Id="data"/></HOC_BA>',
            "TRANSCRIPT.MISSING_FIELD",
        ),
    ],
)
def test_another_document_is_refused(octets: bytes, cause: str) -> None:
    with pytest.raises(InputError) as caught:
        decode_document(parse(octets).root)
    assert caught.value.cause == cause


def test_octets_of_a_hostile_parser_are_refused_by_the_parser() -> None:
    with pytest.raises(InputError) as caught:
        decode(b'<!DOCTYPE a [<!ENTITY b "c">]><DU_LIEU_HOC_BA/>')
    assert caught.value.cause == "XML.DTD"


def test_a_hundred_thousand_strangers_are_not_all_listed() -> None:
    octets = document().replace(b"<LY_LICH>", b"<X/>" * 100_000 + b"<LY_LICH>")
    found = check_data(parse(octets).root[0])
    assert 1 <= len(found) <= 1000
