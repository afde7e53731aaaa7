"""The same file, the same registry format, another day of transfer: who may sign is decided by the
registry alone, offline.
"""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hocba_sign.errors import InputError
from hocba_sign.model.appointments import Appointment
from hocba_sign.model.record import IssuingBody
from hocba_sign.model.registry import Rank, RegistrySnapshot
from hocba_sign.model.workflow import Slot
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import Identity
from hocba_sign.validation.document.records import Named, Sources
from hocba_sign.validation.policy import DEFAULT, Policy
from tests.support.records import (
    DEPARTMENT_NAME,
    appointment,
    delegation,
    department,
    in_json,
    judge,
    pinned,
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


@pytest.mark.parametrize(
    ("last_day", "verdict"), [(AFTER, "VALID"), (DAY, "VALID"), (BEFORE, "INVALID")]
)
def test_the_same_file_is_valid_before_and_invalid_after_the_principals_transfer(
    last_day: date, verdict: str
) -> None:
    report = judge(SCENE, DOCUMENT, in_json(with_transfer(last_day)))
    assert report.verdict == verdict
    assert result(report) == ("pass" if verdict == "VALID" else "fail")
    assert ("REGISTRY.ENDED" in causes(report)) == (verdict == "INVALID")


@pytest.mark.parametrize(
    ("days", "verdict"), [(-1, "VALID"), (0, "VALID"), (1, "INVALID"), (30, "INVALID")]
)
def test_one_registry_judges_each_day_of_signing(days: int, verdict: str) -> None:
    """The transcript is signed on days around the transfer, with a time-stamp; the registry
    stays.
    """
    scene = Scene()
    at = SIGNED_AT + timedelta(days=days)
    document = scene.draft
    for slot in scene.slots:
        document = scene.sign(document, slot, level=Level.T, at=at)
    assert (
        judge(
            scene, document, in_json(with_transfer(DAY)), at=max(at, SIGNED_AT) + timedelta(hours=2)
        ).verdict
        == verdict
    )


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
        (
            (replace(ALWAYS[0], personal_id="001099000000"), ALWAYS[1]),
            "INVALID",
            "REGISTRY.NOT_LISTED",
        ),
        ((replace(ALWAYS[0], since=AFTER), ALWAYS[1]), "INVALID", "REGISTRY.NOT_YET"),
        (
            (ALWAYS[0], replace(ALWAYS[1], certificate_sha256="00" * 32)),
            "INVALID",
            "REGISTRY.NOT_LISTED",
        ),
        (
            (ALWAYS[0], replace(ALWAYS[1], certificate_sha256=None, tax_id="0100000001")),
            "INDETERMINATE",
            "REGISTRY.NOT_COMPARABLE",
        ),
        (
            (replace(ALWAYS[0], school_code="KHAC-01"), ALWAYS[1]),
            "INDETERMINATE",
            "REGISTRY.NO_ENTRY",
        ),
        ((ALWAYS[1],), "INDETERMINATE", "REGISTRY.NO_ENTRY"),
    ],
)
def test_every_way_of_not_being_entitled_has_its_cause(
    entries: tuple[object, ...], verdict: str, cause: str
) -> None:
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
    everybody = {
        appointment(SCENE, Slot(one.role, one.subject, one.teacher)): None for one in SCENE.teachers
    }
    assert judge(SCENE, DOCUMENT, in_json(snapshot(SCENE, *ALWAYS, *everybody))).verdict == "VALID"


def test_an_unsigned_registry_is_told_to_be_the_users_own_word() -> None:
    assert (
        result(judge(SCENE, DOCUMENT, in_json(snapshot(SCENE, *ALWAYS))), "REGISTRY.UNSIGNED")
        == "warning"
    )


