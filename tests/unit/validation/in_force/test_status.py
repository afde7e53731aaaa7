"""Signed correctly and still in force are two answers; events and lists decide the second, and only
those of the right school.
"""

import base64
import gzip
from codecs import BOM_UTF8
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hocba_sign.cli import console
from hocba_sign.cli.commands.verify import code_of
from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.codes import EventKind
from hocba_sign.model.event import Correction, Event
from hocba_sign.model.registry import Rank
from hocba_sign.model.status_list import Cell
from hocba_sign.model.transcript import Transcript
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.plain_text import text
from hocba_sign.report.report import NotPassed, Report
from hocba_sign.report.view import view
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.document.records import Sources, may_be_record
from tests.support.records import (
    appointment,
    data_digest,
    delegation,
    department,
    event,
    forged,
    in_json,
    judge,
    later_version,
    reference,
    signed,
    signed_event,
    snapshot,
    status_list,
)
from tests.support.scene import CBQL, JUDGED_AT, SEAL, SIGNED_AT, Scene, causes

SCENE = Scene()
DOCUMENT = SCENE.signed(level=Level.T)
OWN = SCENE.transcript.identification
NEXT = later_version(SCENE)
WITHDRAWN = event(SCENE, DOCUMENT, EventKind.WITHDRAWAL)
REPLACED = event(SCENE, DOCUMENT, EventKind.REPLACEMENT, successor=NEXT)


def events(*documents: bytes) -> Sources:
    return Sources(
        events=tuple((f"{number}.xml", octets) for number, octets in enumerate(documents))
    )


def lists(*documents: bytes) -> Sources:
    return Sources(
        lists=tuple((f"{number}.xml", octets) for number, octets in enumerate(documents))
    )


def result(report: Report, identifier: str) -> str | None:
    return next(
        (check["result"] for check in report.to_dict()["checks"] if check["id"] == identifier), None
    )


def test_nobody_looked() -> None:
    report = SCENE.verify(DOCUMENT)
    assert (report.verdict, report.status, code_of(report)) == ("VALID", None, console.EXIT_VALID)
    assert result(report, "DOC.STATUS") == "not_checked"
    assert view(report, "en").sentence.endswith(
        "and whether the transcript is still in force were not checked."
    )
    assert report.require_passed() == SCENE.transcript


def test_no_event_about_it() -> None:
    report = judge(SCENE, DOCUMENT, events())
    assert (report.status, code_of(report), result(report, "DOC.STATUS")) == (
        "in_force",
        console.EXIT_VALID,
        "pass",
    )


def test_a_withdrawn_transcript_is_signed_correctly_and_not_in_force() -> None:
    report = judge(SCENE, DOCUMENT, events(signed_event(SCENE, replace(WITHDRAWN, successor=NEXT))))
    told = report.to_dict()
    assert (told["verdict"], told["status"]) == ("VALID", "withdrawn")
    assert told["successor"] == {
        "id": OWN.id,
        "version": OWN.version + 1,
        "data_sha256": NEXT.digest,
    }
    assert code_of(report) == console.EXIT_NOT_IN_FORCE
    with pytest.raises(NotPassed) as refused:
        report.require_passed()
    assert (refused.value.cause, refused.value.where) == ("REPORT.NOT_IN_FORCE", "withdrawn")
    assert f"{OWN.id} v{OWN.version + 1}" in text(report, "vi", is_full=True)
    assert "WITHDRAWN" in text(report, "en")


def test_a_replaced_transcript_names_its_successor() -> None:
    report = judge(SCENE, DOCUMENT, events(signed_event(SCENE, REPLACED)))
    told = report.to_dict()
    assert (told["verdict"], told["status"]) == ("VALID", "replaced")
    assert told["successor"] == {
        "id": OWN.id,
        "version": OWN.version + 1,
        "data_sha256": NEXT.digest,
    }
    assert code_of(report) == console.EXIT_NOT_IN_FORCE
    assert f"{OWN.id} v{OWN.version + 1}" in text(report, "en", is_full=True)


def test_replacements_are_followed_to_the_newest() -> None:
    newest = replace(NEXT, version=NEXT.version + 1, digest="cd" * 32)
    again = replace(REPLACED, id="SK-2", target=NEXT, successor=newest)
    report = judge(
        SCENE, DOCUMENT, events(signed_event(SCENE, again), signed_event(SCENE, REPLACED))
    )
    assert report.to_dict()["successor"]["version"] == newest.version


