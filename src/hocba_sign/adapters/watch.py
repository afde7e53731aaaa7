"""Bound a whole exchange in time: octets that trickle in outlast every single wait."""

import socket
import threading
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Self

from urllib3.connection import HTTPConnection


class Watch:
    """Cut `connection` when `timeout` has passed since the `with` block began.

    A connection forgets its socket as soon as the response takes over, so the socket is kept here.
    """

    def __init__(self, connection: HTTPConnection, timeout: timedelta) -> None:
        self.seconds = timeout.total_seconds()
        self.is_late = False
        self._connection = connection
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(self.seconds, self._cut)
        self._timer.daemon = True

    def connect(self) -> None:
        self._connection.connect()
        self._socket = self._connection.sock

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

    def _cut(self) -> None:
        self.is_late = True
        for held in (self._socket, self._connection.sock):
            if held is not None:
                # To close a socket would not wake the thread that waits for its octets.
                with suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)
