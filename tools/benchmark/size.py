"""What an installation without extras brings to a machine: distributions and octets on disk."""

import re
from importlib import metadata
from pathlib import Path
from typing import Final

from tools.benchmark.rows import Row

PROJECT: Final = "hocba-sign"
UNAVOIDABLE: Final = ("cryptography", "lxml")
"""Every program that signs XML in Python needs these two."""
_NAME: Final = re.compile(r"[\w.-]+")


def installed_with(*roots: str) -> tuple[str, ...]:
    """Return the distributions that come with `roots` when no extra is asked for, them included;
    one that is not installed here, as for another system, is left out.
    """
    found: dict[str, None] = {}
    open_names = list(roots)
    while open_names:
        name = open_names.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            wanted = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found[key] = None
        for one in wanted:
            requirement, _, marker = one.partition(";")
            if "extra" not in marker and (match := _NAME.match(requirement)):
                open_names.append(match[0])
    return tuple(sorted(found))


def octets_of(names: tuple[str, ...]) -> int:
    """Return the octets of all files of distributions, without compiled modules."""
    files = [file for name in names for file in metadata.files(name) or [] if file.suffix != ".pyc"]
    paths = [Path(str(file.locate())) for file in files]
    return sum(path.stat().st_size for path in paths if path.is_file())


def size_row() -> Row:
    """Compare what comes with this library with what no library of its kind can do without.

    The library itself is left out: it may be installed from its source folder.
    """
    brought = tuple(name for name in installed_with(PROJECT) if name != PROJECT)
    value, reference = (octets_of(names) / 1e6 for names in (brought, installed_with(*UNAVOIDABLE)))
    return Row(
        name=f"installed, no extra, {len(brought)} packages / lxml and cryptography alone",
        unit="MB",
        value=value,
        reference=reference,
        target=None,
        goal="",
        rounds=((value, reference),),
    )
