"""Whom an entry of a registry means."""

from datetime import date

import pytest

from hocba_sign.model.appointments import Appointment
from hocba_sign.model.authority import Registry
from hocba_sign.model.delegation import GivenSnapshot, OfficeStatus
from hocba_sign.model.record import IssuingBody, SignerCredential, Witness
from hocba_sign.model.registry import Delegation, Rank, RegistrySnapshot, is_named
from hocba_sign.model.workflow import Role, Slot

PERSON, TAX, SHA = "048172000934", "0400123987", "ab" * 32
NAME, SCHOOL = "Phạm Thị Minh Hằng", "Trường THPT Thanh Khê Trung"
DAY = date(2026, 6, 1)


def entry(
    role: Role,
    *,
    name: str | None = None,
    personal_id: str | None = None,
    tax_id: str | None = None,
    sha256: str | None = None,
    subject: str | None = None,
) -> Appointment:
    return Appointment(
        department_code="48",
        school_code="A",
        role=role,
        subject_code=subject,
        name=name,
        personal_id=personal_id,
        tax_id=tax_id,
        certificate_sha256=sha256,
        since=date(2025, 9, 1),
    )


def holder(
    *numbers: tuple[str, str], name: str | None = NAME, sha256: str = SHA
) -> SignerCredential:
    return SignerCredential(sha256=sha256, identifiers=numbers, common_name=name)


@pytest.mark.parametrize(
    ("by", "credential", "answer"),
    [
        (entry(Role.CBQL, personal_id=PERSON), holder(("CCCD", PERSON)), True),
        (entry(Role.CBQL, personal_id=PERSON), holder(("CMND", PERSON)), True),
        (
            entry(Role.CBQL, personal_id=PERSON),
            holder(("CMND", "201234567"), ("UID", PERSON)),
            True,
        ),
        (entry(Role.CBQL, personal_id=PERSON), holder(("CCCD", "048172000999")), False),
        (entry(Role.CBQL, personal_id=PERSON), holder(("CMND", "201234567")), None),
        (entry(Role.CBQL, personal_id=PERSON), holder(), None),
        (entry(Role.CBQL, personal_id=PERSON, name=NAME.upper()), holder(("CCCD", PERSON)), True),
        (
            entry(Role.CBQL, personal_id=PERSON, name=NAME),
            holder(("CCCD", PERSON), name="PHAM THI MINH HANG"),
            True,
        ),
        (
            entry(Role.CBQL, personal_id=PERSON, name=NAME),
            holder(("CCCD", PERSON), name="Trịnh Văn Lạ"),
            None,
        ),
        (
            entry(Role.CBQL, personal_id=PERSON, name=NAME),
            holder(("CCCD", PERSON), name=None),
            None,
        ),
        (entry(Role.CBQL, sha256=SHA), holder(name="Trịnh Văn Lạ"), True),
        (entry(Role.CBQL, sha256="cd" * 32, personal_id=PERSON), holder(("CCCD", PERSON)), False),
        (
            entry(Role.KY_PHAT_HANH, tax_id=TAX, name="THPT Thanh Khê Trung"),
            holder(("MST", TAX), name=SCHOOL),
            True,
        ),
        (
            entry(Role.KY_PHAT_HANH, tax_id=TAX, name=SCHOOL),
            holder(("MST", TAX), name="Công ty TNHH A"),
            None,
        ),
        (
            entry(Role.KY_PHAT_HANH, tax_id=TAX),
            holder(("MST", TAX), ("CCCD", PERSON), name=SCHOOL),
            False,
        ),
        (entry(Role.KY_PHAT_HANH, sha256=SHA), holder(("CCCD", PERSON), name=SCHOOL), False),
        (entry(Role.KY_PHAT_HANH, sha256=SHA, personal_id=PERSON), holder(name=SCHOOL), False),
        (entry(Role.KY_PHAT_HANH, sha256=SHA), holder(name=SCHOOL), True),
    ],
)
def test_number_and_name_agree_and_no_person_is_a_seal(
    by: Appointment, credential: SignerCredential, answer: bool | None
) -> None:
    assert is_named(by, credential) is answer


def test_a_delegation_names_an_authority_by_number_and_name() -> None:
    by = Delegation(
        rank=Rank.DEPARTMENT,
        department_code="48",
        name="Sở Giáo dục và Đào tạo TP. Đà Nẵng",
        tax_id=TAX,
        since=DAY,
    )
    assert is_named(by, holder(("MST", TAX), name="SỞ GD&ĐT THÀNH PHỐ ĐÀ NẴNG")) is True
    assert is_named(by, holder(("MST", TAX), name="Công ty TNHH A")) is None


WITNESS = Witness(credential=holder(("CCCD", PERSON)), day=DAY, is_day_proven=True)


def registry(*entries: Appointment) -> Registry:
    snapshot = RegistrySnapshot(
        id="S",
        version=1,
        rank=Rank.DEPARTMENT,
        department_code="48",
        issuer=IssuingBody(name="Sở"),
        issued=DAY,
        next_update=date(2026, 12, 31),
        appointments=entries,
    )
    return Registry.of((GivenSnapshot(snapshot=snapshot),), today=DAY)


@pytest.mark.parametrize(
    ("subjects", "asked", "standing"),
    [
        ((None,), "mon-15", OfficeStatus.ALLOWED),
        (("15",), "mon-15", OfficeStatus.ALLOWED),
        (("15", "19"), "mon-19", OfficeStatus.ALLOWED),
        (("15",), "mon-19", OfficeStatus.UNCOVERED),
        (("15",), None, OfficeStatus.ALLOWED),
    ],
)
def test_a_teacher_is_appointed_for_subjects(
    subjects: tuple[str | None, ...], asked: str | None, standing: OfficeStatus
) -> None:
    known = registry(*(entry(Role.GVBM, personal_id=PERSON, subject=one) for one in subjects))
    answer = known.authority_of(
        holder(("CCCD", PERSON)),
        Role.GVBM,
        department_code="48",
        school_code="A",
        day=DAY,
        subject=asked,
    )
    assert answer.standing is standing
    is_appointed = known.appoints(
        WITNESS, Slot(Role.GVBM, asked), department_code="48", school_code="A", today=DAY
    )
    assert is_appointed is (standing is OfficeStatus.ALLOWED)


def test_another_teacher_of_the_subject_is_not_the_one() -> None:
    known = registry(
        entry(Role.GVBM, personal_id=PERSON, subject="15"),
        entry(Role.GVBM, personal_id="048172000999", subject="19"),
    )
    answer = known.authority_of(
        holder(("CCCD", PERSON)),
        Role.GVBM,
        department_code="48",
        school_code="A",
        day=DAY,
        subject="mon-19",
    )
    assert answer.standing is OfficeStatus.REFUSED


def test_the_head_of_school_may_sign_for_a_teacher_but_is_appointed_as_none() -> None:
    known = registry(
        entry(Role.CBQL, personal_id=PERSON), entry(Role.GVBM, personal_id="048172000999")
    )
    slot = Slot(Role.GVBM, "mon-15", "gv-15-1")
    answer = known.authority_of(
        holder(("CCCD", PERSON)),
        Role.GVBM,
        department_code="48",
        school_code="A",
        day=DAY,
        subject="mon-15",
    )
    assert answer.standing is OfficeStatus.ALLOWED
    assert not known.appoints(WITNESS, slot, department_code="48", school_code="A", today=DAY)
