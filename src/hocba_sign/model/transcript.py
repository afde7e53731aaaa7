"""Học bạ: one pupil, one school year, one school, and who is expected to sign."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated, Final, Self

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model import exchange
from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.fields import Group, Leaf, Many
from hocba_sign.model.identification import Identification, ReplacedVersion
from hocba_sign.model.lexical import FLAG, text
from hocba_sign.model.person import (
    EarlierYear,
    Particulars,
    Pupil,
    School,
)
from hocba_sign.model.primary import COMMENT, PrimaryAssessment
from hocba_sign.model.results import (
    SUBJECT_ID_PATTERN,
    Assessment,
    SecondaryAssessment,
    SubjectResult,
    subject_id,
    teacher_id,
)
from hocba_sign.model.signers import ExpectedSigner, Signers
from hocba_sign.model.workflow import PLANS, Role, Slot

ROOT_ELEMENT: Final = "HOC_BA"
DATA_ELEMENT: Final = "DU_LIEU_HOC_BA"
DATA_PATH: Final = f"/{ROOT_ELEMENT}/{DATA_ELEMENT}"
ID_DATA: Final = "data"
ID_IDENTITY: Final = "dinhdanh"
ID_CONTENT: Final = "thongtinhocba"


_PLANS: Final = {
    SchoolLevel.PRIMARY: "TIEU_HOC",
    SchoolLevel.LOWER_SECONDARY: "THCS_THPT",
    SchoolLevel.UPPER_SECONDARY: "THCS_THPT",
    SchoolLevel.CONTINUING: "GDTX",
}
_DIGITISED_PLAN: Final = "TRICH_LUC"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TranscriptContent:
    """Thông tin học bạ: the pupil's page and the page of the year.

    It and its parts show nothing of themselves, for whoever logs one would log marks and comments.
    """

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
                SchoolLevel.PRIMARY: PrimaryAssessment,
                SchoolLevel.LOWER_SECONDARY: SecondaryAssessment,
                SchoolLevel.UPPER_SECONDARY: SecondaryAssessment,
                SchoolLevel.CONTINUING: SecondaryAssessment,
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
class Transcript:
    """Dữ liệu học bạ.

    Holding a value of this type says nothing about its rules: see `model.check`.
    """

    identification: Annotated[
        Identification, Group(element="DINH_DANH", title="Định danh", identifier=ID_IDENTITY)
    ]
    content: Annotated[
        TranscriptContent,
        Group(element="THONG_TIN_HOC_BA", title="Thông tin học bạ", identifier=ID_CONTENT),
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
    def level(self) -> SchoolLevel:
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
        substitutes = {substitute.teacher: substitute for substitute in self.signers.substitutes}
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

    def next_version(self, created: date, *, content: TranscriptContent, signers: Signers) -> Self:
        """Return the version that replaces this one: after summer re-assessment, or where it was
        wrong. It starts unsigned.
        """
        given = self.identification
        replaced = ReplacedVersion(id=given.id, version=given.version)
        identification = replace(
            given, version=given.version + 1, created=created, replaces=replaced
        )
        return replace(self, identification=identification, content=content, signers=signers)
