"""CRLs of the common form, read from their octets: complete, direct, for all reasons, however many
entries.

What is of another form (delta, indirect, for some reasons, unknown critical extensions) is refused
here and left to the engine. Nothing is verified.
Spec: RFC 5280, 5 and 6.3.3.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import field
from datetime import datetime
from importlib import import_module

from hocba_sign.crypto import der
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.extensions import (
    Extension,
    boolean,
    extensions,
    full_names,
    general_names,
    moment,
)

MAX_EXTENSIONS = 32

_AUTHORITY_KEY, _NUMBER, _SCOPE, _EXPIRED_ON_CRL = (
    "2.5.29.35",
    "2.5.29.20",
    "2.5.29.28",
    "2.5.29.60",
)
_UNUSUAL = frozenset({"2.5.29.27", "2.5.29.46", "2.5.29.18", "1.3.6.1.5.5.7.1.1"})
"""Delta indicator, freshest CRL, names and addresses of the issuer: they bring in more than this
list.
"""
_REASON, _HOLD_INSTRUCTION, _INVALIDITY = "2.5.29.21", "2.5.29.23", "2.5.29.24"
_CERTIFICATE_ISSUER = bytes.fromhex("0603551d1d")
REASONS = {
    0: "unspecified",
    1: "key_compromise",
    2: "ca_compromise",
    3: "affiliation_changed",
    4: "superseded",
    5: "cessation_of_operation",
    6: "certificate_hold",
    9: "privilege_withdrawn",
    10: "aa_compromise",
}
"""removeFromCRL (8) belongs in delta CRLs only."""
HOLD = "certificate_hold"
UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an IssuingDistributionPoint narrows a list to; `names_der` are the GeneralNames of its
    full name, empty without one.
    """

    names_der: frozenset[bytes] = frozenset()
    is_user_only: bool = False
    is_ca_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """One entry of a list; `at` is UTC, `reason` as asn1crypto spells it.

    `has_reason` tells whether it is stated, or only the default.
    """

    at: datetime
    reason: str
    has_reason: bool = True

    @property
    def is_hold(self) -> bool:
        return self.reason == HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """What a CRL says; times are UTC.

    `kept_expired_since` is expiredCertsOnCRL. Two are equal when their octets are.
    """

    octets: bytes = field(repr=False)
    issuer_der: bytes = field(compare=False)
    this_update: datetime = field(compare=False)
    next_update: datetime | None = field(compare=False)
    signature_algorithm_der: bytes = field(compare=False, repr=False)
    signature: bytes = field(compare=False, repr=False)
    authority_key_identifier: bytes | None = field(compare=False, repr=False)
    scope: Scope = field(compare=False)
    kept_expired_since: datetime | None = field(compare=False)
    entries: "Entries" = field(compare=False, repr=False)
    tbs: tuple[int, int] = field(compare=False, repr=False)

    @property
    def tbs_der(self) -> bytes:
        """Cut out what is signed, as it stands."""
        return self.octets[slice(*self.tbs)]

    def find(self, serial_number: int) -> tuple[Revoked, ...]:
        """Return every entry of that number.

        Raises: InputError DER.MALFORMED where the entries, or those found, are not of the common
        form.
        """
        return self.entries.find(serial_number)


