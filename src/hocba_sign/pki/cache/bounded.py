"""Verdicts and readings kept under the digest of what they are about, so that each is made once."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class BoundedCache(Generic[_Key, _Value]):
    """Holds values until their weights exceed `limit`, then drops those not asked for longest; the
    newest always stays.

    Keys must stand for content (digests), values must be immutable: both are shared by all threads.
    Two threads that miss at the same time both make the value. `cache_clear` empties it, as in
    `functools.lru_cache`.
    """

    def __init__(self, limit: int, *, weigh: Callable[[_Value], int] = lambda _: 1) -> None:
        self._limit = limit
        self._weigh = weigh
        self._held: OrderedDict[_Key, _Value] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()
        self.cache_clear = self._clear

    def get(self, key: _Key, make: Callable[[], _Value]) -> _Value:
        """Return what is held under `key`, else what `make` gives; an exception is not kept."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        value = make()
        with self._lock:
            if key not in self._held:
                self._held[key] = value
                self._weight += self._weigh(value)
                while self._weight > self._limit and len(self._held) > 1:
                    self._weight -= self._weigh(self._held.popitem(last=False)[1])
        return value

    def peek(self, key: _Key) -> _Value | None:
        """Return what is held under `key`, None where nothing is."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def __len__(self) -> int:
        return len(self._held)

    def _clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._weight = 0
