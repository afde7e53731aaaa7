"""`python -m tests.fuzz`: long runs.

What breaks is written to a folder; move it to `tests/fuzz/corpus/<kind>` with its repair.
"""

import argparse
import sys
from pathlib import Path

from tests.fuzz.harness import explore
from tests.fuzz.targets import TARGETS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together")
    parser.add_argument(
        "--target",
        choices=sorted(TARGETS),
        action="append",
        help="one or several; all unless given",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("fuzz-out"))
    given = parser.parse_args()
    names = given.target or list(TARGETS)
    failed = False
    for name in names:
        found = explore(TARGETS[name], seconds=given.seconds / len(names), seed=given.seed)
        print(
            (
                f"{name}: {found.count} inputs, {found.seconds:.0f} s, slowest "
                f"{found.slowest:.2f} s, {len(found.faults)} faults"
            ),
            flush=True,
        )
        for fault in found.faults:
            failed = True
            given.out.mkdir(exist_ok=True)
            path = given.out / f"{TARGETS[name].kind}-{fault.name}"
            path.write_bytes(fault.octets)
            print(f"  {fault.what}\n  {path}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
