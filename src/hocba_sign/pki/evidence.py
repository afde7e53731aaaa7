"""Evidence: certificates, CRLs and OCSP responses at hand, with where each came from.

Nothing in a pool is trusted: it is material for `path`. Equal octets are held once, under their first source.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

from asn1crypto import crl, ocsp

from hocba_sign.errors import InputError
from hocba_sign.pki.certificate import Certificate
from hocba_sign.pki.crl import read_revocation_list

MAX_CRL_OCTETS = 64 * 1024 * 1024
"""The largest public CRLs are some tens of megabytes."""
MAX_OCSP_OCTETS = 256 * 1024
"""A response with a full responder chain is under 16 kB."""
GIVEN = "given"
"""Source of what the caller hands over, in contrast to what a document carries."""

_PEM_CRL = re.compile(rb"-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----")
_TEXT_OCSP = re.compile(rb"\s*(?:-----BEGIN OCSP RESPONSE-----)?([A-Za-z0-9+/=\s]+)(?:-----END OCSP RESPONSE-----)?\s*")


@dataclass(frozen=True, slots=True)
class Item:
    """One CRL or OCSP response: DER octets, where they came from, and their SHA-256 (lower-case hex), which verdicts are kept under."""

    der: bytes
    source: str
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.der).hexdigest())

    @classmethod
    def of(cls, der: bytes, source: str) -> "Item":
        return cls(der, source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A pool of material for building paths and checking revocation."""

    certificates: tuple[Certificate, ...] = ()
    crls: tuple[Item, ...] = ()
    ocsps: tuple[Item, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        certificates: Iterable[Certificate] = (),
        crls: Iterable[bytes] = (),
        ocsps: Iterable[bytes] = (),
        source: str = GIVEN,
    ) -> "Evidence":
        """Make a pool from DER octets of one `source`, e.g. `embedded in signature X`."""
        return cls(certificates=tuple(certificates)).merged(
            cls(crls=tuple(Item.of(der, source) for der in crls), ocsps=tuple(Item.of(der, source) for der in ocsps))
        )

    def merged(self, *others: "Evidence") -> "Evidence":
        """Give the union, each octet string once."""
        pools = (self, *others)
        return Evidence(
            certificates=_distinct(chain.from_iterable(pool.certificates for pool in pools)),
            crls=_distinct(chain.from_iterable(pool.crls for pool in pools)),
            ocsps=_distinct(chain.from_iterable(pool.ocsps for pool in pools)),
        )


_Held = TypeVar("_Held", Certificate, Item)


def _distinct(items: Iterable[_Held]) -> tuple[_Held, ...]:
    known: dict[str, _Held] = {}
    for item in items:
        known.setdefault(item.sha256, item)
    return tuple(known.values())


def load_crl(octets: bytes, *, where: str | None = None) -> bytes:
    """Give the DER of one CRL from DER or PEM; some Vietnamese services serve PEM text under `.crl`.

    Checks the outer structure only: the signature and the dates are for `path`.
    Raises: InputError REVOCATION.CRL_MALFORMED, REVOCATION.TOO_LARGE.
    """
    _limit(octets, MAX_CRL_OCTETS, where)
    der = octets
    if not octets.startswith(b"\x30"):
        der = _decoded(_PEM_CRL.search(octets), "REVOCATION.CRL_MALFORMED", where)
    if _is_common(der):
        return der
    try:
        parsed = crl.CertificateList.load(der, strict=True)
        fields = parsed["tbs_cert_list"]
        _ = (fields["issuer"].hashable, fields["this_update"].native, fields["next_update"].native, parsed["signature"].native)
    except (AttributeError, ValueError, TypeError, LookupError) as error:
        raise InputError("REVOCATION.CRL_MALFORMED", where=where, detail=type(error).__name__) from error
    return der


def _is_common(crl_der: bytes) -> bool:
    try:
        read_revocation_list(crl_der)
    except (InputError, ValueError):
        return False
    return True


def load_ocsp(octets: bytes, *, where: str | None = None) -> bytes:
    """Give the DER of one OCSP response, with status successful and a basic response, from DER, Base64 or PEM.

    Raises: InputError REVOCATION.OCSP_MALFORMED, REVOCATION.OCSP_UNSUCCESSFUL, REVOCATION.TOO_LARGE.
    """
    _limit(octets, MAX_OCSP_OCTETS, where)
    der = octets if octets.startswith(b"\x30") else _decoded(_TEXT_OCSP.fullmatch(octets), "REVOCATION.OCSP_MALFORMED", where)
    try:
        parsed = ocsp.OCSPResponse.load(der, strict=True)
        status = parsed["response_status"].native
        if status == "successful":
            data = parsed["response_bytes"]["response"].parsed["tbs_response_data"]
            for one in data["responses"]:
                _ = (one["cert_id"]["serial_number"].native, one["this_update"].native, one["next_update"].native)
    except (AttributeError, ValueError, TypeError, LookupError) as error:
        raise InputError("REVOCATION.OCSP_MALFORMED", where=where, detail=type(error).__name__) from error
    if status != "successful":
        raise InputError("REVOCATION.OCSP_UNSUCCESSFUL", where=where, detail=str(status))
    return der


def _decoded(text: re.Match[bytes] | None, cause: str, where: str | None) -> bytes:
    if text is None:
        raise InputError(cause, where=where, detail="neither DER nor PEM")
    try:
        return base64.b64decode(b"".join(text[1].split()), validate=True)
    except binascii.Error as error:
        raise InputError(cause, where=where, detail="base64") from error


def _limit(octets: bytes, limit: int, where: str | None) -> None:
    if len(octets) > limit:
        raise InputError("REVOCATION.TOO_LARGE", where=where, detail=f"{len(octets)} octets, at most {limit}")
