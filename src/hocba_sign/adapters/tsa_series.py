"""Many time-stamps in a row: an authority that fails again and again is left alone, and another is
asked only where the caller named it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from hocba_sign.adapters.tsa import TimeStampClient
from hocba_sign.crypto.digests import DigestAlgorithm
from hocba_sign.errors import OutsideError

FAILURES_IN_A_ROW: Final = 3
"""After so many an authority is not asked any more: what hangs would cost every file of a class the
whole time-out.
"""
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
    _failures: dict[str, int] = field(default_factory=dict, init=False)
    _given: dict[str, int] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def url(self) -> str:
        """The address that is asked first."""
        return self.authorities[0].url

    @property
    def is_given_up(self) -> bool:
        """Whether all of them have failed so often in a row that none is asked any more."""
        with self._lock:
            return all(self._is_left(authority) for authority in self.authorities)

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
        for authority in self._still_asked():
            try:
                token_der = authority.stamp(digest_algorithm, imprint)
            except OutsideError as error:
                failure = failure or error
                with self._lock:
                    self._failures[authority.url] = self._failures.get(authority.url, 0) + 1
                continue
            with self._lock:
                self._failures[authority.url] = 0
                self._given[authority.url] = self._given.get(authority.url, 0) + 1
            return token_der
        raise failure or OutsideError("TSA.GIVEN_UP", where=self.url)

    def _still_asked(self) -> Iterable[TimeStampClient]:
        with self._lock:
            return [authority for authority in self.authorities if not self._is_left(authority)]

    def _is_left(self, authority: TimeStampClient) -> bool:
        return self._failures.get(authority.url, 0) >= FAILURES_IN_A_ROW
