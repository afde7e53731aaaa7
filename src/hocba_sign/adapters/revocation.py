"""Answers to what a judgement lacks: OCSP responses, CRLs and issuers from the addresses in
certificates, within a budget.

What comes is looked at only so far that it can be of use; whether it is true is for the judgement.
Spec: RFC 6960, 2 and A.1; RFC 5280, 4.2.1.13 and 4.2.2.1; RFC 2585.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from asn1crypto import core, ocsp

from hocba_sign.adapters.cache import Cache, CachedAnswer
from hocba_sign.adapters.failures import FailureCount
from hocba_sign.adapters.fetch import Fetcher, FetchLimits, Post, Refused
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.cache.asn1 import parsed_certificate, parsed_ocsp
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.kinds import ObjectKind
from hocba_sign.pki.loading.objects import LossMark, Objects, load_certificates, read_objects
from hocba_sign.pki.revocation.evidence import Evidence, Unread
from hocba_sign.pki.revocation.pool import Statement, read_pool
from hocba_sign.pki.revocation.readable import MAX_CRL_OCTETS, MAX_OCSP_OCTETS
from hocba_sign.pki.revocation.selection import select
from hocba_sign.validation.document.missing_evidence import (
    FETCHED,
    Answer,
    Available,
    Need,
    NeedKind,
    Unavailable,
    name_or_octets,
)

MAX_ISSUERS_OCTETS: Final = 1024 * 1024
"""A bundle of an issuing CA and its root has 5 kB."""
MAX_ISSUERS: Final = 3
"""Certificates taken from one bundle: an issuing CA, and two above it."""
CLOCK_SKEW: Final = timedelta(minutes=2)
"""How far a responder's clock may be ahead of this machine's."""
NONCE_OCTETS: Final = 32
"""Spec: RFC 9654, 2.1."""

_LIMITS: Final = {
    NeedKind.OCSP: FetchLimits(max_octets=MAX_OCSP_OCTETS, timeout=timedelta(seconds=10)),
    NeedKind.CRL: FetchLimits(max_octets=MAX_CRL_OCTETS, timeout=timedelta(seconds=30)),
    NeedKind.ISSUER: FetchLimits(max_octets=MAX_ISSUERS_OCTETS, timeout=timedelta(seconds=10)),
}
_KEPT: Final = {
    NeedKind.OCSP: timedelta(hours=1),
    NeedKind.CRL: timedelta(hours=4),
    NeedKind.ISSUER: timedelta(days=7),
}
"""At most, and never beyond nextUpdate: a list that is still valid may have been followed by a
newer one.
"""
_KEPT_UNDATED: Final = timedelta(minutes=10)
_KEPT_FAILURE: Final = timedelta(minutes=5)
_SILENT: Final = frozenset({"FETCH.NAME", "FETCH.UNREACHABLE", "FETCH.TIMEOUT"})
_OF_TRANSPORT: Final = _SILENT | {"FETCH.HTTP_STATUS", "FETCH.TRUNCATED"}
"""Failures that say something of the address, whoever asked.

What came and did not fit may fit the next certificate that names it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchBudget:
    """What all addresses of one document together may cost."""

    timeout: timedelta = timedelta(seconds=60)
    max_octets: int = 2 * MAX_CRL_OCTETS


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedEvidence:
    """Octets that may be of use: `this_update` and `next_update` (UTC) where they state them."""

    evidence: Evidence
    this_update: datetime | None = None
    next_update: datetime | None = None


