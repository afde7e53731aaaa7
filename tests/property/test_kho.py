"""The transcript store's layout: what our files prove, what is done to them is noticed, and what
files of others leave open.
"""

import hashlib
import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from lxml import etree

from hocba_sign.crypto.digests import SHA256, digest
from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.codes import EventKind
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.extension import covered_slots, extend
from hocba_sign.operations.signing import merge
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.plain_text import text
from hocba_sign.report.view import view
from hocba_sign.signing.session import open_signed
from hocba_sign.signing.signing_policy import Level
from hocba_sign.signing.state import SignedDocument
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.forge import Forgery, forge, value_id
from hocba_sign.validation.document.records import Sources
from hocba_sign.validation.policy import DEFAULT, Policy
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xades.transcript.read import read
from hocba_sign.xml.layout import KHO, slot_elements
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import insert, path_of
from tests.support.records import data_digest, event, judge, signed_event
from tests.support.scene import (
    CBQL,
    GVCN,
    JUDGED_AT,
    NAMESPACES,
    SEAL,
    SIGNED_AT,
    DirectTsa,
    Scene,
    causes,
    without,
)

AS_THE_STORE = Policy(accept_kho=True)
SCENE = Scene(subjects=2, layout=KHO, policy=AS_THE_STORE)
TEACHERS = SCENE.teachers
ALL = (*TEACHERS, GVCN, CBQL, SEAL)
ISSUED = SCENE.signed(level=Level.T)
SLOTS = "DU_LIEU_HOC_BA/DANH_SACH_THONG_TIN_KY"
DOMAIN = {
    Role.GVBM: f"{SLOTS}/DANH_SACH_GVBM/GVBM",
    Role.GVCN: f"{SLOTS}/GVCN",
    Role.CBQL: "PHAT_HANH_HOC_BA/CBQL",
    Role.KY_PHAT_HANH: "PHAT_HANH_HOC_BA/KY_PHAT_HANH",
}


def place(slot: Slot) -> str:
    return f"/*/{DOMAIN[slot.role]}" + (f"[@Id='{slot.teacher}']" if slot.teacher else "")


def target(slot: Slot) -> str:
    """Return what the field's format lets each role sign."""
    return {Role.GVBM: slot.subject or "", Role.GVCN: "thongtinhocba"}.get(slot.role, "data")


def signature(root: etree._Element, slot: Slot) -> etree._Element:
    (found,) = root.xpath(f"{place(slot)}/ds:Signature", namespaces=NAMESPACES)
    assert isinstance(found, etree._Element)
    return found


def test_the_untouched_file_is_valid() -> None:
    report = SCENE.verify(ISSUED)
    told = report.to_dict()
    assert report.verdict is Verdict.VALID
    assert report.require_passed() == SCENE.transcript
    assert told["document"]["layout"] == "kho"
    assert told["document"]["schema_valid"] is True
    assert (told["workflow"]["order_proven"], told["workflow"]["order_basis"]) == (True, "links")


@pytest.mark.parametrize("slot", ALL, ids=str)
def test_slots_ids_and_targets_are_those_of_the_field(slot: Slot) -> None:
    root = etree.fromstring(ISSUED)
    found = signature(root, slot)
    references = found.findall("ds:SignedInfo/ds:Reference", NAMESPACES)
    links = [
        one
        for one in references
        if one.get("Type") == "http://uri.etsi.org/01903#CountersignedSignature"
    ]
    own = [
        one for one in references if one.get("Type") == "http://uri.etsi.org/01903#SignedProperties"
    ]
    data = [one.get("URI") for one in references if one not in links and one not in own]
    assert data == [f"#{target(slot)}"]
    (covered,) = root.xpath(f"//*[@Id='{target(slot)}']")
    assert covered not in list(found.iterancestors())
    expected = {
        Role.GVCN: [f"#{value_id(one)}" for one in TEACHERS],
        Role.KY_PHAT_HANH: [f"#{value_id(CBQL)}"],
    }
    assert [one.get("URI") for one in links] == expected.get(slot.role, [])


