"""A PDF on its way: which slots it has, what is signed already, and whether it may be signed at
all.
"""

from typing import Final

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.shown_signature import shown_signatures
from hocba_sign.errors import CallerError, Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.person import School
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.transcript import Transcript
from hocba_sign.model.workflow import PLANS, Role, SigningPlan, Slot
from hocba_sign.pades.facts.field_names import ATTACHMENT, field_name, slot_of
from hocba_sign.pades.facts.form import FieldBox, Form, NewField
from hocba_sign.pades.read_pdf import PdfDocument, read_pdf
from hocba_sign.pades.write_pdf import engine
from hocba_sign.rendering.check_address import stated_address
from hocba_sign.rendering.render import render, template_versions
from hocba_sign.rendering.template import FIRST
from hocba_sign.signing.turn import require_turn_in
from hocba_sign.signing.xml.draft import open_draft, require_nonce
from hocba_sign.xades.transcript.read import read

_ROLES: Final = PLANS["THCS_THPT"]
"""The order of roles where no transcript says which plan is followed."""
_LABELS: Final = {
    Role.GVBM: "Chữ ký số của giáo viên môn học",
    Role.GVCN: "Chữ ký số của giáo viên chủ nhiệm",
    Role.CBQL: "Chữ ký số của cán bộ quản lý",
    Role.KY_PHAT_HANH: "Chữ ký số của cơ sở giáo dục",
}
_MARGIN, _HEIGHT, _GAP = 40.0, 58.0, 8.0
"""Points: where signatures stand on a page that was not made for them, side by side at its foot."""
_WIDEST: Final = 146.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfDraft:
    """A PDF whose signatures so far hold and which may be signed.

    `transcript` is the one attached, None in a file that was made elsewhere.
    `slots` are those expected to be signed;
    `is_planned` tells that they are all there will be.
    """

    octets: bytes
    document: PdfDocument
    form: Form
    plan: SigningPlan
    transcript: Transcript | None
    slots: tuple[Slot, ...]
    is_planned: bool

    @property
    def school(self) -> School | None:
        return None if self.transcript is None else self.transcript.school

    @property
    def filled(self) -> tuple[Slot, ...]:
        filled = {field.name for field in self.form.fields if field.is_filled}
        return tuple(slot for slot in self.slots if field_name(slot) in filled)

    @property
    def has_signatures(self) -> bool:
        return any(field.is_filled for field in self.form.fields)

    @property
    def expected_signers(self) -> tuple[ExpectedSigner, ...]:
        return () if self.transcript is None else self.transcript.expected_signers

    def expected(self, slot: Slot) -> ExpectedSigner | None:
        return next((signer for signer in self.expected_signers if signer.slot == slot), None)


def read_pdf_draft(
    octets: bytes, *, slot: Slot | None = None, roles: tuple[Role, ...] = ()
) -> PdfDraft:
    """Read a PDF that is to be signed, and refuse it if it cannot be or anything in it is wrong.

    The attached transcript says which slots there are; without one `roles`; without those the
    fields in the file that are called as slots are, and `slot`.
    Raises: InputError `PDF.*` for what is unreadable, encrypted or of a kind that is not signed,
    `SIGN.BROKEN_SIGNATURE` when a signature already in it does not hold, those of `read_draft` and
    `require_nonce` for the transcript; CallerError `PDF.EXTRA_MISSING`, `SIGN.ROLES` for roles
    beside a transcript.
    """
    document = read_pdf(octets)
    form = engine().read_form(octets)
    if document.findings:
        raise InputError(
            document.findings[0].cause, where=document.findings[0].where, findings=document.findings
        )
    for signature in document.signatures:
        integrity = check_integrity(signature)
        if not integrity.is_intact or signature.findings:
            raise InputError(
                "SIGN.BROKEN_SIGNATURE", where=signature.where, findings=integrity.findings
            )
    has_signatures = any(field.is_filled for field in form.fields)
    transcript = _attached(document, has_signatures=has_signatures)
    stray = next((signature for signature in document.signatures if signature.slot is None), None)
    if transcript is not None and stray is not None:
        raise InputError(
            "SIGN.BROKEN_SIGNATURE",
            where=stray.where,
            findings=(Finding("SIG.STRAY", stray.where),),
        )
    if transcript is None:
        present = (slot_of(field.name) for field in form.fields)
        wanted = (
            map(Slot, roles)
            if roles
            else (other for other in (*present, slot) if other is not None)
        )
        plan, slots = (
            _ROLES,
            tuple(sorted(set(wanted), key=lambda one: (_ROLES.rank(one.role), str(one)))),
        )
    elif roles:
        raise CallerError("SIGN.ROLES")
    else:
        plan, slots = PLANS[transcript.plan_name], transcript.slots
    is_planned = transcript is not None or bool(roles)
    return PdfDraft(
        octets=octets,
        document=document,
        form=form,
        plan=plan,
        transcript=transcript,
        slots=slots,
        is_planned=is_planned,
    )


