"""Whether a revocation list or an OCSP response can be read: all that a judgement needs of one,
read once.

What cannot be read here is named as unread; so nothing is left out later that was taken for
readable.
"""

from typing import TYPE_CHECKING, Final

from hocba_sign.errors import InputError
from hocba_sign.pki.cache.asn1 import load_crl, load_ocsp, parsed_crl, parsed_ocsp
from hocba_sign.pki.certificates.name_comparison import name_key
from hocba_sign.pki.revocation.crl import read_revocation_list
from hocba_sign.pki.revocation.ocsp import read_response

if TYPE_CHECKING:
    from asn1crypto import crl, ocsp

MAX_CRL_OCTETS: Final = 64 * 1024 * 1024
"""The largest public CRLs are some tens of megabytes."""
MAX_OCSP_OCTETS: Final = 256 * 1024
"""A response with a full responder chain is under 16 kB."""

_UNREADABLE: Final = (AttributeError, ValueError, TypeError, LookupError)
"""What asn1crypto raises for octets of another form."""


def check_crl(crl_der: bytes) -> None:
    """Read a list; the signature and the dates are for `path`.

    Raises: InputError REVOCATION.CRL_MALFORMED, REVOCATION.TOO_LARGE.
    """
    if len(crl_der) > MAX_CRL_OCTETS:
        raise InputError(
            "REVOCATION.TOO_LARGE", detail=f"{len(crl_der)} octets, at most {MAX_CRL_OCTETS}"
        )
    try:
        read_revocation_list(crl_der)
    except (InputError, ValueError):
        pass
    else:
        return
    try:
        load_crl(crl_der, strict=True)
        readable_crl(crl_der)
    except _UNREADABLE as error:
        raise InputError("REVOCATION.CRL_MALFORMED", detail=type(error).__name__) from error


def check_ocsp(response_der: bytes) -> None:
    """Read a response, which must be successful and a basic one.

    Raises: InputError REVOCATION.OCSP_MALFORMED, REVOCATION.OCSP_UNSUCCESSFUL,
    REVOCATION.TOO_LARGE.
    """
    if len(response_der) > MAX_OCSP_OCTETS:
        raise InputError(
            "REVOCATION.TOO_LARGE", detail=f"{len(response_der)} octets, at most {MAX_OCSP_OCTETS}"
        )
    try:
        status = load_ocsp(response_der, strict=True)["response_status"].native
        if status == "successful" and not _is_common(response_der):
            readable_response(response_der)
    except _UNREADABLE as error:
        raise InputError("REVOCATION.OCSP_MALFORMED", detail=type(error).__name__) from error
    if status != "successful":
        raise InputError("REVOCATION.OCSP_UNSUCCESSFUL", detail=str(status))


def _is_common(response_der: bytes) -> bool:
    try:
        read_response(response_der)
    except (InputError, ValueError):
        return False
    return True


def readable_crl(crl_der: bytes) -> "crl.CertificateList":
    """Read what is needed later, so that one damaged list cannot spoil the judgement of a whole
    pool. Raises: what asn1crypto raises.
    """
    parsed: crl.CertificateList = parsed_crl(crl_der)
    fields = parsed["tbs_cert_list"]
    distribution = parsed.issuing_distribution_point_value
    _ = (
        fields["this_update"].native,
        fields["next_update"].native,
        parsed.delta_crl_indicator_value,
    )
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


def readable_response(response_der: bytes) -> "ocsp.ResponseData":
    """Do the same for an OCSP response.

    Raises: what asn1crypto raises, ValueError for one that is not successful.
    """
    data = response_data(response_der)
    basic = parsed_ocsp(response_der)["response_bytes"]["response"].parsed
    _ = (
        data["responder_id"].native,
        data["produced_at"].native,
        basic["signature"].native,
        basic["signature_algorithm"].native,
    )
    for single in data["responses"]:
        _ = (
            single["cert_id"].native,
            single["cert_status"].native,
            single["single_extensions"].native,
        )
        _ = (single["this_update"].native, single["next_update"].native)
    for certificate in basic["certs"] or ():
        _ = (
            certificate.issuer_serial,
            certificate.subject.hashable,
            certificate.public_key.sha1,
            certificate.signature,
        )
        _ = (certificate.key_identifier, certificate.critical_extensions)
    return data


def response_data(response_der: bytes) -> "ocsp.ResponseData":
    response = parsed_ocsp(response_der)
    if response["response_status"].native != "successful":
        raise ValueError("unsuccessful")
    return response["response_bytes"]["response"].parsed["tbs_response_data"]
