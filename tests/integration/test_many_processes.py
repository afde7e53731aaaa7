"""Many documents by real processes and a real Dask cluster on this machine, killed in the middle:
the same results as one by one.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.adapters import result_files as disk
from hocba_sign.adapters.dask_cluster import DaskExecutor
from hocba_sign.adapters.inputs import expand
from hocba_sign.cli.main import main
from hocba_sign.errors import OutsideError
from hocba_sign.operations.many import Pace, line_of, verify_many
from hocba_sign.operations.verifier import Verifier
from hocba_sign.testing.identity import pem
from tests.conftest import ROOT
from tests.support.scene import JUDGED_AT, Scene

SCENE = Scene("lop9", subjects=1)
ISSUED = SCENE.signed()
VERIFIER = Verifier(trust=SCENE.trust, evidence=SCENE.evidence(), is_time_fixed=True)
COUNT = 400
CHUNK = 50
KILL_AT = COUNT // 4
"""Lines after which something is killed."""
SECONDS = 120
DASK = (sys.executable, "-m", "dask")
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard")
Killed = Callable[[], None]

pytestmark = pytest.mark.skipif(
    not hasattr(os, "killpg"), reason="processes cannot be killed outright here"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out documents that are valid, and four that would end a program that is not careful."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number:03}.xml").write_bytes(ISSUED + b"\n" * number)
    (folder / "100-bomb.xml").write_bytes(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    (folder / "200-cut.xml").write_bytes(ISSUED[: len(ISSUED) // 2])
    (folder / "300-encoding.xml").write_bytes(ISSUED.decode().encode("utf-16-le"))
    (folder / "gone.xml").symlink_to(folder / "nowhere")
    for place, octets in (
        ("trust", [pem(anchor.certificate.der) for anchor in SCENE.trust.anchors]),
        ("lists", [each.der for each in VERIFIER.evidence.crls]),
        ("others", [each.der for each in VERIFIER.evidence.certificates]),
    ):
        (tmp_path / place).mkdir()
        for number, held in enumerate(octets):
            (tmp_path / place / f"{number}.der").write_bytes(held)
    return folder


def serial() -> dict[str, Any]:
    lines = (line_of(source, VERIFIER, at=JUDGED_AT) for source in expand([Path("in")]))
    return {line["file"]: json.loads(json.dumps(line)) for line in lines}


def found(results: Path) -> dict[str, Any]:
    return {line["file"]: line for line in disk.last_lines(results)}


def lines_in(results: Path) -> int:
    return sum(1 for _ in disk.lines_of(results))


def wait_for(is_so: Callable[[], Any]) -> Any:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        value = is_so()
        if value:
            return value
        time.sleep(0.005)
    raise AssertionError("it never was so")


@contextmanager
def started(*command: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program with all that it starts; both end here."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def scheduler(place: Path) -> Iterator[str]:
    log = place / "scheduler.log"
    with started(*DASK, "scheduler", *LOOPBACK, "--port", "0", log=log):
        yield wait_for(lambda: re.search(r"Scheduler at:\s+(tcp://\S+)", log.read_text()))[1]


@contextmanager
def worker(address: str, place: Path, name: str) -> Iterator["subprocess.Popen[bytes]"]:
    alone = ("--no-nanny", "--nthreads", "1", "--name", name, "--local-directory", str(place))
    log = place / f"{name}.log"
    with started(*DASK, "worker", address, *LOOPBACK, *alone, log=log) as process:
        wait_for(lambda: "Registered to" in log.read_text())
        yield process


def once_at(count: int, results: Path, act: Killed) -> Callable[[int], None]:
    """Return who acts once when so many lines stand in the results; it is called again and again
    while chunks are judged.
    """
    done: list[bool] = []

    def look(_: int) -> None:
        if not done and results.exists() and results.read_bytes().count(b"\n") >= count:
            done.append(True)
            act()

    return look


def test_a_worker_of_a_cluster_killed_in_the_middle(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hocba_sign.operations.many._TICK", 0.01)
    results = Path("results.jsonl")
    with (
        scheduler(tmp_path) as address,
        worker(address, tmp_path, "one") as killed,
        worker(address, tmp_path, "two"),
        DaskExecutor(address) as executor,
    ):
        assert executor.workers == 2
        tally = verify_many(
            expand([Path("in")]),
            VERIFIER,
            at=JUDGED_AT,
            results=results,
            executor=executor,
            pace=Pace(chunk=CHUNK, on_progress=once_at(KILL_AT, results, killed.kill)),
        )
        assert killed.wait(SECONDS) == -signal.SIGKILL
    assert found(results) == serial()
    assert tally.outcomes == {"VALID": COUNT, "INVALID": 3, "UNREAD": 1}
    assert lines_in(results) - len(found(results)) < CHUNK


def test_a_worker_that_joins_later_is_made_ready(folder: Path, tmp_path: Path) -> None:
    results = Path("results.sqlite")
    with (
        scheduler(tmp_path) as address,
        worker(address, tmp_path, "first") as first,
        DaskExecutor(address) as executor,
    ):
        run: dict[str, Any] = {"at": JUDGED_AT, "results": results, "executor": executor}
        verify_many(expand([Path("in/000.xml")]), VERIFIER, **run)
        first.kill()
        first.wait(SECONDS)
        with worker(address, tmp_path, "second"):
            verify_many(expand([Path("in")]), VERIFIER, **run)
    assert found(results) == serial()


def test_a_scheduler_that_goes_ends_the_run_and_blames_no_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hocba_sign.operations.many._TICK", 0.01)
    results = Path("results.jsonl")
    log = tmp_path / "scheduler.log"
    with started(*DASK, "scheduler", *LOOPBACK, "--port", "0", log=log) as gone:
        address = wait_for(lambda: re.search(r"Scheduler at:\s+(tcp://\S+)", log.read_text()))[1]
        with (
            worker(address, tmp_path, "one"),
            DaskExecutor(address) as executor,
            pytest.raises(OutsideError, match=r"BULK\.(CLUSTER|EXECUTOR)"),
        ):
            verify_many(
                expand([Path("in")]),
                VERIFIER,
                at=JUDGED_AT,
                results=results,
                executor=executor,
                pace=Pace(chunk=CHUNK, on_progress=once_at(KILL_AT, results, gone.kill)),
            )
    expected = serial()
    assert all(expected[name] == line for name, line in found(results).items())


def test_a_worker_of_another_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hocba_sign.adapters.dask_cluster.VERSION", "0.0.0")
    with (
        scheduler(tmp_path) as address,
        worker(address, tmp_path, "one"),
        DaskExecutor(address) as executor,
        pytest.raises(OutsideError, match=r"BULK\.OTHER_VERSION"),
    ):
        executor.make_ready(print)


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hocba_sign.adapters.dask_cluster.WAIT", 1)
    with pytest.raises(OutsideError, match=r"BULK\.CLUSTER"):
        DaskExecutor("tcp://127.0.0.1:1")


def arguments(results: str, *more: str) -> tuple[str, ...]:
    return (
        *("verify", "in", "--results", results, "--trust", "trust", "--crl", "lists"),
        *("--cert", "others", "--offline", "--quiet", "--at", JUDGED_AT.isoformat(), *more),
    )


def test_the_command_reaches_a_cluster(folder: Path, tmp_path: Path) -> None:
    with scheduler(tmp_path) as address, worker(address, tmp_path, "one"):
        assert main(list(arguments("results.jsonl", "--dask", address))) == 6
    assert {name: line["verdict"] for name, line in found(Path("results.jsonl")).items()} == {
        name: line["verdict"] for name, line in serial().items()
    }


@pytest.mark.parametrize("results", ["results.jsonl", "results.sqlite"])
def test_a_run_killed_outright_goes_on(folder: Path, tmp_path: Path, results: str) -> None:
    start = "import sys; from hocba_sign.cli.main import main; sys.exit(main())"
    command = (sys.executable, "-c", start, *arguments(results, "--jobs", "2"))
    place = Path(results)
    with started(*command, log=tmp_path / "log") as process:
        wait_for(lambda: place.exists() and written(place) >= KILL_AT)
        os.killpg(process.pid, signal.SIGKILL)
    before = written(place)
    assert KILL_AT <= before < COUNT
    assert main(list(arguments(results, "--jobs", "2"))) == 6
    assert found(place) == serial()
    assert lines_in(place) < COUNT + 4 + CHUNK


def written(results: Path) -> int:
    try:
        return lines_in(results)
    except OutsideError:
        return 0
