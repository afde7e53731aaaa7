"""Numbers of people and organisations, by kind: only numbers of one kind can agree or contradict
each other.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.remembered import remembered

_TAX: Final = re.compile(r"([0-9]{10})(?:-?([0-9]{3}))?")
_TWELVE, _NINE = re.compile("[0-9]{12}"), re.compile("[0-9]{9}")
_PERSONAL: Final = frozenset({"CCCD", "CMND"})
_OTHER_PAPER: Final = re.compile(
    r"(?:HC|PASSPORT|CMT|CMTND|CMQĐ|CMSQ)\b.*", re.IGNORECASE | re.DOTALL
)


class NumberKind(StrEnum):
    PERSON = "person"
    """Số định danh cá nhân, twelve digits: as CCCD, as a CMND of twelve digits, or bare.

    Since 1/7/2025 it is a person's tax code, too.
    """
    OLD_CARD = "old_card"
    """CMND of nine digits."""
    OTHER_PAPER = "other_paper"
    """A passport or another paper of a person, or a personal number that has not the form of one.
    """
    TAX = "tax"
    """Mã số thuế: ten digits, with three more for a branch."""
    OTHER = "other"
    """Whose number this is its form does not say."""


_DECISIVE: Final = frozenset({NumberKind.PERSON, NumberKind.OLD_CARD, NumberKind.TAX})
"""Whoever has one number of such a kind has no other."""


@dataclass(frozen=True, slots=True)
class Number:
    kind: NumberKind
    value: str

    @property
    def is_personal(self) -> bool:
        return self.kind in {NumberKind.PERSON, NumberKind.OLD_CARD, NumberKind.OTHER_PAPER}


@remembered
def number_of(label: str, value: str) -> Number | None:
    """Read a number; `label` is `CCCD`, `CMND` or `MST` where it is written so, else `UID`.

    None for an empty one.

    Digits are those of ASCII, white space among them counts for nothing.
    """
    text = "".join(value.split())
    if not text:
        return None
    if _TWELVE.fullmatch(text):
        return Number(NumberKind.PERSON, text)
    if label != "MST" and _NINE.fullmatch(text):
        return Number(NumberKind.OLD_CARD, text)
    tax = _TAX.fullmatch(text)
    if tax is not None and label not in _PERSONAL:
        return Number(NumberKind.TAX, tax[1] + (f"-{tax[2]}" if tax[2] else ""))
    if label in _PERSONAL or _OTHER_PAPER.fullmatch(text):
        return Number(NumberKind.OTHER_PAPER, text)
    return Number(NumberKind.OTHER, text)


def numbers_of(identifiers: Iterable[tuple[str, str]]) -> tuple[Number, ...]:
    """Read the numbers of a certificate's subject, given as (label, value)."""
    found = (number_of(label, value) for label, value in identifiers)
    return tuple(number for number in found if number is not None)


def agrees(wanted: Number, given: Iterable[Number]) -> bool | None:
    """Return whether one of the `given` is the wanted one; None where none is of its kind, or the
    kind is not known.
    """
    same = [number for number in given if number.kind is wanted.kind]
    if wanted in same:
        return True
    return False if same and wanted.kind in _DECISIVE else None
