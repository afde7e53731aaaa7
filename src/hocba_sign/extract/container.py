"""The extract as it travels: octets, the text of a QR code, and JSON beside which a person can
read.

Every part stands in one place and order, and of the opened leaves only a bit tells the index, so
that one extract has one form.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.errors import InputError
from hocba_sign.extract import base45
from hocba_sign.extract.cbor import Value, decode, encode
from hocba_sign.extract.content import ExtractContent, content_dict, read_content
from hocba_sign.extract.leaves import FIRST_SUBJECT, SALT_OCTETS, FixedLeaf, hash_of
from hocba_sign.extract.merkle import HASH_OCTETS, rebuilt_root, registered_value
from hocba_sign.extract.seal_octets import TEMPLATES, SealDigests, signed_info
from hocba_sign.frozen_dataclass import dataclass

PREFIX: Final = "HB1:"
MAX_OCTETS: Final = 8_192
"""A code holds less than half of it, all leaves of the longest transcript fit."""
MIN_LEAVES: Final = FIRST_SUBJECT + 1
MAX_LEAVES: Final = FIRST_SUBJECT + 40
"""The schema has at most 40 subjects."""
KEY_ID_OCTETS: Final = 8
_DIGEST: Final = 32
_MAX_SIGNATURE: Final = 2_048
_ANY_PREFIX: Final = re.compile("HB[1-9][0-9]{0,2}:", re.ASCII)
_TEXT: Final = re.compile(rb"[A-Z]{2,4}[0-9]{0,3}:")
_MAX_TEMPLATE: Final = 65_535
_ITEMS: Final = 9
_FORMAT: Final = "hocba extract 1"
_SPACE: Final = " \t\r\n"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Some leaves of a transcript, and what proves that a school's seal covers them.

    `template`: the number of the form of the ds:SignedInfo.
    `key_id`: the beginning of the SHA-256 of the seal's SubjectPublicKeyInfo; it helps to find the
    certificate and proves nothing.
    `leaves`: how many there are in all.
    `salts`, `values`: those of the opened ones, by index.
    `signature`: the seal's value as XML has it.
    """

    template: int
    key_id: bytes
    digests: SealDigests
    leaves: int
    salts: Mapping[int, bytes]
    values: Mapping[int, Value]
    proof: bytes
    signature: bytes

    @property
    def algorithm(self) -> SignatureAlgorithm:
        return TEMPLATES[self.template]

    @property
    def root(self) -> bytes:
        """Return the root that the leaves and the proof lead to."""
        hashes = {
            index: hash_of(index, value, salt=self.salts[index])
            for index, value in self.values.items()
        }
        return rebuilt_root(self.leaves, hashes, proof=self.proof)

    @property
    def signed_info(self) -> bytes:
        """Return the octets that the seal must have signed."""
        return signed_info(self.algorithm, self.digests, leaves=self.leaves, root=self.root)

    @property
    def registered_value(self) -> bytes:
        """Return the value by which a register names the whole transcript."""
        return registered_value(self.root, self.signature)

    @property
    def content(self) -> ExtractContent:
        """Return what is shown, which nothing has proven yet."""
        return read_content(self.values)

    def to_octets(self) -> bytes:
        """Write the extract as CBOR."""
        opened = sorted(self.values)
        return encode(
            (
                self.template,
                self.key_id,
                self.digests.data + self.digests.principal + self.digests.properties,
                self.leaves,
                sum(1 << index for index in opened),
                b"".join(self.salts[index] for index in opened),
                tuple(self.values[index] for index in opened),
                self.proof,
                self.signature,
            )
        )

    @classmethod
    def from_octets(cls, octets: bytes) -> "Extract":
        """Read what `to_octets` wrote, and nothing else.

        Raises: InputError EXTRACT.CBOR, EXTRACT.FORM, EXTRACT.NEWER, EXTRACT.LEAF, EXTRACT.PROOF.
        """
        if len(octets) > MAX_OCTETS:
            raise InputError("EXTRACT.FORM", where="length")
        items = decode(octets)
        if not isinstance(items, tuple) or len(items) != _ITEMS:
            raise InputError("EXTRACT.FORM", where="items")
        template, key_id, digests, leaves, bits, salts, values, proof, signature = items
        form = _number("template", template, least=1, most=_MAX_TEMPLATE)
        if form not in TEMPLATES:
            raise InputError("EXTRACT.NEWER", where=f"template {form}")
        count = _number("leaves", leaves, least=MIN_LEAVES, most=MAX_LEAVES)
        opened = _opened(bits, count)
        salt_octets = _octets("salts", salts, len(opened) * SALT_OCTETS)
        if not isinstance(values, tuple) or len(values) != len(opened):
            raise InputError("EXTRACT.FORM", where="values")
        three = _octets("digests", digests, 3 * _DIGEST)
        extract = cls(
            template=form,
            key_id=_octets("key", key_id, KEY_ID_OCTETS),
            digests=SealDigests(
                data=three[:_DIGEST], principal=three[_DIGEST:-_DIGEST], properties=three[-_DIGEST:]
            ),
            leaves=count,
            salts={
                index: salt_octets[at * SALT_OCTETS : (at + 1) * SALT_OCTETS]
                for at, index in enumerate(opened)
            },
            values=dict(zip(opened, values, strict=True)),
            proof=_octets_up_to("proof", proof, MAX_LEAVES * HASH_OCTETS),
            signature=_octets_up_to("signature", signature, _MAX_SIGNATURE),
        )
        _ = extract.root, extract.content
        return extract

    def to_text(self) -> str:
        """Write the text of the QR code."""
        return PREFIX + base45.encode(self.to_octets())

    @classmethod
    def from_text(cls, text: str) -> "Extract":
        """Read the text of a code; white space around it counts for nothing.

        Raises: InputError EXTRACT.TEXT, EXTRACT.NEWER, EXTRACT.BASE45, and as `from_octets`.
        """
        given = text.strip(_SPACE)
        if not given.startswith(PREFIX) or len(given) > 2 * MAX_OCTETS:
            is_newer = is_text(given) and not given.startswith(PREFIX)
            raise InputError("EXTRACT.NEWER" if is_newer else "EXTRACT.TEXT")
        return cls.from_octets(base45.decode(given.removeprefix(PREFIX)))

    def to_json(self) -> str:
        """Write JSON: the text of the code, and beside it what that text shows."""
        shown = content_dict(self.content)
        return _written({"format": _FORMAT, "text": self.to_text(), "shown": shown})

    @classmethod
    def from_json(cls, octets: bytes) -> "Extract":
        """Read what `to_json` wrote: what stands beside the text must be what the text shows.

        Raises: InputError EXTRACT.JSON, and as `from_text`.
        """
        try:
            given = json.loads(octets, object_pairs_hook=_once)
            text = given["text"]
        except (ValueError, RecursionError, KeyError, TypeError, IndexError) as error:
            raise InputError("EXTRACT.JSON", detail=type(error).__name__) from None
        extract = cls.from_text(text if isinstance(text, str) else "")
        if _written(given) != extract.to_json():
            raise InputError("EXTRACT.JSON", where="shown")
        return extract


