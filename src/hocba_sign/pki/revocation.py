"""Facts about revocation, and which CRL or OCSP response may say something about a certificate.

Selection works on names, serial numbers and dates only; what is selected is verified by `path`.
Spec: RFC 5280, 6.3; RFC 6960, 3.2; EN 319 102-1, 5.2.5.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, cast

from asn1crypto import core, crl, ocsp, x509

from hocba_sign.pki.chain import name_key
from hocba_sign.pki.evidence import Evidence, Item
from hocba_sign.pki.parsed import parsed_certificate, parsed_crl, parsed_ocsp

UNDATED_RESPONSE_LIFE = timedelta(minutes=30)
"""How long an OCSP response without nextUpdate speaks for the time after it: such responders answer live."""

Kind: TypeAlias = Literal["crl", "ocsp"]
Status: TypeAlias = Literal["good", "revoked", "on_hold", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationFact:
    """What is known about one certificate's revocation; times are UTC.

    `status` holds at the control time: a later revocation has status good and `revoked_at` set.
    `source` is the label of the evidence, `evidence_sha256` its octets' digest; both None with status unknown.
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
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One CRL, or one single response of an OCSP response, with its dates read."""

    item: Item
    kind: Kind
    index: int = 0
    this_update: datetime
    next_update: datetime | None
    produced_at: datetime | None = None

    def dates_cause(self, *, at: datetime, known_until: datetime, not_before: datetime, not_after: datetime) -> str | None:
        """Tell why the dates forbid using this statement about a certificate at `at`, or None.

        A statement issued after `at` speaks about `at` too, as long as the certificate had not expired, for issuers may
        drop expired certificates.
        """
        if self.this_update > known_until:
            return "REVOCATION.TOO_NEW"
        if self.this_update < not_before:
            return "REVOCATION.BEFORE_ISSUANCE"
        if self.this_update > not_after and not _keeps_expired(self, not_after):
            return "REVOCATION.AFTER_EXPIRY"
        end = self.next_update
        if end is None:
            end = self.this_update + (UNDATED_RESPONSE_LIFE if self.kind == "ocsp" else timedelta())
        return "REVOCATION.EXPIRED" if max(end, self.this_update) < at else None


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
    """Read the dates of every CRL and OCSP response; what cannot be read is left out and named in `causes`."""
    crls: list[Statement] = []
    ocsps: list[Statement] = []
    deltas: list[Item] = []
    causes: list[str] = []
    for item in evidence.crls:
        try:
            fields = _readable_crl(item)["tbs_cert_list"]
            if parsed_crl(item.der).delta_crl_indicator_value is not None:
                deltas.append(item)
            else:
                crls.append(
                    Statement(item=item, kind="crl", this_update=fields["this_update"].native, next_update=fields["next_update"].native)
                )
        except (ValueError, TypeError, KeyError):
            causes.append("REVOCATION.CRL_MALFORMED")
    for item in evidence.ocsps:
        try:
            data = _readable_response(item)
            ocsps.extend(
                Statement(
                    item=item,
                    kind="ocsp",
                    index=index,
                    this_update=single["this_update"].native,
                    next_update=single["next_update"].native,
                    produced_at=data["produced_at"].native,
                )
                for index, single in enumerate(data["responses"])
            )
        except (ValueError, TypeError, KeyError):
            causes.append("REVOCATION.OCSP_MALFORMED")
    return Pool(ocsps=_newest_first(ocsps), crls=_newest_first(crls), deltas=tuple(deltas), causes=tuple(dict.fromkeys(causes)))


def _readable_crl(item: Item) -> crl.CertificateList:
    """Read what is needed later, so that one damaged list cannot spoil the judgement of a whole pool."""
    parsed: crl.CertificateList = parsed_crl(item.der)
    distribution = parsed.issuing_distribution_point_value
    _ = (name_key(parsed.issuer.dump()), parsed.critical_extensions, parsed.authority_key_identifier, parsed.freshest_crl_value)
    _ = (distribution.native if distribution is not None else None, parsed["signature"].native, parsed["signature_algorithm"].native)
    return parsed


def _readable_response(item: Item) -> ocsp.ResponseData:
    """Do the same for an OCSP response."""
    data = _response_data(item)
    basic = parsed_ocsp(item.der)["response_bytes"]["response"].parsed
    _ = (data["responder_id"].native, basic["signature"].native, basic["signature_algorithm"].native)
    for single in data["responses"]:
        _ = (single["cert_id"].native, single["cert_status"].native, single["single_extensions"].native)
    for certificate in basic["certs"] or ():
        _ = (certificate.issuer_serial, certificate.subject.hashable, certificate.public_key.sha1, certificate.signature)
        _ = (certificate.key_identifier, certificate.critical_extensions)
    return data


def related_crls(pool: Pool, chain: tuple[x509.Certificate, ...], *, evidence: Evidence) -> tuple[Statement, ...]:
    """Leave out the CRLs that can say nothing about the chain, its CRL issuers and its responders: they only cost time."""
    names = {name_key(certificate.subject.dump()) for certificate in chain}
    near = {certificate.subject_der for certificate in evidence.certificates if _key_or_none(certificate.issuer_der) in names}
    names |= {key for key in map(_key_or_none, near) if key is not None}
    return tuple(one for one in pool.crls if name_key(parsed_crl(one.item.der).issuer.dump()) in names or _is_indirect(one.item))


def _key_or_none(name_der: bytes) -> str | None:
    try:
        return name_key(name_der)
    except (ValueError, TypeError):
        return None


def _is_indirect(item: Item) -> bool:
    distribution = parsed_crl(item.der).issuing_distribution_point_value
    return distribution is not None and bool(distribution["indirect_crl"].native)


def select(certificate_der: bytes, issuer_der: bytes, *, pool: Pool) -> Selection:
    """Select the statements that may concern a certificate of `issuer_der`'s holder."""
    certificate = parsed_certificate(certificate_der)
    issuer = parsed_certificate(issuer_der)
    issuer_key = name_key(certificate.issuer.dump())
    causes: list[str] = []
    ocsps: list[Statement] = []
    for statement in pool.ocsps:
        match = _matches(certificate, issuer, single_response(statement))
        if match is None:
            ocsps.append(statement)
        elif match:
            causes.append(match)
    crls = [statement for statement in pool.crls if _may_list(statement.item, certificate, issuer_key)]
    if not ocsps and not crls:
        causes.insert(0, "REVOCATION.NONE")
        if pool.crls:
            causes.append("REVOCATION.WRONG_ISSUER")
    return Selection(ocsps=tuple(ocsps), crls=tuple(crls), causes=tuple(dict.fromkeys((*causes, *pool.causes))))


