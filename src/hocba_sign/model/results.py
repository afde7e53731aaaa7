"""What a year brought: subjects, traits and results, at primary and at secondary school."""

import dataclasses
from operator import attrgetter
from typing import Annotated, Final, TypeAlias

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import Achievement, Rating, SchoolLevel
from hocba_sign.model.fields import Group, Leaf, Many
from hocba_sign.model.lexical import (
    MARK,
    TEST_MARK,
    Mark,
    ValueKind,
    coded,
    count,
    letter,
    text,
)
from hocba_sign.model.person import NAME, PERSONAL_ID
from hocba_sign.model.primary import COMMENT, PrimaryAssessment

RATING = letter(Rating)
SUBJECT_CODE_PATTERN = "[0-9]{2,3}"
SUBJECT = coded("subjects", SUBJECT_CODE_PATTERN, max_length=3)
SUBJECT_ID_PATTERN = f"mon-{SUBJECT_CODE_PATTERN}"
TEACHER_ID_PATTERN = f"gv-{SUBJECT_CODE_PATTERN}-[1-9][0-9]?"


def subject_id(code: str) -> str:
    """Return the Id of the element that holds the subject."""
    return f"mon-{code}"


def teacher_id(subject: str, n: int) -> str:
    """Return the Id of the nth teacher, n from 1, of the subject with the Id `subject`."""
    return f"gv-{subject.removeprefix('mon-')}-{n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """Giáo viên môn học."""

    full_name: Annotated[
        str, Leaf(element="HO_VA_TEN", key="gvbm", title="Họ và tên giáo viên môn học", kind=NAME)
    ]
    personal_id: Annotated[
        str,
        Leaf(
            element="SO_DINH_DANH",
            key="soddcngvbm",
            title="Số định danh của giáo viên môn học",
            kind=PERSONAL_ID,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PrimaryMarks:
    """Mức đạt được and the periodic test at the end of the year (the last one, if it was
    repeated).
    """

    achievement: Annotated[
        Achievement | None,
        Leaf(
            element="MUC_DAT_DUOC",
            key="mucdatduoc",
            title="Mức đạt được",
            kind=letter(Achievement),
            is_column=False,
        ),
    ] = None
    test: Annotated[
        Mark | None,
        Leaf(
            element="DIEM_KIEM_TRA_DINH_KY",
            key="diemkiemtradinhky",
            title="Điểm kiểm tra định kì cuối năm",
            kind=TEST_MARK,
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SecondaryMarks:
    """Điểm trung bình môn học or its letter, by term, for the year and after summer
    re-assessment.
    """

    term_1: Annotated[
        Mark | None, Leaf(element="DIEM_HOC_KY_1", key="diemhocky1", title="Học kì I", kind=MARK)
    ] = None
    term_2: Annotated[
        Mark | None, Leaf(element="DIEM_HOC_KY_2", key="diemhocky2", title="Học kì II", kind=MARK)
    ] = None
    year: Annotated[
        Mark | None, Leaf(element="DIEM_CA_NAM", key="diemcanam", title="Cả năm", kind=MARK)
    ] = None
    reassessed: Annotated[
        Mark | None,
        Leaf(
            element="DIEM_KIEM_TRA_LAI",
            key="diemkttralai",
            title="Sau đánh giá lại trong kì nghỉ hè",
            kind=MARK,
        ),
    ] = None


Marks: TypeAlias = PrimaryMarks | SecondaryMarks


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SubjectResult:
    """Điểm tổng kết of one subject, with the teachers who answer for it, each of whom signs."""

    code: Annotated[
        str, Leaf(element="MA_MON_HOC", key="mamonhoc", title="Mã môn học", kind=SUBJECT)
    ]
    name: Annotated[
        str,
        Leaf(
            element="TEN_MON_HOC",
            key="tenmonhoc",
            title="Môn học, hoạt động giáo dục",
            kind=text(100),
            note="the dictionary has 20 at secondary school, which its own subject names exceed",
        ),
    ]
    marks: Annotated[
        Marks,
        Group(
            title="Kết quả môn học",
            variants={
                SchoolLevel.PRIMARY: PrimaryMarks,
                SchoolLevel.LOWER_SECONDARY: SecondaryMarks,
                SchoolLevel.UPPER_SECONDARY: SecondaryMarks,
                SchoolLevel.CONTINUING: SecondaryMarks,
            },
        ),
    ]
    comment: Annotated[
        str | None, Leaf(element="NHAN_XET", key="nxetmonhoc", title="Nhận xét", kind=COMMENT)
    ] = None
    teachers: Annotated[
        tuple[Teacher, ...],
        Many(
            element="GVBM",
            key="danhsachgvbm",
            title="Giáo viên môn học",
            most=10,
            identify=lambda parent, _, n: teacher_id(parent, n),
            id_pattern=TEACHER_ID_PATTERN,
        ),
    ] = ()

    @property
    def id(self) -> str:
        """Return the Id of this subject's element."""
        return subject_id(self.code)

    @property
    def is_blank(self) -> bool:
        """Return whether the row has no mark at all, as the printed form leaves the rows of
        subjects that were not chosen.
        """
        return all(mark is None for mark in _MARKS[type(self.marks)](self.marks))


