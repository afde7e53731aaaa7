"""One CRL or OCSP response from octets in whatever writing; `objects` is for files that may hold
more.
"""

from hocba_sign.errors import InputError
from hocba_sign.pki.loading.kinds import ObjectKind
from hocba_sign.pki.loading.objects import read_objects
from hocba_sign.pki.revocation.readable import MAX_CRL_OCTETS, MAX_OCSP_OCTETS


def load_crl(octets: bytes, *, where: str | None = None) -> bytes:
    """Return the DER of the one CRL that `octets` are, in any writing.

    Checks the outer structure only: the signature and the dates are for `path`.
    Raises: InputError REVOCATION.CRL_MALFORMED, REVOCATION.TOO_LARGE.
    """
    if len(octets) > MAX_CRL_OCTETS:
        raise InputError(
            "REVOCATION.TOO_LARGE",
            where=where,
            detail=f"{len(octets)} octets, at most {MAX_CRL_OCTETS}",
        )
    return _only(octets, ObjectKind.CRL, where)


def load_ocsp(octets: bytes, *, where: str | None = None) -> bytes:
    """Return the DER of the one OCSP response that `octets` are, with status successful and a basic
    response, in any writing.

    Raises: InputError REVOCATION.OCSP_MALFORMED, REVOCATION.OCSP_UNSUCCESSFUL,
    REVOCATION.TOO_LARGE.
    """
    if len(octets) > MAX_OCSP_OCTETS:
        raise InputError(
            "REVOCATION.TOO_LARGE",
            where=where,
            detail=f"{len(octets)} octets, at most {MAX_OCSP_OCTETS}",
        )
    return _only(octets, ObjectKind.OCSP, where)


def _only(octets: bytes, kind: ObjectKind, where: str | None) -> bytes:
    found = read_objects(octets)
    held = found.crls if kind is ObjectKind.CRL else found.ocsps
    is_more = octets[:1] == b"\x30" and held != (octets,)
    if len(held) == 1 and not found.unread and found.kinds == (kind,) and not is_more:
        return held[0]
    causes = [
        part.cause
        for part in found.unread
        if part.cause == "REVOCATION.OCSP_UNSUCCESSFUL" and kind is ObjectKind.OCSP
    ]
    cause = causes[0] if causes else f"REVOCATION.{kind.name}_MALFORMED"
    raise InputError(cause, where=where, detail=f"{len(held)} of {len(found.kinds)}")
