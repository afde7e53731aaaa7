"""The states between a transcript and its signature: `ToBeSigned`, `SignedDocument`."""

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any, Final

from hocba_sign.crypto.algorithms import SignatureAlgorithm, signature_algorithm
from hocba_sign.errors import Finding, HocbaSignError, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pades.header import is_pdf

_FORMAT = "hocba-sign to-be-signed 1"
_MAX_REVISION: Final = 16 * 1024 * 1024
"""Octets; a revision with its picture and room for a long chain has a tenth of a megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToBeSigned:
    """A prepared signature that waits for its value, from any device or service, on any day before
    `expires`.

    `octets` are what to sign (canonical ds:SignedInfo; of a PDF the DER of the signed attributes),
        `digest` their hash for services that sign hashes;
    `algorithm` says how: RSA values as they are, ECDSA values as r‖s.
    `document` and `unsigned` (the signature without its value) are what `complete` puts together;
    `roles` are those of the `SigningPolicy`.
    `revision` is what a PDF grows by, with empty room for the value: nobody has to draw it again.
    `created` and `expires` are UTC.
    `notes` are what the signer should know of the certificate; they are not written down.
    """

    document: bytes = field(repr=False)
    slot: Slot
    unsigned: bytes = field(repr=False)
    octets: bytes = field(repr=False)
    algorithm: SignatureAlgorithm
    created: datetime
    expires: datetime
    roles: tuple[Role, ...] = ()
    revision: bytes | None = field(default=None, repr=False)
    notes: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def digest(self) -> bytes:
        """The hash of `octets` by the algorithm's hash function; for EdDSA, which signs whole
        messages, `octets`.
        """
        if self.algorithm.digest is None:
            return self.octets
        return hashlib.new(self.algorithm.digest.name.replace("-", "_"), self.octets).digest()

    def _shown(self) -> dict[str, str]:
        """What people and services read of the state, all of which follows from the rest."""
        kind = "PDF" if is_pdf(self.document) else "XML"
        return {
            "document_format": kind,
            "algorithm_name": self.algorithm.name,
            "digest": self.digest.hex(),
        }

    def to_json(self, *, has_document: bool = True) -> str:
        """Write the state for another process. It holds the whole document, so keep it as
        confidential as that; without it, it is small, and `from_json` wants the document again.
        """
        revision = {} if self.revision is None else {"revision": _packed(self.revision)}
        document = (
            {"document": base64.b64encode(self.document).decode()}
            if has_document
            else {"document_sha256": hashlib.sha256(self.document).hexdigest()}
        )
        return json.dumps(
            {
                "format": _FORMAT,
                **self._shown(),
                "role": self.slot.role,
                "subject": self.slot.subject,
                "teacher": self.slot.teacher,
                "roles": list(self.roles),
                "algorithm": self.algorithm.uri,
                "octets": base64.b64encode(self.octets).decode(),
                "created": self.created.isoformat(),
                "expires": self.expires.isoformat(),
                "unsigned": base64.b64encode(self.unsigned).decode(),
                **revision,
                **document,
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str | bytes, *, document: bytes | None = None) -> "ToBeSigned":
        """Read what `to_json` wrote; what it says is checked again by `complete`. `document` is
        the one that was prepared, where the state is written without it.

        Raises: InputError `SIGN.STATE` for anything else.
        """
        try:
            state = json.loads(text, object_pairs_hook=_object)
            if any(not isinstance(state[name], str | None) for name in ("subject", "teacher")):
                raise InputError("SIGN.STATE", where="slot")
            if state["format"] != _FORMAT:
                raise InputError("SIGN.STATE", where="format")
            read = cls(
                document=_document(state, document),
                slot=Slot(Role(state["role"]), state["subject"], state["teacher"]),
                unsigned=base64.b64decode(state["unsigned"], validate=True),
                octets=base64.b64decode(state["octets"], validate=True),
                algorithm=signature_algorithm(state["algorithm"]),
                created=datetime.fromisoformat(state["created"]).astimezone(UTC),
                expires=datetime.fromisoformat(state["expires"]).astimezone(UTC),
                roles=tuple(Role(role) for role in state.get("roles", ())),
                revision=_unpacked(state["revision"]) if "revision" in state else None,
            )
            # What a device was shown must be what will be completed.
            wrong = next(
                (name for name, shown in read._shown().items() if state.get(name, shown) != shown),
                None,
            )
            if wrong is not None:
                raise InputError("SIGN.STATE", where=wrong)
        except HocbaSignError as error:
            raise InputError("SIGN.STATE", where=error.where) from error
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
            OverflowError,
            binascii.Error,
            zlib.error,
        ) as error:
            raise InputError("SIGN.STATE") from error
        return read


def _document(state: Mapping[str, Any], given: bytes | None) -> bytes:
    """Return the document of a state, from it or, of the very digest that it names, from the
    caller.
    """
    if given is None:
        return base64.b64decode(state["document"], validate=True)
    named = state.get("document_sha256")
    if named is None:
        named = hashlib.sha256(base64.b64decode(state["document"], validate=True)).hexdigest()
    if named != hashlib.sha256(given).hexdigest():
        raise InputError("SIGN.STATE", where="document_sha256")
    return given


def _packed(octets: bytes) -> str:
    """The empty room is most of a revision."""
    return base64.b64encode(zlib.compress(octets, 9)).decode()


def _unpacked(text: str) -> bytes:
    reader = zlib.decompressobj()
    octets = reader.decompress(base64.b64decode(text, validate=True), _MAX_REVISION)
    if not reader.eof or reader.unused_data:
        raise ValueError("not the whole")
    return octets


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A key that stands twice would show one thing to a device and another to `complete`."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocument:
    """A document with a signature that was just made and checked, in `slot`; `notes` are what the
    signer should know of the certificate.
    """

    octets: bytes = field(repr=False)
    slot: Slot
    notes: tuple[Finding, ...] = ()
