"""CSC 2.0 by contract: a loopback service that answers as the samples of the specification do, with
`authData`, approval elsewhere, and signing that is asked for later.
"""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.adapters.remote import csc
from hocba_sign.adapters.remote.dialect_choice import open_remote
from hocba_sign.adapters.remote.machine import sign_remotely
from hocba_sign.crypto.algorithms import ECDSA_SHA256
from tests.support.remote import Call, Keys, Loopback, text64
from tests.support.remote_items import AT, EC, QUICK, RSA, configuration, is_right, items

SHA256_OID = "2.16.840.1.101.3.4.2.1"


@dataclass
class Csc2:
    """`objects` are what the credential wants; `waits` is how often the signer is not ready yet."""

    keys: Keys
    objects: list[dict[str, str]]
    waits: int = 0
    given: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, call: Call) -> tuple[int, Any]:
        name, body = call.path.removeprefix("/csc/v2/"), call.body
        if name == "info":
            return 200, {"specs": "2.0.0.2", "methods": ["signatures/signHash"], "oauth2": ""}
        if name == "credentials/list":
            return 200, {"credentialIDs": ["GX0112348"], "onlyValid": False}
        if name == "credentials/info":
            return 200, self._info()
        if name == "credentials/getChallenge":
            return 204, None
        if name == "credentials/authorize":
            assert body["hashAlgorithmOID"] == SHA256_OID
            self.given = body.get("authData", [])
            self.keys.approvals += 1
            return (202, {"handle": "HANDLE-TEST"}) if self.waits else (200, {"SAD": "SAD-TEST-2"})
        if name == "credentials/authorizeCheck":
            self.waits -= 1
            return (202, {"handle": "HANDLE-TEST"}) if self.waits else (200, {"SAD": "SAD-TEST-2"})
        if name == "signatures/signHash":
            assert body["SAD"] == "SAD-TEST-2"
            self.sent.append(body)
            if body["operationMode"] == "A":
                return 200, {"responseID": "RESPONSE-TEST"}
            return 200, {"signatures": self._values()}
        assert (name, body["requestID"]) == ("signatures/signPolling", "RESPONSE-TEST")
        self.waits += 1
        if self.waits < 3:
            return 202, {"error": "accepted_request"}
        return 200, {"signatures": self._values()}

    def _values(self) -> list[str]:
        return [text64(self.keys.sign(base64.b64decode(one))) for one in self.sent[-1]["hashes"]]

    def _info(self) -> dict[str, Any]:
        return {
            "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"]},
            "cert": {"certificates": [text64(one) for one in self.keys.identity.chain_der]},
            "auth": {"mode": "explicit", "expression": "PIN AND OTP", "objects": self.objects},
            "SCAL": "2",
            "multisign": 10,
        }


PIN = {"type": "Password", "id": "PIN", "label": "PIN"}
OTP = {"type": "ChallengeResponse", "id": "OTP", "label": "Mobile OTP"}
PHONE = {"type": "PasswordOOB", "id": "PHONE"}


def test_pin_and_one_time_code_go_as_auth_data(tmp_path: Path) -> None:
    service, asked = Csc2(Keys(RSA), [PIN, OTP]), list[str]()

    def ask(what: str) -> str:
        asked.append(what)
        return "123456"

    with Loopback(service) as loopback:
        file = configuration(
            tmp_path, "csc", f"{loopback.url}/csc/v2", secrets={"pin": "PLANTED-PIN-2"}
        )
        signer = open_remote(file, at=AT, ask=ask)
        results = sign_remotely(signer, items(3), folder=tmp_path / "state", wait=QUICK)
    assert all(is_right(RSA, item, one.value) for item, one in zip(items(3), results, strict=True))
    assert service.given == [
        {"id": "PIN", "value": "PLANTED-PIN-2"},
        {"id": "OTP", "value": "123456"},
    ]
    assert asked == ["Mobile OTP"]
    assert service.sent[0]["hashAlgorithmOID"] == SHA256_OID
    assert service.sent[0]["signAlgo"] == "1.2.840.113549.1.1.11"
    assert len(service.sent) == 1


def test_an_approval_elsewhere_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csc, "_PAUSE", 0.01)
    service = Csc2(Keys(EC), [PHONE], waits=3)
    with Loopback(service) as loopback:
        file = configuration(tmp_path, "csc", f"{loopback.url}/csc/v2")
        asked = items(2, ECDSA_SHA256)
        results = sign_remotely(
            open_remote(file, at=AT), asked, folder=tmp_path / "state", wait=QUICK
        )
    assert all(is_right(EC, item, one.value) for item, one in zip(asked, results, strict=True))
    assert service.given == [{"id": "PHONE"}]
    assert service.keys.approvals == 1
    told = "".join(path.read_text("utf-8") for path in (tmp_path / "state").iterdir())
    assert "HANDLE-TEST" not in told
    assert "SAD-TEST" not in told


def test_signing_that_is_asked_for_later_is_submitted_once(tmp_path: Path) -> None:
    service = Csc2(Keys(RSA), [])
    with Loopback(service) as loopback:
        file = configuration(tmp_path, "csc", f"{loopback.url}/csc/v2", {"asynchronous": True})
        results = sign_remotely(
            open_remote(file, at=AT), items(4), folder=tmp_path / "state", wait=QUICK
        )
    assert all(is_right(RSA, item, one.value) for item, one in zip(items(4), results, strict=True))
    assert len(service.sent) == 1
    assert loopback.paths().count("/csc/v2/signatures/signPolling") == 3
