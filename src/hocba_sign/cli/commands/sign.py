"""`hocba sign`: one key for one slot of one file, or for a folder of them."""

import argparse
from dataclasses import replace
from datetime import UTC, datetime

from hocba_sign.cli import console
from hocba_sign.cli.batch import sign_folder
from hocba_sign.cli.delivery import holding, is_in_place
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.folders import named, names_many
from hocba_sign.cli.help_words import say
from hocba_sign.cli.level_option import authority_of, note_fallback, policy_of
from hocba_sign.cli.outcome import announce
from hocba_sign.cli.remote import FOLDER, RemoteKey
from hocba_sign.cli.signer_key import opened_signer
from hocba_sign.cli.slot import choose_slot
from hocba_sign.model.workflow import Slot
from hocba_sign.operations.signing import TimeStampAuthority, sign, time_stamp
from hocba_sign.signing.signing_policy import Level
from hocba_sign.signing.state import SignedDocument


def run(given: argparse.Namespace) -> int:
    """Sign.

    Raises: as `sign`, `opened_signer`, `choose_slot` and `sign_folder`; then there is no
    output file.
    """
    if names_many(named(given)):
        return sign_folder(given)
    authority = authority_of(given)
    policy = policy_of(given, Level(given.level))
    folder = given.out.with_name(f".{given.out.name}{FOLDER}")
    with opened_signer(given, folder, policy=policy) as signer, holding(given.out):
        certificate_der = signer.chain_der[0]
        document = read_document(given.file)
        slot = choose_slot(document, given, certificate_der=certificate_der)
        if authority is not None:
            console.progress(say("STAMPING", given.lang, url=authority.url))
        at = datetime.now(UTC)
        if isinstance(signer, RemoteKey):
            signed, at = _signed_remotely(signer, document, slot, authority=authority)
        else:
            signed = sign(document, slot, signer=signer, at=at, tsa=authority, policy=policy)
        note_fallback(given, authority)
        made_of = document if is_in_place(given.file, given.out) else None
        announce(given, signed, certificate_der=certificate_der, at=at, made_of=made_of)
        if isinstance(signer, RemoteKey):
            signer.finish()
    return console.EXIT_VALID


def _signed_remotely(
    key: RemoteKey, document: bytes, slot: Slot, *, authority: TimeStampAuthority | None
) -> tuple[SignedDocument, datetime]:
    """Return the signed document, and the claimed time, which is that of its preparation."""
    key.gather({key.given.out: (document, (slot,))})
    octets, notes = key.signed(document, (slot,))
    signed = SignedDocument(octets=octets, slot=slot)
    if authority is not None:
        signed = time_stamp(signed, authority, now=datetime.now(UTC))
    return replace(signed, notes=notes), key.prepared_at(document, slot)
