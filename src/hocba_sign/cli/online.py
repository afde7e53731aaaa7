"""What a command may fetch: within which limits, and kept where."""

import argparse
import os
from datetime import UTC, datetime, timedelta
from typing import Final

from hocba_sign.adapters.cache import Cache
from hocba_sign.adapters.fetch import Fetcher
from hocba_sign.adapters.revocation import EvidenceFetcher, FetchBudget
from hocba_sign.adapters.state import home
from hocba_sign.cli import console
from hocba_sign.cli.words import say
from hocba_sign.errors import CallerError

CACHE_FOLDER: Final = "cache"


def evidence_fetcher(given: argparse.Namespace) -> EvidenceFetcher | None:
    """Return the fetcher for one file, or None with `--offline`."""
    if given.offline:
        return None
    return EvidenceFetcher(
        fetcher=Fetcher(allow_loopback=given.unsafe_allow_loopback),
        clock=lambda: datetime.now(UTC),
        cache=_cache(),
        budget=FetchBudget(timeout=timedelta(seconds=given.timeout)),
        on_ask=lambda url: console.progress(say("ASKING", given.lang, url=console.printable(url))),
    )


def _cache() -> Cache | None:
    try:
        return Cache(folder=home(os.environ) / CACHE_FOLDER)
    except CallerError:
        # Without a home folder nothing is kept.
        return None