class TestDelegation:
    """The ministry delegates to a department, whose snapshot names the school's people."""

    SEAL_OF_DEPARTMENT = department(SCENE)
    MINISTRY = SCENE.world.organisation("Bộ Giáo dục và Đào tạo Thử nghiệm")

    PINNED = pinned(MINISTRY)

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
        report = judge(
            SCENE,
            DOCUMENT,
            self.sources(delegation(SCENE, to=self.SEAL_OF_DEPARTMENT)),
            policy=self.PINNED,
        )
        assert (report.verdict, result(report, "WF.AUTHORITY")) == ("VALID", "pass")

    @pytest.mark.parametrize("wrong", ["nobody", "ended", "other seal"])
    def test_one_without_a_delegation_in_force_does_not(self, wrong: str) -> None:
        given = {
            "nobody": (),
            "ended": (delegation(SCENE, to=self.SEAL_OF_DEPARTMENT, until=BEFORE),),
            "other seal": (delegation(SCENE, to=self.MINISTRY),),
        }[wrong]
        report = judge(SCENE, DOCUMENT, self.sources(*given), policy=self.PINNED)
        assert report.verdict == "INDETERMINATE"
        assert result(report, "REGISTRY.NOT_DELEGATED") == "warning"

    def test_what_is_left_out_displaces_nothing(self) -> None:
        """A stranger publishes a higher version of the department's snapshot, and of the ministry's
        under a lower rank.
        """
        stranger = SCENE.world.organisation("Trường THPT Khác")
        good = self.sources(delegation(SCENE, to=self.SEAL_OF_DEPARTMENT))
        nobody = (replace(ALWAYS[0], personal_id="001099000000"), ALWAYS[1])
        false = (
            replace(snapshot(SCENE, *nobody), version=9),
            replace(snapshot(SCENE, *nobody), id="SO-BO", version=9),
        )
        more = tuple(
            (
                f"{one.id}.xml",
                signed(
                    SCENE,
                    replace(one, issuer=IssuingBody(name="Trường THPT Khác")),
                    {SEAL: stranger},
                ),
            )
            for one in false
        )
        report = judge(
            SCENE, DOCUMENT, replace(good, registries=(*good.registries, *more)), policy=self.PINNED
        )
        assert report.verdict == "VALID"

    def test_the_newest_version_is_asked(self) -> None:
        old, new = with_transfer(BEFORE), replace(snapshot(SCENE, *ALWAYS), version=2)
        both = tuple((f"{one.version}.json", one.to_json().encode()) for one in (new, old))
        assert judge(SCENE, DOCUMENT, Sources(registries=both)).verdict == "VALID"
        twins = tuple(
            (f"{number}.json", one.to_json().encode())
            for number, one in enumerate((old, snapshot(SCENE, *ALWAYS)))
        )
        with pytest.raises(InputError, match=r"REGISTRY\.CONFLICT"):
            judge(SCENE, DOCUMENT, Sources(registries=twins))

    def test_a_department_alone_counts_where_it_is_pinned(self) -> None:
        alone = Sources(
            registries=(
                (
                    "so.xml",
                    signed(SCENE, snapshot(SCENE, *ALWAYS), {SEAL: self.SEAL_OF_DEPARTMENT}),
                ),
            )
        )
        report = judge(SCENE, DOCUMENT, alone, policy=pinned(self.SEAL_OF_DEPARTMENT))
        assert (report.verdict, result(report, "WF.AUTHORITY")) == ("VALID", "pass")


