"""Whether an algorithm may be relied on at a time: what law and ETSI allow, and until when.

An algorithm may be verifiable (SHA-1 in documents before 2025) and not acceptable all the same.
Spec: ETSI TS 119 312 v1.5.1 (end dates), TT 15/2025/TT-BKHCN Annex I part 1 (what is allowed).
"""

from bisect import bisect_left
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from hocba_sign.crypto.algorithms import KeyKind, Scheme, SignatureAlgorithm
from hocba_sign.crypto.digests import DIGEST_ALGORITHMS, DigestAlgorithm
from hocba_sign.frozen_dataclass import dataclass


class AcceptanceRule(StrEnum):
    """Which rule decided about an algorithm."""

    TS_119_312 = "ETSI TS 119 312 v1.5.1"
    TT_15_2025 = "TT 15/2025/TT-BKHCN, Annex I"


class AcceptabilityStatus(StrEnum):
    OK = "ok"
    ENDS = "ends"
    """Acceptable, with a last day that the table foresees."""
    OVERDUE = "overdue"
    """Still acceptable, but past the day that the table foresaw when it was published: a warning,
    as in EU DSS, until a newer table says so.
    """
    ENDED = "ended"
    TOO_SMALL = "too_small"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptability:
    """Whether an algorithm may be relied on at a time, by which rule, until when.

    `what` names the part that decided, such as `sha1` or `RSA 1024`; `until` is UTC.
    """

    status: AcceptabilityStatus
    rule: AcceptanceRule | None = None
    what: str = ""
    until: datetime | None = None

    @property
    def is_acceptable(self) -> bool:
        return self.status in (
            AcceptabilityStatus.OK,
            AcceptabilityStatus.ENDS,
            AcceptabilityStatus.OVERDUE,
        )


TABLE_PUBLISHED = datetime(2024, 10, 13, tzinfo=UTC)
"""Date of the table: ends before it are facts, ends after it are forecasts."""


def _utc(year: int, month: int = 1) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


_TT15_SMALLEST = {KeyKind.RSA: 2048, KeyKind.EC: 256}
_ETSI_KEYS: dict[Scheme, tuple[tuple[int, datetime | None], ...]] = {
    Scheme.RSA_PKCS1: (
        (786, _utc(2010, 8)),
        (1024, _utc(2019, 10)),
        (1900, _utc(2029)),
        (3000, _utc(2029)),
    ),
    Scheme.RSA_PSS: ((1900, _utc(2029)), (3000, None)),
    Scheme.ECDSA: ((224, _utc(2021, 10)), (256, None)),
}
"""Smallest size in bits and end date, sizes ascending. EdDSA is not listed."""


END_DATES: Final = frozenset(
    end
    for end in (
        *(end for sizes in _ETSI_KEYS.values() for _, end in sizes),
        *(algorithm.ends for algorithm in DIGEST_ALGORITHMS),
    )
    if end is not None
)
"""Every date on which an answer of this module may change."""


_ENDS: Final = tuple(sorted(END_DATES))
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def acceptable_digest(algorithm: DigestAlgorithm, at: datetime) -> Acceptability:
    """Judge a hash at the aware time `at`, the latest time the data is proven to have existed.

    Spec: TS 119 312 v1.5.1; TT 15/2025 Annex I, 1.3.
    """
    return _digest_between_ends(algorithm, bisect_left(_ENDS, at))


@lru_cache(maxsize=1_024)
def _digest_between_ends(algorithm: DigestAlgorithm, number: int) -> Acceptability:
    """Answer for any time after `number` of the dates on which something ends."""
    if not algorithm.is_listed_vn:
        return Acceptability(
            status=AcceptabilityStatus.FORBIDDEN,
            rule=AcceptanceRule.TT_15_2025,
            what=algorithm.name,
            until=algorithm.ends,
        )
    if not algorithm.is_listed_etsi:
        return Acceptability(
            status=AcceptabilityStatus.FORBIDDEN,
            rule=AcceptanceRule.TS_119_312,
            what=algorithm.name,
        )
    return _dated(algorithm.ends, algorithm.name, _moment(number))


def _moment(number: int) -> datetime:
    return _ENDS[number] if number < len(_ENDS) else _NEVER


def acceptable(algorithm: SignatureAlgorithm, key_bits: int, *, at: datetime) -> Acceptability:
    """Judge a signature algorithm with a key of `key_bits` at the aware time `at`.

    The worst answer about hash, mask generation, scheme and key size counts; of two that end, the
    earlier.
    Spec: TS 119 312 v1.5.1; TT 15/2025 Annex I, 1.2 and 1.3.
    """
    return _between_ends(algorithm, key_bits, bisect_left(_ENDS, at))


@lru_cache(maxsize=1_024)
def _between_ends(algorithm: SignatureAlgorithm, key_bits: int, number: int) -> Acceptability:
    """Answer for any time after `number` of the dates on which something ends."""
    at = _moment(number)
    what = f"{algorithm.key_kind} {key_bits}"
    smallest = _TT15_SMALLEST.get(algorithm.key_kind)
    if smallest is None:
        return Acceptability(
            status=AcceptabilityStatus.FORBIDDEN,
            rule=AcceptanceRule.TT_15_2025,
            what=algorithm.name,
        )
    parts = [algorithm.digest, algorithm.pss.mgf_digest if algorithm.pss else None]
    answers = [acceptable_digest(part, at) for part in parts if part is not None]
    if key_bits < smallest:
        answers.append(
            Acceptability(
                status=AcceptabilityStatus.TOO_SMALL, rule=AcceptanceRule.TT_15_2025, what=what
            )
        )
    else:
        ends = [end for size, end in _ETSI_KEYS[algorithm.scheme] if size <= key_bits][-1]
        answers.append(_dated(ends, what, at))
    severity = tuple(AcceptabilityStatus)
    return max(
        answers,
        key=lambda answer: (
            severity.index(answer.status),
            -(answer.until.timestamp() if answer.until else 0),
        ),
    )


def _dated(ends: datetime | None, what: str, at: datetime) -> Acceptability:
    if ends is None:
        return Acceptability(status=AcceptabilityStatus.OK)
    if at <= ends:
        status = AcceptabilityStatus.ENDS
    else:
        status = (
            AcceptabilityStatus.OVERDUE if ends > TABLE_PUBLISHED else AcceptabilityStatus.ENDED
        )
    return Acceptability(status=status, rule=AcceptanceRule.TS_119_312, what=what, until=ends)
