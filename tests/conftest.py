"""What every test runs under: no network but loopback, repeatable examples, foreign data if it is
there.
"""

import ipaddress
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# Examples are the same on every run and machine; `--hypothesis-profile=search` looks for new ones.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("repeatable")


LONG = frozenset(
    re.findall(r"^LONG := (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)[0].split()
)
"""Folders whose tests go through many inputs each, or wait for other processes: `make test-long`;
`make test` does not even load them.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of `LONG`."""
    for item in items:
        if item.path.relative_to(ROOT / "tests").parts[0] in LONG:
            item.add_marker("long")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the top of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of foreign data beside the source tree; it is not part of the
    repository.
    """
    if not SHARED.is_dir():
        pytest.skip("no foreign data: there is no folder `shared` beside the source tree")
    return SHARED


class NetworkRefusedError(AssertionError):
    """A test reached for an address outside this machine."""


def _is_local(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    """Refuse connections and name look-ups that leave the machine, in the tests' own process."""
    connect, connect_ex, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(family: int, address: object) -> None:
        if (
            family in (socket.AF_INET, socket.AF_INET6)
            and isinstance(address, tuple)
            and not _is_local(address[0])
        ):
            message = f"the test connects to {address[0]}"
            raise NetworkRefusedError(message)

    def guarded_connect(self: socket.socket, address: tuple[str, int]) -> None:
        check(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: tuple[str, int]) -> int:
        check(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: str | None, *args: object, **kwargs: object) -> object:
        if not _is_local(host):
            message = f"the test looks up {host}"
            raise NetworkRefusedError(message)
        return getaddrinfo(host, *args, **kwargs)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        # Programs started by a test must not find a way out through a proxy either.
        for name in tuple(os.environ):
            if name.lower().endswith("_proxy"):
                patch.delenv(name)
        yield
