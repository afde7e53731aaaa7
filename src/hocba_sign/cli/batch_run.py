"""Many files in one run of a command: each of them for itself, told in the order in which they were
given.
"""

import argparse
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from hocba_sign.adapters.tsa_series import STAMPS_AT_ONCE
from hocba_sign.catalogue.messages import message
from hocba_sign.cli import console
from hocba_sign.cli.help_words import say
from hocba_sign.cli.material import note_findings
from hocba_sign.errors import CallerError, Finding, HocbaSignError, InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot
from hocba_sign.report.certificate_report import warnings
from hocba_sign.report.phrases import vietnam_time

_BAR: Final = 30
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


class Result(StrEnum):
    """What became of one file; `already` is the result of an earlier run, `refused` the file's
    fault, `failed` something outside.
    """

    SIGNED = "signed"
    PREPARED = "prepared"
    MERGED = "merged"
    EXTENDED = "extended"
    DUE = "due"
    NOT_DUE = "not_due"
    ALREADY = "already"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BatchKind:
    """How a command speaks of its files: what it has done with them, how its words begin, and what
    else may have become of one.
    """

    done: Result
    words: str
    beside: tuple[Result, ...] = ()

    @property
    def results(self) -> tuple[Result, ...]:
        return (self.done, Result.ALREADY, *self.beside, Result.REFUSED, Result.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One file of the run: its result, the slots where there is a signature, the result file's
    SHA-256, or what was in the way.

    `identifier` is that of a manifest's line.
    `due` (UTC) is by when the file has to be extended.
    """

    source: Path
    out: Path
    result: Result
    slots: tuple[Slot, ...] = ()
    sha256: str | None = None
    error: HocbaSignError | None = None
    notes: tuple[Finding, ...] = ()
    identifier: str | None = None
    due: datetime | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is a result file."""
        return self.error is None and self.result not in {Result.DUE, Result.NOT_DUE}


Rest = Callable[[], BatchItem]
"""What is left to do for a file and waits for the network."""


def run_each(
    given: Sequence[_Given],
    begin: Callable[[_Given], BatchItem | Rest],
    *,
    place: Callable[[_Given], tuple[Path, Path]],
) -> Iterator[BatchItem]:
    """Begin with one file after the other, and yield what became of each, in this order.

    `place` tells where each is read and written.
    What `begin` leaves waits beside others, at most `STAMPS_AT_ONCE` of them, in threads.
    Whatever one file makes fail, the others are worked on.
    """
    waiting: deque[Future[BatchItem]] = deque()
    with ThreadPoolExecutor(STAMPS_AT_ONCE) as pool:
        for number, name in enumerate(given):
            with _progress(number, len(given)):
                source, out = place(name)
                begun = _attempt(source, out, partial(begin, name))
                waiting.append(
                    _done(begun)
                    if isinstance(begun, BatchItem)
                    else pool.submit(_attempt, source, out, begun)
                )
                ended = [waiting.popleft().result()] if len(waiting) > STAMPS_AT_ONCE else []
            yield from ended
        while waiting:
            yield waiting.popleft().result()


def tell_each(
    items: Iterable[BatchItem], given: argparse.Namespace, *, kind: BatchKind
) -> Counter[Result]:
    """Print every item as it comes, and what is to be noted once for all of them; count results."""
    results: Counter[Result] = Counter()
    told: set[Finding] = set()
    for item in items:
        _print(item, given, kind)
        note_findings(
            (note for note in item.notes if note not in told and not given.json), given.lang
        )
        told.update(item.notes)
        results[item.result] += 1
    return results


def summarise(given: argparse.Namespace, results: Counter[Result], *, kind: BatchKind) -> int:
    """Print the sum, and return the exit code: 6 when something outside failed, 1 when a file was
    refused, else 0.
    """
    counts = {result.value: results[result] for result in kind.results}
    if given.json:
        console.result_json({"summary": counts})
    else:
        told = {**counts, "done": results[kind.done]}
        console.result(say(f"{kind.words}_SUMMARY", given.lang, count=results.total(), **told))
    if kind.beside and not given.json:
        console.result(say("ITEM_NOT_DUE_SUM", given.lang, count=results[Result.NOT_DUE]))
    if results[Result.FAILED]:
        console.note(say("BATCH_AGAIN", given.lang))
        return console.EXIT_OUTSIDE
    return console.EXIT_INVALID if results[Result.REFUSED] else console.EXIT_VALID


def _done(item: BatchItem) -> Future[BatchItem]:
    future: Future[BatchItem] = Future()
    future.set_result(item)
    return future


def _attempt(source: Path, out: Path, act: Callable[[], _Made]) -> _Made | BatchItem:
    try:
        return act()
    except (CallerError, InputError) as error:
        return BatchItem(source=source, out=out, result=Result.REFUSED, error=error)
    except HocbaSignError as error:
        return BatchItem(source=source, out=out, result=Result.FAILED, error=error)
    except Exception as error:  # noqa: BLE001 - whatever one file makes fail, the others are worked on
        internal = OutsideError("CLI.INTERNAL", where=type(error).__name__)
        return BatchItem(source=source, out=out, result=Result.FAILED, error=internal)


@contextmanager
def _progress(done: int, count: int) -> Iterator[None]:
    """Show a bar while a file is worked on, on a terminal only, and take it away again."""
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


def _print(item: BatchItem, given: argparse.Namespace, kind: BatchKind) -> None:
    if given.json:
        console.result_json(_fact(item))
        return
    shown = console.printable(str(item.out if item.is_there else item.source))
    reason = "" if item.error is None else console.described(item.error, given.lang)
    slots = ", ".join(map(str, item.slots))
    console.result(
        say(
            f"{kind.words}_{item.result.name}",
            given.lang,
            file=shown,
            reason=reason,
            slots=slots,
            level=getattr(given, "level", None),
            due="" if item.due is None else vietnam_time(item.due, given.lang),
        )
    )


def _fact(item: BatchItem) -> dict[str, Any]:
    fact: dict[str, Any] = {
        "file": str(item.source),
        "result": item.result.value,
        "cause": None,
        "where": None,
        "out": str(item.out) if item.is_there else None,
        "sha256": item.sha256,
        "slots": [str(slot) for slot in item.slots],
        "checks": warnings(item.notes),
    }
    if item.identifier is not None:
        fact["id"] = item.identifier
    due = item.error.due if isinstance(item.error, CallerError) else item.due
    if due is not None:
        fact["due"] = due.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if item.error is None:
        return fact
    words = message(item.error.cause)
    return fact | {
        "cause": item.error.cause,
        "where": item.error.where,
        "message": {"vi": words.vi, "en": words.en},
    }
