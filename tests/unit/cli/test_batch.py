"""`hocba sign` of a folder: every file on its own, and nothing twice or half, however often the
program is killed.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from hocba_sign.adapters.failures import FAILURES_IN_A_ROW
from hocba_sign.adapters.locks import exclusive
from hocba_sign.adapters.tsa_series import STAMPS_AT_ONCE
from hocba_sign.ades.integrity import check_integrity
from hocba_sign.cli.main import main
from hocba_sign.model.workflow import Slot
from hocba_sign.signing.xml.draft import read_draft
from hocba_sign.testing import ServerFault, World, WorldServer
from hocba_sign.testing.server import Request, ServedReply
from tests.support.scene import GVCN, ROOT, Scene

PROGRAM = (
    sys.executable,
    "-c",
    "import sys; from hocba_sign.cli.main import main; sys.exit(main())",
)
COUNT = 500
Captured = pytest.CaptureFixture[str]


@dataclass
class School:
    """A class's folder `in` with transcripts whose teachers have signed, and the key files of those
    who sign.
    """

    folder: Path
    scene: Scene
    captured: Captured

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def write(self, name: str, octets: bytes) -> None:
        place = self.folder / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(octets)

    def add(self, *names: str) -> None:
        for name in names:
            self.write(f"in/{name}", drafted(self.scene, name))

    def key(self, slot: Slot) -> tuple[str, ...]:
        identity = self.scene.identity(slot)
        key, chain = self.folder / f"{slot.role}.key", self.folder / f"{slot.role}.pem"
        key.write_bytes(identity.key_pem)
        chain.write_bytes(identity.chain_pem)
        return ("--key", str(key), "--cert", str(chain))

    def arguments(self, *more: str, slot: Slot, out: str = "out") -> tuple[str, ...]:
        return (
            "sign",
            self.path("in"),
            "--role",
            slot.role,
            *self.key(slot),
            "-o",
            self.path(out),
            *more,
        )

    def sign(
        self, *more: str, slot: Slot, out: str = "out"
    ) -> tuple[int, dict[str, dict[str, Any]], str]:
        """Return exit code, the lines by file name with the last under `summary`, and standard
        error.
        """
        level = () if "--tsa" in more else ("--level", "B")
        code = main([*self.arguments(*more, *level, "--json", slot=slot, out=out)])
        told = self.captured.readouterr()
        *items, last = map(json.loads, told.out.splitlines())
        return code, {Path(item["file"]).name: item for item in items} | last, told.err

    def out(self, name: str) -> bytes:
        return (self.folder / "out" / name).read_bytes()

    @property
    def names(self) -> list[str]:
        return sorted(entry.name for entry in (self.folder / "out").iterdir())


def drafted(scene: Scene, name: str) -> bytes:
    """Return the transcript of another pupil: its identifier depends on `name` alone."""
    old = scene.transcript.identification.id.encode()
    assert old in scene.draft
    return scene.draft.replace(old, str(uuid5(NAMESPACE_URL, name)).encode())


def signatures(octets: bytes) -> dict[str, bytes]:
    """Return the value of every signature by its slot, each of them intact and without findings."""
    parsed = read_draft(octets).parsed
    assert octets.count(b"<ds:SignatureValue") == len(parsed.signatures)
    for signature in parsed.signatures:
        integrity = check_integrity(signature)
        assert integrity.is_intact
        assert not integrity.findings
    return {str(signature.slot): signature.value for signature in parsed.signatures}


@pytest.fixture
def school(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> School:
    """The program's own clock counts here."""
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HOCBA_LANG", raising=False)
    scene = Scene(subjects=1)
    scene.world = World(datetime.now(UTC), fast=True)
    return School(tmp_path, scene, capsys)


@pytest.fixture
def server(school: School) -> Iterator[WorldServer]:
    now = datetime.now(UTC)
    with WorldServer(lambda: now, lambda url: World(now, base_url=url, fast=True)) as found:
        school.scene.world = found.world
        yield found


