"""A table of keys that goes to the disk beyond a few megabytes: what is known of all transcripts of
a country takes no memory.
"""

import sqlite3
from collections.abc import Iterable
from typing import Self


class DiskMap:
    """Numbers by key, of which the last counts; used with `with`, and gone after it. One thread."""

    def __init__(self, pairs: Iterable[tuple[bytes, int]]) -> None:
        # No name: a file of its own that nobody sees and that is removed with it.
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("CREATE TABLE held (key BLOB PRIMARY KEY, number INT) WITHOUT ROWID")
        self._base.execute("BEGIN")
        self._base.executemany("INSERT OR REPLACE INTO held VALUES (?, ?)", pairs)
        self._base.execute("COMMIT")
        (self._size,) = self._base.execute("SELECT count(*) FROM held").fetchone()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    @classmethod
    def of(cls, keys: Iterable[bytes]) -> Self:
        """Return a set of keys."""
        return cls((key, 0) for key in keys)

    def __len__(self) -> int:
        return int(self._size)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, bytes) and self.number(key) is not None

    def number(self, key: bytes) -> int | None:
        """Return the last number of a key."""
        found = self._base.execute("SELECT number FROM held WHERE key = ?", (key,)).fetchone()
        return None if found is None else int(found[0])
