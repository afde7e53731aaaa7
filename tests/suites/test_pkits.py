"""NIST PKITS 1.0.1: every case that is not about DSA must agree."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.errors import InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.statements import load_crl
from hocba_sign.pki.path.path_validation import PathRequirements, PathStatus, validate_path
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore

pytestmark = pytest.mark.suite

UNSUPPORTED = {"4.1.4": "DSA", "4.1.5": "DSA"}
"""Refused although valid: no school certificate uses DSA, and the algorithm table does not know it.
"""


def _passes(case: dict[str, Any], folder: Path) -> bool:
    def load(name: str) -> Certificate:
        return Certificate.load((folder / name).read_bytes())

    try:
        evidence = Evidence.of(
            certificates=[load(name) for name in case["intermediates"]],
            crls=[load_crl((folder / name).read_bytes()) for name in case["crls"]],
        )
        result = validate_path(
            load(case["ee"]),
            trust=TrustStore.of([load(case["trust_anchor"])]),
            evidence=evidence,
            at=datetime.fromisoformat(case["validation_time"]),
            requirements=PathRequirements(
                initial_policies=frozenset(case["initial_policy_set"]),
                is_policy_explicit=case["initial_explicit_policy"],
                is_mapping_inhibited=case["initial_policy_mapping_inhibit"],
                is_any_policy_inhibited=case["initial_inhibit_any_policy"],
            ),
        )
    except InputError:
        return False
    assert "PATH.ENGINE" not in result.causes, case["id"]
    return result.status is PathStatus.PASSED


def test_agreement(shared_data: Path) -> None:
    folder = shared_data / "suites" / "pkits"
    cases = json.loads((folder / "expected.json").read_text())["cases"]
    differing = {
        case["id"] for case in cases if _passes(case, folder) != (case["expected"] == "valid")
    }
    assert differing == set(UNSUPPORTED)
    assert len(cases) - len(differing) >= 246
