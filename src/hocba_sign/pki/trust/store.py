"""Anchors: the certificates that trust starts from, recognised by SHA-256 only, never by name."""

from collections.abc import Iterable
from dataclasses import field, replace
from datetime import datetime
from typing import Literal, TypeAlias

from hocba_sign.errors import CallerError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.trust.vietnam_list import Hierarchy, ListedKind, TrustList

MAX_ANCHORS = 4_096
"""National lists hold hundreds of certificates; beyond this the input is no list of anchors."""

Origin: TypeAlias = Literal["user", "list"]
"""Who vouches for an anchor: the caller, or the trust list that ships with the package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A certificate that a path may end in.

    `trusted_until`: signatures made after this moment (UTC) are not trusted through this anchor;
    None means no end.
    `hierarchies`: what it stands for in a role policy; empty for an anchor of the user that says
    nothing about it.
    """

    certificate: Certificate
    name: str
    origin: Origin = "user"
    trusted_until: datetime | None = None
    hierarchies: frozenset[Hierarchy] = frozenset()


@dataclass(frozen=True, slots=True)
class TrustStore:
    """An immutable set of anchors, in the order they were added; the first of equal certificates
    wins.

    `responders` may answer OCSP for every issuer, because the caller says so (RFC 6960, 4.2.2.2).
    `pins` is the trust list: by it alone the roots, and the expired time-stamp authorities, that a
    document carries are recognised.
    Raises: CallerError TRUST.KNOWN_BAD_ANCHOR, whoever vouches for an impostor.
    """

    anchors: tuple[Anchor, ...] = ()
    responders: tuple[Certificate, ...] = ()
    pins: TrustList = field(default_factory=TrustList.load, repr=False, hash=False)

    def __post_init__(self) -> None:
        certificates = [anchor.certificate for anchor in self.anchors]
        shipped = TrustList.load()
        if bad := shipped.known_bad(certificates) or (
            self.pins is not shipped and self.pins.known_bad(certificates)
        ):
            raise CallerError("TRUST.KNOWN_BAD_ANCHOR", where=bad[0].sha256)

    @classmethod
    def of(cls, certificates: Iterable[Certificate]) -> "TrustStore":
        """Trust `certificates` because the caller says so, without an end date."""
        return cls().with_anchors(
            Anchor(certificate=certificate, name=certificate.subject_text)
            for certificate in certificates
        )

    def with_anchors(self, anchors: Iterable[Anchor]) -> "TrustStore":
        """Return a store that holds `anchors` too.

        Raises: CallerError TRUST.LIMIT beyond `MAX_ANCHORS`.
        """
        given = tuple(anchors)
        if not given:
            return self
        known = {anchor.certificate.sha256: anchor for anchor in self.anchors}
        for anchor in given:
            known.setdefault(anchor.certificate.sha256, anchor)
        if len(known) > MAX_ANCHORS:
            raise CallerError("TRUST.LIMIT", detail=f"more than {MAX_ANCHORS} anchors")
        return replace(self, anchors=tuple(known.values()))

    @classmethod
    def vietnam(cls) -> "TrustStore":
        """Trust the roots that the shipped list pins, as far as a document, or evidence, carries
        them.
        """
        return cls()

    def with_certificates(self, certificates: Iterable[Certificate]) -> "TrustStore":
        """Return a store that trusts `certificates` too because the caller says so; pinned roots
        among them as the list has them, with its end dates.

        Raises: CallerError TRUST.LIMIT, TRUST.KNOWN_BAD_ANCHOR.
        """
        held = tuple(certificates)
        listed = (listed_anchor(certificate, self.pins) for certificate in held)
        return self.with_anchors(anchor for anchor in listed if anchor is not None).with_anchors(
            Anchor(certificate=certificate, name=certificate.subject_text) for certificate in held
        )

    def find(self, sha256: str) -> Anchor | None:
        """Look up an anchor by the lower-case hexadecimal SHA-256 of its certificate."""
        return next(
            (anchor for anchor in self.anchors if anchor.certificate.sha256 == sha256), None
        )


def listed_anchor(certificate: Certificate, pins: TrustList) -> Anchor | None:
    """Return the anchor that a pinned root is; None for any other certificate."""
    entry = pins.find(certificate.sha256)
    if entry is None or entry.kind is not ListedKind.ROOT or entry.hierarchy is None:
        return None
    return Anchor(
        certificate=certificate,
        name=entry.name,
        origin="list",
        trusted_until=entry.trusted_until,
        hierarchies=frozenset({entry.hierarchy}),
    )
