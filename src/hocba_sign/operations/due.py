"""Until when a signature can be made to last: what its proof rests on ends one day, and then it is
too late.
"""

from collections.abc import Iterator
from datetime import datetime

from hocba_sign.ades.structure import ParsedSignature, StampKind
from hocba_sign.crypto.acceptance import acceptable
from hocba_sign.crypto.signer import default_algorithm
from hocba_sign.crypto.verify import key_bits, load_public_key
from hocba_sign.errors import HocbaSignError
from hocba_sign.operations.extension import covered_slots, signatures_of
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.timestamp.protocol import read_token


def extension_due(document: bytes) -> datetime | None:
    """Return by when (UTC) a transcript has to be extended: the earliest end of what one of its
    signatures rests on; None where no signature can be.

    With an archive time-stamp that is its authority's certificate, or the use of its key by ETSI;
    before, the signature time-stamp's, and the signer's as long as there is no revocation data in
    the file. Nothing is judged.
    Raises: InputError for an unreadable document.
    """
    covered = covered_slots(document)
    ends = [
        end
        for signature in signatures_of(document)
        if signature.slot is None or signature.slot not in covered
        for end in _ends(signature)
    ]
    return min(ends, default=None)


def _ends(signature: ParsedSignature) -> Iterator[datetime]:
    archive = [stamp for stamp in signature.time_stamps if stamp.kind is StampKind.ARCHIVE]
    stamps = archive[-1:] or [
        stamp for stamp in signature.time_stamps if stamp.kind is StampKind.SIGNATURE
    ]
    for stamp in stamps:
        for token_der in stamp.tokens_der:
            token = read_token(token_der)
            # Without its certificate there is nothing to tell its end by: at once, then.
            yield (
                token.gen_time
                if token.certificate is None
                else _end(token.certificate, token.gen_time)
            )
    has_data = bool(signature.embedded_crls_der or signature.embedded_ocsps_der)
    if not archive and not (stamps and has_data) and signature.certificates_der:
        yield Certificate.load(signature.certificates_der[0]).not_after


def _end(certificate: Certificate, at: datetime) -> datetime:
    """Return when a certificate ends, or ETSI's time for its key if that is earlier."""
    try:
        key = load_public_key(certificate.public_key_der)
        until = acceptable(default_algorithm(key), key_bits(key), at=at).until
    except HocbaSignError:
        until = None
    return certificate.not_after if until is None else min(until, certificate.not_after)
