"""Sổ thẩm quyền: who may sign as what for which school, from which day to which.

A registry is put together from snapshots. The ministry's names the departments that may keep one,
theirs the schools; each says who holds which office. Nothing is deleted from a snapshot, only
ended: the newest one answers for every day.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self

from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model import exchange
from hocba_sign.model.appointments import Appointment
from hocba_sign.model.fields import Group, Leaf, Many, element_path
from hocba_sign.model.lexical import DAY, letter, text
from hocba_sign.model.numbers import agrees, numbers_of
from hocba_sign.model.person import NAME
from hocba_sign.model.record import (
    DEPARTMENT,
    ISSUER_PLAN,
    RECORD_ID,
    RECORD_VERSION,
    SCHOOL_CODE,
    SHA256_HEX,
    TAX_ID,
    IssuingBody,
    SignerCredential,
)
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.spelling import Likeness, compare_names
from hocba_sign.model.workflow import Role, Slot

ROOT_ELEMENT: Final = "SO_THAM_QUYEN"
DATA_ELEMENT: Final = "DU_LIEU_SO_THAM_QUYEN"


class Rank(StrEnum):
    """Cấp of whoever keeps a snapshot, highest first."""

    MINISTRY = "BO"
    DEPARTMENT = "SO"
    SCHOOL = "TRUONG"


RANKS: Final = tuple(Rank)
_ROLES_OF_A_SCHOOL: Final = frozenset({Role.GVBM, Role.GVCN})
"""Whom a school may appoint itself; its head and its seal are for the authority above it to name.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """Ủy quyền: who may keep the snapshot of a department or a school.

    Both days belong to the period.
    """

    rank: Annotated[
        Rank,
        Leaf(
            element="CAP", key="cap", title="Cấp được ủy quyền", kind=letter(Rank), is_column=False
        ),
    ]
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
        str | None,
        Leaf(
            element="MA_TRUONG",
            key="matruong",
            title="Mã trường",
            kind=SCHOOL_CODE,
            is_column=False,
        ),
    ] = None
    name: Annotated[
        str,
        Leaf(
            element="TEN_CO_QUAN",
            key="tencoquan",
            title="Tên cơ quan được ủy quyền",
            kind=NAME,
            is_column=False,
        ),
    ]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrySnapshot:
    """What one authority says on `issued`; after `next_update` it says nothing any more.

    Days are days in Vietnam.
    """

    id: Annotated[
        str,
        Leaf(element="MA_SO", key="maso", title="Mã danh sách", kind=RECORD_ID, is_column=False),
    ]
    version: Annotated[
        int,
        Leaf(
            element="PHIEN_BAN",
            key="phienban",
            title="Phiên bản danh sách",
            kind=RECORD_VERSION,
            is_column=False,
        ),
    ]
    rank: Annotated[
        Rank,
        Leaf(
            element="CAP", key="cap", title="Cấp lập danh sách", kind=letter(Rank), is_column=False
        ),
    ]
    department_code: Annotated[
        str | None,
        Leaf(
            element="MA_SO_GD",
            key="masogd",
            title="Mã sở giáo dục và đào tạo",
            kind=DEPARTMENT,
            is_column=False,
        ),
    ] = None
    school_code: Annotated[
        str | None,
        Leaf(
            element="MA_TRUONG",
            key="matruong",
            title="Mã trường",
            kind=SCHOOL_CODE,
            is_column=False,
        ),
    ] = None
    issuer: Annotated[
        IssuingBody, Group(element="CO_QUAN", key="coquan", title="Cơ quan lập danh sách")
    ]
    issued: Annotated[
        date,
        Leaf(
            element="NGAY_LAP", key="ngaylap", title="Ngày lập danh sách", kind=DAY, is_column=False
        ),
    ]
    next_update: Annotated[
        date,
        Leaf(
            element="CAP_NHAT_TRUOC",
            key="capnhattruoc",
            title="Hạn cập nhật",
            kind=DAY,
            is_column=False,
        ),
    ]
    next_seal_sha256: Annotated[
        str | None,
        Leaf(
            element="CON_DAU_KE_TIEP_SHA256",
            key="condauketiepsha256",
            title="Mã băm SHA-256 của chứng thư sẽ ký số các phiên bản sau",
            kind=SHA256_HEX,
            is_column=False,
        ),
    ] = None
    delegations: Annotated[
        tuple[Delegation, ...],
        Many(
            wrapper="DANH_SACH_UY_QUYEN",
            element="UY_QUYEN",
            key="danhsachuyquyen",
            title="Ủy quyền",
            most=10_000,
        ),
    ] = ()
    appointments: Annotated[
        tuple[Appointment, ...],
        Many(
            wrapper="DANH_SACH_THAM_QUYEN",
            element="THAM_QUYEN",
            key="danhsachthamquyen",
            title="Thẩm quyền ký",
            most=20_000,
        ),
    ] = ()

    @classmethod
    def from_json(cls, document: str | bytes) -> Self:
        """Read a snapshot from JSON, which nobody has signed.

        Raises: as `Transcript.from_json`; InputError REGISTRY.* for what does not fit together, at
        the path that the XML form has.
        """
        snapshot = exchange.from_json(cls, document)
        findings = tuple(check_registry(snapshot, f"/{ROOT_ELEMENT}/{DATA_ELEMENT}"))
        if findings:
            raise InputError(findings[0].cause, where=findings[0].where, findings=findings)
        return snapshot

    def to_json(self) -> str:
        """Write JSON that `from_json` reads."""
        return exchange.to_json(self)

    @property
    def plan_name(self) -> str:
        return ISSUER_PLAN

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(signer.slot for signer in self.expected_signers)

    @property
    def expected_signers(self) -> tuple[ExpectedSigner, ...]:
        return self.issuer.expected()

    def covers(self, department_code: str, school_code: str | None) -> bool:
        """Return whether a department, or a school of it, lies in the realm of this snapshot."""
        match self.rank:
            case Rank.MINISTRY:
                return True
            case Rank.DEPARTMENT:
                return department_code == self.department_code
            case Rank.SCHOOL:
                return (department_code, school_code) == (self.department_code, self.school_code)


