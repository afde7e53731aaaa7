"""What a judgement lacks, as values: which issuer, OCSP response or CRL would let it say more, and
where its certificate says it is.

Nothing is fetched here. An answer is a value too, also the one that nothing came, so that asking
ends. Only certificates whose path up to an anchor holds are asked about at OCSP and CRL addresses;
of strangers only the issuer is asked for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import name_key
from hocba_sign.pki.path.building import MAX_CHAIN_LENGTH
from hocba_sign.pki.path.result import PathResult
from hocba_sign.pki.revocation.evidence import Evidence, Unread
from hocba_sign.pki.revocation.pool import RevocationFact
from hocba_sign.pki.timestamp.protocol import read_token
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion, embedded_evidence

FETCHED: Final = "fetched from "
"""How the source of fetched evidence begins; the address follows."""

_NO_ISSUER: Final = frozenset({"PATH.NO_CHAIN", "PATH.SIGNATURE"})
_REFUSALS: Final = frozenset(
    {
        "FETCH.URL",
        "FETCH.SCHEME",
        "FETCH.PORT",
        "FETCH.ADDRESS",
        "FETCH.REDIRECT",
        "FETCH.LIMIT",
        "FETCH.BUDGET",
    }
)


class NeedKind(StrEnum):
    """What is at an address (RFC 6960; RFC 5280, 4.2.1.13 and 4.2.2.1)."""

    OCSP = "ocsp"
    CRL = "crl"
    ISSUER = "ca_issuers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One address that `certificate` names.

    `issuer` is its issuer, None where just that is looked for.

    `newer_than` (UTC): a status that was fetched before then does not say what was known when the
    object was made.
    """

    kind: NeedKind
    url: str
    certificate: Certificate
    issuer: Certificate | None = None
    newer_than: datetime | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """Return what is asked: needs with equal keys have the same answer, e.g. the CRL of two
        certificates.
        """
        match self.kind:
            case NeedKind.OCSP:
                return (self.kind, self.url, self.certificate.sha256)
            case NeedKind.CRL:
                return (self.kind, self.url, self.issuer.sha256 if self.issuer is not None else "")
            case NeedKind.ISSUER:
                return (self.kind, self.url, name_or_octets(self.certificate.issuer_der))


Alternatives: TypeAlias = tuple[Need, ...]
"""Needs of which one answer may be enough, the best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """What came for a need, not verified yet.

    `contacted` are the numeric addresses connected to, none for what was kept from before.
    """

    need: Need
    evidence: Evidence
    is_kept: bool = False
    contacted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """Why nothing came for a need.

    `finding` has a cause and the address at fault;
    `is_kept` tells that it failed a moment before.

    `unread` is what came and could not be read.
    """

    need: Need
    finding: Finding
    detail: str = ""
    is_kept: bool = False
    contacted: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Return whether this side did not want to, in contrast to a failure of the other side."""
        return self.finding.cause in _REFUSALS


Answer: TypeAlias = Available | Unavailable
Fetch: TypeAlias = Callable[[Need], Answer]
"""Answers a need; raises nothing."""


class EvidenceSession(Protocol):
    """What answers the needs of one document, within one budget."""

    def moment(self) -> datetime:
        """Return the present (aware)."""
        ...

    def __call__(self, need: Need) -> Answer:
        """Answer a need; every failure is an answer."""
        ...


class EvidenceSource(Protocol):
    """Where evidence comes from that nobody gave; `OnlineFetcher` is one."""

    def session(self) -> EvidenceSession:
        """Begin with a document."""
        ...


def document_needs(
    conclusion: DocumentConclusion, evidence: Evidence, *, at: datetime
) -> tuple[Alternatives, ...]:
    """Return what the signatures and time-stamps of a document lack; `evidence` is what it was
    judged with, beside what it carries.
    """
    signatures = (
        *conclusion.signatures,
        *(() if conclusion.attached is None else conclusion.attached.signatures),
    )
    made = max(
        (
            signature.best_time
            for signature in signatures
            if signature.is_time_proven and signature.best_time is not None
        ),
        default=None,
    )
    found = _distinct(
        need for signature in signatures for need in signature_needs(signature, evidence, at=at)
    )
    return tuple(
        tuple(replace(need, newer_than=made) for need in alternatives) for alternatives in found
    )


