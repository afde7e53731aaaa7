"""No output of a command replaces what it reads, or what is kept on this machine; only signing and
extending may be in place.
"""

import argparse
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from hocba_sign.adapters.files import is_folder
from hocba_sign.adapters.home import home
from hocba_sign.adapters.inputs import Source
from hocba_sign.cli import console
from hocba_sign.cli.options import OUTPUTS
from hocba_sign.errors import CallerError

IN_PLACE: Final = frozenset({"sign", "extend"})
"""Commands whose `-o` may name the document itself, which grows."""

_MAX_ENTRIES: Final = 100_000
"""Of a folder that is read, at any depth: beyond any limit for folders of its own."""


def refuse_replacing(given: argparse.Namespace) -> None:
    """Compare what a command writes with what it reads, as files: by link, by other spelling, in a
    folder.

    Raises: CallerError CLI.OUT_IS_INPUT.
    """
    if given.command == "sign" and is_folder(given.file):
        # Results of a folder go into another, where nothing that is there already is written.
        return
    written = _written(given)
    read = [
        path for name, value in vars(given).items() if name not in OUTPUTS for path in _paths(value)
    ]
    for path in written:
        known = _identity(path)
        if known is None or is_folder(path):
            continue
        own = _identity(given.file) if given.command in IN_PLACE else None
        if known != own and any(known == _identity(file) for file in _files((*read, *_kept()))):
            raise CallerError("CLI.OUT_IS_INPUT", where=str(path))


def refuse_replacing_sources(given: argparse.Namespace, sources: Iterable[Source]) -> None:
    """Compare what is written with every document that the call names, wherever a folder, a
    pattern, a list or a packet has it.

    Raises: CallerError CLI.OUT_IS_INPUT.
    """
    written = {_identity(path): path for path in _written(given) if not is_folder(path)}
    if given.html is not None:
        pages = pages_folder(given.html)
        written |= {_identity(file): file for file in _files((pages,)) if file != pages}
    written.pop(None, None)
    for source in sources if written else ():
        replaced = written.get(_identity(source.path))
        if replaced is not None:
            raise CallerError("CLI.OUT_IS_INPUT", where=str(replaced))


def pages_folder(html: Path) -> Path:
    """Return where the pages of single files stand beside the page of all."""
    return html.with_name(f"{html.stem}-files")


def _written(given: argparse.Namespace) -> list[Path]:
    return [
        path
        for path in (getattr(given, name, None) for name in OUTPUTS)
        if isinstance(path, Path) and path != console.STANDARD
    ]


def _paths(value: object) -> Iterator[Path]:
    if isinstance(value, Path):
        yield value
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _paths(member)


def _kept() -> Iterator[Path]:
    """Yield the folders that hold imported certificates, own anchors and the cache."""
    try:
        folder = home(os.environ)
        yield from (folder / "certificates", folder / "anchors", folder / "cache")
    except CallerError:
        return


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        yield path
        try:
            if is_folder(path):
                yield from islice(path.rglob("*"), _MAX_ENTRIES)
        except OSError:
            continue


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what is equal for all names of one file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
