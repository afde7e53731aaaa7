"""Answers about short texts and octets are kept, about long ones made each time."""

import pytest

from hocba_sign.model.remembered import MAX_ANSWERS, MAX_OCTETS, MAX_TEXT, remembered


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("a" * MAX_TEXT, True),
        ("a" * (MAX_TEXT + 1), False),
        (b"a" * MAX_OCTETS, True),
        (b"a" * (MAX_OCTETS + 1), False),
        (None, True),
    ],
)
def test_answers_about_what_is_short_are_kept(given: str | bytes | None, *, is_kept: bool) -> None:
    asked: list[str | bytes | None] = []

    @remembered
    def answer(value: str | bytes | None) -> int:
        asked.append(value)
        return len(asked)

    first = answer(given)
    assert (answer(given) == first) is is_kept
    answer.cache_clear()
    assert answer(given) != first


def test_what_is_raised_is_not_kept() -> None:
    asked: list[str] = []

    @remembered
    def answer(value: str) -> int:
        asked.append(value)
        raise ValueError(value)

    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            answer("a")
    assert asked == ["a", "a"]


def test_answers_are_bounded() -> None:
    asked: list[str] = []

    @remembered
    def answer(value: str) -> None:
        asked.append(value)

    for number in range(MAX_ANSWERS + 1):
        answer(str(number))
    answer("0")
    assert len(asked) == MAX_ANSWERS + 2
