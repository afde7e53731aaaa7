"""What the signers of all dialects share: how they are named, and what they say of a service that
asks the signer by itself and knows an order by its own number only.
"""

from collections.abc import Sequence
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from hocba_sign.adapters.remote.credential import Credential
from hocba_sign.adapters.remote.hash_order import Order, OrderLimits
from hocba_sign.adapters.remote.service_file import Settings
from hocba_sign.frozen_dataclass import dataclass

MOST: Final = 50
"""Hashes of one order, where a service states no limit."""


class HasSettings(Protocol):
    @property
    def settings(self) -> Settings: ...


_Service = TypeVar("_Service", bound=HasSettings)


@dataclass(frozen=True, slots=True)
class AccountSigner(Generic[_Service]):
    """One certificate of an account; `dialect` is the service's name in configurations."""

    dialect: ClassVar[str]

    service: _Service
    credential: Credential

    @property
    def name(self) -> str:
        return f"{self.dialect} {self.service.settings.url} {self.credential.id}"

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        return self.credential.chain_der

    @property
    def limits(self) -> OrderLimits:
        most = self.service.settings.count("max_hashes", MOST)
        return OrderLimits(per_call=most, per_approval=most)

    @property
    def finds_orders(self) -> bool:
        return False

    def authorise(self, orders: Sequence[Order]) -> object:
        """Return None: the signer is asked once the order is there."""
        del orders
        return None
