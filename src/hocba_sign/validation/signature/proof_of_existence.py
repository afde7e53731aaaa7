"""Proofs of existence: since when is it proven that these octets exist.

A passing time-stamp proves it for what it covers; everything else is known to exist at the
validation time.
Spec: EN 319 102-1, 5.6.2.3.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType

from hocba_sign.frozen_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Existence:
    """The earliest proven times, by SHA-256 (hex) of the octets; `at` (UTC) for all others."""

    at: datetime
    proven: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))

    def since(self, sha256: str) -> datetime:
        return self.proven.get(sha256, self.at)

    def of(self, octets: bytes) -> datetime:
        return self.since(hashlib.sha256(octets).hexdigest())

    def is_proven(self, octets: bytes) -> bool:
        return hashlib.sha256(octets).hexdigest() in self.proven

    def with_proof(self, octet_strings: Iterable[bytes], moment: datetime) -> "Existence":
        """Return the proofs together with those of a time-stamp that passed: it shows that all
        these existed at `moment`.
        """
        added = {hashlib.sha256(octets).hexdigest(): moment for octets in octet_strings}
        earliest = {key: min(moment, self.proven.get(key, moment)) for key, moment in added.items()}
        return Existence(self.at, MappingProxyType({**self.proven, **earliest}))
