"""Places in words: what people know from the form, or nothing."""

import pytest

from hocba_sign.model.workflow import Role, Slot
from hocba_sign.report.places import Places, masked
from tests.support.scene import Scene

SCENE = Scene()
SLOTS = {f"/HOC_BA/DANH_SACH_CHU_KY/{slot}": slot for slot in SCENE.slots}
SIGNED = Places(slots=SLOTS, transcript=SCENE.transcript, language="vi")
CHANGED = Places(slots=SLOTS, transcript=None, language="vi")
FIELD = (
    "/HOC_BA/DU_LIEU_HOC_BA/THONG_TIN_HOC_BA/DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET[1]/DIEM_CA_NAM"
)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("GVCN", "Giáo viên chủ nhiệm"),
        (str(SCENE.slots[0]), "Giáo viên môn học (Ngữ văn)"),
        ("GVCN, CBQL", "Giáo viên chủ nhiệm, Cán bộ quản lý"),
        ("CBQL (485 0 R)", "Cán bộ quản lý"),
        (f"{SCENE.slots[0]}: more", "Giáo viên môn học (Ngữ văn)"),
        (FIELD, "Mục: môn Ngữ văn – Cả năm"),
        (f"{FIELD} (line 12)", "Mục: môn Ngữ văn – Cả năm"),
        ("$.danhsachdiemtongket[0].diemcanam", "Mục: môn Ngữ văn – Cả năm"),
        ("/HOC_BA/DU_LIEU_HOC_BA/DINH_DANH/MA_KHOI", "Mục: Định danh – Khối"),
        ("#data", "Toàn bộ dữ liệu học bạ"),
        ("#mon-19", "Môn Ngữ văn"),
        ("line 7, column 3", "dòng 7, cột 3"),
        ("line 7", "dòng 7"),
        ("octet 12", "byte 12"),
        ("revision 2", "lần lưu 2"),
        ("2026-05-29, 2026-11-30", "29/05/2026, 30/11/2026"),
        ("RSA 2048: 2029-01-01", "RSA 2048: đến 01/01/2029"),
        ("events/one.xml: CERT.MALFORMED", "events/one.xml"),
        ("a" * 64, None),
        ("5d0f3c1e-8a47-4b6e-9c52-2f7b6a1e4d90 v1", None),
        ("withdrawn", None),
        ("/HOC_BA/KHONG_CO", None),
        ("RULE.X1", None),
    ],
)
def test_a_place_is_said_in_words_or_left_to_the_folded_part(where: str, words: str | None) -> None:
    assert SIGNED.in_words(where) == words


def test_without_signed_content_a_subject_is_called_as_the_national_list_does() -> None:
    unknown = Slot(Role.GVBM, "mon-88", "gv-88-1")
    assert CHANGED.in_words(str(unknown)) == "Giáo viên môn học (Giáo dục thể chất)"
    assert CHANGED.in_words("#mon-15") == "Môn Toán"
    assert CHANGED.slot(Slot(Role.GVBM, "mon-999")) == "giáo viên môn học (mã 999)"
    assert CHANGED.in_words(FIELD) == "Mục: Các môn học và hoạt động giáo dục thứ 1 – Cả năm"


def test_all_signatures_are_said_so() -> None:
    assert SIGNED.are_all(tuple(SLOTS))
    assert SIGNED.are_all((", ".join(map(str, SCENE.slots)),))
    assert not SIGNED.are_all(tuple(SLOTS)[1:])
    one = Places(slots={"/a": Slot(Role.CBQL)}, transcript=None, language="en")
    assert not one.are_all(("/a",))


def test_numbers_of_people_are_masked_and_others_are_not() -> None:
    assert masked("A 048181004217, B 123456789.") == "A •••••••••217, B ••••••789."
    for shown in ("0100000000", "48000721", "01/06/2026", "a048181004217", "1234567890123"):
        assert masked(shown) == shown


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("CBQL: GVCN", "cán bộ quản lý: giáo viên chủ nhiệm"),
        (
            "GVBM/mon-19/gv-19-1, GVBM/mon-19/gv-19-2",
            (
                "giáo viên môn học (Ngữ văn) mon-19/gv-19-1, "
                "giáo viên môn học (Ngữ văn) mon-19/gv-19-2"
            ),
        ),
        ("GVBM/mon-19\x1b[31m", "giáo viên môn học (mã 19�[31m) mon-19�[31m"),
        ("#data", "Toàn bộ dữ liệu học bạ"),
        ("/HOC_BA/DU_LIEU_HOC_BA", "/HOC_BA/DU_LIEU_HOC_BA"),
        ("octet 12\x1b", "octet 12�"),
        ("SHA-1", "SHA-1"),
    ],
)
def test_errors_name_slots_in_words_with_what_options_call_them(where: str, words: str) -> None:
    assert CHANGED.of_error(where) == words


@pytest.mark.parametrize(
    ("where", "words"), [("line 7, column 3", "dòng 7, cột 3"), ("octet 12", "byte 12")]
)
def test_an_error_says_its_position_in_words(where: str, words: str) -> None:
    assert SIGNED.of_error(where) == words
