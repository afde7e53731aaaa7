"""What a verifier demands."""

from dataclasses import dataclass, field

from hocba_sign.pki.role_policy import RolePolicy
from hocba_sign.validation.knowledge import NOTHING, Knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Demands on signatures beyond their own validity.

    `require_time_stamp`: a signature without a valid time-stamp is INDETERMINATE even if everything else holds.
    `accept_known_tsa_faults`: let time-stamp certificates pass that deviate from RFC 5280 as genuine Vietnamese ones do; each use
    is reported. `roles` says which tree of trust each role's certificate may come from, `knowledge` what else the verifier was given.
    """

    require_time_stamp: bool = False
    accept_known_tsa_faults: bool = True
    roles: RolePolicy = field(default_factory=RolePolicy.load)
    knowledge: Knowledge = NOTHING


DEFAULT = Policy()
