"""x509-limbo, the cases about RFC 5280; disagreements are listed with their reasons beside this
file.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from hocba_sign.errors import InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.objects import load_certificates
from hocba_sign.pki.loading.statements import load_crl
from hocba_sign.pki.path.path_validation import PathRequirements, PathStatus, validate_path
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore

pytestmark = pytest.mark.suite

GROUPS = frozenset({"rfc5280", "pathlen", "pathological", "crl", "cve", "invalid"})
DISAGREEMENTS = Path(__file__).parent / "limbo-disagreements.json"


def _load(armoured: list[str]) -> list[Certificate]:
    return [certificate for one in armoured for certificate in load_certificates(one.encode())]


def _passes(case: dict[str, Any]) -> bool:
    try:
        evidence = Evidence.of(
            certificates=_load(case["untrusted_intermediates"]),
            crls=[load_crl(one.encode()) for one in case["crls"]],
        )
        (leaf,) = _load([case["peer_certificate"]])
        stated = case["validation_time"]
        result = validate_path(
            leaf,
            trust=TrustStore.of(_load(case["trusted_certs"])),
            evidence=evidence,
            at=datetime.fromisoformat(stated) if stated else datetime(2026, 6, 1, tzinfo=UTC),
            requirements=PathRequirements(allow_unknown_revocation=not case["crls"]),
        )
    except InputError:
        return False
    return result.status is PathStatus.PASSED


def test_agreement(shared_data: Path) -> None:
    cases = json.loads((shared_data / "suites" / "x509-limbo" / "limbo.json").read_text())[
        "testcases"
    ]
    scored = [case for case in cases if case["id"].split("::")[0] in GROUPS]
    assert len(scored) == 138
    accepted: set[str] = set()
    refused: set[str] = set()
    for case in scored:
        begun = monotonic()
        is_expected = case["expected_result"] == "SUCCESS"
        if _passes(case) != is_expected:
            (refused if is_expected else accepted).add(case["id"])
        assert monotonic() - begun < 2, case["id"]
    written = json.loads(DISAGREEMENTS.read_text())
    assert accepted == set(written["accepted_though_expected_to_fail"])
    assert refused == set(written["refused_though_expected_to_pass"])
