"""Before the key: check signer, certificate and turn, and give the octets to sign."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import Slot
from hocba_sign.pades.head import is_pdf
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.signing.admission import admit
from hocba_sign.signing.certificate_fitness import require_holder, usable_algorithm
from hocba_sign.signing.pdf.draft import read_pdf_draft
from hocba_sign.signing.pdf.prepare import prepare_pdf
from hocba_sign.signing.policy import DEFAULT, SigningPolicy
from hocba_sign.signing.state import ToBeSigned
from hocba_sign.signing.xml.draft import Draft, read_draft, require_turn
from hocba_sign.xades.syntax.names import COMMITMENT
from hocba_sign.xades.transcript.write import XadesTemplate, write_unsigned
from hocba_sign.xml.layout import slot_elements
from hocba_sign.xml.parse import parse


def prepare(
    document: bytes,
    slot: Slot,
    *,
    chain_der: Sequence[bytes],
    at: datetime,
    policy: SigningPolicy = DEFAULT,
) -> ToBeSigned:
    """Prepare the signature of `slot`.

    `chain_der` holds the signer's certificate, then its issuers as far as they are to be embedded.
    `at` is aware: the claimed signing time, in full seconds UTC.
    Raises: InputError as `read_draft` (of a PDF, as `read_pdf_draft`), `CERT.*` for an unreadable
    certificate; CallerError: `SIGN.ORDER` and the others of `require_turn`,
    `SIGN.CERTIFICATE_EXPIRED`, `SIGN.CERTIFICATE_NOT_YET_VALID`, `SIGN.KEY_USAGE`,
    `SIGN.ALGORITHM`, those of `require_holder` and `admit`. Does not check the revocation of the
    certificate.
    Spec: design of the workflow in docs/explanation/order.md; EN 319 132-1, 6.3.
    """
    if is_pdf(document):
        pdf = read_pdf_draft(document, slot=slot, roles=policy.roles)
        state = prepare_pdf(pdf, slot, chain_der=chain_der, at=at, policy=policy)[0]
        return replace(
            state,
            notes=(
                *state.notes,
                *admit(chain_der, slot, school=pdf.school, at=state.created, policy=policy),
            ),
        )
    draft = read_draft(document)
    state = prepare_draft(draft, slot, chain_der=chain_der, at=at, policy=policy)
    return replace(
        state,
        notes=(
            *state.notes,
            *admit(chain_der, slot, school=draft.school, at=state.created, policy=policy),
        ),
    )


def prepare_draft(
    draft: Draft, slot: Slot, *, chain_der: Sequence[bytes], at: datetime, policy: SigningPolicy
) -> ToBeSigned:
    """Prepare as `prepare` does, with a document that was just read and checked in this process,
    and a certificate that was admitted.
    """
    state = build_draft(draft, slot, chain_der=chain_der, at=at, policy=policy)
    notes = require_holder(
        Certificate.load(chain_der[0]), draft, slot=slot, at=state.created, registry=policy.registry
    )
    return replace(state, notes=notes)


def build_draft(
    draft: Draft, slot: Slot, *, chain_der: Sequence[bytes], at: datetime, policy: SigningPolicy
) -> ToBeSigned:
    """Build what `prepare_draft` gives without asking whose certificate it is; the same arguments
    give the same state.
    """
    moment = at.astimezone(UTC).replace(microsecond=0)
    chain = tuple(Certificate.load(der) for der in chain_der)
    if not chain:
        raise CallerError("SIGN.NO_CERTIFICATE")
    algorithm = usable_algorithm(chain[0], moment=moment, policy=policy)
    require_turn(draft, slot)
    unsigned, octets = _write(
        draft,
        slot,
        _description(draft, slot, chain, algorithm=algorithm, moment=moment, policy=policy),
    )
    return ToBeSigned(
        document=draft.parsed.octets,
        slot=slot,
        unsigned=unsigned,
        octets=octets,
        algorithm=algorithm,
        created=moment,
        expires=moment + policy.lifetime,
    )


def signature_id(slot: Slot) -> str:
    """Return the Id of the signature of `slot`: fixed, so that copies signed in parallel never
    clash when merged.
    """
    return f"ck-{slot.teacher or slot.role}"


def _description(
    draft: Draft,
    slot: Slot,
    chain: tuple[Certificate, ...],
    *,
    algorithm: SignatureAlgorithm,
    moment: datetime,
    policy: SigningPolicy,
) -> XadesTemplate:
    step = draft.plan.step(slot.role)
    if step is None:
        raise CallerError("SIGN.NO_SUCH_SLOT", where=str(slot))
    linked = (
        draft.parsed.signature(other)
        for other in draft.layout.linked_slots(slot, draft.content.slots)
    )
    return XadesTemplate(
        identifier=signature_id(slot),
        algorithm=algorithm,
        digest_algorithm=policy.digest_algorithm,
        covered_ids=draft.layout.covered_ids(slot),
        linked_ids=tuple(
            signature.value_id
            for signature in linked
            if signature is not None and signature.value_id is not None
        ),
        chain_der=tuple(certificate.der for certificate in chain),
        issuer_serial_der=chain[0].issuer_serial_der,
        signing_time=moment,
        role=slot.role,
        commitment=COMMITMENT + step.commitment,
        city=draft.city,
    )


def _write(draft: Draft, slot: Slot, description: XadesTemplate) -> tuple[bytes, bytes]:
    """Build the signature in a fresh parse of the document."""
    xml = parse(draft.parsed.octets)
    element = dict(slot_elements(xml.root, draft.layout))[slot]
    return write_unsigned(element, description, ids=xml.ids)
