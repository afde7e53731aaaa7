"""The questions of a report's summary, answered in one language; those about documents of
others.
"""

from dataclasses import replace

from hocba_sign.ades.structure import Coverage
from hocba_sign.catalogue.messages import Language
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.report.lines import State
from hocba_sign.report.phrases import phrase, printable
from hocba_sign.report.seven_items import Fact
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Status, is_contradicted


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryAnswer:
    """One question of the summary. `words` is the result in words, `detail` a sentence, which says
    no more than yes where `is_plain`.
    """

    question: str
    state: State
    words: str
    detail: str
    is_plain: bool = False

    def with_detail(self, detail: str) -> "SummaryAnswer":
        return replace(self, detail=detail, is_plain=False)

    def as_not_yet(self, language: Language) -> "SummaryAnswer":
        """Return it as what may still come, instead of what could not be checked."""
        return replace(self, words=phrase("NOT_YET", language))


def answer(key: str, state: State, *, language: Language, **values: object) -> SummaryAnswer:
    """Answer the question `key` of the phrases; `values` are for its sentence."""
    return SummaryAnswer(
        question=phrase(f"Q_{key}", language),
        state=state,
        words=phrase(state.upper(), language),
        detail=phrase(f"A_{key}_{state.upper()}", language, **values),
        is_plain=state == "yes",
    )


def other_answers(conclusion: DocumentConclusion, language: Language) -> tuple[SummaryAnswer, ...]:
    """Answer what can be asked of a document of others: there is nobody who should have
    signed, and no order.
    """
    signatures = conclusion.signatures
    if not signatures:
        return ()
    broken = sum(not signature.is_intact for signature in signatures)
    statuses = {
        check.identifier: check.status
        for check in conclusion.checks
        if check.identifier.startswith("COVER.")
    }
    is_lacking = Status.UNPROVEN in statuses.values()
    is_whole = "COVER.FULL" in statuses or (
        not broken and any(check.identifier == "PDF.REVISIONS" for check in conclusion.checks)
    )
    covered: State = "no" if is_lacking else "yes" if is_whole else "unknown"
    return (
        intact_answer(signatures, language),
        answer("COVER", covered, language=language),
        *judged_answers(signatures, language),
    )


def intact_answer(signatures: tuple[SignatureConclusion, ...], language: Language) -> SummaryAnswer:
    """Say how many signatures differ from the content; what could not be compared does not
    differ.
    """
    count = len(signatures)
    broken = sum(is_contradicted(signature.conclusion.findings) for signature in signatures)
    unread = sum(not signature.is_intact for signature in signatures) - broken
    state: State = "no" if broken else "unknown" if unread else "yes"
    return answer("INTACT", state, language=language, count=count, broken=broken, unread=unread)


def judged_answers(
    signatures: tuple[SignatureConclusion, ...], language: Language
) -> tuple[SummaryAnswer, SummaryAnswer]:
    """Answer for certificates and times, which are judged only where the content is as it
    was signed.
    """
    held = [
        signature for signature in signatures if not is_contradicted(signature.conclusion.findings)
    ]
    unproven = sum(not conclusion.is_time_proven for conclusion in held)
    are_passed = all(
        conclusion.path is not None and not conclusion.path.causes for conclusion in held
    )
    certificates = answer(
        "CERTIFICATES",
        "yes" if are_passed and held == list(signatures) else "unknown",
        language=language,
    )
    time = answer(
        "TIME",
        "yes" if not unproven and held == list(signatures) else "unknown",
        language=language,
        count=unproven,
    )
    not_judged = phrase("NOT_JUDGED", language)
    is_partly_judged = len(held) < len(signatures)
    if is_partly_judged and are_passed:
        certificates = certificates.with_detail(not_judged)
    if is_partly_judged and not unproven:
        time = time.with_detail(not_judged)
    elif unproven and not any(
        conclusion.time_stamps for conclusion in held if not conclusion.is_time_proven
    ):
        time = time.as_not_yet(language)
    return certificates, time


def other_title(one: SignatureConclusion, language: Language) -> str:
    """Name a signature of a document of others by what it signs."""
    if one.signature.parent is None:
        return phrase("OTHER_SIGNATURE", language)
    return printable(phrase("COUNTER_SIGNATURE", language, parent=one.signature.parent))


def other_facts(
    one: SignatureConclusion, coverage: Coverage | None, *, language: Language
) -> tuple[Fact, ...]:
    """Return what a signature of others covers and claims, beyond the seven items of the law."""
    facts = []
    if coverage is not None:
        words = phrase("COVERS_ALL", language)
        if not coverage.is_full:
            words = phrase("COVERS_NOT", language, where=", ".join(coverage.outside[:3]))
        facts.append(Fact(phrase("COVERAGE", language), printable(words)))
    if one.certificate is None and one.key is not None:
        facts.append(Fact(phrase("KEY_ONLY", language), phrase("KEY_ONLY_VALUE", language)))
    properties = one.signature.properties
    if properties is not None and properties.claimed_roles:
        facts.append(
            Fact(phrase("CLAIMED_ROLES", language), printable(", ".join(properties.claimed_roles)))
        )
    return tuple(facts)
