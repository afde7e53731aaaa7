"""Other people's programs: found or a loud failure, never a skipped check."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class MissingProgramError(Exception):
    """A program that an interop test needs is not installed; `tools/setup-interop` installs it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended. `output` is standard output, `log` is standard error."""

    status: int
    output: str
    log: str


def program(name: str) -> str:
    """Return the path of a program."""
    path = shutil.which(name)
    if path is None:
        message = f"{name} is not installed: run tools/setup-interop"
        raise MissingProgramError(message)
    return path


def run(
    command: Sequence[str | Path], *, folder: Path | None = None, seconds: float = 300
) -> Finished:
    """Run to the end, whatever the exit status."""
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        check=False,
        cwd=folder,
        timeout=seconds,
    )
    return Finished(
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )
