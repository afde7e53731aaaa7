"""A report as people read it: facts, answers and causes in one language, ready for text or HTML.

Carries no mark and no comment; where a content appears, it was decoded from signed octets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.errors import Finding
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.report.answers import (
    SummaryAnswer,
    answer,
    intact_answer,
    judged_answers,
    other_answers,
    other_facts,
    other_title,
)
from hocba_sign.report.consequences import changed_names, root_causes, told_checks
from hocba_sign.report.facts import content_facts, file_facts
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.lines import State
from hocba_sign.report.phrases import phrase, printable
from hocba_sign.report.signature import Fact, signature_facts
from hocba_sign.validation.document.missing_evidence import Unavailable
from hocba_sign.validation.document.pdf import BOOK
from hocba_sign.validation.document.transcript import DocumentConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Indication, Status, Verdict
from hocba_sign.validation.workflow.order import Basis, Workflow

_TELLING: Final = (
    "SIG.REFORMATTED",
    "SIG.BROKEN_BY_ADDED",
    "WF.SKIPPED",
    "WF.SLOT_REMOVED",
    "WF.REMOVED",
    "WF.MOVED",
    "WF.ORDER",
    "WF.SIGNER_MISMATCH",
)
"""Causes that name what was done to a file; others are often their consequence."""
_ABOUT_ORDER: Final = frozenset({"WF.ORDER", "WF.COVERAGE"})
_NOT_JUDGED: Final = frozenset({"DOC.FOREIGN", "DOC.PART", "PDF.NO_TRANSCRIPT"})
_UNTOLD: Final = (Basis.CLAIMED, Basis.NONE, Basis.CONTRADICTED)
_SHOWN_PLACES: Final = 6
_UNASKED: Final = {"WF.AUTHORITY": "UNASKED_REGISTRY", "DOC.STATUS": "UNASKED_STATUS"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One cause with all places where it was found; `places` may be empty."""

    identifier: str
    words: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureView:
    """One signature: title, the judgement in words, and the seven items."""

    title: str
    state: State
    words: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """All that a report for people says."""

    title: str
    verdict: Verdict
    state: State
    words: str
    sentence: str
    file: str
    facts: tuple[Fact, ...]
    document: tuple[Fact, ...]
    answers: tuple[SummaryAnswer, ...]
    signatures: tuple[SignatureView, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    not_checked: tuple[Problem, ...]


def view(report: JudgedFile, language: Language) -> ReportView:
    """Put a report into words."""
    conclusion = report.conclusion
    transcript = None if conclusion is None else conclusion.transcript
    signatures = () if conclusion is None else conclusion.signatures
    titles = _titles(signatures, transcript, language)
    kind = _kind(conclusion)
    unasked = _unasked(report, language)
    sentence = phrase(f"SENTENCE{kind}_{report.verdict}", language, unasked=unasked)
    if report.status not in {None, "in_force"}:
        sentence = f"{sentence} {phrase(f'STATUS_{report.status}'.upper(), language)}"
    return ReportView(
        title=phrase(f"TITLE{kind}", language),
        verdict=report.verdict,
        state=_VERDICT_STATES[report.verdict],
        words=phrase(f"VERDICT_{report.verdict}", language),
        sentence=sentence,
        file=printable(report.file),
        facts=file_facts(report, language),
        document=content_facts(report, language),
        answers=_answers(report, language),
        signatures=tuple(
            _signature(one, number, conclusion=conclusion, language=language)
            for number, one in enumerate(signatures, 1)
        ),
        problems=_problems(_wrong(report), titles, language),
        notes=_problems(_noted(report), titles, language),
        not_checked=_problems(_found(report.checks, Status.NOT_CHECKED), titles, language),
    )


def _kind(conclusion: DocumentConclusion | None) -> str:
    """Return by what ending the words for this kind of document are told from those for
    transcripts.
    """
    if conclusion is None:
        return ""
    return "_OTHER" if conclusion.is_other else "_EXTRACT" if conclusion.extract is not None else ""


def _unasked(report: JudgedFile, language: Language) -> str:
    """Say what a verdict leaves open because nobody looked: the end of its sentence, so that it is
    not read without.
    """
    unchecked = {check.identifier for check in report.checks if check.status is Status.NOT_CHECKED}
    if {"WF.AUTHORITY", "DOC.STATUS"} <= unchecked:
        return phrase("UNASKED_BOTH", language)
    return "".join(phrase(key, language) for check, key in _UNASKED.items() if check in unchecked)


def main_cause(report: JudgedFile) -> str | None:
    """Return the cause id that best names what is wrong with a file; None where nothing is."""
    causes = [finding.cause for finding in _wrong(report)]
    telling = (cause for cause in _TELLING if cause in causes)
    return next(telling, next((cause for cause in causes if cause != "DOC.FORMAT"), None))


_VERDICT_STATES: Final[dict[Verdict, State]] = {
    Verdict.VALID: "yes",
    Verdict.INVALID: "no",
    Verdict.INDETERMINATE: "unknown",
    Verdict.NOTHING_TO_VERIFY: "unknown",
}
_STATES: Final[dict[Indication, State]] = {
    Indication.TOTAL_PASSED: "yes",
    Indication.TOTAL_FAILED: "no",
    Indication.INDETERMINATE: "unknown",
}


def _answers(report: JudgedFile, language: Language) -> tuple[SummaryAnswer, ...]:
    if report.conclusion is not None and report.conclusion.is_other:
        return other_answers(report.conclusion, language)
    if report.conclusion is not None and report.conclusion.extract is not None:
        signatures = report.conclusion.signatures
        return (intact_answer(signatures, language), judged_answers(signatures, language)[0])
    failed = {check.identifier for check in report.checks if check.status is Status.FAIL}
    is_formed = not any(cause.startswith(("DOC.", "XML.", "JSON.", "FILE.")) for cause in failed)
    is_judged = not any(check.identifier in _NOT_JUDGED for check in report.checks)
    form: State = "no" if not is_formed else "yes" if is_judged else "unknown"
    conclusion = report.conclusion
    answers = [answer("FORM", form, language=language)]
    if conclusion is not None and conclusion.layout == BOOK:
        answers = [replace(answers[0], detail=phrase("A_FORM_BOOK", language))]
    if conclusion is not None and conclusion.signatures:
        answers += _signature_answers(conclusion, failed, language)
    return tuple(answers)


def _signature_answers(
    conclusion: DocumentConclusion, failed: set[str], language: Language
) -> list[SummaryAnswer]:
    signatures, workflow = conclusion.signatures, conclusion.workflow
    count = len(signatures)
    changed = changed_names(signatures)
    is_wrong = any(cause.startswith("WF.") and cause not in _ABOUT_ORDER for cause in failed)
    is_complete = workflow is not None and workflow.is_complete
    unmatched = any(
        check.identifier.startswith("WF.SIGNER_") and check.status is Status.UNPROVEN
        for check in conclusion.checks
    )
    is_known = workflow is not None and workflow.plan is not None
    signers: State = (
        "no" if is_wrong else "yes" if is_complete and is_known and not unmatched else "unknown"
    )
    is_misordered = (
        workflow is not None and not workflow.is_order_proven and (is_complete or is_wrong)
    )
    order: State = (
        "no" if is_misordered or failed & _ABOUT_ORDER else "yes" if is_complete else "unknown"
    )
    basis = None if workflow is None else workflow.basis
    if order == "no" and basis in _UNTOLD and not is_wrong and not failed & _ABOUT_ORDER:
        order = "unknown"
    if order == "no" and changed and not is_wrong and not failed & _ABOUT_ORDER:
        order = "unknown"
    missing = 0 if workflow is None else len(workflow.missing)
    people = answer("SIGNERS", signers, language=language, count=count, missing=missing)
    if conclusion.layout == BOOK and signers == "unknown":
        people = replace(people, detail=phrase("A_SIGNERS_BOOK", language, missing=missing))
    return [
        intact_answer(signatures, language),
        people,
        _order_answer(workflow, order, language, is_changed=bool(changed)),
        *judged_answers(signatures, language),
    ]


def _order_answer(
    workflow: Workflow | None, state: State, language: Language, *, is_changed: bool
) -> SummaryAnswer:
    """Say in words what the order rests on."""
    told = answer("ORDER", state, language=language)
    if is_changed and state == "unknown":
        return replace(told, detail=phrase("NOT_JUDGED", language))
    if workflow is None:
        return told
    if state == "unknown" and workflow.basis in _UNTOLD:
        return replace(told, detail=phrase(f"A_ORDER_{workflow.basis.upper()}", language))
    if state == "yes" and workflow.basis is Basis.TIME_STAMPS:
        return replace(told, detail=phrase("A_ORDER_YES_TIMESTAMPS", language))
    if state == "yes" and workflow.plan is None:
        return replace(told, detail=phrase("A_ORDER_BOOK", language))
    if state == "yes" and workflow.plan == "TRICH_LUC":
        return replace(told, detail=phrase("A_ORDER_YES_TRICH_LUC", language))
    return told


def _signature(
    one: SignatureConclusion,
    number: int,
    *,
    conclusion: DocumentConclusion | None,
    language: Language,
) -> SignatureView:
    facts = signature_facts(one, language)
    if conclusion is not None and conclusion.is_other:
        title = other_title(one, language)
        facts += other_facts(one, conclusion.coverage.get(one.signature.where), language=language)
    else:
        title = slot_title(
            one.signature.slot,
            None if conclusion is None else conclusion.transcript,
            language=language,
        )
    return SignatureView(
        title=phrase("SIGNATURE", language, number=number, title=title),
        state=_STATES[one.conclusion.indication],
        words=phrase(one.conclusion.indication, language),
        facts=facts,
    )


def slot_title(slot: Slot | None, transcript: Transcript | None, *, language: Language) -> str:
    """Name a slot for people; a subject by its name where that is signed, else by its Id."""
    if slot is None:
        return phrase("NO_SLOT", language)
    if slot.role is not Role.GVBM:
        return phrase(f"ROLE_{slot.role}", language)
    subjects = () if transcript is None else transcript.subjects
    name = next(
        (subject.name for subject in subjects if subject.id == slot.subject), slot.subject or "?"
    )
    return printable(phrase("ROLE_GVBM", language, subject=name))


def _wrong(report: JudgedFile) -> list[Finding]:
    """Collect what keeps the verdict from being VALID: the signatures' causes first, then the
    document's.
    """
    signatures = () if report.conclusion is None else report.conclusion.signatures
    found = [finding for signature in signatures for finding in root_causes(signature)]
    found += [
        finding
        for signature in signatures
        for stamp in signature.time_stamps
        for finding in stamp.findings
    ]
    return [*found, *told_checks(report.checks, changed_names(signatures))]


def _noted(report: JudgedFile) -> list[Finding]:
    signatures = () if report.conclusion is None else report.conclusion.signatures
    warnings = (finding for signature in signatures for finding in signature.warnings)
    unfetched = (
        Finding(answer.finding.cause, answer.need.url)
        for answer in report.fetches
        if isinstance(answer, Unavailable)
    )
    return [*_found(report.checks, Status.WARNING), *warnings, *unfetched]


def _found(checks: Iterable[Check], status: Status) -> list[Finding]:
    return [Finding(check.identifier, check.where) for check in checks if check.status is status]


def _problems(
    findings: Iterable[Finding], titles: Mapping[str, str], language: Language
) -> tuple[Problem, ...]:
    """Say each cause once, with its places; the telling ones first."""
    places: dict[str, list[str]] = {}
    for finding in findings:
        held = places.setdefault(finding.cause, [])
        if finding.where is not None and finding.where not in held:
            held.append(finding.where)
    telling = [cause for cause in _TELLING if cause in places]
    order = [*telling, *(cause for cause in places if cause not in telling)]
    return tuple(
        Problem(
            identifier=cause,
            words=message(cause).in_language(language),
            places=_shortened([_placed(place, titles) for place in places[cause]], language),
        )
        for cause in order
    )


def _titles(
    signatures: Iterable[SignatureConclusion], transcript: Transcript | None, language: Language
) -> Mapping[str, str]:
    """Map the technical name of every slot to its name for people."""
    slots = {
        signature.signature.slot for signature in signatures if signature.signature.slot is not None
    }
    slots.update(() if transcript is None else transcript.slots)
    slots.update(Slot(role) for role in Role if role is not Role.GVBM)
    return {str(slot): slot_title(slot, transcript, language=language) for slot in slots}


def _placed(place: str, titles: Mapping[str, str]) -> str:
    title = titles.get(place.partition(":")[0])
    return (
        printable(place)
        if title is None
        else f"{title[:1].upper()}{title[1:]} ({printable(place)})"
    )


def _shortened(places: list[str], language: Language) -> tuple[str, ...]:
    rest = len(places) - _SHOWN_PLACES
    if rest <= 1:
        return tuple(places)
    return (*places[:_SHOWN_PLACES], phrase("MORE_PLACES", language, count=rest))
