"""Guarded downloads: addresses in certificates and documents come from strangers.

1. only http(s), without credentials, on ports that no other service answers,
2. the name is resolved once and every address of it must be public,
3. the connection goes to an address that was checked, so that a second answer of the name service
   changes nothing,
4. time and size are bounded for the whole, redirects start again at 1. No proxies, no cookies, no
   decompression.
Spec: RFC 2585, RFC 5280 8 (do not follow addresses blindly).
"""

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import field
from datetime import timedelta
from http.client import HTTPException
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Final, Self, TypeAlias
from urllib.parse import urljoin

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError, NewConnectionError, ProtocolError
from urllib3.exceptions import TimeoutError as HttpTimeoutError
from urllib3.response import HTTPResponse
from urllib3.util import Url, parse_url

from hocba_sign.adapters.address import is_public
from hocba_sign.errors import Finding, OutsideError
from hocba_sign.frozen_dataclass import dataclass

MAX_URL_LENGTH: Final = 2_048
MAX_ADDRESSES: Final = 8
"""Addresses of one name that are tried."""

_CHUNK: Final = 1 << 16
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PORTS: Final = {"http": 80, "https": 443}
_FIRST_FREE_PORT: Final = 1_024
_NUMBER: Final = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?$")
"""Hosts that end in a number are addresses, which some resolvers read in octal, hexadecimal or with
parts missing.
"""
_AGENT: Final = "hocba-sign"

Resolver: TypeAlias = Callable[[str, int], tuple[str, ...]]
"""Returns the numeric addresses of a host name. Raises: OSError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What one download may cost, redirects included.

    `timeout` bounds the whole from the name to the last octet.
    """

    max_octets: int = 64 * 1024 * 1024
    timeout: timedelta = timedelta(seconds=30)
    max_redirects: int = 3


@dataclass(frozen=True, slots=True)
class Post:
    """A request with a body, such as for OCSP; its answer may not be a redirect."""

    body: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True, slots=True)
class Hop:
    """A connection that was made or tried."""

    url: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address gave, and by which connections."""

    url: str
    octets: bytes = field(repr=False)
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why nothing came.

    `finding` has a cause `FETCH.*` and the address at fault, which after a redirect is not `url`.

    Without `hops` nothing was contacted but the name service.
    """

    url: str
    finding: Finding
    detail: str
    hops: tuple[Hop, ...]


