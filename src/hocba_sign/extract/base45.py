"""Base45: octets in the letters for which a QR code needs the fewest modules. Spec: RFC 9285."""

from typing import Final

from hocba_sign.errors import InputError

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {letter: value for value, letter in enumerate(_LETTERS)}
_BASE: Final = 45


def encode(octets: bytes) -> str:
    """Return three letters for two octets, two for a last single one."""
    letters = []
    for at in range(0, len(octets), 2):
        pair = octets[at : at + 2]
        rest = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            rest, digit = divmod(rest, _BASE)
            letters.append(_LETTERS[digit])
    return "".join(letters)


def decode(text: str) -> bytes:
    """Read what `encode` writes. Raises: InputError EXTRACT.BASE45, at the letter."""
    octets = bytearray()
    for at in range(0, len(text), 3):
        group = text[at : at + 3]
        try:
            number = sum(_VALUES[letter] * _BASE**place for place, letter in enumerate(group))
            octets += number.to_bytes(len(group) - 1, "big")
        except (KeyError, OverflowError):
            raise InputError("EXTRACT.BASE45", where=f"letter {at + 1}") from None
        if len(group) == 1:
            raise InputError("EXTRACT.BASE45", where=f"letter {at + 1}")
    return bytes(octets)
