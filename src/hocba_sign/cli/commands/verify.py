"""`hocba verify`: judge files with what is given, and with what their certificates point at unless
`--offline`.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Final

from hocba_sign.adapters.archive import CERTIFICATES, CRLS, OCSPS, TRUST, keep_evidence
from hocba_sign.adapters.files import is_folder, read_limited, sha256_of
from hocba_sign.adapters.inputs import Source, expand
from hocba_sign.cli import console
from hocba_sign.cli.beside_files import with_knowledge
from hocba_sign.cli.fetching import online_fetcher
from hocba_sign.cli.guard import refuse_replacing_sources
from hocba_sign.cli.help_words import say
from hocba_sign.cli.many_results import Overview
from hocba_sign.cli.material import collect_material
from hocba_sign.cli.policy_options import chosen_policy
from hocba_sign.cli.signer_key import load_p12
from hocba_sign.crypto.signer import SoftwareSigner
from hocba_sign.errors import CallerError, HocbaSignError, InputError, OutsideError
from hocba_sign.operations.many import unread_report
from hocba_sign.operations.validation_report import signed_etsi
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.report import Report
from hocba_sign.report.short import short_failure
from hocba_sign.report.signature_members import moment
from hocba_sign.report.siva import request_errors
from hocba_sign.validation.verdict import Verdict
from hocba_sign.xml.limits import MAX_BYTES

MAX_DETACHED: Final = 100_000_000
"""Octets of one file beside a document."""

_CODES: Final = {
    Verdict.VALID: console.EXIT_VALID,
    Verdict.INVALID: console.EXIT_INVALID,
    Verdict.INDETERMINATE: console.EXIT_INDETERMINATE,
    Verdict.NOTHING_TO_VERIFY: console.EXIT_NOTHING,
}
_OUTCOMES: Final = {
    "VALID": console.EXIT_VALID,
    "INVALID": console.EXIT_INVALID,
    "INDETERMINATE": console.EXIT_INDETERMINATE,
    "NOTHING_TO_VERIFY": console.EXIT_NOTHING,
    "NOT_IN_FORCE": console.EXIT_NOT_IN_FORCE,
    "UNREAD": console.EXIT_OUTSIDE,
}
_WORST_FIRST: Final = (6, 1, 4, 3, 5, 0)
_IN_FORCE: Final = "in_force"


def run(given: argparse.Namespace) -> int:
    """Verify every document; the exit code is the worst.

    Raises: CallerError CLI.DETACHED, CLI.SIGN_REPORT, CLI.ONE_FILE, CLI.NO_FILES, BULK.*; as
    `verifier_of`, `load_p12`, `expand` and `refuse_replacing_sources`.
    """
    _require_sense(given)
    start = given.at or datetime.now(UTC)
    if given.results is not None:
        return worst(_in_bulk(given, start))
    if given.jobs is not None or given.dask is not None:
        raise CallerError("BULK.NO_RESULTS")
    sources = tuple(expand(given.files, lists=given.list))
    refuse_replacing_sources(given, sources)
    if given.format == "etsi" and len(sources) > 1:
        raise CallerError("CLI.ONE_FILE", where=sources[1].name)
    signer = None if given.sign_report is None else load_p12(given, given.sign_report)
    verifier = verifier_of(given, at=start)
    overview = Overview(given, len(sources))
    codes: list[int] = []
    lacking: set[str] = set()
    last: Report | None = None
    with overview.saying_where_it_stopped():
        for source in sources:
            overview.begin(source)
            try:
                report = judge(source, verifier, at=start, given=given)
            except (CallerError, OutsideError) as error:
                # What this machine lacks for one file must not cost the results of the others.
                if isinstance(error, CallerError) and len(sources) == 1:
                    raise
                if isinstance(error, OutsideError) or error.cause not in lacking:
                    console.note(
                        f"{say('ERROR', given.lang)}: {console.described(error, given.lang)}"
                    )
                lacking.add(error.cause)
                codes.append(_unread(error, source, given))
                overview.add(short_failure(error, source.name))
                continue
            last = report
            short = report.to_short_dict()
            _print(report, short, given, signer=signer)
            overview.add(short, report)
            if given.evidence is not None:
                keep_evidence(given.evidence, report, given=verifier.evidence, trust=verifier.trust)
            codes += [] if _is_of_another_kind(short, given) else [code_of(report)]
    overview.finish()
    if given.evidence is not None and last is not None and not given.quiet:
        _say_kept(last, given)
    return worst(codes)


def _require_sense(given: argparse.Namespace) -> None:
    """Refuse options that mean nothing together."""
    if given.detached and not given.any:
        raise CallerError("CLI.DETACHED", where=given.detached[0][0])
    if given.sign_report is not None and given.format != "etsi":
        raise CallerError("CLI.SIGN_REPORT")
    if not given.files and not given.list:
        raise CallerError("CLI.NO_FILES")


def _in_bulk(given: argparse.Namespace, start: datetime) -> Iterator[int]:
    """Judge by several processes and yield the exit codes of what was found."""
    if given.any or given.format or given.verbose or given.evidence is not None:
        raise CallerError("BULK.OPTIONS")
    verify_in_bulk = import_module("hocba_sign.cli.bulk").verify_in_bulk
    tally = verify_in_bulk(given, verifier_of(given, at=start), at=start)
    for ended, count in tally.outcomes.items():
        if count and (ended != "NOT_TRANSCRIPT"):
            yield _OUTCOMES[ended]


def _is_of_another_kind(short: Mapping[str, Any], given: argparse.Namespace) -> bool:
    """Return whether a file is no transcript: it decides the exit code only where nothing else is
    there.
    """
    kind = (short["document"] or {}).get("kind")
    is_nothing = short["verdict"] == Verdict.NOTHING_TO_VERIFY
    return is_nothing and (kind == "none" or (kind == "other" and not given.any))


def _say_kept(report: Report, given: argparse.Namespace) -> None:
    """Say how the last file is verified again, which holds for those before it but for the time."""
    kept = (TRUST, CERTIFICATES, CRLS, OCSPS)
    folders = (given.evidence / name for name in kept if is_folder(given.evidence / name))
    console.note(
        say(
            "EVIDENCE_KEPT",
            given.lang,
            folder=console.printable(str(given.evidence)),
            options=" ".join(f"--{path.name} {console.as_word(path)}" for path in folders),
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


def judge(source: Source, verifier: Verifier, *, at: datetime, given: argparse.Namespace) -> Report:
    """Judge one document; without `--at` the validation time moves on to when what was fetched was
    there.

    Raises: OutsideError FILE.* when it cannot be read at all; one that is too large is not read.
    """
    try:
        document = source.read(MAX_BYTES)
    except InputError as error:
        report = unread_report(source, error, at=at)
        return replace(report, sha256=(sha256_of(source.path) if source.is_file else None) or "")
    if verifier.fetch is not None and not verifier.is_time_fixed:
        # The files before may have taken long: what is fetched now must count now.
        at = datetime.now(UTC)
    if given.any:
        return verifier.verify_any(document, at=at, name=source.name, detached=_detached(given))
    return verifier.verify(document, at=at, name=source.name)


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
    """Return the worst exit code, in the order 6, 1, 4, 3, 5, 0; 4 where there is none."""
    return min(codes, key=_WORST_FIRST.index, default=console.EXIT_NOTHING)


def _print(
    report: Report,
    short: Mapping[str, Any],
    given: argparse.Namespace,
    *,
    signer: SoftwareSigner | None,
) -> None:
    """Print what programs read; what people read is the overview's."""
    if given.json:
        console.result_json(short if given.json == "short" else report.to_dict())
    elif given.format == "etsi":
        told = (
            report.to_etsi()
            if signer is None
            else signed_etsi(report, signer=signer, at=datetime.now(UTC))
        )
        console.result(told.removesuffix("\n"))
    elif given.format == "siva":
        console.result_json(report.to_siva(given.lang))


def _unread(error: HocbaSignError, source: Source, given: argparse.Namespace) -> int:
    if given.json:
        is_short = given.json == "short"
        named = source.name
        console.result_json(
            short_failure(error, named) if is_short else console.failure(error, named)
        )
    if given.format == "siva":
        console.result_json(request_errors(error, given.lang))
    return console.EXIT_OUTSIDE
