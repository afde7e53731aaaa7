"""Texts that were read by the wrong encoding: UTF-8 as Windows-1252, and the Vietnamese encodings
from before Unicode, TCVN3 (ABC) and VNI.

Only a suspicion: a word that is no Vietnamese syllable, and is one when it is read the other way.
Source of the tables: TCVN 5712:1993 (VN3), and the VNI for Windows character set.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from hocba_sign.errors import Finding
from hocba_sign.model.fields import Leaf, element_path, table
from hocba_sign.model.transcript import DATA_PATH, Transcript

_TCVN3: Final = dict(
    zip(
        map(
            ord,
            "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        ),
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_VNI_PAIRS: Final = {
    base + sign: letter
    for base, signs, letters in (
        ("a", "ùøûõïâáàåãäêéèúüë", "áảàãạâấầẩẫậăắằẳẵặ".replace("áảà", "áàả")),
        ("e", "ùøûõïâáàåãä", "éèẻẽẹêếềểễệ"),
        ("o", "ùøûõïâáàåãä", "óòỏõọôốồổỗộ"),
        ("u", "ùøûõï", "úùủũụ"),
        ("y", "ùøûõ", "ýỳỷỹ"),
        ("ô", "ùøûõï", "ớờởỡợ"),
        ("ö", "ùøûõï", "ứừửữự"),
    )
    for sign, letter in zip(signs, letters, strict=True)
}
_VNI_SINGLES: Final = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI: Final = re.compile("|".join([*_VNI_PAIRS, *_VNI_SINGLES]))
_VNI_MARKED: Final = re.compile("[aeo][áàåãâêéèùøû]|[ôö][ùøûõï]|u[øû]|y[øû]")
"""Two vowels that no other language writes side by side; those with a diaeresis are left out (Loïc,
Anaïs).
"""
_SHIFTED: Final = re.compile("[¡-´¶-¿×÷\u00ad]|(?<=[A-Za-z])µ|(?<=[a-z])[À-ÖØ-Þ]|Þ")
"""A sign or a capital within a word, where TCVN3 has small letters."""

_THREE_OCTETS: Final = re.compile("[\u1ea0-\u1ef9]")
_SYLLABLE: Final = re.compile(
    "(?:ngh?|nh|gh?|gi|kh|ph|th|tr|ch|qu|[bcdđhklmnprstvx])?"
    "(?:(?:iê|yê|uô|ươ|oa|oă|oe|uâ|uê|uy|uyê|oo|[aăâeêioôơuưy])(?:ch|ngh?|nh|[cmnpt])?"
    "|ia|ua|ưa|uya|uơ|ai|ao|au|ay|âu|ây|eo|êu|iu|iêu|yêu|oi|ôi|ơi|ui|ưi|uôi|ươi|ưu|ươu|oai|"
    "oay|oao|oeo|uây|uyu)"
)
_TONES: Final = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))


def suspicions(transcript: Transcript) -> tuple[Finding, ...]:
    """Return the texts of a transcript that were probably read by the wrong encoding, each with its
    path in the XML form.
    """
    return tuple(
        Finding(cause, path)
        for path, text in _texts(transcript, DATA_PATH)
        if (cause := suspicion(text)) is not None
    )


def suspicion(text: str) -> str | None:
    """Return TEXT.MOJIBAKE, TEXT.OLD_ENCODING or None."""
    if text.isascii():
        return None
    words = text.split()
    if any(map(_is_mojibake, words)):
        return "TEXT.MOJIBAKE"
    if any(map(_is_tcvn3, words)) or any(map(_is_vni, words)):
        return "TEXT.OLD_ENCODING"
    return None


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    for bound in table(type(value)):
        given = getattr(value, bound.attribute)
        here = path + element_path(type(value), bound.attribute)
        if isinstance(bound.spec, Leaf):
            if bound.spec.kind.is_free and given is not None:
                yield here, given
        elif isinstance(given, tuple):
            for n, item in enumerate(given, 1):
                yield from _texts(item, f"{here}[{n}]")
        elif given is not None:
            yield from _texts(given, here)


def _is_syllable(word: str) -> bool:
    spread = unicodedata.normalize("NFD", word.lower())
    plain = unicodedata.normalize("NFC", spread.translate(_TONES))
    return (
        sum(ord(mark) in _TONES for mark in spread) <= 1 and _SYLLABLE.fullmatch(plain) is not None
    )


def _is_mojibake(word: str) -> bool:
    """Some octets of UTF-8 have no letter in Windows-1252 and are lost; a letter of three octets
    that is left says enough.
    """
    try:
        read = b"".join(
            letter.encode("cp1252", "ignore") or letter.encode("latin-1") for letter in word
        ).decode(errors="replace")
    except UnicodeEncodeError:
        return False
    is_clean = all(letter.isalpha() or letter.isascii() or letter in "–—‘’“”…" for letter in read)
    return _THREE_OCTETS.search(read) is not None or (is_clean and read != word)


def _is_tcvn3(word: str) -> bool:
    bare = word.strip(".,;:()\"'!?")
    return (
        _SHIFTED.search(bare) is not None
        and not _is_written_well(bare)
        and _is_syllable(bare.translate(_TCVN3))
    )


def _is_written_well(word: str) -> bool:
    return _is_syllable(word) and (word.islower() or word.isupper() or word.istitle())


def _is_vni(word: str) -> bool:
    bare = word.strip(".,;:()\"'!?").lower()
    read = _VNI.sub(lambda found: _VNI_PAIRS.get(found[0]) or _VNI_SINGLES[found[0]], bare)
    return _VNI_MARKED.search(bare) is not None and not _is_syllable(bare) and _is_syllable(read)
