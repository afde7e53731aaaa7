"""`hocba doctor`: is this machine, with this token and certificate, ready to sign? Nothing is
signed, no PIN is asked for, and what is printed can be sent to others.
"""

import argparse
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hocba_sign.adapters.files import read_limited
from hocba_sign.adapters.home import CertificateStore
from hocba_sign.adapters.pkcs11.choice import choose_token
from hocba_sign.adapters.pkcs11.survey import TokenSurvey, survey
from hocba_sign.adapters.pkcs11.token_signer import chosen_certificate
from hocba_sign.adapters.surroundings import (
    CLOCK_TOLERANCE,
    broken_fonts,
    clock_offset,
    folder_findings,
    missing_extras,
    versions,
)
from hocba_sign.adapters.tsa import DEFAULT_TIMEOUT, TimeStampClient
from hocba_sign.catalogue.messages import message
from hocba_sign.cli import console
from hocba_sign.cli.fetching import online_fetcher
from hocba_sign.cli.help_words import say
from hocba_sign.cli.material import collect_material
from hocba_sign.errors import Finding, HocbaSignError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.operations.certificate_check import requirements_for, validate_certificate
from hocba_sign.operations.ground import Ground
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.loading.objects import MAX_FILE_OCTETS, load_certificates
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.role_policy import RolePolicy
from hocba_sign.report.certificate_report import CertificateIndication, CertificateReport
from hocba_sign.report.report import fetch_dict
from hocba_sign.version import VERSION

_NUMBER: Final = re.compile(r"\d{9,}")
"""Numbers of persons have 9 or 12 digits, tax codes 10 or 13."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One thing that was looked at.

    `subject` names it in words.json.
    `result` is `ok`, `warning`, `fault` or `not_checked`.
    `cause` says what is wrong and who must act, None for `ok`.
    `where` is a place or the facts found.
    """

    subject: str
    result: str = "ok"
    cause: str | None = None
    where: str = ""


def run(given: argparse.Namespace) -> int:
    """Print all findings, numbered; the exit code is 1 where one of them is a fault, else 0."""
    found = tuple(examine(given))
    if given.json:
        console.result_json(
            {
                "tool": {"name": "hocba-sign", "version": VERSION},
                "checks": [_fact(number, examined) for number, examined in enumerate(found, 1)],
            }
        )
    else:
        for number, examined in enumerate(found, 1):
            console.result(_line(number, examined, given))
    is_fit = all(examined.result != "fault" for examined in found)
    return console.EXIT_VALID if is_fit else console.EXIT_INVALID


def examine(given: argparse.Namespace) -> Iterator[Examined]:
    """Yield what was found, in the order of the help text; one part that fails hides no other."""
    shown = ", ".join(f"{name} {version}" for name, version in versions().items())
    yield Examined(subject="VERSIONS", where=shown)
    missing = missing_extras()
    for name, cause in missing.items():
        is_needed = name == "pkcs11" and given.pkcs11 is not None
        yield Examined(
            subject="EXTRAS",
            result="fault" if is_needed else "warning",
            cause=cause,
            where=name,
        )
    if not missing:
        yield Examined(subject="EXTRAS")
    yield from _each("FONTS", [Finding("DOCTOR.FONTS", name) for name in broken_fonts()])
    yield from _store()
    yield from _each("FOLDER", folder_findings(given.folder), warnings={"DOCTOR.CASE"})
    yield from _clock(given)
    chain, results = _certificates(given)
    yield from results
    yield from _certificate(given, chain)


def _each(
    subject: str, findings: Iterable[Finding], *, warnings: Iterable[str] = ()
) -> Iterator[Examined]:
    """Yield a fault or warning for each finding, or that there is none."""
    listed = tuple(findings)
    for finding in listed:
        result = "warning" if finding.cause in set(warnings) else "fault"
        where = finding.where or ""
        yield Examined(subject=subject, result=result, cause=finding.cause, where=where)
    if not listed:
        yield Examined(subject=subject)


def _failed(subject: str, error: HocbaSignError) -> Examined:
    return Examined(
        subject=subject, result="fault", cause=error.cause, where=error.where or error.detail
    )


def _not_checked(subject: str, option: str) -> Examined:
    return Examined(subject=subject, result="not_checked", cause="DOCTOR.NOT_ASKED", where=option)


def _store() -> Iterator[Examined]:
    try:
        holdings = CertificateStore.default().load()
    except HocbaSignError as error:
        yield _failed("STORE", error)
        return
    yield from _each("STORE", holdings.findings)


def _clock(given: argparse.Namespace) -> Iterator[Examined]:
    if given.tsa is None:
        yield _not_checked("CLOCK", "--tsa")
        return
    timeout = DEFAULT_TIMEOUT if given.timeout is None else timedelta(seconds=given.timeout)
    try:
        offset = clock_offset(TimeStampClient(given.tsa, timeout=timeout))
    except HocbaSignError as error:
        yield _failed("CLOCK", error)
        return
    told = f"{offset.total_seconds():+.1f} s"
    is_right = abs(offset) <= CLOCK_TOLERANCE
    yield Examined(
        subject="CLOCK",
        result="ok" if is_right else "fault",
        cause=None if is_right else "DOCTOR.CLOCK",
        where=told,
    )