def test_the_pupil_is_covered_by_principal_and_seal_only_and_the_report_says_so() -> None:
    checks = [
        check
        for check in SCENE.verify(ISSUED).to_dict()["checks"]
        if check["id"] == "WF.PUPIL_NOT_COVERED"
    ]
    assert {check["where"] for check in checks} == {str(slot) for slot in (*TEACHERS, GVCN)}
    assert [check["forces"] for check in checks] == [None] * 3


def test_unless_the_verifier_accepts_the_layout_no_teacher_has_signed_for_this_pupil() -> None:
    report = Verifier(trust=SCENE.trust, policy=DEFAULT, evidence=SCENE.evidence()).verify(
        ISSUED, at=JUDGED_AT
    )
    assert (report.verdict, causes(report)) == (
        Verdict.INDETERMINATE,
        frozenset({"WF.PUPIL_NOT_COVERED"}),
    )


def test_the_signatures_of_one_pupils_teachers_in_the_file_of_another_are_not_valid() -> None:
    """Only principal and seal are of the second file; the teachers and the class signed the
    first.
    """
    pupil = replace(SCENE.transcript.pupil, full_name="Trần Văn Khác", personal_id="048208000111")
    other = replace(
        SCENE.transcript, identification=replace(SCENE.transcript.identification, pupil=pupil)
    )
    first = SCENE.signed((*TEACHERS, GVCN))
    document = drafted(other, KHO)
    for slot in (*TEACHERS, GVCN):
        made = etree.tostring(signature(etree.fromstring(first), slot))
        document = insert(
            document, path_of(dict(slot_elements(parse(document).root, KHO))[slot]), fragment=made
        )
    for slot in (CBQL, SEAL):
        document = SCENE.sign(document, slot)
    report = Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify(document, at=JUDGED_AT)
    assert [one["intact"] for one in report.to_dict()["signatures"]] == [True] * 5
    assert (report.verdict, causes(report)) == (
        Verdict.INDETERMINATE,
        frozenset({"WF.PUPIL_NOT_COVERED"}),
    )


ORDERED = Scene(subjects=1, layout=KHO, policy=AS_THE_STORE)
PLANNED = (ORDERED.teachers[0], GVCN, CBQL, SEAL)
ORDERS = tuple(permutations(PLANNED))
ASCENDING = dict(zip(PLANNED, ((0, 0), (2, 3), (5, 5), (8, 9)), strict=True))


def name(order: tuple[Slot, ...]) -> str:
    return "-".join(slot.role for slot in order)