def test_an_event_about_a_later_version_shows_that_this_one_was_replaced() -> None:
    report = judge(SCENE, DOCUMENT, events(signed_event(SCENE, replace(WITHDRAWN, target=NEXT))))
    assert (report.status, report.to_dict()["successor"]["version"]) == ("replaced", NEXT.version)


def test_an_event_about_an_earlier_version_changes_nothing() -> None:
    later = Scene()
    later.transcript = replace(
        SCENE.transcript, identification=replace(OWN, version=OWN.version + 1)
    )
    report = judge(
        later,
        later.signed(level=Level.T),
        events(signed_event(SCENE, WITHDRAWN), signed_event(SCENE, REPLACED)),
    )
    assert (report.verdict, report.status) == ("VALID", "in_force")


def test_extending_signatures_does_not_change_the_digest_that_events_name() -> None:
    assert data_digest(SCENE, DOCUMENT) == data_digest(SCENE, SCENE.signed(level=Level.B))


def test_a_correction_leaves_the_transcript_in_force_and_says_so() -> None:
    corrected = replace(
        WITHDRAWN,
        kind=EventKind.CORRECTION,
        corrections=(Correction(path="/DINH_DANH/HOC_SINH/HO_VA_TEN", value="Nguyễn Văn Đúng"),),
    )
    report = judge(SCENE, DOCUMENT, events(signed_event(SCENE, corrected)))
    assert (report.verdict, report.status, code_of(report)) == ("VALID", "in_force", 0)
    assert result(report, "EVENT.CORRECTED") == "warning"
    assert "Nguyễn Văn Đúng" not in text(report, "vi")


class TestWrongSchool:
    """Another school's people, with valid certificates, try to withdraw the transcript."""

    OTHER = SCENE.world.organisation("Trường THPT Khác")
    HEAD = SCENE.world.principal("Trần Văn Khác", "001080009999", school="Trường THPT Khác")
    SCHOOL = replace(
        SCENE.transcript.school,
        code="KHAC-02",
        name="Trường THPT Khác",
        tax_id=None,
        organisation_id=None,
    )
    PRINCIPAL = replace(
        SCENE.transcript.signers.principal, full_name="Trần Văn Khác", personal_id="001080009999"
    )

    def refused(self, document: bytes, *, registry: Sources | None = None) -> Report:
        given = replace(
            events(document), registries=() if registry is None else registry.registries
        )
        report = judge(SCENE, DOCUMENT, given)
        assert (report.verdict, report.status) == ("VALID", "in_force")
        assert code_of(report) == console.EXIT_VALID
        return report

    def test_under_its_own_name(self) -> None:
        record = replace(WITHDRAWN, school=self.SCHOOL, principal=self.PRINCIPAL)
        report = self.refused(signed(SCENE, record, {CBQL: self.HEAD, SEAL: self.OTHER}))
        assert result(report, "EVENT.WRONG_SCHOOL") == "warning"

    def test_under_the_code_of_the_school_that_issued(self) -> None:
        school = replace(self.SCHOOL, code=SCENE.transcript.school.code)
        record = replace(WITHDRAWN, school=school, principal=self.PRINCIPAL)
        report = self.refused(signed(SCENE, record, {CBQL: self.HEAD, SEAL: self.OTHER}))
        assert result(report, "EVENT.WRONG_SCHOOL") == "warning"

    def test_under_the_name_of_the_school_that_issued(self) -> None:
        record = replace(WITHDRAWN, principal=self.PRINCIPAL)
        with pytest.raises(CallerError, match=r"SIGN\.UNKNOWN_PERSON"):
            signed(SCENE, record, {CBQL: self.HEAD, SEAL: self.OTHER})
        report = self.refused(forged(SCENE, record, {CBQL: self.HEAD, SEAL: self.OTHER}))
        assert result(report, "EVENT.REFUSED") == "warning"

    def test_by_the_registry(self) -> None:
        school = replace(self.SCHOOL, code=SCENE.transcript.school.code)
        record = replace(WITHDRAWN, school=school, principal=self.PRINCIPAL)
        registry = in_json(snapshot(SCENE, appointment(SCENE, CBQL), appointment(SCENE, SEAL)))
        report = self.refused(
            signed(SCENE, record, {CBQL: self.HEAD, SEAL: self.OTHER}), registry=registry
        )
        assert result(report, "EVENT.WRONG_SCHOOL") == "warning"

    def test_the_right_school_by_the_registry(self) -> None:
        registry = in_json(snapshot(SCENE, appointment(SCENE, CBQL), appointment(SCENE, SEAL)))
        given = replace(events(signed_event(SCENE, WITHDRAWN)), registries=registry.registries)
        assert judge(SCENE, DOCUMENT, given).status == "withdrawn"

    def test_a_head_who_has_left_cannot_withdraw(self) -> None:
        left = appointment(SCENE, CBQL, until=SIGNED_AT.date())
        registry = in_json(snapshot(SCENE, left, appointment(SCENE, SEAL)))
        later = SIGNED_AT + timedelta(days=1)
        given = replace(
            events(signed_event(SCENE, WITHDRAWN, at=later)), registries=registry.registries
        )
        report = judge(SCENE, DOCUMENT, given, at=later + timedelta(hours=2))
        assert (report.verdict, report.status) == ("VALID", "in_force")


