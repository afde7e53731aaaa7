"""Days that a transcript states are claims: proofs make them wrong, contradictions leave them open,
and honest clocks harm nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from hocba_sign.model.record import VIETNAM, vietnam_day
from hocba_sign.model.school_year import SchoolYear
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Slot
from hocba_sign.report.report import Report
from hocba_sign.testing.forge import value_id
from hocba_sign.validation.signature.validation import CLAIMS_APART
from hocba_sign.validation.workflow.dates import ISSUED_AHEAD
from hocba_sign.xml.layout import CANONICAL, KHO, Layout
from tests.support.scene import CBQL, GVCN, JUDGED_AT, SEAL, SIGNED_AT, Scene, causes

CREATED = date(2026, 5, 25)
MIDNIGHT = datetime.combine(CREATED, time.min, VIETNAM).astimezone(UTC)
SECOND = timedelta(seconds=1)


def with_days(
    *, created: date = CREATED, issued: date = date(2026, 6, 1), school_year: str = "2025-2026"
) -> Callable[[Transcript], Transcript]:
    def change(given: Transcript) -> Transcript:
        identification = replace(given.identification, created=created, school_year=school_year)
        return replace(
            given, identification=identification, signers=replace(given.signers, issued=issued)
        )

    return change


def signed(
    scene: Scene,
    *,
    at: Mapping[Slot, datetime] | None = None,
    stamped: Mapping[Slot, datetime] | None = None,
) -> bytes:
    document = scene.draft
    for slot in scene.slots:
        claimed = (at or {}).get(slot, SIGNED_AT)
        document = scene.sign_as(
            scene.identity(slot), document, slot, at=claimed, stamped=(stamped or {}).get(slot)
        )
    return document


def named(report: Report) -> frozenset[str]:
    told = {
        check["id"]
        for check in report.to_dict()["checks"]
        if check["result"] in {"fail", "warning"}
    }
    return frozenset(cause for cause in told if cause.startswith(("DATE.", "RULE.")))


SCENE = Scene(change=with_days())


@pytest.mark.parametrize(
    ("moment", "verdict"),
    [
        (MIDNIGHT, "VALID"),
        (MIDNIGHT - SECOND, "INVALID"),
        (MIDNIGHT - timedelta(days=200), "INVALID"),
    ],
)
def test_nobody_signs_before_the_day_of_creation(moment: datetime, verdict: str) -> None:
    everybody = dict.fromkeys(SCENE.slots, moment)
    report = SCENE.verify(signed(SCENE, at=everybody, stamped=everybody))
    assert report.verdict == verdict, causes(report)
    assert ("DATE.STAMPED_BEFORE_CREATED" in named(report)) is (verdict == "INVALID")


def test_what_only_the_signer_says_is_unproven() -> None:
    for moment, verdict in (
        (MIDNIGHT - CLAIMS_APART, "VALID"),
        (MIDNIGHT - CLAIMS_APART - SECOND, "INDETERMINATE"),
    ):
        assert SCENE.verify(signed(SCENE, at=dict.fromkeys(SCENE.slots, moment))).verdict == verdict


def test_teachers_may_sign_weeks_apart_and_in_any_order() -> None:
    """Only a later role must not be earlier than one before it."""
    days = {slot: SIGNED_AT - timedelta(days=3 * n) for n, slot in enumerate(SCENE.teachers)}
    assert len(days) > 1
    report = SCENE.verify(signed(SCENE, at=days, stamped=days))
    assert report.verdict == "VALID", causes(report)
    assert named(report) == frozenset()


@pytest.mark.parametrize(("layout", "verdict"), [(CANONICAL, "INVALID"), (KHO, "VALID")])
def test_a_mark_signed_before_the_file_was_made_contradicts_only_what_it_covers(
    layout: Layout, verdict: str
) -> None:
    """In the layout of the store teachers sign their own row, which says no day."""
    scene = Scene(layout=layout, change=with_days())
    early = {slot: MIDNIGHT - timedelta(days=3) for slot in scene.teachers}
    report = scene.verify(signed(scene, at=early, stamped=early))
    assert ("DATE.STAMPED_BEFORE_CREATED" in named(report)) is (verdict == "INVALID")
    assert layout is CANONICAL or not named(report)


@pytest.mark.parametrize(
    ("seal", "verdict"),
    [
        (SIGNED_AT - timedelta(hours=7), "VALID"),
        (SIGNED_AT - CLAIMS_APART, "VALID"),
        (SIGNED_AT - CLAIMS_APART - SECOND, "INDETERMINATE"),
        (SIGNED_AT - timedelta(days=270), "INDETERMINATE"),
    ],
)
@pytest.mark.parametrize("is_stamped", [True, False])
def test_a_seal_cannot_be_older_than_what_it_covers(
    seal: datetime, verdict: str, is_stamped: bool
) -> None:
    stamped = dict.fromkeys(SCENE.slots, SIGNED_AT) if is_stamped else {}
    report = SCENE.verify(signed(SCENE, at={SEAL: seal}, stamped=stamped))
    assert report.verdict == verdict, causes(report)
    assert ("DATE.CLAIMED_ORDER" in named(report)) is (verdict != "VALID")


@pytest.mark.parametrize("hours", [-7, 7])
def test_tools_that_write_another_zone_harm_nobody(hours: int) -> None:
    for slot in (SCENE.teachers[0], GVCN, CBQL, SEAL):
        off = {slot: SIGNED_AT + timedelta(hours=hours)}
        report = SCENE.verify(
            signed(SCENE, at=off, stamped=dict.fromkeys(SCENE.slots, SIGNED_AT)),
            at=JUDGED_AT + timedelta(hours=8),
        )
        assert report.verdict == "VALID", causes(report)
        warnings = {
            one["id"]
            for signature in report.to_dict()["signatures"]
            for one in signature["warnings"]
        }
        assert ("SIG.CLAIMED_AFTER_STAMP" in warnings) is (hours > 0)


@pytest.mark.parametrize("off", [timedelta(0), ISSUED_AHEAD])
def test_an_issue_date_in_advance_is_honest(off: timedelta) -> None:
    day = vietnam_day(SIGNED_AT)
    ahead, later = (
        Scene(change=with_days(issued=day + off)),
        Scene(change=with_days(issued=day + ISSUED_AHEAD + timedelta(days=1))),
    )
    assert ahead.verify(signed(ahead)).verdict == "VALID"
    assert named(ahead.verify(signed(ahead))) == ({"DATE.SEALED_ASIDE"} if off else frozenset())
    for at in (JUDGED_AT, JUDGED_AT + timedelta(days=300)):
        assert "DATE.ISSUED_LATER" in named(
            later.verify(signed(later, stamped=dict.fromkeys(later.slots, SIGNED_AT)), at=at)
        )


def test_what_a_seal_claims_counts_where_nothing_is_proven() -> None:
    issued = vietnam_day(SIGNED_AT) + ISSUED_AHEAD + timedelta(days=1)
    scene = Scene(change=with_days(issued=issued))
    report = scene.verify(signed(scene), at=JUDGED_AT + timedelta(days=300))
    assert "DATE.ISSUED_LATER" in named(report)


def test_a_seal_some_days_late_is_told() -> None:
    late = Scene(change=with_days(issued=vietnam_day(SIGNED_AT) - timedelta(days=6)))
    report = late.verify(signed(late))
    assert (report.verdict, sorted(named(report))) == ("VALID", ["DATE.SEALED_ASIDE"])


@pytest.mark.parametrize(
    ("school_year", "verdict", "cause"),
    [
        ("2026-2027", "INDETERMINATE", "DATE.YEAR_NOT_BEGUN"),
        ("2190-2191", "INDETERMINATE", "DATE.CLAIMED_BEFORE_YEAR"),
    ],
)
def test_a_year_that_cannot_be(school_year: str, verdict: str, cause: str) -> None:
    scene = Scene(change=with_days(school_year=school_year))
    report = scene.verify(signed(scene))
    assert (report.verdict, cause in causes(report)) == (verdict, True)
    stamped = scene.verify(signed(scene, stamped={SEAL: SIGNED_AT}))
    assert stamped.verdict == "INVALID"


@pytest.mark.parametrize(("is_digitised", "verdict"), [(True, "VALID"), (False, "INDETERMINATE")])
def test_a_year_without_rules_is_open_but_for_a_copy_of_paper(
    is_digitised: bool, verdict: str
) -> None:
    def old(given: Transcript) -> Transcript:
        changed = with_days(school_year="2009-2010")(given)
        return replace(
            changed,
            identification=replace(
                changed.identification, is_digitised=is_digitised, rule_set="TT26/2020"
            ),
        )

    scene = Scene(change=old)
    document = scene.draft
    for slot in scene.slots:
        linked = tuple(value_id(other) for other in CANONICAL.linked_slots(slot, scene.slots))
        document = scene.forge(document, slot, covered=CANONICAL.covered_ids(slot), linked=linked)
    report = scene.verify(document)
    assert (report.verdict, "RULE.NO_RULE_SET" in named(report)) == (verdict, True)


@pytest.mark.parametrize(
    "text", ["0000-0001", "2025-2027", "9999-0000", "2025-26", "", "２０２５-２０２６"]
)
def test_what_is_no_school_year(text: str) -> None:
    assert SchoolYear.of(text) is None


def test_days_at_the_ends_of_the_calendar() -> None:
    assert vietnam_day(datetime.max.replace(tzinfo=UTC)) == date.max
    assert SchoolYear.of("2019-2020") == SchoolYear(date(2019, 8, 1), date(2020, 7, 15))
    scene = Scene(change=with_days(created=date(1, 1, 1)))
    assert scene.verify(signed(scene)).verdict == "VALID"


def test_a_stamp_from_after_the_time_of_judgement_says_nothing_at_that_time() -> None:
    stamped = dict.fromkeys(SCENE.slots, SIGNED_AT + timedelta(days=2))
    report = SCENE.verify(signed(SCENE, stamped=stamped), at=SIGNED_AT + timedelta(days=1))
    told = {
        (check["result"], check["where"])
        for check in report.to_dict()["checks"]
        if check["id"] == "SIG.TIME_STAMPS"
    }
    assert told == {("pass", str(slot)) for slot in SCENE.slots}
