"""Run a committed vector through the command-line contract and say in which points the result
departs from what it demands.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def named_causes(report: dict[str, Any]) -> frozenset[str]:
    """Return every cause id that a report names: checks that did not pass, signatures, their
    warnings and time-stamps; findings and advice of `validate`.
    """
    found = {
        check["id"] for check in report.get("checks", ()) if check["result"] in {"fail", "warning"}
    }
    found.update(
        finding["id"] for part in ("findings", "advice") for finding in report.get(part, ())
    )
    for signature in report.get("signatures", ()):
        found.update(signature["causes"])
        found.update(warning["id"] for warning in signature["warnings"])
        found.update(cause for stamp in signature["timestamps"] for cause in stamp["causes"])
    return frozenset(found)


def departures(case: dict[str, Any], outcome: Outcome) -> list[str]:
    """Compare an outcome with the `expect` of a case; empty where everything is as demanded."""
    expect, report = case["expect"], outcome.report
    found = (
        []
        if outcome.exit_code == expect["exit_code"]
        else [f"exit code {outcome.exit_code}, not {expect['exit_code']}"]
    )
    if "verdict" in expect and report.get("verdict") != expect["verdict"]:
        found.append(f"verdict {report.get('verdict')}, not {expect['verdict']}")
    if "status" in expect and report.get("status") != expect["status"]:
        found.append(f"status {report.get('status')}, not {expect['status']}")
    missing = set(expect["causes"]) - named_causes(report)
    if missing:
        found.append(
            f"not named: {', '.join(sorted(missing))}; named: "
            f"{', '.join(sorted(named_causes(report)))}"
        )
    signatures = {_slot(one): one for one in report.get("signatures", ())}
    for slot, facts in expect.get("signatures", {}).items():
        found += _differences(slot, facts, signatures.get(slot, {}))
    return found + _differences(
        "workflow", expect.get("workflow", {}), report.get("workflow") or {}
    )


def _slot(signature: dict[str, Any]) -> str:
    return "/".join(
        part for part in (signature["slot"], signature["subject"], signature["teacher"]) if part
    )


def _differences(name: str, wanted: dict[str, Any], given: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {key} is {given.get(key)!r}, not {value!r}"
        for key, value in wanted.items()
        if given.get(key) != value
    ]
