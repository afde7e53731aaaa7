"""Time-stamps over HTTP.

One POST per attempt, no redirects, no proxies, bounded in time and size; every failure names its
cause.
Spec: RFC 3161, 3.4.
"""

import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import field
from datetime import timedelta
from http.client import HTTPException

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError, NewConnectionError
from urllib3.exceptions import TimeoutError as HttpTimeoutError
from urllib3.util import Url, parse_url

from hocba_sign.adapters.watch import Watch
from hocba_sign.crypto.digests import DigestAlgorithm
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.timestamp.protocol import build_request, read_response

MAX_RESPONSE_OCTETS = 64 * 1024
"""A response with its whole chain has 3 to 8 kB."""
DEFAULT_TIMEOUT = timedelta(seconds=30)
"""For one attempt as a whole. The Government's service needs up to 131 s: give it 180 s."""
_CHUNK = 4_096
_WORTH_ANOTHER_TRY = frozenset({"TSA.UNREACHABLE", "TSA.BUSY"})
"""One that was too slow has had its time."""


def random_nonce() -> int:
    return secrets.randbits(64)


@dataclass(frozen=True, slots=True)
class TimeStampClient:
    """A time-stamping authority at an http(s) address.

    `timeout` bounds each attempt from connecting to the last octet; `retries` are further attempts
    after a service that cannot be reached or says that it is busy. `policy` is a dotted OID to ask
    for. `nonce` gives a fresh one per attempt.
    Raises: CallerError TSA.URL for anything but http(s) with a host and without credentials.
    """

    url: str
    timeout: timedelta = field(default=DEFAULT_TIMEOUT, kw_only=True)
    retries: int = field(default=2, kw_only=True)
    policy: str | None = field(default=None, kw_only=True)
    nonce: Callable[[], int] = field(default=random_nonce, kw_only=True)

    def __post_init__(self) -> None:
        _parse(self.url)

    def stamp(self, digest_algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
        """Return the DER of a token over `imprint` that answers our request and whose signature
        holds; its path is not judged.

        Raises: OutsideError TSA.UNREACHABLE, TSA.TIMEOUT, TSA.BUSY, TSA.HTTP_STATUS, TSA.TOO_LARGE,
        and those of `read_response`.
        """
        attempt = 0
        while True:
            request = build_request(
                digest_algorithm, imprint, nonce=self.nonce(), policy=self.policy
            )
            try:
                return read_response(self._post(request), request)
            except OutsideError as error:
                if error.cause not in _WORTH_ANOTHER_TRY or attempt >= self.retries:
                    raise
            attempt += 1

    def _post(self, request: bytes) -> bytes:
        url = _parse(self.url)
        seconds = self.timeout.total_seconds()
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        connection = kind(url.host or "", url.port, timeout=seconds)
        with Watch(connection, self.timeout) as watch, closing(connection):
            body = self._exchanged(connection, watch, url=url, request=request)
        if watch.is_late:
            raise self._late()
        return body

    def _exchanged(
        self, connection: HTTPConnection, watch: Watch, *, url: Url, request: bytes
    ) -> bytes:
        try:
            return _exchange(connection, watch, url=url, request=request)
        except NewConnectionError as error:
            # A subclass of the time-out of connecting, though it also stands for a refusal or an
            # unknown host.
            raise (
                self._late()
                if watch.is_late
                else OutsideError("TSA.UNREACHABLE", where=self.url, detail="no connection")
            ) from error
        except (HttpTimeoutError, TimeoutError) as error:
            raise self._late() from error
        except OutsideError as error:
            raise (
                self._late()
                if watch.is_late
                else OutsideError(error.cause, where=self.url, detail=error.detail)
            ) from error
        except (HTTPError, HTTPException, OSError, ValueError, AttributeError) as error:
            raise (
                self._late()
                if watch.is_late
                else OutsideError("TSA.UNREACHABLE", where=self.url, detail=type(error).__name__)
            ) from error

    def _late(self) -> OutsideError:
        return OutsideError(
            "TSA.TIMEOUT", where=self.url, detail=f"{self.timeout.total_seconds():g} s"
        )


def _parse(url: str) -> Url:
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise CallerError("TSA.URL", detail="unreadable") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.auth is not None:
        raise CallerError("TSA.URL", detail="http or https with a host, without credentials")
    return parsed


def _exchange(connection: HTTPConnection, watch: Watch, *, url: Url, request: bytes) -> bytes:
    headers = {
        "Content-Type": "application/timestamp-query",
        "Accept": "application/timestamp-reply",
        "User-Agent": "hocba-sign",
    }
    watch.connect()
    connection.request(
        "POST",
        url.request_uri,
        body=request,
        headers=headers,
        preload_content=False,
        decode_content=False,
    )
    with closing(connection.getresponse()) as response:
        if response.status in {429, 502, 503, 504}:
            raise OutsideError("TSA.BUSY", detail=f"HTTP {response.status}")
        if response.status != 200:
            raise OutsideError("TSA.HTTP_STATUS", detail=f"HTTP {response.status}")
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > MAX_RESPONSE_OCTETS:
                raise OutsideError(
                    "TSA.TOO_LARGE", detail=f"more than {MAX_RESPONSE_OCTETS} octets"
                )
    return bytes(body)
