import unicodedata

import pytest

from hocba_sign.model.text import faults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đỗ Gia Khánh", ()),
        ("Rơ Châm H'Nhi", ()),
        ("Ngữ văn – “đọc hiểu” … 50%", ()),
        (unicodedata.normalize("NFD", "Nguyễn"), ("TEXT.NOT_NFC",)),
        ("\u00d0ỗ Gia Khánh", ("TEXT.WRONG_D",)),
        ("\u00f0ạt", ("TEXT.WRONG_D",)),
        ("\u0189ạt", ("TEXT.WRONG_D",)),
        ("\u0256ạt", ("TEXT.WRONG_D",)),
        ("a\tb", ("TEXT.CONTROL",)),
        ("a\nb", ("TEXT.CONTROL",)),
        ("a\u200bb", ("TEXT.CONTROL",)),
        ("a\u202eb", ("TEXT.CONTROL",)),
        ("a\u00adb", ("TEXT.CONTROL",)),
        ("a\ue000b", ("TEXT.CONTROL",)),
        ("a\x00b", ("TEXT.CONTROL",)),
        (" a", ("TEXT.BLANKS",)),
        ("ạ ", ("TEXT.BLANKS",)),
        ("a\u00a0b", ("TEXT.BLANKS",)),
        ("", ("TEXT.EMPTY",)),
        (unicodedata.normalize("NFD", "ễ") + "\u00d0\u200b ", ("TEXT.NOT_NFC", "TEXT.WRONG_D", "TEXT.CONTROL", "TEXT.BLANKS")),
    ],
)
def test_faults(text: str, expected: tuple[str, ...]) -> None:
    assert faults(text) == expected


def test_a_comment_may_have_line_feeds_and_nothing_else() -> None:
    assert faults("một\nhai", may_break_lines=True) == ()
    assert faults("một\r\nhai", may_break_lines=True) == ("TEXT.CONTROL",)
    assert faults("một\n", may_break_lines=True) == ("TEXT.BLANKS",)


def test_every_vietnamese_letter_passes() -> None:
    letters = "aăâeêioôơuưyđ"
    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    text = unicodedata.normalize("NFC", "".join(letter + tone for letter in letters if letter != "đ" for tone in tones) + "đ")
    assert faults(text) == ()
    assert faults(text.upper()) == ()
