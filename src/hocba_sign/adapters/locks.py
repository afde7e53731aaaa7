"""One writer at a time, across processes and machines; the system itself lets go of a lock when the
program is killed.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from hocba_sign.adapters.files import resolved
from hocba_sign.errors import OutsideError

WAIT: Final = 120.0
"""Seconds for a file that others sign in place: forty people in a row, each with an answer from a
time-stamp authority within three seconds.
"""

_PAUSE: Final = 0.05
_FCNTL: Final[Any] = import_module("fcntl") if find_spec("fcntl") is not None else None
_MSVCRT: Final[Any] = (
    import_module("msvcrt") if _FCNTL is None and find_spec("msvcrt") is not None else None
)
_FOLDER_LOCK: Final = ".hocba.lock"


@contextmanager
def exclusive(folder: Path, *, cause: str) -> Iterator[None]:
    """Hold the lock of `folder`; nothing is written into it, but on Windows, where a folder has no
    lock, a file of its own.

    Where the file system knows no locks it goes on without. Raises: OutsideError `cause` when
    another program holds it, FILE.UNREADABLE, FILE.UNWRITABLE.
    """
    if _FCNTL is None:
        with _holding(folder / _FOLDER_LOCK, cause=cause, place=folder, wait=0):
            yield
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutsideError(
            "FILE.UNREADABLE", where=str(folder), detail=str(error.strerror)
        ) from error
    try:
        if not _take(descriptor):
            raise OutsideError(cause, where=str(folder))
        yield
    finally:
        os.close(descriptor)


@contextmanager
def exclusive_file(path: Path, *, wait: float = WAIT) -> Iterator[None]:
    """Hold the lock of the name `path`, whether there is such a file or not: a file beside it,
    which goes when nobody waits for it.

    Whoever replaces a file needs the lock of its name: that of the file itself would be held on the
    one replaced.
    Raises: OutsideError FILE.LOCKED after `wait` seconds; FILE.NO_FOLDER, FILE.UNWRITABLE where no
    file can be made.
    """
    goal = resolved(path)
    with _holding(goal.parent / f".{goal.name}.lock", cause="FILE.LOCKED", place=path, wait=wait):
        yield


@contextmanager
def _holding(lock: Path, *, cause: str, place: Path, wait: float) -> Iterator[None]:
    until = time.monotonic() + wait
    # Tried again and again, for a `flock` that waits knows no time limit.
    while (descriptor := _attempt(lock, place)) is None:
        if time.monotonic() >= until:
            raise OutsideError(cause, where=str(place))
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        # Removed while it is held, so that whoever opened it meanwhile sees that it is the lock no
        # longer; Windows removes nothing that is open.
        with suppress(OSError):
            lock.unlink()
        os.close(descriptor)
        if _MSVCRT is not None:
            with suppress(OSError):
                lock.unlink()


def _attempt(lock: Path, place: Path) -> int | None:
    """Open the file of a lock and take it; None where another program has it, or has just removed
    it.
    """
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    except FileNotFoundError as error:
        raise OutsideError("FILE.NO_FOLDER", where=str(place.parent)) from error
    except PermissionError as error:
        # Windows denies opening a file that is just being removed.
        if _MSVCRT is not None and lock.exists():
            return None
        raise OutsideError(
            "FILE.UNWRITABLE", where=str(place), detail=str(error.strerror)
        ) from error
    except OSError as error:
        raise OutsideError(
            "FILE.UNWRITABLE", where=str(place), detail=str(error.strerror)
        ) from error
    # Whoever held it may have removed the file since it was opened: then another is the lock.
    if _take(descriptor) and _is_still(lock, descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _take(descriptor: int) -> bool:
    """Take the lock of an open file without waiting; a file system without locks is held to have
    given it.
    """
    try:
        if _FCNTL is not None:
            _FCNTL.flock(descriptor, _FCNTL.LOCK_EX | _FCNTL.LOCK_NB)
        elif _MSVCRT is not None:
            _MSVCRT.locking(descriptor, _MSVCRT.LK_NBLCK, 1)
    except BlockingIOError:
        return False
    except OSError:
        # Windows reports a held lock so, other systems a file system that knows no locks.
        return _FCNTL is not None
    return True


def _is_still(lock: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(lock.stat(), os.fstat(descriptor))
    except OSError:
        return False
