"""The report: the contract with other programs (version 1), and the only door to the content."""

import hashlib
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, NoReturn

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.errors import HocbaSignError, InputError
from hocba_sign.extract.container import Extract
from hocba_sign.extract.content import ExtractContent, content_dict
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.event import Event, TranscriptReference
from hocba_sign.model.registry import RegistrySnapshot
from hocba_sign.model.status_list import StatusList
from hocba_sign.model.transcript import Transcript
from hocba_sign.pades.facts.field_names import ATTACHMENT
from hocba_sign.pades.header import is_pdf
from hocba_sign.pki.loading.objects import wrong_document
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.phrases import json_line
from hocba_sign.report.problems import main_cause
from hocba_sign.report.short import short_members
from hocba_sign.report.signature_members import moment, signature_members
from hocba_sign.validation.document.missing_evidence import Answer, Unavailable
from hocba_sign.validation.document.three_answers import BOOK, DocumentConclusion
from hocba_sign.validation.in_force.status import Force
from hocba_sign.validation.policy import DEFAULT, Policy
from hocba_sign.validation.verdict import Check, Status, Verdict
from hocba_sign.version import VERSION

_RESULTS = {Status.UNPROVEN: "warning"}
_FORCES = {Status.FAIL: Verdict.INVALID, Status.UNPROVEN: Verdict.INDETERMINATE}


