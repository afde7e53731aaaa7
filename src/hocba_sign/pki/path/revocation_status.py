"""Whether each certificate of a chain is revoked.

Reads every statement that may concern it, directly where possible, else through the engine.

Spec: RFC 5280, 6.3; RFC 6960, 3.2; EN 319 102-1, 5.2.5.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import same_name
from hocba_sign.pki.path import fast_revocation as direct
from hocba_sign.pki.path.deltas import is_issued_by, needs_delta, revocations, updated
from hocba_sign.pki.path.fast_chain import is_fast_chain
from hocba_sign.pki.path.fast_revocation import Question
from hocba_sign.pki.path.signature_check import certificate_verdict
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.revocation.freshness import StatementReading, Terms, described, settle
from hocba_sign.pki.revocation.pool import RevocationFact, Statement, StatementPool, read_pool
from hocba_sign.pki.revocation.selection import Selection, select

if TYPE_CHECKING:
    from hocba_sign.pki.path.reference_engine import EngineSession


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationRequest:
    """What the answers rest on.

    `session` gives the engine's objects when they are needed; with `is_fast` it is asked last.

    `leaf_terms` are for the first certificate of a chain, the others are judged at `at` alone.
    `responders` are trusted by the caller.
    """

    evidence: Evidence
    pool: StatementPool
    leaf_terms: Terms
    session: "Callable[[], EngineSession]"
    is_fast: bool = True
    responders: tuple[Certificate, ...] = ()

    @property
    def at(self) -> datetime:
        return self.leaf_terms.at

    def terms(self, index: int) -> Terms:
        """Lists of authorities come every half year, and none may come after their end: current at
        the signature is enough.
        """
        return (
            self.leaf_terms
            if index == 0
            else replace(self.leaf_terms, current_at=self.at, is_newer_demanded=False)
        )


def revocation_facts(
    chain: tuple[Certificate, ...], inquiry: RevocationRequest
) -> tuple[RevocationFact, ...]:
    """Return one fact for each certificate below the anchor, leaf first."""
    if inquiry.is_fast and not is_fast_chain(chain):
        inquiry = replace(inquiry, is_fast=False)
    return tuple(_fact(chain, index, inquiry) for index in range(len(chain) - 1))


def _fact(chain: tuple[Certificate, ...], index: int, inquiry: RevocationRequest) -> RevocationFact:
    question = Question(chain=chain, index=index, evidence=inquiry.evidence, at=inquiry.at)
    selection = select(question.certificate.der, question.issuer.der, pool=inquiry.pool)
    causes = list(selection.causes)
    readings = list(_readings(question, selection, inquiry, causes=causes))
    fact = settle(question.certificate, readings, terms=inquiry.terms(index))
    if fact.status != "unknown":
        return fact
    return replace(
        fact, causes=tuple(dict.fromkeys((*fact.causes, *causes))) or ("REVOCATION.NONE",)
    )


def _readings(
    question: Question, selection: Selection, inquiry: RevocationRequest, *, causes: list[str]
) -> list[StatementReading]:
    """Read the statements; what stands against those that do not count is added to `causes`."""
    deltas = tuple(
        item for item in inquiry.pool.deltas if is_issued_by(item, inquiry.leaf_terms.known_until)
    )
    readings = list(revocations(deltas, question))
    silent_in_part: list[Statement] = []
    for statement in (*selection.ocsps, *selection.crls):
        # A validation as of an earlier time may not use what nobody could know then.
        if statement.this_update > inquiry.leaf_terms.known_until:
            causes.append("REVOCATION.TOO_NEW")
            continue
        told = _read(question, statement, inquiry)
        if not isinstance(told, StatementReading):
            causes.extend(told)
            silent_in_part += [statement] if statement.kind == "crl" else []
            continue
        changed = tuple(updated(told, deltas, question=question))
        readings += changed
        if told.entries or changed or not needs_delta(statement):
            readings.append(told)
        else:
            causes.append("REVOCATION.DELTA")
    if len(silent_in_part) > 1 and not any(reading.statement.kind == "crl" for reading in readings):
        # Lists for some reasons each are silent only together.
        told = inquiry.session().read(question, tuple(silent_in_part))
        readings += [told] if isinstance(told, StatementReading) else []
    return readings


def _read(
    question: Question, statement: Statement, inquiry: RevocationRequest
) -> StatementReading | tuple[str, ...]:
    told: StatementReading | tuple[str, ...] | None = direct.read_trusted(
        question, statement, responders=inquiry.responders
    )
    if told is None and inquiry.is_fast:
        told = direct.read(question, statement)
    return told if told is not None else inquiry.session().read(question, (statement,))


def revocations_by_issuers(
    certificate: Certificate, *, evidence: Evidence, known_until: datetime
) -> tuple[RevocationFact, ...]:
    """Return what lists and answers at hand say of a certificate's revocation, whose signer is an
    issuer of it, whether or not that is trusted.

    For whom a pin stands: who has issued it may be long gone, and no path leads there any more.
    """
    found: list[RevocationFact] = []
    pool = read_pool(evidence)
    for issuer in evidence.certificates:
        if (
            not same_name(issuer.subject_der, certificate.issuer_der)
            or not certificate_verdict(certificate, issuer).is_right
        ):
            continue
        question = Question(chain=(certificate, issuer), index=0, evidence=evidence, at=known_until)
        selection = select(certificate.der, issuer.der, pool=pool)
        for statement in (*selection.ocsps, *selection.crls):
            told = (
                # Not the engine: it judges within a path to an anchor, and here there may be none.
                direct.read(question, statement) if statement.this_update <= known_until else None
            )
            if isinstance(told, StatementReading):
                found += [
                    replace(
                        described(certificate, statement),
                        revoked_at=entry.at,
                        reason=entry.reason,
                        has_reason=entry.has_reason,
                    )
                    for entry in told.entries
                ]
    return tuple(found)
