"""The documents that a call names: files, folders, patterns that no shell expanded, lists, ZIP
packets and JSON Lines.

Nothing is read before it is asked for, so that a million documents take no more memory than one,
and what cannot be found is one document that cannot be read: the others are not lost.
"""

import base64
import binascii
import glob
import io
import json
import os
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from hocba_sign.adapters.files import is_file, is_folder, read_limited
from hocba_sign.errors import HocbaSignError, InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass

STANDARD: Final = "-"
MAX_LIST_OCTETS: Final = 4_000_000_000
"""Of a list or a file of JSON Lines, which is read line by line: all pupils of the country by
name."""
MAX_LINE: Final = 64 * 1024 * 1024
"""Octets of one line: the largest document that is read at all, in Base64, with room."""
MAX_MEMBERS: Final = 1_000_000
"""Files of one packet; a whole province sends fewer."""

_ZIP: Final = b"PK\x03\x04"
_OFFICE: Final = ("[content_types].xml", "mimetype", "meta-inf/", "_rels/")
"""How an entry begins that stands in office documents and programs, never in a packet."""
_DOCUMENTS: Final = (".xml", ".pdf")
_ENCRYPTED: Final = 0x1
_PATTERN: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Source:
    """One document to be read: a file, a member of a packet, or a line of a file of JSON Lines.

    `name` is what reports call it. `fault` says that there is nothing to read, and why.
    """

    name: str
    path: Path
    member: str | None = None
    offset: int | None = None
    fault: str | None = None

    def read(self, limit: int) -> bytes:
        """Return at most `limit` octets.

        Raises: as `read_limited`; OutsideError FILE.MEMBER for what cannot be taken out of a
        packet, FILE.LINE for a line that holds no document.
        """
        if self.fault is not None:
            raise OutsideError(self.fault, where=self.name)
        if self.member is not None:
            return _member(self, limit)
        if self.offset is not None:
            return _line_document(self, limit)
        if str(self.path) == STANDARD:
            octets = sys.stdin.buffer.read(limit + 1)
            if len(octets) > limit:
                raise InputError("FILE.TOO_LARGE", where=STANDARD)
            return octets
        try:
            return read_limited(self.path, limit)
        except (OutsideError, InputError) as error:
            # Told by its name, wherever and from whatever folder it is read.
            raise type(error)(error.cause, where=self.name, detail=error.detail) from error

    def head(self, size: int = 4096) -> bytes:
        """Return how it begins, as far as that can be read; nothing of standard input."""
        try:
            if self.is_file and self.fault is None and is_file(self.path):
                with self.path.open("rb") as file:
                    return file.read(size)
            if self.member is not None:
                packet = _packet(self.path, _stamp(self.path))
                with packet.open(self.member) as member:
                    return member.read(size)
            return b"" if self.offset is None else _line_document(self, MAX_LINE)[:size]
        except (OSError, KeyError, RuntimeError, ValueError, HocbaSignError, zipfile.BadZipFile):
            return b""

    @property
    def is_file(self) -> bool:
        """Return whether it is a file of its own, neither standard input nor part of another."""
        return self.member is None and self.offset is None and str(self.path) != STANDARD


def expand(
    paths: Iterable[Path], *, lists: Iterable[Path] = (), suffixes: Iterable[str] = ()
) -> Iterator[Source]:
    """Yield every document that `paths` and `lists` name, in their order, folders by name.

    Folders are searched to the bottom, without hidden files, and of files with `suffixes` alone
    where there are any; links to folders are not followed. A list names one path a line, or one
    JSON object with `file`. A file named `.jsonl` is such a list itself, and may hold documents.
    Raises: OutsideError FILE.* for a list that cannot be read.
    """
    wanted = tuple(suffix.lower() for suffix in suffixes)
    for path in paths:
        yield from _named(path, wanted)
    for path in lists:
        yield from _listed(path, wanted)


def _named(path: Path, suffixes: tuple[str, ...]) -> Iterator[Source]:
    text = str(path)
    if text == STANDARD:
        yield Source(STANDARD, path)
    elif is_folder(path):
        yield from _below(path, suffixes)
    elif path.suffix.lower() == ".jsonl" and is_file(path):
        yield from _listed(path, suffixes)
    elif not _PATTERN.isdisjoint(text) and not os.path.lexists(path):
        found = sorted(glob.iglob(text, recursive=True))  # noqa: PTH207 - a pattern may be absolute
        if not found:
            yield Source(text, path, fault="FILE.NOT_FOUND")
        for each in found:
            yield from _named(Path(each), suffixes)
    else:
        yield from _opened(path)


