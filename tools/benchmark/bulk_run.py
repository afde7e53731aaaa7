"""A run of the command over many files, watched: memory of each process over time, CPU of all of
them, and what stands in the results.
"""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from hocba_sign.adapters.result_files import last_lines, lines_of
from tools.benchmark.environments import ROOT

SAMPLE: Final = 0.5
"""Seconds between two looks."""
_START: Final = 60.0
_DASK: Final = (sys.executable, "-m", "dask")
_LOOPBACK: Final = ("--host", "127.0.0.1", "--no-dashboard")
_NO_THREADS: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(slots=True)
class Watch:
    """What was seen of processes: `curve` holds (seconds, lines in the results, MB of the command,
    MB of each worker).
    """

    results: Path
    began: float = field(default_factory=time.perf_counter)
    curve: list[tuple[float, int, float, tuple[float, ...]]] = field(default_factory=list)
    cpu: dict[int, float] = field(default_factory=dict)
    lines: int = 0
    _offset: int = 0

    def look(self, command: int, others: Sequence[int] = ()) -> None:
        """Take note of the processes now; `others` are not started by the command."""
        own = 0.0
        workers = []
        for process in _family(command, others):
            with suppress(psutil.Error):
                size = process.memory_info().rss / 1e6
                times = process.cpu_times()
                self.cpu[process.pid] = times.user + times.system
                if process.pid == command:
                    own = size
                elif _is_worker(process):
                    workers.append(size)
        self._count()
        seconds = time.perf_counter() - self.began
        self.curve.append((round(seconds, 1), self.lines, own, tuple(workers)))

    def _count(self) -> None:
        if not self.results.exists():
            return
        with self.results.open("rb") as file:
            file.seek(self._offset)
            while piece := file.read(1 << 24):
                self._offset += len(piece)
                self.lines += piece.count(b"\n")

    @property
    def peak(self) -> float:
        """Return the most that one worker took, in MB."""
        return max((size for *_, sizes in self.curve for size in sizes), default=0.0)

    @property
    def peak_command(self) -> float:
        return max((own for _, _, own, _ in self.curve), default=0.0)


def _family(command: int, others: Sequence[int]) -> Iterator[psutil.Process]:
    for pid in (command, *others):
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            yield process
            yield from process.children(recursive=True)


