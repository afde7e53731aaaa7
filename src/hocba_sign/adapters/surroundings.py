"""What this machine offers to signing and judging: file names, locks, fonts, versions, a right
clock.
"""

import secrets
import ssl
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from cryptography.hazmat.backends.openssl import backend

from hocba_sign.adapters.locks import exclusive
from hocba_sign.adapters.tsa import TimeStampClient
from hocba_sign.crypto.digests import SHA256, digest
from hocba_sign.errors import Finding, OutsideError
from hocba_sign.pki.timestamp.protocol import read_token
from hocba_sign.shipped import shipped
from hocba_sign.version import VERSION
from hocba_sign.xml.namespaces import SCHEMA_VERSION
from hocba_sign.xml.parse import libxml2_version

EXTRAS: Final[Mapping[str, tuple[str, str]]] = {
    "pdf": ("pyhanko", "PDF.EXTRA_MISSING"),
    "pkcs11": ("pkcs11", "TOKEN.EXTRA_MISSING"),
    "image": ("zxingcpp", "EXTRACT.EXTRA_MISSING"),
    "dask": ("distributed", "BULK.EXTRA_MISSING"),
}
"""By name: a module of each extra, and what is said where it is missing."""
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""Between this machine's clock and a time-stamp authority's; a claimed signing time is compared
with the time-stamp by the hour.
"""

PACKAGES: Final = (
    "asn1crypto",
    "cryptography",
    "lxml",
    "pyhanko-certvalidator",
    "urllib3",
    "xmlschema",
    "pyhanko",
    "pypdfium2",
    "segno",
    "typst",
    "python-pkcs11",
    "pillow",
    "zxing-cpp",
    "distributed",
)
"""What pyproject.toml asks for, with all extras."""
_FONT_HEADS: Final = (b"\0\1\0\0", b"OTTO", b"true")


def versions() -> dict[str, str]:
    """Return what runs here, by name; packages that are not installed are left out."""
    found = {
        "hocba-sign": VERSION,
        "format": SCHEMA_VERSION,
        "Python": sys.version.split()[0],
        "OpenSSL": backend.openssl_version_text().removeprefix("OpenSSL "),
        "ssl": ssl.OPENSSL_VERSION,
        "libxml2": libxml2_version(),
    }
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def missing_extras() -> dict[str, str]:
    """Return the extras that are not installed, with the cause that says so."""
    return {name: cause for name, (module, cause) in EXTRAS.items() if find_spec(module) is None}


def broken_fonts() -> tuple[str, ...]:
    """Return the names of the fonts of the printed form that are damaged, or what is missing."""
    folder = shipped("data", "fonts")
    try:
        fonts = [file for file in folder.iterdir() if file.name.endswith(".ttf")]
        broken = [font.name for font in fonts if font.read_bytes()[:4] not in _FONT_HEADS]
    except OSError as error:
        return (type(error).__name__,)
    return tuple(broken) if fonts else ("*.ttf",)


def folder_findings(folder: Path) -> Iterator[Finding]:
    """Try in a folder of its own, which is removed, what results and signing in place rest on:
    names as they are written, and locks that hold.

    Yields FILE.UNWRITABLE alone where nothing can be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".hocba-", dir=folder) as made:
            yield from _tried(Path(made))
    except OSError as error:
        yield Finding("FILE.UNWRITABLE", f"{folder}: {error.strerror}")


def _tried(folder: Path) -> Iterator[Finding]:
    (folder / "small").write_bytes(b"")
    if (folder / "SMALL").exists():
        yield Finding("DOCTOR.CASE")
    written = unicodedata.normalize("NFC", "Học bạ số")
    (folder / written).write_bytes(b"")
    if written not in {entry.name for entry in folder.iterdir()}:
        yield Finding("DOCTOR.NAMES")
    try:
        with exclusive(folder, cause="DOCTOR.LOCKS"), exclusive(folder, cause="DOCTOR.LOCKS"):
            yield Finding("DOCTOR.LOCKS")
    except OutsideError as error:
        if error.cause != "DOCTOR.LOCKS":
            yield Finding("DOCTOR.LOCKS", error.cause)


def clock_offset(authority: TimeStampClient) -> timedelta:
    """Return by how much this machine's clock is ahead of the authority's, less half the time that
    the answer took.

    Raises: OutsideError TSA.*; InputError TST.*.
    """
    before = datetime.now(UTC)
    token = authority.stamp(SHA256, digest(SHA256, secrets.token_bytes(32)))
    after = datetime.now(UTC)
    return before + (after - before) / 2 - read_token(token).gen_time
