"""The verifiers in `examples/`, which need no Python, pass the areas that they are for: the suite
is for anybody.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from hocba_sign.conformance.command import main
from tests.vectors.replay import ROOT, VECTORS
from tools.suite_archive import write

JAVASCRIPT = f"node {ROOT / 'examples' / 'conformance-js' / 'verify.mjs'}"
JAVA = ROOT / "examples" / "ConformanceJava" / "ConformanceVerifier.java"


def compiled(folder: Path) -> str:
    """Return what runs the example in Java, compiled once and not for each case."""
    subprocess.run(["javac", "-d", folder / "classes", JAVA], check=True)
    return f"java -XX:TieredStopAtLevel=1 -cp {folder / 'classes'} {JAVA.stem}"


def counted(
    capsys: pytest.CaptureFixture[str], command: str, suite: Path, areas: tuple[str, ...]
) -> dict[str, int]:
    named = [word for area in areas for word in ("--area", area)]
    main(["--exec", command, "--vectors", str(suite), "--json", *named])
    said: dict[str, dict[str, int]] = json.loads(capsys.readouterr().out)
    return said["all"]


@pytest.mark.parametrize("program", ["node", "javac"])
def test_an_example_passes_its_areas(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, program: str
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    command = JAVASCRIPT if program == "node" else compiled(tmp_path)
    found = counted(capsys, command, write(tmp_path), ("format", "reference"))
    assert found["verdict"] == found["cases"]


def test_what_an_example_does_not_judge_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    found = counted(capsys, JAVASCRIPT, VECTORS, ("path/unknown-root", "kho"))
    assert found["verdict"] < found["cases"]
