"""Delta lists: what they change in the complete list that they belong to.

Of no other list they say anything.

Spec: RFC 5280, 5.2.4, 5.2.6 and 6.3.3 (c).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from hocba_sign.pki.cache.asn1 import parsed_crl
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import same_name
from hocba_sign.pki.path.fast_revocation import Question
from hocba_sign.pki.path.signature_check import list_verdict
from hocba_sign.pki.revocation.entries import StatedRevocation, content_of_list
from hocba_sign.pki.revocation.evidence import EvidenceItem
from hocba_sign.pki.revocation.freshness import StatementReading
from hocba_sign.pki.revocation.pool import Statement

if TYPE_CHECKING:
    from asn1crypto import crl


def needs_delta(statement: Statement) -> bool:
    """Return whether a complete list points to deltas, so that its silence alone may be
    outdated.
    """
    return (
        statement.kind == "crl"
        and statement.content is None
        and bool(parsed_crl(statement.item.der).freshest_crl_value)
    )


def is_issued_by(item: EvidenceItem, moment: datetime) -> bool:
    issued = parsed_crl(item.der)["tbs_cert_list"]["this_update"].native
    return isinstance(issued, datetime) and issued <= moment


def updated(
    reading: StatementReading, deltas: tuple[EvidenceItem, ...], *, question: Question
) -> Iterator[StatementReading]:
    """Yield what `reading` becomes by each delta that belongs to its list and bears the signature
    of who signed that.
    """
    if reading.statement.kind != "crl" or reading.signer is None:
        return
    for item in deltas:
        complete = parsed_crl(reading.statement.item.der)
        if not _belongs(parsed_crl(item.der), complete) or not _is_signed(
            item, reading.signer, question.at
        ):
            continue
        said = content_of_list(item.der, question.certificate)
        # RFC 5280, 5.2.4: a delta takes out what was on hold or has expired, never a revocation.
        permanent = tuple(entry for entry in reading.entries if not entry.is_hold)
        kept = () if said.is_removed else tuple(entry for entry in reading.entries if entry.is_hold)
        if said.is_usable or said.unknown_cause is not None:
            entries = tuple(dict.fromkeys((*permanent, *kept, *said.entries)))
            yield replace(
                reading,
                statement=_statement(item),
                entries=entries,
                unknown_cause=said.unknown_cause,
            )


def revocations(deltas: tuple[EvidenceItem, ...], question: Question) -> Iterator[StatementReading]:
    """Yield what deltas of the issuer itself list, whether or not the complete list is at hand:
    only their silence depends on that.
    """
    issuer = question.issuer
    for item in deltas:
        is_own = same_name(parsed_crl(item.der).issuer.dump(), issuer.subject_der) and _is_signed(
            item, issuer, question.at
        )
        said = content_of_list(item.der, question.certificate) if is_own else StatedRevocation()
        if said.entries or said.unknown_cause is not None:
            yield StatementReading(
                statement=_statement(item),
                entries=said.entries,
                unknown_cause=said.unknown_cause,
                signer_not_after=issuer.not_after,
                signer=issuer,
            )


def _statement(item: EvidenceItem) -> Statement:
    fields = parsed_crl(item.der)["tbs_cert_list"]
    return Statement(
        item=item,
        kind="crl",
        this_update=fields["this_update"].native,
        next_update=fields["next_update"].native,
    )


def _is_signed(item: EvidenceItem, signer: Certificate, at: datetime) -> bool:
    # RFC 5280, 6.3.3 (f): without keyUsage a certificate may sign lists.
    if signer.key_usage is not None and "crl_sign" not in signer.key_usage:
        return False
    verdict = list_verdict(item.der, item.sha256, signer=signer)
    return verdict.is_right and verdict.is_acceptable(at)


def _belongs(delta: "crl.CertificateList", complete: "crl.CertificateList") -> bool:
    number, of_complete = delta.crl_number_value, complete.crl_number_value
    scope, of_scope = (
        delta.issuing_distribution_point_value,
        complete.issuing_distribution_point_value,
    )
    return (
        same_name(delta.issuer.dump(), complete.issuer.dump())
        and number is not None
        and of_complete is not None
        # RFC 5280, 5.2.4 (c) and (d): with a gap, what changed between both lists would be lost.
        and delta.delta_crl_indicator_value.native <= of_complete.native < number.native
        # RFC 5280, 6.3.3 (c) (3): both are signed with one key.
        and delta.authority_key_identifier == complete.authority_key_identifier
        and (None if scope is None else scope.native)
        == (None if of_scope is None else of_scope.native)
    )