class TestOrder:
    def refusal(self, order: tuple[Slot, ...]) -> str | None:
        document = ORDERED.draft
        try:
            for slot in order:
                document = ORDERED.sign(document, slot)
        except CallerError as error:
            return error.cause
        return None

    @pytest.mark.parametrize("order", ORDERS, ids=name)
    def test_only_the_planned_order_can_be_signed(self, order: tuple[Slot, ...]) -> None:
        assert self.refusal(order) == (None if order == PLANNED else "SIGN.ORDER")

    @pytest.mark.parametrize("order", ORDERS, ids=name)
    def test_a_file_forged_in_another_order_is_not_valid(self, order: tuple[Slot, ...]) -> None:
        document = ORDERED.draft
        previous: Slot | None = None
        for slot in order:
            linked = () if previous is None else (value_id(previous),)
            document = ORDERED.forge(document, slot, covered=(target(slot),), linked=linked)
            previous = slot
        report = ORDERED.verify(document)
        assert (report.verdict is Verdict.VALID) is (order == PLANNED)
        if order != PLANNED:
            assert report.to_dict()["workflow"]["order_proven"] is False

    @pytest.mark.parametrize("order", ORDERS, ids=name)
    def test_without_links_the_order_is_unproven_or_the_file_broken(
        self, order: tuple[Slot, ...]
    ) -> None:
        """Who fills a slot of teachers after the principal breaks the principal's signature; the
        rest nobody can tell.
        """
        document = ORDERED.draft
        for slot in order:
            document = ORDERED.forge(document, slot, covered=(target(slot),))
        report = ORDERED.verify(document)
        inner = [slot for slot in order if slot.role in (Role.GVBM, Role.GVCN)]
        is_broken = order.index(inner[-1]) > min(order.index(CBQL), order.index(SEAL))
        assert report.verdict is (Verdict.INVALID if is_broken else Verdict.INDETERMINATE)
        assert ("SIG.DIGEST" if is_broken else "WF.ORDER_CLAIMED") in causes(report)
        assert report.to_dict()["workflow"]["order_proven"] is False

    def stamped(self, hours: dict[Slot, tuple[int, int]]) -> bytes:
        """Sign without links; `hours` gives for each slot when its signer says and when the
        time-stamp proves.
        """
        document = ORDERED.draft
        for slot in PLANNED:
            claimed, stamped = (SIGNED_AT + timedelta(minutes=minute) for minute in hours[slot])
            document = ORDERED.forge(document, slot, covered=(target(slot),), at=claimed)
            document = with_time_stamp_at(ORDERED, document, slot, stamped)
        return document

    def test_time_stamps_prove_the_order_where_the_signers_agree(self) -> None:
        report = ORDERED.verify(self.stamped(ASCENDING))
        told = report.to_dict()
        assert report.verdict is Verdict.VALID, causes(report)
        assert told["workflow"]["order_basis"] == "timestamps"
        assert "WF.ORDER_BY_TIME_STAMP" in {
            check["id"] for check in told["checks"] if check["result"] == "pass"
        }
        assert "In order by the time-stamps" in " ".join(text(report, "en").split())

    @pytest.mark.parametrize(
        ("slot", "times", "basis"),
        [
            (GVCN, (0, 3), "claimed"),  # signed, by its own word, before the teacher's time-stamp
            (GVCN, (-1, 3), "contradicted"),
            (SEAL, (5, 9), "claimed"),  # in the same second as the principal's time-stamp
            (SEAL, (4, 9), "contradicted"),
        ],
    )
    def test_time_stamps_prove_no_order_where_the_signers_do_not_agree(
        self, slot: Slot, times: tuple[int, int], basis: str
    ) -> None:
        report = ORDERED.verify(self.stamped(ASCENDING | {slot: times}))
        assert report.verdict is Verdict.INDETERMINATE
        assert report.to_dict()["workflow"]["order_basis"] == basis
        assert f"WF.ORDER_{basis.upper()}" in causes(report)
        assert {answer.question: answer.state for answer in view(report, "en").answers}[
            "Was the order of signing right?"
        ] == "unknown"

    @pytest.mark.parametrize("minute", [9, 10])
    def test_a_time_claimed_after_the_own_time_stamp_gives_no_order(self, minute: int) -> None:
        report = ORDERED.verify(self.stamped(ASCENDING | {SEAL: (minute, 9)}))
        is_late = minute > ASCENDING[SEAL][1]
        assert report.verdict is (Verdict.INDETERMINATE if is_late else Verdict.VALID)
        assert ("WF.ORDER_UNKNOWN" in causes(report)) is is_late


def test_events_find_the_content_in_the_layout_of_the_store() -> None:
    given = Scene(layout=KHO, policy=AS_THE_STORE)
    document = given.signed(level=Level.T)
    withdrawn = signed_event(given, event(given, document, EventKind.WITHDRAWAL))
    assert data_digest(given, document) == hashlib.sha256(canonical_data(document)).hexdigest()
    for found, status in (((), "in_force"), ((("event.xml", withdrawn),), "withdrawn")):
        report = judge(given, document, Sources(events=found), policy=AS_THE_STORE)
        assert (report.verdict, report.status) == (Verdict.VALID, status)


def canonical_data(document: bytes) -> bytes:
    """Write `#data` in the exclusive canonical form, by lxml."""
    (data,) = etree.fromstring(document).xpath("//*[@Id='data']")
    return etree.tostring(data, method="c14n", exclusive=True)


def with_time_stamp_at(given: Scene, document: bytes, slot: Slot, at: datetime) -> bytes:
    completed = open_signed(SignedDocument(octets=document, slot=slot))
    imprint = digest(SHA256, completed.octets_to_time_stamp())
    token = DirectTsa(given.world, at).stamp(SHA256, imprint)
    return completed.with_time_stamp(token).octets


