"""The table of digest algorithms, once for both directions."""

import hashlib
from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives import hashes

from hocba_sign.crypto.algorithm_names import (
    DSIG,
    MORE_2001,
    MORE_2007,
    XMLENC,
    refuse_algorithm,
)
from hocba_sign.frozen_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestAlgorithm:
    """One hash function. `size` is in octets; `ends` is UTC, None while ETSI names no end.

    `is_listed_etsi` and `is_listed_vn` tell whether TS 119 312 and TT 15/2025 name it.
    """

    name: str
    uri: str
    oid: str
    size: int
    hash: hashes.HashAlgorithm = field(compare=False, repr=False)
    ends: datetime | None = None
    is_listed_etsi: bool = True
    is_listed_vn: bool = True


def utc_day(year: int, month: int = 1) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


_SHA2_OID = "2.16.840.1.101.3.4.2."


MD5 = DigestAlgorithm(
    name="md5",
    uri=MORE_2001 + "md5",
    oid="1.2.840.113549.2.5",
    size=16,
    hash=hashes.MD5(),  # noqa: S303 - an old document may still be intact
    ends=utc_day(2004, 8),
    is_listed_vn=False,
)


SHA1 = DigestAlgorithm(
    name="sha1",
    uri=DSIG + "sha1",
    oid="1.3.14.3.2.26",
    size=20,
    hash=hashes.SHA1(),  # noqa: S303 - an old document may still be intact
    ends=utc_day(2012, 8),
    is_listed_vn=False,
)


SHA224 = DigestAlgorithm(
    name="sha224",
    uri=MORE_2001 + "sha224",
    oid=_SHA2_OID + "4",
    size=28,
    hash=hashes.SHA224(),
    ends=utc_day(2029),
    is_listed_vn=False,
)


SHA256 = DigestAlgorithm(
    name="sha256", uri=XMLENC + "sha256", oid=_SHA2_OID + "1", size=32, hash=hashes.SHA256()
)


SHA384 = DigestAlgorithm(
    name="sha384", uri=MORE_2001 + "sha384", oid=_SHA2_OID + "2", size=48, hash=hashes.SHA384()
)


SHA512 = DigestAlgorithm(
    name="sha512", uri=XMLENC + "sha512", oid=_SHA2_OID + "3", size=64, hash=hashes.SHA512()
)


SHA3_224 = DigestAlgorithm(
    name="sha3-224",
    uri=MORE_2007 + "sha3-224",
    oid=_SHA2_OID + "7",
    size=28,
    hash=hashes.SHA3_224(),
    is_listed_etsi=False,
)


SHA3_256 = DigestAlgorithm(
    name="sha3-256",
    uri=MORE_2007 + "sha3-256",
    oid=_SHA2_OID + "8",
    size=32,
    hash=hashes.SHA3_256(),
)


SHA3_384 = DigestAlgorithm(
    name="sha3-384",
    uri=MORE_2007 + "sha3-384",
    oid=_SHA2_OID + "9",
    size=48,
    hash=hashes.SHA3_384(),
)


SHA3_512 = DigestAlgorithm(
    name="sha3-512",
    uri=MORE_2007 + "sha3-512",
    oid=_SHA2_OID + "10",
    size=64,
    hash=hashes.SHA3_512(),
)


SHAKE256 = DigestAlgorithm(
    name="shake256",
    uri=f"urn:oid:{_SHA2_OID}12",
    oid=_SHA2_OID + "12",
    size=64,
    hash=hashes.SHAKE256(64),
    is_listed_etsi=False,
    is_listed_vn=False,
)
"""With 512 bits of output, as CMS uses it with Ed448 (RFC 8419, 3.1); no URI is registered, so it
has that of its OID (RFC 3061).
"""


DIGEST_ALGORITHMS = (
    MD5,
    SHA1,
    SHA224,
    SHA256,
    SHA384,
    SHA512,
    SHA3_224,
    SHA3_256,
    SHA3_384,
    SHA3_512,
    SHAKE256,
)


_DIGEST_BY_URI = {algorithm.uri: algorithm for algorithm in DIGEST_ALGORITHMS}


_DIGEST_BY_OID = {algorithm.oid: algorithm for algorithm in DIGEST_ALGORITHMS}


_MAKERS: Final[dict[str, Callable[..., "hashlib._Hash"]]] = {
    algorithm.name: getattr(hashlib, algorithm.name.replace("-", "_"))
    for algorithm in DIGEST_ALGORITHMS
    if algorithm is not SHAKE256
}


def digest_algorithm(uri: str) -> DigestAlgorithm:
    """Find the hash of a DigestMethod.

    Raises: InputError CRYPTO.UNKNOWN_ALGORITHM, CRYPTO.UNSUPPORTED_ALGORITHM.
    """
    if uri not in _DIGEST_BY_URI:
        raise refuse_algorithm(uri)
    return _DIGEST_BY_URI[uri]


def digest_algorithm_by_oid(oid: str) -> DigestAlgorithm:
    """Find the hash of a dotted OID, as in CMS, OCSP and time-stamps.

    Raises as `digest_algorithm`.
    """
    if oid not in _DIGEST_BY_OID:
        raise refuse_algorithm(oid)
    return _DIGEST_BY_OID[oid]


def digest(algorithm: DigestAlgorithm, *parts: bytes) -> bytes:
    """Hash the parts as if they were one after the other in one piece."""
    if algorithm is SHAKE256:
        return hashlib.shake_256(b"".join(parts), usedforsecurity=False).digest(algorithm.size)
    hashed = _MAKERS[algorithm.name](usedforsecurity=False)
    for part in parts:
        hashed.update(part)
    return hashed.digest()
