"""Area workflow, second part: the plan of primary school, where teachers sign only if named."""

from collections.abc import Iterator
from dataclasses import replace

from hocba_sign.model.results import Teacher
from hocba_sign.testing.drafts import drafted
from tools.vectors.case import Case
from tools.vectors.stage import GVCN, Stage, emptied

_SPEC = "docs/explanation: the order links"


def cases(stage: Stage) -> Iterator[Case]:
    issued = stage.issued("lop5", 2)
    yield Case(
        identifier="workflow/primary",
        title="Grade 5 without subject teachers: homeroom teacher, principal, seal",
        why="Plan TIEU_HOC: a subject that names no teacher has no slot",
        spec=_SPEC,
        document=issued,
        verdict="VALID",
        workflow={"plan": "TIEU_HOC", "complete": True, "order_proven": True},
        twin="workflow/primary-without-homeroom",
    )
    yield Case(
        identifier="workflow/primary-without-homeroom",
        title="Grade 5 from which the homeroom teacher's signature is taken out",
        why="The first signature of this plan",
        spec=_SPEC,
        document=emptied(issued, GVCN),
        verdict="INVALID",
        causes=("WF.SKIPPED", "WF.REMOVED"),
        twin="workflow/primary",
    )
    base = stage.transcript("lop5", 2)
    teacher = Teacher(full_name="Mai Thị Hạnh", personal_id="001190004455")
    taught = replace(
        base,
        content=replace(
            base.content,
            subjects=(replace(base.subjects[0], teachers=(teacher,)), *base.subjects[1:]),
        ),
    )
    document = drafted(taught)
    for slot in taught.slots:
        document = stage.forged(document, slot, stage.holder(slot, taught))
    yield Case(
        identifier="workflow/primary-with-teacher",
        title="Grade 5 where one subject names a teacher, who signs",
        why="Plan TIEU_HOC: where a teacher is named, he signs as at secondary school",
        spec=_SPEC,
        document=document,
        verdict="VALID",
        workflow={"plan": "TIEU_HOC", "complete": True, "order_proven": True},
        twin="workflow/primary-teacher-missing",
    )
    short = drafted(taught)
    for slot in taught.slots[1:]:
        short = stage.forged(short, slot, stage.holder(slot, taught))
    yield Case(
        identifier="workflow/primary-teacher-missing",
        title="Grade 5 where one subject names a teacher, who has not signed",
        why="All others have signed: a step is skipped",
        spec=_SPEC,
        document=short,
        verdict="INVALID",
        causes=("WF.SKIPPED",),
        twin="workflow/primary-with-teacher",
    )
