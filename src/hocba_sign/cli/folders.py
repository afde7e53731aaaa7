"""Folders that are worked on as a whole: what is taken from one, and where results go."""

import re
from pathlib import Path
from typing import Final

from hocba_sign.cli import console
from hocba_sign.errors import CallerError, OutsideError

_PART: Final = re.compile(r"\.(.+)\.[a-z0-9_]{8}\.part", re.DOTALL)
"""What `write_atomically` leaves behind when it is killed."""


def sources_in(folder: Path, suffixes: tuple[str, ...] = (".xml",)) -> tuple[Path, ...]:
    """Return the files of a folder with one of these suffixes, in the order of names.

    Raises: OutsideError BATCH.NO_FILES, FILE.UNREADABLE.
    """
    try:
        found = (
            entry
            for entry in folder.iterdir()
            if entry.suffix.lower() in suffixes and not entry.name.startswith(".")
        )
        sources = tuple(sorted(found))
    except OSError as error:
        raise OutsideError(
            "FILE.UNREADABLE", where=str(folder), detail=str(error.strerror)
        ) from error
    if not sources:
        raise OutsideError("BATCH.NO_FILES", where=str(folder))
    return sources


def make_folder(out: Path, *, apart_from: tuple[Path, ...]) -> None:
    """Make the folder of results, which is none of those that are read.

    Raises: CallerError BATCH.OUT_NOT_FOLDER, BATCH.SAME_FOLDER; OutsideError FILE.NO_FOLDER,
    FILE.UNWRITABLE.
    """
    if out == console.STANDARD:
        raise CallerError("BATCH.OUT_NOT_FOLDER", where=str(out))
    try:
        out.mkdir(exist_ok=True)
        is_same = any(out.samefile(folder) for folder in apart_from)
    except FileExistsError as error:
        raise CallerError("BATCH.OUT_NOT_FOLDER", where=str(out)) from error
    except FileNotFoundError as error:
        raise OutsideError("FILE.NO_FOLDER", where=str(out.parent)) from error
    except OSError as error:
        raise OutsideError("FILE.UNWRITABLE", where=str(out), detail=str(error.strerror)) from error
    if is_same:
        raise CallerError("BATCH.SAME_FOLDER", where=str(out))


def remove_parts(folder: Path, names: frozenset[str]) -> None:
    """Remove what a killed run left of these files; nobody else writes here now."""
    try:
        for entry in folder.iterdir():
            part = _PART.fullmatch(entry.name)
            if part is not None and part[1] in names:
                entry.unlink(missing_ok=True)
    except OSError as error:
        raise OutsideError(
            "FILE.UNWRITABLE", where=str(folder), detail=str(error.strerror)
        ) from error
