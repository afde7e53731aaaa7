"""Which transcript this is: number, version, pupil, school, year, and the one before."""

from datetime import date
from typing import Annotated

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import SchoolLevel, TranscriptStatus
from hocba_sign.model.fields import Group, Leaf
from hocba_sign.model.lexical import DAY, FLAG, coded, count, identifier, letter, text
from hocba_sign.model.person import (
    SCHOOL_YEAR,
    Pupil,
    School,
)

TRANSCRIPT_ID = identifier("transcript id", "[0-9A-Za-z-]{1,36}", max_length=36)


VERSION = count(1, 9_999_999_999)


TITLE = text(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedVersion:
    """The earlier issue that this transcript replaces."""

    id: Annotated[
        str,
        Leaf(
            element="MA_DINH_DANH_HOC_BA",
            key="madinhdanhhocba",
            title="Mã định danh học bạ bị thay thế",
            kind=TRANSCRIPT_ID,
            is_column=False,
        ),
    ]
    version: Annotated[
        int,
        Leaf(
            element="PHIEN_BAN",
            key="phienban",
            title="Phiên bản bị thay thế",
            kind=VERSION,
            is_column=False,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousTranscript:
    """The pupil's transcript of the year before.

    `digest` is the SHA-256 of the exclusive canonical form of its `#data`, in lower-case
    hexadecimal: it names what everybody signed and stays when signatures are extended. A report
    gives it as `document.data_sha256`.
    """

    id: Annotated[
        str,
        Leaf(
            element="MA_DINH_DANH_HOC_BA",
            key="madinhdanhhocba",
            title="Mã định danh học bạ năm trước",
            kind=TRANSCRIPT_ID,
            is_column=False,
        ),
    ]
    version: Annotated[
        int,
        Leaf(
            element="PHIEN_BAN",
            key="phienban",
            title="Phiên bản học bạ năm trước",
            kind=VERSION,
            is_column=False,
        ),
    ]
    digest: Annotated[
        str,
        Leaf(
            element="GIA_TRI_BAM",
            key="giatribam",
            title="Mã băm SHA-256 của phần dữ liệu được ký của học bạ năm trước",
            kind=identifier("SHA-256", "[0-9a-f]{64}", max_length=64),
            is_column=False,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """What every signature covers: which transcript this is, of whom, from which school and
    year.
    """

    id: Annotated[
        str,
        Leaf(
            element="MA_DINH_DANH_HOC_BA",
            key="madinhdanhhocba",
            title="Mã định danh học bạ",
            kind=TRANSCRIPT_ID,
        ),
    ]
    version: Annotated[
        int,
        Leaf(
            element="PHIEN_BAN",
            key="phienbanthongtinhocba",
            title="Phiên bản thông tin học bạ",
            kind=VERSION,
        ),
    ]
    status: Annotated[
        TranscriptStatus,
        Leaf(
            element="TRANG_THAI",
            key="trangthaithongtinhocba",
            title="Trạng thái thông tin học bạ",
            kind=letter(TranscriptStatus),
        ),
    ]
    replaces: Annotated[
        ReplacedVersion | None, Group(element="THAY_THE", key="thaythe", title="Thay thế")
    ] = None
    previous: Annotated[
        PreviousTranscript | None,
        Group(element="HOC_BA_TRUOC", key="hocbatruoc", title="Học bạ năm trước"),
    ] = None
    is_digitised: Annotated[
        bool, Leaf(element="TRICH_LUC", key="trichluc", title="Số hóa từ học bạ giấy", kind=FLAG)
    ]
    rule_set: Annotated[
        str,
        Leaf(
            element="THONG_TU",
            key="thongtu",
            title="Thông tư áp dụng",
            kind=coded("rule_sets", "TT[0-9]{2}/[0-9]{4}", max_length=30),
            note="the dictionary has 10 at primary, 30 at secondary school",
        ),
    ]
    school_year: Annotated[
        str, Leaf(element="NAM_HOC", key="namhoc", title="Năm học", kind=SCHOOL_YEAR)
    ]
    level: Annotated[
        SchoolLevel,
        Leaf(
            element="MA_CAP_HOC",
            key="macaphoc",
            title="Mã cấp học",
            kind=letter(SchoolLevel),
            is_level=True,
        ),
    ]
    grade: Annotated[int, Leaf(element="MA_KHOI", key="makhoi", title="Khối", kind=count(1, 12))]
    class_name: Annotated[
        str,
        Leaf(
            element="TEN_LOP",
            key="tenlop",
            title="Lớp",
            kind=text(100),
            note="the dictionary has 10 here and 100 for earlier years",
        ),
    ]
    created: Annotated[date, Leaf(element="NGAY_TAO", key="ngaytao", title="Ngày tạo", kind=DAY)]
    learning_record: Annotated[
        str | None,
        Leaf(
            element="MA_HO_SO_HOC_TAP",
            key="mahosohoctap",
            title="Mã số hồ sơ học tập suốt đời",
            kind=identifier("learning record", "[0-9A-Za-z-]{1,36}", max_length=36),
            note="NĐ 88/2026/NĐ-CP, Đ.9; its form is not published",
            is_column=False,
        ),
    ] = None
    school: Annotated[School, Group(element="TRUONG", title="Cơ sở giáo dục")]
    pupil: Annotated[Pupil, Group(element="HOC_SINH", title="Học sinh")]
