"""What a class has to sign in two steps: a line for each signature, as JSON Lines, and the values
that come back for them.

A line says what a device or service must know and nothing of the pupil; what `complete` needs
beside it lies in a file of its own, a `ToBeSigned` without its document.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.signing.state import ToBeSigned

AT_ONCE: Final = 50
"""Signatures that one approval is asked for; the narrowest limit of a service that is known."""
MAX_MANIFEST_OCTETS: Final = 64 * 1024 * 1024
"""Fifty thousand lines: more than any school signs in a day."""
IDENTIFIER_LENGTH: Final = 32
"""Letters of a line's identifier: services take at most 36."""

_FORMAT: Final = "hocba-sign manifest 1"
_IDENTIFIER: Final = re.compile(f"[0-9a-f]{{{IDENTIFIER_LENGTH}}}")
"""It is the name of a file, too."""


class LineState(StrEnum):
    """Whether a value is still waited for."""

    PREPARED = "prepared"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestLine:
    """One signature to be made.

    `identifier` names it to services and is taken from what is signed: the same as long as that is.
    `document_sha256` is of the file that was prepared, `file` where it lay as seen from the
    manifest, `place` where its result goes in the folder of results, `document_id` what the
    document calls itself.
    `signer_sha256` is the signing certificate's.
    `digest` is what services that sign hashes get.
    `expires` is UTC.
    `batch` numbers those that one approval is asked for, from 1.
    """

    identifier: str
    document_id: str | None
    document_sha256: str
    file: str
    place: str
    slot: Slot
    signer_sha256: str
    algorithm_name: str
    digest_name: str | None
    digest: bytes
    expires: datetime
    state: LineState = LineState.PREPARED
    batch: int | None = None

    @property
    def key(self) -> tuple[str, Slot, str]:
        """What there is one line for: a slot of a document, and who signs there."""
        return self.document_sha256, self.slot, self.signer_sha256

    def is_of(self, state: ToBeSigned) -> bool:
        """Return whether the line speaks of this state, in all that was shown to a device."""
        return (self.identifier, self.slot, self.digest, self.algorithm_name) == (
            identifier_of(state),
            state.slot,
            state.digest,
            state.algorithm.name,
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "id": self.identifier,
            "document": self.document_id,
            "document_sha256": self.document_sha256,
            "file": self.file,
            "place": self.place,
            "slot": str(self.slot),
            "role": self.slot.role.value,
            "subject": self.slot.subject,
            "teacher": self.slot.teacher,
            "signer": self.signer_sha256,
            "algorithm": self.algorithm_name,
            "hash_algorithm": self.digest_name,
            "hash_hex": self.digest.hex(),
            "hash_base64": base64.b64encode(self.digest).decode("ascii"),
            "expires": self.expires.isoformat().replace("+00:00", "Z"),
            "batch": self.batch,
            "state": self.state.value,
            "state_file": f"{self.identifier}.json",
        }


def identifier_of(state: ToBeSigned) -> str:
    return hashlib.sha256(state.octets).hexdigest()[:IDENTIFIER_LENGTH]


def line_of(
    state: ToBeSigned, *, file: str, place: str, document_id: str | None, signer_sha256: str
) -> ManifestLine:
    """Return the line of a state that was just prepared."""
    return ManifestLine(
        identifier=identifier_of(state),
        document_id=document_id,
        document_sha256=hashlib.sha256(state.document).hexdigest(),
        file=file,
        place=place,
        slot=state.slot,
        signer_sha256=signer_sha256,
        algorithm_name=state.algorithm.name,
        digest_name=None if state.algorithm.digest is None else state.algorithm.digest.name,
        digest=state.digest,
        expires=state.expires,
    )


def in_batches(lines: Iterable[ManifestLine], at_once: int) -> Iterator[ManifestLine]:
    """Number those that wait, at most `at_once` to a batch."""
    waiting = 0
    for line in lines:
        if line.state is LineState.PREPARED:
            yield replace(line, batch=waiting // at_once + 1)
            waiting += 1
        else:
            yield replace(line, batch=None)


def write_manifest(lines: Iterable[ManifestLine]) -> bytes:
    return b"".join(
        json.dumps(line.as_dict(), ensure_ascii=False).encode() + b"\n" for line in lines
    )


def read_manifest(octets: bytes) -> tuple[ManifestLine, ...]:
    """Read what `write_manifest` wrote. Raises: InputError `MANIFEST.LINE` naming the line."""
    lines = []
    for number, entry in _entries(octets, cause="MANIFEST.LINE"):
        try:
            lines.append(_line(entry))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise InputError("MANIFEST.LINE", where=f"line {number}") from error
    return tuple(lines)


def read_values(octets: bytes) -> Mapping[str, bytes]:
    """Read the values that came back, JSON Lines with `id` and `value` in Base64; lines without a
    value are passed over, so that lines of a manifest will do.

    Raises: InputError `MANIFEST.VALUES` naming the line: also where an id has two values.
    """
    values: dict[str, bytes] = {}
    for number, entry in _entries(octets, cause="MANIFEST.VALUES"):
        if entry.get("value") is None:
            continue
        identifier, value = entry.get("id"), _from_base64(entry["value"])
        if not isinstance(identifier, str) or value is None:
            raise InputError("MANIFEST.VALUES", where=f"line {number}")
        if values.setdefault(identifier, value) != value:
            raise InputError("MANIFEST.VALUES", where=f"line {number}")
    return values


def _from_base64(text: object) -> bytes | None:
    """Return the octets; services break lines as they like."""
    try:
        return (
            base64.b64decode("".join(text.split()), validate=True)
            if isinstance(text, str)
            else None
        )
    except (binascii.Error, ValueError):
        return None


def _entries(octets: bytes, *, cause: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(octets.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise InputError(cause, where=f"line {number}") from error
        if not isinstance(entry, dict):
            raise InputError(cause, where=f"line {number}")
        yield number, entry


def _place(stated: object, file: str) -> str:
    """Return where a result goes: nowhere outside its folder, whatever the line says; by the
    document's name alone where it does not say.
    """
    name = file.replace("\\", "/").rpartition("/")[2]
    place = name if stated is None else stated
    if not isinstance(place, str) or not place or "\\" in place or ":" in place:
        raise ValueError("no place")
    if any(part in {"", ".", ".."} for part in place.split("/")):
        raise ValueError("a place elsewhere")
    return place


def _line(entry: Mapping[str, Any]) -> ManifestLine:
    if entry["format"] != _FORMAT:
        raise ValueError("another format")
    texts = ("id", "document_sha256", "file", "signer", "algorithm", "hash_hex", "expires")
    if not all(isinstance(entry[name], str) for name in texts):
        raise ValueError("no text")
    if not _IDENTIFIER.fullmatch(entry["id"]):
        raise ValueError("no identifier")
    return ManifestLine(
        identifier=entry["id"],
        document_id=entry.get("document"),
        document_sha256=entry["document_sha256"],
        file=entry["file"],
        place=_place(entry.get("place"), entry["file"]),
        slot=Slot(Role(entry["role"]), entry["subject"], entry["teacher"]),
        signer_sha256=entry["signer"],
        algorithm_name=entry["algorithm"],
        digest_name=entry.get("hash_algorithm"),
        digest=bytes.fromhex(entry["hash_hex"]),
        expires=datetime.fromisoformat(entry["expires"]).astimezone(UTC),
        state=LineState(entry["state"]),
    )
