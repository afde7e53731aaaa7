"""What a validation rests on, beside the file."""

from dataclasses import dataclass
from datetime import datetime

from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.validation.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a validation rests on: trust, evidence, the validation time `at` (aware UTC), and the
    policy.
    """

    trust: TrustStore
    evidence: Evidence
    at: datetime
    policy: Policy
