"""What a text must be before it is signed: one spelling, nothing hidden, nothing damaged, nothing
at the edges.

A comment is prose; every other text names somebody or something, so it holds letters that are what
they look like.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_FALSE_D: Final = frozenset("\u00d0\u00f0\u0189\u0256")
"""Eth and African D look like Đ (U+0110) and đ (U+0111) but sort, search and sign differently."""
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
"""Unicode categories that a reader cannot see: controls, direction marks, joiners, private use,
unassigned.
"""
_IGNORABLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that are drawn as nothing, whatever their category.

Source: Unicode 16.0, DerivedCoreProperties.txt, Default_Ignorable_Code_Point.
"""
_PRESENTATION: Final = "\ufe0e\ufe0f"
"""Telephones put one behind a picture such as a heart."""
_DAMAGED: Final = frozenset("\ufffc\ufffd")
"""What programs leave where they could not read a character or lost an object."""
_EMPTY_PATTERN: Final = "\u2800"
"""A Braille cell without dots: a blank by looks, a symbol by category."""

_IMITATED: Final = re.compile("<(?:wide|narrow|font|circle|square|small|vertical)>")
_RAISED: Final = re.compile("<(?:super|sub|compat)>")
_ALIKE: Final = frozenset(
    "АВЕЅІЈКМНОРСТУХѴԌԚԜӀаеѕіјорсухѵһԁԛԝӏ\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c"
    "\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd\u0555\u0585ՏսՍ"
)
"""Cyrillic, Greek and Armenian letters drawn as Latin ones.

Source: UTS #39, confusables.txt, those that map to one letter of ASCII.
"""
_COMMON: Final = frozenset({"", "MODIFIER", "COMBINING", "DIGIT", "FEMININE", "MASCULINE", "MICRO"})
"""First words of names of characters that belong to no script."""
_EAST_ASIA: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "BOPOMOFO"})
"""Written together within one word. Source: UTS #39, 5.2."""
_SCRIPTED: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})

_LONGEST_NAME: Final = 2_000
"""Longer than any field but a comment: such a text is refused for its length or form, whatever its
letters look like.
"""

_PLAIN: Final = frozenset(
    letter
    for letter in map(
        chr,
        (
            *range(0x20, 0x250),
            *range(0x1E00, 0x1F00),
            0x2013,
            0x2014,
            0x2018,
            0x2019,
            0x201C,
            0x201D,
            0x2026,
        ),
    )
    if letter not in _FALSE_D
    and letter.isprintable()
    and unicodedata.category(letter) not in _HIDDEN
    and unicodedata.is_normalized("NFC", letter)
)
"""Visible letters that do not combine: a text of these needs no closer look."""


def _class_of(letters: frozenset[str]) -> str:
    """Return a pattern for one of the letters, written as ranges."""
    ranges: list[list[int]] = []
    for number in sorted(map(ord, letters)):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return f"[{''.join(f'{chr(92)}U{first:08x}-{chr(92)}U{last:08x}' for first, last in ranges)}]"


_PLAIN_TEXT: Final = re.compile(f"{_class_of(_PLAIN)}*")
"""Ten times as fast as asking the set for each letter."""


def is_plain(text: str) -> bool:
    """Return whether nothing can be wrong with any part of `text` but that it is empty, or that
    blanks stand about it.
    """
    return _PLAIN_TEXT.fullmatch(text) is not None


def faults(text: str, *, is_comment: bool = False) -> tuple[str, ...]:
    """Return the cause ids of all that is wrong with `text`; empty for a good one.

    A line feed passes in a comment; a carriage return and a tab never do. Letters of any language
    pass: of Vietnam's minorities with their combining marks, and of other scripts, as long as a
    word of a name keeps to one.
    """
    found = []
    if not text:
        found.append("TEXT.EMPTY")
    if is_plain(text):
        return (*found, "TEXT.BLANKS") if text != text.strip() else tuple(found)
    if not unicodedata.is_normalized("NFC", text):
        found.append("TEXT.NOT_NFC")
    if not _FALSE_D.isdisjoint(text):
        found.append("TEXT.WRONG_D")
    visible = (
        text.translate(dict.fromkeys(map(ord, _PRESENTATION))).replace("\n", " ")
        if is_comment
        else text
    )
    unusual = {letter: unicodedata.category(letter) for letter in set(visible) - _PLAIN}
    if not _HIDDEN.isdisjoint(unusual.values()) or _IGNORABLE.search(visible):
        found.append("TEXT.CONTROL")
    if not _DAMAGED.isdisjoint(unusual):
        found.append("TEXT.DAMAGED")
    if text != text.strip() or "Zs" in unusual.values() or _EMPTY_PATTERN in unusual:
        found.append("TEXT.BLANKS")
    return (
        tuple(found)
        if is_comment or len(text) > _LONGEST_NAME
        else (*found, *_deceptions(text, unusual))
    )


def is_hidden(letter: str) -> bool:
    """Return whether a character is drawn as nothing, moves what stands beside it, or does not
    print.
    """
    return not letter.isprintable() or _IGNORABLE.match(letter) is not None


def has_hidden(text: str) -> bool:
    return not text.isprintable() or _IGNORABLE.search(text) is not None


def _deceptions(text: str, unusual: dict[str, str]) -> Iterator[str]:
    """Judge a name: letters that are drawn as others, or put beside those of another script."""
    if any(
        _imitates(letter, category)
        for letter, category in unusual.items()
        if not _IGNORABLE.match(letter)
    ):
        yield "TEXT.LOOKALIKE"
        return
    composed = unicodedata.normalize("NFC", _IGNORABLE.sub("", text))
    words = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in composed
    ).split()
    if any(len(_scripts(word)) > 1 for word in words) or _is_disguised(words):
        yield "TEXT.MIXED_SCRIPTS"


def _imitates(letter: str, category: str) -> bool:
    """Full-width, circled, mathematical, raised and joined forms of plain letters and digits, and
    marks drawn around a letter.

    Letters of other scripts that Unicode maps to several, as Thai and Lao have, are ordinary ones.
    """
    if category == "Me":
        return True
    mapping = unicodedata.decomposition(letter)
    if _IMITATED.match(mapping):
        return category != "Zs"
    return (
        category[0] in "LN"
        and _RAISED.match(mapping) is not None
        and unicodedata.normalize("NFKC", letter).isascii()
    )


def _scripts(word: str) -> frozenset[str]:
    """Return the scripts of a word. A character's script is the first word of its Unicode name."""
    found = {_script(letter) for letter in word if unicodedata.category(letter) in _SCRIPTED}
    scripts = found - _COMMON
    return frozenset({"EAST ASIA"} | (scripts - _EAST_ASIA) if scripts & _EAST_ASIA else scripts)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]


def _is_disguised(words: list[str]) -> bool:
    """Return whether a word can be read as Latin, and nothing else in the name shows that it is
    not.
    """
    letters = {letter for word in words for letter in word if letter.isalpha()}
    lookalike = {
        letter for letter in letters if _script(letter) in {"CYRILLIC", "GREEK", "ARMENIAN"}
    }
    return bool(lookalike) and lookalike <= _ALIKE
