"""From level B to level T: ask what must be time-stamped, put the token in."""

from dataclasses import replace

from hocba_sign.crypto.digests import digest
from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import Slot
from hocba_sign.pades.head import is_pdf
from hocba_sign.pki.timestamp.protocol import read_token, verify_token
from hocba_sign.signing.pdf.complete import pdf_octets_to_time_stamp, with_pdf_time_stamp
from hocba_sign.signing.state import SignedDocument
from hocba_sign.signing.xml.enclosure import require_open
from hocba_sign.xades.syntax.names import OBJECT, QUALIFYING_PROPERTIES
from hocba_sign.xades.transcript.read import signature_elements
from hocba_sign.xades.transcript.write import time_stamp, time_stamped_octets
from hocba_sign.xml.layout import recognise
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import insert, path_of
from hocba_sign.xml.tree import Element


def octets_to_time_stamp(signed: SignedDocument) -> bytes:
    """Return the octets whose digest goes to the time-stamp authority: the canonical
    SignatureValue, of a PDF the value itself.

    Spec: EN 319 132-1, 5.3.
    """
    if is_pdf(signed.octets):
        return pdf_octets_to_time_stamp(signed)
    return time_stamped_octets(_signature(signed.octets, signed.slot))


def with_time_stamp(signed: SignedDocument, token_der: bytes) -> SignedDocument:
    """Put a time-stamp token on the signature that was just made; everything else stays as it is,
    to the byte.

    Raises: InputError `TST.*` for a malformed token, CallerError `SIGN.TIME_STAMP` for one that is
    of other octets or not intact, `SIGN.HAS_UNSIGNED_PROPERTIES` when the signature carries some
    already, `EXTEND.COVERED` when others cover it, `SIGN.ROOM` when it is too large for a PDF. Does
    not judge trust in the authority.
    """
    if is_pdf(signed.octets):
        return with_pdf_time_stamp(signed, token_der)
    signature = _signature(signed.octets, signed.slot)
    token = read_token(token_der)
    octets = time_stamped_octets(signature)
    check = verify_token(token, lambda algorithm: digest(algorithm, octets))
    if not check.intact:
        raise CallerError("SIGN.TIME_STAMP", where=", ".join(check.causes))
    qualifying = signature.find(f"{OBJECT}/{QUALIFYING_PROPERTIES}")
    if qualifying is None or len(qualifying) != 1:
        raise CallerError("SIGN.HAS_UNSIGNED_PROPERTIES", where=str(signed.slot))
    return replace(
        signed, octets=insert(signed.octets, path_of(qualifying), fragment=time_stamp(token_der))
    )


def _signature(octets: bytes, slot: Slot) -> Element:
    xml = parse(octets)
    require_open(xml, slot)
    signature = signature_elements(xml.root, recognise(xml.root)).get(slot)
    if signature is None:
        raise CallerError("SIGN.NO_SUCH_SLOT", where=str(slot))
    return signature
