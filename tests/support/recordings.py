"""Recorded exchanges with a service, as pairs of what is sent and what comes back; and a service on
loopback that plays them, and takes nothing but what was recorded.

A recording is a JSON file; `<name>` in its texts stands for something that differs between runs:
a secret or certificate that the test plants, `<value of doc-00>` for the right value of that hash,
and otherwise whatever stands there first, which must stand there again.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.support.remote import Call

FOLDER = Path(__file__).resolve().parents[1] / "recordings"
_NAME = re.compile(r"<([a-z0-9 _-]+)>")
_SHAPES = {
    "now": r"\d{14}Z",
    "code_verifier": r"[A-Za-z0-9_-]{43,128}",
    "redirect_uri": r"http://127\.0\.0\.1:\d+/hocba",
}
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_OF_EVERY_REQUEST = frozenset(
    {"host", "content-length", "user-agent", "accept", "accept-encoding", "connection"}
)


@dataclass(frozen=True)
class Recording:
    """One file: where it is from, the configuration it needs, the exchanges in their order."""

    name: str
    origin: str
    service: str
    path: str
    entries: Mapping[str, Any]
    secrets: Mapping[str, str]
    count: int
    ends: str | None
    exchanges: tuple[Mapping[str, Any], ...]


def recordings() -> tuple[Recording, ...]:
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.json")))


def _read(path: Path) -> Recording:
    held = json.loads(path.read_text("utf-8"))
    return Recording(
        name=path.stem,
        origin=held["origin"],
        service=held["service"],
        path=held.get("path", ""),
        entries=held.get("entries", {}),
        secrets=held.get("secrets", {}),
        count=held.get("count", 2),
        ends=held.get("ends"),
        exchanges=tuple(held["exchanges"]),
    )


@dataclass
class Played:
    """A service that plays a recording; `faults` says where a request was another one."""

    recording: Recording
    known: dict[str, str]
    value_of: Callable[[str], str]
    place: int = 0
    faults: list[str] = field(default_factory=list)

    def __call__(self, call: Call) -> tuple[int, Any]:
        return self.answered(_as_recorded(call))

    def answered(self, sent: Mapping[str, Any]) -> tuple[int, Any]:
        """Compare a request with the next one that was recorded, and return what came back."""
        if self.place == len(self.recording.exchanges):
            self.faults.append(f"{sent['path']} is one more than was recorded")
            return 500, {}
        number, exchange = self.place, self.recording.exchanges[self.place]
        self.place += 1
        self._compare(exchange["request"], dict(sent), str(number))
        answer = exchange["response"]
        return answer.get("status", 200), self.filled(answer.get("body"))

    def _compare(self, expected: Any, sent: Any, where: str) -> None:
        if isinstance(expected, dict) and isinstance(sent, dict):
            for name in expected.keys() ^ sent.keys():
                self.faults.append(f"{where}: {name} is in one of them only")
            for name in expected.keys() & sent.keys():
                self._compare(expected[name], sent[name], f"{where}.{name}")
        elif isinstance(expected, list) and isinstance(sent, list):
            if len(expected) != len(sent):
                self.faults.append(f"{where}: {len(sent)} for {len(expected)}")
            for place, (each, other) in enumerate(zip(expected, sent, strict=False)):
                self._compare(each, other, f"{where}[{place}]")
        elif isinstance(expected, str) and isinstance(sent, str):
            self._compare_texts(expected, sent, where)
        elif expected != sent or type(expected) is not type(sent):
            self.faults.append(f"{where}: {sent!r} for {expected!r}")

    def _compare_texts(self, expected: str, sent: str, where: str) -> None:
        names = list[str]()
        pattern, end = "", 0
        for found in _NAME.finditer(expected):
            pattern += re.escape(expected[end : found.start()])
            name, end = found[1], found.end()
            if name in self.known:
                pattern += re.escape(self.known[name])
            else:
                names.append(name)
                pattern += f"({_SHAPES.get(name.rstrip('0123456789'), _UUID)})"
        match = re.fullmatch(pattern + re.escape(expected[end:]), sent)
        if match is None:
            self.faults.append(f"{where}: {sent!r} for {expected!r}")
            return
        self.known |= dict(zip(names, match.groups(), strict=True))

    def filled(self, held: Any) -> Any:
        """Return what is answered, with the values of this run."""
        if isinstance(held, dict):
            return {name: self.filled(value) for name, value in held.items()}
        if isinstance(held, list):
            return [self.filled(each) for each in held]
        return _NAME.sub(self._known, held) if isinstance(held, str) else held

    def filled_request(self, held: Mapping[str, Any]) -> dict[str, Any]:
        """Return the recorded request as it might be sent, for tests of the comparison."""
        names = {name for name in _NAME.findall(json.dumps(held)) if name not in self.known}
        sample = "00000000-0000-4000-8000-000000000000"
        self.known |= dict.fromkeys(names, sample)
        return dict(self.filled(dict(held)))

    def _known(self, found: re.Match[str]) -> str:
        name = found[1]
        return self.value_of(name[9:]) if name.startswith("value of ") else self.known[name]


def _as_recorded(call: Call) -> dict[str, Any]:
    is_form = call.headers.get("content-type") == "application/x-www-form-urlencoded"
    return {
        "method": call.method,
        "path": call.path,
        "headers": {
            name: value for name, value in call.headers.items() if name not in _OF_EVERY_REQUEST
        },
        "body": dict(parse_qsl(call.text)) if is_form else call.body,
    }
