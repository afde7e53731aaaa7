"""What a year brought: subjects, traits and results, at primary and at secondary school."""

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, TypeAlias

from hocba_sign.model.codes import Achievement, Level, PrimaryOutcome, Rating, Trait
from hocba_sign.model.fields import Group, Leaf, Many
from hocba_sign.model.lexical import (
    FLAG,
    MARK,
    TEST_MARK,
    Kind,
    Mark,
    coded,
    count,
    letter,
    measure,
    text,
)
from hocba_sign.model.person import NAME, PERSONAL_ID

TRAIT = letter(Trait)
RATING = letter(Rating)
COMMENT = text(2000, is_comment=True)
TRAIT_COMMENT = text(500, is_comment=True)
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
    """Giáo viên bộ môn."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
                Level.PRIMARY: PrimaryMarks,
                Level.LOWER_SECONDARY: SecondaryMarks,
                Level.UPPER_SECONDARY: SecondaryMarks,
                Level.CONTINUING: SecondaryMarks,
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
        return all(getattr(self.marks, one.name) is None for one in dataclasses.fields(self.marks))


def _trait(element: str, key: str, title: str) -> Leaf:
    return Leaf(element=element, key=key, title=title, kind=TRAIT, is_column=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualities:
    """Phẩm chất chủ yếu."""

    patriotism: Annotated[Trait | None, _trait("YEU_NUOC", "yeunuoc", "Yêu nước")] = None
    compassion: Annotated[Trait | None, _trait("NHAN_AI", "nhanai", "Nhân ái")] = None
    diligence: Annotated[Trait | None, _trait("CHAM_CHI", "chamchi", "Chăm chỉ")] = None
    honesty: Annotated[Trait | None, _trait("TRUNG_THUC", "trungthuc", "Trung thực")] = None
    responsibility: Annotated[Trait | None, _trait("TRACH_NHIEM", "trachnhiem", "Trách nhiệm")] = (
        None
    )
    comment: Annotated[
        str | None,
        Leaf(
            element="NHAN_XET_PHAM_CHAT",
            key="nxetphamchat",
            title="Nhận xét phẩm chất",
            kind=TRAIT_COMMENT,
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralCompetences:
    """Năng lực chung."""

    autonomy: Annotated[
        Trait | None, _trait("TU_CHU_VA_TU_HOC", "tuchuvatuhoc", "Tự chủ và tự học")
    ] = None
    cooperation: Annotated[
        Trait | None, _trait("GIAO_TIEP_VA_HOP_TAC", "giaotiepvahoptac", "Giao tiếp và hợp tác")
    ] = None
    problem_solving: Annotated[
        Trait | None,
        _trait(
            "GIAI_QUYET_VAN_DE_VA_SANG_TAO",
            "giaiquyetvandevasangtao",
            "Giải quyết vấn đề và sáng tạo",
        ),
    ] = None
    comment: Annotated[
        str,
        Leaf(
            element="NHAN_XET_NANG_LUC_CHUNG",
            key="nxetnanglucchung",
            title="Nhận xét năng lực chung",
            kind=TRAIT_COMMENT,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificCompetences:
    """Năng lực đặc thù; technology and informatics stay empty in grades that do not teach them."""

    language: Annotated[Trait | None, _trait("NGON_NGU", "ngonngu", "Ngôn ngữ")] = None
    calculation: Annotated[Trait | None, _trait("TINH_TOAN", "tinhtoan", "Tính toán")] = None
    science: Annotated[Trait | None, _trait("KHOA_HOC", "khoahoc", "Khoa học")] = None
    technology: Annotated[Trait | None, _trait("CONG_NGHE", "congnghe", "Công nghệ")] = None
    informatics: Annotated[Trait | None, _trait("TIN_HOC", "tinhoc", "Tin học")] = None
    aesthetics: Annotated[Trait | None, _trait("THAM_MI", "thammi", "Thẩm mĩ")] = None
    fitness: Annotated[Trait | None, _trait("THE_CHAT", "thechat", "Thể chất")] = None
    comment: Annotated[
        str,
        Leaf(
            element="NHAN_XET_NANG_LUC_DAC_THU",
            key="nxetnanglucdacthu",
            title="Nhận xét năng lực đặc thù",
            kind=TRAIT_COMMENT,
        ),
    ]


def _days(element: str, key: str, title: str) -> Leaf:
    return Leaf(element=element, key=key, title=title, kind=count(0, 300), is_column=False)


def _size(element: str, key: str, title: str) -> Leaf:
    return Leaf(element=element, key=key, title=title, kind=measure(3), is_column=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryAssessment:
    """Year page of primary school.

    Height in cm, weight in kg, absences in days. Spec: TT 27/2020, Phụ lục 1.
    """

    height: Annotated[Decimal | None, _size("CHIEU_CAO", "chieucao", "Chiều cao (cm)")] = None
    weight: Annotated[Decimal | None, _size("CAN_NANG", "cannang", "Cân nặng (kg)")] = None
    excused_absences: Annotated[
        int | None, _days("SO_NGAY_NGHI_CO_PHEP", "songaynghicophep", "Số ngày nghỉ có phép")
    ] = None
    unexcused_absences: Annotated[
        int | None,
        _days("SO_NGAY_NGHI_KHONG_PHEP", "songaynghikhongphep", "Số ngày nghỉ không phép"),
    ] = None
    qualities: Annotated[Qualities, Group(element="PHAM_CHAT", title="Những phẩm chất chủ yếu")]
    general_competences: Annotated[
        GeneralCompetences, Group(element="NANG_LUC_CHUNG", title="Những năng lực chung")
    ]
    specific_competences: Annotated[
        SpecificCompetences, Group(element="NANG_LUC_DAC_THU", title="Những năng lực đặc thù")
    ]
    outcome: Annotated[
        PrimaryOutcome | None,
        Leaf(
            element="XEP_LOAI",
            key="xeploai",
            title="Đánh giá kết quả giáo dục",
            kind=letter(PrimaryOutcome),
            note="the dictionary's codes are not published; ours abbreviate the four levels",
        ),
    ] = None
    special_award: Annotated[
        str | None,
        Leaf(
            element="KHEN_THUONG_DOT_XUAT",
            key="ndungkhenthuongdotxuat",
            title="Khen thưởng đột xuất",
            kind=COMMENT,
        ),
    ] = None
    has_completed_grade: Annotated[
        bool | None,
        Leaf(
            element="HOAN_THANH_LOP_HOC",
            key="dahthanhctrinhlophoc",
            title="Đã hoàn thành chương trình lớp học",
            kind=FLAG,
        ),
    ] = None
    has_completed_primary: Annotated[
        bool | None,
        Leaf(
            element="HOAN_THANH_TIEU_HOC",
            key="dahthanhctrinhtieuhoc",
            title="Đã hoàn thành chương trình tiểu học",
            kind=FLAG,
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
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


def _words(element: str, key: str, title: str, *, kind: Kind = COMMENT) -> Leaf:
    return Leaf(element=element, key=key, title=title, kind=kind)


@dataclass(frozen=True, slots=True, kw_only=True)
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
        tuple[Certificate, ...],
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
