"""Teachers sign copies in parallel; what they signed comes together unchanged, or not at all."""

from datetime import timedelta

import pytest

from hocba_sign.errors import CallerError, InputError
from hocba_sign.operations.signing import merge
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.verdict import Verdict
from tests.support.scene import CBQL, GVCN, SEAL, SIGNED_AT, Scene

SCENE = Scene(subjects=3)
COPIES = tuple(SCENE.sign(SCENE.draft, slot, level=Level.T) for slot in SCENE.teachers)


def test_parallel_signatures_come_together_and_the_rest_can_sign() -> None:
    document = merge(SCENE.draft, COPIES)
    for slot in (GVCN, CBQL, SEAL):
        document = SCENE.sign(document, slot)
    assert SCENE.verify(document).verdict is Verdict.VALID


def test_the_order_of_merging_does_not_matter() -> None:
    assert (
        merge(SCENE.draft, COPIES)
        == merge(SCENE.draft, reversed(COPIES))
        == merge(COPIES[1], (COPIES[2], COPIES[0]))
    )


def test_merging_twice_changes_nothing() -> None:
    once = merge(SCENE.draft, COPIES)
    assert merge(once, COPIES) == once


def test_signatures_arrive_as_the_octets_they_were() -> None:
    merged = merge(SCENE.draft, COPIES)
    for copy in COPIES:
        start, end = copy.index(b"<ds:Signature "), copy.index(b"</ds:Signature>")
        assert copy[start:end] in merged


def test_parts_that_a_signature_does_not_cover_may_have_moved_on() -> None:
    last = SCENE.transcript.subjects[2].teachers[0].full_name.encode()
    moved_on = SCENE.draft.replace(last, "Người Dạy Thay".encode())
    assert moved_on != SCENE.draft
    assert merge(moved_on, COPIES[:2]) != moved_on


def test_a_changed_part_is_named() -> None:
    mark = SCENE.draft.index(b"<DIEM_CA_NAM>") + len(b"<DIEM_CA_NAM>")
    changed = (
        SCENE.draft[:mark]
        + (b"5" if SCENE.draft[mark : mark + 1] != b"5" else b"6")
        + SCENE.draft[mark + 1 :]
    )
    with pytest.raises(CallerError) as caught:
        merge(changed, COPIES[:1])
    assert caught.value.cause == "MERGE.CHANGED"
    assert caught.value.where == f"{SCENE.teachers[0]}: #{SCENE.teachers[0].subject}"


def test_another_pupils_copy_is_refused() -> None:
    other = SCENE.draft.replace(SCENE.transcript.pupil.full_name.encode(), "Phạm Thị Khác".encode())
    with pytest.raises(CallerError) as caught:
        merge(other, COPIES[:1])
    assert caught.value.cause == "MERGE.CHANGED"
    assert "#dinhdanh" in (caught.value.where or "")


def test_two_different_signatures_for_one_slot_are_a_conflict() -> None:
    again = SCENE.sign(SCENE.draft, SCENE.teachers[0], at=SIGNED_AT + timedelta(minutes=1))
    with pytest.raises(CallerError) as caught:
        merge(again, COPIES[:1])
    assert caught.value.cause == "MERGE.CONFLICT"


def test_a_teacher_cannot_be_merged_in_after_the_homeroom_teacher_signed() -> None:
    document = SCENE.sign(merge(SCENE.draft, COPIES), GVCN)
    start = document.index(b"<ds:Signature ")
    end = document.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    emptied = document[:start] + document[end:]
    with pytest.raises(InputError) as caught:
        merge(emptied, COPIES[:1])
    assert caught.value.cause == "SIGN.BROKEN_SIGNATURE"


def test_a_teacher_whom_the_homeroom_teacher_did_not_cover_comes_too_late() -> None:
    """A homeroom teacher's signature by another program, intact but without links: nothing of an
    earlier step may follow it.
    """
    target = SCENE.forge(SCENE.draft, GVCN, covered=("data",))
    with pytest.raises(CallerError) as caught:
        merge(target, COPIES[:1])
    assert caught.value.cause == "SIGN.ORDER"
