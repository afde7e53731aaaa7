"""What `--registry`, `--events` and `--status-list` name, and the other years among the files of
one call.
"""

import argparse
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from hocba_sign.adapters.evidence_files import entries
from hocba_sign.adapters.files import is_folder, read_limited
from hocba_sign.adapters.inputs import STANDARD, expand
from hocba_sign.errors import InputError, OutsideError
from hocba_sign.operations.verifier import Verifier
from hocba_sign.validation.document.records import Named, Sources, may_be_record
from hocba_sign.xml.limits import MAX_BYTES

MAX_YEARS: Final = 50
"""Files of one call that are compared as years of a pupil, which reads them twice; more are a
batch, each judged on its own.
"""


def with_knowledge(given: argparse.Namespace, verifier: Verifier, *, at: datetime) -> Verifier:
    """Add to the verifier what the options name; what the certificates of that point at is fetched
    unless `--offline`.

    Raises: OutsideError FILE.*; InputError for a registry or status list that is unreadable or not
    VALID.
    """
    events, unread = _found(given.events)
    sources = Sources(
        registries=named(given.registry),
        events=events if given.events else None,
        lists=named(given.status_list),
        years=_others(given),
        unread=unread,
    )
    if sources == Sources():
        return verifier
    return verifier.with_records(sources, at=at)


def named(paths: Iterable[Path]) -> tuple[Named, ...]:
    """Read files, and those files of folders that may be records.

    Raises: OutsideError FILE.*, InputError FILE.TOO_LARGE.
    """
    found, unread = _found(paths)
    if unread:
        raise OutsideError("FILE.UNREADABLE", where=unread[0])
    return found


def _found(paths: Iterable[Path]) -> tuple[tuple[Named, ...], tuple[str, ...]]:
    """Read files, and by their content those files of folders that may be records; name what in a
    folder cannot be opened.

    A folder is not searched deeper. Raises: OutsideError FILE.*, InputError FILE.TOO_LARGE for a
    file that is named itself.
    """
    found: list[Named] = []
    unread: list[str] = []
    for given in paths:
        if not is_folder(given):
            found.append((str(given), read_limited(given, MAX_BYTES)))
            continue
        for path in entries(given):
            try:
                octets = read_limited(path, MAX_BYTES)
            except (InputError, OutsideError) as error:
                unread += () if error.cause == "FILE.FOLDER" else (f"{path} ({error.cause})",)
                continue
            if may_be_record(octets):
                found.append((str(path), octets))
    return tuple(found), tuple(unread)


def _others(given: argparse.Namespace) -> tuple[bytes, ...] | None:
    """Read the documents of the call once more than they are judged, where they are few; what
    cannot be read is told when it is judged.
    """
    named = expand(given.files, lists=getattr(given, "list", ()))
    sources = tuple(islice(named, MAX_YEARS + 1))
    if not 1 < len(sources) <= MAX_YEARS:
        return None
    found: list[bytes] = []
    for source in sources:
        if str(source.path) != STANDARD:
            with suppress(OutsideError, InputError):
                found.append(source.read(MAX_BYTES))
    return tuple(found)