class TestPin:
    """Nobody's rank is what he says of himself: without a pin a signed registry clears nobody, and
    proves nothing against anybody.
    """

    COMMUNE = SCENE.world.organisation("Ủy ban nhân dân xã Thử")
    DEPARTMENT = department(SCENE)
    STRANGER = (replace(ALWAYS[0], personal_id="001099000000"), ALWAYS[1])

    def file(
        self,
        entries: tuple[Appointment, ...],
        seal: Identity,
        name: str,
        *,
        rank: Rank = Rank.DEPARTMENT,
        **changes: Any,
    ) -> Named:
        record = replace(
            snapshot(SCENE, *entries, rank=rank), issuer=IssuingBody(name=name), **changes
        )
        return name, signed(SCENE, record, {SEAL: seal})

    def department_file(self, entries: tuple[Appointment, ...], **changes: Any) -> Named:
        return self.file(entries, self.DEPARTMENT, DEPARTMENT_NAME, **changes)

    def judged(self, *files: Named, policy: Policy = DEFAULT, document: bytes = DOCUMENT) -> Report:
        return judge(SCENE, document, Sources(registries=files), policy=policy)

    @pytest.mark.parametrize("policy", [DEFAULT, pinned(DEPARTMENT)])
    def test_a_commune_that_calls_itself_the_ministry_improves_nothing(
        self, policy: Policy
    ) -> None:
        refusing = self.department_file(self.STRANGER)
        false = self.file(ALWAYS, self.COMMUNE, "Ủy ban nhân dân xã Thử", rank=Rank.MINISTRY)
        worse = self.judged(refusing, policy=policy).verdict
        assert worse == ("INDETERMINATE" if policy is DEFAULT else "INVALID")
        assert self.judged(refusing, false, policy=policy).verdict == worse

    def test_nor_beside_the_users_own_word(self) -> None:
        own = ("own.json", snapshot(SCENE, *self.STRANGER).to_json().encode())
        false = self.file(ALWAYS, self.COMMUNE, "Ủy ban nhân dân xã Thử", rank=Rank.MINISTRY)
        assert self.judged(own, false).verdict == "INVALID"

    @pytest.mark.parametrize(
        "changes",
        [
            {"version": 9},
            {"id": "SO-KHAC", "issued": date(2026, 5, 30)},
            {"id": "BO", "rank": Rank.MINISTRY, "department_code": None},
        ],
    )
    def test_what_nobody_signed_improves_nothing_beside_a_pin(
        self, changes: dict[str, Any]
    ) -> None:
        octets = replace(snapshot(SCENE, *ALWAYS), **changes).to_json().encode()
        report = self.judged(
            self.department_file(self.STRANGER),
            ("own.json", octets),
            policy=pinned(self.DEPARTMENT),
        )
        assert (report.verdict, result(report, "REGISTRY.NOT_DELEGATED")) == ("INVALID", "warning")

    def test_what_nobody_signed_can_be_pinned(self) -> None:
        octets = snapshot(SCENE, *ALWAYS).to_json().encode()
        policy = replace(DEFAULT, registry_pins=(hashlib.sha256(octets).hexdigest(),))
        report = self.judged(("own.json", octets), policy=policy)
        assert (report.verdict, result(report)) == ("VALID", "pass")

    def test_without_a_pin_it_is_told_and_clears_nobody(self) -> None:
        report = self.judged(self.department_file(ALWAYS))
        assert (
            report.verdict,
            result(report, "WF.AUTHORITY"),
            result(report, "REGISTRY.NOT_PINNED"),
        ) == (
            "VALID",
            "not_checked",
            "warning",
        )
        told = next(
            check for check in report.to_dict()["checks"] if check["id"] == "REGISTRY.NOT_PINNED"
        )
        assert sha256(self.DEPARTMENT) in told["where"]
        strict = replace(
            Policy.named("strict"), require_fresh_revocation=False, require_status=False
        )
        assert self.judged(self.department_file(ALWAYS), policy=strict).verdict == "INDETERMINATE"

    def test_without_a_pin_it_accuses_nobody(self) -> None:
        report = self.judged(self.department_file(self.STRANGER))
        assert report.verdict == "INDETERMINATE"
        assert "REGISTRY.CLAIMED" in causes(report)

    def test_the_file_itself_can_be_pinned(self) -> None:
        file = self.department_file(ALWAYS)
        policy = replace(DEFAULT, registry_pins=(hashlib.sha256(file[1]).hexdigest(),))
        assert result(self.judged(file, policy=policy), "WF.AUTHORITY") == "pass"
        assert (
            result(
                self.judged(self.department_file(ALWAYS, version=2), policy=policy),
                "REGISTRY.NONE_PINNED",
            )
            == "warning"
        )

    @pytest.mark.parametrize(("is_announced", "verdict"), [(True, "VALID"), (False, "INVALID")])
    def test_the_next_seal_is_announced_under_the_present_one(
        self, is_announced: bool, verdict: str
    ) -> None:
        seal = self.COMMUNE
        announced = {"next_seal_sha256": sha256(seal)} if is_announced else {}
        present = self.department_file(self.STRANGER, **announced)
        later = self.file(ALWAYS, seal, "Ủy ban nhân dân xã Thử", version=2)
        assert self.judged(present, later, policy=pinned(self.DEPARTMENT)).verdict == verdict

    def test_a_seal_is_announced_for_the_own_realm_only(self) -> None:
        present = self.department_file(self.STRANGER, next_seal_sha256=sha256(self.COMMUNE))
        higher = self.file(ALWAYS, self.COMMUNE, "Ủy ban nhân dân xã Thử", rank=Rank.MINISTRY)
        assert self.judged(present, higher, policy=pinned(self.DEPARTMENT)).verdict == "INVALID"


