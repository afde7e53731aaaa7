"""Each kind of transcript is signed by its own plan, in either layout, and by nobody else."""

from itertools import permutations

import pytest

from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import PLANS, Role, Slot
from hocba_sign.operations.signing import prepare
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing.forge import value_id
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xml.layout import CANONICAL, KHO, Layout
from tests.support.scene import CBQL, GVCN, SEAL, SIGNED_AT, Scene, causes
from tests.support.variants import VARIANTS, scene

LAYOUTS = pytest.mark.parametrize("layout", [CANONICAL, KHO], ids=lambda layout: layout.name)


@LAYOUTS
@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_is_signed_and_verified(name: str, layout: Layout) -> None:
    given = scene(name, layout)
    report = given.verify(given.signed(level=Level.T))
    told = report.to_dict()
    assert report.verdict is Verdict.VALID, causes(report)
    assert (told["document"]["layout"], told["workflow"]["plan"]) == (
        layout.name,
        VARIANTS[name][2],
    )
    assert (told["workflow"]["order_proven"], told["workflow"]["order_basis"]) == (True, "links")
    assert report.require_passed() == given.transcript


@LAYOUTS
@pytest.mark.parametrize("plan", ["GDTX", "TRICH_LUC", "TIEU_HOC"])
def test_only_the_planned_order_can_be_signed(plan: str, layout: Layout) -> None:
    given = scene(
        {"GDTX": "continuing", "TRICH_LUC": "digitised-secondary", "TIEU_HOC": "some-teachers"}[
            plan
        ],
        layout,
    )
    roles = [step.role for step in PLANS[plan].steps]
    slots = tuple(next(slot for slot in given.slots if slot.role is role) for role in roles)
    rest = tuple(slot for slot in given.teachers if slot not in slots)
    draft = given.draft
    for slot in rest:
        draft = given.sign(draft, slot)
    for order in permutations(slots):
        assert refusal(given, draft, order) == (None if order == slots else "SIGN.ORDER")


def refusal(given: Scene, document: bytes, order: tuple[Slot, ...]) -> str | None:
    try:
        for slot in order:
            document = given.sign(document, slot)
    except CallerError as error:
        return error.cause
    return None


def test_a_digitised_transcript_signed_in_another_order_is_refused() -> None:
    given = scene("digitised-secondary")
    document = given.forge(given.draft, SEAL, covered=("data",))
    document = given.forge(document, CBQL, covered=("data",), linked=(value_id(SEAL),))
    report = given.verify(document)
    assert report.verdict is Verdict.INVALID
    assert "WF.ORDER" in causes(report)


@LAYOUTS
def test_nobody_but_principal_and_seal_signs_a_digitised_transcript(layout: Layout) -> None:
    given = scene("digitised-secondary", layout)
    for slot in (GVCN, Slot(Role.GVBM, "mon-15", "gv-15-1")):
        with pytest.raises(CallerError) as caught:
            prepare(given.draft, slot, chain_der=given.signer(CBQL).chain_der, at=SIGNED_AT)
        assert caught.value.cause == "SIGN.NO_SUCH_SLOT"


def test_the_principal_signs_for_a_teacher_only_where_the_transcript_says_so() -> None:
    given, plain = scene("principal-in-place"), Scene()
    slot = given.teachers[0]
    assert (given.expected(slot).personal_id, given.expected(slot).title) == (
        given.expected(CBQL).personal_id,
        "Hiệu trưởng",
    )
    chain = given.signer(slot).chain_der
    assert prepare(given.draft, slot, chain_der=chain, at=SIGNED_AT).slot == slot
    with pytest.raises(CallerError) as caught:
        prepare(plain.draft, slot, chain_der=chain, at=SIGNED_AT)
    assert caught.value.cause == "SIGN.WRONG_PERSON"


def test_a_deputy_signs_where_the_transcript_names_one() -> None:
    given, plain = scene("deputy"), Scene()
    assert given.expected(CBQL).title == "Phó Hiệu trưởng"
    document = plain.signed((*plain.teachers, GVCN))
    with pytest.raises(CallerError) as caught:
        prepare(document, CBQL, chain_der=given.signer(CBQL).chain_der, at=SIGNED_AT)
    assert caught.value.cause == "SIGN.WRONG_PERSON"


def test_three_teachers_of_one_subject_each_sign() -> None:
    given = scene("three-teachers")
    first = given.teachers[0].subject
    three = [slot for slot in given.teachers if slot.subject == first]
    assert len(three) == 3
    for left_out in three:
        document = given.draft
        for slot in given.teachers:
            if slot != left_out:
                document = given.sign(document, slot)
        with pytest.raises(CallerError) as caught:
            given.sign(document, GVCN)
        assert (caught.value.cause, caught.value.where) == ("SIGN.ORDER", f"GVCN: {left_out}")


def test_subjects_without_a_teacher_have_no_slot_at_primary_school() -> None:
    given = scene("some-teachers")
    assert [slot.role for slot in given.slots] == [
        Role.GVBM,
        Role.GVCN,
        Role.CBQL,
        Role.KY_PHAT_HANH,
    ]
    assert sum(bool(subject.teachers) for subject in given.transcript.subjects) == 1
    with pytest.raises(CallerError) as caught:
        given.sign(given.draft, GVCN)
    assert caught.value.cause == "SIGN.ORDER"


def test_the_version_after_the_summer_is_a_file_of_its_own() -> None:
    """Its signatures are new: those of the version that it replaces do not fit."""
    before, after = Scene(), scene("reassessed")
    assert after.transcript.identification.replaces is not None
    assert after.transcript.identification.replaces.id == before.transcript.identification.id
    old = before.sign(before.draft, before.teachers[0])
    start, end = (
        old.index(b"<ds:Signature "),
        old.index(b"</ds:Signature>") + len(b"</ds:Signature>"),
    )
    empty = (
        f'giaoVien="{before.teachers[0].teacher}" monHoc="{before.teachers[0].subject}">'.encode()
    )
    moved = after.draft.replace(empty, empty + old[start:end])
    assert moved != after.draft
    assert "SIG.DIGEST" in causes(after.verify(moved))
