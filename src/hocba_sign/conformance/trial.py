"""One case put to a program: what it was asked, what it answered, which level that reaches."""

import json
from collections.abc import Sequence
from typing import Final

from hocba_sign.conformance.answer import NoAnswerError, read_answer, read_report
from hocba_sign.conformance.judgement import ConformanceLevel, Departure, departures
from hocba_sign.conformance.program import Ending, run
from hocba_sign.conformance.suite import INTERFACE, Case
from hocba_sign.frozen_dataclass import dataclass

LEVELS: Final = tuple(ConformanceLevel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The program under test.

    `command` is its command line, `seconds` the time limit of one case.
    `takes_arguments` says that it is called as `hocba` is and writes its report.
    """

    command: tuple[str, ...]
    seconds: float
    takes_arguments: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The outcome of a case.

    `outcome` is ANSWERED, UNSUPPORTED, TIME_LIMIT, OUTPUT_LIMIT, DIED or NO_ANSWER.
    `details` say, for people, why it is not ANSWERED, or in which points it departs.
    """

    case: Case
    outcome: str
    departures: tuple[Departure, ...] = ()
    details: tuple[str, ...] = ()

    def reaches(self, level: ConformanceLevel) -> bool:
        return self.outcome == "ANSWERED" and all(
            departure.level > level for departure in self.departures
        )


def put(case: Case, program: Program) -> Trial:
    """Put a case to the program; nothing that it does raises, unless it cannot be started."""
    if program.takes_arguments:
        command: Sequence[str] = (*program.command, *map(str, case.facts["arguments"]))
        request = b""
    else:
        command = program.command
        request = json.dumps(
            {
                "interface": INTERFACE,
                "command": case.facts["command"],
                "inputs": case.facts["inputs"],
            }
        ).encode()
    ending = run(command, request + b"\n", folder=case.folder, seconds=program.seconds)
    return _judged(case, ending, takes_arguments=program.takes_arguments)


def _judged(case: Case, ending: Ending, *, takes_arguments: bool) -> Trial:
    if ending.fault is not None or ending.exit_code is None:
        return Trial(case=case, outcome=ending.fault or "DIED", details=_last(ending))
    if ending.exit_code and (not takes_arguments or ending.exit_code < 0):
        return Trial(
            case=case, outcome="DIED", details=(f"exit code {ending.exit_code}", *_last(ending))
        )
    try:
        if takes_arguments:
            answer = read_report(ending.output, ending.exit_code)
        else:
            answer = read_answer(ending.output)
    except NoAnswerError as error:
        return Trial(case=case, outcome="NO_ANSWER", details=(str(error), *_last(ending)))
    if answer.unsupported is not None:
        return Trial(case=case, outcome="UNSUPPORTED", details=(answer.unsupported,))
    found = departures(case.facts["expect"], answer)
    return Trial(
        case=case,
        outcome="ANSWERED",
        departures=found,
        details=tuple(departure.text for departure in found),
    )


def _last(ending: Ending) -> tuple[str, ...]:
    lines = ending.remarks.decode("utf-8", "replace").split("\n")
    return tuple(line.strip()[:300] for line in lines if line.strip())[-1:]
