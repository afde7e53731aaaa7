import dataclasses
from pathlib import Path

import pytest

from hocba_sign.model.legacy import suspicion, suspicions
from hocba_sign.model.transcript import Transcript
from tests.unit.model.test_text import NAMES_OF_THE_WORLD

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        *((text, "TEXT.MOJIBAKE") for text in ("Nguyá»…n VÄƒn An", "Tráº§n Thá»‹ Hoa", "Äáº·ng")),
        *(
            (text, "TEXT.OLD_ENCODING")
            for text in (
                "NguyÔn v¨n A",
                "TrÇn ThÞ Hoa",
                "Lª V¨n §øc",
                "Ph¹m Thuú",
                "§ç Gia Kh¸nh",
                "TiÕng ViÖt",
            )
        ),
        *(
            (text, "TEXT.OLD_ENCODING")
            for text in (
                "Nguyeãn Vaên Baûo",
                "Traàn Thò Hoàng Oanh",
                "Leâ Vaên Ñöùc",
                "Hoï vaø teân",
            )
        ),
    ],
)
def test_text_read_by_the_wrong_encoding(text: str, cause: str) -> None:
    assert suspicion(text) == cause


@pytest.mark.parametrize(
    "text",
    [
        *(name for name in NAMES_OF_THE_WORLD if "ª" not in name),
        "TRẦN THỊ LÀ",
        "“ĐÃ”",
        "Hòa hoà thuỷ Thủy khuỷu nghiêng giếng gìn quốc quyết",
        "Loïc Martin",
        "Anaïs Müller",
        "José Peña Muñoz",
        "João São Simão Leão",
        "Zoë Noël Raúl",
        "Chloé Léa Hélène Inês",
        "Håkon Ødegård",
        "5 µm, 37 °C, Oxford®, 1½",
    ],
)
def test_good_text_is_not_suspected(text: str) -> None:
    assert suspicion(text) is None


@pytest.mark.parametrize("name", ["lop5", "lop9", "lop12"])
def test_examples_are_not_suspected(name: str) -> None:
    assert suspicions(Transcript.from_json((EXAMPLES / f"{name}.json").read_bytes())) == ()


def test_the_place_is_told_and_not_the_text() -> None:
    given = Transcript.from_json((EXAMPLES / "lop12.json").read_bytes())
    content = dataclasses.replace(given.content, homeroom_comment="Ch¨m häc")
    found = suspicions(dataclasses.replace(given, content=content))
    assert [(one.cause, one.where) for one in found] == [
        ("TEXT.OLD_ENCODING", "/HOC_BA/DU_LIEU_HOC_BA/THONG_TIN_HOC_BA/NHAN_XET_GVCN")
    ]
