"""`hocba sign --remote`: documents that one order signs at a service. Each is prepared once, and
what was prepared and asked stands beside the results until these are written.
"""

import argparse
import getpass
import hashlib
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from hocba_sign.adapters.files import read_limited, write_atomically
from hocba_sign.adapters.remote.dialect_choice import open_remote
from hocba_sign.adapters.remote.hash_order import MAX_ID_LENGTH, OrderItem, RemoteSigner
from hocba_sign.adapters.remote.journal import Journal
from hocba_sign.adapters.remote.machine import DEFAULT_WAIT, RemoteResult, sign_remotely
from hocba_sign.cli import console
from hocba_sign.cli.file_or_stdin import STATE_LIMIT
from hocba_sign.cli.help_words import say
from hocba_sign.errors import CallerError, Finding, HocbaSignError, InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.operations.signing import complete, merge, prepare
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.signing.state import ToBeSigned

FOLDER: Final = ".hocba-remote"
_PREFIX: Final = "state-"


def refuse_stray_remote_options(given: argparse.Namespace) -> None:
    """Refuse options about a service where none is named, and those about keys of another kind
    beside one. Raises: CallerError CLI.REMOTE_OPTIONS.
    """
    is_asked = given.again or given.wait is not None
    is_other = given.cert is not None or given.password_env is not None
    if is_asked if given.remote is None else is_other:
        raise CallerError("CLI.REMOTE_OPTIONS")


def remote_signer(given: argparse.Namespace) -> RemoteSigner:
    """Open the service that `--remote` describes. Raises: as `open_remote`."""
    return open_remote(
        given.remote,
        Role(given.role),
        at=datetime.now(UTC),
        sha256=given.cert_sha256,
        ask=_prompt(given) if sys.stdin.isatty() else None,
        show=_browser(given) if sys.stdin.isatty() or sys.stderr.isatty() else None,
    )


@dataclass(frozen=True, slots=True)
class RemoteKey:
    """The key of a service as the commands use it; `folder` holds what was prepared and asked."""

    signer: RemoteSigner
    given: argparse.Namespace
    folder: Path
    policy: SigningPolicy
    _states: dict[str, ToBeSigned] = field(default_factory=dict)
    _results: dict[str, RemoteResult] = field(default_factory=dict)
    _refused: dict[str, HocbaSignError] = field(default_factory=dict)
    _places: dict[str, Path] = field(default_factory=dict)

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        return self.signer.chain_der

    def gather(self, wanted: Mapping[Path, tuple[bytes, tuple[Slot, ...]]]) -> None:
        """Prepare the slots of documents, by where their results go, and fetch all values.

        Raises: as `sign_remotely`.
        """
        Journal(self.folder).open()
        for out, (document, slots) in wanted.items():
            for slot in slots:
                self._prepare(document, slot, out)
        items = [OrderItem.of(state, name) for name, state in self._states.items()]
        if not items:
            with suppress(OSError):
                self.folder.rmdir()
            return
        console.progress(say("REMOTE_CONFIRM", self.given.lang, count=len(items)))
        seconds = self.given.wait
        wait = DEFAULT_WAIT if seconds is None else timedelta(seconds=seconds)
        results = sign_remotely(
            self.signer, items, folder=self.folder, wait=wait, again=self.given.again
        )
        self._results.update({result.id: result for result in results})

    def signed(self, document: bytes, slots: tuple[Slot, ...]) -> tuple[bytes, tuple[Finding, ...]]:
        """Return the document with its values at level B; slots do not cover each other, so each is
        completed by itself.

        Raises: as `prepare` and `complete`; OutsideError REMOTE.* where there is no value.
        """
        notes = dict[Finding, None]()
        copies = []
        for slot in slots:
            name = _identifier(document, slot)
            if name in self._refused:
                raise self._refused[name]
            result = self._results[name]
            if result.value is None:
                raise result.error or OutsideError("REMOTE.FAILED")
            done = complete(self._states[name], result.value, at=datetime.now(UTC))
            copies.append(done.octets)
            notes |= dict.fromkeys(done.notes)
        return (copies[0] if len(copies) == 1 else merge(document, copies)), tuple(notes)

    def prepared_at(self, document: bytes, slot: Slot) -> datetime:
        return self._states[_identifier(document, slot)].created

    def finish(self) -> None:
        """Remove what was kept of documents whose results are written."""
        done = {name for name, out in self._places.items() if out.exists()}
        Journal(self.folder).forget(done)
        for name in done:
            self._path(name).unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()

    def _prepare(self, document: bytes, slot: Slot, out: Path) -> None:
        name = _identifier(document, slot)
        try:
            state = self._kept(name, document)
            if state is None:
                state = prepare(
                    document,
                    slot,
                    chain_der=self.chain_der,
                    at=datetime.now(UTC),
                    policy=self.policy,
                )
                write_atomically(self._path(name), state.to_json(has_document=False).encode())
            OrderItem.of(state, name)
        except (CallerError, InputError) as error:
            self._refused[name] = error
        else:
            self._states[name], self._places[name] = state, out

    def _kept(self, name: str, document: bytes) -> ToBeSigned | None:
        """Return what an earlier run prepared and still holds; it is checked by `complete`."""
        path = self._path(name)
        if not path.exists():
            return None
        try:
            state = ToBeSigned.from_json(read_limited(path, STATE_LIMIT), document=document)
        except InputError:
            return None
        return state if datetime.now(UTC) < state.expires else None

    def _path(self, name: str) -> Path:
        return self.folder / f"{_PREFIX}{name}.json"


def _identifier(document: bytes, slot: Slot) -> str:
    """Name a slot of a document for the service: nothing of its content shows, and another draft of
    the same transcript is another document.
    """
    seed = f"{hashlib.sha256(document).hexdigest()} {slot}".encode()
    return hashlib.sha256(seed).hexdigest()[:MAX_ID_LENGTH]


def _prompt(given: argparse.Namespace) -> Callable[[str], str]:
    return lambda what: getpass.getpass(
        say("REMOTE_PROMPT", given.lang, what=console.printable(what))
    )


def _browser(given: argparse.Namespace) -> Callable[[str], None]:
    return lambda address: console.note(
        say("REMOTE_BROWSER", given.lang, address=console.printable(address))
    )
