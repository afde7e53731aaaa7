"""What `hocba verify` rests on beside the document: files that are named, and what was imported on
this machine.
"""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.cli.main import main
from hocba_sign.signing.signing_policy import Level
from hocba_sign.testing import World
from tests.support.scene import JUDGED_AT, Scene

Captured = pytest.CaptureFixture[str]


def armoured(der: bytes) -> bytes:
    return (
        b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"
    )


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(subjects=1)


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: Scene) -> list[str]:
    """Write signed.xml, anchors and evidence; give the call without anchors."""
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HOCBA_LANG", raising=False)
    (tmp_path / "signed.xml").write_bytes(scene.signed(level=Level.T))
    (tmp_path / "trust").mkdir()
    (tmp_path / "evidence").mkdir()
    for number, der in enumerate(scene.world.anchors_der):
        (tmp_path / "trust" / f"{number}.cer").write_bytes(der)
    for number, der in enumerate(scene.world.crls(JUDGED_AT)):
        (tmp_path / "evidence" / f"{number}.crl").write_bytes(der)
    evidence = str(tmp_path / "evidence")
    return [
        "verify",
        str(tmp_path / "signed.xml"),
        "--crl",
        evidence,
        "--offline",
        "--at",
        JUDGED_AT.isoformat(),
        "--json",
    ]


def judged(arguments: list[str], captured: Captured) -> tuple[int, dict[str, Any]]:
    code = main(arguments)
    value = json.loads(captured.readouterr().out)
    assert isinstance(value, dict)
    return code, value


def user_anchors(report: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [
        (check["result"], check["forces"])
        for check in report["checks"]
        if check["id"] == "TRUST.USER_ANCHOR"
    ]


def test_anchors_named_are_the_users_and_force_nothing(
    options: list[str], tmp_path: Path, capsys: Captured, scene: Scene
) -> None:
    code, report = judged([*options, "--trust", str(tmp_path / "trust")], capsys)
    assert (code, report["verdict"]) == (0, "VALID")
    assert user_anchors(report) == [("warning", None)] * len(scene.world.anchors_der)


def test_imported_anchors_count_without_being_named(
    options: list[str], tmp_path: Path, capsys: Captured, scene: Scene
) -> None:
    assert judged(options, capsys)[0] == 3
    files = [str(path) for path in (tmp_path / "trust").iterdir()]
    assert main(["trust", "import", "--as-anchor", *files]) == 0
    capsys.readouterr()
    code, report = judged(options, capsys)
    assert (code, report["verdict"]) == (0, "VALID")
    assert user_anchors(report) == [("warning", None)] * len(scene.world.anchors_der)
    assert {check["where"] for check in report["checks"] if check["id"] == "TRUST.USER_ANCHOR"} >= {
        signature["certificate"]["anchor_sha256"] for signature in report["signatures"]
    }


def test_what_an_imported_anchor_stands_for_counts(
    options: list[str], tmp_path: Path, capsys: Captured
) -> None:
    """An anchor that stands for time-stamping only does not carry anybody's signature."""
    files = [str(path) for path in (tmp_path / "trust").iterdir()]
    assert main(["trust", "import", "--as-anchor", "--stands-for", "tsa", *files]) == 0
    capsys.readouterr()
    code, report = judged(options, capsys)
    assert (code, report["verdict"]) == (1, "INVALID")
    assert any(check["id"] == "WF.HIERARCHY" for check in report["checks"])


def test_evidence_that_is_none_stops_the_call(
    options: list[str], tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "odd.crl").write_bytes(b"\x30\x80 no list")
    code, told = judged([*options, "--crl", str(tmp_path / "odd.crl")], capsys)
    assert (code, told["verdict"], told["error"]["id"]) == (6, None, "FILE.UNUSABLE")


def test_what_is_not_read_is_named_and_may_leave_the_verdict_open(
    options: list[str], tmp_path: Path, capsys: Captured
) -> None:
    call = [*options, "--trust", str(tmp_path / "trust")]
    (tmp_path / "evidence" / "README.txt").write_text("Danh sách thu hồi của trường", "utf-8")
    code, report = judged(call, capsys)
    assert (code, report["verdict"]) == (0, "VALID")
    assert [
        (one["result"], one["forces"], Path(one["where"]).name)
        for one in report["checks"]
        if one["id"] == "EVIDENCE.PASSED_OVER"
    ] == [("not_checked", None, "README.txt (FILE.UNUSABLE)")]
    (tmp_path / "evidence" / "newer.crl").write_bytes(b"")
    code, report = judged(call, capsys)
    assert (code, report["verdict"]) == (3, "INDETERMINATE")
    assert [
        (one["forces"], Path(one["where"]).name)
        for one in report["checks"]
        if one["id"] == "EVIDENCE.UNREAD"
    ] == [("INDETERMINATE", "newer.crl (FILE.UNUSABLE)")]


@pytest.mark.parametrize("command", [["cert", "verify"], ["extend"]])
def test_certificates_and_long_term_data_are_not_good_either(
    tmp_path: Path, options: list[str], capsys: Captured, scene: Scene, command: list[str]
) -> None:
    (tmp_path / "leaf.pem").write_bytes(
        b"".join(map(armoured, scene.identity(scene.slots[0]).chain_der[:2]))
    )
    (tmp_path / "evidence" / "newer.crl").write_bytes(b"?" * 300)
    shared = [
        "--crl",
        str(tmp_path / "evidence"),
        "--trust",
        str(tmp_path / "trust"),
        "--offline",
        "--at",
        JUDGED_AT.isoformat(),
        "--json",
    ]
    if command == ["extend"]:
        code, told = judged(
            [
                "extend",
                str(tmp_path / "signed.xml"),
                "--to",
                "LT",
                "-o",
                str(tmp_path / "out.xml"),
                *shared,
            ],
            capsys,
        )
        assert (code, told["error"]["id"]) == (2, "EXTEND.NOT_VALID")
        assert not (tmp_path / "out.xml").exists()
    else:
        code, told = judged([*command, str(tmp_path / "leaf.pem"), *shared], capsys)
        assert (code, told["indication"], told["causes"]) == (
            3,
            "INDETERMINATE",
            ["EVIDENCE.UNREAD"],
        )


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        (armoured(World(JUDGED_AT, fast=True).anchors_der[0]), "FILE.IS_CERTIFICATE"),
        (World(JUDGED_AT, fast=True).crl("public-ca", JUDGED_AT), "FILE.IS_CRL"),
        (b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "FILE.IS_KEY"),
        (gzip.compress(b"<HOC_BA/>", mtime=0), "FILE.IS_ARCHIVE"),
    ],
)
def test_a_wrong_kind_of_file_is_named_where_a_document_is_taken(
    tmp_path: Path, capsys: Captured, octets: bytes, cause: str
) -> None:
    (tmp_path / "a.xml").write_bytes(octets)
    code, told = judged(["verify", str(tmp_path / "a.xml"), "--offline", "--json"], capsys)
    assert (code, any(cause in (check["where"] or "") for check in told["checks"])) == (4, True)
    code, told = judged(["validate", str(tmp_path / "a.xml"), "--json"], capsys)
    assert (code, any(cause in (one["where"] or "") for one in told["findings"])) == (1, True)
