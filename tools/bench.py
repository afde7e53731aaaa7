"""Measure this library against python-xmlsec and signxml; `make bench`.

What and how: docs/reference/speed.md.

Writes bench-out/results.json (rows) and bench-out/details.json (machine, versions, every round),
prints a table.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cryptography.hazmat.backends.openssl import backend

from tools.benchmark import material
from tools.benchmark.environments import PLACE, ROOT, environment
from tools.benchmark.rows import Probe, Row, compare, say
from tools.benchmark.size import size_row

PEERS = ("xmlsec", "signxml")
SECONDS = 0.4
"""CPU time of one measurement, so that the clock's grain does not count."""


class Worker:
    """A measured process, in the environment of what it measures."""

    def __init__(self, python: Path, module: str, folder: Path) -> None:
        environment = {
            name: value
            for name, value in os.environ.items()
            if name != "PYTHONPATH" or module == "ours"
        }
        command = [str(python), "-m", f"tools.benchmark.{module}", str(folder)]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.versions: dict[str, str] = self._answer()["versions"]

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            sys.exit(
                f"bench: {' '.join(map(str, self._process.args))} ended with code "  # type: ignore[arg-type]
                f"{self._process.wait()}"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def probe(self, task: str) -> Probe:
        """Return a probe that repeats `task` for about `SECONDS`."""

        def run(times: int) -> tuple[float, float]:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps({"task": task, "times": times}) + "\n")
            self._process.stdin.flush()
            answer = self._answer()
            return answer["cpu"] / times, answer["wall"] / times

        times = max(1, round(SECONDS / max(run(4)[0], 1e-6)))
        return lambda: run(times)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


@contextmanager
def workers(folder: Path) -> Iterator[dict[str, Worker]]:
    with ExitStack() as stack:
        started = {"ours": Worker(Path(sys.executable), "ours", folder)}
        started |= {peer: Worker(environment(peer), f"{peer}_peer", folder) for peer in PEERS}
        for worker in started.values():
            stack.callback(worker.close)
        yield started


def command(*arguments: str) -> Probe:
    """Return a probe that starts a program, once to warm the file cache."""

    def run() -> tuple[float, float]:
        before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(arguments, check=True, cwd=ROOT, env=_COMPILED, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            time.perf_counter() - wall,
        )

    run()
    return run


_COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""An installed program is compiled once, not at each start."""


def timed(started: dict[str, Worker], rounds: int) -> list[Row]:
    return [*verified(started, rounds), *signed(started, rounds), *pages_and_lists(started, rounds)]


def verified(started: dict[str, Worker], rounds: int) -> list[Row]:
    ours, xmlsec, signxml = (started[name] for name in ("ours", *PEERS))
    verify, fifteen = ours.probe("verify 4"), ours.probe("verify 15")
    plain = xmlsec.probe("verify 4")
    plain_long = xmlsec.probe("verify 4 LT")
    return [
        compare(
            "verify 4 signers, T, warm / python-xmlsec, values and digests",
            verify,
            plain,
            rounds=rounds,
            goal="<= 1.0",
        ),
        compare(
            "verify 4 signers, LT, warm / python-xmlsec, values and digests",
            ours.probe("verify 4 LT"),
            plain_long,
            rounds=rounds,
            goal="<= 1.3",
        ),
        compare(
            "verify 4 signers, T, caches emptied / the same",
            ours.probe("verify 4 cold"),
            plain,
            rounds=rounds,
            goal="<= 2.0",
        ),
        compare(
            "verify 4 signers, LT, caches emptied / the same",
            ours.probe("verify 4 LT cold"),
            plain_long,
            rounds=rounds,
        ),
        compare(
            "verify 4 signers, T, warm / signxml, values and chain",
            verify,
            signxml.probe("verify 4"),
            rounds=rounds,
            goal="<= 0.083 (12x faster)",
        ),
        compare("verify 15 signers / 4 signers", fifteen, verify, rounds=rounds, goal="<= 2.8"),
        compare(
            "verify 15 signers, T, warm / python-xmlsec's 15, values and digests",
            fifteen,
            xmlsec.probe("verify 15"),
            rounds=rounds,
            goal="<= 0.9",
        ),
    ]


def signed(started: dict[str, Worker], rounds: int) -> list[Row]:
    ours, xmlsec, signxml = (started[name] for name in ("ours", *PEERS))
    sign = ours.probe("sign")
    return [
        compare(
            "sign 1, level B / bare RSA-2048 signature",
            sign,
            ours.probe("rsa sign"),
            rounds=rounds,
            goal="<= 8",
        ),
        compare(
            "sign 1, level B / python-xmlsec, XML-DSig", sign, xmlsec.probe("sign"), rounds=rounds
        ),
        compare("sign 1, level B / signxml, XAdES-BES", sign, signxml.probe("sign"), rounds=rounds),
    ]


def pages_and_lists(started: dict[str, Worker], rounds: int) -> list[Row]:
    ours = started["ours"]
    return [
        compare(
            "render to PDF / typst alone, same pages",
            ours.probe("render"),
            ours.probe("typst"),
            rounds=rounds,
            goal="<= 1.2",
        ),
        compare(
            "sign PDF, level B, all fields / pyHanko alone, one field",
            ours.probe("sign pdf"),
            ours.probe("sign pdf, pyHanko"),
            rounds=rounds,
        ),
        compare(
            "verify PDF, 1 signature and its content / pyHanko alone, the signature",
            ours.probe("verify pdf"),
            ours.probe("verify pdf, pyHanko"),
            rounds=rounds,
            goal="<= 1.2",
        ),
        compare(
            "verify PDF, 4 signatures / pyHanko alone, the four",
            ours.probe("verify pdf 4"),
            ours.probe("verify pdf 4, pyHanko"),
            rounds=rounds,
            goal="<= 0.6",
        ),
        compare(
            "first use of a list of 100,000 / pyhanko-certvalidator",
            ours.probe("list first"),
            ours.probe("list first, certvalidator"),
            rounds=min(rounds, 3),
            goal="<= 0.02 (50x faster)",
        ),
        compare(
            "look-up in a list of 100,000 / of 20",
            ours.probe("list large"),
            ours.probe("list small"),
            rounds=rounds,
            goal="<= 1.2",
        ),
    ]


def started_programs(rounds: int) -> list[Row]:
    python, hocba = sys.executable, str(Path(sys.executable).parent / "hocba")
    bare = command(python, "-c", "pass")
    rows = [
        compare(
            "import hocba_sign / bare interpreter",
            command(python, "-c", "import hocba_sign"),
            bare,
            rounds=rounds,
            goal="150 ms more",
        ),
        compare(
            "from hocba_sign import sign, verify / bare interpreter",
            command(python, "-c", "from hocba_sign import sign, Verifier; Verifier.verify"),
            bare,
            rounds=rounds,
            goal="<= 20",
        ),
    ]
    if Path(hocba).exists():
        rows.append(
            compare(
                "hocba --help / bare interpreter",
                command(hocba, "--help"),
                bare,
                rounds=rounds,
                goal="<= 8",
            )
        )
    else:
        say(f"{hocba} is not installed: not measured")
    return rows


def memory(folder: Path, files: int) -> Row:
    """Compare the peaks of two fresh processes that verify 100 and `files` different files."""
    say(f"memory: verify {files} files")

    def peak(number: int) -> float:
        arguments = [sys.executable, "-m", "tools.benchmark.ours", str(folder), str(number)]
        measured: dict[str, float] = json.loads(
            subprocess.run(arguments, check=True, cwd=ROOT, capture_output=True, text=True).stdout
        )
        return measured["peak"]

    value, base = peak(files), peak(100)
    name = f"peak memory, {files} files verified / 100 files"
    return Row(
        name=name,
        unit="MB",
        value=value,
        reference=base,
        target=None,
        goal="<= 1.3 (10,000 files)",
        rounds=((value, base),),
    )


def machine() -> dict[str, str]:
    model = platform.processor() or platform.machine()
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        model = next(
            (
                line.partition(":")[2].strip()
                for line in cpu_info.read_text().splitlines()
                if line.startswith("model name")
            ),
            model,
        )
    return {
        "cpu": f"{model}, {os.cpu_count()} logical",
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "system": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "openssl": backend.openssl_version_text(),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=7, help="measurements of each pair (default 7)"
    )
    parser.add_argument(
        "--files",
        type=int,
        default=1_000,
        help="files for the memory row (default 1000; the goal is stated for 10000)",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out")
    options = parser.parse_args()
    facts = machine()
    say("files to measure; they are kept in .bench until the library changes")
    folder = material.prepare(PLACE / "files", options.files)
    with workers(folder) as started:
        versions = {name: worker.versions for name, worker in started.items()}
        rows = timed(started, options.rounds)
    rows += [*started_programs(options.rounds), size_row(), memory(folder, options.files)]
    options.out.mkdir(parents=True, exist_ok=True)
    details = {
        "machine": facts,
        "versions": versions,
        "rows": [asdict(row) | row.result for row in rows],
    }
    (options.out / "details.json").write_text(json.dumps(details, indent=1) + "\n")
    (options.out / "results.json").write_text(
        json.dumps([row.result for row in rows], indent=1) + "\n"
    )
    for facet, text in (
        *facts.items(),
        *((name, ", ".join(map(" ".join, found.items()))) for name, found in versions.items()),
    ):
        print(f"{facet:<8} {text}")
    print(
        f"\n{'ours / reference':<66}{'ours':>10}{'reference':>10} {'':<3}{'ratio':>9}  "
        f"{'rounds':<19}{'target':<10}goal"
    )
    print("\n".join(row.line for row in rows))
    return 1 if any(row.result["ok"] is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
