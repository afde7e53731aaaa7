"""A school's own snapshot: delegated by its department, for its teachers only."""

from dataclasses import replace

import pytest

from hocba_sign.model.record import IssuingBody
from hocba_sign.model.registry import Delegation, Rank
from hocba_sign.model.workflow import Role
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import Identity
from hocba_sign.validation.document.records import Sources
from tests.support.records import (
    FIRST,
    appointment,
    delegation,
    department,
    judge,
    pinned,
    sha256,
    signed,
    snapshot,
)
from tests.support.scene import CBQL, SEAL, Scene, causes

SCENE = Scene()
DOCUMENT = SCENE.signed(level=Level.T)
SCHOOL = SCENE.transcript.school
MINISTRY = SCENE.world.organisation("Bộ Giáo dục và Đào tạo Thử nghiệm")
PINNED = pinned(MINISTRY)


def sources(*, seal: Identity, is_known: bool = True) -> Sources:
    """Return ministry, department and school, each delegating to the next; the school leaves out
    its teachers unless `is_known`.
    """
    ministry, middle = MINISTRY, department(SCENE)
    below = Delegation(
        rank=Rank.SCHOOL,
        department_code=SCHOOL.department_code,
        school_code=SCHOOL.code,
        name=SCHOOL.name,
        certificate_sha256=sha256(SCENE.identity(SEAL)),
        since=FIRST,
    )
    teachers = [appointment(SCENE, slot) for slot in SCENE.teachers]
    entries = (
        teachers if is_known else [replace(one, personal_id="001099000000") for one in teachers]
    )
    top = replace(snapshot(SCENE, rank=Rank.MINISTRY), delegations=(delegation(SCENE, to=middle),))
    second = replace(
        snapshot(SCENE, appointment(SCENE, CBQL), appointment(SCENE, SEAL)), delegations=(below,)
    )
    third = replace(
        snapshot(SCENE, *dict.fromkeys(entries), rank=Rank.SCHOOL),
        issuer=IssuingBody(name=SCHOOL.name),
    )
    documents = (
        signed(SCENE, top, {SEAL: ministry}),
        signed(SCENE, second, {SEAL: middle}),
        signed(SCENE, third, {SEAL: seal}),
    )
    return Sources(
        registries=tuple((f"{number}.xml", octets) for number, octets in enumerate(documents))
    )


@pytest.mark.parametrize(("is_known", "verdict"), [(True, "VALID"), (False, "INVALID")])
def test_a_school_answers_for_its_teachers(is_known: bool, verdict: str) -> None:
    report = judge(
        SCENE, DOCUMENT, sources(seal=SCENE.identity(SEAL), is_known=is_known), policy=PINNED
    )
    assert report.verdict == verdict
    allowed = {
        check["where"].partition(":")[0]
        for check in report.to_dict()["checks"]
        if check["id"] == "REGISTRY.ALLOWED"
    }
    assert (str(Role.CBQL) in allowed, str(SCENE.teachers[0]) in allowed) == (True, is_known)


def test_another_schools_snapshot_is_left_out() -> None:
    stranger = SCENE.world.organisation(SCHOOL.name, unit="Đơn vị khác")
    report = judge(SCENE, DOCUMENT, sources(seal=stranger, is_known=False), policy=PINNED)
    assert report.verdict == "VALID"
    assert not causes(report)
    assert "REGISTRY.NOT_DELEGATED" in {check["id"] for check in report.to_dict()["checks"]}
