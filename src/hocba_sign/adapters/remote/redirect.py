"""How the answer of a sign-in in the browser comes back: to a port of this machine that is open for
one answer and a few minutes, or pasted by whoever signs.

Nothing is believed that does not repeat this sign-in's `state`; what comes from elsewhere (another
page of the browser, another program) is turned away and does not end the wait.
Spec: RFC 8252, 7.3 and 8.3; RFC 6749, 4.1.2 and 10.12.
"""

import hmac
import threading
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from hocba_sign.adapters.remote.secret import Secret
from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.frozen_dataclass import dataclass

_HOSTS: Final = frozenset({"127.0.0.1", "localhost"})
_MAX_FIELDS: Final = 20
_MAX_PASTED: Final = 8_192
_PATIENCE: Final = 5.0
"""Seconds that one connection may take for its request: browsers open some that they never use."""
_TAKEN: Final = "Đã nhận; có thể đóng trang này.\nReceived; this page may be closed.\n"
_NOT_TAKEN: Final = "Không phải câu trả lời được chờ.\nNot the answer that is waited for.\n"


@dataclass(frozen=True, slots=True)
class SignInAnswer:
    """What an authorisation server sends back: a code, or `error` with its words."""

    code: Secret | None
    error: str = ""
    description: str = ""


class RedirectReceiver:
    """A port of 127.0.0.1 that takes one answer at `address`; without a port in it any free one.

    Raises: CallerError REMOTE.CONFIG where the address is not of this machine, or its port is
    taken.
    """

    def __init__(self, address: str, state: str) -> None:
        try:
            parts, port = urlsplit(address), urlsplit(address).port
            if parts.scheme != "http" or parts.hostname not in _HOSTS or parts.query:
                raise CallerError("REMOTE.CONFIG", where=f"redirect_uri: {address}")
            self._server = _QuietServer(("127.0.0.1", port or 0), _handler(self))
        except (OSError, ValueError, OverflowError):
            raise CallerError("REMOTE.CONFIG", where=f"redirect_uri: {address}") from None
        self._state = state
        self._lock = threading.Lock()
        self._is_taken = threading.Event()
        self._answer: SignInAnswer | None = None
        self.host = f"{parts.hostname}:{self._server.server_address[1]}"
        self.path = parts.path or "/"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )

    @property
    def address(self) -> str:
        return f"http://{self.host}{self.path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, limit: timedelta) -> SignInAnswer:
        """Wait for the answer. Raises: OutsideError REMOTE.EXPIRED after `limit`."""
        self._is_taken.wait(limit.total_seconds())
        if self._answer is None:
            raise OutsideError("REMOTE.EXPIRED", detail="no answer from the browser")
        return self._answer

    def takes(self, target: str, host: str | None) -> bool:
        """Take a request if it is the one answer. Another name of this machine is none of ours: a
        page elsewhere may have made its own name point here.
        """
        if host != self.host or urlsplit(target).path != self.path:
            return False
        found = read_answer(target, self._state)
        if found is None:
            return False
        with self._lock:
            if self._answer is not None:
                return False
            self._answer = found
        self._is_taken.set()
        return True


def read_answer(target: str, state: str) -> SignInAnswer | None:
    """Read the answer to the sign-in of this `state`; None for anything else."""
    try:
        given = parse_qs(urlsplit(target).query, strict_parsing=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return None
    fields = {name: values[0] for name, values in given.items() if len(values) == 1}
    is_ours = len(fields) == len(given) and hmac.compare_digest(
        fields.get("state", "").encode(), state.encode()
    )
    if not is_ours or ("code" in fields) is ("error" in fields):
        return None
    if "error" in fields:
        return SignInAnswer(None, fields["error"], fields.get("error_description", ""))
    return SignInAnswer(Secret(fields["code"]))


def read_pasted(pasted: Secret, *, address: str, state: str) -> SignInAnswer | None:
    """Read what was pasted: the address that the browser was sent to, or the code alone, which PKCE
    binds to this sign-in; None for anything else, and for the answer to another sign-in.
    """
    text = pasted.reveal().strip()
    if not text or len(text) > _MAX_PASTED:
        return None
    if "?" in text or "://" in text:
        return read_answer(text, state) if text.partition("?")[0] == address else None
    is_code = text.isascii() and text.isprintable() and " " not in text
    return SignInAnswer(Secret(text)) if is_code else None


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a connection that broke: browsers open some that they never use."""


def _handler(receiver: RedirectReceiver) -> type[BaseHTTPRequestHandler]:
    class AnswerHandler(BaseHTTPRequestHandler):
        timeout = _PATIENCE

        def do_GET(self) -> None:
            is_taken = receiver.takes(self.path, self.headers.get("Host"))
            octets = (_TAKEN if is_taken else _NOT_TAKEN).encode()
            self.send_response(HTTPStatus.OK if is_taken else HTTPStatus.BAD_REQUEST)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(octets)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base
            """Write nothing: the request holds the code."""

    return AnswerHandler