def require_turn(draft: PdfDraft, slot: Slot) -> None:
    """Refuse what the plan or the file forbids now.

    Raises: CallerError `SIGN.NO_SUCH_SLOT`, `SIGN.ALREADY_SIGNED`, `SIGN.ORDER`, `SIGN.CLOSED`
    where the file's certification allows no further signature, `SIGN.LOCKED` naming the signature
    that locks the field.
    """
    require_turn_in(draft.plan, slot, expected=draft.slots, filled=draft.filled)
    if draft.form.is_closed:
        raise CallerError("SIGN.CLOSED", where=str(slot))
    locking = [by for by, lock in draft.form.locks if lock.forbids(field_name(slot))]
    if locking:
        raise CallerError("SIGN.LOCKED", where=f"{slot}: {', '.join(locking)}")


def locked_fields(draft: PdfDraft, slot: Slot) -> tuple[str, ...]:
    """Return what may not change once `slot` is signed: its own field and those of earlier
    roles.
    """
    rank = draft.plan.rank(slot.role)
    return tuple(
        field_name(other)
        for other in draft.slots
        if other == slot or draft.plan.rank(other.role) < rank
    )


def new_fields(draft: PdfDraft, slot: Slot) -> tuple[NewField, ...]:
    """Return the fields to be made when `slot` is signed: those of all slots before the first
    signature, later only its own.

    Raises: CallerError `SIGN.PAGES` before the first signature, where the pages are not what a
    version of the template makes of the attached transcript: nobody should sign a page that says
    something else.
    """
    wanted = (slot,) if draft.has_signatures else draft.slots
    places = (
        _places_at_foot(draft)
        if draft.transcript is None
        else _places_of_template(draft, draft.transcript)
        if not draft.has_signatures
        else {}
    )
    return tuple(
        NewField(
            name=field_name(wanted_slot),
            label=_label(draft, wanted_slot),
            place=places.get(wanted_slot),
            locked_fields=locked_fields(draft, wanted_slot),
        )
        for wanted_slot in wanted
        if draft.form.field(field_name(wanted_slot)) is None
    )


def _attached(document: PdfDocument, *, has_signatures: bool) -> Transcript | None:
    attached = document.facts.attachments
    if not attached:
        return None
    if len(attached) > 1:
        raise InputError("PDF.ATTACHED_TWICE", where=ATTACHMENT)
    given = open_draft(attached[0])
    content = given.draft.content
    if not isinstance(content, Transcript):
        raise InputError("SIGN.ATTACHED", where=ATTACHMENT)
    if not has_signatures:
        require_nonce(given.draft)
    return content


def _label(draft: PdfDraft, slot: Slot) -> str:
    signer = draft.expected(slot)
    return _LABELS[slot.role] if signer is None else f"{_LABELS[slot.role]}: {signer.name}"


def _places_of_template(draft: PdfDraft, transcript: Transcript) -> dict[Slot, FieldBox]:
    xml = draft.document.facts.attachments[0]
    signed, address = shown_signatures(read(xml)), stated_address(draft.octets)
    versions = (
        render(
            transcript,
            xml,
            template=version,
            signed=signed,
            check_url=None if version == FIRST else address,
        )
        for version in reversed(template_versions())
    )
    made = next((version for version in versions if version.octets == draft.octets), None)
    if made is None:
        raise CallerError("SIGN.PAGES")
    by_name = {place.slot: FieldBox(page=place.page - 1, box=place.box) for place in made.places}
    return {slot: by_name[str(slot)] for slot in draft.slots if str(slot) in by_name}


def _places_at_foot(draft: PdfDraft) -> dict[Slot, FieldBox]:
    width = draft.form.pages[-1][0] - 2 * _MARGIN
    columns: dict[Role, int] = {
        role: at for at, role in enumerate(role for role in Role if role is not Role.GVBM)
    }
    side = min(_WIDEST, (width - _GAP * (len(columns) - 1)) / len(columns))
    found = {}
    for slot in (slot for slot in draft.slots if slot.role in columns):
        left = _MARGIN + columns[slot.role] * (width - side) / (len(columns) - 1)
        found[slot] = FieldBox(
            page=len(draft.form.pages) - 1, box=(left, _MARGIN, left + side, _MARGIN + _HEIGHT)
        )
    return found
