"""The same file, the same registry format, another day of transfer: who may sign is decided by the registry alone, offline."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hocba_sign.errors import InputError
from hocba_sign.model.record import Issuer
from hocba_sign.model.registry import Rank, RegistrySnapshot
from hocba_sign.model.workflow import Slot
from hocba_sign.report.document import Report
from hocba_sign.signing.policy import Level
from hocba_sign.validation.assemble import Sources
from tests.support.records import (
    appointment,
    delegation,
    department,
    in_json,
    judge,
    sha256,
    signed,
    snapshot,
)
from tests.support.scene import CBQL, JUDGED_AT, SEAL, SIGNED_AT, Scene, causes

SCENE = Scene()
DOCUMENT = SCENE.signed(level=Level.T)
DAY = SIGNED_AT.date()
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
ALWAYS = (appointment(SCENE, CBQL), appointment(SCENE, SEAL))


def result(report: Report, identifier: str = "WF.AUTHORITY") -> str:
    found = [check["result"] for check in report.to_dict()["checks"] if check["id"] == identifier]
    assert len(found) == 1
    return str(found[0])


def with_transfer(last_day: date) -> RegistrySnapshot:
    return snapshot(SCENE, appointment(SCENE, CBQL, until=last_day), appointment(SCENE, SEAL))


def test_without_a_registry_authority_is_not_checked() -> None:
    report = SCENE.verify(DOCUMENT)
    assert report.verdict == "VALID"
    assert result(report) == "not_checked"


@pytest.mark.parametrize(("last_day", "verdict"), [(AFTER, "VALID"), (DAY, "VALID"), (BEFORE, "INVALID")])
def test_the_same_file_is_valid_before_and_invalid_after_the_principals_transfer(last_day: date, verdict: str) -> None:
    report = judge(SCENE, DOCUMENT, in_json(with_transfer(last_day)))
    assert report.verdict == verdict
    assert result(report) == ("pass" if verdict == "VALID" else "fail")
    assert ("REGISTRY.ENDED" in causes(report)) == (verdict == "INVALID")


@pytest.mark.parametrize(("days", "verdict"), [(-1, "VALID"), (0, "VALID"), (1, "INVALID"), (30, "INVALID")])
def test_one_registry_judges_each_day_of_signing(days: int, verdict: str) -> None:
    """The transcript is signed on days around the transfer, with a time-stamp; the registry stays."""
    scene = Scene()
    at = SIGNED_AT + timedelta(days=days)
    document = scene.draft
    for slot in scene.slots:
        document = scene.sign(document, slot, level=Level.T, at=at)
    assert judge(scene, document, in_json(with_transfer(DAY)), at=max(at, SIGNED_AT) + timedelta(hours=2)).verdict == verdict


def test_what_was_signed_in_office_stays_valid_long_after_the_transfer() -> None:
    later = JUDGED_AT + timedelta(days=5)
    assert judge(SCENE, DOCUMENT, in_json(with_transfer(AFTER)), at=later).verdict == "VALID"


def test_a_day_ends_at_midnight_in_vietnam() -> None:
    scene = Scene()
    at = SIGNED_AT.replace(hour=17, minute=30)
    document = scene.draft
    for slot in scene.slots:
        document = scene.sign(document, slot, level=Level.T, at=at)
    report = judge(scene, document, in_json(with_transfer(DAY)), at=at + timedelta(hours=1))
    assert report.verdict == "INVALID", "17:30 UTC is half past midnight of the next day in Vietnam"


def test_an_unproven_time_must_hold_for_the_validation_day_too() -> None:
    """Whoever has left the office could still claim a day before that."""
    document = SCENE.signed()
    registry = in_json(with_transfer(DAY))
    assert judge(SCENE, document, registry).verdict == "VALID"
    late = judge(SCENE, document, registry, at=JUDGED_AT + timedelta(days=3))
    assert late.verdict == "INDETERMINATE"
    assert "REGISTRY.TIME_UNPROVEN" in causes(late)
    assert judge(SCENE, document, in_json(with_transfer(BEFORE))).verdict == "INVALID"


@pytest.mark.parametrize(
    ("entries", "verdict", "cause"),
    [
        ((replace(ALWAYS[0], personal_id="001099000000"), ALWAYS[1]), "INVALID", "REGISTRY.NOT_LISTED"),
        ((replace(ALWAYS[0], since=AFTER), ALWAYS[1]), "INVALID", "REGISTRY.NOT_YET"),
        ((ALWAYS[0], replace(ALWAYS[1], certificate_sha256="00" * 32)), "INVALID", "REGISTRY.NOT_LISTED"),
        ((ALWAYS[0], replace(ALWAYS[1], certificate_sha256=None, tax_id="0100000001")), "INDETERMINATE", "REGISTRY.NOT_COMPARABLE"),
        ((replace(ALWAYS[0], school_code="KHAC-01"), ALWAYS[1]), "INDETERMINATE", "REGISTRY.NO_ENTRY"),
        ((ALWAYS[1],), "INDETERMINATE", "REGISTRY.NO_ENTRY"),
    ],
)
def test_every_way_of_not_being_entitled_has_its_cause(entries: tuple[object, ...], verdict: str, cause: str) -> None:
    report = judge(SCENE, DOCUMENT, in_json(replace(snapshot(SCENE), appointments=entries)))  # type: ignore[arg-type]  # entries of one type
    assert report.verdict == verdict
    assert cause in causes(report)


def test_a_registry_past_its_update_cannot_tell() -> None:
    report = judge(SCENE, DOCUMENT, in_json(replace(snapshot(SCENE, *ALWAYS), next_update=BEFORE)))
    assert report.verdict == "INDETERMINATE"
    assert "REGISTRY.TOO_OLD" in causes(report)


def test_teachers_are_judged_where_the_registry_names_any() -> None:
    teacher = SCENE.teachers[0]
    stranger = replace(appointment(SCENE, teacher), personal_id="001099000000")
    assert judge(SCENE, DOCUMENT, in_json(snapshot(SCENE, *ALWAYS))).verdict == "VALID"
    assert judge(SCENE, DOCUMENT, in_json(snapshot(SCENE, *ALWAYS, stranger))).verdict == "INVALID"
    everybody = {appointment(SCENE, Slot(one.role, one.subject, one.teacher)): None for one in SCENE.teachers}
    assert judge(SCENE, DOCUMENT, in_json(snapshot(SCENE, *ALWAYS, *everybody))).verdict == "VALID"


def test_an_unsigned_registry_is_told_to_be_the_users_own_word() -> None:
    assert result(judge(SCENE, DOCUMENT, in_json(snapshot(SCENE, *ALWAYS))), "REGISTRY.UNSIGNED") == "warning"


class TestDelegation:
    """The ministry delegates to a department, whose snapshot names the school's people."""

    SEAL_OF_DEPARTMENT = department(SCENE)
    MINISTRY = SCENE.world.organisation("Bộ Giáo dục và Đào tạo Thử nghiệm")

    def sources(self, *delegations: object) -> Sources:
        top = replace(snapshot(SCENE, rank=Rank.MINISTRY), delegations=delegations)  # type: ignore[arg-type]  # delegations of one type
        low = snapshot(SCENE, *ALWAYS)
        return Sources(
            registries=(
                ("bo.xml", signed(SCENE, top, {SEAL: self.MINISTRY})),
                ("so.xml", signed(SCENE, low, {SEAL: self.SEAL_OF_DEPARTMENT})),
            )
        )

    def test_a_delegated_snapshot_counts(self) -> None:
        report = judge(SCENE, DOCUMENT, self.sources(delegation(SCENE, to=self.SEAL_OF_DEPARTMENT)))
        assert report.verdict == "VALID"
        told = [check for check in report.to_dict()["checks"] if check["id"] == "REGISTRY.VOUCHED_BY_USER"]
        assert sha256(self.MINISTRY) in told[0]["where"]

    @pytest.mark.parametrize("wrong", ["nobody", "ended", "other seal"])
    def test_one_without_a_delegation_in_force_does_not(self, wrong: str) -> None:
        given = {
            "nobody": (),
            "ended": (delegation(SCENE, to=self.SEAL_OF_DEPARTMENT, until=BEFORE),),
            "other seal": (delegation(SCENE, to=self.MINISTRY),),
        }[wrong]
        report = judge(SCENE, DOCUMENT, self.sources(*given))
        assert report.verdict == "INDETERMINATE"
        assert result(report, "REGISTRY.NOT_DELEGATED") == "warning"

    def test_what_is_left_out_displaces_nothing(self) -> None:
        """A stranger publishes a higher version of the department's snapshot, and of the ministry's under a lower rank."""
        stranger = SCENE.world.organisation("Trường THPT Khác")
        good = self.sources(delegation(SCENE, to=self.SEAL_OF_DEPARTMENT))
        nobody = (replace(ALWAYS[0], personal_id="001099000000"), ALWAYS[1])
        false = (replace(snapshot(SCENE, *nobody), version=9), replace(snapshot(SCENE, *nobody), id="SO-BO", version=9))
        more = tuple(
            (f"{one.id}.xml", signed(SCENE, replace(one, issuer=Issuer(name="Trường THPT Khác")), {SEAL: stranger})) for one in false
        )
        report = judge(SCENE, DOCUMENT, replace(good, registries=(*good.registries, *more)))
        assert report.verdict == "VALID"

    def test_the_newest_version_is_asked(self) -> None:
        old, new = with_transfer(BEFORE), replace(snapshot(SCENE, *ALWAYS), version=2)
        both = tuple((f"{one.version}.json", one.to_json().encode()) for one in (new, old))
        assert judge(SCENE, DOCUMENT, Sources(registries=both)).verdict == "VALID"
        twins = tuple((f"{number}.json", one.to_json().encode()) for number, one in enumerate((old, snapshot(SCENE, *ALWAYS))))
        with pytest.raises(InputError, match=r"REGISTRY\.CONFLICT"):
            judge(SCENE, DOCUMENT, Sources(registries=twins))

    def test_a_department_alone_counts_at_the_users_word(self) -> None:
        alone = Sources(registries=(("so.xml", signed(SCENE, snapshot(SCENE, *ALWAYS), {SEAL: self.SEAL_OF_DEPARTMENT})),))
        assert judge(SCENE, DOCUMENT, alone).verdict == "VALID"


