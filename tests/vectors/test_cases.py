"""Every committed vector ends as it demands, through the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hocba_sign.cli.main import main
from tests.support import report_schema
from tests.vectors.replay import FOLDERS, ROOT, VECTORS, Outcome, departures, identifier, load

IN_A_PROCESS = (
    "format/billion-laughs",
    "format/empty",
    "format/issued-secondary-level-t",
    "format/nothing-signed",
    "revocation/no-list",
    "signature/changed-mark",
)


@pytest.mark.parametrize("folder", FOLDERS, ids=identifier)
def test_ends_as_demanded(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = load(folder)
    monkeypatch.chdir(folder)
    exit_code = main(case["arguments"])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    report = json.loads(captured.out)
    assert not departures(case, Outcome(exit_code, report))
    if case["arguments"][0] != "validate":
        assert not report_schema.faults(report, report_schema.published())
        assert not report_schema.faults(report, report_schema.closed())


@pytest.mark.parametrize("name", IN_A_PROCESS)
def test_ends_so_as_a_program(name: str) -> None:
    case = load(VECTORS / name)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    program = [
        sys.executable,
        "-c",
        "from hocba_sign.cli.main import main; raise SystemExit(main())",
        *case["arguments"],
    ]
    done = subprocess.run(
        program, cwd=VECTORS / name, env=environment, capture_output=True, timeout=60, check=False
    )
    assert b"Traceback" not in done.stderr
    assert not departures(case, Outcome(done.returncode, json.loads(done.stdout)))
