"""What a signature that this library makes is like."""

from dataclasses import field
from datetime import timedelta
from enum import StrEnum

from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.digests import SHA256, DigestAlgorithm
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.authority import Registry
from hocba_sign.model.workflow import Role
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.role_policy import RolePolicy
from hocba_sign.pki.trust.store import TrustStore


class Level(StrEnum):
    """Baseline levels of XAdES (EN 319 132-1, 6) and PAdES (EN 319 142-1, 6)."""

    B = "B"
    T = "T"
    LT = "LT"
    LTA = "LTA"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPolicy:
    """Choices of the signer.

    `algorithm` None means the usual one for the key (RSA PKCS#1 v1.5 with SHA-256, ECDSA with the
        curve's hash).
    `digest_algorithm` is used for references.
    `lifetime` is how long a prepared signature may wait for its value: its claimed signing time is
        that of the preparation.
    `roles` are those that sign a PDF without a transcript in it, all of them. What is known of the
        verifiers: `trust` and `evidence` (certificates above the signer's) that a path is looked
        for in, `registry` of who may sign, `role_policy` for trees of trust, and whether every
        signature needs a time-stamp. Without `trust` no path is looked for.
    """

    level: Level = Level.T
    algorithm: SignatureAlgorithm | None = None
    digest_algorithm: DigestAlgorithm = SHA256
    lifetime: timedelta = timedelta(days=1)
    roles: tuple[Role, ...] = ()
    trust: TrustStore | None = None
    evidence: Evidence = field(default_factory=Evidence)
    registry: Registry | None = None
    role_policy: RolePolicy = field(default_factory=RolePolicy.load)
    is_time_stamp_demanded: bool = False


DEFAULT = SigningPolicy()
