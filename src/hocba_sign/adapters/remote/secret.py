"""What must not be seen: passwords, PINs, tokens and authorisations, from where they come to the
request that carries them.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NoReturn

from hocba_sign.adapters.files import read_limited
from hocba_sign.errors import CallerError, HocbaSignError
from hocba_sign.frozen_dataclass import dataclass

MAX_SECRET_OCTETS: Final = 16 * 1024
"""A token of an authorisation server, signed and with claims, has 1 to 4 kB."""
_SHORTEST_REMOVED: Final = 4
"""What is shorter stands in any text by chance."""
REMOVED: Final = "\u2026"


class Secret:
    """A text that shows nothing of itself: not in a repr, a traceback, a log or a pickle."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        return self.__text

    def __repr__(self) -> str:
        return "Secret()"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret stays in its process")


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where a secret comes from: an environment variable or a file, read when it is needed."""

    name: str
    variable: str | None = None
    file: Path | None = None

    def read(self) -> Secret:
        """Read it; one line feed at the end of a file is not part of it.

        Raises: CallerError REMOTE.SECRET naming the place, without what is there.
        """
        text = os.environ.get(self.variable, "") if self.variable else self._from_file()
        if not text:
            raise CallerError("REMOTE.SECRET", where=f"{self.name}: {self.variable or self.file}")
        return Secret(text)

    def _from_file(self) -> str:
        try:
            octets = b"" if self.file is None else read_limited(self.file, MAX_SECRET_OCTETS)
            return octets.decode().removesuffix("\n").removesuffix("\r")
        except (HocbaSignError, UnicodeDecodeError):
            return ""


def without_secrets(text: str, secrets: Iterable[Secret]) -> str:
    """Return `text`, in which a service may have repeated what it was sent, less the secrets."""
    for secret in secrets:
        hidden = secret.reveal()
        if len(hidden) >= _SHORTEST_REMOVED:
            text = text.replace(hidden, REMOVED)
    return text
