"""EU DSS: builds `dss/` when needed and validates many files in one start of the Java machine."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from tests.interop.programs import program, run

FOLDER = Path(__file__).parent / "dss"
TARGET = FOLDER / "target"
SOURCES = (FOLDER / "pom.xml", *sorted((FOLDER / "src/main/java").glob("*.java")))
JAVA: tuple[str | Path, ...] = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-cp",
    f"{TARGET / 'classes'}:{TARGET / 'lib'}/*",
)
"""A process of some seconds is done in half the time when it is not compiled for a long life."""
BUILD_SECONDS = 600
"""The first build fetches 57 jars, about 60 MB."""


class OracleError(Exception):
    """DSS could not be built or did not answer for every file."""


class Reference(TypedDict):
    type: str
    uri: str | None
    found: bool
    intact: bool


class Signature(TypedDict):
    """`xml_id` is the ds:Signature's Id; `errors` and `warnings` read `KEY: words`; times are RFC
    3339, UTC.
    """

    xml_id: str | None
    format: str
    indication: str
    sub_indication: str | None
    intact: bool
    valid: bool
    signing_time: str | None
    best_time: str | None
    counter_signature: bool
    structure_valid: bool
    structure_messages: list[str]
    roles: list[str]
    references: list[Reference]
    scopes: list[str]
    errors: list[str]
    warnings: list[str]
    pdf: NotRequired[dict[str, Any]]


class Timestamp(TypedDict):
    type: str
    time: str
    imprint_intact: bool
    intact: bool
    indication: str
    sub_indication: str | None
    errors: list[str]
    warnings: list[str]


class Verdict(TypedDict):
    """What DSS says to one file.

    With `error`, the class of a Java exception, only `message` is there.
    """

    file: str
    error: NotRequired[str]
    message: NotRequired[str]
    signature_count: int
    counter_signature_count: int
    signatures: list[Signature]
    timestamps: list[Timestamp]


def build() -> None:
    """Compile the oracle and fetch DSS, unless both are newer than the sources."""
    compiled = TARGET / "classes/DssWriter.class"
    if compiled.exists() and any(TARGET.glob("lib/dss-xades-*.jar")):
        made = compiled.stat().st_mtime
        if all(source.stat().st_mtime <= made for source in SOURCES):
            return
    done = run([program("mvn"), "-q", "-B", "package"], folder=FOLDER, seconds=BUILD_SECONDS)
    if done.status or not compiled.exists():
        message = f"mvn package ended with {done.status}\n{done.output}{done.log}"
        raise OracleError(message)
    compiled.touch()


def dss(
    files: Sequence[Path],
    *,
    trust: Iterable[Path],
    certs: Iterable[Path] = (),
    crls: Iterable[Path] = (),
    ocsps: Iterable[Path] = (),
    detached: Iterable[Path] = (),
    at: datetime | None = None,
    reports: Iterable[Path] = (),
) -> list[Verdict]:
    """Validate `files`, all in one start, with DSS' default policy and no network.

    Anchors and evidence are files or folders, of which the files of the right kind are taken;
    `detached` is found by its name. `at` is aware, default now. DSS' own reports go to the folder
    `reports`, one at most.
    """
    build()
    command: list[str | Path] = [*JAVA, "DssOracle"]
    given = (
        ("--trust", trust),
        ("--certs", certs),
        ("--crl", crls),
        ("--ocsp", ocsps),
        ("--detached", detached),
        ("--reports", reports),
    )
    for option, paths in given:
        for path in paths:
            command += [option, path]
    if at is not None:
        command += ["--time", at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]
    done = run([program("java"), *command, *files])
    verdicts: list[Verdict] = [json.loads(line) for line in done.output.splitlines()]
    if done.status not in {0, 1} or len(verdicts) != len(files):
        message = (
            f"DssOracle ended with {done.status} and answered for {len(verdicts)} of "
            f"{len(files)} files\n{done.log}"
        )
        raise OracleError(message)
    return verdicts
