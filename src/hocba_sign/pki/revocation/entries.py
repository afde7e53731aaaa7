"""What a CRL or an OCSP response of whatever form says about one certificate.

Who signed it is found out elsewhere.

Spec: RFC 5280, 5.2 and 5.3; RFC 6960, 4.2.1 and 4.4.
"""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.cache.asn1 import asn1crypto, load_certificate, parsed_crl, parsed_ocsp
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import same_name
from hocba_sign.pki.revocation.crl import UNSPECIFIED, RevocationList, Revoked
from hocba_sign.pki.revocation.ocsp import KNOWN_EXTENSIONS, Response
from hocba_sign.pki.revocation.pool import Statement
from hocba_sign.pki.revocation.selection import single_response

if TYPE_CHECKING:
    from asn1crypto import x509
    from asn1crypto.core import Asn1Value

REMOVED = "remove_from_crl"

_KNOWN_OF_ENTRIES = frozenset({"2.5.29.21", "2.5.29.23", "2.5.29.24", "2.5.29.29"})
_KNOWN_OF_LISTS = frozenset(
    {
        "2.5.29.18",
        "2.5.29.20",
        "2.5.29.27",
        "2.5.29.28",
        "2.5.29.35",
        "2.5.29.46",
        "1.3.6.1.5.5.7.1.1",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRevocation:
    """The dated entries of one certificate, removals by delta lists aside in `is_removed`;
    `unknown_cause` for what cannot be told.
    """

    entries: tuple[Revoked, ...] = ()
    unknown_cause: str | None = None
    is_removed: bool = False
    is_usable: bool = True


def content_of(statement: Statement, certificate: Certificate) -> StatedRevocation:
    """Read what a statement says.

    With a critical extension that is not understood, one that names the certificate cannot be told,
    and one that is silent is of no use.
    """
    match statement.content:
        case Response():
            said = statement.content.answers[statement.index]
            unknown = "REVOCATION.UNKNOWN_TO_RESPONDER" if said.status == "unknown" else None
            return StatedRevocation(
                entries=() if said.revoked is None else (said.revoked,), unknown_cause=unknown
            )
        case RevocationList():
            try:
                return StatedRevocation(entries=statement.content.find(certificate.serial_number))
            # Entries of an uncommon form are left to the full reader, so that none goes unseen.
            except InputError:
                return content_of_list(statement.item.der, certificate)
        case None:
            return (
                content_of_list(statement.item.der, certificate)
                if statement.kind == "crl"
                else _content_of_response(statement)
            )


def content_of_list(crl_der: bytes, certificate: Certificate) -> StatedRevocation:
    """Read a list entry by entry, indirect ones and deltas too. Raises: what asn1crypto raises."""
    parsed = parsed_crl(crl_der)
    fields = parsed["tbs_cert_list"]
    is_usable = _knows(fields["crl_extensions"], _KNOWN_OF_LISTS)
    issuer_der, named = parsed.issuer.dump(), list[Revoked]()
    is_removed = False
    for entry in fields["revoked_certificates"] or ():
        extensions = entry["crl_entry_extensions"]
        if extensions:
            # RFC 5280, 5.3: an unknown critical extension of any entry spoils the whole list.
            is_usable = is_usable and _knows(extensions, _KNOWN_OF_ENTRIES)
            other = entry.issuer_name
            # RFC 5280, 5.3.3: an entry that names no issuer has that of the entry before it.
            issuer_der = issuer_der if other is None else other.untag().dump()
        if entry["user_certificate"].native != certificate.serial_number or not same_name(
            issuer_der, certificate.issuer_der
        ):
            continue
        reason = (
            entry.crl_reason_value.native
            if extensions and entry.crl_reason_value is not None
            else None
        )
        is_removed = is_removed or reason == REMOVED
        if reason != REMOVED:
            named.append(_revoked(entry["revocation_date"].native, reason))
    if named and not is_usable:
        return StatedRevocation(unknown_cause="REVOCATION.CRITICAL_EXTENSION", is_usable=False)
    return StatedRevocation(entries=tuple(named), is_removed=is_removed, is_usable=is_usable)


def _content_of_response(statement: Statement) -> StatedRevocation:
    single = single_response(statement)
    data = parsed_ocsp(statement.item.der)["response_bytes"]["response"].parsed["tbs_response_data"]
    if not (
        _knows(single["single_extensions"], KNOWN_EXTENSIONS)
        and _knows(data["response_extensions"], KNOWN_EXTENSIONS)
    ):
        return StatedRevocation(unknown_cause="REVOCATION.CRITICAL_EXTENSION")
    status = single["cert_status"]
    if status.name == "unknown":
        return StatedRevocation(unknown_cause="REVOCATION.UNKNOWN_TO_RESPONDER")
    if status.name == "good":
        return StatedRevocation()
    chosen = status.chosen
    return StatedRevocation(
        entries=(_revoked(chosen["revocation_time"].native, chosen["revocation_reason"].native),)
    )


def _revoked(at: object, reason: object) -> Revoked:
    return Revoked(
        at=cast("datetime", at),
        reason=UNSPECIFIED if reason is None else str(reason),
        has_reason=reason is not None,
    )


def _knows(extensions: "Asn1Value", known: frozenset[str]) -> bool:
    return all(
        not extension["critical"].native or extension["extn_id"].dotted in known
        for extension in extensions or ()
    )


def with_own_points(parsed: "x509.Certificate", certificate: Certificate) -> "x509.Certificate":
    """Return the certificate as it stands towards lists of its own issuer: a distribution point
    that names this issuer names nobody else.

    Spec: RFC 5280, 6.3.3, last paragraph.
    """
    points = parsed.crl_distribution_points_value
    if points is None or not any(point["crl_issuer"] for point in points):
        return parsed
    x509_module = asn1crypto("x509")
    own = x509_module.CRLDistributionPoints([])
    for point in points:
        names = [
            name.chosen.untag().dump()
            for name in point["crl_issuer"] or ()
            if name.name == "directory_name"
        ]
        if not point["crl_issuer"] or any(
            same_name(name, certificate.issuer_der) for name in names
        ):
            own.append(
                x509_module.DistributionPoint(
                    {key: point[key] for key in ("distribution_point", "reasons") if point[key]}
                )
            )
    # A copy, because parsed certificates are shared (`pki.cache.asn1`); reading an extension first
    # makes asn1crypto fill its fields, which it would else do over the value set below.
    changed = load_certificate(certificate.der)
    _ = changed.critical_extensions
    changed._crl_distribution_points_value = own if len(own) else None  # noqa: SLF001 - asn1crypto keeps what it read there
    return changed
