"""A class signed in two steps: one approval for many hashes, and nothing lost, nothing twice."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.cli.main import main
from hocba_sign.signing.xml.draft import read_draft
from hocba_sign.testing import ServerFault, World, WorldServer
from tests.support.classroom import Classroom
from tests.support.scene import GVCN

PUPILS = 5
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    return Classroom.of(tmp_path, subjects=2, pupils=PUPILS)


def told(captured: Captured) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().out.splitlines()]


def slots(octets: bytes) -> set[str]:
    """Return what is signed, each of them intact."""
    signatures = read_draft(octets).parsed.signatures
    assert all(check_integrity(signature).is_intact for signature in signatures)
    return {str(signature.slot) for signature in signatures}


def results(room: Classroom, out: str = "out") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((room.folder / out).iterdir())}


def test_a_class_takes_three_commands_and_one_approval(room: Classroom, capsys: Captured) -> None:
    first, second = room.scene.teachers
    for slot in (first, second):
        work, device = f"work-{slot.teacher}", room.device(slot)
        assert room.prepare(slot, work=work) == 0
        assert room.complete(room.values(device.answer(room.lines(work))), work=work) == 0
        assert device.calls == 1
        assert len(device.signed) == PUPILS
        assert {line["state"] for line in room.lines(work)} == {"done"}
    items = told(capsys)
    assert items[-1] == {"summary": {"signed": PUPILS, "already": 0, "refused": 0, "failed": 0}}
    found = results(room)
    assert len(found) == PUPILS
    assert all(slots(octets) == {str(first), str(second)} for octets in found.values())


def test_the_manifest_tells_what_a_service_needs_and_nothing_of_the_pupil(
    room: Classroom, capsys: Captured
) -> None:
    (slot, _) = room.scene.teachers
    room.prepare(slot, "--at-once", "2", work="work")
    *items, last = told(capsys)
    lines = room.lines("work")
    assert [line["batch"] for line in lines] == [1, 1, 2, 2, 3]
    assert [item["result"] for item in items] == ["prepared"] * PUPILS
    assert last["summary"]["prepared"] == PUPILS
    ids = {line["id"] for line in lines}
    assert len(ids) == PUPILS
    assert all(len(identifier) <= 36 for identifier in ids)
    assert {line["document"] for line in lines} == {
        str(read_draft(path.read_bytes()).content.identification.id)  # type: ignore[union-attr]  # they are transcripts
        for path in (room.folder / "in").iterdir()
    }
    person = room.scene.transcript.identification.pupil
    written = b"".join(path.read_bytes() for path in (room.folder / "work").iterdir())
    assert person.full_name.encode() not in written
    assert all((room.folder / "work" / line["state_file"]).is_file() for line in lines)
    sizes = [(room.folder / "work" / line["state_file"]).stat().st_size for line in lines]
    assert max(sizes) < 16_000


def test_only_what_failed_is_asked_for_again(room: Classroom, capsys: Captured) -> None:
    slot = room.scene.teachers[0]
    device = room.device(slot)
    room.prepare(slot, work="work")
    before = room.lines("work")
    answers = device.answer(before, fails=lambda number: number == 3)
    capsys.readouterr()
    assert room.complete(room.values(answers), work="work") == 6
    items = told(capsys)
    assert [item["cause"] for item in items[:-1]] == [None, None, None, "MANIFEST.NO_VALUE", None]
    assert items[-1]["summary"] == {"signed": 4, "already": 0, "refused": 0, "failed": 1}
    first = results(room)
    # Preparing again changes nothing: the same hash waits for its value.
    assert room.prepare(slot, work="work") == 0
    lines = room.lines("work")
    assert [line["id"] for line in lines] == [line["id"] for line in before]
    assert [line["batch"] for line in lines] == [None, None, None, 1, None]
    more = device.answer(lines)
    assert len(more) == 1
    assert room.complete(room.values(more), work="work") == 0
    assert device.calls == 2
    assert max(device.signed.values()) == 1
    assert len(results(room)) == PUPILS
    assert first.items() <= results(room).items()


def test_a_wrong_value_is_that_of_one_file(room: Classroom, capsys: Captured) -> None:
    slot, other = room.scene.teachers
    room.prepare(slot, work="work")
    answers = room.device(slot).answer(room.lines("work"))
    answers[1]["value"] = room.device(other).answer(room.lines("work"))[1]["value"]
    capsys.readouterr()
    assert room.complete(room.values(answers), work="work") == 1
    causes = [item["cause"] for item in told(capsys)[:-1]]
    assert causes == [None, "SIGN.VALUE", None, None, None]
    assert [line["state"] for line in room.lines("work")].count("prepared") == 1


@pytest.mark.parametrize("how", ["state", "manifest", "document", "moved"])
def test_what_was_changed_between_the_steps_is_refused(
    room: Classroom, capsys: Captured, how: str
) -> None:
    slot = room.scene.teachers[0]
    room.prepare(slot, work="work")
    lines = room.lines("work")
    values = room.values(room.device(slot).answer(lines))
    work = room.folder / "work"
    if how == "state":
        mine, other = (work / line["state_file"] for line in lines[:2])
        mine.write_bytes(other.read_bytes())
    elif how == "manifest":
        text = (work / "manifest.jsonl").read_text()
        (work / "manifest.jsonl").write_text(text.replace(lines[0]["hash_hex"], "00" * 32))
    elif how == "document":
        place = room.folder / "in" / "00.xml"
        place.write_bytes(place.read_bytes().replace(b"</HOC_BA>", b"</HOC_BA>\n"))
    else:
        (room.folder / "in" / "00.xml").rename(room.folder / "00.xml")
    capsys.readouterr()
    assert room.complete(values, work="work") == 1
    items = told(capsys)[:-1]
    cause = "SIGN.STATE" if how in {"state", "manifest"} else "MANIFEST.DOCUMENT"
    assert [item["cause"] for item in items] == [cause, *[None] * (PUPILS - 1)]
    assert "00.xml" not in results(room)


def test_documents_may_be_elsewhere_now(room: Classroom) -> None:
    slot = room.scene.teachers[0]
    room.prepare(slot, work="work")
    values = room.values(room.device(slot).answer(room.lines("work")))
    (room.folder / "in").rename(room.folder / "there")
    assert room.complete(values, "--documents", room.path("there"), work="work") == 0
    assert len(results(room)) == PUPILS


@pytest.mark.parametrize(
    "text",
    [
        "nothing",
        "[]",
        '{"id": "a", "value": "&"}',
        '{"value": "AAAA"}',
        '{"id": "a", "value": "AAAA"}\n{"id": "a", "value": "AAAB"}',
    ],
)
def test_values_that_cannot_be_read_stop_it_before_anything_is_written(
    room: Classroom, text: str
) -> None:
    slot = room.scene.teachers[0]
    room.prepare(slot, work="work")
    (room.folder / "values").write_text(text)
    assert room.complete(room.path("values"), work="work") == 1
    assert not (room.folder / "out").exists()


def test_values_with_line_breaks_and_lines_of_the_manifest_will_do(room: Classroom) -> None:
    slot = room.scene.teachers[0]
    room.prepare(slot, work="work")
    lines = room.lines("work")
    by_id = {answer["id"]: answer["value"] for answer in room.device(slot).answer(lines)}
    answered = [
        line | {"value": f"{by_id[line['id']][:40]}\r\n {by_id[line['id']][40:]}"} for line in lines
    ]
    assert room.complete(room.values(answered), work="work") == 0


def test_a_slot_signed_otherwise_meanwhile_is_not_signed_again(
    room: Classroom, capsys: Captured
) -> None:
    slot = room.scene.teachers[0]
    room.prepare(slot, work="work")
    values = room.values(room.device(slot).answer(room.lines("work")))
    (room.folder / "out").mkdir()
    draft = (room.folder / "in" / "00.xml").read_bytes()
    signed = room.scene.sign(draft, slot, at=datetime.now(UTC) - timedelta(hours=1))
    (room.folder / "out" / "00.xml").write_bytes(signed)
    capsys.readouterr()
    assert room.complete(values, work="work") == 1
    assert told(capsys)[0]["cause"] == "SIGN.ALREADY_SIGNED"
    assert results(room)["00.xml"] == signed


def test_time_stamps_that_fail_cost_no_value(room: Classroom, capsys: Captured) -> None:
    slot = room.scene.teachers[0]
    device = room.device(slot)
    now = datetime.now(UTC)
    with WorldServer(lambda: now, lambda url: World(now, base_url=url, fast=True)) as server:
        room.prepare(slot, work="work")
        values = room.values(device.answer(room.lines("work")))
        server.fail("/tsa", ServerFault.NOT_FOUND, times=1)
        assert room.complete(values, "--tsa", server.tsa_url, work="work") == 6
        assert len(results(room)) == PUPILS - 1
        assert room.complete(values, "--tsa", server.tsa_url, work="work") == 0
    assert len(results(room)) == PUPILS
    assert all(
        signature.time_stamps
        for octets in results(room).values()
        for signature in read_draft(octets).parsed.signatures
    )
    capsys.readouterr()


def test_folders_are_merged_by_name(room: Classroom, capsys: Captured) -> None:
    copies = []
    for slot in room.scene.teachers:
        out = f"out-{slot.teacher}"
        room.prepare(slot, work="work")
        values = room.values(room.device(slot).answer(room.lines("work")))
        room.complete(values, work="work", out=out)
        copies.append(room.path(out))
    (Path(copies[1]) / "02.xml").write_bytes(b"<HOC_BA")
    capsys.readouterr()
    arguments = ["merge", room.path("in"), *copies, "-o", room.path("merged"), "--json"]
    assert main(arguments) == 1
    items = told(capsys)
    assert [item["result"] for item in items[:-1]] == [
        "merged",
        "merged",
        "refused",
        "merged",
        "merged",
    ]
    assert str(Path(copies[1]) / "02.xml") in items[2]["where"]
    first = results(room, "merged")
    assert all(slots(octets) == set(map(str, room.scene.teachers)) for octets in first.values())
    (Path(copies[1]) / "02.xml").unlink()
    assert main(arguments) == 0
    assert told(capsys)[-1]["summary"] == {"merged": 1, "already": 4, "refused": 0, "failed": 0}
    assert first.items() <= results(room, "merged").items()


def test_the_next_role_goes_on_from_the_results(room: Classroom) -> None:
    for slot in room.scene.teachers:
        room.prepare(slot, work=f"work-{slot.teacher}")
        values = room.values(room.device(slot).answer(room.lines(f"work-{slot.teacher}")))
        room.complete(values, work=f"work-{slot.teacher}")
    assert room.prepare(GVCN, work="work", source="out") == 0
    values = room.values(room.device(GVCN).answer(room.lines("work")))
    assert room.complete(values, work="work", out="next") == 0
    assert all("GVCN" in slots(octets) for octets in results(room, "next").values())


def test_what_has_expired_is_prepared_anew(room: Classroom, capsys: Captured) -> None:
    slot = room.scene.teachers[0]
    room.prepare(slot, work="work")
    work = room.folder / "work"
    old, *others = room.lines("work")
    state = json.loads((work / old["state_file"]).read_text())
    state["expires"] = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    (work / old["state_file"]).write_text(json.dumps(state))
    values = room.values(room.device(slot).answer(room.lines("work")))
    capsys.readouterr()
    assert room.complete(values, work="work") == 1
    assert told(capsys)[0]["cause"] == "SIGN.EXPIRED"
    time.sleep(1)  # the next second is another signing time
    assert room.prepare(slot, work="work") == 0
    new, *kept = room.lines("work")
    assert new["id"] != old["id"]
    assert [line["id"] for line in kept] == [line["id"] for line in others]
    assert not (work / old["state_file"]).exists()
    assert told(capsys)[-1]["summary"] == {"prepared": 1, "already": 4, "refused": 0, "failed": 0}


@pytest.mark.parametrize(
    ("out", "cause"), [("in", "BATCH.SAME_FOLDER"), ("work", "BATCH.SAME_FOLDER")]
)
def test_results_go_into_a_folder_of_their_own(
    room: Classroom, capsys: Captured, out: str, cause: str
) -> None:
    slot = room.scene.teachers[0]
    room.prepare(slot, work="work")
    values = room.values(room.device(slot).answer(room.lines("work")))
    capsys.readouterr()
    assert room.complete(values, work="work", out=out) in {1, 2}
    first = told(capsys)[0]
    assert cause in (first.get("cause"), first.get("error", {}).get("id"))
    assert (room.folder / "in" / "00.xml").read_bytes() == room.draft("00.xml")
