"""OpenSSL's tests of OCSP responses: each answers about a certificate whose issuer is the only
anchor.

The files are of 2012 and signed with SHA-1. The table of algorithms, which refuses all of them, is
left out; it has its own tests. OpenSSL does not look at the responses' own time, which is past at
the time it is given; each is judged at the second of its making.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.ocsp import load_der_ocsp_response

from hocba_sign.crypto.acceptance import Acceptability, AcceptabilityStatus
from hocba_sign.errors import InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.objects import load_certificates
from hocba_sign.pki.loading.statements import load_ocsp
from hocba_sign.pki.path import reference_parts as engine_parts
from hocba_sign.pki.path import signature_check as signed
from hocba_sign.pki.path.path_validation import (
    PathRequirements,
    PathResult,
    PathStatus,
    validate_by_engine,
    validate_path,
)
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore

pytestmark = pytest.mark.suite

SUBJECTS = {
    "ND1": "ND1_Cert_EE.pem",
    "ND2": "ND2_Cert_ICA.pem",
    "ND3": "ND3_Cert_EE.pem",
    "D1": "D1_Cert_EE.pem",
    "D2": "D2_Cert_ICA.pem",
    "D3": "D3_Cert_EE.pem",
}
"""The certificate that a response is about, by the end of the response's name."""


def _question(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    def load(name: str) -> tuple[Certificate, ...]:
        return load_certificates((folder / name).read_bytes())

    response = load_ocsp((folder / case["response"]).read_bytes())
    (leaf,) = load(SUBJECTS[case["response"].removesuffix(".ors").rpartition("_")[2]])
    return {
        "leaf": leaf,
        "trust": TrustStore.of(load(case["issuer_ca"])),
        "evidence": Evidence.of(certificates=load(case["untrusted"]), ocsps=[response]),
        "at": load_der_ocsp_response(response).produced_at_utc,
        "requirements": PathRequirements(allow_unknown_revocation=True),
    }


def _is_accepted(result: PathResult) -> bool:
    return result.status is PathStatus.PASSED and result.revocation[0].status == "good"


def test_every_case(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (signed, engine_parts):
        monkeypatch.setattr(
            module, "acceptable", lambda *_, **__: Acceptability(status=AcceptabilityStatus.OK)
        )
    folder = shared_data / "suites" / "openssl-ocsp-tests"
    cases = json.loads((folder / "expected.json").read_text())["cases"]
    assert Counter(case["expected"] for case in cases) == {"accept": 13, "reject": 46}
    differing: dict[str, tuple[str, ...]] = {}
    for case in cases:
        try:
            question = _question(case, folder)
        except InputError as error:
            is_accepted = False
            causes: tuple[str, ...] = (error.cause,)
        else:
            leaf = question.pop("leaf")
            result = validate_path(leaf, **question)
            assert result == validate_by_engine(leaf, **question), case["id"]
            is_accepted = _is_accepted(result)
            causes = (
                *result.causes,
                *(cause for fact in result.revocation for cause in fact.causes),
            )
        if is_accepted != (case["expected"] == "accept"):
            differing[case["id"]] = causes
    assert differing == {}
