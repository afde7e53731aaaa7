"""Many sign at once: nothing is lost, and nothing is told that is not there."""

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hocba_sign.adapters.locks import exclusive_file
from hocba_sign.cli import delivery
from hocba_sign.cli.main import main
from hocba_sign.errors import OutsideError
from hocba_sign.model.workflow import Slot
from hocba_sign.signing.xml.draft import read_draft
from hocba_sign.testing import World
from tests.support.scene import GVCN, Scene

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="processes are forked, so that forty start in a moment"
)


class Signers:
    """Key files of everybody who signs a draft in `folder`; every call is a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scene = Scene(subjects=None)
        self.scene.world = World(datetime.now(UTC), fast=True)
        for slot in (*self.scene.teachers, GVCN):
            identity = self.scene.identity(slot)
            self.file(slot, "key").write_bytes(identity.key_pem)
            self.file(slot, "pem").write_bytes(identity.chain_pem)

    def file(self, slot: Slot, suffix: str) -> Path:
        return self.folder / f"{slot.teacher or slot.role}.{suffix}"

    def call(self, slot: Slot, source: str, out: str) -> list[str]:
        key = ("--key", str(self.file(slot, "key")), "--cert", str(self.file(slot, "pem")))
        which = (
            ("--subject", slot.subject, "--teacher", slot.teacher)
            if slot.subject and slot.teacher
            else ()
        )
        return [
            "sign",
            source,
            "--role",
            slot.role,
            *which,
            *key,
            "--level",
            "B",
            "--json",
            "--lang",
            "en",
            "-o",
            out,
        ]

    def at_once(self, calls: list[list[str]]) -> list[tuple[int, str]]:
        """Return exit code and standard output of each call, all started together."""
        context = multiprocessing.get_context("fork")
        start = context.Barrier(len(calls))
        outputs = [self.folder / f"told-{number}" for number in range(len(calls))]
        processes = [
            context.Process(target=_run, args=(call, out, start))
            for call, out in zip(calls, outputs, strict=True)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join(120)
        return [
            (process.exitcode or 0, out.read_text())
            for process, out in zip(processes, outputs, strict=True)
        ]


def _run(call: list[str], out: Path, start: "multiprocessing.synchronize.Barrier") -> None:
    with out.open("w") as file, contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
        start.wait()
        code = main(call)
    sys.exit(code)


def told(results: list[tuple[int, str]]) -> list[str]:
    """Return the slots that were said to be signed."""
    return sorted(json.loads(text.splitlines()[0])["slot"] for code, text in results if code == 0)


def kept(file: Path) -> list[str]:
    return sorted(
        str(signature.slot) for signature in read_draft(file.read_bytes()).parsed.signatures
    )


@pytest.fixture
def signers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Signers:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    return Signers(tmp_path)


@pytest.mark.parametrize("count", [4, 40])
def test_one_file_in_place(signers: Signers, count: int) -> None:
    file = signers.folder / "draft.xml"
    file.write_bytes(signers.scene.draft)
    slots = [
        signers.scene.teachers[number % len(signers.scene.teachers)] for number in range(count)
    ]
    results = signers.at_once([signers.call(slot, str(file), str(file)) for slot in slots])
    assert told(results) == kept(file) == sorted({str(slot) for slot in slots})
    assert all("SIGN.ALREADY_SIGNED" in text for code, text in results if code)
    assert not [*signers.folder.glob(".*")]


@pytest.mark.parametrize("count", [4, 14])
def test_one_result_of_one_draft(signers: Signers, count: int) -> None:
    """Whoever comes later would overwrite the signatures of the others: told, and left alone."""
    draft, out = signers.folder / "draft.xml", signers.folder / "out.xml"
    draft.write_bytes(signers.scene.draft)
    teachers = signers.scene.teachers
    slots = [*teachers, *[GVCN] * count][:count]
    results = signers.at_once([signers.call(slot, str(draft), str(out)) for slot in slots])
    assert told(results) == kept(out)
    assert len(kept(out)) == 1
    assert draft.read_bytes() == signers.scene.draft


@pytest.mark.parametrize("count", [4, 40])
def test_one_folder(signers: Signers, count: int) -> None:
    source, out = signers.folder / "in", signers.folder / "out"
    source.mkdir()
    for number in range(3):
        (source / f"{number}.xml").write_bytes(signers.scene.draft)
    slots = [signers.scene.teachers[number % 4] for number in range(count)]
    results = signers.at_once([signers.call(slot, str(source), str(out)) for slot in slots])
    lines = [
        json.loads(line)
        for _, text in results
        for line in text.splitlines()
        if line.startswith("{")
    ]
    said = [
        (Path(line["out"]).name, slot, line["sha256"])
        for line in lines
        if line.get("out")
        for slot in line["slots"]
    ]
    assert said
    for name, slot, sha256 in said:
        assert slot in kept(out / name)
        assert sha256 in {
            line["sha256"]
            for line in lines
            if line.get("out", "") and Path(line["out"]).name == name
        }
    assert {path.name for path in out.iterdir()} == {"0.xml", "1.xml", "2.xml"}
    assert all(code in {0, 1, 2, 6} for code, _ in results)


def test_a_killed_signer_leaves_no_lock(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    child = os.fork()
    if child == 0:
        with exclusive_file(file):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert (tmp_path / ".a.xml.lock").exists()
    with exclusive_file(file, wait=0):
        pass
    assert not [*tmp_path.iterdir()]


def test_a_lock_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    started = time.monotonic()
    with (
        exclusive_file(file),
        pytest.raises(OutsideError, match=r"FILE\.LOCKED"),
        exclusive_file(tmp_path / "." / "a.xml", wait=0.2),
    ):
        pass
    assert time.monotonic() - started < 5


def test_a_file_that_another_program_changed_meanwhile_stays(
    signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that knows nothing of the lock, such as an editor."""
    file = signers.folder / "draft.xml"
    file.write_bytes(signers.scene.draft)
    slot, other = signers.scene.teachers[:2]
    changed = signers.scene.sign(signers.scene.draft, other)
    is_in_place = delivery.is_in_place

    def changing(source: Path, out: Path) -> bool:
        file.write_bytes(changed)
        return is_in_place(source, out)

    monkeypatch.setattr("hocba_sign.cli.commands.sign.is_in_place", changing)
    assert main(signers.call(slot, str(file), str(file))) == 6
    assert file.read_bytes() == changed
