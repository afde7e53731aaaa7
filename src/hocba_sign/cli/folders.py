"""Many documents that one call names: a folder to its bottom, a pattern, a list, a ZIP packet, or
several of these; and where the result of each goes.
"""

import argparse
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile
from pathlib import Path, PurePosixPath
from typing import Final

from hocba_sign.adapters.files import is_file, is_folder
from hocba_sign.adapters.inputs import Source, expand
from hocba_sign.cli import console
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xml.limits import MAX_BYTES

_PART: Final = re.compile(r"\.(.+)\.[a-z0-9_]{8}\.part", re.DOTALL)
"""What `write_atomically` leaves behind when it is killed."""
_PATTERN: Final = frozenset("*?[")
_NOT_A_NAME: Final = frozenset({"", ".", "..", "/"})


@dataclass(frozen=True, slots=True)
class BatchSource:
    """A document of a run, and where its result goes, as seen from the folder of results."""

    source: Source
    place: Path

    @property
    def path(self) -> Path:
        """How the document is called, be it a file or in a packet."""
        return Path(self.source.name)

    def read(self) -> bytes:
        """Raises: as `Source.read`."""
        return self.source.read(MAX_BYTES)


def named(given: argparse.Namespace) -> tuple[Path, ...]:
    """Return what a command is given to work on."""
    return (given.file, *given.more)


def names_many(paths: Sequence[Path]) -> bool:
    """Return whether a call names more than one file of its own: several, a folder, a pattern, a
    list or a packet.
    """
    if len(paths) > 1 or paths[0] == console.STANDARD:
        return len(paths) > 1
    if is_folder(paths[0]):
        return True
    found = tuple(islice(expand(paths), 2))
    is_missing = len(found) == 1 and found[0].fault is not None
    return found != (Source(str(paths[0]), paths[0]),) and not is_missing


def sources_in(
    paths: Sequence[Path], suffixes: tuple[str, ...] = (".xml",), *, out: Path | None = None
) -> tuple[BatchSource, ...]:
    """Return the documents that a call names, in its order, folders by name; those of folders where
    they have one of these suffixes, and nothing from the folder of results.

    Each has a place of its own for its result: below one folder as it lies there, else as seen from
    the folder that holds them all. A second one for the same place cannot be read.
    Raises: OutsideError BATCH.NO_FILES, FILE.*.
    """
    results = None if out is None or is_file(out) else out.absolute()
    is_inside = results is not None and any(_root(path) in results.parents for path in paths)
    found = [
        source
        for source in expand(paths, suffixes=suffixes)
        if results is None or not (is_inside and source.path.absolute().is_relative_to(results))
    ]
    if not found:
        raise OutsideError("BATCH.NO_FILES", where=", ".join(map(str, paths)))
    if len(found) == 1 and found[0].fault is not None:
        raise OutsideError(found[0].fault, where=found[0].name)
    return tuple(_placed(found, _base(paths, found)))


def make_folder(out: Path, *, apart_from: Iterable[Path], sources: Sequence[BatchSource]) -> None:
    """Make the folder of results with those below it, of which no result is a document that is
    read.

    Raises: CallerError BATCH.OUT_NOT_FOLDER, BATCH.SAME_FOLDER, CLI.OUT_IS_INPUT; OutsideError
    FILE.NO_FOLDER, FILE.UNWRITABLE.
    """
    if out == console.STANDARD:
        raise CallerError("BATCH.OUT_NOT_FOLDER", where=str(out))
    try:
        out.mkdir(exist_ok=True)
        if any(is_folder(folder) and out.samefile(folder) for folder in apart_from):
            raise CallerError("BATCH.SAME_FOLDER", where=str(out))
        for folder in dict.fromkeys(out / held.place.parent for held in sources):
            folder.mkdir(parents=True, exist_ok=True)
        read = {_identity(held.source.path) for held in sources} - {None}
        results = (out / held.place for held in sources)
        # A link in the place of one result is refused with that one.
        replaced = next(
            (path for path in results if not path.is_symlink() and _identity(path) in read), None
        )
    except FileExistsError as error:
        raise CallerError("BATCH.OUT_NOT_FOLDER", where=str(out)) from error
    except FileNotFoundError as error:
        raise OutsideError("FILE.NO_FOLDER", where=str(out.parent)) from error
    except OSError as error:
        raise OutsideError("FILE.UNWRITABLE", where=str(out), detail=str(error.strerror)) from error
    if replaced is not None:
        raise CallerError("CLI.OUT_IS_INPUT", where=str(replaced))


def remove_parts(out: Path, sources: Sequence[BatchSource]) -> None:
    """Remove what a killed run left of these results; nobody else writes here now."""
    places = {held.place for held in sources}
    for folder in dict.fromkeys(place.parent for place in places):
        try:
            for entry in (out / folder).iterdir():
                part = _PART.fullmatch(entry.name)
                if part is not None and folder / part[1] in places:
                    entry.unlink(missing_ok=True)
        except OSError as error:
            raise OutsideError(
                "FILE.UNWRITABLE", where=str(out / folder), detail=str(error.strerror)
            ) from error


def _root(path: Path) -> Path:
    """Return the folder that is searched for a path, of a pattern what stands before it."""
    parts = path.absolute().parts
    fixed = list(takewhile(_PATTERN.isdisjoint, parts))
    return Path(*fixed)


def _base(paths: Sequence[Path], found: Sequence[Source]) -> Path:
    """Return the folder that results are placed by."""
    if len(paths) == 1 and is_folder(paths[0]):
        return paths[0].absolute()
    try:
        return Path(os.path.commonpath([source.path.absolute().parent for source in found]))
    except ValueError:
        # On several drives of Windows.
        return Path()


def _placed(found: Sequence[Source], base: Path) -> Iterator[BatchSource]:
    is_one_packet = len({source.path for source in found}) == 1
    taken = set[str]()
    for source in found:
        path = source.path.absolute()
        place = path.relative_to(base) if path.is_relative_to(base) else Path(path.name)
        if not source.is_file:
            inside = _harmless(source.member or f"{source.offset or 0}.xml")
            place = inside if is_one_packet else place / inside
        if str(place) in taken:
            yield BatchSource(replace(source, fault="BATCH.SAME_RESULT"), place)
            continue
        taken.add(str(place))
        yield BatchSource(source, place)


def _harmless(member: str) -> Path:
    """Return the path of a member that leads nowhere else, whatever the packet says."""
    parts = PurePosixPath(member.replace("\\", "/")).parts
    names = [part.replace(":", "_") for part in parts if part not in _NOT_A_NAME]
    return Path(*names or ["-"])


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