_MARKS: Final = {
    kind: attrgetter(*(field.name for field in dataclasses.fields(kind)))
    for kind in (PrimaryMarks, SecondaryMarks)
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CertificateHeld:
    """Chứng chỉ."""

    name: Annotated[
        str, Leaf(element="TEN_CHUNG_CHI", key="tenchungchi", title="Tên chứng chỉ", kind=text(250))
    ]
    grade: Annotated[
        str | None,
        Leaf(element="LOAI_CHUNG_CHI", key="loaichungchi", title="Loại chứng chỉ", kind=text(100)),
    ] = None


def _rating(element: str, key: str, title: str) -> Leaf:
    return Leaf(element=element, key=key, title=title, kind=RATING)


def _words(element: str, key: str, title: str, *, kind: ValueKind = COMMENT) -> Leaf:
    return Leaf(element=element, key=key, title=title, kind=kind)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SecondaryAssessment:
    """Year page of secondary school.

    Absences in half-day sessions (buổi). Spec: TT 22/2021, annexes.
    """

    learning_1: Annotated[
        Rating | None, _rating("HOC_TAP_HOC_KY_1", "hocky1", "Kết quả học tập học kì I")
    ] = None
    learning_2: Annotated[
        Rating | None, _rating("HOC_TAP_HOC_KY_2", "hocky2", "Kết quả học tập học kì II")
    ] = None
    learning: Annotated[
        Rating | None, _rating("HOC_TAP_CA_NAM", "canam", "Kết quả học tập cả năm")
    ] = None
    conduct_1: Annotated[
        Rating | None, _rating("REN_LUYEN_HOC_KY_1", "renluyenhocky1", "Kết quả rèn luyện học kì I")
    ] = None
    conduct_2: Annotated[
        Rating | None,
        _rating("REN_LUYEN_HOC_KY_2", "renluyenhocky2", "Kết quả rèn luyện học kì II"),
    ] = None
    conduct: Annotated[
        Rating | None, _rating("REN_LUYEN_CA_NAM", "renluyencanam", "Kết quả rèn luyện cả năm")
    ] = None
    learning_after_summer: Annotated[
        Rating | None,
        _rating("HOC_TAP_LAI", "kqhoctaplai", "Kết quả học tập sau đánh giá lại trong kì nghỉ hè"),
    ] = None
    conduct_after_summer: Annotated[
        Rating | None,
        _rating("REN_LUYEN_LAI", "renluyenlai", "Kết quả rèn luyện sau rèn luyện trong kì nghỉ hè"),
    ] = None
    absences: Annotated[
        int | None,
        Leaf(
            element="SO_BUOI_NGHI",
            key="sobuoinghi",
            title="Tổng số buổi nghỉ học cả năm học",
            kind=count(0, 300),
            note="the dictionary starts at 1; no absence is 0 here",
        ),
    ] = None
    promotion: Annotated[
        str,
        _words("NOI_DUNG_DUOC_LEN_LOP", "ndungduoclenlop", "Nội dung được lên lớp", kind=text(500)),
    ]
    certificates: Annotated[
        tuple[CertificateHeld, ...],
        Many(
            wrapper="DANH_SACH_CHUNG_CHI",
            element="CHUNG_CHI",
            key="danhsachchungchi",
            title="Chứng chỉ",
            most=20,
        ),
    ] = ()
    competitions: Annotated[
        str | None,
        _words("KET_QUA_CUOC_THI", "kquathamgiacuocthi", "Kết quả tham gia các cuộc thi"),
    ] = None
    summer_training: Annotated[
        str | None,
        _words("KET_QUA_REN_LUYEN_HE", "ndungkquarenluyen", "Kết quả rèn luyện trong kì nghỉ hè"),
    ] = None


Assessment: TypeAlias = PrimaryAssessment | SecondaryAssessment