def _certificates(given: argparse.Namespace) -> tuple[tuple[Certificate, ...], list[Examined]]:
    """Return the signer's certificate with its issuers, from token or file, and what was found on
    the way to it.
    """
    told: list[Examined] = []
    try:
        octets = None if given.cert is None else read_limited(given.cert, MAX_FILE_OCTETS)
        if given.pkcs11 is None:
            told.append(_not_checked("TOKEN", "--pkcs11"))
            return () if octets is None else load_certificates(octets), told
        plugged = survey(given.pkcs11)
        token = plugged.tokens[
            choose_token([candidate.facts for candidate in plugged.tokens], given.token)
        ]
        told.append(_token(token))
        wanted = octets or given.cert_sha256
        chain_der = chosen_certificate(token.certificates, wanted, at=datetime.now(UTC))[1]
        return tuple(map(Certificate.load, chain_der)), told
    except HocbaSignError as error:
        return (), [*told, _failed("CERTIFICATE" if told else "TOKEN", error)]


def _token(token: TokenSurvey) -> Examined:
    pin = token.facts.pin
    cause = next(
        (
            cause
            for holds, cause in (
                (token.error is not None, "TOKEN.FAILED"),
                (pin.is_locked, "TOKEN.PIN_LOCKED"),
                (not pin.is_set, "TOKEN.PIN_NOT_SET"),
                (pin.is_last_try, "TOKEN.LAST_TRY"),
                (pin.must_be_changed, "TOKEN.PIN_TO_CHANGE"),
                (pin.was_wrong, "TOKEN.PIN_WAS_WRONG"),
            )
            if holds
        ),
        None,
    )
    result = "ok" if cause is None else "warning" if cause == "TOKEN.PIN_WAS_WRONG" else "fault"
    where = f"{token.facts.name}, {token.facts.model}, {token.facts.maker}"
    return Examined(subject="TOKEN", result=result, cause=cause, where=where)


def _certificate(given: argparse.Namespace, chain: tuple[Certificate, ...]) -> Iterator[Examined]:
    """Judge the certificate as a verifier would today, and say what was asked of whom."""
    if not chain:
        if given.cert is None and given.pkcs11 is None:
            yield _not_checked("CERTIFICATE", "--cert")
        return
    try:
        report = _judged(given, chain)
    except HocbaSignError as error:
        yield _failed("CERTIFICATE", error)
        return
    is_passed = report.indication is CertificateIndication.PASSED
    if is_passed:
        yield Examined(subject="CERTIFICATE", where=f"{chain[0].not_after.date().isoformat()}")
    else:
        yield from _each("CERTIFICATE", report.causes)
    for note in report.notes:
        yield Examined(
            subject="CERTIFICATE", result="warning", cause=note.cause, where=note.where or ""
        )
    if not chain[0].subject.identifiers:
        yield Examined(subject="CERTIFICATE", result="warning", cause="DOCTOR.NO_NUMBER")
    yield from _hierarchy(given, report)
    if given.offline:
        yield _not_checked("SERVICES", "--offline")
    for answer in map(fetch_dict, report.fetches):
        is_there = answer["result"] == "fetched"
        yield Examined(
            subject="SERVICES",
            result="ok" if is_there else "fault",
            cause=answer["cause"],
            where=str(answer["url"]),
        )


def _judged(given: argparse.Namespace, chain: tuple[Certificate, ...]) -> CertificateReport:
    told = argparse.Namespace(trust=given.trust, cert=[], crl=[], ocsp=[], lang=given.lang)
    material = collect_material(told)
    ground = Ground(
        trust=material.trust,
        evidence=material.evidence.merged(Evidence.of(certificates=chain[1:])),
        fetch=online_fetcher(given),
    )
    return validate_certificate(
        chain[0].der,
        ground,
        at=datetime.now(UTC),
        requirements=replace(
            requirements_for(Purpose.SIGNING), allow_unknown_revocation=given.offline
        ),
    )


def _hierarchy(given: argparse.Namespace, report: CertificateReport) -> Iterator[Examined]:
    """Ask whether certificates of this tree may sign in the role, at whatever kind of school."""
    if given.role is None:
        yield _not_checked("ROLE", "--role")
        return
    if report.anchor is None:
        return
    finding = RolePolicy.load().allows(given.role, report.anchor, school=None).finding
    if finding is None:
        yield Examined(subject="ROLE", where=given.role)
        return
    result = "fault" if finding.cause == "WF.HIERARCHY" else "warning"
    yield Examined(subject="ROLE", result=result, cause=finding.cause, where=given.role)


def _shared(text: str) -> str:
    """Return a text without numbers of persons and the name of who runs this."""
    home = os.path.expanduser("~")  # noqa: PTH111 - text is compared, no path is walked
    hidden = _NUMBER.sub(lambda found: "#" * len(found[0]), text)
    return hidden if home in {"", "/", "~"} else hidden.replace(home, "~")


def _fact(number: int, one: Examined) -> dict[str, Any]:
    words = None if one.cause is None else message(one.cause)
    return {
        "number": number,
        "subject": one.subject.lower(),
        "result": one.result,
        "cause": one.cause,
        "where": _shared(one.where) or None,
        "message": None if words is None else {"vi": words.vi, "en": words.en},
    }


def _line(number: int, one: Examined, given: argparse.Namespace) -> str:
    subject = say(f"DOCTOR_{one.subject}", given.lang)
    result = say(f"DOCTOR_{one.result.upper()}", given.lang)
    where = _shared(one.where)
    if one.cause is None:
        told = console.printable(where)
    else:
        told = console.described(OutsideError(one.cause, where=where), given.lang)
    return f"{number}. {subject}: {result}" + (f" - {told}" if told else "")
