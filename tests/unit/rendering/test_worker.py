"""Pages are looked at in a process that is kept: bounded, nobody's delay, and there whatever
program uses the library.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from hocba_sign.errors import CallerError, InputError
from hocba_sign.rendering import worker
from hocba_sign.rendering.serve import read_message
from hocba_sign.rendering.worker import Pages
from tests.support.pdf import page_of

ROOT = Path(__file__).parents[3]
FREE = {"page": 0, "box": (72.0, 100.0, 272.0, 150.0), "others": ()}
OVER = {"page": 0, "box": (60.0, 690.0, 300.0, 730.0), "others": ()}


def nested(levels: int = 12, each: int = 20) -> bytes:
    """Write a page whose form draws another one so many times, which does the same."""
    forms = [
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X "
        f"{number} 0 R >> >>"
        f" /Length {6 * each} >>\nstream\n{'/X Do ' * each}\nendstream"
        for number in range(8, 8 + levels)
    ]
    last = "<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Length 1 >>\nstream\nf\nendstream"
    return page_of(drawing=" /X Do", objects=(*forms, last), resources=" /XObject << /X 7 0 R >>")


HOSTILE = nested()


def are_blank(octets: bytes, *places: dict[str, object]) -> list[bool]:
    return Pages(octets).are_blank([{"end": len(octets), **place} for place in places])


@pytest.fixture(autouse=True)
def _no_process_left(monkeypatch: pytest.MonkeyPatch) -> None:
    worker.POOL.end()


def test_what_is_asked_is_answered() -> None:
    octets = page_of()
    assert are_blank(octets, FREE, OVER) == [True, False]
    assert Pages(octets).texts(len(octets)) == (((), ("Diem Toan: 8",)),)


def test_a_process_is_kept() -> None:
    are_blank(page_of(), FREE)
    (first,) = worker.POOL.idle
    are_blank(page_of(), FREE)
    assert worker.POOL.idle == [first]


def test_a_file_that_takes_too_much_ends_its_process_and_nothing_else() -> None:
    pages = Pages(HOSTILE)
    with pytest.raises(InputError, match=r"PDF\.PAGE_LIMIT"):
        pages.texts(len(HOSTILE))
    with pytest.raises(InputError, match=r"PDF\.PAGE_LIMIT"):
        pages.are_blank([{"end": len(HOSTILE), **FREE}])
    assert worker.POOL.idle == []
    assert are_blank(page_of(), FREE) == [True]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
def test_costs_of_a_hostile_file_are_bounded() -> None:
    """Under two seconds of work and 200 MB, both counted over all processes."""
    program = (
        "import resource, sys\n"
        "from hocba_sign.rendering.worker import POOL, Pages\n"
        "octets = sys.stdin.buffer.read()\n"
        "for ask in (lambda: Pages(octets).texts(len(octets)),):\n"
        "    try: ask()\n"
        "    except Exception as error: print(type(error).__name__)\n"
        "POOL.end()\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss)\n"
    )
    said = _program(program, octets=HOSTILE).split()
    assert said[0] == "InputError"
    assert float(said[1]) < 2
    assert int(said[2]) < 200_000


def test_another_thread_is_not_delayed() -> None:
    """A file that takes all its time is looked at while others are judged beside it."""
    are_blank(page_of(), FREE)
    octets = page_of()
    done: list[str] = []

    def hostile() -> None:
        with pytest.raises(InputError):
            Pages(HOSTILE).texts(len(HOSTILE))
        done.append("hostile")

    beside = threading.Thread(target=hostile)
    beside.start()
    times = [time.monotonic()]
    while beside.is_alive() and len(times) < 200:
        assert are_blank(octets, FREE) == [True]
        times.append(time.monotonic())
    beside.join()
    assert len(times) > 2
    longest = sorted(later - earlier for earlier, later in pairwise(times))
    assert longest[len(longest) // 2] < 0.5


def test_a_process_that_was_killed_is_replaced() -> None:
    are_blank(page_of(), FREE)
    (kept,) = worker.POOL.idle
    os.kill(kept.number, signal.SIGKILL)
    os.waitid(os.P_PID, kept.number, os.WEXITED | os.WNOWAIT)
    assert are_blank(page_of(), FREE) == [True]


def test_an_odd_answer_is_none() -> None:
    """A file that took the process over can say what it likes, but make nothing of it."""
    for answer in (b"", b"\0\0\0\2[]", b"\0\0\0\1{", b"\xff\xff\xff\xff"):
        read, write = os.pipe()
        os.write(write, answer)
        os.close(write)
        with os.fdopen(read, "rb") as source:
            assert read_message(source) is None


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"found": [True]},
        {"found": True, "seconds": 0.1},
        {"found": [True], "seconds": "0.1"},
        {"cause": "SIG.VALUE", "seconds": 0.1},
        {"found": [[]], "seconds": 0.1},
        {"found": [{"read": "x", "beside": []}], "seconds": 0.1},
    ],
)
def test_an_answer_of_another_shape_is_none(
    answer: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    are_blank(page_of(), FREE)
    monkeypatch.setattr(type(worker.POOL.idle[0]), "ask", lambda *_: answer)
    with pytest.raises(InputError, match=r"PDF\.PAGE_LIMIT"):
        Pages(page_of()).texts(10)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "find_spec", lambda _: None)
    with pytest.raises(CallerError, match=r"PDF\.EXTRA_MISSING"):
        are_blank(page_of(), FREE)


def test_where_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frozen programs bring no Python, and some sandboxes start nothing: pages are looked at in
    this process then.
    """
    for interpreter in (None, "/nonexistent/python3", "/bin/false"):
        monkeypatch.setattr(worker.POOL, "interpreter", interpreter)
        assert are_blank(page_of(), FREE, OVER) == [True, False]


