"""What a command may fetch: within which limits, and kept where."""

import argparse
import os
from datetime import timedelta
from pathlib import Path
from typing import Final

from hocba_sign.adapters.home import home
from hocba_sign.adapters.online_evidence import OnlineFetcher
from hocba_sign.adapters.revocation import FetchBudget
from hocba_sign.cli import console
from hocba_sign.cli.help_words import say
from hocba_sign.errors import CallerError

CACHE_FOLDER: Final = "cache"


def online_fetcher(given: argparse.Namespace) -> OnlineFetcher | None:
    """Return where evidence is fetched from, or None with `--offline`."""
    if given.offline:
        return None
    seconds = given.timeout
    return OnlineFetcher(
        timeout=FetchBudget().timeout if seconds is None else timedelta(seconds=seconds),
        cache=_cache(),
        on_ask=lambda url: console.progress(say("ASKING", given.lang, url=console.printable(url))),
        allow_loopback=given.unsafe_allow_loopback,
    )


def _cache() -> Path | None:
    try:
        return home(os.environ) / CACHE_FOLDER
    except CallerError:
        # Without a home folder nothing is kept.
        return None
