"""Policies have names, add up, and only ever demand more, or accept what they say; what is demanded
and missing is unproven.
"""

import json
from dataclasses import replace
from itertools import combinations

import pytest

from hocba_sign.cli import arguments
from hocba_sign.errors import CallerError, InputError
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.document.records import Sources
from hocba_sign.validation.policy import DEFAULT, Policy
from tests.support.records import appointment, in_json, snapshot
from tests.support.scene import CBQL, JUDGED_AT, SEAL, Scene, causes

SCENE = Scene()
STAMPED = SCENE.signed(level=Level.T)
REGISTRY = in_json(snapshot(SCENE, appointment(SCENE, CBQL), appointment(SCENE, SEAL)))
PIN = "ab" * 32


def strict(document: bytes, sources: Sources) -> Report:
    # Fresh revocation has tests of its own.
    policy = replace(Policy.named("strict"), require_fresh_revocation=False)
    known = (
        Verifier(trust=SCENE.trust, policy=policy, evidence=SCENE.evidence())
        .with_records(sources, at=JUDGED_AT)
        .policy
    )
    return Verifier(trust=SCENE.trust, policy=known, evidence=SCENE.evidence()).verify(
        document, at=JUDGED_AT
    )


@pytest.mark.parametrize(
    "names", [names for count in range(4) for names in combinations(arguments.POLICIES, count)]
)
def test_named_policies_add_up_and_tell_their_names(names: tuple[str, ...]) -> None:
    policy = Policy.named(*names)
    assert policy.names == (tuple(name for name in names if name != "default") or ("default",))
    assert policy == Policy.named(*reversed(names))


def test_default_demands_nothing_and_strict_everything() -> None:
    demands = (
        "require_registry",
        "require_status",
        "require_time_stamp",
        "require_fresh_revocation",
    )
    assert Policy.named("default") == DEFAULT == Policy()
    assert not any(getattr(DEFAULT, name) for name in demands)
    assert all(getattr(Policy.named("strict", "kho"), name) for name in demands)
    assert not Policy.named("strict").accept_kho


def test_demands_of_ones_own_are_told() -> None:
    assert Policy(require_time_stamp=True).names == ("own",)
    assert replace(Policy.named("strict"), accept_known_tsa_faults=False).names == ("strict", "own")
    assert replace(DEFAULT, registry_pins=(PIN,)).names == ("default",)


def test_another_name_is_refused() -> None:
    with pytest.raises(CallerError) as refused:
        Policy.named("Strict")
    assert (refused.value.cause, refused.value.where) == ("POLICY.NAME", "Strict")


def test_strict_names_each_thing_that_is_missing() -> None:
    report = strict(SCENE.signed(), Sources())
    assert report.verdict == "INDETERMINATE"
    assert {"POLICY.REGISTRY_NEEDED", "POLICY.STATUS_NEEDED", "SIG.NO_TIME_STAMP"} <= causes(report)
    assert report.status is None


@pytest.mark.parametrize(
    ("document", "sources", "cause"),
    [
        (STAMPED, replace(REGISTRY, events=()), None),
        (STAMPED, REGISTRY, "POLICY.STATUS_NEEDED"),
        (STAMPED, Sources(events=()), "POLICY.REGISTRY_NEEDED"),
        (SCENE.signed(), replace(REGISTRY, events=()), "SIG.NO_TIME_STAMP"),
    ],
)
def test_strict_passes_only_what_lacks_nothing(
    document: bytes, sources: Sources, cause: str | None
) -> None:
    report = strict(document, sources)
    assert report.verdict == ("VALID" if cause is None else "INDETERMINATE")
    assert cause is None or cause in causes(report)
    assert (
        Verifier(trust=SCENE.trust, evidence=SCENE.evidence())
        .verify(document, at=JUDGED_AT)
        .verdict
        == "VALID"
    )


def test_the_report_tells_the_policy() -> None:
    assert SCENE.verify(STAMPED).to_dict()["policies"] == ["default"]
    assert strict(STAMPED, Sources()).to_dict()["policies"] == ["own"]


class TestFile:
    """A policy file."""

    def load(self, **members: object) -> Policy:
        return Policy.load(json.dumps({"version": 1, "name": "Bộ"} | members).encode())

    def test_it_puts_together_names_and_pins(self) -> None:
        policy = self.load(policies=["strict", "kho"], registry_pins=[PIN.upper()])
        assert policy == replace(Policy.named("strict", "kho"), registry_pins=(PIN,))

    def test_it_may_accept_few_signers(self) -> None:
        policy = self.load(policies=["strict"], accept_few_signers=True)
        assert policy == replace(Policy.named("strict"), accept_few_signers=True)
        assert policy.names == ("strict", "own")
        assert self.load(accept_few_signers=False) == DEFAULT

    def test_one_with_nothing_is_the_default(self) -> None:
        assert self.load() == DEFAULT

    @pytest.mark.parametrize(
        ("members", "where"),
        [
            ({"policy": ["strict"]}, "policy"),
            ({"policies": "strict"}, "policies"),
            ({"policies": [1]}, "policies"),
            ({"policies": ["strikt"]}, "policies"),
            ({"registry_pins": ["ab"]}, "registry_pins"),
            ({"registry_pins": PIN}, "registry_pins"),
            ({"accept_few_signers": "true"}, "accept_few_signers"),
            ({"accept_few_signers": 1}, "accept_few_signers"),
            ({"accept_kho": True}, "accept_kho"),
            ({"version": 2}, "version"),
            ({"rules": []}, "GVBM, CONG_LAP"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, members: dict[str, object], where: str) -> None:
        with pytest.raises(InputError) as refused:
            self.load(**members)
        assert (refused.value.cause, refused.value.where) == ("TRUST.POLICY", where)

    def test_a_name_that_does_not_exist_is_told(self) -> None:
        with pytest.raises(InputError) as refused:
            self.load(policies=["strikt"])
        assert refused.value.detail == "strikt"

    @pytest.mark.parametrize("octets", [b"", b"[]", b"{", b"\xff"])
    def test_what_is_no_object_is_refused(self, octets: bytes) -> None:
        with pytest.raises(InputError):
            Policy.load(octets)
