"""`hocba extend` of a folder: a school year's transcripts, as many of them as are due."""

import argparse
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from hocba_sign.adapters.failures import FAILURES_IN_A_ROW
from hocba_sign.adapters.files import read_limited, write_atomically
from hocba_sign.adapters.locks import exclusive
from hocba_sign.adapters.online_evidence import RunFetcher
from hocba_sign.adapters.tsa_series import TimeStampSeries
from hocba_sign.ades.structure import ParsedSignature, StampKind
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
from hocba_sign.cli.fetching import online_fetcher
from hocba_sign.cli.folders import BatchSource, make_folder, named, remove_parts, sources_in
from hocba_sign.cli.help_words import say
from hocba_sign.cli.level_option import note_fallback
from hocba_sign.cli.material import GivenMaterial, collect_material
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.operations.due import extension_due
from hocba_sign.operations.extension import evidence_for, extend_with, signatures_of
from hocba_sign.operations.ground import Ground
from hocba_sign.pki.trust.anchors import user_findings
from hocba_sign.signing.signing_policy import Level
from hocba_sign.xml.limits import MAX_BYTES

_KIND = BatchKind(Result.EXTENDED, "ITEM", beside=(Result.NOT_DUE,))
_DRY = BatchKind(Result.DUE, "ITEM", beside=(Result.NOT_DUE,))


def extend_folder(given: argparse.Namespace, *, authority: TimeStampSeries | None) -> int:
    """Extend every transcript of the folder that is due; results go under the same names into the
    folder `--out`, and what is there from an earlier run stays.

    An authority that fails several times in a row ends the run; a host for revocation data that
    does is not asked any more. With `--dry-run` nobody is asked and nothing is written. Exit codes
    as of `sign_folder`. Raises: as `collect_material`, `sources_in` and `make_folder`; OutsideError
    BATCH.RUNNING.
    """
    sources = sources_in(named(given), (".xml", ".pdf"), out=given.out)
    if given.dry_run:
        items = run_each(
            sources, partial(_listed, given), place=lambda held: (held.path, given.out)
        )
        return summarise(given, tell_each(items, given, kind=_DRY), kind=_DRY)
    material = collect_material(given)
    make_folder(given.out, apart_from=named(given), sources=sources)
    with exclusive(given.out, cause="BATCH.RUNNING"):
        remove_parts(given.out, sources)
        extension = _Extension(given, _ground(given, material), authority)
        items = run_each(
            sources,
            extension.of_file,
            place=lambda held: (held.path, given.out / held.place),
        )
        results = tell_each(items, given, kind=_KIND)
    note_fallback(given, authority)
    if authority is not None and authority.is_given_up:
        console.note(say("BATCH_TSA", given.lang, count=FAILURES_IN_A_ROW))
    return summarise(given, results, kind=_KIND)


def _ground(given: argparse.Namespace, material: GivenMaterial) -> Ground:
    source = online_fetcher(given)
    return Ground(
        trust=material.trust,
        evidence=material.evidence,
        fetch=None if source is None else RunFetcher(source),
        is_time_fixed=given.at is not None,
    )


def _listed(given: argparse.Namespace, held: BatchSource) -> BatchItem:
    item = _examined(given, held, held.read())
    return item if item.result is Result.NOT_DUE else replace(item, result=Result.DUE)


def _examined(given: argparse.Namespace, held: BatchSource, document: bytes) -> BatchItem:
    """Return whether a document is due, as an item; without `--due` all are."""
    due = extension_due(document)
    if due is None:
        raise CallerError("EXTEND.NOTHING")
    is_due = given.due is None or due <= given.due
    return BatchItem(
        source=held.path,
        out=given.out / held.place,
        result=Result.EXTENDED if is_due else Result.NOT_DUE,
        due=due,
    )


@dataclass(frozen=True, slots=True)
class _Extension:
    given: argparse.Namespace
    ground: Ground
    authority: TimeStampSeries | None

    def of_file(self, held: BatchSource) -> BatchItem | Rest:
        document = held.read()
        item = _examined(self.given, held, document)
        if item.result is Result.NOT_DUE:
            return item
        if item.out.is_symlink():
            raise CallerError("BATCH.OTHER_RESULT", where=str(item.out))
        if item.out.exists():
            octets = read_limited(item.out, MAX_BYTES)
            _require_result(document, octets, self.given, where=str(item.out))
            sha256 = hashlib.sha256(octets).hexdigest()
            return replace(item, result=Result.ALREADY, sha256=sha256)
        if self.authority is not None and self.authority.is_given_up:
            raise OutsideError("BATCH.STOPPED", where=str(held.path))
        return partial(self._written, item, document)

    def _written(self, item: BatchItem, document: bytes) -> BatchItem:
        found = evidence_for(document, self.ground, at=self.given.at or datetime.now(UTC))
        extended = extend_with(document, found.setting, tsa=self.authority)
        write_atomically(item.out, extended)
        return replace(
            item,
            sha256=hashlib.sha256(extended).hexdigest(),
            slots=tuple(
                signature.slot
                for signature in signatures_of(extended)
                if signature.slot is not None
            ),
            notes=user_findings(found.setting.trust),
        )


def _require_result(
    document: bytes, octets: bytes, given: argparse.Namespace, *, where: str
) -> None:
    """Refuse a file that is not `document` with the same signatures, extended as far as asked.

    Raises: CallerError BATCH.OTHER_RESULT.
    """
    before, after = signatures_of(document), signatures_of(octets)
    is_same = [_identity(signature) for signature in before] == [
        _identity(signature) for signature in after
    ]
    is_archived = Level(given.to) is not Level.LTA or any(
        _archives(new) > _archives(old) for old, new in zip(before, after, strict=False)
    )
    if not is_same or not is_archived:
        raise CallerError("BATCH.OTHER_RESULT", where=where)


def _identity(signature: ParsedSignature) -> tuple[str, bytes, bytes]:
    return str(signature.slot or signature.where), signature.signed_info_octets, signature.value


def _archives(signature: ParsedSignature) -> int:
    return sum(stamp.kind is StampKind.ARCHIVE for stamp in signature.time_stamps)
