"""Answers about short texts and octets, kept: names, numbers and addresses of one school stand in
thousands of its files, parts that an authority repeats in all its certificates.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, ParamSpec, Protocol, TypeVar

MAX_TEXT: Final = 200
"""Characters of a text about which an answer is kept; a hostile one may have a million."""
MAX_OCTETS: Final = 1_024
"""Of a value about which an answer is kept; a part of a certificate may have 64 kB."""
MAX_ANSWERS: Final = 4_096
"""Of each function, some hundred octets each; those not asked for longest go first."""

_Given = ParamSpec("_Given")
_AnswerT_co = TypeVar("_AnswerT_co", covariant=True)


class Remembered(Protocol[_Given, _AnswerT_co]):
    """A function with its answers; `cache_clear` forgets them, as in `functools.lru_cache`."""

    def __call__(self, *args: _Given.args, **kwargs: _Given.kwargs) -> _AnswerT_co: ...

    def cache_clear(self) -> None: ...


def remembered(function: Callable[_Given, _AnswerT_co]) -> Remembered[_Given, _AnswerT_co]:
    """Keep what a function of texts or octets alone answers, as long as all of them are short."""
    kept = lru_cache(maxsize=MAX_ANSWERS)(function)

    @wraps(function)
    def answer(*args: _Given.args, **kwargs: _Given.kwargs) -> _AnswerT_co:
        for given in args:
            if (isinstance(given, str) and len(given) > MAX_TEXT) or (
                isinstance(given, bytes) and len(given) > MAX_OCTETS
            ):
                return function(*args, **kwargs)
        return kept(*args, **kwargs)  # type: ignore[arg-type]

    answer.cache_clear = kept.cache_clear  # type: ignore[attr-defined]
    return answer  # type: ignore[return-value]
