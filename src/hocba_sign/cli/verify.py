"""`hocba verify`: judge files with what is given, and with what their certificates point at unless
`--offline`.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hocba_sign.adapters.archive import CERTIFICATES, CRLS, OCSPS, TRUST, keep_evidence
from hocba_sign.adapters.files import is_folder, read_limited, sha256_of, write_atomically
from hocba_sign.cli import console
from hocba_sign.cli.documents import read_document
from hocba_sign.cli.knowledge import with_knowledge
from hocba_sign.cli.material import collect_material
from hocba_sign.cli.online import online_fetcher
from hocba_sign.cli.policy import chosen_policy
from hocba_sign.cli.words import say
from hocba_sign.errors import CallerError, InputError, OutsideError
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.document import Report
from hocba_sign.report.html import html
from hocba_sign.report.render import text
from hocba_sign.report.signature_members import moment
from hocba_sign.report.siva import request_errors
from hocba_sign.validation.verdict import Verdict

MAX_DETACHED: Final = 100_000_000
"""Octets of one file beside a document."""

_CODES: Final = {
    Verdict.VALID: console.EXIT_VALID,
    Verdict.INVALID: console.EXIT_INVALID,
    Verdict.INDETERMINATE: console.EXIT_INDETERMINATE,
    Verdict.NOTHING_TO_VERIFY: console.EXIT_NOTHING,
}
_WORST_FIRST: Final = (6, 1, 4, 3, 5, 0)
_IN_FORCE: Final = "in_force"


def run(given: argparse.Namespace) -> int:
    """Verify every file; the exit code is the worst.

    Raises: CallerError CLI.DETACHED, CLI.ONE_FILE; as `verifier_of`.
    """
    if given.detached and not given.any:
        raise CallerError("CLI.DETACHED", where=given.detached[0][0])
    if given.format == "etsi" and len(given.files) > 1:
        raise CallerError("CLI.ONE_FILE", where=str(given.files[1]))
    start = given.at or datetime.now(UTC)
    verifier = verifier_of(given, at=start)
    codes: list[int] = []
    reports: list[Report] = []
    for number, path in enumerate(given.files, 1):
        if len(given.files) > 1:
            console.progress(
                say(
                    "VERIFYING",
                    given.lang,
                    file=console.printable(str(path)),
                    number=number,
                    count=len(given.files),
                )
            )
        try:
            report = judge(path, verifier, at=start, given=given)
        except OutsideError as error:
            codes.append(_unread(error, path, given))
            continue
        _print(report, given)
        if given.evidence is not None:
            keep_evidence(given.evidence, report, given=verifier.evidence, trust=verifier.trust)
        reports.append(report)
        codes.append(code_of(report))
    if given.html is not None and reports:
        write_atomically(given.html, html(reports, given.lang).encode())
        console.note(say("HTML_WRITTEN", given.lang, file=console.printable(str(given.html))))
    if given.evidence is not None and reports:
        _say_kept(reports[-1], given)
    return worst(codes)


def _say_kept(report: Report, given: argparse.Namespace) -> None:
    """Say how the last file is verified again, which holds for those before it but for the time."""
    kept = (TRUST, CERTIFICATES, CRLS, OCSPS)
    folders = (given.evidence / name for name in kept if is_folder(given.evidence / name))
    console.note(
        say(
            "EVIDENCE_KEPT",
            given.lang,
            folder=console.printable(str(given.evidence)),
            options=console.printable(" ".join(f"--{path.name} {path}" for path in folders)),
            at=moment(report.at),
        )
    )


def verifier_of(given: argparse.Namespace, *, at: datetime) -> Verifier:
    """Return who verifies by the options of this command.

    Raises: as `collect_material`, `chosen_policy` and `with_knowledge`.
    """
    material = collect_material(given)
    verifier = Verifier(
        trust=material.trust,
        policy=chosen_policy(given),
        evidence=material.evidence,
        fetch=online_fetcher(given),
        is_time_fixed=given.at is not None,
        is_careful=given.careful,
    )
    return with_knowledge(given, verifier, at=at)


def judge(path: Path, verifier: Verifier, *, at: datetime, given: argparse.Namespace) -> Report:
    """Judge one file; without `--at` the validation time moves on to when what was fetched was
    there.

    Raises: OutsideError FILE.* when it cannot be read at all; a file that is too large is INVALID,
    not read.
    """
    try:
        document = read_document(path)
    except InputError as error:
        report = Report.malformed(b"", error, file=str(path), at=at)
        return replace(report, sha256=(None if path == console.STANDARD else sha256_of(path)) or "")
    if verifier.fetch is not None and not verifier.is_time_fixed:
        # The files before may have taken long: what is fetched now must count now.
        at = datetime.now(UTC)
    if given.any:
        return verifier.verify_any(document, at=at, name=str(path), detached=_detached(given))
    return verifier.verify(document, at=at, name=str(path))


def _detached(given: argparse.Namespace) -> Mapping[str, bytes]:
    """Read the files that lie beside the documents.

    Raises: OutsideError FILE.*, InputError FILE.TOO_LARGE.
    """
    return {name: read_limited(file, MAX_DETACHED) for name, file in given.detached}


def code_of(report: Report) -> int:
    """Return the exit code of one report."""
    if report.verdict is Verdict.VALID and report.to_dict()["status"] not in {None, _IN_FORCE}:
        return console.EXIT_NOT_IN_FORCE
    return _CODES[report.verdict]


def worst(codes: Iterable[int]) -> int:
    """Return the worst exit code, in the order 6, 1, 4, 3, 5, 0."""
    return min(codes, key=_WORST_FIRST.index)


def _print(report: Report, given: argparse.Namespace) -> None:
    if given.json:
        console.result_json(report.to_dict())
        return
    if given.format == "etsi":
        console.result(report.to_etsi().removesuffix("\n"))
        return
    if given.format == "siva":
        console.result_json(report.to_siva(given.lang))
        return
    if report.conclusion is not None and report.file != str(given.files[0]):
        console.result("")
    console.result(text(report, given.lang, is_coloured=console.has_colour(sys.stdout)))


def _unread(error: OutsideError, path: Path, given: argparse.Namespace) -> int:
    console.note(f"{say('ERROR', given.lang)}: {console.described(error, given.lang)}")
    if given.json:
        console.result_json(console.failure(error, str(path)))
    if given.format == "siva":
        console.result_json(request_errors(error, given.lang))
    return console.EXIT_OUTSIDE
