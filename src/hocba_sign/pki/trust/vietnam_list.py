"""The trust list: what is known about the certification authorities of Vietnam.

Facts only, no certificates.

A certificate is recognised by the SHA-256 of its octets, never by a name: impostors with the names
of the national root and of a public CA circulate, and they are on the list as known bad.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.frozen import frozen
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.shipped import shipped

LIST_AGE_WARNED = timedelta(days=365)
"""Authorities come and go every year: an older list may not know the newest of them, nor the newest
impostors.
"""
MAX_LIST_OCTETS = 4 * 1024 * 1024
"""The list that ships has about 100 kB."""


class ListedKind(StrEnum):
    ROOT = "root"
    ISSUING = "issuing"
    GOVERNMENT_CA = "government_ca"
    """An authority of Ban Cơ yếu Chính phủ below one of its roots."""
    TSA = "tsa"
    IMPOSTOR = "impostor"
    """Known bad: refused wherever it turns up."""


class Service(StrEnum):
    """What the certificates issued are for."""

    GENERAL = "general"
    USB_TOKEN = "usb_token"
    REMOTE = "remote"
    MOBILE = "mobile"
    CONG_VU = "cong_vu"
    """Chữ ký số chuyên dùng công vụ."""
    TIME_STAMP = "time_stamp"
    DATA_MESSAGE = "data_message"
    """Chứng thực thông điệp dữ liệu."""
    NONE = "none"


class Hierarchy(StrEnum):
    """Which tree of trust an anchor stands for."""

    PUBLIC = "public"
    GOVERNMENT = "government"
    TSA = "tsa"
    DATA_MESSAGE = "data_message"
    USER = "user"
    """Added by the user without saying what it stands for."""


class Confidence(StrEnum):
    MULTIPLE_SOURCES = "multiple-sources"
    ISSUER_SIGNATURE = "issuer-signature"
    """One copy, but the signature of a root that is known from several sources verifies on it."""
    SINGLE_SOURCE = "single-source"


class SourceConfidence(StrEnum):
    CERTAIN = "C"
    LISTED = "L"
    INFERRED = "I"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCertificate:
    """One certificate of the list.

    Fingerprints, key identifier and serial number are lower-case hexadecimal, times UTC.
    `issuer_sha256` is None where the issuer's certificate is not known.
    `trusted_until` stands for roots, through which signatures made later are not trusted, and for
        time-stamp authorities, whose tokens made later are not (None: until it expires).
    `hierarchy` is None for impostors.
    `crl_urls`, `ocsp_urls` and `ca_issuer_urls` are those in the certificate;
    `own_crl_urls` and `own_ocsp_urls` are where it publishes the status of what it issued.
    """

    sha256: str
    sha1: str
    kind: ListedKind
    service: Service
    hierarchy: Hierarchy | None
    name: str
    operator: str
    subject: str
    issuer: str
    issuer_sha256: str | None
    serial: str
    subject_key_identifier: str | None
    not_before: datetime
    not_after: datetime
    key: str
    signature: str
    trusted_until: datetime | None
    crl_urls: tuple[str, ...]
    ocsp_urls: tuple[str, ...]
    ca_issuer_urls: tuple[str, ...]
    own_crl_urls: tuple[str, ...]
    own_ocsp_urls: tuple[str, ...]
    published_at: tuple[str, ...]
    confidence: Confidence
    provenance: str
    marks: tuple[tuple[str, SourceConfidence], ...]

    def mark(self, what: str) -> SourceConfidence:
        """Return how certain the field `what` is."""
        return dict(self.marks).get(what, SourceConfidence.CERTAIN)


@dataclass(frozen=True, slots=True)
class Address:
    """Where an operator publishes certificates.

    INFERRED: the file name was seen, the folder was not.
    """

    url: str
    mark: SourceConfidence


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """All that is known, as of a day."""

    as_of: date
    entries: tuple[ListedCertificate, ...]
    official: tuple[Address, ...]
    _by_pin: Mapping[str, ListedCertificate] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_pin = {entry.sha256: entry for entry in self.entries}
        if len(by_pin) != len(self.entries):
            raise InputError("TRUST.LIST", detail="a certificate stands twice")
        object.__setattr__(self, "_by_pin", frozen(by_pin))

    @staticmethod
    def load(octets: bytes | None = None) -> "TrustList":
        """Return the list that ships with the package, or read one of the same form.

        Raises: InputError TRUST.LIST.
        """
        return _shipped() if octets is None else _parse(octets)

    def is_old(self, at: datetime) -> bool:
        """Return whether at the aware time `at` so much time has passed that a report warns
        of it.
        """
        return at.date() - self.as_of > LIST_AGE_WARNED

    def find(self, sha256: str) -> ListedCertificate | None:
        """Look up a certificate, impostors included."""
        return self._by_pin.get(sha256)

    def admit(self, certificate: Certificate) -> ListedCertificate:
        """Return the entry that these octets have.

        Raises: InputError TRUST.KNOWN_BAD for an impostor, TRUST.LOOKALIKE where only the name or
        the key identifier is that of a listed certificate, TRUST.UNKNOWN otherwise; `where` is the
        SHA-256.
        """
        pin = hashlib.sha256(certificate.der).hexdigest()
        entry = self._by_pin.get(pin)
        if entry is None:
            raise InputError(
                "TRUST.LOOKALIKE" if self._is_lookalike(certificate) else "TRUST.UNKNOWN", where=pin
            )
        if entry.kind is ListedKind.IMPOSTOR:
            raise InputError("TRUST.KNOWN_BAD", where=pin)
        return entry

    def known_bad(self, certificates: Iterable[Certificate]) -> tuple[ListedCertificate, ...]:
        """Return the entries of the impostors among `certificates`."""
        found = (self._by_pin.get(certificate.sha256) for certificate in certificates)
        return tuple(
            entry for entry in found if entry is not None and entry.kind is ListedKind.IMPOSTOR
        )

    def _is_lookalike(self, certificate: Certificate) -> bool:
        identifier = (certificate.subject_key_identifier or b"").hex()
        return any(
            entry.subject == certificate.subject_text
            or (identifier and entry.subject_key_identifier == identifier)
            for entry in self.entries
        )


@cache
def _shipped() -> TrustList:
    return _parse(shipped("data", "trust", "certificates.json").read_bytes())


def _parse(octets: bytes) -> TrustList:
    if len(octets) > MAX_LIST_OCTETS:
        raise InputError("TRUST.LIST", detail=f"{len(octets)} octets")
    try:
        content = json.loads(octets)
        if content["version"] != 1:
            raise InputError("TRUST.LIST", detail="another version than 1")
        return TrustList(
            as_of=date.fromisoformat(content["as_of"]),
            entries=tuple(_entry(entry) for entry in content["certificates"]),
            official=tuple(
                Address(str(certificate["url"]), SourceConfidence(certificate["mark"]))
                for certificate in content["official"]
            ),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError("TRUST.LIST", detail=f"{type(error).__name__}: {error}"[:200]) from error


def _entry(fields: Mapping[str, Any]) -> ListedCertificate:
    return ListedCertificate(
        sha256=_fingerprint(fields["sha256"], 64),
        sha1=_fingerprint(fields["sha1"], 40),
        kind=ListedKind(fields["kind"]),
        service=Service(fields["service"]),
        hierarchy=Hierarchy(fields["hierarchy"]) if fields["hierarchy"] is not None else None,
        name=str(fields["name"]),
        operator=str(fields["operator"]),
        subject=str(fields["subject"]),
        issuer=str(fields["issuer"]),
        issuer_sha256=_fingerprint(fields["issuer_sha256"], 64)
        if fields["issuer_sha256"] is not None
        else None,
        serial=str(fields["serial"]),
        subject_key_identifier=fields["subject_key_identifier"],
        not_before=_moment(fields["not_before"]),
        not_after=_moment(fields["not_after"]),
        key=str(fields["key"]),
        signature=str(fields["signature"]),
        trusted_until=_moment(fields["trusted_until"])
        if fields["trusted_until"] is not None
        else None,
        crl_urls=tuple(fields["crl_urls"]),
        ocsp_urls=tuple(fields["ocsp_urls"]),
        ca_issuer_urls=tuple(fields["ca_issuer_urls"]),
        own_crl_urls=tuple(fields["own_crl_urls"]),
        own_ocsp_urls=tuple(fields["own_ocsp_urls"]),
        published_at=tuple(fields["published_at"]),
        confidence=Confidence(fields["confidence"]),
        provenance=str(fields["provenance"]),
        marks=tuple((str(what), SourceConfidence(mark)) for what, mark in fields["marks"].items()),
    )


def _fingerprint(text: str, length: int) -> str:
    if len(text) != length or text.lower() != text or len(bytes.fromhex(text)) * 2 != length:
        raise ValueError(text)
    return text


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
