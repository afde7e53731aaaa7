"""What was asked of a service, on disk before it is asked: a file for each order, so that a run
that was killed is taken up and nothing is signed twice.

Nothing in it is secret: hashes, what they are of, values, our number and the service's. Nothing in
it is believed either: values are checked with the certificate's key before they are used.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from hocba_sign.adapters.files import read_limited, write_atomically
from hocba_sign.adapters.remote.hash_order import Order, OrderItem, OrderState
from hocba_sign.crypto.algorithms import signature_algorithm
from hocba_sign.errors import HocbaSignError, InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass

MAX_RECORD_OCTETS: Final = 8 * 1024 * 1024
_FORMAT: Final = "hocba-sign remote order 1"
_PREFIX: Final = "order-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An order as it was last written.

    `signer` is the service and account with the certificate.
    `values` were checked when they came; `causes` say why there is none of an item.
    """

    signer: str
    order: Order
    state: OrderState
    values: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    causes: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        items = [
            {
                "id": item.id,
                "digest": item.digest.hex(),
                "octets": base64.b64encode(item.octets).decode(),
                "algorithm": item.algorithm.uri,
                "value": _encoded(self.values.get(item.id)),
                "cause": self.causes.get(item.id),
            }
            for item in self.order.items
        ]
        return json.dumps(
            {
                "format": _FORMAT,
                "signer": self.signer,
                "id": self.order.id,
                "ticket": self.order.ticket,
                "state": self.state,
                "items": items,
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: bytes) -> "Record":
        """Raises: InputError REMOTE.STATE."""
        try:
            held: dict[str, Any] = json.loads(text)
            if held["format"] != _FORMAT or not held["items"]:
                raise InputError("REMOTE.STATE", where="format")
            return cls(
                signer=str(held["signer"]),
                order=Order(
                    id=str(held["id"]),
                    ticket=None if held["ticket"] is None else str(held["ticket"]),
                    items=tuple(map(_item, held["items"])),
                ),
                state=OrderState(held["state"]),
                values={
                    item["id"]: base64.b64decode(item["value"], validate=True)
                    for item in held["items"]
                    if item["value"] is not None
                },
                causes={
                    item["id"]: str(item["cause"])
                    for item in held["items"]
                    if item["cause"] is not None
                },
            )
        except (HocbaSignError, ValueError, KeyError, TypeError, binascii.Error) as error:
            raise InputError("REMOTE.STATE") from error


@dataclass(frozen=True, slots=True)
class Journal:
    """The orders of one folder."""

    folder: Path

    def write(self, record: Record) -> None:
        """Raises: OutsideError FILE.*."""
        write_atomically(self._path(record.order.id), record.to_json().encode())

    def records(self) -> Iterator[Record]:
        """Yield the records by name. Raises: InputError REMOTE.STATE naming the file; OutsideError
        FILE.*.
        """
        for path in sorted(self.folder.glob(f"{_PREFIX}*.json")):
            try:
                yield Record.from_json(read_limited(path, MAX_RECORD_OCTETS))
            except InputError as error:
                raise InputError("REMOTE.STATE", where=str(path)) from error

    def remove(self, identifier: str) -> None:
        with suppress(OSError):
            self._path(identifier).unlink()

    def forget(self, delivered: Iterable[str]) -> None:
        """Remove the ended orders of whose items every one with a value was delivered."""
        done = frozenset(delivered)
        for record in tuple(self.records()):
            is_open = record.state in {OrderState.SUBMITTED, OrderState.PENDING}
            if not is_open and record.values.keys() <= done:
                self.remove(record.order.id)

    def open(self) -> None:
        """Make the folder, for this user alone. Raises: OutsideError FILE.*."""
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
        except FileNotFoundError as error:
            raise OutsideError("FILE.NO_FOLDER", where=str(self.folder.parent)) from error
        except OSError as error:
            raise OutsideError(
                "FILE.UNWRITABLE", where=str(self.folder), detail=str(error.strerror)
            ) from error

    def _path(self, identifier: str) -> Path:
        return self.folder / f"{_PREFIX}{identifier}.json"


def _item(held: Mapping[str, Any]) -> OrderItem:
    item = OrderItem(
        id=str(held["id"]),
        octets=base64.b64decode(held["octets"], validate=True),
        algorithm=signature_algorithm(held["algorithm"]),
    )
    if item.digest.hex() != held["digest"]:
        raise InputError("REMOTE.STATE", where="digest")
    return item


def _encoded(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()
