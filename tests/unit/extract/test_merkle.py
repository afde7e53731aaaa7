"""The tree against a second writing of RFC 9162, 2.1.1, from the root down."""

import hashlib
from itertools import chain, combinations

import pytest

from hocba_sign.errors import InputError
from hocba_sign.extract.merkle import HASH_OCTETS, leaf_hash, proof_of, rebuilt_root, tree_root

LEAVES = tuple(leaf_hash(bytes([number])) for number in range(43))


def by_the_rfc(leaves: tuple[bytes, ...], *, is_root: bool = True) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    left, right = (by_the_rfc(half, is_root=False) for half in (leaves[:middle], leaves[middle:]))
    whole = hashlib.sha256(b"\x01" + left + right).digest()
    return whole if is_root else whole[:16]


def test_a_leaf_is_the_beginning_of_its_sha256() -> None:
    assert leaf_hash(b"\x80") == hashlib.sha256(b"\x00\x80").digest()[:16]


@pytest.mark.parametrize("count", range(4, 44))
def test_the_root_is_that_of_the_rfc(count: int) -> None:
    assert tree_root(LEAVES[:count]) == by_the_rfc(LEAVES[:count])


@pytest.mark.parametrize("count", [4, 5, 7, 8, 9])
def test_every_subset_leads_to_the_root_and_no_other_proof_does(count: int) -> None:
    leaves = LEAVES[:count]
    subsets = chain.from_iterable(combinations(range(count), size) for size in range(1, count + 1))
    for subset in subsets:
        opened = {index: leaves[index] for index in subset}
        proof = proof_of(leaves, frozenset(subset))
        assert rebuilt_root(count, opened, proof=proof) == tree_root(leaves)
        wrong = [proof + bytes(HASH_OCTETS), proof + b"\0"]
        if proof:
            wrong += [proof[:-HASH_OCTETS], proof[:-1]]
        for other in wrong:
            with pytest.raises(InputError) as refused:
                rebuilt_root(count, opened, proof=other)
            assert refused.value.cause == "EXTRACT.PROOF"
