"""From level B to level T in a PDF: the token goes beside the value, into the same room."""

from hocba_sign.crypto.digests import digest
from hocba_sign.errors import CallerError
from hocba_sign.pades.read_cms import read_cms
from hocba_sign.pades.write_cms import signature_value, with_time_stamp
from hocba_sign.pades.write_pdf import fill
from hocba_sign.pki.timestamp.protocol import read_token, verify_token
from hocba_sign.signing.pdf.complete import CompletedPdf, read_last


def pdf_octets_to_time_stamp(completed: CompletedPdf) -> bytes:
    """Return the octets whose digest goes to the authority: the signature value.

    Spec: EN 319 122-1, 5.3.
    """
    return signature_value(completed.cms_der)


def with_pdf_time_stamp(completed: CompletedPdf, token_der: bytes) -> bytes:
    """Put a token on the signature that was just made; everything but the room left for it stays.

    Raises: InputError `TST.*` for a malformed token, CallerError `SIGN.TIME_STAMP` for one that is
    of other octets or not intact, `SIGN.ROOM` for one that is too large.
    """
    value = pdf_octets_to_time_stamp(completed)
    check = verify_token(read_token(token_der), lambda algorithm: digest(algorithm, value))
    if not check.intact:
        raise CallerError("SIGN.TIME_STAMP", where=", ".join(check.causes))
    octets = fill(completed.gap, with_time_stamp(completed.cms_der, token_der))
    result = read_last(octets, completed.slot)
    cms = read_cms(result.cms_der, where=str(result.slot))
    if (cms.value, cms.tokens[-1:]) != (value, (token_der,)):
        raise CallerError("SIGN.STATE", where=str(result.slot))
    return octets
