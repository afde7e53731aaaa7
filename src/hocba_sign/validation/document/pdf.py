"""A signed PDF: each signature as in XML, then what changed after each, the order of roles, and
whether the page shows what the XML says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from hocba_sign.ades.structure import Coverage, ParsedSignature
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.frozen import frozen
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import PLANS, Slot
from hocba_sign.pades.facts.field_names import ATTACHMENT
from hocba_sign.pades.read_pdf import PdfDocument, read_pdf
from hocba_sign.rendering.check_address import stated_address
from hocba_sign.rendering.source import read_source
from hocba_sign.rendering.worker import Pages
from hocba_sign.validation.content.pdf_pages import (
    content_checks,
    overlay_checks,
    unsigned_page_checks,
)
from hocba_sign.validation.content.rules import rule_checks
from hocba_sign.validation.document.any_xml import with_zone_warning
from hocba_sign.validation.document.not_transcript import other_pdf
from hocba_sign.validation.document.three_answers import (
    BOOK,
    DocumentConclusion,
    read_content,
    school_checks,
    signer_facts,
    time_stamp_check,
    validate,
    verdict_of,
    workflow_checks,
)
from hocba_sign.validation.in_force.status import ForceStatus, IssuedVersion, check_in_force
from hocba_sign.validation.in_force.years import year_checks
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.validation import SignatureConclusion, validate_signature
from hocba_sign.validation.verdict import Check, Status, Verdict
from hocba_sign.validation.workflow.commitment import commitment_checks
from hocba_sign.validation.workflow.dates import date_checks
from hocba_sign.validation.workflow.order import SignerFacts, Workflow
from hocba_sign.validation.workflow.pdf_order import check_fields, check_revisions
from hocba_sign.validation.workflow.tt15 import tt15_checks
from hocba_sign.xades.transcript.read import read_parsed
from hocba_sign.xml.parse import parse

_UNPROVEN = frozenset({"PDF.SYNTAX", "PDF.SUBFILTER"})
_ABOUT_CHANGES = frozenset(
    {
        "PDF.CHANGED",
        "PDF.CHANGE_UNKNOWN",
        "PDF.NOT_PERMITTED",
        "PDF.LOCKED",
        "PDF.COVERAGE",
        "PDF.BYTE_RANGE",
    }
)
_NO_TRANSCRIPT: Final = (
    Check(identifier="PDF.NO_TRANSCRIPT", status=Status.UNPROVEN),
    *(
        Check(identifier=identifier, status=Status.NOT_CHECKED)
        for identifier in ("DOC.SCHEMA", "DOC.RULES", "DOC.STATUS", "PDF.SAME_CONTENT")
    ),
)
_ATTACHED = frozen(
    {
        Verdict.VALID: Status.PASS,
        Verdict.INVALID: Status.FAIL,
        Verdict.INDETERMINATE: Status.UNPROVEN,
        Verdict.NOTHING_TO_VERIFY: Status.PASS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attached:
    """The attached transcript: what it says, the digest of that, its own signatures' judgement, and
    what was found.
    """

    xml: bytes
    transcript: Transcript | None
    data_sha256: str | None
    conclusion: DocumentConclusion | None
    checks: tuple[Check, ...]


def validate_pdf(octets: bytes, setting: Setting) -> DocumentConclusion:
    """Judge a PDF that carries its transcript as `hocba.xml`.

    One without is judged by its signatures and the roles that they and the fields name, and is
    never VALID; where none is named, it is a PDF of another kind. Of one that nobody has signed the
    transcript is judged, and the pages are compared with it.

    Raises: CallerError PDF.EXTRA_MISSING; InputError for octets that cannot be read as PDF.
    """
    document = read_pdf(octets)
    if not document.signatures:
        return _unsigned(document, setting)
    if not document.facts.attachments:
        book = _book(_signatures_alone(document, setting, found=_NO_TRANSCRIPT), document)
        return other_pdf(document.facts, is_signed=True) if book.workflow is None else book
    if len(document.facts.attachments) > 1:
        return _signatures_alone(
            document,
            setting,
            found=(Check(identifier="PDF.ATTACHED_TWICE", status=Status.FAIL, where=ATTACHMENT),),
        )
    signatures = tuple(
        with_zone_warning(validate_signature(_placed(signature), setting))
        for signature in document.signatures
    )
    attached = _attached(document.facts.attachments[0], setting)
    checks = [*_file_checks(document, signatures), *attached.checks]
    transcript, workflow, pages = attached.transcript, None, Pages(octets)
    facts = signer_facts(signatures, content=transcript, setting=setting)
    if transcript is not None:
        workflow = _workflow(signatures, transcript, attached.conclusion, facts=facts)
        checks += workflow_checks(workflow)
        checks += [
            *rule_checks(transcript),
            *content_checks(
                document, transcript, xml=attached.xml, pages=pages, signatures=signatures
            ),
            *date_checks(transcript, signatures, binding=signatures, at=setting.at),
        ]
    checks += [*commitment_checks(signatures), *overlay_checks(document, pages, with_first=True)]
    checks += school_checks(transcript, signatures, facts=facts, setting=setting)
    checks += (time_stamp_check(signed) for signed in signatures if signed.signature.time_stamps)
    checks += tt15_checks(signatures, workflow)
    is_signed = any(signature.is_intact for signature in signatures)
    standing = None
    if transcript is not None:
        digest = attached.data_sha256 if is_signed else None
        standing = (
            ForceStatus.unasked()
            if digest is None
            else check_in_force(IssuedVersion.of(transcript, digest), setting=setting)
        )
        years = setting.policy.knowledge.years
        checks += [*standing.checks, *year_checks(transcript, years, digest=digest)]
    return DocumentConclusion(
        verdict=verdict_of(signatures, checks),
        signatures=signatures,
        workflow=workflow,
        checks=tuple(checks),
        transcript=transcript if is_signed else None,
        data_sha256=attached.data_sha256 if is_signed else None,
        standing=standing if is_signed else None,
        layout="pdf",
        coverage=_coverage(document),
        format="pdf",
        attached=attached.conclusion,
        producer=document.facts.producer,
    )


def _unsigned(document: PdfDocument, setting: Setting) -> DocumentConclusion:
    """Judge the signed XML that unsigned pages carry: only pages that this library makes of it, to
    the last octet, leave it VALID.
    """
    if not document.facts.attachments:
        return other_pdf(document.facts, is_signed=False)
    if len(document.facts.attachments) > 1:
        return _nothing(is_other=False)
    attached = _attached(document.facts.attachments[0], setting)
    if attached.conclusion is None:
        return _nothing(is_other=False)
    pages = (
        (Check(identifier="PDF.SAME_CONTENT", status=Status.NOT_CHECKED),)
        if attached.transcript is None
        else unsigned_page_checks(document, attached.transcript, xml=attached.xml)
    )
    checks = (
        *attached.conclusion.checks,
        Check(
            identifier="PDF.PAGES_UNSIGNED",
            status=Status.WARNING,
            # Whoever made the pages may have put any address on them.
            where=stated_address(document.facts.octets) or ATTACHMENT,
        ),
        *pages,
    )
    return replace(
        attached.conclusion,
        verdict=verdict_of(attached.conclusion.signatures, checks),
        checks=checks,
        format="pdf",
        attached=attached.conclusion,
        producer=document.facts.producer,
    )


def validate_any_pdf(octets: bytes, setting: Setting) -> DocumentConclusion:
    """Judge any PDF by its signatures alone. Raises: as `validate_pdf`."""
    document = read_pdf(octets)
    if not document.signatures:
        return _nothing(is_other=True)
    return _signatures_alone(document, setting)


def _placed(signature: ParsedSignature) -> ParsedSignature:
    """Where a transcript says who signs, a signature in any other field is of nobody in the
    plan.
    """
    if signature.slot is not None:
        return signature
    return replace(signature, findings=(*signature.findings, Finding("SIG.STRAY", signature.where)))


def _book(judged: DocumentConclusion, document: PdfDocument) -> DocumentConclusion:
    """Add what the names of roles tell, if there are any: order, and fields still empty.

    Nothing is compared with what the pages say.
    """
    workflow = check_fields(judged.signatures, document.facts.empty_fields)
    if workflow is None:
        return judged
    order = (
        (Check(identifier="WF.ORDER_PROVEN", status=Status.PASS),)
        if workflow.is_order_proven and workflow.basis is not None
        else ()
    )
    checks = (*judged.checks, *workflow.checks, *order)
    return replace(
        judged,
        verdict=verdict_of(judged.signatures, checks),
        workflow=workflow,
        checks=checks,
        layout=BOOK,
        is_other=False,
    )


def _signatures_alone(
    document: PdfDocument, setting: Setting, *, found: tuple[Check, ...] = ()
) -> DocumentConclusion:
    signatures = tuple(
        with_zone_warning(validate_signature(signature, setting))
        for signature in document.signatures
    )
    checks = [
        *_file_checks(document, signatures),
        *found,
        *overlay_checks(document, Pages(document.facts.octets), with_first=False),
    ]
    checks += school_checks(None, signatures, facts={}, setting=setting)
    checks += (time_stamp_check(signed) for signed in signatures if signed.signature.time_stamps)
    checks += tt15_checks(signatures, None)
    return DocumentConclusion(
        verdict=verdict_of(signatures, checks),
        signatures=signatures,
        checks=tuple(checks),
        is_other=True,
        coverage=_coverage(document),
        format="pdf",
        producer=document.facts.producer,
    )


def _nothing(*, is_other: bool) -> DocumentConclusion:
    return DocumentConclusion(
        verdict=Verdict.NOTHING_TO_VERIFY,
        signatures=(),
        checks=(),
        layout="pdf",
        is_other=is_other,
        format="pdf",
    )


def _file_checks(document: PdfDocument, signatures: Iterable[SignatureConclusion]) -> list[Check]:
    """Say what is wrong with the file beside its signatures, and that all that came after each was
    allowed.
    """
    checks = [Check(identifier="DOC.FORMAT", status=Status.PASS)]
    checks += [
        Check(
            identifier=found.cause,
            status=Status.UNPROVEN if found.cause in _UNPROVEN else Status.FAIL,
            where=found.where,
        )
        for found in document.findings
    ]
    causes = {
        finding.cause for signature in signatures for finding in signature.conclusion.findings
    } | {found.cause for found in document.findings}
    if not causes & _ABOUT_CHANGES:
        checks.append(Check(identifier="PDF.REVISIONS", status=Status.PASS))
    return checks


def _coverage(document: PdfDocument) -> Mapping[str, Coverage]:
    """Return for each signature which later revisions it does not cover."""
    last = len(document.facts.ends)
    return frozen(
        {
            signature.where: Coverage(
                tuple(
                    f"revision {number}"
                    for number in range((signature.revision or 0) + 1, last + 1)
                )
            )
            for signature in document.signatures
        }
    )


def _attached(xml: bytes, setting: Setting) -> _Attached:
    """Judge the attached XML as any: if it is signed, its verdict is part of the answer; if not,
    what it says is read from it.
    """
    try:
        conclusion = validate(xml, setting)
        if conclusion.verdict is not Verdict.NOTHING_TO_VERIFY:
            transcript = conclusion.transcript
            if transcript is None:
                parsed = parse(xml)
                transcript, _ = read_content(
                    read_parsed(parsed, is_careful=setting.is_careful),
                    parsed.root,
                    signatures=(),
                    is_careful=setting.is_careful,
                )
            told = Check(
                identifier="PDF.ATTACHED_XML",
                status=_ATTACHED[conclusion.verdict],
                where=ATTACHMENT,
            )
            about = tuple(
                check for check in conclusion.checks if check.identifier.startswith("DOC.SCHEMA")
            )
            return _Attached(
                xml=xml,
                transcript=transcript,
                data_sha256=read_source(xml).digest,
                conclusion=conclusion,
                checks=(told, *about),
            )
        parsed = parse(xml)
        transcript, checks = read_content(
            read_parsed(parsed, is_careful=setting.is_careful),
            parsed.root,
            signatures=(),
            is_careful=setting.is_careful,
        )
        found = tuple(check for check in checks if check.identifier != "DOC.FORMAT")
        return _Attached(
            xml=xml,
            transcript=transcript,
            data_sha256=read_source(xml).digest,
            conclusion=None,
            checks=found,
        )
    except InputError as error:
        status = Status.UNPROVEN if error.cause == "DOC.NEWER" else Status.FAIL
        fault = Check(
            identifier=error.cause,
            status=status,
            where=f"{ATTACHMENT}: {error.where or ''}".removesuffix(": "),
        )
        broken = Check(identifier="PDF.ATTACHED_XML", status=status, where=ATTACHMENT)
        return _Attached(
            xml=xml, transcript=None, data_sha256=None, conclusion=None, checks=(broken, fault)
        )


def _workflow(
    signatures: tuple[SignatureConclusion, ...],
    transcript: Transcript,
    xml: DocumentConclusion | None,
    *,
    facts: Mapping[Slot, SignerFacts],
) -> Workflow:
    """Where all have signed the XML, the PDF may be signed by some of them, such as sealed once."""
    expected: tuple[ExpectedSigner, ...] = transcript.expected_signers
    if xml is not None and xml.workflow is not None and xml.workflow.is_complete:
        present = {signature.signature.slot for signature in signatures}
        expected = tuple(signer for signer in expected if signer.slot in present) or expected
    return check_revisions(signatures, expected, plan=PLANS[transcript.plan_name], facts=facts)
