"""Kinds of transcripts as schools have them, made from the examples: each with a plan, signers or
content of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.person import EarlierYear
from hocba_sign.model.results import SecondaryMarks, Teacher
from hocba_sign.model.signers import Substitute
from hocba_sign.model.transcript import Transcript
from hocba_sign.validation.policy import Policy
from hocba_sign.xml.layout import CANONICAL, KHO, Layout
from tests.support.scene import Scene


def identified(given: Transcript, **changes: Any) -> Transcript:
    return replace(given, identification=replace(given.identification, **changes))


def signed_by(given: Transcript, **changes: Any) -> Transcript:
    return replace(given, signers=replace(given.signers, **changes))


def digitised(given: Transcript) -> Transcript:
    """A paper transcript of a school that has forgotten who taught."""
    subjects = tuple(replace(subject, teachers=()) for subject in given.subjects)
    return identified(
        replace(given, content=replace(given.content, subjects=subjects)), is_digitised=True
    )


def continuing(given: Transcript) -> Transcript:
    """A learner at a centre of continuing education, whose director issues the transcript."""
    director = replace(given.signers.principal, title="Giám đốc")
    return signed_by(
        identified(given, level=SchoolLevel.CONTINUING, rule_set="TT43/2021", grade=11),
        principal=director,
    )


def with_principal_in_place(given: Transcript) -> Transcript:
    """The principal signs for the first subject's teacher, who has left."""
    principal = given.signers.principal
    stand_in = Substitute(
        teacher=f"gv-{given.subjects[0].code}-1",
        full_name=principal.full_name,
        personal_id=principal.personal_id,
        title=principal.title,
        reason="Giáo viên đã chuyển công tác",
    )
    return signed_by(given, substitutes=(stand_in,))


def with_deputy(given: Transcript) -> Transcript:
    deputy = replace(
        given.signers.principal,
        full_name="Đỗ Thị Lan Anh",
        personal_id="048183001122",
        title="Phó Hiệu trưởng",
        acting_for="KT. Hiệu trưởng",
    )
    return signed_by(given, principal=deputy)


def with_three_teachers(given: Transcript) -> Transcript:
    """An integrated subject, taught by three, each of whom signs."""
    first, *rest = given.subjects
    (one, *_) = first.teachers
    names = (("Lý Văn Ba", "048085002233"), ("Mai Thị Tư", "048186003344"))
    teachers = (one, *(replace(one, full_name=name, personal_id=number) for name, number in names))
    return replace(
        given, content=replace(given.content, subjects=(replace(first, teachers=teachers), *rest))
    )


def with_some_teachers(given: Transcript) -> Transcript:
    """Primary school where the first of the subjects names a teacher, as for English, and the
    others do not.
    """
    first, *rest = given.subjects
    named = replace(first, teachers=(Teacher(full_name="Võ Thị Năm", personal_id="048187004455"),))
    return replace(given, content=replace(given.content, subjects=(named, *rest)))


def reassessed(given: Transcript) -> Transcript:
    """In summer: a subject has one more mark, and a new version replaces the one that was issued in
    May.
    """
    first, *rest = given.subjects
    assert isinstance(first.marks, SecondaryMarks)
    again = replace(first, marks=replace(first.marks, reassessed=Decimal("5.5")))
    content = replace(given.content, subjects=(again, *rest))
    return given.next_version(
        date(2026, 6, 1), content=content, signers=replace(given.signers, issued=date(2026, 7, 28))
    )


def transferred(given: Transcript) -> Transcript:
    """The pupil came from another school in January: two lines for one year."""
    year = given.identification.school_year
    lines = (
        EarlierYear(
            school_year=year, class_name="12B", school="Trường THPT Nguyễn Huệ", province="Huế"
        ),
        EarlierYear(
            school_year=year,
            class_name=given.identification.class_name,
            school=given.school.name,
            province="Đà Nẵng",
            arrived=date(2026, 1, 19),
        ),
    )
    return replace(
        given, content=replace(given.content, earlier_years=(*given.content.earlier_years, *lines))
    )


VARIANTS: Final[Mapping[str, tuple[str, Callable[[Transcript], Transcript], str]]] = (
    MappingProxyType(
        {
            "digitised-primary": ("lop5", digitised, "TRICH_LUC"),
            "digitised-secondary": ("lop12", digitised, "TRICH_LUC"),
            "continuing": ("lop12", continuing, "GDTX"),
            "principal-in-place": ("lop12", with_principal_in_place, "THCS_THPT"),
            "deputy": ("lop12", with_deputy, "THCS_THPT"),
            "three-teachers": ("lop9", with_three_teachers, "THCS_THPT"),
            "some-teachers": ("lop5", with_some_teachers, "TIEU_HOC"),
            "reassessed": ("lop12", reassessed, "THCS_THPT"),
            "transferred": ("lop12", transferred, "THCS_THPT"),
        }
    )
)
"""Example, change and plan by name."""


def scene(name: str, layout: Layout = CANONICAL) -> Scene:
    example, change, _ = VARIANTS[name]
    return Scene(
        example,
        subjects=None if example == "lop5" else 2,
        layout=layout,
        change=change,
        policy=Policy(accept_kho=layout is KHO),
    )
