"""Results at primary school: qualities, competences and what they come to."""

from decimal import Decimal
from typing import Annotated

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import PrimaryOutcome, Trait
from hocba_sign.model.fields import Group, Leaf
from hocba_sign.model.lexical import (
    FLAG,
    count,
    letter,
    measure,
    text,
)

TRAIT = letter(Trait)


COMMENT = text(2000, is_comment=True)


TRAIT_COMMENT = text(500, is_comment=True)


def _trait(element: str, key: str, title: str) -> Leaf:
    return Leaf(element=element, key=key, title=title, kind=TRAIT, is_column=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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