@pytest.mark.parametrize(
    ("name", "stated", "certified", "status"),
    [
        (None, "0101234567", "0101234567", "withdrawn"),
        (None, None, "0101234567", "withdrawn"),
        (None, None, None, "withdrawn"),
        ("Trường THPT Tên Mới", "0101234567", "0101234567", "withdrawn"),
        ("Trường THPT Tên Mới", "0101234567", None, "in_force"),
        ("Trường THPT Tên Mới", None, None, "in_force"),
        (None, None, "0109999999", "in_force"),
        (None, "0109999999", "0109999999", "in_force"),
    ],
)
def test_whose_event_it_is_without_a_registry(
    name: str | None, stated: str | None, certified: str | None, status: str
) -> None:
    """What an event leaves unsaid withdraws all the same, a tax code outlives a new name, and a
    stranger's code helps nobody.
    """
    school = replace(SCENE.transcript.school, tax_id="0101234567", organisation_id=None)
    scene = Scene(
        change=lambda given: replace(
            given, identification=replace(given.identification, school=school)
        )
    )
    document = scene.draft
    for slot in scene.slots:
        own = (
            scene.world.organisation(school.name, government=False, mst="0101234567")
            if slot == SEAL
            else scene.identity(slot)
        )
        document = scene.sign_as(own, document, slot, stamped=SIGNED_AT)
    other = replace(school, name=name or school.name, tax_id=stated)
    record = replace(event(scene, document, EventKind.WITHDRAWAL), school=other)
    seal = scene.world.organisation(other.name, government=certified is None, mst=certified)
    withdrawn = signed(scene, record, {CBQL: scene.identity(CBQL), SEAL: seal})
    report = judge(scene, document, events(withdrawn))
    assert (report.verdict, report.status) == ("VALID", status)


def changed(document: bytes) -> bytes:
    return document.replace(b"THU_HOI", b"THAY_THE")


def without_seal(record: Event) -> bytes:
    return signed(SCENE, record, {CBQL: SCENE.identity(CBQL)})


@pytest.mark.parametrize(
    "document",
    [
        changed(signed_event(SCENE, replace(WITHDRAWN, successor=NEXT))),
        without_seal(WITHDRAWN),
        DOCUMENT,
        b"<a/>",
        b"not XML",
    ],
    ids=["changed", "without seal", "a transcript", "other XML", "noise"],
)
def test_what_is_no_good_event_withdraws_nothing(document: bytes) -> None:
    report = judge(SCENE, DOCUMENT, events(document))
    assert (report.verdict, report.status, result(report, "DOC.STATUS")) == (
        "VALID",
        "in_force",
        "pass",
    )
    assert (
        result(report, "EVENT.REFUSED") == "warning"
        or result(report, "EVENT.UNREADABLE") == "warning"
    )


GOOD_EVENT = signed_event(SCENE, WITHDRAWN)


