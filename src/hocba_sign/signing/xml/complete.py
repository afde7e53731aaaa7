"""After the key: put the value in, and believe nothing that was not checked again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.crypto.digests import digest_algorithm
from hocba_sign.errors import CallerError, InputError
from hocba_sign.pades.head import is_pdf
from hocba_sign.pades.write_cms import chain
from hocba_sign.signing.admission import admit
from hocba_sign.signing.pdf.complete import complete_pdf
from hocba_sign.signing.policy import DEFAULT, SigningPolicy
from hocba_sign.signing.state import SignedDocument, ToBeSigned
from hocba_sign.signing.xml.draft import Draft, read_draft, require_turn
from hocba_sign.signing.xml.prepare import build_draft
from hocba_sign.xades.transcript.read import read
from hocba_sign.xades.transcript.write import with_value
from hocba_sign.xml.layout import recognise, slot_elements
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import insert, path_of


def complete(
    state: ToBeSigned, value: bytes, *, at: datetime, lifetime: timedelta = DEFAULT.lifetime
) -> SignedDocument:
    """Put the signature value into the document of `state`, at level B.

    `value` is the raw RSA value or ECDSA r‖s. `at` is aware. The state may come from another
    process, and anybody may have changed it there: it is prepared again from its document, and must
    be the same in every part. Only its expiry follows from nothing: `lifetime` is that of the
    `SigningPolicy`, and a state does not live longer, whatever it says.
    Raises: CallerError `SIGN.EXPIRED`, `SIGN.STATE` when the state is not what `prepare` gave,
    `SIGN.VALUE` when the value does not verify with the certificate's key; those of `read_draft`,
    `prepare` and `admit`.
    """
    if at - state.created > lifetime:
        raise CallerError("SIGN.EXPIRED", where=(state.created + lifetime).isoformat())
    if is_pdf(state.document):
        return _admitted(complete_pdf(state, value, at=at), chain(state.unsigned), state)
    draft = read_draft(state.document)
    require_turn(draft, state.slot)
    signed = complete_draft(draft, state, value=value, at=at)
    return _admitted(signed, _prepared_chain(draft, state, signed), state)


def _admitted(
    signed: SignedDocument, chain_der: Sequence[bytes], state: ToBeSigned
) -> SignedDocument:
    """Ask of the certificate once more what `prepare` asked: the state may come from elsewhere."""
    found = admit(chain_der, state.slot, school=None, at=state.created, policy=DEFAULT)
    return replace(signed, notes=tuple(dict.fromkeys((*signed.notes, *found))))


def _prepared_chain(draft: Draft, state: ToBeSigned, signed: SignedDocument) -> tuple[bytes, ...]:
    """Prepare the signature again from the document, with the choices that are read from itself;
    give its certificates.

    Raises: CallerError `SIGN.STATE`.
    """
    signature = read(signed.octets).signature(state.slot)
    assert signature is not None
    try:
        policy = SigningPolicy(
            algorithm=state.algorithm,
            digest_algorithm=digest_algorithm(signature.references[0].digest_uri),
            lifetime=state.expires - state.created,
        )
        again = build_draft(
            draft, state.slot, chain_der=signature.certificates_der, at=state.created, policy=policy
        )
    except (CallerError, InputError) as error:
        raise CallerError("SIGN.STATE", where=str(state.slot), detail=error.cause) from error
    if again != state:
        raise CallerError("SIGN.STATE", where=str(state.slot))
    return signature.certificates_der


def complete_draft(
    draft: Draft, state: ToBeSigned, *, value: bytes, at: datetime
) -> SignedDocument:
    """Complete as `complete` does, with the draft that `state` was prepared from in this process.

    Raises: as `complete`; CallerError `SIGN.STATE` when the draft is of another document.
    """
    if draft.parsed.octets != state.document:
        raise CallerError("SIGN.STATE", where=str(state.slot))
    if at > state.expires:
        raise CallerError("SIGN.EXPIRED", where=state.expires.isoformat())
    require_turn(draft, state.slot)
    root = parse(state.document).root
    slot_path = path_of(dict(slot_elements(root, recognise(root)))[state.slot])
    octets = insert(state.document, slot_path, fragment=with_value(state.unsigned, value))
    try:
        _check(octets, state, len(draft.parsed.signatures) + 1)
    except InputError as error:
        raise CallerError("SIGN.STATE", where=str(state.slot), detail=error.cause) from error
    return SignedDocument(octets=octets, slot=state.slot, notes=state.notes)


def _check(octets: bytes, state: ToBeSigned, signature_count: int) -> None:
    """Read the result as a verifier would."""
    parsed = read(octets)
    signature = parsed.signature(state.slot)
    if (
        signature is None
        or len(parsed.signatures) != signature_count
        or signature.signed_info_octets != state.octets
    ):
        raise CallerError("SIGN.STATE", where=str(state.slot))
    integrity = check_integrity(signature)
    if not all(reference.is_intact for reference in signature.references):
        raise CallerError("SIGN.STATE", where=str(state.slot))
    if not integrity.is_intact or integrity.findings:
        raise CallerError("SIGN.VALUE", where=str(state.slot))
