"""Teachers sign in separate copies at the same time; their signatures come together in one file.

A signature is carried over as the octets it has in its copy, never serialised again. What it covers
must be identical in the target; other parts may have moved on.
"""

from collections.abc import Iterable

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.workflow import Slot
from hocba_sign.pades.head import is_pdf
from hocba_sign.signing.certificate_fitness import require_holder
from hocba_sign.signing.policy import DEFAULT, SigningPolicy
from hocba_sign.signing.xml.draft import Draft, read_draft, require_turn
from hocba_sign.xades.transcript.read import read, signature_elements
from hocba_sign.xml.layout import recognise, slot_elements
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import insert, path_of, slice_of


def merge(target: bytes, copies: Iterable[bytes], *, policy: SigningPolicy = DEFAULT) -> bytes:
    """Put the signatures of `copies` into `target`; every other byte of `target` stays.

    Of `policy` the registry counts.

    Raises: those of `read_draft` for any of the files; CallerError `MERGE.PDF` for a PDF, whose
    revisions follow one another, `MERGE.CONFLICT` when a slot holds two different signatures, those
    of `require_holder` for who signed a copy, `MERGE.CHANGED` naming the Id that a signature covers
    and that differs in the target, `SIGN.ORDER` when a later role has signed already.
    """
    octets = target
    for copy in copies:
        if is_pdf(target) or is_pdf(copy):
            raise CallerError("MERGE.PDF")
        octets = _merge_one(octets, copy, policy)
    return octets


def _merge_one(target: bytes, copy: bytes, policy: SigningPolicy) -> bytes:
    source = read_draft(copy)
    goal = read_draft(target)
    octets = target
    for signature in source.parsed.signatures:
        if signature.slot is None:
            continue
        present = goal.parsed.signature(signature.slot)
        if present is None:
            octets = _carry(octets, source, signature.slot, policy=policy)
        elif (present.signed_info_octets, present.value) != (
            signature.signed_info_octets,
            signature.value,
        ):
            raise CallerError("MERGE.CONFLICT", where=str(signature.slot))
    return octets


def _carry(target: bytes, source: Draft, slot: Slot, *, policy: SigningPolicy) -> bytes:
    require_turn(read_draft(target), slot)
    source_root = parse(source.parsed.octets).root
    fragment = slice_of(
        source.parsed.octets, path_of(signature_elements(source_root, source.layout)[slot])
    )
    root = parse(target).root
    merged = insert(
        target, path_of(dict(slot_elements(root, recognise(root)))[slot]), fragment=fragment
    )
    try:
        arrived = read(merged).signature(slot)
    except InputError as error:
        raise CallerError("MERGE.CHANGED", where=error.where) from error
    if arrived is None:
        raise CallerError("MERGE.CHANGED", where=str(slot))
    changed = [reference.uri for reference in arrived.references if not reference.is_intact]
    if changed:
        raise CallerError("MERGE.CHANGED", where=f"{slot}: {', '.join(changed)}")
    integrity = check_integrity(arrived)
    if not integrity.is_intact:
        raise CallerError("MERGE.CHANGED", where=str(slot))
    claimed = None if arrived.properties is None else arrived.properties.signing_time
    if integrity.certificate is not None:
        require_holder(
            integrity.certificate, source, slot=slot, at=claimed, registry=policy.registry
        )
    return merged
