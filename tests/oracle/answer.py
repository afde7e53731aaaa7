"""What the articles of a circular say of one record, told apart by how sure it is."""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import product
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Mark: TypeAlias = int | str | None
"""A score in tenths, `Đ`, `CĐ` or `M`; None where nothing is written."""

LAST_GRADE = {"02": 5, "03": 9, "04": 12, "05": 12, "06": 9}
BLANK_SCORES = (0, 20, 35, 50, 65, 80, 90, 100)
"""One score of every band that an article knows."""
MOST_BLANKS = 3


class Answer(IntEnum):
    """FINE: the record keeps the article.

    DOUBT: the text leaves it open, so it is no error. TOLD: probably wrong. WRONG: contradicts the
    article.

    EITHER: wrong by an article of which it is not sure that it is meant, so any judgement is right.
    """

    FINE = 0
    DOUBT = 1
    TOLD = 2
    EITHER = 3
    WRONG = 4


def mark(text: object) -> Mark:
    if text is None:
        return None
    written = str(text)
    if written in {"Đ", "CĐ", "M"}:
        return written
    whole, _, tenths = written.partition(".")
    return int(whole) * 10 + int(tenths or "0")


def year_of(first: int, second: int) -> int:
    """(học kì I + 2 × học kì II) : 3 in tenths; thirds of tenths are never in the middle."""
    return (2 * (first + 2 * second) + 3) // 6


def filled(
    marks: Iterable[tuple[str, Mark]], is_comment: frozenset[str]
) -> Iterator[list[tuple[str, Mark]]]:
    """Yield every list that a list with blanks could have been; nothing for more blanks than can be
    tried.
    """
    known = list(marks)
    places = [index for index, (_, value) in enumerate(known) if value is None]
    if len(places) > MOST_BLANKS:
        return
    options: list[tuple[Mark, ...]] = [
        ("Đ", "CĐ", "M") if known[index][0] in is_comment else (*BLANK_SCORES, "M")
        for index in places
    ]
    for values in product(*options):
        whole = list(known)
        for index, value in zip(places, values, strict=True):
            whole[index] = (known[index][0], value)
        yield whole


def says(text: object, *words: str) -> bool:
    """Whether a line of the record holds any of the words, whatever their case."""
    return text is not None and any(word in str(text).casefold() for word in words)
