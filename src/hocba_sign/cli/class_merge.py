"""`hocba merge` of folders: copies of a whole class come together, each transcript for itself."""

import argparse
import hashlib
from functools import partial
from pathlib import Path

from hocba_sign.adapters.files import is_file, read_limited, write_atomically
from hocba_sign.adapters.locks import exclusive_file
from hocba_sign.cli.batch_run import BatchItem, BatchKind, Result, run_each, summarise, tell_each
from hocba_sign.cli.folders import BatchSource, make_folder, sources_in
from hocba_sign.errors import CallerError, InputError
from hocba_sign.operations.extension import signatures_of
from hocba_sign.operations.signing import merge
from hocba_sign.xml.limits import MAX_BYTES

_KIND = BatchKind(Result.MERGED, "ITEM")


def merge_folders(given: argparse.Namespace) -> int:
    """Put the signatures of the files in the other folders into those in the same place of the
    first; results go into the folder `--out`, where signatures that are there stay.

    Exit codes as of `sign_folder`. Raises: as `sources_in` and `make_folder`.
    """
    sources = sources_in((given.file,), out=given.out)
    make_folder(given.out, apart_from=(given.file, *given.copies), sources=sources)
    items = run_each(
        sources,
        partial(_merged, given),
        place=lambda held: (held.path, given.out / held.place),
    )
    return summarise(given, tell_each(items, given, kind=_KIND), kind=_KIND)


def _merged(given: argparse.Namespace, held: BatchSource) -> BatchItem:
    out = given.out / held.place
    if out.is_symlink():
        raise CallerError("BATCH.OTHER_RESULT", where=str(out))
    octets = held.read()
    with exclusive_file(out):
        present = read_limited(out, MAX_BYTES) if out.exists() else None
        if present is not None and present != octets and not signatures_of(present):
            raise CallerError("BATCH.OTHER_RESULT", where=str(out))
        copies = [path for folder in given.copies if is_file(path := folder / held.place)]
        for path in copies if present is None else (*copies, out):
            octets = _with_copy(octets, path)
        if octets == present:
            result = Result.ALREADY
        else:
            result = Result.MERGED
            write_atomically(out, octets)
    return BatchItem(
        source=held.path,
        out=out,
        result=result,
        slots=tuple(
            signature.slot for signature in signatures_of(octets) if signature.slot is not None
        ),
        sha256=hashlib.sha256(octets).hexdigest(),
    )


def _with_copy(octets: bytes, path: Path) -> bytes:
    """Merge one copy, and name it in whatever is wrong with it."""
    try:
        return merge(octets, [read_limited(path, MAX_BYTES)])
    except (CallerError, InputError) as error:
        where = f"{path}: {error.where}" if error.where else str(path)
        raise type(error)(error.cause, where=where, detail=error.detail) from error
