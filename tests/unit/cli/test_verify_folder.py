"""`hocba verify` of many files: what it writes replaces none of them, and what it says of them."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.adapters.inputs import Source
from hocba_sign.cli.commands import verify
from hocba_sign.cli.main import main
from hocba_sign.testing.identity import pem
from tests.support.scene import JUDGED_AT, Scene

SCENE = Scene("lop9", subjects=1)
ISSUED = SCENE.signed()
CLASS = SCENE.transcript.identification.class_name
CHANGED = ISSUED.replace(f">{CLASS}<".encode(), f">{CLASS}x<".encode(), 1)
COUNT = 6
WIDTH = 80
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out an archive: `COUNT` valid files one folder deep, one that was changed, a photo."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOCBA_LANG", "vi")
    for folder in ("in/a", "trust", "crl"):
        Path(folder).mkdir(parents=True)
    for number in range(COUNT):
        Path(f"in/a/{number}.xml").write_bytes(ISSUED + b"\n" * number)
    Path("in/changed.xml").write_bytes(CHANGED)
    Path("in/photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    for number, anchor in enumerate(SCENE.trust.anchors):
        Path(f"trust/{number}.pem").write_bytes(pem(anchor.certificate.der))
    evidence = SCENE.evidence()
    lists = [each.der for each in evidence.crls]
    for number, der in enumerate([*lists, *(each.der for each in evidence.certificates)]):
        Path(f"crl/{number}.der").write_bytes(der)


def verified(*arguments: str) -> int:
    return main(
        [
            *("verify", *arguments, "--trust", "trust", "--crl", "crl", "--cert", "crl"),
            *("--offline", "--at", JUDGED_AT.isoformat()),
        ]
    )


def packet() -> None:
    with zipfile.ZipFile("packet.zip", "w") as file:
        file.write("in/a/0.xml", "0.xml")
        file.write("in/a/1.xml", "1.xml")


@pytest.mark.parametrize("option", ["--csv", "--counts", "--html", "--log", "--results"])
@pytest.mark.parametrize(
    ("named", "output"),
    [
        (("in",), "in/a/0.xml"),
        (("in/*.xml", "in/a/1.xml"), "in/changed.xml"),
        (("--list", "list.txt"), "in/a/1.xml"),
        (("packet.zip",), "packet.zip"),
        (("lines.jsonl",), "in/a/0.xml"),
    ],
)
def test_nothing_that_is_verified_is_replaced(
    named: tuple[str, ...], output: str, option: str, capsys: Captured
) -> None:
    packet()
    Path("list.txt").write_text("in/a/0.xml\nin/a/1.xml\n", "utf-8")
    files = ({"file": "in/a/0.xml"}, {"file": "in/a/1.xml"})
    Path("lines.jsonl").write_text("".join(json.dumps(one) + "\n" for one in files), "utf-8")
    before = Path(output).read_bytes()
    assert verified(*named, option, output, "--json") == 2
    assert "CLI.OUT_IS_INPUT" in capsys.readouterr().out
    assert Path(output).read_bytes() == before


def test_no_page_replaces_a_file_that_is_verified() -> None:
    folder = Path("out-files")
    folder.mkdir()
    (folder / "000001.html").write_bytes(ISSUED)
    assert verified("in", "out-files/000001.html", "--html", "out.html") == 2
    assert (folder / "000001.html").read_bytes() == ISSUED


def test_a_folder_is_told_on_a_screen_with_one_exit_code(capsys: Captured) -> None:
    assert verified("in", "--summary") == 1
    told = capsys.readouterr().out
    assert all(len(line) <= WIDTH for line in told.splitlines())
    assert "in/changed.xml" in told
    assert len(told.splitlines()) < 2 * (COUNT + 2)


def test_what_is_no_transcript_decides_alone_only(capsys: Captured) -> None:
    assert verified("in/photo.jpg") == 4
    assert verified("in/photo.jpg", "in/a/0.xml") == 0
    assert verified("in/a/0.xml", "in/changed.xml", "in/photo.jpg", "-q") == 1
    capsys.readouterr()
    verified("in", "--quiet")
    assert capsys.readouterr().out == ""


def test_the_table_for_spreadsheets_and_the_page_of_all(capsys: Captured) -> None:
    Path("in/=1+1.xml").write_bytes(ISSUED)
    assert verified("in", "--csv", "out.csv", "--html", "out.html", "--log", "log.txt") == 1
    rows = list(csv.DictReader(io.StringIO(Path("out.csv").read_text("utf-8-sig"))))
    verdicts = {row["file"]: row["verdict"] for row in rows}
    assert len(verdicts) == COUNT + 3
    assert verdicts["in/changed.xml"] == "INVALID"
    assert verdicts["in/photo.jpg"] == "NOTHING_TO_VERIFY"
    page = Path("out.html").read_text("utf-8")
    links = [line.split('"')[0] for line in page.split('href="')[1:] if line.startswith("out-")]
    assert len(links) == COUNT + 3
    assert all(Path(link).is_file() for link in links)
    lines = Path("log.txt").read_text("utf-8").splitlines()
    assert sum("INVALID" in line for line in lines) == 1
    names = (SCENE.transcript.pupil.full_name, SCENE.transcript.school.name)
    assert not any(name in line for name in names for line in lines)


def test_the_short_form_has_the_members_that_are_promised(capsys: Captured) -> None:
    assert verified("in/a/0.xml", "in/changed.xml", "--json=short") == 1
    found: list[dict[str, Any]] = [
        json.loads(line) for line in capsys.readouterr().out.splitlines() if line
    ]
    members = (
        *("report_version", "file", "sha256", "verdict", "status", "document", "missing"),
        *("causes", "signatures"),
    )
    assert [tuple(one) for one in found] == [members] * 2
    assert [one["verdict"] for one in found] == ["VALID", "INVALID"]
    assert found[1]["causes"][0]["id"] == "SIG.DIGEST"


def test_a_call_that_is_stopped_says_how_far_it_came(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, done = verify.judge, list[str]()

    def stopping(source: Source, *given: Any, **more: Any) -> Any:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(source.name)
        return judge(source, *given, **more)

    monkeypatch.setattr(verify, "judge", stopping)
    assert verified("in", "--csv", "out.csv") not in {0, 1}
    told = capsys.readouterr().err
    assert "2" in told
    assert "in/a/2.xml" in told
    assert len(Path("out.csv").read_text("utf-8").splitlines()) == 3


def test_every_file_is_told_at_length_where_that_is_wanted(capsys: Captured) -> None:
    assert verified("in") == 1
    short = capsys.readouterr().out
    assert verified("in", "--verbose") == 1
    full = capsys.readouterr().out
    assert full.endswith(short)
    assert len(full.splitlines()) > 10 * COUNT


@pytest.mark.parametrize("more", [(), ("--results", "results.jsonl", "--jobs", "1")])
def test_counts_come_as_table_csv_and_json(more: tuple[str, ...]) -> None:
    Path("in/a/0.xml").write_bytes(CHANGED)
    for name in ("counts.txt", "counts.csv", "counts.json"):
        assert verified("in", "--counts", name, "--quiet", *more) == 1
    counts = json.loads(Path("counts.json").read_text("utf-8"))
    school = SCENE.transcript.school.code
    assert counts["school"][school] == {"VALID": COUNT - 1}
    # What an invalid file says of its school is not proven.
    assert counts["school"][""] == {"INVALID": 2, "NOT_TRANSCRIPT": 1}
    assert counts["cause"]["SIG.DIGEST"] == {"INVALID": 2}
    rows = list(csv.reader(io.StringIO(Path("counts.csv").read_text("utf-8-sig"))))
    assert ["school", school, "VALID", str(COUNT - 1)] in rows
    assert {row[0] for row in rows[1:]} == {"cause", "school", "issuer", "vendor"}
    table = Path("counts.txt").read_text("utf-8")
    assert f"{COUNT - 1:>9}  {school}: {COUNT - 1} hợp lệ" in table
    assert all(issuer in table for issuer in counts["issuer"])


def test_lines_of_a_bulk_run_are_the_short_form(capsys: Captured) -> None:
    assert verified("in/a", "--results", "results.jsonl", "--jobs", "1", "--json=short") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["files"], told["outcomes"]) == (COUNT, {"VALID": COUNT})
    assert set(told) == {"files", "outcomes", "cause", "school", "issuer", "vendor"}
    lines = [json.loads(line) for line in Path("results.jsonl").read_text("utf-8").splitlines()]
    found = [line for line in lines if "verdict" in line]
    assert len(found) == COUNT
    assert {"document", "missing", "causes", "signatures", "issuers", "vendor"} <= set(found[0])
