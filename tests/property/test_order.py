"""Of all orders of the roles only the planned one can be signed, and a file signed in any other is
refused.
"""

from itertools import permutations

import pytest

from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.testing.forge import value_id
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xml.layout import CANONICAL
from tests.support.scene import CBQL, GVCN, SEAL, Scene, causes

SCENE = Scene(subjects=1)
TEACHER = SCENE.teachers[0]
PLANNED = (TEACHER, GVCN, CBQL, SEAL)
ORDERS = tuple(permutations(PLANNED))


def name(order: tuple[Slot, ...]) -> str:
    return "-".join(slot.role for slot in order)


@pytest.mark.parametrize("order", ORDERS, ids=name)
def test_only_the_planned_order_can_be_signed(order: tuple[Slot, ...]) -> None:
    if order == PLANNED:
        assert SCENE.verify(SCENE.signed(order)).verdict is Verdict.VALID
        return
    with pytest.raises(CallerError) as caught:
        SCENE.signed(order)
    assert caught.value.cause == "SIGN.ORDER"


def covers(slot: Slot) -> tuple[str, ...]:
    return CANONICAL.covered_ids(slot)


@pytest.mark.parametrize("order", ORDERS, ids=name)
def test_a_file_forged_in_another_order_is_refused(order: tuple[Slot, ...]) -> None:
    """Each signer links to the one who really signed before, as an honest program with another
    table would.
    """
    document = SCENE.draft
    previous: Slot | None = None
    for slot in order:
        linked = () if previous is None else (value_id(previous),)
        document = SCENE.forge(document, slot, covered=covers(slot), linked=linked)
        previous = slot
    report = SCENE.verify(document)
    if order == PLANNED:
        assert report.verdict is Verdict.VALID
        return
    assert report.verdict is Verdict.INVALID
    assert "WF.ORDER" in causes(report)
    told = report.to_dict()["workflow"]
    assert told["complete"] is True
    assert told["order_proven"] is False


@pytest.mark.parametrize("order", [order for order in ORDERS if order != PLANNED], ids=name)
def test_a_file_without_links_is_refused_in_every_order(order: tuple[Slot, ...]) -> None:
    document = SCENE.draft
    for slot in order:
        document = SCENE.forge(document, slot, covered=covers(slot))
    report = SCENE.verify(document)
    assert report.verdict is Verdict.INVALID
    assert "WF.ORDER" in causes(report)


def test_a_teacher_may_not_sign_after_the_homeroom_teacher() -> None:
    scene = Scene(subjects=2)
    first, second = scene.teachers
    document = scene.sign(scene.draft, first)
    document = scene.forge(document, GVCN, covered=("data",), linked=(value_id(first),))
    document = scene.forge(document, second, covered=covers(second))
    for slot, before in ((CBQL, GVCN), (SEAL, CBQL)):
        document = scene.forge(document, slot, covered=("data",), linked=(value_id(before),))
    report = scene.verify(document)
    assert report.verdict is Verdict.INVALID
    assert "WF.ORDER" in causes(report)


def test_primary_school_needs_no_teachers() -> None:
    scene = Scene("lop5", subjects=None)
    assert {slot.role for slot in scene.slots} == {Role.GVCN, Role.CBQL, Role.KY_PHAT_HANH}
    report = scene.verify(scene.signed())
    assert report.verdict is Verdict.VALID
    assert report.to_dict()["workflow"]["plan"] == "TIEU_HOC"
