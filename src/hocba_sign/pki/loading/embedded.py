"""What stands in a document or a token: every value is read by content, and what cannot be read is
named.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.cache.bounded import BoundedCache
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.kinds import ObjectKind, wrong_kind
from hocba_sign.pki.loading.objects import LossMark, Objects, read_objects
from hocba_sign.pki.revocation.evidence import Evidence, Unread
from hocba_sign.pki.revocation.readable import check_crl, check_ocsp

MAX_KEPT_OCTETS: Final = 64 * 1024 * 1024
"""Of embedded values that were read; a document is judged several times, and its signatures carry
the same ones.
"""
MAX_POOLED_OCTETS: Final = 2 * 1024 * 1024
"""Of all that one signature or token carries, where the same comes again: files of one school."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """What stands in a document, or in a token, in its places for each kind, as it stands;
    `statements` are those that may be of any form.
    """

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    statements: tuple[bytes, ...] = ()


def read_embedded(embedded: Embedded, *, source: str, where: str) -> Evidence:
    """Read everything in every value, whatever it is; what cannot be read is named by `where`, its
    place and its number there.

    In a place for statements it may be one, even where nothing is left of it; an answer that the
    responder refused says nothing.
    """
    held = _pools.peek((embedded, source))
    if held is not None:
        return held
    pool = _read_all(embedded, source=source, where=where)
    # What is told of a value that cannot be read names its place.
    return pool if pool.unread else _pools.get((embedded, source), lambda: pool)


def _read_all(embedded: Embedded, *, source: str, where: str) -> Evidence:
    places = (
        (ObjectKind.CERTIFICATE, "certificate", embedded.certificates),
        (ObjectKind.CRL, "crl", embedded.crls),
        (ObjectKind.OCSP, "ocsp", embedded.ocsps),
        (ObjectKind.UNKNOWN, "revocation", embedded.statements),
    )
    found: list[Objects] = []
    unread: list[Unread] = []
    for wanted, place, values in places:
        for number, octets in enumerate(values, 1):
            objects = _value(octets, wanted)
            found.append(objects or _as_it_stands(octets, wanted))
            if not objects or objects.unread:
                unread += _lost(
                    objects,
                    f"{where}: {place} {number}",
                    is_statement=wanted is not ObjectKind.CERTIFICATE,
                )
    held = Evidence.of(
        certificates=(certificate for objects in found for certificate in objects.certificates),
        crls=(crl for objects in found for crl in objects.crls),
        ocsps=(ocsp for objects in found for ocsp in objects.ocsps),
        source=source,
    )
    return replace(held, unread=tuple(dict.fromkeys(unread))) if unread else held


def _as_it_stands(octets: bytes, wanted: ObjectKind) -> Objects:
    """Keep what cannot be read under its name, so that the path that lacks it can say so."""
    return Objects(
        crls=(octets,) if wanted is ObjectKind.CRL else (),
        ocsps=(octets,) if wanted is ObjectKind.OCSP else (),
    )


_pools: BoundedCache[tuple[Embedded, str], Evidence] = BoundedCache(
    MAX_POOLED_OCTETS, weigh=lambda pool: 4_096 + sum(map(len, _octets_of(pool)))
)


def _octets_of(pool: Evidence) -> Iterator[bytes]:
    yield from (certificate.der for certificate in pool.certificates)
    yield from (statement.der for statement in (*pool.crls, *pool.ocsps))


_values: BoundedCache[tuple[ObjectKind, str], Objects] = BoundedCache(
    MAX_KEPT_OCTETS, weigh=lambda one: 4_096 + sum(map(len, (*one.crls, *one.ocsps)))
)


def _value(octets: bytes, wanted: ObjectKind) -> Objects:
    return _values.get(
        (wanted, hashlib.sha256(octets).hexdigest()), lambda: _read_value(octets, wanted)
    )


def _read_value(octets: bytes, wanted: ObjectKind) -> Objects:
    """Take a value for what it should be, and look what it holds where it is not just that."""
    try:
        match wanted:
            case ObjectKind.CERTIFICATE:
                return Objects(certificates=(Certificate.load(octets),))
            case ObjectKind.CRL:
                check_crl(octets)
                return Objects(crls=(octets,))
            case ObjectKind.OCSP:
                check_ocsp(octets)
                return Objects(ocsps=(octets,))
            case _:
                pass
    except InputError:
        pass
    return read_objects(octets)


def _lost(objects: Objects, where: str, *, is_statement: bool) -> Iterator[Unread]:
    """Name what cannot be read of one value, once where several parts of it have one cause."""
    told: dict[tuple[str, bool], Unread] = {}
    for part in objects.unread:
        is_refusal = part.cause == "REVOCATION.OCSP_UNSUCCESSFUL"
        is_open = is_statement and not is_refusal and (part.mark is LossMark.NOTHING or not objects)
        matters = part.mark is LossMark.STATEMENT or is_open
        told.setdefault(
            (part.cause, matters),
            Unread(part.cause, ", ".join(filter(None, (where, part.where))), matters),
        )
    if not objects and not objects.unread:
        yield Unread(wrong_kind(objects.others, default="FILE.UNUSABLE"), where, is_statement)
    yield from told.values()
