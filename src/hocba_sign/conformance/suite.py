"""The vectors, from a folder or an archive, copied to where a program under test cannot see what
is expected of it.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass

KNOWN_SUITE: Final = 1
"""Major version of the suite: how cases are written and compared."""
KNOWN_FORMAT: Final = 1
"""Major version of the format of transcripts."""
INTERFACE: Final = 1
"""What a program is asked and answers."""

_LISTING: Final = "suite.json"
_MANIFEST: Final = "MANIFEST.sha256"
_CASE: Final = "case.json"
_SHARED: Final = "_world"
"""The folder with what many cases name."""
_LARGEST: Final = 500_000_000
"""Octets of all files of a suite together."""


@dataclass(frozen=True, slots=True)
class Case:
    """A vector: `folder` is where its files lie, `facts` its case.json."""

    identifier: str
    folder: Path
    facts: dict[str, Any]

    @property
    def area(self) -> str:
        return self.identifier.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Suite:
    """`version` is the suite's, `format_version` that of the transcripts in it."""

    version: str
    format_version: str
    cases: tuple[Case, ...]


def open_suite(source: Path, place: Path, *, areas: Iterable[str] = ()) -> Suite:
    """Return the suite at `source` with the cases of these areas or with these names, all if none
    is named; their files are copied to `place` without what is expected.

    Raise InputError for a suite that is none, that this runner does not know, or whose files are
    not those that its manifest names.
    """
    files = _read(source)
    listing = _json(files, _LISTING)
    versions = tuple(str(listing.get(name, "")) for name in ("version", "format", "interface"))
    known = (str(KNOWN_SUITE), str(KNOWN_FORMAT), str(INTERFACE))
    if tuple(version.partition(".")[0] for version in versions) != known:
        raise InputError("CONFORMANCE.UNKNOWN_SUITE", where=str(source), detail=" ".join(versions))
    _refuse_changed(files, source)
    cases = tuple(_cases(files, place))
    if len(cases) != listing.get("cases"):
        raise InputError("CONFORMANCE.CHANGED", where=_LISTING)
    chosen = _within(cases, areas)
    folders = {case.identifier for case in chosen}
    for name, octets in files.items():
        path = PurePosixPath(name)
        inner = "/".join(path.parts[:2])
        if path.name != _CASE and (path.parts[0] == _SHARED or inner in folders):
            copied = place / path
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(octets)
    return Suite(version=versions[0], format_version=versions[1], cases=chosen)


def _within(cases: tuple[Case, ...], areas: Iterable[str]) -> tuple[Case, ...]:
    wanted = frozenset(areas)
    known = {case.area for case in cases} | {case.identifier for case in cases}
    if strangers := sorted(wanted - known):
        raise InputError("CONFORMANCE.NO_AREA", where=", ".join(strangers))
    return tuple(
        case for case in cases if not wanted or case.area in wanted or case.identifier in wanted
    )


def _read(source: Path) -> dict[str, bytes]:
    """Return the files by their path below the suite; an archive may hold it in one folder."""
    try:
        files = dict(_unpacked(source) if source.is_file() else _found(source))
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError("CONFORMANCE.NO_SUITE", where=str(source)) from error
    tops = {name.partition("/")[0] for name in files}
    if _LISTING not in files and len(tops) == 1:
        top = tops.pop()
        files = {name.removeprefix(f"{top}/"): octets for name, octets in files.items()}
    if _LISTING not in files or _MANIFEST not in files:
        raise InputError("CONFORMANCE.NO_SUITE", where=str(source))
    return files


def _found(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _unpacked(archive: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as opened:
        members = [member for member in opened.infolist() if not member.is_dir()]
        if sum(member.file_size for member in members) > _LARGEST:
            raise ValueError(archive)
        for member in members:
            path = PurePosixPath(member.filename)
            if path.is_absolute() or ".." in path.parts or ":" in member.filename:
                raise ValueError(archive)
            yield path.as_posix(), opened.read(member)


def _json(files: dict[str, bytes], name: str) -> dict[str, Any]:
    try:
        value = json.loads(files[name])
    except (ValueError, RecursionError) as error:
        raise InputError("CONFORMANCE.NO_SUITE", where=name) from error
    if not isinstance(value, dict):
        raise InputError("CONFORMANCE.NO_SUITE", where=name)
    return value


def _refuse_changed(files: dict[str, bytes], source: Path) -> None:
    lines = files[_MANIFEST].decode("utf-8", "replace").splitlines()
    frozen = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    changed = [
        name
        for name, digest in frozen.items()
        if name not in files or hashlib.sha256(files[name]).hexdigest() != digest
    ]
    strangers = [name for name in files if name.count("/") > 1 and name not in frozen]
    if changed or strangers or _LISTING not in frozen:
        raise InputError("CONFORMANCE.CHANGED", where=(*changed, *strangers, str(source))[0])


def _cases(files: dict[str, bytes], place: Path) -> Iterator[Case]:
    for name in sorted(files):
        path = PurePosixPath(name)
        if path.name == _CASE:
            facts = _json(files, name)
            inputs, expected = facts.get("inputs"), facts.get("expect")
            if not (
                isinstance(inputs, dict)
                and isinstance(expected, dict)
                and isinstance(facts.get("command"), str)
                and isinstance(facts.get("arguments"), list)
            ):
                raise InputError("CONFORMANCE.NO_SUITE", where=name)
            yield Case(path.parent.as_posix(), place / path.parent, facts)
