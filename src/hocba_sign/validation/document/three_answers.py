"""The three answers about a transcript: its signatures, its workflow, itself; and the one word on
top.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Final, TypeAlias

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.structure import Coverage, ParsedDocument
from hocba_sign.errors import Finding, InputError
from hocba_sign.extract.container import Extract
from hocba_sign.extract.content import ExtractContent
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import SchoolKind
from hocba_sign.model.event import Event
from hocba_sign.model.record import RECORD_PLANS, SignedRecord
from hocba_sign.model.registry import Rank, RegistrySnapshot
from hocba_sign.model.status_list import StatusList
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import PLANS, Slot
from hocba_sign.validation.content.extract_root import extract_checks
from hocba_sign.validation.content.record_content import record_content
from hocba_sign.validation.content.rules import rule_checks
from hocba_sign.validation.content.unsigned_content import outside_checks
from hocba_sign.validation.in_force.office import authority_checks, is_appointed
from hocba_sign.validation.in_force.status import ForceStatus, IssuedVersion, check_in_force
from hocba_sign.validation.in_force.years import year_checks
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.validation import (
    SignatureConclusion,
    claimed_time,
    signed_data,
    validate_signature,
)
from hocba_sign.validation.verdict import (
    Check,
    Indication,
    Status,
    Verdict,
    conclude,
    is_proven_wrong,
)
from hocba_sign.validation.workflow.commitment import commitment_checks
from hocba_sign.validation.workflow.dates import date_checks
from hocba_sign.validation.workflow.hands import hand_checks
from hocba_sign.validation.workflow.order import SignerFacts, Workflow, check_order
from hocba_sign.validation.workflow.other_layouts import (
    is_other_layout,
    layout_checks,
    other_layout_checks,
    other_layout_workflow,
)
from hocba_sign.validation.workflow.trust_hierarchy import hierarchy_checks
from hocba_sign.validation.workflow.tt15 import tt15_checks
from hocba_sign.xades.transcript.read import read, read_parsed
from hocba_sign.xml.decode import (
    check_document,
    decode,
    decode_document,
    decode_quickly,
    decode_signed,
    document_nonce,
)
from hocba_sign.xml.layout import CANONICAL, KHO, Layout, recognise
from hocba_sign.xml.namespaces import ID_DATA, ID_IDENTITY
from hocba_sign.xml.nonce import NONCE_PLACE
from hocba_sign.xml.parse import parse
from hocba_sign.xml.record_octets import form_of
from hocba_sign.xml.reformat import undo
from hocba_sign.xml.schema import violations
from hocba_sign.xml.tree import Element

Content: TypeAlias = Transcript | Event | RegistrySnapshot | StatusList

BOOK: Final = "pdf_only"
"""The layout of a PDF without a transcript whose signatures have roles."""
MAX_DIAGNOSED: Final = 2_000_000
"""Octets of a broken transcript that are read once more to see whether reformatting broke it; real
ones have a tenth of that.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentConclusion:
    """The three answers about a document: its signatures, its workflow, itself.

    `transcript`, or `record` for a document about transcripts, is decoded from signed octets only;
    `data_sha256` is their digest, by which other documents name this one.
    `standing` says whether the transcript is in force, as far as that was looked up.
    `is_other`: it was judged as a document of others, which has no `layout`, and `coverage` tells
        by the place of each signature what it covers;
    `is_no_document`: it is no document, or an unsigned one of another kind.
    `format` is `xml` or `pdf`;
    `attached` the judgement of the signed XML that a PDF carries.
    `producer` is the program that a PDF names as its maker, a claim by which nothing is judged.
    `extract` is set where an extract was judged, and `shown` what it shows, where a seal or a
        register stands for it.
    """

    verdict: Verdict
    signatures: tuple[SignatureConclusion, ...]
    checks: tuple[Check, ...]
    workflow: Workflow | None = None
    transcript: Transcript | None = None
    record: Event | RegistrySnapshot | StatusList | None = None
    data_sha256: str | None = None
    standing: ForceStatus | None = None
    layout: str = CANONICAL.name
    is_other: bool = False
    is_no_document: bool = False
    coverage: Mapping[str, Coverage] = field(default_factory=lambda: MappingProxyType({}))
    format: str = "xml"
    attached: "DocumentConclusion | None" = None
    producer: str | None = None
    extract: Extract | None = None
    shown: ExtractContent | None = None


