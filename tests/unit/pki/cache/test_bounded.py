from concurrent.futures import ThreadPoolExecutor

import pytest

from hocba_sign.pki.cache.bounded import BoundedCache


def test_what_is_kept_is_made_once_and_the_longest_unused_goes_first() -> None:
    made: list[str] = []
    kept: BoundedCache[str, str] = BoundedCache(3)

    def make(key: str) -> str:
        made.append(key)
        return key.upper()

    for key in "abcadabc":
        assert kept.get(key, lambda key=key: make(key)) == key.upper()  # type: ignore[misc]
    assert "".join(made) == "abcdbc"
    assert len(kept) == 3
    kept.cache_clear()
    assert len(kept) == 0


def test_the_weight_is_bounded_and_the_newest_stays() -> None:
    kept: BoundedCache[int, bytes] = BoundedCache(100, weigh=len)
    for key in range(10):
        kept.get(key, lambda: bytes(40))
    assert len(kept) == 2
    assert kept.get(99, lambda: bytes(1_000)) == bytes(1_000)
    assert len(kept) == 1


def test_an_exception_is_not_kept() -> None:
    kept: BoundedCache[str, int] = BoundedCache(3)

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.get("a", fail)
    assert kept.get("a", lambda: 1) == 1


def test_threads_share_it() -> None:
    kept: BoundedCache[int, int] = BoundedCache(16)
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda number: kept.get(number % 40, lambda: number % 40), range(20_000))
        )
    assert answers == [number % 40 for number in range(20_000)]
    assert len(kept) == 16
