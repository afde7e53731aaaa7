"""Evidence from the network for a verifier: each document gets a fetcher and a budget of
its own.
"""

from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hocba_sign.adapters.cache import Cache
from hocba_sign.adapters.failures import FailureCount
from hocba_sign.adapters.fetch import Fetcher
from hocba_sign.adapters.revocation import EvidenceFetcher, FetchBudget
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.validation.document.missing_evidence import EvidenceSession


def present() -> datetime:
    """Return the time by this machine's clock."""
    return datetime.now(UTC)


def tell_nobody(url: str) -> None:
    """Take note of an address that is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineFetcher:
    """Fetches OCSP answers, lists and issuers from where certificates say, over HTTP.

    Immutable: make one, and share it. `timeout` is for all addresses of one document together.
    `cache` is a folder that answers are kept in, shared by processes; None keeps nothing. `clock`
    gives the present (aware), `on_ask` is told every address that is asked. Only public addresses
    are asked; `allow_loopback` is for tests.
    """

    timeout: timedelta = FetchBudget().timeout
    cache: Path | None = None
    clock: Callable[[], datetime] = field(default=present, repr=False)
    on_ask: Callable[[str], None] = field(default=tell_nobody, repr=False)
    allow_loopback: bool = False

    def session(self) -> EvidenceSession:
        """Begin with a document."""
        return _session(self, FailureCount(limit=1))


@dataclass(frozen=True, slots=True)
class RunFetcher:
    """Fetches for many documents of one run: hosts that fail are left alone for all of them."""

    source: OnlineFetcher
    failures: FailureCount = field(default_factory=FailureCount)

    def session(self) -> EvidenceSession:
        """Begin with a document."""
        return _session(self.source, self.failures)


def _session(source: OnlineFetcher, failures: FailureCount) -> EvidenceFetcher:
    return EvidenceFetcher(
        fetcher=Fetcher(allow_loopback=source.allow_loopback),
        clock=source.clock,
        cache=None if source.cache is None else Cache(folder=source.cache),
        budget=FetchBudget(timeout=source.timeout),
        on_ask=source.on_ask,
        failures=failures,
    )
