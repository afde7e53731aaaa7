"""A program on loopback that signs what comes over a WebSocket, as VGCA Sign Service does."""

import base64
import hashlib
import json
import socketserver
import threading
from collections.abc import Callable
from queue import Queue
from types import TracebackType
from typing import Any, Self

from tests.support.remote import Keys, text64

SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
Answer = Callable[[dict[str, Any]], str]


class LocalSigner:
    """Serve `SignMsg` on 127.0.0.1 while the `with` block lasts; `answer` may be replaced."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.asked: list[dict[str, Any]] = []
        self.answer: Answer = self.sign
        self.pings = False
        self.told: Queue[Any] = Queue()
        """What a page says of itself, at the path `/told`."""

    def sign(self, question: dict[str, Any]) -> str:
        value = self.keys.sign(base64.b64decode(question["HashValue"], validate=True))
        certificate = text64(self.keys.identity.certificate_der)
        return json.dumps({"Status": 0, "Signature": text64(value), "CertBase64": certificate})

    def __enter__(self) -> Self:
        owner = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                owner.serve(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
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

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._server.server_address[1]}"

    def serve(self, handler: socketserver.StreamRequestHandler) -> None:
        lines = []
        while line := handler.rfile.readline().strip():
            lines.append(line.decode())
        headers = dict(line.split(": ", 1) for line in lines[1:])
        key = next(value for name, value in headers.items() if name.lower() == "sec-websocket-key")
        accept = base64.b64encode(hashlib.sha1((key + SALT).encode()).digest()).decode()
        handler.wfile.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
        while (message := self._read(handler)) is not None:
            question = json.loads(message) | {"path": lines[0].split()[1]}
            if question["path"] == "/told":
                self.told.put(question["said"])
                continue
            self.asked.append(question)
            if self.pings:
                handler.wfile.write(b"\x89\x02hi")
            self._send(handler, self.answer(question).encode())

    def _read(self, handler: socketserver.StreamRequestHandler) -> bytes | None:
        while head := handler.rfile.read(2):
            size = head[1] & 0x7F
            if size > 125:
                size = int.from_bytes(handler.rfile.read(2 if size == 126 else 8), "big")
            mask, masked = handler.rfile.read(4), handler.rfile.read(size)
            payload = bytes(octet ^ mask[place % 4] for place, octet in enumerate(masked))
            if head[0] & 0xF == 8:
                return None
            if head[0] & 0xF == 1:
                return payload
        return None

    def _send(self, handler: socketserver.StreamRequestHandler, payload: bytes) -> None:
        half = len(payload) // 2
        for first, piece in ((0x01, payload[:half]), (0x80, payload[half:])):
            length = (
                bytes([len(piece)]) if len(piece) < 126 else b"\x7e" + len(piece).to_bytes(2, "big")
            )
            handler.wfile.write(bytes([first]) + length + piece)
