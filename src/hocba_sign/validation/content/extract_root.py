"""Whether the root that a seal states is that of the data: an extract is only as true as that."""

from collections.abc import Iterable

from hocba_sign.errors import InputError
from hocba_sign.extract.leaves import leaf_hashes
from hocba_sign.extract.merkle import tree_root
from hocba_sign.model.transcript import Transcript
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.xml.decode import document_nonce
from hocba_sign.xml.namespaces import ID_DATA
from hocba_sign.xml.tree import Element


def extract_checks(
    signatures: Iterable[SignatureConclusion], transcript: Transcript, *, root: Element
) -> list[Check]:
    """Recompute the root of the extract from the data, where an intact seal states one.

    Data without random octets has no extract, so every root over it is wrong. What was changed
    after the seal is for the digests to find: there the school stated nothing false.
    """
    for judged in signatures:
        sealed = judged.signature.sealed_root
        if sealed is not None and judged.is_intact and ID_DATA in judged.signature.covered_ids():
            hashes = _hashes(root, transcript)
            is_right = len(hashes) == sealed.leaves and tree_root(hashes) == sealed.root
            status = Status.PASS if is_right else Status.FAIL
            return [
                Check(identifier="EXTRACT.ROOT", status=status, where=str(judged.signature.slot))
            ]
    return []


def _hashes(root: Element, transcript: Transcript) -> tuple[bytes, ...]:
    try:
        nonce = document_nonce(root)
    except InputError:
        return ()
    return () if nonce is None else leaf_hashes(transcript, nonce)
