"""Commands that pages show without running them have the options that the program has."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise

import pytest

from hocba_sign.cli.command_line import parse
from hocba_sign.cli.parser import UsageError
from tests.unit.docs.pages import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SHOWN = re.compile(r"^ *```sh\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(hocba [a-z][^`]*)`")


def shown_commands(text: str) -> Iterator[str]:
    """Yield command lines of `sh` blocks, and whole ones in a sentence."""
    for block in SHOWN.findall(text):
        joined = block.replace("\\\n", " ")
        for line in joined.splitlines():
            if line.strip().startswith("hocba "):
                yield line.strip()
    yield from (one for one in INLINE.findall(text) if one.count(" ") > 2)


def words(command: str) -> list[str]:
    """Return the arguments up to where the shell goes on with something else."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.commenters = "#"
    lexer.whitespace_split = True
    found: list[str] = []
    for word in lexer:
        if re.fullmatch(r"[|&<>;()]+", word):
            break
        found.append(word)
    return found[1:]


CASES = [
    pytest.param(command, id=f"{page.relative_to(ROOT).as_posix()}: {command}")
    for page in PAGES
    for command in shown_commands(page.read_text("utf-8"))
    if "…" not in command
]


@pytest.mark.parametrize("command", CASES)
def test_a_command_that_is_shown_can_be_given(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = words(command)
    for option, name in pairwise(given):
        if option in {"--password-env", "--pin-env"}:
            monkeypatch.setenv(name, "secret")
    try:
        parse(given, "en")
    except UsageError as error:
        pytest.fail(f"{command}\n{error}", pytrace=False)
    except SystemExit:
        pass  # help and versions


def test_commands_are_found() -> None:
    assert len(CASES) > 40
    with pytest.raises(UsageError):
        parse(words("hocba extend a.xml --level LTA -o b.xml | cat"), "en")
