"""A report as people read it: facts, answers and causes in one language, ready for text or HTML.

Carries no mark and no comment; where a content appears, it was decoded from signed octets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.errors import Finding
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.report.answers import SummaryAnswer, other_facts, other_title
from hocba_sign.report.consequences import (
    changed_names,
    proven_wrong,
    root_causes,
    told_checks,
    told_notes,
)
from hocba_sign.report.facts import content_facts, file_facts
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.kind import kind_of
from hocba_sign.report.lines import State
from hocba_sign.report.phrases import phrase, printable
from hocba_sign.report.questions import answers
from hocba_sign.report.signature import Fact, signature_facts
from hocba_sign.validation.document.missing_evidence import Unavailable
from hocba_sign.validation.document.transcript import DocumentConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Indication, Status, Verdict

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
_SHOWN_PLACES: Final = 6
_UNASKED: Final = {"WF.AUTHORITY": "UNASKED_REGISTRY", "DOC.STATUS": "UNASKED_STATUS"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One cause with all places where it was found; `places` may be empty.

    `state` is `no` where it is proven wrong, `unknown` where it is not confirmed.
    """

    identifier: str
    words: str
    places: tuple[str, ...]
    state: State = "unknown"


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
    document_title: str
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
    kind = kind_of(conclusion)
    sentence = phrase(
        f"SENTENCE_{kind.sentence}{report.verdict}", language, unasked=_unasked(report, language)
    )
    if report.status not in {None, "in_force"}:
        sentence = f"{sentence} {phrase(f'STATUS_{report.status}'.upper(), language)}"
    return ReportView(
        title=phrase(f"TITLE_{kind}", language),
        verdict=report.verdict,
        state=_VERDICT_STATES[report.verdict],
        words=phrase(f"VERDICT_{report.verdict}", language),
        sentence=sentence,
        file=printable(report.file),
        facts=file_facts(report, language),
        document_title=phrase("RECORD" if kind.is_record else "TRANSCRIPT", language),
        document=content_facts(report, language),
        answers=answers(report, language),
        signatures=tuple(
            _signature(one, number, conclusion=conclusion, language=language)
            for number, one in enumerate(signatures, 1)
        ),
        problems=(
            *_problems(_failed(report), titles, language, state="no"),
            *_problems(_unclear(report), titles, language),
        ),
        notes=_problems(_noted(report), titles, language),
        not_checked=_problems(_found(report.checks, Status.NOT_CHECKED), titles, language),
    )


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
    causes = [finding.cause for finding in (*_failed(report), *_unclear(report))]
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
    code = phrase("SUBJECT_CODE", language, code=(slot.subject or "?").removeprefix("mon-"))
    name = next((subject.name for subject in subjects if subject.id == slot.subject), code)
    return printable(phrase("ROLE_GVBM", language, subject=name))


def _failed(report: JudgedFile) -> list[Finding]:
    """Collect what is proven wrong: the signatures' causes first, then the document's."""
    signatures = () if report.conclusion is None else report.conclusion.signatures
    found = [
        finding
        for signature in signatures
        for finding in root_causes(signature)
        if finding in proven_wrong(signature)
    ]
    return [*found, *told_checks(report.checks, changed_names(signatures), status=Status.FAIL)]


def _unclear(report: JudgedFile) -> list[Finding]:
    """Collect what is not confirmed. A time-stamp that does not hold proves nothing wrong."""
    signatures = () if report.conclusion is None else report.conclusion.signatures
    found = [
        finding
        for signature in signatures
        for finding in root_causes(signature)
        if finding not in proven_wrong(signature)
    ]
    found += [
        finding
        for signature in signatures
        for stamp in signature.time_stamps
        for finding in stamp.findings
    ]
    return [*found, *told_checks(report.checks, changed_names(signatures), status=Status.UNPROVEN)]


def _noted(report: JudgedFile) -> list[Finding]:
    signatures = () if report.conclusion is None else report.conclusion.signatures
    warnings = (finding for signature in signatures for finding in signature.warnings)
    unfetched = (
        Finding(answer.finding.cause, answer.need.url)
        for answer in report.fetches
        if isinstance(answer, Unavailable)
    )
    return [*told_notes(_found(report.checks, Status.WARNING)), *warnings, *unfetched]


def _found(checks: Iterable[Check], status: Status) -> list[Finding]:
    return [Finding(check.identifier, check.where) for check in checks if check.status is status]


def _problems(
    findings: Iterable[Finding],
    titles: Mapping[str, str],
    language: Language,
    *,
    state: State = "unknown",
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
            state=state,
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
