"""Run a committed vector through the command-line contract and say in which points the result
departs from what it demands.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hocba_sign.conformance.answer import answer_of
from hocba_sign.conformance.judgement import departures as demanded

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "test_vectors"
FOLDERS = tuple(sorted(path.parent for path in VECTORS.glob("*/*/case.json")))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the program said: exit code and the one JSON object on stdout."""

    exit_code: int
    report: dict[str, Any]


def identifier(folder: Path) -> str:
    return folder.relative_to(VECTORS).as_posix()


def load(folder: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((folder / "case.json").read_text("utf-8"))
    return case


def departures(case: dict[str, Any], outcome: Outcome) -> list[str]:
    """Compare an outcome with the `expect` of a case; empty where everything is as demanded."""
    wanted = case["expect"]["exit_code"]
    found = [] if outcome.exit_code == wanted else [f"exit code {outcome.exit_code}, not {wanted}"]
    answer = answer_of(outcome.report, outcome.exit_code)
    return found + [departure.text for departure in demanded(case["expect"], answer)]
