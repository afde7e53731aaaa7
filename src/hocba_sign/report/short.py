"""The short form of a report, of which a million fit on a disk (docs/reference/report.md)."""

from collections.abc import Iterator, Mapping
from typing import Any

from hocba_sign.errors import Finding, HocbaSignError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.signature_members import moment
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Status, Verdict

_OPEN = frozenset({Status.FAIL, Status.UNPROVEN})


def short_members(
    report: JudgedFile, document: Mapping[str, Any] | None, *, main: str | None
) -> dict[str, Any]:
    """Return the short form; `document` is that member of the long one, `main` the cause that comes
    first.
    """
    conclusion = report.conclusion
    workflow = None if conclusion is None else conclusion.workflow
    causes = dict.fromkeys((finding.cause, finding.where) for finding in _causes(report))
    return {
        "report_version": 1,
        "file": report.file,
        "sha256": report.sha256,
        "verdict": report.verdict,
        "status": report.status,
        "document": None if document is None else _document(document),
        "missing": [] if workflow is None else [str(slot) for slot in workflow.missing],
        "causes": [
            {"id": cause, "where": where}
            for cause, where in sorted(causes, key=lambda found: found[0] != main)
        ],
        "signatures": []
        if conclusion is None
        else [_signature(signature) for signature in conclusion.signatures],
    }


def short_failure(error: HocbaSignError, file: str) -> dict[str, Any]:
    """Return the same of a file that could not be judged: there is no verdict."""
    return {
        "report_version": 1,
        "file": file,
        "sha256": None,
        "verdict": None,
        "status": None,
        "document": None,
        "missing": [],
        "causes": [{"id": error.cause, "where": error.where}],
        "signatures": [],
    }


def _document(document: Mapping[str, Any]) -> dict[str, Any]:
    school = document.get("school") or {}
    return {
        "kind": document["kind"],
        "id": document.get("id"),
        "version": document.get("version"),
        "school_code": school.get("code"),
        "school_year": document.get("school_year"),
    }


def _causes(report: JudgedFile) -> Iterator[Finding]:
    """Yield what keeps a file from being VALID; of what is no transcript, what it is instead."""
    for signature in () if report.conclusion is None else report.conclusion.signatures:
        yield from signature.conclusion.findings
    is_nothing = report.verdict is Verdict.NOTHING_TO_VERIFY
    for check in report.checks:
        if check.status in _OPEN or (is_nothing and check.status is Status.WARNING):
            yield Finding(check.identifier, check.where)


def _signature(one: SignatureConclusion) -> dict[str, Any]:
    slot = one.signature.slot
    proof = "timestamp" if one.is_time_proven else "claimed" if one.best_time else "none"
    return {
        "slot": None if slot is None else str(slot),
        "indication": one.conclusion.indication,
        "best_signature_time": moment(one.best_time),
        "time_proof": proof,
    }


def origin_members(report: JudgedFile | None) -> dict[str, Any]:
    """Return what files are counted by beside the short form: who issued the signers' certificates,
    each once, and the program that the file names as its maker, None where it names none.
    """
    conclusion = None if report is None else report.conclusion
    signatures = () if conclusion is None else conclusion.signatures
    found = {
        signature.certificate.issuer_text
        for signature in signatures
        if signature.certificate is not None
    }
    return {
        "issuers": sorted(found),
        "vendor": None if conclusion is None else conclusion.producer,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortRow:
    """One file in an overview of many; `cause` is the first, `page` leads to its report."""

    file: str
    verdict: str | None
    status: str | None
    cause: str | None
    where: str | None
    school: str | None
    year: str | None
    document: str | None
    version: int | None
    missing: int
    sha256: str | None
    issuers: tuple[str, ...] = ()
    vendor: str | None = None
    page: str | None = None
    is_no_transcript: bool = False

    @classmethod
    def of(cls, line: Mapping[str, Any], *, page: str | None = None) -> "ShortRow":
        """Read the short form of a report."""
        document = line["document"] or {}
        first = (line["causes"] or [{"id": None, "where": None}])[0]
        return cls(
            file=line["file"],
            verdict=line["verdict"],
            status=line["status"],
            cause=first["id"],
            where=first["where"],
            school=document.get("school_code"),
            year=document.get("school_year"),
            document=document.get("id"),
            version=document.get("version"),
            missing=len(line["missing"]),
            sha256=line["sha256"],
            issuers=tuple(line.get("issuers", ())),
            vendor=line.get("vendor"),
            page=page,
            is_no_transcript=line["verdict"] == "NOTHING_TO_VERIFY"
            and document.get("kind") in {"none", "other"},
        )
