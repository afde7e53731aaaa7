"""What the pages show of a transcript: all of it but a few codes, in the order and the wording of
the official form.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

import pytest
from hypothesis import given, settings

from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.fields import Leaf, table
from hocba_sign.model.fields import element_path as path_of
from hocba_sign.model.results import SecondaryMarks
from hocba_sign.model.transcript import DATA_PATH, Transcript
from hocba_sign.rendering.render import shown_fields
from hocba_sign.rendering.text_layer import text_layer
from tests.support.pages import example, rendered, squeezed
from tests.support.transcripts import transcripts

NOT_SHOWN: Final = (
    "identification.status",  # only where it is withdrawn
    "identification.level",  # the form itself
    "identification.grade",  # the name of the class
    "identification.school.department_code",
    "identification.school.kind",
    "identification.school.tax_id",
    "identification.school.organisation_id",
    "identification.school.commune_code",
    "identification.school.province_code",
    "content.particulars.birthplace.commune_code",
    "content.particulars.birthplace.province_code",
    "content.particulars.home_town.commune_code",
    "content.particulars.home_town.province_code",
    "content.particulars.residence.commune_code",
    "content.particulars.residence.province_code",
    "content.subjects.code",
    "content.subjects.teachers.personal_id",
    "signers.homeroom_teacher.personal_id",
    "signers.principal.personal_id",
    "signers.substitutes.teacher",
    "signers.substitutes.personal_id",
)
"""Codes behind names that are shown, and the numbers of adults."""

TIEU_HOC: Final = """
    Họ và tên học sinh|Lớp|Chiều cao (cm)|Cân nặng (kg)|Số ngày nghỉ có phép|không phép|1. Các môn học và hoạt động giáo dục
    Môn học và hoạt động giáo dục|Mức đạt được|Điểm KTĐK|Nhận xét|Tiếng Việt|Toán|Ngoại ngữ 1 (Tiếng Anh)|Lịch sử và Địa lí|Khoa học
    Tin học và Công nghệ (Tin học)|Tin học và Công nghệ (Công nghệ)|Đạo đức|Tự nhiên và Xã hội|Giáo dục thể chất|Nghệ thuật (Âm nhạc)
    Nghệ thuật (Mĩ thuật)|Hoạt động trải nghiệm|Tiếng dân tộc|2. Những phẩm chất chủ yếu|Phẩm chất|Yêu nước|Nhân ái|Chăm chỉ|Trung thực
    Trách nhiệm|3. Những năng lực cốt lõi|3.1. Những năng lực chung|Năng lực|Tự chủ và tự học|Giao tiếp và hợp tác
    Giải quyết vấn đề và sáng tạo|3.2. Những năng lực đặc thù|Ngôn ngữ|Tính toán|Khoa học|Công nghệ|Tin học|Thẩm mĩ|Thể chất
    4. Đánh giá kết quả giáo dục:|5. Khen thưởng:|6. Hoàn thành chương trình lớp học/chương trình tiểu học:|Xác nhận của Hiệu trưởng|Giáo viên chủ nhiệm
"""
SECONDARY: Final = """
    Môn học/Hoạt động giáo dục|Điểm trung bình môn học hoặc mức đánh giá
    Điểm trung bình môn học hoặc mức đánh giá sau đánh giá lại, rèn luyện thêm trong kì nghỉ hè (nếu có)
    Nhận xét sự tiến bộ, ưu điểm nổi bật, hạn chế chủ yếu (nếu có) và chữ kí của giáo viên môn học|Học kì I|Học kì II|Cả năm
    {rows}
    Học kì|Mức đánh giá|Tổng số buổi nghỉ học cả năm học|Mức đánh giá sau đánh giá lại môn học hoặc rèn luyện trong kì nghỉ hè (nếu có)
    - Được lên lớp|- Không được lên lớp|Kết quả rèn luyện|Kết quả học tập|Học kì I|Học kì II|Cả năm
    Hoàn thành / Không hoàn thành chương trình {programme}|- Chứng chỉ (nếu có):|Loại:|- Kết quả tham gia các cuộc thi (nếu có):
    - Khen thưởng (nếu có):|KẾT QUẢ RÈN LUYỆN TRONG KÌ NGHỈ HÈ (Nếu có)|NHẬN XÉT CỦA GIÁO VIÊN CHỦ NHIỆM|PHÊ DUYỆT CỦA HIỆU TRƯỞNG
