"""`hocba extend`: a signed file in, one that lasts out, or no file at all and the reason."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.cli.main import main
from hocba_sign.rendering.render import render
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import ServerFault, World, WorldServer
from hocba_sign.xml.layout import KHO
from tests.support.scene import SIGNED_AT, Scene

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
EXTENDED_AT = SIGNED_AT + 10 * DAY
Captured = pytest.CaptureFixture[str]


@dataclass
class Archive:
    """A department's folder: signed.xml by all at level T, trust/ and lists; its time-stamp
    authority answers at `now`.
    """

    folder: Path
    scene: Scene
    server: WorldServer
    captured: Captured
    now: datetime = EXTENDED_AT

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def write(self, name: str, octets: bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(octets)
        return str(path)

    def lists(self, at: datetime) -> tuple[str, ...]:
        """Write the lists as of `at` and the issuing authorities, and return the options that name
        them and the anchors.
        """
        for number, der in enumerate(self.scene.world.crls(at)):
            self.write(f"crl/{number}.crl", der)
        for number, der in enumerate(self.scene.world.intermediates_der):
            self.write(f"cert/{number}.cer", der)
        return (*self.trust, "--crl", self.path("crl"), "--cert", self.path("cert"))

    @property
    def trust(self) -> tuple[str, ...]:
        return ("--trust", self.path("trust"))

    @property
    def tsa(self) -> tuple[str, ...]:
        return ("--tsa", self.server.tsa_url)

    def extend(
        self, *arguments: str, file: str = "signed.xml", out: str = "out.xml"
    ) -> tuple[int, str, str]:
        code = main(
            [
                "extend",
                self.path(file),
                "-o",
                self.path(out),
                "--offline",
                "--at",
                self.now.isoformat(),
                *arguments,
            ]
        )
        told = self.captured.readouterr()
        assert (self.folder / out).exists() == (code == 0)
        assert not list(self.folder.glob(".*.part"))
        return code, told.out, told.err

    def extend_json(
        self, *arguments: str, file: str = "signed.xml", out: str = "out.xml"
    ) -> tuple[int, dict[str, Any]]:
        code, output, _ = self.extend(*arguments, "--json", file=file, out=out)
        (line,) = output.splitlines()
        value = json.loads(line)
        assert isinstance(value, dict)
        return code, value

    def verify(self, name: str, at: datetime) -> dict[str, Any]:
        main(
            ["verify", self.path(name), *self.trust, "--offline", "--at", at.isoformat(), "--json"]
        )
        value = json.loads(self.captured.readouterr().out)
        assert isinstance(value, dict)
        return value


@pytest.fixture
def archive(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HOCBA_LANG", raising=False)
    scene = Scene(subjects=1)
    with WorldServer(
        lambda: found.now, lambda url: World(SIGNED_AT, base_url=url, fast=True)
    ) as server:
        scene.world = server.world
        found = Archive(tmp_path, scene, server, capsys)
        found.write("signed.xml", scene.signed(level=Level.T))
        for number, der in enumerate(scene.world.anchors_der):
            found.write(f"trust/{number}.cer", der)
        yield found


def formats(report: dict[str, Any]) -> set[str]:
    return {signature["format"] for signature in report["signatures"]}


def test_to_lt(archive: Archive) -> None:
    code, told = archive.extend_json("--to", "LT", *archive.lists(EXTENDED_AT - DAY))
    assert (code, told["level"], len(told["slots"]), told["validation_time"]) == (
        0,
        "LT",
        len(archive.scene.slots),
        "2026-06-11T03:00:00Z",
    )
    assert {check["id"] for check in told["checks"]} == {"TRUST.USER_ANCHOR"}
    report = archive.verify("out.xml", EXTENDED_AT + DAY)
    assert (report["verdict"], report["sha256"], formats(report)) == (
        "VALID",
        told["sha256"],
        {"XAdES-BASELINE-LT"},
    )


def test_a_pdf_grows_by_revisions(archive: Archive) -> None:
    scene = archive.scene
    document = render(scene.transcript, scene.draft).octets
    for slot in scene.slots:
        document = scene.sign(document, slot, level=Level.T)
    archive.write("signed.pdf", document)
    options = archive.lists(EXTENDED_AT - DAY)
    code, told = archive.extend_json("--to", "LT", *options, file="signed.pdf", out="lt.pdf")
    assert (code, told["slots"], told["closed"]) == (0, [str(slot) for slot in scene.slots], [])
    code, told = archive.extend_json(
        "--to", "LTA", *archive.trust, *archive.tsa, file="lt.pdf", out="lta.pdf"
    )
    assert (code, told["level"]) == (0, "LTA")
    report = archive.verify("lta.pdf", EXTENDED_AT + DAY)
    assert (report["verdict"], formats(report)) == ("VALID", {"PAdES-BASELINE-LTA"})
    assert (
        (archive.folder / "lta.pdf")
        .read_bytes()
        .startswith((archive.folder / "lt.pdf").read_bytes())
    )


def test_of_the_stores_layout_only_the_outer_signatures_are_extended(archive: Archive) -> None:
    scene = Scene(subjects=1, layout=KHO)
    scene.world = archive.scene.world
    archive.write("kho.xml", scene.signed(level=Level.T))
    options = archive.lists(EXTENDED_AT - DAY)
    code, told = archive.extend_json("--to", "LT", *options, file="kho.xml")
    assert (code, told["slots"], told["closed"]) == (
        0,
        ["CBQL", "KY_PHAT_HANH"],
        [str(scene.slots[0]), "GVCN"],
    )
    code, out, err = archive.extend("--to", "LT", *options, file="kho.xml", out="again.xml")
    assert (code, out) == (0, f"Đã bổ sung để 2 chữ ký đạt mức LT: {archive.path('again.xml')}\n")
    assert "[EXTEND.COVERED]" in err


def test_to_lta_and_again(archive: Archive) -> None:
    options = archive.lists(EXTENDED_AT - DAY)
    code, out, err = archive.extend("--to", "LTA", *options, *archive.tsa)
    assert (code, out) == (
        0,
        f"Đã bổ sung để {len(archive.scene.slots)} chữ ký đạt mức LTA: {archive.path('out.xml')}\n",
    )
    assert "[TRUST.USER_ANCHOR]" in err
    report = archive.verify("out.xml", EXTENDED_AT + HOUR)
    assert (report["verdict"], formats(report)) == ("VALID", {"XAdES-BASELINE-LTA"})
    archive.now = EXTENDED_AT + 300 * DAY
    code, _ = archive.extend_json(
        "--to",
        "LTA",
        *archive.lists(archive.now - DAY),
        *archive.tsa,
        file="out.xml",
        out="again.xml",
    )
    assert code == 0
    report = archive.verify("again.xml", archive.now + HOUR)
    assert report["verdict"] == "VALID"
    assert {
        sum(stamp["type"] == "archive" for stamp in one["timestamps"])
        for one in report["signatures"]
    } == {2}


def test_too_early_says_when_to_come_back(archive: Archive) -> None:
    archive.now = SIGNED_AT + HOUR
    options = ("--to", "LT", *archive.lists(SIGNED_AT - HOUR))
    code, out, err = archive.extend(*options)
    assert (code, out) == (2, "")
    assert "[EXTEND.TOO_EARLY]" in err
    assert "Hãy chạy lại sau 09:00:00 ngày 08/06/2026 (giờ Việt Nam, UTC+7)" in err
    code, told = archive.extend_json(*options)
    assert (code, told["error"]["id"], told["error"]["due"]) == (
        2,
        "EXTEND.TOO_EARLY",
        "2026-06-08T02:00:00Z",
    )
    assert told["error"]["where"]
    assert (
        "Try again after 08/06/2026 09:00:00 (Vietnam time, UTC+7)"
        in archive.extend(*options, "--lang", "en")[2]
    )


def test_a_signature_that_does_not_validate_is_named_with_its_causes(archive: Archive) -> None:
    code, _, err = archive.extend("--to", "LT", *archive.trust)
    assert code == 2
    assert "[EXTEND.NOT_VALID]" in err
    assert "[PATH.NO_CHAIN]" in err or "[REVOCATION.NONE]" in err
    code, told = archive.extend_json("--to", "LT", *archive.trust)
    assert (code, told["error"]["id"]) == (2, "EXTEND.NOT_VALID")
    assert all(finding["message"]["vi"] != finding["id"] for finding in told["error"]["findings"])
    assert {finding["where"] for finding in told["error"]["findings"]} == {told["error"]["where"]}


def test_a_revoked_signer(archive: Archive) -> None:
    archive.scene.world.revoke(archive.scene.identity(archive.scene.slots[-1]), SIGNED_AT - DAY)
    code, told = archive.extend_json("--to", "LT", *archive.lists(EXTENDED_AT - DAY))
    assert (code, told["error"]["id"], told["error"]["findings"][0]["id"]) == (
        2,
        "EXTEND.NOT_VALID",
        "REVOCATION.REVOKED",
    )


@pytest.mark.parametrize(
    ("level", "cause"), [(Level.B, "EXTEND.NO_TIME_STAMP"), (None, "EXTEND.NOTHING")]
)
def test_what_cannot_be_extended(archive: Archive, level: Level | None, cause: str) -> None:
    archive.write(
        "other.xml", archive.scene.draft if level is None else archive.scene.signed(level=level)
    )
    code, told = archive.extend_json(
        "--to", "LT", *archive.lists(EXTENDED_AT - DAY), file="other.xml"
    )
    assert (code, told["error"]["id"]) == (2, cause)


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("--to", "LTA"), "EXTEND.TSA_MISSING"),
        (("--to", "LT", "--tsa", "http://a.example/"), "EXTEND.TSA_UNUSED"),
    ],
)
def test_the_authority_goes_with_lta(
    archive: Archive, arguments: tuple[str, ...], cause: str
) -> None:
    code, told = archive.extend_json(*arguments)
    assert (code, told["error"]["id"]) == (2, cause)


@pytest.mark.parametrize("arguments", [("--to", "T"), ()])
def test_usage(archive: Archive, arguments: tuple[str, ...]) -> None:
    assert archive.extend(*arguments)[0] == 2


def test_a_failing_authority_leaves_no_file_and_an_old_one_as_it_was(archive: Archive) -> None:
    options = ("--to", "LTA", *archive.lists(EXTENDED_AT - DAY), *archive.tsa)
    archive.server.fail("/tsa", ServerFault.NOT_FOUND)
    code, told = archive.extend_json(*options)
    assert (code, told["error"]["id"]) == (6, "TSA.HTTP_STATUS")
    before = (archive.folder / "signed.xml").read_bytes()
    assert (
        main(
            [
                "extend",
                archive.path("signed.xml"),
                "-o",
                archive.path("signed.xml"),
                "--at",
                EXTENDED_AT.isoformat(),
                *options,
            ]
        )
        == 6
    )
    assert (archive.folder / "signed.xml").read_bytes() == before


def test_it_fails_in_the_middle(archive: Archive) -> None:
    """Some signatures have their archive time-stamp when the authority gives up: nothing is written
    all the same.
    """
    options = ("--to", "LTA", *archive.lists(EXTENDED_AT - DAY), *archive.tsa)
    assert archive.extend(*options, out="whole.xml")[0] == 0
    asked = sum(request.path == "/tsa" for request in archive.server.requests)
    assert asked == len(archive.scene.slots)
    archive.server.fail("/tsa", ServerFault.GARBAGE)
    archive.server.fail("/tsa", ServerFault.WRONG_CONTENT_TYPE, times=2)
    assert archive.extend(*options)[0] == 6
    assert sum(request.path == "/tsa" for request in archive.server.requests) > asked


def test_hostile_files(archive: Archive) -> None:
    archive.write("noise.xml", bytes(range(256)))
    code, told = archive.extend_json("--to", "LT", file="noise.xml")
    assert code == 1
    assert told["error"]["id"].startswith("XML.")
    code, told = archive.extend_json("--to", "LT", file="nothing.xml")
    assert (code, told["error"]["id"]) == (6, "FILE.NOT_FOUND")


def test_what_is_missing_is_fetched(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program's own clock counts here, so signatures are made now and lists are issued a moment
    later.
    """
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    now = datetime.now(UTC)
    signed_at = (now - HOUR).replace(microsecond=0)
    scene = Scene(subjects=1)
    with WorldServer(lambda: now, lambda url: World(now, base_url=url, fast=True)) as server:
        scene.world = server.world
        document = scene.draft
        for slot in scene.slots:
            document = scene.sign(document, slot, level=Level.T, at=signed_at)
        (tmp_path / "signed.xml").write_bytes(document)
        (tmp_path / "trust").mkdir()
        for number, der in enumerate(scene.world.anchors_der):
            (tmp_path / "trust" / f"{number}.cer").write_bytes(der)
        options = [
            "--to",
            "LT",
            "--trust",
            str(tmp_path / "trust"),
            "-o",
            str(tmp_path / "out.xml"),
            "--json",
        ]
        assert main(["extend", str(tmp_path / "signed.xml"), *options]) == 2
        told = json.loads(capsys.readouterr().out)
        assert {fetch["result"] for fetch in told["fetches"]} == {"refused"}
        assert (
            main(["extend", str(tmp_path / "signed.xml"), *options, "--unsafe-allow-loopback"]) == 0
        )
        told = json.loads(capsys.readouterr().out)
        assert {fetch["result"] for fetch in told["fetches"]} == {"fetched"}
    later = (now + DAY).isoformat()
    assert (
        main(
            [
                "verify",
                str(tmp_path / "out.xml"),
                "--trust",
                str(tmp_path / "trust"),
                "--offline",
                "--at",
                later,
            ]
        )
        == 0
    )
