"""Who holds which office, from when to when."""

from datetime import date
from typing import Annotated

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.fields import Leaf
from hocba_sign.model.lexical import DAY, letter, text
from hocba_sign.model.person import NAME, PERSONAL_ID
from hocba_sign.model.record import (
    DEPARTMENT,
    SCHOOL_CODE,
    SHA256_HEX,
    TAX_ID,
)
from hocba_sign.model.results import SUBJECT
from hocba_sign.model.workflow import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Thẩm quyền: one office at one school.

    Whoever holds it is named by personal id, tax id or the certificate itself.

    Of a subject teacher, `subject_code` limits the office to one subject; a teacher of several has
    as many entries, or one without.
    """

    department_code: Annotated[
        str,
        Leaf(
            element="MA_SO_GD",
            key="masogd",
            title="Mã sở giáo dục và đào tạo",
            kind=DEPARTMENT,
            is_column=False,
        ),
    ]
    school_code: Annotated[
        str,
        Leaf(
            element="MA_TRUONG",
            key="matruong",
            title="Mã trường",
            kind=SCHOOL_CODE,
            is_column=False,
        ),
    ]
    role: Annotated[
        Role,
        Leaf(
            element="VAI_TRO", key="vaitro", title="Vai trò ký", kind=letter(Role), is_column=False
        ),
    ]
    subject_code: Annotated[
        str | None,
        Leaf(
            element="MA_MON_HOC",
            key="mamonhoc",
            title="Mã môn học được phân công",
            kind=SUBJECT,
            is_column=False,
        ),
    ] = None
    name: Annotated[
        str | None,
        Leaf(
            element="HO_VA_TEN",
            key="hovaten",
            title="Họ và tên, hoặc tên cơ sở giáo dục",
            kind=NAME,
            is_column=False,
        ),
    ] = None
    personal_id: Annotated[
        str | None,
        Leaf(
            element="SO_DINH_DANH",
            key="sodinhdanh",
            title="Số định danh cá nhân",
            kind=PERSONAL_ID,
            is_column=False,
        ),
    ] = None
    tax_id: Annotated[
        str | None,
        Leaf(
            element="MA_SO_THUE", key="masothue", title="Mã số thuế", kind=TAX_ID, is_column=False
        ),
    ] = None
    certificate_sha256: Annotated[
        str | None,
        Leaf(
            element="CHUNG_THU_SHA256",
            key="chungthusha256",
            title="Mã băm SHA-256 của chứng thư chữ ký số",
            kind=SHA256_HEX,
            is_column=False,
        ),
    ] = None
    since: Annotated[
        date, Leaf(element="TU_NGAY", key="tungay", title="Từ ngày", kind=DAY, is_column=False)
    ]
    until: Annotated[
        date | None,
        Leaf(element="DEN_NGAY", key="denngay", title="Đến hết ngày", kind=DAY, is_column=False),
    ] = None
    reason: Annotated[
        str | None,
        Leaf(element="LY_DO", key="lydo", title="Lý do", kind=text(250), is_column=False),
    ] = None
