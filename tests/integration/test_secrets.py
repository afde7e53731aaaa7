"""No secret shows: PIN, one-time code, passwords, client secrets, access tokens, approvals of every
service are planted, and looked for in arguments and environments of all processes, in logs,
tracebacks with their variables, reprs, and every file that is left.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.adapters.remote.dialect_choice import open_remote
from hocba_sign.adapters.remote.machine import sign_remotely
from hocba_sign.cli.main import main
from hocba_sign.errors import HocbaSignError
from hocba_sign.model.workflow import Role
from tests.support.authorisation import (
    CLIENT_SECRET,
    CODE,
    CREDENTIAL_TOKEN,
    SERVICE_TOKEN,
    Authorisation,
    browsing,
    fetched,
)
from tests.support.planted import everything_told, in_files, in_processes
from tests.support.remote import Call, Csc, Dialect, Keys, Loopback, Misa, MySign, SmartCa
from tests.support.remote_items import AT, QUICK, RSA, configuration, items
from tests.support.scene import GVCN, Scene
from tests.support.websocket import LocalSigner

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are looked at in /proc"
)
PIN, OTP, TOKEN = "PLANTED-PIN-1", "PLANTED-OTP-2", "PLANTED-TOKEN-3"


@dataclass(frozen=True)
class Planting:
    """A dialect: its configuration, the secrets that it is given, and those that the service gives
    away; `signs` is how the paths of its calls end that may sign.
    """

    name: str
    service: str
    make: Callable[[Keys], Dialect]
    entries: dict[str, str | int | bool]
    secrets: dict[str, str]
    given: tuple[str, ...]
    signs: tuple[str, ...]
    path: str = ""

    @property
    def hidden(self) -> tuple[str, ...]:
        return (*self.secrets.values(), *self.given)


PLANTINGS = (
    Planting(
        "csc",
        "csc",
        lambda keys: Csc(keys, pin=PIN, otp=OTP, token=TOKEN),
        {},
        {"pin": PIN, "otp": OTP, "access_token": TOKEN},
        ("SAD-TEST-0",),
        ("signHash", "authorize", "list"),
        "/csc/v1",
    ),
    Planting(
        "csc by browser",
        "csc",
        lambda keys: Authorisation(Csc(keys)),
        {"client_id": "CLIENT-TEST"},
        {"client_secret": CLIENT_SECRET},
        (CODE, SERVICE_TOKEN, CREDENTIAL_TOKEN),
        ("signHash", "oauth2/token", "list"),
        "/csc/v1",
    ),
    Planting(
        "smartca v1",
        "smartca",
        SmartCa,
        {"sp_id": "SP-TEST", "user_id": "001190000001"},
        {"sp_password": "SP-PASSWORD-TEST"},
        ("001190000001",),
        ("signatures/sign", "get_certificate"),
    ),
    Planting(
        "smartca v2",
        "smartca",
        SmartCa,
        {"sp_id": "SP-TEST", "user_id": "001190000001", "product": "v2"},
        {"sp_password": "SP-PASSWORD-TEST", "password": "USER-PASSWORD-TEST", "otp": "135790"},
        ("SAD-TEST-VNPT", "001190000001"),
        ("v2/signatures/sign", "confirm", "get_certificate"),
    ),
    Planting(
        "mysign",
        "mysign",
        MySign,
        {"client_id": "CLIENT-TEST", "user_id": "CMT_001190000001"},
        {"client_secret": "CLIENT-SECRET-TEST"},
        ("TOKEN-TEST-VT", "001190000001"),
        ("signHash", "ras/v1/login", "certificates/info"),
    ),
    Planting(
        "misa",
        "misa",
        lambda keys: Misa(keys, otp="864200"),
        {"client_id": "CLIENT-TEST", "user": "co.thu@school.example"},
        {"client_key": "CLIENT-KEY-TEST", "password": "PASSWORD-TEST-MISA", "otp": "864200"},
        ("TOKEN-TEST-MISA",),
        ("Signing/hash", "login-api", "two-factor-auth", "by-userId"),
    ),
)


@dataclass
class Careless:
    """A service that repeats in a refusal all it was sent, and looks at processes meanwhile."""

    dialect: Dialect
    refused: str | None = None
    seen: list[str] = field(default_factory=list)

    def __call__(self, call: Call) -> tuple[int, Any]:
        self.seen.append(in_processes())
        if self.refused is None or not call.path.endswith(self.refused):
            return self.dialect(call)
        words = f"{call.text} {dict(call.headers)}"
        names = ("error_description", "message", "devMsg", "userMsg")
        return 400, {"error": "x", "status_code": 400, **dict.fromkeys(names, words)}


CASES = [
    pytest.param(planting, refused, id=f"{planting.name}, {refused or 'signed'}")
    for planting in PLANTINGS
    for refused in (None, *planting.signs)
]


@pytest.mark.parametrize(("planting", "refused"), CASES)
def test_a_secret_shows_nowhere(
    planting: Planting, refused: str | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dialect = planting.make(Keys(RSA))
    service = Careless(dialect, refused)
    told: list[str] = []
    with Loopback(service) as loopback:
        if isinstance(dialect, Authorisation):
            dialect.address = loopback.url

        def approve(address: str) -> None:
            assert isinstance(dialect, Authorisation)
            fetched(dialect.approve(address))

        file = configuration(
            tmp_path,
            planting.service,
            loopback.url + planting.path,
            planting.entries,
            planting.secrets,
        )
        try:
            signer = open_remote(file, Role.GVCN, at=AT, show=browsing(approve))
            told.append(repr(signer))
            results = sign_remotely(signer, items(3), folder=tmp_path / "state", wait=QUICK)
            told += [repr(results), *(everything_told(one.error) for one in results if one.error)]
            assert (refused is None) is all(one.value for one in results)
        except HocbaSignError as error:
            assert refused is not None
            told.append(everything_told(error))
    told += [caplog.text, in_files(tmp_path, but=_sources(planting)), *service.seen]
    assert len(service.seen) >= 1
    for secret in planting.hidden:
        assert not any(secret in text for text in told), secret


def _sources(planting: Planting) -> tuple[str, ...]:
    """Name the files that secrets and numbers come from."""
    return ("service.toml", *(f"{name}.secret" for name in planting.secrets))


@pytest.mark.parametrize("refused", [None, "authorize", "signHash"])
def test_the_command_shows_none_either(
    refused: str | None,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene("lop5", subjects=None, is_rsa=True)
    planting = PLANTINGS[0]
    service = Careless(planting.make(Keys(scene.identity(GVCN))), refused)
    (tmp_path / "draft.xml").write_bytes(scene.draft)
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    with Loopback(service) as loopback:
        file = configuration(tmp_path, "csc", f"{loopback.url}/csc/v1", secrets=planting.secrets)
        document, out = str(tmp_path / "draft.xml"), str(tmp_path / "out.xml")
        status = main(
            ["sign", document, "--role", "GVCN", "--remote", str(file), "--level", "B", "-o", out]
        )
    shown = capfd.readouterr()
    assert status == (0 if refused is None else 6), shown.err
    told = [shown.out, shown.err, in_files(tmp_path, but=_sources(planting)), *service.seen]
    for secret in planting.hidden:
        assert not any(secret in text for text in told), secret


def test_the_local_program_gets_a_hash_and_nothing_else(tmp_path: Path) -> None:
    with LocalSigner(Keys(RSA)) as program:
        (tmp_path / "signer.pem").write_bytes(RSA.chain_pem)
        file = configuration(tmp_path, "vgca", program.url, {"certificate": "signer.pem"})
        signer = open_remote(file, Role.CBQL, at=AT)
        sign_remotely(signer, items(2), folder=tmp_path / "state", wait=QUICK)
    for question in program.asked:
        assert set(question) == {"HashAlg", "HashValue", "Encode", "path"}


def test_what_is_planted_in_arguments_is_found() -> None:
    """The search itself: what stands in arguments and environments is seen."""
    assert Path(sys.executable).name in in_processes(environments=False)
    assert "PYTEST_CURRENT_TEST" in in_processes() or "PATH=" in in_processes()
