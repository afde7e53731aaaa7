"""The letters of the QR code, by RFC 9285."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.errors import InputError
from hocba_sign.extract.base45 import decode, encode

FROM_RFC = (
    ("AB", "BB8"),
    ("Hello!!", "%69 VD92EX0"),
    ("base-45", "UJCLQE7W581"),
    ("ietf!", "QED8WEX0"),
)


@pytest.mark.parametrize(("plain", "letters"), FROM_RFC)
def test_the_examples_of_the_rfc(plain: str, letters: str) -> None:
    assert encode(plain.encode()) == letters
    assert decode(letters) == plain.encode()


@given(octets=st.binary(max_size=60))
def test_there_and_back(octets: bytes) -> None:
    assert decode(encode(octets)) == octets


@given(text=st.text("0123456789ABCXYZ $%*+-./:", max_size=12))
def test_what_is_read_is_what_would_be_written(text: str) -> None:
    try:
        octets = decode(text)
    except InputError:
        return
    assert encode(octets) == text


@pytest.mark.parametrize("text", ["GGW", ":::", "B", "BB8B", "bb8", "B\n8", "::", "Đ00"])
def test_nothing_else_is_read(text: str) -> None:
    with pytest.raises(InputError) as refused:
        decode(text)
    assert refused.value.cause == "EXTRACT.BASE45"
