"""What all authentic statements about one certificate add up to, at the time that counts.

Whoever is authentic, and about which certificate a statement speaks, has been found out before.
Spec: RFC 5280, 5.3 and 6.3.3; RFC 6960, 2.2, 3.2 and 4.2.2.1; EN 319 102-1, 5.2.5.4;
docs/explanation/evidence.md.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.crl import Revoked
from hocba_sign.pki.revocation.pool import RevocationFact, Statement
from hocba_sign.pki.revocation.selection import current_until, keeps_expired


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """By which times statements about one certificate are judged; all aware.

    `at` is the best signature time, `known_until` the validation time. A statement from before `at`
    must be current at `current_at`; with `is_newer_demanded` it does not count at all.
    """

    at: datetime
    known_until: datetime
    current_at: datetime
    is_newer_demanded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementReading:
    """What one authentic statement says about one certificate.

    `entries` are all that it dates, removals aside; none of it and not unknown is silence, or good.
    `unknown_cause` tells why it does not say it. `signer_not_after` is when the first of those who
    answer for it expires.
    """

    statement: Statement
    entries: tuple[Revoked, ...] = ()
    unknown_cause: str | None = None
    signer_not_after: datetime
    signer: Certificate | None = None


def settle(
    certificate: Certificate, readings: Iterable[StatementReading], *, terms: Terms
) -> RevocationFact:
    """Join the readings; the order in which they come does not matter.

    1. a permanent revocation by then counts, whoever says what later, the earliest that is told;
    2. a hold counts until a later statement no longer knows it;
    3. among the others the newest counts, and of those of one moment the one that does not know the
       certificate;
    4. of the good ones the one that was made after the signature comes first.
    """
    ordered = sorted(readings, key=_rank)
    # (1) permanent revocations, the earliest first: nothing later undoes one
    dated = sorted(
        (
            (entry.at, index)
            for index, reading in enumerate(ordered)
            for entry in reading.entries
            if not entry.is_hold
        )
    )
    if dated and dated[0][0] <= terms.at:
        return _revoked(certificate, ordered[dated[0][1]], at=dated[0][0])
    # (2) holds, until a later statement lifts them
    for reading in ordered:
        for entry in reading.entries:
            if (
                entry.is_hold
                and entry.at <= terms.at
                and _is_held(certificate, reading, readings=ordered, at=terms.at)
            ):
                return _revoked(certificate, reading, at=entry.at)
    # (3) issuers who do not know the certificate, against those who call it good
    ignorant = [
        reading
        for reading in ordered
        # An issuer may forget what has expired; then it says nothing by not knowing it.
        if reading.unknown_cause is not None
        and reading.statement.this_update <= certificate.not_after
    ]
    newest = max((reading.statement.this_update for reading in ignorant), default=None)
    good = [
        reading for reading in ordered if silence_cause(certificate, reading, terms=terms) is None
    ]
    known = [
        reading for reading in good if newest is None or reading.statement.this_update > newest
    ]
    # (4) the good ones, those made after the signature first
    if known:
        facts = [
            _good(certificate, reading, at=terms.at)
            for reading in sorted(
                known, key=lambda reading: not _is_after(reading.statement, terms.at)
            )
        ]
        later = _first_after(ordered, terms.at)
        if later is not None:
            facts = [_with_revocation(fact, later) for fact in facts]
        return replace(facts[0], others=tuple(facts[1:]))
    causes = [
        reading.unknown_cause or silence_cause(certificate, reading, terms=terms)
        for reading in (ordered if not good else ignorant)
    ]
    return RevocationFact(
        certificate_sha256=certificate.sha256,
        status="unknown",
        causes=tuple(dict.fromkeys(cause for cause in causes if cause is not None)),
    )


def _first_after(readings: Iterable[StatementReading], at: datetime) -> Revoked | None:
    """Return the first revocation after `at`: of no effect then, but a stolen key of a CA may have
    made statements later.
    """
    return min(
        (entry for reading in readings for entry in reading.entries if entry.at > at),
        key=lambda entry: entry.at,
        default=None,
    )


def silence_cause(certificate: Certificate, one: StatementReading, *, terms: Terms) -> str | None:
    """Return why a statement does not show that the certificate was not revoked at the best
    signature time, or None.

    An entry with a later date does show it: its issuer knew the certificate, whose life may have
    ended since.
    """
    statement = one.statement
    if one.unknown_cause is not None:
        return one.unknown_cause
    if any(entry.at <= terms.at for entry in one.entries):
        return "REVOCATION.ON_HOLD"
    if _is_after(statement, terms.at) and one.entries:
        return None
    # It could not name a certificate that was not issued yet.
    if statement.this_update < certificate.not_before:
        return "REVOCATION.BEFORE_ISSUANCE"
    # RFC 5280, 3.3: entries may be dropped after expiry, so silence shows nothing then.
    if statement.this_update > certificate.not_after and not keeps_expired(
        statement, certificate.not_after
    ):
        return "REVOCATION.AFTER_EXPIRY"
    if _is_after(statement, terms.at):
        return None
    end = current_until(statement)
    if end is None:
        return "REVOCATION.NO_NEXT_UPDATE"
    if end < terms.at:
        return "REVOCATION.EXPIRED"
    return (
        "REVOCATION.BEFORE_SIGNATURE" if end < terms.current_at or terms.is_newer_demanded else None
    )


def _rank(one: StatementReading) -> tuple[bool, float, str, int]:
    statement = one.statement
    return (
        statement.kind != "ocsp",
        -statement.this_update.timestamp(),
        statement.item.sha256,
        statement.index,
    )


def _is_after(statement: Statement, at: datetime) -> bool:
    """Statements are dated in whole seconds."""
    return statement.this_update >= at.replace(microsecond=0)


def _is_held(
    certificate: Certificate,
    one: StatementReading,
    *,
    readings: list[StatementReading],
    at: datetime,
) -> bool:
    return not any(
        # A list from after `at` may be without the hold because it was lifted after `at`.
        one.statement.this_update < other.statement.this_update <= at
        and other.unknown_cause is None
        and not other.entries
        and _is_within(certificate, other.statement)
        for other in readings
    )


def _is_within(certificate: Certificate, statement: Statement) -> bool:
    return certificate.not_before <= statement.this_update and (
        statement.this_update <= certificate.not_after
        or keeps_expired(statement, certificate.not_after)
    )


def described(certificate: Certificate, statement: Statement) -> RevocationFact:
    """Describe `statement`; what it says is still unknown."""
    return RevocationFact(
        certificate_sha256=certificate.sha256,
        status="unknown",
        kind=statement.kind,
        source=statement.item.source,
        evidence_sha256=statement.item.sha256,
        this_update=statement.this_update,
        next_update=statement.next_update,
        produced_at=statement.produced_at,
    )


def _good(certificate: Certificate, one: StatementReading, *, at: datetime) -> RevocationFact:
    fact = described(certificate, one.statement)
    return replace(
        fact,
        status="good",
        issuer_not_after=one.signer_not_after,
        is_asked_before=not _is_after(one.statement, at),
    )


def _revoked(certificate: Certificate, one: StatementReading, *, at: datetime) -> RevocationFact:
    entry = next(
        entry for entry in sorted(one.entries, key=lambda entry: entry.is_hold) if entry.at == at
    )
    fact = replace(described(certificate, one.statement), issuer_not_after=one.signer_not_after)
    return _with_revocation(replace(fact, status="on_hold" if entry.is_hold else "revoked"), entry)


def _with_revocation(fact: RevocationFact, entry: Revoked) -> RevocationFact:
    return replace(fact, revoked_at=entry.at, reason=entry.reason, has_reason=entry.has_reason)
