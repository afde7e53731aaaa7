"""What commands take beside one file: nested folders, patterns, lists, packets, several files; where
results go, and that they replace nothing.
"""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.cli.folders import BatchSource, names_many, sources_in
from hocba_sign.cli.main import main
from tests.support.classroom import Classroom

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    """Return a class of two in two folders, under one file name, and another file beside."""
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    room = Classroom.of(tmp_path, subjects=2, pupils=3)
    first, second, third = sorted((tmp_path / "in").iterdir())
    for place, path in (("5A/An.xml", first), ("5B/An.xml", second), ("Bình.xml", third)):
        (tmp_path / "in" / place).parent.mkdir(exist_ok=True)
        path.rename(tmp_path / "in" / place)
    return room


PLACES = {"5A/An.xml", "5B/An.xml", "Bình.xml"}


def sign(room: Classroom, *inputs: object, out: str = "out") -> int:
    slot = room.scene.teachers[0]
    identity = room.scene.identity(slot)
    key, certificate = room.folder / "signer.key", room.folder / "signer.pem"
    key.write_bytes(identity.key_pem)
    certificate.write_bytes(identity.chain_pem)
    return main(
        [
            "sign",
            *map(str, inputs),
            "--role",
            slot.role,
            "--subject",
            str(slot.subject),
            "--key",
            str(key),
            "--cert",
            str(certificate),
            "--level",
            "B",
            "--json",
            "-o",
            str(room.folder / out),
        ]
    )


def places(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return {path.relative_to(folder).as_posix() for path in found}


def told(captured: Captured) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().out.splitlines()]


def packed(room: Classroom, names: dict[str, str]) -> Path:
    packet = room.folder / "class.zip"
    with zipfile.ZipFile(packet, "w") as held:
        for member, place in names.items():
            held.writestr(member, (room.folder / "in" / place).read_bytes())
    return packet


def listed(room: Classroom) -> Path:
    path = room.folder / "class.jsonl"
    lines = [json.dumps({"file": str(room.folder / "in" / place)}) for place in sorted(PLACES)]
    path.write_text("\n".join(lines), "utf-8")
    return path


INPUTS: dict[str, Callable[[Classroom], list[Path]]] = {
    "folder": lambda room: [room.folder / "in"],
    "pattern": lambda room: [room.folder / "in" / "**" / "*.xml"],
    "list": lambda room: [listed(room)],
    "packet": lambda room: [packed(room, {place: place for place in PLACES})],
    "files": lambda room: [room.folder / "in" / place for place in sorted(PLACES)],
    "folders": lambda room: [
        room.folder / "in" / "5A",
        room.folder / "in" / "5B",
        room.folder / "in" / "Bình.xml",
    ],
}


@pytest.mark.parametrize("name", INPUTS)
def test_results_lie_as_their_sources_do(room: Classroom, name: str, capsys: Captured) -> None:
    before = {place: (room.folder / "in" / place).read_bytes() for place in PLACES}
    inputs = INPUTS[name](room)
    for result in ("signed", "already"):
        assert sign(room, *inputs) == 0
        assert told(capsys)[-1]["summary"][result] == 3
    assert places(room.folder / "out") == PLACES
    assert {place: (room.folder / "in" / place).read_bytes() for place in PLACES} == before
    results = {(room.folder / "out" / place).read_bytes() for place in PLACES}
    assert len(results) == 3


def test_results_inside_the_folder_that_is_read_are_no_sources(
    room: Classroom, capsys: Captured
) -> None:
    for result in ("signed", "already"):
        assert sign(room, room.folder / "in", out="in/signed") == 0
        assert told(capsys)[-1]["summary"][result] == 3


def test_no_result_replaces_a_source(room: Classroom, capsys: Captured) -> None:
    assert sign(room, room.folder / "in", out="in") == 2
    assert "BATCH.SAME_FOLDER" in capsys.readouterr().err
    assert sign(room, *INPUTS["files"](room), out="in") == 2
    assert "CLI.OUT_IS_INPUT" in capsys.readouterr().err
    (room.folder / "linked").mkdir()
    (room.folder / "linked" / "5A").symlink_to(room.folder / "in" / "5A")
    assert sign(room, room.folder / "in", out="linked") == 2
    assert "CLI.OUT_IS_INPUT" in capsys.readouterr().err


