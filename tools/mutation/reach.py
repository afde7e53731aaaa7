"""Which tests run a line, and how long each takes: measured once, so that a change is tried on the
tests that could notice it.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

SUITES = (
    *(f"tests/unit/{name}" for name in ("ades", "pades", "pki", "signing", "validation", "xades")),
    *("tests/property", "tests/vectors", "tests/suites", "tests/attacks_pdf"),
)
"""What can go red for a line of judgement; the attacks in tests/attacks run in processes of their
own.
"""
MAX_FAILED = 10
"""Test functions that may fail under coverage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """`seconds` by test function, as pytest names it; `tests` by source file and line."""

    seconds: Mapping[str, float]
    tests: Mapping[str, Mapping[int, frozenset[str]]]

    def of(self, module: str, lines: Iterable[int]) -> tuple[str, ...]:
        """Return the tests that run any of the lines, the quickest first."""
        by_line = self.tests.get(module, {})
        found = {test for line in lines for test in by_line.get(line, ())}
        return tuple(sorted(found, key=lambda test: (self.seconds.get(test, 0.0), test)))


def measure(root: Path, scratch: Path) -> Reach:
    """Run the tests once under coverage, unless `scratch` has the results; takes twenty minutes.

    Left out are the tests that fail under coverage without any change, because they limit what
    something costs.
    Raises: RuntimeError where others fail, too.
    """
    data, results = scratch / "coverage.sqlite", scratch / "results.xml"
    if not data.exists():
        scratch.mkdir(parents=True, exist_ok=True)
        settings = scratch / "coveragerc"
        settings.write_text(
            f"[run]\ndata_file = {data}\nsource_pkgs = hocba_sign\nparallel = true\npatch = "
            f"subprocess\n"
        )
        command = [
            sys.executable,
            "-m",
            "coverage",
            "run",
            f"--rcfile={settings}",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
        ]
        command += [
            "-p",
            "tools.mutation.contexts",
            "--numprocesses",
            "auto",
            "-m",
            "not interop",
            f"--junitxml={results}",
            *SUITES,
        ]
        environment = {**os.environ, "COVERAGE_CORE": "ctrace"}
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, check=False
        )
        failed = _failed(results)
        if done.returncode and (not failed or len(failed) > MAX_FAILED):
            message = f"the tests fail without a change:\n{done.stdout[-2000:]}"
            raise RuntimeError(message)
        subprocess.run(
            [sys.executable, "-m", "coverage", "combine", f"--rcfile={settings}", "-q"],
            cwd=scratch,
            check=True,
        )
    return Reach(seconds=_seconds(results), tests=_tests(data, root, left_out=_failed(results)))


def _failed(results: Path) -> frozenset[str]:
    cases = ET.parse(results).iter("testcase") if results.exists() else ()  # noqa: S314  # written by pytest a moment ago
    return frozenset(
        _name(one)
        for one in cases
        if one.find("failure") is not None or one.find("error") is not None
    )


def _seconds(results: Path) -> Mapping[str, float]:
    found: dict[str, float] = defaultdict(float)
    for case in ET.parse(results).iter("testcase"):  # noqa: S314  # written by pytest a moment ago
        found[_name(case)] += float(case.get("time", "0"))
    return found


def _name(case: ET.Element) -> str:
    parts = case.get("classname", "").split(".")
    module = next(number for number, part in enumerate(parts, 1) if part.startswith("test_"))
    return "::".join(
        ["/".join(parts[:module]) + ".py", *parts[module:], case.get("name", "").partition("[")[0]]
    )


def _tests(
    data: Path, root: Path, *, left_out: frozenset[str]
) -> Mapping[str, Mapping[int, frozenset[str]]]:
    measured = CoverageData(basename=str(data))
    measured.read()
    found = {}
    for file in measured.measured_files():
        lines = {
            line: frozenset(filter(None, contexts)) - left_out
            for line, contexts in measured.contexts_by_lineno(file).items()
        }
        found[str(Path(file).relative_to(root / "src"))] = lines
    return found
