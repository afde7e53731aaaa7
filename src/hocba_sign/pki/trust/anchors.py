"""Anchors from the certificates at hand: the list has the pins, the document, the user or an import
has the octets.
"""

from collections.abc import Iterable
from datetime import datetime

from hocba_sign.errors import Finding
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import Anchor, TrustStore, listed_anchor
from hocba_sign.pki.trust.vietnam_list import Hierarchy, ListedKind, TrustList


def listed_anchors(
    certificates: Iterable[Certificate], trust_list: TrustList | None = None
) -> TrustStore:
    """Trust those of `certificates` that are pinned roots; whatever else is among them is
    left out.
    """
    return TrustStore().with_anchors(pinned_roots(certificates, trust_list or TrustList.load()))


def pinned_roots(certificates: Iterable[Certificate], trust_list: TrustList) -> tuple[Anchor, ...]:
    """Return the anchors that those of `certificates` are which are pinned roots."""
    found = (listed_anchor(certificate, trust_list) for certificate in certificates)
    return tuple(anchor for anchor in found if anchor is not None)


def pinned_authority(certificate: Certificate, trust_list: TrustList) -> Anchor | None:
    """Return the anchor that a listed time-stamp authority is for its own tokens, made until its
    end in the list or its expiry; else None.

    It vouches for no other certificate, and for nothing but time-stamps: it never belongs in a
    `TrustStore`.
    """
    entry = trust_list.find(certificate.sha256)
    if entry is None or entry.kind is not ListedKind.TSA or entry.hierarchy is None:
        return None
    end = (
        certificate.not_after
        if entry.trusted_until is None
        else min(entry.trusted_until, certificate.not_after)
    )
    return Anchor(
        certificate=certificate,
        name=entry.name,
        origin="list",
        trusted_until=end,
        hierarchies=frozenset({entry.hierarchy}),
    )


def anchors_in(evidence: Evidence, trust_list: TrustList | None = None) -> TrustStore:
    """Trust the pinned roots among what a document carries, so that a file with its chain verifies
    offline from the pins alone.
    """
    return listed_anchors(evidence.certificates, trust_list)


def user_anchor(certificate: Certificate, *, hierarchies: Iterable[Hierarchy] = ()) -> Anchor:
    """Trust `certificate` because the user says so, standing for `hierarchies`; see
    `hierarchies_of` for none.
    """
    return Anchor(
        certificate=certificate, name=certificate.subject_text, hierarchies=frozenset(hierarchies)
    )


def hierarchies_of(anchor: Anchor) -> frozenset[Hierarchy]:
    """Return what an anchor stands for: what it was added for, else what the list says of its
    certificate, else the user's own tree.
    """
    if anchor.hierarchies:
        return anchor.hierarchies
    entry = TrustList.load().find(anchor.certificate.sha256)
    return frozenset(
        {entry.hierarchy if entry is not None and entry.hierarchy is not None else Hierarchy.USER}
    )


def user_findings(trust: TrustStore) -> tuple[Finding, ...]:
    """Name the anchors that the user answers for; every report shows them.

    `where` is the SHA-256.
    """
    return tuple(
        Finding("TRUST.USER_ANCHOR", anchor.certificate.sha256)
        for anchor in trust.anchors
        if anchor.origin == "user"
    )


def age_findings(trust: TrustStore, at: datetime) -> tuple[Finding, ...]:
    """Warn of a trust list that is old at the aware time `at`; `where` is the day that it is of."""
    return (
        (Finding("TRUST.LIST_AGE", trust.pins.as_of.isoformat()),) if trust.pins.is_old(at) else ()
    )
