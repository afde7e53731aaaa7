"""Before the key, in a PDF: the revision with room for the value, and the signed attributes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from hocba_sign.crypto.algorithms import KeyKind
from hocba_sign.crypto.digests import digest
from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import Slot
from hocba_sign.pades.facts.field_names import field_name
from hocba_sign.pades.facts.form import PlannedRevision, SignaturePlaceholder
from hocba_sign.pades.write_cms import CmsTemplate, cms_without_value
from hocba_sign.pades.write_pdf import engine
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.rendering.appearance import draw_appearance
from hocba_sign.signing.certificate_fitness import require_holder, usable_algorithm
from hocba_sign.signing.pdf.draft import PdfDraft, locked_fields, new_fields, require_turn
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.signing.state import ToBeSigned

_NOT_IN_CMS: Final = (KeyKind.ED448,)
"""Its message digest would be SHAKE256 (RFC 8419, 3.1), which no verifier of PDF knows."""


def prepare_pdf(
    draft: PdfDraft, slot: Slot, *, chain_der: Sequence[bytes], at: datetime, policy: SigningPolicy
) -> tuple[ToBeSigned, SignaturePlaceholder]:
    """Prepare the signature of `slot`, and return the file with room for it.

    `chain_der` and `at` as for `prepare`. Raises: CallerError as `prepare` and `require_turn`;
    `PDF.EXTRA_MISSING`.
    """
    state, gap = build_pdf(draft, slot, chain_der=chain_der, at=at, policy=policy)
    notes = require_holder(
        Certificate.load(chain_der[0]), draft, slot=slot, at=state.created, registry=policy.registry
    )
    return replace(state, notes=notes), gap


def build_pdf(
    draft: PdfDraft, slot: Slot, *, chain_der: Sequence[bytes], at: datetime, policy: SigningPolicy
) -> tuple[ToBeSigned, SignaturePlaceholder]:
    """Build what `prepare_pdf` gives without asking whose certificate it is; the same arguments
    give the same octets.

    Spec: EN 319 142-1, 6.3.
    """
    moment = at.astimezone(UTC).replace(microsecond=0)
    require_turn(draft, slot)
    description = describe(draft, slot, chain_der=chain_der, moment=moment, policy=policy)
    gap = engine().append_gap(draft.octets, _revision(draft, slot, description, moment=moment))
    cms, attributes = cms_without_value(
        description, digest(description.message_digest_algorithm, gap.covered)
    )
    state = ToBeSigned(
        document=draft.octets,
        slot=slot,
        unsigned=cms,
        octets=attributes,
        algorithm=description.algorithm,
        created=moment,
        expires=moment + policy.lifetime,
        roles=policy.roles,
        revision=gap.octets[len(draft.octets) :],
    )
    return state, gap


def describe(
    draft: PdfDraft,
    slot: Slot,
    *,
    chain_der: Sequence[bytes],
    moment: datetime,
    policy: SigningPolicy,
) -> CmsTemplate:
    """Return what the CMS shall say.

    Raises: CallerError `SIGN.NO_CERTIFICATE`, `SIGN.ALGORITHM`, `SIGN.NO_SUCH_SLOT`; as
    `usable_algorithm`.
    """
    chain = tuple(Certificate.load(der) for der in chain_der)
    if not chain:
        raise CallerError("SIGN.NO_CERTIFICATE")
    algorithm = usable_algorithm(chain[0], moment=moment, policy=policy)
    if algorithm.key_kind in _NOT_IN_CMS or algorithm.uri is None:
        raise CallerError("SIGN.ALGORITHM", where=algorithm.name)
    step = draft.plan.step(slot.role)
    if step is None:
        raise CallerError("SIGN.NO_SUCH_SLOT", where=str(slot))
    return CmsTemplate(
        algorithm=algorithm,
        digest_algorithm=policy.digest_algorithm,
        chain_der=tuple(certificate.der for certificate in chain),
        issuer_serial_der=chain[0].issuer_serial_der,
        role=slot.role,
        commitment=step.commitment,
    )


def _revision(
    draft: PdfDraft, slot: Slot, description: CmsTemplate, *, moment: datetime
) -> PlannedRevision:
    name = Certificate.load(description.chain_der[0]).subject.common_name or ""
    made = new_fields(draft, slot)
    own = next((field for field in made if field.name == field_name(slot)), None)
    held = draft.form.field(field_name(slot))
    size = (
        own.place.size
        if own is not None and own.place is not None
        else held.size
        if held is not None
        else None
    )
    return PlannedRevision(
        field=field_name(slot),
        room=description.room,
        digest_name=description.message_digest_algorithm.name,
        signing_time=moment,
        new_fields=made,
        locked_fields=locked_fields(draft, slot),
        appearance=None if size is None else draw_appearance(name, slot.role, at=moment, size=size),
        certifies=certifies(draft),
    )


def certifies(draft: PdfDraft) -> bool:
    """Return whether the next signature says that only signatures may follow."""
    return not draft.has_signatures and draft.is_planned
