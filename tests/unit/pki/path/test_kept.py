"""A kept verdict ends with each date that it rests on: just before it passes, and just after it is
judged again.
"""

from datetime import UTC, datetime, timedelta

import pytest

from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.path import kept
from hocba_sign.pki.path.kept import validate_path_quickly
from hocba_sign.pki.path.path_validation import validate_path
from hocba_sign.pki.path.result import PathRequirements, PathResult, PathStatus
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import Anchor, TrustStore
from hocba_sign.testing.world import World

MOMENT = timedelta(seconds=2)
HOUR = timedelta(hours=1)
ASKED = PathRequirements(purpose=Purpose.SIGNING)


def turns(
    world: World, leaf: Certificate, listed: datetime, *, date: datetime, ends: datetime | None
) -> tuple[PathStatus, PathStatus]:
    """Return what is said beside a date: on the side where the verdict may pass and was met and
    kept, then on the other; each as the careful path says it. The list of `listed` tells the side,
    and is known on both.
    """
    asked = PathRequirements(purpose=Purpose.SIGNING, known_until=max(listed, date) + HOUR)
    anchors = tuple(
        Anchor(certificate=Certificate.load(der), name="a", trusted_until=ends)
        for der in world.anchors_der
    )
    evidence = Evidence.of(
        certificates=map(Certificate.load, world.intermediates_der), crls=world.crls(listed)
    )
    side = -MOMENT if listed < date else MOMENT
    said = []
    for at in (date + side, date + side, date + side, date - side):
        quick, careful = (
            judge(leaf, trust=TrustStore(anchors), evidence=evidence, at=at, requirements=asked)
            for judge in (validate_path_quickly, validate_path)
        )
        assert quick == careful
        said.append(quick.status)
    return said[0], said[-1]


def signer(world: World) -> Certificate:
    return Certificate.load(world.person("Nguyễn Văn Thử", "001188000001").certificate_der)


def test_it_ends_with_the_certificate() -> None:
    world = World(datetime(2026, 6, 1, tzinfo=UTC))
    leaf = signer(world)
    date = leaf.not_after
    assert turns(world, leaf, date - HOUR, date=date, ends=None) == (
        PathStatus.PASSED,
        PathStatus.INDETERMINATE,
    )


def test_it_begins_with_the_certificate() -> None:
    world = World(datetime(2026, 6, 1, tzinfo=UTC))
    leaf = signer(world)
    date = leaf.not_before
    assert turns(world, leaf, date + HOUR, date=date, ends=None) == (
        PathStatus.PASSED,
        PathStatus.INDETERMINATE,
    )


def test_it_ends_with_the_trust_in_an_anchor() -> None:
    world = World(datetime(2026, 6, 1, tzinfo=UTC))
    date = datetime(2026, 9, 1, tzinfo=UTC)
    assert turns(world, signer(world), date - HOUR, date=date, ends=date) == (
        PathStatus.PASSED,
        PathStatus.INDETERMINATE,
    )


def test_between_two_dates_it_is_not_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(datetime(2026, 6, 1, tzinfo=UTC))
    leaf, at = signer(world), datetime(2026, 6, 2, tzinfo=UTC)
    evidence = Evidence.of(
        certificates=map(Certificate.load, world.intermediates_der), crls=world.crls(at - HOUR)
    )
    trust = TrustStore.of(map(Certificate.load, world.anchors_der))

    def judged(moment: datetime) -> PathResult:
        return validate_path_quickly(
            leaf, trust=trust, evidence=evidence, at=moment, requirements=ASKED
        )

    first = (judged(at), judged(at + MOMENT))[0]
    assert first.status is PathStatus.PASSED
    monkeypatch.setattr(kept, "judge_path", None)
    assert judged(at + 2 * MOMENT) == first


@pytest.mark.parametrize("step", [timedelta(0), timedelta(microseconds=1)])
def test_a_time_that_is_a_date_is_judged_again(step: timedelta) -> None:
    world = World(datetime(2026, 6, 1, tzinfo=UTC))
    leaf = signer(world)
    date = leaf.not_after
    evidence = Evidence.of(
        certificates=map(Certificate.load, world.intermediates_der), crls=world.crls(date - HOUR)
    )
    trust = TrustStore.of(map(Certificate.load, world.anchors_der))
    for at in (date - MOMENT, date - MOMENT, date + step):
        quick, careful = (
            judge(leaf, trust=trust, evidence=evidence, at=at, requirements=ASKED)
            for judge in (validate_path_quickly, validate_path)
        )
        assert quick == careful