def test_a_registry_with_a_changed_entry_is_refused() -> None:
    seal = department(SCENE)
    document = signed(SCENE, snapshot(SCENE, appointment(SCENE, CBQL, until=BEFORE), ALWAYS[1]), {SEAL: seal})
    changed = document.replace(BEFORE.isoformat().encode(), AFTER.isoformat().encode())
    assert changed != document
    with pytest.raises(InputError, match=r"REGISTRY\.NOT_VALID"):
        judge(SCENE, DOCUMENT, Sources(registries=(("so.xml", changed),)))


def test_a_transcript_is_no_registry() -> None:
    with pytest.raises(InputError, match=r"REGISTRY\."):
        judge(SCENE, DOCUMENT, Sources(registries=(("a.xml", DOCUMENT),)))


def test_an_entry_outside_the_realm_makes_the_registry_unfit() -> None:
    foreign = replace(ALWAYS[0], department_code="99")
    with pytest.raises(InputError, match=r"REGISTRY\.REALM"):
        judge(SCENE, DOCUMENT, in_json(snapshot(SCENE, foreign)))


def test_a_school_may_not_name_its_own_head() -> None:
    with pytest.raises(InputError, match=r"REGISTRY\.REALM"):
        judge(SCENE, DOCUMENT, in_json(snapshot(SCENE, ALWAYS[0], rank=Rank.SCHOOL)))
