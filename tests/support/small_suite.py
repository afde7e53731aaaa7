"""A conformance suite of one case, made in no time."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

CASE = {
    "command": "verify",
    "inputs": {"document": "document.xml"},
    "arguments": ["verify", "document.xml", "--json"],
    "expect": {"exit_code": 4, "verdict": "NOTHING_TO_VERIFY", "causes": []},
}


def made(place: Path, **changes: Any) -> Path:
    """Return a suite of one case; `changes` are members of its suite.json."""
    listing = {"version": "1.7", "format": "1.3", "interface": "1", "cases": 1} | changes
    files = {
        "suite.json": json.dumps(listing).encode(),
        "a/b/case.json": json.dumps(CASE).encode(),
        "a/b/document.xml": b"<a/>",
    }
    manifest = "".join(f"{sha256(octets).hexdigest()}  {name}\n" for name, octets in files.items())
    for name, octets in (files | {"MANIFEST.sha256": manifest.encode()}).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(octets)
    return place