def read_revocation_list(crl_der: bytes) -> RevocationList:
    """Read one CRL in DER. The entries are looked at only by `find`.

    Raises: InputError DER.MALFORMED for all that is not of the common form.
    """
    tbs, algorithm, signature = _exactly(der.sequence(der.whole(crl_der, der.SEQUENCE)), 3)
    version, inner_algorithm, issuer, this_update, *rest = _at_least(der.sequence(tbs), 4)
    if version.der != b"\x02\x01\x01" or inner_algorithm.der != algorithm.der:
        raise der.malformed(0, "version or algorithm")
    if (
        signature.tag != der.BIT_STRING
        or signature.content[:1] != b"\x00"
        or issuer.tag != der.SEQUENCE
    ):
        raise der.malformed(0, "signature or issuer")
    next_update = moment(rest.pop(0)) if rest and rest[0].tag in (0x17, 0x18) else None
    entries = rest.pop(0) if rest and rest[0].tag == der.SEQUENCE else None
    found = (
        extensions(rest.pop(0), 0xA0, limit=MAX_EXTENSIONS) if rest and rest[0].tag == 0xA0 else {}
    )
    if rest or found.keys() & _UNUSUAL:
        raise der.malformed(0, "fields or extensions")
    known = {_AUTHORITY_KEY, _NUMBER, _SCOPE}
    if any(extension.is_critical and oid not in known for oid, extension in found.items()):
        raise der.malformed(0, "unknown critical extension")
    if _NUMBER in found:
        der.integer(der.whole(found[_NUMBER].value_der, der.INTEGER))
    start, end = (entries.start, entries.end) if entries else (0, 0)
    return RevocationList(
        octets=crl_der,
        issuer_der=issuer.der,
        this_update=moment(this_update),
        next_update=next_update,
        signature_algorithm_der=algorithm.der,
        signature=signature.content[1:],
        authority_key_identifier=_key_identifier(found[_AUTHORITY_KEY].value_der)
        if _AUTHORITY_KEY in found
        else None,
        scope=_scope(found[_SCOPE].value_der) if _SCOPE in found else Scope(),
        kept_expired_since=_since(found[_EXPIRED_ON_CRL].value_der)
        if _EXPIRED_ON_CRL in found
        else None,
        entries=Entries(crl_der, start, end=end),
        tbs=(tbs.at, tbs.end),
    )


def _exactly(parts: tuple[der.Element, ...], count: int) -> tuple[der.Element, ...]:
    if len(parts) != count:
        raise der.malformed(0, "fields")
    return parts


def _at_least(parts: tuple[der.Element, ...], count: int) -> tuple[der.Element, ...]:
    if len(parts) < count:
        raise der.malformed(0, "fields")
    return parts


def _key_identifier(value_der: bytes) -> bytes | None:
    parts = der.sequence(der.whole(value_der, der.SEQUENCE))
    return next((part.content for part in parts if part.tag == 0x80), None)


def _since(value_der: bytes) -> datetime:
    return moment(der.whole(value_der, 0x18))


def _scope(value_der: bytes) -> Scope:
    names: frozenset[bytes] = frozenset()
    flags = {0x81: False, 0x82: False, 0x84: False, 0x85: False}
    for part in der.sequence(der.whole(value_der, der.SEQUENCE)):
        if part.tag == 0xA0:
            names = frozenset(full_names(part))
            for name in names:
                general_names((der.whole(name, name[0]),))
        elif part.tag in flags:
            flags[part.tag] = boolean(part)
        else:
            raise der.malformed(0, "scope")
    if flags[0x84] or flags[0x85]:
        raise der.malformed(0, "indirect, or of attribute certificates")
    return Scope(names_der=names, is_user_only=flags[0x81], is_ca_only=flags[0x82])


def _layouts() -> bytes:
    """Write every common layout of an entry: serial number of 1 to 21 octets, UTCTime, nothing else
    or the reason.
    """
    reason = re.escape(bytes.fromhex("300c300a0603551d1504030a01")) + b"[\\x00-\\x0a]"
    layouts = []
    for size in (16, 17, 20, 19, 18, 21, *range(15, 0, -1)):
        serial = rb"\x02%s.{%d}\x17\x0d\d{12}Z" % (re.escape(bytes((size,))), size)
        layouts += [
            re.escape(bytes((size + 17,))) + serial,
            re.escape(bytes((size + 31,))) + serial + reason,
        ]
    return b"|".join(layouts)


_COMMON = re.compile(rb"(?:\x30(?:%s))*+" % _layouts(), re.DOTALL)
_CRITICAL = re.compile(
    rb"(?=\x06(?:%s)\x01\x01[^\x00])"
    % b"|".join(rb"\x%02x.{%d}" % (size, size) for size in range(1, 20)),
    re.DOTALL,
)
"""An extension that is marked critical, or octets that look like one."""


class Entries:
    """The revoked certificates of one list: searched once as octets, by an index from the second
    time on.

    The index takes eight octets for each entry, and an instance changes only by gaining it; threads
    may share it.
    """

    __slots__ = ("_end", "_index", "_is_searched", "_octets", "_start")

    def __init__(self, octets: bytes, start: int, *, end: int) -> None:
        self._octets = octets
        self._start = start
        self._end = end
        self._is_searched = start == end
        self._index: array[int] | None = None

    def find(self, serial_number: int) -> tuple[Revoked, ...]:
        """Raises: as `RevocationList.find`."""
        if self._start == self._end:
            return ()
        wanted = _octets_of(serial_number)
        if self._index is None:
            if not self._is_searched:
                self._check()
                self._is_searched = True
                if self._octets.find(wanted, self._start, self._end) < 0:
                    return ()
            self._index = self._indexed()
        found: list[Revoked] = []
        digest = (hash(wanted) & 0xFFFFFFFF) << 32
        place = bisect_left(self._index, digest)
        while place < len(self._index) and self._index[place] >> 32 == digest >> 32:
            entry = self._entry(self._index[place] & 0xFFFFFFFF)
            parts = _at_least(der.sequence(entry), 2)
            if der.integer(parts[0]) == serial_number:
                found.append(_revoked(parts))
            place += 1
        return tuple(found)

    def _check(self) -> None:
        """Make sure that what follows reads every entry as any other reader does."""
        if _COMMON.fullmatch(self._octets, self._start, self._end) is not None:
            return
        if self._octets.find(_CERTIFICATE_ISSUER, self._start, self._end) >= 0:
            raise der.malformed(0, "certificates of other issuers")
        try:
            # That module loads with the first list that is not of the common form.
            import_module("cryptography.x509").load_der_x509_crl(self._octets)
        except ValueError as error:
            raise der.malformed(0, "entries") from error
        hits = [hit.start() for hit in _CRITICAL.finditer(self._octets, self._start, self._end)]
        places = sorted(place & 0xFFFFFFFF for place in self._indexed()) if hits else []
        for hit in hits:
            _known_extensions(der.sequence(self._entry(places[bisect_right(places, hit) - 1])))

    def _indexed(self) -> "array[int]":
        octets, at, end = self._octets, self._start, self._end
        places: list[int] = []
        while at < end:
            size, start = octets[at + 1], at + 2
            if size > 0x7F:
                start += size & 0x7F
                size = int.from_bytes(octets[at + 2 : start], "big")
            serial = octets[start + 2 : start + 2 + octets[start + 1]]
            if serial[0] in (0, 255):
                serial = _octets_of(int.from_bytes(serial, "big", signed=True))
            places.append((hash(serial) & 0xFFFFFFFF) << 32 | at)
            at = start + size
        places.sort()
        return array("Q", places)

    def _entry(self, at: int) -> der.Element:
        start, size = at + 2, self._octets[at + 1]
        if size > 0x7F:
            start += size & 0x7F
            size = int.from_bytes(self._octets[at + 2 : start], "big")
        return der.Element(self._octets, der.SEQUENCE, at, start, start + size)


def _octets_of(serial_number: int) -> bytes:
    """Return the shortest content octets; every longer way of writing the number ends in them."""
    size = (serial_number if serial_number >= 0 else ~serial_number).bit_length() // 8 + 1
    return serial_number.to_bytes(size, "big", signed=True)


def _known_extensions(parts: tuple[der.Element, ...]) -> dict[str, Extension]:
    """Return the extensions of an entry.

    An unknown critical one anywhere makes the whole list unusable. Spec: RFC 5280, 5.3.
    """
    if len(parts) > 3:
        raise der.malformed(0, "entry")
    found = extensions(parts[2], der.SEQUENCE, limit=MAX_EXTENSIONS) if len(parts) == 3 else {}
    if any(
        extension.is_critical and oid not in (_REASON, _HOLD_INSTRUCTION, _INVALIDITY)
        for oid, extension in found.items()
    ):
        raise der.malformed(0, "unknown critical extension of an entry")
    return found


def _revoked(parts: tuple[der.Element, ...]) -> Revoked:
    reason = _known_extensions(parts).get(_REASON)
    if reason is None:
        return Revoked(at=moment(parts[1]), reason=UNSPECIFIED, has_reason=False)
    value = der.whole(reason.value_der, 0x0A).content
    if len(value) != 1 or value[0] not in REASONS:
        raise der.malformed(0, "reason")
    return Revoked(at=moment(parts[1]), reason=REASONS[value[0]])
