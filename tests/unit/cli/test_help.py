"""What `--help` says fits a terminal, speaks one language and shows a line to copy."""

import re
import shlex
from collections.abc import Iterator

import pytest

from hocba_sign.catalogue.messages import LANGUAGES, Language
from hocba_sign.cli.command_line import build_parser, parse
from hocba_sign.cli.parser import Parser

WIDTH = 80
LONG = {"hocba status-list"}
"""Commands whose line is longer than a terminal."""
SAME = re.compile(r"RFC|SHA|URL|OID|N|toml|xml|json|short|[0-9]|[^A-Za-z]")
"""What values are called in both languages, and what is between words."""


def helps(language: Language) -> Iterator[tuple[str, str]]:
    """Yield the name and the help of every command, of those within commands too."""
    waiting = [build_parser(language)]
    while waiting:
        parser = waiting.pop()
        yield parser.prog, parser.format_help()
        waiting += inner(parser)


def inner(parser: Parser) -> list[Parser]:
    """Return the commands of a command."""
    return [
        command
        for action in parser._actions
        if isinstance(action.choices, dict)
        for command in action.choices.values()
    ]


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_a_terminal(language: Language) -> None:
    wide = [
        f"{name}: {line}"
        for name, text in helps(language)
        for line in text.splitlines()
        if len(line) > WIDTH
    ]
    assert not wide, "\n".join(wide)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_shows_a_line_that_its_parser_takes(language: Language) -> None:
    commands = inner(build_parser(language))
    assert len(commands) > 15
    for command in commands:
        shown = [line for line in command.format_help().splitlines() if "  hocba " in line]
        named = {
            parse(shlex.split(line.partition(" > ")[0])[1:], language).command for line in shown
        }
        assert command.prog.split()[1] in named or command.prog in LONG, command.prog


def test_values_have_vietnamese_names() -> None:
    both = zip(values(build_parser("en")), values(build_parser("vi")), strict=True)
    english = {name for name, shown in both if name == shown and SAME.sub("", name)}
    assert english == set()


def values(parser: Parser) -> list[str]:
    """Return what the values of a command are called, and those of the commands in it."""
    own = [action.metavar for action in parser._actions if isinstance(action.metavar, str)]
    return own + [name for command in inner(parser) for name in values(command)]