@pytest.mark.parametrize("slot", ALL, ids=str)
def test_a_removed_signature_is_noticed(slot: Slot) -> None:
    report = SCENE.verify(without(ISSUED, f"{place(slot)}/ds:Signature"))
    assert report.verdict is (Verdict.INDETERMINATE if slot == SEAL else Verdict.INVALID)
    assert str(slot) in report.to_dict()["workflow"]["missing"]
    assert causes(report) & {"WF.MISSING", "WF.REMOVED", "SIG.DIGEST"}


@pytest.mark.parametrize("slot", ALL, ids=str)
def test_a_removed_slot_is_noticed(slot: Slot) -> None:
    report = SCENE.verify(without(ISSUED, place(slot)))
    assert report.verdict is Verdict.INVALID
    assert "WF.SLOT_REMOVED" in causes(report)


@pytest.mark.parametrize(
    ("one", "other"),
    [(GVCN, CBQL), (CBQL, SEAL), (TEACHERS[0], TEACHERS[1]), (TEACHERS[0], GVCN)],
    ids=str,
)
def test_signatures_swapped_between_slots_are_noticed(one: Slot, other: Slot) -> None:
    root = etree.fromstring(ISSUED)
    first, second = signature(root, one), signature(root, other)
    holders = first.getparent(), second.getparent()
    assert holders[0] is not None
    assert holders[1] is not None
    holders[0].append(second)
    holders[1].append(first)
    report = SCENE.verify(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    assert report.verdict is Verdict.INVALID
    assert "WF.MOVED" in causes(report)


def test_slots_renamed_for_each_other_are_noticed() -> None:
    """Two teachers' slots change their Ids, with the signatures left where they are."""
    one, other = (str(slot.teacher).encode() for slot in TEACHERS)
    head, tail = ISSUED.split(b"<DANH_SACH_GVBM>")
    renamed = tail.replace(b'<GVBM Id="' + one, b'<GVBM Id="?').replace(
        b'<GVBM Id="' + other, b'<GVBM Id="' + one
    )
    report = SCENE.verify(
        head + b"<DANH_SACH_GVBM>" + renamed.replace(b'<GVBM Id="?', b'<GVBM Id="' + other)
    )
    assert report.verdict is Verdict.INVALID
    assert "WF.MOVED" in causes(report)


def reformatted(octets: bytes) -> bytes:
    root = etree.fromstring(octets)
    etree.indent(root, space="  ")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def test_a_reformatted_file_is_refused_with_the_reason() -> None:
    report = SCENE.verify(reformatted(ISSUED))
    assert report.verdict is Verdict.INVALID
    assert "SIG.REFORMATTED" in causes(report)


def test_a_changed_mark_breaks_teacher_class_principal_and_seal() -> None:
    changed = ISSUED.replace(b"<DIEM_CA_NAM>", b"<DIEM_CA_NAM>1", 1)
    found = SCENE.verify(changed).to_dict()["signatures"]
    assert [one["intact"] for one in found] == [False, True, False, False, False]


def test_a_signature_that_names_the_paired_id_covers_nothing() -> None:
    """The Id stands at the teacher and at the slot: whoever refers to it refers to neither."""
    with pytest.raises(CallerError) as caught:
        SCENE.forge(SCENE.draft, TEACHERS[0], covered=(str(TEACHERS[0].teacher),))
    assert caught.value.cause == "SIGN.TARGET_MISSING"


def test_a_reference_to_the_paired_id_is_not_followed() -> None:
    renamed = ISSUED.replace(
        f'URI="#{TEACHERS[0].subject}"'.encode(), f'URI="#{TEACHERS[0].teacher}"'.encode(), 1
    )
    report = SCENE.verify(renamed)
    assert report.verdict is Verdict.INVALID
    assert "SIG.TARGET_MISSING" in causes(report)
    assert report.to_dict()["signatures"][0]["covers"][0]["digest_ok"] is False


def test_no_changed_byte_in_the_data_is_valid() -> None:
    """The teachers' signatures with their time-stamps included: principal and seal cover them.

    A namespace that nothing uses is no part of what is signed.
    """
    start, end = ISSUED.index(b"<DU_LIEU_HOC_BA"), ISSUED.index(b"</DU_LIEU_HOC_BA>")
    original = etree.tostring(etree.fromstring(ISSUED), method="c14n", exclusive=True)
    chance = random.Random(20260601)
    for _ in range(400):
        at = chance.randrange(start, end)
        changed = ISSUED[:at] + bytes([ISSUED[at] ^ (1 << chance.randrange(7))]) + ISSUED[at + 1 :]
        try:
            canonical = etree.tostring(parse(changed).root, method="c14n", exclusive=True)
            is_same = canonical == original
        except InputError:
            is_same = False
        assert is_same or SCENE.verify(changed).verdict is not Verdict.VALID, at


class TestGrowth:
    """Slots of teachers lie within what the principal signs: they may grow before, and not
    after.
    """

    def extended(self, document: bytes) -> bytes:
        tsa = DirectTsa(SCENE.world, JUDGED_AT)
        return extend(
            document,
            Verifier(trust=SCENE.trust, evidence=SCENE.evidence()),
            to=Level.LTA,
            at=JUDGED_AT,
            tsa=tsa,
        )

    def test_everything_may_grow_before_the_principal_signs(self) -> None:
        document = SCENE.signed((*TEACHERS, GVCN), level=Level.T)
        assert covered_slots(document) == ()
        extended = self.extended(document)
        for slot in (CBQL, SEAL):
            extended = SCENE.sign(extended, slot, level=Level.T)
        report = SCENE.verify(extended)
        assert report.verdict is Verdict.VALID
        levels = {one["slot"]: one["format"] for one in report.to_dict()["signatures"]}
        assert levels["GVCN"] == "XAdES-BASELINE-LTA"

    def test_afterwards_only_principal_and_seal_do(self) -> None:
        assert covered_slots(ISSUED) == (*TEACHERS, GVCN)
        extended = self.extended(ISSUED)
        report = SCENE.verify(extended, at=JUDGED_AT + timedelta(hours=1))
        levels = {
            one["slot"]: one["format"].rpartition("-")[2] for one in report.to_dict()["signatures"]
        }
        assert report.verdict is Verdict.VALID, causes(report)
        assert levels == {"GVBM": "T", "GVCN": "T", "CBQL": "LTA", "KY_PHAT_HANH": "LTA"}
        before, after = (
            ISSUED.partition(b"<PHAT_HANH_HOC_BA>")[0],
            extended.partition(b"<PHAT_HANH_HOC_BA>")[0],
        )
        assert before == after

    @pytest.mark.parametrize("slot", [*TEACHERS, GVCN], ids=str)
    def test_a_late_time_stamp_is_refused_with_the_reason(self, slot: Slot) -> None:
        document = SCENE.signed(level=Level.B)
        with pytest.raises(CallerError) as caught:
            with_time_stamp_at(SCENE, document, slot, SIGNED_AT)
        assert caught.value.cause == "EXTEND.COVERED"
        assert caught.value.where == f"{slot}: CBQL, KY_PHAT_HANH"

    def test_a_late_teacher_cannot_be_merged(self) -> None:
        late = SCENE.sign(SCENE.draft, TEACHERS[1])
        document = SCENE.forge(
            SCENE.sign(SCENE.draft, TEACHERS[0]), GVCN, covered=("thongtinhocba",)
        )
        document = SCENE.forge(document, CBQL, covered=("data",))
        with pytest.raises(CallerError) as caught:
            merge(document, [late])
        assert caught.value.cause == "SIGN.ORDER"

    def test_teachers_sign_in_parallel_and_come_together(self) -> None:
        copies = [SCENE.sign(SCENE.draft, slot, level=Level.T) for slot in TEACHERS]
        merged = merge(SCENE.draft, copies)
        for slot in (GVCN, CBQL, SEAL):
            merged = SCENE.sign(merged, slot, level=Level.T)
        assert SCENE.verify(merged).verdict is Verdict.VALID


def test_a_further_slot_is_reported_and_stands_for_nobody() -> None:
    other = Scene(subjects=2, layout=KHO)
    octets = other.signed(level=Level.T)
    made = etree.tostring(signature(etree.fromstring(octets), SEAL)).decode()
    for part in ("value", "props", "ref-1", "ref-2"):
        made = made.replace(f"ck-KY_PHAT_HANH-{part}", f"dv-{part}")
    added = octets.replace(
        b"</KY_PHAT_HANH>",
        b"</KY_PHAT_HANH><CHUKYDONVI>" + made.replace("ck-KY", "dv-KY").encode() + b"</CHUKYDONVI>",
    )
    report = other.verify(added)
    told = report.to_dict()
    assert [check["result"] for check in told["checks"] if check["id"] == "WF.OTHER_SLOT"] == [
        "warning"
    ]
    assert "SIG.STRAY" not in causes(report)
    assert [one["slot"] for one in told["signatures"]][-1] is None
    elsewhere = added.replace(b"CHUKYDONVI", b"CHU_KY_LA")
    assert "SIG.STRAY" in causes(other.verify(elsewhere))


FOREIGN = """<HOC_BA><DU_LIEU_HOC_BA Id="data"><THONG_TIN_HOC_BA Id="thongtinhocba"><HOC_SINH>x</HOC_SINH>\
<DIEM_TONG_KET Id="m1"><DIEM>8</DIEM><GVBM Id="t1"/></DIEM_TONG_KET><DIEM_TONG_KET Id="m2"><DIEM>7</DIEM><GVBM Id="t2"/></DIEM_TONG_KET>\
</THONG_TIN_HOC_BA><DANH_SACH_THONG_TIN_KY><DANH_SACH_GVBM><GVBM Id="t1"></GVBM><GVBM Id="t2"></GVBM></DANH_SACH_GVBM><GVCN></GVCN>\
</DANH_SACH_THONG_TIN_KY></DU_LIEU_HOC_BA><PHAT_HANH_HOC_BA><CBQL></CBQL><KY_PHAT_HANH></KY_PHAT_HANH></PHAT_HANH_HOC_BA></HOC_BA>"""


class TestForeign:
    """A file of another maker: its content has a dictionary of its own, its slots are those of the
    field.
    """

    SLOTS = (Slot(Role.GVBM, "m1", "t1"), Slot(Role.GVBM, "m2", "t2"), GVCN, CBQL, SEAL)

    def signed(self, slots: tuple[Slot, ...], *, is_linked: bool = False) -> bytes:
        document = FOREIGN.encode()
        for slot in slots:
            linked = (
                tuple(value_id(one) for one in KHO.linked_slots(slot, slots)) if is_linked else ()
            )
            document = SCENE.forge(
                document,
                slot,
                covered=(target(slot),),
                linked=linked,
                identity=SCENE.identity(CBQL),
            )
        return document

    def test_it_is_judged_as_far_as_it_can_be(self) -> None:
        report = SCENE.verify(self.signed(self.SLOTS))
        told = report.to_dict()
        assert report.verdict is Verdict.INDETERMINATE
        assert [one["intact"] for one in told["signatures"]] == [True] * 5
        assert [(one["slot"], one["subject"], one["teacher"]) for one in told["signatures"]][
            :2
        ] == [
            ("GVBM", "m1", "t1"),
            ("GVBM", "m2", "t2"),
        ]
        assert told["workflow"] == {
            "plan": "THCS_THPT",
            "complete": True,
            "order_proven": False,
            "order_basis": "claimed",
            "missing": [],
        }
        assert {"DOC.FOREIGN", "WF.ORDER_CLAIMED"} <= causes(report)
        results = {check["id"]: check["result"] for check in report.to_dict()["checks"]}
        unjudged = ("DOC.SCHEMA", "DOC.RULES", "DOC.STATUS")
        assert [results[identifier] for identifier in unjudged] == ["not_checked"] * 3
        assert (told["document"]["id"], told["document"]["schema_valid"]) == (None, None)
        assert "could not be judged" in " ".join(text(report, "en").split())

    def test_links_prove_the_order_there_too(self) -> None:
        report = SCENE.verify(self.signed(self.SLOTS, is_linked=True))
        assert report.to_dict()["workflow"]["order_proven"] is True
        assert report.verdict is Verdict.INDETERMINATE

    def test_what_is_missing_is_unproven(self) -> None:
        report = SCENE.verify(self.signed(self.SLOTS[1:4]))
        assert report.to_dict()["workflow"]["missing"] == ["GVBM/m1/t1", "KY_PHAT_HANH"]
        assert report.verdict is Verdict.INDETERMINATE

    @pytest.mark.parametrize("change", [(b"<DIEM>8", b"<DIEM>9"), (b"<HOC_SINH>x", b"<HOC_SINH>y")])
    def test_what_was_changed_is_wrong(self, change: tuple[bytes, bytes]) -> None:
        report = SCENE.verify(self.signed(self.SLOTS).replace(*change))
        assert report.verdict is Verdict.INVALID
        assert "SIG.DIGEST" in causes(report)

    def test_a_signature_of_another_subject_is_wrong(self) -> None:
        document = SCENE.forge(
            FOREIGN.encode(), self.SLOTS[0], covered=("m2",), identity=SCENE.identity(CBQL)
        )
        report = SCENE.verify(document)
        assert report.verdict is Verdict.INVALID
        assert causes(report) & {"WF.MOVED", "WF.COVERAGE"}

    def test_slots_of_others_may_lie_deeper_and_tell_about_the_signer(self) -> None:
        deeper = FOREIGN.replace(
            "<CBQL></CBQL>",
            "<THONG_TIN_KY><CBQL><CHUC_VU>Hiệu trưởng</CHUC_VU></CBQL></THONG_TIN_KY>",
        ).encode()
        for slot in self.SLOTS:
            deeper = SCENE.forge(
                deeper, slot, covered=(target(slot),), identity=SCENE.identity(CBQL)
            )
        told = SCENE.verify(deeper).to_dict()
        assert [(one["slot"], one["intact"]) for one in told["signatures"]][3:] == [
            ("CBQL", True),
            ("KY_PHAT_HANH", True),
        ]
        assert (told["verdict"], told["workflow"]["complete"]) == ("INDETERMINATE", True)

    def test_a_slot_inside_a_signature_is_none(self) -> None:
        hidden = self.signed(self.SLOTS).replace(
            b"</ds:Signature></KY_PHAT_HANH>",
            b"<ds:Object><CBQL/></ds:Object></ds:Signature></KY_PHAT_HANH>",
        )
        told = SCENE.verify(hidden).to_dict()
        assert [one["slot"] for one in told["signatures"]][3:] == ["CBQL", "KY_PHAT_HANH"]

    def test_our_own_slots_hold_a_signature_and_nothing_else(self) -> None:
        for added in (
            ISSUED.replace(b"<CBQL>", b"<CBQL><A/>"),
            ISSUED.replace(b"<PHAT_HANH_HOC_BA>", b"<PHAT_HANH_HOC_BA><A><CBQL/></A>"),
        ):
            assert added != ISSUED
            assert SCENE.verify(added).verdict is Verdict.INVALID

    def test_it_cannot_be_signed_or_converted_here(self) -> None:
        with pytest.raises(InputError):
            SCENE.sign(FOREIGN.encode(), GVCN)


@pytest.mark.parametrize(
    ("root", "kind"), [("TONG_KET_CA_NAM", "TONG_KET"), ("THONG_TIN", "LY_LICH")]
)
def test_a_part_of_a_transcript_is_named_and_not_judged_as_one(root: str, kind: str) -> None:
    identifier = "lyLich" if root == "THONG_TIN" else "tk"
    document = f'<HOC_BA><{root} Id="{identifier}"><A/></{root}><{kind}></{kind}></HOC_BA>'.encode()
    forgery = Forgery(slot=GVCN, identity=SCENE.identity(CBQL), at=SIGNED_AT, covered=(identifier,))
    signed = forge(document, forgery, path=f"/*/{kind}")
    report = SCENE.verify(signed)
    told = report.to_dict()
    assert report.verdict is Verdict.INDETERMINATE
    assert [
        (check["id"], check["where"]) for check in told["checks"] if check["id"] == "DOC.PART"
    ] == [("DOC.PART", kind)]
    assert [one["intact"] for one in told["signatures"]] == [True]
    assert (told["workflow"], told["document"]["layout"]) == (None, "part")
    assert "SIG.STRAY" not in causes(report)
    assert SCENE.verify(signed.replace(b"<A/>", b"<B/>")).verdict is Verdict.INVALID


def test_read_gives_the_same_slots_as_the_transcript() -> None:
    assert sorted(read(ISSUED).slots) == sorted(SCENE.transcript.slots)
