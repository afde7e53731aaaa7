"""`hocba extend` of a school year: what is due, and no service asked without end."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from hocba_sign.adapters.failures import FAILURES_IN_A_ROW
from hocba_sign.adapters.online_evidence import OnlineFetcher, RunFetcher
from hocba_sign.adapters.tsa_series import STAMPS_AT_ONCE
from hocba_sign.ades.structure import StampKind
from hocba_sign.cli.main import main
from hocba_sign.operations.due import extension_due
from hocba_sign.operations.extension import signatures_of
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import ServerFault, World, WorldServer
from hocba_sign.testing.server import Request, ServedReply
from hocba_sign.validation.document.missing_evidence import Need, NeedKind, Unavailable
from tests.support.scene import SIGNED_AT, Scene

NOW = SIGNED_AT + timedelta(days=10)
FILES = 3
Captured = pytest.CaptureFixture[str]


@dataclass
class Year:
    """A folder `in` of transcripts by all at level T, with lists as of `NOW`."""

    folder: Path
    scene: Scene
    server: WorldServer
    captured: Captured

    def extend(
        self, *more: str, to: str = "LT", source: str = "in", out: str = "out"
    ) -> tuple[int, list[dict[str, Any]]]:
        folders = (str(self.folder / source), "-o", str(self.folder / out))
        given = ("--trust", str(self.folder / "trust"), "--at", NOW.isoformat(), "--offline")
        lists = ("--crl", str(self.folder / "crl"), "--cert", str(self.folder / "cert"))
        code = main(["extend", *folders, "--to", to, *given, *lists, "--json", *more])
        return code, [json.loads(line) for line in self.captured.readouterr().out.splitlines()]

    def results(self, out: str = "out") -> dict[str, bytes]:
        place = self.folder / out
        return {path.name: path.read_bytes() for path in place.iterdir()} if place.is_dir() else {}


@pytest.fixture
def year(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    scene = Scene(subjects=1)
    with WorldServer(lambda: NOW, lambda url: World(SIGNED_AT, base_url=url, fast=True)) as server:
        scene.world = server.world
        world = server.world
        written = {
            "trust": world.anchors_der,
            "crl": world.crls(NOW),
            "cert": world.intermediates_der,
            "in": [scene.signed(level=Level.T)] * FILES,
        }
        for name, files in written.items():
            (tmp_path / name).mkdir()
            suffix = "xml" if name == "in" else "der"
            for number, octets in enumerate(files):
                (tmp_path / name / f"{number}.{suffix}").write_bytes(octets)
        yield Year(tmp_path, scene, server, capsys)


def archives(octets: bytes) -> list[int]:
    return [
        sum(stamp.kind is StampKind.ARCHIVE for stamp in signature.time_stamps)
        for signature in signatures_of(octets)
    ]


def test_a_year_is_extended_and_a_second_run_changes_nothing(year: Year) -> None:
    (year.folder / "in" / "bad.xml").write_bytes(b"<HOC_BA")
    code, (*items, last) = year.extend()
    assert code == 1
    assert [item["result"] for item in items] == ["extended"] * FILES + ["refused"]
    assert last["summary"] == {
        "extended": FILES,
        "already": 0,
        "not_due": 0,
        "refused": 1,
        "failed": 0,
    }
    first = year.results()
    assert all(
        signature.embedded_crls_der
        for octets in first.values()
        for signature in signatures_of(octets)
    )
    (year.folder / "in" / "bad.xml").unlink()
    (year.folder / "out" / "1.xml").unlink()
    code, (*items, _) = year.extend()
    assert (code, [item["result"] for item in items]) == (0, ["already", "extended", "already"])
    assert year.results() == first


def test_only_what_is_due_is_extended(year: Year) -> None:
    document = (year.folder / "in" / "0.xml").read_bytes()
    due = extension_due(document)
    assert due is not None
    before, after = ((due + timedelta(days=days)).isoformat() for days in (-1, 1))
    code, (*items, last) = year.extend("--due", before)
    assert (code, {item["result"] for item in items}) == (0, {"not_due"})
    assert (last["summary"]["not_due"], year.results()) == (FILES, {})
    assert {datetime.fromisoformat(item["due"]) for item in items} == {due}
    code, (*items, last) = year.extend("--due", after)
    assert (code, last["summary"]["extended"]) == (0, FILES)
    # With the data in the file the signer's certificate may end.
    later = extension_due(year.results()["0.xml"])
    assert later is not None
    assert later > due


def test_a_dry_run_asks_nobody_and_writes_nothing(year: Year) -> None:
    arguments = ("--dry-run", "--tsa", year.server.tsa_url)
    code, (*items, last) = year.extend(*arguments, to="LTA")
    assert (code, {item["result"] for item in items}) == (0, {"due"})
    assert last["summary"]["due"] == FILES
    assert not year.server.requests
    assert not (year.folder / "out").exists()


def test_it_is_due_by_the_earliest_end(year: Year) -> None:
    document = (year.folder / "in" / "0.xml").read_bytes()
    ends = [
        Certificate.load(signature.certificates_der[0]).not_after
        for signature in signatures_of(document)
    ]
    assert extension_due(document) == min(ends)
    assert extension_due(year.scene.draft) is None


def test_archive_time_stamps_come_once_for_a_year(year: Year) -> None:
    tsa = ("--tsa", year.server.tsa_url)
    code, _ = year.extend(*tsa, to="LTA")
    assert code == 0
    first, asked = year.results(), len(year.server.requests)
    assert all(archives(octets) == [1] * 4 for octets in first.values())
    code, (*items, _) = year.extend(*tsa, to="LTA")
    assert (code, {item["result"] for item in items}) == (0, {"already"})
    assert (year.results(), len(year.server.requests)) == (first, asked)
    code, _ = year.extend(*tsa, to="LTA", source="out", out="renewed")
    assert all(archives(octets) == [2] * 4 for octets in year.results("renewed").values())


def test_an_authority_that_hangs_ends_the_run(year: Year) -> None:
    document = (year.folder / "in" / "0.xml").read_bytes()
    for number in range(12):
        (year.folder / "in" / f"{number}.xml").write_bytes(document)
    year.server.delay = timedelta(seconds=30)
    year.server.fail("/tsa", ServerFault.SLOW)
    begun = time.monotonic()
    code, (*items, last) = year.extend("--tsa", year.server.tsa_url, "--timeout", "1", to="LTA")
    assert time.monotonic() - begun < 20
    assert (code, last["summary"]["failed"]) == (6, 12)
    assert len(year.server.requests) <= FAILURES_IN_A_ROW + STAMPS_AT_ONCE
    assert "BATCH.STOPPED" in {item["cause"] for item in items}
    assert year.results() == {}


def test_what_a_failing_authority_left_is_done_by_the_same_command(year: Year) -> None:
    for number in range(8):
        (year.folder / "in" / f"{number}.xml").write_bytes(year.scene.signed(level=Level.T))
    tsa = ("--tsa", year.server.tsa_url)
    given: list[str] = []
    answer = year.server.answer

    def failing(request: Request) -> ServedReply:
        given.append(request.path)
        # By then at least one is done, however the files take turns.
        if len(given) == STAMPS_AT_ONCE * len(year.scene.slots):
            year.server.fail("/tsa", ServerFault.HANG_UP)
        return answer(request)

    year.server.answer = failing  # type: ignore[method-assign]  # the server is the test's own
    code, (*_, last) = year.extend(*tsa, to="LTA")
    done = last["summary"]["extended"]
    assert (code, done + last["summary"]["failed"]) == (6, 8)
    assert 0 < done < 8
    year.server.recover()
    before = year.results()
    code, (*_, last) = year.extend(*tsa, to="LTA")
    assert (code, last["summary"]["already"], last["summary"]["extended"]) == (0, done, 8 - done)
    assert all(archives(octets) == [1] * 4 for octets in year.results().values())
    assert before.items() <= year.results().items()


def test_no_service_is_asked_by_more_than_a_few_files_at_once(year: Year) -> None:
    for number in range(3 * STAMPS_AT_ONCE):
        (year.folder / "in" / f"{number:02}.xml").write_bytes(year.scene.signed(level=Level.T))
    waiting: Counter[str] = Counter()
    most: Counter[str] = Counter()
    lock = Lock()
    answer = year.server.answer

    def counted(request: Request) -> ServedReply:
        service = "/".join(request.path.split("/")[:3])
        with lock:
            waiting[service] += 1
            most[service] = max(most[service], waiting[service])
        time.sleep(0.05)
        with lock:
            waiting[service] -= 1
        return answer(request)

    year.server.answer = counted  # type: ignore[method-assign]  # the server is the test's own
    folders = (str(year.folder / "in"), "-o", str(year.folder / "out"))
    trust = ("--trust", str(year.folder / "trust"), "--unsafe-allow-loopback", "--json")
    assert main(["extend", *folders, "--to", "LTA", "--tsa", year.server.tsa_url, *trust]) == 0
    services = {service.split("/")[1] for service in most}
    assert {"tsa", "ocsp"} <= services, services
    assert max(most.values()) <= STAMPS_AT_ONCE
    # What one file was told serves those after it.
    asked = Counter(request.path for request in year.server.requests if request.path != "/tsa")
    assert max(asked.values()) <= STAMPS_AT_ONCE * len(year.scene.slots)


@pytest.mark.parametrize("kind", ["another", "unextended LTA", "link"])
def test_another_file_is_left_alone(year: Year, kind: str) -> None:
    (year.folder / "out").mkdir()
    place = year.folder / "out" / "0.xml"
    if kind == "link":
        place.symlink_to(year.folder / "in" / "0.xml")
    elif kind == "another":
        place.write_bytes(year.scene.signed(level=Level.T))
    else:
        place.write_bytes((year.folder / "in" / "0.xml").read_bytes())
    before = place.read_bytes()
    code, (first, *_) = year.extend("--tsa", year.server.tsa_url, to="LTA")
    assert (code, first["result"], first["cause"]) == (1, "refused", "BATCH.OTHER_RESULT")
    assert place.read_bytes() == before


@pytest.mark.parametrize("more", [("--due", "2030-01-01"), ("--dry-run",)])
def test_a_single_file_has_no_date(year: Year, more: tuple[str, ...]) -> None:
    code, (told,) = year.extend(*more, source="in/0.xml")
    assert (code, told["error"]["id"]) == (2, "EXTEND.FOLDER_ONLY")


def test_a_host_that_fails_is_left_alone_for_the_whole_run(year: Year) -> None:
    world = year.server.world
    chain = [Certificate.load(der) for der in year.scene.signer(year.scene.slots[0]).chain_der]
    url = f"{year.server.url}/ocsp/{world.slugs[0]}"
    need = Need(kind=NeedKind.OCSP, url=url, certificate=chain[0], issuer=chain[1])
    year.server.fail("/ocsp", ServerFault.HANG_UP)
    source = OnlineFetcher(allow_loopback=True, clock=lambda: datetime.now(UTC))
    run = RunFetcher(source)
    answers = [run.session()(need) for _ in range(10)]
    assert len(year.server.requests) == FAILURES_IN_A_ROW
    assert all(isinstance(answer, Unavailable) for answer in answers)
    # Documents for themselves find out for themselves.
    for _ in range(10):
        source.session()(need)
    assert len(year.server.requests) == FAILURES_IN_A_ROW + 10