def _is_worker(process: psutil.Process) -> bool:
    told = " ".join(process.cmdline())
    return "spawn_main" in told or " worker " in told


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run went: `files` have a result, `judged` of them by this run, whose `cpu` is that of
    all runs of the watch; `twice` counts the lines on files that were judged before.
    """

    name: str
    files: int
    judged: int
    wall: float
    cpu: float
    digest: str
    twice: int
    watch: Watch

    @property
    def rate(self) -> float:
        return self.judged / self.wall

    @property
    def cpu_ms(self) -> float:
        return 1e3 * self.cpu / max(self.files, 1)

    def to_dict(self) -> dict[str, Any]:
        step = max(1, len(self.watch.curve) // 200)
        return {
            "name": self.name,
            "files": self.files,
            "judged": self.judged,
            "wall_s": round(self.wall, 2),
            "cpu_s": round(self.cpu, 2),
            "files_per_s": round(self.rate, 1),
            "cpu_ms_per_file": round(self.cpu_ms, 3),
            "peak_worker_mb": round(self.watch.peak, 1),
            "peak_command_mb": round(self.watch.peak_command, 1),
            "judged_twice": self.twice,
            "results_sha256": self.digest,
            "memory": [
                {
                    "s": seconds,
                    "lines": lines,
                    "command_mb": round(own, 1),
                    "workers_mb": [round(size, 1) for size in sizes],
                }
                for seconds, lines, own, sizes in self.watch.curve[::step]
            ],
        }


@dataclass(frozen=True, slots=True)
class Command:
    """`hocba verify --results` over what `named` names."""

    named: tuple[str, ...]
    material: tuple[str, ...]
    results: Path

    def started(self, *more: str) -> "subprocess.Popen[bytes]":
        command = (
            *(str(Path(sys.executable).with_name("hocba")), "verify", *self.named, *self.material),
            *("--results", str(self.results), "--offline", "--quiet", *more),
        )
        return subprocess.Popen(command, cwd=ROOT, env=environment(), start_new_session=True)


def environment() -> dict[str, str]:
    return {**os.environ, **_NO_THREADS, "PYTHONPATH": str(ROOT / "src")}


Act = Callable[["subprocess.Popen[bytes]"], None]


def watched(
    command: Command,
    *more: str,
    name: str,
    others: Sequence[int] = (),
    at: int | None = None,
    act: Act | None = None,
    watch: Watch | None = None,
) -> Outcome:
    """Run a command to its end, and do `act` once when `at` lines stand in the results.

    A `watch` of a run that was stopped before goes on.
    """
    watch = watch or Watch(command.results)
    known = watch.lines
    before = {pid: _cpu(pid) for pid in others}
    began = time.perf_counter()
    process = command.started(*more)
    is_due = act is not None
    while process.poll() is None:
        watch.look(process.pid, others)
        if is_due and act is not None and at is not None and watch.lines >= at:
            act(process)
            is_due = False
        time.sleep(SAMPLE if not is_due else 0.02)
    wall = time.perf_counter() - began
    watch.look(process.pid, others)
    files, digest = digest_of(watch.results)
    return Outcome(
        name=name,
        files=files,
        judged=files - known,
        wall=wall,
        cpu=sum(watch.cpu.values()) - sum(before.values()),
        digest=digest,
        twice=sum(1 for _ in lines_of(watch.results)) - files,
        watch=watch,
    )


def _cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def digest_of(results: Path) -> tuple[int, str]:
    """Return how many files have a result, and a digest of all, in whatever order they stand."""
    total, count = 0, 0
    for line in last_lines(results):
        octets = json.dumps(line, sort_keys=True).encode()
        total ^= int.from_bytes(hashlib.sha256(octets).digest(), "big")
        count += 1
    return count, f"{total:064x}"


def kill_a_worker(process: "subprocess.Popen[bytes]") -> None:
    """Kill one of the processes that a command began, outright."""
    for child in psutil.Process(process.pid).children():
        if _is_worker(child):
            child.kill()
            return


def kill_all(process: "subprocess.Popen[bytes]") -> None:
    """Kill a command with all that it began, outright."""
    os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def cluster(workers: int, folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Run a Dask scheduler and workers on this machine; yield its address and the workers."""
    with ExitStack() as stack:
        log = folder / "scheduler.log"
        _program(stack, log, "scheduler", *_LOOPBACK, "--port", "0")
        address = _told(log, r"Scheduler at:\s+(tcp://\S+)")
        alone = (*_LOOPBACK, "--no-nanny", "--nthreads", "1", "--local-directory", str(folder))
        pids = []
        for number in range(workers):
            log = folder / f"worker-{number}.log"
            pids.append(_program(stack, log, "worker", address, *alone, "--name", str(number)))
            _told(log, "(Registered to)")
        yield address, tuple(pids)


def _program(stack: ExitStack, log: Path, *command: str) -> int:
    file = stack.enter_context(log.open("wb"))
    process = subprocess.Popen(
        (*_DASK, *command),
        stdout=file,
        stderr=subprocess.STDOUT,
        env=environment(),
        start_new_session=True,
    )

    def end() -> None:
        process.terminate()
        process.wait()

    stack.callback(end)
    return process.pid


def _told(log: Path, pattern: str) -> str:
    end = time.monotonic() + _START
    while time.monotonic() < end:
        found = re.search(pattern, log.read_text())
        if found:
            return found[1]
        time.sleep(0.05)
    sys.exit(f"bench: {log} never says {pattern}")
