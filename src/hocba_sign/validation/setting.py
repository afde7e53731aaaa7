"""What a validation rests on, beside the file."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.validation.policy import Policy

NOTHING_DETACHED: Final[Mapping[str, bytes]] = MappingProxyType({})
"""The files that lie beside a document, by name, where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a validation rests on: trust, evidence, the validation time `at` (aware UTC), and the
    policy.

    `is_careful`: no quick path is taken, which could only have said "faultless".
    """

    trust: TrustStore
    evidence: Evidence
    at: datetime
    policy: Policy
    is_careful: bool = False
