"""Measure a whole archive: `make bench-bulk N=100000 FOLDER=/disk/archive`.

What and how: docs/reference/speed.md. Files that are there are used again; those that are missing
are made first, and a run that was stopped goes on with them. Nothing is asked.
Writes bench-out/bulk.json, prints a table.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tools.bench import machine
from tools.benchmark import bulk_material
from tools.benchmark.bulk_run import (
    Command,
    Outcome,
    Watch,
    cluster,
    kill_a_worker,
    kill_all,
    watched,
)
from tools.benchmark.environments import PLACE, ROOT
from tools.benchmark.rows import say

FEW: Final = 1_000
"""Files that memory is compared with."""
POISONED: Final = 10_000
"""Files, at most, among which the poisoned ones lie."""
ALL: Final = ("1", "2", "few", "dask", "worker", "all", "poison")
CHUNK: Final = 200


class Bench:
    """The runs over one archive, of which the first gives the results that all others must have."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.count = count
        self.archive = bulk_material.Archive(folder, count)
        self.place = folder / "results"
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        self.list = self._list("all", (self.archive.path_of(number) for number in range(count)))

    def _list(self, name: str, paths: Iterator[Path]) -> Path:
        path = self.place / f"{name}.txt"
        with path.open("w") as file:
            file.writelines(f"{found}\n" for found in paths)
        return path

    def command(self, name: str, listed: Path | None = None) -> Command:
        return Command(
            named=("--list", str(listed or self.list)),
            material=(
                *("--trust", str(self.folder / bulk_material.TRUST)),
                *("--crl", str(self.folder / bulk_material.LISTS)),
                *("--at", bulk_material.JUDGED.isoformat()),
            ),
            results=self.place / f"{name}.jsonl",
        )

    @property
    def file_kb(self) -> float:
        """Return the mean size of some files, spread over all."""
        numbers = range(0, self.count, max(1, self.count // FEW))
        sizes = [self.archive.path_of(number).stat().st_size for number in numbers]
        return sum(sizes) // len(sizes) / 1e3

    def line_bytes(self, runs: Sequence[dict[str, Any]]) -> float:
        """Return the mean size of a line of results."""
        kind, files = str(runs[0]["kind"]), int(runs[0]["files"])
        return self.command(kind).results.stat().st_size / files

    def run(self, kind: str) -> Iterator[Outcome]:
        say(f"run: {kind}")
        match kind:
            case "1" | "2":
                yield watched(
                    self.command(kind),
                    "--jobs",
                    kind,
                    name="1 process" if kind == "1" else "2 processes",
                )
            case "few":
                first = (self.archive.path_of(number) for number in range(min(FEW, self.count)))
                command = self.command("few", self._list("few", first))
                yield watched(command, "--jobs", "2", name="the first files, 2 processes")
            case "dask":
                with cluster(2, self.place) as (address, pids):
                    command = self.command("dask")
                    yield watched(command, "--dask", address, name="Dask, 2 workers", others=pids)
            case "worker":
                yield watched(
                    self.command("worker"),
                    *("--jobs", "2"),
                    name="2 processes, one killed in the middle",
                    at=self.count // 2,
                    act=kill_a_worker,
                )
            case "all":
                yield from self._stopped()
            case _:
                yield self._poisoned()

    def _stopped(self) -> Iterator[Outcome]:
        command = self.command("all")
        watch = Watch(command.results)
        yield watched(
            command,
            "--jobs",
            "2",
            name="2 processes, all killed in the middle",
            at=self.count // 2,
            act=kill_all,
            watch=watch,
        )
        yield watched(command, "--jobs", "2", name="the same command again", watch=watch)

    def _poisoned(self) -> Outcome:
        """Put a bomb, a file cut off and one in another encoding among honest ones."""
        count = min(POISONED, self.count)
        honest = [self.archive.path_of(number) for number in range(count)]
        octets = honest[0].read_bytes()
        bad = self.place / "poison"
        bad.mkdir()
        entities = b"".join(
            b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"x" * 10)
            for n in range(12)
        )
        for name, held in (
            ("bomb", b"<!DOCTYPE a [" + entities + b"]><a>&e11;</a>"),
            ("cut", octets[: len(octets) // 2]),
            ("encoding", octets.decode().encode("utf-16-le")),
        ):
            path = bad / f"{name}.xml"
            path.write_bytes(held)
            honest.insert(len(honest) // 2, path)
        command = self.command("poison", self._list("poison", iter(honest)))
        return watched(command, "--jobs", "2", name="three poisoned among them, 2 processes")


def findings(runs: dict[str, Outcome], bench: Bench) -> Iterator[tuple[str, bool, str]]:
    """Yield what must be shown: words, whether it is so, and the figures."""
    reference = next((runs[kind] for kind in ("1", "2") if kind in runs), None)
    if "1" in runs and "2" in runs:
        ratio = runs["2"].rate / runs["1"].rate
        yield "2 processes / 1 process, files a second, >= 1.8", ratio >= 1.8, f"{ratio:.2f}"
    if "2" in runs and "few" in runs:
        for words, ratio in (
            ("worker", runs["2"].watch.peak / runs["few"].watch.peak),
            ("command", runs["2"].watch.peak_command / runs["few"].watch.peak_command),
        ):
            told = f"memory of a {words}, {runs['2'].files} files / {runs['few'].files}, <= 1.2"
            yield told, ratio <= 1.2, f"{ratio:.2f}"
    for kind in ("2", "dask", "worker", "all"):
        if kind in runs and reference is not None and runs[kind] is not reference:
            yield (
                f"{runs[kind].name}: results as of the first run",
                runs[kind].digest == reference.digest,
                "",
            )
    for kind in ("dask", "worker", "all"):
        if kind in runs:
            yield (
                f"{runs[kind].name}: judged twice, less than a chunk",
                runs[kind].twice < CHUNK,
                str(runs[kind].twice),
            )
    if "poison" in runs:
        yield "a line each for three poisoned files, all others valid", *_poison(bench)


def _poison(bench: Bench) -> tuple[bool, str]:
    counts: dict[str, int] = {}
    for line in bench.command("poison").results.read_text().splitlines():
        verdict = str(json.loads(line)["verdict"])
        counts[verdict] = counts.get(verdict, 0) + 1
    honest = min(POISONED, bench.count)
    return counts == {"VALID": honest, "INVALID": 3}, str(counts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2_000, help="how many (default 2000)")
    parser.add_argument(
        "--folder", type=Path, default=PLACE / "bulk", help="where they are kept; 77 kB each"
    )
    parser.add_argument(
        "--runs", default=",".join(ALL), help=f"which of {', '.join(ALL)} (default: all)"
    )
    parser.add_argument(
        "--generate", action="store_true", help="make the files, and measure nothing"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    say(f"{options.files} files in {folder}")
    made = bulk_material.prepare(folder, options.files, processes=os.cpu_count() or 1)
    say(f"made {made['made']:.0f} files in {made['wall']:.0f} s, {made['cpu']:.0f} s of CPU")
    if options.generate:
        return 0
    bench = Bench(folder, options.files)
    runs: dict[str, Outcome] = {}
    stored: list[dict[str, Any]] = []
    print(
        f"{'run':<42}{'files':>9}{'wall s':>9}{'files/s':>9}{'CPU ms':>9}{'worker MB':>11}{'command MB':>12}{'twice':>7}"
    )
    for kind in options.runs.split(","):
        for outcome in bench.run(kind):
            runs[kind] = outcome
            told = outcome.to_dict()
            stored.append({"kind": kind} | told)
            print(
                f"{outcome.name:<42}{outcome.files:>9}{outcome.wall:>9.1f}{outcome.rate:>9.1f}"
                f"{outcome.cpu_ms:>9.2f}{outcome.watch.peak:>11.0f}{outcome.watch.peak_command:>12.0f}{outcome.twice:>7}",
                flush=True,
            )
    found = list(findings(runs, bench))
    for words, is_so, figure in found:
        print(f"{'ok' if is_so else 'MISSED':<8}{words} {figure}")
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "bulk.json").write_text(
        json.dumps(
            {
                "machine": machine(),
                "files": options.files,
                "generated": made,
                "file_kb": bench.file_kb,
                "line_bytes": bench.line_bytes(stored),
                "runs": stored,
                "findings": [
                    {"name": words, "ok": is_so, "figure": figure} for words, is_so, figure in found
                ],
            },
            indent=1,
        )
        + "\n"
    )
    return 0 if all(is_so for _, is_so, _ in found) else 1


if __name__ == "__main__":
    sys.exit(main())
