"""Candidate chains: from a certificate up to an anchor, by names and key identifiers.

Of several issuers of one name those come first whose key made the signature, so that namesakes hide
nobody; `path` judges each candidate. The search is bounded, because a document may carry any number
of certificates that name each other as issuers.
"""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

from hocba_sign.pki.cache.bounded import BoundedCache
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import comparable
from hocba_sign.pki.path.signature_check import certificate_verdict
from hocba_sign.pki.trust.store import Anchor, TrustStore

MAX_CHAIN_LENGTH = 12
"""Certificates from leaf to anchor; real chains have 3 or 4, PKITS needs 8."""
MAX_CHAINS = 16
"""Candidates judged for one leaf; a re-certified CA gives two or three."""
MAX_STEPS = 2_000
"""Issuer candidates looked at for one leaf."""

MAX_KEPT_STORES = 16


class _Anchors:
    """The anchors of one store by digest and by subject."""

    def __init__(self, anchors: tuple[Anchor, ...]) -> None:
        self.anchors = anchors
        self.by_sha256 = {anchor.certificate.sha256: anchor for anchor in anchors}
        self.content = _digest_of(anchors)
        self.by_name = _by_subject((anchor.certificate for anchor in anchors), _octets)


_anchors: BoundedCache[int, _Anchors] = BoundedCache(MAX_KEPT_STORES)


def _indexed(trust: TrustStore) -> _Anchors:
    # What is kept holds the tuple, so its identity cannot pass to another one.
    return _anchors.get(id(trust.anchors), lambda: _Anchors(trust.anchors))


def _digest_of(anchors: tuple[Anchor, ...]) -> str:
    stated = (f"{anchor.certificate.sha256} {anchor.trusted_until}" for anchor in anchors)
    return hashlib.sha256("\n".join(stated).encode()).hexdigest()


def content_of_trust(trust: TrustStore) -> Hashable:
    """Return what stands for all in a store that a verdict on a path may rest on."""
    return _indexed(trust).content, tuple(responder.sha256 for responder in trust.responders)


def find_anchor(trust: TrustStore, sha256: str) -> Anchor | None:
    """Look up an anchor as `TrustStore.find` does, without walking through all of them."""
    return _indexed(trust).by_sha256.get(sha256)


def candidate_chains(
    leaf: Certificate, trust: TrustStore, *, certificates: tuple[Certificate, ...]
) -> Iterator[tuple[Certificate, ...]]:
    """Yield chains (leaf first, anchor last), at most `MAX_CHAINS`, shorter ones of each branch
    first.

    Those whose names are equal octet by octet come first; the others only when these have been used
    up.
    """
    anchors = _indexed(trust)
    # An anchor ends a path; as an intermediate it would only lead on to another anchor.
    pool = [
        certificate for certificate in certificates if certificate.sha256 not in anchors.by_sha256
    ]
    seen: set[tuple[Certificate, ...]] = set()
    for chain in _Search(anchors.by_name, _by_subject(pool, _octets), _octets).walk((leaf,)):
        yield chain
        seen.add(chain)
        if len(seen) == MAX_CHAINS:
            return
    # RFC 5280, 7.1 holds names of other case or string type equal; rarely needed, since 4.1.2.6 has
    # a CA's name encoded the same in what it issues.
    known = (anchor.certificate for anchor in trust.anchors)
    for chain in _Search(
        _by_subject(known, comparable), _by_subject(pool, comparable), comparable
    ).walk((leaf,)):
        if chain not in seen:
            yield chain
            seen.add(chain)
        if len(seen) == MAX_CHAINS:
            return


def _by_subject(
    certificates: Iterable[Certificate], key: Callable[[bytes], Hashable]
) -> Mapping[Hashable, list[Certificate]]:
    found: dict[Hashable, list[Certificate]] = {}
    for certificate in certificates:
        found.setdefault(key(certificate.subject_der), []).append(certificate)
    return found


class _Search:
    def __init__(
        self,
        anchors: Mapping[Hashable, list[Certificate]],
        pool: Mapping[Hashable, list[Certificate]],
        key: Callable[[bytes], Hashable],
    ) -> None:
        self._anchors = anchors
        self._pool = pool
        self._key = key
        self._steps = 0

    def walk(self, chain: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, ...]]:
        if len(chain) >= MAX_CHAIN_LENGTH:
            return
        last = chain[-1]
        key = self._key(last.issuer_der)
        for anchor in _first_who_signed(last, self._anchors.get(key, [])):
            if _may_issue(anchor, last):
                yield (*chain, anchor)
        # CAs may certify each other in circles; a path has no certificate twice (RFC 5280, 6.1).
        seen = {certificate.sha256 for certificate in chain}
        # Cut before it is sorted, for sorting verifies a signature for each namesake.
        for issuer in _first_who_signed(last, self._pool.get(key, [])[:MAX_STEPS]):
            self._steps += 1
            if self._steps > MAX_STEPS:
                return
            if issuer.sha256 not in seen and _may_issue(issuer, last):
                yield from self.walk((*chain, issuer))


def _first_who_signed(subject: Certificate, issuers: list[Certificate]) -> list[Certificate]:
    return (
        # Sorted, not filtered: where none of them signed, the result names the signature at fault.
        sorted(issuers, key=lambda issuer: not certificate_verdict(subject, issuer).is_right)
        if len(issuers) > 1
        else issuers
    )


def _octets(name_der: bytes) -> Hashable:
    return name_der


def _may_issue(issuer: Certificate, subject: Certificate) -> bool:
    """Compare key identifiers where both sides state one.

    Spec: RFC 5280, 4.2.1.1.
    """
    wanted, held = subject.authority_key_identifier, issuer.subject_key_identifier
    return wanted is None or held is None or wanted == held
