"""Check the archives in a folder: the wheel holds the package with its data, schemas and examples
and nothing else, and what is in a clone's folder beside what is committed is in none of them.
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "hocba_sign"
LINKED = {"hocba_sign/schemas": ROOT / "schemas", "hocba_sign/data/examples": ROOT / "examples"}
"""Folders that the package holds as links: the archives must hold their files."""


def linked_names() -> set[str]:
    return {
        f"{place}/{path.relative_to(folder).as_posix()}"
        for place, folder in LINKED.items()
        for path in folder.rglob("*")
        if path.is_file()
    }


def expected_names() -> set[str]:
    """Name what the wheel must hold besides its metadata."""
    own = {
        f"hocba_sign/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.relative_to(PACKAGE).parts
    }
    return {
        name for name in own if not name.startswith(tuple(f"{place}/" for place in LINKED))
    } | linked_names()


def faults_of_wheel(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as wheel:
        listed = [name for name in wheel.namelist() if ".dist-info/" not in name]
        empty_schemas = [
            name
            for name in listed
            if name.endswith(".xsd") and not wheel.read(name).lstrip().startswith(b"<")
        ]
    names, wanted = set(listed), expected_names()
    return [
        *(f"missing: {name}" for name in sorted(wanted - names)),
        *(f"unexpected: {name}" for name in sorted(names - wanted)),
        *(f"no schema: {name}" for name in empty_schemas),
        *(["a name stands twice"] if len(listed) != len(names) else []),
    ]


def faults_of_sdist(archive: Path) -> list[str]:
    with tarfile.open(archive) as sdist:
        members = sdist.getmembers()
    names = {member.name.partition("/")[2] for member in members}
    wanted = {
        f"{folder.name}/{path.relative_to(folder).as_posix()}"
        for folder in LINKED.values()
        for path in folder.rglob("*")
        if path.is_file()
    }
    return [
        *(f"link: {member.name}" for member in members if member.issym() or member.islnk()),
        *(f"missing: {name}" for name in sorted(wanted - names)),
    ]


def faults_of_clone() -> list[str]:
    """Name the files that would go into an archive and are not committed; outside of a clone there
    is nothing to compare.
    """
    if not (ROOT / ".git").exists():
        return []
    told = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", "src", "schemas", "examples", "docs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [f"not committed: {name}" for name in told.stdout.splitlines()]


def main(folder: Path) -> int:
    faults = faults_of_clone()
    for pattern, judge in (("*.whl", faults_of_wheel), ("*.tar.gz", faults_of_sdist)):
        archives = sorted(folder.glob(pattern))
        if len(archives) != 1:
            faults.append(f"{len(archives)} files {pattern} in {folder}")
        faults += [f"{archive.name}: {fault}" for archive in archives for fault in judge(archive)]
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
