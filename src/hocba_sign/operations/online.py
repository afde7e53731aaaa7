"""Judge, fetch what is missing, judge again: how a judgement comes about with a network.

Whoever fetches is an argument.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.revocation.evidence import Evidence, Unread
from hocba_sign.validation.document.missing_evidence import (
    Alternatives,
    Answer,
    Available,
    Fetch,
    Need,
    Unavailable,
)

MAX_ROUNDS: Final = 12
"""One round for each issuer up to the anchor (`MAX_CHAIN_LENGTH`), then OCSP, then CRL; real files
need 3.
"""
MAX_ALTERNATIVES: Final = 64
"""Addresses tried for one certificate and purpose; real certificates name one to three."""
MAX_NEEDS: Final = 512
"""Addresses tried for one judgement: 50 signers with time-stamps and their CAs, each at two
addresses, are 300.
"""

_Judged = TypeVar("_Judged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Generic[_Judged]):
    """A judgement after all that it lacked was asked for: what it rests on, and every answer in the
    order of asking.
    """

    conclusion: _Judged
    evidence: Evidence
    answers: tuple[Answer, ...]


def settle(
    judge: Callable[[Evidence], _Judged],
    *,
    wanted: Callable[[_Judged, Evidence], tuple[Alternatives, ...]],
    evidence: Evidence,
    fetch: Fetch,
) -> Settled[_Judged]:
    """Judge, fetch what is `wanted`, judge again, until nothing more comes.

    Every need is asked at most once, and what did not come stays unknown; so this ends, within
    `MAX_ROUNDS` and `MAX_NEEDS`.
    Raises: what `judge` and `fetch` raise.
    """
    answers: dict[tuple[str, ...], Answer] = {}
    conclusion = judge(evidence)
    for _ in range(MAX_ROUNDS):
        before = len(answers)
        lost: list[Unread] = []
        for alternatives in wanted(conclusion, evidence):
            lost += _ask(alternatives, answers, before=before, fetch=fetch)
        came = [
            answer.evidence
            for answer in list(answers.values())[before:]
            if isinstance(answer, Available)
        ]
        if not came and not lost:
            break
        evidence = evidence.merged(*came, Evidence(unread=tuple(lost)))
        conclusion = judge(evidence)
    return Settled(conclusion=conclusion, evidence=evidence, answers=tuple(answers.values()))


def _ask(
    alternatives: Alternatives, answers: dict[tuple[str, ...], Answer], *, before: int, fetch: Fetch
) -> tuple[Unread, ...]:
    """Ask one address after the other until something comes that was not there `before` this round;
    else give what came and cannot be read.
    """
    fresh = set(list(answers)[before:])
    lost: list[Unread] = []
    for number, need in enumerate(alternatives):
        if number >= MAX_ALTERNATIVES or len(answers) >= MAX_NEEDS:
            answers.setdefault(
                ("limit",) if number < MAX_ALTERNATIVES else need.key, _over_limit(need)
            )
            return tuple(lost)
        answer = answers.get(need.key)
        if answer is None:
            answer = answers[need.key] = fetch(need)
        elif need.key not in fresh:
            continue
        if isinstance(answer, Available):
            return ()
        lost += answer.unread
    return tuple(lost)


def _over_limit(need: Need) -> Unavailable:
    return Unavailable(need=need, finding=Finding("FETCH.LIMIT", need.url))
