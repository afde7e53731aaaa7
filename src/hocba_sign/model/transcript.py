"""Học bạ: one pupil, one school year, one school, and who is expected to sign."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final, Self

from hocba_sign.model import exchange
from hocba_sign.model.codes import Level, Status
from hocba_sign.model.fields import Group, Leaf, Many
from hocba_sign.model.lexical import DAY, FLAG, coded, count, identifier, letter, text
from hocba_sign.model.person import (
    NAME,
    PERSONAL_ID,
    SCHOOL_YEAR,
    EarlierYear,
    Particulars,
    Pupil,
    School,
)
from hocba_sign.model.places import Address
from hocba_sign.model.results import (
    COMMENT,
    SUBJECT_ID_PATTERN,
    TEACHER_ID_PATTERN,
    Assessment,
    PrimaryAssessment,
    SecondaryAssessment,
    SubjectResult,
    subject_id,
    teacher_id,
)
from hocba_sign.model.workflow import PLANS, Role, Slot

ROOT_ELEMENT: Final = "HOC_BA"
DATA_ELEMENT: Final = "DU_LIEU_HOC_BA"
DATA_PATH: Final = f"/{ROOT_ELEMENT}/{DATA_ELEMENT}"
ID_DATA: Final = "data"
ID_IDENTITY: Final = "dinhdanh"
ID_CONTENT: Final = "thongtinhocba"

TRANSCRIPT_ID = identifier("transcript id", "[0-9A-Za-z-]{1,36}", max_length=36)
VERSION = count(1, 9_999_999_999)
TITLE = text(100)

_PLANS: Final = {
    Level.PRIMARY: "TIEU_HOC",
    Level.LOWER_SECONDARY: "THCS_THPT",
    Level.UPPER_SECONDARY: "THCS_THPT",
    Level.CONTINUING: "GDTX",
}
_DIGITISED_PLAN: Final = "TRICH_LUC"


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
            title="Giá trị băm SHA-256 của phần dữ liệu được ký của học bạ năm trước",
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
        Status,
        Leaf(
            element="TRANG_THAI",
            key="trangthaithongtinhocba",
            title="Trạng thái thông tin học bạ",
            kind=letter(Status),
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
        Level,
        Leaf(
            element="MA_CAP_HOC",
            key="macaphoc",
            title="Mã cấp học",
            kind=letter(Level),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Thông tin học bạ: the pupil's page and the page of the year."""

    particulars: Annotated[Particulars, Group(element="LY_LICH", title="Lý lịch")]
    earlier_years: Annotated[
        tuple[EarlierYear, ...],
        Many(
            wrapper="QUA_TRINH_HOC_TAP",
            element="NAM_HOC_TRUOC",
            key="quatrinhhoctap",
            title="Quá trình học tập",
            most=30,
            is_column=True,
        ),
    ] = ()
    subjects: Annotated[
        tuple[SubjectResult, ...],
        Many(
            wrapper="DANH_SACH_DIEM_TONG_KET",
            element="DIEM_TONG_KET",
            key="danhsachdiemtongket",
            title="Các môn học và hoạt động giáo dục",
            least=1,
            most=40,
            identify=lambda _, subject, __: subject_id(subject.code),
            id_pattern=SUBJECT_ID_PATTERN,
        ),
    ]
    assessment: Annotated[
        Assessment,
        Group(
            title="Đánh giá năm học",
            variants={
                Level.PRIMARY: PrimaryAssessment,
                Level.LOWER_SECONDARY: SecondaryAssessment,
                Level.UPPER_SECONDARY: SecondaryAssessment,
                Level.CONTINUING: SecondaryAssessment,
            },
        ),
    ]
    is_promoted: Annotated[
        bool, Leaf(element="DUOC_LEN_LOP", key="duoclenlop", title="Được lên lớp", kind=FLAG)
    ]
    completion: Annotated[
        str | None,
        Leaf(
            element="NOI_DUNG_HOAN_THANH",
            key="ndunghoanthanh",
            title="Nội dung hoàn thành chương trình",
            kind=text(500),
        ),
    ] = None
    award: Annotated[
        str | None,
        Leaf(
            element="NOI_DUNG_KHEN_THUONG", key="ndungkhenthuong", title="Khen thưởng", kind=COMMENT
        ),
    ] = None
    homeroom_comment: Annotated[
        str,
        Leaf(
            element="NHAN_XET_GVCN",
            key="nxetgvcn",
            title="Nhận xét của giáo viên chủ nhiệm",
            kind=COMMENT,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeroomTeacher:
    """Giáo viên chủ nhiệm."""

    full_name: Annotated[
        str,
        Leaf(element="HO_VA_TEN", key="tengvcn", title="Họ và tên giáo viên chủ nhiệm", kind=NAME),
    ]
    personal_id: Annotated[
        str | None,
        Leaf(
            element="SO_DINH_DANH",
            key="soddcngvcn",
            title="Số định danh của giáo viên chủ nhiệm",
            kind=PERSONAL_ID,
            note="required at primary school",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Cán bộ quản lý: principal, deputy or acting principal, as the title says."""

    full_name: Annotated[
        str,
        Leaf(element="HO_VA_TEN", key="tengiamhieu", title="Họ và tên người ký học bạ", kind=NAME),
    ]
    personal_id: Annotated[
        str,
        Leaf(
            element="SO_DINH_DANH",
            key="soddcngiamhieu",
            title="Số định danh của người ký học bạ",
            kind=PERSONAL_ID,
        ),
    ]
    title: Annotated[
        str,
        Leaf(
            element="CHUC_VU", key="chucvugiamhieu", title="Chức vụ của người ký học bạ", kind=TITLE
        ),
    ]
    acting_for: Annotated[
        str | None,
        Leaf(
            element="KY_THAY", key="kythay", title="Ký thay, thừa lệnh", kind=TITLE, is_column=False
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """One who signs in the place of a subject teacher; `teacher` is the Id of that teacher's
    element.
    """

    teacher: Annotated[
        str,
        Leaf(
            element="MA_GIAO_VIEN",
            key="magiaovien",
            title="Id của giáo viên được ký thay",
            kind=identifier("teacher reference", TEACHER_ID_PATTERN, max_length=9),
            is_column=False,
        ),
    ]
    full_name: Annotated[
        str,
        Leaf(
            element="HO_VA_TEN",
            key="hovaten",
            title="Họ và tên người ký thay",
            kind=NAME,
            is_column=False,
        ),
    ]
    personal_id: Annotated[
        str,
        Leaf(
            element="SO_DINH_DANH",
            key="sodinhdanh",
            title="Số định danh của người ký thay",
            kind=PERSONAL_ID,
            is_column=False,
        ),
    ]
    title: Annotated[
        str,
        Leaf(
            element="CHUC_VU",
            key="chucvu",
            title="Chức vụ của người ký thay",
            kind=TITLE,
            is_column=False,
        ),
    ]
    reason: Annotated[
        str,
        Leaf(element="LY_DO", key="lydo", title="Lý do ký thay", kind=text(250), is_column=False),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """Người ký: who is expected to sign for the class and the school; the seal is the
    school's own.
    """

    homeroom_teacher: Annotated[HomeroomTeacher, Group(element="GVCN", title="Giáo viên chủ nhiệm")]
    principal: Annotated[Principal, Group(element="CBQL", title="Cán bộ quản lý")]
    substitutes: Annotated[
        tuple[Substitute, ...],
        Many(
            wrapper="DANH_SACH_KY_THAY",
            element="NGUOI_KY_THAY",
            key="danhsachkythay",
            title="Ký thay giáo viên môn học",
            most=40,
        ),
    ] = ()
    place: Annotated[
        str,
        Leaf(
            element="DIA_DANH_PHAT_HANH",
            key="diadanhphathanh",
            title="Địa danh phát hành",
            kind=NAME,
        ),
    ]
    issued: Annotated[
        date,
        Leaf(
            element="NGAY_KY_PHAT_HANH", key="ngaykyphathanh", title="Ngày ký phát hành", kind=DAY
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSigner:
    """Who should sign in a slot; of a seal, `name` is the school's and `organisation_id` its tax or
    organisation id.

    `address` tells of a seal where the school is, as the document wrote it on `written`.
    """

    slot: Slot
    name: str
    personal_id: str | None = None
    organisation_id: str | None = None
    title: str | None = None
    address: Address = ()
    written: date = date.max

    @classmethod
    def seal_of(cls, school: School, *, written: date) -> Self:
        """Return the signer of a school's seal."""
        return cls(
            slot=Slot(Role.KY_PHAT_HANH),
            name=school.name,
            organisation_id=school.tax_id or school.organisation_id,
            address=school.address,
            written=written,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Dữ liệu học bạ.

    Holding a value of this type says nothing about its rules: see `model.check`.
    """

    identification: Annotated[
        Identification, Group(element="DINH_DANH", title="Định danh", identifier=ID_IDENTITY)
    ]
    content: Annotated[
        Content, Group(element="THONG_TIN_HOC_BA", title="Thông tin học bạ", identifier=ID_CONTENT)
    ]
    signers: Annotated[Signers, Group(element="NGUOI_KY", title="Người ký")]

    @classmethod
    def from_json(cls, document: str | bytes) -> Self:
        """Read a transcript from JSON whose keys are the dictionary's column names.

        Raises: InputError with the first fault at its JSON path such as
        `$.danhsachdiemtongket[2].diemcanam`, all of them in `findings`.
        """
        return exchange.from_json(cls, document)

    def to_json(self) -> str:
        """Write JSON that `from_json` reads, indented, keys in document order."""
        return exchange.to_json(self)

    @property
    def level(self) -> Level:
        return self.identification.level

    @property
    def pupil(self) -> Pupil:
        return self.identification.pupil

    @property
    def school(self) -> School:
        return self.identification.school

    @property
    def subjects(self) -> tuple[SubjectResult, ...]:
        return self.content.subjects

    @property
    def plan_name(self) -> str:
        """Return the name of the signing plan: that of digitised paper, else that of the level."""
        return _DIGITISED_PLAN if self.identification.is_digitised else _PLANS[self.level]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Return the slots for signatures in document order: those of the plan, for teachers one
        per subject and teacher.
        """
        return tuple(signer.slot for signer in self.expected_signers)

    @property
    def expected_signers(self) -> tuple[ExpectedSigner, ...]:
        """Return who should sign in each slot, in document order; a declared substitute stands for
        the teacher.
        """
        homeroom, principal = self.signers.homeroom_teacher, self.signers.principal
        everybody = (
            *self._teachers(),
            ExpectedSigner(
                slot=Slot(Role.GVCN), name=homeroom.full_name, personal_id=homeroom.personal_id
            ),
            ExpectedSigner(
                slot=Slot(Role.CBQL),
                name=principal.full_name,
                personal_id=principal.personal_id,
                title=principal.title,
            ),
            ExpectedSigner.seal_of(self.school, written=self.identification.created),
        )
        plan = PLANS[self.plan_name]
        return tuple(signer for signer in everybody if plan.step(signer.slot.role) is not None)

    def _teachers(self) -> Iterator[ExpectedSigner]:
        substitutes = {one.teacher: one for one in self.signers.substitutes}
        for subject in self.subjects:
            for n, teacher in enumerate(subject.teachers, 1):
                place = teacher_id(subject.id, n)
                stand_in = substitutes.get(place)
                person = stand_in or teacher
                yield ExpectedSigner(
                    slot=Slot(Role.GVBM, subject.id, place),
                    name=person.full_name,
                    personal_id=person.personal_id,
                    title=None if stand_in is None else stand_in.title,
                )

    def next_version(self, created: date, *, content: Content, signers: Signers) -> Self:
        """Return the version that replaces this one: after summer re-assessment, or where it was
        wrong. It starts unsigned.
        """
        given = self.identification
        replaced = ReplacedVersion(id=given.id, version=given.version)
        identification = replace(
            given, version=given.version + 1, created=created, replaces=replaced
        )
        return replace(self, identification=identification, content=content, signers=signers)