@pytest.mark.parametrize(
    "octets",
    [
        GOOD_EVENT[:-200],
        GOOD_EVENT[len(GOOD_EVENT) // 3 :],
        GOOD_EVENT.replace(b"</", b"<", 1),
        GOOD_EVENT + b"\0\0",
        GOOD_EVENT.decode().encode("utf-16-le"),
        GOOD_EVENT.decode().encode("utf-32"),
        base64.encodebytes(GOOD_EVENT),
        gzip.compress(GOOD_EVENT, mtime=0),
        bytes(range(1, 256)) * 3,
        GOOD_EVENT.replace(b"urn:hocba:1", b"urn:hocba:2"),
    ],
    ids=[
        "cut",
        "cut in front",
        "broken",
        "with NUL",
        "UTF-16 without a mark",
        "UTF-32",
        "Base64",
        "packed",
        "noise",
        "new form",
    ],
)
def test_what_may_be_a_withdrawal_and_cannot_be_read_leaves_it_open(octets: bytes) -> None:
    report = judge(SCENE, DOCUMENT, events(octets))
    assert (report.verdict, report.status, result(report, "DOC.STATUS")) == (
        "INDETERMINATE",
        None,
        "warning",
    )
    assert "EVENT.UNREAD" in causes(report)
    assert may_be_record(octets)
    withdrawn = judge(SCENE, DOCUMENT, events(octets, GOOD_EVENT))
    assert withdrawn.status == "withdrawn"


@pytest.mark.parametrize(
    "octets",
    [
        GOOD_EVENT.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        GOOD_EVENT + b"\r\n \n",
        BOM_UTF8 + GOOD_EVENT,
    ],
)
def test_other_writings_of_an_event_are_read(octets: bytes) -> None:
    assert judge(SCENE, DOCUMENT, events(octets)).status == "withdrawn"


@pytest.mark.parametrize(
    "octets",
    [
        "Thông báo thu hồi của trường, xem từng tệp.".encode(),
        b"",
        b"\n\0",
        b"\0\0\0\1Bud1" + bytes(200),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200),
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n",
        b"<!DOCTYPE html><html><body>Index of /events</body></html>",
        SCENE.identity(SEAL).certificate_der,
        SCENE.identity(SEAL).chain_pem,
    ],
    ids=[
        "README.txt",
        "empty",
        "blank",
        ".DS_Store",
        "Thumbs.db",
        "PDF",
        "picture",
        "page",
        "certificate",
        "chain",
    ],
)
def test_what_is_something_else_does_no_harm(octets: bytes) -> None:
    assert not may_be_record(octets)
    report = judge(SCENE, DOCUMENT, events(octets))
    assert (report.verdict, report.status, result(report, "EVENT.UNREADABLE")) == (
        "VALID",
        "in_force",
        "warning",
    )


def test_an_event_whose_certificates_cannot_be_judged_leaves_it_open() -> None:
    later = Scene()
    revoked = later.identity(SEAL)
    later.world.revoke(revoked, SIGNED_AT + timedelta(hours=1))
    document = signed_event(
        later,
        event(later, DOCUMENT, EventKind.WITHDRAWAL),
        at=SIGNED_AT + timedelta(hours=1, minutes=30),
    )
    report = judge(later, DOCUMENT, events(document))
    assert (report.status, report.verdict, result(report, "DOC.STATUS")) == (
        None,
        "INDETERMINATE",
        "warning",
    )
    assert "EVENT.UNPROVEN" in causes(report)


def test_an_event_about_other_content_of_the_same_number_leaves_it_open() -> None:
    other = replace(WITHDRAWN, target=replace(WITHDRAWN.target, digest="ef" * 32))
    report = judge(SCENE, DOCUMENT, events(signed_event(SCENE, other)))
    assert report.verdict == "INDETERMINATE"
    assert "EVENT.OTHER_CONTENT" in causes(report)


def test_an_event_counts_from_its_day_on() -> None:
    document = signed_event(SCENE, replace(WITHDRAWN, effective=date(2026, 6, 3)))
    assert judge(SCENE, DOCUMENT, events(document)).status == "in_force"
    assert (
        judge(SCENE, DOCUMENT, events(document), at=JUDGED_AT + timedelta(days=2)).status
        == "withdrawn"
    )


