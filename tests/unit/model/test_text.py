import sys
import unicodedata

import pytest

from hocba_sign.model.text import _PLAIN, _PLAIN_TEXT, faults


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
        (
            unicodedata.normalize("NFD", "ễ") + "\u00d0\u200b ",
            ("TEXT.NOT_NFC", "TEXT.WRONG_D", "TEXT.CONTROL", "TEXT.BLANKS"),
        ),
    ],
)
def test_faults(text: str, expected: tuple[str, ...]) -> None:
    assert faults(text) == expected


def test_a_comment_may_have_line_feeds_and_nothing_else() -> None:
    assert faults("một\nhai", is_comment=True) == ()
    assert faults("một\r\nhai", is_comment=True) == ("TEXT.CONTROL",)
    assert faults("một\n", is_comment=True) == ("TEXT.BLANKS",)


def test_every_vietnamese_letter_passes() -> None:
    letters = "aăâeêioôơuưyđ"
    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    text = unicodedata.normalize(
        "NFC", "".join(letter + tone for letter in letters if letter != "đ" for tone in tones) + "đ"
    )
    assert faults(text) == ()
    assert faults(text.upper()) == ()


NAMES_OF_THE_WORLD = (
    "H'Nhi Ƀuôn Ƀdăm",
    "Y Ƀlŏ Êban",
    "Rơ̆ Châm Hư̆",
    "Ksor Hčĕ",
    "Hʼ Mĭ Niê",
    "សុខ ចាន់ដារា",
    "ꨀꨇꩉ",
    "ꪼꪕ ꪒꪾ",
    "Łukasz Bjørn Weiß Çelik",
    "Mª Carmen O’Brien",
    "Иван Иванов",
    "Сара Иванова",
    "Τάσος Παπάς",
    "山田さん ター",
    "Kim Min-su (김민수)",
    "สำราญ",
    "ດຳ",
    "محمد علي",
    "Trường THPT Số 1 – Nơ Trang Lơng",
)


@pytest.mark.parametrize("name", NAMES_OF_THE_WORLD)
def test_letters_of_any_language_pass(name: str) -> None:
    assert faults(unicodedata.normalize("NFC", name)) == ()


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        *(
            (f"Nguyễn{filler}An", "TEXT.CONTROL")
            for filler in "\u3164\u115f\u1160\uffa0\u034f\u17b4\u180b\ufe00\ufe0f\U000e0100\u2065"
        ),
        ("Tr\ufffdn", "TEXT.DAMAGED"),
        ("An\u2800", "TEXT.BLANKS"),
        *(
            (text, "TEXT.LOOKALIKE")
            for text in ("Ａn", "ﬁn", "𝐀n", "Ⓐn", "Ⅱ", "１２A", "A\u20dd", "ｱ")
        ),
        *(
            (text, "TEXT.MIXED_SCRIPTS")
            for text in (
                "\u0410nh",
                "Nguyễn Văn \u0410",
                "12\u04103",
                "Trầnα",
                "Nguyễn \u039dam",
                "An\u0661",
                "a\u064e",
            )
        ),
    ],
)
def test_a_name_that_is_not_what_it_looks_like(text: str, cause: str) -> None:
    assert faults(text) == (cause,)


def test_every_character_that_is_drawn_as_nothing_is_found_in_names_and_comments() -> None:
    fillers = [
        chr(point)
        for point in (0x00AD, 0x034F, 0x115F, 0x17B5, 0x200B, 0x2066, 0x3164, 0xFEFF, 0xE0001)
    ]
    for filler in fillers:
        assert "TEXT.CONTROL" in faults(f"a{filler}b")
        assert "TEXT.CONTROL" in faults(f"a{filler}b", is_comment=True)


def test_a_comment_is_prose() -> None:
    assert faults("Em ngoan ❤️, tính πr² đúng № 1", is_comment=True) == ()
    assert faults("Em \ufffd", is_comment=True) == ("TEXT.DAMAGED",)


def test_the_pattern_of_plain_texts_is_the_set_of_plain_letters() -> None:
    found = {
        letter for letter in map(chr, range(sys.maxunicode + 1)) if _PLAIN_TEXT.fullmatch(letter)
    }
    assert found == _PLAIN
