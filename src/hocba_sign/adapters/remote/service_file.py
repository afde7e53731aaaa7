"""What a user writes down of a service: a TOML file that names secrets and holds none."""

import tomllib
from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from hocba_sign.adapters.files import read_limited
from hocba_sign.adapters.remote.secret import Secret, SecretSource
from hocba_sign.adapters.remote.transport import DEFAULT_TIMEOUT, Transport
from hocba_sign.errors import CallerError
from hocba_sign.frozen_dataclass import dataclass

MAX_SETTINGS_OCTETS: Final = 64 * 1024
_SECRET_WORDS: Final = ("password", "secret", "token", "pin", "otp", "key")
_MAX_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The entries of the file; `secrets` says where they are, they are read when needed."""

    service: str
    url: str
    entries: Mapping[str, Any] = field(repr=False)
    secrets: Mapping[str, SecretSource]
    folder: Path

    def transport(self) -> Transport:
        """Raises: CallerError REMOTE.URL, REMOTE.CONFIG."""
        seconds = self.entries.get("timeout_seconds", DEFAULT_TIMEOUT.total_seconds())
        if not isinstance(seconds, int | float) or not 0 < seconds <= _MAX_SECONDS:
            raise CallerError("REMOTE.CONFIG", where="timeout_seconds")
        ca_file = self.text("ca_file", "")
        return Transport(
            self.url,
            timeout=timedelta(seconds=seconds),
            ca_file=self.folder / ca_file if ca_file else None,
        )

    def text(self, name: str, default: str | None = None) -> str:
        """Raises: CallerError REMOTE.CONFIG naming the entry where it is missing or no text."""
        found = self.entries.get(name, default)
        if not isinstance(found, str) or (not found and default is None):
            raise CallerError("REMOTE.CONFIG", where=name)
        return found

    def count(self, name: str, default: int) -> int:
        found = self.entries.get(name, default)
        if not isinstance(found, int) or isinstance(found, bool) or found < 1:
            raise CallerError("REMOTE.CONFIG", where=name)
        return found

    def is_set(self, name: str) -> bool:
        found = self.entries.get(name, False)
        if not isinstance(found, bool):
            raise CallerError("REMOTE.CONFIG", where=name)
        return found

    def secret(self, name: str) -> Secret:
        """Raises: CallerError REMOTE.CONFIG where it is not named, REMOTE.SECRET where it is not
        there.
        """
        source = self.secrets.get(name)
        if source is None:
            raise CallerError("REMOTE.CONFIG", where=f"secrets.{name}")
        return source.read()


def read_settings(path: Path) -> Settings:
    """Raises: CallerError REMOTE.CONFIG, REMOTE.SECRET_IN_CONFIG naming the entry; as
    `read_limited`.
    """
    octets = read_limited(path, MAX_SETTINGS_OCTETS)
    try:
        held = tomllib.loads(octets.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        # Without the parser's words: they quote the line.
        raise CallerError("REMOTE.CONFIG", where=str(path)) from None
    places = held.pop("secrets", {})
    if not isinstance(places, dict):
        raise CallerError("REMOTE.CONFIG", where="secrets")
    stray = next((name for name in held if name.split("_")[-1] in _SECRET_WORDS), None)
    if stray is not None:
        raise CallerError("REMOTE.SECRET_IN_CONFIG", where=stray)
    service, url = held.pop("service", None), held.pop("url", None)
    for name, value in (("service", service), ("url", url)):
        if not isinstance(value, str):
            raise CallerError("REMOTE.CONFIG", where=name)
    return Settings(
        service=str(service),
        url=str(url),
        entries=held,
        secrets={name: _source(name, place, path.parent) for name, place in places.items()},
        folder=path.parent,
    )


def _source(name: str, place: Any, folder: Path) -> SecretSource:
    match place:
        case {"env": str(variable), **rest} if variable and not rest:
            return SecretSource(name, variable=variable)
        case {"file": str(file), **rest} if file and not rest:
            return SecretSource(name, file=folder / file)
        case str():
            raise CallerError("REMOTE.SECRET_IN_CONFIG", where=f"secrets.{name}")
        case _:
            raise CallerError("REMOTE.CONFIG", where=f"secrets.{name}")
