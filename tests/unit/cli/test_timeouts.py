"""Whatever asks the network has a time limit that the caller may set."""

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hocba_sign.cli.command_line import build_parser
from hocba_sign.cli.main import main
from hocba_sign.testing import ServerFault, World, WorldServer
from tests.support.classroom import Classroom

NETWORK = frozenset({"tsa", "offline"})
"""Options of commands that ask somebody; `trust update` asks without being told."""


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from commands(inner)


def test_every_command_that_asks_the_network_takes_a_time_limit() -> None:
    asking = [
        command
        for command in commands(build_parser("en"))
        if command.prog == "hocba trust update"
        or not NETWORK.isdisjoint(action.dest for action in command._actions)
    ]
    assert len(asking) > 5
    assert [
        command.prog
        for command in asking
        if "timeout" not in {action.dest for action in command._actions}
    ] == []


@pytest.mark.parametrize("command", ["sign", "complete"])
def test_an_authority_that_hangs_is_waited_for_as_long_as_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("HOCBA_HOME", str(tmp_path / "home"))
    room = Classroom.of(tmp_path, subjects=1, pupils=1)
    (slot,) = room.scene.teachers
    now = datetime.now(UTC)
    with WorldServer(lambda: now, lambda url: World(now, base_url=url, fast=True)) as server:
        server.delay = timedelta(seconds=60)
        server.fail("/tsa", ServerFault.SLOW)
        more = ("--tsa", server.tsa_url, "--timeout", "0.5")
        begun = time.monotonic()
        if command == "complete":
            room.prepare(slot, work="work")
            values = room.values(room.device(slot).answer(room.lines("work")))
            begun = time.monotonic()
            assert room.complete(values, *more, work="work") == 6
        else:
            identity = room.scene.identity(slot)
            (tmp_path / "key").write_bytes(identity.key_pem)
            (tmp_path / "cert").write_bytes(identity.chain_pem)
            key = ("--key", room.path("key"), "--cert", room.path("cert"))
            out = ("-o", room.path("out.xml"))
            given = ("--role", slot.role, *key, *more, *out)
            assert main(["sign", room.path("in/00.xml"), *given]) == 6
        assert time.monotonic() - begun < 10
