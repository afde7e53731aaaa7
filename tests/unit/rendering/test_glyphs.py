"""The fonts know every letter of Vietnamese, and what they do not know is told apart."""

import unicodedata

from hocba_sign.rendering.glyphs import shown_in
from hocba_sign.rendering.template import FONTS

BASES = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def test_every_vietnamese_letter_is_shown() -> None:
    letters = {unicodedata.normalize("NFC", base + tone) for base in BASES for tone in TONES} | set(
        "đĐ0123456789,.;:–—…“”‘’'\"()/%°²³½×÷≤≥±√"
    )
    assert all(len(letter) == 1 for letter in letters)
    assert letters <= shown_in(FONTS)


def test_what_has_no_sign_or_cannot_be_seen_is_not_shown() -> None:
    assert not set("漢ا😀א\u200b\u202e\u00ad\ue000\t\0") & shown_in(FONTS)
