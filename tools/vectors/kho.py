"""Area kho: the layout of the transcript store, which does not bind a teacher's mark to the
pupil.
"""

from collections.abc import Iterator
from dataclasses import replace

from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Slot
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.layout import KHO, slot_elements
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import insert, path_of, slice_of
from tools.vectors.case import Case
from tools.vectors.stage import CBQL, GVCN, SEAL, Stage, swapped

_SPEC = "docs/adr/0008: the layout of the store"


def cases(stage: Stage) -> Iterator[Case]:
    transcript = stage.transcript()
    issued = _signed(stage, transcript, transcript.slots, drafted(transcript, KHO))
    yield Case(
        identifier="kho/issued",
        title="A transcript in the store's layout, signed by everybody",
        why=(
            "The layout does not bind the marks that a teacher signed to the pupil, so "
            "nobody can tell whose they are"
        ),
        spec=_SPEC,
        document=issued,
        verdict="INDETERMINATE",
        causes=("WF.PUPIL_NOT_COVERED",),
        workflow={"plan": "THCS_THPT", "complete": True, "order_proven": True},
        twin="kho/issued-accepted",
    )
    yield Case(
        identifier="kho/issued-accepted",
        title="A transcript in the store's layout, for a verifier who takes it as the store does",
        why="The policy kho accepts what the layout leaves open, and the report says so",
        spec=_SPEC,
        document=issued,
        verdict="VALID",
        causes=("WF.PUPIL_NOT_COVERED",),
        options=("--policy", "kho"),
        twin="kho/issued",
    )
    yield Case(
        identifier="kho/later-version",
        title="A transcript in the store's layout that states a later version",
        why="It may be right in what a reader of 1.0 does not know, in every layout",
        spec="docs/reference/format.md, 11",
        document=swapped(issued, 'phienBanLuocDo="1.0"', 'phienBanLuocDo="1.1"'),
        verdict="INDETERMINATE",
        causes=("DOC.NEWER",),
        options=("--policy", "kho"),
        twin="kho/issued-accepted",
    )
    yield Case(
        identifier="kho/teachers-of-another-pupil",
        title="Teachers' signatures from one pupil's file in that of another with the same marks",
        why=(
            "What the layout allows: every signature holds, and the teachers never signed "
            "for this pupil"
        ),
        spec=_SPEC,
        document=_transplanted(stage, transcript),
        verdict="INDETERMINATE",
        causes=("WF.PUPIL_NOT_COVERED",),
        twin="format/issued-secondary",
    )


def _signed(
    stage: Stage, transcript: Transcript, slots: tuple[Slot, ...], document: bytes
) -> bytes:
    for slot in slots:
        document = stage.signed(document, slot, stage.holder(slot, transcript))
    return document


def _transplanted(stage: Stage, transcript: Transcript) -> bytes:
    inner = (stage.teacher, GVCN)
    first = _signed(stage, transcript, inner, drafted(transcript, KHO))
    pupil = replace(transcript.pupil, full_name="Trần Văn Khác", personal_id="048208000111")
    other = replace(transcript, identification=replace(transcript.identification, pupil=pupil))
    document = drafted(other, KHO)
    for slot in inner:
        made = slice_of(first, path_of(dict(slot_elements(parse(first).root, KHO))[slot][0]))
        document = insert(
            document, path_of(dict(slot_elements(parse(document).root, KHO))[slot]), fragment=made
        )
    return _signed(stage, other, (CBQL, SEAL), document)
