"""Files in and out: sizes are checked before anything is read, results appear whole or not
at all.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from hocba_sign.errors import InputError, OutsideError

MAX_HASHED_OCTETS: Final = 256 * 1024 * 1024
"""A file larger than this is refused without being read at all."""

_PIECE: Final = 1 << 20
_NEW: Final = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
)
_FOR_ALL: Final = 0o666


def read_limited(path: Path, limit: int) -> bytes:
    """Read a regular file of at most `limit` octets.

    Raises: OutsideError FILE.NOT_FOUND, FILE.FOLDER, FILE.NOT_REGULAR (a device, a pipe),
    FILE.UNREADABLE; InputError FILE.TOO_LARGE without having read the file.
    """
    try:
        with _open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            octets = b"" if size > limit else file.read(limit + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if size > limit or len(octets) > limit:
        raise InputError("FILE.TOO_LARGE", where=str(path), detail=f"more than {limit} octets")
    return octets


def sha256_of(path: Path) -> str | None:
    """Return the SHA-256 of a file piece by piece, in lower-case hexadecimal; None beyond
    `MAX_HASHED_OCTETS`. Raises: as `read_limited`.
    """
    hashed = hashlib.sha256()
    try:
        with _open_regular(path) as file:
            if os.fstat(file.fileno()).st_size > MAX_HASHED_OCTETS:
                return None
            while piece := file.read(_PIECE):
                hashed.update(piece)
    except OSError as error:
        raise _unreadable(path, error) from error
    return hashed.hexdigest()


def write_atomically(path: Path, octets: bytes) -> None:
    """Write a file so that there is never a half of it: the old file stays until the new one is
    complete on the disk.

    A link is followed. Raises: OutsideError FILE.FOLDER, FILE.NOT_REGULAR, FILE.NO_FOLDER,
    FILE.UNWRITABLE.
    """
    goal = resolved(path)
    mode = _mode(goal)
    part = goal.with_name(f".{goal.name}.{os.urandom(4).hex()}.part")
    try:
        descriptor = os.open(part, _NEW, _FOR_ALL if mode is None else mode)
    except FileNotFoundError as error:
        raise OutsideError("FILE.NO_FOLDER", where=str(path.parent)) from error
    except OSError as error:
        raise OutsideError(
            "FILE.UNWRITABLE", where=str(path), detail=str(error.strerror)
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            part.chmod(mode)
        part.replace(goal)
    except OSError as error:
        raise OutsideError(
            "FILE.UNWRITABLE", where=str(path), detail=str(error.strerror)
        ) from error
    finally:
        part.unlink(missing_ok=True)


def is_folder(path: Path) -> bool:
    """Return whether a folder can be seen there; a name too long, or in a folder that is closed to
    this user, is told when it is read.
    """
    return _is(stat.S_ISDIR, path)


def is_file(path: Path) -> bool:
    """Return the same of a regular file."""
    return _is(stat.S_ISREG, path)


def _is(kind: Callable[[int], bool], path: Path) -> bool:
    try:
        return kind(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def resolved(path: Path) -> Path:
    """Follow the links of a path.

    Raises: OutsideError FILE.UNWRITABLE where they lead nowhere, or the name is none.
    """
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise OutsideError("FILE.UNWRITABLE", where=str(path)) from error


def _open_regular(path: Path) -> BinaryIO:
    """Open without waiting for whoever writes into a pipe.

    Raises: OSError; OutsideError FILE.FOLDER, FILE.NOT_REGULAR.
    """
    descriptor = os.open(
        path,
        os.O_RDONLY
        | getattr(os, "O_NONBLOCK", 0)
        | getattr(os, "O_BINARY", 0)
        | getattr(os, "O_CLOEXEC", 0),
    )
    kind = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(kind):
        os.close(descriptor)
        raise OutsideError(
            "FILE.FOLDER" if stat.S_ISDIR(kind) else "FILE.NOT_REGULAR", where=str(path)
        )
    return os.fdopen(descriptor, "rb")


def _mode(goal: Path) -> int | None:
    """Return the permissions of the file that is to be replaced; None for a new one, to which the
    system applies what this user set.
    """
    try:
        kind = goal.stat().st_mode
    except OSError:
        return None
    if not stat.S_ISREG(kind):
        raise OutsideError(
            "FILE.FOLDER" if stat.S_ISDIR(kind) else "FILE.NOT_REGULAR", where=str(goal)
        )
    return stat.S_IMODE(kind)


def _unreadable(path: Path, error: OSError) -> OutsideError:
    if isinstance(error, FileNotFoundError):
        return OutsideError("FILE.NOT_FOUND", where=str(path))
    if isinstance(error, IsADirectoryError) or is_folder(path):
        return OutsideError("FILE.FOLDER", where=str(path))
    return OutsideError("FILE.UNREADABLE", where=str(path), detail=str(error.strerror))
