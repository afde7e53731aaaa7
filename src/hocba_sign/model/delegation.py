"""Who may answer for whom: snapshots as they are given, and how far delegation reaches."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NoReturn

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.record import Witness
from hocba_sign.model.registry import RANKS, RegistrySnapshot, is_named


class OfficeStatus(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The registry cannot tell: it is too old, contradicts itself, does not know the school, or
    knows no number that the certificate has.
    """
    UNCOVERED = "uncovered"
    """The registry names nobody for this role at this school."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The answer, with the rule behind it: `cause` REGISTRY.*, `where` the snapshot and entry that
    decided.

    `is_confirmed` is False for what only a snapshot says for whose rank nobody but itself speaks:
    it neither clears nor accuses.
    """

    standing: OfficeStatus
    cause: str
    where: str
    is_confirmed: bool = True

    def __bool__(self) -> NoReturn:
        raise TypeError("an authority has several states: compare its standing")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSnapshot:
    """A snapshot and what is known of its seal: None for one that nobody signed, which whoever gave
    it answers for.

    `sha256` is that of the file, in lower-case hexadecimal.
    """

    snapshot: RegistrySnapshot
    seal: Witness | None = None
    sha256: str | None = None

    @property
    def name(self) -> str:
        return f"{self.snapshot.id} v{self.snapshot.version}"

    @property
    def since(self) -> date:
        """Return the day from which it speaks: no later than it was signed, whatever it says."""
        return (
            self.snapshot.issued if self.seal is None else min(self.snapshot.issued, self.seal.day)
        )


def newest(taken: Iterable[GivenSnapshot]) -> Iterator[GivenSnapshot]:
    found: dict[tuple[str, str | None, str | None], GivenSnapshot] = {}
    for given in taken:
        one = given.snapshot
        key = (one.id, one.department_code, one.school_code)
        other = found.get(key)
        if other is not None and other.snapshot.version == one.version and other.snapshot != one:
            raise InputError("REGISTRY.CONFLICT", where=given.name)
        if other is None or other.snapshot.version < one.version:
            found[key] = given
    yield from found.values()


def announces(present: GivenSnapshot, later: GivenSnapshot) -> bool:
    """Return whether a snapshot names the seal of another one as its own next."""
    if later.seal is None or present.snapshot.next_seal_sha256 != later.seal.credential.sha256:
        return False
    realms = [
        (snapshot.snapshot.rank, snapshot.snapshot.department_code, snapshot.snapshot.school_code)
        for snapshot in (present, later)
    ]
    return realms[0] == realms[1] and present.since <= later.seal.day


def delegates(above: GivenSnapshot, below: GivenSnapshot, *, today: date) -> bool:
    snapshot, seal = below.snapshot, below.seal
    if seal is None or RANKS.index(above.snapshot.rank) >= RANKS.index(snapshot.rank):
        return False
    days = (seal.day,) if seal.is_day_proven else (seal.day, today)
    return any(
        (delegation.rank, delegation.department_code, delegation.school_code)
        == (snapshot.rank, snapshot.department_code, snapshot.school_code)
        and all(
            delegation.since <= day and (delegation.until is None or day <= delegation.until)
            for day in days
        )
        and is_named(delegation, seal.credential) is True
        for delegation in above.snapshot.delegations
    )
