"""A PIN on its way to the token: shown nowhere, written nowhere."""

from typing import NoReturn


class Pin:
    """A secret that prints as stars, also in tracebacks with values, and cannot be pickled."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the PIN; call it where it is handed over, keep no name for what it gives."""
        return self._text

    def __repr__(self) -> str:
        return "Pin(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PIN is not written down")