def test_an_event_is_verified_as_a_document_of_its_own() -> None:
    report = SCENE.verify(signed_event(SCENE, REPLACED))
    told = report.to_dict()
    assert (told["verdict"], told["status"], told["document"]["kind"]) == ("VALID", None, "event")
    assert told["document"]["target"] == {
        "id": OWN.id,
        "version": OWN.version,
        "data_sha256": WITHDRAWN.target.digest,
    }
    assert [one["slot"] for one in told["signatures"]] == ["CBQL", "KY_PHAT_HANH"]
    assert (
        told["workflow"].items()
        >= {"plan": "SU_KIEN", "complete": True, "order_proven": True, "missing": []}.items()
    )
    assert "Văn bản thay thế học bạ" in text(report, "vi")
    assert f"version {OWN.version + 1}" in text(report, "en")


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        (replace(REPLACED, successor=None), "EVENT.NO_SUCCESSOR"),
        (
            replace(REPLACED, successor=reference(SCENE.transcript, "ab" * 32)),
            "EVENT.SUCCESSOR_VERSION",
        ),
        (replace(REPLACED, kind=EventKind.CORRECTION), "EVENT.STRAY_SUCCESSOR"),
        (replace(WITHDRAWN, kind=EventKind.CORRECTION), "EVENT.CORRECTIONS"),
        (
            replace(
                WITHDRAWN,
                kind=EventKind.CORRECTION,
                corrections=(Correction(path="/THONG_TIN_HOC_BA/DUOC_LEN_LOP", value="true"),),
            ),
            "VALUE.FORMAT",
        ),
    ],
)
def test_a_contradictory_event_cannot_be_written(wrong: Event, cause: str) -> None:
    with pytest.raises(InputError) as caught:
        signed_event(SCENE, wrong)
    assert cause in {finding.cause for finding in caught.value.findings}


class TestStatusList:
    """The department's list of all its transcripts."""

    SEAL_OF_DEPARTMENT = department(SCENE)

    def given(self, cell: Cell | None, *, issued: date = date(2026, 6, 1)) -> bytes:
        gone = {} if cell is None else {(OWN.id, OWN.version): cell}
        return signed(
            SCENE, status_list(SCENE, gone, issued=issued), {SEAL: self.SEAL_OF_DEPARTMENT}
        )

    @pytest.mark.parametrize(
        ("cell", "status", "code"),
        [(None, "in_force", 0), (Cell.WITHDRAWN, "withdrawn", 5), (Cell.REPLACED, "replaced", 5)],
    )
    def test_a_list_answers(self, cell: Cell | None, status: str, code: int) -> None:
        report = judge(SCENE, DOCUMENT, lists(self.given(cell)))
        assert (report.verdict, report.status, code_of(report)) == ("VALID", status, code)
        assert result(report, "STATUS.VOUCHED_BY_USER") == "warning"
        assert result(report, "DOC.STATUS") == ("pass" if code == 0 else "warning")

    def test_a_list_past_its_update_cannot_say_that_all_is_well(self) -> None:
        late = JUDGED_AT + timedelta(days=10)
        report = judge(SCENE, DOCUMENT, lists(self.given(None)), at=late)
        assert "STATUS.TOO_OLD" in causes(report)
        assert (
            judge(SCENE, DOCUMENT, lists(self.given(Cell.WITHDRAWN)), at=late).status == "withdrawn"
        )

    def test_a_withdrawal_counts_whatever_day_the_transcript_states(self) -> None:
        report = judge(SCENE, DOCUMENT, lists(self.given(Cell.WITHDRAWN, issued=date(2026, 1, 1))))
        assert (report.verdict, report.status) == ("VALID", "withdrawn")

    def test_a_list_made_before_the_transcript_does_not_know_that_it_is_in_force(self) -> None:
        report = judge(SCENE, DOCUMENT, lists(self.given(None, issued=date(2026, 1, 1))))
        assert (report.status, result(report, "STATUS.OTHER_TIME")) == (None, "not_checked")
        assert result(report, "DOC.STATUS") == "not_checked"

    def test_a_list_of_another_department_is_not_asked(self) -> None:
        other = replace(
            status_list(SCENE, {(OWN.id, OWN.version): Cell.WITHDRAWN}), department_code="99"
        )
        report = judge(
            SCENE, DOCUMENT, lists(signed(SCENE, other, {SEAL: self.SEAL_OF_DEPARTMENT}))
        )
        assert (report.status, result(report, "STATUS.OTHER_DEPARTMENT")) == (None, "not_checked")

    def test_by_the_registry_only_the_departments_seal_may_publish(self) -> None:
        entries = (appointment(SCENE, CBQL), appointment(SCENE, SEAL))
        top = replace(
            snapshot(SCENE, *entries, rank=Rank.MINISTRY),
            delegations=(delegation(SCENE, to=self.SEAL_OF_DEPARTMENT),),
        )
        registry = in_json(top).registries
        good = replace(lists(self.given(Cell.WITHDRAWN)), registries=registry)
        assert judge(SCENE, DOCUMENT, good).status == "withdrawn"
        school = signed(
            SCENE,
            status_list(SCENE, {(OWN.id, OWN.version): Cell.WITHDRAWN}),
            {SEAL: self.SEAL_OF_DEPARTMENT},
        )
        bad = replace(lists(school), registries=in_json(replace(top, delegations=())).registries)
        report = judge(SCENE, DOCUMENT, bad)
        assert (report.verdict, report.status) == ("INDETERMINATE", None)
        assert "STATUS.NOT_DELEGATED" in causes(report)

    def test_a_changed_list_is_refused(self) -> None:
        document = self.given(Cell.WITHDRAWN)
        with pytest.raises(InputError, match=r"STATUS\.NOT_VALID"):
            judge(SCENE, DOCUMENT, lists(document.replace(b"2026-06-08", b"2027-06-08")))


