"""The other side of `worker`: looks at pages in a process of its own, which ends itself when that
takes too much.

An exchange is a length of four octets, JSON, and behind it in a request the octets of a PDF or a
picture. Nothing but JSON comes back: whatever a hostile file made of this process cannot make more
of the one that asked.
"""

import json
import signal
import sys
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO, Final

from hocba_sign.errors import InputError
from hocba_sign.rendering.blank import is_blank
from hocba_sign.rendering.picture import code_texts
from hocba_sign.rendering.text_layer import text_layer

if sys.platform == "linux":
    import resource

MAX_MEMORY: Final = 96 * 1024 * 1024
"""Octets of memory of the process; scans are drawn line by line and take some forty megabytes."""
MAX_PICTURE_MEMORY: Final = 256 * 1024 * 1024
"""Octets of memory while a picture is looked at, which has to be decoded as a whole."""
MAX_ANSWER: Final = 16 * 1024 * 1024
"""Octets of one message: the texts of a thousand pages are some."""

_LENGTH: Final = 4


def blank(pdf: bytes, places: list[dict[str, Any]]) -> list[bool]:
    """Return for each place whether it is empty in the first `end` octets of the file; one that
    cannot be looked at is not.
    """
    return [_is_blank(pdf[: place["end"]], place) for place in places]


def _is_blank(pdf: bytes, place: dict[str, Any]) -> bool:
    try:
        return is_blank(
            pdf,
            page=place["page"],
            box=tuple(place["box"]),
            others=tuple(map(tuple, place["others"])),
        )
    except InputError:
        return False


def text(pdf: bytes) -> list[dict[str, Any]]:
    """Return the texts of every page."""
    return [{"read": page.read, "beside": page.beside} for page in text_layer(pdf)]


TASKS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {"blank": blank, "text": text, "codes": code_texts}
)


def main() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory(MAX_MEMORY)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    write_message(sink, {"ready": True})
    while (asked := read_message(source)) is not None:
        octets = source.read(asked["size"])
        _limit_memory(MAX_PICTURE_MEMORY if asked["task"] == "codes" else MAX_MEMORY)
        _limit_time(asked["seconds"])
        started = time.process_time()
        try:
            answer: dict[str, Any] = {"found": TASKS[asked["task"]](octets, **asked["given"])}
        except InputError as error:
            answer = {"cause": error.cause}
        _limit_time(0)
        write_message(sink, answer | {"seconds": time.process_time() - started})


def read_message(source: BinaryIO) -> dict[str, Any] | None:
    """Read one message, None where there is no more, or none that is whole."""
    size = source.read(_LENGTH)
    if len(size) < _LENGTH:
        return None
    length = int.from_bytes(size, "big")
    if length > MAX_ANSWER:
        return None
    octets = source.read(length)
    try:
        found = json.loads(octets)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def write_message(sink: BinaryIO, message: Mapping[str, Any], *, octets: bytes = b"") -> None:
    """Write one message and what follows it."""
    written = json.dumps(message).encode()
    sink.write(len(written).to_bytes(_LENGTH, "big") + written)
    sink.write(octets)
    sink.flush()


def _limit_time(seconds: float) -> None:
    """End this process after so many seconds of work; 0 takes the limit away.

    Where that cannot be done whoever asks watches the clock.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory(octets: int) -> None:
    """Spec: Linux counts all memory that is private and may be written against RLIMIT_DATA;
    elsewhere there is no such limit.
    """
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (octets, MAX_PICTURE_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
