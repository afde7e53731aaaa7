"""`hocba prepare` of a folder: what one person signs in a class, for one approval or a few."""

import argparse
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from hocba_sign.adapters.locks import exclusive
from hocba_sign.cli.batch_run import BatchItem, BatchKind, Result, run_each, summarise, tell_each
from hocba_sign.cli.class_work import ClassWork
from hocba_sign.cli.folders import BatchSource, make_folder, named, sources_in
from hocba_sign.cli.level_option import policy_of
from hocba_sign.cli.slot import require_teacher, slots_to_sign
from hocba_sign.errors import Finding, HocbaSignError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot
from hocba_sign.operations.signing import prepare
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.signing.manifest import LineState, line_of
from hocba_sign.signing.signing_policy import SigningPolicy

_KIND = BatchKind(Result.PREPARED, "ITEM")


def prepare_folder(given: argparse.Namespace, *, chain_der: Sequence[bytes]) -> int:
    """Prepare every transcript of the folder for one signer; the manifest and the states go into
    the folder `--out`.

    What is prepared already and has not expired stays as it is, so that no slot is signed twice.
    Exit codes as of `sign_folder`. Raises: as `policy_of`, `sources_in` and `make_folder`;
    OutsideError BATCH.RUNNING; InputError MANIFEST.LINE.
    """
    require_teacher(given)
    given.json = True  # what a device needs is for programs, as it is for one file
    policy = policy_of(given)
    found = sources_in(named(given), (".xml", ".pdf"), out=given.out)
    # What lies in a packet would not be found again by `complete`.
    sources = tuple(held for held in found if held.source.is_file)
    if not sources:
        raise OutsideError("BATCH.NO_FILES", where=str(given.file))
    make_folder(given.out, apart_from=named(given), sources=())
    with exclusive(given.out, cause="BATCH.RUNNING"):
        work = ClassWork.opened(given.out)
        preparation = _Preparation(given, work, chain_der, policy)
        try:
            items = run_each(
                sources, preparation.of_file, place=lambda held: (held.path, given.out)
            )
            results = tell_each(items, given, kind=_KIND)
        finally:
            work.write(at_once=given.at_once)
    return summarise(given, results, kind=_KIND)


@dataclass(frozen=True, slots=True)
class _Preparation:
    given: argparse.Namespace
    work: ClassWork
    chain_der: Sequence[bytes]
    policy: SigningPolicy

    def of_file(self, held: BatchSource) -> BatchItem:
        document = held.read()
        wanted = slots_to_sign(document, self.given, certificate_der=self.chain_der[0])
        fresh = [slot for slot in wanted.slots if not self._is_prepared(document, slot)]
        notes = dict[Finding, None]()
        for slot in fresh:
            state = prepare(
                document, slot, chain_der=self.chain_der, at=datetime.now(UTC), policy=self.policy
            )
            line = line_of(
                state,
                file=self.work.seen_from_here(held.path),
                place=held.place.as_posix(),
                document_id=wanted.document_id,
                signer_sha256=self._signer,
            )
            self.work.keep(line, state)
            notes |= dict.fromkeys(state.notes)
        return BatchItem(
            source=held.path,
            out=self.work.folder,
            result=Result.PREPARED if fresh else Result.ALREADY,
            slots=wanted.slots,
            notes=tuple(notes),
        )

    @property
    def _signer(self) -> str:
        return Certificate.load(self.chain_der[0]).sha256

    def _is_prepared(self, document: bytes, slot: Slot) -> bool:
        """Return whether the very same is prepared already and can still be completed."""
        key = (hashlib.sha256(document).hexdigest(), slot, self._signer)
        line = self.work.lines.get(key)
        if line is None or line.state is LineState.DONE:
            return line is not None
        try:
            state = self.work.state_of(line, document)
        except HocbaSignError:
            return False
        return datetime.now(UTC) < state.expires
