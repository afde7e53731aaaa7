"""`hocba complete` of a class: the values that came back go into the documents, each for itself."""

import argparse
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from hocba_sign.adapters.failures import FAILURES_IN_A_ROW
from hocba_sign.adapters.files import read_limited, write_atomically
from hocba_sign.adapters.locks import exclusive, exclusive_file
from hocba_sign.adapters.tsa_series import TimeStampSeries
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
from hocba_sign.cli.class_work import MANIFEST, ClassWork
from hocba_sign.cli.file_or_stdin import read_document
from hocba_sign.cli.folders import make_folder
from hocba_sign.cli.help_words import say
from hocba_sign.cli.level_option import authority_of, note_fallback
from hocba_sign.cli.token_key import token_signer
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.operations.extension import signatures_of
from hocba_sign.operations.signing import complete, merge, time_stamp
from hocba_sign.pades.header import is_pdf
from hocba_sign.signing.manifest import MAX_MANIFEST_OCTETS, ManifestLine, read_values
from hocba_sign.signing.state import SignedDocument, ToBeSigned
from hocba_sign.xml.limits import MAX_BYTES

_KIND = BatchKind(Result.SIGNED, "BATCH")

ValueOf = Callable[[ManifestLine, ToBeSigned], bytes]


def complete_class(given: argparse.Namespace) -> int:
    """Complete every signature of the folder that has a value; results go under the documents'
    names into the folder `--out`, where other signers may be at work.

    A signature that is there already is left as it is; what failed can be completed by a later run,
    unless it has expired. Exit codes are those of `sign_folder`, 6 also where values are missing.
    Raises: as `authority_of`, `make_folder`, `read_values` and `token_signer`; OutsideError
    BATCH.RUNNING, BATCH.NO_FILES; InputError MANIFEST.LINE.
    """
    authority = authority_of(given)
    with exclusive(given.state, cause="BATCH.RUNNING"), _values(given) as value_of:
        work = ClassWork.opened(given.state)
        if not work.lines:
            raise OutsideError("BATCH.NO_FILES", where=str(given.state / MANIFEST))
        make_folder(given.out, apart_from=(given.state,), sources=())
        completion = _Completion(given, work, authority, value_of)
        try:
            lines = tuple(work.lines.values())
            items = run_each(lines, completion.of_line, place=completion.place)
            results = tell_each(completion.marked(items), given, kind=_KIND)
        finally:
            work.write()
    note_fallback(given, authority)
    if authority is not None and authority.is_given_up:
        console.note(say("BATCH_TSA", given.lang, count=FAILURES_IN_A_ROW))
    return summarise(given, results, kind=_KIND)


@contextmanager
def _values(given: argparse.Namespace) -> Iterator[ValueOf]:
    """Yield where the value of a line comes from: the file of values, or a token."""
    if given.pkcs11 is not None:
        with token_signer(given) as signer:
            yield lambda _, state: signer.sign(state.octets, state.algorithm)
        return
    if given.value is None:
        raise CallerError("MANIFEST.VALUES", where="--value-base64")
    values = read_values(read_document(given.value, limit=MAX_MANIFEST_OCTETS))

    def value_of(line: ManifestLine, _: ToBeSigned) -> bytes:
        if line.identifier not in values:
            raise OutsideError("MANIFEST.NO_VALUE", where=line.identifier)
        return values[line.identifier]

    yield value_of


@dataclass(frozen=True, slots=True)
class _Completion:
    given: argparse.Namespace
    work: ClassWork
    authority: TimeStampSeries | None
    value_of: ValueOf

    def place(self, line: ManifestLine) -> tuple[Path, Path]:
        """Return where the document of a line lies, and where its result goes."""
        source = self.work.path_of(line, self.given.documents)
        return source, self.given.out / line.place

    def of_line(self, line: ManifestLine) -> BatchItem | Rest:
        """Put the value in; the time-stamp is left to the pool."""
        source, out = self.place(line)
        document = self.work.document_of(line, self.given.documents)
        state = self.work.state_of(line, document)
        item = BatchItem(
            source=source,
            out=out,
            result=Result.SIGNED,
            slots=(line.slot,),
            identifier=line.identifier,
        )
        if out.exists() and out.samefile(source):
            raise CallerError("BATCH.SAME_FOLDER", where=str(out))
        if out.is_symlink():
            raise CallerError("BATCH.OTHER_RESULT", where=str(out))
        if out.exists():
            octets = read_limited(out, MAX_BYTES)
            if self._is_there(octets, state):
                sha256 = hashlib.sha256(octets).hexdigest()
                return replace(item, result=Result.ALREADY, sha256=sha256)
        if self.authority is not None and self.authority.is_given_up:
            raise OutsideError("BATCH.STOPPED", where=str(source))
        signed = complete(state, self.value_of(line, state), at=datetime.now(UTC))
        item = replace(item, notes=signed.notes)
        if self.authority is None:
            return _delivered(item, signed)
        return partial(_stamped, item, signed, tsa=self.authority)

    def marked(self, items: Iterator[BatchItem]) -> Iterator[BatchItem]:
        """Take note in the manifest of what is done."""
        for item in items:
            if item.error is None and item.identifier is not None:
                self.work.mark_done(item.identifier)
            yield item

    def _is_there(self, octets: bytes, state: ToBeSigned) -> bool:
        """Return whether the result holds this very signature, time-stamped where asked.

        Raises: CallerError SIGN.ALREADY_SIGNED where another one stands in its place,
        BATCH.LOWER_LEVEL; as `signatures_of`.
        """
        for signature in signatures_of(octets):
            if signature.slot != state.slot:
                continue
            if signature.signed_info_octets != state.octets:
                raise CallerError("SIGN.ALREADY_SIGNED", where=str(state.slot))
            if self.authority is not None and not signature.time_stamps:
                raise CallerError("BATCH.LOWER_LEVEL", where=str(state.slot))
            return True
        return False


def _stamped(item: BatchItem, signed: SignedDocument, *, tsa: TimeStampSeries) -> BatchItem:
    return _delivered(item, time_stamp(signed, tsa, now=datetime.now(UTC)))


def _delivered(item: BatchItem, signed: SignedDocument) -> BatchItem:
    """Write the result, or put the signature into what other signers have written meanwhile."""
    octets = signed.octets
    try:
        item.out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(
            "FILE.UNWRITABLE", where=str(item.out.parent), detail=str(error.strerror)
        ) from error
    with exclusive_file(item.out):
        if item.out.exists():
            present = read_limited(item.out, MAX_BYTES)
            if is_pdf(octets):
                raise CallerError("BATCH.OTHER_RESULT", where=str(item.out))
            octets = merge(present, [octets])
        write_atomically(item.out, octets)
    return replace(item, sha256=hashlib.sha256(octets).hexdigest())
