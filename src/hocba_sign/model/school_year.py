"""Năm học: when a school year begins and ends, as data."""

import re
from datetime import date
from types import MappingProxyType
from typing import Final

from hocba_sign.frozen_dataclass import dataclass

_BEGINS: Final = (8, 1)
"""1 August, the earliest day for which the Ministry's yearly frame plans have ever called pupils
back; most began late in August.
"""
_ENDS: Final = (5, 31)
"""By the frame plans the school year is over by 31 May."""
_ENDED_LATER: Final = MappingProxyType({2019: date(2020, 7, 15)})
"""Years, named by the one in which they begin, that were prolonged for the whole country:
2019-2020, for the epidemic.
"""
_TEXT: Final = re.compile("([0-9]{4})-([0-9]{4})", re.ASCII)
_YEARS: Final = range(1, 9999)


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """Both days belong to the year; days in Vietnam."""

    begins: date
    ends: date

    @classmethod
    def of(cls, text: str) -> "SchoolYear | None":
        """Read `2025-2026`; None for what is no school year."""
        found = _TEXT.fullmatch(text)
        if found is None or int(found[1]) not in _YEARS or int(found[2]) != int(found[1]) + 1:
            return None
        first = int(found[1])
        return cls(
            begins=date(first, *_BEGINS), ends=_ENDED_LATER.get(first, date(first + 1, *_ENDS))
        )
