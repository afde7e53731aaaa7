"""What a program answered to a case: as data of its own, or as the report of `hocba`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Final

from hocba_sign.frozen_dataclass import dataclass

VERDICTS: Final = frozenset({"VALID", "INVALID", "INDETERMINATE", "NOTHING_TO_VERIFY"})


class NoAnswerError(ValueError):
    """What the program wrote is no answer; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramAnswer:
    """`verdict` is None of a case of content alone, `conforms` of every other.

    `unsupported` is the reason why the program gives no answer to such a case.
    """

    verdict: str | None = None
    conforms: bool | None = None
    status: str | None = None
    causes: frozenset[str] = frozenset()
    signatures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    workflow: Mapping[str, Any] = field(default_factory=dict)
    unsupported: str | None = None


def read_answer(octets: bytes) -> ProgramAnswer:
    """Read one JSON object with the members of `ProgramAnswer`; others are passed over.

    Raise NoAnswerError for anything else.
    """
    value = _object(octets)
    reason = value.get("unsupported")
    if reason is not None:
        return ProgramAnswer(unsupported=str(reason)[:200])
    conforms = value.get("conforms")
    if conforms is not None and not isinstance(conforms, bool):
        raise NoAnswerError("conforms is neither true nor false")
    if conforms is None and _text(value, "verdict") not in VERDICTS:
        raise NoAnswerError("there is neither a verdict nor conforms")
    signatures = _mapping(value.get("signatures", {}))
    return ProgramAnswer(
        verdict=_text(value, "verdict"),
        conforms=conforms,
        status=_text(value, "status"),
        causes=_causes(value.get("causes", [])),
        signatures={name: _mapping(facts) for name, facts in signatures.items()},
        workflow=_mapping(value.get("workflow", {})),
    )


def read_report(octets: bytes, exit_code: int) -> ProgramAnswer:
    """Read the report that `hocba --json` writes, and its exit code, which must fit to it."""
    return answer_of(_object(octets), exit_code)


def answer_of(value: Mapping[str, Any], exit_code: int) -> ProgramAnswer:
    """Return what a report answers; raise NoAnswerError where its exit code does not fit to it."""
    try:
        causes = frozenset(named_causes(value))
        signatures = {_slot(entry): entry for entry in value.get("signatures") or ()}
    except (TypeError, KeyError, AttributeError) as error:
        raise NoAnswerError("the report has not the members of a report") from error
    verdict = value.get("verdict")
    status = value.get("status")
    if verdict is None and "valid" in value:
        if exit_code not in {0, 1}:
            raise NoAnswerError(f"exit code {exit_code} of a case of content alone")
        return ProgramAnswer(conforms=exit_code == 0, causes=causes)
    wanted = _EXIT_CODES.get((verdict, status in _ENDED)) if isinstance(verdict, str) else None
    if exit_code != wanted:
        raise NoAnswerError(f"exit code {exit_code} with verdict {verdict!r} and status {status!r}")
    return ProgramAnswer(
        verdict=str(verdict),
        status=status if isinstance(status, str) else None,
        causes=causes,
        signatures=signatures,
        workflow=value.get("workflow") or {},
    )


_ENDED: Final = ("withdrawn", "replaced")
_EXIT_CODES: Final = {
    ("VALID", False): 0,
    ("VALID", True): 5,
    ("INVALID", False): 1,
    ("INVALID", True): 1,
    ("INDETERMINATE", False): 3,
    ("INDETERMINATE", True): 3,
    ("NOTHING_TO_VERIFY", False): 4,
    ("NOTHING_TO_VERIFY", True): 4,
}


def _object(octets: bytes) -> dict[str, Any]:
    try:
        value = json.loads(octets.decode("utf-8"), object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise NoAnswerError(f"no JSON: {type(error).__name__}") from error
    if not isinstance(value, dict):
        raise NoAnswerError("the JSON is no object")
    return value


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; readers differ on which of two members of a name counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _text(value: Mapping[str, Any], name: str) -> str | None:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise NoAnswerError(f"{name} is no text")
    return found


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NoAnswerError("signatures and workflow are objects, and so is each signature")
    return value


def _causes(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(cause, str) for cause in value):
        raise NoAnswerError("causes are no list of ids")
    return frozenset(value)


def named_causes(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield every cause that a report names: checks that did not pass, signatures, their warnings
    and time-stamps; findings and advice of `validate`.
    """
    for check in report.get("checks", ()):
        if check["result"] in {"fail", "warning"}:
            yield check["id"]
    for part in ("findings", "advice"):
        for finding in report.get(part, ()):
            yield finding["id"]
    for signature in report.get("signatures", ()):
        yield from signature["causes"]
        yield from (warning["id"] for warning in signature["warnings"])
        for stamp in signature["timestamps"]:
            yield from stamp["causes"]


def _slot(signature: Mapping[str, Any]) -> str:
    parts = (signature["slot"], signature["subject"], signature["teacher"])
    return "/".join(part for part in parts if part)
