"""The Government's local program, played on a loopback WebSocket."""

import json
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from hocba_sign.adapters.remote.dialect_choice import open_remote
from hocba_sign.adapters.remote.hash_order import RemoteSigner
from hocba_sign.adapters.remote.machine import sign_remotely
from hocba_sign.adapters.remote.websocket import exchange
from hocba_sign.crypto.algorithms import ECDSA_SHA256
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.model.workflow import Role
from tests.support.remote import Keys, Loopback, text64
from tests.support.remote_items import AT, EC, QUICK, RSA, configuration, is_right, items
from tests.support.websocket import LocalSigner


def opened(folder: Path, url: str, identity: object = RSA) -> RemoteSigner:
    assert hasattr(identity, "chain_pem")
    (folder / "signer.pem").write_bytes(identity.chain_pem)
    file = configuration(folder, "vgca", url, {"certificate": "signer.pem"})
    return open_remote(file, Role.CBQL, at=AT)


@pytest.mark.parametrize("pings", [False, True])
def test_hashes_are_signed_one_after_the_other(tmp_path: Path, pings: bool) -> None:
    with LocalSigner(Keys(RSA)) as program:
        program.pings = pings
        signer = opened(tmp_path, program.url)
        results = sign_remotely(signer, items(4), folder=tmp_path / "state", wait=QUICK)
    assert all(is_right(RSA, item, one.value) for item, one in zip(items(4), results, strict=True))
    assert [(one["HashAlg"], one["Encode"], one["path"]) for one in program.asked] == [
        ("SHA256", "RSA", "/SignMsg")
    ] * 4
    assert set(program.keys.signed.values()) == {1}


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"Status": 1, "Message": "User cancelled"}, "REMOTE.FAILED"),
        ({"Status": 0, "Signature": text64(bytes(range(256)))}, "REMOTE.VALUE"),
        ({"Status": 0, "Signature": None}, "REMOTE.NO_VALUE"),
        ({"Status": 0, "Signature": "?"}, "REMOTE.UNKNOWN"),
        ([], "REMOTE.UNKNOWN"),
    ],
)
def test_an_answer_without_a_right_value_stops_the_rest(
    tmp_path: Path, answer: object, cause: str
) -> None:
    with LocalSigner(Keys(RSA)) as program:
        program.answer = lambda _question: json.dumps(answer)
        results = sign_remotely(
            opened(tmp_path, program.url), items(2), folder=tmp_path / "state", wait=QUICK
        )
    first = results[0].error
    assert first is not None
    assert first.cause == cause


def test_a_key_that_it_cannot_use_is_refused_before_it_is_asked(tmp_path: Path) -> None:
    with LocalSigner(Keys(EC)) as program:
        signer = opened(tmp_path, program.url, EC)
        with pytest.raises(CallerError, match=r"KEY\.ALGORITHM"):
            sign_remotely(signer, items(1, ECDSA_SHA256), folder=tmp_path / "state", wait=QUICK)
    assert program.asked == []


def test_a_program_that_is_not_running_has_got_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    signer = opened(tmp_path, f"ws://127.0.0.1:{port}")
    for _ in range(2):
        (one,) = sign_remotely(signer, items(1), folder=tmp_path / "state", wait=QUICK)
        assert one.error is not None
        assert one.error.cause == "REMOTE.UNREACHABLE"


def test_what_is_no_websocket_is_told() -> None:
    with (
        Loopback(lambda _call: (200, {})) as other,
        pytest.raises(OutsideError, match=r"REMOTE\.UNREACHABLE"),
    ):
        exchange(
            other.url.replace("http", "ws"), "{}", timeout=timedelta(seconds=5), certificate=None
        )


@pytest.mark.parametrize(
    "url", ["ws://sign.example.vn", "http://127.0.0.2/", "wss://u:p@a.example"]
)
def test_an_open_line_to_another_machine_is_refused(url: str) -> None:
    with pytest.raises(CallerError, match=r"REMOTE\.URL"):
        exchange(url, "{}", timeout=timedelta(seconds=1), certificate=None)
