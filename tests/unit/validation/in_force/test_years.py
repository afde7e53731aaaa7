"""A pupil's years hang together by id, version and digest; each break has its name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hocba_sign.model.codes import IdentityPaper
from hocba_sign.model.identification import Identification, PreviousTranscript, ReplacedVersion
from hocba_sign.model.person import IdentityDocument
from hocba_sign.model.transcript import Transcript
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.in_force.years import later_issue, year_facts
from hocba_sign.validation.knowledge import Years
from tests.support.records import appointment, data_digest, in_json, judge, snapshot
from tests.support.scene import CBQL, JUDGED_AT, SEAL, SIGNED_AT, Scene, causes

Change = Callable[[Identification], Identification]


def year(
    grade: int,
    school_year: str,
    *,
    previous: PreviousTranscript | None = None,
    change: Change = lambda own: own,
) -> Scene:
    """Return a scene whose transcript is of another year of the same pupil."""
    scene = Scene()
    own = scene.transcript.identification
    own = replace(
        own,
        id=f"hoc-ba-{grade}",
        grade=grade,
        school_year=school_year,
        created=date(2026, 5, 25),
        previous=previous,
    )
    scene.transcript = replace(scene.transcript, identification=change(own))
    return scene


def link(scene: Scene, document: bytes) -> PreviousTranscript:
    own = scene.transcript.identification
    return PreviousTranscript(id=own.id, version=own.version, digest=data_digest(scene, document))


def judged(*documents: bytes) -> tuple[Report, ...]:
    scene = Scene()
    named = [(f"{number}.xml", octets) for number, octets in enumerate(documents)]
    return Verifier(trust=scene.trust, evidence=scene.evidence()).verify_years(named, at=JUDGED_AT)


def result(report: Report, identifier: str) -> str | None:
    return next(
        (check["result"] for check in report.to_dict()["checks"] if check["id"] == identifier), None
    )


ELEVENTH = year(11, "2024-2025")
FIRST = ELEVENTH.signed(level=Level.T)
TWELFTH = year(12, "2025-2026", previous=link(ELEVENTH, FIRST))
SECOND = TWELFTH.signed(level=Level.T)


@pytest.mark.parametrize("documents", [(FIRST, SECOND), (SECOND, FIRST)])
def test_linked_years_pass_in_any_order(documents: tuple[bytes, ...]) -> None:
    reports = {report.to_dict()["document"]["id"]: report for report in judged(*documents)}
    assert result(reports["hoc-ba-12"], "CHAIN.PREVIOUS") == "pass"
    assert result(reports["hoc-ba-11"], "CHAIN.PREVIOUS") is None
    assert not [
        cause
        for report in reports.values()
        for cause in causes(report)
        if cause.startswith("CHAIN.")
    ]


def test_a_year_alone_says_that_the_one_before_was_not_compared() -> None:
    assert result(TWELFTH.verify(SECOND), "CHAIN.PREVIOUS") == "not_checked"
    assert result(judged(SECOND)[0], "CHAIN.PREVIOUS") == "not_checked"


def broken(
    *,
    before: Scene | None = None,
    grade: int = 12,
    school_year: str = "2025-2026",
    change: Change = lambda own: own,
) -> Report:
    """Judge a year linked to the one before as it is, after the later one was changed."""
    scene = ELEVENTH if before is None else before
    document = scene.signed(level=Level.T)
    later = year(grade, school_year, previous=link(scene, document), change=change)
    return judged(document, later.signed(level=Level.T))[1]


def other_pupil(own: Identification) -> Identification:
    return replace(own, pupil=replace(own.pupil, personal_id="001208000001", code="0000000001"))


def test_another_pupils_year() -> None:
    report = broken(change=other_pupil)
    assert report.verdict == "INVALID"
    assert "CHAIN.PUPIL" in causes(report)


@pytest.mark.parametrize("same", ["2025-2026", "2026-2027"])
def test_a_year_before_that_is_not_before(same: str) -> None:
    report = broken(before=year(11, same))
    assert report.verdict == "INVALID"
    assert "CHAIN.YEAR_ORDER" in causes(report)


def test_a_year_in_between_is_missing() -> None:
    assert result(broken(before=year(10, "2023-2024")), "CHAIN.GAP") == "warning"


def test_a_file_of_the_same_number_with_other_content() -> None:
    other = year(11, "2024-2025", change=lambda own: replace(own, class_name="11A9"))
    report = judged(other.signed(level=Level.T), SECOND)[1]
    assert report.verdict == "INVALID"
    assert "CHAIN.DIGEST" in causes(report)


def test_another_version_of_the_year_before_cannot_be_compared() -> None:
    other = year(11, "2024-2025", change=lambda own: replace(own, version=own.version + 1))
    report = judged(other.signed(level=Level.T), SECOND)[1]
    assert "CHAIN.OTHER_VERSION" in causes(report)
    both = judged(other.signed(level=Level.T), FIRST, SECOND)[2]
    assert result(both, "CHAIN.PREVIOUS") == "pass"


def test_an_earlier_year_that_is_not_linked_is_told() -> None:
    report = judged(FIRST, year(12, "2025-2026").signed(level=Level.T))[1]
    assert result(report, "CHAIN.NOT_LINKED") == "warning"
    stranger = judged(FIRST, year(12, "2025-2026", change=other_pupil).signed(level=Level.T))[1]
    assert result(stranger, "CHAIN.NOT_LINKED") is None


def test_noise_among_the_years_harms_nothing() -> None:
    reports = judged(b"noise", FIRST, SECOND)
    assert reports[0].verdict == "NOTHING_TO_VERIFY"
    assert result(reports[2], "CHAIN.PREVIOUS") == "pass"


def test_the_digest_named_is_that_of_the_report() -> None:
    transcript: Transcript = TWELFTH.transcript
    assert transcript.identification.previous is not None
    assert (
        transcript.identification.previous.digest
        == ELEVENTH.verify(FIRST).to_dict()["document"]["data_sha256"]
    )


UNSIGNED = year(11, "2024-2025", change=lambda own: replace(own, class_name="11A9"))


@pytest.mark.parametrize("level", ["nobody", "one teacher"])
def test_only_valid_files_contradict(level: str) -> None:
    """Anybody can write a file of some number: it proves nothing against one that is signed."""
    slots = UNSIGNED.slots[:1] if level == "one teacher" else ()
    report = judged(UNSIGNED.signed(slots), SECOND)[1]
    assert (report.verdict, result(report, "CHAIN.PREVIOUS")) == ("VALID", "not_checked")
    higher = year(11, "2024-2025", change=lambda own: replace(own, version=own.version + 1))
    for document, status in (
        (higher.signed(higher.slots[:1]), None),
        (higher.signed(), "replaced"),
    ):
        told = judged(document, FIRST)[1]
        assert (told.verdict, told.status) == ("VALID", status)


def test_of_two_versions_given_together_the_older_is_replaced() -> None:
    later = year(11, "2024-2025", change=lambda own: replace(own, version=own.version + 1))
    document = later.signed(level=Level.T)
    reports = judged(document, FIRST)
    assert [report.status for report in reports] == [None, "replaced"]
    assert reports[1].to_dict()["successor"]["data_sha256"] == data_digest(later, document)
    renamed = year(
        11,
        "2024-2025",
        change=lambda own: replace(
            own, id="khac", replaces=ReplacedVersion(id=own.id, version=own.version)
        ),
    )
    assert judged(renamed.signed(level=Level.T), FIRST)[1].status == "replaced"


def test_a_file_that_says_it_replaces_itself_replaces_nothing() -> None:
    itself = year(
        11,
        "2024-2025",
        change=lambda own: replace(own, replaces=ReplacedVersion(id=own.id, version=own.version)),
    )
    own = year_facts(itself.transcript, "ab", is_valid=True)
    years = Years(by_id={own.id: (own,)}, by_pupil={})
    school = itself.transcript.school
    assert later_issue((own.id, own.version), years, school=school) is None
    newer = replace(own, id="khac", replaces=(own.id, own.version))
    later = Years(by_id={"khac": (newer,)}, by_pupil={})
    found = later_issue((own.id, own.version), later, school=school)
    assert found is not None
    assert found.id == "khac"


def without_personal_id(own: Identification) -> Identification:
    paper = IdentityDocument(kind=IdentityPaper.PASSPORT, number="B1234567")
    pupil = replace(own.pupil, personal_id=None, identity_document=paper)
    return replace(own, pupil=pupil)


def test_years_of_a_pupil_without_a_personal_id_are_found_by_the_code() -> None:
    first = year(11, "2024-2025", change=without_personal_id).signed(level=Level.T)
    second = year(12, "2025-2026", change=without_personal_id).signed(level=Level.T)
    assert result(judged(first, second)[1], "CHAIN.NOT_LINKED") == "warning"


def test_another_schools_file_of_the_same_number_replaces_nothing() -> None:
    other = year(
        11,
        "2024-2025",
        change=lambda own: replace(
            own, version=own.version + 1, school=replace(own.school, code="KHAC-02")
        ),
    )
    report = judged(other.signed(level=Level.T), FIRST)[1]
    assert (report.verdict, report.status) == ("VALID", None)


def test_two_valid_files_of_one_version_contradict_each_other() -> None:
    other = year(11, "2024-2025", change=lambda own: replace(own, class_name="11A9")).signed(
        level=Level.T
    )
    reports = judged(other, FIRST)
    assert [report.verdict for report in reports] == ["INDETERMINATE", "INDETERMINATE"]
    assert all("CHAIN.TWO_CONTENTS" in causes(report) for report in reports)
    twice = judged(FIRST, ELEVENTH.signed(level=Level.B))
    assert [report.verdict for report in twice] == ["VALID", "VALID"]


@pytest.mark.parametrize(("grade", "verdict"), [(12, "INDETERMINATE"), (11, "VALID")])
def test_a_year_that_did_not_promote_is_no_proof_for_the_next(grade: int, verdict: str) -> None:
    before = year(11, "2024-2025")
    before.transcript = replace(
        before.transcript, content=replace(before.transcript.content, is_promoted=False)
    )
    report = broken(before=before, grade=grade, change=lambda own: replace(own, id="nam-sau"))
    assert report.verdict == verdict
    assert ("CHAIN.NOT_PROMOTED" in causes(report)) is (verdict != "VALID")


def test_a_file_whose_signers_have_left_replaces_nothing() -> None:
    """By the registry the head had left when the later version was signed; so it is not valid, and
    contradicts nobody.
    """
    later = year(11, "2024-2025", change=lambda own: replace(own, version=own.version + 1))
    document = later.signed(level=Level.T)
    gone = appointment(ELEVENTH, CBQL, until=SIGNED_AT.date() - timedelta(days=1))
    for entry, status in ((gone, None), (appointment(ELEVENTH, CBQL), "replaced")):
        sources = replace(
            in_json(snapshot(ELEVENTH, entry, appointment(ELEVENTH, SEAL))), years=(document,)
        )
        assert judge(ELEVENTH, FIRST, sources).status == status


STRANGERS: dict[str, dict[str, Any]] = {
    "a later version": {"version": 2},
    "one that says that it replaces": {
        "id": "hoc-ba-khac",
        "replaces": ReplacedVersion(id="hoc-ba-11", version=1),
    },
    "other content of the same number": {"class_name": "11A9"},
}


def issued_by(
    name: str, tax_id: str | None, changes: dict[str, Any], *, of: str | None = None
) -> tuple[Scene, bytes]:
    """Let a school of this name, whose seal has this tax code, issue a transcript under the codes
    of the scene's school.
    """
    school = replace(
        ELEVENTH.transcript.school, name=name, tax_id=of or tax_id, organisation_id=None
    )
    scene = year(11, "2024-2025", change=lambda own: replace(own, school=school, **changes))
    seal = scene.world.organisation(name, government=tax_id is None, mst=tax_id)
    document = scene.draft
    for slot in scene.slots:
        document = scene.sign_as(
            seal if slot == SEAL else scene.identity(slot), document, slot, stamped=SIGNED_AT
        )
    return scene, document


@pytest.mark.parametrize("case", STRANGERS)
class TestSchools:
    """Codes are claims: a school that states those of another one changes nothing of what that one
    issued.
    """

    NAME = ELEVENTH.transcript.school.name

    def found(self, first: bytes, second: bytes) -> bool:
        report, other = judged(first, second)
        assert other.verdict != "INVALID"
        return report.status == "replaced" or "CHAIN.TWO_CONTENTS" in causes(report)

    def test_a_stranger(self, case: str) -> None:
        assert not self.found(FIRST, issued_by("Trường THPT Khác", None, STRANGERS[case])[1])
        own = issued_by(self.NAME, "0101234567", {})[1]
        assert not self.found(own, issued_by("Trường THPT Khác", "0109999999", STRANGERS[case])[1])
        assert not self.found(
            own, issued_by("Trường THPT Khác", None, STRANGERS[case], of="0101234567")[1]
        )
        assert not self.found(own, issued_by(self.NAME, "0109999999", STRANGERS[case])[1])

    def test_the_school_itself(self, case: str) -> None:
        assert self.found(FIRST, issued_by(self.NAME, None, STRANGERS[case])[1])

    def test_the_school_under_a_new_name(self, case: str) -> None:
        own = issued_by(self.NAME, "0101234567", {})[1]
        assert self.found(own, issued_by("Trường THPT Tên Mới", "0101234567", STRANGERS[case])[1])
