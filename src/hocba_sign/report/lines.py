"""Lines of plain text for a terminal or a log: wrapped, aligned, coloured where words already say
the same.
"""

import textwrap
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from hocba_sign.report.signature import Fact

State: TypeAlias = Literal["yes", "no", "unknown"]

WIDTH: Final = 110
_LABELS: Final = WIDTH - 2 - 64
"""So wide that a SHA-256 beside the labels stays within the line."""
_COLOURS: Final[dict[State, str]] = {"yes": "32", "no": "31", "unknown": "33"}


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
        yield from wrapped(fact.value, " " * (width + 2), first=f"  {fact.label + ':':<{width}}")


def coloured(words: str, state: State, *, is_coloured: bool) -> str:
    """Colour words by what they say."""
    return f"\033[1;{_COLOURS[state]}m{words}\033[0m" if is_coloured else words
