"""The example of a service answers as the library does, within its limits."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from hocba_sign import TrustStore, Verifier
from tests.support.report_schema import faults, published
from tests.vectors.replay import VECTORS


@pytest.fixture(scope="module")
def example(root: Path) -> Any:
    sys.path.insert(0, str(root / "examples"))
    try:
        yield import_module("verification_service")
    finally:
        sys.path.remove(str(root / "examples"))


@pytest.fixture
def client(example: Any) -> TestClient:
    return TestClient(example.service(Verifier(trust=TrustStore())))


@pytest.fixture
def document() -> bytes:
    return (VECTORS / "format" / "issued-secondary" / "document.xml").read_bytes()


def test_it_answers_in_every_form(client: TestClient, document: bytes) -> None:
    answer = client.post("/verify", content=document)
    assert answer.status_code == 200
    assert not faults(answer.json(), published())
    assert answer.json()["verdict"] == "INDETERMINATE"
    etsi = client.post("/verify?form=etsi", content=document)
    assert etsi.headers["content-type"].startswith("application/xml")
    assert "http://uri.etsi.org/19102/v1.4.1#" in etsi.text
    siva = client.post("/verify?form=siva", content=document).json()
    assert siva["validationReport"]["validationConclusion"]["validSignaturesCount"] == 0
    assert client.post("/verify?form=other", content=document).status_code == 422


def test_noise_is_judged_and_breaks_nothing(client: TestClient) -> None:
    answer = client.post("/verify", content=b"\0\1")
    assert (answer.status_code, answer.json()["verdict"]) == (200, "NOTHING_TO_VERIFY")


def test_it_keeps_its_limits(
    example: Any, client: TestClient, document: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "MAX_OCTETS", len(document) - 1)
    assert client.post("/verify", content=document).status_code == 413
    monkeypatch.setattr(example, "MAX_OCTETS", len(document))
    assert client.post("/verify", content=document).status_code == 200
    monkeypatch.setattr(example, "MAX_AT_ONCE", 0)
    busy = TestClient(example.service(Verifier(trust=TrustStore())))
    answer = busy.post("/verify", content=document)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
