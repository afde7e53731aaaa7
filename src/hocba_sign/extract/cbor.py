"""Deterministic CBOR, as far as an extract needs it: one value has one encoding, and no other is
read.

Spec: RFC 8949, 4.2.1 (core deterministic encoding), without maps, tags, negative numbers and
floating point.
"""

from typing import Final, TypeAlias

from hocba_sign.errors import InputError

Value: TypeAlias = "int | bytes | str | bool | tuple[Value, ...] | None"

_UINT, _BYTES, _TEXT, _ARRAY, _SIMPLE = 0, 2, 3, 4, 7
_FALSE, _TRUE, _NULL = 20, 21, 22
_MAX_DEPTH: Final = 4


def encode(value: Value) -> bytes:
    """Return the one encoding of `value`; numbers are below 2^64."""
    match value:
        case str():
            text = value.encode()
            return _head(_TEXT, len(text)) + text
        case None:
            return _SMALL[_SIMPLE << 5 | _NULL]
        case bool():
            return _SMALL[_SIMPLE << 5 | (_TRUE if value else _FALSE)]
        case int():
            return _head(_UINT, value)
        case bytes():
            return _head(_BYTES, len(value)) + value
        case tuple():
            return _head(_ARRAY, len(value)) + b"".join(map(encode, value))


def decode(octets: bytes) -> Value:
    """Read one value that fills `octets`.

    Raises: InputError EXTRACT.CBOR, at the octet, for anything that `encode` would not have
    written.
    """
    value, end = _item(octets, 0, depth=0)
    if end != len(octets):
        raise _refused(end)
    return value


_SMALL: Final = tuple(bytes([octet]) for octet in range(256))


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return _SMALL[major << 5 | argument]
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * size:
            return bytes([major << 5 | info]) + argument.to_bytes(size, "big")
    raise ValueError("a number of more than 64 bits")


def _item(octets: bytes, at: int, *, depth: int) -> tuple[Value, int]:
    major, argument, end = _read_head(octets, at)
    if major == _UINT:
        return argument, end
    if major == _SIMPLE:
        return {_FALSE: False, _TRUE: True, _NULL: None}[argument], end
    # Every item has at least one octet: what claims more than there is ends here.
    if argument > len(octets) - end:
        raise _refused(at)
    if major == _ARRAY:
        if depth == _MAX_DEPTH:
            raise _refused(at)
        items = []
        for _ in range(argument):
            item, end = _item(octets, end, depth=depth + 1)
            items.append(item)
        return tuple(items), end
    content = octets[end : end + argument]
    if major == _BYTES:
        return content, end + argument
    try:
        return content.decode(), end + argument
    except UnicodeDecodeError:
        raise _refused(at) from None


def _read_head(octets: bytes, at: int) -> tuple[int, int, int]:
    """Return major type, argument and the octet behind the head, which must be the shortest."""
    if at >= len(octets):
        raise _refused(at)
    major, info = octets[at] >> 5, octets[at] & 31
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(info, 0)
    end = at + 1 + size
    argument = int.from_bytes(octets[at + 1 : end], "big") if size else info
    is_known = major in {_UINT, _BYTES, _TEXT, _ARRAY} or (
        major == _SIMPLE and info in {_FALSE, _TRUE, _NULL}
    )
    if not is_known or info > 27 or end > len(octets) or octets[at:end] != _head(major, argument):
        raise _refused(at)
    return major, argument, end


def _refused(at: int) -> InputError:
    return InputError("EXTRACT.CBOR", where=f"octet {at}")
