"""Change lines of judgement at random and count how many changes the tests notice: `make mutants`.

Takes tens of minutes.

The choice depends on SEED and on the changed places alone, so a run can be repeated, also after
work elsewhere in the code. A change that no test can notice, because it changes nothing that
matters, is listed in `tools/mutation/explained.json` with its reason.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from tools.mutation.operators import Mutation, mutations
from tools.mutation.reach import Reach, measure

ROOT: Final = Path(__file__).parent.parent
PACKAGE: Final = "hocba_sign"
EXPLAINED: Final = Path(__file__).parent / "mutation" / "explained.json"
BUDGET: Final = 240.0
"""Seconds of tests, as measured without a change, after which no more are tried on a change."""
FIRST_BATCH: Final = 2
"""Modules of tests that are tried first."""
DECLARED: Final = ("tests/unit/docs/test_limits.py",)
"""Tests of what modules declare, which run no line of theirs."""
START: Final = 60.0
"""Seconds of work until a test run is taken for endless, beside four times what its tests take
without a change.
"""
WAITING: Final = 20
"""How many times as long it may take by the clock, on a machine that is busy with others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A mutation of the module at `path`, below `src`, and its outcome: killed, endless, survived
    or explained.

    It is stillborn where the module cannot even be imported, which shows nothing about the tests.
    """

    path: str
    mutation: Mutation
    outcome: str


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "packages",
        nargs="*",
        default=["validation", "pki"],
        help="packages of the library, or modules as pki/crl.py",
    )
    parser.add_argument(
        "--count", type=int, default=100, help="how many changes, over all packages"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--least",
        type=float,
        default=90.0,
        help="per cent that must be noticed or explained in each package",
    )
    parser.add_argument(
        "--measured",
        type=Path,
        help="folder that keeps which tests reach which lines, for another run on the same code",
    )
    given = parser.parse_args(arguments)
    chosen = sorted(_candidates(given.packages), key=lambda one: one[1].rank(given.seed))[
        : given.count
    ]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        scratch = Path(folder)
        print(f"{len(chosen)} changes; measuring which tests reach them", flush=True)
        reach = measure(ROOT, given.measured or scratch)
        trials = tuple(_tried(chosen, reach, scratch=scratch, workers=given.workers))
    return _told(trials, least=given.least)


def _candidates(packages: Iterable[str]) -> Iterable[tuple[str, Mutation]]:
    for name in packages:
        place = ROOT / "src" / PACKAGE / name
        for file in (place,) if place.is_file() else sorted(place.rglob("*.py")):
            path = file.relative_to(ROOT / "src").as_posix()
            module = path.removesuffix(".py").replace("/", ".").removeprefix(f"{PACKAGE}.")
            yield from ((path, one) for one in mutations(file.read_bytes(), module))


def _tried(
    chosen: Iterable[tuple[str, Mutation]], reach: Reach, *, scratch: Path, workers: int
) -> Iterable[Trial]:
    copies: SimpleQueue[Path] = SimpleQueue()
    for number in range(workers):
        copy = scratch / f"src-{number}"
        shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
        copies.put(copy)
    explained = json.loads(EXPLAINED.read_text("utf-8"))

    def trial(one: tuple[str, Mutation]) -> Trial:
        path, mutation = one
        copy = copies.get()
        try:
            outcome = _outcome(copy / path, mutation, reach=reach, path=path, source=copy)
        finally:
            copies.put(copy)
        if outcome == "survived" and mutation.key in explained:
            outcome = "explained"
        print(f"{outcome:9} {path}:{mutation.line} {mutation.key}", flush=True)
        return Trial(path=path, mutation=mutation, outcome=outcome)

    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(trial, chosen)


def _outcome(file: Path, mutation: Mutation, *, reach: Reach, path: str, source: Path) -> str:
    if mutation.is_declared:
        # Whichever test loaded the module ran the line, though it may have no use for it.
        tests = (*DECLARED, *reach.of(path, reach.tests.get(path, {})))
    else:
        tests = reach.of(path, range(mutation.line, mutation.last_line + 1))
        tests = tests or reach.of(path, reach.tests.get(path, {}))
    original = file.read_bytes()
    file.write_bytes(mutation.applied(original))
    try:
        for batch in _batches(tests, reach):
            outcome = _run(batch, reach, source)
            if outcome != "survived":
                return outcome
    finally:
        file.write_bytes(original)
    return "survived"


def _batches(tests: Iterable[str], reach: Reach) -> Iterator[tuple[str, ...]]:
    """Yield tests a few modules at a time, the cheapest first, within `BUDGET`: most changes are
    noticed by the first, and each module that is loaded costs seconds.
    """
    modules: dict[str, list[str]] = {}
    for test in tests:
        modules.setdefault(test.partition("::")[0], []).append(test)
    cost = {
        name: sum(reach.seconds.get(test, 0.0) for test in held) for name, held in modules.items()
    }
    waiting = sorted(modules, key=lambda name: (cost[name], name))
    total, size = 0.0, FIRST_BATCH
    while waiting and total < BUDGET:
        batch, waiting = waiting[:size], waiting[size:]
        total += sum(cost[name] for name in batch)
        size *= 4
        yield tuple(test for name in batch for test in modules[name])


def _run(tests: tuple[str, ...], reach: Reach, source: Path) -> str:
    seconds = round(START + 4 * sum(reach.seconds.get(test, 0.0) for test in tests))
    limited = ["sh", "-c", 'ulimit -t "$0" && exec "$@"', str(seconds)]
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*limited, *command, "-m", "not interop", *tests],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(source)},
            capture_output=True,
            check=False,
            timeout=WAITING * seconds,
        )
    except subprocess.TimeoutExpired:
        return "endless"
    return {
        0: "survived",
        1: "killed",
        -signal.SIGXCPU: "endless",
        -signal.SIGKILL: "endless",
    }.get(done.returncode, "stillborn")


def _told(trials: tuple[Trial, ...], *, least: float) -> int:
    is_enough = True
    counts = Counter((trial.path.split("/")[1], trial.outcome) for trial in trials)
    for package in sorted({package for package, _ in counts}):
        of = {
            outcome: counts[package, outcome]
            for outcome in ("killed", "endless", "explained", "survived")
        }
        share = 100 * (1 - of["survived"] / max(1, sum(of.values())))
        is_enough &= share >= least
        print(
            f"{package}: "
            f"{', '.join(f'{number} {outcome}' for outcome, number in of.items())}; "
            f"{share:.1f} % noticed or explained"
        )
    for trial in trials:
        if trial.outcome == "survived":
            print(f"survived: {trial.path}:{trial.mutation.line} {trial.mutation.key}")
    return 0 if is_enough else 1


if __name__ == "__main__":
    raise SystemExit(main())
