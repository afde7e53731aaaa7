"""Results of many judgements on the disk: JSON Lines that only grow, or SQLite; several processes
write at once, and what was cut off by a kill costs no line but itself.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from hocba_sign.adapters.disk_map import DiskMap
from hocba_sign.adapters.files import write_atomically
from hocba_sign.adapters.locks import exclusive_file
from hocba_sign.errors import CallerError, OutsideError

SQLITE: Final = (".sqlite", ".db")
"""How the name of a file ends that is to be a database; any other is JSON Lines."""

_WAIT: Final = 120.0
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS results (file TEXT PRIMARY KEY, sha256 TEXT, verdict TEXT, "
    "status TEXT, cause TEXT, school TEXT, line TEXT NOT NULL) WITHOUT ROWID"
)
_PUT: Final = "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?)"

_GET: Final = "SELECT sha256 FROM results WHERE file = ? AND verdict IS NOT NULL"


def key_of(file: str, sha256: str | None) -> bytes:
    """Return what is equal for one content under one name."""
    return hashlib.blake2b(
        f"{file}\0{sha256}".encode("utf-8", "surrogateescape"), digest_size=16
    ).digest()


def begin(path: Path, context: str) -> None:
    """Begin results that rest on `context`, or go on with them.

    Raises: CallerError BULK.OTHER_CONTEXT where the file holds results that rest on something
    else; OutsideError FILE.*.
    """
    told = path.with_name(f"{path.name}.context")
    try:
        found = told.read_text("ascii").strip() if told.exists() else None
        has_results = path.exists() and path.stat().st_size > 0
    except OSError as error:
        raise OutsideError("FILE.UNREADABLE", where=str(told)) from error
    if has_results and found != context:
        raise CallerError("BULK.OTHER_CONTEXT", where=str(path))
    if found != context:
        write_atomically(told, context.encode() + b"\n")
    if path.suffix.lower() in SQLITE:
        with _opened(path) as base:
            base.execute(_TABLE)


def append(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    """Add lines, all of them or, after a kill, the first few and a piece that no reader takes for
    one.

    Raises: OutsideError FILE.UNWRITABLE, FILE.LOCKED.
    """
    try:
        if path.suffix.lower() in SQLITE:
            with _opened(path) as base:
                base.executemany(_PUT, map(_cells, lines))
            return
        octets = b"".join(_octets(line) for line in lines)
        with exclusive_file(path), path.open("ab+") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                # A line that a kill cut off is ended, so that it spoils no other.
                octets = octets if file.read(1) == b"\n" else b"\n" + octets
            file.write(octets)
    except (OSError, sqlite3.Error) as error:
        raise OutsideError("FILE.UNWRITABLE", where=str(path), detail=str(error)) from error


def mark_of(path: Path) -> int:
    """Return where lines that are added from now on begin; a database has no such place.

    Raises: OutsideError FILE.UNREADABLE.
    """
    try:
        is_lines = path.suffix.lower() not in SQLITE and path.exists()
        return path.stat().st_size if is_lines else 0
    except OSError as error:
        raise OutsideError("FILE.UNREADABLE", where=str(path), detail=str(error)) from error


def lines_of(path: Path, *, since: int = 0) -> Iterator[dict[str, Any]]:
    """Yield every line from a mark on; of a file that was judged again also the old one, before
    the new.

    Raises: OutsideError FILE.UNREADABLE.
    """
    if not path.exists():
        return
    try:
        if path.suffix.lower() in SQLITE:
            with _opened(path) as base:
                for (text,) in base.execute("SELECT line FROM results ORDER BY file"):
                    yield json.loads(text)
            return
        with path.open("rb") as file:
            file.seek(since)
            for line in file:
                with suppress(ValueError):
                    entry = json.loads(line)
                    if isinstance(entry, dict) and "report_version" in entry:
                        yield entry
    except (OSError, sqlite3.Error) as error:
        raise OutsideError("FILE.UNREADABLE", where=str(path), detail=str(error)) from error


def last_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield of each file the last line alone."""
    if path.suffix.lower() in SQLITE:
        yield from lines_of(path)
        return
    numbered = ((key_of(line["file"], ""), n) for n, line in enumerate(lines_of(path)))
    with DiskMap(numbered) as last:
        for number, line in enumerate(lines_of(path)):
            if last.number(key_of(line["file"], "")) == number:
                yield line


def judged_names(path: Path) -> Iterator[str]:
    """Yield the name of every file that was judged; one judged again comes again."""
    return (line["file"] for line in lines_of(path) if line["verdict"] is not None)


def done_of(path: Path, names: Sequence[str], *, since: int) -> frozenset[bytes]:
    """Return the keys of documents, judged in this order, whose lines were added since a mark; of
    a database, of all that stands there.

    Raises: OutsideError FILE.UNREADABLE.
    """
    try:
        if path.suffix.lower() in SQLITE:
            with _opened(path) as base:
                return frozenset(
                    key_of(name, sha256)
                    for name in names
                    for (sha256,) in base.execute(_GET, (_stored(name),))
                )
        with path.open("rb") as file:
            file.seek(since)
            is_begun = _octets({"file": names[0]})[1:-2] in file.read()
    except FileNotFoundError:
        return frozenset()
    except (OSError, sqlite3.Error) as error:
        raise OutsideError("FILE.UNREADABLE", where=str(path), detail=str(error)) from error
    return frozenset(done(path, since=since) if is_begun else ())


def done(path: Path, *, since: int = 0) -> Iterator[bytes]:
    """Yield the keys of what was judged since a mark; what could not be read is to be tried
    again.
    """
    found = (line for line in lines_of(path, since=since) if line["verdict"] is not None)
    return (key_of(line["file"], line["sha256"]) for line in found)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database, and end its one transaction."""
    with closing(sqlite3.connect(path, timeout=_WAIT)) as base:
        yield base
        base.commit()


def _cells(line: dict[str, Any]) -> tuple[str | None, ...]:
    causes = line["causes"]
    return (
        _stored(line["file"]),
        line["sha256"],
        line["verdict"],
        line["status"],
        causes[0]["id"] if causes else None,
        (line["document"] or {}).get("school_code"),
        _octets(line).decode().rstrip("\n"),
    )


def _stored(file: str) -> str:
    """Write a name that is no Unicode, which no database takes, with escapes."""
    return file.encode("utf-8", "backslashreplace").decode()


def _octets(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
