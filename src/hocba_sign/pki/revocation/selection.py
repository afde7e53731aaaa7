"""Facts about revocation, and which CRL or OCSP response may say something about a certificate.

Selection works on names, serial numbers and dates only; what is selected is verified by `path`.
Spec: RFC 5280, 6.3; RFC 6960, 3.2; EN 319 102-1, 5.2.5.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from asn1crypto import core, crl, ocsp, x509

from hocba_sign.crypto import der
from hocba_sign.errors import InputError
from hocba_sign.pki.cache.asn1 import parsed_crl, parsed_ocsp
from hocba_sign.pki.cache.bounded import Kept
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import name_key, same_name
from hocba_sign.pki.revocation.crl import RevocationList, read_revocation_list
from hocba_sign.pki.revocation.evidence import Evidence, Item
from hocba_sign.pki.revocation.ocsp import CertificateId, Response, key_hash, read_response

UNDATED_RESPONSE_LIFE = timedelta(hours=24)
"""How long an OCSP response without nextUpdate speaks for the time after it: newer information is
always available, and the next list of the same authority is due within a day. A list without
nextUpdate says nothing of the time after it.
"""
MAX_KEPT_LIST_OCTETS = 64 * 1024 * 1024
"""Octets of all CRLs that stay read; one alone may exceed it until the next comes."""
MAX_KEPT_RESPONSE_OCTETS = 4 * 1024 * 1024

Kind: TypeAlias = Literal["crl", "ocsp"]
Status: TypeAlias = Literal["good", "revoked", "on_hold", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationFact:
    """What is known about one certificate's revocation; times are UTC.

    `status` holds at the control time: a later revocation has status good and `revoked_at` set.
    `source` is the label of the evidence, `evidence_sha256` its octets' digest; both None with
    status unknown. `has_reason` tells whether the reason is stated. `is_asked_before`: good, but
    from before the control time. `others` are further statements that show the same.
    `issuer_not_after` is when whoever signed the evidence expires: the certificate's issuer, or the
    earlier of it and the responder or CRL issuer it delegates to; None with status unknown.
    """

    certificate_sha256: str
    status: Status
    kind: Kind | None = None
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

    item: Item
    kind: Kind
    index: int = 0
    this_update: datetime
    next_update: datetime | None
    produced_at: datetime | None = None
    content: RevocationList | Response | None = None


def current_until(statement: Statement) -> datetime | None:
    """Return how long a statement speaks for the time after it, None for not at all.

    Spec: RFC 5280, 5.1.2.5; RFC 6960, 4.2.2.1.
    """
    if statement.next_update is not None:
        return statement.next_update
    if statement.kind == "crl":
        return None
    try:
        return statement.this_update + UNDATED_RESPONSE_LIFE
    except OverflowError:
        return statement.this_update


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Statements that may concern one certificate, newest first, and why others do not."""

    ocsps: tuple[Statement, ...]
    crls: tuple[Statement, ...]
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """All readable statements of an evidence pool; `deltas` belong to complete CRLs."""

    ocsps: tuple[Statement, ...]
    crls: tuple[Statement, ...]
    deltas: tuple[Item, ...]
    causes: tuple[str, ...]


def read_pool(evidence: Evidence) -> Pool:
    """Read the dates of every CRL and OCSP response; what cannot be read is left out and named in
    `causes`.
    """
    crls: list[Statement] = []
    ocsps: list[Statement] = []
    deltas: list[Item] = []
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
            causes.append("REVOCATION.OCSP_MALFORMED")
    return Pool(
        ocsps=_newest_first(ocsps),
        crls=_newest_first(crls),
        deltas=tuple(deltas),
        causes=tuple(dict.fromkeys(causes)),
    )


