"""The judgement of one certificate, for programs (JSON) and for people (text)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NoReturn

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose
from hocba_sign.pki.path.result import PathResult, PathStatus
from hocba_sign.pki.revocation.evidence import Unread
from hocba_sign.pki.revocation.pool import RevocationFact
from hocba_sign.pki.trust.anchors import age_findings, user_findings
from hocba_sign.pki.trust.store import Anchor, TrustStore
from hocba_sign.pki.trust.vietnam_list import TrustList
from hocba_sign.report.lines import State, coloured, fact_lines, wrapped
from hocba_sign.report.phrases import json_line, phrase, printable, vietnam_time
from hocba_sign.report.report import fetch_dict
from hocba_sign.report.seven_items import Fact
from hocba_sign.validation.document.missing_evidence import Answer
from hocba_sign.version import VERSION


class CertificateIndication(StrEnum):
    """Main status of a certificate's path.

    Spec: EN 319 102-1, 5.2.6.
    """

    PASSED = "PASSED"
    FAILED = "FAILED"
    """Only for what cannot be read and for known impostors: a path problem proves nothing wrong."""
    INDETERMINATE = "INDETERMINATE"


_STATES: Final[Mapping[CertificateIndication, State]] = {
    CertificateIndication.PASSED: "yes",
    CertificateIndication.FAILED: "no",
    CertificateIndication.INDETERMINATE: "unknown",
}
_WORDS: Final = {
    "yes": "VERDICT_VALID",
    "no": "VERDICT_INVALID",
    "unknown": "VERDICT_INDETERMINATE",
}
_REVOCATION_KEYS: Final = {
    "good": "CERT_GOOD",
    "revoked": "CERT_REVOKED",
    "on_hold": "CERT_ON_HOLD",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CertificateReport:
    """The judgement of one certificate at one moment.

    It is no truth value: an indication has three states.

    `file` is the name given by the caller.
    `at` is UTC.
    `causes` say why it is not PASSED, the deciding one first;
    `notes` are what a reader must know all the same.
    `path` is None where the certificate cannot be read.
    `fetches` are all addresses asked or refused.
    """

    file: str
    at: datetime
    purpose: Purpose
    indication: CertificateIndication
    sub_indication: str | None
    causes: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()
    path: PathResult | None = None
    anchor: Anchor | None = None
    fetches: tuple[Answer, ...] = ()

    @classmethod
    def of(
        cls, path: PathResult, *, trust: TrustStore, purpose: Purpose, file: str, at: datetime
    ) -> "CertificateReport":
        """Report a path; one that holds a known impostor is FAILED, whatever else was found.

        `at` is aware.
        """
        impostors = TrustList.load().known_bad(path.chain)
        causes = [Finding("TRUST.KNOWN_BAD", certificate.sha256) for certificate in impostors]
        causes += [Finding(cause) for cause in path.causes]
        indication, sub_indication = CertificateIndication.INDETERMINATE, path.sub_indication
        if impostors:
            indication, sub_indication = CertificateIndication.FAILED, "CHAIN_CONSTRAINTS_FAILURE"
        elif path.status is PathStatus.PASSED:
            indication = CertificateIndication.PASSED
        return cls(
            file=file,
            at=at.astimezone(UTC),
            purpose=purpose,
            indication=indication,
            sub_indication=sub_indication,
            causes=tuple(causes),
            notes=(*user_findings(trust), *age_findings(trust, at)),
            path=path,
            anchor=None if path.anchor_sha256 is None else trust.find(path.anchor_sha256),
        )

    @classmethod
    def malformed(
        cls, error: InputError, *, purpose: Purpose, file: str, at: datetime
    ) -> "CertificateReport":
        """Report a certificate that cannot be read: FAILED, with the position of the fault."""
        return cls(
            file=file,
            at=at.astimezone(UTC),
            purpose=purpose,
            indication=CertificateIndication.FAILED,
            sub_indication="FORMAT_FAILURE",
            causes=tuple(error.findings),
        )

    def with_unread(self, unread: tuple[Unread, ...]) -> "CertificateReport":
        """Name the evidence that was not read; what may be a newer statement on revocation leaves
        nothing PASSED.
        """
        lost = tuple(
            Finding("EVIDENCE.UNREAD", f"{item.where} ({item.cause})")
            for item in unread
            if item.matters
        )
        passed = tuple(
            Finding("EVIDENCE.PASSED_OVER", f"{item.where} ({item.cause})")
            for item in unread
            if not item.matters
        )
        is_open = bool(lost) and self.indication is CertificateIndication.PASSED
        return replace(
            self,
            indication=CertificateIndication.INDETERMINATE if is_open else self.indication,
            sub_indication="TRY_LATER" if is_open else self.sub_indication,
            causes=(*self.causes, *lost),
            notes=(*self.notes, *passed),
        )

    def __repr__(self) -> str:
        words = f"file={self.file!r}, indication={self.indication}, purpose={self.purpose}"
        return f"CertificateReport({words}, at={self.at.isoformat()})"

    def __bool__(self) -> NoReturn:
        raise TypeError("a certificate report is no truth value: look at .indication")

    @property
    def certificate(self) -> Certificate | None:
        return None if self.path is None else self.path.chain[0]

    def message(self, language: Language) -> str:
        """Say in a sentence or two what was found, and the deciding cause."""
        told = "".join(f" {cause.message(language)} [{cause.cause}]" for cause in self.causes[:1])
        return f"{_words(self, language)}: {_sentence(self, language)}{told}"

    def to_text(self, language: Language) -> str:
        """Write the report for people as plain text."""
        return certificate_text(self, language)

    def to_json(self) -> str:
        """Write the report for programs as one line of JSON."""
        return json_line(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON report, version 1 (docs/howto/check-a-certificate.md)."""
        path, certificate = self.path, self.certificate
        return {
            "report_version": 1,
            "tool": {"name": "hocba-sign", "version": VERSION},
            "file": self.file,
            "validation_time": _moment(self.at),
            "purpose": self.purpose,
            "indication": self.indication,
            "sub_indication": self.sub_indication,
            "path": [] if path is None else [link.sha256 for link in path.chain],
            "causes": list(dict.fromkeys(finding.cause for finding in self.causes)),
            "certificate": None if certificate is None else _certificate(certificate),
            "anchor": None if self.anchor is None else _anchor(self.anchor),
            "revocation": [] if path is None else [_revocation(fact) for fact in path.revocation],
            "exceptions": [] if path is None else list(path.exceptions),
            "findings": [_finding(finding) for finding in self.causes],
            "checks": warnings(self.notes),
            "fetches": [fetch_dict(answer) for answer in self.fetches],
        }