def signature_needs(
    one: SignatureConclusion, evidence: Evidence, *, at: datetime
) -> Iterator[Alternatives]:
    """Yield what one signature and its time-stamps lack, in the order in which they were made."""
    pool = (*evidence.certificates, *embedded_evidence(one.signature).certificates)
    if one.path is not None:
        yield from path_needs(
            one.path, pool, made=one.best_time if one.is_time_proven else None, at=at
        )
    for stamp in one.time_stamps:
        if stamp.path is not None:
            yield from path_needs(
                stamp.path, (*pool, *_carried(stamp.token_der)), made=stamp.time, at=at
            )


def path_needs(
    path: PathResult, certificates: Iterable[Certificate], *, made: datetime | None, at: datetime
) -> Iterator[Alternatives]:
    """Yield what a path lacks at the validation time `at`; `certificates` were at hand for building
    it.

    `made` is when the object was made, as far as proven (UTC): what is known of every certificate,
    whoever brought it along, should be newer, and still current as long as the certificate lives;
    after its end its issuer need not know it any more.
    """
    if path.causes and path.causes[0] in _NO_ISSUER:
        for certificate in _unanswered(path, tuple(certificates)):
            yield tuple(
                Need(kind=NeedKind.ISSUER, url=url, certificate=certificate)
                for url in certificate.ca_issuer_urls
            )
        return
    for index, fact in enumerate(path.revocation):
        if fact.status == "unknown" or _is_dated(fact, path.chain[index], made=made, at=at):
            yield _status_needs(path.chain[index], path.chain[index + 1])


def _status_needs(certificate: Certificate, issuer: Certificate) -> Alternatives:
    """OCSP first where the CA offers it, for it is about now and small, then the CRL.

    Spec: TT 15/2025/TT-BKHCN, Annex II, 1.2.
    """
    addresses = ((NeedKind.OCSP, certificate.ocsp_urls), (NeedKind.CRL, certificate.crl_urls))
    return tuple(
        Need(kind=kind, url=url, certificate=certificate, issuer=issuer)
        for kind, urls in addresses
        for url in urls
    )


def _is_dated(
    fact: RevocationFact, certificate: Certificate, *, made: datetime | None, at: datetime
) -> bool:
    """Return whether "good" rests on what somebody chose to bring along: from before the signature,
    or not current any more.
    """
    if (
        fact.status != "good"
        or fact.this_update is None
        or fact.source is None
        or fact.source.startswith(FETCHED)
    ):
        return False
    is_older = made is None or fact.this_update < made
    return is_older or ((fact.next_update or fact.this_update) < at <= certificate.not_after)


def _unanswered(path: PathResult, certificates: tuple[Certificate, ...]) -> Iterator[Certificate]:
    """Yield the certificates whose issuer is missing, or, where each has one that does not help,
    all that may need another.
    """
    if path.causes[0] != "PATH.NO_CHAIN":
        yield from path.chain[:-1]
        return
    by_name: dict[str, list[Certificate]] = {}
    for certificate in certificates:
        by_name.setdefault(name_or_octets(certificate.subject_der), []).append(certificate)
    reached: dict[str, Certificate] = {}
    ends: list[Certificate] = []
    waiting = [path.chain[0]]
    while waiting and len(reached) < MAX_CHAIN_LENGTH:
        certificate = waiting.pop(0)
        if certificate.sha256 in reached:
            continue
        reached[certificate.sha256] = certificate
        wanted = certificate.authority_key_identifier
        issuers = [
            issuer
            for issuer in by_name.get(name_or_octets(certificate.issuer_der), ())
            if wanted is None or issuer.subject_key_identifier in (None, wanted)
        ]
        if not issuers:
            ends.append(certificate)
        waiting += issuers
    yield from (
        certificate for certificate in ends or reached.values() if not certificate.is_self_issued
    )


def name_or_octets(name_der: bytes) -> str:
    """Return a string that is equal for equal names, whatever the octets."""
    try:
        return name_key(name_der)
    except (AttributeError, ValueError, TypeError, LookupError):
        return name_der.hex()


def _carried(token_der: bytes) -> tuple[Certificate, ...]:
    try:
        return read_token(token_der).certificates
    except InputError:
        return ()


def _distinct(found: Iterable[Alternatives]) -> Iterator[Alternatives]:
    seen: set[tuple[tuple[str, ...], ...]] = set()
    for alternatives in found:
        keys = tuple(need.key for need in alternatives)
        if alternatives and keys not in seen:
            seen.add(keys)
            yield alternatives
