"""Whatever is done to a signed file, it is not VALID any more."""

import random
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from xml.dom import minidom
from xml.etree import ElementTree as ET

import pytest
from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.model.workflow import Slot
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xml.parse import parse
from tests.support.scene import CBQL, GVCN, NAMESPACES, SEAL, Scene, causes, without

SCENE = Scene(subjects=2)
TEACHERS = SCENE.teachers
ALL = (*TEACHERS, GVCN, CBQL, SEAL)
ISSUED = SCENE.signed(level=Level.T)


def place(slot: Slot) -> str:
    if slot.teacher is not None:
        return f"//h:DANH_SACH_CHU_KY/h:GVBM[@giaoVien='{slot.teacher}']"
    return f"//h:DANH_SACH_CHU_KY/h:{slot.role}"


def test_the_untouched_file_is_valid() -> None:
    report = SCENE.verify(ISSUED)
    assert report.verdict is Verdict.VALID
    assert report.require_passed() == SCENE.transcript


@pytest.mark.parametrize("slot", ALL, ids=str)
def test_a_removed_signature_is_noticed(slot: Slot) -> None:
    report = SCENE.verify(without(ISSUED, f"{place(slot)}/ds:Signature"))
    assert report.verdict is (Verdict.INDETERMINATE if slot == SEAL else Verdict.INVALID)
    assert ("WF.MISSING" if slot == SEAL else "WF.REMOVED") in causes(report)
    assert str(slot) in report.to_dict()["workflow"]["missing"]


@pytest.mark.parametrize("slot", ALL, ids=str)
def test_a_removed_slot_is_noticed(slot: Slot) -> None:
    report = SCENE.verify(without(ISSUED, place(slot)))
    assert report.verdict is Verdict.INVALID
    assert "WF.SLOT_REMOVED" in causes(report)


@pytest.mark.parametrize("slot", ALL, ids=str)
def test_a_signature_replaced_by_a_later_one_of_the_same_person_is_noticed(slot: Slot) -> None:
    """Another valid signature of the right person, put in the place of the one that others have
    covered.
    """
    other = Scene(subjects=2)
    other.transcript = SCENE.transcript
    root = etree.fromstring(ISSUED)
    ours = root.xpath(f"{place(slot)}/ds:Signature", namespaces=NAMESPACES)[0]
    holder = ours.getparent()
    holder.remove(ours)
    emptied = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    covered = ("dinhdanh", slot.subject) if slot.subject is not None else ("data",)
    document = SCENE.forge(emptied, slot, covered=tuple(part for part in covered if part))
    report = SCENE.verify(document)
    assert report.verdict is Verdict.INVALID
    assert causes(report) & {"SIG.DIGEST", "WF.ORDER"}


@pytest.mark.parametrize("slot", ALL, ids=str)
def test_a_duplicated_signature_is_refused(slot: Slot) -> None:
    def twice(rename: Callable[[etree._Element], None]) -> bytes:
        root = etree.fromstring(ISSUED)
        signature = root.xpath(f"{place(slot)}/ds:Signature", namespaces=NAMESPACES)[0]
        copy = deepcopy(signature)
        rename(copy)
        signature.getparent().append(copy)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)

    def keep(_: etree._Element) -> None:
        return

    def rename(signature: etree._Element) -> None:
        for element in signature.iter("*"):
            if element.get("Id") is not None:
                element.set("Id", f"second-{element.get('Id')}")

    assert "XML.DUPLICATE_ID" in causes(SCENE.verify(twice(keep)))
    renamed = SCENE.verify(twice(rename))
    assert renamed.verdict is Verdict.INVALID
    assert "DOC.SLOT_CONTENT" in causes(renamed)


