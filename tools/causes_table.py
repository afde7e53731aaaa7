"""Write docs/reference/causes.md from the catalogue of causes; with --check, fail where the file is
stale.
"""

import json
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "causes.md"

HEAD = """# Causes

Made by `tools/causes_table.py` from `src/hocba_sign/catalogue/`.

A cause id is stable: programs may compare it, people get its words. It stands in reports (`causes`, `findings`, `checks`), in exceptions (`error.cause`) and in
square brackets at the end of every message of `hocba`. What a cause makes of a signature and of the document: [effects](effects.md).
"""

AREAS = {
    "document": "The document",
    "xml": "XML",
    "transcript": "Content of the transcript",
    "rules": "Rules of the circulars",
    "workflow": "Workflow: who signed, in which order",
    "signature": "Signatures",
    "crypto": "Algorithms and values",
    "certificate": "Certificates",
    "path": "Certificate paths and revocation",
    "timestamp": "Time-stamp tokens",
    "tsa": "Time-stamp authorities",
    "tt15": "Circular 15/2025: what a checking program must look at",
    "trust": "Anchors",
    "signing": "Signing and merging",
    "key": "Keys",
    "token": "Tokens",
    "fetch": "Fetching",
    "cli": "Command line and files",
    "doctor": "Readiness of a machine",
}


def page() -> str:
    return "".join((HEAD, *sections()))


def sections() -> Iterator[str]:
    folder = resources.files("hocba_sign.catalogue")
    files = {
        entry.name.removesuffix(".json"): entry
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    }
    for area in (
        *(known for known in AREAS if known in files),
        *sorted(files.keys() - AREAS.keys()),
    ):
        entries: dict[str, dict[str, str]] = json.loads(files[area].read_text("utf-8"))
        yield (f"\n## {AREAS.get(area, area)}\n\n| Id | Tiếng Việt | English |\n|---|---|---|\n")
        for cause, words in sorted(entries.items()):
            cells = (f"`{cause}`", words["vi"], words["en"])
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def main() -> int:
    made = page()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text("utf-8") != made:
            print(f"{TARGET.name} is stale: run tools/causes_table.py", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
