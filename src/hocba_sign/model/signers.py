"""Who signs a transcript: the persons that it names, and what is expected of each."""

from datetime import date
from typing import Annotated, Self

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.fields import Group, Leaf, Many
from hocba_sign.model.identification import TITLE
from hocba_sign.model.lexical import DAY, identifier, text
from hocba_sign.model.person import (
    NAME,
    PERSONAL_ID,
    School,
)
from hocba_sign.model.provinces import Address
from hocba_sign.model.results import TEACHER_ID_PATTERN
from hocba_sign.model.workflow import Role, Slot


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
            title="Mã giáo viên được ký thay",
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
