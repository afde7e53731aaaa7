"""What a verifier knows beside the file: who may sign, what happened after issue, the pupil's other
years. All of it is given, nothing is fetched.
"""

from collections.abc import Mapping
from datetime import date

from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.authority import Registry
from hocba_sign.model.event import Event
from hocba_sign.model.person import School
from hocba_sign.model.record import SignerCredential, Witness
from hocba_sign.model.status_list import StatusTable
from hocba_sign.validation.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEvent:
    """An event with what its own validation said.

    `is_signed_by_named`: all whom it names have signed, as far as their certificates tell. The seal
    covers the head's signature, so where the head's day is not proven, that of the seal bounds it.
    """

    event: Event
    verdict: Verdict
    causes: tuple[str, ...]
    is_signed_by_named: bool
    principal: Witness | None
    seal: Witness | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedList:
    """A status list whose signature holds, and who sealed it."""

    table: StatusTable
    seal: Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFacts:
    """What links one year of a pupil to the next, and one version to another.

    `digest` as in `TranscriptReference`.

    `seal` is what sealed it for the `school`. Only a file that `is_valid` may contradict another
    one.
    """

    id: str
    version: int
    digest: str
    replaces: tuple[str, int] | None
    school: School
    seal: SignerCredential | None
    created: date
    is_valid: bool
    is_promoted: bool
    school_year: str
    grade: int
    pupil_id: str | None
    pupil_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """Transcripts that were given together, by their ids, and by the personal ids and codes of
    their pupils.

    `is_by_code`: a registry told whose seals stand for the codes of schools.
    """

    by_id: Mapping[str, tuple[YearFacts, ...]]
    by_pupil: Mapping[str, tuple[YearFacts, ...]]
    is_by_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """`events` by transcript id; None where nobody looked for any, as with `years`.

    `notes` are told in every report.

    `unread` may be events or lists, and leave open whether a transcript is in force.
    """

    registry: Registry | None = None
    events: Mapping[str, tuple[JudgedEvent, ...]] | None = None
    lists: tuple[JudgedList, ...] = ()
    years: Years | None = None
    notes: tuple[Finding, ...] = ()
    unread: tuple[Finding, ...] = ()


NOTHING = Knowledge()
