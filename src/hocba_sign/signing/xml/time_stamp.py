"""From level B to level T: ask what must be time-stamped, put the token in."""

from hocba_sign.ades.structure import StampKind
from hocba_sign.crypto.digests import digest
from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.timestamp.protocol import read_token, verify_token
from hocba_sign.signing.read_back import require_stamped
from hocba_sign.signing.xml.opened import OpenXml
from hocba_sign.xades.syntax.names import OBJECT, QUALIFYING_PROPERTIES
from hocba_sign.xades.transcript.write import time_stamp, time_stamped_octets


def xml_octets_to_time_stamp(opened: OpenXml, slot: Slot) -> bytes:
    """Return the octets whose digest goes to the time-stamp authority: the canonical
    SignatureValue.

    Raises: CallerError `EXTEND.COVERED` when others cover the signature, `SIGN.NO_SUCH_SLOT`.
    Spec: EN 319 132-1, 5.3.
    """
    opened.require_uncovered(slot)
    return time_stamped_octets(opened.signature(slot))


def with_xml_time_stamp(opened: OpenXml, slot: Slot, *, token_der: bytes) -> bytes:
    """Put a time-stamp token on the signature of `slot`; everything else stays as it is, to the
    byte.

    Raises: as `xml_octets_to_time_stamp`; InputError `TST.*` for a malformed token, CallerError
    `SIGN.TIME_STAMP` for one that is of other octets or not intact,
    `SIGN.HAS_UNSIGNED_PROPERTIES` when the signature carries some already. Does not judge trust in
    the authority.
    """
    octets = xml_octets_to_time_stamp(opened, slot)
    check = verify_token(read_token(token_der), lambda algorithm: digest(algorithm, octets))
    if not check.intact:
        raise CallerError("SIGN.TIME_STAMP", where=", ".join(check.causes))
    qualifying = opened.signature(slot).find(f"{OBJECT}/{QUALIFYING_PROPERTIES}")
    if qualifying is None or len(qualifying) != 1:
        raise CallerError("SIGN.HAS_UNSIGNED_PROPERTIES", where=str(slot))
    stamped = opened.with_fragments({qualifying: time_stamp(token_der)})
    made = OpenXml.of(stamped).read().signature(slot)
    require_stamped(made, str(slot), kind=StampKind.SIGNATURE)
    return stamped
