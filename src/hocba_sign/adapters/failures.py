"""Services that fail again and again are left alone for the rest of a run."""

from dataclasses import field
from threading import Lock
from typing import Final

from hocba_sign.frozen_dataclass import dataclass

FAILURES_IN_A_ROW: Final = 3
"""After so many a service is not asked any more: what hangs would cost every file the whole
time-out.
"""


@dataclass(slots=True)
class FailureCount:
    """Counts the failures in a row of every service, by address or host; threads may share it."""

    limit: int = FAILURES_IN_A_ROW
    _failures: dict[str, int] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def failed(self, name: str) -> None:
        with self._lock:
            self._failures[name] = self._failures.get(name, 0) + 1

    def answered(self, name: str) -> None:
        with self._lock:
            self._failures.pop(name, None)

    def is_over(self, name: str) -> bool:
        """Return whether the service is not to be asked any more."""
        with self._lock:
            return self._failures.get(name, 0) >= self.limit