def _below(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Source]:
    """Yield what stands in a folder; one that is closed to this user is one document that cannot be
    read.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield Source(str(folder), folder, fault="FILE.UNREADABLE")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = Path(entry.path)
        if _is_own_folder(entry):
            yield from _below(path, suffixes)
        elif not suffixes or entry.name.lower().endswith((*suffixes, ".zip")):
            yield from _opened(path) if is_file(path) or not is_folder(path) else ()


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _opened(path: Path) -> Iterator[Source]:
    """Yield a file, or the documents of a packet."""
    members = _members(path) if _begins_as_zip(path) else ()
    if not members:
        yield Source(str(path), path)
    for member in members:
        yield Source(f"{path}/{member}", path, member=member)


def _begins_as_zip(path: Path) -> bool:
    if not is_file(path):
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP)) == _ZIP
    except OSError:
        return False


def _members(path: Path) -> tuple[str, ...]:
    """Name the files of a ZIP packet: one that holds XML or PDF and is no document or program
    itself.
    """
    try:
        infos = _packet(path, _stamp(path)).infolist()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return ()
    names = [info.filename for info in infos[:MAX_MEMBERS] if not info.is_dir()]
    lowered = [name.lower() for name in names]
    is_packet = any(name.endswith(_DOCUMENTS) for name in lowered) and not any(
        name.startswith(_OFFICE) for name in lowered
    )
    shown = (name for name in names if not name.rpartition("/")[2].startswith("."))
    return tuple(sorted(set(shown))) if is_packet else ()


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=4)
def _packet(path: Path, stamp: tuple[int, int]) -> zipfile.ZipFile:
    """Return an open packet: its table of contents is read once, and again when it has changed."""
    del stamp
    return zipfile.ZipFile(path)


def _member(source: Source, limit: int) -> bytes:
    try:
        packet = _packet(source.path, _stamp(source.path))
        info = packet.getinfo(source.member or "")
        if info.flag_bits & _ENCRYPTED:
            raise OutsideError("FILE.MEMBER", where=source.name, detail="encrypted")
        with packet.open(info) as file:
            octets = file.read(limit + 1)
    except (OSError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise OutsideError("FILE.MEMBER", where=source.name, detail=type(error).__name__) from error
    except (NotImplementedError, RuntimeError, ValueError) as error:
        # A method of compression that this Python does not know, or none at all.
        raise OutsideError("FILE.MEMBER", where=source.name, detail=type(error).__name__) from error
    if len(octets) > limit:
        raise InputError("FILE.TOO_LARGE", where=source.name, detail=f"more than {limit} octets")
    return octets


def _listed(path: Path, suffixes: tuple[str, ...]) -> Iterator[Source]:
    """Yield what the lines of a list name; a line with a document is one itself."""
    try:
        with (
            io.BytesIO(sys.stdin.buffer.read())
            if str(path) == STANDARD
            else path.open("rb") as file
        ):
            offset = 0
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), 1):
                yield from _line(path, number, line, offset=offset, suffixes=suffixes)
                offset += len(line)
    except OSError as error:
        cause = "FILE.NOT_FOUND" if isinstance(error, FileNotFoundError) else "FILE.UNREADABLE"
        raise OutsideError(cause, where=str(path)) from error


def _line(
    path: Path, number: int, line: bytes, *, offset: int, suffixes: tuple[str, ...]
) -> Iterator[Source]:
    text = line.decode("utf-8-sig", "surrogateescape").strip("\r\n\t ")
    if not text:
        return
    place = f"{path}:{number}"
    if not text.startswith("{"):
        yield from _named(Path(text.replace("\0", "")), suffixes)
        return
    entry = _object(line)
    name = entry.get("file")
    if isinstance(entry.get("document"), str):
        yield Source(name if isinstance(name, str) else place, path, offset=offset)
    elif isinstance(name, str) and name and "\0" not in name:
        yield from _named(Path(name), suffixes)
    elif "summary" not in entry:  # the last line of what `hocba sign FOLDER --json` prints
        yield Source(place, path, fault="FILE.LINE")


def _object(line: bytes) -> dict[str, object]:
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _line_document(source: Source, limit: int) -> bytes:
    """Return the document of a line: XML as it is, anything in Base64."""
    try:
        with source.path.open("rb") as file:
            file.seek(source.offset or 0)
            document = _object(file.readline(MAX_LINE)).get("document")
        text = document if isinstance(document, str) else ""
        is_xml = text.lstrip("\ufeff \t\r\n").startswith("<")
        octets = text.encode() if is_xml else base64.b64decode(text, validate=True)
    except (OSError, UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise OutsideError("FILE.LINE", where=source.name) from error
    if len(octets) > limit:
        raise InputError("FILE.TOO_LARGE", where=source.name, detail=f"more than {limit} octets")
    return octets
