"""The level asked for, and the authority that it takes."""

import argparse

from hocba_sign.adapters.tsa import TimeStampClient
from hocba_sign.cli.demands import with_demands
from hocba_sign.crypto.algorithms import signature_algorithm_named
from hocba_sign.errors import CallerError
from hocba_sign.signing.policy import Level, SigningPolicy


def authority_of(given: argparse.Namespace) -> TimeStampClient | None:
    """Return the authority for `--level T`, None for `--level B`; asked before anything is signed.

    Raises: CallerError CLI.TSA_MISSING, CLI.TSA_UNUSED, TSA.URL.
    """
    if Level(given.level) is Level.B:
        if given.tsa is not None:
            raise CallerError("CLI.TSA_UNUSED")
        return None
    if given.tsa is None:
        raise CallerError("CLI.TSA_MISSING")
    return TimeStampClient(given.tsa)


def policy_of(given: argparse.Namespace, level: Level = Level.T) -> SigningPolicy:
    """Return the signer's choices.

    Raises: CallerError `CRYPTO.UNKNOWN_ALGORITHM` naming those that are known; as `with_demands`.
    """
    algorithm = None if given.algorithm is None else signature_algorithm_named(given.algorithm)
    return with_demands(given, SigningPolicy(level=level, algorithm=algorithm, roles=given.roles))
