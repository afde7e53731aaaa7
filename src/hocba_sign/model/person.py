"""The pupil and the school: who and where."""

from datetime import date
from typing import Annotated

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import IdentityPaper, SchoolKind, Sex
from hocba_sign.model.fields import Group, Leaf
from hocba_sign.model.lexical import DAY, FLAG, ValueKind, coded, count, identifier, letter, text
from hocba_sign.model.provinces import Address

PERSONAL_ID = identifier("personal id", "[0-9]{12}", max_length=12)
SCHOOL_YEAR = identifier("school year", "[0-9]{4}-[0-9]{4}", max_length=9)
PROVINCE = coded("provinces", "[0-9]{2}", max_length=2)
COMMUNE = identifier("commune code", "[0-9]{5}", max_length=5)
NAME = text(150)


def _code(name: str, length: int) -> ValueKind:
    return identifier(name, f"[0-9A-Za-z._-]{{1,{length}}}", max_length=length)


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """Cơ sở giáo dục: the school that issues the transcript, with its address in force on the day
    of issue.
    """

    department_code: Annotated[
        str,
        Leaf(
            element="MA_SO_GD",
            key="masogd",
            title="Mã sở giáo dục và đào tạo",
            kind=identifier("department", "[0-9]{2}", max_length=2),
        ),
    ]
    department_name: Annotated[
        str, Leaf(element="TEN_SO_GD", key="tensogd", title="Tên sở giáo dục và đào tạo", kind=NAME)
    ]
    code: Annotated[
        str,
        Leaf(element="MA_TRUONG", key="matruong", title="Mã trường", kind=_code("school code", 20)),
    ]
    name: Annotated[str, Leaf(element="TEN_TRUONG", key="tentruong", title="Tên trường", kind=NAME)]
    kind: Annotated[
        SchoolKind | None,
        Leaf(
            element="LOAI_HINH",
            key="loaihinh",
            title="Loại hình nhà trường",
            kind=letter(SchoolKind),
            is_column=False,
        ),
    ] = None
    tax_id: Annotated[
        str | None,
        Leaf(
            element="MA_SO_THUE",
            key="masothue",
            title="Mã số thuế",
            kind=identifier("tax id", "[0-9]{10}(-[0-9]{3})?", max_length=14),
            is_column=False,
        ),
    ] = None
    organisation_id: Annotated[
        str | None,
        Leaf(
            element="MA_DINH_DANH_TO_CHUC",
            key="madinhdanhtochuc",
            title="Mã định danh tổ chức",
            kind=_code("organisation id", 35),
            is_column=False,
        ),
    ] = None
    commune: Annotated[
        str, Leaf(element="TEN_XA", key="tenxa", title="Tên xã, phường, đặc khu", kind=NAME)
    ]
    commune_code: Annotated[
        str | None, Leaf(element="MA_XA", key="maxa", title="Mã xã, phường, đặc khu", kind=COMMUNE)
    ] = None
    district: Annotated[
        str | None,
        Leaf(
            element="TEN_HUYEN",
            key="tenhuyen",
            title="Tên huyện (quận, thị xã, thành phố)",
            kind=NAME,
            note="only for records before 2025-07-01",
        ),
    ] = None
    province: Annotated[
        str, Leaf(element="TEN_TINH", key="tentinh", title="Tên tỉnh, thành phố", kind=NAME)
    ]
    province_code: Annotated[
        str, Leaf(element="MA_TINH", key="matinh", title="Mã tỉnh, thành phố", kind=PROVINCE)
    ]

    @property
    def address(self) -> Address:
        """Return what a certificate of the school may contradict: its department and its province,
        never what lies below.
        """
        return (("O", self.department_name), ("ST", self.province))


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDocument:
    """Giấy tờ thay thế số định danh: for a pupil without a personal identification number."""

    kind: Annotated[
        IdentityPaper,
        Leaf(
            element="LOAI_GIAY_TO",
            key="loaigiayto",
            title="Loại giấy tờ",
            kind=letter(IdentityPaper),
            is_column=False,
        ),
    ]
    number: Annotated[
        str,
        Leaf(
            element="SO_GIAY_TO", key="sogiayto", title="Số giấy tờ", kind=text(30), is_column=False
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """Học sinh: what identifies the pupil. Exactly one of the three birth fields is given."""

    full_name: Annotated[
        str, Leaf(element="HO_VA_TEN", key="hovaten", title="Họ và tên", kind=NAME)
    ]
    personal_id: Annotated[
        str | None,
        Leaf(
            element="SO_DINH_DANH",
            key="sodinhdanh",
            title="Số định danh cá nhân",
            kind=PERSONAL_ID,
            note="the dictionary requires it; foreign pupils have none and give GIAY_TO instead",
        ),
    ] = None
    identity_document: Annotated[
        IdentityDocument | None,
        Group(element="GIAY_TO", key="giayto", title="Giấy tờ thay thế số định danh"),
    ] = None
    code: Annotated[
        str,
        Leaf(
            element="MA_HOC_SINH",
            key="mahocsinh",
            title="Mã học sinh",
            kind=_code("pupil code", 20),
        ),
    ]
    sex: Annotated[
        Sex, Leaf(element="GIOI_TINH", key="gioitinh", title="Giới tính", kind=letter(Sex))
    ]
    birth_date: Annotated[
        date | None,
        Leaf(
            element="NGAY_THANG_NAM_SINH",
            key="ngaythangnamsinh",
            title="Ngày, tháng, năm sinh",
            kind=DAY,
        ),
    ] = None
    birth_month: Annotated[
        str | None,
        Leaf(
            element="THANG_NAM_SINH",
            key="thangnamsinh",
            title="Tháng, năm sinh",
            kind=identifier("month", "[0-9]{4}-(0[1-9]|1[0-2])", max_length=7),
        ),
    ] = None
    birth_year: Annotated[
        int | None,
        Leaf(element="NAM_SINH", key="namsinh", title="Năm sinh", kind=count(1900, 2199)),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """A place in words, with codes where they are known."""

    detail: Annotated[
        str,
        Leaf(
            element="CHI_TIET",
            key="chitiet",
            title="Địa chỉ chi tiết",
            kind=text(250),
            is_column=False,
        ),
    ]
    commune_code: Annotated[
        str | None, Leaf(element="MA_XA", key="maxa", title="Mã xã, phường, đặc khu", kind=COMMUNE)
    ] = None
    province_code: Annotated[
        str | None, Leaf(element="MA_TINH", key="matinh", title="Mã tỉnh, thành phố", kind=PROVINCE)
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """Lý lịch: the pupil's page.

    `is_exempt_from_assessment` marks a disabled pupil who is not assessed, `has_individual_plan`
    one who is assessed by the individual education plan. Spec: TT 22/2021, Đ.11; TT 27/2020, Đ.8.
    """

    register_number: Annotated[
        str | None,
        Leaf(element="SO_SO_DANG_BO", key="sosodangbo", title="Số sổ đăng bộ", kind=text(50)),
    ] = None
    birthplace: Annotated[
        PlaceName, Group(element="NOI_SINH", key="noisinh", title="Nơi sinh", is_column=True)
    ]
    home_town: Annotated[
        PlaceName, Group(element="QUE_QUAN", key="quequan", title="Quê quán", is_column=True)
    ]
    residence: Annotated[
        PlaceName,
        Group(element="NOI_O_HIEN_NAY", key="noiohiennay", title="Chỗ ở hiện tại", is_column=True),
    ]
    ethnic_group: Annotated[
        str | None,
        Leaf(
            element="DAN_TOC",
            key="dantoc",
            title="Dân tộc",
            kind=coded("ethnic_groups", "[1-9][0-9]?", max_length=3),
            note="no leading zeros; pupils of another nationality give 55 or nothing",
        ),
    ] = None
    nationality: Annotated[
        str,
        Leaf(
            element="QUOC_TICH",
            key="quoctich",
            title="Quốc tịch",
            kind=identifier("country", "[A-Z]{2}", max_length=2),
        ),
    ]
    policy_group: Annotated[
        str | None,
        Leaf(
            element="DOI_TUONG_CHINH_SACH",
            key="doituongchinhsach",
            title="Đối tượng",
            kind=text(250),
        ),
    ] = None
    is_exempt_from_assessment: Annotated[
        bool,
        Leaf(
            element="KHUYET_TAT_KHONG_DANH_GIA",
            key="cokhuyettatkhongdanhgia",
            title="Khuyết tật, không đánh giá",
            kind=FLAG,
        ),
    ]
    has_individual_plan: Annotated[
        bool | None,
        Leaf(
            element="KE_HOACH_GIAO_DUC_CA_NHAN",
            key="cokehoachgiaoduccanhan",
            title="Khuyết tật, học theo kế hoạch giáo dục cá nhân",
            kind=FLAG,
            is_column=False,
        ),
    ] = None
    father: Annotated[
        str | None, Leaf(element="HO_TEN_CHA", key="hotencha", title="Họ và tên cha", kind=NAME)
    ] = None
    father_occupation: Annotated[
        str | None,
        Leaf(
            element="NGHE_NGHIEP_CHA",
            key="nghenghiepcha",
            title="Nghề nghiệp của cha",
            kind=NAME,
            is_column=False,
        ),
    ] = None
    mother: Annotated[
        str | None, Leaf(element="HO_TEN_ME", key="hotenme", title="Họ và tên mẹ", kind=NAME)
    ] = None
    mother_occupation: Annotated[
        str | None,
        Leaf(
            element="NGHE_NGHIEP_ME",
            key="nghenghiepme",
            title="Nghề nghiệp của mẹ",
            kind=NAME,
            is_column=False,
        ),
    ] = None
    guardian: Annotated[
        str | None,
        Leaf(
            element="HO_TEN_NGUOI_GIAM_HO",
            key="hotennguoigiamho",
            title="Họ và tên người giám hộ",
            kind=NAME,
        ),
    ] = None
    guardian_occupation: Annotated[
        str | None,
        Leaf(
            element="NGHE_NGHIEP_NGUOI_GIAM_HO",
            key="nghenghiepnguoigiamho",
            title="Nghề nghiệp của người giám hộ",
            kind=NAME,
            is_column=False,
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierYear:
    """One line of Quá trình học tập."""

    school_year: Annotated[
        str, Leaf(element="NAM_HOC", key="namhoc", title="Năm học", kind=SCHOOL_YEAR)
    ]
    class_name: Annotated[str, Leaf(element="TEN_LOP", key="tenlop", title="Lớp", kind=text(100))]
    school: Annotated[
        str, Leaf(element="TEN_TRUONG", key="tentruong", title="Tên trường", kind=text(250))
    ]
    province: Annotated[
        str, Leaf(element="TEN_TINH", key="tentinh", title="Tên tỉnh, thành phố", kind=NAME)
    ]
    register_number: Annotated[
        str | None,
        Leaf(
            element="SO_DANG_BO", key="sodangbo", title="Số đăng bộ", kind=text(50), is_column=False
        ),
    ] = None
    arrived: Annotated[
        date | None,
        Leaf(
            element="NGAY_CHUYEN_DEN",
            key="ngaytrangthaichuyenden",
            title="Ngày nhập học hoặc chuyển đến",
            kind=DAY,
        ),
    ] = None
