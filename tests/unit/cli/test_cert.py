"""`hocba cert verify`: one certificate in, an indication with its causes out."""

import base64
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hocba_sign.cli.main import main
from hocba_sign.pki.trust.vietnam_list import ListedCertificate, ListedKind, TrustList
from hocba_sign.testing import Identity, World, WorldServer
from tests.vn_certificates import needs_copies, real_certificates

AT = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HOCBA_LANG", raising=False)
    return tmp_path / "home"


@dataclass(frozen=True)
class Desk:
    """A folder with what a person has at hand, and the world that it comes from."""

    folder: Path
    world: World
    captured: Captured

    def write(self, name: str, *octets: bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"".join(octets))
        return str(path)

    def write_material(self, *, crls_at: datetime = AT - DAY) -> tuple[str, ...]:
        """Write anchors, issuing authorities and lists, and return the options that name them."""
        for number, der in enumerate(self.world.anchors_der):
            self.write(f"trust/{number}.cer", der)
        for number, der in enumerate(self.world.intermediates_der):
            self.write(f"cert/{number}.cer", der)
        for number, der in enumerate(self.world.crls(crls_at)):
            self.write(f"crl/{number}.crl", der)
        return tuple(
            part
            for name in ("trust", "cert", "crl")
            for part in (f"--{name}", str(self.folder / name))
        )

    def holder(self, holder: Identity) -> str:
        return self.write("holder.cer", holder.certificate_der)

    def judge(
        self, *arguments: str, at: datetime | None = AT, offline: bool = True
    ) -> tuple[int, dict[str, Any]]:
        """Run with `--json` and give the exit code and the one object on standard output."""
        moment = () if at is None else ("--at", at.isoformat())
        code = main(
            ["cert", "verify", *arguments, *moment, *(("--offline",) if offline else ()), "--json"]
        )
        (line,) = self.captured.readouterr().out.splitlines()
        value = json.loads(line)
        assert isinstance(value, dict)
        return code, value

    def say(self, *arguments: str) -> tuple[int, str]:
        code = main(["cert", "verify", *arguments, "--at", AT.isoformat(), "--offline"])
        return code, self.captured.readouterr().out


@pytest.fixture
def desk(tmp_path: Path, capsys: Captured) -> Desk:
    return Desk(tmp_path, World(AT, fast=True), capsys)


def teacher(world: World) -> Identity:
    return world.person("Thử Văn Một", "001190000001")


def test_a_path_with_revocation_for_each_certificate_below_the_anchor(desk: Desk) -> None:
    holder = teacher(desk.world)
    code, told = desk.judge(desk.holder(holder), *desk.write_material())
    assert (code, told["indication"], told["sub_indication"], told["causes"]) == (
        0,
        "PASSED",
        None,
        [],
    )
    assert len(told["path"]) == 3
    assert told["path"][0] == told["certificate"]["sha256"]
    assert told["path"][-1] == told["anchor"]["sha256"]
    assert [fact["status"] for fact in told["revocation"]] == ["good", "good"]
    assert {fact["kind"] for fact in told["revocation"]} == {"crl"}
    assert (told["validation_time"], told["purpose"], told["exceptions"], told["fetches"]) == (
        "2026-06-01T00:00:00Z",
        "any",
        [],
        [],
    )


def test_anchors_of_the_user_are_named_and_force_nothing(desk: Desk) -> None:
    _, told = desk.judge(desk.holder(teacher(desk.world)), *desk.write_material())
    assert told["anchor"]["origin"] == "user"
    assert {(check["id"], check["result"], check["forces"]) for check in told["checks"]} == {
        ("TRUST.USER_ANCHOR", "warning", None)
    }
    assert {check["where"] for check in told["checks"]} >= {told["anchor"]["sha256"]}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ("Kết luận: HỢP LỆ", "không bị thu hồi", "người dùng tự thêm")),
        ("en", ("Verdict: VALID",)),
    ],
)
def test_words_for_people(desk: Desk, language: str, words: tuple[str, ...]) -> None:
    code, out = desk.say(
        desk.holder(teacher(desk.world)), *desk.write_material(), "--lang", language
    )
    assert code == 0
    assert all(word in out for word in words)
    assert "Thử Văn Một" in out
    assert all(len(line) <= 110 for line in out.splitlines() if str(desk.folder) not in line)


