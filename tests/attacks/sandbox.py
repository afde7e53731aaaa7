"""Runs `hocba verify` on hostile files: each in a process of its own, without network, with limits,
watched for what it opens.

As a program: reads lines of JSON (arguments of `hocba`), writes one line of JSON for each. Started
by `Sandbox`.
"""

import ctypes
import gc
import io
import json
import os
import resource
import shutil
import struct
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from hocba_sign.cli.commands import verify as _loaded_before_the_watch
from hocba_sign.cli.main import main

ROOT: Final = Path(__file__).resolve().parents[2]
CPU_SECONDS: Final = 10
ADDRESS_SPACE: Final = 1 << 30
FORBIDDEN: Final = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "urllib.",
    "http.",
    "ftplib.",
    "ctypes.",
)
"""Prefixes of audit events that end the process."""
BROKEN: Final = 99
_IN_OPEN: Final = 0x20


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run came to: seconds of computing, the peak of resident memory in octets, exit code
    and what was written.
    """

    seconds: float
    memory: int
    code: int
    stdout: str
    stderr: str

    @property
    def report(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.stdout)
        return told

    @property
    def causes(self) -> frozenset[str]:
        """Return every id that is named as wrong, unproven or worth a warning."""
        report = self.report
        checks = {
            check["id"] for check in report["checks"] if check["result"] in {"fail", "warning"}
        }
        signatures = report["signatures"]
        stamps = {
            cause
            for signature in signatures
            for stamp in signature["timestamps"]
            for cause in stamp["causes"]
        }
        warned = {warning["id"] for signature in signatures for warning in signature["warnings"]}
        return frozenset(
            checks.union(stamps, warned, *(signature["causes"] for signature in signatures))
        )


class Sandbox:
    """A process that is warm: it runs each file in a copy of itself."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.attacks.sandbox"]
        unshare = shutil.which("unshare")
        self.is_cut_off = (
            unshare is not None
            and subprocess.run(
                [unshare, "-rn", "true"], capture_output=True, check=False
            ).returncode
            == 0
        )
        if unshare is not None and self.is_cut_off:
            command = [unshare, "-rn", *command]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
            "HOCBA_DEBUG": "1",
        }
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def run(self, *arguments: str, document: Path) -> Outcome:
        """Run `hocba` with these arguments; nothing but `document` and files named in them may be
        opened.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([*arguments, str(document)]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the sandbox has ended"
        return Outcome(**json.loads(answer))


class Watched:
    """Tells whether any process opens a file below a directory, by whatever library (Linux)."""

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK)
        self._libc.inotify_add_watch(self._descriptor, os.fsencode(folder), _IN_OPEN)

    def opened(self) -> list[str]:
        """Return the names that were opened since the last question."""
        try:
            octets = os.read(self._descriptor, 1 << 16)
        except BlockingIOError:
            return []
        names, at = [], 0
        while at < len(octets):
            size = struct.unpack_from("iIII", octets, at)[3]
            names.append(octets[at + 16 : at + 16 + size].rstrip(b"\0").decode())
            at += 16 + size
        return names


def _serve() -> None:
    assert _loaded_before_the_watch is not None
    gc.freeze()
    for line in sys.stdin:
        arguments = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _judge(arguments, writer)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            answer = pipe.read()
        _, status, used = os.wait4(child, 0)
        seconds, memory = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
        told = (
            json.loads(answer)
            if answer
            else {"code": BROKEN, "stdout": "", "stderr": f"ended with status {status}"}
        )
        print(json.dumps({"seconds": seconds, "memory": memory, **told}), flush=True)


def _judge(arguments: list[str], writer: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    stdout, stderr = io.StringIO(), io.StringIO()
    _guard({os.path.realpath(argument.rpartition("=")[2]) for argument in arguments})
    try:
        with redirect_stdout(stdout), redirect_stderr(stderr):
            code = main(arguments)
    except BaseException as error:  # noqa: BLE001 - whatever escapes is what this program is there to tell
        code = BROKEN
        stderr.write(repr(error))
    told = {"code": code, "stdout": stdout.getvalue(), "stderr": stderr.getvalue()}
    with os.fdopen(writer, "wb") as pipe:
        pipe.write(json.dumps(told).encode())
    os._exit(0)


def _guard(given: set[str]) -> None:
    """End the process where it opens anything but what was given to it and its own program."""
    own = (
        "/usr/share/zoneinfo",
        str(ROOT / "src"),
        str(ROOT / "schemas"),
        sys.prefix,
        sys.base_prefix,
        str(Path(os.__file__).parent),
    )

    def hook(event: str, values: tuple[object, ...]) -> None:
        if event.startswith(FORBIDDEN):
            os.write(2, f"{event} {values!r}\n".encode())
            os._exit(BROKEN)
        if event == "open" and isinstance(values[0], (str, bytes, os.PathLike)):
            path = os.path.realpath(os.fsdecode(values[0]))
            if not path.startswith(own) and not any(
                path == one or path.startswith(f"{one}/") for one in given
            ):
                os.write(2, f"open {path}\n".encode())
                os._exit(BROKEN)

    sys.addaudithook(hook)


if __name__ == "__main__":
    _serve()
