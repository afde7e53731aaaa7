"""Secrets that are planted in tests, and where they might show: in what a careless program could
write down of an error, in files, and in what every user of the machine sees of processes.
"""

import json
import os
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def everything_told(error: BaseException) -> str:
    """Return all that a careless program could write down of an error: also local variables, less
    those of the test itself.
    """
    trace = error.__traceback__
    while trace is not None and "tests" in trace.tb_frame.f_code.co_filename:
        trace = trace.tb_next
    told = traceback.TracebackException(type(error), error, trace, capture_locals=True)
    return "".join(told.format()) + repr(error) + str(error) + json.dumps(vars(error), default=repr)


def in_files(folder: Path, *, but: Iterable[str] = ()) -> str:
    """Return all that stands in the files of a folder, and in their names."""
    left_out = frozenset(but)
    paths = [path for path in sorted(folder.rglob("*")) if path.name not in left_out]
    contents = [path.read_text("utf-8", "replace") for path in paths if path.is_file()]
    return "\n".join((*map(str, paths), *contents))


def in_processes(*, environments: bool = True) -> str:
    """Return the arguments and, of our own processes, the environments of all that run now."""
    names = ("cmdline", "environ") if environments else ("cmdline",)
    told = []
    for entry in os.scandir("/proc"):
        for name in names if entry.name.isdigit() else ():
            try:
                told.append((Path(entry.path) / name).read_bytes().decode("utf-8", "replace"))
            except OSError:
                continue
    return "\n".join(told)


@contextmanager
def watched_processes() -> Iterator[list[str]]:
    """Look at all processes again and again while the block lasts; yield what was seen of them."""
    seen: list[str] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.03):
            seen.append(in_processes())

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