def test_unknown_revocation_is_never_a_pass(desk: Desk) -> None:
    material = desk.write_material()
    code, told = desk.judge(desk.holder(teacher(desk.world)), *material[:4])
    assert (code, told["indication"], told["causes"]) == (3, "INDETERMINATE", ["REVOCATION.NONE"])
    assert told["findings"][0]["message"]["vi"].startswith("Không có CRL hoặc phản hồi OCSP")
    code, out = desk.say(desk.holder(teacher(desk.world)), *material[:4])
    assert code == 3
    assert "CHƯA XÁC ĐỊNH" in out
    assert "chưa biết có bị thu hồi hay không" in out
    assert "[REVOCATION.NONE]" in out


def test_revoked(desk: Desk) -> None:
    holder = teacher(desk.world)
    desk.world.revoke(holder, AT - 3 * DAY, reason="superseded")
    code, told = desk.judge(desk.holder(holder), *desk.write_material())
    assert (code, told["indication"], told["sub_indication"]) == (
        3,
        "INDETERMINATE",
        "REVOKED_NO_POE",
    )
    assert told["causes"][0] == "REVOCATION.REVOKED"
    assert (told["revocation"][0]["revoked_at"], told["revocation"][0]["reason"]) == (
        "2026-05-29T00:00:00Z",
        "superseded",
    )
    assert "BỊ THU HỒI từ 07:00:00 ngày 29/05/2026 (giờ Việt Nam, UTC+7)" in " ".join(
        desk.say(desk.holder(holder), *desk.write_material())[1].split()
    )


def test_no_anchor(desk: Desk) -> None:
    code, told = desk.judge(desk.holder(teacher(desk.world)))
    assert (code, told["sub_indication"], told["causes"]) == (
        3,
        "NO_CERTIFICATE_CHAIN_FOUND",
        ["PATH.NO_CHAIN"],
    )
    assert told["path"] == [told["certificate"]["sha256"]]
    assert told["anchor"] is None


def test_an_anchor_itself(desk: Desk) -> None:
    material = desk.write_material()
    root = desk.write("root.cer", desk.world.anchors_der[0])
    code, told = desk.judge(root, *material)
    assert (code, told["path"], told["revocation"]) == (0, [told["certificate"]["sha256"]], [])
    assert "là gốc tin cậy" in " ".join(desk.say(root, *material)[1].split())


def test_purposes(desk: Desk) -> None:
    material = desk.write_material()
    assert desk.judge(desk.holder(teacher(desk.world)), *material, "--purpose", "signing")[0] == 0
    code, told = desk.judge(
        desk.holder(teacher(desk.world)), *material, "--purpose", "timestamping"
    )
    assert (code, told["sub_indication"], told["causes"]) == (
        3,
        "CHAIN_CONSTRAINTS_FAILURE",
        ["PATH.EXTENDED_KEY_USAGE"],
    )
    assert (
        desk.judge(desk.holder(desk.world.tsa), *material, "--purpose", "timestamping")[1][
            "exceptions"
        ]
        == []
    )


