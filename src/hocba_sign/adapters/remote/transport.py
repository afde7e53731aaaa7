"""One way to all services: HTTPS with the server's certificate verified, JSON in and out, bounded
in time and size.

1. `https` only, but for this very machine; no proxies, no cookies;
2. no redirect is followed: what is sent holds secrets;
3. what failed is told without what was sent, and without frames that hold it.
"""

import json
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import field
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.exceptions import SSLError as HttpSslError
from urllib3.exceptions import TimeoutError as HttpTimeoutError
from urllib3.util import Url, parse_url

from hocba_sign.adapters.remote.secret import Secret, without_secrets
from hocba_sign.adapters.watch import Watch
from hocba_sign.crypto.value_form import decoded_value
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass

MAX_ANSWER_OCTETS: Final = 4 * 1024 * 1024
"""Fifty values of 512 octets in Base64, and a list of certificates with their chains, fit many
times.
"""
DEFAULT_TIMEOUT: Final = timedelta(seconds=60)
_CHUNK: Final = 1 << 16
_LOOPBACK: Final = frozenset({"127.0.0.1", "[::1]", "localhost"})
_MAX_TEXT: Final = 200
_BUSY: Final = frozenset({429, 500, 502, 503, 504})

NOTHING_SENT: Final = frozenset({"REMOTE.UNREACHABLE", "REMOTE.TLS"})
"""Causes after which the service has certainly seen nothing of the request."""


class Reply:
    """The answer of a service, `status` of HTTP and a JSON object; its content shows nowhere, for
    it may hold secrets and numbers of persons.
    """

    __slots__ = ("_body", "_transport", "status")

    def __init__(self, status: int, body: Any, transport: "Transport") -> None:
        self.status = status
        self._body = body
        self._transport = transport

    def __repr__(self) -> str:
        return f"Reply({self.status})"

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def at(self, name: str) -> Any:
        """Return a member, None where there is none; of a path `a.b` each step."""
        found = self._body
        for step in name.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        return found

    def text(self, name: str) -> str | None:
        found = self.at(name)
        return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else None

    def secret(self, name: str) -> Secret | None:
        """Return a member as a secret that is also removed from all that is told later."""
        found = self.at(name)
        return self._transport.learn(found) if isinstance(found, str) and found else None

    def objects(self, name: str | None = None) -> tuple["Reply", ...]:
        """Return the objects of a list, each to be read as an answer is."""
        found = self._body if name is None else self.at(name)
        items = found if isinstance(found, list) else ()
        return tuple(
            Reply(self.status, item, self._transport) for item in items if isinstance(item, dict)
        )

    def texts(self, name: str | None = None) -> tuple[str, ...]:
        found = self._body if name is None else self.at(name)
        items = found if isinstance(found, list) else ()
        return tuple(item for item in items if isinstance(item, str))

    def told(self, *names: str) -> str:
        """Return what the service says in these members, for people: short, and without secrets."""
        said = filter(None, (self.text(name) for name in names))
        return self._transport.told(f"HTTP {self.status}: {', '.join(said)}".rstrip(": "))


