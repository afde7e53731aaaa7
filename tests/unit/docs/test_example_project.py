"""A caller's project is checked with the types of the library, as it is installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.docs.pages import ROOT

FAULTY = """import hocba_sign

hocba_sign.Transcript.from_json(3)
"""


@pytest.mark.long
def test_the_types_of_the_library_reach_its_callers(tmp_path: Path) -> None:
    project = tmp_path / "school_software"
    shutil.copytree(ROOT / "examples" / "school_software", project)
    (project / "faulty.py").write_text(FAULTY)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "drafts.py", "results.py", "faulty.py"],
        cwd=project,
        env={"PATH": "", "MYPY_CACHE_DIR": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert [line.split(": error")[0] for line in lines[:-1]] == ["faulty.py:3"], done.stdout
    assert "[arg-type]" in lines[0]
