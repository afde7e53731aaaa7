"""Judge any number of documents by several processes or machines: chunks out, lines on the disk.

A chunk is judged by whoever an executor gives it to; what it finds stands in the results before
the chunk ends, so that a process that is killed costs a few documents, and a run that is killed
goes on where it was.
"""

import hashlib
import os
import pickle
import re
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import field, replace
from datetime import datetime
from itertools import islice
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from platform import node
from typing import Any, Final

from hocba_sign.adapters import result_files as disk
from hocba_sign.adapters.disk_map import DiskMap
from hocba_sign.adapters.inputs import Source
from hocba_sign.adapters.ready_executor import ReadyExecutor
from hocba_sign.errors import HocbaSignError, InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.operations.context import context_of
from hocba_sign.operations.forget import forget
from hocba_sign.operations.verifier import Verifier
from hocba_sign.report.overview import Tally
from hocba_sign.report.report import Report
from hocba_sign.report.short import ShortRow, origin_members, short_failure
from hocba_sign.validation.document.not_transcript import is_document, no_document
from hocba_sign.xml.limits import MAX_BYTES

CHUNK: Final = 200
"""Documents given to a worker at once: a second of work, to milliseconds of a cluster's own."""
FLUSH: Final = 20
"""Documents after which a worker writes: what a kill costs."""

_SORTED: Final = 8
"""Chunks that are looked at ahead and sorted by school."""
_HEAD: Final = 4096
_SCHOOL: Final = re.compile(rb"MA_TRUONG>([^<]{1,20})<")
_TRIES: Final = 2
"""Times that a single document may end the process that judges it."""
_TICK: Final = 1.0
_KEPT_FOR: Final = CHUNK * _SORTED
"""Documents after which a worker forgets the schools before: others come now."""
_PROCESSES: Final = get_context("spawn")
_MAX_HELD: Final = 4
"""Verifiers in one process: a worker of a cluster may serve several runs."""

_held: dict[bytes, Verifier] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a run goes on: documents in a chunk, chunks that are given out at once, processes (None:
    by the processors), and who is told how many are done.
    """

    chunk: int = CHUNK
    window: int | None = None
    workers: int | None = None
    on_progress: Callable[[int], None] = field(default=lambda _: None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What a worker is given; `key` names the verifier, `context` is that, pickled, for workers
    that were not made ready; `since` marks where the results were when it was given out; `alone` is
    how often its one document was given out by itself after a process had ended.
    """

    sources: tuple[Source, ...]
    key: bytes
    context: bytes | None = field(repr=False)
    at: datetime
    results: Path
    since: int = 0
    alone: int = 0


_USUAL: Final = Pace()


def verify_many(
    items: Iterable[Source],
    verifier: Verifier,
    *,
    at: datetime,
    results: Path,
    executor: Executor | None = None,
    pace: Pace = _USUAL,
) -> Tally:
    """Judge every document, write a line of the short form for each to `results`, and return the
    counts of all that stands there.

    What is there already, of the same content under the same name, is not judged again. `executor`
    may be any; of it `submit` alone is used, and what a `ReadyExecutor` has beside. It must be
    able to read the documents and to write the results where they are. Without one, processes of
    this machine do it.
    Raises: CallerError BULK.OTHER_CONTEXT; OutsideError FILE.* for results that cannot be written,
    BULK.EXECUTOR when the executor takes no more work.
    """
    disk.begin(results, context_of(verifier, at))
    context = pickle.dumps(verifier)
    is_ready = executor is None or isinstance(executor, ReadyExecutor)
    template = Chunk(
        sources=(),
        key=_key(context),
        context=None if is_ready else context,
        at=at,
        results=results.absolute(),
    )
    run = _Distribution(context, executor=executor, pace=pace)
    with DiskMap.of(disk.done(results)) as known:
        parts = _chunks(items, known, size=pace.chunk)
        try:
            run.all(replace(template, sources=sources) for sources in parts)
        finally:
            run.end()
    return Tally(ShortRow.of(line) for line in disk.last_lines(results))


