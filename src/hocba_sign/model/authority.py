"""What a registry answers: was this certificate allowed to sign in this role for this school on
that day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import date
from typing import TypeAlias

from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.appointments import Appointment
from hocba_sign.model.delegation import (
    Authority,
    GivenSnapshot,
    OfficeStatus,
    announces,
    delegates,
    newest,
)
from hocba_sign.model.frozen import frozen
from hocba_sign.model.record import SignerCredential, Witness
from hocba_sign.model.registry import RANKS, Rank, is_named
from hocba_sign.model.results import subject_id
from hocba_sign.model.workflow import Role, Slot


@dataclass(frozen=True, slots=True)
class _HeldOffice:
    appointment: Appointment
    given: GivenSnapshot
    number: int

    @property
    def precedence(self) -> tuple[int, date]:
        """Return what outweighs another snapshot: rank, then the newer issue.

        Smaller ranks are higher, so it is negated.
        """
        return -RANKS.index(self.given.snapshot.rank), self.given.since

    @property
    def where(self) -> str:
        until = self.appointment.until
        period = f"{self.appointment.since.isoformat()}..{until.isoformat() if until else ''}"
        return f"{self.given.name} #{self.number}: {period}"

    def holds(self, day: date) -> bool:
        return self.appointment.since <= day and (
            self.appointment.until is None or day <= self.appointment.until
        )

    def speaks_for(self, day: date) -> bool:
        return day <= self.given.snapshot.next_update


_Index: TypeAlias = Mapping[tuple[str, str, Role], tuple[_HeldOffice, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Snapshots that hang together, asked by school, role and day.

    `snapshots` are those that count. `notes` say what was left out, and whom the user vouches for.
    """

    snapshots: tuple[GivenSnapshot, ...]
    notes: tuple[Finding, ...] = ()
    _entries: _Index = field(repr=False)
    _claims: tuple[_Index, ...] = field(repr=False)

    @classmethod
    def of(
        cls, given: Iterable[GivenSnapshot], *, pins: Iterable[str] = (), today: date
    ) -> "Registry":
        """Put snapshots together, from the highest rank down.

        1. what nobody signed is taken as the user's own word, unless the user says by pins what to
           take;
        2. so is what is pinned, by the SHA-256 of the seal's certificate or of the file, and what
           carries the next seal that one taken announces for its own rank and realm;
        3. any other needs a delegation by one that is taken already: in force on the day when it
           was signed, and `today` too where only its signer says which day that was;
        4. of what is taken, the highest version of each id in a realm counts: what is left out
           displaces nothing;
        5. with no pin at all, signed snapshots that nobody delegated to are kept apart as claims,
           by seal: rank is never what a snapshot says of itself.
        Raises: InputError REGISTRY.CONFLICT when two that are taken have one id, realm and version,
        but not one content.
        """
        snapshots, pinned = tuple(given), frozenset(pins)
        notes = (
            [Finding("REGISTRY.NONE_PINNED", ", ".join(sorted(pinned)))]
            if pinned and not any(pinned & _marks(snapshot) for snapshot in snapshots)
            else []
        )
        counting: list[GivenSnapshot] = []
        left: list[GivenSnapshot] = []
        for rank in RANKS:
            own = [snapshot for snapshot in snapshots if snapshot.snapshot.rank is rank]
            # (1) and (2) what the user took, by pin or by giving it unsigned
            taken = [
                snapshot
                for snapshot in own
                if pinned & _marks(snapshot) or (snapshot.seal is None and not pinned)
            ]
            notes += (
                Finding("REGISTRY.UNSIGNED", snapshot.name)
                for snapshot in taken
                if snapshot.seal is None and not pinned
            )
            # (3) what a taken snapshot delegates to, or announces as its next seal
            taken += [
                snapshot
                for snapshot in own
                if snapshot not in taken
                and any(delegates(above, snapshot, today=today) for above in counting)
            ]
            while announced := [
                snapshot
                for snapshot in own
                if snapshot not in taken and any(announces(other, snapshot) for other in taken)
            ]:
                taken += announced
            left += [snapshot for snapshot in own if snapshot not in taken]
            # (4) of each id, the highest version
            counting += newest(taken)
        # (5) what nobody vouched for is told, and kept apart
        cause = "REGISTRY.NOT_DELEGATED" if pinned else "REGISTRY.NOT_PINNED"
        notes += (
            Finding(
                cause,
                ", ".join((f"{told.name}: {told.snapshot.issuer.name}", *sorted(_marks(told)))),
            )
            for told in left
        )
        by_seal: dict[str, list[GivenSnapshot]] = defaultdict(list)
        for claiming in () if pinned else left:
            by_seal[claiming.seal.credential.sha256 if claiming.seal else ""].append(claiming)
        claims = tuple(tuple(newest(group)) for group in by_seal.values())
        return cls(
            snapshots=tuple(counting),
            notes=tuple(dict.fromkeys(notes)),
            _entries=_index(counting),
            _claims=tuple(map(_index, claims)),
        )

    def authority_of(
        self,
        credential: SignerCredential,
        role: Role,
        *,
        department_code: str,
        school_code: str,
        day: date,
        subject: str | None = None,
    ) -> Authority:
        """Answer the question of this module. `day` is a day in Vietnam.

        What counts decides; where that names nobody, each of those who only claim their rank is
        asked, and the worst answer stands, so that another one never improves it. Who may sign as
        head of school may sign in a teacher's place, too, if the transcript says so. `subject` is
        the Id of a teacher's subject: entries for another one do not count.
        """
        place = f"{role} {school_code} {day.isoformat()}"
        roles = (role, Role.CBQL) if role is Role.GVBM else (role,)

        def asked(index: _Index) -> Iterator[Authority]:
            found = {
                asked_role: _for_subject(
                    index.get((department_code, school_code, asked_role), ()), subject
                )
                for asked_role in roles
            }
            if found[role]:
                yield _answer(
                    [entry for asked_role in roles for entry in found[asked_role]],
                    credential,
                    day=day,
                    place=place,
                )

        for answer in asked(self._entries):
            return answer
        claims = [answer for index in self._claims for answer in asked(index)]
        worst = next(
            (answer for answer in claims if answer.standing is not OfficeStatus.ALLOWED),
            next(iter(claims), None),
        )
        if worst is None:
            return Authority(
                standing=OfficeStatus.UNCOVERED, cause="REGISTRY.NO_ENTRY", where=place
            )
        return replace(worst, is_confirmed=False)

    def authority_of_witness(
        self,
        witness: Witness,
        role: Role,
        *,
        department_code: str,
        school_code: str,
        today: date,
        subject: str | None = None,
    ) -> Authority:
        """Answer for the day of a signature, and for `today` too where only its signer says which
        day that was: who has left the office could claim any.
        """
        answer = self.authority_of(
            witness.credential,
            role,
            department_code=department_code,
            school_code=school_code,
            day=witness.day,
            subject=subject,
        )
        if answer.standing is not OfficeStatus.ALLOWED or witness.is_day_proven:
            return answer
        later = self.authority_of(
            witness.credential,
            role,
            department_code=department_code,
            school_code=school_code,
            day=today,
            subject=subject,
        )
        if later.standing is OfficeStatus.ALLOWED:
            return answer
        return replace(later, standing=OfficeStatus.UNKNOWN, cause="REGISTRY.TIME_UNPROVEN")

    def appoints(
        self,
        witness: Witness,
        slot: Slot,
        *,
        department_code: str,
        school_code: str,
        today: date,
        by_certificate: bool = False,
    ) -> bool:
        """Return whether an entry that counts, for this very role and subject, names this holder;
        `by_certificate`: names the certificate itself.
        """
        held = _for_subject(
            self._entries.get((department_code, school_code, slot.role), ()), slot.subject
        )
        entries = [
            entry
            for entry in held
            if not by_certificate or entry.appointment.certificate_sha256 is not None
        ]
        days = (witness.day,) if witness.is_day_proven else (witness.day, today)
        answers = (
            _answer(entries, witness.credential, day=day, place="") for day in days if entries
        )
        return bool(entries) and all(answer.standing is OfficeStatus.ALLOWED for answer in answers)

    def keeps(self, seal: Witness, *, department_code: str, today: date) -> bool | None:
        """Return whether this seal may issue lists for a department; None where nothing that counts
        could tell.

        It is the seal of a snapshot of the department that counts, or one that a delegation in
        force names. Those could tell: a signed snapshot of the department, and any of a rank that
        may delegate to it.
        """
        days = (seal.day,) if seal.is_day_proven else (seal.day, today)
        could_tell = False
        for given in self.snapshots:
            own = given.snapshot
            is_of_department = (
                given.seal is not None
                and own.department_code == department_code
                and own.school_code is None
            )
            could_tell = could_tell or is_of_department or own.rank is Rank.MINISTRY
            if (
                is_of_department
                and given.seal is not None
                and given.seal.credential.sha256 == seal.credential.sha256
            ):
                return True
            for delegation in own.delegations:
                is_meant = (
                    delegation.department_code == department_code and delegation.school_code is None
                )
                is_held = all(
                    delegation.since <= day
                    and (delegation.until is None or day <= delegation.until)
                    for day in days
                )
                if is_meant and is_held and is_named(delegation, seal.credential) is True:
                    return True
        return False if could_tell else None