@pytest.mark.parametrize(
    ("one", "other"),
    [(GVCN, CBQL), (CBQL, SEAL), (TEACHERS[0], TEACHERS[1]), (TEACHERS[0], GVCN)],
    ids=str,
)
def test_signatures_swapped_between_slots_are_noticed(one: Slot, other: Slot) -> None:
    root = etree.fromstring(ISSUED)
    first, second = (
        root.xpath(f"{place(slot)}/ds:Signature", namespaces=NAMESPACES)[0] for slot in (one, other)
    )
    holders = first.getparent(), second.getparent()
    holders[0].append(second)
    holders[1].append(first)
    report = SCENE.verify(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    assert report.verdict is Verdict.INVALID
    assert "WF.MOVED" in causes(report)


def test_a_mark_signed_for_one_pupil_cannot_be_moved_to_another() -> None:
    """The teacher's signature covers the pupil's identity, so it does not fit another
    pupil's file.
    """
    document = SCENE.sign(SCENE.draft, TEACHERS[0])
    moved = document.replace(
        SCENE.transcript.pupil.full_name.encode(), "Trần Thị Người Khác".encode()
    )
    assert moved != document
    report = SCENE.verify(moved)
    assert report.verdict is Verdict.INVALID
    assert "SIG.DIGEST" in causes(report)


def reformatted_by_lxml(octets: bytes) -> bytes:
    root = etree.fromstring(octets)
    etree.indent(root, space="  ")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def reformatted_by_minidom(octets: bytes) -> bytes:
    return minidom.parseString(octets).toprettyxml(indent="\t", encoding="UTF-8")


def saved_by_element_tree(octets: bytes) -> bytes:
    out = BytesIO()
    ET.ElementTree(ET.fromstring(octets)).write(out, encoding="UTF-8", xml_declaration=True)
    return out.getvalue()


@pytest.mark.parametrize(
    "tool", [reformatted_by_lxml, reformatted_by_minidom, saved_by_element_tree]
)
def test_a_reformatted_file_is_refused_with_the_reason(tool: Callable[[bytes], bytes]) -> None:
    changed = tool(ISSUED)
    report = SCENE.verify(changed)
    assert report.verdict is Verdict.INVALID
    assert "SIG.REFORMATTED" in causes(report)


def test_a_changed_mark_is_not_called_reformatted() -> None:
    """Of a file that was both changed and reformatted, only what was not changed is called
    reformatted.
    """
    changed = reformatted_by_lxml(ISSUED).replace(b"<DIEM_CA_NAM>", b"<DIEM_CA_NAM> 1", 1)
    found = SCENE.verify(changed).to_dict()["signatures"]
    told = {
        signature["teacher"] or signature["slot"]: "SIG.REFORMATTED" in signature["causes"]
        for signature in found
    }
    assert told == {
        TEACHERS[0].teacher: False,
        TEACHERS[1].teacher: True,
        "GVCN": False,
        "CBQL": False,
        "KY_PHAT_HANH": False,
    }


def test_octets_that_mean_the_same_keep_the_signatures() -> None:
    again = etree.tostring(
        etree.fromstring(ISSUED), encoding="UTF-8", xml_declaration=True, standalone=True
    )
    assert again != ISSUED
    assert SCENE.verify(again).verdict is Verdict.VALID


def test_no_changed_byte_in_signed_content_is_valid() -> None:
    start = ISSUED.index(b"<DU_LIEU_HOC_BA")
    end = ISSUED.index(b"</DU_LIEU_HOC_BA>")
    chance = random.Random(20260601)
    for _ in range(2000):
        at = chance.randrange(start, end)
        byte = chance.choice([value for value in range(256) if value != ISSUED[at]])
        changed = ISSUED[:at] + bytes([byte]) + ISSUED[at + 1 :]
        if same_meaning(changed):
            continue
        assert SCENE.verify(changed).verdict is not Verdict.VALID, at


def same_meaning(changed: bytes) -> bool:
    """A byte may change without a change of content: white space inside a tag, one kind of quote
    for another.
    """
    try:
        root = parse(changed).root
    except InputError:
        return False
    return etree.tostring(root, method="c14n") == etree.tostring(
        etree.fromstring(ISSUED), method="c14n"
    )


def test_no_changed_byte_in_a_signature_is_valid() -> None:
    """Outside the unsigned properties, that is: those may grow for ever."""
    start = ISSUED.index(b"<ds:SignedInfo")
    end = ISSUED.index(b"</ds:SignatureValue>", start)
    chance = random.Random(7)
    for _ in range(300):
        at = chance.randrange(start, end)
        changed = ISSUED[:at] + bytes([ISSUED[at] ^ (1 << chance.randrange(7))]) + ISSUED[at + 1 :]
        if same_meaning(changed):
            continue
        assert SCENE.verify(changed).verdict is not Verdict.VALID, at
