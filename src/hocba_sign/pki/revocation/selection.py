"""Facts about revocation, and which CRL or OCSP response may say something about a certificate.

Selection works on names, serial numbers and dates only; what is selected is verified by `path`.
Spec: RFC 5280, 6.3; RFC 6960, 3.2; EN 319 102-1, 5.2.5.
"""

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hocba_sign.crypto import der
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.cache.asn1 import asn1crypto, parsed_crl
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import name_key, same_name
from hocba_sign.pki.revocation.crl import RevocationList
from hocba_sign.pki.revocation.evidence import Evidence, EvidenceItem
from hocba_sign.pki.revocation.ocsp import CertificateId, Response, key_hash
from hocba_sign.pki.revocation.pool import Statement, StatementPool
from hocba_sign.pki.revocation.readable import response_data

if TYPE_CHECKING:
    from asn1crypto import ocsp, x509

UNDATED_RESPONSE_LIFE = timedelta(hours=24)
"""How long an OCSP response without nextUpdate speaks for the time after it: newer information is
always available, and the next list of the same authority is due within a day. A list without
nextUpdate says nothing of the time after it.
"""


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


def related_crls(
    pool: StatementPool, chain: "tuple[x509.Certificate, ...]", *, evidence: Evidence
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
        crl
        for crl in pool.crls
        # An indirect list may speak for any issuer, whoever signed it (RFC 5280, 5.2.5).
        if name_key(parsed_crl(crl.item.der).issuer.dump()) in names or _is_indirect(crl.item)
    )


def _key_or_none(name_der: bytes) -> str | None:
    try:
        return name_key(name_der)
    except (ValueError, TypeError):
        return None


def _is_indirect(item: EvidenceItem) -> bool:
    distribution = parsed_crl(item.der).issuing_distribution_point_value
    return distribution is not None and bool(distribution["indirect_crl"].native)


def select(certificate_der: bytes, issuer_der: bytes, *, pool: StatementPool) -> Selection:
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


def single_response(statement: Statement) -> "ocsp.SingleResponse":
    return response_data(statement.item.der)["responses"][statement.index]


_LIST_ISSUER, _DIRECTORY_NAME = 0xA2, 0xA4
_HASHES = {"1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.1": "sha256"}


def _match(certificate: Certificate, issuer: Certificate, statement: Statement) -> str | None:
    """Return None where the CertID names the certificate, a cause where it nearly does, else an
    empty string.
    """
    named = _certificate_id(statement)
    # RFC 5019, 2.1.1 prescribes SHA-1 here: it only names a certificate, and to have another one
    # named takes a second preimage.
    algorithm = _HASHES.get(named.hash_oid)
    if algorithm is None:
        return "REVOCATION.CERT_ID_ALGORITHM"
    name_ok = named.name_hash == hashlib.new(algorithm, certificate.issuer_der).digest()
    # RFC 6960, 4.1.2: two CAs may have chosen one name, but not one key.
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
        is_indirect and any(same_name(issuer_der, issuer) for issuer in list_issuers(certificate))
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
            since = asn1crypto("core").GeneralizedTime.load(bytes(extension["extn_value"])).native
            return isinstance(since, datetime) and since <= not_after
    return False
