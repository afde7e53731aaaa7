"""A signed transcript whose certificates point at a server on loopback, and what it takes to judge
it from there.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from hocba_sign.adapters.cache import Cache
from hocba_sign.adapters.fetch import Fetcher
from hocba_sign.adapters.revocation import EvidenceFetcher, FetchBudget
from hocba_sign.model.workflow import Slot
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import World, WorldServer
from hocba_sign.testing.identity import Identity
from hocba_sign.validation.document.missing_evidence import Answer
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene

ANSWERED_AT = JUDGED_AT - timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Once:
    """A source whose sessions are all the one fetcher that a test looks at."""

    fetcher: EvidenceFetcher

    def session(self) -> EvidenceFetcher:
        return self.fetcher


class Online(Scene):
    """The scene with the world of `server`.

    `chain` is how many certificates each signature carries.
    """

    def __init__(self, server: WorldServer, *, chain: int = 2) -> None:
        super().__init__(subjects=1)
        self.server = server
        self.world = server.world
        self.chain = chain

    @cached_property
    def document(self) -> bytes:
        """Return the transcript, signed by all, each with a time-stamp."""
        return self.signed(level=Level.T)

    def sign_as(
        self,
        identity: Identity,
        document: bytes,
        slot: Slot,
        *,
        at: datetime = SIGNED_AT,
        stamped: datetime | None,
    ) -> bytes:
        return super().sign_as(
            replace(identity, chain_der=identity.chain_der[: self.chain]),
            document,
            slot,
            at=at,
            stamped=stamped,
        )

    def fetcher(
        self,
        cache: Path | None = None,
        *,
        at: datetime = JUDGED_AT,
        budget: FetchBudget | None = None,
    ) -> EvidenceFetcher:
        return EvidenceFetcher(
            fetcher=Fetcher(allow_loopback=True),
            clock=lambda: at,
            cache=None if cache is None else Cache(folder=cache),
            budget=budget or FetchBudget(timeout=timedelta(seconds=20)),
        )

    def judge(
        self,
        document: bytes | None = None,
        *,
        fetch: EvidenceFetcher | None = None,
        evidence: Evidence | None = None,
    ) -> Report:
        verifier = Verifier(
            trust=self.trust,
            evidence=evidence or Evidence(),
            fetch=Once(fetch or self.fetcher()),
            is_time_fixed=True,
        )
        return verifier.verify(self.document if document is None else document, at=JUDGED_AT)


@contextmanager
def opened() -> Iterator[WorldServer]:
    with WorldServer(
        lambda: ANSWERED_AT, lambda url: World(SIGNED_AT, base_url=url, fast=True)
    ) as server:
        yield server


def results(answers: Iterable[Answer]) -> list[tuple[str, str, str | None]]:
    """Return kind, path and cause of every answer."""
    told = [
        (answer.need.kind.value, answer.need.url, getattr(answer, "finding", None))
        for answer in answers
    ]
    return [
        (kind, "/" + url.split("/", 3)[3] if url.count("/") > 2 else url, finding and finding.cause)
        for kind, url, finding in told
    ]