@dataclass(frozen=True, slots=True)
class Transport:
    """The way to one service at `url`.

    `ca_file` is the certificate that a service inside a house is verified with, instead of those
    of the system.
    Raises: CallerError REMOTE.URL for anything but `https`, or `http` to this very machine.
    """

    url: str
    timeout: timedelta = field(default=DEFAULT_TIMEOUT, kw_only=True)
    ca_file: Path | None = field(default=None, kw_only=True)
    _secrets: list[Secret] = field(default_factory=list, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        service_address(self.url)

    def learn(self, secret: str | Secret) -> Secret:
        """Keep a secret out of everything that is told from now on."""
        kept = Secret(secret) if isinstance(secret, str) else secret
        if all(kept is not known for known in self._secrets):
            self._secrets.append(kept)
        return kept

    def told(self, text: str) -> str:
        return without_secrets(text, self._secrets)[:_MAX_TEXT]

    def post(
        self,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        headers: Mapping[str, str | Secret] | None = None,
        is_form: bool = False,
        method: str = "POST",
    ) -> Reply:
        """Send a JSON object, or a form, and return the answer whatever its status; secrets in
        `body` and `headers` are `Secret`.

        Raises: OutsideError REMOTE.UNREACHABLE, REMOTE.TLS where nothing was sent;
        REMOTE.TIMEOUT, REMOTE.BROKEN, REMOTE.BUSY, REMOTE.ANSWER where something may have
        happened; REMOTE.REDIRECT.
        """
        for secret in _secrets_in([body, headers]):
            self.learn(secret)
        url = f"{self.url.rstrip('/')}/{path.lstrip('/')}" if path else self.url
        try:
            reply, failure = (
                self._exchange(url, body, headers=headers, is_form=is_form, method=method),
                None,
            )
        except OutsideError as error:
            reply, failure = None, (error.cause, self.told(error.detail))
        # Raised here, where no frame and no context holds what was sent.
        if failure is not None:
            raise OutsideError(failure[0], where=_shown(url), detail=failure[1])
        assert reply is not None
        return reply

    def _exchange(
        self,
        url: str,
        body: Mapping[str, Any] | None,
        *,
        headers: Mapping[str, str | Secret] | None,
        is_form: bool,
        method: str,
    ) -> Reply:
        target = service_address(url)
        connection = self._connection(target)
        with Watch(connection, self.timeout) as watch, closing(connection):
            try:
                watch.connect()
            except OutsideError:
                raise
            except (HttpSslError, ssl.SSLError) as error:
                raise OutsideError("REMOTE.TLS", detail=_reason(error)) from None
            except (HttpTimeoutError, HTTPError, OSError, ValueError) as error:
                raise OutsideError("REMOTE.UNREACHABLE", detail=type(error).__name__) from None
            try:
                connection.request(
                    method,
                    target.request_uri,
                    body=_octets(body, is_form=is_form),
                    headers=_headers(headers, is_form=is_form, has_body=body is not None),
                    preload_content=False,
                    decode_content=False,
                )
                status, octets = _read(connection)
            except OutsideError:
                raise
            except (HttpTimeoutError, TimeoutError):
                raise OutsideError("REMOTE.TIMEOUT", detail=f"{watch.seconds:g} s") from None
            except (HTTPError, HTTPException, OSError, ValueError, AttributeError) as error:
                cause = "REMOTE.TIMEOUT" if watch.is_late else "REMOTE.BROKEN"
                raise OutsideError(cause, detail=type(error).__name__) from None
        return self._parsed(status, octets)

    def _connection(self, target: Url) -> HTTPConnection:
        seconds = self.timeout.total_seconds()
        host = (target.host or "").strip("[]")
        if target.scheme == "http":
            return HTTPConnection(host, target.port, timeout=seconds)
        try:
            context = ssl.create_default_context(
                cafile=None if self.ca_file is None else str(self.ca_file)
            )
        except (OSError, ValueError):
            raise CallerError("REMOTE.CONFIG", where=f"ca_file: {self.ca_file}") from None
        return HTTPSConnection(host, target.port, timeout=seconds, ssl_context=context)

    def _parsed(self, status: int, octets: bytes) -> Reply:
        if status in _BUSY and not octets.lstrip()[:1] == b"{":
            raise OutsideError("REMOTE.BUSY", detail=f"HTTP {status}")
        if not octets.strip():
            return Reply(status, {}, self)
        try:
            return Reply(status, json.loads(octets), self)
        except (ValueError, RecursionError):
            if 400 <= status < 500:
                return Reply(status, {}, self)
            raise OutsideError("REMOTE.ANSWER", detail=f"HTTP {status}, no JSON") from None


def status_cause(status: int) -> str:
    """Return what a status of HTTP other than success means where the service says no more."""
    if status in {401, 403}:
        return "REMOTE.LOGIN"
    return "REMOTE.BUSY" if status == 429 or status >= 500 else "REMOTE.REFUSED"


def named_values(
    given: Iterable[tuple[str | None, str | None]],
) -> tuple[tuple[str | None, bytes], ...]:
    """Decode values, each beside the id of its document; an item without a value is left out.

    Raises: OutsideError REMOTE.ANSWER for a text that is no Base64.
    """
    try:
        return tuple((name, decoded_value(text)) for name, text in given if text)
    except ValueError:
        raise OutsideError("REMOTE.ANSWER", detail="a value that is no Base64") from None


def service_address(url: str) -> Url:
    """Return the parts of an address that secrets may go to. Raises: CallerError REMOTE.URL."""
    try:
        parsed = parse_url(url)
    except LocationParseError:
        raise CallerError("REMOTE.URL", detail="unreadable") from None
    is_local = parsed.scheme in {"http", "ws"} and parsed.host in _LOOPBACK
    if (
        not parsed.host
        or parsed.auth is not None
        or not (parsed.scheme in {"https", "wss"} or is_local)
    ):
        raise CallerError("REMOTE.URL", where=_shown(url))
    return parsed


def _read(connection: HTTPConnection) -> tuple[int, bytes]:
    with closing(connection.getresponse()) as response:
        if 300 <= response.status < 400:
            raise OutsideError("REMOTE.REDIRECT", detail=f"HTTP {response.status}")
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > MAX_ANSWER_OCTETS:
                raise OutsideError("REMOTE.ANSWER", detail=f"more than {MAX_ANSWER_OCTETS} octets")
        promised = response.headers.get("Content-Length")
        if promised is not None and promised.isdecimal() and int(promised) != len(body):
            raise OutsideError("REMOTE.BROKEN", detail="the answer breaks off")
        return response.status, bytes(body)


def _octets(body: Mapping[str, Any] | None, *, is_form: bool) -> bytes | None:
    if body is None:
        return None
    if is_form:
        return urlencode({name: _plain(value) for name, value in body.items()}).encode()
    return json.dumps(body, default=_plain, ensure_ascii=False).encode()


def _headers(
    given: Mapping[str, str | Secret] | None, *, is_form: bool, has_body: bool
) -> dict[str, str]:
    kind = "application/x-www-form-urlencoded" if is_form else "application/json"
    return {
        "User-Agent": "hocba-sign",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        **({"Content-Type": kind} if has_body else {}),
        **{name: _plain(value) for name, value in (given or {}).items()},
    }


def _plain(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else value


def _secrets_in(value: Any) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping | list):
        for held in value.values() if isinstance(value, Mapping) else value:
            yield from _secrets_in(held)


def _reason(error: Exception) -> str:
    inner = next((argument for argument in error.args if isinstance(argument, ssl.SSLError)), error)
    told = getattr(inner, "verify_message", "") or getattr(inner, "reason", "")
    return str(told or type(error).__name__)


def _shown(url: str) -> str:
    """Return an address without what follows a question mark, which may hold secrets."""
    return "".join(
        letter if letter.isprintable() else "\ufffd" for letter in url.partition("?")[0][:200]
    )
