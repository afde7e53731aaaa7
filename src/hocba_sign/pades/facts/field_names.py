"""Names of signature fields: which field is whose place, for writing and for reading."""

import re
from typing import Final

from hocba_sign.model.results import SUBJECT_ID_PATTERN, TEACHER_ID_PATTERN
from hocba_sign.model.workflow import Role, Slot

ATTACHMENT: Final = "hocba.xml"
"""The signed transcript that the pages carry is called so."""
TIME_STAMP_PREFIX: Final = "DTS-"
"""Fields of document time-stamps are called so, with a number after it."""

_TEACHER = re.compile(f"{Role.GVBM}-({SUBJECT_ID_PATTERN})-({TEACHER_ID_PATTERN})")


def field_name(slot: Slot) -> str:
    """Return the name of the field where `slot` is signed: `GVBM-mon-15-gv-15-1`, `GVCN`."""
    return "-".join(filter(None, (slot.role, slot.subject, slot.teacher)))


def slot_of(name: str) -> Slot | None:
    """Return the slot that a field of this name is the place of; None for any other field."""
    found = _TEACHER.fullmatch(name)
    if found is not None:
        return Slot(Role.GVBM, found[1], found[2])
    return Slot(Role(name)) if name in Role.__members__ else None
