"""Where an answer departs from what a case demands, by level."""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any

from hocba_sign.conformance.answer import ProgramAnswer
from hocba_sign.frozen_dataclass import dataclass


class ConformanceLevel(IntEnum):
    """How much of an answer is compared; each level includes those before it."""

    VERDICT = 1
    CAUSES = 2
    MEMBERS = 3


@dataclass(frozen=True, slots=True)
class Departure:
    """A point in which an answer is not what is demanded, and the level that asks for it."""

    level: ConformanceLevel
    text: str


def departures(expected: Mapping[str, Any], answer: ProgramAnswer) -> tuple[Departure, ...]:
    """Compare with the `expect` of a case; empty where everything is as demanded."""
    return tuple(
        Departure(level, text)
        for level, texts in (
            (ConformanceLevel.VERDICT, _verdict(expected, answer)),
            (ConformanceLevel.CAUSES, _causes(expected, answer)),
            (ConformanceLevel.MEMBERS, _members(expected, answer)),
        )
        for text in texts
    )


def _verdict(expected: Mapping[str, Any], answer: ProgramAnswer) -> Iterator[str]:
    if "verdict" not in expected:
        conforms = expected["exit_code"] == 0
        if answer.conforms is not conforms:
            yield f"conforms {answer.conforms!r}, not {conforms!r}"
        return
    if answer.verdict != expected["verdict"]:
        yield f"verdict {answer.verdict!r}, not {expected['verdict']!r}"
    ended = expected.get("status")
    if (ended or answer.status in {"withdrawn", "replaced"}) and answer.status != ended:
        yield f"status {answer.status!r}, not {ended!r}"


def _causes(expected: Mapping[str, Any], answer: ProgramAnswer) -> Iterator[str]:
    if missing := sorted(set(expected["causes"]) - answer.causes):
        yield f"not named: {', '.join(missing)}"


def _members(expected: Mapping[str, Any], answer: ProgramAnswer) -> Iterator[str]:
    for slot, facts in expected.get("signatures", {}).items():
        yield from _differences(slot, facts, answer.signatures.get(slot, {}))
    yield from _differences("workflow", expected.get("workflow", {}), answer.workflow)


def _differences(name: str, wanted: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    for key, value in wanted.items():
        if given.get(key) != value:
            yield f"{name}: {key} is {str(given.get(key))[:200]!r}, not {value!r}"
