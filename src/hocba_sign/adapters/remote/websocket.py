"""One question and one answer over a WebSocket: as much of the protocol as a program on this very
machine needs that listens for browsers.

Spec: RFC 6455, 4.1, 5.
"""

import base64
import hashlib
import os
import secrets
import socket
import ssl
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from hocba_sign.adapters.remote.transport import MAX_ANSWER_OCTETS, service_address
from hocba_sign.errors import CallerError, OutsideError

_SALT: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_MAX_HEAD: Final = 16 * 1024
_TEXT, _BINARY, _CLOSE, _PING, _PONG = 0x1, 0x2, 0x8, 0x9, 0xA
_PORTS: Final = {"ws": 80, "wss": 443}


def exchange(url: str, text: str, *, timeout: timedelta, certificate: Path | None) -> str:
    """Send a text and return the one that comes back.

    `certificate` is that of the program, which signs it itself: it is the only one accepted then,
    whatever name stands in it.
    Raises: CallerError REMOTE.URL, REMOTE.CONFIG; OutsideError REMOTE.UNREACHABLE, REMOTE.TLS where
    nothing was sent; REMOTE.TIMEOUT, REMOTE.BROKEN, REMOTE.ANSWER.
    """
    target = service_address(url)
    until = time.monotonic() + timeout.total_seconds()
    host = (target.host or "").strip("[]")
    port = target.port or _PORTS.get(target.scheme or "", 443)
    try:
        connection = socket.create_connection((host, port), timeout=timeout.total_seconds())
    except OSError as error:
        raise OutsideError("REMOTE.UNREACHABLE", where=url, detail=type(error).__name__) from None
    with connection:
        if target.scheme == "wss":
            connection = _wrapped(connection, host, certificate, url=url)
        channel = _Channel(connection, until)
        try:
            channel.open(target.netloc or host, target.request_uri)
            channel.send(_TEXT, text.encode())
            return channel.receive().decode()
        except TimeoutError:
            raise OutsideError("REMOTE.TIMEOUT", where=url) from None
        except (OSError, UnicodeDecodeError) as error:
            raise OutsideError("REMOTE.BROKEN", where=url, detail=type(error).__name__) from None
        except OutsideError as error:
            raise OutsideError(error.cause, where=url, detail=error.detail) from None
        finally:
            connection.close()


def _wrapped(
    connection: socket.socket, host: str, certificate: Path | None, *, url: str
) -> socket.socket:
    try:
        context = ssl.create_default_context(
            cafile=None if certificate is None else str(certificate)
        )
    except (OSError, ValueError):
        raise CallerError("REMOTE.CONFIG", where=f"ca_file: {certificate}") from None
    # A certificate that is pinned needs no name; that of a local program often has none.
    context.check_hostname = certificate is None
    try:
        return context.wrap_socket(connection, server_hostname=host)
    except (ssl.SSLError, OSError) as error:
        detail = getattr(error, "verify_message", "") or type(error).__name__
        raise OutsideError("REMOTE.TLS", where=url, detail=str(detail)) from None


class _Channel:
    """Frames over a connection, until a moment of the monotonic clock."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection = connection
        self._until = until
        self._held = b""

    def open(self, host: str, path: str) -> None:
        """Shake hands. Raises: OutsideError REMOTE.UNREACHABLE for what is no WebSocket."""
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET {path or '/'} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self._connection.sendall(head.encode())
        answer = self._until_found(b"\r\n\r\n").decode("latin-1")
        digest = hashlib.sha1((key + _SALT).encode(), usedforsecurity=False).digest()
        accepted = base64.b64encode(digest).decode()
        status, *lines = answer.split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        if " 101 " not in f"{status} " or headers.get("sec-websocket-accept") != accepted:
            raise OutsideError("REMOTE.UNREACHABLE", detail="no WebSocket")

    def send(self, kind: int, payload: bytes) -> None:
        mask = secrets.token_bytes(4)
        size = len(payload)
        length = (
            bytes([0x80 | size])
            if size < 126
            else b"\xfe" + size.to_bytes(2, "big")
            if size < 1 << 16
            else b"\xff" + size.to_bytes(8, "big")
        )
        masked = bytes(octet ^ mask[place % 4] for place, octet in enumerate(payload))
        self._connection.sendall(bytes([0x80 | kind]) + length + mask + masked)

    def receive(self) -> bytes:
        """Return the next message, put together from its frames.

        Raises: OutsideError REMOTE.BROKEN when the other side closes, REMOTE.ANSWER beyond
        `MAX_ANSWER_OCTETS`.
        """
        message = b""
        while True:
            first, second = self._take(2)
            size = second & 0x7F
            if size > 125:
                size = int.from_bytes(self._take(2 if size == 126 else 8), "big")
            if size + len(message) > MAX_ANSWER_OCTETS or second & 0x80:
                raise OutsideError("REMOTE.ANSWER", detail="frame")
            payload, kind = self._take(size), first & 0xF
            if kind == _PING:
                self.send(_PONG, payload)
            elif kind == _CLOSE:
                raise OutsideError("REMOTE.BROKEN", detail="closed")
            elif kind in {0, _TEXT, _BINARY}:
                message += payload
                if first & 0x80:
                    return message

    def _until_found(self, end: bytes) -> bytes:
        while end not in self._held:
            if len(self._held) > _MAX_HEAD:
                raise OutsideError("REMOTE.UNREACHABLE", detail="no WebSocket")
            self._read()
        found, _, self._held = self._held.partition(end)
        return found

    def _take(self, size: int) -> bytes:
        while len(self._held) < size:
            self._read()
        taken, self._held = self._held[:size], self._held[size:]
        return taken

    def _read(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        piece = self._connection.recv(1 << 16)
        if not piece:
            raise OutsideError("REMOTE.BROKEN", detail="the answer breaks off")
        self._held += piece
