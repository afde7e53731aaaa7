"""What is seen of a signature: name, role and time, nothing about validity, whatever the
certificate is called.
"""

from datetime import UTC, datetime

import pytest

from hocba_sign.model.workflow import Role
from hocba_sign.rendering.appearance import draw_appearance
from hocba_sign.rendering.text_layer import text_layer

AT = datetime(2026, 5, 31, 18, 5, 7, tzinfo=UTC)
SIZES = ((108.0, 24.0), (146.0, 58.0))


def seen(name: str, role: Role, size: tuple[float, float]) -> str:
    (page,) = text_layer(draw_appearance(name, role, at=AT, size=size))
    return "".join("".join((*page.read, *page.beside)).replace("\u200b", "").split())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.GVBM, "Giáo viên môn học"),
        (Role.GVCN, "Giáo viên chủ nhiệm"),
        (Role.CBQL, "Cán bộ quản lý"),
    ],
)
def test_name_role_and_time_of_vietnam(role: Role, words: str, size: tuple[float, float]) -> None:
    assert seen(
        "Đặng Thị Ẩn", role, size
    ) == f"Đặng Thị Ẩn{words}Ký lúc 01:05:07 ngày 01/06/2026".replace(" ", "")


@pytest.mark.parametrize("size", [*SIZES, (5.0, 5.0), (2000.0, 3.0)])
@pytest.mark.parametrize(
    "name", ["", "#panic()", "\\u{1F600}😀\n*", "x" * 500, "Trường Trung học phổ thông " * 8]
)
def test_any_name_is_shown_as_plain_text_or_not_at_all(
    name: str, size: tuple[float, float]
) -> None:
    first = draw_appearance(name, Role.KY_PHAT_HANH, at=AT, size=size)
    assert len(text_layer(first)) == 1
    assert draw_appearance(name, Role.KY_PHAT_HANH, at=AT, size=size) == first


def test_the_first_look_can_still_be_drawn() -> None:
    """Pictures that are there are compared with it."""
    octets = draw_appearance("Đặng Thị Ẩn", Role.GVBM, at=AT, size=SIZES[0], look="1")
    (page,) = text_layer(octets)
    shown = "".join("".join((*page.read, *page.beside)).replace("\u200b", "").split())
    assert shown == "Đặng Thị Ẩn Giáo viên bộ môn Ký lúc 01:05:07 01/06/2026".replace(" ", "")
