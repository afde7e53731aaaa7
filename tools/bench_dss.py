"""Measure this library against EU DSS in a warm Java machine; `make bench-dss`.

The same files, anchors, certificates and lists; both answer for all four signatures of a file. CPU
of the thread that validates, without compilation and garbage collection. Needs a JDK and Maven.
Writes bench-out/dss.json, prints a table.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from tests.interop.dss_oracle import TARGET, build
from tools.bench import Worker, machine
from tools.benchmark import material
from tools.benchmark.environments import PLACE, ROOT
from tools.benchmark.protocol import SETTING
from tools.benchmark.rows import Probe, Row, compare, say

WARM: Final = 150
"""Validations before anything is measured: then the times do not fall any more."""
FILES: Final = 10
"""Validations in one measurement."""


class Oracle:
    """DSS, asked file by file."""

    def __init__(self, folder: Path) -> None:
        judged = json.loads((folder / SETTING).read_text())["judged"].replace("+00:00", "Z")
        given = [
            argument
            for option, kind in (("--trust", "root"), ("--certs", "ca"), ("--crl", "crl"))
            for path in sorted(folder.glob(f"{kind}-*.der"))
            for argument in (option, str(path))
        ]
        classes = f"{TARGET / 'classes'}:{TARGET / 'lib'}/*"
        command = ("java", "-XX:+UseSerialGC", "-cp", classes, "DssOracle", *given)
        self._process = subprocess.Popen(
            (*command, "--time", judged, "--short", "--cpu", "-"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def validate(self, path: Path) -> dict[str, Any]:
        """Return what DSS says to a file. Raises: SystemExit unless all four signatures pass."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline() or "{}")
        found = [signature["indication"] for signature in told.get("signatures", ())]
        if found != ["TOTAL_PASSED"] * 4:
            sys.exit(f"bench: DSS does not pass {path}: {found or told}")
        return told

    def probe(self, files: list[Path]) -> Probe:
        """Return a probe that validates some files, after as many that nobody measures."""
        turn = cycle(files)
        for _ in range(WARM):
            self.validate(next(turn))

        def run() -> tuple[float, float]:
            told = [self.validate(next(turn)) for _ in range(FILES)]
            cpu, wall = (sum(each[name] for each in told) for name in ("cpu_ms", "ms"))
            return cpu / FILES / 1e3, wall / FILES / 1e3

        return run

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


@contextmanager
def both(folder: Path) -> Iterator[tuple[Worker, Oracle]]:
    ours, oracle = Worker(Path(sys.executable), "ours", folder), Oracle(folder)
    try:
        yield ours, oracle
    finally:
        oracle.close()
        ours.close()


def rows(folder: Path, rounds: int) -> Iterator[Row]:
    with both(folder) as (ours, oracle):
        for level, task, kind in (("T", "verify 4", "four"), ("LT", "verify 4 LT", "long")):
            files = sorted(folder.glob(f"{kind}-*.xml"))[: material.TIMED]
            yield compare(
                f"verify 4 signers, {level}, warm / EU DSS, warm, thread CPU",
                ours.probe(task),
                oracle.probe(files),
                rounds=rounds,
                goal="<= 0.05",
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="measurements of each pair")
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out")
    options = parser.parse_args()
    facts = machine()
    build()
    say("files to measure; they are kept in .bench until the library changes")
    folder = material.prepare(PLACE / "files", material.TIMED)
    found = list(rows(folder, options.rounds))
    options.out.mkdir(parents=True, exist_ok=True)
    told = {"machine": facts, "rows": [asdict(row) | row.result for row in found]}
    (options.out / "dss.json").write_text(json.dumps(told, indent=1) + "\n")
    for name, text in facts.items():
        print(f"{name:<8} {text}")
    print("\n".join(row.line for row in found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
