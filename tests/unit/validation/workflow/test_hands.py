"""How many hands sign: ordinary schools pass, one person alone does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from hocba_sign.model.appointments import Appointment
from hocba_sign.model.record import IssuingBody
from hocba_sign.model.registry import Rank, RegistrySnapshot
from hocba_sign.model.results import Teacher
from hocba_sign.model.signers import HomeroomTeacher, Substitute
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.document.records import Sources
from hocba_sign.validation.policy import Policy
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene, causes

HANDS = frozenset({"WF.DIGITISED_EARLY", "WF.STAND_IN_FOR_ALL", "WF.ONE_HAND"})
Change = Callable[[Transcript], Transcript]


def taught_by_principal(count: int) -> Change:
    """Name the principal as the teacher of the first subjects."""

    def change(given: Transcript) -> Transcript:
        principal = given.signers.principal
        teacher = Teacher(full_name=principal.full_name, personal_id=principal.personal_id)
        subjects = tuple(
            replace(one, teachers=(teacher,)) if n < count else one
            for n, one in enumerate(given.subjects)
        )
        return replace(given, content=replace(given.content, subjects=subjects))

    return change


def taught_by_one(given: Transcript) -> Transcript:
    """Let the homeroom teacher teach everything."""
    homeroom = given.signers.homeroom_teacher
    teacher = Teacher(full_name=homeroom.full_name, personal_id=homeroom.personal_id or "")
    return replace(
        given,
        content=replace(
            given.content,
            subjects=tuple(replace(one, teachers=(teacher,)) for one in given.subjects),
        ),
    )


def led_by_principal(given: Transcript) -> Transcript:
    principal = given.signers.principal
    homeroom = HomeroomTeacher(full_name=principal.full_name, personal_id=principal.personal_id)
    return replace(given, signers=replace(given.signers, homeroom_teacher=homeroom))


def replaced(count: int, *, by: str = "048190001111") -> Change:
    """Let one colleague sign for the first teachers."""

    def change(given: Transcript) -> Transcript:
        teachers = [slot.teacher or "" for slot in given.slots if slot.role is Role.GVBM]
        person = {
            "full_name": "Trần Thị Thay",
            "personal_id": by,
            "title": "Tổ trưởng",
            "reason": "Nghỉ thai sản",
        }
        stand_ins = tuple(Substitute(teacher=teacher, **person) for teacher in teachers[:count])
        return replace(given, signers=replace(given.signers, substitutes=stand_ins))

    return change


def digitised(given: Transcript) -> Transcript:
    return replace(given, identification=replace(given.identification, is_digitised=True))


def both(*changes: Change) -> Change:
    def change(given: Transcript) -> Transcript:
        for one in changes:
            given = one(given)
        return given

    return change


def judged(
    scene: Scene,
    policy: Policy | None = None,
    *,
    level: Level = Level.B,
    stamped: datetime = SIGNED_AT,
    at: datetime = JUDGED_AT,
) -> Report:
    document = scene.signed(level=level, stamped=stamped)
    return Verifier(
        trust=scene.trust,
        policy=policy or Policy(),
        evidence=scene.evidence(at - timedelta(hours=1)),
    ).verify(document, at=at)


@pytest.mark.parametrize(
    ("example", "subjects", "change"),
    [
        ("lop12", 3, both()),
        ("lop12", 3, taught_by_one),
        ("lop12", 3, taught_by_principal(1)),
        ("lop12", 3, taught_by_principal(2)),
        ("lop12", 1, taught_by_principal(1)),
        ("lop12", 3, replaced(1)),
        ("lop12", 3, replaced(2)),
        ("lop12", 2, led_by_principal),
        ("lop5", 3, both()),
        ("lop5", 3, taught_by_one),
        ("lop5", 3, taught_by_principal(1)),
    ],
)
def test_ordinary_schools_pass(example: str, subjects: int, change: Change) -> None:
    report = judged(Scene(example, subjects=subjects, change=change))
    assert (report.verdict, causes(report)) == ("VALID", frozenset())
    assert not HANDS & {check["id"] for check in report.to_dict()["checks"]}


ALONE = {
    "all teachers and the class": (
        "lop12",
        3,
        both(taught_by_principal(3), led_by_principal),
        "WF.ONE_HAND",
    ),
    "one teacher and the class": (
        "lop12",
        1,
        both(taught_by_principal(1), led_by_principal),
        "WF.ONE_HAND",
    ),
    "every subject": ("lop12", 3, taught_by_principal(3), "WF.ONE_HAND"),
    "a class of primary school": ("lop5", 3, led_by_principal, "WF.ONE_HAND"),
    "a stand-in for all": ("lop12", 3, replaced(3), "WF.STAND_IN_FOR_ALL"),
}


def registry(scene: Scene, *, is_whole: bool = True) -> Sources:
    """Let the department name whom the transcript expects, for each place and subject; with
    `is_whole` False, not for the last subject.
    """
    school = scene.transcript.school
    codes = {subject.id: subject.code for subject in scene.transcript.subjects}
    teachers = [slot for slot in scene.slots if slot.role is Role.GVBM]
    named = [slot for slot in scene.slots if is_whole or slot != (teachers or [scene.slots[0]])[-1]]

    def entry(slot: Slot) -> Appointment:
        expected = scene.expected(slot)
        return Appointment(
            department_code=school.department_code,
            school_code=school.code,
            role=slot.role,
            subject_code=codes.get(slot.subject or ""),
            name=expected.name,
            personal_id=expected.personal_id,
            tax_id=expected.organisation_id,
            since=date(2024, 9, 1),
        )

    snapshot = RegistrySnapshot(
        id="SO",
        version=1,
        rank=Rank.DEPARTMENT,
        department_code=school.department_code,
        issuer=IssuingBody(name=school.department_name),
        issued=date(2026, 5, 1),
        next_update=date(2026, 12, 31),
        appointments=tuple(map(entry, named)),
    )
    return Sources(registries=(("so.json", snapshot.to_json().encode()),))


@pytest.mark.parametrize("case", ALONE)
class TestOneAlone:
    def test_is_unproven(self, case: str) -> None:
        example, subjects, change, cause = ALONE[case]
        report = judged(Scene(example, subjects=subjects, change=change))
        assert (report.verdict, causes(report)) == ("INDETERMINATE", frozenset({cause}))

    def test_passes_where_the_policy_allows_it_and_is_told(self, case: str) -> None:
        example, subjects, change, cause = ALONE[case]
        report = judged(
            Scene(example, subjects=subjects, change=change), Policy(accept_few_signers=True)
        )
        assert report.verdict == "VALID"
        assert cause in {
            check["id"] for check in report.to_dict()["checks"] if check["result"] == "warning"
        }

    def test_passes_where_the_registry_names_each_office_and_subject(self, case: str) -> None:
        example, subjects, change, cause = ALONE[case]
        scene = Scene(example, subjects=subjects, change=change)
        for is_whole in (True, False):
            policy = (
                Verifier(trust=scene.trust, evidence=scene.evidence())
                .with_records(registry(scene, is_whole=is_whole), at=JUDGED_AT)
                .policy
            )
            assert (cause in causes(judged(scene, policy))) is not is_whole


@pytest.mark.parametrize("example", ["lop12", "lop5"])
def test_a_second_certificate_is_no_second_hand(example: str) -> None:
    """One who has a certificate with a number and one of the Government without signs as head with
    one, as everybody else with the other.
    """
    scene = Scene(example, subjects=3, change=both(taught_by_principal(3), led_by_principal))
    second = scene.world.subscriber(("common_name", scene.transcript.signers.principal.full_name))
    document = scene.draft
    for slot in scene.slots:
        own = scene.identity(slot) if slot.role in {Role.CBQL, Role.KY_PHAT_HANH} else second
        document = scene.sign_as(own, document, slot, stamped=None)
    report = scene.verify(document)
    assert (report.verdict, causes(report)) == ("INDETERMINATE", frozenset({"WF.ONE_HAND"}))


def test_one_namesake_among_several_teachers_is_ordinary() -> None:
    scene = Scene(subjects=3, change=taught_by_principal(1))
    second = scene.world.subscriber(("common_name", scene.transcript.signers.principal.full_name))
    document = scene.draft
    for slot in scene.slots:
        document = scene.sign_as(
            second if slot == scene.teachers[0] else scene.identity(slot),
            document,
            slot,
            stamped=None,
        )
    assert scene.verify(document).verdict == "VALID"


class TestDigitised:
    """Principal and seal sign alone what was on paper: only when the year had ended by the proven
    time of the seal.
    """

    SCENE = Scene(subjects=2, change=digitised)

    def test_after_the_year(self) -> None:
        report = judged(self.SCENE, level=Level.T)
        assert (report.verdict, causes(report)) == ("VALID", frozenset())

    def test_without_a_proven_time(self) -> None:
        report = judged(self.SCENE)
        assert (report.verdict, causes(report)) == (
            "INDETERMINATE",
            frozenset({"WF.DIGITISED_EARLY"}),
        )

    @pytest.mark.parametrize(
        ("stamped", "is_early"),
        [
            (datetime.fromisoformat("2026-05-31T16:59:59Z"), True),
            (datetime.fromisoformat("2026-05-31T17:00:00Z"), False),
        ],
    )
    def test_the_last_day_is_one_in_vietnam(self, stamped: datetime, is_early: bool) -> None:
        report = judged(self.SCENE, level=Level.T, stamped=stamped)
        assert ("WF.DIGITISED_EARLY" in causes(report)) is is_early

    def test_verifying_late_does_not_help(self) -> None:
        report = judged(
            self.SCENE,
            level=Level.T,
            stamped=datetime.fromisoformat("2026-05-28T03:00:00Z"),
            at=JUDGED_AT + timedelta(days=2),
        )
        assert "WF.DIGITISED_EARLY" in causes(report)

    @pytest.mark.parametrize(("year", "is_early"), [("2024-2025", False), ("2025-2026", True)])
    def test_a_seal_whose_certificate_began_after_the_year_needs_no_time_stamp(
        self, year: str, is_early: bool
    ) -> None:
        scene = Scene(
            subjects=2,
            change=both(
                digitised,
                lambda given: replace(
                    given, identification=replace(given.identification, school_year=year)
                ),
            ),
        )
        assert scene.world.at - timedelta(days=365) > datetime.fromisoformat("2025-05-31T17:00:00Z")
        assert ("WF.DIGITISED_EARLY" in causes(judged(scene))) is is_early

    def test_an_older_year(self) -> None:
        scene = Scene(
            subjects=2,
            change=both(
                digitised,
                lambda given: replace(
                    given, identification=replace(given.identification, school_year="2023-2024")
                ),
            ),
        )
        assert "WF.DIGITISED_EARLY" not in causes(judged(scene, level=Level.T))

    def test_the_policy_may_allow_it(self) -> None:
        assert judged(self.SCENE, Policy(accept_few_signers=True)).verdict == "VALID"
