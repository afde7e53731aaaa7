"""What a registry answers: was this certificate allowed to sign in this role for this school on that day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NoReturn

from hocba_sign.errors import Finding, InputError
from hocba_sign.model.record import Credential
from hocba_sign.model.registry import RANKS, Appointment, RegistrySnapshot, is_named
from hocba_sign.model.workflow import Role


class Standing(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The registry cannot tell: it is too old, does not know the school, or knows no number that the certificate has."""
    UNCOVERED = "uncovered"
    """The registry names nobody for this role at this school."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The answer, with the rule behind it: `cause` REGISTRY.*, `where` the snapshot and entry that decided."""

    standing: Standing
    cause: str
    where: str

    def __bool__(self) -> NoReturn:
        raise TypeError("an authority has several states: compare its standing")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSnapshot:
    """A snapshot and what is proven of its seal: `seal` None for one that nobody signed, which whoever gave it answers for.

    `signed_on` is the day in Vietnam of the seal's best signature time.
    """

    snapshot: RegistrySnapshot
    seal: Credential | None = None
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    appointment: Appointment
    snapshot: RegistrySnapshot
    number: int

    @property
    def where(self) -> str:
        until = self.appointment.until
        period = f"{self.appointment.since.isoformat()}..{until.isoformat() if until else ''}"
        return f"{self.snapshot.id} v{self.snapshot.version} #{self.number}: {period}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Snapshots that hang together, asked by school, role and day. `notes` say what was left out, and whom the user vouches for."""

    snapshots: tuple[RegistrySnapshot, ...]
    notes: tuple[Finding, ...] = ()
    _entries: Mapping[tuple[str, str, Role], tuple[_Entry, ...]] = field(repr=False)

    @classmethod
    def of(cls, given: Iterable[GivenSnapshot]) -> "Registry":
        """Put snapshots together, from the highest rank down.

        1. what nobody signed is taken as the user's own word; 2. so is, by its seal, every signed snapshot of the highest rank among
        those given; 3. any other needs a delegation, in force on the day when it was signed, by one that is taken already; 4. of what is
        taken, the highest version of each id in a realm counts: what is left out displaces nothing.
        Raises: InputError REGISTRY.CONFLICT when two that are taken have one id, realm and version, but not one content.
        """
        snapshots = tuple(given)
        top = min((RANKS.index(one.snapshot.rank) for one in snapshots if one.seal is not None), default=0)
        notes: list[Finding] = []
        counting: list[RegistrySnapshot] = []
        for rank in RANKS:
            taken = []
            for one in (one for one in snapshots if one.snapshot.rank is rank):
                # (1) to (3)
                note, is_taken = _judge_snapshot(one, counting, is_top=RANKS.index(rank) == top)
                notes += () if note is None else (note,)
                taken += [one.snapshot] if is_taken else []
            # (4)
            counting += _newest(taken)
        return cls(snapshots=tuple(counting), notes=tuple(dict.fromkeys(notes)), _entries=_index(counting))

    def judge(self, credential: Credential, role: Role, *, department_code: str, school_code: str, day: date) -> Authority:
        """Answer the question of this module. `day` is a day in Vietnam.

        1. whom the registry names for the role at the school; 2. a period that holds the day decides for, if the snapshot still
        speaks for that day; 3. other periods of the same holder decide against; 4. what cannot be compared is unknown.
        Who may sign as head of school may sign in a teacher's place, too, if the transcript says so.
        """
        # (1)
        place = f"{role} {school_code} {day.isoformat()}"
        roles = (role, Role.CBQL) if role is Role.GVBM else (role,)
        entries = [entry for one in roles for entry in self._entries.get((department_code, school_code, one), ())]
        if not self._entries.get((department_code, school_code, role)):
            return Authority(standing=Standing.UNCOVERED, cause="REGISTRY.NO_ENTRY", where=place)
        named = [(entry, is_named(entry.appointment, credential)) for entry in entries]
        own = [entry for entry, answer in named if answer]
        # (2)
        for entry in own:
            if entry.appointment.since <= day and (entry.appointment.until is None or day <= entry.appointment.until):
                if day > entry.snapshot.next_update:
                    return Authority(standing=Standing.UNKNOWN, cause="REGISTRY.TOO_OLD", where=f"{place}, {entry.where}")
                return Authority(standing=Standing.ALLOWED, cause="REGISTRY.ALLOWED", where=f"{place}, {entry.where}")
        if all(day > entry.snapshot.next_update for entry in entries):
            return Authority(standing=Standing.UNKNOWN, cause="REGISTRY.TOO_OLD", where=f"{place}, {entries[0].where}")
        # (3)
        if own:
            nearest = max(own, key=lambda entry: entry.appointment.since)
            cause = "REGISTRY.NOT_YET" if all(day < entry.appointment.since for entry in own) else "REGISTRY.ENDED"
            return Authority(standing=Standing.REFUSED, cause=cause, where=f"{place}, {nearest.where}")
        # (4)
        if any(answer is None for _, answer in named):
            return Authority(standing=Standing.UNKNOWN, cause="REGISTRY.NOT_COMPARABLE", where=place)
        return Authority(standing=Standing.REFUSED, cause="REGISTRY.NOT_LISTED", where=place)

    def keeps(self, seal: Credential, *, department_code: str, day: date) -> bool:
        """Tell whether a department's delegation, in force on `day`, names this seal: it may issue lists for its province."""
        return any(
            delegation.department_code == department_code
            and delegation.school_code is None
            and delegation.since <= day
            and (delegation.until is None or day <= delegation.until)
            and is_named(delegation, seal) is True
            for snapshot in self.snapshots
            for delegation in snapshot.delegations
        )


