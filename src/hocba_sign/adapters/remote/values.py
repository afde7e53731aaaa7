"""Which value belongs to which document: by the id that the service names, and always by the
certificate's key.
"""

from collections.abc import Iterable, Iterator
from dataclasses import field

from cryptography.hazmat.primitives.asymmetric import ec

from hocba_sign.adapters.remote.hash_order import Answer, Order, OrderItem
from hocba_sign.crypto.value_form import ecdsa_integers, value_form_cause
from hocba_sign.crypto.verify import PublicKey, verify_value
from hocba_sign.frozen_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The right values by document id, and why there is none of the others."""

    values: dict[str, bytes] = field(repr=False)
    causes: dict[str, str]


def match_values(order: Order, answer: Answer, *, public_key: PublicKey) -> Matched:
    """Return which of the answer's values are right for which document.

    A value with an id is of that document or of none. Where the service names no ids the place is
    tried first, then every other: some do not keep the order.
    """
    values, causes = {}, {}
    for place, item in enumerate(order.items):
        candidates = tuple(_candidates(answer, item, place))
        right = _right(candidates, item, public_key)
        if right is not None:
            values[item.id] = right
        elif candidates:
            causes[item.id] = value_form_cause(candidates[0]) or "REMOTE.VALUE"
        else:
            causes[item.id] = "REMOTE.NO_VALUE"
    return Matched(values=values, causes=causes)


def _candidates(answer: Answer, item: OrderItem, place: int) -> Iterator[bytes]:
    yield from (value for name, value in answer.values if name == item.id)
    nameless = [value for name, value in answer.values if name is None]
    yield from nameless[place : place + 1]
    yield from nameless[:place]
    yield from nameless[place + 1 :]


def _right(candidates: Iterable[bytes], item: OrderItem, public_key: PublicKey) -> bytes | None:
    raw = (raw_value(value, public_key) for value in candidates)
    return next(
        (
            value
            for value in raw
            if verify_value(public_key, item.octets, signature=value, algorithm=item.algorithm)
        ),
        None,
    )


def raw_value(value: bytes, public_key: PublicKey) -> bytes:
    """Return r‖s for an ECDSA value in DER, as services for CMS give it; any other value as it is.

    Spec: RFC 3279, 2.2.3; XML Signature 1.1, 6.4.3.
    """
    if not isinstance(public_key.key, ec.EllipticCurvePublicKey):
        return value
    size = (public_key.key.key_size + 7) // 8
    numbers = ecdsa_integers(value)
    if len(value) == 2 * size or numbers is None or max(numbers).bit_length() > 8 * size:
        return value
    return b"".join(number.to_bytes(size, "big") for number in numbers)
