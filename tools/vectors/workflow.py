"""Area workflow: who signed, in which slot, in which order."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Slot
from hocba_sign.testing.drafts import drafted
from tools.vectors.case import Case
from tools.vectors.forge import value_id
from tools.vectors.stage import (
    CBQL,
    GVCN,
    SEAL,
    Stage,
    before_slot,
    emptied,
    filled,
    inserted,
    signature_octets,
    slot_start,
    without_slot,
)

_SPEC = "docs/explanation: the order links"
_SHORT = {"GVBM": "teacher", "GVCN": "homeroom", "CBQL": "principal", "KY_PHAT_HANH": "seal"}


def cases(stage: Stage) -> Iterator[Case]:
    yield from _partial(stage)
    yield from _removals(stage)
    yield from _orders(stage)
    yield from _replacements(stage)
    yield from _moves(stage)
    yield from _other_files(stage)
    yield from _slots(stage)


def _refused(name: str, title: str, why: str, document: bytes, *causes: str) -> Case:
    return Case(
        identifier=f"workflow/{name}",
        title=title,
        why=why,
        spec=_SPEC,
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
            spec=_SPEC,
            document=stage.issued(upto=count),
            verdict="INDETERMINATE",
            causes=("WF.MISSING",),
            workflow={"complete": False, "order_proven": False, "missing": missing[count:]},
            twin="format/issued-secondary",
        )


def _removals(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    for slot in (stage.teacher, GVCN, CBQL):
        yield _refused(
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
        spec=_SPEC,
        document=emptied(issued, SEAL),
        verdict="INDETERMINATE",
        causes=("WF.MISSING",),
        workflow={"complete": False, "missing": ["KY_PHAT_HANH"]},
        twin="format/issued-secondary",
    )
    never = stage.completed(stage.issued(upto=2), (SEAL,))
    yield _refused(
        "sealed-without-principal",
        "The school seals what the principal never signed",
        "A step is skipped",
        never,
        "WF.SKIPPED",
    )
    bare = stage.completed(stage.draft(), (SEAL,))
    yield _refused(
        "seal-only",
        "Only the seal stands on the file",
        "All other steps are skipped",
        bare,
        "WF.SKIPPED",
    )


def _orders(stage: Stage) -> Iterator[Case]:
    planned = stage.transcript().slots
    for order in permutations(planned):
        if order == planned:
            continue
        document = stage.draft()
        for before, slot in zip((None, *order), order, strict=False):
            document = stage.forged(
                document, slot, linked=() if before is None else (value_id(before),)
            )
        names = "-".join(_SHORT[slot.role] for slot in order)
        yield _refused(
            f"order-{names}",
            f"Signed in the order {', '.join(slot.role for slot in order)}",
            "Every signature covers the one before it, but the order is another than the plan's",
            document,
            "WF.ORDER",
        )
    unlinked = stage.draft()
    for slot in planned:
        unlinked = stage.forged(unlinked, slot, linked=())
    yield _refused(
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
        yield _refused(
            f"replaced-{_SHORT[slot.role]}",
            f"The signature of {slot.role} is replaced by a valid one of somebody else",
            "The next signature covers the old value, and the content names another person",
            other,
            "SIG.DIGEST",
            "WF.SIGNER_MISMATCH",
        )
        again = stage.forged(emptied(issued, slot), slot, at=stage.world.at.replace(hour=5))
        yield _refused(
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
        spec=_SPEC,
        document=unknown,
        verdict="INDETERMINATE",
        causes=("WF.SIGNER_UNKNOWN",),
        twin="format/issued-secondary",
    )


def _moves(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    principal, homeroom = signature_octets(issued, CBQL), signature_octets(issued, GVCN)
    empty = emptied(emptied(issued, CBQL), GVCN)
    swap = filled(filled(empty, CBQL, homeroom), GVCN, principal)
    yield _refused(
        "swapped-homeroom-principal",
        "The signatures of homeroom teacher and principal change places",
        "Each signature states its role",
        swap,
        "WF.MOVED",
    )
    moved = filled(emptied(emptied(issued, SEAL), CBQL), SEAL, principal)
    yield _refused(
        "principal-in-the-seals-slot",
        "The principal's signature stands in the seal's slot",
        "Each signature states its role",
        moved,
        "WF.MOVED",
    )
    role = stage.forged_at(CBQL, role="GVCN")
    yield _refused(
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
    yield _refused(
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
    yield _refused(
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
        spec=_SPEC,
        document=two,
        verdict="VALID",
        workflow={"complete": True, "order_proven": True},
        twin="workflow/swapped-teachers",
    )
    for slot, word in ((first, "first"), (second, "second")):
        yield _refused(
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
    yield _refused(
        "one-of-two-teachers-not-linked",
        "The homeroom teacher covers only one of two teachers' values",
        "The other may have signed later",
        partly,
        "WF.ORDER",
    )
    chosen = stage.transcript("lop12", 2)
    skipped = stage.forged(stage.issued("lop12", 2, upto=1), GVCN, stage.holder(GVCN, chosen))
    yield _refused(
        "homeroom-before-second-teacher",
        "The homeroom teacher signs before the second teacher",
        "A step is skipped",
        skipped,
        "WF.SKIPPED",
    )
    narrow = stage.forged_at(CBQL, covered=("thongtinhocba",))
    yield _refused(
        "principal-covers-too-little",
        "The principal's signature leaves out whose transcript it is",
        "It could be moved to another pupil",
        narrow,
        "WF.COVERAGE",
    )
    loose = stage.forged_at(stage.teacher, covered=("mon-19",))
    yield _refused(
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
    yield _refused(
        "moved-to-another-pupil",
        "A teacher's signature is put into another pupil's file, which all others then sign",
        "The same mark of the same subject, but #dinhdanh differs",
        later,
        "SIG.DIGEST",
    )
    whole = other
    for slot in (teacher, GVCN, CBQL, SEAL):
        whole = filled(whole, slot, signature_octets(issued, slot))
    yield _refused(
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
    yield _refused(
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
        spec=_SPEC,
        document=signed,
        verdict="VALID",
        twin="workflow/replaced-principal",
    )


def _with_other_signer(transcript: Transcript) -> Transcript:
    principal = replace(
        transcript.signers.principal, full_name="Trịnh Văn Lạ", personal_id="001099000777"
    )
    return replace(transcript, signers=replace(transcript.signers, principal=principal))


def _slots(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    extra = inserted(
        issued, "h:DANH_SACH_CHU_KY", b'<GVBM giaoVien="gv-99-1" monHoc="mon-99"></GVBM>'
    )
    yield _refused(
        "extra-slot",
        "A slot for a subject that the content does not have",
        "The content alone says who signs",
        extra,
        "WF.UNEXPECTED_SLOT",
    )
    second = Slot(stage.teacher.role, "mon-19", "gv-19-2")
    beside = before_slot(issued, GVCN, slot_start(second) + "</GVBM>")
    yield _refused(
        "extra-teacher-slot",
        "A slot for a second teacher that the content does not name",
        "The content alone says who signs",
        beside,
        "WF.UNEXPECTED_SLOT",
    )
    for slot in (stage.teacher, GVCN, CBQL, SEAL):
        yield _refused(
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
        spec=_SPEC,
        document=none,
        verdict="NOTHING_TO_VERIFY",
        twin="format/issued-secondary",
    )
