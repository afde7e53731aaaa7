"""After the key, in a PDF: the value goes into the room left for it; then a time-stamp token beside
it.
"""

from dataclasses import replace
from datetime import datetime

from hocba_sign.crypto.digests import digest
from hocba_sign.crypto.verify import load_public_key, verify_der_value
from hocba_sign.errors import CallerError, InputError
from hocba_sign.pades.facts.form import SignaturePlaceholder
from hocba_sign.pades.facts.names import field_name
from hocba_sign.pades.read_cms import cms_octets, read_cms
from hocba_sign.pades.write import engine, fill
from hocba_sign.pades.write_cms import (
    certificate_digest,
    chain,
    signature_value,
    signed_attributes,
    with_time_stamp,
    with_value,
)
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.timestamp.protocol import read_token, verify_token
from hocba_sign.signing.pdf.draft import read_pdf_draft
from hocba_sign.signing.pdf.prepare import build_pdf
from hocba_sign.signing.policy import SigningPolicy
from hocba_sign.signing.state import SignedDocument, ToBeSigned


def complete_pdf(state: ToBeSigned, value: bytes, *, at: datetime) -> SignedDocument:
    """Put the value into the revision that `state` was prepared for, at level B.

    The revision is made again from the document and must be the one whose digest was signed:
    nothing else can come in by the state.
    Raises: as `complete`; CallerError `SIGN.STATE` also where another version of the page's
    template or of the libraries prepared it.
    """
    draft = read_pdf_draft(state.document, slot=state.slot, roles=state.roles)
    policy = SigningPolicy(
        algorithm=state.algorithm,
        digest_algorithm=certificate_digest(state.unsigned),
        lifetime=state.expires - state.created,
        roles=state.roles,
    )
    again, gap = build_pdf(
        draft, state.slot, chain_der=chain(state.unsigned), at=state.created, policy=policy
    )
    if again != state:
        raise CallerError("SIGN.STATE", where=str(state.slot))
    return complete_pdf_gap(state, gap, value=value, at=at)


def complete_pdf_gap(
    state: ToBeSigned, gap: SignaturePlaceholder, *, value: bytes, at: datetime
) -> SignedDocument:
    """Complete as `complete_pdf` does, with what `prepare_pdf` gave in this process.

    Raises: as `complete`.
    """
    if at > state.expires:
        raise CallerError("SIGN.EXPIRED", where=state.expires.isoformat())
    if signed_attributes(state.unsigned) != state.octets:
        raise CallerError("SIGN.STATE", where=str(state.slot))
    signed = SignedDocument(
        octets=fill(gap, with_value(state.unsigned, value, algorithm=state.algorithm)),
        slot=state.slot,
        notes=state.notes,
    )
    _check(signed, state)
    return signed


def pdf_octets_to_time_stamp(signed: SignedDocument) -> bytes:
    """Return the octets whose digest goes to the authority: the signature value.

    Spec: EN 319 122-1, 5.3.
    """
    return signature_value(_last(signed)[1])


def with_pdf_time_stamp(signed: SignedDocument, token_der: bytes) -> SignedDocument:
    """Put a token on the signature that was just made; everything but the room left for it stays.

    Raises: as `with_time_stamp`; CallerError `SIGN.ROOM` for a token that is too large.
    """
    gap, cms = _last(signed)
    octets = signature_value(cms)
    check = verify_token(read_token(token_der), lambda algorithm: digest(algorithm, octets))
    if not check.intact:
        raise CallerError("SIGN.TIME_STAMP", where=", ".join(check.causes))
    return replace(signed, octets=fill(gap, with_time_stamp(cms, token_der)))


def _last(signed: SignedDocument) -> tuple[SignaturePlaceholder, bytes]:
    """Find the room of the signature that ends the file, and the CMS in it.

    Raises: CallerError `SIGN.STATE`.
    """
    gap = engine().read_gap(signed.octets, field_name(signed.slot))
    try:
        return gap, cms_octets(gap.contents)[0]
    except InputError as error:
        raise CallerError("SIGN.STATE", where=str(signed.slot)) from error


def _check(signed: SignedDocument, state: ToBeSigned) -> None:
    """Read the new signature from the file, as a verifier would; those before it were read when the
    draft was.
    """
    gap, octets = _last(signed)
    cms = read_cms(octets, where=str(signed.slot))
    if (
        cms.findings
        or cms.signed_octets != state.octets
        or cms.message_digest != digest(cms.digest_algorithm, gap.covered)
    ):
        raise CallerError("SIGN.STATE", where=str(signed.slot))
    public_key = load_public_key(Certificate.load(chain(octets)[0]).public_key_der)
    if not verify_der_value(public_key, state.octets, signature=cms.value, algorithm=cms.algorithm):
        raise CallerError("SIGN.VALUE", where=str(signed.slot))
