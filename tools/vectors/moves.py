"""Area workflow, second part: signatures moved within a file or taken from another one."""

from collections.abc import Iterator
from dataclasses import replace

from hocba_sign.model.transcript import Transcript
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.forge import value_id
from tools.vectors.case import Case
from tools.vectors.stage import (
    CBQL,
    GVCN,
    SEAL,
    Stage,
    emptied,
    filled,
    signature_octets,
)
from tools.vectors.workflow import SPEC, refused_workflow


def cases(stage: Stage) -> Iterator[Case]:
    yield from _moves(stage)
    yield from _other_files(stage)


def _moves(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    principal, homeroom = signature_octets(issued, CBQL), signature_octets(issued, GVCN)
    empty = emptied(emptied(issued, CBQL), GVCN)
    swap = filled(filled(empty, CBQL, homeroom), GVCN, principal)
    yield refused_workflow(
        "swapped-homeroom-principal",
        "The signatures of homeroom teacher and principal change places",
        "Each signature states its role",
        swap,
        "WF.MOVED",
    )
    moved = filled(emptied(emptied(issued, SEAL), CBQL), SEAL, principal)
    yield refused_workflow(
        "principal-in-the-seals-slot",
        "The principal's signature stands in the seal's slot",
        "Each signature states its role",
        moved,
        "WF.MOVED",
    )
    role = stage.forged_at(CBQL, role="GVCN")
    yield refused_workflow(
        "claims-another-role",
        "The principal's signature claims to be the homeroom teacher's",
        "SignerRoleV2 is signed",
        role,
        "WF.MOVED",
    )
    doubled = filled(issued, CBQL, principal)
    yield _refused_format(
        "doubled-in-its-slot",
        "The principal's signature stands twice in its slot",
        doubled,
        "XML.DUPLICATE_ID",
    )
    copied = filled(emptied(issued, SEAL), SEAL, principal)
    yield _refused_format(
        "doubled-in-another-slot",
        "The principal's signature stands in the seal's slot as well",
        copied,
        "XML.DUPLICATE_ID",
    )
    renamed = principal.replace(b"ck-CBQL", b"ck-KY_PHAT_HANH")
    yield refused_workflow(
        "doubled-with-other-ids",
        "A copy of the principal's signature with other Ids stands in the seal's slot",
        "The Id of the properties is part of what is signed",
        filled(emptied(issued, SEAL), SEAL, renamed),
        "SIG.DIGEST",
    )
    two = stage.issued("lop12", 2)
    first, second = stage.transcript("lop12", 2).slots[:2]
    one, other = signature_octets(two, first), signature_octets(two, second)
    crossed = filled(filled(emptied(emptied(two, first), second), first, other), second, one)
    yield refused_workflow(
        "swapped-teachers",
        "Two subject teachers' signatures change places",
        "Each covers its own subject",
        crossed,
        "WF.MOVED",
    )
    yield Case(
        identifier="workflow/two-teachers",
        title="Two subject teachers, all roles in order",
        why="The good twin of everything that is done with two teachers",
        spec=SPEC,
        document=two,
        verdict="VALID",
        workflow={"complete": True, "order_proven": True},
        twin="workflow/swapped-teachers",
    )
    for slot, word in ((first, "first"), (second, "second")):
        yield refused_workflow(
            f"removed-{word}-of-two-teachers",
            f"The {word} of two teachers' signatures is taken out",
            "The homeroom teacher's signature covers both",
            emptied(two, slot),
            "WF.SKIPPED",
            "WF.REMOVED",
        )
    partly = stage.forged(
        stage.issued("lop12", 2, upto=2),
        GVCN,
        stage.holder(GVCN, stage.transcript("lop12", 2)),
        linked=(value_id(first),),
    )
    yield refused_workflow(
        "one-of-two-teachers-not-linked",
        "The homeroom teacher covers only one of two teachers' values",
        "The other may have signed later",
        partly,
        "WF.ORDER",
    )
    chosen = stage.transcript("lop12", 2)
    skipped = stage.forged(stage.issued("lop12", 2, upto=1), GVCN, stage.holder(GVCN, chosen))
    yield refused_workflow(
        "homeroom-before-second-teacher",
        "The homeroom teacher signs before the second teacher",
        "A step is skipped",
        skipped,
        "WF.SKIPPED",
    )
    narrow = stage.forged_at(CBQL, covered=("thongtinhocba",))
    yield refused_workflow(
        "principal-covers-too-little",
        "The principal's signature leaves out whose transcript it is",
        "It could be moved to another pupil",
        narrow,
        "WF.COVERAGE",
    )
    loose = stage.forged_at(stage.teacher, covered=("mon-19",))
    yield refused_workflow(
        "teacher-covers-no-identity",
        "The teacher's signature covers the mark but not whose it is",
        "It could be moved to another pupil",
        loose,
        "WF.COVERAGE",
    )


def _refused_format(name: str, title: str, document: bytes, cause: str) -> Case:
    return Case(
        identifier=f"workflow/{name}",
        title=title,
        why="No Id may stand twice",
        spec="XML Signature Best Practices, 12",
        document=document,
        verdict="INVALID",
        causes=("DOC.FORMAT", cause),
        twin="format/issued-secondary",
    )


def _for_another_pupil(transcript: Transcript) -> Transcript:
    pupil = replace(
        transcript.pupil, full_name="Hoàng Minh Phúc", personal_id="048208011999", code="4812083999"
    )
    identification = replace(
        transcript.identification, pupil=pupil, id="0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    )
    return replace(transcript, identification=identification)


def _other_files(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    teacher = stage.teacher
    other = drafted(_for_another_pupil(stage.transcript()))
    stolen = filled(other, teacher, signature_octets(issued, teacher))
    later = stage.completed(stolen, (GVCN, CBQL, SEAL))
    yield refused_workflow(
        "moved-to-another-pupil",
        "A teacher's signature is put into another pupil's file, which all others then sign",
        "The same mark of the same subject, but #dinhdanh differs",
        later,
        "SIG.DIGEST",
    )
    whole = other
    for slot in (teacher, GVCN, CBQL, SEAL):
        whole = filled(whole, slot, signature_octets(issued, slot))
    yield refused_workflow(
        "all-moved-to-another-pupil",
        "All signatures are put into another pupil's file",
        "The links hold, the content does not",
        whole,
        "SIG.DIGEST",
    )
    two = stage.issued("lop12", 2, upto=2)
    first, second = stage.transcript("lop12", 2).slots[:2]
    crossed = filled(
        emptied(two, second), second, signature_octets(two, first).replace(b"gv-19-1", b"gv-15-1")
    )
    yield refused_workflow(
        "moved-to-another-subject",
        "A teacher's signature is copied into another subject's slot",
        "It covers the other subject",
        crossed,
        "SIG.DIGEST",
    )
    raised = _with_other_signer(stage.transcript())
    signed = drafted(raised)
    for slot in raised.slots:
        signed = stage.forged(signed, slot, stage.holder(slot, raised))
    yield Case(
        identifier="workflow/another-principal-named",
        title="Content that names another principal, signed by that one",
        why="The good twin of the replaced principal: the content decides who signs",
        spec=SPEC,
        document=signed,
        verdict="VALID",
        twin="workflow/replaced-principal",
    )


def _with_other_signer(transcript: Transcript) -> Transcript:
    principal = replace(
        transcript.signers.principal, full_name="Trịnh Văn Lạ", personal_id="001099000777"
    )
    return replace(transcript, signers=replace(transcript.signers, principal=principal))
