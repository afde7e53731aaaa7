"""Good verdicts on paths, kept between the dates that matter: a quick path that can only say "it
passes" (docs/adr/0021-quick-and-careful.md).

A verdict follows from content and from three times, which are compared with dates of that content
and with nothing else. Between two neighbouring dates nothing changes, so a verdict is kept for the
open intervals in which its times lie, under the digests of all that it may rest on. A time that is
itself such a date, evidence that is not of the common form, and whatever the reference engine was
asked about are judged again each time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final, TypeAlias

from hocba_sign.crypto.acceptance import END_DATES
from hocba_sign.errors import InputError
from hocba_sign.pki.cache.bounded import BoundedCache
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.path.building import content_of_trust
from hocba_sign.pki.path.path_validation import judge_path
from hocba_sign.pki.path.result import PathRequirements, PathResult, PathStatus
from hocba_sign.pki.revocation.crl import RevocationList
from hocba_sign.pki.revocation.entries import content_of
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.revocation.pool import read_pool
from hocba_sign.pki.revocation.selection import current_until
from hocba_sign.pki.trust.store import TrustStore

MAX_KEPT_PATHS: Final = 4_096
"""One takes some 3,000 octets; a school has fewer signers."""
MAX_CERTIFICATES: Final = 64
MAX_STATEMENTS: Final = 64
"""Evidence with more is nobody's batch of transcripts."""
MAX_DATES: Final = 500

_TIMED: Final = ("known_until", "current_at")
_untimed = attrgetter(
    *(field.name for field in fields(PathRequirements) if field.name not in _TIMED)
)

_Content: TypeAlias = tuple[Any, ...]
_Dates: TypeAlias = tuple[datetime, ...]

_met: BoundedCache[_Content, bool] = BoundedCache(MAX_KEPT_PATHS)
_dates: BoundedCache[_Content, _Dates | None] = BoundedCache(MAX_KEPT_PATHS)
_paths: BoundedCache[tuple[_Content, tuple[int, ...]], PathResult] = BoundedCache(MAX_KEPT_PATHS)


def validate_path_quickly(
    leaf: Certificate,
    *,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    requirements: PathRequirements,
) -> PathResult:
    """Judge as `validate_path` does, and as it did before where that passed and nothing can have
    changed.

    Raises: as `validate_path`.
    """
    times = (at, requirements.known_until or at, requirements.current_at or at)
    place = None
    if all(time.tzinfo is not None for time in times):
        content = _content(leaf, trust, evidence, asked=requirements)
        dates = _known_dates(content, leaf, trust, evidence=evidence)
        intervals = None if dates is None else _intervals(times, dates)
        place = None if intervals is None else (content, intervals)
    if place is not None and (kept := _paths.peek(place)) is not None:
        return kept
    judged = judge_path(leaf, trust=trust, evidence=evidence, at=at, requirements=requirements)
    if place is not None and judged.is_direct and judged.result.status is PathStatus.PASSED:
        return _paths.get(place, lambda: judged.result)
    return judged.result


def _known_dates(
    content: _Content, leaf: Certificate, trust: TrustStore, *, evidence: Evidence
) -> _Dates | None:
    """Return the dates of what was met before; they cost more than a verdict, and most that is met
    once comes once.
    """
    if _met.peek(content) is None:
        _met.get(content, lambda: True)
        return None
    return _dates.get(content, lambda: _dates_of(leaf, trust, evidence))


def _content(
    leaf: Certificate, trust: TrustStore, evidence: Evidence, *, asked: PathRequirements
) -> _Content:
    """Return what a verdict follows from besides the times; a fact names the source of its
    statement.
    """
    return (
        leaf.sha256,
        content_of_trust(trust),
        tuple(certificate.sha256 for certificate in evidence.certificates),
        tuple((item.sha256, item.source) for item in evidence.crls),
        tuple((item.sha256, item.source) for item in evidence.ocsps),
        _untimed(asked),
        asked.known_until is None,
        asked.current_at is None,
    )


def _intervals(times: tuple[datetime, ...], dates: _Dates) -> tuple[int, ...] | None:
    """Return between which dates the times lie, None where one of them is such a date."""
    found = tuple(bisect_left(dates, time) for time in times)
    return found if found == tuple(bisect_right(dates, time) for time in times) else None


def _dates_of(leaf: Certificate, trust: TrustStore, evidence: Evidence) -> _Dates | None:
    """Return every date that a time may be compared with, in order; None where not all of them are
    known.
    """
    if (
        len(evidence.certificates) > MAX_CERTIFICATES
        or len(evidence.crls) + len(evidence.ocsps) > MAX_STATEMENTS
    ):
        return None
    try:
        found = set(_stated_dates((leaf, *evidence.certificates), evidence))
    except (_UnknownDatesError, InputError, OverflowError):
        return None
    found |= END_DATES
    found |= {anchor.trusted_until for anchor in trust.anchors if anchor.trusted_until is not None}
    for certificate in (leaf, *evidence.certificates):
        found |= {certificate.not_before, certificate.not_after}
    return tuple(sorted(found)) if len(found) <= MAX_DATES else None


class _UnknownDatesError(Exception):
    """A statement is not of the common form: the engine knows its dates."""


def _stated_dates(certificates: tuple[Certificate, ...], evidence: Evidence) -> Iterator[datetime]:
    pool = read_pool(evidence)
    if pool.deltas or pool.causes:
        raise _UnknownDatesError
    for statement in (*pool.ocsps, *pool.crls):
        if statement.content is None:
            raise _UnknownDatesError
        stated = (
            statement.this_update,
            statement.next_update,
            statement.produced_at,
            current_until(statement),
        )
        for item in stated:
            if item is not None:
                yield item
        # Whether a statement is from after a signature is asked in whole seconds.
        yield statement.this_update.replace(microsecond=0) + _SECOND
        for certificate in certificates:
            entries = (
                statement.content.find(certificate.serial_number)
                if isinstance(statement.content, RevocationList)
                else content_of(statement, certificate).entries
            )
            yield from (entry.at for entry in entries)


_SECOND: Final = timedelta(seconds=1)
