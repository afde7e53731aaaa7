"""The page that has hashes signed by the Government's local program, in a browser against a loopback
WebSocket.
"""

import base64
import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.signing import complete, prepare
from hocba_sign.signing.state import ToBeSigned
from tests.interop.programs import program
from tests.support.remote import Keys
from tests.support.scene import GVCN, ROOT, SIGNED_AT, Scene
from tests.support.websocket import LocalSigner

PAGE = ROOT / "examples" / "sign-hashes.html"
SCENE = Scene("lop5", subjects=None, is_rsa=True)


def prepared() -> ToBeSigned:
    chain_der = SCENE.identity(GVCN).chain_der
    return prepare(SCENE.draft, Slot(Role.GVCN), chain_der=chain_der, at=SIGNED_AT)


def browse(folder: Path, local: LocalSigner, lines: list[dict[str, str]], url: str = "") -> Any:
    """Have the page sign lines, and return what it makes of them: its result, or its words."""
    text = json.dumps("\n".join(map(json.dumps, lines)))
    address = f"{url or local.url}/SignMsg"
    tail = (
        "<script>(async () => { let said; try { said = "
        f"await signHashes(readLines({text}), '{address}', {{ seconds: 20 }});"
        " } catch (error) { said = error.message; }"
        f"const told = new WebSocket('{local.url}/told');"
        "told.onopen = () => told.send(JSON.stringify({ said })); })();</script></body>"
    )
    page = PAGE.read_text("utf-8").replace("</body>", tail)
    (folder / "page.html").write_text(page, "utf-8")
    command = [
        program("chromium"), "--headless", "--no-sandbox", "--disable-gpu",
        "--remote-debugging-port=0", f"--user-data-dir={folder / 'profile'}",
        (folder / "page.html").as_uri(),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
        try:
            return local.told.get(timeout=120)
        finally:
            browser.terminate()


def test_prepared_hashes_come_back_as_values_that_complete_takes(tmp_path: Path) -> None:
    state = prepared()
    lines = [
        {"state": "b.json", "algorithm": "rsa-sha256", "digest": "ab" * 32},
        {"state": "a.json", "algorithm": state.algorithm.name, "hash_hex": state.digest.hex()},
    ]
    with LocalSigner(Keys(SCENE.identity(GVCN))) as local:
        said = browse(tmp_path, local, lines)
    assert [one["state"] for one in said] == ["b.json", "a.json"]
    assert [one["HashAlg"] for one in local.asked] == ["SHA256", "SHA256"]
    value = base64.b64decode(said[1]["value"], validate=True)
    assert complete(state, value, at=SIGNED_AT + timedelta(minutes=5)).slot == GVCN


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"Status": 3, "Message": "Người dùng hủy"}, "Người dùng hủy"),
        (
            {"Status": 0, "Signature": base64.b64encode(b"0\x82\x0f\x00" + bytes(900)).decode()},
            "CMS",
        ),
        ({"Status": 0, "Signature": "00" * 256}, "hệ 16"),
        ({"Status": 0}, "0 byte"),
    ],
)
def test_what_is_no_raw_value_is_named_and_stops_the_rest(
    tmp_path: Path, answer: dict[str, Any], words: str
) -> None:
    lines = [{"digest": "ab" * 32}, {"digest": "cd" * 32}]
    with LocalSigner(Keys(SCENE.identity(GVCN))) as local:
        local.answer = lambda _question: json.dumps(answer)
        said = browse(tmp_path, local, lines)
    assert words in said[0]["error"]
    assert "value" not in said[0]
    assert said[1] == lines[1]
    assert len(local.asked) == 1


@pytest.mark.parametrize(
    ("line", "url", "words"),
    [
        ({"digest": "ab" * 20}, "ws://127.0.0.1:9", "SHA-256"),
        ({"digest": "ab" * 32, "algorithm": "ecdsa-sha256"}, "ws://127.0.0.1:9", "rsa-sha256"),
        ({"digest": "ab" * 32}, "wss://sign.example.vn", "127.0.0.1"),
    ],
)
def test_what_cannot_be_signed_is_not_sent(
    tmp_path: Path, line: dict[str, str], url: str, words: str
) -> None:
    with LocalSigner(Keys(SCENE.identity(GVCN))) as local:
        assert words in browse(tmp_path, local, [line], url)
    assert local.asked == []
