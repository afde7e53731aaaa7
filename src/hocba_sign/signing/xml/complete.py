"""After the key: put the value in, and believe nothing that was not checked again."""

from datetime import datetime

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.structure import ParsedSignature
from hocba_sign.crypto.digests import digest_algorithm
from hocba_sign.errors import CallerError, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.signing.state import ToBeSigned
from hocba_sign.signing.xml.draft import OpenDraft, require_turn
from hocba_sign.signing.xml.opened import OpenXml
from hocba_sign.signing.xml.prepare import build_xml
from hocba_sign.xades.transcript.write import with_value


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedXml:
    """The document with its new signature, opened again, and the signature as it was read there."""

    opened: OpenXml
    signature: ParsedSignature


def complete_xml(
    given: OpenDraft, state: ToBeSigned, *, value: bytes, at: datetime
) -> CompletedXml:
    """Put the value into the document that `given` was opened from and `state` prepared for.

    Raises: as `complete`.
    """
    # The signing time was fixed with the octets; a value that comes much later would be antedated.
    if at > state.expires:
        raise CallerError("SIGN.EXPIRED", where=state.expires.isoformat())
    place = given.opened.places.slots[state.slot]
    octets = given.opened.with_fragments({place: with_value(state.unsigned, value)})
    try:
        return _checked(octets, state, len(given.draft.parsed.signatures) + 1)
    # The document was readable before, so the fault came in with the state.
    except InputError as error:
        raise CallerError("SIGN.STATE", where=str(state.slot), detail=error.cause) from error


def complete_received_xml(
    given: OpenDraft, state: ToBeSigned, *, value: bytes, at: datetime
) -> CompletedXml:
    """Complete as `complete_xml` does, with a state that anybody may have changed: it is prepared
    again from the document, with the choices that are read from itself.

    Raises: as `complete`.
    """
    require_turn(given.draft, state.slot)
    completed = complete_xml(given, state, value=value, at=at)
    signature = completed.signature
    try:
        policy = SigningPolicy(
            algorithm=state.algorithm,
            digest_algorithm=digest_algorithm(signature.references[0].digest_uri),
            lifetime=state.expires - state.created,
        )
        again = build_xml(
            given, state.slot, chain_der=signature.certificates_der, at=state.created, policy=policy
        )
    except (CallerError, InputError) as error:
        raise CallerError("SIGN.STATE", where=str(state.slot), detail=error.cause) from error
    if again != state:
        raise CallerError("SIGN.STATE", where=str(state.slot))
    return completed


def _checked(octets: bytes, state: ToBeSigned, signature_count: int) -> CompletedXml:
    """Read the result as a verifier would."""
    opened = OpenXml.of(octets)
    parsed = opened.read()
    signature = parsed.signature(state.slot)
    if (
        signature is None
        # An altered state could bring in more than one signature, or hide one that was there.
        or len(parsed.signatures) != signature_count
        or signature.signed_info_octets != state.octets
    ):
        raise CallerError("SIGN.STATE", where=str(state.slot))
    integrity = check_integrity(signature)
    # What was put in may lie within what others have signed.
    if not all(
        reference.is_intact for other in parsed.signatures for reference in other.references
    ):
        raise CallerError("SIGN.STATE", where=str(state.slot))
    if not integrity.is_intact or integrity.findings:
        raise CallerError("SIGN.VALUE", where=str(state.slot))
    return CompletedXml(opened=opened, signature=signature)