def verify_chunk(chunk: Chunk) -> int:
    """Judge a chunk and write its lines.

    Raises: OutsideError where they cannot be written; BULK.NOT_READY.
    """
    verifier = _held.get(chunk.key)
    if verifier is None:
        if chunk.context is None:
            raise OutsideError("BULK.NOT_READY", where=node())
        verifier = hold(chunk.context)
    lines: list[dict[str, Any]] = []
    for source in _left(chunk):
        if _ChunkWorker.is_stopped():
            break
        lines.append(line_of(source, verifier, at=chunk.at))
        if len(lines) >= FLUSH:
            disk.append(chunk.results, lines)
            lines.clear()
    if lines:
        disk.append(chunk.results, lines)
    _ChunkWorker.judged += len(chunk.sources)
    if _ChunkWorker.judged >= _KEPT_FOR:
        _ChunkWorker.judged = 0
        forget()
    return len(chunk.sources)


def _left(chunk: Chunk) -> tuple[Source, ...]:
    """Return what is not judged yet of a chunk: an engine may give it out again, by itself, when
    a worker ended in the middle or before it could tell that it was done.
    """
    known = disk.done_of(
        chunk.results, [source.name for source in chunk.sources], since=chunk.since
    )
    return tuple(source for source in chunk.sources if not _is_known(source, known))


def hold(context: bytes) -> Verifier:
    """Load a verifier, once in each process; it was pickled by whoever gives the chunks out."""
    verifier = pickle.loads(context)  # noqa: S301 - comes by the channel that brings the code to run
    assert isinstance(verifier, Verifier)
    while len(_held) >= _MAX_HELD:
        _held.pop(next(iter(_held)))
    _held[_key(context)] = verifier
    return verifier


def _key(context: bytes) -> bytes:
    return hashlib.sha256(context).digest()


def line_of(source: Source, verifier: Verifier, *, at: datetime) -> dict[str, Any]:
    """Judge one document, whatever it does, and return its short form with what files
    are counted by beside it.
    """
    try:
        report = judge_source(source, verifier, at=at)
    except HocbaSignError as error:
        return {**short_failure(error, source.name), **origin_members(None)}
    except Exception as error:  # noqa: BLE001 - whatever one document does, the others are judged
        told = OutsideError("CLI.INTERNAL", where=type(error).__name__)
        return {**short_failure(told, source.name), **origin_members(None)}
    return {**report.to_short_dict(), **origin_members(report)}


def judge_source(source: Source, verifier: Verifier, *, at: datetime) -> Report:
    """Read and judge one document. Raises: OutsideError FILE.* where it cannot be read."""
    try:
        octets = source.read(MAX_BYTES)
    except InputError as error:
        return unread_report(source, error, at=at)
    return verifier.verify(octets, at=at, name=source.name)


def unread_report(source: Source, error: InputError, *, at: datetime) -> Report:
    """Report a document that is too large to be read: by its beginning it may be none."""
    if is_document(source.head()):
        return Report.malformed(b"", error, file=source.name, at=at)
    return Report.of(b"", no_document(), file=source.name, at=at)


def _chunks(items: Iterable[Source], known: DiskMap, *, size: int) -> Iterator[tuple[Source, ...]]:
    """Yield what is not known yet, a few chunks at a time sorted by school: what is kept of paths
    and authorities serves the next document too.
    """
    left = iter(items)
    while batch := list(islice(left, size * _SORTED)):
        batch = [
            replace(source, path=source.path.absolute())
            for source in batch
            if not _is_known(source, known)
        ]
        batch.sort(key=_school)
        for first in range(0, len(batch), size):
            yield tuple(batch[first : first + size])


def _is_known(source: Source, known: DiskMap | frozenset[bytes]) -> bool:
    if not known:
        return False
    try:
        octets = source.read(MAX_BYTES)
    except HocbaSignError:
        return False
    return disk.key_of(source.name, hashlib.sha256(octets).hexdigest()) in known


def _school(source: Source) -> bytes:
    found = _SCHOOL.search(source.head())
    return b"" if found is None else found[1]


class _ChunkWorker:
    """What a process knows: whether its run is stopped, and how much it judged since it forgot."""

    judged = 0
    is_stopped: Callable[[], bool] = staticmethod(lambda: False)


