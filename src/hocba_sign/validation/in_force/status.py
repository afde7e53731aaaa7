"""Whether a transcript is still in force.

Asked of the signed events and status lists that are given; apart from whether the transcript is
signed correctly.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import EventKind
from hocba_sign.model.codes import TranscriptStatus as OwnStatus
from hocba_sign.model.delegation import OfficeStatus as Office
from hocba_sign.model.event import Event, TranscriptReference
from hocba_sign.model.person import School
from hocba_sign.model.provinces import is_followed_by
from hocba_sign.model.record import Witness, vietnam_day
from hocba_sign.model.status_list import Cell
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role
from hocba_sign.validation.in_force.schools import is_same_school
from hocba_sign.validation.in_force.years import later_issue
from hocba_sign.validation.knowledge import JudgedEvent, JudgedList
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.verdict import Check, Status, Verdict

_MAX_STEPS = 100
"""Replacements followed from one version to the next."""


class Force(StrEnum):
    """The `status` of a report."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceStatus:
    """`force` is None where nobody looked, or what was found leaves it open.

    `successor` is the newest version that the events lead to, `since` the day in Vietnam from which
    the transcript is not in force.
    """

    force: Force | None
    successor: TranscriptReference | None = None
    since: date | None = None
    checks: tuple[Check, ...] = ()

    @classmethod
    def unasked(cls) -> "ForceStatus":
        """Return the standing of a transcript whose content nobody signed: there is nothing that an
        event could name.
        """
        return cls(force=None, checks=(Check(identifier="DOC.STATUS", status=Status.NOT_CHECKED),))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedVersion:
    """A version of a transcript as events and lists name it; `issued` is the day that it states,
    `digest` as in `TranscriptReference`.
    """

    id: str
    version: int
    digest: str
    school: School
    issued: date
    is_withdrawn: bool = False

    @classmethod
    def of(cls, transcript: Transcript, digest: str) -> "IssuedVersion":
        own = transcript.identification
        return cls(
            id=own.id,
            version=own.version,
            digest=digest,
            school=transcript.school,
            issued=transcript.signers.issued,
            is_withdrawn=own.status is OwnStatus.WITHDRAWN,
        )


_CELLS: Mapping[Cell, Force] = {
    Cell.IN_FORCE: Force.IN_FORCE,
    Cell.WITHDRAWN: Force.WITHDRAWN,
    Cell.REPLACED: Force.REPLACED,
}
_CAUSES: Mapping[Force, str] = {
    Force.WITHDRAWN: "STATUS.WITHDRAWN",
    Force.REPLACED: "STATUS.REPLACED",
}


def check_in_force(own: IssuedVersion, *, setting: Setting) -> ForceStatus:
    """Judge whether a version of a transcript is in force at the validation time.

    1. what the transcript says itself;
    2. events that count: valid, from the same school, in effect, about this version and content,
       and valid files of a later version;
    3. the status lists of its department;
    4. what is withdrawn outweighs what is replaced, and that what is in force.
    Nothing here makes a verdict INVALID: a withdrawn transcript is still signed correctly.
    """
    knowledge = setting.policy.knowledge
    checks = [
        Check(identifier=note.cause, status=Status.WARNING, where=note.where)
        for note in knowledge.notes
    ]
    checks += (
        Check(identifier=item.cause, status=Status.UNPROVEN, where=item.where)
        for item in knowledge.unread
    )
    # (1) what the transcript says
    force = Force.WITHDRAWN if own.is_withdrawn else Force.IN_FORCE
    since: date | None = None
    # (2) events and later versions
    events, event_checks = _events_of(own, setting=setting)
    checks += event_checks
    for event in sorted(events, key=lambda one: one.effective):
        said = Force.WITHDRAWN if event.kind is EventKind.WITHDRAWAL else Force.REPLACED
        if force is not Force.WITHDRAWN:
            force, since = said, event.effective
    successor = (
        _successor(events, setting)
        or _higher(own, setting)
        or later_issue((own.id, own.version), knowledge.years, school=own.school)
    )
    if successor is not None and force is Force.IN_FORCE:
        force = Force.REPLACED
    # (3) status lists
    cells, list_checks = _listed(own, setting=setting)
    checks += list_checks
    # (4) the graver of the two counts
    for cell in cells:
        if force is Force.IN_FORCE or cell is Cell.WITHDRAWN:
            force = _CELLS[cell]
    was_asked = knowledge.events is not None or bool(cells)
    is_undecided = any(check.status is Status.UNPROVEN for check in checks)
    is_known = force is not Force.IN_FORCE or (was_asked and not is_undecided)
    checks += _summary(force, successor, was_asked=was_asked, is_undecided=is_undecided)
    if not was_asked and setting.policy.require_status and force is Force.IN_FORCE:
        checks.append(Check(identifier="POLICY.STATUS_NEEDED", status=Status.UNPROVEN))
    return ForceStatus(
        force=force if is_known else None, successor=successor, since=since, checks=tuple(checks)
    )


