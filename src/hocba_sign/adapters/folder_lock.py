"""One writer for a folder at a time; the system itself lets go of the lock when the program is killed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from hocba_sign.errors import OutsideError

_FCNTL: Final[Any] = import_module("fcntl") if find_spec("fcntl") is not None else None
"""POSIX only; elsewhere folders are not locked."""


@contextmanager
def exclusive(folder: Path, *, cause: str) -> Iterator[None]:
    """Hold the lock of `folder`; nothing is written into it. Where the file system knows no locks it goes on without.

    Raises: OutsideError `cause` when another program holds it, FILE.UNREADABLE.
    """
    if _FCNTL is None:
        yield
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutsideError("FILE.UNREADABLE", where=str(folder), detail=str(error.strerror)) from error
    try:
        with suppress(OSError):
            try:
                _FCNTL.flock(descriptor, _FCNTL.LOCK_EX | _FCNTL.LOCK_NB)
            except BlockingIOError as error:
                raise OutsideError(cause, where=str(folder)) from error
        yield
    finally:
        os.close(descriptor)
