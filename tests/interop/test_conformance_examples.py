"""The verifiers in `examples/`, which need no Python, pass the areas that they are for: the suite
is for anybody.
"""

import json
import shutil
from pathlib import Path

import pytest

from hocba_sign.conformance.command import main
from tests.vectors.replay import ROOT, VECTORS
from tools.suite_archive import write

EXAMPLES = ROOT / "examples"
PROGRAMS = {
    "node": EXAMPLES / "conformance-js" / "verify.mjs",
    "java": EXAMPLES / "ConformanceJava" / "ConformanceVerifier.java",
}


def counted(
    capsys: pytest.CaptureFixture[str], program: str, suite: Path, areas: tuple[str, ...]
) -> dict[str, int]:
    named = [word for area in areas for word in ("--area", area)]
    command = f"{shutil.which(program)} {PROGRAMS[program]}"
    main(["--exec", command, "--vectors", str(suite), "--json", *named])
    said: dict[str, dict[str, int]] = json.loads(capsys.readouterr().out)
    return said["all"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_example_passes_its_areas(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, program: str
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    found = counted(capsys, program, write(tmp_path), ("format", "reference"))
    assert found["verdict"] == found["cases"]


def test_what_an_example_does_not_judge_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    found = counted(capsys, "node", VECTORS, ("path/unknown-root", "kho"))
    assert found["verdict"] < found["cases"]
