"""`hocba verify` of many files as an operator runs it: stopped and run again, with a log, and counted
by the program that made a file.
"""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hocba_sign.cli.main import main
from hocba_sign.testing.identity import pem
from tests.support.scene import CBQL, JUDGED_AT, SIGNED_AT, Scene
from tests.unit.cli.test_extras import BLOCK, LIBRARIES
from tools.vectors.pages import page_of, signed

SCENE = Scene("lop9", subjects=1)
ISSUED = SCENE.signed()
COUNT = 600
TOLD = re.compile(r"(\d+)/(\d+)")
START = (
    # Whoever runs the tests in the background has Ctrl-C ignored, and so would the command.
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from hocba_sign.cli.main import main; sys.exit(main())"
)
OPTIONS = (
    *("--trust", "trust", "--crl", "crl", "--cert", "crl", "--offline"),
    *("--at", JUDGED_AT.isoformat(), "--lang", "vi"),
)
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("in", "trust", "crl"):
        Path(folder).mkdir()
    for number, anchor in enumerate(SCENE.trust.anchors):
        Path(f"trust/{number}.pem").write_bytes(pem(anchor.certificate.der))
    evidence = SCENE.evidence()
    lists = [each.der for each in evidence.crls]
    for number, der in enumerate([*lists, *(each.der for each in evidence.certificates)]):
        Path(f"crl/{number}.der").write_bytes(der)


def verified(*arguments: str) -> int:
    return main(["verify", *arguments, *OPTIONS])


def files(count: int) -> None:
    for number in range(count):
        Path(f"in/{number:03}.xml").write_bytes(ISSUED + b"\n" * number)


def lines(path: str) -> list[str]:
    found = Path(path)
    return found.read_text("utf-8").splitlines() if found.exists() else []


def stopped(*arguments: str, when: Callable[[], bool]) -> subprocess.CompletedProcess[str]:
    """Press Ctrl-C, which a terminal sends to all processes of a command, as soon as `when`."""
    with subprocess.Popen(
        (sys.executable, "-c", START, "verify", *arguments, *OPTIONS),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        until = time.monotonic() + 60
        while not when() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        out, told = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, out, told)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_a_bulk_run_that_is_stopped_says_how_far_it_came_and_goes_on() -> None:
    files(COUNT)
    given = ("in", "--results", "results.jsonl", "--log", "log.txt", "--jobs", "1")
    done = stopped(*given, when=lambda: len(lines("results.jsonl")) >= 20)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    judged = len(lines("results.jsonl"))
    assert 0 < judged < COUNT
    assert TOLD.findall(done.stderr)[-1] == (str(judged), str(COUNT))
    assert "lại đúng lệnh này" in done.stderr
    assert len(lines("log.txt")) == judged
    # Stopped a second time, it counts what the first run did too.
    done = stopped(*given, when=lambda: len(lines("results.jsonl")) >= judged + 20)
    judged = len(lines("results.jsonl"))
    assert TOLD.findall(done.stderr)[-1] == (str(judged), str(COUNT))
    assert verified(*given) == 0
    named = [json.loads(line)["file"] for line in lines("results.jsonl")]
    assert len(named) == len(set(named)) == COUNT
    assert sorted(line.split("\t")[-1] for line in lines("log.txt")) == sorted(named)


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
@pytest.mark.parametrize("later", [0.1, 0.2, 0.4])
def test_ctrl_c_while_the_processes_start_shows_no_traceback(later: float) -> None:
    files(COUNT)

    def is_starting() -> bool:
        if not Path("results.jsonl.context").exists():
            return False
        time.sleep(later)
        return True

    done = stopped("in", "--results", "results.jsonl", when=is_starting)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("results", ["results.jsonl", "results.sqlite"])
def test_a_bulk_run_logs_what_it_judged_and_no_more(results: str) -> None:
    files(3)
    given = ("in", "--results", results, "--log", "log.txt", "-q")
    assert verified(*given) == 0
    assert len(lines("log.txt")) == 3
    Path("in/broken.xml").write_bytes(b"<HOC_BA")
    assert verified(*given) == 1
    assert ["\tINVALID\tXML." in line for line in lines("log.txt")] == [False] * 3 + [True]


