"""Values in another width than the curve's hold the same numbers."""

import pytest

from hocba_sign.xades.general.ecdsa import in_full_width

ECDSA = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


def value(r: int, s: int, width: int) -> bytes:
    return r.to_bytes(width, "big") + s.to_bytes(width, "big")


@pytest.mark.parametrize(
    ("width", "full"), [(31, 32), (33, 32), (47, 48), (49, 48), (65, 66), (67, 66)]
)
def test_another_width_becomes_that_of_the_curve(width: int, full: int) -> None:
    r, s = (1 << (8 * min(width, full) - 1)) + 5, 7
    assert in_full_width(value(r, s, width), ECDSA) == value(r, s, full)


@pytest.mark.parametrize(
    "octets", [b"", b"\x01", bytes(63), b"\x01" * 64, b"\x01" * 96, b"\x01" * 132, b"\xff" * 200]
)
def test_what_is_in_full_width_or_fits_none_stays(octets: bytes) -> None:
    assert in_full_width(octets, ECDSA) == octets


def test_of_other_algorithms_nothing_changes() -> None:
    assert in_full_width(b"\x00\x01" * 33, RSA) == b"\x00\x01" * 33
