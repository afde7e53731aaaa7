"""Files in and out: sizes are checked before anything is read, results appear whole or not at all."""

import hashlib
import os
import stat
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from hocba_sign.errors import InputError, OutsideError
from hocba_sign.pki.certificate import MAX_FILE_OCTETS, Certificate, load_certificates
from hocba_sign.pki.evidence import MAX_CRL_OCTETS, MAX_OCSP_OCTETS, load_crl, load_ocsp

MAX_FOLDER_FILES: Final = 10_000
"""A folder of anchors or lists has some hundred files; beyond this somebody named the wrong folder."""
MAX_HASHED_OCTETS: Final = 256 * 1024 * 1024
"""A file larger than this is refused without being read at all."""

_PIECE: Final = 1 << 20
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_FOR_ALL: Final = 0o666
_Found = TypeVar("_Found")


def read_limited(path: Path, limit: int) -> bytes:
    """Read a regular file of at most `limit` octets.

    Raises: OutsideError FILE.NOT_FOUND, FILE.FOLDER, FILE.NOT_REGULAR (a device, a pipe), FILE.UNREADABLE; InputError FILE.TOO_LARGE
    without having read the file.
    """
    try:
        with _open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            octets = b"" if size > limit else file.read(limit + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if size > limit or len(octets) > limit:
        raise InputError("FILE.TOO_LARGE", where=str(path), detail=f"more than {limit} octets")
    return octets


def sha256_of(path: Path) -> str | None:
    """Give the SHA-256 of a file piece by piece, in lower-case hexadecimal; None beyond `MAX_HASHED_OCTETS`. Raises: as `read_limited`."""
    hashed = hashlib.sha256()
    try:
        with _open_regular(path) as file:
            if os.fstat(file.fileno()).st_size > MAX_HASHED_OCTETS:
                return None
            while piece := file.read(_PIECE):
                hashed.update(piece)
    except OSError as error:
        raise _unreadable(path, error) from error
    return hashed.hexdigest()


def write_atomically(path: Path, octets: bytes) -> None:
    """Write a file so that there is never a half of it: the old file stays until the new one is complete on the disk.

    A link is followed. Raises: OutsideError FILE.FOLDER, FILE.NOT_REGULAR, FILE.NO_FOLDER, FILE.UNWRITABLE.
    """
    goal = path.resolve()
    mode = _mode(goal)
    part = goal.with_name(f".{goal.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        descriptor = os.open(part, _NEW, _FOR_ALL if mode is None else mode)
    except FileNotFoundError as error:
        raise OutsideError("FILE.NO_FOLDER", where=str(path.parent)) from error
    except OSError as error:
        raise OutsideError("FILE.UNWRITABLE", where=str(path), detail=str(error.strerror)) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            part.chmod(mode)
        part.replace(goal)
    except OSError as error:
        raise OutsideError("FILE.UNWRITABLE", where=str(path), detail=str(error.strerror)) from error
    finally:
        part.unlink(missing_ok=True)


def collect_certificates(paths: Iterable[Path]) -> tuple[Certificate, ...]:
    """Read all certificates of files and folders: PEM, DER, PKCS#7. Raises: as `collect`."""
    return tuple(certificate for found in collect(paths, load_certificates, limit=MAX_FILE_OCTETS) for certificate in found)


def collect_crls(paths: Iterable[Path]) -> tuple[bytes, ...]:
    """Read all CRLs of files and folders, PEM or DER, as DER. Raises: as `collect`."""
    return collect(paths, load_crl, limit=MAX_CRL_OCTETS)


def collect_ocsps(paths: Iterable[Path]) -> tuple[bytes, ...]:
    """Read all OCSP responses of files and folders, as DER. Raises: as `collect`."""
    return collect(paths, load_ocsp, limit=MAX_OCSP_OCTETS)


def collect(paths: Iterable[Path], load: Callable[[bytes], _Found], *, limit: int) -> tuple[_Found, ...]:
    """Read every file named, and of every folder named the files that `load` can read; a folder is not searched deeper.

    Raises: OutsideError as `read_limited`, FILE.UNUSABLE for a file that is not of this kind, FILE.NOTHING_USABLE for a folder without
    any, FILE.TOO_MANY.
    """
    found: list[_Found] = []
    for path in paths:
        if path.is_dir():
            found.extend(_from_folder(path, load, limit))
            continue
        try:
            found.append(load(read_limited(path, limit)))
        except InputError as error:
            raise OutsideError("FILE.UNUSABLE", where=str(path), detail=str(error)) from error
    return tuple(found)


def _from_folder(folder: Path, load: Callable[[bytes], _Found], limit: int) -> list[_Found]:
    try:
        files = sorted(entry for entry in folder.iterdir() if entry.is_file() and not entry.name.startswith("."))
    except OSError as error:
        raise _unreadable(folder, error) from error
    if len(files) > MAX_FOLDER_FILES:
        raise OutsideError("FILE.TOO_MANY", where=str(folder))
    found: list[_Found] = []
    for file in files:
        try:
            found.append(load(read_limited(file, limit)))
        except InputError:
            continue
    if not found:
        raise OutsideError("FILE.NOTHING_USABLE", where=str(folder))
    return found


def _open_regular(path: Path) -> BinaryIO:
    """Open without waiting for whoever writes into a pipe. Raises: OSError; OutsideError FILE.FOLDER, FILE.NOT_REGULAR."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    kind = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(kind):
        os.close(descriptor)
        raise OutsideError("FILE.FOLDER" if stat.S_ISDIR(kind) else "FILE.NOT_REGULAR", where=str(path))
    return os.fdopen(descriptor, "rb")


def _mode(goal: Path) -> int | None:
    """Give the permissions of the file that is to be replaced; None for a new one, to which the system applies what this user set."""
    try:
        kind = goal.stat().st_mode
    except OSError:
        return None
    if not stat.S_ISREG(kind):
        raise OutsideError("FILE.FOLDER" if stat.S_ISDIR(kind) else "FILE.NOT_REGULAR", where=str(goal))
    return stat.S_IMODE(kind)


def _unreadable(path: Path, error: OSError) -> OutsideError:
    if isinstance(error, FileNotFoundError):
        return OutsideError("FILE.NOT_FOUND", where=str(path))
    if isinstance(error, IsADirectoryError) or path.is_dir():
        return OutsideError("FILE.FOLDER", where=str(path))
    return OutsideError("FILE.UNREADABLE", where=str(path), detail=str(error.strerror))
