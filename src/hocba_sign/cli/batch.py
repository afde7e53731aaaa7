"""`hocba sign` of a folder: many files with one key; one bad file never stops the rest, and a run
that was killed goes on where it was.
"""

import argparse
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from hocba_sign.adapters.files import read_limited, write_atomically
from hocba_sign.adapters.locks import exclusive
from hocba_sign.adapters.tsa import TimeStampClient
from hocba_sign.ades.integrity import check_integrity
from hocba_sign.catalogue.messages import message
from hocba_sign.cli import console
from hocba_sign.cli.keys import opened_signer
from hocba_sign.cli.level import authority_of, policy_of
from hocba_sign.cli.material import note_findings
from hocba_sign.cli.slot import choose_slots, require_teacher
from hocba_sign.cli.words import say
from hocba_sign.crypto.signer import Signer
from hocba_sign.errors import CallerError, Finding, HocbaSignError, InputError, OutsideError
from hocba_sign.model.workflow import Slot
from hocba_sign.operations.signing import merge, sign
from hocba_sign.report.certificate import warnings
from hocba_sign.signing.policy import Level, SigningPolicy
from hocba_sign.signing.xml.draft import read_draft
from hocba_sign.xml.limits import MAX_BYTES

TSA_FAILURES_TOLD: Final = 3
"""After so many files in a row without a time-stamp people are told; the rest is tried all the
same.
"""

_BAR: Final = 30
_PART: Final = re.compile(r"\.(.+)\.[a-z0-9_]{8}\.part", re.DOTALL)
"""What `write_atomically` leaves behind when it is killed."""


class Result(StrEnum):
    """What became of one file; `already` is the result of an earlier run, `refused` the file's
    fault, `failed` something outside.
    """

    SIGNED = "signed"
    ALREADY = "already"
    REFUSED = "refused"
    FAILED = "failed"


