import dataclasses
from pathlib import Path

import pytest

from hocba_sign.errors import InputError
from hocba_sign.model.codes import Level
from hocba_sign.model.transcript import Substitute, Transcript
from hocba_sign.model.workflow import Role, Slot

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
SCHOOL_SLOTS = (Slot(Role.GVCN), Slot(Role.CBQL), Slot(Role.KY_PHAT_HANH))


def example(name: str) -> Transcript:
    return Transcript.from_json((EXAMPLES / f"{name}.json").read_bytes())


@pytest.mark.parametrize(("name", "plan", "count"), [("lop5", "TIEU_HOC", 3), ("lop9", "THCS_THPT", 19), ("lop12", "THCS_THPT", 16)])
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
    assert (literature.name, literature.personal_id, literature.title) == ("Trần Thị Hồng Nhung", "048181004217", None)
    principal = by_slot[Slot(Role.CBQL)]
    assert (principal.name, principal.personal_id, principal.title) == ("Phạm Thị Minh Hằng", "048172000934", "Hiệu trưởng")
    seal = by_slot[Slot(Role.KY_PHAT_HANH)]
    assert (seal.name, seal.personal_id, seal.organisation_id) == ("Trường THPT Thanh Khê Trung", None, "0400123987")


def test_a_substitute_is_expected_in_the_place_of_the_teacher() -> None:
    given = example("lop12")
    stand_in = Substitute(
        teacher="gv-19-1", full_name="Phạm Thị Minh Hằng", personal_id="048172000934", title="Hiệu trưởng", reason="Thôi việc"
    )
    given = dataclasses.replace(given, signers=dataclasses.replace(given.signers, substitutes=(stand_in,)))
    first = given.expected_signers[0]
    assert (first.slot, first.name, first.personal_id, first.title) == (
        Slot(Role.GVBM, "mon-19", "gv-19-1"),
        "Phạm Thị Minh Hằng",
        "048172000934",
        "Hiệu trưởng",
    )
    assert Transcript.from_json(given.to_json()) == given


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"level": Level.CONTINUING}, "/HOC_BA/DU_LIEU_HOC_BA/DINH_DANH/MA_CAP_HOC"),
        ({"is_digitised": True}, "/HOC_BA/DU_LIEU_HOC_BA/DINH_DANH/TRICH_LUC"),
    ],
)
def test_without_a_plan_nobody_can_sign(change: dict[str, object], where: str) -> None:
    given = example("lop12")
    given = dataclasses.replace(given, identification=dataclasses.replace(given.identification, **change))  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        _ = given.plan_name
    assert (caught.value.cause, caught.value.where) == ("TRANSCRIPT.NO_PLAN", where)


def test_year_marks_of_the_examples_follow_from_the_terms() -> None:
    """Spec: TT 22/2021, Đ.9 k.1b: (I + 2·II) / 3 to one digit; a letter of the year is that of term II."""
    rows = [row for name in ("lop9", "lop12") for row in example(name).subjects]
    for row in rows:
        terms = [getattr(row.marks, name) for name in ("term_1", "term_2", "year")]
        if isinstance(terms[0], str):
            assert terms[2] == terms[1]
        else:
            assert terms[2] == round((terms[0] + 2 * terms[1]) / 3, 1)