class NotPassed(HocbaSignError):
    """Content was asked of a report whose verdict is not VALID, of a transcript that was withdrawn
    or replaced, or of a file that was not judged as what was asked for; `report` says why.
    """

    def __init__(self, report: "Report") -> None:
        if report.verdict is not Verdict.VALID:
            super().__init__("REPORT.NOT_PASSED", where=report.verdict)
        elif not _is_in_force(report):
            super().__init__("REPORT.NOT_IN_FORCE", where=report.status)
        else:
            super().__init__("REPORT.OTHER_CONTENT")
        self.report = report

    def __reduce__(self) -> tuple[type["NotPassed"], tuple["Report"]]:
        return NotPassed, (self.report,)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report(JudgedFile):
    """The judgement of one file at one moment; `JudgedFile` tells its members. It is no truth
    value: a verdict has three states.
    """

    @classmethod
    def of(
        cls,
        octets: bytes,
        conclusion: DocumentConclusion,
        *,
        file: str,
        at: datetime,
        policy: Policy = DEFAULT,
    ) -> "Report":
        return cls(
            file=file,
            sha256=hashlib.sha256(octets).hexdigest(),
            at=at.astimezone(UTC),
            verdict=conclusion.verdict,
            conclusion=conclusion,
            checks=conclusion.checks,
            format=conclusion.format,
            policies=policy.names,
        )

    @classmethod
    def malformed(cls, octets: bytes, error: InputError, *, file: str, at: datetime) -> "Report":
        """Report a file that cannot be read: INVALID, with the position of the fault.

        One of a later version, or a code that a picture does not show well enough, may be right:
        INDETERMINATE.
        """
        fault = wrong_document(error, octets)
        is_unread = fault.cause in {"DOC.NEWER", "EXTRACT.NEWER", "EXTRACT.PICTURE"}
        return cls(
            file=file,
            sha256=hashlib.sha256(octets).hexdigest(),
            at=at.astimezone(UTC),
            verdict=Verdict.INDETERMINATE if is_unread else Verdict.INVALID,
            conclusion=None,
            checks=(
                Check(
                    identifier="DOC.FORMAT",
                    status=Status.NOT_CHECKED if is_unread else Status.FAIL,
                    where=fault.where,
                ),
                Check(
                    identifier=fault.cause,
                    status=Status.UNPROVEN if is_unread else Status.FAIL,
                    where=fault.where,
                ),
            ),
            format="pdf" if is_pdf(octets) else "xml",
        )

    def __bool__(self) -> NoReturn:
        raise TypeError("a report is no truth value: look at .verdict, or call .require_passed()")

    def require_passed(self) -> Transcript:
        """Return the content, decoded from the octets that the signatures cover.

        Whether the transcript is still in force counts as far as anybody looked: `status` None lets
        it pass.
        Raises: NotPassed unless the verdict is VALID, and for what was withdrawn or replaced.
        """
        is_passed = self.verdict is Verdict.VALID and _is_in_force(self)
        if not is_passed or self.conclusion is None or self.conclusion.transcript is None:
            raise NotPassed(self)
        return self.conclusion.transcript

    def require_extract(self) -> ExtractContent:
        """Return what an extract shows. Raises: NotPassed as `require_passed`."""
        is_passed = self.verdict is Verdict.VALID and _is_in_force(self)
        if not is_passed or self.conclusion is None or self.conclusion.shown is None:
            raise NotPassed(self)
        return self.conclusion.shown

    def message(self, language: Language) -> str:
        """Say in two or three sentences what the verdict is and what most of all keeps it from
        being VALID.
        """
        shown = import_module("hocba_sign.report.view").view(self, language)
        cause = main_cause(self)
        told = "" if cause is None else f" {message(cause).in_language(language)} [{cause}]"
        return f"{shown.words}: {shown.sentence}{told}"

    def to_text(self, language: Language) -> str:
        """Write the report for people as plain text."""
        told: str = import_module("hocba_sign.report.plain_text").text(self, language)
        return told

    def to_html(self, language: Language) -> str:
        """Write the report for people as one HTML file, to read, print and keep."""
        page: str = import_module("hocba_sign.report.html").html((self,), language)
        return page

    def to_etsi(self) -> str:
        """Write the report as XML by ETSI TS 119 102-2 v1.4.1, not signed
        (docs/reference/report-formats.md).
        """
        written: str = import_module("hocba_sign.report.etsi").etsi(self)
        return written

    def to_siva(self, language: Language) -> dict[str, Any]:
        """Return the report as the validation service SiVa answers
        (docs/reference/report-formats.md).
        """
        told: dict[str, Any] = import_module("hocba_sign.report.siva").siva(self, language)
        return told

    def to_json(self) -> str:
        """Write the report for programs as one line of JSON, version 1
        (docs/reference/report.md).
        """
        return json_line(self.to_dict())

    def to_short_dict(self) -> dict[str, Any]:
        """Return the short form, of which a million fit on a disk (docs/reference/report.md)."""
        conclusion = self.conclusion
        document = None if conclusion is None else _document(conclusion)
        return short_members(self, document, main=main_cause(self))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON report, version 1 (docs/reference/report.md)."""
        conclusion = self.conclusion
        return {
            "report_version": 1,
            "tool": {"name": "hocba-sign", "version": VERSION},
            "file": self.file,
            "sha256": self.sha256,
            "format": self.format,
            "validation_time": moment(self.at),
            "policies": list(self.policies),
            "verdict": self.verdict,
            "status": self.status,
            "successor": _successor(conclusion),
            "document": None if conclusion is None else _document(conclusion),
            "signatures": []
            if conclusion is None
            else [signature_members(signature, conclusion) for signature in conclusion.signatures],
            "workflow": None if conclusion is None else _workflow(conclusion),
            "attached": None
            if conclusion is None or conclusion.attached is None
            else _attached(conclusion.attached),
            "checks": [_check(check) for check in self.checks],
            "fetches": [fetch_dict(answer) for answer in self.fetches],
        }


def _successor(conclusion: DocumentConclusion | None) -> dict[str, Any] | None:
    successor = (
        None if conclusion is None or conclusion.standing is None else conclusion.standing.successor
    )
    return None if successor is None else _reference(successor)


def _reference(reference: TranscriptReference) -> dict[str, Any]:
    return {"id": reference.id, "version": reference.version, "data_sha256": reference.digest}


def _record(record: Event | RegistrySnapshot | StatusList) -> dict[str, Any]:
    match record:
        case Event():
            return {
                "kind": "event",
                "id": record.id,
                "version": None,
                "event": record.kind,
                "school": {"code": record.school.code, "name": record.school.name},
                "target": _reference(record.target),
                "successor": None if record.successor is None else _reference(record.successor),
                "effective": record.effective.isoformat(),
            }
        case RegistrySnapshot() | StatusList():
            kind = "registry" if isinstance(record, RegistrySnapshot) else "status_list"
            facts = {
                "kind": kind,
                "id": record.id,
                "version": record.version,
                "issuer": record.issuer.name,
            }
            return {
                **facts,
                "issued": record.issued.isoformat(),
                "next_update": record.next_update.isoformat(),
            }


def _document(conclusion: DocumentConclusion) -> dict[str, Any] | None:
    if conclusion.extract is not None:
        return _extract(conclusion.extract)
    transcript, record = conclusion.transcript, conclusion.record
    schema = {check.status for check in conclusion.checks if check.identifier == "DOC.SCHEMA"}
    is_valid = None if Status.NOT_CHECKED in schema else Status.FAIL not in schema
    if conclusion.is_other:
        kind = "none" if conclusion.is_no_document else "other"
        return {"kind": kind, "layout": None, "schema_valid": None}
    kind = "hoc_ba_pdf" if conclusion.layout == BOOK else "hoc_ba"
    facts: dict[str, Any] = {"kind": kind, "layout": conclusion.layout, "schema_valid": is_valid}
    facts["data_sha256"] = conclusion.data_sha256
    if record is not None:
        return {**facts, **_record(record)}
    if transcript is None:
        return {
            **facts,
            "id": None,
            "version": None,
            "school_year": None,
            "school": None,
            "rule_set": None,
        }
    return {
        **facts,
        "id": transcript.identification.id,
        "version": transcript.identification.version,
        "school_year": transcript.identification.school_year,
        "school": {"code": transcript.school.code, "name": transcript.school.name},
        "rule_set": transcript.identification.rule_set,
    }


def _extract(extract: Extract) -> dict[str, Any]:
    """Return which extract it is: none of the marks that it shows, but which parts they are."""
    head = extract.content.head
    return {
        "kind": "extract",
        "layout": None,
        "schema_valid": None,
        "data_sha256": extract.digests.data.hex(),
        "id": head.id,
        "version": head.version,
        "school_year": head.school_year,
        "school": {"code": head.school_code, "name": head.school_name},
        "rule_set": None,
        "registered_value": extract.registered_value.hex(),
        "leaves": extract.leaves,
        "shown": list(content_dict(extract.content)),
    }


def _attached(conclusion: DocumentConclusion) -> dict[str, Any]:
    """Return in short what is found about the signed XML that a PDF carries; who wants all of it
    judges that file.
    """
    wanted = ("id", "slot", "subject", "teacher", "format", "intact", "indication", "causes")
    told = [signature_members(signature, conclusion) for signature in conclusion.signatures]
    causes = [check.identifier for check in conclusion.checks if check.status in _FORCES]
    return {
        "name": ATTACHMENT,
        "verdict": conclusion.verdict,
        "causes": list(dict.fromkeys(causes)),
        "signatures": [{key: entry[key] for key in wanted} for entry in told],
    }


def _workflow(conclusion: DocumentConclusion) -> dict[str, Any] | None:
    workflow = conclusion.workflow
    if workflow is None:
        return None
    return {
        "plan": workflow.plan,
        "complete": workflow.is_complete,
        "order_proven": workflow.is_order_proven,
        "order_basis": workflow.basis,
        "missing": [str(slot) for slot in workflow.missing],
    }


def _check(check: Check) -> dict[str, Any]:
    words = message(check.identifier)
    return {
        "id": check.identifier,
        "result": _RESULTS.get(check.status, check.status),
        "forces": _FORCES.get(check.status),
        "where": check.where,
        "message": {"vi": words.vi, "en": words.en},
    }


def fetch_dict(answer: Answer) -> dict[str, Any]:
    """Return one address that was asked or refused, and what came of it
    (docs/reference/report.md).
    """
    finding = answer.finding if isinstance(answer, Unavailable) else None
    words = message(finding.cause) if finding is not None else None
    failed = "refused" if isinstance(answer, Unavailable) and answer.is_refused else "failed"
    return {
        "url": answer.need.url,
        "kind": answer.need.kind,
        "certificate_sha256": answer.need.certificate.sha256,
        "result": "fetched" if finding is None else failed,
        "kept": answer.is_kept,
        "contacted": list(answer.contacted),
        "cause": None if finding is None else finding.cause,
        "where": None if finding is None else finding.where,
        "message": None if words is None else {"vi": words.vi, "en": words.en},
    }


def _is_in_force(report: Report) -> bool:
    """Return whether nobody who looked found the transcript withdrawn or replaced."""
    return report.status in {None, Force.IN_FORCE}