@dataclass(slots=True, kw_only=True)
class EvidenceFetcher:
    """Answers the needs of one document; make a new one for the next.

    A host that does not answer is left alone after as many failures as `failures` allows.
    `clock` gives aware UTC.
    `on_ask` is told every address asked.
    `has_nonce` makes OCSP live, past the cache.
    """

    fetcher: Fetcher
    clock: Callable[[], datetime]
    cache: Cache | None = None
    budget: FetchBudget = field(default_factory=FetchBudget)
    has_nonce: bool = False
    on_ask: Callable[[str], None] = lambda _: None
    failures: FailureCount = field(default_factory=lambda: FailureCount(limit=1))
    _started: float | None = field(default=None, init=False)
    _octets: int = field(default=0, init=False)
    _ahead: datetime | None = field(default=None, init=False)

    def moment(self) -> datetime:
        """Return the time by this machine's clock, or by a responder's that is ahead by at most
        `CLOCK_SKEW`.
        """
        now = self.clock()
        return now if self._ahead is None else max(now, self._ahead)

    def __call__(self, need: Need) -> Answer:
        """Answer a need from the cache or the network; every failure is an answer."""
        kept = self._from_cache(need)
        if kept is not None:
            return kept
        seconds, octets = self._left()
        if seconds <= 0 or octets <= 0:
            return Unavailable(need=need, finding=Finding("FETCH.BUDGET", need.url))
        host = _host(need.url)
        if self.failures.is_over(host):
            return Unavailable(need=need, finding=Finding("FETCH.SKIPPED", need.url))
        self.on_ask(need.url)
        full = _LIMITS[need.kind]
        limits = replace(
            full,
            timeout=min(full.timeout, timedelta(seconds=seconds)),
            max_octets=min(full.max_octets, octets),
        )
        nonce = (
            secrets.token_bytes(NONCE_OCTETS)
            if self.has_nonce and need.kind is NeedKind.OCSP
            else None
        )
        try:
            question = _question(need, nonce)
        except InputError as error:
            return Unavailable(
                need=need, finding=Finding(error.cause, need.url), detail=error.detail
            )
        outcome = replace(self.fetcher, limits=limits).attempt(need.url, post=question)
        contacted = tuple(hop.address for hop in outcome.hops)
        if isinstance(outcome, Refused):
            if outcome.finding.cause in _SILENT:
                self.failures.failed(host)
            if outcome.finding.cause == "FETCH.TOO_LARGE":
                self._octets += limits.max_octets
            if limits.timeout == full.timeout or outcome.finding.cause != "FETCH.TIMEOUT":
                self._keep_failure(need, outcome.finding.cause)
            return Unavailable(
                need=need, finding=outcome.finding, detail=outcome.detail, contacted=contacted
            )
        self.failures.answered(host)
        self._octets += len(outcome.octets)
        try:
            material = read_answer(need, outcome.octets, nonce=nonce)
        except InputError as error:
            unread = unread_parts(need, read_objects(outcome.octets))
            return Unavailable(
                need=need,
                finding=Finding(error.cause, need.url),
                detail=error.detail,
                contacted=contacted,
                unread=unread,
            )
        self._keep(need, outcome.octets, material)
        return self._given(need, material, contacted=contacted)

    def _left(self) -> tuple[float, int]:
        """Return what is left of the budget, in seconds since the first address was asked, and
        octets.
        """
        if self._started is None:
            self._started = time.monotonic()
        return self.budget.timeout.total_seconds() - (
            time.monotonic() - self._started
        ), self.budget.max_octets - self._octets

    def _given(
        self,
        need: Need,
        material: FetchedEvidence,
        *,
        contacted: tuple[str, ...] = (),
        is_kept: bool = False,
    ) -> Available:
        stated = material.this_update
        if stated is not None and self.moment() < stated <= self.clock() + CLOCK_SKEW:
            self._ahead = stated
        return Available(
            need=need, evidence=material.evidence, contacted=contacted, is_kept=is_kept
        )

    def _from_cache(self, need: Need) -> Answer | None:
        if self.cache is None or (self.has_nonce and need.kind is NeedKind.OCSP):
            return None
        entry = self.cache.get(cache_key(need), at=self.clock())
        if entry is None:
            return None
        if entry.until - entry.stored > (
            _KEPT[need.kind] if entry.finding is None else _KEPT_FAILURE
        ):
            return None
        if entry.finding is not None:
            is_own = entry.finding.cause in _OF_TRANSPORT and entry.finding.where == need.url
            return Unavailable(need=need, finding=entry.finding, is_kept=True) if is_own else None
        is_dated = (
            need.kind is not NeedKind.ISSUER
            and need.newer_than is not None
            and entry.stored < need.newer_than
        )
        if is_dated or self._octets + len(entry.octets) > self.budget.max_octets:
            return None
        try:
            material = read_answer(need, entry.octets)
        except InputError:
            return None
        self._octets += len(entry.octets)
        return self._given(need, material, is_kept=True)

    def _keep_failure(self, need: Need, cause: str) -> None:
        """Remember that an address failed, under the name that was wanted, wherever a
        redirect led.
        """
        if self.cache is not None and cause in _OF_TRANSPORT:
            now = self.clock()
            self.cache.put(
                cache_key(need),
                CachedAnswer(
                    stored=now, until=now + _KEPT_FAILURE, finding=Finding(cause, need.url)
                ),
            )

    def _keep(self, need: Need, octets: bytes, material: FetchedEvidence) -> None:
        if self.cache is None:
            return
        now = self.clock()
        until = now + _KEPT[need.kind]
        if material.next_update is not None:
            until = min(until, max(material.next_update, now + _KEPT_FAILURE))
        elif need.kind is not NeedKind.ISSUER:
            until = now + _KEPT_UNDATED
        self.cache.put(cache_key(need), CachedAnswer(stored=now, until=until, octets=octets))


def cache_key(need: Need) -> str:
    """Return the key of a need's answer: the address, for OCSP with issuer and serial number.

    The address stands in the key of OCSP too, for what one responder says must not hide what
    another one would.
    """
    if need.kind is NeedKind.OCSP and need.issuer is not None:
        return f"{need.kind} {need.issuer.sha256} {need.certificate.serial_der.hex()} {need.url}"
    return f"{need.kind} {need.url}"


