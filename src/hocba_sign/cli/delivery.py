"""Results out of commands: a file, or standard output for `-`; a result never costs a signature
that is there already.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from hocba_sign.adapters.files import is_file, read_limited, write_atomically
from hocba_sign.adapters.locks import exclusive_file
from hocba_sign.cli import console
from hocba_sign.errors import CallerError, HocbaSignError, OutsideError
from hocba_sign.xml.limits import MAX_BYTES


@contextmanager
def holding(path: Path) -> Iterator[None]:
    """Keep other runs of this program from writing the file, from reading what it is made of until
    it is written.

    Raises: as `exclusive_file`.
    """
    if path == console.STANDARD:
        yield
        return
    with exclusive_file(path):
        yield


def deliver(path: Path, octets: bytes, *, sentence: str) -> None:
    """Write the result and say so; when the result itself goes to standard output the sentence goes
    to standard error.
    """
    if path == console.STANDARD:
        console.result_octets(octets)
        console.note(sentence)
        return
    write_atomically(path, octets)
    console.result(sentence)


def deliver_signed(
    path: Path, octets: bytes, *, sentence: str, made_of: bytes | None = None
) -> None:
    """Deliver what was signed, of which nothing may be lost; whoever calls holds the file.

    `made_of`: the octets of the same file, where it grows in place.
    Raises: CallerError CLI.OUT_LOSES_SIGNATURES, OutsideError FILE.CHANGED; as `write_atomically`.
    """
    if is_file(path):
        _require_kept(path, octets, made_of=made_of)
    deliver(path, octets, sentence=sentence)


def is_in_place(source: Path, out: Path) -> bool:
    """Return whether both name one file."""
    try:
        return console.STANDARD not in {source, out} and source.samefile(out)
    except OSError:
        return False


def _require_kept(path: Path, octets: bytes, *, made_of: bytes | None) -> None:
    present = read_limited(path, MAX_BYTES) if path.stat().st_size <= MAX_BYTES else b""
    if made_of is not None:
        if present != made_of:
            raise OutsideError("FILE.CHANGED", where=str(path))
        return
    lost = _signed(present) - _signed(octets)
    if lost:
        raise CallerError("CLI.OUT_LOSES_SIGNATURES", where=f"{path}: {', '.join(sorted(lost))}")


def _signed(octets: bytes) -> frozenset[str]:
    """Return the places that are signed in a document; a file of another kind has none.

    What reads them is loaded when there is something to read.
    """
    signatures_of = import_module("hocba_sign.operations.extension").signatures_of
    try:
        return frozenset(
            str(signature.slot or signature.where) for signature in signatures_of(octets)
        )
    except HocbaSignError:
        return frozenset()
