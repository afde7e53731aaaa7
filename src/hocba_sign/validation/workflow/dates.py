"""Days that a transcript and its signers state, against each other and against what time-stamps
prove.

A day in a document is a claim. What a time-stamp contradicts is proven wrong; what only other
claims contradict is unproven.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.record import VIETNAM, vietnam_day
from hocba_sign.model.school_year import SchoolYear
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import PLANS, Role, Slot
from hocba_sign.validation.signature.validation import (
    CLAIMS_APART,
    SignatureConclusion,
    claimed_time,
)
from hocba_sign.validation.verdict import Check, Status

ISSUED_AHEAD: Final = timedelta(days=60)
"""So far ahead the stated issue date may lie: teachers sign from late May what a school issues by
the middle of July.
"""
SEALED_ASIDE: Final = timedelta(days=1)
"""A seal on the stated issue date, or on the day beside it, is as stated; further off it is told,
for schools do seal some days late.
"""


@dataclass(frozen=True, slots=True)
class _Signing:
    """One intact signature in a slot: what its signer claims, and by when it is proven to have
    existed; UTC.
    """

    slot: Slot
    rank: int
    claimed: datetime | None
    stamped: datetime | None
    binds_identity: bool


def date_checks(
    transcript: Transcript,
    signatures: Iterable[SignatureConclusion],
    *,
    binding: Iterable[SignatureConclusion],
    at: datetime,
) -> list[Check]:
    """Judge the days of a transcript at the validation time `at`.

    `binding` are the signatures that cover the identification, so that none of these can have been
    made before the day of its creation:
    1. none is proven to be older than that day, or than the school year;
    2. none claims to be;
    3. no claim contradicts those of earlier steps, or what is proven of later ones;
    4. the school year has begun, and the issue date does not lie far ahead;
    5. where the seal is of another day than the issue date, that is told.
    """
    plan = PLANS[transcript.plan_name]
    bound = {id(signature) for signature in binding}
    signings = [
        _Signing(
            slot=signature.signature.slot,
            rank=plan.rank(signature.signature.slot.role),
            claimed=claimed_time(signature.signature),
            stamped=signature.best_time if signature.is_time_proven else None,
            binds_identity=id(signature) in bound,
        )
        for signature in signatures
        if signature.signature.slot is not None and signature.is_intact
    ]
    return [
        *_against_creation(transcript, signings),
        *_against_each_other(signings),
        *_issue(transcript, signings, today=vietnam_day(at)),
    ]


def _against_creation(transcript: Transcript, signings: Iterable[_Signing]) -> Iterator[Check]:
    year = SchoolYear.of(transcript.identification.school_year)
    earliest = (
        (
            "DATE.STAMPED_BEFORE_CREATED",
            "DATE.CLAIMED_BEFORE_CREATED",
            transcript.identification.created,
        ),
        (
            "DATE.STAMPED_BEFORE_YEAR",
            "DATE.CLAIMED_BEFORE_YEAR",
            None if year is None else year.begins,
        ),
    )
    for signing in signings:
        for proven_wrong, unproven, day in earliest:
            if day is None or not signing.binds_identity:
                continue
            # (1) proven older than the day or the year
            if signing.stamped is not None and vietnam_day(signing.stamped) < day:
                where = (
                    f"{signing.slot}: {vietnam_day(signing.stamped).isoformat()}, {day.isoformat()}"
                )
                yield Check(identifier=proven_wrong, status=Status.FAIL, where=where)
            # (2) claimed to be older
            elif (
                signing.claimed is not None
                and datetime.combine(day, time.min, VIETNAM) - signing.claimed > CLAIMS_APART
            ):
                where = (
                    f"{signing.slot}: {vietnam_day(signing.claimed).isoformat()}, {day.isoformat()}"
                )
                yield Check(identifier=unproven, status=Status.UNPROVEN, where=where)


def _against_each_other(signings: list[_Signing]) -> Iterator[Check]:
    # (3) claims against those of earlier steps
    for later in signings:
        known = [moment for moment in (later.claimed, later.stamped) if moment is not None]
        before = [
            (signing.claimed, signing.slot)
            for signing in signings
            if signing.rank < later.rank and signing.claimed is not None
        ]
        if known and before:
            claimed, slot = max(before, key=lambda one: one[0])
            if claimed - min(known) > CLAIMS_APART:
                yield Check(
                    identifier="DATE.CLAIMED_ORDER",
                    status=Status.UNPROVEN,
                    where=f"{later.slot}: {slot}",
                )


def _issue(transcript: Transcript, signings: Iterable[_Signing], *, today: date) -> Iterator[Check]:
    year, issued = SchoolYear.of(transcript.identification.school_year), transcript.signers.issued
    seal = next((signing for signing in signings if signing.slot.role is Role.KY_PHAT_HANH), None)
    sealed_at = None if seal is None else seal.stamped or seal.claimed
    sealed = None if sealed_at is None else vietnam_day(sealed_at)
    # (4) a year to come, an issue date far ahead
    if year is not None and today < year.begins:
        yield Check(
            identifier="DATE.YEAR_NOT_BEGUN",
            status=Status.UNPROVEN,
            where=transcript.identification.school_year,
        )
    if issued - min(today, sealed or today) > ISSUED_AHEAD:
        yield Check(
            identifier="DATE.ISSUED_LATER", status=Status.UNPROVEN, where=issued.isoformat()
        )
    # (5) the seal on another day
    elif sealed is not None and abs(issued - sealed) > SEALED_ASIDE:
        yield Check(
            identifier="DATE.SEALED_ASIDE",
            status=Status.WARNING,
            where=f"{issued.isoformat()}, {sealed.isoformat()}",
        )
