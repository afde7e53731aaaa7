"""What a verifier demands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Demands on signatures beyond their own validity.

    `require_time_stamp`: a signature without a valid time-stamp is INDETERMINATE even if everything else holds.
    `accept_known_tsa_faults`: let time-stamp certificates pass that deviate from RFC 5280 as genuine Vietnamese ones do; each use
    is reported.
    """

    require_time_stamp: bool = False
    accept_known_tsa_faults: bool = True


DEFAULT = Policy()
