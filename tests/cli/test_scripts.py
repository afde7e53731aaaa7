"""Runs tests/cli/scripts/*.txt: commands as typed, and what must come of them.

$ hocba ...        the command, words split as a shell does, {tsa} the authority's address
exit N             its exit code
stdout: TEXT       its standard output holds the text;   stdout is empty
stderr: TEXT       the same for standard error
json: PATH = VALUE its output is JSON whose member at PATH (dots) is VALUE (JSON)
file: NAME         the file exists;   no file: NAME
set NAME=VALUE     set an environment variable;   unset NAME
evidence           the authorities publish their revocation lists
device STATE KEY VALUE   sign the digest of STATE with KEY into the file VALUE
fault PATH KIND    the authority at PATH fails from now on, as `testing.Fault` names it;   heal
same: A B          the files hold the same octets
"""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from hocba_sign.cli.main import main
from hocba_sign.testing import ServerFault
from tests.cli.school import PASSWORD, School, value_of

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.txt"))


class Run:
    """One script's state."""

    def __init__(
        self, school: School, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.school = school
        self.capture = capture
        self.patch = patch
        self.code: int | None = None
        self.out = self.err = ""

    def call(self, rest: str) -> None:
        arguments = shlex.split(rest.format(tsa=self.school.server.tsa_url))
        assert arguments[0] == "hocba"
        self.code = main(arguments[1:])
        self.out, self.err = self.capture.readouterr()
        assert "Traceback" not in self.out + self.err

    def exit(self, rest: str) -> None:
        assert self.code == int(rest), self.err + self.out

    def stdout(self, rest: str) -> None:
        assert rest in self.out

    def stderr(self, rest: str) -> None:
        assert rest in self.err

    def stdout_is_empty(self, _: str) -> None:
        assert not self.out

    def json(self, rest: str) -> None:
        path, _, value = rest.partition(" = ")
        found: Any = json.loads(self.out)
        for step in path.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
        assert found == json.loads(value)

    def file(self, rest: str) -> None:
        assert (self.school.folder / rest).is_file()

    def no_file(self, rest: str) -> None:
        assert not (self.school.folder / rest).exists()

    def set(self, rest: str) -> None:
        name, _, value = rest.partition("=")
        self.patch.setenv(name, value)

    def unset(self, rest: str) -> None:
        self.patch.delenv(rest, raising=False)

    def evidence(self, _: str) -> None:
        self.school.write_evidence()

    def device(self, rest: str) -> None:
        state, key, value = rest.split()
        (self.school.folder / value).write_bytes(value_of(self.school.folder, state, key))

    def fault(self, rest: str) -> None:
        path, _, kind = rest.partition(" ")
        self.school.server.fail(path, ServerFault(kind))

    def heal(self, _: str) -> None:
        self.school.server.recover()

    def same(self, rest: str) -> None:
        first, second = rest.split()
        assert (self.school.folder / first).read_bytes() == (
            self.school.folder / second
        ).read_bytes()


DIRECTIVES: Final[dict[str, Callable[[Run, str], None]]] = {
    "$ ": Run.call,
    "exit ": Run.exit,
    "stdout: ": Run.stdout,
    "stdout is empty": Run.stdout_is_empty,
    "stderr: ": Run.stderr,
    "json: ": Run.json,
    "file: ": Run.file,
    "no file: ": Run.no_file,
    "set ": Run.set,
    "unset ": Run.unset,
    "evidence": Run.evidence,
    "device ": Run.device,
    "fault ": Run.fault,
    "heal": Run.heal,
    "same: ": Run.same,
}


@pytest.mark.long
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script(
    script: Path,
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PW", PASSWORD)
    monkeypatch.delenv("HOCBA_LANG", raising=False)
    with School.opened(tmp_path, root / "examples" / "lop12.json") as school:
        run = Run(school, capsys, monkeypatch)
        for number, line in enumerate(script.read_text("utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            word = next((word for word in DIRECTIVES if line.startswith(word)), None)
            assert word is not None, f"{script.name}:{number}: {line}"
            try:
                DIRECTIVES[word](run, line.removeprefix(word).strip())
            except AssertionError as error:
                raise AssertionError(
                    f"{script.name}:{number}: {line}\n{error}\nstdout: {run.out}\nstderr: {run.err}"
                ) from None