_CODES: Final = {
    Result.SIGNED: console.EXIT_VALID,
    Result.ALREADY: console.EXIT_VALID,
    Result.REFUSED: console.EXIT_INVALID,
    Result.FAILED: console.EXIT_OUTSIDE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One file of the folder: its result, the slots where there is a signature, the result file's
    SHA-256, or what was in the way.
    """

    source: Path
    out: Path
    result: Result
    slots: tuple[Slot, ...] = ()
    sha256: str | None = None
    error: HocbaSignError | None = None
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    given: argparse.Namespace
    signer: Signer
    authority: TimeStampClient | None
    policy: SigningPolicy


def sign_folder(given: argparse.Namespace) -> int:
    """Sign every .xml file of the folder in the order of names; results go under the same names
    into the folder `--out`.

    The exit code is the worst of the files: 6 when something outside failed, 1 when a file was
    refused, else 0. Raises, before anything is signed: as `authority_of`, `opened_signer` and
    `require_teacher`; CallerError BATCH.SAME_FOLDER, BATCH.OUT_NOT_FOLDER; OutsideError
    BATCH.NO_FILES, BATCH.RUNNING, FILE.UNREADABLE, FILE.NO_FOLDER, FILE.UNWRITABLE.
    """
    require_teacher(given)
    authority = authority_of(given)
    sources = _sources(given.file)
    policy = policy_of(given, Level(given.level))
    with opened_signer(given) as signer:
        session = _Session(given=given, signer=signer, authority=authority, policy=policy)
        _make_folder(given)
        with exclusive(given.out, cause="BATCH.RUNNING"):
            _remove_parts(given.out, frozenset(source.name for source in sources))
            results = _sign_all(session, sources)
    _summarise(given, results)
    return (
        console.EXIT_OUTSIDE
        if results[Result.FAILED]
        else max(_CODES[result] for result in results)
    )


def _sources(folder: Path) -> tuple[Path, ...]:
    try:
        found = (
            entry
            for entry in folder.iterdir()
            if entry.suffix.lower() == ".xml" and not entry.name.startswith(".")
        )
        sources = tuple(sorted(found))
    except OSError as error:
        raise OutsideError(
            "FILE.UNREADABLE", where=str(folder), detail=str(error.strerror)
        ) from error
    if not sources:
        raise OutsideError("BATCH.NO_FILES", where=str(folder))
    return sources


def _make_folder(given: argparse.Namespace) -> None:
    if given.out == console.STANDARD:
        raise CallerError("BATCH.OUT_NOT_FOLDER", where=str(given.out))
    try:
        given.out.mkdir(exist_ok=True)
        is_same = given.out.samefile(given.file)
    except FileExistsError as error:
        raise CallerError("BATCH.OUT_NOT_FOLDER", where=str(given.out)) from error
    except FileNotFoundError as error:
        raise OutsideError("FILE.NO_FOLDER", where=str(given.out.parent)) from error
    except OSError as error:
        raise OutsideError(
            "FILE.UNWRITABLE", where=str(given.out), detail=str(error.strerror)
        ) from error
    if is_same:
        raise CallerError("BATCH.SAME_FOLDER", where=str(given.out))


def _remove_parts(folder: Path, names: frozenset[str]) -> None:
    """Remove what a killed run left of these files; nobody else writes here now."""
    try:
        for entry in folder.iterdir():
            part = _PART.fullmatch(entry.name)
            if part is not None and part[1] in names:
                entry.unlink(missing_ok=True)
    except OSError as error:
        raise OutsideError(
            "FILE.UNWRITABLE", where=str(folder), detail=str(error.strerror)
        ) from error


def _sign_all(session: _Session, sources: tuple[Path, ...]) -> Counter[Result]:
    given = session.given
    results: Counter[Result] = Counter()
    told: set[Finding] = set()
    stamps_missed = 0
    for number, source in enumerate(sources):
        with _progress(number, len(sources)):
            item = _attempt(session, source)
        _print(item, given)
        note_findings(
            (note for note in item.notes if note not in told and not given.json), given.lang
        )
        told.update(item.notes)
        results[item.result] += 1
        is_missed = item.error is not None and item.error.cause.startswith("TSA.")
        stamps_missed = (
            stamps_missed + 1 if is_missed else 0 if item.result is Result.SIGNED else stamps_missed
        )
        if is_missed and stamps_missed == TSA_FAILURES_TOLD:
            console.note(say("BATCH_TSA", given.lang, count=stamps_missed))
    return results


def _attempt(session: _Session, source: Path) -> BatchItem:
    out = session.given.out / source.name
    try:
        return _sign_one(session, source, out)
    except (CallerError, InputError) as error:
        return BatchItem(source=source, out=out, result=Result.REFUSED, error=error)
    except HocbaSignError as error:
        return BatchItem(source=source, out=out, result=Result.FAILED, error=error)
    except Exception as error:  # noqa: BLE001 - whatever one file makes fail, the others are signed
        return BatchItem(
            source=source,
            out=out,
            result=Result.FAILED,
            error=OutsideError("CLI.INTERNAL", where=type(error).__name__),
        )


def _sign_one(session: _Session, source: Path, out: Path) -> BatchItem:
    document = read_limited(source, MAX_BYTES)
    draft = read_draft(document)
    slots = choose_slots(draft, session.given, certificate_der=session.signer.chain_der[0])
    wanted = tuple(slot for slot in slots if slot not in draft.filled)
    if not wanted:
        raise CallerError("SIGN.ALREADY_SIGNED", where=", ".join(map(str, slots)))
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
    octets, notes = document, dict[Finding, None]()
    for slot in wanted:
        signed = sign(
            octets,
            slot,
            signer=session.signer,
            at=datetime.now(UTC),
            tsa=session.authority,
            policy=session.policy,
        )
        octets = signed.octets
        notes |= dict.fromkeys(signed.notes)
    write_atomically(out, octets)
    sha256 = hashlib.sha256(octets).hexdigest()
    return BatchItem(
        source=source,
        out=out,
        result=Result.SIGNED,
        slots=wanted,
        sha256=sha256,
        notes=tuple(notes),
    )


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


@contextmanager
def _progress(done: int, count: int) -> Iterator[None]:
    """Show a bar while a file is signed, on a terminal only, and take it away again."""
    if not sys.stderr.isatty():
        yield
        return
    full = _BAR * done // count
    bar = f"[{'#' * full}{'.' * (_BAR - full)}] {done + 1}/{count}"
    print(f"\r{bar}", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        print(f"\r{' ' * len(bar)}\r", end="", file=sys.stderr, flush=True)


def _print(item: BatchItem, given: argparse.Namespace) -> None:
    if given.json:
        console.result_json(_fact(item))
        return
    shown = console.printable(str(item.out if item.error is None else item.source))
    reason = "" if item.error is None else console.described(item.error, given.lang)
    slots = ", ".join(map(str, item.slots))
    console.result(
        say(
            f"BATCH_{item.result.name}",
            given.lang,
            file=shown,
            reason=reason,
            slots=slots,
            level=given.level,
        )
    )


def _fact(item: BatchItem) -> dict[str, Any]:
    fact: dict[str, Any] = {
        "file": str(item.source),
        "result": item.result.value,
        "cause": None,
        "where": None,
        "out": str(item.out) if item.error is None else None,
        "sha256": item.sha256,
        "slots": [str(slot) for slot in item.slots],
        "checks": warnings(item.notes),
    }
    if item.error is None:
        return fact
    words = message(item.error.cause)
    return fact | {
        "cause": item.error.cause,
        "where": item.error.where,
        "message": {"vi": words.vi, "en": words.en},
    }


def _summarise(given: argparse.Namespace, results: Counter[Result]) -> None:
    counts = {result.value: results[result] for result in Result}
    if given.json:
        console.result_json({"summary": counts})
    else:
        console.result(say("BATCH_SUMMARY", given.lang, count=results.total(), **counts))
    if results[Result.FAILED]:
        console.note(say("BATCH_AGAIN", given.lang))
