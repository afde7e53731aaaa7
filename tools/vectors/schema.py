"""Area schema: the shape of the document."""

from collections.abc import Iterator

from tools.vectors.case import Case
from tools.vectors.documents import refused
from tools.vectors.stage import (
    GVCN,
    SEAL,
    Stage,
    before_slot,
    filled,
    inserted,
    swapped,
)


def cases(stage: Stage) -> Iterator[Case]:
    yield from _schema(stage)


def _schema(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    yield Case(
        identifier="schema/unknown-element-outside-the-data",
        title="An element that the schema does not know, outside everything signed",
        why="Every signature holds, and yet the document is not one that may be issued",
        spec="schemas/hocba-issued.xsd",
        document=inserted(issued, ".", b"<THEM_VAO>1</THEM_VAO>"),
        verdict="INVALID",
        causes=("DOC.SCHEMA",),
        signatures={"GVCN": {"indication": "TOTAL_PASSED", "intact": True}},
        twin="format/issued-secondary",
    )
    yield Case(
        identifier="schema/unknown-attribute-of-a-slot",
        title="An attribute that the schema does not know on a slot",
        why="Slots are not signed, so only the schema protects them",
        spec="schemas/hocba-issued.xsd",
        document=swapped(issued, "<KY_PHAT_HANH>", '<KY_PHAT_HANH loai="x">'),
        verdict="INVALID",
        causes=("DOC.SCHEMA",),
        twin="format/issued-secondary",
    )
    yield Case(
        identifier="schema/another-schema-version",
        title="The root claims a version of the schema that never existed",
        why="Versions are numbers from 1.0 on",
        spec="docs/reference/format.md, 11",
        document=swapped(issued, 'phienBanLuocDo="1.0"', 'phienBanLuocDo="0.9"'),
        verdict="INVALID",
        causes=("TRANSCRIPT.SCHEMA_VERSION",),
        twin="schema/later-schema-version",
    )
    later = swapped(issued, 'phienBanLuocDo="1.0"', 'phienBanLuocDo="1.1"')
    yield Case(
        identifier="schema/later-schema-version",
        title="The root claims a later version of the schema",
        why="Nobody signs the attribute: it proves nothing wrong, and keeps a reader from judging "
        "content that it may not know",
        spec="docs/reference/format.md, 11",
        document=later,
        verdict="INDETERMINATE",
        causes=("DOC.NEWER",),
        twin="format/issued-secondary",
    )
    yield Case(
        identifier="schema/later-schema-version-changed",
        title="A later version, and a mark changed after signing",
        why="Whatever the version: what a signature covers must not change",
        spec="docs/reference/format.md, 11; EN 319 102-1, 5.2.7",
        document=swapped(later, "<HO_VA_TEN>Nguyễn Hoàng", "<HO_VA_TEN>Nguyễn Hoành", count=1),
        verdict="INVALID",
        causes=("DOC.NEWER", "SIG.DIGEST"),
        twin="schema/later-schema-version",
    )
    moved = filled(issued, SEAL, b"<GVCN/>")
    yield refused(
        "slot-with-other-content",
        "A slot that holds more than a signature",
        "What a slot holds decides who signed",
        "schemas/hocba.xsd",
        moved,
        "DOC.SLOT_CONTENT",
    )
    twice = before_slot(issued, GVCN, "<GVCN></GVCN>")
    yield refused(
        "slot-twice",
        "Two slots for the homeroom teacher",
        "Which one counts would be a guess",
        "schemas/hocba.xsd",
        twice,
        "DOC.SLOT_TWICE",
    )
    yield Case(
        identifier="schema/signed-but-not-valid",
        title="Content that breaks the schema, signed by everybody",
        why="Good signatures do not make a good document",
        spec="schemas/hocba.xsd",
        document=stage.completed(
            swapped(
                stage.draft(),
                "<TEN_LOP>12A3</TEN_LOP>",
                "<TEN_LOP>12A3</TEN_LOP><GHI_CHU>x</GHI_CHU>",
            )
        ),
        verdict="INVALID",
        causes=("DOC.SCHEMA",),
        signatures={str(GVCN): {"indication": "TOTAL_PASSED", "intact": True}},
        twin="format/issued-secondary",
    )
