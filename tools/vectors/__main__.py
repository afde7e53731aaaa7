"""The generator of test_vectors/: everything is computed from seeds and fixed times, so the same
octets come out anywhere.
"""

import argparse
import sys
from pathlib import Path

from tools.vectors import (
    algorithms,
    answers,
    answers_of_others,
    archived,
    certificates_of_others,
    dates,
    documents,
    embedded,
    events,
    evidence,
    extract,
    hands,
    inner_structure,
    kho,
    kho_changed,
    lists_of_others,
    markup,
    moves,
    nonce,
    outside,
    partial,
    path_extensions,
    paths,
    pdf,
    pdf_of_others,
    pdf_transcripts,
    plans,
    policies,
    properties,
    readers,
    reference,
    reformatted,
    registries,
    revocation,
    rules,
    schema,
    signatures,
    signed_by_dss,
    signers,
    status,
    structure,
    texts,
    times,
    tokens,
    tokens_of_others,
    workflow,
)
from tools.vectors.case import Case, files_of, listing, manifest
from tools.vectors.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
GOAL = ROOT / "test_vectors"
KEPT = frozenset({"README.md", "schema.json", ".gitattributes"})
AREAS = (
    documents,
    schema,
    structure,
    inner_structure,
    properties,
    signatures,
    reference,
    markup,
    readers,
    algorithms,
    workflow,
    moves,
    signed_by_dss,
    plans,
    kho,
    kho_changed,
    nonce,
    signers,
    hands,
    times,
    dates,
    tokens,
    tokens_of_others,
    paths,
    path_extensions,
    certificates_of_others,
    revocation,
    answers,
    evidence,
    extract,
    partial,
    lists_of_others,
    answers_of_others,
    embedded,
    reformatted,
    outside,
    texts,
    rules,
    archived,
    pdf,
    pdf_transcripts,
    pdf_of_others,
    registries,
    events,
    status,
    policies,
)


def generate() -> dict[str, bytes]:
    """Return every generated file by its path below test_vectors/."""
    stage = Stage()
    cases: list[Case] = [case for area in AREAS for case in area.cases(stage)]
    identifiers = [case.identifier for case in cases]
    if doubled := {one for one in identifiers if identifiers.count(one) > 1}:
        raise SystemExit(f"two cases are called {', '.join(sorted(doubled))}")
    if strangers := {case.twin for case in cases if case.twin} - set(identifiers):
        raise SystemExit(f"twins that do not exist: {', '.join(sorted(strangers))}")
    made = {f"_world/{name}": octets for name, octets in stage.world_files().items()}
    for case in cases:
        made |= files_of(case)
    made["suite.json"] = listing(cases)
    made["MANIFEST.sha256"] = manifest(made)
    return made


def main() -> int:
    """Write or compare; exit code 1 when something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail when a file differs"
    )
    given = parser.parse_args()
    made = generate()
    present = {
        path.relative_to(GOAL).as_posix(): path
        for path in GOAL.rglob("*")
        if path.is_file() and path.name not in KEPT
    }
    stale = sorted(set(present) - set(made))
    changed = sorted(
        name
        for name, octets in made.items()
        if name not in present or present[name].read_bytes() != octets
    )
    if given.check:
        for name in (*stale, *changed):
            print(f"test_vectors/{name} is not what the generator writes", file=sys.stderr)
        return 1 if stale or changed else 0
    for name in stale:
        present[name].unlink()
    for name in changed:
        path = GOAL / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made[name])
    for folder in sorted((path for path in GOAL.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    print(
        f"{sum(name.endswith('/case.json') for name in made)} cases, "
        f"{sum(map(len, made.values())) / 1e6:.1f} MB; {len(changed)} files written"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