def _name(snapshot: RegistrySnapshot) -> str:
    return f"{snapshot.id} v{snapshot.version}"


def _judge_snapshot(one: GivenSnapshot, counting: Iterable[RegistrySnapshot], *, is_top: bool) -> tuple[Finding | None, bool]:
    """Tell whether a snapshot is taken, and what is to be said of that."""
    name = _name(one.snapshot)
    if one.seal is None:
        return Finding("REGISTRY.UNSIGNED", name), True
    if is_top:
        return Finding("REGISTRY.VOUCHED_BY_USER", f"{name}: {one.snapshot.issuer.name}, {one.seal.sha256}"), True
    if any(_delegates(above, one) for above in counting):
        return None, True
    return Finding("REGISTRY.NOT_DELEGATED", name), False


def _newest(taken: Iterable[RegistrySnapshot]) -> tuple[RegistrySnapshot, ...]:
    found: dict[tuple[str, str | None, str | None], RegistrySnapshot] = {}
    for one in taken:
        key = (one.id, one.department_code, one.school_code)
        other = found.get(key)
        if other is not None and other.version == one.version and other != one:
            raise InputError("REGISTRY.CONFLICT", where=_name(one))
        if other is None or other.version < one.version:
            found[key] = one
    return tuple(found.values())


def _delegates(above: RegistrySnapshot, below: GivenSnapshot) -> bool:
    snapshot, day = below.snapshot, below.signed_on
    if below.seal is None or day is None or RANKS.index(above.rank) >= RANKS.index(snapshot.rank):
        return False
    return any(
        (delegation.rank, delegation.department_code, delegation.school_code)
        == (snapshot.rank, snapshot.department_code, snapshot.school_code)
        and delegation.since <= day
        and (delegation.until is None or day <= delegation.until)
        and is_named(delegation, below.seal) is True
        for delegation in above.delegations
    )


def _index(snapshots: Iterable[RegistrySnapshot]) -> Mapping[tuple[str, str, Role], tuple[_Entry, ...]]:
    found: dict[tuple[str, str, Role], list[_Entry]] = defaultdict(list)
    for snapshot in snapshots:
        for number, one in enumerate(snapshot.appointments, 1):
            found[one.department_code, one.school_code, one.role].append(_Entry(one, snapshot, number))
    return MappingProxyType({key: tuple(entries) for key, entries in found.items()})