def test_a_bad_file_never_stops_the_rest(school: School) -> None:
    (teacher,) = school.scene.teachers
    school.add("a.xml", "c.XML", "e.xml")
    school.write("in/b.xml", b"<HOC_BA")
    school.write("in/d.xml", school.scene.signed([teacher]))
    school.write("in/._a.xml", b"noise")
    school.write("in/list.txt", b"noise")
    before = {entry.name: entry.read_bytes() for entry in (school.folder / "in").iterdir()}
    code, told, _ = school.sign(slot=teacher)
    assert code == 1
    assert {name: item["result"] for name, item in told.items() if name != "summary"} == {
        "a.xml": "signed",
        "b.xml": "refused",
        "c.XML": "signed",
        "d.xml": "refused",
        "e.xml": "signed",
    }
    assert told["summary"] == {"signed": 3, "already": 0, "refused": 2, "failed": 0}
    assert told["b.xml"]["cause"].startswith("XML.")
    assert told["b.xml"]["where"]
    assert (told["d.xml"]["cause"], told["d.xml"]["where"]) == ("SIGN.ALREADY_SIGNED", str(teacher))
    assert school.names == ["a.xml", "c.XML", "e.xml"]
    assert all(list(signatures(school.out(name))) == [str(teacher)] for name in school.names)
    assert {entry.name: entry.read_bytes() for entry in (school.folder / "in").iterdir()} == before


def test_a_second_run_signs_nothing_twice(school: School) -> None:
    (teacher,) = school.scene.teachers
    school.add("a.xml", "b.xml")
    assert school.sign(slot=teacher)[0] == 0
    first = school.out("a.xml")
    school.add("c.xml")
    code, told, _ = school.sign(slot=teacher)
    assert (code, told["summary"]) == (0, {"signed": 1, "already": 2, "refused": 0, "failed": 0})
    assert school.out("a.xml") == first


def test_a_result_on_which_others_have_gone_on_is_left(school: School) -> None:
    (teacher,) = school.scene.teachers
    school.add("a.xml")
    school.sign(slot=teacher)
    later = school.scene.sign(school.out("a.xml"), GVCN, at=datetime.now(UTC))
    school.write("out/a.xml", later)
    code, told, _ = school.sign(slot=teacher)
    assert (code, told["a.xml"]["result"]) == (0, "already")
    assert school.out("a.xml") == later


