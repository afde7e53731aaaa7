"""A class that signs in two steps: its transcripts in a folder, and devices that are shown hashes
and nothing else.
"""

import base64
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from hocba_sign.cli.main import main
from hocba_sign.model.workflow import Slot
from hocba_sign.testing import Identity, World
from tests.support.scene import Scene


@dataclass
class Device:
    """A signer's device: `calls` counts approvals, `signed` how often each hash was signed."""

    identity: Identity
    calls: int = 0
    signed: Counter[str] = field(default_factory=Counter)

    def answer(
        self, lines: list[dict[str, Any]], *, fails: Callable[[int], bool] = lambda _: False
    ) -> list[dict[str, str]]:
        """Sign what waits, with one approval for each batch; hashes whose number `fails` get no
        answer.
        """
        waiting = [line for line in lines if line["state"] == "prepared"]
        self.calls += len({line["batch"] for line in waiting})
        answers = []
        for number, line in enumerate(waiting):
            if not fails(number):
                self.signed[line["hash_hex"]] += 1
                answers.append({"id": line["id"], "value": self._value(line["hash_base64"])})
        return answers

    def _value(self, digest: str) -> str:
        key = self.identity.key
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        value = key.sign(base64.b64decode(digest), ec.ECDSA(Prehashed(SHA256())))
        parts = (part.to_bytes(32, "big") for part in decode_dss_signature(value))
        return base64.b64encode(b"".join(parts)).decode("ascii")


@dataclass
class Classroom:
    """`folder/in` holds the drafts; certificates stand beside it."""

    folder: Path
    scene: Scene

    @classmethod
    def of(cls, folder: Path, *, subjects: int, pupils: int) -> "Classroom":
        scene = Scene(subjects=subjects)
        scene.world = World(datetime.now(UTC), fast=True)
        room = cls(folder, scene)
        (folder / "in").mkdir()
        for number in range(pupils):
            name = f"{number:02}.xml"
            (folder / "in" / name).write_bytes(room.draft(name))
        return room

    def draft(self, name: str) -> bytes:
        """Return another pupil's transcript: its identifier depends on `name` alone."""
        old = self.scene.transcript.identification.id.encode()
        return self.scene.draft.replace(old, str(uuid5(NAMESPACE_URL, name)).encode())

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def device(self, slot: Slot) -> Device:
        return Device(self.scene.identity(slot))

    def prepare(self, slot: Slot, *more: str, work: str, source: str = "in") -> int:
        certificate = self.folder / f"{slot.teacher or slot.role}.pem"
        certificate.write_bytes(self.scene.identity(slot).chain_pem)
        given = ("--role", slot.role, "--cert", str(certificate), "-o", self.path(work))
        named = () if slot.subject is None else ("--subject", slot.subject)
        return main(["prepare", self.path(source), *given, *named, *more])

    def lines(self, work: str) -> list[dict[str, Any]]:
        text = (self.folder / work / "manifest.jsonl").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def values(self, answers: list[dict[str, str]], name: str = "values.jsonl") -> str:
        """Write what a service answered, in another order than it was asked."""
        place = self.folder / name
        place.write_text("\n".join(map(json.dumps, reversed(answers))) + "\n", "utf-8")
        return str(place)

    def complete(self, values: str, *more: str, work: str, out: str = "out") -> int:
        level = () if "--tsa" in more else ("--level", "B")
        given = ("--value", values, "-o", self.path(out), *level, "--json")
        return main(["complete", self.path(work), *given, *more])
