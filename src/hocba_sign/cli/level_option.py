"""The level asked for, and the authority that it takes."""

import argparse
from datetime import timedelta

from hocba_sign.adapters.tsa import DEFAULT_TIMEOUT, TimeStampClient
from hocba_sign.adapters.tsa_series import TimeStampSeries
from hocba_sign.cli import console
from hocba_sign.cli.demands import with_demands
from hocba_sign.cli.help_words import say
from hocba_sign.crypto.algorithms import signature_algorithm_named
from hocba_sign.errors import CallerError
from hocba_sign.signing.signing_policy import Level, SigningPolicy


def authority_of(given: argparse.Namespace) -> TimeStampSeries | None:
    """Return the authority for `--level T`, None for `--level B`; asked before anything is signed.

    Raises: CallerError CLI.TSA_MISSING, CLI.TSA_UNUSED, TSA.URL.
    """
    if Level(given.level) is Level.B:
        if given.tsa is not None or given.tsa_fallback is not None:
            raise CallerError("CLI.TSA_UNUSED")
        return None
    if given.tsa is None:
        raise CallerError("CLI.TSA_MISSING")
    return series_of(given)


def series_of(
    given: argparse.Namespace, *, timeout: timedelta = DEFAULT_TIMEOUT
) -> TimeStampSeries:
    """Return the authorities of `--tsa` and `--tsa-fallback`, each of which may take `timeout` for
    an answer unless `--timeout` says otherwise. Raises: CallerError TSA.URL.
    """
    if given.timeout is not None:
        timeout = timedelta(seconds=given.timeout)
    urls = [url for url in (given.tsa, given.tsa_fallback) if url is not None]
    return TimeStampSeries(tuple(TimeStampClient(url, timeout=timeout) for url in urls))


def note_fallback(given: argparse.Namespace, authority: TimeStampSeries | None) -> None:
    """Say where time-stamps came from another authority than the one named first."""
    for url, count in () if authority is None else authority.in_place_of_the_first:
        shown = console.printable(url)
        console.note(say("TSA_IN_PLACE", given.lang, url=shown, count=count))


def policy_of(given: argparse.Namespace, level: Level = Level.T) -> SigningPolicy:
    """Return the signer's choices.

    Raises: CallerError `CRYPTO.UNKNOWN_ALGORITHM` naming those that are known; as `with_demands`.
    """
    algorithm = None if given.algorithm is None else signature_algorithm_named(given.algorithm)
    return with_demands(given, SigningPolicy(level=level, algorithm=algorithm, roles=given.roles))
