"""OpenSSL's certificate verification tests, those about RFC 5280; disagreements are listed with
their reasons beside this file.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.errors import CallerError, InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.objects import load_certificates
from hocba_sign.pki.path.path_validation import (
    PathRequirements,
    PathStatus,
    validate_by_engine,
    validate_path,
)
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore

pytestmark = pytest.mark.suite

AT = datetime(2026, 6, 1, tzinfo=UTC)
DISAGREEMENTS = Path(__file__).parent / "openssl-verify-disagreements.json"


def _passes(case: dict[str, Any], folder: Path) -> bool:
    def load(names: list[str]) -> list[Certificate]:
        return [
            one
            for name in names
            for one in load_certificates((folder / "certs" / f"{name}.pem").read_bytes())
        ]

    try:
        leaf = load([case["ee"]])[0]
        trust, evidence = (
            TrustStore.of(load(case["trusted"])),
            Evidence.of(certificates=load(case["untrusted"])),
        )
    except (InputError, CallerError):
        return False
    requirements = PathRequirements(allow_unknown_revocation=True)
    result = validate_path(leaf, trust=trust, evidence=evidence, at=AT, requirements=requirements)
    assert result == validate_by_engine(
        leaf, trust=trust, evidence=evidence, at=AT, requirements=requirements
    ), case["id"]
    return result.status is PathStatus.PASSED


def test_agreement(shared_data: Path) -> None:
    folder = shared_data / "suites" / "openssl-verify-certs"
    cases = [
        case
        for case in json.loads((folder / "expected.json").read_text())["cases"]
        if case["rfc5280_portable"]
    ]
    assert len(cases) == 90
    accepted: set[str] = set()
    refused: set[str] = set()
    for case in cases:
        is_expected = case["expected"] == "valid"
        if _passes(case, folder) != is_expected:
            (refused if is_expected else accepted).add(f"{case['id']} {case['title']}")
    written = json.loads(DISAGREEMENTS.read_text())
    assert accepted == set(written["accepted_though_expected_to_fail"])
    assert refused == set(written["refused_though_expected_to_pass"])
