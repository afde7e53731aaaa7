"""Write the archive of test_vectors/ that others download: the same octets whenever it is made."""

import argparse
import json
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VECTORS = ROOT / "test_vectors"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first time that the format of archives can say."""
PLAIN_FILE = 0o100644 << 16
ON_UNIX = 3


def write(folder: Path) -> Path:
    """Return the archive written to `folder`: sorted names, one time, one mode, below one folder
    that names the version.
    """
    version = json.loads((VECTORS / "suite.json").read_bytes())["version"]
    name = f"hocba-conformance-{version}"
    archive = folder / f"{name}.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w") as made:
        for path in sorted(VECTORS.rglob("*"), key=lambda entry: entry.as_posix()):
            if path.is_file() and path.name != ".gitattributes":
                inner = f"{name}/{path.relative_to(VECTORS).as_posix()}"
                member = zipfile.ZipInfo(inner, EARLIEST)
                member.external_attr = PLAIN_FILE
                member.create_system = ON_UNIX
                made.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return archive


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the archive is written")
    print(write(parser.parse_args().folder))
