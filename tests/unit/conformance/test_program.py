"""Whatever a program under test does is an outcome, in time and within bounds."""

import json
import sys
import time
from pathlib import Path

import pytest

from hocba_sign.conformance.command import main
from hocba_sign.conformance.program import LARGEST_ANSWER, run
from hocba_sign.errors import OutsideError
from tests.support.small_suite import made

CASE = "a/b"


def python(*lines: str) -> list[str]:
    return [sys.executable, "-c", "\n".join(lines)]


def outcome(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, *lines: str, **options: str
) -> dict[str, object]:
    """Return what the runner says of a program of these lines, in one case."""
    program = tmp_path / "program.py"
    program.write_text("\n".join(("import json, os, sys, time", *lines)), "utf-8")
    more = [word for name, value in options.items() for word in (f"--{name}", value)]
    code = main(
        [
            *(
                "--exec",
                f"{sys.executable} {program}",
                "--vectors",
                str(made(tmp_path / "suite")),
                "--area",
                CASE,
            ),
            *("--json", "--time-limit", "5", *more),
        ]
    )
    said = json.loads(capsys.readouterr().out)
    assert code == (0 if said["agrees"] else 1)
    case: dict[str, object] = said["cases"][0]
    return case


RIGHT = "print(json.dumps({'verdict': 'NOTHING_TO_VERIFY'}))"


def test_an_answer_is_compared_by_level(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    read = "asked = json.load(sys.stdin)"
    there = "assert os.path.isfile(asked['inputs']['document']), os.getcwd()"
    found = outcome(capsys, tmp_path, read, there, RIGHT)
    assert found["outcome"] == "ANSWERED"
    assert found["reaches"] in {"verdict", "causes", "members"}
    wrong = outcome(capsys, tmp_path, RIGHT.replace("NOTHING_TO_VERIFY", "INVALID"))
    assert (wrong["outcome"], wrong["reaches"]) == ("ANSWERED", None)


def test_what_is_expected_cannot_be_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    look = "import glob; assert not glob.glob('../../**/case.json', recursive=True); assert not glob.glob('../../suite.json')"
    assert outcome(capsys, tmp_path, look, RIGHT)["outcome"] == "ANSWERED"


def test_what_a_program_writes_leaves_the_suite_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    outcome(capsys, tmp_path, "open('document.xml', 'w').close()", RIGHT)
    assert (tmp_path / "suite" / CASE / "document.xml").read_bytes() == b"<a/>"


@pytest.mark.long
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("time.sleep(60)",), "TIME_LIMIT"),
        (("print('x' * 9_000_000)",), "OUTPUT_LIMIT"),
        (("while True: print('{' * 9_999)",), "OUTPUT_LIMIT"),
        (("while True: print('{', file=sys.stderr)",), "TIME_LIMIT"),
        (("sys.exit(3)",), "DIED"),
        ((RIGHT, "sys.stdout.flush()", "os.kill(os.getpid(), 9)"), "DIED"),
        ((), "NO_ANSWER"),
        (("print('not JSON')",), "NO_ANSWER"),
        (("sys.stdout.buffer.write(bytes(range(256)))",), "NO_ANSWER"),
        (("print('[' * 100_000)",), "NO_ANSWER"),
        (("print('9' * 100_000)",), "NO_ANSWER"),
        (("print('[]')",), "NO_ANSWER"),
        (("print('{}')",), "NO_ANSWER"),
        (("print(json.dumps({'verdict': 'valid'}))",), "NO_ANSWER"),
        (("print(json.dumps({'verdict': ['VALID']}))",), "NO_ANSWER"),
        (("print(json.dumps({'verdict': {}}))",), "NO_ANSWER"),
        (("print(json.dumps({'verdict': 'VALID', 'causes': 'x'}))",), "NO_ANSWER"),
        (("print(json.dumps({'verdict': 'VALID', 'causes': [{}]}))",), "NO_ANSWER"),
        (("print(json.dumps({'verdict': 'VALID', 'signatures': []}))",), "NO_ANSWER"),
        (('print(\'{"verdict": "INVALID", "verdict": "VALID"}\')',), "NO_ANSWER"),
        ((RIGHT, RIGHT), "NO_ANSWER"),
        (("print(json.dumps({'unsupported': 'no PDF here'}))",), "UNSUPPORTED"),
        (('print(\'{"unsupported": "\\\\ud800\\\\u001b[2J"}\')',), "UNSUPPORTED"),
        (("sys.stdin.close()", RIGHT), "ANSWERED"),
        (("sys.stderr.write('x' * 9_000_000)", RIGHT), "ANSWERED"),
    ],
)
def test_hostile_behaviour_is_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, lines: tuple[str, ...], expected: str
) -> None:
    assert outcome(capsys, tmp_path, *lines)["outcome"] == expected


@pytest.mark.parametrize(
    "written",
    [
        "{}",
        '{"verdict": []}',
        '{"verdict": "VALID", "checks": 3}',
        '{"verdict": "VALID", "signatures": [[]]}',
        '{"verdict": "INVALID"}',
        '{"valid": true, "findings": [{"id": {}}]}',
        '{"verdict": "VALID", "status": []}',
    ],
)
def test_a_report_that_is_none_is_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, written: str
) -> None:
    found = outcome(capsys, tmp_path, f"print({written!r})", interface="arguments")
    assert found["reaches"] is None


@pytest.mark.long
def test_what_a_program_leaves_running_ends_with_it(tmp_path: Path) -> None:
    """A child that keeps the output open must not keep the runner waiting, nor live on."""
    child = "import time,pathlib\ntime.sleep(4)\npathlib.Path('alive').touch()"
    begun = time.monotonic()
    ending = run(
        python(
            "import subprocess, sys",
            f"subprocess.Popen([sys.executable, '-c', {child!r}])",
            "print('{}')",
        ),
        b"",
        folder=tmp_path,
        seconds=30,
    )
    assert (ending.exit_code, ending.output.strip()) == (0, b"{}")
    time.sleep(max(0.0, 5 - (time.monotonic() - begun)))
    assert not (tmp_path / "alive").exists()


def test_output_is_not_kept_beyond_its_limit(tmp_path: Path) -> None:
    ending = run(["yes"], b"x" * 1_000_000, folder=tmp_path, seconds=30)
    assert (ending.exit_code, ending.fault) == (None, "OUTPUT_LIMIT")
    assert len(ending.output) == LARGEST_ANSWER + 1


def test_a_program_that_cannot_be_started_is_told_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(OutsideError, match=r"CONFORMANCE\.PROGRAM"):
        run(["/no/such/program"], b"", folder=Path(), seconds=1)
    for command in ("/no/such/program", ""):
        assert main(["--exec", command, "--vectors", str(made(tmp_path))]) == 6
        assert "[CONFORMANCE.PROGRAM]" in capsys.readouterr().err