def test_a_packet_writes_nowhere_else(room: Classroom, capsys: Captured) -> None:
    packet = packed(
        room, {"../../up.xml": "5A/An.xml", "/abs.xml": "5B/An.xml", "a\\..\\b.xml": "Bình.xml"}
    )
    assert sign(room, packet) == 0
    assert places(room.folder / "out") == {"up.xml", "abs.xml", "a/b.xml"}


def test_two_results_for_one_place_are_not_made(room: Classroom, capsys: Captured) -> None:
    packet = packed(room, {"x/An.xml": "5A/An.xml", "../x/An.xml": "5B/An.xml"})
    assert sign(room, packet) == 6
    lines = told(capsys)
    assert sorted(str(line.get("cause")) for line in lines[:-1]) == ["BATCH.SAME_RESULT", "None"]
    assert places(room.folder / "out") == {"x/An.xml"}


def test_a_document_that_is_missing_costs_no_other(room: Classroom, capsys: Captured) -> None:
    path = listed(room)
    path.write_text(f"{path.read_text('utf-8')}\n{room.folder / 'gone' / '*.xml'}\n", "utf-8")
    assert sign(room, path) == 6
    assert told(capsys)[-1]["summary"] == {"signed": 3, "already": 0, "refused": 0, "failed": 1}


def test_a_class_in_folders_takes_two_steps_and_is_merged(
    room: Classroom, capsys: Captured
) -> None:
    for slot in room.scene.teachers[:2]:
        work, device = f"work-{slot.teacher}", room.device(slot)
        assert room.prepare(slot, work=work) == 0
        values = room.values(device.answer(room.lines(work)))
        out = f"out-{slot.teacher}"
        assert room.complete(values, work=work, out=out) == 0
        assert places(room.folder / out) == PLACES
    outs = [str(room.folder / f"out-{slot.teacher}") for slot in room.scene.teachers[:2]]
    assert main(["merge", *outs, "--json", "-o", str(room.folder / "all")]) == 0
    assert told(capsys)[-1]["summary"]["merged"] == 3
    assert places(room.folder / "all") == PLACES


def test_documents_that_moved_are_found_by_their_place(room: Classroom, capsys: Captured) -> None:
    slot = room.scene.teachers[0]
    assert room.prepare(slot, work="work") == 0
    values = room.values(room.device(slot).answer(room.lines("work")))
    (room.folder / "in").rename(room.folder / "moved")
    more = ["--documents", str(room.folder / "moved"), "--level", "B"]
    out = str(room.folder / "out")
    command = ["complete", str(room.folder / "work"), "--value", str(values), *more, "-o", out]
    assert main(command) == 0
    assert places(room.folder / "out") == PLACES


def test_extend_takes_folders_to_the_bottom(room: Classroom, capsys: Captured) -> None:
    assert sign(room, room.folder / "in", out="signed") == 0
    capsys.readouterr()
    command = [
        "extend",
        str(room.folder / "signed"),
        "--to",
        "LTA",
        "--dry-run",
        "--json",
        "--tsa",
        "http://127.0.0.1:9/",
    ]
    assert main([*command, "-o", str(room.folder / "extended")]) == 0, capsys.readouterr()
    files = {Path(line["file"]) for line in told(capsys)[:-1]}
    assert {path.relative_to(room.folder / "signed").as_posix() for path in files} == PLACES


def test_one_file_stays_one_file(tmp_path: Path) -> None:
    plain = tmp_path / "a[1].xml"
    plain.write_bytes(b"<a/>")
    assert not names_many((plain,))
    assert not names_many((tmp_path / "gone.xml",))
    assert not names_many((tmp_path / "*.gone",))
    assert names_many((tmp_path / "*.xml",))
    assert names_many((tmp_path,))
    assert names_many((plain, plain))


def test_a_packet_in_a_folder_keeps_its_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "5C.zip", "w") as packet:
        packet.writestr("An.xml", b"<a/>")
    (tmp_path / "An.xml").write_bytes(b"<a/>")
    found: tuple[BatchSource, ...] = sources_in((tmp_path,))
    assert [held.place.as_posix() for held in found] == ["5C.zip/An.xml", "An.xml"]
