"""Lines of plain text for a terminal or a log: wrapped, aligned, coloured where words already say
the same.
"""

import itertools
import textwrap
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from hocba_sign.report.seven_items import Fact

State: TypeAlias = Literal["yes", "no", "unknown", "ended"]
"""`ended`: whatever its signatures are worth, it is not in force."""

WIDTH: Final = 80
_LABELS: Final = 30
_COLOURS: Final[dict[State, str]] = {"yes": "32", "no": "31", "unknown": "33", "ended": "35"}


def wrapped(words: str, indent: str, *, first: str | None = None) -> list[str]:
    """Break words into lines of at most `WIDTH`; a fingerprint or address is never cut.

    `first` begins the first line.
    """
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def fact_lines(facts: tuple[Fact, ...]) -> Iterable[str]:
    """Return labels and values in two columns."""
    width = min(max(len(fact.label) for fact in facts) + 2, _LABELS)
    for fact in facts:
        label = f"  {fact.label + ':':<{width}}"
        if len(label) > width + 2:
            yield label.rstrip()
            label = " " * (width + 2)
        yield from wrapped(fact.value, " " * (width + 2), first=label)


def shortened(words: str, width: int) -> str:
    """Cut words that are too long, where a cut does no harm, and show that they were cut."""
    return words if len(words) <= width else f"{words[: width - 1].rstrip()}…"


def table_lines(
    rows: Iterable[tuple[str, ...]], widths: tuple[int, ...], *, indent: str = "  "
) -> Iterable[str]:
    """Return rows of cells under each other, a cell that is too long on more than one line; the
    last cell of a row is as long as it is.
    """
    for row in rows:
        cells = [
            textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)
        ]
        for parts in itertools.zip_longest(*cells, fillvalue=""):
            padded = (f"{part:<{width}}" for part, width in zip(parts, widths, strict=True))
            yield f"{indent}{' '.join(padded)}".rstrip()


def coloured(words: str, state: State, *, is_coloured: bool) -> str:
    """Colour words by what they say."""
    return f"\033[1;{_COLOURS[state]}m{words}\033[0m" if is_coloured else words
