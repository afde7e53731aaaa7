"""Area workflow: who signed, in which slot, in which order."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from hocba_sign.model.workflow import Slot
from tools.vectors.case import Case
from tools.vectors.others_world import WRITERS, by_dss
from tools.vectors.stage import (
    CBQL,
    GVCN,
    SEAL,
    Stage,
    before_slot,
    emptied,
    inserted,
    slot_start,
    without_slot,
)

SPEC = "docs/explanation: the order links"
_SHORT = {"GVBM": "teacher", "GVCN": "homeroom", "CBQL": "principal", "KY_PHAT_HANH": "seal"}


def cases(stage: Stage) -> Iterator[Case]:
    yield from _partial(stage)
    yield from _removals(stage)
    yield from _orders(stage)
    yield from _replacements(stage)
    yield from _slots(stage)


def refused_workflow(name: str, title: str, why: str, document: bytes, *causes: str) -> Case:
    return Case(
        identifier=f"workflow/{name}",
        title=title,
        why=why,
        spec=SPEC,
        document=document,
        verdict="INVALID",
        causes=causes,
        workflow={"order_proven": False},
        twin="format/issued-secondary",
    )


def _partial(stage: Stage) -> Iterator[Case]:
    missing = [str(slot) for slot in stage.transcript().slots]
    for count, name in ((1, "teacher-only"), (2, "up-to-homeroom"), (3, "up-to-principal")):
        yield Case(
            identifier=f"workflow/signed-{name}",
            title=f"Only the first {count} of four roles have signed",
            why="On its way, not wrong: nothing proves that it will not be signed",
            spec=SPEC,
            document=by_dss(name),
            verdict="INDETERMINATE",
            causes=("WF.MISSING",),
            workflow={"complete": False, "order_proven": False, "missing": missing[count:]},
            twin="format/issued-secondary",
            origin=WRITERS["dss"],
        )


def _removals(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    for slot in (stage.teacher, GVCN, CBQL):
        yield refused_workflow(
            f"removed-{_SHORT[slot.role]}",
            f"The signature of {slot.role} is taken out",
            (
                "Later signatures cover its value, and without it they prove that something was "
                "removed"
            ),
            emptied(issued, slot),
            "WF.SKIPPED",
            "WF.REMOVED",
        )
    yield Case(
        identifier="workflow/removed-seal",
        title="The seal is taken out",
        why="Nothing covers the last signature: the file is as it was before",
        spec=SPEC,
        document=emptied(issued, SEAL),
        verdict="INDETERMINATE",
        causes=("WF.MISSING",),
        workflow={"complete": False, "missing": ["KY_PHAT_HANH"]},
        twin="format/issued-secondary",
    )
    for name, title, why in (
        (
            "sealed-without-principal",
            "The school seals what the principal never signed",
            "A step is skipped",
        ),
        ("seal-only", "Only the seal stands on the file", "All other steps are skipped"),
    ):
        case = refused_workflow(name, title, why, by_dss(name), "WF.SKIPPED")
        yield replace(case, origin=WRITERS["dss"])


def _orders(stage: Stage) -> Iterator[Case]:
    planned = stage.transcript().slots
    for order in permutations(planned):
        if order == planned:
            continue
        name = f"order-{'-'.join(_SHORT[slot.role] for slot in order)}"
        case = refused_workflow(
            name,
            f"Signed in the order {', '.join(slot.role for slot in order)}",
            "Every signature covers the one before it, but the order is another than the plan's",
            by_dss(name),
            "WF.ORDER",
        )
        yield replace(case, origin=WRITERS["dss"])
    unlinked = stage.draft()
    for slot in planned:
        unlinked = stage.forged(unlinked, slot, linked=())
    yield refused_workflow(
        "order-without-links",
        "Signed in the planned order, but no signature covers another",
        (
            "The layout demands that each signature covers those before it: one without links "
            "is not of its form"
        ),
        unlinked,
        "WF.ORDER",
    )


def _replacements(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    stranger = stage.world.person("Trịnh Văn Lạ", "001099000777")
    for slot in (stage.teacher, GVCN, CBQL):
        other = stage.forged(emptied(issued, slot), slot, stranger)
        yield refused_workflow(
            f"replaced-{_SHORT[slot.role]}",
            f"The signature of {slot.role} is replaced by a valid one of somebody else",
            "The next signature covers the old value, and the content names another person",
            other,
            "SIG.DIGEST",
            "WF.SIGNER_MISMATCH",
        )
        again = stage.forged(emptied(issued, slot), slot, at=stage.world.at.replace(hour=5))
        yield refused_workflow(
            f"renewed-{_SHORT[slot.role]}",
            f"{slot.role} signs again after the next role has signed",
            "The right person, but the next signature covers the old value",
            again,
            "SIG.DIGEST",
        )
    school = stage.world.organisation("Trường THPT Khác", mst=None)
    unknown = stage.forged(emptied(issued, SEAL), SEAL, school)
    yield Case(
        identifier="workflow/replaced-seal",
        title="The seal is replaced by a valid one of another school",
        why=(
            "Government certificates carry no number: another name proves nothing, so it is "
            "not passed"
        ),
        spec=SPEC,
        document=unknown,
        verdict="INDETERMINATE",
        causes=("WF.SIGNER_UNKNOWN",),
        twin="format/issued-secondary",
    )


def _slots(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    extra = inserted(
        issued, "h:DANH_SACH_CHU_KY", b'<GVBM giaoVien="gv-99-1" monHoc="mon-99"></GVBM>'
    )
    yield refused_workflow(
        "extra-slot",
        "A slot for a subject that the content does not have",
        "The content alone says who signs",
        extra,
        "WF.UNEXPECTED_SLOT",
    )
    second = Slot(stage.teacher.role, "mon-19", "gv-19-2")
    beside = before_slot(issued, GVCN, slot_start(second) + "</GVBM>")
    yield refused_workflow(
        "extra-teacher-slot",
        "A slot for a second teacher that the content does not name",
        "The content alone says who signs",
        beside,
        "WF.UNEXPECTED_SLOT",
    )
    for slot in (stage.teacher, GVCN, CBQL, SEAL):
        yield refused_workflow(
            f"slot-removed-{_SHORT[slot.role]}",
            f"The slot of {slot.role} is taken out with its signature",
            "Without the slot nothing would be missing",
            without_slot(issued, slot),
            "WF.SLOT_REMOVED",
        )
    none = issued[: issued.index(b"<DANH_SACH_CHU_KY>")] + b"</HOC_BA>"
    yield Case(
        identifier="workflow/all-slots-removed",
        title="All slots are taken out with their signatures",
        why="Nothing is signed: neither pass nor proof of anything",
        spec=SPEC,
        document=none,
        verdict="NOTHING_TO_VERIFY",
        twin="format/issued-secondary",
    )
