"""What a text must be before it is signed: one spelling, nothing hidden, nothing at the edges."""

import unicodedata
from typing import Final

_FALSE_D: Final = frozenset("\u00d0\u00f0\u0189\u0256")
"""Eth and African D look like Đ (U+0110) and đ (U+0111) but sort, search and sign differently."""
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
"""Unicode categories that a reader cannot see: controls, direction marks, joiners, private use, unassigned."""
_PLAIN: Final = frozenset(
    letter
    for letter in map(chr, (*range(0x20, 0x250), *range(0x1E00, 0x1F00), 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026))
    if letter not in _FALSE_D
    and letter.isprintable()
    and unicodedata.category(letter) not in _HIDDEN
    and unicodedata.is_normalized("NFC", letter)
)
"""Visible letters that do not combine: a text of these needs no closer look."""


def faults(text: str, *, may_break_lines: bool = False) -> tuple[str, ...]:
    """Give the cause ids of all that is wrong with `text`; empty for a good one.

    A line feed passes where `may_break_lines`; a carriage return and a tab never do.
    """
    found = []
    if not text:
        found.append("TEXT.EMPTY")
    if _PLAIN.issuperset(text):
        return (*found, "TEXT.BLANKS") if text != text.strip() else tuple(found)
    if not unicodedata.is_normalized("NFC", text):
        found.append("TEXT.NOT_NFC")
    if not _FALSE_D.isdisjoint(text):
        found.append("TEXT.WRONG_D")
    visible = text.replace("\n", " ") if may_break_lines else text
    categories = {(unicodedata.category(letter), letter) for letter in set(visible)}
    if any(category in _HIDDEN for category, _ in categories):
        found.append("TEXT.CONTROL")
    if text != text.strip() or any(category == "Zs" and letter != " " for category, letter in categories):
        found.append("TEXT.BLANKS")
    return tuple(found)
