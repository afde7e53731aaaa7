"""Area date: days that a transcript states, against what time-stamps prove and signers claim."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, TypeAlias

from hocba_sign.model.identification import Identification
from hocba_sign.model.record import VIETNAM
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Slot
from hocba_sign.testing.drafts import drafted
from hocba_sign.testing.forge import Edit, stamp
from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case, Verdict
from tools.vectors.stage import CBQL, JUDGED_AT, SEAL, SIGNED_AT, Stage

_SPEC = "EN 319 102-1, 5.5; EN 319 132-1, 5.2.3"
_SLACK = timedelta(hours=24)

_End: TypeAlias = tuple[str, datetime, Verdict, tuple[str, ...]]
"""Name of a case, the moment in question, verdict and causes."""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def _signed(
    stage: Stage, transcript: Transcript, *, at: Mapping[Slot, datetime] | None = None
) -> bytes:
    """Sign every slot without the checks that signing makes; `at` gives claimed times other than
    the usual one.
    """
    document = drafted(transcript)
    for slot in transcript.slots:
        document = stage.forged(
            document, slot, stage.holder(slot, transcript), at=(at or {}).get(slot, SIGNED_AT)
        )
    return document


def _identified(stage: Stage, change: Callable[[Identification], Identification]) -> Transcript:
    transcript = stage.transcript()
    return replace(transcript, identification=change(transcript.identification))


def _issued(stage: Stage, day: date) -> Transcript:
    transcript = stage.transcript()
    return replace(transcript, signers=replace(transcript.signers, issued=day))


def cases(stage: Stage) -> Iterator[Case]:
    yield from _stamps(stage)
    yield from _claims(stage)
    yield from _stated(stage)


def _case(
    name: str,
    title: str,
    why: str,
    document: bytes,
    verdict: Verdict,
    *causes: str,
    **facts: Any,
) -> Case:
    twin = facts.pop("twin", None)
    return Case(
        identifier=f"date/{name}",
        title=title,
        why=why,
        spec=_SPEC,
        document=document,
        verdict=verdict,
        causes=causes,
        twin=None if twin is None else f"date/{twin}",
        **facts,
    )


def _stamps(stage: Stage) -> Iterator[Case]:
    first = _midnight(stage.transcript().identification.created)
    signed = _signed(stage, stage.transcript(), at=dict.fromkeys(stage.transcript().slots, first))
    ends: tuple[_End, ...] = (
        ("stamped-on-the-day", first, "VALID", ()),
        (
            "stamped-a-second-before-the-day",
            first - timedelta(seconds=1),
            "INVALID",
            ("DATE.STAMPED_BEFORE_CREATED",),
        ),
    )
    for name, moment, verdict, causes in ends:
        other = "stamped-on-the-day" if verdict == "INVALID" else "stamped-a-second-before-the-day"
        document = stamp(signed, SEAL, token=partial(stage.token, at=moment))
        yield _case(
            name,
            (
                f"The seal's time-stamp is of {moment.isoformat()}, the transcript says it was "
                f"created on that day or the next"
            ),
            (
                "Nobody signs today what is created tomorrow: a time-stamp before the day of "
                "creation, in Vietnam, proves that day untrue"
            ),
            document,
            verdict,
            *causes,
            twin=other,
        )
    later = _identified(stage, lambda own: replace(own, school_year="2026-2027", grade=own.grade))
    document = stamp(_signed(stage, later), SEAL, token=stage.token)
    yield _case(
        "stamped-before-the-year",
        "The seal's time-stamp is of June 2026, the transcript is of the school year 2026-2027",
        "Results of a year cannot have been signed before it began",
        document,
        "INVALID",
        "DATE.STAMPED_BEFORE_YEAR",
        "DATE.YEAR_NOT_BEGUN",
        twin="stamped-on-the-day",
    )


def _claims(stage: Stage) -> Iterator[Case]:
    created = _midnight(stage.transcript().identification.created)
    slots = stage.transcript().slots
    days: tuple[_End, ...] = (
        ("claimed-hours-before-the-day", created - timedelta(hours=7), "VALID", ()),
        (
            "claimed-long-before-the-day",
            created - _SLACK - timedelta(seconds=1),
            "INDETERMINATE",
            ("DATE.CLAIMED_BEFORE_CREATED",),
        ),
    )
    for name, moment, verdict, causes in days:
        yield _case(
            name,
            f"All claim to have signed at {moment.isoformat()}",
            (
                "Tools write local time as UTC and the other way round, seven hours off; a "
                "contradiction of more than a day is none of that"
            ),
            _signed(stage, stage.transcript(), at=dict.fromkeys(slots, moment)),
            verdict,
            *causes,
            twin="claimed-long-before-the-day"
            if verdict == "VALID"
            else "claimed-hours-before-the-day",
        )
    local = stamp(
        _signed(stage, stage.transcript(), at={SEAL: SIGNED_AT + timedelta(hours=7)}),
        SEAL,
        token=stage.token,
    )
    yield _case(
        "claimed-after-its-time-stamp",
        "The seal's tool wrote local time as UTC: seven hours after its own time-stamp",
        "The time-stamp proves the time; the claim is wrong, which is told and harms nothing",
        local,
        "VALID",
        "SIG.CLAIMED_AFTER_STAMP",
        twin="claimed-long-before-the-day",
    )
    early = _identified(stage, lambda own: replace(own, created=date(2025, 7, 30)))
    yield _case(
        "claimed-before-the-year",
        "A principal claims to have signed in July 2025 what is of the school year 2025-2026",
        (
            "Results of a year cannot have been signed before it began; a claimed time alone "
            "proves nothing, so it stays open"
        ),
        _signed(stage, early, at={CBQL: datetime(2025, 7, 30, 12, tzinfo=VIETNAM)}),
        "INDETERMINATE",
        "DATE.CLAIMED_BEFORE_YEAR",
        twin="claimed-hours-before-the-day",
    )
    orders: tuple[_End, ...] = (
        ("seal-claims-a-day-before", SIGNED_AT - _SLACK, "VALID", ()),
        (
            "seal-claims-more-than-a-day-before",
            SIGNED_AT - _SLACK - timedelta(seconds=1),
            "INDETERMINATE",
            ("DATE.CLAIMED_ORDER",),
        ),
    )
    for name, moment, verdict, causes in orders:
        yield _case(
            name,
            "The seal covers the principal's signature and claims an earlier time",
            (
                "The link proves the order, so one of the two claims is wrong; by up to a day "
                "clocks may differ"
            ),
            _signed(stage, stage.transcript(), at={SEAL: moment}),
            verdict,
            *causes,
            twin="seal-claims-more-than-a-day-before"
            if verdict == "VALID"
            else "seal-claims-a-day-before",
        )


def _stated(stage: Stage) -> Iterator[Case]:
    today = JUDGED_AT.astimezone(VIETNAM).date()
    sealed = SIGNED_AT.astimezone(VIETNAM).date()
    days: tuple[tuple[str, date, Verdict, tuple[str, ...]], ...] = (
        ("issued-in-sixty-days", sealed + timedelta(days=60), "VALID", ("DATE.SEALED_ASIDE",)),
        (
            "issued-in-sixty-one-days",
            sealed + timedelta(days=61),
            "INDETERMINATE",
            ("DATE.ISSUED_LATER",),
        ),
    )
    for name, day, verdict, causes in days:
        yield _case(
            name,
            (
                f"Sealed and judged on {sealed.isoformat()} and {today.isoformat()}, issued by "
                f"its own word on {day.isoformat()}"
            ),
            "Teachers sign the issue date in advance; nobody can have issued what a far day says",
            _signed(stage, _issued(stage, day)),
            verdict,
            *causes,
            twin="issued-in-sixty-one-days" if verdict == "VALID" else "issued-in-sixty-days",
        )
    yield _case(
        "year-without-rules",
        "A transcript of 2009-2010, for which there is no rule set",
        (
            "The year that a file states chooses the rules that it is judged by; one without "
            "any leaves it open"
        ),
        _signed(
            stage,
            _identified(
                stage, lambda own: replace(own, school_year="2009-2010", rule_set="TT26/2014")
            ),
        ),
        "INDETERMINATE",
        "RULE.NO_RULE_SET",
        twin="issued-in-sixty-days",
    )
    kinds: tuple[tuple[str, str, Verdict, tuple[str, ...]], ...] = (
        ("seal-commits-to-its-sending", "ProofOfSender", "VALID", ()),
        ("seal-commits-to-its-receipt", "ProofOfReceipt", "INDETERMINATE", ("WF.COMMITMENT",)),
    )
    for name, kind, verdict, causes in kinds:
        yield _case(
            name,
            f"The seal's signature commits to {kind}",
            "Who has received a document says nothing for it",
            stage.forged_at(SEAL, before_digests=_committing(kind)),
            verdict,
            *causes,
            twin="seal-commits-to-its-receipt"
            if verdict == "VALID"
            else "seal-commits-to-its-sending",
        )


def _committing(kind: str) -> Edit:
    def edit(signature: Element) -> None:
        for element in signature.iter(names.IDENTIFIER):
            if element.text is not None and element.text.startswith(names.COMMITMENT):
                element.text = f"{names.COMMITMENT}{kind}"

    return edit