def single_response(statement: Statement) -> ocsp.SingleResponse:
    return _response_data(statement.item)["responses"][statement.index]


def single_status(statement: Statement) -> str:
    """Give `good`, `revoked` or `unknown` of an OCSP statement."""
    return cast("str", single_response(statement)["cert_status"].name)


def revocation_of(statement: Statement, serial_number: int) -> tuple[datetime, str] | None:
    """Read when and why the statement says the certificate was revoked, whatever the control time.

    Indirect CRLs are not read.
    """
    if statement.kind == "ocsp":
        status = single_response(statement)["cert_status"]
        if status.name != "revoked":
            return None
        reason = status.chosen["revocation_reason"].native
        return cast("datetime", status.chosen["revocation_time"].native), reason or "unspecified"
    if _encoded_integer(serial_number) not in statement.item.der or _is_indirect(statement.item):
        return None
    for entry in parsed_crl(statement.item.der)["tbs_cert_list"]["revoked_certificates"]:
        if entry["user_certificate"].native == serial_number:
            value = entry.crl_reason_value
            return cast("datetime", entry["revocation_date"].native), value.native if value else "unspecified"
    return None


def _encoded_integer(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 8) // 8, "big", signed=True)


def _response_data(item: Item) -> ocsp.ResponseData:
    response = parsed_ocsp(item.der)
    if response["response_status"].native != "successful":
        raise ValueError("unsuccessful")
    return response["response_bytes"]["response"].parsed["tbs_response_data"]


def _newest_first(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=lambda statement: statement.this_update, reverse=True))


def _matches(certificate: x509.Certificate, issuer: x509.Certificate, single: ocsp.SingleResponse) -> str | None:
    """Give None where the CertID names the certificate, a cause where it nearly does, else an empty string."""
    identifier = single["cert_id"]
    algorithm = identifier["hash_algorithm"]["algorithm"].native
    try:
        name_ok = identifier["issuer_name_hash"].native == getattr(certificate.issuer, algorithm)
        key_ok = identifier["issuer_key_hash"].native == getattr(issuer.public_key, algorithm)
    except AttributeError:
        return "REVOCATION.CERT_ID_ALGORITHM"
    serial_ok = identifier["serial_number"].native == certificate.serial_number
    if name_ok and key_ok and serial_ok:
        return None
    if name_ok and key_ok:
        return "REVOCATION.WRONG_CERTIFICATE"
    return "REVOCATION.WRONG_ISSUER" if serial_ok else ""


def _may_list(item: Item, certificate: x509.Certificate, issuer_key: str) -> bool:
    parsed: crl.CertificateList = parsed_crl(item.der)
    if name_key(parsed.issuer.dump()) == issuer_key:
        return True
    if _is_indirect(item):
        return True
    return any(point["crl_issuer"].native for point in certificate.crl_distribution_points_value or ())


def _keeps_expired(statement: Statement, not_after: datetime) -> bool:
    """Tell whether the issuer states that it keeps certificates that had expired by then.

    Spec: X.509, 9.5.2.8 (expiredCertsOnCRL); RFC 6960, 4.4.4 (archiveCutoff).
    """
    if statement.kind == "ocsp":
        extensions, wanted = single_response(statement)["single_extensions"], "1.3.6.1.5.5.7.48.1.6"
    else:
        extensions, wanted = parsed_crl(statement.item.der)["tbs_cert_list"]["crl_extensions"], "2.5.29.60"
    for extension in extensions or ():
        if extension["extn_id"].dotted == wanted:
            since = core.GeneralizedTime.load(bytes(extension["extn_value"])).native
            return isinstance(since, datetime) and since <= not_after
    return False
