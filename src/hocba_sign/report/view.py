"""A report as people read it: facts, answers and causes in one language, ready for text or HTML.

Carries no mark and no comment; where a content appears, it was decoded from signed octets.
"""

from datetime import datetime
from typing import Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.transcript import Transcript
from hocba_sign.report.answers import SummaryAnswer, other_facts, other_title
from hocba_sign.report.facts import content_facts, file_facts, technical_facts
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.kind import Kind, kind_of
from hocba_sign.report.lines import State
from hocba_sign.report.phrases import local_time, phrase, printable
from hocba_sign.report.places import Places
from hocba_sign.report.problems import Problem, blamed_slots, problems_of
from hocba_sign.report.questions import answers
from hocba_sign.report.rows import STATES, SignatureRow, rows_of
from hocba_sign.report.seven_items import Fact, signature_facts, technical_signature_facts
from hocba_sign.report.timeline import timeline
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Status, SubIndication, Verdict

SECTIONS: Final[tuple[tuple[str, State], ...]] = (("PROBLEMS", "no"), ("UNCLEAR", "unknown"))
"""What else is wrong, what else is unclear: the title and the state."""
_UNASKED: Final = {"WF.AUTHORITY": "UNASKED_REGISTRY", "DOC.STATUS": "UNASKED_STATUS"}
_OF_SCHOOLS: Final = {Kind.TRANSCRIPT, Kind.EXTRACT}
_IN_FORCE: Final = {None, "in_force"}
_VERDICT_STATES: Final[dict[Verdict, State]] = {
    Verdict.VALID: "yes",
    Verdict.INVALID: "no",
    Verdict.INDETERMINATE: "unknown",
    Verdict.NOTHING_TO_VERIFY: "unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureView:
    """One signature for the folded part: title, the judgement in words, and the seven items, then
    what is technical.
    """

    title: str
    state: State
    words: str
    facts: tuple[Fact, ...]
    technical: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """All that a report for people says, in the order in which they read it.

    The first of `problems` is what most of all keeps a file from being VALID;
    `consequences`, `signatures` and `technical` are for the folded part.
    """

    title: str
    verdict: Verdict
    state: State
    words: str
    sentence: str
    file: str
    facts: tuple[Fact, ...]
    document_title: str
    document: tuple[Fact, ...]
    problems: tuple[Problem, ...]
    answers: tuple[SummaryAnswer, ...]
    rows: tuple[SignatureRow, ...]
    timeline: str
    notes: tuple[Problem, ...]
    not_checked: tuple[Problem, ...]
    consequences: tuple[Problem, ...]
    signatures: tuple[SignatureView, ...]
    technical: tuple[Fact, ...]
    legal: str

    @property
    def not_checked_beside_sentence(self) -> tuple[Problem, ...]:
        """What was not checked and is not told in the sentence of the verdict already."""
        said = _UNASKED if self.verdict is Verdict.VALID else {}
        return tuple(check for check in self.not_checked if check.identifier not in said)

    @property
    def main(self) -> Problem | None:
        return next(iter(self.problems), None)

    def others(self, state: State) -> tuple[Problem, ...]:
        """Return the problems of one state but for the main one."""
        return tuple(problem for problem in self.problems[1:] if problem.state == state)

    @property
    def causes(self) -> tuple[Problem, ...]:
        """All causes and checks that anything is said of."""
        return (*self.problems, *self.consequences, *self.notes, *self.not_checked)


def view(report: JudgedFile, language: Language) -> ReportView:
    """Put a report into words."""
    conclusion = report.conclusion
    kind = kind_of(conclusion)
    places = _places(conclusion, language)
    found = problems_of(report, places)
    rows = () if conclusion is None else rows_of(conclusion, places, blamed=blamed_slots(found))
    is_in_force = report.status in _IN_FORCE
    return ReportView(
        title=phrase(f"TITLE_{kind}", language),
        verdict=report.verdict,
        state=_VERDICT_STATES[report.verdict] if is_in_force else "ended",
        words=_words(report, language),
        sentence=_sentence(report, language),
        file=printable(report.file),
        facts=file_facts(report, language),
        document_title=phrase("RECORD" if kind.is_record else "TRANSCRIPT", language),
        document=content_facts(report, language),
        problems=found.told,
        answers=answers(report, language),
        rows=rows,
        timeline=timeline(rows, language),
        notes=found.notes,
        not_checked=found.not_checked,
        consequences=found.consequences,
        signatures=_signatures(conclusion, places),
        technical=technical_facts(report, language),
        legal=phrase("LEGAL" if kind in _OF_SCHOOLS else "LEGAL_FILE", language),
    )


def _places(conclusion: DocumentConclusion | None, language: Language) -> Places:
    signatures = () if conclusion is None else conclusion.signatures
    transcript: Transcript | None = None if conclusion is None else conclusion.transcript
    found = (signature.signature for signature in signatures)
    return Places(
        slots={placed.where: placed.slot for placed in found if placed.slot is not None},
        transcript=transcript,
        language=language,
        is_of_others=conclusion is not None and conclusion.is_other,
    )


def _words(report: JudgedFile, language: Language) -> str:
    key = f"VERDICT_{report.verdict}"
    if kind_of(report.conclusion).is_no_transcript:
        key = "VERDICT_NO_TRANSCRIPT"
    return phrase(
        key if report.status in _IN_FORCE else f"BANNER_{report.status}".upper(), language
    )


def _sentence(report: JudgedFile, language: Language) -> str:
    """Say the verdict in a sentence; of what is not in force, that first."""
    kind, conclusion = kind_of(report.conclusion), report.conclusion
    sentence = phrase(
        f"SENTENCE_{kind.sentence}{report.verdict}", language, unasked=_unasked(report, language)
    )
    if any(check.identifier == "PDF.PAGES_UNSIGNED" for check in report.checks):
        sentence = phrase("PAGES_UNSIGNED", language, sentence=sentence)
    due = _due(report)
    if due is not None and report.verdict is Verdict.INDETERMINATE:
        sentence = f"{sentence} {phrase('RETRY', language, time=local_time(due, language))}"
    if report.status in _IN_FORCE:
        return sentence
    standing = None if conclusion is None else conclusion.standing
    day = None if standing is None else standing.since
    since = "" if day is None else phrase("STATUS_SINCE", language, day=day.strftime("%d/%m/%Y"))
    verdict = phrase(f"VERDICT_{report.verdict}", language)
    successor = None if standing is None else standing.successor
    other = (
        phrase("OTHER_VERSION", language)
        if successor is None
        else phrase("VERSION", language, version=successor.version)
    )
    return " ".join(
        (
            phrase(f"STATUS_{report.status}".upper(), language, since=since, other=other),
            phrase("STATUS_SIGNATURES", language, verdict=verdict, sentence=sentence),
        )
    )


def _due(report: JudgedFile) -> datetime | None:
    """Return when the authorities whose statements are not new enough will all have issued the
    next.
    """
    signatures = () if report.conclusion is None else report.conclusion.signatures
    found = [
        fact.next_update
        for signature in signatures
        if signature.conclusion.sub_indication is SubIndication.TRY_LATER
        and signature.path is not None
        for fact in signature.path.revocation
        if fact.next_update is not None and fact.next_update > report.at
    ]
    return max(found, default=None)


def _unasked(report: JudgedFile, language: Language) -> str:
    """Say what a verdict leaves open because nobody looked: the end of its sentence, so that it is
    not read without.
    """
    unchecked = {check.identifier for check in report.checks if check.status is Status.NOT_CHECKED}
    if {"WF.AUTHORITY", "DOC.STATUS"} <= unchecked:
        return phrase("UNASKED_BOTH", language)
    return "".join(phrase(key, language) for check, key in _UNASKED.items() if check in unchecked)


def _signatures(conclusion: DocumentConclusion | None, places: Places) -> tuple[SignatureView, ...]:
    if conclusion is None:
        return ()
    return tuple(
        _signature(signature, number, conclusion=conclusion, places=places)
        for number, signature in enumerate(conclusion.signatures, 1)
    )


def _signature(
    one: SignatureConclusion, number: int, *, conclusion: DocumentConclusion, places: Places
) -> SignatureView:
    language = places.language
    facts = signature_facts(one, language)
    title = places.slot(one.signature.slot)
    if conclusion.is_other:
        title = other_title(one, language)
        facts += other_facts(one, conclusion.coverage.get(one.signature.where), language=language)
    return SignatureView(
        title=phrase("SIGNATURE", language, number=number, title=title),
        state=STATES[one.conclusion.indication],
        words=phrase(one.conclusion.indication, language),
        facts=facts,
        technical=technical_signature_facts(one, language, is_other=conclusion.is_other),
    )