def _summary(
    force: Force, successor: TranscriptReference | None, *, was_asked: bool, is_undecided: bool
) -> Iterator[Check]:
    if force is not Force.IN_FORCE:
        where = None if successor is None else f"{successor.id} v{successor.version}"
        yield Check(identifier=_CAUSES[force], status=Status.WARNING, where=where)
        yield Check(identifier="DOC.STATUS", status=Status.WARNING, where=force)
    elif is_undecided:
        yield Check(identifier="DOC.STATUS", status=Status.UNPROVEN)
    else:
        yield Check(
            identifier="DOC.STATUS", status=Status.PASS if was_asked else Status.NOT_CHECKED
        )


def _events_of(own: IssuedVersion, *, setting: Setting) -> tuple[list[Event], list[Check]]:
    """Return the events that end the force of this very version, and what is to be said of all that
    name it.
    """
    found: list[Event] = []
    checks: list[Check] = []
    for judged in (setting.policy.knowledge.events or {}).get(own.id, ()):
        event = judged.event
        if event.target.version != own.version:
            continue
        refusal = _refusal(judged, own.school, setting=setting)
        if refusal is not None:
            checks.append(refusal)
        elif event.target.digest != own.digest:
            checks.append(
                Check(identifier="EVENT.OTHER_CONTENT", status=Status.UNPROVEN, where=event.id)
            )
        elif event.kind is EventKind.CORRECTION:
            paths = ", ".join(correction.path for correction in event.corrections)
            checks.append(
                Check(
                    identifier="EVENT.CORRECTED",
                    status=Status.WARNING,
                    where=f"{event.id}: {paths}",
                )
            )
        else:
            found.append(event)
            checks.append(Check(identifier="EVENT.COUNTS", status=Status.PASS, where=event.id))
    return found, checks


def _refusal(judged: JudgedEvent, school: School, *, setting: Setting) -> Check | None:
    """Say why an event does not count; None for one that does.

    1. it comes from the school that issued the transcript;
    2. its signatures hold, by those it names;
    3. by the registry, if one counts, they held their offices when they signed: those who did on
       the day that they only claim, and do not any more, leave it open;
    4. it is in effect, and was signed by the validation time.
    """
    event, today = judged.event, vietnam_day(setting.at)
    registry = setting.policy.knowledge.registry
    # (1) issued by the same school
    is_by_code = registry is not None and bool(registry.snapshots)
    seal = None if judged.seal is None else judged.seal.credential
    if not is_same_school(school, event.school, seal=seal, by_code=is_by_code, day=event.effective):
        return Check(identifier="EVENT.WRONG_SCHOOL", status=Status.WARNING, where=event.id)
    # (2) signed by those it names
    if judged.verdict is not Verdict.VALID:
        if judged.verdict is Verdict.INDETERMINATE and judged.is_signed_by_named:
            return Check(
                identifier="EVENT.UNPROVEN",
                status=Status.UNPROVEN,
                where=f"{event.id}: {', '.join(judged.causes)}",
            )
        return Check(
            identifier="EVENT.REFUSED",
            status=Status.WARNING,
            where=f"{event.id}: {', '.join(judged.causes)}",
        )
    # (3) offices at the time of signing
    for witness, role in ((judged.principal, Role.CBQL), (judged.seal, Role.KY_PHAT_HANH)):
        office = _office(witness, role, schools=(event.school, school), setting=setting)
        if office is Office.REFUSED:
            return Check(
                identifier="EVENT.WRONG_SCHOOL", status=Status.WARNING, where=f"{event.id}: {role}"
            )
        if office is not Office.ALLOWED:
            return Check(
                identifier="EVENT.UNPROVEN", status=Status.UNPROVEN, where=f"{event.id}: {role}"
            )
    # (4) in effect and signed by now
    if event.effective > today or (judged.seal is not None and judged.seal.day > today):
        return Check(
            identifier="EVENT.LATER",
            status=Status.WARNING,
            where=f"{event.id}: {event.effective.isoformat()}",
        )
    return None


