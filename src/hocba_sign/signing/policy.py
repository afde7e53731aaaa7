"""What a signature that this library makes is like."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from hocba_sign.crypto.algorithms import SHA256, DigestAlgorithm, SignatureAlgorithm


class Level(StrEnum):
    """XAdES baseline levels (EN 319 132-1, 6)."""

    B = "B"
    T = "T"
    LT = "LT"
    LTA = "LTA"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPolicy:
    """Choices of the signer.

    `algorithm` None means the usual one for the key (RSA PKCS#1 v1.5 with SHA-256, ECDSA with the curve's hash).
    `digest_algorithm` is used for references. `lifetime` is how long a prepared signature may wait for its value:
    its claimed signing time is that of the preparation.
    """

    level: Level = Level.T
    algorithm: SignatureAlgorithm | None = None
    digest_algorithm: DigestAlgorithm = SHA256
    lifetime: timedelta = timedelta(days=1)


DEFAULT = SigningPolicy()
