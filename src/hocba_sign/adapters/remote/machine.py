"""The course of an order: written down before every call, taken up after a crash, never submitted
twice unless the service itself says that it has nothing.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Final, TypeVar

from hocba_sign.adapters.locks import exclusive
from hocba_sign.adapters.remote.hash_order import (
    CAUSES,
    OPEN,
    Answer,
    Order,
    OrderItem,
    OrderState,
    RemoteSigner,
)
from hocba_sign.adapters.remote.journal import Journal, Record
from hocba_sign.adapters.remote.transport import NOTHING_SENT
from hocba_sign.adapters.remote.values import match_values
from hocba_sign.crypto.verify import PublicKey, load_public_key
from hocba_sign.errors import OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate

NOTHING_KNOWN: Final = frozenset(
    {"REMOTE.TIMEOUT", "REMOTE.BROKEN", "REMOTE.BUSY", "REMOTE.ANSWER"}
)
"""Causes after which nobody knows what the service did."""
DEFAULT_WAIT: Final = timedelta(minutes=5)
"""For the signer's approval: services end an order after as long."""

_TRIES: Final = 4
_LONGEST_PAUSE: Final = 3.0
_QUESTIONS: Final = 100
"""How often one run asks at most, with pauses of three seconds or less."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteResult:
    """What became of one item: its value, or why there is none yet."""

    id: str
    value: bytes | None = field(default=None, repr=False)
    error: OutsideError | None = None


def sign_remotely(
    signer: RemoteSigner,
    items: Sequence[OrderItem],
    *,
    folder: Path,
    wait: timedelta = DEFAULT_WAIT,
    again: bool = False,
) -> tuple[RemoteResult, ...]:
    """Return the values of `items`, each checked with the certificate's key, or why there is none.

    `wait` is how long this run waits for the signer's approval; the next one goes on waiting.
    `folder` holds what was asked before, by this process or one that was killed: it is taken up
    first, and only what then has no value is sent, each hash once. An order of which nobody knows
    whether it arrived, at a service that cannot be asked, is REMOTE.UNKNOWN; with `again` it is
    given up and sent once more, which may sign its hashes twice.
    Raises: OutsideError REMOTE.RUNNING when another program works in `folder`, FILE.*; InputError
    REMOTE.STATE for a damaged record.
    """
    journal = Journal(folder)
    journal.open()
    with exclusive(folder, cause="REMOTE.RUNNING"):
        run = _RemoteRun(signer, journal, wait=wait, wanted={item.id: item for item in items})
        run.take_up(again=again)
        run.place()
        return tuple(run.results())


class _RemoteRun:
    def __init__(
        self,
        signer: RemoteSigner,
        journal: Journal,
        *,
        wait: timedelta,
        wanted: Mapping[str, OrderItem],
    ) -> None:
        certificate = Certificate.load(signer.chain_der[0])
        self._signer = signer
        self._name = f"{signer.name} {certificate.sha256}"
        self._public_key: PublicKey = load_public_key(certificate.public_key_der)
        self._journal = journal
        self._pause = min(_LONGEST_PAUSE, wait.total_seconds() / _QUESTIONS)
        self._until = time.monotonic() + wait.total_seconds()
        self._wanted = wanted
        self._values: dict[str, bytes] = {}
        self._errors: dict[str, OutsideError] = {}
        self._resent: set[str] = set()

    def results(self) -> Iterator[RemoteResult]:
        for identifier in self._wanted:
            value = self._values.get(identifier)
            error = None if value is not None else self._errors.get(identifier)
            yield RemoteResult(id=identifier, value=value, error=error)

    def take_up(self, *, again: bool) -> None:
        """Bring the orders of earlier runs to an end, as far as that goes without signing."""
        for record in tuple(self._journal.records()):
            if record.signer != self._name:
                continue
            match record.state:
                case OrderState.NEW:
                    self._journal.remove(record.order.id)
                case OrderState.SUBMITTED if not self._signer.finds_orders:
                    if again:
                        self._write(record, OrderState.FAILED, cause="REMOTE.UNKNOWN")
                    else:
                        self._hold(record, OutsideError("REMOTE.UNKNOWN"))
                case OrderState.SUBMITTED | OrderState.PENDING:
                    self._end(record, again=again)
                case _:
                    self._keep(record)

    def _end(self, record: Record, *, again: bool) -> None:
        """Follow an order that was approved, or left waiting, in an earlier run; what it gave no
        value for may be sent in this one, unless that was refused.
        """
        state = self._follow(record)
        if state is OrderState.SUBMITTED and again:
            state = self._write(record, OrderState.EXPIRED, cause="REMOTE.UNKNOWN").state
        if state in {OrderState.DONE, OrderState.EXPIRED} and record.order.id not in self._resent:
            for item in record.order.items:
                self._errors.pop(item.id, None)

    def place(self) -> None:
        """Send what has neither value nor open order, with one approval for as many as the service
        allows; after an order without success no other is begun.
        """
        rest = [
            item
            for identifier, item in self._wanted.items()
            if identifier not in self._values and identifier not in self._errors
        ]
        limits = self._signer.limits
        alike = groupby(
            sorted(rest, key=lambda item: item.algorithm.name), lambda item: item.algorithm
        )
        for _, items in alike:
            approvals = _parts(tuple(items), limits.per_approval)
            if not all(self._approved(part, limits.per_call) for part in approvals):
                break
        for item in rest:
            if item.id not in self._values and item.id not in self._errors:
                self._errors[item.id] = OutsideError("REMOTE.STOPPED")

    def _approved(self, items: tuple[OrderItem, ...], per_call: int) -> bool:
        """Send items with one approval; return whether all their orders ended with values."""
        records = [self._begin(part) for part in _parts(items, per_call)]
        try:
            authorisation = self._tried(
                lambda: self._signer.authorise([record.order for record in records])
            )
        except OutsideError as error:
            for record in records:
                self._hold(record, error)
                self._journal.remove(record.order.id)
            return False
        for number, record in enumerate(records):
            if self._submit(record, authorisation) is not OrderState.DONE:
                for left in records[number + 1 :]:
                    self._journal.remove(left.order.id)
                return False
        return True

    def _begin(self, items: tuple[OrderItem, ...]) -> Record:
        order = Order(id=str(uuid.uuid4()), items=items)
        record = Record(signer=self._name, order=order, state=OrderState.NEW)
        self._journal.write(record)
        return record

    def _submit(self, record: Record, authorisation: object) -> OrderState:
        record = self._write(record, OrderState.SUBMITTED)
        try:
            answer = self._tried(lambda: self._signer.submit(record.order, authorisation))
        except OutsideError as error:
            if error.cause not in NOTHING_KNOWN:
                self._write(record, OrderState.FAILED, cause=error.cause)
                self._hold(record, error)
                return OrderState.FAILED
            if not self._signer.finds_orders:
                self._hold(
                    record, OutsideError("REMOTE.UNKNOWN", where=error.where, detail=error.cause)
                )
                return OrderState.SUBMITTED
            return self._follow(record)
        record = self._settle(record, answer)
        return self._follow(record) if record.state in OPEN else record.state

    def _follow(self, record: Record) -> OrderState:
        """Ask until the order has ended, this run's time is over, or something else is wrong."""
        missed, last = 0, OutsideError("REMOTE.WAITING")
        while True:
            try:
                answer = self._signer.ask(record.order)
            except OutsideError as error:
                last = error
                if error.cause not in NOTHING_KNOWN | NOTHING_SENT:
                    break
            else:
                last = OutsideError("REMOTE.WAITING")
                if answer.state is OrderState.UNKNOWN and record.state is OrderState.SUBMITTED:
                    missed += 1
                    if missed > _TRIES or not self._is_wanted(record):
                        return self._write(record, OrderState.FAILED, cause="REMOTE.UNKNOWN").state
                    answer = self._submit_again(record)
                record = self._settle(record, answer)
                if record.state not in OPEN:
                    return record.state
            if time.monotonic() + self._pause > self._until:
                break
            time.sleep(self._pause)
        self._hold(record, last)
        return record.state

    def _submit_again(self, record: Record) -> Answer:
        """Send an order of which the service has just said that it has none, under the same id."""
        self._resent.add(record.order.id)
        try:
            return self._signer.submit(record.order, self._signer.authorise([record.order]))
        except OutsideError as error:
            if error.cause in NOTHING_KNOWN | NOTHING_SENT:
                return Answer(state=OrderState.SUBMITTED)
            return Answer(state=OrderState.FAILED, cause=error.cause, detail=error.detail)

    def _settle(self, record: Record, answer: Answer) -> Record:
        """Write down what the service says of an order."""
        order = replace(record.order, ticket=answer.ticket or record.order.ticket)
        record = replace(record, order=order)
        match answer.state:
            case OrderState.DONE:
                matched = match_values(order, answer, public_key=self._public_key)
                record = replace(record, values=matched.values, causes=matched.causes)
                record = self._write(record, OrderState.DONE)
            case OrderState.NEW | OrderState.SUBMITTED:
                return record
            case OrderState.PENDING:
                if record.state is OrderState.PENDING:
                    return record
                return self._write(record, OrderState.PENDING)
            case _:
                cause = answer.cause or CAUSES[answer.state]
                ended = OrderState.EXPIRED if answer.state is OrderState.UNKNOWN else answer.state
                record = self._write(record, ended, cause=cause)
        self._keep(record, sent=True, detail=answer.detail)
        return record

    def _keep(self, record: Record, *, sent: bool = False, detail: str = "") -> None:
        """Take over the values of an ended order that are still asked for; what was sent in this
        run and came to nothing is not sent again in it.
        """
        for item in record.order.items:
            if self._wanted.get(item.id) != item:
                continue
            if item.id in record.values:
                self._values[item.id] = record.values[item.id]
            elif sent:
                self._errors[item.id] = OutsideError(
                    record.causes.get(item.id, "REMOTE.FAILED"), detail=detail
                )

    def _hold(self, record: Record, error: OutsideError) -> None:
        for item in record.order.items:
            self._errors[item.id] = error

    def _is_wanted(self, record: Record) -> bool:
        return any(self._wanted.get(item.id) == item for item in record.order.items)

    def _write(self, record: Record, state: OrderState, *, cause: str | None = None) -> Record:
        causes = record.causes if cause is None else {item.id: cause for item in record.order.items}
        written = replace(record, state=state, causes=causes)
        self._journal.write(written)
        return written

    def _tried(self, call: Callable[[], _T]) -> _T:
        """Call, and again as long as the service was not reached at all."""
        for _ in range(_TRIES - 1):
            try:
                return call()
            except OutsideError as error:
                if error.cause not in NOTHING_SENT:
                    raise
            time.sleep(min(self._pause, 1.0))
        return call()


def _parts(items: tuple[OrderItem, ...], size: int) -> Iterator[tuple[OrderItem, ...]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
