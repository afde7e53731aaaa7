"""A PDF without a transcript: judged by the roles that its fields are named for, in the order of
its revisions, and never VALID.
"""

from datetime import timedelta
from functools import cache

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.extension import extend
from hocba_sign.operations.signing import complete, prepare, sign
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pades.facts.field_names import field_name
from hocba_sign.report.html import html
from hocba_sign.report.plain_text import text
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.signing.state import ToBeSigned
from hocba_sign.validation.verdict import Verdict
from tests.support.pdf import page_of, revised, signed
from tests.support.scene import CBQL, GVCN, JUDGED_AT, SEAL, SIGNED_AT, DirectTsa, Scene, causes

SCENE = Scene("lop9", subjects=1)
ROLES = (Role.GVCN, Role.CBQL)
TEACHER = SCENE.teachers[0]
UNPROVEN = {"PDF.NO_TRANSCRIPT"}


def book(
    document: bytes, *slots: Slot, roles: tuple[Role, ...] = ROLES, level: Level = Level.B
) -> bytes:
    for slot in slots:
        tsa = None if level is Level.B else DirectTsa(SCENE.world, SIGNED_AT)
        policy = SigningPolicy(level=level, roles=roles)
        document = sign(
            document, slot, signer=SCENE.signer(slot), at=SIGNED_AT, tsa=tsa, policy=policy
        ).octets
    return document


@cache
def stamped() -> bytes:
    return book(page_of(), GVCN, CBQL, level=Level.T)


def elsewhere(
    document: bytes, *slots: Slot, role: str | None = None, fields: tuple[str, ...] = ()
) -> bytes:
    """Sign without any rule, the stated role being that of the slot unless `role` is given."""
    for slot, field in zip(slots, fields or map(field_name, slots), strict=True):
        document = signed(
            document, SCENE.identity(slot), field=field, at=SIGNED_AT, role=role or slot.role
        )
    return document


def with_empty(document: bytes, *names: str) -> bytes:
    def append(writer: IncrementalPdfFileWriter) -> None:
        for name in names:
            append_signature_field(writer, SigFieldSpec(name))

    return revised(document, append)


def test_in_order() -> None:
    report = SCENE.verify(book(page_of(), GVCN, CBQL))
    told = report.to_dict()
    assert report.verdict is Verdict.INDETERMINATE
    assert told["document"]["kind"] == "hoc_ba_pdf"
    assert told["document"]["layout"] == "pdf_only"
    assert told["document"]["schema_valid"] is None
    assert told["workflow"] == {
        "plan": None,
        "complete": True,
        "order_proven": True,
        "order_basis": "revisions",
        "missing": [],
    }
    assert [(one["slot"], one["indication"]) for one in told["signatures"]] == [
        ("GVCN", "TOTAL_PASSED"),
        ("CBQL", "TOTAL_PASSED"),
    ]
    assert {check["id"] for check in told["checks"] if check["forces"]} == UNPROVEN
    unchecked = {check["id"] for check in told["checks"] if check["result"] == "not_checked"}
    assert {"DOC.SCHEMA", "DOC.RULES", "DOC.STATUS", "PDF.SAME_CONTENT", "TT15.II_2_1"} <= unchecked
    assert "WF.COMPLETE" not in {check["id"] for check in told["checks"]}


def test_people_are_told_what_was_not_compared() -> None:
    report = SCENE.verify(book(page_of(), GVCN, CBQL))
    assert "hocba.xml" in text(report, "vi")
    shown = html([report], "en")
    assert "homeroom teacher" in shown
    assert "does not tell who must sign" in shown
    assert "no role signed before an earlier one" in shown


def test_signatures_alone_are_valid() -> None:
    report = Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(
        book(page_of(), GVCN, CBQL), at=JUDGED_AT
    )
    assert report.verdict is Verdict.VALID
    assert (report.to_dict()["document"]["kind"], report.to_dict()["workflow"]) == ("other", None)


def test_a_field_that_is_still_empty() -> None:
    report = SCENE.verify(book(page_of(), GVCN))
    assert report.verdict is Verdict.INDETERMINATE
    assert causes(report) == UNPROVEN | {"WF.MISSING"}
    assert report.to_dict()["workflow"] == {
        "plan": None,
        "complete": False,
        "order_proven": False,
        "order_basis": None,
        "missing": ["CBQL"],
    }


@pytest.mark.parametrize("order", [(CBQL, GVCN), (GVCN, SEAL, CBQL), (GVCN, TEACHER), (SEAL, CBQL)])
def test_a_wrong_order(order: tuple[Slot, ...]) -> None:
    report = SCENE.verify(elsewhere(page_of(), *order))
    assert report.verdict is Verdict.INVALID
    assert "WF.ORDER" in causes(report)
    assert report.to_dict()["workflow"]["order_proven"] is False


