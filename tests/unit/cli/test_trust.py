import json
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.adapters.fetch import Fetcher, FetchLimits
from hocba_sign.catalogue.messages import LANGUAGES, catalogue
from hocba_sign.cli import command_line
from hocba_sign.cli.commands.trust import update_from
from hocba_sign.cli.help_words import say
from hocba_sign.cli.main import main
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.trust.vietnam_list import Confidence, Hierarchy, ListedKind, Service, TrustList
from hocba_sign.testing.server import WorldServer
from hocba_sign.testing.world import World
from tests.vn_certificates import FOLDER, needs_copies, real_certificates

AT = datetime(2026, 6, 1, tzinfo=UTC)
WORLD = World(AT, fast=True)
OWN = Certificate.load(WORLD.authority("national-root").certificate_der)
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HOCBA_LANG", raising=False)
    return tmp_path / "home"


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    path = tmp_path / "own root.cer"
    path.write_bytes(OWN.der)
    return path


def as_json(captured: Captured) -> Any:
    return json.loads(captured.readouterr().out)


def test_the_list_for_people(capsys: Captured) -> None:
    assert main(["trust", "list"]) == 0
    out = capsys.readouterr().out
    assert "ngày 23/11/2026: 79 chứng thư" in out
    assert "22/08/2018…14/08/2048  RootCA chuyên dùng Chính phủ G2" in out
    assert all(entry.sha256[:16] in out for entry in TrustList.load().entries)
    assert "MANG TÊN KHÔNG ĐÚNG TỔ CHỨC" in out
    assert out.index("MIC National Root CA") < out.index("MANG TÊN KHÔNG ĐÚNG TỔ CHỨC")


def test_the_list_for_programs(capsys: Captured) -> None:
    assert main(["trust", "list", "--json", "--kind", "root"]) == 0
    value = as_json(capsys)
    assert (
        value["as_of"],
        len(value["certificates"]),
        value["own_anchors"],
        value["findings"],
    ) == ("2026-11-23", 10, [], [])
    mic = next(one for one in value["certificates"] if one["name"] == "MIC National Root CA")
    assert (mic["trusted_until"], mic["marks"]["trusted_until"], mic["imported"]) == (
        "2022-09-22T01:35:16Z",
        "I",
        False,
    )


@pytest.mark.parametrize(
    "wanted", ["bac8bf60", "BAC8BF609AB420A8", "BA:C8:BF:60:9A", "vietnam national root ca g3"]
)
def test_one_certificate(capsys: Captured, wanted: str) -> None:
    assert main(["trust", "show", wanted, "--json"]) == 0
    (shown,) = as_json(capsys)["certificates"]
    assert shown["hierarchy"] == "public"


