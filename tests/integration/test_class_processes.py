"""A class whose signers work at the same time, on machines that may fail: counted by the devices."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from hocba_sign.cli.main import main
from hocba_sign.signing.xml.draft import read_draft
from hocba_sign.testing import World, WorldServer
from tests.support.classroom import Classroom, Device
from tests.support.scene import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked and killed")

TEACHERS, PUPILS = 13, 45
"""A class of lower secondary school."""
WHOLE = "HOCBA_WHOLE_CLASS"


def signed_in(folder: Path) -> dict[str, list[str]]:
    return {
        path.name: sorted(str(one.slot) for one in read_draft(path.read_bytes()).parsed.signatures)
        for path in sorted(folder.iterdir())
    }


def at_once(calls: Sequence[Callable[[], int]]) -> list[int]:
    """Return the exit code of each call, all of them in processes of their own."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_ended, args=(call,)) for call in calls]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    return [-1 if process.exitcode is None else process.exitcode for process in processes]


def _ended(call: Callable[[], int]) -> None:
    sys.exit(call())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    return tmp_path


def test_four_signers_complete_into_one_folder_at_once(home: Path) -> None:
    room = Classroom.of(home, subjects=4, pupils=6)
    calls = []
    for slot in room.scene.teachers:
        work = f"work-{slot.teacher}"
        room.prepare(slot, work=work)
        values = room.values(room.device(slot).answer(room.lines(work)), f"{work}.jsonl")
        calls.append(partial(room.complete, values, work=work))
    assert at_once(calls) == [0, 0, 0, 0]
    everybody = sorted(map(str, room.scene.teachers))
    assert signed_in(home / "out") == {f"{number:02}.xml": everybody for number in range(6)}


def test_one_signer_four_times_at_once(home: Path) -> None:
    """Who comes too late is told so; the same values are never put in twice."""
    room = Classroom.of(home, subjects=1, pupils=6)
    (slot,) = room.scene.teachers
    room.prepare(slot, work="work")
    values = room.values(room.device(slot).answer(room.lines("work")))
    codes = at_once([partial(room.complete, values, work="work")] * 4)
    assert 0 in codes
    assert set(codes) <= {0, 6}
    assert signed_in(home / "out") == {f"{number:02}.xml": [str(slot)] for number in range(6)}
    assert {line["state"] for line in room.lines("work")} == {"done"}


def test_four_programs_sign_one_folder_at_once(home: Path) -> None:
    """The authority counts: no file is time-stamped twice, whoever comes first."""
    room = Classroom.of(home, subjects=1, pupils=6)
    (slot,) = room.scene.teachers
    identity = room.scene.identity(slot)
    (home / "key").write_bytes(identity.key_pem)
    (home / "cert").write_bytes(identity.chain_pem)
    key = ("--key", room.path("key"), "--cert", room.path("cert"), "--role", slot.role)
    now = datetime.now(UTC)
    with WorldServer(lambda: now, lambda url: World(now, base_url=url, fast=True)) as server:
        call = partial(
            main, ["sign", room.path("in"), *key, "--tsa", server.tsa_url, "-o", room.path("out")]
        )
        codes = at_once([call] * 4)
        asked = len(server.requests)
    assert 0 in codes
    assert set(codes) <= {0, 6}
    assert asked == 6
    assert signed_in(home / "out") == {f"{number:02}.xml": [str(slot)] for number in range(6)}


def test_killed_between_the_steps_and_within_them(home: Path) -> None:
    """One approval before the crash, none after it, though a twentieth of the hashes failed."""
    room = Classroom.of(home, subjects=1, pupils=PUPILS)
    (slot,) = room.scene.teachers
    device = room.device(slot)
    room.prepare(slot, work="work")
    chance = random.Random(20260601)
    answers = device.answer(room.lines("work"), fails=lambda _: chance.random() < 0.05)
    assert len(answers) < PUPILS
    command = ["complete", room.path("work"), "--value", room.values(answers), "--level", "B"]
    program = "import sys; from hocba_sign.cli.main import main; sys.exit(main())"
    out = home / "out"
    with subprocess.Popen(
        [sys.executable, "-c", program, *command, "-o", str(out)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as killed:
        while killed.poll() is None and not (out.is_dir() and len(list(out.glob("*.xml"))) >= 9):
            time.sleep(0.005)
        killed.send_signal(signal.SIGKILL)
    before = {path.name: path.read_bytes() for path in out.glob("*.xml")}
    assert 9 <= len(before) < len(answers)
    # The hashes that got no answer wait still; no other is asked for again.
    assert room.prepare(slot, work="work") == 0
    assert room.complete(room.values(answers), work="work") == 6
    answers += device.answer(room.lines("work"))
    assert room.complete(room.values(answers), work="work") == 0
    after = {path.name: path.read_bytes() for path in out.glob("*.xml")}
    assert before.items() <= after.items()
    assert signed_in(out) == {f"{number:02}.xml": [str(slot)] for number in range(PUPILS)}
    assert (max(device.signed.values()), device.calls) == (1, 2)


@pytest.mark.parametrize(
    ("teachers", "pupils"),
    [
        (3, 4),
        pytest.param(
            TEACHERS,
            PUPILS,
            marks=pytest.mark.skipif(WHOLE not in os.environ, reason=f"takes minutes; set {WHOLE}"),
        ),
    ],
)
def test_a_class_is_one_approval_for_each_teacher(home: Path, teachers: int, pupils: int) -> None:
    room = Classroom.of(home, subjects=teachers, pupils=pupils)
    devices: list[Device] = []
    commands = 0
    begun = time.monotonic()
    for slot in room.scene.teachers:
        device, work = room.device(slot), f"work-{slot.teacher}"
        assert room.prepare(slot, work=work) == 0
        assert room.complete(room.values(device.answer(room.lines(work))), work=work) == 0
        devices.append(device)
        commands += 2
    spent = time.monotonic() - begun
    print(f"{teachers} teachers, {pupils} pupils: {commands} commands, {spent:.1f} s")
    assert sum(device.calls for device in devices) == teachers
    assert sum(device.signed.total() for device in devices) == teachers * pupils
    assert all(max(device.signed.values()) == 1 for device in devices)
    everybody = sorted(map(str, room.scene.teachers))
    assert len(everybody) == teachers
    assert all(found == everybody for found in signed_in(home / "out").values())
