"""Teachers sign in separate copies at the same time; their signatures come together in one file.

A signature is carried over as the octets it has in its copy, never serialised again. What it covers
must be identical in the target; other parts may have moved on.
"""

from collections.abc import Iterable
from dataclasses import replace

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.structure import ParsedSignature
from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.workflow import Slot
from hocba_sign.signing.certificate_fitness import require_holder
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.signing.xml.draft import OpenDraft, open_draft, require_turn
from hocba_sign.signing.xml.opened import OpenXml
from hocba_sign.xml.splice import cut


def merge_xml(target: bytes, copies: Iterable[bytes], *, policy: SigningPolicy) -> bytes:
    """Put the signatures of `copies` into `target`; every other byte of `target` stays.

    Raises: as `merge`.
    """
    goal = None
    for copy in copies:
        source = open_draft(copy)
        goal = goal or open_draft(target)
        for signature in source.draft.parsed.signatures:
            if signature.slot is not None:
                goal = _merged(goal, source, signature, policy=policy)
    return target if goal is None else goal.draft.parsed.octets


def _merged(
    goal: OpenDraft, source: OpenDraft, signature: ParsedSignature, *, policy: SigningPolicy
) -> OpenDraft:
    assert signature.slot is not None
    present = goal.draft.parsed.signature(signature.slot)
    if present is None:
        return _carried(goal, source, signature.slot, policy=policy)
    if (present.signed_info_octets, present.value) != (
        signature.signed_info_octets,
        signature.value,
    ):
        raise CallerError("MERGE.CONFLICT", where=str(signature.slot))
    return goal


def _carried(goal: OpenDraft, source: OpenDraft, slot: Slot, *, policy: SigningPolicy) -> OpenDraft:
    require_turn(goal.draft, slot)
    fragment = cut(source.opened.xml, source.opened.signature(slot))
    merged = goal.opened.with_fragments({goal.opened.places.slots[slot]: fragment})
    try:
        opened = OpenXml.of(merged)
        parsed = opened.read()
    except InputError as error:
        raise CallerError("MERGE.CHANGED", where=error.where) from error
    arrived = parsed.signature(slot)
    if arrived is None:
        raise CallerError("MERGE.CHANGED", where=str(slot))
    for signature in (arrived, *parsed.signatures):
        changed = [reference.uri for reference in signature.references if not reference.is_intact]
        if changed:
            name = signature.slot or signature.where
            raise CallerError("MERGE.CHANGED", where=f"{name}: {', '.join(changed)}")
    integrity = check_integrity(arrived)
    if not integrity.is_intact:
        raise CallerError("MERGE.CHANGED", where=str(slot))
    claimed = None if arrived.properties is None else arrived.properties.signing_time
    if integrity.certificate is not None:
        require_holder(
            integrity.certificate, source.draft, slot=slot, at=claimed, registry=policy.registry
        )
    # The data is that of the target still: only what is signed has to be read again.
    return OpenDraft(opened=opened, draft=replace(goal.draft, parsed=parsed))
