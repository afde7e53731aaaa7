"""The Merkle tree over the leaves of a transcript: its root, and what proves some leaves.

The tree has the shape of RFC 9162, 2.1.1. Below the root, hashes are the first 16 octets of
SHA-256: whoever does not hold the school's key needs a second preimage to show another value, and
that takes 2^128 tries (docs/adr/0017-extract.md).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from hocba_sign.errors import InputError

HASH_OCTETS: Final = 16
_LEAF, _NODE, _REGISTERED = b"\x00", b"\x01", b"\x02"


def leaf_hash(octets: bytes) -> bytes:
    return hashlib.sha256(_LEAF + octets).digest()[:HASH_OCTETS]


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the 32 octets of the root over two or more leaf hashes."""
    middle = _split(len(leaves))
    return _parent(_top(leaves[:middle]), _top(leaves[middle:]))


def proof_of(leaves: Sequence[bytes], opened: frozenset[int]) -> bytes:
    """Return, from left to right, the hashes of the largest subtrees without an opened leaf."""
    return b"".join(_hidden(leaves, opened, 0))


def rebuilt_root(count: int, opened: Mapping[int, bytes], *, proof: bytes) -> bytes:
    """Return the root over `count` leaves, of which the hashes of some are `opened` by index.

    Raises: InputError EXTRACT.PROOF where the proof has more or fewer hashes than those leaves
    need.
    """
    hashes = (proof[at : at + HASH_OCTETS] for at in range(0, len(proof), HASH_OCTETS))
    middle = _split(count)
    left = _rebuilt(0, middle, opened, hashes=hashes)
    root = _parent(left, _rebuilt(middle, count, opened, hashes=hashes))
    if next(hashes, None) is not None:
        raise InputError("EXTRACT.PROOF")
    return root


def registered_value(root: bytes, signature: bytes) -> bytes:
    """Return the value by which a register names a sealed transcript."""
    return hashlib.sha256(_REGISTERED + root + hashlib.sha256(signature).digest()).digest()


def _split(count: int) -> int:
    """Return the largest power of two below `count`, the leaves of the left subtree."""
    return 1 << (count - 1).bit_length() - 1


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def _top(leaves: Sequence[bytes]) -> bytes:
    return leaves[0] if len(leaves) == 1 else tree_root(leaves)[:HASH_OCTETS]


def _hidden(leaves: Sequence[bytes], opened: frozenset[int], start: int) -> Iterator[bytes]:
    if opened.isdisjoint(range(start, start + len(leaves))):
        yield _top(leaves)
    elif len(leaves) > 1:
        middle = _split(len(leaves))
        yield from _hidden(leaves[:middle], opened, start)
        yield from _hidden(leaves[middle:], opened, start + middle)


def _rebuilt(
    start: int, end: int, opened: Mapping[int, bytes], *, hashes: Iterator[bytes]
) -> bytes:
    if opened.keys().isdisjoint(range(start, end)):
        found = next(hashes, b"")
        if len(found) != HASH_OCTETS:
            raise InputError("EXTRACT.PROOF")
        return found
    if end - start == 1:
        return opened[start]
    middle = start + _split(end - start)
    left = _rebuilt(start, middle, opened, hashes=hashes)
    return _parent(left, _rebuilt(middle, end, opened, hashes=hashes))[:HASH_OCTETS]
