"""`hocba sign --remote`: a class at a service that fails and a program that is killed; one approval
before, at most one after, no hash signed twice.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.cli.main import main
from hocba_sign.signing.xml.draft import read_draft
from hocba_sign.testing import World
from tests.support.remote import Call, Fault, Keys, Loopback, SmartCa
from tests.support.remote_items import configuration
from tests.support.scene import GVCN, Scene

COUNT = 45
START = "import sys; from hocba_sign.cli.main import main; sys.exit(main())"
SIGN = "/v1/signatures/sign"
ENTRIES = {"sp_id": "SP-TEST", "user_id": "001190000001"}
PLANTED = "PLANTED-SP-PASSWORD-4417"


@dataclass
class Killing:
    """Faults of every twentieth call by chance, and the death of the program at one of them: before
    or after the service worked on the call to `path`, the `number`th time.
    """

    path: str
    number: int
    is_before: bool
    seed: int
    process: "subprocess.Popen[str] | None" = None
    seen: int = 0
    chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.chance.seed(self.seed)

    def __call__(self, _number: int, call: Call) -> Fault | None:
        if self.process is not None and self.path in call.path:
            self.seen += 1
            if self.seen == self.number:
                os.kill(self.process.pid, signal.SIGKILL)
                self.process.wait()
                self.process = None
                return Fault.CUT_BEFORE if self.is_before else Fault.CUT_AFTER
        if self.chance.random() < 0.05:
            return self.chance.choice((Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.BUSY))
        return None


@dataclass
class Room:
    """A class's folder of drafts, the service's keys, and where results go."""

    folder: Path
    scene: Scene

    @property
    def keys(self) -> Keys:
        return Keys(self.scene.identity(GVCN))

    def fill(self, count: int) -> None:
        (self.folder / "in").mkdir()
        old = self.scene.transcript.identification.id.encode()
        for number in range(count):
            octets = self.scene.draft.replace(old, str(uuid5(NAMESPACE_URL, str(number))).encode())
            (self.folder / "in" / f"{number:02}.xml").write_bytes(octets)

    def arguments(self, loopback: Loopback, *more: str) -> list[str]:
        file = configuration(
            self.folder, "smartca", loopback.url, ENTRIES, {"sp_password": PLANTED}
        )
        return [
            "sign", str(self.folder / "in"), "--role", "GVCN", "--remote", str(file),
            "--level", "B", "--wait", "20", "--json", "-o", str(self.folder / "out"), *more,
        ]  # fmt: skip

    def start(self, arguments: list[str]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", START, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"HOCBA_HOME": str(self.folder / "home"), "HOCBA_DEBUG": "1"},
        )

    def signed(self) -> int:
        """Return how many files are there, each with one intact signature of this key."""
        found = sorted((self.folder / "out").glob("*.xml"))
        for path in found:
            (signature,) = read_draft(path.read_bytes()).parsed.signatures
            integrity = check_integrity(signature)
            assert integrity.is_intact
            assert not integrity.findings
            assert signature.certificates_der[0] == self.scene.identity(GVCN).certificate_der
        return len(found)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    scene = Scene("lop5", subjects=None)
    scene.world = World(datetime.now(UTC), fast=True)
    return Room(tmp_path, scene)


POINTS = {
    "before the order": (SIGN, 1, True),
    "after the order": (SIGN, 1, False),
    "while waiting": ("/status", 2, True),
    "with the values on their way": ("/status", 4, False),
}


@pytest.mark.long
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no process is killed outright here")
@pytest.mark.parametrize(("seed", "point"), tuple(enumerate(POINTS, 1)), ids=str)
def test_a_class_of_45_survives_failures_and_a_killed_program(
    room: Room, point: str, seed: int
) -> None:
    room.fill(COUNT)
    path, number, is_before = POINTS[point]
    killing = Killing(path, number, is_before=is_before, seed=seed)
    service = SmartCa(room.keys, password=PLANTED, delay=3)
    lost = random.Random(seed)
    left_out = {name for name in map(str, range(1_000)) if lost.random() < 0.05}
    service.left_out = lambda document: str(int(document[:6], 16) % 1_000) in left_out
    with Loopback(service, killing) as loopback:
        arguments = room.arguments(loopback)
        first = room.start(arguments)
        killing.process = first
        told = [first.communicate(timeout=120)[0]]
        assert first.returncode == -signal.SIGKILL
        approvals = service.keys.approvals
        assert approvals <= 1
        if approvals == 0:
            service.left_out = lambda _id: False
        else:
            before = frozenset(service.transactions)
            keep = service.left_out
            service.left_out = lambda document: (
                keep(document) and len(service.transactions) == len(before)
            )
        again = room.start(arguments)
        told.append(again.communicate(timeout=120)[0])
    assert again.returncode == 0, told[-1]
    assert room.signed() == COUNT
    assert service.keys.approvals - approvals <= 1
    assert set(service.keys.signed.values()) == {1}
    assert len(service.keys.signed) == COUNT
    assert [*room.folder.glob("out/.hocba-remote")] == []
    assert PLANTED not in "".join(told)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no process is killed outright here")
def test_killed_while_results_are_written(room: Room) -> None:
    room.fill(COUNT)
    service = SmartCa(room.keys, password=PLANTED, delay=1)
    with Loopback(service) as loopback:
        arguments = room.arguments(loopback)
        first = room.start(arguments)
        while len([*room.folder.glob("out/*.xml")]) < 5 and first.poll() is None:
            time.sleep(0.002)
        first.kill()
        first.communicate()
        state = "".join(path.read_text("utf-8") for path in room.folder.glob("out/.hocba-remote/*"))
        again = room.start(arguments)
        told = again.communicate(timeout=120)[0]
    assert again.returncode == 0, told
    assert room.signed() == COUNT
    assert service.keys.approvals == 1
    assert set(service.keys.signed.values()) == {1}
    assert PLANTED not in state


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().out.splitlines()]


def test_a_bad_file_costs_no_other(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    room.fill(3)
    (room.folder / "in" / "bad.xml").write_bytes(b"<HOC_BA/>")
    with Loopback(SmartCa(room.keys, password=PLANTED, delay=0)) as loopback:
        assert main(room.arguments(loopback)) == 1
        results = [line["result"] for line in lines(capsys)[:-1]]
        assert results == ["signed", "signed", "signed", "refused"]
        assert main(room.arguments(loopback)) == 1
        assert [line["result"] for line in lines(capsys)[:-1]] == ["already"] * 3 + ["refused"]


@pytest.mark.parametrize("end", ["REJECTED", "NO CREDIT"])
def test_what_the_signer_refuses_is_told_for_every_file(
    room: Room, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    room.fill(2)
    service = SmartCa(room.keys, password=PLANTED, delay=0, end=end)
    with Loopback(service) as loopback:
        assert main(room.arguments(loopback)) == 6
        causes = {line["cause"] for line in lines(capsys)[:-1]}
    assert causes == {f"REMOTE.{end.replace(' ', '_')}"}
    assert room.signed() == 0


def test_one_file_is_signed_in_place(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    room.fill(1)
    file = str(room.folder / "in" / "00.xml")
    with Loopback(SmartCa(room.keys, password=PLANTED, delay=1)) as loopback:
        arguments = room.arguments(loopback)
        arguments[1] = file
        arguments[arguments.index("-o") + 1] = file
        assert main(arguments) == 0
        assert lines(capsys)[0]["slot"] == "GVCN"
        assert main(arguments) == 2
    assert [path.name for path in (room.folder / "in").iterdir()] == ["00.xml"]


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        (["--cert", "{file}"], "CLI.REMOTE_OPTIONS"),
        (["--token", "x"], "CLI.TOKEN_OPTIONS"),
        (["--cert-sha256", "0" * 64], "REMOTE.NO_CERTIFICATE"),
    ],
)
def test_options_of_other_keys_are_refused(
    room: Room, capsys: pytest.CaptureFixture[str], more: list[str], cause: str
) -> None:
    room.fill(1)
    with Loopback(SmartCa(room.keys, password=PLANTED)) as loopback:
        file = str(room.folder / "in" / "00.xml")
        assert main(room.arguments(loopback, *(one.format(file=file) for one in more))) == 2
    assert lines(capsys)[0]["error"]["id"] == cause


def test_a_service_is_named_for_its_options(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    room.fill(1)
    identity = room.scene.identity(GVCN)
    (room.folder / "key").write_bytes(identity.key_pem)
    (room.folder / "cert").write_bytes(identity.chain_pem)
    arguments = [
        "sign", str(room.folder / "in"), "--role", "GVCN", "--key", str(room.folder / "key"),
        "--cert", str(room.folder / "cert"), "--level", "B", "--json", "-o",
        str(room.folder / "out"),
    ]  # fmt: skip
    assert main([*arguments, "--again"]) == 2
    assert lines(capsys)[0]["error"]["id"] == "CLI.REMOTE_OPTIONS"
    assert main(arguments) == 0
