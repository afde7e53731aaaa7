"""Evidence: certificates, CRLs and OCSP responses at hand, with where each came from.

Nothing in a pool is trusted: it is material for `path`. Equal octets are held once, under their
first source.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import field
from itertools import chain
from typing import TypeVar

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate

GIVEN = "given"
"""Source of what the caller hands over, in contrast to what a document carries."""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One CRL or OCSP response: DER octets, where they came from, and their SHA-256 (lower-case
    hex), which verdicts are kept under.
    """

    der: bytes
    source: str
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.der).hexdigest())

    @classmethod
    def of(cls, der: bytes, source: str) -> "EvidenceItem":
        return cls(der, source)


@dataclass(frozen=True, slots=True)
class Unread:
    """What was given, fetched or embedded and not read: a cause, the file, address or signature
    with the place in it, and whether it could change a verdict.

    `matters` where it may be a statement on revocation, which could be the newer one; not where it
    is a certificate, which could only add a path, or has the form of something else.
    """

    cause: str
    where: str
    matters: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A pool of material for building paths and checking revocation, and what of it was not
    read.
    """

    certificates: tuple[Certificate, ...] = ()
    crls: tuple[EvidenceItem, ...] = ()
    ocsps: tuple[EvidenceItem, ...] = ()
    unread: tuple[Unread, ...] = ()

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
        return cls(
            certificates=_distinct((certificates,)),
            crls=_distinct(((EvidenceItem.of(der, source) for der in crls),)),
            ocsps=_distinct(((EvidenceItem.of(der, source) for der in ocsps),)),
        )

    def merged(self, *others: "Evidence") -> "Evidence":
        """Return the union, each octet string once."""
        pools = (self, *others)
        unread = [pool.unread for pool in pools if pool.unread]
        return Evidence(
            certificates=_distinct([pool.certificates for pool in pools]),
            crls=_distinct([pool.crls for pool in pools]),
            ocsps=_distinct([pool.ocsps for pool in pools]),
            unread=tuple(dict.fromkeys(chain.from_iterable(unread))) if unread else (),
        )


_Held = TypeVar("_Held", Certificate, EvidenceItem)


def _distinct(groups: Iterable[Iterable[_Held]]) -> tuple[_Held, ...]:
    known: dict[str, _Held] = {}
    for items in groups:
        for item in items:
            known.setdefault(item.sha256, item)
    return tuple(known.values())
