"""The statements in a pool of evidence, each read once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypeAlias

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.cache.asn1 import parsed_crl
from hocba_sign.pki.cache.bounded import BoundedCache
from hocba_sign.pki.revocation.crl import RevocationList, read_revocation_list
from hocba_sign.pki.revocation.evidence import Evidence, EvidenceItem
from hocba_sign.pki.revocation.ocsp import Response, read_response
from hocba_sign.pki.revocation.readable import check_ocsp, readable_crl, readable_response

MAX_KEPT_LIST_OCTETS = 64 * 1024 * 1024
"""Octets of all CRLs that stay read; one alone may exceed it until the next comes."""


MAX_KEPT_RESPONSE_OCTETS = 4 * 1024 * 1024


StatementKind: TypeAlias = Literal["crl", "ocsp"]


StatedStatus: TypeAlias = Literal["good", "revoked", "on_hold", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationFact:
    """What is known about one certificate's revocation; times are UTC.

    `status` holds at the control time: a later revocation has status good and `revoked_at` set.
    `source` is the label of the evidence, `evidence_sha256` its octets' digest; both None with
        status unknown.
    `has_reason` tells whether the reason is stated.
    `is_asked_before`: good, but from before the control time.
    `others` are further statements that show the same.
    `issuer_not_after` is when whoever signed the evidence expires: the certificate's issuer, or the
        earlier of it and the responder or CRL issuer it delegates to; None with status unknown.
    """

    certificate_sha256: str
    status: StatedStatus
    kind: StatementKind | None = None
    source: str | None = None
    evidence_sha256: str | None = None
    this_update: datetime | None = None
    next_update: datetime | None = None
    produced_at: datetime | None = None
    revoked_at: datetime | None = None
    reason: str | None = None
    has_reason: bool = True
    is_asked_before: bool = False
    issuer_not_after: datetime | None = None
    causes: tuple[str, ...] = ()
    others: tuple["RevocationFact", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One CRL, or one single response of an OCSP response, with its dates read; `content` is None
    where it is not of the common form.
    """

    item: EvidenceItem
    kind: StatementKind
    index: int = 0
    this_update: datetime
    next_update: datetime | None
    produced_at: datetime | None = None
    content: RevocationList | Response | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPool:
    """All readable statements of an evidence pool; `deltas` belong to complete CRLs."""

    ocsps: tuple[Statement, ...]
    crls: tuple[Statement, ...]
    deltas: tuple[EvidenceItem, ...]
    causes: tuple[str, ...]


def read_pool(evidence: Evidence) -> StatementPool:
    """Read the dates of every CRL and OCSP response; what cannot be read is left out and named in
    `causes`.
    """
    crls: list[Statement] = []
    ocsps: list[Statement] = []
    deltas: list[EvidenceItem] = []
    causes: list[str] = []
    for item in evidence.crls:
        try:
            statement = _list_statement(item)
            if statement is None:
                deltas.append(item)
            else:
                crls.append(statement)
        except (AttributeError, ValueError, TypeError, LookupError):
            causes.append("REVOCATION.CRL_MALFORMED")
    for item in evidence.ocsps:
        try:
            ocsps.extend(_response_statements(item))
        except (AttributeError, ValueError, TypeError, LookupError):
            causes.append(_why_unread(item.der))
    return StatementPool(
        ocsps=_newest_first(ocsps),
        crls=_newest_first(crls),
        deltas=tuple(deltas),
        causes=tuple(dict.fromkeys(causes)),
    )


def _why_unread(response_der: bytes) -> str:
    """Return what keeps a response from being read: a refusal is not damaged."""
    try:
        check_ocsp(response_der)
    except InputError as error:
        return error.cause
    return "REVOCATION.OCSP_MALFORMED"


_lists: BoundedCache[str, RevocationList | None] = BoundedCache(
    MAX_KEPT_LIST_OCTETS, weigh=lambda one: 2_048 + (len(one.octets) * 5 // 4 if one else 0)
)


_responses: BoundedCache[str, Response | None] = BoundedCache(
    MAX_KEPT_RESPONSE_OCTETS, weigh=lambda one: 2_048 + (len(one.octets) if one else 0)
)


def _list_statement(item: EvidenceItem) -> Statement | None:
    """Read a complete list; None for a delta."""
    content = _lists.get(item.sha256, lambda: _common_list(item.der))
    if content is not None:
        return Statement(
            item=item,
            kind="crl",
            this_update=content.this_update,
            next_update=content.next_update,
            content=content,
        )
    fields = readable_crl(item.der)["tbs_cert_list"]
    if parsed_crl(item.der).delta_crl_indicator_value is not None:
        return None
    return Statement(
        item=item,
        kind="crl",
        this_update=fields["this_update"].native,
        next_update=fields["next_update"].native,
    )


def _common_list(crl_der: bytes) -> RevocationList | None:
    try:
        return read_revocation_list(crl_der)
    except (InputError, ValueError):
        return None


def _response_statements(item: EvidenceItem) -> tuple[Statement, ...]:
    content = _responses.get(item.sha256, lambda: _common_response(item.der))
    if content is None:
        data = readable_response(item.der)
        dates = [
            (single["this_update"].native, single["next_update"].native)
            for single in data["responses"]
        ]
        produced_at = data["produced_at"].native
    else:
        dates = [(answer.this_update, answer.next_update) for answer in content.answers]
        produced_at = content.produced_at
    return tuple(
        Statement(
            item=item,
            kind="ocsp",
            index=index,
            this_update=this_update,
            next_update=next_update,
            produced_at=produced_at,
            content=content,
        )
        for index, (this_update, next_update) in enumerate(dates)
    )


def _common_response(response_der: bytes) -> Response | None:
    try:
        return read_response(response_der)
    except (InputError, ValueError):
        return None


def _newest_first(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=lambda statement: statement.this_update, reverse=True))