@pytest.mark.parametrize(
    "option", [("--verbose",), ("--any",), ("--evidence", "kept"), ("--format", "siva")]
)
def test_what_a_bulk_run_cannot_do_is_refused(option: tuple[str, ...], capsys: Captured) -> None:
    files(1)
    assert verified("in", "--results", "results.jsonl", *option) == 2
    told = capsys.readouterr().err
    assert option[0] in told
    assert "BULK.OPTIONS" in told


@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("is_bulk", [False, True])
def test_files_are_counted_by_the_program_that_a_pdf_names(
    is_bulk: bool, is_signed: bool, capsys: Captured
) -> None:
    files(1)
    # As long as what it replaces, for the table of a PDF counts octets.
    octets = page_of().replace(b"/Title (Hoc ba)", b"/Producer (=A) ")
    if is_signed:
        octets = signed(octets, SCENE.identity(CBQL), at=SIGNED_AT, role="CBQL")
    # Pages that a principal signs may be a transcript; without a signature they are a scan.
    ended = "INDETERMINATE" if is_signed else "NOT_TRANSCRIPT"
    Path("in/page.pdf").write_bytes(octets)
    bulk = ("--results", "results.jsonl", "--json") if is_bulk else ()
    verified("in", "--csv", "out.csv", *bulk)
    if is_bulk:
        told = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert told["vendor"] == {"": {"VALID": 1}, "=A": {ended: 1}}
    rows = csv.DictReader(io.StringIO(Path("out.csv").read_text("utf-8-sig")))
    # A spreadsheet computes no cell that a maker of PDF wrote.
    assert {row["file"]: row["vendor"] for row in rows} == {"in/000.xml": "", "in/page.pdf": "'=A"}


def test_the_table_says_each_result_in_words() -> None:
    files(1)
    Path("in/broken.xml").write_bytes(b"<HOC_BA")
    Path("in/photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    verified("in", "--csv", "out.csv")
    rows = csv.DictReader(io.StringIO(Path("out.csv").read_text("utf-8-sig")))
    told = {row["file"]: (row["result"], bool(row["reason"])) for row in rows}
    assert told == {
        "in/000.xml": ("hợp lệ", False),
        "in/broken.xml": ("không hợp lệ", True),
        "in/photo.jpg": ("không phải học bạ", True),
    }


def test_the_table_says_how_to_have_files_named_until_they_are(capsys: Captured) -> None:
    files(12)
    verified("in")
    assert "--csv" not in capsys.readouterr().out
    Path("in/broken.xml").write_bytes(b"<HOC_BA")
    verified("in")
    assert "--csv" in capsys.readouterr().out
    verified("in", "--csv", "out.csv")
    assert "--csv" not in capsys.readouterr().out


def test_an_empty_folder_is_answered_in_a_sentence(capsys: Captured) -> None:
    assert verified("in") == 4
    assert capsys.readouterr().out == "Không có tệp nào.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="that shell quotes otherwise")
def test_the_command_to_verify_again_can_be_copied(capsys: Captured) -> None:
    files(1)
    assert verified("in/000.xml", "--evidence", "bằng chứng") == 0
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "hocba verify" in line]
    command = told.partition("hocba verify")[2].replace("TỆP", "in/000.xml")
    words = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {command}"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert main(["verify", *words]) == 0


def test_a_pdf_costs_no_other_file_where_the_extra_is_missing(tmp_path: Path, root: Path) -> None:
    files(2)
    for number in range(2):
        Path(f"in/page{number}.pdf").write_bytes(page_of())
    (tmp_path / "blocking").mkdir()
    (tmp_path / "blocking" / "sitecustomize.py").write_text(BLOCK, "utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path / 'blocking'}{os.pathsep}{root / 'src'}",
        "BLOCKED_FOR_TEST": LIBRARIES["pdf"],
    }
    done = subprocess.run(
        (sys.executable, "-c", START, "verify", "in", *OPTIONS, "--csv", "out.csv", "--summary"),
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 6
    assert "PDF.EXTRA_MISSING" in done.stdout
    assert done.stderr.count("pip install") == 1
    rows = csv.DictReader(io.StringIO(Path("out.csv").read_text("utf-8-sig")))
    assert [row["verdict"] for row in rows] == ["VALID", "VALID", "", ""]
