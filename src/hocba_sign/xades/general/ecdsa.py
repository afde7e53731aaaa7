"""ECDSA values of writers that take a big integer's own octets: leading zeros cut off, or one
added.
"""

from typing import Final

from hocba_sign.crypto.algorithms import SIGNATURE_ALGORITHMS, Scheme

_WIDTHS: Final = (32, 48, 66)
"""Octets of r and of s on P-256, P-384, P-521."""
_URIS: Final = frozenset(
    algorithm.uri for algorithm in SIGNATURE_ALGORITHMS if algorithm.scheme is Scheme.ECDSA
)


def in_full_width(value: bytes, algorithm_uri: str) -> bytes:
    """Write r and s in the width of the smallest curve that they fit; a value in the width of any
    curve stays as it is.

    The numbers stay the same, so that nothing becomes right that was wrong.
    Spec: XML Signature 1.1, 6.4.3.1, which wants the full width.
    """
    half, odd = divmod(len(value), 2)
    if algorithm_uri not in _URIS or not value or odd or half in _WIDTHS or half > max(_WIDTHS) + 1:
        return value
    numbers = [int.from_bytes(part, "big") for part in (value[:half], value[half:])]
    width = next((width for width in _WIDTHS if max(numbers).bit_length() <= 8 * width), None)
    # A big integer's own octets have one more than the width at most, for the sign.
    return (
        value
        if width is None or half > width + 1
        else b"".join(number.to_bytes(width, "big") for number in numbers)
    )
