"""One value has one encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.errors import InputError
from hocba_sign.extract.cbor import Value, decode, encode

FROM_RFC: tuple[tuple[Value, str], ...] = (
    (0, "00"), (23, "17"), (24, "1818"), (100, "1864"), (1000, "1903e8"), (1000000, "1a000f4240"),
    (18446744073709551615, "1bffffffffffffffff"), (False, "f4"), (True, "f5"), (None, "f6"),
    (b"\x01\x02\x03\x04", "4401020304"), ("", "60"), ("IETF", "6449455446"), ("水", "63e6b0b4"),
    ((1, 2, 3), "83010203"), ((1, (2, 3), (4, 5)), "8301820203820405"),
)  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 2**64 - 1)
    | st.binary(max_size=40)
    | st.text(max_size=20),
    lambda inner: st.tuples(inner, inner),
    max_leaves=6,
)


@pytest.mark.parametrize(("value", "octets"), FROM_RFC, ids=[octets for _, octets in FROM_RFC])
def test_the_examples_of_rfc_8949(value: Value, octets: str) -> None:
    assert encode(value).hex() == octets
    assert decode(bytes.fromhex(octets)) == value


@given(octets=st.binary(max_size=40))
def test_what_is_read_is_what_would_be_written(octets: bytes) -> None:
    try:
        value = decode(octets)
    except InputError:
        return
    assert encode(value) == octets


@given(value=VALUES)
def test_what_is_written_is_read(value: Value) -> None:
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    "octets",
    [
        "", "1817", "190017", "1a00000001", "1b0000000000000001", "5f", "9f00ff", "7f60ff", "20",
        "a0", "c000", "f7", "f9", "f800", "fb3ff0000000000000", "0000", "8200", "4401", "61ff",
        "9bffffffffffffffff", "8181818181818100", "f97e00", "5801", "5c", "ff",
    ],
)  # fmt: skip
def test_nothing_else_is_read(octets: str) -> None:
    with pytest.raises(InputError) as refused:
        decode(bytes.fromhex(octets))
    assert refused.value.cause == "EXTRACT.CBOR"
