import json
from datetime import UTC, datetime
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.errors import InputError
from hocba_sign.model.codes import SchoolKind
from hocba_sign.model.workflow import Role
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.trust.anchors import user_anchor
from hocba_sign.pki.trust.role_policy import PARTIES, TIME_STAMP_AUTHORITY, Admission, RolePolicy
from hocba_sign.pki.trust.store import Anchor
from hocba_sign.pki.trust.vietnam_list import Hierarchy, ListedKind, TrustList
from hocba_sign.testing import World

WORLD = World(datetime(2026, 6, 1, tzinfo=UTC), fast=True)
CERTIFICATE = Certificate.load(WORLD.authority("national-root").certificate_der)
DEFAULT = RolePolicy.load()
PUBLIC, PRIVATE = SchoolKind.PUBLIC, SchoolKind.PRIVATE
ALLOWED, REFUSED, UNDETERMINED = Admission.ALLOWED, Admission.REFUSED, Admission.UNDETERMINED


def anchor(*hierarchies: Hierarchy) -> Anchor:
    return Anchor(
        certificate=CERTIFICATE, name="root", origin="list", hierarchies=frozenset(hierarchies)
    )


@pytest.mark.parametrize(
    ("party", "school", "hierarchy", "standing", "rule"),
    [
        (Role.KY_PHAT_HANH, PUBLIC, Hierarchy.GOVERNMENT, ALLOWED, "seal.public_school"),
        (Role.KY_PHAT_HANH, PUBLIC, Hierarchy.PUBLIC, REFUSED, "seal.public_school"),
        (Role.KY_PHAT_HANH, PRIVATE, Hierarchy.GOVERNMENT, ALLOWED, "seal.private_school"),
        (Role.KY_PHAT_HANH, PRIVATE, Hierarchy.PUBLIC, ALLOWED, "seal.private_school"),
        (Role.KY_PHAT_HANH, PRIVATE, Hierarchy.TSA, REFUSED, "seal.private_school"),
        (Role.KY_PHAT_HANH, PRIVATE, Hierarchy.DATA_MESSAGE, REFUSED, "seal.private_school"),
        (Role.KY_PHAT_HANH, None, Hierarchy.GOVERNMENT, ALLOWED, "seal.public_school"),
        (Role.KY_PHAT_HANH, None, Hierarchy.PUBLIC, UNDETERMINED, "seal.public_school"),
        (Role.KY_PHAT_HANH, None, Hierarchy.TSA, REFUSED, "seal.public_school"),
        (Role.GVBM, PUBLIC, Hierarchy.PUBLIC, ALLOWED, "person"),
        (Role.GVCN, None, Hierarchy.GOVERNMENT, ALLOWED, "person"),
        (Role.CBQL, PRIVATE, Hierarchy.TSA, REFUSED, "person"),
        (TIME_STAMP_AUTHORITY, PUBLIC, Hierarchy.TSA, ALLOWED, "time_stamp"),
        (TIME_STAMP_AUTHORITY, None, Hierarchy.PUBLIC, REFUSED, "time_stamp"),
        (TIME_STAMP_AUTHORITY, None, Hierarchy.GOVERNMENT, REFUSED, "time_stamp"),
    ],
)
def test_the_default(
    party: Role | str,
    school: SchoolKind | None,
    hierarchy: Hierarchy,
    standing: Admission,
    rule: str,
) -> None:
    permission = DEFAULT.allows(party, anchor(hierarchy), school=school)
    assert (permission.standing, permission.rule) == (standing, rule)
    causes = {ALLOWED: None, REFUSED: "WF.HIERARCHY", UNDETERMINED: "WF.SCHOOL_KIND"}
    assert (permission.finding and permission.finding.cause) == causes[standing]
    if permission.finding is not None:
        assert permission.finding.where == f"rule {rule}"