Outcome: TypeAlias = Fetched | Refused


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Ask the system's name service, unless the host is an address."""
    if _is_numeric(host):
        return (host,)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Downloads within `limits`.

    `allow_loopback` lets this machine be asked, for tests; other private addresses stay refused.
    """

    limits: FetchLimits = field(default_factory=FetchLimits)
    allow_loopback: bool = False
    resolve: Resolver = resolve

    def attempt(self, url: str, *, post: Post | None = None) -> Outcome:
        """Download; every failure and refusal is a value."""
        hops: list[Hop] = []
        with _Deadline(self.limits.timeout) as deadline:
            try:
                octets = self._follow(url, post, deadline=deadline, hops=hops)
            except OutsideError as error:
                finding = Finding(error.cause, error.where)
                return Refused(url=url, finding=finding, detail=error.detail, hops=tuple(hops))
        return Fetched(url=url, octets=octets, hops=tuple(hops))

    def _follow(
        self, url: str, post: Post | None, *, deadline: "_Deadline", hops: list[Hop]
    ) -> bytes:
        here = url
        for _ in range(self.limits.max_redirects + 1):
            target = _target(here, has_any_port=self.allow_loopback)
            try:
                answer = self._ask(target, post, deadline=deadline, hops=hops)
            except OutsideError as error:
                # A socket that the timer cut may fail in any way.
                cause = "FETCH.TIMEOUT" if deadline.is_over else error.cause
                raise OutsideError(cause, where=_shown(here), detail=error.detail) from error
            if isinstance(answer, bytes):
                return answer
            if post is not None or not answer.location:
                raise OutsideError("FETCH.REDIRECT", where=_shown(here))
            here = urljoin(here, answer.location)
        raise OutsideError(
            "FETCH.REDIRECT", where=_shown(here), detail=f"more than {self.limits.max_redirects}"
        )

    def _ask(
        self, target: Url, post: Post | None, *, deadline: "_Deadline", hops: list[Hop]
    ) -> "bytes | _Redirect":
        host, port = (target.host or "").strip("[]"), target.port or _PORTS[target.scheme or ""]
        addresses = _checked(
            deadline.wait_for(lambda: self.resolve(host, port)), allow_loopback=self.allow_loopback
        )
        failure: OutsideError | None = None
        for address in addresses[:MAX_ADDRESSES]:
            hops.append(Hop(_shown(target.url), address))
            connection = _connection(target, address, port=port, seconds=deadline.remaining())
            try:
                with closing(connection):
                    return self._exchange(connection, target, post=post, deadline=deadline)
            # Another address is tried only where nothing was sent to this one.
            except NewConnectionError:
                failure = OutsideError("FETCH.UNREACHABLE", detail=address)
            except ProtocolError as error:
                raise OutsideError("FETCH.TRUNCATED", detail="the answer breaks off") from error
            except (HttpTimeoutError, TimeoutError) as error:
                raise OutsideError(
                    "FETCH.TIMEOUT", detail=f"{self.limits.timeout.total_seconds():g} s"
                ) from error
            except (HTTPError, HTTPException, OSError, ValueError, AttributeError) as error:
                raise OutsideError("FETCH.UNREACHABLE", detail=type(error).__name__) from error
        raise failure or OutsideError("FETCH.NAME")

    def _exchange(
        self, connection: HTTPConnection, target: Url, *, post: Post | None, deadline: "_Deadline"
    ) -> "bytes | _Redirect":
        deadline.watch(connection)
        connection.connect()
        deadline.watch(connection)
        # What is compressed could unpack to far more octets than were counted.
        headers = {
            "Host": target.netloc or "",
            "User-Agent": _AGENT,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }
        if post is not None:
            headers["Content-Type"] = post.content_type
        connection.request(
            "GET" if post is None else "POST",
            target.request_uri,
            body=None if post is None else post.body,
            headers=headers,
            preload_content=False,
            decode_content=False,
        )
        with closing(connection.getresponse()) as response:
            if response.status in _REDIRECTS:
                return _Redirect(response.headers.get("Location", ""))
            if response.status != 200:
                raise OutsideError("FETCH.HTTP_STATUS", detail=f"HTTP {response.status}")
            return self._read(response, deadline)

    def _read(self, response: HTTPResponse, deadline: "_Deadline") -> bytes:
        stated = response.headers.get("Content-Length", "")
        body = bytearray()
        if not (stated.isdecimal() and int(stated) > self.limits.max_octets):
            while len(body) <= self.limits.max_octets and (chunk := response.read1(_CHUNK)):
                body += chunk
                deadline.remaining()
            # A cut connection may look like the end of the body.
            deadline.remaining()
            if len(body) <= self.limits.max_octets:
                return bytes(body)
        raise OutsideError("FETCH.TOO_LARGE", detail=f"more than {self.limits.max_octets} octets")


def fetch(
    url: str, *, limits: FetchLimits, allow_loopback: bool = False, post: Post | None = None
) -> bytes:
    """Download one address. Raises: OutsideError FETCH.*, `where` the address at fault."""
    outcome = Fetcher(limits=limits, allow_loopback=allow_loopback).attempt(url, post=post)
    if isinstance(outcome, Refused):
        raise OutsideError(
            outcome.finding.cause, where=outcome.finding.where, detail=outcome.detail
        )
    return outcome.octets


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str


class _Deadline:
    """Ends an exchange whose octets trickle in slower than any single wait would notice."""

    def __init__(self, timeout: timedelta) -> None:
        self._seconds = timeout.total_seconds()
        self._end = time.monotonic() + self._seconds
        self._connection: HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(self._seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def remaining(self) -> float:
        """Return the seconds left. Raises: TimeoutError where there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise OutsideError("FETCH.TIMEOUT", detail=f"{self._seconds:g} s")
        return left

    def watch(self, connection: HTTPConnection) -> None:
        """Cut this connection when the time is up; it forgets its socket once the response takes
        over, so that is kept here.
        """
        self._connection, self._socket = connection, connection.sock
        self.remaining()

    def wait_for(self, look_up: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        """Resolve a name; the system's own call knows no time limit, so it is left behind when it
        takes too long.
        """
        answer: SimpleQueue[tuple[str, ...]] = SimpleQueue()

        def ask() -> None:
            found: tuple[str, ...] = ()
            try:
                with suppress(OSError, ValueError):
                    found = look_up()
            finally:
                answer.put(found)

        threading.Thread(target=ask, daemon=True).start()
        try:
            return answer.get(timeout=self.remaining())
        except Empty as error:
            raise OutsideError("FETCH.TIMEOUT", detail="name service") from error

    def _cut(self) -> None:
        # To close a socket would not wake the thread that waits for its octets.
        for held in (self._socket, self._connection.sock if self._connection is not None else None):
            if held is not None:
                with suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)


def _target(url: str, *, has_any_port: bool) -> Url:
    if len(url) > MAX_URL_LENGTH or not url.isascii() or not url.isprintable() or " " in url:
        raise OutsideError("FETCH.URL", where=_shown(url))
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise OutsideError("FETCH.URL", where=_shown(url)) from error
    if parsed.scheme not in _PORTS:
        raise OutsideError("FETCH.SCHEME", where=_shown(url))
    if (
        not parsed.host
        or parsed.auth is not None
        or (_NUMBER.search(parsed.host) and not _is_numeric(parsed.host))
    ):
        raise OutsideError("FETCH.URL", where=_shown(url), detail="a host and no credentials")
    port = parsed.port if parsed.port is not None else _PORTS[parsed.scheme]
    if port not in _PORTS.values() and port < _FIRST_FREE_PORT and not has_any_port:
        raise OutsideError("FETCH.PORT", where=_shown(url), detail=f"port {port}")
    return parsed


def _checked(addresses: tuple[str, ...], *, allow_loopback: bool) -> tuple[str, ...]:
    """Return the addresses if all of them may be contacted: a name that is public only in part is
    no honest one.
    """
    if not addresses:
        raise OutsideError("FETCH.NAME")
    for address in addresses:
        if not is_public(address) and not (allow_loopback and _is_loopback(address)):
            raise OutsideError("FETCH.ADDRESS", detail=address)
    return addresses


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _connection(target: Url, address: str, *, port: int, seconds: float) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, port, timeout=seconds)
    # What is fetched proves itself by its pin or signature, and CRLs must not need a certificate
    # check of their own to be had (RFC 5280, 8); official servers send wrong chains. So the server
    # is not authenticated, and nothing secret is sent.
    name = None if _is_numeric(target.host or "") else target.host
    return HTTPSConnection(
        address,
        port,
        timeout=seconds,
        server_hostname=name,
        cert_reqs="CERT_NONE",
        assert_hostname=False,
    )


def _is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _shown(url: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in url[:200])
