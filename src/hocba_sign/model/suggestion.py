"""Which codes of a list may be meant where one stands that the list does not have: by the name that
stands in its place or beside it.
"""

import re
from collections.abc import Iterable
from typing import Final

from hocba_sign.model.codes import CodeEntry, CodeList
from hocba_sign.model.spelling import plain, spelled

MAX_SUGGESTED: Final = 3
_ALIKE: Final = 0.5
"""A wrong or a missing letter or two leave more."""


def suggested(codes: CodeList, words: Iterable[str]) -> tuple[CodeEntry, ...]:
    """Return the entries whose names are nearest to one of `words`, the nearest first; none where
    nothing is alike.
    """
    said = [_letters(word) for word in words if re.search(r"[^\W\d_]{2}", word)]
    found: dict[str, tuple[float, CodeEntry]] = {}
    for entry in (entry for group in codes.entries.values() for entry in group):
        names = [_letters(entry.name), *([] if entry.code.isdecimal() else [_letters(entry.code)])]
        likeness = max((_likeness(name, word) for name in names for word in said), default=0.0)
        if likeness >= _ALIKE and likeness > found.get(entry.code, (0.0, entry))[0]:
            found[entry.code] = (likeness, entry)
    ranked = sorted(found.values(), key=lambda pair: (-pair[0], len(pair[1].name), pair[1].code))
    return tuple(entry for _, entry in ranked[:MAX_SUGGESTED])


def suggestion_text(entries: Iterable[CodeEntry]) -> str:
    """Write entries as what may stand in a place, among others; empty for none."""
    told = ", ".join(f"{entry.code} ({entry.name})" for entry in entries)
    return f"{told}, …" if told else ""


def _letters(text: str) -> str:
    return " ".join(re.findall(r"\w+", plain(spelled(text))))


def _likeness(name: str, said: str) -> float:
    """Return the share of common pairs of letters (Dice), below 0.9; more where the name stands in
    what is said as whole words, the longer the more.
    """
    if name == said:
        return 1.0
    if f" {name} " in f" {said} ":
        return 0.9 + len(name) / 1000
    left, right = _pairs(name), _pairs(said)
    return 1.8 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
