"""How a measured process is asked and answers: one JSON object a line, on stdin and stdout.

Standard library only.

Every peer runs in an environment of its own, so nothing here may import anything else.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

SETTING = "setting.json"
ROOTS = "roots.pem"
DRAFT = "draft.xml"
TEACHER_SUBJECT = "mon-11"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to measure: `work` is called with 0, 1, 2 …; `before`, if any, is called first and
    not measured.
    """

    work: Callable[[int], object]
    before: Callable[[], object] | None = None

    def measure(self, times: int, start: int) -> dict[str, float]:
        """Return CPU and wall seconds of `times` calls in all."""
        cpu = wall = 0.0
        for number in range(start, start + times):
            if self.before is not None:
                self.before()
            wall_0, cpu_0 = time.perf_counter(), time.process_time()
            self.work(number)
            cpu += time.process_time() - cpu_0
            wall += time.perf_counter() - wall_0
        return {"cpu": cpu, "wall": wall}


def four_signers(folder: Path) -> tuple[bytes, ...]:
    """Return the signed files of the rows that measure time."""
    files = [
        (folder / f"four-{number:05}.xml")
        for number in range(json.loads((folder / SETTING).read_text())["timed"])
    ]
    return tuple(path.read_bytes() for path in files)


def named(folder: Path, name: str) -> tuple[bytes, ...]:
    """Return the signed files of another kind: `fifteen` signers, or level LT (`long`); pages with
    one signature (`once`) or four (`page`).
    """
    return tuple(path.read_bytes() for path in sorted(folder.glob(f"{name}-[0-9]*.*")))


def tampered(document: bytes) -> bytes:
    """Change one letter of the signed content."""
    changed = document.replace(b"<TEN_LOP>5", b"<TEN_LOP>4", 1)
    assert changed != document
    return changed


def require_refusal(work: Callable[[], object], refusal: type[Exception]) -> None:
    """Make sure that what is measured does verify: a changed file must not pass.

    Raises: SystemExit.
    """
    try:
        work()
    except refusal:
        return
    sys.exit("a changed file was not refused: there is nothing to measure")


def serve(tasks: Mapping[str, Task], versions: Mapping[str, str]) -> None:
    """Answer {"task", "times"} with {"cpu", "wall"} until stdin ends."""
    position = {name: count() for name in tasks}
    print(json.dumps({"tasks": list(tasks), "versions": dict(versions)}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        start = next(position[asked["task"]])
        print(
            json.dumps(tasks[asked["task"]].measure(asked["times"], start * asked["times"])),
            flush=True,
        )