def test_one_certificate_for_people(capsys: Captured) -> None:
    assert main(["trust", "show", "SmartCA RS", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    # Two certificates have nearly the same name and different keys.
    assert out.count("SHA-256: ") == 2
    assert "http://ocsp-smartca.vnpt-ca.vn/responder" in out
    assert main(["trust", "show", "Máy chủ cấp dấu"]) == 0
    assert "RootCA chuyên dùng Chính phủ G2" in capsys.readouterr().out


@pytest.mark.parametrize("wanted", ["00000000", "nobody", " "])
def test_nothing_to_show(capsys: Captured, wanted: str) -> None:
    assert main(["trust", "show", wanted]) == 2
    assert "[TRUST.NOT_FOUND]" in capsys.readouterr().err


def test_what_is_not_listed_is_refused(capsys: Captured, own_file: Path, home: Path) -> None:
    assert main(["trust", "import", str(own_file), "--json"]) == 1
    (one,) = as_json(capsys)["imported"]
    assert (one["result"], one["finding"]["id"], one["finding"]["where"]) == (
        "refused",
        "TRUST.UNKNOWN",
        OWN.sha256,
    )
    assert not home.exists()
    assert main(["trust", "import", str(own_file)]) == 1
    assert "KHÔNG NHẬP" in capsys.readouterr().out


def test_an_own_anchor_is_explicit_named_and_removable(capsys: Captured, own_file: Path) -> None:
    assert main(["trust", "import", "--as-anchor", "--stands-for", "public", str(own_file)]) == 0
    assert "ĐÃ THÊM GỐC TIN CẬY CỦA ĐƠN VỊ" in capsys.readouterr().out
    assert main(["trust", "list", "--json"]) == 0
    (anchor,) = as_json(capsys)["own_anchors"]
    assert (anchor["sha256"], anchor["origin"], anchor["hierarchies"]) == (
        OWN.sha256,
        "user",
        ["public"],
    )
    assert main(["trust", "show", OWN.sha256[:12]]) == 0
    assert "người dùng tự thêm" in capsys.readouterr().out
    assert main(["trust", "remove", OWN.sha256[:12]]) == 2
    assert main(["trust", "remove", OWN.sha256]) == 0
    assert main(["trust", "remove", OWN.sha256]) == 2
    capsys.readouterr()
    assert main(["trust", "list", "--json"]) == 0
    assert as_json(capsys)["own_anchors"] == []


def test_what_it_stands_for_goes_only_with_an_own_anchor(capsys: Captured, own_file: Path) -> None:
    assert main(["trust", "import", "--stands-for", "public", str(own_file)]) == 2
    assert "[TRUST.STANDS_FOR]" in capsys.readouterr().err


def test_a_damaged_store_is_named(capsys: Captured, own_file: Path, home: Path) -> None:
    assert main(["trust", "import", "--as-anchor", str(own_file)]) == 0
    (path,) = (home / "anchors").iterdir()
    path.write_bytes(b"{}")
    capsys.readouterr()
    assert main(["trust", "list", "--json"]) == 0
    (finding,) = as_json(capsys)["findings"]
    assert (finding["id"], finding["where"]) == ("TRUST.STORE_DAMAGED", str(path))
    assert main(["trust", "list"]) == 0
    assert "[TRUST.STORE_DAMAGED]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "code", "cause"), [(None, 6, "FILE.NOT_FOUND"), (b"<html>", 1, "CERT.FILE")]
)
def test_files_that_are_none(
    capsys: Captured, tmp_path: Path, content: bytes | None, code: int, cause: str
) -> None:
    path = tmp_path / "given.cer"
    if content is not None:
        path.write_bytes(content)
    assert main(["trust", "import", str(path)]) == code
    shown = capsys.readouterr().err
    assert f"[{cause}]" in shown
    assert str(path) in shown


@pytest.fixture
def server() -> Iterator[WorldServer]:
    with WorldServer(lambda: AT, lambda url: World(AT, base_url=url, fast=True)) as server:
        yield server


def test_an_update_reports_every_address(capsys: Captured, server: WorldServer, home: Path) -> None:
    urls = [
        f"{server.url}/ca/public-ca.crt",
        f"{server.url}/ca/nobody.crt",
        "http://10.0.0.1/a.crt",
        "ldap://ca.invalid/a.crt",
    ]
    fetcher = Fetcher(limits=FetchLimits(timeout=timedelta(seconds=5)), allow_loopback=True)
    assert update_from(Namespace(lang="vi", json=True), urls=urls, fetcher=fetcher) == 6
    value = as_json(capsys)
    assert [one["url"] for one in value["addresses"]] == urls
    causes = [one["finding"] and one["finding"]["id"] for one in value["addresses"]]
    assert causes == [None, "FETCH.HTTP_STATUS", "FETCH.ADDRESS", "FETCH.SCHEME"]
    # The test world's certificate is not on the list.
    (refused,) = value["addresses"][0]["imported"]
    assert (refused["result"], refused["finding"]["id"]) == ("refused", "TRUST.UNKNOWN")
    assert not home.exists()
    assert update_from(Namespace(lang="vi", json=False), urls=urls[:1], fetcher=fetcher) == 1
    assert "không nhập 1" in capsys.readouterr().out


def test_every_word_is_there() -> None:
    assert set(command_line.TRUST_KINDS) == {kind.value for kind in ListedKind}
    assert set(command_line.TRUST_HIERARCHIES) < {hierarchy.value for hierarchy in Hierarchy}
    groups = {
        "KIND": ListedKind,
        "SERVICE": Service,
        "HIERARCHY": Hierarchy,
        "CONFIDENCE": Confidence,
    }
    for group, members in groups.items():
        for member in members:
            assert all(say(f"TRUST_{group}_{member.name}", language) for language in LANGUAGES)


def test_every_cause_has_words() -> None:
    source = Path(__file__).resolve().parents[3] / "src" / "hocba_sign"
    files = [
        "adapters/fetch.py",
        "adapters/official.py",
        "adapters/home.py",
        "cli/commands/trust.py",
    ]
    files += [
        f"pki/trust/{name}.py" for name in ("anchors", "role_policy", "store", "vietnam_list")
    ]
    used = {
        word
        for file in files
        for word in (source / file).read_text("utf-8").split('"')
        if word.startswith(("TRUST.", "FETCH.", "WF."))
    }
    assert used
    assert used <= set(catalogue())


# --- with the real certificates
# ---------------------------------------------------------------------------------------------


@needs_copies
def test_published_files_are_imported(capsys: Captured, tmp_path: Path) -> None:
    text = tmp_path / "vnrca256.crl"
    text.write_bytes((FOLDER / "root" / "mic-national-root-ca-2008-ca918d63.pem").read_bytes())
    arguments = ["trust", "import", str(FOLDER / "p7b" / "I-CA.p7b"), str(text), "--json"]
    assert main(arguments) == 0
    assert {one["name"]: one["result"] for one in as_json(capsys)["imported"]} == {
        "Vietnam National Root CA": "imported",
        "I-CA": "imported",
        "MIC National Root CA": "imported",
    }
    assert main(arguments) == 0
    assert {one["result"] for one in as_json(capsys)["imported"]} == {"known"}
    assert main(["trust", "list", "--json"]) == 0
    assert sum(one["imported"] for one in as_json(capsys)["certificates"]) == 3


@needs_copies
@pytest.mark.parametrize(
    ("extra", "code", "cause"),
    [([], 1, "TRUST.KNOWN_BAD"), (["--as-anchor"], 2, "TRUST.KNOWN_BAD_ANCHOR")],
)
def test_impostors(
    capsys: Captured, tmp_path: Path, extra: list[str], code: int, cause: str
) -> None:
    for group, certificate in real_certificates().values():
        if group == "impostor":
            path = tmp_path / "root.der"
            path.write_bytes(certificate.der)
            assert main(["trust", "import", str(path), *extra]) == code
            captured = capsys.readouterr()
            assert f"[{cause}]" in captured.out + captured.err
