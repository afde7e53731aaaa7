"""Names that are the same however they are written, and that nothing else is."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.model.spelling import (
    SPELLINGS,
    Likeness,
    compare_names,
    names_organisation,
    plain,
    school_forms,
)
from tests.unit.docs.pages import ROOT

PEOPLE = (
    "Phạm Thị Minh Hằng",
    "Rơ Châm H'Nhi",
    "Đặng Hoà",
    "Nguyễn Thuý Quỳnh",
    "Ngô Quyền",
    "Lê Quang Vinh",
    "Siu Bhăm",
)
SCHOOLS = (
    "Trường THPT Thanh Khê Trung",
    "Trường Tiểu học Hoa Sữa",
    "Trường TH&THCS Ia Krêng",
    "Trung tâm GDNN-GDTX Quận 1",
)


@pytest.mark.parametrize(("what", "left", "right"), SPELLINGS, ids=[row[0] for row in SPELLINGS])
def test_ways_of_writing_make_no_difference(what: str, left: str, right: str) -> None:
    assert left != right, what
    assert compare_names(left, right) is compare_names(right, left) is Likeness.SAME


@pytest.mark.parametrize(
    ("stated", "certified"),
    [
        ("Trường THPT Lê Lợi", "TRƯỜNG TRUNG HỌC PHỔ THÔNG LÊ LỢI"),
        ("THPT Lê Lợi", "Trường THPT Lê Lợi"),
        ("THPT Ia Ly", "Trường Trung học phổ thông Ia Ly"),
        ("Trường TH&THCS Ia Krêng", "Trường Tiểu học và Trung học cơ sở Ia Krêng"),
        ("Trường TH, THCS và THPT A", "Trường TH - THCS - THPT A"),
        ("Trường TH-THCS-THPT A", "Trường Tiểu học, Trung học cơ sở & Trung học phổ thông A"),
        ("Trường PTDTNT THCS&THPT Ba Tơ", "Trường Phổ thông Dân tộc nội trú THCS và THPT Ba Tơ"),
        ("TTGDTX số 1", "Trung tâm Giáo dục thường xuyên số 1"),
        ("TT GDNN-GDTX Quận 1", "Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên Quận 1"),
        ("Sở GD&ĐT TP. Đà Nẵng", "SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ ĐÀ NẴNG"),
        ("Sở GDĐT TP.Hồ Chí Minh", "Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh"),
        ("UBND tỉnh Gia Lai", "Uỷ ban nhân dân tỉnh Gia Lai"),
    ],
)
def test_short_forms_of_schools_are_the_long_ones(stated: str, certified: str) -> None:
    assert (
        compare_names(stated, certified, of_school=True)
        is compare_names(certified, stated, of_school=True)
        is Likeness.SAME
    )


@pytest.mark.parametrize(
    ("stated", "certified"),
    [
        ("Nguyễn Thị Hòa", "Nguyễn Thị Hoa"),
        ("Nguyễn Thị Hoa", "Nguyễn Thị Hòa"),
        ("Lê Thị Lan", "Lê Thị Lán"),
        ("Trần Văn Ơn", "Trần Văn Ớn"),
        ("Đỗ Nga", "Đỗ Ngà"),
        ("Lê Vinh", "Lê V\u0456nh"),
        ("Lê Vinh", "Lê Vi\u200bnh"),
        ("Lê Vinh", "Lê Vinh\u00ad"),
        ("Lê Vinh", "Lê \uff36inh"),
        ("Lê Vinh", "Lê Vinh\ufffd"),
        ("Lê Vinh\ufffd", "Lê Vinh\ufffd"),
        ("Peña", "Penã"),
        ("Fi", "\ufb01"),
        ("S", "\u017f"),
        ("THPT", "Trung học phổ thông"),
        ("", ""),
        (" ", "\u00a0"),
        ("Lê Vinh", ""),
        ("Lê Vinh", "Lê Quang Vinh"),
        ("Lê Vinh", "Vinh Lê"),
    ],
)
def test_nothing_else_is_equal(stated: str, certified: str) -> None:
    assert compare_names(stated, certified) is Likeness.OTHER


@pytest.mark.parametrize(
    ("stated", "certified"),
    [
        ("Trường THPT A", "Trường THCS A"),
        ("Trường TH&THCS A", "Trường TH A"),
        ("Trường THPT Lê Lợi", "Trường THPT Lê Lợi 2"),
        ("Trường THPT Lê Lợi và B", "Trường THPT Lê Lợi - B"),
        ("Trường Lê Lợi", "Lê Lợi"),
        ("Trường THPT số 1", "Trường THPT số 2"),
        ("Trường THPT A", "Công ty TNHH Trường THPT A"),
    ],
)
def test_schools_of_another_name_are_others(stated: str, certified: str) -> None:
    assert compare_names(stated, certified, of_school=True) is Likeness.OTHER


@pytest.mark.parametrize("name", PEOPLE)
def test_a_certificate_without_diacritics_has_the_same_letters_and_not_the_same_name(
    name: str,
) -> None:
    for written in (plain(name), plain(name).upper()):
        assert compare_names(name, written) is Likeness.SAME_LETTERS
        assert compare_names(written, name) is Likeness.OTHER, "a transcript writes names in full"


def test_a_school_in_plain_letters_has_its_short_forms_too() -> None:
    for written in ("TRUONG THPT THANH KHE TRUNG", "Truong Trung hoc pho thong Thanh Khe Trung"):
        assert compare_names(SCHOOLS[0], written, of_school=True) is Likeness.SAME_LETTERS


LETTERS = st.text(
    st.sampled_from("aăâđeêioôơuưyàằầèềìòồờùừỳáắấéếíóốớúứýạặậẹệịọộợụựỵbcdghklmnpqrstvx ABĐ'"),
    min_size=1,
    max_size=24,
)


@given(LETTERS)
def test_writing_a_name_another_way_changes_nothing(name: str) -> None:
    ways = (
        name.upper(),
        name.lower(),
        unicodedata.normalize("NFD", name),
        f"  {name.replace(' ', chr(0xA0) + ' ')} ",
        name.replace("đ", "\u00f0").replace("Đ", "\u00d0"),
    )
    expected = Likeness.SAME if name.strip() else Likeness.OTHER
    assert {compare_names(name, way) for way in ways} == {expected}


@given(LETTERS, LETTERS)
def test_equal_names_have_the_same_letters_and_as_many_tones(left: str, right: str) -> None:
    """What the comparison overlooks is how a name is written, never what it is spelled with."""

    def essence(name: str) -> list[tuple[str, list[str]]]:
        words = unicodedata.normalize("NFD", name.lower()).split()
        return [
            (
                "".join(
                    letter for letter in word if letter not in "\u0300\u0301\u0303\u0309\u0323"
                ),
                sorted(set(word) & set("\u0300\u0301\u0303\u0309\u0323")),
            )
            for word in words
        ]

    if compare_names(left, right) is Likeness.SAME:
        assert essence(left) == essence(right)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Trường THPT A", True),
        ("THPT A", True),
        ("TRUONG THPT A", True),
        ("Sở Giáo dục và Đào tạo", True),
        ("CÔNG TY TNHH A", True),
        ("Trương Văn A", False),
        ("TRUONG VAN A", False),
        ("Phạm Thị Minh Hằng", False),
        ("", False),
        (None, False),
    ],
)
def test_names_of_organisations_begin_as_such(name: str | None, is_one: bool) -> None:
    assert names_organisation(name) is is_one


def test_the_page_shows_both_tables() -> None:
    page = (ROOT / "docs" / "reference" / "names.md").read_text("utf-8")
    rows = set(re.findall(r"^\| (.*) \|$", page, re.MULTILINE))
    for what, left, right in SPELLINGS:
        assert any(row.startswith(f"{what} | ") for row in rows), (what, left, right)
    for short, long in school_forms().forms:
        assert any(f"`{short}`" in row and long in row for row in rows), short
