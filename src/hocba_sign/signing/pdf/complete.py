"""After the key, in a PDF: the value goes into the room left for it."""

from dataclasses import replace
from datetime import datetime

from hocba_sign.crypto.digests import digest
from hocba_sign.crypto.verify import load_public_key, verify_der_value
from hocba_sign.errors import CallerError, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot
from hocba_sign.pades.facts.field_names import field_name
from hocba_sign.pades.facts.form import SignaturePlaceholder
from hocba_sign.pades.read_cms import cms_octets, read_cms
from hocba_sign.pades.write_cms import (
    certificate_digest,
    chain,
    cms_without_value,
    signed_attributes,
    with_value,
)
from hocba_sign.pades.write_pdf import engine, fill
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.signing.pdf.draft import PdfDraft, require_turn
from hocba_sign.signing.pdf.lawful import require_lawful
from hocba_sign.signing.pdf.prepare import build_pdf, describe
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.signing.state import ToBeSigned


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedPdf:
    """A file that ends with a signature, as it was read there: its room, and the CMS in it."""

    octets: bytes
    slot: Slot
    gap: SignaturePlaceholder
    cms_der: bytes


def read_last(octets: bytes, slot: Slot) -> CompletedPdf:
    """Find the signature that ends the file.

    Raises: CallerError `SIGN.STATE`.
    """
    gap = engine().read_gap(octets, field_name(slot))
    try:
        return CompletedPdf(octets=octets, slot=slot, gap=gap, cms_der=cms_octets(gap.contents)[0])
    except InputError as error:
        raise CallerError("SIGN.STATE", where=str(slot)) from error


def complete_pdf(
    state: ToBeSigned, gap: SignaturePlaceholder, *, value: bytes, at: datetime
) -> CompletedPdf:
    """Put the value into the revision that `prepare_pdf` made, at level B.

    Raises: as `complete`.
    """
    if at > state.expires:
        raise CallerError("SIGN.EXPIRED", where=state.expires.isoformat())
    # The CMS that goes into the file must hold what the signer's device was given to sign.
    if signed_attributes(state.unsigned) != state.octets:
        raise CallerError("SIGN.STATE", where=str(state.slot))
    octets = fill(gap, with_value(state.unsigned, value, algorithm=state.algorithm))
    completed = read_last(octets, state.slot)
    _check(completed, state)
    return completed


def complete_received_pdf(
    draft: PdfDraft, state: ToBeSigned, *, value: bytes, at: datetime
) -> CompletedPdf:
    """Complete as `complete_pdf` does, with a state that anybody may have changed.

    The revision that was prepared must be one that `prepare` makes of this document; how it is
    drawn and written is of no matter, so that another version of the template or of the libraries
    completes it, too. A state without its revision is prepared again and must be the same.
    Raises: as `complete`.
    """
    policy = SigningPolicy(
        algorithm=state.algorithm,
        digest_algorithm=certificate_digest(state.unsigned),
        lifetime=state.expires - state.created,
        roles=state.roles,
    )
    chain_der = chain(state.unsigned)
    if state.revision is not None:
        gap = _prepared_gap(draft, state, chain_der=chain_der, policy=policy)
        completed = complete_pdf(state, gap, value=value, at=at)
        require_lawful(draft, completed.octets, slot=state.slot, at=state.created)
        return completed
    again, gap = build_pdf(draft, state.slot, chain_der=chain_der, at=state.created, policy=policy)
    if replace(again, revision=None) != state:
        raise CallerError("SIGN.STATE", where=str(state.slot))
    return complete_pdf(state, gap, value=value, at=at)


def _prepared_gap(
    draft: PdfDraft, state: ToBeSigned, *, chain_der: tuple[bytes, ...], policy: SigningPolicy
) -> SignaturePlaceholder:
    """Return the room in the revision of a state whose CMS says what it should of it.

    Raises: CallerError `SIGN.STATE`; as `require_turn` and `describe`.
    """
    require_turn(draft, state.slot)
    description = describe(
        draft, state.slot, chain_der=chain_der, moment=state.created, policy=policy
    )
    try:
        gap = engine().read_gap(state.document + (state.revision or b""), field_name(state.slot))
    except InputError as error:
        raise CallerError("SIGN.STATE", where=str(state.slot), detail=error.cause) from error
    digested = digest(description.message_digest_algorithm, gap.covered)
    is_said = cms_without_value(description, digested) == (state.unsigned, state.octets)
    if not is_said or gap.contents != bytes(description.room):
        raise CallerError("SIGN.STATE", where=str(state.slot))
    return gap


def _check(completed: CompletedPdf, state: ToBeSigned) -> None:
    """Read the new signature as a verifier would; those before it were read when the draft was."""
    cms = read_cms(completed.cms_der, where=str(state.slot))
    if (
        cms.findings
        or cms.signed_octets != state.octets
        or cms.message_digest != digest(cms.digest_algorithm, completed.gap.covered)
    ):
        raise CallerError("SIGN.STATE", where=str(state.slot))
    # The certificate in the file, not one of the state: verifiers will find only that.
    public_key = load_public_key(Certificate.load(chain(completed.cms_der)[0]).public_key_der)
    if not verify_der_value(public_key, state.octets, signature=cms.value, algorithm=cms.algorithm):
        raise CallerError("SIGN.VALUE", where=str(state.slot))
