"""`hocba extend`: make signatures last, at level LT or LTA."""

import argparse
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hocba_sign.adapters.tsa_series import TimeStampSeries
from hocba_sign.catalogue.messages import Language, message
from hocba_sign.cli import console
from hocba_sign.cli.delivery import deliver_signed, holding, is_in_place
from hocba_sign.cli.extend_folder import extend_folder
from hocba_sign.cli.fetching import online_fetcher
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.folders import named, names_many
from hocba_sign.cli.help_words import say
from hocba_sign.cli.level_option import note_fallback, series_of
from hocba_sign.cli.material import GivenMaterial, collect_material, note_findings
from hocba_sign.errors import CallerError, Finding, HocbaSignError
from hocba_sign.operations.extension import (
    covered_slots,
    evidence_for,
    extend_with,
    signatures_of,
)
from hocba_sign.operations.ground import Ground
from hocba_sign.pki.trust.anchors import user_findings
from hocba_sign.report.certificate_report import warnings
from hocba_sign.report.phrases import vietnam_time
from hocba_sign.report.report import fetch_dict
from hocba_sign.signing.signing_policy import Level
from hocba_sign.validation.document.missing_evidence import Answer
from hocba_sign.validation.setting import Setting

TIMEOUT: Final = timedelta(seconds=180)
"""For one answer: the Government's authority was measured at 131 s, and a late pass is in no hurry.
"""


def run(given: argparse.Namespace) -> int:
    """Extend.

    Raises: CallerError EXTEND.FOLDER_ONLY; as `extend`, `collect_material` and `extend_folder`;
    then there is no output file.
    """
    authority = _authority(given)
    if names_many(named(given)):
        return extend_folder(given, authority=authority)
    if given.due is not None or given.dry_run:
        raise CallerError("EXTEND.FOLDER_ONLY")
    material = collect_material(given)
    with holding(given.out):
        return _extend(given, material, authority=authority)


def _extend(
    given: argparse.Namespace, material: GivenMaterial, *, authority: TimeStampSeries | None
) -> int:
    document = read_document(given.file)
    ground = Ground(
        trust=material.trust,
        evidence=material.evidence,
        fetch=online_fetcher(given),
        is_time_fixed=given.at is not None,
    )
    found = evidence_for(document, ground, at=given.at or datetime.now(UTC))
    setting, answers = found.setting, found.answers
    if authority is not None:
        console.progress(say("EXTEND_STAMPING", given.lang, url=console.printable(authority.url)))
    try:
        extended = extend_with(document, setting, tsa=authority)
    except CallerError as error:
        if error.cause not in _EXPLAINED:
            raise
        return _refuse(error, given, at=setting.at, answers=answers)
    note_fallback(given, authority)
    made_of = document if is_in_place(given.file, given.out) else None
    _announce(given, extended, setting=setting, answers=answers, made_of=made_of)
    return console.EXIT_VALID


def _authority(given: argparse.Namespace) -> TimeStampSeries | None:
    """Return the authority that level LTA takes.

    Raises: CallerError EXTEND.TSA_MISSING, EXTEND.TSA_UNUSED, TSA.URL.
    """
    if Level(given.to) is not Level.LTA:
        if given.tsa is not None or given.tsa_fallback is not None:
            raise CallerError("EXTEND.TSA_UNUSED")
        return None
    if given.tsa is None:
        raise CallerError("EXTEND.TSA_MISSING")
    return series_of(given, timeout=TIMEOUT)


def _announce(
    given: argparse.Namespace,
    extended: bytes,
    *,
    setting: Setting,
    answers: tuple[Answer, ...],
    made_of: bytes | None,
) -> None:
    closed = [str(slot) for slot in covered_slots(extended)]
    signed = (str(signature.slot or signature.where) for signature in signatures_of(extended))
    slots = [slot for slot in signed if slot not in closed]
    noted = user_findings(setting.trust)
    facts = {
        "file": str(given.out),
        "sha256": hashlib.sha256(extended).hexdigest(),
        "level": given.to,
        "slots": slots,
        "closed": closed,
        "validation_time": _utc(setting.at),
        "checks": warnings(noted),
        "fetches": [fetch_dict(answer) for answer in answers],
    }
    sentence = say(
        "EXTENDED",
        given.lang,
        count=len(slots),
        level=given.to,
        file=console.printable(str(given.out)),
    )
    told = console.json_line(facts) if given.json else sentence
    deliver_signed(given.out, extended, sentence=told, made_of=made_of)
    if not given.json:
        note_findings((*noted, *(Finding("EXTEND.COVERED", slot) for slot in closed)), given.lang)


_EXPLAINED: Final = frozenset({"EXTEND.TOO_EARLY", "EXTEND.NOT_VALID"})


def _refuse(
    error: CallerError, given: argparse.Namespace, *, at: datetime, answers: tuple[Answer, ...]
) -> int:
    """Say why not, and what to do: when to come back, or every cause that keeps the signature from
    being valid.
    """
    console.note(f"{say('ERROR', given.lang)}: {console.described(error, given.lang)}")
    hints = (
        (_due_words(error.due, at, given.lang),)
        if error.cause == "EXTEND.TOO_EARLY"
        else _cause_lines(error.findings, given.lang)
    )
    for hint in hints:
        console.note(f"  {hint}")
    if given.json:
        failure = console.failure(error, str(given.file))
        failure["error"] |= {
            "findings": [_finding(finding, error.where) for finding in error.findings],
            "due": None if error.due is None else _utc(error.due),
        }
        console.result_json(failure | {"fetches": [fetch_dict(answer) for answer in answers]})
    return console.exit_code(error)


def _due_words(due: datetime | None, at: datetime, language: Language) -> str:
    if due is None:
        return say("EXTEND_NO_DUE", language)
    return say(
        "EXTEND_DUE" if due > at else "EXTEND_OVERDUE", language, time=vietnam_time(due, language)
    )


def _cause_lines(findings: Iterable[Finding], language: Language) -> Iterator[str]:
    return (console.described(HocbaSignError(finding.cause), language) for finding in findings)


def _finding(finding: Finding, where: str | None) -> dict[str, Any]:
    words = message(finding.cause)
    return {"id": finding.cause, "where": where, "message": {"vi": words.vi, "en": words.en}}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