class TestMergedDepartment:
    """A transcript of Quảng Nam, which Đà Nẵng took on 1 July 2025."""

    OLD, NEW, MERGER = "49", "48", date(2025, 7, 1)

    @staticmethod
    def scene(code: str, province: str = "Tỉnh Quảng Nam") -> Scene:
        def change(transcript: Transcript) -> Transcript:
            own = transcript.identification
            school = replace(
                own.school,
                department_code=code,
                province=province,
                department_name="Sở Giáo dục và Đào tạo Thử nghiệm",
            )
            return replace(transcript, identification=replace(own, school=school))

        return Scene(change=change)

    def report(self, scene: Scene, of: str, *, issued: date = date(2026, 6, 1)) -> Report:
        record = replace(
            status_list(scene, {(OWN.id, OWN.version): Cell.WITHDRAWN}, issued=issued),
            department_code=of,
        )
        listed = signed(scene, record, {SEAL: department(scene)})
        return judge(scene, scene.signed(level=Level.T), lists(listed))

    def test_the_successors_list_counts(self) -> None:
        for issued in (self.MERGER, date(2026, 6, 1)):
            assert self.report(self.scene(self.OLD), self.NEW, issued=issued).status == "withdrawn"

    def test_its_own_list_goes_on(self) -> None:
        for issued in (date(2025, 6, 30), date(2026, 6, 1)):
            assert self.report(self.scene(self.OLD), self.OLD, issued=issued).status == "withdrawn"

    @pytest.mark.parametrize(
        ("own", "of", "issued"),
        [
            ("49", "48", date(2025, 6, 30)),
            ("48", "49", date(2026, 6, 1)),
            ("49", "51", date(2026, 6, 1)),
            ("99", "48", date(2026, 6, 1)),
        ],
    )
    def test_no_other_list_does(self, own: str, of: str, issued: date) -> None:
        report = self.report(self.scene(own), of, issued=issued)
        assert (report.status, result(report, "STATUS.OTHER_DEPARTMENT")) == (None, "not_checked")

    def test_a_list_that_was_signed_before_the_merger_does_not_count_whatever_day_it_states(
        self,
    ) -> None:
        scene = self.scene(self.OLD)
        record = replace(
            status_list(scene, {(OWN.id, OWN.version): Cell.WITHDRAWN}), department_code=self.NEW
        )
        policy = (
            Verifier(trust=scene.trust, evidence=scene.evidence())
            .with_records(lists(signed(scene, record, {SEAL: department(scene)})), at=JUDGED_AT)
            .policy
        )
        (judged,) = policy.knowledge.lists
        for day, status in ((self.MERGER, "withdrawn"), (date(2025, 6, 30), None)):
            known = replace(
                policy.knowledge, lists=(replace(judged, seal=replace(judged.seal, day=day)),)
            )
            policy = replace(policy, knowledge=known)
            report = Verifier(trust=scene.trust, policy=policy, evidence=scene.evidence()).verify(
                scene.signed(level=Level.T), at=JUDGED_AT
            )
            assert report.status == status

    def test_a_code_of_another_list_tells_nothing(self) -> None:
        report = self.report(self.scene(self.OLD, "Tỉnh Lạng Sơn"), self.NEW)
        assert result(report, "STATUS.OTHER_DEPARTMENT") == "not_checked"

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"department_code": "48"}, "withdrawn"),
            ({"department_code": "48", "province": "Thành phố Đà Nẵng"}, "withdrawn"),
            ({"department_code": "51"}, "in_force"),
            ({"department_code": "48", "name": "Trường THPT Khác"}, "in_force"),
            ({"department_code": "48", "code": "KHAC-01"}, "in_force"),
        ],
    )
    @pytest.mark.parametrize("is_by_code", [False, True])
    def test_a_school_withdraws_under_its_new_code(
        self, changes: dict[str, str], status: str, *, is_by_code: bool
    ) -> None:
        scene = self.scene(self.OLD)
        document = scene.signed(level=Level.T)
        usual = event(scene, document, EventKind.WITHDRAWAL)
        record = replace(usual, school=replace(usual.school, **changes))  # type: ignore[arg-type]  # texts
        given = events(
            forged(
                scene,
                record,
                {CBQL: scene.identity(CBQL), SEAL: scene.world.organisation(record.school.name)},
            )
        )
        entries = (appointment(scene, CBQL), appointment(scene, SEAL))
        given = (
            replace(given, registries=in_json(snapshot(scene, *entries)).registries)
            if is_by_code
            else given
        )
        report = judge(scene, document, given)
        assert (report.status, result(report, "EVENT.WRONG_SCHOOL")) == (
            status,
            None if status == "withdrawn" else "warning",
        )


