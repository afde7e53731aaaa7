"""What `hocba --version --verbose` prints, and what it never does."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from hocba_sign.adapters import surroundings
from hocba_sign.cli.main import main
from hocba_sign.version import VERSION
from hocba_sign.xml.namespaces import SCHEMA_VERSION

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_everything_that_may_matter_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "--version", "--verbose")
    told = dict(line.split(" ", 1) for line in out.splitlines())
    assert told["hocba-sign"] == VERSION
    assert told["format"] == SCHEMA_VERSION
    assert told["lxml"] == metadata.version("lxml")
    assert {"Python", "OpenSSL", "libxml2", *surroundings.PACKAGES} <= set(told)
    assert told["extras"] == " ".join(f"+{name}" for name in surroundings.EXTRAS)


@pytest.mark.parametrize(
    "arguments",
    [("--verbose", "--version"), ("--lang", "en", "--version", "--verbose")],
    ids=" ".join,
)
def test_the_order_does_not_matter(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "libxml2" in printed(capsys, *arguments)


def test_the_short_form_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--version") == f"hocba {VERSION}\n"


def test_a_missing_extra_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "hocba_sign.cli.versions.missing_extras", lambda: {"pdf": "PDF.EXTRA_MISSING"}
    )
    assert "extras -pdf +pkcs11 +image" in printed(capsys, "--version", "--verbose")


def test_no_path_and_no_person_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOCBA_HOME", "/srv/secret-place")
    out = printed(capsys, "--version", "--verbose")
    assert not re.search(r"[/\\@]", out)
    assert "secret-place" not in out


def test_alone_it_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--verbose", "codes"]) == 2
    assert "--verbose" in capsys.readouterr().err


def test_the_packages_named_are_those_of_the_project() -> None:
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *(one for each in extras.values() for one in each)]
    assert {re.split(r"[<>=!~\[ ]", one)[0] for one in wanted} == set(surroundings.PACKAGES)
    assert set(extras) == set(surroundings.EXTRAS)
