"""The folder that lies between the two steps of signing a class: a manifest, and a small state file
for each signature.
"""

import hashlib
import os
from dataclasses import field, replace
from pathlib import Path
from typing import Final, Self

from hocba_sign.adapters.files import is_file, read_limited, write_atomically
from hocba_sign.cli.file_or_stdin import STATE_LIMIT
from hocba_sign.errors import CallerError, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot
from hocba_sign.signing.manifest import (
    AT_ONCE,
    MAX_MANIFEST_OCTETS,
    LineState,
    ManifestLine,
    in_batches,
    read_manifest,
    write_manifest,
)
from hocba_sign.signing.state import ToBeSigned
from hocba_sign.xml.limits import MAX_BYTES

MANIFEST: Final = "manifest.jsonl"


@dataclass(slots=True)
class ClassWork:
    """The folder while one command has it; `lines` are by their keys, in the manifest's order."""

    folder: Path
    lines: dict[tuple[str, Slot, str], ManifestLine] = field(default_factory=dict)

    @classmethod
    def opened(cls, folder: Path) -> Self:
        """Read what is there, which may be nothing yet.

        Raises: InputError MANIFEST.LINE; OutsideError FILE.*.
        """
        manifest = folder / MANIFEST
        if not is_file(manifest):
            return cls(folder)
        lines = read_manifest(read_limited(manifest, MAX_MANIFEST_OCTETS))
        return cls(folder, {line.key: line for line in lines})

    def seen_from_here(self, path: Path) -> str:
        """Return the path as the manifest names it: folders that move together stay of use."""
        try:
            return Path(os.path.relpath(path, self.folder)).as_posix()
        except ValueError:
            return str(path.absolute())

    def path_of(self, line: ManifestLine, documents: Path | None) -> Path:
        """Return where the document lies: where it lay, or in `documents` in the same place, or
        under the same name.
        """
        if documents is None:
            return Path(os.path.normpath(self.folder / line.file))
        path = documents / line.place
        return path if is_file(path) else documents / Path(line.file).name

    def document_of(self, line: ManifestLine, documents: Path | None) -> bytes:
        """Read the document that was prepared.

        Raises: CallerError MANIFEST.DOCUMENT where it is not there as it was.
        """
        path = self.path_of(line, documents)
        document = read_limited(path, MAX_BYTES) if is_file(path) else b""
        if hashlib.sha256(document).hexdigest() != line.document_sha256:
            raise CallerError("MANIFEST.DOCUMENT", where=str(path))
        return document

    def state_of(self, line: ManifestLine, document: bytes) -> ToBeSigned:
        """Read the state of a line.

        Raises: InputError SIGN.STATE where it is another one's; OutsideError FILE.*.
        """
        text = read_limited(self._place(line), STATE_LIMIT)
        state = ToBeSigned.from_json(text, document=document)
        if not line.is_of(state):
            raise InputError("SIGN.STATE", where=line.identifier)
        return state

    def keep(self, line: ManifestLine, state: ToBeSigned) -> None:
        """Write a new state; one that the signer had for the same slot is of no use any more."""
        earlier = self.lines.get(line.key)
        write_atomically(self._place(line), state.to_json(has_document=False).encode())
        self.lines[line.key] = line
        if earlier is not None and earlier.identifier != line.identifier:
            self._place(earlier).unlink(missing_ok=True)

    def mark_done(self, identifier: str) -> None:
        done = [line for line in self.lines.values() if line.identifier == identifier]
        self.lines |= {line.key: replace(line, state=LineState.DONE) for line in done}

    def write(self, *, at_once: int = AT_ONCE) -> None:
        """Write the manifest as it is now. Raises: OutsideError FILE.*."""
        lines = in_batches(self.lines.values(), at_once)
        write_atomically(self.folder / MANIFEST, write_manifest(lines))

    def _place(self, line: ManifestLine) -> Path:
        return self.folder / f"{line.identifier}.json"