def test_exceptions_for_genuine_time_stampers_are_narrow_and_named(desk: Desk) -> None:
    odd = desk.world.time_stamper(
        "TSA lạ", key_usage=("digital_signature", "key_cert_sign"), is_aia_critical=True
    )
    arguments = (desk.holder(odd), *desk.write_material())
    code, told = desk.judge(*arguments, "--purpose", "timestamping")
    assert (code, set(told["exceptions"])) == (
        0,
        {"key_cert_sign_without_ca", "critical_authority_information_access"},
    )
    assert "Ngoại lệ đã dùng" in desk.say(*arguments, "--purpose", "timestamping")[1]
    code, told = desk.judge(*arguments)
    assert (code, set(told["causes"])) == (
        3,
        {"PATH.KEY_CERT_SIGN_WITHOUT_CA", "PATH.CRITICAL_AIA"},
    )


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        (b"", "CERT.FILE"),
        (b"<html>", "CERT.FILE"),
        (b"\x30\x03\x02\x01\x00", "CERT.MALFORMED"),
        (bytes(17 * 1024 * 1024), "FILE.TOO_LARGE"),
    ],
)
def test_what_cannot_be_read_is_failed(desk: Desk, octets: bytes, cause: str) -> None:
    path = desk.write("odd.cer", octets)
    code, told = desk.judge(path)
    assert (code, told["indication"], told["path"], told["causes"]) == (1, "FAILED", [], [cause])
    assert told["sub_indication"] == "FORMAT_FAILURE"
    code, out = desk.say(path)
    assert code == 1
    assert "KHÔNG HỢP LỆ" in out
    assert f"[{cause}]" in out


@pytest.mark.parametrize("option", ["--cert", "--trust", "--crl", "--ocsp"])
def test_material_that_is_none_is_an_error_not_a_verdict(desk: Desk, option: str) -> None:
    code, told = desk.judge(
        desk.holder(teacher(desk.world)), option, desk.write("odd.bin", b"\x30\x80 no")
    )
    assert (code, told["indication"], told["causes"], told["error"]["id"]) == (
        6,
        None,
        ["FILE.UNUSABLE"],
        "FILE.UNUSABLE",
    )


def test_a_file_that_is_not_there(desk: Desk) -> None:
    code, told = desk.judge(str(desk.folder / "nothing.cer"))
    assert (code, told["indication"], told["error"]["id"]) == (6, None, "FILE.NOT_FOUND")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--initial-policy", "1.2.x"),
        ("--initial-policy", "3.1"),
        ("--at", "2026-06-01T00:00:00"),
        ("--purpose", "tls"),
        ("--policy", "x"),
    ],
)
def test_usage(desk: Desk, arguments: tuple[str, ...]) -> None:
    assert main(["cert", "verify", "any.cer", "--json", *arguments]) == 2
    out, err = desk.captured.readouterr()
    assert json.loads(out)["error"]["id"] == "CLI.USAGE"
    assert err


def test_a_bundle_may_begin_with_its_root(desk: Desk) -> None:
    holder = teacher(desk.world)
    material = desk.write_material()
    bundle = desk.write(
        "bundle.pem", *reversed([line + b"\n" for line in split_pem(holder.chain_pem)])
    )
    code, told = desk.judge(bundle, "--trust", material[1], "--crl", material[5])
    assert (code, len(told["path"])) == (0, 3)
    assert "Thử Văn Một" in told["certificate"]["subject"]


def split_pem(text: bytes) -> list[bytes]:
    end = b"-----END CERTIFICATE-----"
    return [part.strip() + b"\n" + end for part in text.split(end) if part.strip()]


def test_from_standard_input(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys, "stdin", SimpleNamespace(buffer=io.BytesIO(teacher(desk.world).certificate_der))
    )
    code, told = desk.judge("-", *desk.write_material())
    assert (code, told["file"]) == (0, "-")


def test_own_anchors_of_this_machine_count_and_are_named(desk: Desk) -> None:
    material = desk.write_material()
    assert (
        main(
            [
                "trust",
                "import",
                "--as-anchor",
                "--stands-for",
                "public",
                desk.write("own.cer", desk.world.anchors_der[0]),
            ]
        )
        == 0
    )
    desk.captured.readouterr()
    code, told = desk.judge(desk.holder(teacher(desk.world)), *material[2:])
    assert (code, told["anchor"]["origin"], told["anchor"]["hierarchies"]) == (
        0,
        "user",
        ["public"],
    )
    assert [check["where"] for check in told["checks"]] == [told["anchor"]["sha256"]]


