"""BER with indefinite lengths becomes DER again; anything else ends in an error of input."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.crypto import der
from hocba_sign.errors import InputError

LEAVES = st.builds(
    der.encode, st.sampled_from([der.INTEGER, der.OCTET_STRING, der.OID]), st.binary(max_size=300)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda tag, parts: der.encode(tag, *parts),
        st.sampled_from([0x30, 0x31, 0xA0]),
        st.lists(inner),
    ),
)


def indefinite(octets: bytes) -> bytes:
    """Write every constructed element, and every OCTET STRING in pieces, with an indefinite
    length.
    """
    element = der.first(octets, octets[0])
    if element.tag == der.OCTET_STRING:
        halves = (element.content[:100], element.content[100:])
        return (
            b"\x24\x80" + b"".join(der.encode(der.OCTET_STRING, half) for half in halves) + b"\0\0"
        )
    if not element.tag & 0x20:
        return octets
    return (
        bytes((element.tag, 0x80))
        + b"".join(indefinite(part.der) for part in der.children(element))
        + b"\0\0"
    )


@given(TREES, st.binary(max_size=3))
def test_lengths_become_definite(tree: bytes, rest: bytes) -> None:
    octets = indefinite(tree)
    assert der.definite(octets + rest) == (tree, len(octets))


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda octets: b"\x30\x80" + octets))
def test_other_octets_end_in_nothing_but_an_error_of_input(octets: bytes) -> None:
    with contextlib.suppress(InputError):
        found, end = der.definite(octets)
        assert 0 < end <= len(octets)
        assert der.first(found, found[0]).der == found


@pytest.mark.parametrize(
    "octets", [b"\x30\x80" * 20_000, b"\x24\x80\x30\x00\0\0", b"\x30\x80", b""]
)
def test_what_is_nested_too_deep_or_cut_off_is_refused(octets: bytes) -> None:
    with pytest.raises(InputError, match="DER"):
        der.definite(octets)
