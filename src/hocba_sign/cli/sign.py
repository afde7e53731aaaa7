"""`hocba sign`: one key for one slot of one file, or for a folder of them."""

import argparse
from datetime import UTC, datetime

from hocba_sign.adapters.files import is_folder
from hocba_sign.cli import console
from hocba_sign.cli.batch import sign_folder
from hocba_sign.cli.delivery import holding, is_in_place
from hocba_sign.cli.documents import read_document
from hocba_sign.cli.keys import opened_signer
from hocba_sign.cli.level import authority_of, note_fallback, policy_of
from hocba_sign.cli.outcome import announce
from hocba_sign.cli.slot import choose_slot
from hocba_sign.cli.words import say
from hocba_sign.operations.signing import sign
from hocba_sign.signing.policy import Level


def run(given: argparse.Namespace) -> int:
    """Sign.

    Raises: as `sign`, `opened_signer`, `choose_slot` and `sign_folder`; then there is no
    output file.
    """
    if given.file != console.STANDARD and is_folder(given.file):
        return sign_folder(given)
    authority = authority_of(given)
    with opened_signer(given) as signer, holding(given.out):
        certificate_der = signer.chain_der[0]
        document = read_document(given.file)
        slot = choose_slot(document, given, certificate_der=certificate_der)
        if authority is not None:
            console.progress(say("STAMPING", given.lang, url=authority.url))
        at = datetime.now(UTC)
        signed = sign(
            document,
            slot,
            signer=signer,
            at=at,
            tsa=authority,
            policy=policy_of(given, Level(given.level)),
        )
        note_fallback(given, authority)
        made_of = document if is_in_place(given.file, given.out) else None
        announce(given, signed, certificate_der=certificate_der, at=at, made_of=made_of)
    return console.EXIT_VALID
