"""What `--policy` and `--registry-pin` say."""

import argparse
from dataclasses import replace
from pathlib import Path

from hocba_sign.adapters.files import read_limited
from hocba_sign.errors import InputError
from hocba_sign.pki.trust.role_policy import MAX_POLICY_OCTETS
from hocba_sign.validation.policy import Policy


def chosen_policy(given: argparse.Namespace) -> Policy:
    """Return the policy that was asked for, with the pins of this call added to its own, and no
    knowledge yet.

    Raises: OutsideError FILE.*; InputError TRUST.POLICY naming the file.
    """
    if not isinstance(given.policy, Path):
        policy = Policy.named(*given.policy)
    else:
        try:
            policy = Policy.load(read_limited(given.policy, MAX_POLICY_OCTETS))
        except InputError as error:
            raise InputError(
                error.cause,
                where=f"{given.policy}: {error.where or ''}".removesuffix(": "),
                detail=error.detail,
            ) from error
    return replace(
        policy, registry_pins=tuple(dict.fromkeys((*policy.registry_pins, *given.registry_pin)))
    )
