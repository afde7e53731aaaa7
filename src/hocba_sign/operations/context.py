"""By what judgements are told apart that rest on different things."""

import hashlib
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from hocba_sign.model.status_list import StatusTable
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence, EvidenceItem


def context_of(verifier: Verifier, at: datetime) -> str:
    """Return a digest of all that judgements rest on: trust, policy with what is known beside the
    file, evidence, whether anything is fetched, and the moment where it is fixed.

    The order in which evidence and anchors were given does not matter, nor does `is_careful`.
    """
    trust = replace(verifier.trust, anchors=_sorted(verifier.trust.anchors))
    told = (
        trust,
        verifier.policy,
        _in_order(verifier.evidence),
        verifier.fetch is not None,
        at if verifier.is_time_fixed else None,
    )
    digest = hashlib.sha256()
    for part in _parts(told):
        digest.update(part.encode("utf-8", "backslashreplace") + b"\n")
    return digest.hexdigest()


def _in_order(evidence: Evidence) -> Evidence:
    return replace(
        evidence,
        **{field.name: _sorted(getattr(evidence, field.name)) for field in fields(evidence)},
    )


def _sorted(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(values, key=lambda value: tuple(_parts(value))))


def _parts(value: object) -> Iterator[str]:
    """Yield the content of a value, however deep, in one way of writing it.

    Raises: TypeError for a kind of value that nothing is known of, since two that differ might be
    taken for one.
    """
    match value:
        case Certificate() | EvidenceItem():
            yield value.sha256
        case StatusTable():
            yield from _parts(value.source)
        case Enum():
            yield f"{type(value).__name__}.{value.name}"
        case None | bool() | int() | float() | str() | bytes() | date() | Decimal():
            yield f"{type(value).__name__} {value!r}"
        case Mapping():
            yield from _row("mapping", sorted(tuple(_parts(pair)) for pair in value.items()))
        case AbstractSet():
            yield from _row("set", sorted(tuple(_parts(member)) for member in value))
        case tuple() | list():
            yield from _row("row", [tuple(_parts(member)) for member in value])
        case _ if is_dataclass(value):
            yield type(value).__name__
            for field in fields(value):
                yield from _parts(getattr(value, field.name))
        case _:
            raise TypeError(f"nothing is known of a {type(value).__name__}")


def _row(kind: str, members: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"{kind} {len(members)}"
    for member in members:
        yield from member
