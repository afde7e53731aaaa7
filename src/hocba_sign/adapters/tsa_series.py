"""Many time-stamps in a row: an authority that fails again and again is left alone, and another is
asked only where the caller named it.
"""

from dataclasses import field
from threading import Lock
from typing import Final

from hocba_sign.adapters.failures import FailureCount
from hocba_sign.adapters.tsa import TimeStampClient
from hocba_sign.crypto.digests import DigestAlgorithm
from hocba_sign.errors import OutsideError
from hocba_sign.frozen_dataclass import dataclass

STAMPS_AT_ONCE: Final = 4
"""Answers waited for at the same time: a class of 45 is done in the time of twelve, and no public
authority is flooded.
"""


@dataclass(slots=True)
class TimeStampSeries:
    """Authorities in the order in which they are asked, for one run; threads may share it.

    The next one is asked only when those before it fail.
    """

    authorities: tuple[TimeStampClient, ...]
    _failures: FailureCount = field(default_factory=FailureCount, init=False)
    _given: dict[str, int] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def url(self) -> str:
        """The address that is asked first."""
        return self.authorities[0].url

    @property
    def is_given_up(self) -> bool:
        """Whether all of them have failed so often in a row that none is asked any more."""
        return all(self._failures.is_over(authority.url) for authority in self.authorities)

    @property
    def in_place_of_the_first(self) -> tuple[tuple[str, int], ...]:
        """The other addresses that gave time-stamps, with how many."""
        with self._lock:
            return tuple(item for item in self._given.items() if item[0] != self.url)

    def stamp(self, digest_algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
        """Return the token of the first authority that gives one.

        Raises: the OutsideError of the first one asked; OutsideError TSA.GIVEN_UP when none is
        asked any more.
        """
        failure: OutsideError | None = None
        for authority in self.authorities:
            if self._failures.is_over(authority.url):
                continue
            try:
                token_der = authority.stamp(digest_algorithm, imprint)
            except OutsideError as error:
                failure = failure or error
                self._failures.failed(authority.url)
                continue
            self._failures.answered(authority.url)
            with self._lock:
                self._given[authority.url] = self._given.get(authority.url, 0) + 1
            return token_der
        raise failure or OutsideError("TSA.GIVEN_UP", where=self.url)