def validate(octets: bytes, setting: Setting) -> DocumentConclusion:
    """Judge a transcript, or a document about transcripts.

    Raises: InputError for octets that are no readable transcript at all.
    """
    xml = parse(octets)
    parsed, root = read_parsed(xml, is_careful=setting.is_careful), xml.root
    if not parsed.signatures:
        return DocumentConclusion(
            verdict=Verdict.NOTHING_TO_VERIFY, signatures=(), checks=(), layout=recognise(root).name
        )
    signatures = _diagnosed(
        octets, tuple(validate_signature(signature, setting) for signature in parsed.signatures)
    )
    content, checks = _decoded(parsed, root, signatures, is_careful=setting.is_careful)
    transcript = content if isinstance(content, Transcript) else None
    workflow = None
    facts = signer_facts(signatures, content=content, setting=setting)
    if content is not None:
        workflow = _workflow(parsed, content, layout=recognise(root), facts=facts)
        checks += workflow_checks(workflow)
    elif recognise(root) is KHO:
        workflow = other_layout_workflow(parsed, root, facts=facts)
        checks += workflow_checks(workflow)
    checks += layout_checks(parsed, root, accept_kho=setting.policy.accept_kho)
    checks += [*commitment_checks(signatures), *outside_checks(xml, signatures)]
    checks += school_checks(content, signatures, facts=facts, setting=setting)
    checks += [time_stamp_check(judged) for judged in signatures if judged.signature.time_stamps]
    checks += tt15_checks(signatures, workflow)
    data = signed_data(parsed, signatures)
    is_signed = data is not None
    data_sha256 = None if data is None else hashlib.sha256(data).hexdigest()
    standing = None
    if transcript is not None:
        named = {ID_DATA, ID_IDENTITY}
        binding = [judged for judged in signatures if named & judged.signature.covered_ids()]
        checks += extract_checks(signatures, transcript, root=root)
        checks += date_checks(transcript, signatures, binding=binding, at=setting.at)
        standing = (
            ForceStatus.unasked()
            if data_sha256 is None
            else check_in_force(IssuedVersion.of(transcript, data_sha256), setting=setting)
        )
        checks += (
            *standing.checks,
            *year_checks(transcript, setting.policy.knowledge.years, digest=data_sha256),
        )
    return DocumentConclusion(
        verdict=verdict_of(signatures, checks),
        signatures=signatures,
        workflow=workflow,
        checks=tuple(checks),
        transcript=transcript if is_signed else None,
        record=content if is_signed and not isinstance(content, Transcript) else None,
        data_sha256=data_sha256,
        standing=standing if is_signed else None,
        layout=recognise(root).name,
    )


def _decoded(
    parsed: ParsedDocument,
    root: Element,
    signatures: Iterable[SignatureConclusion],
    *,
    is_careful: bool,
) -> tuple[Content | None, list[Check]]:
    if form_of(root) is not None and not is_other_layout(root):
        return record_content(parsed, root, signatures=signatures)
    transcript, checks = read_content(parsed, root, signatures=signatures, is_careful=is_careful)
    return transcript, [*checks, *(() if transcript is None else rule_checks(transcript))]


def school_checks(
    content: Content | None,
    signatures: tuple[SignatureConclusion, ...],
    *,
    facts: Mapping[Slot, SignerFacts],
    setting: Setting,
) -> list[Check]:
    """Compare signers with the registry and their trees of trust with the role policy, by the
    school that the content names.
    """
    match content:
        case Transcript():
            authority = authority_checks(signatures, school=content.school, setting=setting)
            hierarchy = hierarchy_checks(signatures, content.school.kind, setting=setting)
            return [
                *hand_checks(content, facts, accept_few=setting.policy.accept_few_signers),
                *authority,
                *hierarchy,
            ]
        case Event(school=school):
            authority = authority_checks(signatures, school=school, setting=setting)
            return [*authority, *hierarchy_checks(signatures, school.kind, setting=setting)]
        case None:
            return list(hierarchy_checks(signatures, None, setting=setting))
        case RegistrySnapshot(rank=Rank.SCHOOL):
            # Public or private, which the delegation need not say: it names the very seal.
            return list(hierarchy_checks(signatures, SchoolKind.PRIVATE, setting=setting))
        case RegistrySnapshot() | StatusList():
            return list(hierarchy_checks(signatures, SchoolKind.PUBLIC, setting=setting))


def _diagnosed(
    octets: bytes, signatures: tuple[SignatureConclusion, ...]
) -> tuple[SignatureConclusion, ...]:
    """Say so where a signature that does not hold would hold if the file had not been reformatted.

    It stays failed.
    """
    broken = [judged for judged in signatures if not judged.is_intact]
    if not broken or len(octets) > MAX_DIAGNOSED:
        return signatures
    try:
        original = read(undo(octets), is_careful=True)
    except InputError:
        return signatures
    holding = {
        signature.identifier
        for signature in original.signatures
        if check_integrity(signature).is_intact
    }
    return tuple(
        replace(
            judged,
            conclusion=conclude(
                (*judged.conclusion.findings, Finding("SIG.REFORMATTED", judged.signature.where))
            ),
        )
        if not judged.is_intact
        and judged.signature.references
        and judged.signature.identifier in holding
        else judged
        for judged in signatures
    )


