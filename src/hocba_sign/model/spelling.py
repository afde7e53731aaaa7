"""The one comparison of names: of people, schools and authorities, wherever a document and a
certificate name the same.

Equal are names that differ in nothing but how they are written: `SPELLINGS`, and for schools and
authorities the short forms of `data/names/school_forms.json`. Nothing else is equal: no similar
letter of another script, no letter that does not show, no word left out.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Final

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.remembered import remembered
from hocba_sign.shipped import shipped

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
"""Huyền, sắc, ngã, hỏi, nặng, as combining characters."""
_MARKS: Final = "\u0302\u0306\u031b"
"""What makes another vowel of a vowel: â, ă, ơ."""
_TONE: Final = re.compile(f"(?<=[aeiouy])([{_MARKS}]*)([{_TONES}])([{_MARKS}]*)")
_WORD: Final = re.compile(r"[^\W\d_][^\W\d_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W\d_]*)*")
_START: Final = r"(?<![\w\u0300-\u036f'])"
_END: Final = r"(?![\w\u0300-\u036f'])"
_SAME_LETTER: Final = str.maketrans({"ð": "đ"} | dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"))
_REPLACED: Final = "\ufffd"
"""Stands for a character of a certificate that does not print, whichever it was."""

SPELLINGS: Final = (
    ("Unicode normal form", "N\u0065\u0302\u0301u", "N\u1ebfu"),
    ("upper and lower case", "NGUYỄN THỊ HÒA", "Nguyễn Thị Hòa"),
    ("white space of any kind and number", "Nguyễn\u00a0Thị  Hòa", "Nguyễn Thị Hòa"),
    ("the vowel of a syllable that carries the tone mark", "Hoà, Thuý", "Hòa, Thúy"),
    ("the letter Eth for Đ", "Ðặng \u00f0ình", "Đặng đình"),
    ("kinds of apostrophe", "H\u2019Nhi, H\u02bcNhi, H`Nhi", "H'Nhi, H'Nhi, H'Nhi"),
)
"""What makes no difference, with an example of both ways of writing."""


class Likeness(StrEnum):
    SAME = "same"
    SAME_LETTERS = "same_letters"
    """The certificate writes the name without any diacritic, as older ones do: many names are
    written so.
    """
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolForms:
    """The data file: `forms` are (short, long), `kinds` the kinds of schools, which `joints` join;
    `organisations` how names of such begin.
    """

    forms: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    joints: tuple[str, ...]
    left_out: str
    organisations: tuple[str, ...]


@remembered
def compare_names(stated: str, certified: str | None, *, of_school: bool = False) -> Likeness:
    """Compare the name that a document states with the one in a certificate.

    `of_school`: short forms are the same as long ones.
    """
    if certified is None or _REPLACED in stated + certified:
        return Likeness.OTHER
    left, right = _spelled(stated), _spelled(certified)
    if not left or not right:
        return Likeness.OTHER
    if left == right or (of_school and _written_out(left) == _written_out(right)):
        return Likeness.SAME
    letters = plain(left)
    if right == plain(right) and (
        letters == right
        or (
            of_school and _written_out(letters, is_plain=True) == _written_out(right, is_plain=True)
        )
    ):
        return Likeness.SAME_LETTERS
    return Likeness.OTHER


@remembered
def names_organisation(name: str | None) -> bool:
    """Return whether a name begins as that of a school, authority or firm, which no
    person's does.
    """
    text = _spelled(name or "")
    return any(
        _beginnings(is_plain=is_plain).match(_written_out(text, is_plain=is_plain)) is not None
        for is_plain in (False, True)
    )


@cache
def _beginnings(*, is_plain: bool) -> re.Pattern[str]:
    """Match how names of organisations begin; without diacritics only the kinds of schools."""
    forms = school_forms()
    words = (
        map(plain, forms.kinds) if is_plain else map(_spelled, (*forms.organisations, *forms.kinds))
    )
    return re.compile(f"(?:{'|'.join(map(re.escape, words))}){_END}")


def spelled(name: str) -> str:
    """Return the form in which names are compared, decomposed: equal for two ways of writing one
    name.
    """
    return _spelled(name)


def plain(text: str) -> str:
    """Take off all diacritics of a text, in whatever form it is; case stays."""
    decomposed = unicodedata.normalize("NFD", text)
    return (
        "".join(letter for letter in decomposed if not unicodedata.combining(letter))
        .replace("đ", "d")
        .replace("Đ", "D")
    )


@cache
def school_forms() -> SchoolForms:
    source = json.loads(shipped("data", "names", "school_forms.json").read_text("utf-8"))
    pairs = ((short, row["long"]) for row in source["forms"] for short in row["short"])
    return SchoolForms(
        forms=tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair))),
        kinds=tuple(source["kinds"]),
        joints=tuple(source["joints"]),
        left_out=source["left_out_before_a_kind"],
        organisations=tuple(source["organisations"]),
    )


@remembered
def _spelled(name: str) -> str:
    folded = " ".join(unicodedata.normalize("NFC", name).split()).lower()
    letters = unicodedata.normalize("NFD", folded.translate(_SAME_LETTER))
    return _WORD.sub(_with_tone_last, letters)


def _with_tone_last(word: re.Match[str]) -> str:
    """Put the tone of a syllable behind it; a word with two is none, and stays."""
    text, tones = word[0], [found.start(2) for found in _TONE.finditer(word[0])]
    if len(tones) != 1:
        return text
    (at,) = tones
    return text[:at] + text[at + 1 :] + text[at]


def _written_out(text: str, *, is_plain: bool = False) -> str:
    for pattern, long in _rules(is_plain=is_plain):
        text = pattern.sub(long, text)
    return text


@cache
def _rules(*, is_plain: bool) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(_make_rules(is_plain=is_plain))


def _make_rules(*, is_plain: bool) -> Iterator[tuple[re.Pattern[str], str]]:
    """Write short forms out, then join kinds of schools in one way, then drop the word
    before them.
    """
    forms = school_forms()

    def written(text: str) -> str:
        return plain(_spelled(text)) if is_plain else _spelled(text)

    for short, long in forms.forms:
        # What is written with a full stop may be written together with the next word.
        after, space = (" ?", " ") if short.endswith(".") else (_END, "")
        yield re.compile(f"{_START}{re.escape(written(short))}{after}"), written(long) + space
    kind = "|".join(re.escape(written(kind)) for kind in forms.kinds)
    words = "|".join(written(joint) for joint in forms.joints if joint.isalpha())
    signs = "|".join(re.escape(joint) for joint in forms.joints if not joint.isalpha())
    yield (
        re.compile(
            f"{_START}({kind})(?: ?(?:{signs}) ?|(?:(?<= )| )(?:{words}) )+(?=(?:{kind}){_END})"
        ),
        r"\1 + ",
    )
    yield re.compile(f"^{re.escape(written(forms.left_out))} (?={kind})"), ""
