"""What is asked of a service and what it answers: an order of hashes, its state, its values; and
`RemoteSigner`, which every service obeys.
"""

from collections.abc import Sequence
from dataclasses import field
from enum import StrEnum
from typing import Final, Protocol

from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.digests import digest
from hocba_sign.errors import CallerError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.signing.state import ToBeSigned

MAX_ID_LENGTH: Final = 36
"""The shortest limit that a service has for the id of a document."""


class OrderState(StrEnum):
    """How an order stands.

    NEW was not sent; SUBMITTED was sent, or is being sent, and no answer is recorded; PENDING waits
    for the signer; UNKNOWN is said only by a service that was asked: it has no such order. The
    others are ends.
    """

    NEW = "new"
    SUBMITTED = "submitted"
    PENDING = "pending"
    DONE = "done"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED = "failed"
    NO_CREDIT = "no credit"
    UNKNOWN = "unknown"


OPEN: Final = frozenset({OrderState.SUBMITTED, OrderState.PENDING})

CAUSES: Final = {
    OrderState.REJECTED: "REMOTE.REJECTED",
    OrderState.EXPIRED: "REMOTE.EXPIRED",
    OrderState.FAILED: "REMOTE.FAILED",
    OrderState.NO_CREDIT: "REMOTE.NO_CREDIT",
    OrderState.UNKNOWN: "REMOTE.UNKNOWN",
}
"""What the ends without values mean where the service says nothing narrower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItem:
    """One hash to be signed: `id` (at most 36 letters, digits and `-`) names its document to the
    service and finds its value again.
    """

    id: str
    octets: bytes = field(repr=False)
    algorithm: SignatureAlgorithm

    @classmethod
    def of(cls, state: ToBeSigned, identifier: str) -> "OrderItem":
        """Return the item for a prepared signature.

        Raises: CallerError KEY.ALGORITHM for EdDSA, which signs no hash.
        """
        if state.algorithm.digest is None:
            raise CallerError("KEY.ALGORITHM", detail=state.algorithm.name)
        return cls(id=identifier, octets=state.octets, algorithm=state.algorithm)

    @property
    def digest(self) -> bytes:
        """The hash of `octets` by the algorithm, which is what goes out."""
        assert self.algorithm.digest is not None
        return digest(self.algorithm.digest, self.octets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Hashes that go out in one call, all for one algorithm; `id` is ours, `ticket` the service's
    name for the order, once it gave one.
    """

    id: str
    items: tuple[OrderItem, ...]
    ticket: str | None = None

    @property
    def algorithm(self) -> SignatureAlgorithm:
        return self.items[0].algorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service says of an order.

    `values` are those it gave, each with the id of its document, None where the service names none.
    `cause` is a narrower REMOTE.* than the state's own, `detail` the service's words without
    secrets.
    """

    state: OrderState
    values: tuple[tuple[str | None, bytes], ...] = field(default=(), repr=False)
    ticket: str | None = None
    cause: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLimits:
    """How many hashes a service takes in one call, and for one approval of the signer."""

    per_call: int
    per_approval: int


class RemoteSigner(Protocol):
    """A key that a service holds and that signs hashes when its owner approves, now or later.

    Calls raise OutsideError REMOTE.*: REMOTE.UNREACHABLE and REMOTE.TLS where nothing was sent;
    REMOTE.TIMEOUT, REMOTE.BROKEN, REMOTE.BUSY and REMOTE.ANSWER where nobody knows what the service
    did; any other where it did nothing.
    """

    @property
    def name(self) -> str:
        """Which service and account this is, the same in every run, without secrets."""
        ...

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """The signing certificate and those above it that are known, in order."""
        ...

    @property
    def limits(self) -> OrderLimits: ...

    @property
    def finds_orders(self) -> bool:
        """Whether `ask` finds an order by our own id, also when no answer to `submit` came."""
        ...

    def authorise(self, orders: Sequence[Order]) -> object:
        """Return the signer's approval for these orders, for `submit`; it is never stored. None
        where the service asks the signer later by itself.
        """
        ...

    def submit(self, order: Order, authorisation: object) -> Answer:
        """Send an order, once."""
        ...

    def ask(self, order: Order) -> Answer:
        """Return how an order stands that was sent; nothing is signed by asking."""
        ...