_lists: Kept[str, RevocationList | None] = Kept(
    MAX_KEPT_LIST_OCTETS, weigh=lambda one: 2_048 + (len(one.octets) * 5 // 4 if one else 0)
)
_responses: Kept[str, Response | None] = Kept(
    MAX_KEPT_RESPONSE_OCTETS, weigh=lambda one: 2_048 + (len(one.octets) if one else 0)
)


def _list_statement(item: Item) -> Statement | None:
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
    fields = _readable_crl(item)["tbs_cert_list"]
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


def _response_statements(item: Item) -> tuple[Statement, ...]:
    content = _responses.get(item.sha256, lambda: _common_response(item.der))
    if content is None:
        data = _readable_response(item)
        dates = [
            (one["this_update"].native, one["next_update"].native) for one in data["responses"]
        ]
        produced_at = data["produced_at"].native
    else:
        dates = [(one.this_update, one.next_update) for one in content.answers]
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


def _readable_crl(item: Item) -> crl.CertificateList:
    """Read what is needed later, so that one damaged list cannot spoil the judgement of a whole
    pool.
    """
    parsed: crl.CertificateList = parsed_crl(item.der)
    distribution = parsed.issuing_distribution_point_value
    _ = (
        name_key(parsed.issuer.dump()),
        parsed.critical_extensions,
        parsed.authority_key_identifier,
        parsed.freshest_crl_value,
    )
    _ = (
        distribution.native if distribution is not None else None,
        parsed["signature"].native,
        parsed["signature_algorithm"].native,
    )
    return parsed


def _readable_response(item: Item) -> ocsp.ResponseData:
    """Do the same for an OCSP response."""
    data = _response_data(item)
    basic = parsed_ocsp(item.der)["response_bytes"]["response"].parsed
    _ = (
        data["responder_id"].native,
        basic["signature"].native,
        basic["signature_algorithm"].native,
    )
    for single in data["responses"]:
        _ = (
            single["cert_id"].native,
            single["cert_status"].native,
            single["single_extensions"].native,
        )
    for certificate in basic["certs"] or ():
        _ = (
            certificate.issuer_serial,
            certificate.subject.hashable,
            certificate.public_key.sha1,
            certificate.signature,
        )
        _ = (certificate.key_identifier, certificate.critical_extensions)
    return data


def related_crls(
    pool: Pool, chain: tuple[x509.Certificate, ...], *, evidence: Evidence
) -> tuple[Statement, ...]:
    """Leave out the CRLs that can say nothing about the chain, its CRL issuers and its responders:
    they only cost time.
    """
    names = {name_key(certificate.subject.dump()) for certificate in chain}
    near = {
        certificate.subject_der
        for certificate in evidence.certificates
        if _key_or_none(certificate.issuer_der) in names
    }
    names |= {key for key in map(_key_or_none, near) if key is not None}
    return tuple(
        one
        for one in pool.crls
        if name_key(parsed_crl(one.item.der).issuer.dump()) in names or _is_indirect(one.item)
    )


def _key_or_none(name_der: bytes) -> str | None:
    try:
        return name_key(name_der)
    except (ValueError, TypeError):
        return None


def _is_indirect(item: Item) -> bool:
    distribution = parsed_crl(item.der).issuing_distribution_point_value
    return distribution is not None and bool(distribution["indirect_crl"].native)


def select(certificate_der: bytes, issuer_der: bytes, *, pool: Pool) -> Selection:
    """Select the statements that may concern a certificate of `issuer_der`'s holder.

    Raises: InputError CERT.MALFORMED, CERT.TOO_LARGE.
    """
    certificate, issuer = Certificate.load(certificate_der), Certificate.load(issuer_der)
    causes: list[str] = []
    ocsps: list[Statement] = []
    for statement in pool.ocsps:
        match = _match(certificate, issuer, statement)
        if match is None:
            ocsps.append(statement)
        elif match:
            causes.append(match)
    crls = [statement for statement in pool.crls if _may_list(statement, certificate)]
    if ocsps or crls:
        causes = []  # statements about others are of no interest beside one that fits
    else:
        causes.insert(0, "REVOCATION.NONE")
        if pool.crls:
            causes.append("REVOCATION.WRONG_ISSUER")
    return Selection(
        ocsps=tuple(ocsps), crls=tuple(crls), causes=tuple(dict.fromkeys((*causes, *pool.causes)))
    )


def single_response(statement: Statement) -> ocsp.SingleResponse:
    return _response_data(statement.item)["responses"][statement.index]


def _response_data(item: Item) -> ocsp.ResponseData:
    response = parsed_ocsp(item.der)
    if response["response_status"].native != "successful":
        raise ValueError("unsuccessful")
    return response["response_bytes"]["response"].parsed["tbs_response_data"]


def _newest_first(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=lambda statement: statement.this_update, reverse=True))


