"""`hocba complete`: the second half of signing, when the value has come back."""

import argparse
import base64
import binascii
from datetime import UTC, datetime

from hocba_sign.adapters.files import is_folder, read_limited
from hocba_sign.cli import console
from hocba_sign.cli.class_complete import complete_class
from hocba_sign.cli.delivery import holding
from hocba_sign.cli.file_or_stdin import STATE_LIMIT, read_document
from hocba_sign.cli.level_option import authority_of, note_fallback
from hocba_sign.cli.outcome import announce
from hocba_sign.cli.token_key import refuse_stray_options, token_signer
from hocba_sign.errors import CallerError, InputError
from hocba_sign.operations.signing import complete, time_stamp
from hocba_sign.pades.header import is_pdf
from hocba_sign.pades.write_cms import chain
from hocba_sign.signing.state import SignedDocument, ToBeSigned
from hocba_sign.xades.transcript.read import read

_VALUE_LIMIT = 64 * 1024


def run(given: argparse.Namespace) -> int:
    """Complete.

    Raises: CallerError CLI.VALUE, CLI.TOKEN_OPTIONS; as `token_signer`, `complete`,
    `time_stamp` and `complete_class`; then there is no output file.
    """
    refuse_stray_options(given)
    if given.state != console.STANDARD and is_folder(given.state):
        return complete_class(given)
    authority = authority_of(given)
    state = ToBeSigned.from_json(read_document(given.state, limit=STATE_LIMIT))
    signed = complete(state, _value(given, state), at=datetime.now(UTC))
    certificate_der = _certificate(signed, state)
    if authority is not None:
        signed = time_stamp(signed, authority, now=datetime.now(UTC))
        note_fallback(given, authority)
    with holding(given.out):
        announce(given, signed, certificate_der=certificate_der, at=state.created)
    return console.EXIT_VALID


def _certificate(signed: SignedDocument, state: ToBeSigned) -> bytes:
    if is_pdf(signed.octets):
        return chain(state.unsigned)[0]
    signature = read(signed.octets).signature(signed.slot)
    if signature is None:
        raise InputError("SIGN.STATE", where=str(signed.slot))
    return signature.certificates_der[0]


def _value(given: argparse.Namespace, state: ToBeSigned) -> bytes:
    if given.pkcs11 is not None:
        with token_signer(given) as signer:
            return signer.sign(state.octets, state.algorithm)
    if given.value is not None:
        return read_limited(given.value, _VALUE_LIMIT)
    try:
        return base64.b64decode("".join(given.value_base64.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CallerError("CLI.VALUE") from error