@pytest.mark.parametrize("hierarchy", [Hierarchy.PUBLIC, Hierarchy.GOVERNMENT])
def test_a_listed_time_stamping_certificate_is_good_under_any_root(hierarchy: Hierarchy) -> None:
    entries = TrustList.load().entries
    authority = next(entry for entry in entries if entry.kind is ListedKind.TSA)
    other = next(entry for entry in entries if entry.kind is ListedKind.ISSUING)
    assert (
        DEFAULT.allows(
            TIME_STAMP_AUTHORITY, anchor(hierarchy), school=PUBLIC, leaf=authority
        ).standing
        is ALLOWED
    )
    assert (
        DEFAULT.allows(TIME_STAMP_AUTHORITY, anchor(hierarchy), school=PUBLIC, leaf=other).standing
        is REFUSED
    )
    assert (
        DEFAULT.allows(
            Role.KY_PHAT_HANH, anchor(Hierarchy.PUBLIC), school=PUBLIC, leaf=authority
        ).standing
        is REFUSED
    )


def test_an_own_anchor_stands_for_what_it_was_added_for() -> None:
    untagged, public = (
        user_anchor(CERTIFICATE),
        user_anchor(CERTIFICATE, hierarchies=[Hierarchy.PUBLIC]),
    )
    assert all(
        DEFAULT.allows(party, untagged, school=school).standing is ALLOWED
        for party, school in product(PARTIES, (*SchoolKind, None))
    )
    assert DEFAULT.allows(Role.KY_PHAT_HANH, public, school=PUBLIC).standing is REFUSED


def test_a_permission_is_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(DEFAULT.allows(Role.GVBM, anchor(Hierarchy.PUBLIC), school=PUBLIC))


def shipped() -> Any:
    return json.loads(
        resources.files("hocba_sign").joinpath("data", "trust", "role_policy.json").read_bytes()
    )


def test_a_stricter_file() -> None:
    content = shipped()
    content["name"] = "strict"
    for rule in content["rules"]:
        rule["hierarchies"].remove("user")
    policy = RolePolicy.load(json.dumps(content).encode())
    assert policy.name == "strict"
    assert policy.allows(Role.GVBM, user_anchor(CERTIFICATE), school=PUBLIC).standing is REFUSED


@pytest.mark.parametrize(
    ("rule", "field", "value", "where"),
    [
        (0, "parties", ["GVBM", "KY_PHAT_HANH"], "GVBM, CONG_LAP"),
        (2, "parties", ["GVBM", "GVCN"], "CBQL, CONG_LAP"),
        (1, "schools", [], "KY_PHAT_HANH, TU_THUC"),
        (0, "hierarchies", ["goverment"], "rule 1"),
        (0, "parties", ["HIEU_TRUONG"], "rule 1"),
        (3, "listed", "tsa", "rule 4"),
        (3, "extra", [], "rule 4"),
    ],
)
def test_a_file_with_gaps_overlaps_or_slips_is_refused(
    rule: int, field: str, value: object, where: str
) -> None:
    content = shipped()
    content["rules"][rule][field] = value
    with pytest.raises(InputError) as caught:
        RolePolicy.load(json.dumps(content).encode())
    assert (caught.value.cause, caught.value.where) == ("TRUST.POLICY", where)


@given(
    st.one_of(
        st.binary(max_size=100),
        st.recursive(
            st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
        ),
    )
)
def test_any_octets_are_refused_with_a_cause(value: object) -> None:
    with pytest.raises(InputError) as caught:
        RolePolicy.load(value if isinstance(value, bytes) else json.dumps(value).encode())
    assert caught.value.cause == "TRUST.POLICY"


def test_the_file_in_the_documentation_is_one(root: Path) -> None:
    page = (root / "docs" / "howto" / "import-certificates.md").read_text("utf-8")
    policy = RolePolicy.load(page.split("```json\n")[1].split("```")[0].encode())
    assert (
        policy.allows(Role.KY_PHAT_HANH, anchor(Hierarchy.PUBLIC), school=PRIVATE).standing
        is REFUSED
    )


def test_the_default_in_the_documentation_is_the_default(root: Path) -> None:
    page = (root / "docs" / "howto" / "import-certificates.md").read_text("utf-8")
    for rule in DEFAULT.rules:
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{rule.id}` "))
        cells = [cell.strip() for cell in row.split("|")]
        assert set(cells[2].split(", ")) == rule.parties
        assert set(cells[4].partition(";")[0].split(", ")) == {
            hierarchy.value for hierarchy in rule.hierarchies
        }
