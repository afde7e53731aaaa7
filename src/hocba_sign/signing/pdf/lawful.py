"""Whether a revision that came from outside adds the signature of its slot, and nothing else."""

from datetime import datetime

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.workflow import Slot
from hocba_sign.pades.facts.field_names import field_name
from hocba_sign.pades.facts.revisions import FieldLock
from hocba_sign.pades.read_pdf import PdfDocument, read_pdf
from hocba_sign.signing.pdf.draft import PdfDraft, locked_fields
from hocba_sign.signing.pdf.prepare import certifies

_SIGNING_ONLY = 2
"""DocMDP, P: signatures may follow (ISO 32000-2, 12.8.2.2)."""


def require_lawful(draft: PdfDraft, octets: bytes, *, slot: Slot, at: datetime) -> None:
    """Refuse a file that is not `draft` and one revision more, with a signature in `slot` of the
    time `at` that binds those who follow as ours do.

    1. one revision, one signature, and all of them hold as a verifier would see it;
    2. nothing was changed beside: not before the first signature, nor after one;
    3. fields are those of the slots that wait;
    4. time, certification and locks of the new one.
    Raises: CallerError `SIGN.STATE`.
    """
    try:
        document = read_pdf(octets)
    except InputError as error:
        raise CallerError("SIGN.STATE", where=str(slot), detail=error.cause) from error
    is_lawful = (
        octets.startswith(draft.octets)
        and _holds(draft, document)
        and _adds_nothing_else(draft, document, slot)
        and _binds(draft, document, slot, at=at)
    )
    if not is_lawful:
        raise CallerError("SIGN.STATE", where=str(slot))


def _holds(draft: PdfDraft, document: PdfDocument) -> bool:
    before = draft.document
    return (
        not document.findings
        and len(document.facts.ends) == len(before.facts.ends) + 1
        and len(document.signatures) == len(before.signatures) + 1
        and all(
            check_integrity(signature).is_intact and not signature.findings
            for signature in document.signatures
        )
    )


def _adds_nothing_else(draft: PdfDraft, document: PdfDocument, slot: Slot) -> bool:
    facts = document.facts
    steps = (facts.beginning, *facts.steps)
    is_explained = all(step is None or (step.refusal is None and step.is_proven) for step in steps)
    slots = (slot,) if draft.has_signatures else draft.slots
    present = {field.name for field in draft.form.fields}
    named = present | {field_name(expected) for expected in slots}
    found = {field.name for field in facts.fields} | set(facts.empty_fields)
    return is_explained and found == named


def _binds(draft: PdfDraft, document: PdfDocument, slot: Slot, *, at: datetime) -> bool:
    made = document.signatures[-1]
    field = next(
        (candidate for candidate in document.facts.fields if candidate.name == field_name(slot)),
        None,
    )
    lock = FieldLock(names=frozenset(locked_fields(draft, slot)), is_all_but=False)
    return (
        field is not None
        and made.slot == slot
        and made.properties is not None
        and made.properties.signing_time == at
        and lock in field.locks
        and (field.doc_mdp == _SIGNING_ONLY) == certifies(draft)
    )