@pytest.mark.parametrize(
    "kind", ["unsigned", "other pupil", "half", "broken", "empty", "link", "spaces"]
)
def test_another_result_is_never_overwritten(school: School, kind: str) -> None:
    (teacher,) = school.scene.teachers
    school.add("a.xml", "b.xml")
    school.sign(slot=teacher)
    good = school.out("a.xml")
    other = {
        "unsigned": (school.folder / "in" / "a.xml").read_bytes(),
        "other pupil": school.out("b.xml"),
        "half": good[: len(good) // 2],
        "broken": good.replace(b"<ds:SignatureValue", b"<ds:SignatureValue ").replace(
            b"=</ds:SignatureValue>", b"A</ds:SignatureValue>"
        ),
        "empty": b"",
        "spaces": good + b"\n",
    }.get(kind)
    place = school.folder / "out" / "a.xml"
    place.unlink()
    if other is None:
        place.symlink_to(school.folder / "in" / "a.xml")
    else:
        place.write_bytes(other)
    code, told, _ = school.sign(slot=teacher)
    assert (code, told["a.xml"]["result"], told["a.xml"]["cause"]) == (
        1,
        "refused",
        "BATCH.OTHER_RESULT",
    )
    assert told["b.xml"]["result"] == "already"
    assert other is None or school.out("a.xml") == other


def test_another_certificate_did_it(school: School) -> None:
    (teacher,) = school.scene.teachers
    school.add("a.xml")
    school.sign(slot=teacher)
    school.scene.world = World(datetime.now(UTC), fast=True)
    code, told, _ = school.sign(slot=teacher)
    assert (code, told["a.xml"]["cause"]) == (1, "BATCH.OTHER_SIGNER")


def test_time_stamps(school: School, server: WorldServer) -> None:
    (teacher,) = school.scene.teachers
    school.add("a.xml")
    school.sign(slot=teacher)
    school.add("b.xml")
    code, told, _ = school.sign("--tsa", server.tsa_url, slot=teacher)
    assert (code, told["a.xml"]["cause"], told["b.xml"]["result"]) == (
        1,
        "BATCH.LOWER_LEVEL",
        "signed",
    )
    (signature,) = read_draft(school.out("b.xml")).parsed.signatures
    assert len(signature.time_stamps) == 1
    assert school.sign("--tsa", server.tsa_url, slot=teacher)[1]["b.xml"]["result"] == "already"


def test_an_authority_that_hangs_costs_three_answers_and_not_one_of_each_file(
    school: School, server: WorldServer
) -> None:
    (teacher,) = school.scene.teachers
    names = [f"{number:02}.xml" for number in range(14)]
    school.add(names[-1])
    assert school.sign("--tsa", server.tsa_url, slot=teacher)[0] == 0
    school.add(*names)
    before = len(server.requests)
    server.delay = timedelta(seconds=30)
    server.fail("/tsa", ServerFault.SLOW)
    more = ("--tsa", server.tsa_url, "--timeout", "0.5", "--lang", "en")
    begun = time.monotonic()
    code, told, err = school.sign(*more, slot=teacher)
    assert time.monotonic() - begun < 10
    assert (code, told["summary"]) == (6, {"signed": 0, "already": 1, "refused": 0, "failed": 13})
    causes = [told[name]["cause"] for name in names[:-1]]
    tried = causes.count("TSA.TIMEOUT")
    assert FAILURES_IN_A_ROW <= tried <= FAILURES_IN_A_ROW + STAMPS_AT_ONCE
    assert len(server.requests) - before == tried
    assert set(causes) <= {"TSA.TIMEOUT", "TSA.GIVEN_UP", "BATCH.STOPPED"}
    assert causes[-1] == "BATCH.STOPPED"
    assert f"failed {FAILURES_IN_A_ROW} times in a row" in err
    assert school.names == names[-1:]
    server.recover()
    assert school.sign("--tsa", server.tsa_url, slot=teacher)[0] == 0
    assert school.names == names


def test_a_few_failures_stop_nothing(school: School, server: WorldServer) -> None:
    (teacher,) = school.scene.teachers
    school.add(*(f"{number}.xml" for number in range(8)))
    server.fail("/tsa", ServerFault.NOT_FOUND, times=FAILURES_IN_A_ROW - 1)
    code, told, _ = school.sign("--tsa", server.tsa_url, slot=teacher)
    assert (code, told["summary"]["signed"], told["summary"]["failed"]) == (6, 6, 2)


def test_time_stamps_are_waited_for_side_by_side_and_not_all_at_once(
    school: School, server: WorldServer
) -> None:
    (teacher,) = school.scene.teachers
    names = [f"{number:02}.xml" for number in range(2 * STAMPS_AT_ONCE)]
    school.add(*names)
    waiting, most = 0, 0
    lock = Lock()
    answer = server.answer

    def counted(request: Request) -> ServedReply:
        nonlocal waiting, most
        with lock:
            waiting += 1
            most = max(most, waiting)
        time.sleep(0.3)
        with lock:
            waiting -= 1
        return answer(request)

    server.answer = counted  # type: ignore[method-assign]  # the server is the test's own
    code, told, _ = school.sign("--tsa", server.tsa_url, slot=teacher)
    assert (code, told["summary"]["signed"]) == (0, len(names))
    assert 1 < most <= STAMPS_AT_ONCE
    assert [name for name in told if name != "summary"] == names


def test_another_authority_is_asked_where_it_was_named(school: School, server: WorldServer) -> None:
    (teacher,) = school.scene.teachers
    names = [f"{number:02}.xml" for number in range(12)]
    school.add(*names)
    now = datetime.now(UTC)
    with WorldServer(lambda: now, lambda url: World(now, base_url=url, fast=True)) as other:
        server.fail("/tsa", ServerFault.NOT_FOUND)
        more = ("--tsa", server.tsa_url, "--tsa-fallback", other.tsa_url, "--lang", "en")
        code, told, err = school.sign(*more, slot=teacher)
        assert (code, told["summary"]["signed"], len(other.requests)) == (0, 12, 12)
        assert FAILURES_IN_A_ROW <= len(server.requests) <= FAILURES_IN_A_ROW + STAMPS_AT_ONCE
        assert f"12 time-stamps are from {other.tsa_url}" in err
    assert all(read_draft(school.out(name)).parsed.signatures[0].time_stamps for name in names)


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        (("--tsa", "{tsa}", "--tsa-fallback", "ftp://tsa.example"), "TSA.URL"),
        (("--tsa-fallback", "{tsa}"), "CLI.TSA_MISSING"),
        (("--level", "B", "--tsa-fallback", "{tsa}"), "CLI.TSA_UNUSED"),
    ],
)
def test_authorities_are_asked_for_before_anything_is_written(
    school: School, server: WorldServer, more: tuple[str, ...], cause: str
) -> None:
    (teacher,) = school.scene.teachers
    school.add("a.xml")
    given = [argument.format(tsa=server.tsa_url) for argument in more]
    assert main([*school.arguments(*given, "--json", slot=teacher)]) == 2
    assert json.loads(school.captured.readouterr().out)["error"]["id"] == cause
    assert not (school.folder / "out").exists()
    assert not server.requests


