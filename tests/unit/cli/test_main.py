"""The program as a whole: exit codes, streams, speed, and what hostile files cost."""

import io
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hocba_sign.cli import console
from hocba_sign.cli.commands import verify
from hocba_sign.cli.main import main
from hocba_sign.errors import CallerError, HocbaSignError, InputError, OutsideError
from hocba_sign.model.codes import TranscriptStatus
from hocba_sign.report.plain_text import text
from hocba_sign.signing.signing_policy import Level
from tests.support.scene import Scene

PROGRAM = (
    sys.executable,
    "-c",
    "import sys; from hocba_sign.cli.main import main; sys.exit(main())",
)
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="no /proc to read the peak of memory from"
)
MEASURED = (
    "import sys, re; from hocba_sign.cli.main import main; code = main();"
    "print(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1], "
    "file=sys.stderr); sys.exit(code)"
)


def environment(root: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(root / "src"), **more}


def start(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (*PROGRAM, *arguments),
        env=environment(root, **more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<!DOCTYPE HOC_BA [<!ENTITY a0 "ha">{entities}]><HOC_BA xmlns="urn:hocba:1">&a9;</HOC_BA>'
    ).encode()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    folder = tmp_path_factory.mktemp("hostile")
    content = {
        "empty": b"",
        "laughs": billion_laughs(),
        "noise": bytes(range(256)) * 400,
        "deep": b"<a>" * 200_000,
        "open": b"<HOC_BA",
    }
    files = {name: folder / f"{name}.xml" for name in (*content, "large")}
    for name, octets in content.items():
        files[name].write_bytes(octets)
    with files["large"].open("wb") as large:
        for _ in range(100):
            large.write(b"<a>" * 349_525)
    yield files
    files["large"].unlink()


@pytest.mark.parametrize("name", ["laughs", "deep", "open", "large"])
def test_a_hostile_file_is_invalid_in_one_line(
    hostile: dict[str, Path], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(hostile[name])]) == console.EXIT_INVALID
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert "KHÔNG HỢP LỆ" in out
    assert not err


@pytest.mark.parametrize("name", ["empty", "noise"])
def test_what_is_no_document_is_nothing_to_verify(
    hostile: dict[str, Path], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(hostile[name])]) == console.EXIT_NOTHING
    assert "KHÔNG PHẢI HỌC BẠ SỐ" in capsys.readouterr().out


@needs_proc
@pytest.mark.parametrize("name", ["laughs", "deep", "large"])
def test_a_hostile_file_costs_little(hostile: dict[str, Path], name: str, root: Path) -> None:
    began = _seconds_of_children()
    done = subprocess.run(
        (sys.executable, "-c", MEASURED, "verify", str(hostile[name])),
        env=environment(root),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == console.EXIT_INVALID
    assert _seconds_of_children() - began < 2
    assert int(done.stderr.split()[-1]) < 200 * 1024


def _seconds_of_children() -> float:
    """CPU time, for other tests run beside this one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_is_quick_and_loads_nothing_heavy(root: Path) -> None:
    code = (
        "import sys; from hocba_sign.cli.main import main; code = main(['--help']);"
        "heavy = {'lxml', 'cryptography', 'asn1crypto', 'pyhanko_certvalidator', 'urllib3', "
        "'http.client', 'asyncio'} & set(sys.modules);"
        "print(heavy, file=sys.stderr); sys.exit(code or bool(heavy))"
    )
    done = subprocess.run(
        (sys.executable, "-c", code),
        env=environment(root),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_vietnamese_goes_out_whatever_the_locale_says(root: Path, encoding: str) -> None:
    done = start(root, "--help", PYTHONIOENCODING=encoding, LC_ALL="C")
    assert done.returncode == 0
    assert "cách dùng" in done.stdout


def test_a_reader_that_goes_away_leaves_no_trace(root: Path) -> None:
    with subprocess.Popen(
        (*PROGRAM, "new", "--example", "lop12"),
        env=environment(root),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == b""
        assert running.wait(timeout=60) in {console.EXIT_OUTSIDE, console.EXIT_VALID}


def test_an_unforeseen_error_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(_: object) -> int:
        raise RuntimeError("9.5 điểm")

    monkeypatch.setattr(verify, "run", broken)
    monkeypatch.delenv("HOCBA_DEBUG", raising=False)
    assert main(["verify", "--json", str(tmp_path)]) == console.EXIT_OUTSIDE
    out, err = capsys.readouterr()
    assert "RuntimeError" in err
    assert "9.5" not in out + err
    assert '"CLI.INTERNAL"' in out
    monkeypatch.setenv("HOCBA_DEBUG", "1")
    main(["verify", str(tmp_path)])
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(verify, "run", interrupted)
    assert main(["verify", "x"]) == 130
    assert capsys.readouterr().err.strip() == "Đã dừng theo yêu cầu."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CallerError("SIGN.ORDER"), 2),
        (InputError("XML.EMPTY"), 1),
        (OutsideError("FILE.NOT_FOUND"), 6),
        (HocbaSignError("X.Y"), 6),
    ],
)
def test_an_error_has_its_exit_code(error: HocbaSignError, code: int) -> None:
    assert console.exit_code(error) == code


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ([0], 0),
        ([0, 5], 5),
        ([5, 3, 0], 3),
        ([3, 4], 4),
        ([4, 1, 0], 1),
        ([1, 6], 6),
        ([0, 3, 5, 1, 6, 4], 6),
    ],
)
def test_the_worst_exit_code_of_several_files(codes: Sequence[int], worst: int) -> None:
    assert verify.worst(codes) == worst


def test_a_withdrawn_transcript_has_its_own_exit_code_and_sentence() -> None:
    scene = Scene()
    identification = replace(scene.transcript.identification, status=TranscriptStatus.WITHDRAWN)
    scene.transcript = replace(scene.transcript, identification=identification)
    report = scene.verify(scene.signed(level=Level.T))
    assert report.verdict == "VALID"
    assert verify.code_of(report) == console.EXIT_NOT_IN_FORCE
    assert "ĐÃ BỊ THU HỒI" in text(report, "vi")


def test_colour_needs_a_terminal_and_no_objection(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert console.has_colour(Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not console.has_colour(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not console.has_colour(Terminal())


def test_a_file_name_that_is_no_text_does_not_break_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = os.fsdecode(b"h\xff\x1b[2J.xml")
    assert main(["verify", "--json", str(tmp_path / name)]) == console.EXIT_OUTSIDE
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
