import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.model.check import check
from hocba_sign.model.codes import SchoolLevel
from hocba_sign.model.identification import ReplacedVersion
from hocba_sign.model.person import EarlierYear
from hocba_sign.model.results import SecondaryMarks
from hocba_sign.model.signers import Substitute
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
SCHOOL_SLOTS = (Slot(Role.GVCN), Slot(Role.CBQL), Slot(Role.KY_PHAT_HANH))


def example(name: str) -> Transcript:
    return Transcript.from_json((EXAMPLES / f"{name}.json").read_bytes())


@pytest.mark.parametrize(
    ("name", "plan", "count"),
    [("lop5", "TIEU_HOC", 3), ("lop9", "THCS_THPT", 19), ("lop12", "THCS_THPT", 16)],
)
def test_plan_and_slots(name: str, plan: str, count: int) -> None:
    given = example(name)
    assert given.plan_name == plan
    assert len(given.slots) == count
    assert given.slots[-3:] == SCHOOL_SLOTS
    assert len(set(given.slots)) == count


def test_a_subject_with_two_teachers_has_two_slots() -> None:
    slots = [slot for slot in example("lop9").slots if slot.subject == "mon-66"]
    assert slots == [Slot(Role.GVBM, "mon-66", "gv-66-1"), Slot(Role.GVBM, "mon-66", "gv-66-2")]


def test_expected_signers() -> None:
    given = example("lop12")
    by_slot = {signer.slot: signer for signer in given.expected_signers}
    literature = by_slot[Slot(Role.GVBM, "mon-19", "gv-19-1")]
    assert (literature.name, literature.personal_id, literature.title) == (
        "Trần Thị Hồng Nhung",
        "048181004217",
        None,
    )
    principal = by_slot[Slot(Role.CBQL)]
    assert (principal.name, principal.personal_id, principal.title) == (
        "Phạm Thị Minh Hằng",
        "048172000934",
        "Hiệu trưởng",
    )
    seal = by_slot[Slot(Role.KY_PHAT_HANH)]
    assert (seal.name, seal.personal_id, seal.organisation_id) == (
        "Trường THPT Thanh Khê Trung",
        None,
        "0400123987",
    )


def test_a_substitute_is_expected_in_the_place_of_the_teacher() -> None:
    given = example("lop12")
    stand_in = Substitute(
        teacher="gv-19-1",
        full_name="Phạm Thị Minh Hằng",
        personal_id="048172000934",
        title="Hiệu trưởng",
        reason="Thôi việc",
    )
    given = dataclasses.replace(
        given, signers=dataclasses.replace(given.signers, substitutes=(stand_in,))
    )
    first = given.expected_signers[0]
    assert (first.slot, first.name, first.personal_id, first.title) == (
        Slot(Role.GVBM, "mon-19", "gv-19-1"),
        "Phạm Thị Minh Hằng",
        "048172000934",
        "Hiệu trưởng",
    )
    assert Transcript.from_json(given.to_json()) == given


def identified(name: str, **changes: Any) -> Transcript:
    given = example(name)
    return dataclasses.replace(
        given, identification=dataclasses.replace(given.identification, **changes)
    )


def test_continuing_education_has_a_plan_of_its_own() -> None:
    given = identified("lop12", level=SchoolLevel.CONTINUING, rule_set="TT43/2021")
    assert given.plan_name == "GDTX"
    assert given.slots == example("lop12").slots
    assert check(given) == ()


@pytest.mark.parametrize("name", ["lop5", "lop9", "lop12"])
def test_digitised_paper_is_signed_by_principal_and_seal_only(name: str) -> None:
    given = identified(name, is_digitised=True)
    assert given.plan_name == "TRICH_LUC"
    assert given.slots == SCHOOL_SLOTS[1:]
    assert check(given) == ()


def test_digitised_paper_need_not_name_teachers() -> None:
    given = identified("lop12", is_digitised=True)
    subjects = tuple(dataclasses.replace(subject, teachers=()) for subject in given.subjects)
    bare = dataclasses.replace(given, content=dataclasses.replace(given.content, subjects=subjects))
    assert check(bare) == ()
    issued_now = dataclasses.replace(bare, identification=example("lop12").identification)
    assert {finding.cause for finding in check(issued_now)} == {"TRANSCRIPT.NO_TEACHER"}


def test_the_next_version_names_the_one_it_replaces() -> None:
    """Summer re-assessment: a subject gets a mark after it, and the issued version is replaced."""
    given = example("lop9")
    first = given.subjects[0]
    assert isinstance(first.marks, SecondaryMarks)
    marks = dataclasses.replace(first.marks, reassessed=Decimal("5.0"))
    content = dataclasses.replace(
        given.content, subjects=(dataclasses.replace(first, marks=marks), *given.subjects[1:])
    )
    signers = dataclasses.replace(given.signers, issued=date(2026, 8, 14))
    found = given.next_version(date(2026, 8, 12), content=content, signers=signers)
    old, new = given.identification, found.identification
    assert new.replaces == ReplacedVersion(id=old.id, version=old.version)
    assert (new.id, new.version, new.created) == (old.id, old.version + 1, date(2026, 8, 12))
    assert check(found) == ()
    assert found.slots == given.slots


@pytest.mark.parametrize(
    ("replaced", "cause"), [(1, "TRANSCRIPT.REPLACES_ITSELF"), (2, "TRANSCRIPT.VERSION_ORDER")]
)
def test_a_version_replaces_lower_ones_of_the_same_transcript_only(
    replaced: int, cause: str
) -> None:
    own = example("lop9").identification.id
    given = identified("lop9", version=1, replaces=ReplacedVersion(id=own, version=replaced))
    assert [finding.cause for finding in check(given)] == [cause]
    other = identified("lop9", version=1, replaces=ReplacedVersion(id="another", version=replaced))
    assert check(other) == ()


def test_a_transfer_during_the_year_is_two_lines_of_the_learning_history() -> None:
    given = example("lop9")
    year = given.identification.school_year
    lines = (
        EarlierYear(
            school_year=year, class_name="9B", school="Trường THCS Nguyễn Huệ", province="Huế"
        ),
        EarlierYear(
            school_year=year,
            class_name="9A2",
            school=given.school.name,
            province="Đà Nẵng",
            arrived=date(2026, 1, 19),
        ),
    )
    moved = dataclasses.replace(
        given,
        content=dataclasses.replace(
            given.content, earlier_years=(*given.content.earlier_years, *lines)
        ),
    )
    assert check(moved) == ()
    assert Transcript.from_json(moved.to_json()) == moved
    assert moved.slots == given.slots


def test_year_marks_of_the_examples_follow_from_the_terms() -> None:
    """Spec: TT 22/2021, Đ.9 k.1b: (I + 2·II) / 3 to one digit; a letter of the year is that of term
    II.
    """
    rows = [row for name in ("lop9", "lop12") for row in example(name).subjects]
    for row in rows:
        terms = [getattr(row.marks, name) for name in ("term_1", "term_2", "year")]
        if isinstance(terms[0], str):
            assert terms[2] == terms[1]
        else:
            assert terms[2] == round((terms[0] + 2 * terms[1]) / 3, 1)
