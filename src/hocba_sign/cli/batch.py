"""`hocba sign` of many files with one key; one bad file never stops the rest, and a run that was
killed goes on where it was.
"""

import argparse
import hashlib
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from hocba_sign.adapters.failures import FAILURES_IN_A_ROW
from hocba_sign.adapters.files import read_limited, write_atomically
from hocba_sign.adapters.locks import exclusive
from hocba_sign.adapters.tsa_series import TimeStampSeries
from hocba_sign.ades.integrity import check_integrity
from hocba_sign.cli import console
from hocba_sign.cli.batch_run import (
    BatchItem,
    BatchKind,
    Rest,
    Result,
    run_each,
    summarise,
    tell_each,
)
from hocba_sign.cli.folders import BatchSource, make_folder, named, remove_parts, sources_in
from hocba_sign.cli.help_words import say
from hocba_sign.cli.level_option import authority_of, note_fallback, policy_of
from hocba_sign.cli.remote import FOLDER, RemoteKey
from hocba_sign.cli.signer_key import opened_signer
from hocba_sign.cli.slot import require_teacher, slots_to_sign
from hocba_sign.crypto.signer import Signer
from hocba_sign.errors import CallerError, Finding, HocbaSignError, InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot
from hocba_sign.operations.signing import merge, sign_value, time_stamp
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.signing.state import SignedDocument
from hocba_sign.signing.xml.draft import read_draft
from hocba_sign.xml.limits import MAX_BYTES

_KIND = BatchKind(Result.SIGNED, "BATCH")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    given: argparse.Namespace
    signer: Signer | RemoteKey
    authority: TimeStampSeries | None
    policy: SigningPolicy


def sign_folder(given: argparse.Namespace) -> int:
    """Sign every .xml file that the call names, in its order; results go into the folder `--out`,
    as they lie in what was named.

    The exit code is the worst of the files: 6 when something outside failed, 1 when a file was
    refused, else 0. Raises, before anything is signed: as `authority_of`, `opened_signer` and
    `require_teacher`; CallerError BATCH.SAME_FOLDER, BATCH.OUT_NOT_FOLDER, CLI.OUT_IS_INPUT;
    OutsideError BATCH.NO_FILES, BATCH.RUNNING, FILE.UNREADABLE, FILE.NO_FOLDER, FILE.UNWRITABLE.
    """
    require_teacher(given)
    authority = authority_of(given)
    sources = sources_in(named(given), out=given.out)
    policy = policy_of(given, Level(given.level))
    with opened_signer(given, given.out / FOLDER, policy=policy) as signer:
        session = _Session(given=given, signer=signer, authority=authority, policy=policy)
        make_folder(given.out, apart_from=named(given), sources=sources)
        with exclusive(given.out, cause="BATCH.RUNNING"):
            remove_parts(given.out, sources)
            results = _sign_all(session, sources)
    note_fallback(given, authority)
    if authority is not None and authority.is_given_up:
        console.note(say("BATCH_TSA", given.lang, count=FAILURES_IN_A_ROW))
    return summarise(given, results, kind=_KIND)


def _sign_all(session: _Session, sources: tuple[BatchSource, ...]) -> Counter[Result]:
    if isinstance(session.signer, RemoteKey):
        session.signer.gather(_unsigned(session, sources))
    items = run_each(
        sources,
        partial(_begun, session),
        place=lambda held: (held.path, session.given.out / held.place),
    )
    results = tell_each(items, session.given, kind=_KIND)
    if isinstance(session.signer, RemoteKey):
        session.signer.finish()
    return results


def _unsigned(
    session: _Session, sources: tuple[BatchSource, ...]
) -> dict[Path, tuple[bytes, tuple[Slot, ...]]]:
    """Return the documents to be signed that have no result yet, by where that goes; what is wrong
    with one is told when its turn comes.
    """
    found = {}
    for held in sources:
        out = session.given.out / held.place
        with suppress(HocbaSignError):
            document = held.read()
            if not out.exists():
                found[out] = document, _wanted(session, document)
    return found


def _wanted(session: _Session, document: bytes) -> tuple[Slot, ...]:
    """Return the slots to be signed. Raises: as `slots_to_sign`."""
    certificate_der = session.signer.chain_der[0]
    return slots_to_sign(document, session.given, certificate_der=certificate_der).slots


def _begun(session: _Session, held: BatchSource) -> BatchItem | Rest:
    """Sign a file that is not signed yet, with a key that does one thing at a time; its time-stamps
    are left to the pool.
    """
    out, source = session.given.out / held.place, held.path
    document = held.read()
    wanted = _wanted(session, document)
    if out.is_symlink():
        raise CallerError("BATCH.OTHER_RESULT", where=str(out))
    if out.exists():
        octets = read_limited(out, MAX_BYTES)
        _require_result(session, octets, document=document, slots=wanted)
        return BatchItem(
            source=source,
            out=out,
            result=Result.ALREADY,
            slots=wanted,
            sha256=hashlib.sha256(octets).hexdigest(),
        )
    if session.authority is not None and session.authority.is_given_up:
        raise OutsideError("BATCH.STOPPED", where=str(source))
    signed, notes = _signed(session, document, wanted)
    item = BatchItem(source=source, out=out, result=Result.SIGNED, slots=wanted, notes=notes)
    if session.authority is None:
        return _written(item, signed)
    return partial(_stamped, item, signed, tsa=session.authority)


def _signed(
    session: _Session, document: bytes, slots: tuple[Slot, ...]
) -> tuple[bytes, tuple[Finding, ...]]:
    """Sign the slots at level B."""
    if isinstance(session.signer, RemoteKey):
        return session.signer.signed(document, slots)
    notes = dict[Finding, None]()
    for slot in slots:
        signed = sign_value(
            document, slot, signer=session.signer, at=datetime.now(UTC), policy=session.policy
        )
        document = signed.octets
        notes |= dict.fromkeys(signed.notes)
    return document, tuple(notes)


def _stamped(item: BatchItem, octets: bytes, *, tsa: TimeStampSeries) -> BatchItem:
    """Fetch a time-stamp for each new signature, then write the file."""
    for slot in item.slots:
        signed = SignedDocument(octets=octets, slot=slot)
        octets = time_stamp(signed, tsa, now=datetime.now(UTC)).octets
    return _written(item, octets)


def _written(item: BatchItem, octets: bytes) -> BatchItem:
    write_atomically(item.out, octets)
    return replace(item, sha256=hashlib.sha256(octets).hexdigest())


def _require_result(
    session: _Session, octets: bytes, *, document: bytes, slots: tuple[Slot, ...]
) -> None:
    """Refuse a file that is not `document` with intact signatures of this key in `slots`, and at
    most others' beside them.

    Raises: CallerError BATCH.OTHER_RESULT, BATCH.OTHER_SIGNER, BATCH.LOWER_LEVEL.
    """
    try:
        is_same = merge(document, [octets]) == octets
        parsed = read_draft(octets).parsed
    except (CallerError, InputError) as error:
        raise CallerError("BATCH.OTHER_RESULT", where=error.where, detail=error.cause) from error
    for slot in slots:
        signature = parsed.signature(slot)
        if not is_same or signature is None:
            raise CallerError("BATCH.OTHER_RESULT", where=str(slot))
        certificate = check_integrity(signature).certificate
        if certificate is None or certificate.der != session.signer.chain_der[0]:
            raise CallerError("BATCH.OTHER_SIGNER", where=str(slot))
        if session.authority is not None and not signature.time_stamps:
            raise CallerError("BATCH.LOWER_LEVEL", where=str(slot))
