"""Which tests run a line, and how long each takes: measured once, so that a change is tried on the tests that could notice it."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

SUITES = ("tests/unit", "tests/property", "tests/vectors", "tests/suites", "tests/attacks_pdf")
"""What can go red for a line of judgement; the attacks in tests/attacks run in processes of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """`seconds` by test function, as `path::name`; `tests` by source file and line."""

    seconds: Mapping[str, float]
    tests: Mapping[str, Mapping[int, frozenset[str]]]

    def of(self, module: str, lines: Iterable[int]) -> tuple[str, ...]:
        """Return the tests that run any of the lines, the quickest first."""
        by_line = self.tests.get(module, {})
        found = {test for line in lines for test in by_line.get(line, ())}
        return tuple(sorted(found, key=lambda test: (self.seconds.get(test, 0.0), test)))


def measure(root: Path, scratch: Path) -> Reach:
    """Run the tests once under coverage; takes several minutes. Raises: RuntimeError where they fail without any change."""
    settings = scratch / "coveragerc"
    data = scratch / "coverage.sqlite"
    settings.write_text(f"[run]\ndata_file = {data}\nsource_pkgs = hocba_sign\ndynamic_context = test_function\nparallel = true\n")
    results = scratch / "results.xml"
    command = [sys.executable, "-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["-m", "not interop", f"--junitxml={results}", *SUITES]
    done = subprocess.run(command, cwd=root, env={**os.environ, "COVERAGE_CORE": "ctrace"}, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"the tests fail without a change:\n{done.stdout[-2000:]}"
        raise RuntimeError(message)
    subprocess.run([sys.executable, "-m", "coverage", "combine", f"--rcfile={settings}", "-q"], cwd=scratch, check=True)
    return Reach(seconds=_seconds(results), tests=_tests(data, root))


def _seconds(results: Path) -> Mapping[str, float]:
    found: dict[str, float] = defaultdict(float)
    for case in ET.parse(results).iter("testcase"):  # noqa: S314  # written by pytest a moment ago
        name = f"{case.get('classname')}.{case.get('name', '').partition('[')[0]}"
        found[name] += float(case.get("time", "0"))
    return found


def _tests(data: Path, root: Path) -> Mapping[str, Mapping[int, frozenset[str]]]:
    measured = CoverageData(basename=str(data))
    measured.read()
    found = {}
    for file in measured.measured_files():
        lines = {line: frozenset(filter(None, contexts)) for line, contexts in measured.contexts_by_lineno(file).items()}
        found[str(Path(file).relative_to(root / "src"))] = lines
    return found
