"""What a page may say of the signatures in the file that it shows: who, when, and by whose word.

It follows from the octets alone, so that the page can be made again anywhere: nothing is said about
whom to trust.
"""

from datetime import datetime

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.structure import ParsedDocument, ParsedSignature, StampKind
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.timestamp.protocol import verify_token
from hocba_sign.pki.timestamp.token import read_token


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSignature:
    """A signature in a slot. `name` and `title` are from the certificate, None where the signature
    does not hold.

    `time` (UTC) is that of the first time-stamp of its value, `is_stamped`, else the claimed one.
    """

    slot: Slot
    name: str | None
    title: str | None = None
    time: datetime | None = None
    is_stamped: bool = False


def shown_signatures(document: ParsedDocument) -> tuple[ShownSignature, ...]:
    """Return what there is to say of every signature that stands in a slot."""
    return tuple(
        _shown(signature, signature.slot)
        for signature in document.signatures
        if signature.slot is not None
    )


def _shown(signature: ParsedSignature, slot: Slot) -> ShownSignature:
    integrity = check_integrity(signature)
    if not integrity.is_intact or integrity.certificate is None:
        return ShownSignature(slot=slot, name=None)
    subject, stamped = integrity.certificate.subject, _stamped(signature)
    stated = None if signature.properties is None else signature.properties.signing_time
    return ShownSignature(
        slot=slot,
        name=subject.common_name,
        title=subject.title,
        time=stated if stamped is None else stamped,
        is_stamped=stamped is not None,
    )


def _stamped(signature: ParsedSignature) -> datetime | None:
    """Return the earliest time of the tokens that are of this value and whose signature holds."""
    times = []
    for stamp in signature.time_stamps:
        for token_der in stamp.tokens_der if stamp.kind is StampKind.SIGNATURE else ():
            try:
                token = read_token(token_der)
                check = verify_token(token, stamp.imprint)
            except InputError:
                continue
            if check.intact and not check.causes:
                times.append(token.gen_time)
    return min(times, default=None)
