"""A program under test: started once for each case, with limits of time and output, and whatever it
does is an outcome.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from hocba_sign.errors import OutsideError
from hocba_sign.frozen_dataclass import dataclass

LARGEST_ANSWER: Final = 4_000_000
"""Octets of standard output, after which a program is ended."""
_REMARKS: Final = 2_000
"""Octets of standard error that are kept, the last ones."""
_PIECE: Final = 65_536
_GRACE: Final = 2.0
"""Seconds that are waited for the last output of a program that has ended."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: `exit_code` is None where the program was ended by `fault`, which is
    TIME_LIMIT or OUTPUT_LIMIT; negative for a signal.
    """

    exit_code: int | None
    output: bytes
    remarks: bytes
    fault: str | None = None


def run(command: Sequence[str], request: bytes, *, folder: Path, seconds: float) -> Ending:
    """Return how the program ended that was started in `folder` and given `request` to read.

    Raise OutsideError if it cannot be started at all.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - the program that the caller names is what is to be run
            list(command),
            bufsize=0,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError, IndexError) as error:
        raise OutsideError("CONFORMANCE.PROGRAM", where=" ".join(command[:1])) from error
    with process:
        return _watch(process, request, seconds)


def _watch(process: subprocess.Popen[bytes], request: bytes, seconds: float) -> Ending:
    assert process.stdin
    assert process.stdout
    assert process.stderr
    output, remarks = bytearray(), bytearray()
    overflowed = threading.Event()

    def keep_output(piece: bytes) -> None:
        output.extend(piece[: LARGEST_ANSWER + 1 - len(output)])
        if len(output) > LARGEST_ANSWER and not overflowed.is_set():
            overflowed.set()
            _end(process)

    def keep_remarks(piece: bytes) -> None:
        remarks.extend(piece)
        del remarks[:-_REMARKS]

    # A program may read nothing while its output fills the pipe, so each stream has its thread.
    threads = [
        _started(lambda: _give(process.stdin, request)),
        _started(lambda: _drain(process.stdout, keep_output)),
        _started(lambda: _drain(process.stderr, keep_remarks)),
    ]
    fault = None
    deadline = time.monotonic() + seconds
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        fault = "TIME_LIMIT"
    finally:
        if fault is None:
            # What it started in the background and still holds its output has no time of its own.
            _wait(threads[1:], min(_GRACE, max(0.0, deadline - time.monotonic())))
        _end(process)
        process.wait()
    _wait(threads, _GRACE)
    if overflowed.is_set():
        fault = "OUTPUT_LIMIT"
    return Ending(None if fault else process.returncode, bytes(output), bytes(remarks), fault)


def _started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def _wait(threads: Sequence[threading.Thread], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def _give(stream: IO[bytes] | None, request: bytes) -> None:
    assert stream
    with suppress(OSError, ValueError):
        while request:
            request = request[stream.write(request) or 0 :]
    with suppress(OSError, ValueError):
        stream.close()


def _drain(stream: IO[bytes] | None, keep: Callable[[bytes], None]) -> None:
    assert stream
    with suppress(OSError, ValueError):
        while piece := os.read(stream.fileno(), _PIECE):
            keep(piece)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program with all that it started in its session."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
