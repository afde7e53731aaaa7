"""VeraPDF: builds `verapdf/` when needed and judges many files in one start of the Java machine."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypedDict

from tests.interop.programs import program, run

FOLDER: Final = Path(__file__).parent / "verapdf"
TARGET: Final = FOLDER / "target"
SOURCE: Final = FOLDER / "src/main/java/VeraPdfOracle.java"
BUILD_SECONDS: Final = 600
"""The first build fetches 20 jars, about 20 MB."""


class OracleError(Exception):
    """VeraPDF could not be built or did not answer for every file."""


class Judgement(TypedDict):
    """One file by one standard: `3a` is PDF/A-3a, `ua1` PDF/UA-1; `broken` counts failures by rule
    (clause and test).
    """

    file: str
    flavour: str
    compliant: bool
    checks: int
    broken: dict[str, int]


def build() -> None:
    """Compile the oracle and fetch veraPDF, unless both are newer than the source."""
    compiled = TARGET / "classes/VeraPdfOracle.class"
    if compiled.exists() and any(TARGET.glob("lib/validation-model-*.jar")):
        made = compiled.stat().st_mtime
        if all(source.stat().st_mtime <= made for source in (SOURCE, FOLDER / "pom.xml")):
            return
    done = run([program("mvn"), "-q", "-B", "package"], folder=FOLDER, seconds=BUILD_SECONDS)
    if done.status or not compiled.exists():
        message = f"mvn package ended with {done.status}\n{done.output}{done.log}"
        raise OracleError(message)
    compiled.touch()


def verapdf(files: Sequence[Path], *, flavours: Sequence[str] = ("3a", "ua1")) -> list[Judgement]:
    """Judge each file by each standard."""
    build()
    done = run(
        [
            program("java"),
            "-cp",
            f"{TARGET / 'classes'}:{TARGET / 'lib'}/*",
            "VeraPdfOracle",
            *flavours,
            *files,
        ]
    )
    judgements: list[Judgement] = [json.loads(line) for line in done.output.splitlines()]
    if done.status or len(judgements) != len(files) * len(flavours):
        message = (
            f"VeraPdfOracle ended with {done.status} and answered {len(judgements)} "
            f"times for {len(files)} files\n{done.log}"
        )
        raise OracleError(message)
    return judgements