def warnings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return check entries that force nothing, such as for the user's own anchors."""
    return [{**_finding(finding), "result": "warning", "forces": None} for finding in findings]


def certificate_text(
    report: CertificateReport, language: Language, *, is_coloured: bool = False
) -> str:
    """Write one report for people, without a line feed at the end."""
    state = _STATES[report.indication]
    words = coloured(_words(report, language), state, is_coloured=is_coloured)
    lines = [
        f"{phrase('RESULT', language)}: {words}",
        *wrapped(_sentence(report, language), "  "),
        *fact_lines(_facts(report, language)),
    ]
    if report.path is not None:
        lines += ["", phrase("CERT_PATH", language), *_path_lines(report, report.path, language)]
        if report.path.exceptions:
            lines += ["", phrase("CERT_EXCEPTIONS", language)]
            for exception in report.path.exceptions:
                lines += wrapped(
                    phrase(f"CERT_EXCEPTION_{exception.name}", language), "    ", first="  - "
                )
    for title, findings in (("PROBLEMS", report.causes), ("NOTES", report.notes)):
        if findings:
            lines += ["", phrase(title, language)]
            lines += _finding_lines(findings, language)
    return "\n".join(lines)


def _words(report: CertificateReport, language: Language) -> str:
    return phrase(_WORDS[_STATES[report.indication]], language)


def _sentence(report: CertificateReport, language: Language) -> str:
    if (
        report.indication is CertificateIndication.PASSED
        and report.path is not None
        and len(report.path.chain) == 1
    ):
        return phrase("CERT_SENTENCE_ANCHOR", language)
    return phrase(f"CERT_SENTENCE_{report.indication}", language)


