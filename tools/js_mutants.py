"""Change lines of the JavaScript verifier in `examples/` as a careless reader would write them, and
count how many changes the suite finds out: `python -m tools.js_mutants`. Needs node.

The changes stand in `tools/mutation/javascript.json`: file, what stands there, what instead, and
the reason where no document can show the change, which is not counted. A change is found out by a
case that the verifier judged as demanded, and now does not.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VERIFIER: Final = ROOT / "examples" / "conformance-js"
VECTORS: Final = ROOT / "test_vectors"
CHANGES: Final = Path(__file__).parent / "mutation" / "javascript.json"
_UNEXPLAINED: Final = 3
_START: Final = "const { command, inputs } ="
_LOOP: Final = """
for (const path of JSON.parse(readFileSync(0, "utf8"))) {
  let said;
  try {
    said = verdictOf(readFileSync(path));
  } catch (error) {
    said = error instanceof Wrong ? "INVALID" : `${error}`;
  }
  process.stdout.write(JSON.stringify(said) + "\\n");
}
"""
"""Judges many documents in one process, as the end of `verify.mjs` judges one."""


def demanded() -> dict[Path, str]:
    """Return the verdicts of the XML cases that are put to a verifier."""
    cases = (json.loads(path.read_text("utf-8")) for path in sorted(VECTORS.glob("*/*/case.json")))
    return {
        VECTORS / case["id"] / case["inputs"]["document"]: case["expect"]["verdict"]
        for case in cases
        if case["command"] == "verify" and case["inputs"]["document"].endswith(".xml")
    }


def answers(folder: Path, documents: list[Path]) -> list[str]:
    done = subprocess.run(
        ["node", folder / "verify.mjs"],
        input=json.dumps([str(path) for path in documents]).encode(),
        capture_output=True,
        check=False,
        timeout=300,
    )
    said = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return said + ["crashed"] * (len(documents) - len(said))


def survivors() -> tuple[int, list[tuple[str, str, str]]]:
    """Return how many changes there are, and those that no case finds out."""
    listed = json.loads(CHANGES.read_text("utf-8"))
    changes = [tuple(change) for change in listed if len(change) == _UNEXPLAINED]
    sources = {path.name: path.read_text("utf-8") for path in VERIFIER.glob("*.mjs")}
    sources["verify.mjs"] = sources["verify.mjs"].partition(_START)[0] + _LOOP
    wanted = demanded()
    with tempfile.TemporaryDirectory(prefix="js-") as place:
        folder = Path(place)
        for name, text in sources.items():
            (folder / name).write_text(text, "utf-8")
        said = answers(folder, list(wanted))
        known = [
            path for path, verdict in zip(wanted, said, strict=True) if verdict == wanted[path]
        ]
        return len(changes), list(_unnoticed(folder, changes, sources, known, wanted))


def _unnoticed(
    folder: Path,
    changes: list[tuple[str, ...]],
    sources: dict[str, str],
    known: list[Path],
    wanted: dict[Path, str],
) -> Iterator[tuple[str, str, str]]:
    for name, old, new in changes:
        if sources[name].count(old) < 1:
            raise SystemExit(f"not in {name}: {old}")
        (folder / name).write_text(sources[name].replace(old, new, 1), "utf-8")
        said = answers(folder, known)
        (folder / name).write_text(sources[name], "utf-8")
        if all(verdict == wanted[path] for path, verdict in zip(known, said, strict=True)):
            yield name, old, new


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=float, default=5.0, help="per cent that may go unnoticed")
    most = parser.parse_args().most
    count, alive = survivors()
    for name, old, new in alive:
        print(f"unnoticed: {name}: {old!r} -> {new!r}")
    share = 100 * len(alive) / count
    print(f"{len(alive)} of {count} changes go unnoticed: {share:.1f} %")
    return int(share >= most)


if __name__ == "__main__":
    sys.exit(main())