def test_all_four_roles_in_order() -> None:
    report = SCENE.verify(elsewhere(page_of(), TEACHER, GVCN, CBQL, SEAL))
    assert causes(report) == UNPROVEN
    assert report.to_dict()["workflow"]["order_proven"] is True


def test_a_step_that_was_left_out() -> None:
    report = SCENE.verify(
        signed(
            with_empty(page_of(), "GVCN"),
            SCENE.identity(CBQL),
            field="CBQL",
            at=SIGNED_AT,
            role="CBQL",
        )
    )
    assert report.verdict is Verdict.INVALID
    assert "WF.SKIPPED" in causes(report)
    assert report.to_dict()["workflow"]["missing"] == ["GVCN"]


def test_the_signer_states_another_role_than_the_field() -> None:
    report = SCENE.verify(elsewhere(page_of(), CBQL, role="GVCN"))
    assert report.verdict is Verdict.INVALID
    assert "WF.MOVED" in causes(report)


def test_a_role_in_the_words_of_others_is_no_contradiction() -> None:
    assert causes(SCENE.verify(elsewhere(page_of(), CBQL, role="Hiệu trưởng"))) == UNPROVEN


@pytest.mark.parametrize(
    ("order", "found"), [((GVCN, CBQL), UNPROVEN), ((CBQL, GVCN), UNPROVEN | {"WF.ORDER"})]
)
def test_stated_roles_in_fields_of_any_name(order: tuple[Slot, ...], found: set[str]) -> None:
    report = SCENE.verify(elsewhere(page_of(), *order, fields=("Signature1", "Signature2")))
    assert causes(report) == found
    assert report.to_dict()["document"]["kind"] == "hoc_ba_pdf"
    assert [one["slot"] for one in report.to_dict()["signatures"]] == [None, None]


def test_a_signature_without_a_role_is_named() -> None:
    document = elsewhere(
        elsewhere(page_of(), GVCN), CBQL, role="Hiệu trưởng", fields=("Signature1",)
    )
    (told,) = (
        check
        for check in SCENE.verify(document).to_dict()["checks"]
        if check["id"] == "WF.OTHER_SLOT"
    )
    assert (told["result"], told["where"].split()[0]) == ("warning", "Signature1")


def test_files_of_others_are_no_books() -> None:
    document = with_empty(
        elsewhere(page_of(), GVCN, role="Kế toán", fields=("Signature1",)), "Signature2"
    )
    report = SCENE.verify(document)
    assert report.verdict is Verdict.NOTHING_TO_VERIFY
    assert [check.identifier for check in report.checks] == ["DOC.OTHER"]
    assert (report.to_dict()["document"]["kind"], report.to_dict()["workflow"]) == ("other", None)


def test_a_broken_signature_proves_no_order() -> None:
    octets = book(page_of(), GVCN, CBQL).replace(b"Diem Toan: 8", b"Diem Toan: 9")
    report = SCENE.verify(octets)
    assert report.verdict is Verdict.INVALID
    assert report.to_dict()["workflow"]["order_proven"] is False


def test_in_two_steps() -> None:
    document = page_of()
    for slot in (GVCN, CBQL):
        signer = SCENE.signer(slot)
        state = prepare(
            document,
            slot,
            chain_der=signer.chain_der,
            at=SIGNED_AT,
            policy=SigningPolicy(roles=ROLES),
        )
        again = ToBeSigned.from_json(state.to_json())
        document = complete(
            again, signer.sign(again.octets, again.algorithm), at=SIGNED_AT + timedelta(minutes=5)
        ).octets
    assert causes(SCENE.verify(document)) == UNPROVEN


@pytest.mark.parametrize("level", [Level.LT, Level.LTA])
def test_long_term_levels(level: Level) -> None:
    later = SIGNED_AT + timedelta(hours=2)
    tsa = DirectTsa(SCENE.world, later) if level is Level.LTA else None
    lasting = extend(
        stamped(),
        Verifier(trust=SCENE.trust, evidence=SCENE.evidence()),
        to=level,
        at=later,
        tsa=tsa,
    )
    report = SCENE.verify(lasting, at=later + timedelta(hours=1))
    assert causes(report) == UNPROVEN
    assert {one["format"] for one in report.to_dict()["signatures"]} == {f"PAdES-BASELINE-{level}"}
    assert report.to_dict()["workflow"]["complete"] is True
