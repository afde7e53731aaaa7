"""One line for every signature that is there or still missing: who, in which role, when, and what
came of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.report.lines import State
from hocba_sign.report.phrases import phrase, printable, short_time
from hocba_sign.report.places import Places, masked
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Indication

STATES: Final[dict[Indication, State]] = {
    Indication.TOTAL_PASSED: "yes",
    Indication.TOTAL_FAILED: "no",
    Indication.INDETERMINATE: "unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRow:
    """`moment` is the time proven, else the one that the signature states; None where it states
    none, or nobody signed. `lane` is what signatures of one step of the workflow have in common.
    """

    step: str
    lane: str
    name: str
    time: str
    proof: str
    moment: datetime | None
    is_proven: bool
    state: State
    words: str


def rows_of(
    conclusion: DocumentConclusion, places: Places, *, blamed: Mapping[str, State]
) -> tuple[SignatureRow, ...]:
    """Return the rows in the order of the file, then those of the slots that are still empty.

    `blamed` are slots that something is said of which the signature alone does not show.
    """
    workflow = conclusion.workflow
    missing = () if workflow is None else workflow.missing
    return (
        *(
            _row(
                signature,
                conclusion,
                places=places,
                blamed=blamed.get(str(signature.signature.slot)),
            )
            for signature in conclusion.signatures
        ),
        *(
            SignatureRow(
                step=places.step(slot),
                lane=places.lane(slot),
                name="–",
                time="–",
                proof="",
                moment=None,
                is_proven=False,
                state="unknown",
                words=phrase("ROW_MISSING", places.language),
            )
            for slot in missing
        ),
    )


def _row(
    one: SignatureConclusion,
    conclusion: DocumentConclusion,
    *,
    places: Places,
    blamed: State | None,
) -> SignatureRow:
    language = places.language
    certificate = one.certificate
    name = None if certificate is None else certificate.subject.common_name
    step, moment = _step(one, conclusion, places), one.best_time
    state, words = STATES[one.conclusion.indication], phrase(one.conclusion.indication, language)
    if state == "yes" and blamed is not None:
        state, words = blamed, phrase(f"ROW_{blamed}".upper(), language)
    proof = "STAMP_UNPROVEN" if one.signature.time_stamps else "CLAIMED"
    if moment is None or one.is_time_proven:
        proof = "NONE" if moment is None else "PROVEN"
    return SignatureRow(
        step=step,
        lane=step if conclusion.is_other else places.lane(one.signature.slot),
        name=masked(printable(name or phrase("UNKNOWN_VALUE", language))),
        time="–" if moment is None else short_time(moment),
        proof=phrase(f"PROOF_{proof}", language),
        moment=moment,
        is_proven=one.is_time_proven,
        state=state,
        words=words,
    )


def _step(one: SignatureConclusion, conclusion: DocumentConclusion, places: Places) -> str:
    if not conclusion.is_other:
        return places.step(one.signature.slot)
    key = "ROW_SIGNATURE" if one.signature.parent is None else "ROW_COUNTER_SIGNATURE"
    return phrase(key, places.language)