def test_a_damaged_store_is_said_and_left_out(desk: Desk, home: Path) -> None:
    (home / "anchors").mkdir(parents=True)
    (home / "anchors" / f"{'0' * 64}.json").write_bytes(b"{}")
    assert main(["cert", "verify", desk.holder(teacher(desk.world)), "--offline", "--json"]) == 3
    assert "[TRUST.STORE_DAMAGED]" in desk.captured.readouterr().err


def test_without_a_home_there_are_no_imports(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOCBA_HOME", "HOME", "XDG_DATA_HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert desk.judge(desk.holder(teacher(desk.world)), *desk.write_material())[0] == 0


def real(kind: ListedKind, *, name: str = "") -> bytes:
    entry = next(
        entry for entry in TrustList.load().entries if entry.kind is kind and name in entry.name
    )
    return real_certificates()[entry.sha256][1].der


@needs_copies
@pytest.mark.parametrize("option", ["--cert", "--trust"])
def test_a_pinned_root_is_an_anchor_with_its_end_however_it_is_given(
    desk: Desk, option: str
) -> None:
    issuing, root = _modern_ca()
    certificate, anchor = (
        desk.write(f"{entry.sha256}.cer", real_certificates()[entry.sha256][1].der)
        for entry in (issuing, root)
    )
    assert root.trusted_until is not None
    at = issuing.not_before + DAY
    code, told = desk.judge(certificate, option, anchor, at=at)
    assert (code, told["causes"], told["anchor"]["origin"], told["checks"]) == (
        3,
        ["REVOCATION.NONE"],
        "list",
        [],
    )
    assert told["anchor"]["trusted_until"] == f"{root.trusted_until:%Y-%m-%dT%H:%M:%SZ}"
    _, told = desk.judge(certificate, option, anchor, at=root.trusted_until + DAY)
    assert told["causes"][0] in {"PATH.ANCHOR_ENDED", "PATH.EXPIRED"}


def _modern_ca() -> tuple[ListedCertificate, ListedCertificate]:
    """Return an issuing CA below a pinned root, both with signatures that are acceptable."""
    known = TrustList.load()
    for entry in known.entries:
        root = known.find(entry.issuer_sha256 or "")
        if (
            root is not None
            and root.kind is ListedKind.ROOT
            and entry.kind is ListedKind.ISSUING
            and "sha256" in entry.signature.lower()
        ):
            return entry, root
    raise AssertionError("the list has an issuing CA below a root")


@needs_copies
def test_impostors(desk: Desk) -> None:
    impostor = desk.write("impostor.cer", real(ListedKind.IMPOSTOR))
    code, told = desk.judge(impostor)
    assert (code, told["indication"], told["causes"][0]) == (1, "FAILED", "TRUST.KNOWN_BAD")
    code, told = desk.judge(impostor, "--trust", impostor)
    assert (code, told["error"]["id"]) == (2, "TRUST.KNOWN_BAD_ANCHOR")


def test_issuers_and_answers_come_from_the_addresses_in_the_certificates(desk: Desk) -> None:
    now = datetime.now(UTC)
    with WorldServer(
        lambda: datetime.now(UTC), lambda url: World(now, base_url=url, fast=True)
    ) as server:
        holder = desk.holder(teacher(server.world))
        root = desk.write("root.cer", server.world.anchors_der[0])
        code, told = desk.judge(holder, "--trust", root, at=None, offline=False)
        assert (code, told["causes"]) == (3, ["PATH.NO_CHAIN"])
        assert {fetch["result"] for fetch in told["fetches"]} == {"refused"}
        assert server.requests == ()
        code, told = desk.judge(
            holder, "--trust", root, "--unsafe-allow-loopback", at=None, offline=False
        )
        assert (code, told["causes"]) == (0, [])
        assert [(fetch["kind"], fetch["result"]) for fetch in told["fetches"]] == [
            ("ca_issuers", "fetched"),
            ("ocsp", "fetched"),
            ("crl", "fetched"),
        ]
        before = len(server.requests)
        assert desk.judge(holder, "--trust", root, "--unsafe-allow-loopback", at=None)[0] == 3
        assert len(server.requests) == before


PKITS_STEP = 6
PKITS_DIFFERING = {"4.1.4", "4.1.5"}
"""Valid, and signed with DSA, which is not supported."""


def test_pkits_through_the_command_line(desk: Desk, shared: Path) -> None:
    folder = shared / "data" / "suites" / "pkits"
    cases = json.loads((folder / "expected.json").read_text("utf-8"))["cases"]
    chosen = [
        case
        for number, case in enumerate(cases)
        if number % PKITS_STEP == 0 or case["id"] in PKITS_DIFFERING
    ]
    assert len(chosen) >= 40
    differing: dict[str, list[str]] = {}
    for case in chosen:
        code, told = desk.judge(
            *_pkits_arguments(case, folder), at=datetime.fromisoformat(case["validation_time"])
        )
        assert code == (0 if told["indication"] == "PASSED" else 3)
        assert bool(told["causes"]) == (code == 3)
        if (code == 0) != (case["expected"] == "valid"):
            differing[case["id"]] = told["causes"]
    assert differing == {case: ["PATH.UNSUPPORTED_ALGORITHM"] for case in PKITS_DIFFERING}


def _pkits_arguments(case: dict[str, Any], folder: Path) -> Iterator[str]:
    yield str(folder / case["ee"])
    yield from ("--trust", str(folder / case["trust_anchor"]))
    for option, names in (("--cert", case["intermediates"]), ("--crl", case["crls"])):
        for name in names:
            yield from (option, str(folder / name))
    for policy in case["initial_policy_set"]:
        yield from ("--initial-policy", policy)
    flags = {
        "initial_explicit_policy": "explicit-policy",
        "initial_policy_mapping_inhibit": "inhibit-mapping",
        "initial_inhibit_any_policy": "inhibit-any",
    }
    yield from (f"--{flag}" for key, flag in flags.items() if case[key])


def test_the_holders_own_key_is_judged_like_those_above_it(desk: Desk) -> None:
    holder = desk.world.person("Thử Văn Một", "001190000001", key="rsa1024")
    code, told = desk.judge(desk.holder(holder), *desk.write_material())
    assert (code, told["sub_indication"], told["causes"]) == (
        3,
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        ["PATH.WEAK_ALGORITHM"],
    )


@pytest.mark.parametrize("form", ["der", "base64", "pem"])
def test_answers_may_be_text(desk: Desk, form: str) -> None:
    holder = teacher(desk.world)
    answer = desk.world.ocsp_response(holder, AT - DAY)
    text = base64.encodebytes(answer)
    forms = {
        "der": answer,
        "base64": text,
        "pem": b"-----BEGIN OCSP RESPONSE-----\n" + text + b"-----END OCSP RESPONSE-----\n",
    }
    file = desk.write("answer.ors", forms[form])
    code, told = desk.judge(desk.holder(holder), *desk.write_material(), "--ocsp", file)
    assert (code, told["revocation"][0]["kind"]) == (0, "ocsp")


def test_answers_signed_with_sha1_are_refused_by_name(desk: Desk) -> None:
    holder = teacher(desk.world)
    material = desk.write_material()
    (desk.folder / f"crl/{desk.world.slugs.index(holder.authority)}.crl").unlink()
    answer = desk.world.ocsp_response(holder, AT - DAY, digest="sha1")
    code, told = desk.judge(
        desk.holder(holder), *material, "--ocsp", desk.write("answer.ors", answer)
    )
    assert (code, told["causes"]) == (3, ["REVOCATION.WEAK_ALGORITHM"])
