"""Still in force? Asked of the signed events and status lists that are given; apart from whether the transcript is signed correctly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hocba_sign.model.authority import Registry
from hocba_sign.model.authority import Standing as Office
from hocba_sign.model.codes import Status as OwnStatus
from hocba_sign.model.event import Event, EventKind, TranscriptReference
from hocba_sign.model.person import School
from hocba_sign.model.record import Credential, vietnam_day
from hocba_sign.model.status_list import Cell
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role
from hocba_sign.validation.chain import Setting
from hocba_sign.validation.knowledge import JudgedEvent, JudgedList
from hocba_sign.validation.verdict import Check, Status, Verdict

_MAX_STEPS = 100
"""Replacements followed from one version to the next."""


class Force(StrEnum):
    """The `status` of a report."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`force` is None where nobody looked, or what was found leaves it open.

    `successor` is the newest version that the events lead to, `since` the day in Vietnam from which the transcript is not in force.
    """

    force: Force | None
    successor: TranscriptReference | None = None
    since: date | None = None
    checks: tuple[Check, ...] = ()

    @classmethod
    def unasked(cls) -> "Standing":
        """Give the standing of a transcript whose content nobody signed: there is nothing that an event could name."""
        return cls(force=None, checks=(Check(identifier="DOC.STATUS", status=Status.NOT_CHECKED),))


_CELLS: Mapping[Cell, Force] = {Cell.IN_FORCE: Force.IN_FORCE, Cell.WITHDRAWN: Force.WITHDRAWN, Cell.REPLACED: Force.REPLACED}
_CAUSES: Mapping[Force, str] = {Force.WITHDRAWN: "STATUS.WITHDRAWN", Force.REPLACED: "STATUS.REPLACED"}


def judge_standing(transcript: Transcript, digest: str, *, setting: Setting) -> Standing:
    """Judge whether a transcript, whose signed `#data` has this digest, is in force at the validation time.

    1. what the transcript says itself; 2. events that count: valid, from the same school, in effect, about this version and
    content; 3. the status lists of its department; 4. what is withdrawn outweighs what is replaced, and that what is in force.
    Nothing here makes a verdict INVALID: a withdrawn transcript is still signed correctly.
    """
    knowledge = setting.policy.knowledge
    own = transcript.identification
    today = vietnam_day(setting.at)
    checks = [Check(identifier=note.cause, status=Status.WARNING, where=note.where) for note in knowledge.notes]
    # (1)
    force = Force.WITHDRAWN if own.status is OwnStatus.WITHDRAWN else Force.IN_FORCE
    since: date | None = None
    # (2)
    events, event_checks = _events_of(transcript, digest, setting=setting)
    checks += event_checks
    for event in sorted(events, key=lambda one: one.effective):
        said = Force.WITHDRAWN if event.kind is EventKind.WITHDRAWAL else Force.REPLACED
        if force is not Force.WITHDRAWN:
            force, since = said, event.effective
    successor = _successor(events, setting) or _higher(transcript, setting)
    if successor is not None and force is Force.IN_FORCE:
        force = Force.REPLACED
    # (3)
    is_listed = False
    for judged in knowledge.lists:
        cell, list_checks = _listed(judged, transcript, today=today, registry=knowledge.registry)
        checks += list_checks
        is_listed = is_listed or cell is not None
        # (4)
        if cell is not None and (force is Force.IN_FORCE or cell is Cell.WITHDRAWN):
            force = _CELLS[cell]
    was_asked = knowledge.events is not None or is_listed
    is_open = any(check.status is Status.UNPROVEN for check in checks)
    is_known = force is not Force.IN_FORCE or (was_asked and not is_open)
    checks += _summary(force, successor, was_asked=was_asked, is_open=is_open)
    if not was_asked and setting.policy.require_status and force is Force.IN_FORCE:
        checks.append(Check(identifier="POLICY.STATUS_NEEDED", status=Status.UNPROVEN))
    return Standing(force=force if is_known else None, successor=successor, since=since, checks=tuple(checks))


def _summary(force: Force, successor: TranscriptReference | None, *, was_asked: bool, is_open: bool) -> Iterator[Check]:
    if force is not Force.IN_FORCE:
        where = None if successor is None else f"{successor.id} v{successor.version}"
        yield Check(identifier=_CAUSES[force], status=Status.WARNING, where=where)
        yield Check(identifier="DOC.STATUS", status=Status.WARNING, where=force)
    elif is_open:
        yield Check(identifier="DOC.STATUS", status=Status.UNPROVEN)
    else:
        yield Check(identifier="DOC.STATUS", status=Status.PASS if was_asked else Status.NOT_CHECKED)


def _events_of(transcript: Transcript, digest: str, *, setting: Setting) -> tuple[list[Event], list[Check]]:
    """Give the events that end the force of this very version, and what is to be said of all that name it."""
    found: list[Event] = []
    checks: list[Check] = []
    own = transcript.identification
    for judged in (setting.policy.knowledge.events or {}).get(own.id, ()):
        event = judged.event
        if event.target.version != own.version:
            continue
        refusal = _refusal(judged, transcript.school, setting=setting)
        if refusal is not None:
            checks.append(refusal)
        elif event.target.digest != digest:
            checks.append(Check(identifier="EVENT.OTHER_CONTENT", status=Status.UNPROVEN, where=event.id))
        elif event.kind is EventKind.CORRECTION:
            paths = ", ".join(one.path for one in event.corrections)
            checks.append(Check(identifier="EVENT.CORRECTED", status=Status.WARNING, where=f"{event.id}: {paths}"))
        else:
            found.append(event)
            checks.append(Check(identifier="EVENT.COUNTS", status=Status.PASS, where=event.id))
    return found, checks


def _refusal(judged: JudgedEvent, school: School, *, setting: Setting) -> Check | None:
    """Say why an event does not count; None for one that does.

    1. it comes from the school that issued the transcript; 2. its signatures hold, by those it names; 3. by the registry, if there is
    one, they held their offices when they signed; 4. it is in effect.
    """
    event, today = judged.event, vietnam_day(setting.at)
    registry = setting.policy.knowledge.registry
    # (1)
    if not _is_same_school(event.school, school, by_code=registry is not None):
        return Check(identifier="EVENT.WRONG_SCHOOL", status=Status.WARNING, where=event.id)
    # (2)
    if judged.verdict is not Verdict.VALID:
        if judged.verdict is Verdict.INDETERMINATE and judged.is_signed_by_named:
            return Check(identifier="EVENT.UNPROVEN", status=Status.UNPROVEN, where=f"{event.id}: {', '.join(judged.causes)}")
        return Check(identifier="EVENT.REFUSED", status=Status.WARNING, where=f"{event.id}: {', '.join(judged.causes)}")
    # (3)
    if registry is not None:
        for credential, role in ((judged.principal, Role.CBQL), (judged.seal, Role.KY_PHAT_HANH)):
            office = _office(credential, role, school=school, day=judged.signed_on, registry=registry)
            if office is Office.REFUSED:
                return Check(identifier="EVENT.WRONG_SCHOOL", status=Status.WARNING, where=f"{event.id}: {role}")
            if office is not Office.ALLOWED:
                return Check(identifier="EVENT.UNPROVEN", status=Status.UNPROVEN, where=f"{event.id}: {role}")
    # (4)
    if event.effective > today or judged.signed_on is None or judged.signed_on > today:
        return Check(identifier="EVENT.LATER", status=Status.WARNING, where=f"{event.id}: {event.effective.isoformat()}")
    return None


def _is_same_school(left: School, right: School, *, by_code: bool) -> bool:
    """Compare schools: by code where a registry tells whose seal stands for a code, else by everything that a certificate may name."""
    if (left.department_code, left.code) != (right.department_code, right.code):
        return False
    return by_code or (left.name, left.tax_id, left.organisation_id) == (right.name, right.tax_id, right.organisation_id)


def _office(credential: Credential | None, role: Role, *, school: School, day: date | None, registry: Registry) -> Office:
    if credential is None or day is None:
        return Office.UNKNOWN
    return registry.judge(credential, role, department_code=school.department_code, school_code=school.code, day=day).standing


def _successor(events: list[Event], setting: Setting) -> TranscriptReference | None:
    """Follow replacements to the newest version that they lead to."""
    newest = max((event.successor for event in events if event.successor is not None), key=lambda one: one.version, default=None)
    known = setting.policy.knowledge.events or {}
    for _ in range(_MAX_STEPS):
        if newest is None:
            break
        further = [
            judged.event.successor
            for judged in known.get(newest.id, ())
            if judged.event.target == newest and judged.event.successor is not None and judged.verdict is Verdict.VALID
            if _refusal(judged, events[0].school, setting=setting) is None
        ]
        if not further:
            break
        newest = max(further, key=lambda one: one.version)
    return newest


def _higher(transcript: Transcript, setting: Setting) -> TranscriptReference | None:
    """Give the highest later version that a counting event names as one that was issued under the same id."""
    own = transcript.identification
    later = [
        judged.event.target
        for judged in (setting.policy.knowledge.events or {}).get(own.id, ())
        if judged.event.target.version > own.version and _refusal(judged, transcript.school, setting=setting) is None
    ]
    return max(later, key=lambda one: one.version, default=None)


def _listed(judged: JudgedList, transcript: Transcript, *, today: date, registry: Registry | None) -> tuple[Cell | None, list[Check]]:
    """Ask one list. It must be of the transcript's department, know it, be fresh, and be sealed by who may do so."""
    source, own = judged.table.source, transcript.identification
    where = f"{source.id} v{source.version}"
    if source.department_code != transcript.school.department_code:
        return None, [Check(identifier="STATUS.OTHER_DEPARTMENT", status=Status.NOT_CHECKED, where=where)]
    if judged.signed_on > today or source.issued < transcript.signers.issued:
        return None, [Check(identifier="STATUS.OTHER_TIME", status=Status.NOT_CHECKED, where=where)]
    checks = []
    if registry is None:
        checks.append(Check(identifier="STATUS.VOUCHED_BY_USER", status=Status.WARNING, where=f"{where}: {judged.seal.common_name}"))
    elif not registry.keeps(judged.seal, department_code=source.department_code, day=judged.signed_on):
        return None, [Check(identifier="STATUS.NOT_DELEGATED", status=Status.UNPROVEN, where=where)]
    cell = judged.table.status((own.id, own.version))
    if today > source.next_update and cell is Cell.IN_FORCE:
        return None, [
            *checks,
            Check(identifier="STATUS.TOO_OLD", status=Status.UNPROVEN, where=f"{where}: {source.next_update.isoformat()}"),
        ]
    return cell, checks
