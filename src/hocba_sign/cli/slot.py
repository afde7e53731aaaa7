"""Which slot is meant: by role, subject and teacher as far as given, else by whose certificate it
is.
"""

import argparse
from collections.abc import Iterable
from dataclasses import replace

from hocba_sign.errors import CallerError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.codes import code_list
from hocba_sign.model.suggestion import suggested, suggestion_text
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pades.header import is_pdf
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.holder import signers_held
from hocba_sign.signing.pdf.draft import PdfDraft, read_pdf_draft
from hocba_sign.signing.xml.draft import Draft, read_draft


def choose_slot(document: bytes, given: argparse.Namespace, *, certificate_der: bytes) -> Slot:
    """Return the one slot that the options and the certificate point at.

    Raises: CallerError CLI.WHICH_SLOT naming the candidates; as `choose_slots`.
    """
    if is_pdf(document):
        require_teacher(given)
        if Role(given.role) is not Role.GVBM:
            return Slot(Role(given.role))
        draft: Draft | PdfDraft = read_pdf_draft(document)
    else:
        draft = read_draft(document)
    slots = choose_slots(draft, given, certificate_der=certificate_der)
    if len(slots) > 1:
        raise _several(slots)
    return slots[0]


def choose_slots(
    draft: Draft | PdfDraft, given: argparse.Namespace, *, certificate_der: bytes
) -> tuple[Slot, ...]:
    """Return the slots that the options point at, at least one; several only where all of them are
    of the certificate's person.

    Raises: CallerError CLI.NO_SLOT, CLI.WHICH_SLOT naming the candidates; as `require_teacher` and
    `Certificate.load`.
    """
    require_teacher(given)
    role = Role(given.role)
    signers = draft.expected_signers
    candidates = [
        signer
        for signer in signers
        if signer.slot.role is role and _is_named(signer.slot, given.subject, given.teacher)
    ]
    if not candidates:
        wanted = "/".join(filter(None, (role, given.subject, given.teacher)))
        likely = _likely(given.subject or "", {signer.slot.subject for signer in signers})
        raise CallerError("CLI.NO_SLOT", where=f"{wanted} ({likely})" if likely else wanted)
    own = (
        signers_held(Certificate.load(certificate_der), candidates)
        if len(candidates) > 1
        else tuple(candidates)
    )
    if not own:
        raise _several(signer.slot for signer in candidates)
    return tuple(signer.slot for signer in own)


def _likely(subject: str, expected: Iterable[str | None]) -> str:
    """Return those of the expected subjects whose names are nearest to what was given."""
    codes = code_list("subjects")
    entries = {
        code: codes.entries[code]
        for code in (
            identifier.removeprefix("mon-") for identifier in expected if identifier is not None
        )
        if code in codes
    }
    return suggestion_text(suggested(replace(codes, entries=entries), (subject,)))


@dataclass(frozen=True, slots=True)
class WantedSlots:
    """What one person is to sign in a document, at least one slot; `document_id` is what a
    transcript calls itself.
    """

    slots: tuple[Slot, ...]
    document_id: str | None = None


def slots_to_sign(
    document: bytes, given: argparse.Namespace, *, certificate_der: bytes
) -> WantedSlots:
    """Return the slots that the options point at and nobody has signed; of a PDF, whose revisions
    follow one another, one.

    Raises: CallerError SIGN.ALREADY_SIGNED where all are signed; as `choose_slot` and
    `choose_slots`.
    """
    if is_pdf(document):
        return WantedSlots((choose_slot(document, given, certificate_der=certificate_der),))
    draft = read_draft(document)
    slots = choose_slots(draft, given, certificate_der=certificate_der)
    wanted = tuple(slot for slot in slots if slot not in draft.filled)
    if not wanted:
        raise CallerError("SIGN.ALREADY_SIGNED", where=", ".join(map(str, slots)))
    content = draft.content
    identifier = content.identification.id if isinstance(content, Transcript) else None
    return WantedSlots(wanted, None if identifier is None else str(identifier))


def require_teacher(given: argparse.Namespace) -> None:
    """Refuse a subject or teacher for another role. Raises: CallerError CLI.SUBJECT_ROLE."""
    if Role(given.role) is not Role.GVBM and (given.subject or given.teacher):
        raise CallerError("CLI.SUBJECT_ROLE", where=given.role)


def _several(slots: Iterable[Slot]) -> CallerError:
    return CallerError("CLI.WHICH_SLOT", where=", ".join(map(str, slots)))


def _is_named(slot: Slot, subject: str | None, teacher: str | None) -> bool:
    is_subject = subject is None or slot.subject in {subject, f"mon-{subject}"}
    return is_subject and (teacher is None or slot.teacher in {teacher, f"gv-{teacher}"})
