"""What judgements rest on: trust, demands, evidence at hand, and where more comes from."""

from collections.abc import Callable
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.operations.online import settle
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.validation.document.missing_evidence import (
    Alternatives,
    Answer,
    EvidenceSession,
    EvidenceSource,
    document_needs,
)
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.policy import DEFAULT, Policy
from hocba_sign.validation.setting import Setting

PRESENT: Final = timedelta(minutes=5)
"""A validation time no further back is the present, as the caller read it a moment ago."""

_Judged = TypeVar("_Judged")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledJudgement(Generic[_Judged]):
    """A judgement with all that it rests on, and every answer in the order of asking."""

    conclusion: _Judged
    setting: Setting
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ground:
    """What judgements rest on. Without `fetch` nobody is asked for anything.

    With `fetch` a validation time that is the present (`PRESENT`) moves on to when what was fetched
    was there, for nothing later counts.
    `is_time_fixed` keeps even that where it is.
    `is_careful` takes no quick path: the same answers, slower.
    """

    trust: TrustStore
    policy: Policy = DEFAULT
    evidence: Evidence = field(default_factory=Evidence)
    fetch: EvidenceSource | None = None
    is_time_fixed: bool = False
    is_careful: bool = False

    def __repr__(self) -> str:
        policy = "+".join(self.policy.names)
        words = f"{len(self.trust.anchors)} anchors, policy {policy}, fetch={self.fetch!r}"
        return f"{type(self).__name__}({words})"


def session_of(ground: Ground) -> EvidenceSession | None:
    """Begin with a document: one budget for all that is asked about it."""
    return None if ground.fetch is None else ground.fetch.session()


def start_of(ground: Ground, at: datetime, *, session: EvidenceSession | None) -> Setting:
    """Return what a validation at `at` (aware) starts from."""
    if session is not None and _moves(ground, at, session):
        at = max(at, session.moment())
    return Setting(
        trust=ground.trust,
        evidence=ground.evidence,
        at=at,
        policy=ground.policy,
        is_careful=ground.is_careful,
    )


def settle_on(
    ground: Ground,
    conclude: Callable[[Setting], _Judged],
    *,
    wanted: Callable[[_Judged, Setting], tuple[Alternatives, ...]],
    start: Setting,
    session: EvidenceSession | None,
) -> SettledJudgement[_Judged]:
    """Judge from `start` on, and ask for what is `wanted` as long as anything comes.

    Raises: what `conclude` and the session raise.
    """
    if session is None:
        return SettledJudgement(conclusion=conclude(start), setting=start)
    is_moving, setting = _moves(ground, start.at, session), start

    def concluded(evidence: Evidence) -> _Judged:
        nonlocal setting
        at = max(setting.at, session.moment()) if is_moving else setting.at
        setting = replace(setting, evidence=evidence, at=at)
        return conclude(setting)

    settled = settle(
        concluded,
        wanted=lambda conclusion, _: wanted(conclusion, setting),
        evidence=start.evidence,
        fetch=session,
    )
    return SettledJudgement(conclusion=settled.conclusion, setting=setting, answers=settled.answers)


def _moves(ground: Ground, at: datetime, session: EvidenceSession) -> bool:
    return not ground.is_time_fixed and session.moment() - at <= PRESENT


def needs_of(conclusion: DocumentConclusion, setting: Setting) -> tuple[Alternatives, ...]:
    """Return what the judgement of a document lacks."""
    return document_needs(conclusion, setting.evidence, at=setting.at)
