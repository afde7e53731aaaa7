"""What is sent to each service is, member for member, what its description says, and what it answers
is understood: by recorded exchanges.
"""

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hocba_sign.adapters.remote import csc
from hocba_sign.adapters.remote.dialect_choice import SERVICES, open_remote
from hocba_sign.adapters.remote.machine import sign_remotely
from hocba_sign.model.workflow import Role
from tests.support.authorisation import browsing, fetched
from tests.support.recordings import Played, Recording, recordings
from tests.support.remote import Keys, Loopback, text64
from tests.support.remote_items import AT, QUICK, RSA, configuration, is_right, items
from tests.support.websocket import LocalSigner

RECORDINGS = recordings()
CODE = "FhkXf9P269L8g"


def played(recording: Recording) -> Played:
    keys = Keys(RSA)
    values = {item.id: text64(keys.sign(item.digest)) for item in items(recording.count)}
    account = f"{recording.entries.get('user')}:{recording.secrets.get('password')}"
    known = {
        **recording.secrets,
        "certificate": text64(RSA.chain_der[0]),
        "issuer": text64(RSA.chain_der[1]),
        "basic": base64.b64encode(account.encode()).decode(),
    }
    return Played(recording, known, values.__getitem__)


def approve(address: str) -> None:
    asked = parse_qs(urlsplit(address).query)
    fetched(f"{asked['redirect_uri'][0]}?code={CODE}&state={asked['state'][0]}")


def check(recording: Recording, service: Played, folder: Path, url: str) -> None:
    """Sign what was recorded against the service at `url`, and compare how it ended."""
    service.known["url"] = url
    file = configuration(
        folder, recording.service, url + recording.path, recording.entries, recording.secrets
    )
    signer = open_remote(file, Role.GVCN, at=AT, show=browsing(approve))
    asked = items(recording.count)
    results = sign_remotely(signer, asked, folder=folder / "state", wait=QUICK)
    assert service.faults == []
    assert service.place == len(recording.exchanges)
    assert {one.error.cause if one.error else None for one in results} == {recording.ends}
    if recording.ends is None:
        pairs = zip(asked, results, strict=True)
        assert all(is_right(RSA, item, one.value) for item, one in pairs)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_a_recorded_order_is_sent_and_understood(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csc, "_PAUSE", 0.01)
    service = played(recording)
    if recording.service != "vgca":
        with Loopback(service) as loopback:
            check(recording, service, tmp_path, loopback.url)
        return
    (tmp_path / "signer.pem").write_bytes(RSA.chain_pem)
    with LocalSigner(Keys(RSA)) as program:
        program.answer = lambda question: _asked(service, question)
        check(recording, service, tmp_path, program.url)


def _asked(service: Played, question: Mapping[str, Any]) -> str:
    sent = {name: value for name, value in question.items() if name != "path"}
    return json.dumps(service.answered({"path": question["path"], "body": sent})[1])


def test_every_dialect_has_a_recording_that_says_where_it_is_from() -> None:
    assert {recording.service for recording in RECORDINGS} == {*SERVICES}
    for recording in RECORDINGS:
        assert re.search(r"Not recorded at (the|a) service|samples of CSC API", recording.origin)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "/v1/signatures/other"},
        {"method": "PUT"},
        {"headers": {"content-type": "text/plain"}},
        {"headers": {"content-type": "application/json", "x-more": "1"}},
        {"body": {"data_to_be_signed": "00"}},
    ],
)
def test_what_differs_from_the_recording_is_found(change: dict[str, Any]) -> None:
    recording = next(each for each in RECORDINGS if each.name == "vnpt-v1")
    service = played(recording)
    request = service.filled_request(recording.exchanges[0]["request"])
    service.answered({**request, **change})
    assert service.faults
    honest = played(recording)
    honest.answered(request)
    assert honest.faults == []
