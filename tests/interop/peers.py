"""Libraries with a program of their own around them: jobs in, answers out, one JSON line each."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.interop.programs import MissingProgramError, program
from tools.benchmark.environments import PLACE, ROOT

HERE = Path(__file__).parent
Job = dict[str, Any]


class PeerError(Exception):
    """A peer did not answer, or answered with an error."""


def signxml(jobs: Sequence[Job]) -> list[Any]:
    """Return the answers of `signxml_program.py`, one for each job."""
    return _answers([str(installed("signxml", "python")), str(HERE / "signxml_program.py")], jobs)


def python_xmlsec(jobs: Sequence[Job]) -> list[Any]:
    """Return the answers of `python_xmlsec_program.py`."""
    return _answers(
        [str(installed("xmlsec", "python")), str(HERE / "python_xmlsec_program.py")], jobs
    )


def xadesjs(jobs: Sequence[Job]) -> list[Any]:
    """Return the answers of `xadesjs/xades.mjs`."""
    folder = HERE / "xadesjs"
    if not (folder / "node_modules" / "xadesjs").is_dir():
        message = "xadesjs is not installed: run tools/setup-interop"
        raise MissingProgramError(message)
    return _answers([program("node"), str(folder / "xades.mjs")], jobs)


def installed(peer: str, name: str) -> Path:
    """Return the path of a program in the peer's own environment."""
    path = PLACE / "env" / peer / "bin" / name
    if not path.exists():
        message = f"{peer} is not installed: run tools/setup-interop"
        raise MissingProgramError(message)
    return path


def _answers(command: list[str], jobs: Sequence[Job]) -> list[Any]:
    lines = "".join(json.dumps(job) + "\n" for job in jobs)
    done = subprocess.run(
        command, input=lines, capture_output=True, check=False, text=True, cwd=ROOT, timeout=300
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    errors = [
        answer["error"] for answer in answers if isinstance(answer, dict) and "error" in answer
    ]
    if errors or len(answers) != len(jobs):
        raise PeerError("\n".join([*errors, done.stderr]))
    return answers
