"""What is said where the extra `pkcs11` is not installed, and of options that do not go together."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import hocba_sign
from hocba_sign.adapters.pkcs11.pin import Pin
from hocba_sign.cli.main import main
from hocba_sign.errors import CallerError
from hocba_sign.testing import World

MODULE = ("--pkcs11", "/nowhere/driver.so")
COMMANDS = (
    ("token", "list", *MODULE),
    ("token", "check", *MODULE, "--json"),
    ("sign", "draft.xml", "--role", "GVCN", *MODULE, "--level", "B", "-o", "out.xml"),
    ("sign", "class", "--role", "GVCN", *MODULE, "--level", "B", "-o", "out"),
    ("prepare", "draft.xml", "--role", "GVCN", *MODULE, "-o", "state.json"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "draft.xml").write_text("<HOC_BA/>")
    (tmp_path / "draft.xml").write_text("<HOC_BA/>")
    return tmp_path


@pytest.mark.parametrize("arguments", COMMANDS)
def test_every_command_names_the_extra(
    arguments: tuple[str, ...],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "pkcs11"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "hocba_sign.adapters.pkcs11.cryptoki", raising=False)
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    assert main([*arguments, "--lang", "en"]) == 2
    told = capsys.readouterr().err
    assert "[TOKEN.EXTRA_MISSING]" in told
    assert "pip install hocba-sign[pkcs11]" in told


def test_a_driver_that_is_not_there_is_no_missing_extra() -> None:
    pytest.importorskip("pkcs11")
    with pytest.raises(CallerError) as caught:
        hocba_sign.open_token(Path("/nowhere/driver.so"), at=datetime.now(UTC))
    assert caught.value.cause == "TOKEN.DRIVER"


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        (("--p12", "a.p12", "--token", "a"), "CLI.TOKEN_OPTIONS"),
        (("--p12", "a.p12", "--pin-fd", "0"), "CLI.TOKEN_OPTIONS"),
        (("--p12", "a.p12", "--last-try"), "CLI.TOKEN_OPTIONS"),
        ((*MODULE, "--pin-env", "A_PIN", "--pin-fd", "0"), "CLI.PIN_TWICE"),
        ((*MODULE, "--pin-fd", "999"), "CLI.PIN_FD"),
        ((*MODULE, "--pin-env", "NO_PIN"), "TOKEN.PIN_NEEDED"),
        ((*MODULE, "--cert", "draft.xml", "--cert-sha256", "0" * 64), "CLI.CERT_TWICE"),
    ],
)
def test_options_that_do_not_go_together(
    more: tuple[str, ...],
    cause: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("A_PIN", "4321")
    monkeypatch.setenv("NO_PIN", "")
    base = ("sign", "draft.xml", "--role", "GVCN", "--level", "B", "-o", "out.xml")
    assert main([*base, *more]) == 2
    told = capsys.readouterr().err
    assert f"[{cause}]" in told
    assert "4321" not in told


@pytest.mark.parametrize("given", ["4321", "-1", "x"])
def test_a_pin_in_place_of_a_descriptor_is_not_shown(
    given: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ("sign", "draft.xml", "--role", "GVCN", "--level", "B", "-o", "out.xml")
    assert main([*base, *MODULE, f"--pin-fd={given}"]) == 2
    assert "4321" not in capsys.readouterr().err


def test_prepare_wants_a_certificate_or_a_token(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prepare", "draft.xml", "--role", "GVCN", "-o", "state.json"]) == 2
    assert "[CLI.CERT_OR_TOKEN]" in capsys.readouterr().err
    (folder / "signer.pem").write_bytes(World(datetime.now(UTC), fast=True).tsa.chain_pem)
    more = ("--cert", "signer.pem", "--cert-sha256", "0" * 64, "-o", "state.json")
    assert main(["prepare", "draft.xml", "--role", "GVCN", *more]) == 2
    assert "[CLI.TOKEN_OPTIONS]" in capsys.readouterr().err


def test_a_pin_shows_as_stars() -> None:
    pin = Pin("4321")
    assert "4321" not in f"{pin} {pin!r} {[pin]}"
    with pytest.raises(TypeError):
        pin.__reduce__()