def test_all_subjects_of_a_teacher_and_no_others(school: School) -> None:
    world = school.scene.world
    school.scene = Scene(subjects=3)
    school.scene.world = world
    first, second, _ = school.scene.teachers
    person = school.scene.expected(first)
    old = school.scene.expected(second).personal_id
    assert person.personal_id is not None
    assert old is not None
    draft = school.scene.draft.replace(old.encode(), person.personal_id.encode())
    draft = draft.replace(school.scene.expected(second).name.encode(), person.name.encode())
    school.write("in/a.xml", draft)
    assert school.sign("--subject", str(first.subject), slot=first, out="one")[0] == 0
    assert list(signatures((school.folder / "one" / "a.xml").read_bytes())) == [str(first)]
    code, told, _ = school.sign(slot=first)
    assert (code, told["a.xml"]["slots"]) == (0, [str(first), str(second)])
    assert set(signatures(school.out("a.xml"))) == {str(first), str(second)}
    shutil.copy(school.folder / "one" / "a.xml", school.folder / "out" / "a.xml")
    code, told, _ = school.sign(slot=first)
    assert (code, told["a.xml"]["cause"], told["a.xml"]["where"]) == (
        1,
        "BATCH.OTHER_RESULT",
        str(second),
    )


def test_whose_turn_it_is_not(school: School) -> None:
    school.add("a.xml")
    code, told, _ = school.sign(slot=GVCN)
    assert (code, told["a.xml"]["result"], told["a.xml"]["cause"]) == (1, "refused", "SIGN.ORDER")
    assert school.names == []


@pytest.mark.parametrize(
    ("out", "code", "cause"),
    [
        ("in", 2, "BATCH.SAME_FOLDER"),
        ("in/../in", 2, "BATCH.SAME_FOLDER"),
        ("in/a.xml", 2, "BATCH.OUT_NOT_FOLDER"),
        ("no/where", 6, "FILE.NO_FOLDER"),
    ],
)
def test_where_results_cannot_go(school: School, out: str, code: int, cause: str) -> None:
    school.add("a.xml")
    (teacher,) = school.scene.teachers
    assert main([*school.arguments("--level", "B", "--json", slot=teacher, out=out)]) == code
    assert json.loads(school.captured.readouterr().out)["error"]["id"] == cause
    assert signatures((school.folder / "in" / "a.xml").read_bytes()) == {}