class TestDayOfAnEvent:
    """A former head, or an ended seal, claims to have signed while in office: no proof of a
    withdrawal, and none may be dropped.
    """

    AT = JUDGED_AT + timedelta(days=2)
    LAST = SIGNED_AT.date()

    def report(self, *, level: Level, until: date | None) -> Report:
        entries = (appointment(SCENE, CBQL, until=until), appointment(SCENE, SEAL))
        given = replace(
            events(signed_event(SCENE, WITHDRAWN, level=level)),
            registries=in_json(snapshot(SCENE, *entries)).registries,
        )
        return judge(SCENE, DOCUMENT, given, at=self.AT)

    def test_proven_in_time_it_counts(self) -> None:
        assert self.report(level=Level.T, until=self.LAST).status == "withdrawn"

    def test_claimed_by_whoever_is_in_office_it_counts(self) -> None:
        assert self.report(level=Level.B, until=None).status == "withdrawn"

    def test_claimed_by_whoever_has_left_it_is_open(self) -> None:
        report = self.report(level=Level.B, until=self.LAST)
        assert (report.verdict, report.status) == ("INDETERMINATE", None)
        assert "EVENT.UNPROVEN" in causes(report)

    def test_after_the_office_ended_it_is_refused(self) -> None:
        report = self.report(level=Level.T, until=self.LAST - timedelta(days=1))
        assert (report.status, result(report, "EVENT.WRONG_SCHOOL")) == ("in_force", "warning")


class TestDayOfAList:
    """So with the seal of a list, and the delegation of a department."""

    @pytest.mark.parametrize(
        ("level", "until", "status", "verdict"),
        [
            (Level.T, SIGNED_AT.date(), "withdrawn", "VALID"),
            (Level.B, None, "withdrawn", "VALID"),
            (Level.B, SIGNED_AT.date(), None, "INDETERMINATE"),
        ],
    )
    def test_a_seal_whose_delegation_ended(
        self, level: Level, until: date | None, status: str | None, verdict: str
    ) -> None:
        seal = department(SCENE)
        entries = (appointment(SCENE, CBQL), appointment(SCENE, SEAL))
        top = replace(
            snapshot(SCENE, *entries, rank=Rank.MINISTRY),
            delegations=(delegation(SCENE, to=seal, until=until),),
        )
        document = signed(
            SCENE,
            status_list(SCENE, {(OWN.id, OWN.version): Cell.WITHDRAWN}),
            {SEAL: seal},
            level=level,
        )
        report = judge(
            SCENE,
            DOCUMENT,
            replace(lists(document), registries=in_json(top).registries),
            at=JUDGED_AT + timedelta(days=1),
        )
        assert (report.verdict, report.status) == (verdict, status)


def test_an_old_list_beside_a_new_one_asks_for_nothing() -> None:
    seal = department(SCENE)
    old, new = (
        replace(status_list(SCENE, {}), version=version, next_update=day)
        for version, day in ((6, date(2026, 6, 1)), (7, date(2026, 6, 30)))
    )
    given = lists(*(signed(SCENE, one, {SEAL: seal}) for one in (old, new)))
    report = judge(SCENE, DOCUMENT, given, at=JUDGED_AT + timedelta(days=3))
    assert (report.verdict, report.status) == ("VALID", "in_force")
