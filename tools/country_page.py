"""Write docs/explanation/whole-country.md: all pupils of the country on 16 workers, played through
from what `make bench-bulk` measured.

`--take bench-out/bulk.json` puts the figures of a run into docs/explanation/whole-country.json
first.
"""

import argparse
import heapq
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs/explanation/whole-country.md"
FIGURES: Final = ROOT / "docs/explanation/whole-country.json"
PUPILS: Final = 23_200_000
WORKERS: Final = 16
CHUNK: Final = 200
SEED: Final = 1
_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What was not measured: how much chunks differ in work, how often a worker ends, what that
    costs, and how many MB/s a disk gives.
    """

    spread: float = 0.35
    hours_between_ends: float = 50.0
    seconds_to_begin: float = 5.0
    disk_mb_s: float = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a run went: seconds until the last chunk and until the first worker had nothing left,
    seconds of work, files judged twice, workers that ended.
    """

    wall: float
    first_idle: float
    work: float
    twice: int
    ended: int


def play(figures: dict[str, Any], assumed: Assumed, *, per_file: float) -> Played:
    """Return how a run goes in which chunks are given out one by one: each takes the time of its
    files, more or less, and a worker that ends is replaced, its chunk begun again where it last
    wrote.
    """
    seeded = random.Random(SEED)
    weights = [
        seeded.lognormvariate(0.0, assumed.spread) for _ in range((PUPILS + CHUNK - 1) // CHUNK)
    ]
    scale = CHUNK * per_file * len(weights) / sum(weights)
    free = [0.0] * WORKERS
    work, twice, ended = 0.0, 0, 0
    for weight in weights:
        begin = heapq.heappop(free)
        seconds = scale * weight
        if seeded.random() < seconds / (assumed.hours_between_ends * _HOUR):
            again = seeded.randrange(figures["flush"])
            ended, twice = ended + 1, twice + again
            seconds += again * per_file + assumed.seconds_to_begin
        work += seconds
        heapq.heappush(free, begin + seconds)
    return Played(wall=max(free), first_idle=min(free), work=work, twice=twice, ended=ended)


def taken(run: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return the figures that a run gives; what it did not measure stays as it was."""
    by = {each["kind"]: each for each in run["runs"]}
    two, one, few = by["2"], by.get("1"), by.get("few")
    told = {
        **before,
        "machine": run["machine"],
        "files": two["files"],
        "file_kb": run.get("file_kb", before["file_kb"]),
        "line_bytes": run.get("line_bytes", before["line_bytes"]),
        "cpu_ms_per_file": two["cpu_ms_per_file"],
        "files_per_s_2": two["files_per_s"],
        "worker_mb": two["peak_worker_mb"],
        "command_mb": two["peak_command_mb"],
    }
    if one is not None:
        told["files_per_s_1"] = one["files_per_s"]
    if few is not None:
        told["few"] = {name: few[name] for name in ("files", "peak_worker_mb", "peak_command_mb")}
    if "dask" in by:
        told["files_per_s_dask_2"] = by["dask"]["files_per_s"]
    return told


def _growth(figures: dict[str, Any]) -> str:
    """Say how the memory of the command grows, where enough files were measured to tell."""
    few, files = figures["few"], figures["files"]
    if files < 10 * few["files"]:
        return f"Whether that of the command grows cannot be told from {files:,} files."
    grown = figures["command_mb"] - few["peak_command_mb"]
    each = max(0.0, grown) / (files - few["files"])
    return (
        f"That of the command grew by {grown:.0f} MB from {few['files']:,} to {files:,} files; "
        f"if it goes on like that, it ends at {(figures['command_mb'] + PUPILS * each) / 1e3:.1f} GB."
    )


def page(figures: dict[str, Any]) -> str:
    assumed = Assumed()
    usual = play(figures, assumed, per_file=2 / figures["files_per_s_2"])
    cores = PUPILS * figures["cpu_ms_per_file"] / 1e3 / _HOUR
    lines = (
        "# All pupils of the country",
        "",
        (
            f"What it takes to verify {PUPILS / 1e6:.1f} million transcripts (4 signers, level LT) with {WORKERS} workers: "
            f"**{usual.wall / _HOUR:.1f} hours, {cores:.0f} core-hours**. Nobody ran that. "
            f"{figures['files']:,} files were verified on two cores; the rest of this page is played through by `tools/country_page.py` from these figures."
        ),
        "",
        *_measured(figures),
        *_played(figures, assumed, usual),
        *_assumed(figures, assumed),
    )
    return "\n".join(lines)


def _measured(figures: dict[str, Any]) -> tuple[str, ...]:
    return (
        "## Measured",
        "",
        (
            f"`make bench-bulk` on {figures['machine']['cpu']}, {figures['machine']['python']}; load at the end {figures['machine']['load']}, its own processes among it "
            "(a machine with other work to do gives fewer files a second than it could)."
        ),
        "",
        "| | |",
        "|---|--:|",
        f"| files, each with signatures and time-stamps of its own | {figures['files']:,} |",
        f"| size of a file | {figures['file_kb']:.0f} kB |",
        f"| CPU a file, all processes together | {figures['cpu_ms_per_file']:.2f} ms |",
        f"| files a second, 1 process | {figures['files_per_s_1']:.0f} |",
        f"| files a second, 2 processes | {figures['files_per_s_2']:.0f} |",
        f"| files a second, Dask with 2 workers | {figures['files_per_s_dask_2']:.0f} |",
        f"| memory of a worker, at most | {figures['worker_mb']:.0f} MB |",
        f"| the same after {figures['few']['files']:,} files | {figures['few']['peak_worker_mb']:.0f} MB |",
        f"| memory of the command, at most | {figures['command_mb']:.0f} MB |",
        f"| a line of results | {figures['line_bytes']:.0f} octets |",
        "",
    )


def _played(figures: dict[str, Any], assumed: Assumed, usual: Played) -> Iterator[str]:
    per_file = 2 / figures["files_per_s_2"]
    quiet = replace(assumed, spread=0.0, hours_between_ends=1e9)
    rough = replace(assumed, spread=1.0, hours_between_ends=2.0)
    rows = (
        ("as assumed below", usual),
        ("all chunks alike, nothing ends", play(figures, quiet, per_file=per_file)),
        (
            "chunks very unlike, each worker ends every two hours",
            play(figures, rough, per_file=per_file),
        ),
    )
    read_mb_s = PUPILS * figures["file_kb"] / 1e3 / usual.wall
    by_disk = PUPILS * figures["file_kb"] / 1e3 / assumed.disk_mb_s
    yield from (
        "## Played through",
        "",
        "Chunks of 200 are given to whichever worker is free. A worker that ends is replaced, and its chunk goes on where it last wrote.",
        "",
        "| | hours | of which not all workers busy | workers that ended | files judged twice |",
        "|---|--:|--:|--:|--:|",
    )
    yield from (
        f"| {words} | {each.wall / _HOUR:.2f} | {each.wall - each.first_idle:.1f} s | {each.ended} | {each.twice:,} |"
        for words, each in rows
    )
    yield from (
        "",
        f"- *Unlike chunks* do not matter: {PUPILS // CHUNK:,} chunks are so many that the last worker ends seconds, or few minutes, after the first. A chunk is small, so no school is too large for one worker.",
        f"- *Ends of workers* cost {figures['flush']} files at most and some seconds each.",
        (
            f"- *Disk*: {PUPILS * figures['file_kb'] / 1e9:.2f} TB are read, {read_mb_s:.0f} MB/s. One disk that gives {assumed.disk_mb_s:.0f} MB/s would take {by_disk / _HOUR:.1f} hours for reading alone"
            f"{': the workers would wait for it' if read_mb_s > assumed.disk_mb_s else ', less than the workers take'}. Results are {PUPILS * figures['line_bytes'] / 1e9:.1f} GB."
        ),
        f"- *Memory*: {WORKERS} workers take {WORKERS * figures['worker_mb'] / 1e3:.1f} GB. {_growth(figures)}",
        "",
    )


def _assumed(figures: dict[str, Any], assumed: Assumed) -> tuple[str, ...]:
    two = figures["files_per_s_2"] / figures["files_per_s_1"]
    dask = figures["files_per_s_dask_2"] / figures["files_per_s_2"]
    return (
        "## Assumed, not measured",
        "",
        (
            f"- {WORKERS} cores are {WORKERS / 2:.0f} times as fast as two. Two processes were {two:.2f} times as fast as one"
            f", and Dask with two workers {dask:.2f} times as fast as two processes; more cores share memory and disk, so that they may gain less."
        ),
        f"- The work of a chunk is spread about its mean by {assumed.spread:.0%} (log-normal). In the measured files all documents are of one kind and size; real ones are not.",
        f"- A worker ends every {assumed.hours_between_ends:.0f} hours, and {assumed.seconds_to_begin:.0f} s pass until the next one works.",
        f"- A disk gives {assumed.disk_mb_s:.0f} MB/s, also in small files; a disk with moving parts does not, and there packets are better.",
        "- All files are valid. One that is not takes up to several times as long, since the careful path explains it; one in a hundred would be a few per cent.",
        "- Certificates: every 400 pupils have six signers in common. Where classes share fewer, less is kept from one file to the next.",
        "",
        "To put in the figures of another run: `make bench-bulk N=100000`, then `.venv/bin/python tools/country_page.py --take bench-out/bulk.json`.",
        "",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--take", type=Path, metavar="FILE", help="the figures of a run")
    options = parser.parse_args()
    figures = json.loads(FIGURES.read_text("utf-8"))
    if options.take is not None:
        figures = taken(json.loads(options.take.read_text("utf-8")), figures)
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    told = page(figures)
    if options.check:
        if not PAGE.exists() or PAGE.read_text("utf-8") != told:
            print(f"{PAGE} is not what tools/country_page.py writes: make docs", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(told, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