def test_standard_output_is_no_folder(school: School) -> None:
    school.add("a.xml")
    (teacher,) = school.scene.teachers
    assert (
        main(
            [
                *school.arguments("--level", "B", "--json", slot=teacher)[:-5],
                "-o",
                "-",
                "--level",
                "B",
                "--json",
            ]
        )
        == 2
    )
    assert json.loads(school.captured.readouterr().out)["error"]["id"] == "BATCH.OUT_NOT_FOLDER"


def test_nothing_to_sign(school: School) -> None:
    (school.folder / "in").mkdir()
    (teacher,) = school.scene.teachers
    assert main([*school.arguments("--level", "B", slot=teacher)]) == 6
    assert "[BATCH.NO_FILES]" in school.captured.readouterr().err


def test_one_run_at_a_time(school: School) -> None:
    school.add("a.xml")
    (teacher,) = school.scene.teachers
    (school.folder / "out").mkdir()
    with exclusive(school.folder / "out", cause="BATCH.RUNNING"):
        assert main([*school.arguments("--level", "B", slot=teacher)]) == 6
    assert "[BATCH.RUNNING]" in school.captured.readouterr().err
    assert school.names == []


def test_words_for_people(school: School) -> None:
    school.add("a.xml")
    school.write("in/b.xml", b"")
    (teacher,) = school.scene.teachers
    assert main([*school.arguments("--level", "B", slot=teacher)]) == 1
    told = school.captured.readouterr()
    signed, refused, summary = told.out.splitlines()
    assert signed == f"Đã ký {teacher}, mức B: {school.path('out/a.xml')}"
    assert refused.startswith(f"KHÔNG KÝ {school.path('in/b.xml')}: ")
    assert summary.startswith("2 tệp: 1 vừa ký, 0 đã ký từ trước, 1 không ký")
    assert not told.err


def test_what_a_killed_run_left_is_removed_and_nothing_else(school: School) -> None:
    school.add("a.xml")
    kept = (".a.xml.notes", ".z.xml.abcd1234.part", ".a.xml.part")
    for name in (*kept, ".a.xml.ab_d1234.part"):
        school.write(f"out/{name}", b"half")
    (teacher,) = school.scene.teachers
    assert school.sign(slot=teacher)[0] == 0
    assert school.names == sorted((*kept, "a.xml"))


@pytest.mark.long
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no signal that ends a program at once")
def test_killed_again_and_again(school: School) -> None:
    names = [f"{number:03}.xml" for number in range(COUNT)]
    school.add(*names)
    (teacher,) = school.scene.teachers
    arguments = (*PROGRAM, *school.arguments("--level", "B", "--json", slot=teacher))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    out = school.folder / "out"
    out.mkdir()
    (out / f".{names[-1]}.00000000.part").write_bytes(b"half")
    chance = random.Random(20260601)
    done: dict[str, bytes] = {}
    kills = 0
    for goal in (1, 60, 130, 210, 300):
        with subprocess.Popen(
            arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as program:
            while len(list(out.glob("*.xml"))) < goal and program.poll() is None:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.05))
            program.kill()
        kills += program.returncode == -signal.SIGKILL
        found = {entry.name: entry.read_bytes() for entry in out.glob("*.xml")}
        assert done.items() <= found.items()
        assert all(
            list(signatures(octets)) == [str(teacher)]
            for name, octets in found.items()
            if name not in done
        )
        done = found
    assert kills == 5
    assert len(done) < COUNT
    ended = subprocess.run(arguments, env=environment, capture_output=True, check=False)
    assert ended.returncode == 0
    *items, last = map(json.loads, ended.stdout.splitlines())
    assert last["summary"] == {
        "signed": COUNT - len(done),
        "already": len(done),
        "refused": 0,
        "failed": 0,
    }
    assert {Path(item["file"]).name for item in items if item["result"] == "already"} == done.keys()
    assert school.names == names
    assert all(school.out(name) == octets for name, octets in done.items())
    values = [signatures(school.out(name)) for name in names]
    assert all(list(value) == [str(teacher)] for value in values)
    assert len({value[str(teacher)] for value in values}) == COUNT