_LIST_ISSUER, _DIRECTORY_NAME = 0xA2, 0xA4
_HASHES = {"1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.1": "sha256"}


def _match(certificate: Certificate, issuer: Certificate, statement: Statement) -> str | None:
    """Return None where the CertID names the certificate, a cause where it nearly does, else an
    empty string.
    """
    named = _certificate_id(statement)
    algorithm = _HASHES.get(named.hash_oid)
    if algorithm is None:
        return "REVOCATION.CERT_ID_ALGORITHM"
    name_ok = named.name_hash == hashlib.new(algorithm, certificate.issuer_der).digest()
    key_ok = named.key_hash == key_hash(issuer.public_key_der, algorithm)
    serial_ok = named.serial_number == certificate.serial_number
    if name_ok and key_ok and serial_ok:
        return None
    if name_ok and key_ok:
        return "REVOCATION.WRONG_CERTIFICATE"
    return "REVOCATION.WRONG_ISSUER" if serial_ok else ""


def _certificate_id(statement: Statement) -> CertificateId:
    if isinstance(statement.content, Response):
        return statement.content.answers[statement.index].certificate_id
    identifier = single_response(statement)["cert_id"]
    return CertificateId(
        hash_oid=identifier["hash_algorithm"]["algorithm"].dotted,
        name_hash=identifier["issuer_name_hash"].native,
        key_hash=identifier["issuer_key_hash"].native,
        serial_number=identifier["serial_number"].native,
    )


def _may_list(statement: Statement, certificate: Certificate) -> bool:
    if isinstance(statement.content, RevocationList):
        issuer_der, is_indirect = statement.content.issuer_der, False
    else:
        issuer_der, is_indirect = (
            parsed_crl(statement.item.der).issuer.dump(),
            _is_indirect(statement.item),
        )
    return same_name(issuer_der, certificate.issuer_der) or (
        is_indirect and any(same_name(issuer_der, one) for one in list_issuers(certificate))
    )


def list_issuers(certificate: Certificate) -> tuple[bytes, ...]:
    """Return the names that a certificate's own distribution points name as issuers of its lists:
    only they may speak for another's issuer.

    Spec: RFC 5280, 4.2.1.13 and 6.3.3 (b) (1).
    """
    values = (
        extension.value_der for extension in certificate.extensions if extension.oid == "2.5.29.31"
    )
    points = (
        point for value_der in values for point in der.sequence(der.whole(value_der, der.SEQUENCE))
    )
    named = (part for point in points for part in der.children(point) if part.tag == _LIST_ISSUER)
    return tuple(
        name.content for part in named for name in der.children(part) if name.tag == _DIRECTORY_NAME
    )


def keeps_expired(statement: Statement, not_after: datetime) -> bool:
    """Return whether the issuer states that it keeps certificates that had expired by then.

    Spec: X.509, 9.5.2.8 (expiredCertsOnCRL); RFC 6960, 4.4.4 (archiveCutoff).
    """
    match statement.content:
        case Response():
            since = statement.content.answers[statement.index].archive_cutoff
            return since is not None and since <= not_after
        case RevocationList():
            since = statement.content.kept_expired_since
            return since is not None and since <= not_after
        case None:
            return _keeps_otherwise(statement, not_after)


def _keeps_otherwise(statement: Statement, not_after: datetime) -> bool:
    if statement.kind == "ocsp":
        extensions, wanted = single_response(statement)["single_extensions"], "1.3.6.1.5.5.7.48.1.6"
    else:
        extensions, wanted = (
            parsed_crl(statement.item.der)["tbs_cert_list"]["crl_extensions"],
            "2.5.29.60",
        )
    for extension in extensions or ():
        if extension["extn_id"].dotted == wanted:
            since = core.GeneralizedTime.load(bytes(extension["extn_value"])).native
            return isinstance(since, datetime) and since <= not_after
    return False