def is_named(by: Delegation | Appointment, credential: SignerCredential) -> bool | None:
    """Return whether `credential` is the one that an entry means; None where it carries no number
    to compare, or the number and another name.

    A certificate named by its SHA-256 is that one and no other, whatever else the entry says; but
    no entry for a person, and none that names a person's certificate, stands for a seal.
    """
    personal_id = by.personal_id if isinstance(by, Appointment) else None
    is_seal = not isinstance(by, Appointment) or by.role is Role.KY_PHAT_HANH
    given = numbers_of(credential.identifiers)
    if is_seal and (personal_id is not None or any(number.is_personal for number in given)):
        return False
    if by.certificate_sha256 is not None:
        return credential.sha256 == by.certificate_sha256
    wanted = numbers_of(
        ("UID", number) for number in (personal_id, by.tax_id) if number is not None
    )
    compared = [
        answer for answer in (agrees(number, given) for number in wanted) if answer is not None
    ]
    if not compared or not all(compared):
        return False if compared else None
    if (
        by.name is not None
        and compare_names(by.name, credential.common_name, of_school=is_seal) is Likeness.OTHER
    ):
        return None
    return True


def check_registry(snapshot: RegistrySnapshot, path: str) -> Iterator[Finding]:
    """Yield what does not fit together in a snapshot whose fields are read; `path` is that of its
    data element.
    """
    has_department = snapshot.rank is not Rank.MINISTRY
    if (snapshot.department_code is not None) != has_department or (
        snapshot.school_code is not None
    ) != (snapshot.rank is Rank.SCHOOL):
        yield Finding("REGISTRY.REALM", path + element_path(RegistrySnapshot, "rank"))
    if snapshot.next_update < snapshot.issued:
        yield Finding("REGISTRY.PERIOD", path + element_path(RegistrySnapshot, "next_update"))
    for n, delegation in enumerate(snapshot.delegations):
        where = path + element_path(RegistrySnapshot, "delegations", n)
        is_below = RANKS.index(delegation.rank) > RANKS.index(snapshot.rank)
        is_complete = (delegation.school_code is not None) == (delegation.rank is Rank.SCHOOL)
        if (
            not is_below
            or not is_complete
            or not snapshot.covers(delegation.department_code, delegation.school_code)
        ):
            yield Finding("REGISTRY.REALM", where)
        yield from _entry(delegation, where)
    for n, appointment in enumerate(snapshot.appointments):
        where = path + element_path(RegistrySnapshot, "appointments", n)
        may_appoint = snapshot.rank is not Rank.SCHOOL or appointment.role in _ROLES_OF_A_SCHOOL
        if not may_appoint or not snapshot.covers(
            appointment.department_code, appointment.school_code
        ):
            yield Finding("REGISTRY.REALM", where)
        yield from _entry(appointment, where)


def _entry(entry: Delegation | Appointment, where: str) -> Iterator[Finding]:
    if entry.until is not None and entry.until < entry.since:
        yield Finding("REGISTRY.PERIOD", where)
    personal_id = entry.personal_id if isinstance(entry, Appointment) else None
    if personal_id is None and entry.tax_id is None and entry.certificate_sha256 is None:
        yield Finding("REGISTRY.NOBODY", where)
