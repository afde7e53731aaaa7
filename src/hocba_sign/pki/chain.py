"""Candidate chains: from a certificate up to an anchor, by names and key identifiers only.

Nothing is verified here; `path` judges each candidate. The search is bounded, because a document may carry
any number of certificates that name each other as issuers.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from asn1crypto import x509

from hocba_sign.pki.certificate import Certificate
from hocba_sign.pki.trust import TrustStore

MAX_CHAIN_LENGTH = 12
"""Certificates from leaf to anchor; real chains have 3 or 4, PKITS needs 8."""
MAX_CHAINS = 16
"""Candidates judged for one leaf; a re-certified CA gives two or three."""
MAX_STEPS = 2_000
"""Issuer candidates looked at for one leaf."""


@lru_cache(maxsize=4_096)
def name_key(name_der: bytes) -> str:
    """Give a string that is equal for distinguished names that RFC 5280, 7.1 holds equal.

    Raises: ValueError for octets that are no Name.
    """
    return str(x509.Name.load(name_der).hashable)


def candidate_chains(leaf: Certificate, trust: TrustStore, *, certificates: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, ...]]:
    """Yield chains (leaf first, anchor last), at most `MAX_CHAINS`, shorter ones of each branch first."""
    anchors: dict[str, list[Certificate]] = {}
    for anchor in trust.anchors:
        anchors.setdefault(_key(anchor.certificate.subject_der), []).append(anchor.certificate)
    pool: dict[str, list[Certificate]] = {}
    for certificate in certificates:
        if trust.find(certificate.sha256) is None:
            pool.setdefault(_key(certificate.subject_der), []).append(certificate)
    search = _Search(anchors, pool)
    for number, chain in enumerate(search.walk((leaf,)), start=1):
        yield chain
        if number == MAX_CHAINS:
            return


class _Search:
    def __init__(self, anchors: Mapping[str, list[Certificate]], pool: Mapping[str, list[Certificate]]) -> None:
        self._anchors = anchors
        self._pool = pool
        self._steps = 0

    def walk(self, chain: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, ...]]:
        if len(chain) >= MAX_CHAIN_LENGTH:
            return
        last = chain[-1]
        key = _key(last.issuer_der)
        for anchor in self._anchors.get(key, ()):
            if _may_issue(anchor, last):
                yield (*chain, anchor)
        seen = {certificate.sha256 for certificate in chain}
        for issuer in self._pool.get(key, ()):
            self._steps += 1
            if self._steps > MAX_STEPS:
                return
            if issuer.sha256 not in seen and _may_issue(issuer, last):
                yield from self.walk((*chain, issuer))


def _key(name_der: bytes) -> str:
    try:
        return name_key(name_der)
    except (ValueError, TypeError):
        return name_der.hex()


def _may_issue(issuer: Certificate, subject: Certificate) -> bool:
    """Compare key identifiers where both sides state one.

    Spec: RFC 5280, 4.2.1.1.
    """
    wanted, held = subject.authority_key_identifier, issuer.subject_key_identifier
    return wanted is None or held is None or wanted == held
