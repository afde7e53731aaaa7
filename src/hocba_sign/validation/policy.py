"""What a verifier demands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Demands on signatures beyond their own validity.

    `require_time_stamp`: a signature without a valid time-stamp is INDETERMINATE even if everything else holds.
    """

    require_time_stamp: bool = False


DEFAULT = Policy()
