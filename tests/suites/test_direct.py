"""The checks made without the engine against the engine itself, over the cases of PKITS and
x509-limbo.

Both must say the same in every detail: status, causes, facts about revocation.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.errors import InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.objects import load_certificates
from hocba_sign.pki.loading.statements import load_crl
from hocba_sign.pki.path import reference_engine as engine_module
from hocba_sign.pki.path.path_validation import PathRequirements, validate_by_engine, validate_path
from hocba_sign.pki.path.reference_engine import EngineSession
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore

pytestmark = pytest.mark.suite

GROUPS = frozenset({"rfc5280", "pathlen", "pathological", "crl", "cve", "invalid"})

Question = tuple[str, Certificate, TrustStore, Evidence, datetime, PathRequirements]


def _pkits(folder: Path) -> Iterator[Question]:
    for case in json.loads((folder / "expected.json").read_text())["cases"]:

        def load(name: str) -> Certificate:
            return Certificate.load((folder / name).read_bytes())

        requirements = PathRequirements(
            initial_policies=frozenset(case["initial_policy_set"]),
            is_policy_explicit=case["initial_explicit_policy"],
            is_mapping_inhibited=case["initial_policy_mapping_inhibit"],
            is_any_policy_inhibited=case["initial_inhibit_any_policy"],
        )
        try:
            evidence = Evidence.of(
                certificates=[load(name) for name in case["intermediates"]],
                crls=[load_crl((folder / name).read_bytes()) for name in case["crls"]],
            )
            leaf = load(case["ee"])
        except InputError:
            continue
        at = datetime.fromisoformat(case["validation_time"])
        trust = TrustStore.of([load(case["trust_anchor"])])
        yield case["id"], leaf, trust, evidence, at, requirements
        yield f"{case['id']} any policy", leaf, trust, evidence, at, PathRequirements()


def _limbo(folder: Path) -> Iterator[Question]:
    def load(armoured: list[str]) -> list[Certificate]:
        return [certificate for one in armoured for certificate in load_certificates(one.encode())]

    cases: list[dict[str, Any]] = json.loads((folder / "limbo.json").read_text())["testcases"]
    for case in cases:
        try:
            evidence = Evidence.of(
                certificates=load(case["untrusted_intermediates"]),
                crls=[load_crl(one.encode()) for one in case["crls"]],
            )
            (leaf,) = load([case["peer_certificate"]])
            trust = TrustStore.of(load(case["trusted_certs"]))
        except InputError:
            continue
        stated = case["validation_time"]
        at = datetime.fromisoformat(stated) if stated else datetime(2026, 6, 1, tzinfo=UTC)
        yield (
            case["id"],
            leaf,
            trust,
            evidence,
            at,
            PathRequirements(allow_unknown_revocation=not case["crls"]),
        )


@pytest.mark.parametrize(
    ("suite", "all_of_them", "passed_directly"), [("pkits", 490, 30), ("x509-limbo", 180, 30)]
)
def test_agreement(
    shared_data: Path,
    monkeypatch: pytest.MonkeyPatch,
    suite: str,
    *,
    all_of_them: int,
    passed_directly: int,
) -> None:
    made: list[int] = []

    def counted(*args: Any, **kwargs: Any) -> EngineSession:
        made.append(1)
        return EngineSession(*args, **kwargs)

    monkeypatch.setattr(engine_module, "EngineSession", counted)
    judged: Counter[tuple[str, str]] = Counter()
    questions = (_pkits if suite == "pkits" else _limbo)(shared_data / "suites" / suite)
    for name, leaf, trust, evidence, at, requirements in questions:
        made.clear()
        direct = validate_path(
            leaf, trust=trust, evidence=evidence, at=at, requirements=requirements
        )
        judged["engine" if made else "direct", direct.status] += 1
        assert direct == validate_by_engine(
            leaf, trust=trust, evidence=evidence, at=at, requirements=requirements
        ), name
    assert judged.total() >= all_of_them
    assert judged["direct", "passed"] >= passed_directly
