"""Whatever a command writes, what it reads is as it was: every option that names an output, against
every one that names an input.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hocba_sign.cli.command_line import build_parser
from hocba_sign.cli.guard import IN_PLACE
from hocba_sign.cli.main import main
from hocba_sign.cli.options import OUTPUTS

CONTENT = b"as it was"


def leaves(
    parser: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield words, parser
    for action in inner:
        for name, one in action.choices.items():
            yield from leaves(one, (*words, name))


def taken(action: argparse.Action, file: str) -> str | None:
    """Return the argument by which the option names `file`; None for an option that names
    no file.
    """
    if not callable(action.type):
        return None
    for text in (file, f"name={file}"):
        try:
            found: Any = action.type(text)
        except (argparse.ArgumentTypeError, ValueError):
            continue
        if isinstance(found[-1] if isinstance(found, tuple) else found, Path):
            return text
    return None


def filler(action: argparse.Action, folder: Path) -> str:
    if action.choices:
        return str(next(iter(action.choices)))
    named = taken(action, str(folder / f"other-{action.dest}"))
    return named or ("1" if action.type is int else date(2026, 1, 1).isoformat())


def arguments(
    words: tuple[str, ...], parser: argparse.ArgumentParser, given: dict[str, str], folder: Path
) -> list[str]:
    """Write a call with what it needs and with `given`; the key comes from the first option that
    may give it.
    """
    alternatives = {
        action.dest: group
        for group in parser._mutually_exclusive_groups
        for action in group._group_actions
    }
    found = list(words)
    for action in parser._actions:
        group = alternatives.get(action.dest)
        is_first = (
            group is not None
            and group.required
            and not given.keys() & {one.dest for one in group._group_actions}
        )
        is_needed = action.required or (
            is_first and group is not None and action is group._group_actions[0]
        )
        if action.dest not in given and not is_needed:
            continue
        value = given.get(action.dest) or filler(action, folder)
        found += [action.option_strings[-1], value] if action.option_strings else [value]
    return found


def pairs() -> Iterator[Any]:
    for words, parser in leaves(build_parser("en")):
        outputs = [action for action in parser._actions if action.dest in OUTPUTS]
        inputs = [
            action
            for action in parser._actions
            if action.dest not in OUTPUTS and taken(action, __file__) is not None
        ]
        for out in outputs:
            for one in inputs:
                if words[0] in IN_PLACE and one.dest == "file":
                    continue
                yield pytest.param(
                    words, parser, out, one, id=" ".join((*words, out.dest, one.dest))
                )


def test_there_are_such_options() -> None:
    assert {param.values[0][0] for param in pairs()} >= {
        "verify",
        "sign",
        "prepare",
        "complete",
        "merge",
        "extend",
        "render",
        "new",
        "event",
    }


@pytest.mark.parametrize(("words", "parser", "out", "read"), [*pairs()])
def test_no_output_replaces_an_input(
    words: tuple[str, ...],
    parser: argparse.ArgumentParser,
    out: argparse.Action,
    read: argparse.Action,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "folder" / "input"
    file.parent.mkdir()
    file.write_bytes(CONTENT)
    names = {"itself": file, "spelt": tmp_path / "folder" / ".." / "folder" / "input"}
    if sys.platform != "win32":
        names |= {"symbolic": tmp_path / "symbolic", "hard": tmp_path / "hard"}
        names["symbolic"].symlink_to(file)
        os.link(file, names["hard"])
    for name in names.values():
        given = {read.dest: taken(read, str(file)) or "", out.dest: str(name)}
        assert main([*arguments(words, parser, given, tmp_path), "--lang", "en"]) == 2, name
        assert "[CLI.OUT_IS_INPUT]" in capsys.readouterr().err
        assert file.read_bytes() == CONTENT
    # A file in a folder that is read as such.
    given = {read.dest: taken(read, str(file.parent)) or "", out.dest: str(file)}
    assert main(arguments(words, parser, given, tmp_path)) == 2
    assert file.read_bytes() == CONTENT


def test_what_is_kept_on_this_machine_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path))
    kept = tmp_path / "anchors" / "one.json"
    kept.parent.mkdir()
    kept.write_bytes(CONTENT)
    assert main(["verify", "none.xml", "--html", str(kept)]) == 2
    assert kept.read_bytes() == CONTENT


def test_a_result_beside_the_input_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path))
    example = Path(__file__).parents[3] / "examples" / "lop5.json"
    (tmp_path / "in.json").write_bytes(example.read_bytes())
    for _ in range(2):
        assert main(["new", str(tmp_path / "in.json"), "-o", str(tmp_path / "out.xml")]) == 0
    assert (
        main(
            ["verify", str(tmp_path / "out.xml"), "--offline", "--html", str(tmp_path / "out.html")]
        )
        == 4
    )
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "in.json",
        "out.html",
        "out.xml",
    ]
