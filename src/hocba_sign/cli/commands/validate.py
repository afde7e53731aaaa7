"""`hocba validate`: is the content fit to be signed, before or after it was; signatures are for
`verify`.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from hocba_sign.catalogue.messages import message
from hocba_sign.cli import console
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.help_words import say
from hocba_sign.errors import Finding, HocbaSignError, InputError, OutsideError
from hocba_sign.model.check import check
from hocba_sign.model.legacy import suspicions
from hocba_sign.model.rules import RuleFinding, Severity, apply_rules
from hocba_sign.model.transcript import Transcript
from hocba_sign.pki.loading.encodings import decoded_text
from hocba_sign.pki.loading.objects import wrong_document
from hocba_sign.report.places import Places
from hocba_sign.xades.transcript.read import read
from hocba_sign.xml.decode import check_document, decode_document, document_nonce
from hocba_sign.xml.layout import recognise
from hocba_sign.xml.nonce import NONCE_PLACE
from hocba_sign.xml.parse import parse
from hocba_sign.xml.record_octets import decode_record_document, form_of
from hocba_sign.xml.schema import schema_findings
from hocba_sign.xml.tree import Element


def run(given: argparse.Namespace) -> int:
    """Report every fault of every file with its path; the exit code is the worst of 6, 1, 0."""
    codes = [_validate(path, given) for path in given.files]
    return max(codes)


def findings_in(octets: bytes) -> tuple[Finding, ...]:
    """Return all faults of a transcript in XML or JSON; none means that it may be signed, or was
    filled in rightly.
    """
    try:
        return _json_findings(octets) if is_json(octets) else _xml_findings(octets)
    except InputError as error:
        return wrong_document(error, octets).findings


def is_json(octets: bytes) -> bool:
    """Return whether a file is meant as JSON, in whatever encoding."""
    return (decoded_text(octets) or b"").lstrip()[:1] == b"{"


def _json_findings(octets: bytes) -> tuple[Finding, ...]:
    transcript = Transcript.from_json(octets)
    return (*check(transcript), *_contradictions(transcript))


def _contradictions(transcript: Transcript) -> tuple[Finding, ...]:
    """Return the errors by the circular of the year."""
    return tuple(
        Finding(rule.cause, rule.where)
        for rule in apply_rules(transcript)
        if rule.severity is Severity.ERROR
    )


def _xml_findings(octets: bytes) -> tuple[Finding, ...]:
    root = parse(octets).root
    recognise(root)
    parsed = read(octets)
    filled = {signature.slot for signature in parsed.signatures}
    schema = schema_findings(
        root, issued=bool(parsed.slots) and all(slot in filled for slot in parsed.slots)
    )
    if form_of(root) is not None:
        return tuple(dict.fromkeys((*_record_findings(root), *schema)))
    found = tuple(dict.fromkeys((*check_document(root), *schema)))
    return found or _contradictions(decode_document(root))


def _record_findings(root: Element) -> tuple[Finding, ...]:
    """Return the faults of an event, a registry or a status list."""
    try:
        decode_record_document(root)
    except InputError as error:
        return error.findings
    return ()


def advice_in(octets: bytes) -> tuple[RuleFinding | Finding, ...]:
    """Return what is only doubtful in a transcript without faults, by the circular of the year,
    as text, or because its digest can be guessed; nothing for other documents.
    """
    root = None if is_json(octets) else parse(octets).root
    if root is not None and form_of(root) is not None:
        return ()
    transcript = Transcript.from_json(octets) if root is None else decode_document(root)
    is_guessable = root is not None and document_nonce(root) is None
    return (
        *((Finding("DOC.NO_NONCE", NONCE_PLACE),) if is_guessable else ()),
        *(rule for rule in apply_rules(transcript) if rule.severity is not Severity.ERROR),
        *suspicions(transcript),
    )


def _validate(path: Path, given: argparse.Namespace) -> int:
    advice: tuple[RuleFinding | Finding, ...] = ()
    octets = b""
    try:
        octets = read_document(path)
        findings = findings_in(octets)
        advice = () if findings else advice_in(octets)
    except InputError as error:
        findings = error.findings
    except OutsideError as error:
        console.note(f"{say('ERROR', given.lang)}: {console.described(error, given.lang)}")
        if given.json:
            console.result_json(console.failure(error, str(path)))
        return console.EXIT_OUTSIDE
    if given.json:
        told = {
            "file": str(path),
            "valid": not findings,
            "findings": [_fact(finding) | {"form": finding.form or None} for finding in findings],
        }
        console.result_json(
            told
            | {
                "advice": [
                    _fact(Finding(hint.cause, hint.where)) | _source(hint) for hint in advice
                ]
            }
        )
    else:
        transcript = _transcript(octets) if findings else None
        _print(path, findings, given, transcript=transcript)
        for hint in advice:
            article = f" [{hint.article}]" if isinstance(hint, RuleFinding) else ""
            words = console.described(HocbaSignError(hint.cause, where=hint.where), given.lang)
            console.result(f"  {say('ADVICE', given.lang)}: {words}{article}")
    return console.EXIT_INVALID if findings else console.EXIT_VALID


def _print(
    path: Path,
    findings: tuple[Finding, ...],
    given: argparse.Namespace,
    *,
    transcript: Transcript | None,
) -> None:
    """Say each fault once, with the places where it is, in words where they have some."""
    shown = console.printable(str(path))
    lines = [
        say("FAULTS", given.lang, file=shown, count=len(findings))
        if findings
        else say("VALIDATED", given.lang, file=shown)
    ]
    places = Places(slots={}, transcript=transcript, language=given.lang)
    faults: dict[str, list[str]] = {}
    for finding in findings:
        words = console.described_finding(replace(finding, where=None), given.lang)
        held = faults.setdefault(words, [])
        if finding.where is not None:
            held.append(places.in_words(finding.where) or console.printable(finding.where))
    for words, wheres in faults.items():
        lines += [f"  {words}", *(f"    - {where}" for where in wheres)]
    console.result("\n".join(lines))


def _transcript(octets: bytes) -> Transcript | None:
    """Return the content, for the names of its subjects; None where it cannot be read."""
    try:
        if is_json(octets):
            return Transcript.from_json(octets)
        root = parse(octets).root
        return None if form_of(root) is not None else decode_document(root)
    except InputError:
        return None


def _source(one: RuleFinding | Finding) -> dict[str, str]:
    if isinstance(one, Finding):
        return {"severity": Severity.WARNING}
    return {"severity": one.severity, "rule": one.rule, "article": one.article, "mark": one.mark}


def _fact(finding: Finding) -> dict[str, Any]:
    words = message(finding.cause)
    fact: dict[str, Any] = {
        "id": finding.cause,
        "where": finding.where,
        "message": {"vi": words.vi, "en": words.en},
    }
    if finding.reason:
        reason = message(finding.reason)
        fact["reason"] = {
            "id": finding.reason,
            "message": {"vi": reason.vi, "en": reason.en},
        }
    return fact
