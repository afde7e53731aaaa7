"""Evidence from files and folders: everything in them is read, however it is written, and what is
not read is named.

The rule, for people: docs/explanation/evidence.md.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import field
from pathlib import Path
from typing import Final

from hocba_sign.adapters.files import is_folder, read_limited
from hocba_sign.errors import InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.kinds import ObjectKind, wrong_kind
from hocba_sign.pki.loading.objects import LossMark, Objects, Part, read_objects
from hocba_sign.pki.revocation.evidence import GIVEN, Evidence, Unread
from hocba_sign.pki.revocation.readable import MAX_CRL_OCTETS

MAX_FOLDER_FILES: Final = 10_000
"""A folder of anchors or lists has some hundred files; beyond this somebody named the wrong
folder.
"""

_STATEMENTS: Final = frozenset({ObjectKind.CRL, ObjectKind.OCSP})
_STATEMENT_SUFFIXES: Final = frozenset({".crl", ".arl", ".ocsp", ".ors"})
"""Files that are called so are taken for lists and answers even where nothing in them tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What files hold; `unread` is what does not belong to it or could not be read."""

    certificates: tuple[Certificate, ...] = ()
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)
    unread: tuple[Unread, ...] = ()

    def evidence(self) -> Evidence:
        """Return all of it as evidence that the caller hands over."""
        held = Evidence.of(
            certificates=self.certificates, crls=self.crls, ocsps=self.ocsps, source=GIVEN
        )
        return held.merged(Evidence(unread=self.unread))


def gather(paths: Iterable[Path], wanted: ObjectKind) -> Gathered:
    """Read the files, and every file of the folders, that are named to hold objects of the `wanted`
    kind; others in them are read too.

    A folder is not searched deeper. Raises: OutsideError as `read_limited`, FILE.IS_* or
    FILE.UNUSABLE for a file named that holds nothing of the kind, FILE.NOTHING_USABLE for a folder
    without any, FILE.TOO_MANY.
    """
    found: list[Objects] = []
    unread: list[Unread] = []
    for path in paths:
        if not is_folder(path):
            objects = _read_named(path, wanted)
            found.append(objects)
            unread += _unread_parts(path, objects, wanted)
            continue
        before = len(found)
        for entry in entries(path):
            try:
                objects = read_objects(read_limited(entry, MAX_CRL_OCTETS))
            except (InputError, OutsideError) as error:
                is_below = error.cause == "FILE.FOLDER"
                unread.append(
                    Unread(
                        error.cause,
                        str(entry),
                        not is_below and _is_suspected(entry, LossMark.NOTHING, wanted),
                    )
                )
                continue
            found.append(objects)
            unread += _unread_parts(entry, objects, wanted)
        if not any(_held(objects, wanted) for objects in found[before:]):
            raise OutsideError("FILE.NOTHING_USABLE", where=str(path))
    return Gathered(
        certificates=tuple(
            certificate for objects in found for certificate in objects.certificates
        ),
        crls=tuple(crl for objects in found for crl in objects.crls),
        ocsps=tuple(ocsp for objects in found for ocsp in objects.ocsps),
        unread=tuple(unread),
    )


def collect_evidence(
    *, certificates: Iterable[Path] = (), crls: Iterable[Path] = (), ocsps: Iterable[Path] = ()
) -> Evidence:
    """Read everything in files and folders as evidence, with what was not read.

    Raises: as `gather`.
    """
    named = (
        (certificates, ObjectKind.CERTIFICATE),
        (crls, ObjectKind.CRL),
        (ocsps, ObjectKind.OCSP),
    )
    return Evidence().merged(*(gather(paths, wanted).evidence() for paths, wanted in named))


def collect_certificates(paths: Iterable[Path]) -> tuple[Certificate, ...]:
    """Read all certificates of files and folders. Raises: as `gather`."""
    return gather(paths, ObjectKind.CERTIFICATE).certificates


def collect_crls(paths: Iterable[Path]) -> tuple[bytes, ...]:
    """Read all CRLs of files and folders as DER.

    Raises: as `gather`; OutsideError with the cause of what was not read and could be another list.
    """
    return _complete(gather(paths, ObjectKind.CRL)).crls


def collect_ocsps(paths: Iterable[Path]) -> tuple[bytes, ...]:
    """Read all OCSP responses of files and folders as DER. Raises: as `collect_crls`."""
    return _complete(gather(paths, ObjectKind.OCSP)).ocsps


def _complete(found: Gathered) -> Gathered:
    lost = next((item for item in found.unread if item.matters), None)
    if lost is not None:
        raise OutsideError(lost.cause, where=lost.where)
    return found


def entries(folder: Path) -> Iterator[Path]:
    """Yield everything that stands in a folder, by name, hidden files too.

    Raises: OutsideError FILE.UNREADABLE, FILE.TOO_MANY.
    """
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise OutsideError(
            "FILE.UNREADABLE", where=str(folder), detail=str(error.strerror)
        ) from error
    if len(found) > MAX_FOLDER_FILES:
        raise OutsideError("FILE.TOO_MANY", where=str(folder))
    yield from (Path(entry.path) for entry in found)


def _read_named(path: Path, wanted: ObjectKind) -> Objects:
    try:
        objects = read_objects(read_limited(path, MAX_CRL_OCTETS))
    except InputError as error:
        raise OutsideError("FILE.UNUSABLE", where=str(path), detail=error.cause) from error
    if not _held(objects, wanted):
        kinds = (
            kind for kind in objects.kinds if kind not in {ObjectKind.DOCUMENT, ObjectKind.PICTURE}
        )
        cause = wrong_kind(kinds, default="FILE.UNUSABLE")
        raise OutsideError(
            cause, where=str(path), detail=", ".join(part.cause for part in objects.unread[:3])
        )
    return objects


def _held(objects: Objects, wanted: ObjectKind) -> bool:
    return bool(
        {
            ObjectKind.CERTIFICATE: objects.certificates,
            ObjectKind.CRL: objects.crls,
            ObjectKind.OCSP: objects.ocsps,
        }[wanted]
    )


def _unread_parts(path: Path, objects: Objects, wanted: ObjectKind) -> Iterator[Unread]:
    for part in objects.unread:
        where = f"{path}: {part.where}" if part.where else str(path)
        # A refusal was read in whole, and says nothing, whatever its file is called.
        is_refusal = part.cause == "REVOCATION.OCSP_UNSUCCESSFUL"
        yield Unread(part.cause, where, not is_refusal and _is_suspected(path, part.mark, wanted))
    if not objects and not objects.unread:
        is_closed = ObjectKind.SYSTEM in objects.others
        part = Part(wrong_kind(objects.others, default="FILE.UNUSABLE"), "", LossMark.OTHER)
        yield Unread(
            part.cause, str(path), not is_closed and _is_suspected(path, part.mark, wanted)
        )


def _is_suspected(path: Path, mark: LossMark, wanted: ObjectKind) -> bool:
    """Return whether what was not read may be a statement on revocation: by its shape, its name, or
    because it was given as one.
    """
    is_given = mark is LossMark.NOTHING and wanted in _STATEMENTS
    return mark is LossMark.STATEMENT or is_given or path.suffix.lower() in _STATEMENT_SUFFIXES
