"""The test world over real HTTP on loopback, working or failing as told.

`POST /tsa` · `POST|GET /ocsp/<slug>` · `GET /crl/<slug>.crl` · `GET /ca/<slug>.crt`
"""

import base64
import binascii
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import unquote_to_bytes

from asn1crypto import cms, x509
from asn1crypto import pem as armour

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.testing.authority_answers import OcspOptions, TimestampOptions
from hocba_sign.testing.world import World

if TYPE_CHECKING:
    from hocba_sign.testing.identity import Identity

_HTML: Final = b"<!DOCTYPE html><html><body><h1>TEST: dang bao tri</h1></body></html>"
_TYPE_TSA: Final = "application/timestamp-reply"
_TYPE_OCSP: Final = "application/ocsp-response"
_TYPE_CRL: Final = "application/pkix-crl"
_TYPE_CERTIFICATE: Final = "application/pkix-cert"
_LARGEST_REQUEST: Final = 1 << 20
_FLOOD: Final = 1 << 30
_FLOOD_PIECE: Final = 1 << 16


class ServerFault(StrEnum):
    """What goes wrong at an address.

    SLOW answers rightly after `WorldServer.delay`, DRIP sends one octet per `delay`; TRUNCATED
    closes before the promised length; FLOOD sends a gigabyte without a length. PEM and P7B are real
    habits: a list as text under `.crl`, a bundle of the chain under caIssuers.
    """

    SERVER_ERROR = "server error"
    NOT_FOUND = "not found"
    GARBAGE = "garbage"
    EMPTY = "empty"
    HTML = "html"
    HANG_UP = "hang up"
    SLOW = "slow"
    DRIP = "drip"
    TRUNCATED = "truncated"
    FLOOD = "flood"
    WRONG_CONTENT_TYPE = "wrong content type"
    REDIRECT = "redirect"
    PEM = "pem"
    P7B = "p7b"


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the request log; header names are in lower case."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class ServedReply:
    """What a working server says."""

    body: bytes
    content_type: str
    status: HTTPStatus = HTTPStatus.OK


@dataclass(slots=True)
class _PlannedFault:
    prefix: str
    fault: ServerFault
    remaining: int | None


@dataclass(slots=True)
class _State:
    requests: list[Request] = field(default_factory=list)
    faults: list[_PlannedFault] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    closing: Event = field(default_factory=Event)


class _LoopbackServer(ThreadingHTTPServer):
    def server_bind(self) -> None:
        # The base class asks the name service for the host name, which takes seconds on a machine
        # without a network.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # the base class narrows what it only prints


class WorldServer:
    """Serve a `World` on 127.0.0.1 while the `with` block lasts.

    The port is bound on entry; only then is the world made, because certificates carry the address:
    `build` gets the base URL, e.g. `lambda url: World(at, base_url=url)`. `clock` gives the moment
    (UTC) of every answer. `timestamp_options`, `ocsp_options`, `tsa` and `responders` (by slug)
    change what the answers say.
    """

    def __init__(
        self, clock: Callable[[], datetime], build: Callable[[str], World] | None = None
    ) -> None:
        self.clock = clock
        self.delay = timedelta(seconds=2)
        self.redirect_to = "http://127.0.0.1:9/"
        self.timestamp_options = TimestampOptions()
        self.ocsp_options = OcspOptions()
        self.tsa: Identity | None = None
        self.responders: dict[str, Identity] = {}
        self._build = build or (lambda url: World(clock(), base_url=url))
        self._state = _State()
        self._http: ThreadingHTTPServer | None = None
        self._thread: Thread | None = None
        self._world: World | None = None

    def __enter__(self) -> Self:
        """Bind, build the world, serve."""
        self._state.closing.clear()
        self._http = _LoopbackServer(("127.0.0.1", 0), _handler(self))
        try:
            self._world = self._build(self.url)
        except BaseException:
            self._http.server_close()
            raise
        self._thread = Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let slow answers go and close."""
        self._state.closing.set()
        if self._http is not None and self._thread is not None:
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()

    @property
    def url(self) -> str:
        """Return `http://127.0.0.1:<port>`."""
        assert self._http is not None, "the server is bound inside its with block"
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def tsa_url(self) -> str:
        """Return the address of the time-stamp authority."""
        return f"{self.url}/tsa"

    @property
    def world(self) -> World:
        """Return the world that is served."""
        assert self._world is not None, "the world is made inside the with block"
        return self._world

    @property
    def requests(self) -> tuple[Request, ...]:
        """Return the requests so far, in order of arrival."""
        with self._state.lock:
            return tuple(self._state.requests)

    def fail(self, prefix: str, fault: ServerFault, *, times: int | None = None) -> None:
        """Let every address that begins with `prefix` fail, always or `times` times; the newest
        matching fault wins.
        """
        with self._state.lock:
            self._state.faults.insert(0, _PlannedFault(prefix, fault, times))

    def recover(self) -> None:
        """Take all faults back."""
        with self._state.lock:
            self._state.faults.clear()

    def wait(self, duration: timedelta) -> bool:
        """Wait, but not beyond the end of the `with` block; false if that came first."""
        return not self._state.closing.wait(duration.total_seconds())

    def log(self, request: Request) -> ServerFault | None:
        """Write the request down and give the fault that befalls it."""
        with self._state.lock:
            self._state.requests.append(request)
            for planned in self._state.faults:
                if request.path.startswith(planned.prefix) and planned.remaining != 0:
                    planned.remaining = None if planned.remaining is None else planned.remaining - 1
                    return planned.fault
        return None

    def answer(self, request: Request) -> ServedReply:
        """Return the reply of a working server."""
        head, _, rest = request.path.lstrip("/").partition("/")
        slug = rest.partition("/")[0].rpartition(".")[0] or rest.partition("/")[0]
        if (request.method, head, rest) == ("POST", "tsa", ""):
            return ServedReply(
                self.world.timestamp(
                    request.body, self.clock(), tsa=self.tsa, **self.timestamp_options
                ),
                _TYPE_TSA,
            )
        if slug not in self.world.slugs:
            return ServedReply(b"", "text/plain", HTTPStatus.NOT_FOUND)
        if head == "ocsp":
            asked = request.body if request.method == "POST" else _from_path(rest.partition("/")[2])
            signer = self.responders.get(slug)
            return ServedReply(
                self.world.answer_ocsp(
                    asked, self.clock(), issuer=slug, signer=signer, **self.ocsp_options
                ),
                _TYPE_OCSP,
            )
        if (request.method, head) == ("GET", "crl") and rest == f"{slug}.crl":
            return ServedReply(self.world.crl(slug, self.clock()), _TYPE_CRL)
        if (request.method, head) == ("GET", "ca") and rest == f"{slug}.crt":
            return ServedReply(self.world.authority(slug).certificate_der, _TYPE_CERTIFICATE)
        return ServedReply(b"", "text/plain", HTTPStatus.NOT_FOUND)


def certificate_bundle(certificates_der: tuple[bytes, ...]) -> bytes:
    """Return a certificates-only PKCS#7 bundle (.p7b)."""
    content = {
        "version": "v1",
        "digest_algorithms": [],
        "encap_content_info": {"content_type": "data"},
        "certificates": [x509.Certificate.load(der) for der in certificates_der],
        "signer_infos": [],
    }
    return bytes(
        cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)}).dump()
    )