def _office(
    witness: Witness | None, role: Role, *, schools: tuple[School, ...], setting: Setting
) -> Office:
    """Return whether a signer of an event held the office, at the first of these schools that the
    registry knows.

    They are one school, by its present and its former code. Where no registry counts the
    certificates decide; a mere claim only leaves it open.
    """
    registry = setting.policy.knowledge.registry
    if witness is None:
        return Office.UNKNOWN
    if registry is None:
        return Office.ALLOWED
    today = vietnam_day(setting.at)
    answers = [
        registry.authority_of_witness(
            witness,
            role,
            department_code=school.department_code,
            school_code=school.code,
            today=today,
        )
        for school in schools
    ]
    answer = next(
        (given for given in answers if given.standing is not Office.UNCOVERED), answers[0]
    )
    if answer.is_confirmed and registry.snapshots:
        return answer.standing
    return (
        Office.ALLOWED if answer.standing in {Office.ALLOWED, Office.UNCOVERED} else Office.UNKNOWN
    )


def _successor(events: list[Event], setting: Setting) -> TranscriptReference | None:
    """Follow replacements to the newest version that they lead to."""
    newest = max(
        (event.successor for event in events if event.successor is not None),
        key=lambda one: one.version,
        default=None,
    )
    known = setting.policy.knowledge.events or {}
    for _ in range(_MAX_STEPS):
        if newest is None:
            break
        further = [
            judged.event.successor
            for judged in known.get(newest.id, ())
            if judged.event.target == newest
            and judged.event.successor is not None
            and judged.verdict is Verdict.VALID
            if _refusal(judged, events[0].school, setting=setting) is None
        ]
        if not further:
            break
        newest = max(further, key=lambda one: one.version)
    return newest


def _higher(own: IssuedVersion, setting: Setting) -> TranscriptReference | None:
    """Return the highest later version that a counting event names as one that was issued under the
    same id.
    """
    later = [
        judged.event.target
        for judged in (setting.policy.knowledge.events or {}).get(own.id, ())
        if judged.event.target.version > own.version
        and _refusal(judged, own.school, setting=setting) is None
    ]
    return max(later, key=lambda one: one.version, default=None)


def _listed(own: IssuedVersion, *, setting: Setting) -> tuple[list[Cell], list[Check]]:
    """Ask every list; give what those say that count, and what is to be told."""
    cells: list[Cell] = []
    checks: list[Check] = []
    stale: list[Check] = []
    for judged in setting.policy.knowledge.lists:
        cell, told = _cell(judged, own, setting=setting)
        cells += () if cell is None else (cell,)
        stale += (check for check in told if check.identifier == "STATUS.TOO_OLD")
        checks += (check for check in told if check.identifier != "STATUS.TOO_OLD")
    # An old version beside a new one asks for nothing.
    return cells, [*checks, *(stale if not cells else ())]


def _is_asked(judged: JudgedList, school: School) -> bool:
    """Return whether a list is of the school's department, or of the one that has followed it since
    a day before the list was made and signed.
    """
    source = judged.table.source
    day = min(source.issued, judged.seal.day)
    is_own = source.department_code == school.department_code
    return is_own or is_followed_by(
        school.department_code, school.address, later=source.department_code, day=day
    )


def _cell(
    judged: JudgedList, own: IssuedVersion, *, setting: Setting
) -> tuple[Cell | None, list[Check]]:
    """Ask one list: of the transcript's department or its successor, sealed by who may do so, and
    signed by the validation time.

    What it says of a transcript that is not in force counts, whatever day the transcript states and
    however old the list is. That all is well is said only by a list that is not too old, and of a
    transcript that it can know.
    """
    source, today = judged.table.source, vietnam_day(setting.at)
    registry = setting.policy.knowledge.registry
    where = f"{source.id} v{source.version}"
    if not _is_asked(judged, own.school):
        return None, [
            Check(identifier="STATUS.OTHER_DEPARTMENT", status=Status.NOT_CHECKED, where=where)
        ]
    if judged.seal.day > today:
        return None, [Check(identifier="STATUS.OTHER_TIME", status=Status.NOT_CHECKED, where=where)]
    checks = []
    is_kept = (
        None
        if registry is None
        else registry.keeps(judged.seal, department_code=source.department_code, today=today)
    )
    if is_kept is None:
        checks.append(
            Check(
                identifier="STATUS.VOUCHED_BY_USER",
                status=Status.WARNING,
                where=f"{where}: {judged.seal.credential.common_name}",
            )
        )
    elif not is_kept:
        return None, [Check(identifier="STATUS.NOT_DELEGATED", status=Status.UNPROVEN, where=where)]
    cell = judged.table.status((own.id, own.version))
    if cell is not Cell.IN_FORCE:
        return cell, checks
    if source.issued < own.issued:
        return None, [
            *checks,
            Check(identifier="STATUS.OTHER_TIME", status=Status.NOT_CHECKED, where=where),
        ]
    if today > source.next_update:
        return None, [
            *checks,
            Check(
                identifier="STATUS.TOO_OLD",
                status=Status.UNPROVEN,
                where=f"{where}: {source.next_update.isoformat()}",
            ),
        ]
    return cell, checks
