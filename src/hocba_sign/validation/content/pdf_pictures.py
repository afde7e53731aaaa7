"""Whether the pictures in the fields of a transcript are those that this program draws: what they
say is part of no content.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.pades.facts.field_names import slot_of
from hocba_sign.pades.facts.revisions import Box, FieldChange, RevisionStep
from hocba_sign.pades.write_pdf import engine
from hocba_sign.rendering.appearance import LOOKS, draw_appearance
from hocba_sign.rendering.render import SlotBox
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status

_ROUNDING: Final = 0.5
"""Points."""


def picture_checks(
    steps: Iterable[RevisionStep],
    places: Iterable[SlotBox],
    *,
    signatures: Iterable[SignatureConclusion],
) -> Iterator[Check]:
    """Draw the picture in each role's field again, from the signer's certificate, the role and the
    time stated.

    1. the same is no news;
    2. one of a program that states no role of ours, within the place of the role, is told;
    3. any other is unproven. A signature in a field of no role is proven wrong elsewhere.
    """
    by_slot = {place.slot: place for place in places}
    by_name = {
        (signature.signature.identifier, signature.signature.revision): signature
        for signature in signatures
    }
    for step in steps:
        for change in step.fields:
            slot, one = slot_of(change.name), by_name.get((change.name, step.revision + 1))
            if change.box is None or slot is None or one is None:
                continue
            place = by_slot.get(str(slot))
            # (1) the same picture
            if _is_ours(change, slot, one, place=place):
                continue
            # (2) and (3) any other picture
            is_in_place = (
                place is not None
                and change.page == place.page - 1
                and _is_within(change.box, place.box)
            )
            is_told = is_in_place and not _states_role(one)
            identifier, status = (
                ("PDF.OTHER_PICTURE", Status.WARNING)
                if is_told
                else ("PDF.PICTURE", Status.UNPROVEN)
            )
            yield Check(
                identifier=identifier,
                status=status,
                where=f"{change.name}: revision {step.revision + 1}",
            )


def _is_ours(
    change: FieldChange, slot: Slot, one: SignatureConclusion, *, place: SlotBox | None
) -> bool:
    properties, certificate = one.signature.properties, one.certificate
    at = None if properties is None else properties.signing_time
    if change.picture is None or change.box is None or at is None or certificate is None:
        return False
    size = _size(change.box)
    # The first signer's picture is drawn for the place itself, later ones for the field's rectangle
    # as the file gives it.
    sizes = dict.fromkeys((size, *(() if place is None else (_size(place.box),))))
    name = certificate.subject.common_name or ""
    try:
        return any(
            engine().picture_digest(
                draw_appearance(name, slot.role, at=at, size=drawn, look=look), size
            )
            == change.picture
            for look in LOOKS
            for drawn in sizes
        )
    except (InputError, CallerError):
        return False


def _size(box: Box) -> tuple[float, float]:
    left, bottom, right, top = box
    return right - left, top - bottom


def _is_within(box: Box, place: Box) -> bool:
    return (
        place[0] - _ROUNDING <= box[0]
        and place[1] - _ROUNDING <= box[1]
        and box[2] <= place[2] + _ROUNDING
        and box[3] <= place[3] + _ROUNDING
    )


def _states_role(one: SignatureConclusion) -> bool:
    properties = one.signature.properties
    return properties is not None and any(
        role in Role.__members__ for role in properties.claimed_roles
    )
