"""From a whole transcript to an extract of it."""

import hashlib
from collections.abc import Iterable

from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.errors import CallerError
from hocba_sign.extract.container import KEY_ID_OCTETS, Extract
from hocba_sign.extract.leaves import FixedLeaf, leaf_hashes, leaf_names, salts_of, values_of
from hocba_sign.extract.merkle import proof_of
from hocba_sign.extract.seal_octets import TEMPLATES, SealDigests
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The seal's signature, as far as an extract needs it; `value` is as XML has it."""

    algorithm: SignatureAlgorithm
    public_key_der: bytes
    digests: SealDigests
    value: bytes


def key_id(public_key_der: bytes) -> bytes:
    """Return by which octets an extract names a SubjectPublicKeyInfo."""
    return hashlib.sha256(public_key_der).digest()[:KEY_ID_OCTETS]


def open_leaves(
    transcript: Transcript, nonce: bytes, *, shown: Iterable[str], seal: Seal
) -> Extract:
    """Open the leaves that `shown` names, and the head, which says of whom they are.

    Raises: CallerError EXTRACT.UNKNOWN_LEAF; EXTRACT.TEMPLATE for an algorithm without template.
    """
    names = leaf_names(transcript)
    wanted = {FixedLeaf.HEAD.name.lower(), *shown}
    unknown = sorted(wanted.difference(names))
    if unknown:
        raise CallerError("EXTRACT.UNKNOWN_LEAF", where=unknown[0], detail=", ".join(names))
    opened = frozenset(index for index, name in enumerate(names) if name in wanted)
    template = next(
        (number for number, algorithm in TEMPLATES.items() if algorithm == seal.algorithm), None
    )
    if template is None:
        raise CallerError("EXTRACT.TEMPLATE", where=seal.algorithm.name)
    values, salts = values_of(transcript), salts_of(nonce, len(names))
    return Extract(
        template=template,
        key_id=key_id(seal.public_key_der),
        digests=seal.digests,
        leaves=len(names),
        salts={index: salts[index] for index in opened},
        values={index: values[index] for index in opened},
        proof=proof_of(leaf_hashes(transcript, nonce), opened),
        signature=seal.value,
    )
