"""Write the software bill of materials of the archives, CycloneDX JSON, from the hashed
requirements: `python tools/sbom.py CYCLONEDX-PY FOLDER`.

The same requirements give the same octets. The result is judged by the schema of CycloneDX.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent


VALIDATE: Final = """import pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
sys.exit(JsonStrictValidator(SchemaVersion.V1_6).validate_str(pathlib.Path(sys.argv[1]).read_text("utf-8")))
"""


def main(program: str, folder: Path) -> None:
    """Let the generator describe what is installed, and add what it cannot know: the version of
    this project, and which of its dependencies are direct.
    """
    with tempfile.TemporaryDirectory() as temporary:
        described = Path(temporary) / "described.json"
        subprocess.run(
            [
                program,
                *("requirements", "requirements/run.txt", "--pyproject", "pyproject.toml"),
                *("--mc-type", "library", "--output-reproducible"),
                *("--spec-version", "1.6", "--of", "JSON", "-o", str(described)),
            ],
            cwd=ROOT,
            check=True,
            stderr=subprocess.DEVNULL,
        )
        bill = json.loads(described.read_text("utf-8"))
    bill = completed(bill)
    out = folder / f"hocba_sign-{bill['metadata']['component']['version']}.cdx.json"
    out.write_text(json.dumps(bill, ensure_ascii=False, indent=1) + "\n", "utf-8")
    subprocess.run([Path(program).with_name("python"), "-c", VALIDATE, out], check=True)


def completed(bill: dict[str, Any]) -> dict[str, Any]:
    version = re.search(
        r'VERSION = "([^"]+)"', (ROOT / "src/hocba_sign/version.py").read_text("utf-8")
    )
    assert version is not None
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(one for extra in extras.values() for one in extra)]
    direct = {re.split(r"[<>=!~\[ ]", one)[0] for one in wanted}
    own = bill["metadata"]["component"]
    own |= {"version": version[1], "purl": f"pkg:pypi/hocba-sign@{version[1]}"}
    references = [
        component["bom-ref"] for component in bill["components"] if component["name"] in direct
    ]
    assert len(references) == len(direct), "a direct dependency is not in requirements/run.txt"
    rest = [entry for entry in bill["dependencies"] if entry["ref"] != own["bom-ref"]]
    bill["dependencies"] = [{"ref": own["bom-ref"], "dependsOn": references}, *rest]
    return bill


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
