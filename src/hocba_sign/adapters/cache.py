"""What was fetched, kept for a while in one SQLite file, for many processes at once.

A process may be killed at any moment: SQLite's rollback journal undoes what was half written. What
is read back is checked by a digest over the whole entry, and its content is judged again at every
use, so that a damaged file costs a download, never a wrong answer. Whoever can write into the
folder can write digests too: only a file with exactly the tables of this program is asked, what it
gives is of the expected types and sizes, or as good as not there. A file that SQLite itself calls
damaged is left behind for a new one with the next number: a file that others may have open is never
replaced, which is how SQLite files get mixed up.
"""

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass

MAX_KEPT_OCTETS: Final = 512 * 1024 * 1024
"""The whole file; what runs out soonest goes first. A country's CRLs are some tens of megabytes."""
BUSY_TIMEOUT: Final = timedelta(seconds=5)
"""How long to wait for another process that writes; then this process does without."""
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""An entry from further in the future was written by a clock that was wrong, and so was its end."""

_NAME: Final = re.compile(r"fetched-(\d{1,9})\.sqlite3")
_MAX_CAUSE, _MAX_PLACE = 64, 4_096
_EXTRA_OCTETS: Final = 64 * 1024
"""What a row may take beside its octets."""
_DAMAGED: Final = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH}
)
"""SQLITE_ERROR is what a file with other tables gives."""
_VERSION: Final = 1
_TABLE: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS entry (
    key TEXT PRIMARY KEY, stored INTEGER NOT NULL, until INTEGER NOT NULL,
    cause TEXT NOT NULL, place TEXT NOT NULL, octets BLOB NOT NULL, sha256 BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS entry_until ON entry (until);
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedAnswer:
    """What an address gave at `stored` (UTC), to be used until `until`: octets, or why there were
    none.
    """

    stored: datetime
    until: datetime
    octets: bytes = field(default=b"", repr=False)
    finding: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """The cache in `folder`, which is made when something is kept.

    Holds no connection, so processes and threads may share it.

    Whatever goes wrong with the file, `get` finds nothing and `put` keeps nothing.
    """

    folder: Path
    max_octets: int = MAX_KEPT_OCTETS

    def get(self, key: str, *, at: datetime) -> CachedAnswer | None:
        """Return what is kept under a key and may still be used at `at` (aware)."""

        def read(connection: sqlite3.Connection) -> CachedAnswer | None:
            found = connection.execute(
                "SELECT stored, until, cause, place, octets, sha256 FROM entry WHERE key = ?",
                (key,),
            ).fetchone()
            if found is None:
                return None
            entry = _entry(key, found, at)
            if entry is None:
                connection.execute("DELETE FROM entry WHERE key = ?", (key,))
                return None
            return entry if entry.stored - CLOCK_TOLERANCE <= at < entry.until else None

        return self._use(read) if self._file().exists() else None

    def put(self, key: str, entry: CachedAnswer) -> None:
        """Keep an entry in place of an older one, and drop what has run out or is too much."""
        if len(entry.octets) > self.max_octets:
            return
        stored, until = int(entry.stored.timestamp()), int(entry.until.timestamp())
        cause, place = (
            (entry.finding.cause, entry.finding.where or "")
            if entry.finding is not None
            else ("", "")
        )
        digest = _digest(key, stored, until, cause, place, entry.octets)

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "DELETE FROM entry WHERE until <= ? OR stored > ?",
                (stored, stored + int(CLOCK_TOLERANCE.total_seconds())),
            )
            connection.execute(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, stored, until, cause, place, entry.octets, digest),
            )
            self._make_room(connection, key)
            connection.execute("COMMIT")

        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return
        self._use(write)

    def clear(self) -> None:
        """Forget everything, as far as the files can be removed."""
        for path in self._files():
            _remove(path)

    def _make_room(self, connection: sqlite3.Connection, key: str) -> None:
        """Drop other entries until the file fits."""
        while _size(connection) > self.max_octets:
            dropped = connection.execute(
                (
                    "DELETE FROM entry WHERE key IN (SELECT key FROM entry WHERE key <> ? ORDER "
                    "BY until LIMIT 16)"
                ),
                (key,),
            )
            if not dropped.rowcount:
                return

    def _use(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result | None:
        for _ in range(2):
            path = self._file()
            try:
                with _connected(path, self.max_octets + _EXTRA_OCTETS) as connection:
                    return work(connection)
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF not in _DAMAGED:
                    return None
                self._leave(path)
            except (OSError, ValueError, OverflowError):
                return None
        return None

    def _leave(self, path: Path) -> None:
        """Begin a new file after a damaged one; whoever comes second finds it begun."""
        following = path.with_name(_named(_number(path) + 1))
        with suppress(OSError):
            following.touch(mode=0o600)
            for old in self._files():
                if _number(old) < _number(following):
                    _remove(old)

    def _file(self) -> Path:
        return max(self._files(), key=_number, default=self.folder / _named(1))

    def _files(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        except OSError:
            return []


@contextmanager
def _connected(path: Path, max_octets: int) -> Iterator[sqlite3.Connection]:
    """Open a file of this version.

    Raises: sqlite3.Error, with SQLITE_MISMATCH for one with other tables.
    """
    with closing(
        sqlite3.connect(path, timeout=BUSY_TIMEOUT.total_seconds(), isolation_level=None)
    ) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max_octets)
        connection.execute("PRAGMA trusted_schema = OFF")
        # A kill loses nothing all the same; after a power cut the file may be damaged, which costs
        # a download, not 15 ms at every write.
        connection.execute("PRAGMA synchronous = OFF")
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            connection.executescript(_TABLE)
        if _tables(connection) != _own_tables():
            mismatch = sqlite3.DatabaseError("tables of another program")
            mismatch.sqlite_errorcode = sqlite3.SQLITE_MISMATCH
            raise mismatch
        yield connection


def _tables(connection: sqlite3.Connection) -> tuple[object, ...]:
    """Return the version and every table, index, view and trigger as it was defined: a view may
    never end, a trigger may do anything.
    """
    defined = connection.execute(
        "SELECT type, name, sql FROM sqlite_schema ORDER BY name LIMIT 9"
    ).fetchall()
    return (*connection.execute("PRAGMA user_version").fetchone(), *defined)


@cache
def _own_tables() -> tuple[object, ...]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(_TABLE)
        return _tables(connection)


def _entry(key: str, row: tuple[object, ...], at: datetime) -> CachedAnswer | None:
    """Read a row; None for one that this program did not write."""
    match row:
        case (int(stored), int(until), str(cause), str(place), bytes(octets), bytes(sha256)):
            is_sound = (
                len(cause) <= _MAX_CAUSE
                and len(place) <= _MAX_PLACE
                and _digest(key, stored, until, cause, place, octets) == sha256
            )
        case _:
            return None
    try:
        moments = [datetime.fromtimestamp(second, at.tzinfo) for second in (stored, until)]
    except (OSError, ValueError, OverflowError):
        return None
    finding = Finding(cause, place or None) if cause else None
    return (
        CachedAnswer(stored=moments[0], until=moments[1], octets=octets, finding=finding)
        if is_sound
        else None
    )


def _size(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _named(number: int) -> str:
    return f"fetched-{number}.sqlite3"


def _number(path: Path) -> int:
    found = _NAME.fullmatch(path.name)
    return int(found[1]) if found is not None else 0


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-journal"):
        with suppress(OSError):
            path.with_name(name).unlink()


def _digest(key: str, stored: int, until: int, *rest: str | bytes) -> bytes:
    """Digest an entry; every part comes after its length, so that no two entries read alike."""
    hashed = hashlib.sha256()
    for part in (key, str(stored), str(until), *rest):
        octets = part.encode() if isinstance(part, str) else part
        hashed.update(len(octets).to_bytes(8, "big") + octets)
    return hashed.digest()