class TestContradiction:
    """Of two registries that say different things about a person and a day, rank decides, then the
    newer issue; never the favourable one.
    """

    ENDED = (replace(ALWAYS[0], until=BEFORE), ALWAYS[1])

    @staticmethod
    def judged(*records: RegistrySnapshot) -> Report:
        return judge(
            SCENE,
            DOCUMENT,
            Sources(
                registries=tuple(
                    (f"{n}.json", one.to_json().encode()) for n, one in enumerate(records)
                )
            ),
        )

    @pytest.mark.parametrize("turn", [1, -1])
    @pytest.mark.parametrize(("newer", "verdict"), [(ALWAYS, "VALID"), (ENDED, "INVALID")])
    def test_the_newer_issue_prevails(
        self, newer: tuple[Appointment, ...], verdict: str, turn: int
    ) -> None:
        older = self.ENDED if newer is ALWAYS else ALWAYS
        records = [
            replace(snapshot(SCENE, *older), id="A", issued=date(2026, 5, 19)),
            replace(snapshot(SCENE, *newer), id="B", issued=date(2026, 5, 20)),
        ]
        assert self.judged(*records[::turn]).verdict == verdict

    @pytest.mark.parametrize("turn", [1, -1])
    @pytest.mark.parametrize(("higher", "verdict"), [(ALWAYS, "VALID"), (ENDED, "INVALID")])
    def test_the_higher_rank_prevails_however_old(
        self, higher: tuple[Appointment, ...], verdict: str, turn: int
    ) -> None:
        lower = self.ENDED if higher is ALWAYS else ALWAYS
        top = replace(snapshot(SCENE, *higher, rank=Rank.MINISTRY), issued=date(2025, 1, 1))
        assert self.judged(*[top, snapshot(SCENE, *lower)][::turn]).verdict == verdict

    @pytest.mark.parametrize("turn", [1, -1])
    def test_equals_leave_it_open(self, turn: int) -> None:
        records = [
            replace(snapshot(SCENE, *ALWAYS), id="A"),
            replace(snapshot(SCENE, *self.ENDED), id="B"),
        ]
        report = self.judged(*records[::turn])
        assert report.verdict == "INDETERMINATE"
        assert "REGISTRY.CONTRADICTION" in causes(report)

    def test_one_that_names_others_only_contradicts_nobody(self) -> None:
        top = snapshot(SCENE, replace(ALWAYS[0], personal_id="001099000000"), rank=Rank.MINISTRY)
        assert self.judged(top, snapshot(SCENE, *ALWAYS)).verdict == "VALID"

    def test_one_that_is_too_old_does_not_outweigh_one_that_speaks(self) -> None:
        top = replace(
            snapshot(SCENE, *self.ENDED, rank=Rank.MINISTRY),
            issued=date(2025, 1, 1),
            next_update=date(2025, 9, 1),
        )
        assert self.judged(top, snapshot(SCENE, *ALWAYS)).verdict == "VALID"


class TestClaimedDay:
    """A delegation must hold on the validation day too, where only the registry's signer says when
    he signed.
    """

    SEAL_OF_DEPARTMENT = department(SCENE)

    @pytest.mark.parametrize(
        ("level", "until", "verdict"),
        [
            (Level.B, None, "VALID"),
            (Level.B, SIGNED_AT.date(), "INDETERMINATE"),
            (Level.T, SIGNED_AT.date(), "VALID"),
        ],
    )
    def test_an_ended_seal_cannot_claim_an_earlier_day(
        self, level: Level, until: date | None, verdict: str
    ) -> None:
        top = replace(
            snapshot(SCENE, rank=Rank.MINISTRY),
            delegations=(delegation(SCENE, to=self.SEAL_OF_DEPARTMENT, until=until),),
        )
        low = signed(SCENE, snapshot(SCENE, *ALWAYS), {SEAL: self.SEAL_OF_DEPARTMENT}, level=level)
        sources = Sources(registries=(("bo.json", top.to_json().encode()), ("so.xml", low)))
        policy = (
            Verifier(trust=SCENE.trust, evidence=SCENE.evidence())
            .with_records(sources, at=JUDGED_AT + timedelta(days=1))
            .policy
        )
        report = Verifier(trust=SCENE.trust, policy=policy, evidence=SCENE.evidence()).verify(
            DOCUMENT, at=JUDGED_AT + timedelta(days=1)
        )
        assert report.verdict == verdict


def test_a_registry_with_a_changed_entry_is_refused() -> None:
    seal = department(SCENE)
    document = signed(
        SCENE, snapshot(SCENE, appointment(SCENE, CBQL, until=BEFORE), ALWAYS[1]), {SEAL: seal}
    )
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