def read_content(
    parsed: ParsedDocument,
    root: Element,
    *,
    signatures: Iterable[SignatureConclusion],
    is_careful: bool = False,
) -> tuple[Transcript | None, list[Check]]:
    """Check the document itself, and decode it: from the signed octets where a signature covers all
    data, else from the file.

    `is_careful`: not by the quick path.
    """
    if is_other_layout(root):
        return None, other_layout_checks(root)
    filled = {signature.slot for signature in parsed.signatures}
    faults = violations(root, issued=all(slot in filled for slot in parsed.slots))
    checks = [Check(identifier="DOC.FORMAT", status=Status.PASS)]
    checks += [
        Check(
            identifier="DOC.SCHEMA", status=Status.FAIL, where=f"{fault.path} (line {fault.line})"
        )
        for fault in faults
    ]
    if not faults:
        checks.append(Check(identifier="DOC.SCHEMA", status=Status.PASS))
    data = signed_data(parsed, signatures)
    quickly = None
    if not is_careful:
        quickly = decode_quickly(root) if data is None else decode_signed(root, data)
    # What stands between elements is told where the whole file is looked at; within a value it
    # would be read differently by others.
    problems = [
        finding
        for finding in (() if quickly is not None else check_document(root))
        if not (finding.where or "").endswith("/comment()")
    ]
    checks += [
        Check(identifier=problem.cause, status=_weight(problem), where=problem.where)
        for problem in problems
    ]
    is_malformed = any(problem.cause == "TRANSCRIPT.NONCE" for problem in problems)
    if not is_malformed and document_nonce(root) is None:
        checks.append(Check(identifier="DOC.NO_NONCE", status=Status.WARNING, where=NONCE_PLACE))
    if quickly is not None:
        return quickly, checks
    try:
        return decode_document(root) if data is None else decode(data), checks
    except InputError as error:
        return None, [*checks, Check(identifier=error.cause, status=Status.FAIL, where=error.where)]


def _weight(problem: Finding) -> Status:
    """What does not fit together fails; how a text is written, or a code list that changed since,
    is only told to the reader.
    """
    return Status.FAIL if problem.cause.startswith("TRANSCRIPT.") else Status.WARNING


def _workflow(
    parsed: ParsedDocument,
    content: SignedRecord,
    *,
    layout: Layout,
    facts: Mapping[Slot, SignerFacts],
) -> Workflow:
    plan = RECORD_PLANS.get(content.plan_name) or PLANS[content.plan_name]
    return check_order(parsed, content.expected_signers, plan=plan, layout=layout, facts=facts)


def signer_facts(
    signatures: Iterable[SignatureConclusion], *, content: Content | None, setting: Setting
) -> dict[Slot, SignerFacts]:
    """Collect what judging the order and the signers needs to know of each slot's signature."""
    school = content.school if isinstance(content, Transcript | Event) else None
    return {
        slot: SignerFacts(
            is_intact=signature.is_intact,
            certificate=signature.certificate,
            is_vouched=is_appointed(
                signature, slot, school=school, setting=setting, by_certificate=True
            ),
            is_appointed=is_appointed(signature, slot, school=school, setting=setting),
            stamped=signature.best_time if signature.is_time_proven else None,
            claimed=claimed_time(signature.signature),
        )
        for signature in signatures
        if (slot := signature.signature.slot) is not None
    }


def workflow_checks(workflow: Workflow) -> list[Check]:
    """Return the checks of a workflow, and those that it passes as a whole."""
    checks = list(workflow.checks)
    if workflow.is_complete:
        checks.append(Check(identifier="WF.COMPLETE", status=Status.PASS))
    if workflow.is_order_proven:
        checks.append(Check(identifier="WF.ORDER_PROVEN", status=Status.PASS))
    return checks


def time_stamp_check(one: SignatureConclusion) -> Check:
    """A time-stamp that is attached must hold (TT 15/2025 Art. 6.1.g), even where the signature
    passes without it.

    Those made after the validation time say nothing at that time.
    """
    where = str(one.signature.slot or one.signature.where)
    is_good = all(stamp.is_passed or stamp.is_later for stamp in one.time_stamps) and bool(
        one.time_stamps
    )
    return Check(
        identifier="SIG.TIME_STAMPS",
        status=Status.PASS if is_good else Status.UNPROVEN,
        where=where,
    )


def verdict_of(signatures: Iterable[SignatureConclusion], checks: Iterable[Check]) -> Verdict:
    """Return the one word: INVALID for anything proven wrong, INDETERMINATE for anything
    unproven.
    """
    conclusions = [signature.conclusion for signature in signatures]
    results = {check.status for check in checks}
    if any(is_proven_wrong(conclusion) for conclusion in conclusions) or Status.FAIL in results:
        return Verdict.INVALID
    if (
        any(conclusion.indication is Indication.INDETERMINATE for conclusion in conclusions)
        or Status.UNPROVEN in results
    ):
        return Verdict.INDETERMINATE
    return Verdict.VALID