def _facts(report: CertificateReport, language: Language) -> tuple[Fact, ...]:
    facts = {
        "FILE": report.file,
        "CHECKED_AT": vietnam_time(report.at, language),
        "CERT_PURPOSE": phrase(f"CERT_PURPOSE_{report.purpose.name}", language),
    }
    certificate = report.certificate
    if certificate is not None:
        since, until = (
            vietnam_time(moment, language)
            for moment in (certificate.not_before, certificate.not_after)
        )
        facts |= {
            "CERT_SUBJECT": certificate.subject_text,
            "CERT_ISSUER": certificate.issuer_text,
            "CERT_SERIAL": _serial(certificate),
            "PERIOD": phrase("PERIOD_VALUE", language, since=since, until=until),
            "DIGEST": certificate.sha256,
        }
    return tuple(Fact(phrase(key, language), printable(value)) for key, value in facts.items())


def _path_lines(report: CertificateReport, path: PathResult, language: Language) -> Iterator[str]:
    facts = {fact.certificate_sha256: fact for fact in path.revocation}
    for number, certificate in enumerate(path.chain, 1):
        yield from wrapped(printable(certificate.subject_text), "     ", first=f"  {number}. ")
        yield f"     SHA-256 {certificate.sha256}"
        if report.anchor is not None and certificate.sha256 == report.anchor.certificate.sha256:
            yield from wrapped(_anchor_words(report.anchor, language), "     ")
        elif certificate.sha256 in facts:
            yield from wrapped(_revocation_words(facts[certificate.sha256], language), "     ")


def _anchor_words(anchor: Anchor, language: Language) -> str:
    words = phrase(f"CERT_ANCHOR_{anchor.origin.upper()}", language)
    if anchor.trusted_until is None:
        return words
    until = vietnam_time(anchor.trusted_until, language)
    return f"{words}; {phrase('CERT_TRUSTED_UNTIL', language, time=until)}"


def _revocation_words(fact: RevocationFact, language: Language) -> str:
    key = _REVOCATION_KEYS.get(fact.status)
    if key is None or fact.this_update is None:
        return phrase("CERT_UNKNOWN", language)
    if fact.status == "good" and fact.revoked_at is not None:
        key = "CERT_GOOD_THEN"
    return phrase(
        key,
        language,
        kind=str(fact.kind).upper(),
        time=vietnam_time(fact.this_update, language),
        source=phrase("CERT_SOURCE_given", language)
        if fact.source == "given"
        else printable(fact.source or "-"),
        revoked="-" if fact.revoked_at is None else vietnam_time(fact.revoked_at, language),
    )


def _finding_lines(findings: Iterable[Finding], language: Language) -> Iterator[str]:
    """Say each cause once, with its places."""
    places: dict[str, list[str]] = {}
    for finding in findings:
        places.setdefault(finding.cause, []).extend([finding.where] if finding.where else [])
    for cause, where in places.items():
        yield from wrapped(
            f"{message(cause).in_language(language)} [{cause}]", "    ", first="  - "
        )
        yield from (f"      {printable(place)}" for place in where)


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return {
        "sha256": certificate.sha256,
        "subject": certificate.subject_text,
        "issuer": certificate.issuer_text,
        "serial": _serial(certificate),
        "not_before": _moment(certificate.not_before),
        "not_after": _moment(certificate.not_after),
    }


def _serial(certificate: Certificate) -> str:
    return f"{certificate.serial_number:x}"


def _anchor(anchor: Anchor) -> dict[str, Any]:
    return {
        "sha256": anchor.certificate.sha256,
        "name": anchor.name,
        "origin": anchor.origin,
        "trusted_until": _moment(anchor.trusted_until),
        "hierarchies": sorted(anchor.hierarchies),
    }


def _revocation(fact: RevocationFact) -> dict[str, Any]:
    return {
        "certificate_sha256": fact.certificate_sha256,
        "status": fact.status,
        "kind": fact.kind,
        "source": fact.source,
        "evidence_sha256": fact.evidence_sha256,
        "this_update": _moment(fact.this_update),
        "next_update": _moment(fact.next_update),
        "produced_at": _moment(fact.produced_at),
        "revoked_at": _moment(fact.revoked_at),
        "reason": fact.reason,
        "causes": list(fact.causes),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    words = message(finding.cause)
    return {
        "id": finding.cause,
        "where": finding.where,
        "message": {"vi": words.vi, "en": words.en},
    }


def _moment(moment: datetime | None) -> str | None:
    return (
        None
        if moment is None
        else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    )