def _for_subject(entries: Iterable[_HeldOffice], subject: str | None) -> list[_HeldOffice]:
    """Leave out the entries of teachers that are for another subject."""
    codes = {None, (subject or "").removeprefix(subject_id(""))}
    return [
        entry for entry in entries if subject is None or entry.appointment.subject_code in codes
    ]


def _answer(
    entries: list[_HeldOffice], credential: SignerCredential, *, day: date, place: str
) -> Authority:
    """Judge by the entries for a role at a school.

    1. of those that mean this holder, the snapshot of the highest rank decides, then the newest, if
       it still speaks for the day;
    2. in it a period that holds the day decides for, only other periods against;
    3. equal snapshots that differ leave it open;
    4. where none means the holder, what cannot be compared, or is too old, is unknown.
    """
    named = [(entry, is_named(entry.appointment, credential)) for entry in entries]
    own = [entry for entry, answer in named if answer]
    # (1) the snapshot that decides
    speaking = [entry for entry in own if entry.speaks_for(day)]
    if speaking:
        highest = max(entry.precedence for entry in speaking)
        deciding = [entry for entry in speaking if entry.precedence == highest]
        # (2) its period on the day
        answers = {
            any(other.holds(day) for other in deciding if other.given is entry.given)
            for entry in deciding
        }
        if len(answers) > 1:
            # (3) equal snapshots that differ
            names = ", ".join(dict.fromkeys(entry.given.name for entry in deciding))
            return Authority(
                standing=OfficeStatus.UNKNOWN,
                cause="REGISTRY.CONTRADICTION",
                where=f"{place}, {names}",
            )
        holding = next((entry for entry in deciding if entry.holds(day)), None)
        if holding is not None:
            return Authority(
                standing=OfficeStatus.ALLOWED,
                cause="REGISTRY.ALLOWED",
                where=f"{place}, {holding.where}",
            )
        nearest = max(deciding, key=lambda entry: entry.appointment.since)
        cause = (
            "REGISTRY.NOT_YET"
            if all(day < entry.appointment.since for entry in deciding)
            else "REGISTRY.ENDED"
        )
        return Authority(
            standing=OfficeStatus.REFUSED, cause=cause, where=f"{place}, {nearest.where}"
        )
    # (4) nothing that speaks of the holder
    if own or not any(entry.speaks_for(day) for entry in entries):
        return Authority(
            standing=OfficeStatus.UNKNOWN,
            cause="REGISTRY.TOO_OLD",
            where=f"{place}, {(own or entries)[0].where}",
        )
    if any(answer is None for _, answer in named):
        return Authority(
            standing=OfficeStatus.UNKNOWN, cause="REGISTRY.NOT_COMPARABLE", where=place
        )
    return Authority(standing=OfficeStatus.REFUSED, cause="REGISTRY.NOT_LISTED", where=place)


def _marks(given: GivenSnapshot) -> frozenset[str]:
    """Return what a pin may name: the seal's certificate, and the file."""
    seal = None if given.seal is None else given.seal.credential.sha256
    return frozenset(mark for mark in (seal, given.sha256) if mark is not None)


def _index(snapshots: Iterable[GivenSnapshot]) -> _Index:
    found: dict[tuple[str, str, Role], list[_HeldOffice]] = defaultdict(list)
    for given in snapshots:
        for number, appointment in enumerate(given.snapshot.appointments, 1):
            found[appointment.department_code, appointment.school_code, appointment.role].append(
                _HeldOffice(appointment, given, number)
            )
    return frozen({key: tuple(entries) for key, entries in found.items()})