"""
THCS: Final = """Ngữ văn|Toán|Ngoại ngữ 1|Giáo dục công dân|Lịch sử và Địa lí|Khoa học tự nhiên|Công nghệ|Tin học|Giáo dục thể chất|Nghệ thuật
    Hoạt động trải nghiệm, hướng nghiệp|Nội dung giáo dục của địa phương|Tiếng dân tộc thiểu số|Ngoại ngữ 2"""
THPT: Final = """Ngữ văn|Toán|Ngoại ngữ 1|Giáo dục thể chất|Giáo dục quốc phòng và an ninh|Hoạt động trải nghiệm, hướng nghiệp
    Nội dung giáo dục của địa phương|Vật lí|Hóa học|Sinh học|Lịch sử|Địa lí|Giáo dục kinh tế và pháp luật|Công nghệ|Tin học|Âm nhạc|Mĩ thuật
    Tiếng dân tộc thiểu số|Ngoại ngữ 2"""
COVER: Final = """BỘ GIÁO DỤC VÀ ĐÀO TẠO|HỌC BẠ|{level}|Họ và tên học sinh|Lớp|Trường|Năm học|Xã (Phường, Thị trấn)|Tỉnh (Thành phố)|Số sổ đăng bộ"""
PUPIL: Final = """
    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM|Độc lập - Tự do - Hạnh phúc|HỌC BẠ|Họ và tên học sinh|Giới tính|Ngày, tháng, năm sinh|Dân tộc|Quốc tịch
    Đối tượng|Mã số định danh cá nhân|Nơi sinh|Quê quán|Chỗ ở hiện tại|Họ và tên cha|Nghề nghiệp|Họ và tên mẹ|Nghề nghiệp
    Họ và tên người giám hộ (nếu có)|Nghề nghiệp|Người ký học bạ|Chức vụ của người ký học bạ|Ngày ký học bạ|QUÁ TRÌNH HỌC TẬP|Năm học|Lớp
"""


def leaves(record: Any, *steps: str | int) -> Iterator[tuple[str | int, ...]]:
    """Yield the steps to every value that a record holds."""
    for bound in table(type(record)):
        value = getattr(record, bound.attribute)
        if isinstance(value, tuple):
            for n, one in enumerate(value):
                yield from leaves(one, *steps, bound.attribute, n)
        elif is_dataclass(value) and fields(value):
            yield from leaves(value, *steps, bound.attribute)
        elif value is not None:
            assert isinstance(bound.spec, Leaf)
            yield (*steps, bound.attribute)


@settings(max_examples=60)
@given(transcripts())
def test_every_value_is_shown_or_named_as_not_shown(transcript: Transcript) -> None:
    shown = {path for path, text in shown_fields(transcript)}
    hidden = [
        ".".join(step for step in steps if isinstance(step, str))
        for steps in leaves(transcript)
        if DATA_PATH + path_of(Transcript, *steps) not in shown
    ]
    allowed = {
        *NOT_SHOWN,
        *(
            ()
            if transcript.level is SchoolLevel.PRIMARY
            else ("content.earlier_years.register_number",)
        ),
    }
    assert set(hidden) <= allowed


@pytest.mark.parametrize(
    ("name", "page", "labels"),
    [
        ("lop5", 0, COVER.format(level="TIỂU HỌC")),
        ("lop9", 0, COVER.format(level="TRUNG HỌC CƠ SỞ")),
        ("lop12", 0, COVER.format(level="TRUNG HỌC PHỔ THÔNG")),
        ("lop5", 1, PUPIL),
        ("lop9", 1, PUPIL),
        ("lop5", 2, TIEU_HOC),
        ("lop9", 2, SECONDARY.format(rows=THCS, programme="trung học cơ sở")),
        ("lop12", 2, SECONDARY.format(rows=THPT, programme="trung học phổ thông")),
    ],
)
def test_the_words_of_the_form_stand_in_its_order(name: str, page: int, labels: str) -> None:
    pages = text_layer(rendered(example(name)).octets)[page:]
    said = squeezed("".join(text for one in pages for text in one.read))
    at = 0
    for label in filter(None, map(squeezed, re.split(r"[|\n]", labels))):
        found = said.find(label, at)
        assert found >= 0, label
        at = found + len(label)


def test_subjects_not_taken_stay_empty() -> None:
    transcript = example("lop12")
    taken = tuple(subject for subject in transcript.subjects if subject.code != "15")
    without = replace(transcript, content=replace(transcript.content, subjects=taken))
    said = squeezed("".join(text_layer(rendered(without).octets)[2].read))
    assert "ToánNgoạingữ1" in said


def test_subjects_that_the_form_does_not_name_come_last() -> None:
    transcript = example("lop9")
    first = replace(transcript.subjects[0], code="77", name="Tiếng Chăm")
    changed = replace(
        transcript, content=replace(transcript.content, subjects=(first, *transcript.subjects[1:]))
    )
    pages = text_layer(rendered(changed).octets)[2:]
    said = squeezed("".join(text for page in pages for text in page.read))
    assert said.index("Ngoạingữ2…") < said.index("TiếngChăm6,97,47,2")


def test_an_empty_field_is_listed_without_text() -> None:
    transcript = example("lop9")
    marks = transcript.subjects[0].marks
    assert isinstance(marks, SecondaryMarks)
    assert marks.reassessed is None
    path = (
        f"{DATA_PATH}/THONG_TIN_HOC_BA/DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET[1]/DIEM_KIEM_TRA_LAI"
    )
    assert (path, "") in shown_fields(transcript)