def _begin(stop: Event, context: bytes) -> None:
    """Make a process ready: it leaves Ctrl-C to whoever began it, and ends after the document at
    hand.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _ChunkWorker.is_stopped = staticmethod(stop.is_set)
    hold(context)


@contextmanager
def _deaf_to_stopping() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach before they are ready; it waits here."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Distribution:
    """One run: what is given out, and what is given out again when a process ends in the middle."""

    def __init__(self, context: bytes, *, executor: Executor | None, pace: Pace) -> None:
        self._context = context
        self._given = executor
        self._pace = pace
        if isinstance(executor, ReadyExecutor):
            executor.make_ready(hold, context)
        self._own: ProcessPoolExecutor | None = None
        self._stop: Event | None = None
        self._done = 0

    @property
    def _workers(self) -> int:
        if isinstance(self._given, ReadyExecutor):
            return self._given.workers  # more may join
        return self._pace.workers or os.cpu_count() or 1

    def all(self, chunks: Iterable[Chunk]) -> None:
        """Hand every chunk out, never more than the window at once."""
        left = iter(chunks)
        again: deque[Chunk] = deque()
        out: dict[Future[int], tuple[Chunk, Executor]] = {}
        while True:
            window = self._pace.window or 2 * self._workers + 2
            while self._has_room(out, again, window=window):
                chunk = again.popleft() if again else next(left, None)
                if chunk is None:
                    break
                self._submit(chunk, out, again)
            if not out and not again:
                return
            finished, _ = wait(out, timeout=_TICK, return_when=FIRST_COMPLETED)
            for future in finished:
                again.extend(self._settle(future, *out.pop(future)))
            self._pace.on_progress(self._done)

    @staticmethod
    def _has_room(
        out: dict[Future[int], tuple[Chunk, Executor]], again: deque[Chunk], *, window: int
    ) -> bool:
        """Return whether another chunk may be given out: all that is out ends with a process, so
        that a document which may have ended one is judged by itself.
        """
        is_suspect_next = bool(again and again[0].alone)
        is_suspect_out = any(chunk.alone for chunk, _ in out.values())
        return not out or (len(out) < window and not is_suspect_next and not is_suspect_out)

    def _submit(
        self,
        chunk: Chunk,
        out: dict[Future[int], tuple[Chunk, Executor]],
        again: deque[Chunk],
    ) -> None:
        executor = self._executor()
        chunk = replace(chunk, since=disk.mark_of(chunk.results))
        try:
            with _deaf_to_stopping():
                out[executor.submit(verify_chunk, chunk)] = chunk, executor
        except RuntimeError as error:
            # The pool broke since the last look: a new one takes its place.
            if self._given is not None:
                raise OutsideError("BULK.EXECUTOR", detail=type(error).__name__) from error
            self._own = None
            again.appendleft(chunk)

    def _executor(self) -> Executor:
        if self._given is not None:
            return self._given
        if self._own is None:
            self._stop = self._stop or _PROCESSES.Event()
            self._own = ProcessPoolExecutor(
                self._workers,
                mp_context=_PROCESSES,
                initializer=_begin,
                initargs=(self._stop, self._context),
            )
        return self._own

    def _settle(self, future: Future[int], chunk: Chunk, executor: Executor) -> Iterator[Chunk]:
        """Count what is done; of a chunk whose process ended yield what is left, in halves, until
        the document is found that ends it.

        Raises: OutsideError, of the worker or BULK.EXECUTOR, which no other worker would mend.
        """
        try:
            self._done += future.result()
        except HocbaSignError:
            raise
        except CancelledError as error:
            raise OutsideError("BULK.EXECUTOR", detail="cancelled") from error
        except Exception:  # noqa: BLE001 - each engine has its own word for a process that ended
            if self._own is executor:
                self._own.shutdown(wait=False)
                self._own = None
            left = _left(chunk)
            self._done += len(chunk.sources) - len(left)
            yield from self._halves(replace(chunk, sources=left))

    def _halves(self, chunk: Chunk) -> Iterator[Chunk]:
        if len(chunk.sources) == 1 and chunk.alone >= _TRIES:
            (source,) = chunk.sources
            told = OutsideError("BULK.WORKER_ENDED", where=source.name)
            disk.append(
                chunk.results, [{**short_failure(told, source.name), **origin_members(None)}]
            )
            self._done += 1
            return
        middle = (len(chunk.sources) + 1) // 2
        for part in (chunk.sources[:middle], chunk.sources[middle:]):
            if part:
                yield replace(chunk, sources=part, alone=chunk.alone + (len(part) == 1))

    def end(self) -> None:
        """Let the processes go when each has written what it judged."""
        if self._stop is not None:
            self._stop.set()
        if self._own is not None:
            self._own.shutdown(cancel_futures=True)