def ocsp_request(
    certificate: Certificate, issuer: Certificate, *, nonce: bytes | None = None
) -> bytes:
    """Return an OCSPRequest for one certificate; the CertID is by SHA-1, for many responders know
    no other.

    Raises: InputError CERT.MALFORMED where the issuer's key cannot be read.
    Spec: RFC 6960, 4.1.1; RFC 5019, 2.1.1.
    """
    try:
        key_hash = parsed_certificate(issuer.der).public_key.sha1
    except (AttributeError, ValueError, TypeError, LookupError) as error:
        raise InputError("CERT.MALFORMED", detail="public key") from error
    identifier = {
        "hash_algorithm": {"algorithm": "sha1", "parameters": core.Null()},
        "issuer_name_hash": hashlib.sha1(certificate.issuer_der, usedforsecurity=False).digest(),
        "issuer_key_hash": key_hash,
        "serial_number": core.Integer.load(certificate.serial_der),
    }
    asked: dict[str, object] = {"request_list": [{"req_cert": identifier}]}
    if nonce is not None:
        asked["request_extensions"] = [{"extn_id": "nonce", "extn_value": core.OctetString(nonce)}]
    return bytes(ocsp.OCSPRequest({"tbs_request": asked}).dump())


def read_answer(need: Need, octets: bytes, *, nonce: bytes | None = None) -> FetchedEvidence:
    """Read what an address gave and check that it is about what was asked; signatures and dates are
    not looked at.

    Raises: InputError REVOCATION.*, CERT.*, FETCH.NONCE, FETCH.NO_ISSUER.
    """
    source = f"{FETCHED}{need.url}"
    found = read_objects(octets)
    unread = Evidence(unread=unread_parts(need, found))
    if need.kind is NeedKind.ISSUER:
        issuers = _issuers(need.certificate, load_certificates(octets))
        return FetchedEvidence(
            evidence=Evidence.of(
                certificates=issuers, crls=found.crls, ocsps=found.ocsps, source=source
            ).merged(unread)
        )
    wanted, kind = (
        (found.ocsps, ObjectKind.OCSP)
        if need.kind is NeedKind.OCSP
        else (found.crls, ObjectKind.CRL)
    )
    if not wanted:
        is_refusal = (
            any(part.cause == "REVOCATION.OCSP_UNSUCCESSFUL" for part in found.unread)
            and kind is ObjectKind.OCSP
        )
        raise InputError(
            "REVOCATION.OCSP_UNSUCCESSFUL" if is_refusal else f"REVOCATION.{kind.name}_MALFORMED",
            where=need.url,
        )
    answered = () if nonce is None else map(_nonce_of, found.ocsps)
    if any(given not in (None, nonce) for given in answered):
        raise InputError("FETCH.NONCE", where=need.url)
    evidence = Evidence.of(crls=found.crls, ocsps=found.ocsps, source=source)
    newest = _statement(need, evidence)
    return FetchedEvidence(
        evidence=evidence.merged(unread),
        this_update=newest.this_update,
        next_update=newest.next_update,
    )


def unread_parts(need: Need, found: Objects) -> tuple[Unread, ...]:
    """Name what an address gave that was not read, by the rule for files: of an address for
    statuses it may be a status.
    """
    suspected = (
        {LossMark.STATEMENT}
        if need.kind is NeedKind.ISSUER
        else {LossMark.STATEMENT, LossMark.NOTHING}
    )
    return tuple(
        Unread(part.cause, ": ".join(filter(None, (need.url, part.where))), part.mark in suspected)
        for part in found.unread
        if part.cause != "REVOCATION.OCSP_UNSUCCESSFUL"
    )


def _statement(need: Need, evidence: Evidence) -> Statement:
    assert need.issuer is not None, "a status is asked for with the issuer"
    try:
        pool = read_pool(evidence)
        selection = select(need.certificate.der, need.issuer.der, pool=pool)
    except (AttributeError, ValueError, TypeError, LookupError) as error:
        raise InputError(
            "REVOCATION.UNUSABLE", where=need.url, detail=type(error).__name__
        ) from error
    found = (*selection.ocsps, *selection.crls)
    if not found:
        told = (cause for cause in selection.causes if cause != "REVOCATION.NONE")
        cause = "REVOCATION.DELTA" if pool.deltas else next(told, "REVOCATION.UNUSABLE")
        raise InputError(cause, where=need.url)
    return found[0]


def _issuers(certificate: Certificate, found: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """Keep the issuers of `certificate` and theirs: a bundle holds the root too, often first, and
    may hold anything.
    """
    wanted, kept = [name_or_octets(certificate.issuer_der)], list[Certificate]()
    for name in wanted:
        for item in found:
            is_wanted = name_or_octets(item.subject_der) == name
            if is_wanted and item not in kept and len(kept) < MAX_ISSUERS:
                kept.append(item)
                wanted.append(name_or_octets(item.issuer_der))
    if not kept:
        raise InputError("FETCH.NO_ISSUER")
    return tuple(kept)


def _question(need: Need, nonce: bytes | None) -> Post | None:
    if need.kind is not NeedKind.OCSP or need.issuer is None:
        return None
    return Post(
        ocsp_request(need.certificate, need.issuer, nonce=nonce), "application/ocsp-request"
    )


def _nonce_of(response_der: bytes) -> bytes | None:
    value = parsed_ocsp(response_der).nonce_value
    return None if value is None else bytes(value.native)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url
