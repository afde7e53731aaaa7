"""Pages are looked at in a process of its own that is kept: a hostile file may take a while or much
memory there, or end it, and harms nobody.

Each thread that asks has a process to itself, so that none waits for another's file. They are
started when they are first needed and end with this process. docs/adr/0012-worker-for-pages.md says
why it is done here and what happens where no process can be started.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from hocba_sign.errors import CallerError, InputError
from hocba_sign.rendering.serve import TASKS, read_message, write_message

MAX_SECONDS: Final = 1.2
"""Of work for one file; a page takes some hundredths."""
MAX_CODE_SECONDS: Final = 5.0
"""Of work for the codes in a picture; a photograph of twelve million pixels takes half of one."""
MAX_KEPT: Final = 2
"""Processes that wait for the next file; more are started where more threads ask at once."""

_WATCHED: Final = 8.0
"""Seconds on the clock: the work of one file on a machine that is busy with others."""
_START: Final = 20.0
_CAUSES: Final = ("PDF.UNREADABLE", "PDF.LIMIT", "EXTRACT.PICTURE")
_TEXTS: Final = ("read", "beside")
_BOOT: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from "
    "hocba_sign.rendering.serve import main; main()"
)


class Pages:
    """Looks at the pages of one file, within `seconds` of work for all that is asked.

    Every method raises InputError PDF.PAGE_LIMIT where they are over.
    """

    def __init__(self, pdf: bytes, *, seconds: float = MAX_SECONDS) -> None:
        self._pdf = pdf
        self._left = seconds

    def texts(self, end: int) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """Return of each page, of the first `end` octets, the texts in the order of the file's
        structure, and those beside it.

        Raises: CallerError PDF.EXTRA_MISSING; InputError PDF.UNREADABLE, PDF.LIMIT, PDF.PAGE_LIMIT.
        """
        return tuple(
            (tuple(page["read"]), tuple(page["beside"]))
            for page in self._ask("text", self._pdf[:end])
        )

    def are_blank(self, places: list[dict[str, Any]]) -> list[bool]:
        """Return for each place (`end`, `page`, `box`, `others`) whether nothing is there.

        Raises: as `texts`. Spec: as `blank.is_blank`.
        """
        return (
            [answer is True for answer in self._ask("blank", self._pdf, places=places)]
            if places
            else []
        )

    def codes(self) -> tuple[str, ...]:
        """Return the texts of the QR codes, also where the file is a picture.

        Raises: CallerError EXTRACT.EXTRA_MISSING, PDF.EXTRA_MISSING; InputError EXTRACT.PICTURE,
        PDF.UNREADABLE, PDF.PAGE_LIMIT.
        """
        for name in ("zxingcpp", "PIL"):
            if find_spec(name) is None:
                raise CallerError("EXTRACT.EXTRA_MISSING", detail=name)
        return tuple(self._ask("codes", self._pdf))

    def _ask(self, task: str, pdf: bytes, **given: Any) -> Any:
        if find_spec("pypdfium2") is None:
            raise CallerError("PDF.EXTRA_MISSING", detail="pypdfium2")
        if self._left <= 0:
            raise InputError("PDF.PAGE_LIMIT", detail="time")
        worker = POOL.take()
        if worker is None:
            return TASKS[task](pdf, **given)
        answer = worker.ask(
            {"task": task, "given": given, "size": len(pdf), "seconds": self._left}, pdf
        )
        if answer is None or not _is_sound(answer, task):
            self._left = 0
            worker.end()
            raise InputError("PDF.PAGE_LIMIT", detail="time or memory")
        POOL.give_back(worker)
        self._left -= answer["seconds"]
        if "cause" in answer:
            raise InputError(answer["cause"])
        return answer["found"]


def _is_sound(answer: dict[str, Any], task: str) -> bool:
    """Return whether an answer has the shape that was agreed on; a hostile file may have made the
    process say anything.
    """
    if type(answer.get("seconds")) is not float:
        return False
    if "cause" in answer:
        return answer["cause"] in _CAUSES
    found = answer.get("found")
    if not isinstance(found, list):
        return False
    if task == "codes":
        return all(isinstance(text, str) for text in found)
    return task == "blank" or all(
        isinstance(page, dict)
        and all(
            isinstance(page.get(key), list) and all(isinstance(value, str) for value in page[key])
            for key in _TEXTS
        )
        for page in found
    )


class _Worker:
    """One process. Raises: OSError where none can be started."""

    def __init__(self, interpreter: str) -> None:
        own = str(Path(__file__).parents[2])
        paths = [os.path.abspath(path) for path in (*sys.path, own) if path]  # noqa: PTH100 - links stay
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and a text of ours
            [interpreter, "-I", "-c", _BOOT, json.dumps(paths)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        if self._read(_START) is None:
            self.end()
            raise OSError("no answer")

    @property
    def number(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], octets: bytes) -> dict[str, Any] | None:
        """Return the answer, None where the process ended over it."""
        assert self._process.stdin is not None
        timer = threading.Timer(_WATCHED, self._process.kill)
        timer.start()
        try:
            write_message(self._process.stdin, request, octets=octets)  # type: ignore[arg-type]  # a pipe of octets
        except OSError:
            return None
        finally:
            timer.cancel()
        return self._read(_WATCHED)

    def _read(self, seconds: float) -> dict[str, Any] | None:
        assert self._process.stdout is not None
        timer = threading.Timer(seconds, self._process.kill)
        timer.start()
        try:
            return read_message(self._process.stdout)  # type: ignore[arg-type]  # a pipe of octets
        except OSError:
            return None
        finally:
            timer.cancel()

    def end(self) -> None:
        self._process.kill()
        with suppress(OSError, ValueError):
            self._process.communicate()


class _Workers:
    """Processes that wait. After a fork they belong to the parent."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._lock = threading.Lock()
        self.idle: list[_Worker] = []
        self.interpreter = _interpreter()

    def take(self) -> _Worker | None:
        """Return a process that nobody else asks; None where none can be started."""
        with self._lock:
            while self.idle:
                worker = self.idle.pop()
                if worker.is_alive:
                    return worker
                worker.end()
            interpreter = self.interpreter
        if interpreter is None:
            return None
        try:
            return _Worker(interpreter)
        except OSError:
            self.interpreter = None
            return None

    def give_back(self, worker: _Worker) -> None:
        with self._lock:
            if len(self.idle) < MAX_KEPT:
                self.idle.append(worker)
                return
        worker.end()

    def end(self) -> None:
        with self._lock:
            idle, self.idle = self.idle, []
        for worker in idle:
            worker.end()


def _interpreter() -> str | None:
    """Return the Python to start.

    Programs that bring their own have none (frozen), servers that hold one call themselves by
    another name.
    """
    if getattr(sys, "frozen", False):
        return None
    beside = (
        Path(sys.exec_prefix) / part for part in ("bin/python3", "python.exe", "Scripts/python.exe")
    )
    names = (
        [Path(sys.executable)]
        if sys.executable and "python" in Path(sys.executable).name.lower()
        else []
    )
    return next((str(path) for path in (*names, *beside) if path.is_file()), None)


POOL: Final = _Workers()
atexit.register(POOL.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL.forget)
