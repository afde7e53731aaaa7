"""From a configuration to a signer: which dialect speaks to the service, which of its certificates
signs.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from hocba_sign.adapters.remote.credential import (
    Dialogue,
    Prompt,
    RemoteService,
    choose_credential,
)
from hocba_sign.adapters.remote.csc import CscService
from hocba_sign.adapters.remote.hash_order import RemoteSigner
from hocba_sign.adapters.remote.misa import MisaService
from hocba_sign.adapters.remote.mysign import MySignService
from hocba_sign.adapters.remote.service_file import Settings, read_settings
from hocba_sign.adapters.remote.smartca import SmartCaService
from hocba_sign.adapters.remote.vgca import VgcaService
from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import Role

SERVICES: Final[Mapping[str, Callable[[Settings, Dialogue], RemoteService]]] = {
    "csc": CscService,
    "misa": MisaService,
    "mysign": MySignService,
    "smartca": SmartCaService,
    "vgca": VgcaService,
}
"""Dialects by the name that a configuration has for them."""


def open_remote(
    configuration: Path,
    role: Role | None = None,
    *,
    at: datetime,
    sha256: str | None = None,
    ask: Prompt | None = None,
    show: Callable[[str], None] | None = None,
) -> RemoteSigner:
    """Return a signer at the service that a TOML file describes; nobody is asked for approval yet.

    The certificate is the one with this SHA-256, else the only one of the account that may sign at
    `at` (aware) and fits `role`. `ask` is called for a PIN or one-time code when hashes are sent,
    where the configuration names no place for it, `show` with the address to sign in at with a
    browser.
    Raises: CallerError REMOTE.CONFIG, REMOTE.SECRET, REMOTE.SECRET_IN_CONFIG, REMOTE.URL,
    REMOTE.BROWSER_NEEDED,
    REMOTE.NO_CERTIFICATE, REMOTE.WHICH_CERTIFICATE; OutsideError REMOTE.*, FILE.*.
    """
    settings = read_settings(configuration)
    kind = SERVICES.get(settings.service)
    if kind is None:
        raise CallerError("REMOTE.CONFIG", where=f"service: {settings.service}")
    service = kind(settings, Dialogue(ask, show))
    credential = choose_credential(service.credentials(), at=at, role=role, sha256=sha256)
    return service.signer(credential)