ASKING = """
import sys
from hocba_sign.rendering.worker import POOL, Pages
octets = sys.stdin.buffer.read()
def ask():
    return Pages(octets).texts(len(octets)) == (((), ("Diem Toan: 8",)),) and len(POOL.idle) == 1
"""


def _program(text: str, *, octets: bytes, options: tuple[str, ...] = (), **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", *options, "-c", text],
        input=octets,
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONPATH": "src", **environment},
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert not done.stderr, done.stderr[-500:]
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("options", "environment"),
    [((), {}), (("-P",), {}), ((), {"PYTHONSAFEPATH": "1"}), (("-O",), {})],
)
def test_from_a_program_without_ceremony(
    options: tuple[str, ...], environment: dict[str, str]
) -> None:
    """No `if __name__ == "__main__"`, whatever the search path."""
    assert (
        _program(ASKING + "print(ask())", octets=page_of(), options=options, **environment).strip()
        == "True"
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_from_a_daemon() -> None:
    """A process that forks leaves what it started to its parent, and its child starts its own."""
    program = """
import os
assert ask()
number = POOL.idle[0].number
child = os.fork()
if child == 0:
    own = not POOL.idle and ask() and POOL.idle[0].number != number
    POOL.end()
    os._exit(0 if own else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), ask(), POOL.idle[0].number == number)
"""
    assert _program(ASKING + program, octets=page_of()).split() == ["0", "True", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)"], ids=["ends", "is killed"])
def test_the_process_ends_with_the_one_that_asked(end: str) -> None:
    program = f"{ASKING}\nimport os\nassert ask()\nprint(POOL.idle[0].number, flush=True)\n{end}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=page_of(),
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONPATH": "src"},
        check=False,
        timeout=60,
    )
    path = Path("/proc") / done.stdout.decode().strip() / "cmdline"
    for _ in range(100):
        if not path.exists() or not path.read_bytes():
            return
        time.sleep(0.05)
    pytest.fail("it is still there")
