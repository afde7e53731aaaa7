"""A short run of every target; `make fuzz` runs long."""

from pathlib import Path
from typing import Final

import pytest

from tests.fuzz.harness import attempt, explore
from tests.fuzz.seeds import CORPUS, seeds
from tests.fuzz.targets import TARGETS, Target

SECONDS: Final = {"verify": 4.0, "any": 5.0, "c14n": 3.0}
KEPT: Final = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_only_documented_errors_and_no_wrong_verdict(target: Target) -> None:
    for octets in seeds(target.kind):
        assert attempt(target, octets)[1] is None
    found = explore(target, seconds=SECONDS.get(target.name, 1.0))
    assert found.faults == ()
    assert found.count > 10


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_once_found_stays_repaired(path: Path) -> None:
    for target in TARGETS.values():
        if target.kind == path.parent.name:
            assert attempt(target, path.read_bytes())[1] is None
