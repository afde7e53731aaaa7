"""From level T to LT and LTA in a PDF: revisions with a DSS dictionary, and with a document
time-stamp over everything.
"""

from typing import Final

from hocba_sign.crypto.digests import digest
from hocba_sign.errors import CallerError
from hocba_sign.pades.facts.field_names import TIME_STAMP_PREFIX
from hocba_sign.pades.facts.form import PlannedRevision, SignaturePlaceholder
from hocba_sign.pades.write_cms import TIME_STAMP_ROOM
from hocba_sign.pades.write_pdf import engine, fill
from hocba_sign.pki.timestamp.protocol import read_token, verify_token
from hocba_sign.signing.validation_data import ValidationData

_DIGEST: Final = "sha256"


def with_pdf_validation_data(octets: bytes, data: ValidationData) -> bytes:
    """Append the DSS dictionary, grown by `data`.

    Raises: InputError `PDF.*`. Spec: EN 319 142-1, 5.4.2.
    """
    return engine().append_values(
        octets, certificates=data.certificates, crls=data.crls, ocsps=data.ocsps
    )


def pdf_archive_gap(octets: bytes) -> SignaturePlaceholder:
    """Append a document time-stamp without its token: `covered` is what it must be of.

    Raises: InputError `PDF.*`. Spec: EN 319 142-1, 5.4.3.
    """
    names = {field.name for field in engine().read_form(octets).fields}
    number = next(
        counter
        for counter in range(1, len(names) + 2)
        if f"{TIME_STAMP_PREFIX}{counter}" not in names
    )
    return engine().append_gap(
        octets,
        PlannedRevision(
            field=f"{TIME_STAMP_PREFIX}{number}", room=TIME_STAMP_ROOM, digest_name=_DIGEST
        ),
    )


def with_pdf_archive_time_stamp(gap: SignaturePlaceholder, token_der: bytes) -> bytes:
    """Put the token in.

    Raises: InputError `TST.*`; CallerError `SIGN.TIME_STAMP` for one of other octets or not intact,
    `SIGN.ROOM`.
    """
    check = verify_token(read_token(token_der), lambda algorithm: digest(algorithm, gap.covered))
    if not check.intact:
        raise CallerError("SIGN.TIME_STAMP", where=", ".join(check.causes))
    return fill(gap, token_der)