def _from_path(part: str) -> bytes:
    # RFC 6960, A.1: base64 of the request, percent-encoded.
    try:
        return base64.b64decode(unquote_to_bytes(part), validate=True)
    except binascii.Error:
        return b""


def _handler(server: WorldServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        world_server = server

    return Handler


class _Handler(BaseHTTPRequestHandler):
    world_server: WorldServer

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        self._serve(
            self.rfile.read(min(int(length), _LARGEST_REQUEST)) if length.isdecimal() else b""
        )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
        """Stay silent; `WorldServer.requests` is the log."""

    def _serve(self, body: bytes) -> None:
        headers = tuple((name.lower(), value) for name, value in self.headers.items())
        request = Request(self.command, self.path, headers, body)
        fault = self.world_server.log(request)
        # A client that gives up in the middle is part of the tests.
        with suppress(ConnectionError):
            self._reply(request, fault)

    def _reply(self, request: Request, fault: ServerFault | None) -> None:
        match fault:
            case ServerFault.HANG_UP:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            case ServerFault.FLOOD:
                self._flood()
            case ServerFault.DRIP:
                self._drip(self.world_server.answer(request))
            case ServerFault.SLOW:
                if self.world_server.wait(self.world_server.delay):
                    self._send(self.world_server.answer(request))
            case ServerFault.TRUNCATED:
                self._send(self.world_server.answer(request), missing=7)
            case ServerFault.REDIRECT:
                self.send_response(HTTPStatus.FOUND)
                self.send_header("Location", self.world_server.redirect_to)
                self.send_header("Content-Length", "0")
                self.end_headers()
            case _:
                self._send(_reply_with(fault, self.world_server, request))

    def _send(self, reply: ServedReply, *, missing: int = 0) -> None:
        self._head(reply)
        self.wfile.write(reply.body[: len(reply.body) - missing])

    def _head(self, reply: ServedReply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()

    def _drip(self, reply: ServedReply) -> None:
        self._head(reply)
        for octet in reply.body:
            if not self.world_server.wait(self.world_server.delay):
                return
            self.wfile.write(bytes([octet]))
            self.wfile.flush()

    def _flood(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/octet-stream")
        self.end_headers()
        for _ in range(_FLOOD // _FLOOD_PIECE):
            if not self.world_server.wait(timedelta()):
                return
            self.wfile.write(bytes(_FLOOD_PIECE))


def _reply_with(fault: ServerFault | None, server: WorldServer, request: Request) -> ServedReply:
    working = server.answer(request)
    match fault:
        case ServerFault.SERVER_ERROR:
            return ServedReply(
                b"TEST: internal error", "text/plain", HTTPStatus.INTERNAL_SERVER_ERROR
            )
        case ServerFault.NOT_FOUND:
            return ServedReply(_HTML, "text/html", HTTPStatus.NOT_FOUND)
        case ServerFault.GARBAGE:
            return ServedReply(b"\x30\x82TEST garbage" * 9, working.content_type)
        case ServerFault.EMPTY:
            return ServedReply(b"", working.content_type)
        case ServerFault.HTML:
            return ServedReply(_HTML, "text/html")
        case ServerFault.WRONG_CONTENT_TYPE:
            return ServedReply(working.body, "text/html")
        case ServerFault.PEM:
            kind = "X509 CRL" if working.content_type == _TYPE_CRL else "CERTIFICATE"
            return ServedReply(bytes(armour.armor(kind, working.body)), working.content_type)
        case ServerFault.P7B:
            authorities = map(server.world.authority, server.world.slugs)
            chain = next(
                (ca.chain_der for ca in authorities if ca.certificate_der == working.body),
                (working.body,),
            )
            return ServedReply(
                certificate_bundle((*reversed(chain),)), "application/x-pkcs7-certificates"
            )
        case _:
            return working