def is_text(text: str) -> bool:
    """Return whether this begins as the text of a code does, of this version or another."""
    return _ANY_PREFIX.match(text) is not None


def read_extract(octets: bytes) -> Extract:
    """Read an extract as a file of any of its forms: CBOR, the text of the code, or JSON.

    Raises: InputError EXTRACT.*
    """
    start = octets.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if start.startswith(b"{"):
        return Extract.from_json(start)
    if _TEXT.match(start):
        return Extract.from_text(start.decode("latin-1"))
    return Extract.from_octets(octets)


def _written(members: Any) -> str:
    return json.dumps(members, ensure_ascii=False, indent=1) + "\n"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A member that stands twice would be read differently by others."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member twice")
    return found


def _opened(bits: Value, leaves: int) -> tuple[int, ...]:
    """Return the indices of the bits that are set; the head is among them."""
    opened = _number("opened", bits, least=1, most=(1 << leaves) - 1)
    indices = tuple(index for index in range(leaves) if opened >> index & 1)
    if FixedLeaf.HEAD not in indices:
        raise InputError("EXTRACT.FORM", where="head")
    return indices


def _number(name: str, value: Value, *, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InputError("EXTRACT.FORM", where=name)
    return value


def _octets(name: str, value: Value, size: int) -> bytes:
    if not isinstance(value, bytes) or len(value) != size:
        raise InputError("EXTRACT.FORM", where=name)
    return value


def _octets_up_to(name: str, value: Value, most: int) -> bytes:
    if not isinstance(value, bytes) or len(value) > most:
        raise InputError("EXTRACT.FORM", where=name)
    return value
