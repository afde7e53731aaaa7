"""The one table of algorithms: URI, OID, hash, padding, end date of hashes.

Algorithm names and identifiers are spelled here and nowhere else; whether one may be relied on is
`acceptance`.
Spec: RFC 9231 (URIs), ETSI TS 119 312 v1.5.1 (end dates).
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from cryptography.hazmat.primitives import hashes

from hocba_sign.errors import CallerError, InputError

MAX_SALT_LENGTH = 2048
"""Octets; the largest RSA modulus that is loaded cannot hold a longer salt."""

_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_MORE_2001 = "http://www.w3.org/2001/04/xmldsig-more#"
_MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
_MORE_2021 = "http://www.w3.org/2021/04/xmldsig-more#"
_XMLENC = "http://www.w3.org/2001/04/xmlenc#"

RSA_PSS_URI = _MORE_2007 + "rsa-pss"
"""RSASSA-PSS whose parameters stand in an RSAPSSParams element (RFC 9231, 2.3.9)."""
MGF1_URI = _MORE_2007 + "MGF1"
MGF1_OID = "1.2.840.113549.1.1.8"
RSA_OID = "1.2.840.113549.1.1.1"
RSA_PSS_OID = "1.2.840.113549.1.1.10"


class KeyKind(StrEnum):
    RSA = "RSA"
    EC = "EC"
    ED25519 = "Ed25519"
    ED448 = "Ed448"


class Scheme(StrEnum):
    RSA_PKCS1 = "RSASSA-PKCS1-v1_5"
    RSA_PSS = "RSASSA-PSS"
    ECDSA = "ECDSA"
    EDDSA = "EdDSA"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PssParameters:
    """Parameters of RSASSA-PSS; `salt_length` in octets, the trailer field is always 1."""

    digest: DigestAlgorithm
    mgf_digest: DigestAlgorithm
    salt_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureAlgorithm:
    """One way of making a signature value.

    `name` is the name in reports. `uri` is None where XML has none; `oid` is the identifier in
    X.509 and CMS. `digest` is None for EdDSA; `pss` is set for RSASSA-PSS only.
    """

    name: str
    scheme: Scheme
    key_kind: KeyKind
    digest: DigestAlgorithm | None
    uri: str | None
    oid: str
    pss: PssParameters | None = None

    @property
    def has_xml_parameters(self) -> bool:
        """Return whether the SignatureMethod must hold an RSAPSSParams element."""
        return self.uri == RSA_PSS_URI


def _utc(year: int, month: int = 1) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


_SHA2_OID = "2.16.840.1.101.3.4.2."

MD5 = DigestAlgorithm(
    name="md5",
    uri=_MORE_2001 + "md5",
    oid="1.2.840.113549.2.5",
    size=16,
    hash=hashes.MD5(),  # noqa: S303 - an old document may still be intact
    ends=_utc(2004, 8),
    is_listed_vn=False,
)
SHA1 = DigestAlgorithm(
    name="sha1",
    uri=_DSIG + "sha1",
    oid="1.3.14.3.2.26",
    size=20,
    hash=hashes.SHA1(),  # noqa: S303 - an old document may still be intact
    ends=_utc(2012, 8),
    is_listed_vn=False,
)
SHA224 = DigestAlgorithm(
    name="sha224",
    uri=_MORE_2001 + "sha224",
    oid=_SHA2_OID + "4",
    size=28,
    hash=hashes.SHA224(),
    ends=_utc(2029),
    is_listed_vn=False,
)
SHA256 = DigestAlgorithm(
    name="sha256", uri=_XMLENC + "sha256", oid=_SHA2_OID + "1", size=32, hash=hashes.SHA256()
)
SHA384 = DigestAlgorithm(
    name="sha384", uri=_MORE_2001 + "sha384", oid=_SHA2_OID + "2", size=48, hash=hashes.SHA384()
)
SHA512 = DigestAlgorithm(
    name="sha512", uri=_XMLENC + "sha512", oid=_SHA2_OID + "3", size=64, hash=hashes.SHA512()
)
SHA3_224 = DigestAlgorithm(
    name="sha3-224",
    uri=_MORE_2007 + "sha3-224",
    oid=_SHA2_OID + "7",
    size=28,
    hash=hashes.SHA3_224(),
    is_listed_etsi=False,
)
SHA3_256 = DigestAlgorithm(
    name="sha3-256",
    uri=_MORE_2007 + "sha3-256",
    oid=_SHA2_OID + "8",
    size=32,
    hash=hashes.SHA3_256(),
)
SHA3_384 = DigestAlgorithm(
    name="sha3-384",
    uri=_MORE_2007 + "sha3-384",
    oid=_SHA2_OID + "9",
    size=48,
    hash=hashes.SHA3_384(),
)
SHA3_512 = DigestAlgorithm(
    name="sha3-512",
    uri=_MORE_2007 + "sha3-512",
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


def _pkcs1(digest: DigestAlgorithm, uri: str | None, oid: str) -> SignatureAlgorithm:
    return SignatureAlgorithm(
        name=f"rsa-{digest.name}",
        scheme=Scheme.RSA_PKCS1,
        key_kind=KeyKind.RSA,
        digest=digest,
        uri=uri,
        oid=oid,
    )


def _mgf1(digest: DigestAlgorithm) -> SignatureAlgorithm:
    return _pss(
        PssParameters(digest=digest, mgf_digest=digest, salt_length=digest.size),
        uri=f"{_MORE_2007}{digest.name}-rsa-MGF1",
    )


def _pss(parameters: PssParameters, *, uri: str | None) -> SignatureAlgorithm:
    name = f"rsa-pss-{parameters.digest.name}"
    if parameters.mgf_digest != parameters.digest:
        name += f"-mgf1-{parameters.mgf_digest.name}"
    return SignatureAlgorithm(
        name=name,
        scheme=Scheme.RSA_PSS,
        key_kind=KeyKind.RSA,
        digest=parameters.digest,
        uri=uri,
        oid=RSA_PSS_OID,
        pss=parameters,
    )


def _ecdsa(digest: DigestAlgorithm, uri: str | None, oid: str) -> SignatureAlgorithm:
    return SignatureAlgorithm(
        name=f"ecdsa-{digest.name}",
        scheme=Scheme.ECDSA,
        key_kind=KeyKind.EC,
        digest=digest,
        uri=uri,
        oid=oid,
    )


def _eddsa(key_kind: KeyKind, uri: str, oid: str) -> SignatureAlgorithm:
    return SignatureAlgorithm(
        name=key_kind.lower(), scheme=Scheme.EDDSA, key_kind=key_kind, digest=None, uri=uri, oid=oid
    )


_PKCS1_OID, _X962_OID, _NIST_OID = (
    "1.2.840.113549.1.1.",
    "1.2.840.10045.4.",
    "2.16.840.1.101.3.4.3.",
)
_PLAIN_ECDSA_OID = "0.4.0.127.0.7.1.1.4.1."

RSA_SHA256 = _pkcs1(SHA256, _MORE_2001 + "rsa-sha256", _PKCS1_OID + "11")
RSA_PSS_SHA256 = _mgf1(SHA256)
ECDSA_SHA256 = _ecdsa(SHA256, _MORE_2001 + "ecdsa-sha256", _X962_OID + "3.2")
ECDSA_SHA384 = _ecdsa(SHA384, _MORE_2001 + "ecdsa-sha384", _X962_OID + "3.3")
ECDSA_SHA512 = _ecdsa(SHA512, _MORE_2001 + "ecdsa-sha512", _X962_OID + "3.4")
ED25519 = _eddsa(KeyKind.ED25519, _MORE_2021 + "eddsa-ed25519", "1.3.101.112")
ED448 = _eddsa(KeyKind.ED448, _MORE_2021 + "eddsa-ed448", "1.3.101.113")

SIGNATURE_ALGORITHMS = (
    _pkcs1(MD5, _MORE_2001 + "rsa-md5", _PKCS1_OID + "4"),
    _pkcs1(SHA1, _DSIG + "rsa-sha1", _PKCS1_OID + "5"),
    _pkcs1(SHA224, _MORE_2001 + "rsa-sha224", _PKCS1_OID + "14"),
    RSA_SHA256,
    _pkcs1(SHA384, _MORE_2001 + "rsa-sha384", _PKCS1_OID + "12"),
    _pkcs1(SHA512, _MORE_2001 + "rsa-sha512", _PKCS1_OID + "13"),
    _pkcs1(SHA3_224, None, _NIST_OID + "13"),
    _pkcs1(SHA3_256, None, _NIST_OID + "14"),
    _pkcs1(SHA3_384, None, _NIST_OID + "15"),
    _pkcs1(SHA3_512, None, _NIST_OID + "16"),
    *(_mgf1(digest) for digest in (SHA1, SHA224)),
    RSA_PSS_SHA256,
    *(_mgf1(digest) for digest in (SHA384, SHA512, SHA3_224, SHA3_256, SHA3_384, SHA3_512)),
    _ecdsa(SHA1, _MORE_2001 + "ecdsa-sha1", _X962_OID + "1"),
    _ecdsa(SHA224, _MORE_2001 + "ecdsa-sha224", _X962_OID + "3.1"),
    ECDSA_SHA256,
    ECDSA_SHA384,
    ECDSA_SHA512,
    _ecdsa(SHA3_224, _MORE_2021 + "ecdsa-sha3-224", _NIST_OID + "9"),
    _ecdsa(SHA3_256, _MORE_2021 + "ecdsa-sha3-256", _NIST_OID + "10"),
    _ecdsa(SHA3_384, _MORE_2021 + "ecdsa-sha3-384", _NIST_OID + "11"),
    _ecdsa(SHA3_512, _MORE_2021 + "ecdsa-sha3-512", _NIST_OID + "12"),
    ED25519,
    ED448,
)

_UNSUPPORTED = {
    prefix + name: name
    for prefix, names in (
        (_DSIG, "hmac-sha1 dsa-sha1"),
        (_XMLENC, "ripemd160"),
        (
            _MORE_2001,
            (
                "hmac-md5 hmac-sha224 hmac-sha256 hmac-sha384 hmac-sha512 hmac-ripemd160 "
                "rsa-ripemd160 ecdsa-ripemd160"
            ),
        ),
        (_MORE_2001, "esign-sha1 esign-sha256 esign-sha384 esign-sha512"),
        (
            _MORE_2007,
            (
                "md5-rsa-MGF1 ripemd160-rsa-MGF1 whirlpool-rsa-MGF1 ecdsa-ripemd160 "
                "ecdsa-whirlpool rsa-whirlpool whirlpool"
            ),
        ),
        (_MORE_2021, "eddsa-ed25519ph eddsa-ed25519ctx eddsa-ed448ph"),
        ("http://www.w3.org/2009/xmldsig11#", "dsa-sha256"),
    )
    for name in names.split()
} | {
    "1.2.840.10040.4.3": "dsa-sha1",
    _NIST_OID + "1": "dsa-sha224",
    _NIST_OID + "2": "dsa-sha256",
    _PKCS1_OID + "2": "rsa-md2",
    "1.2.840.113549.2.2": "md2",
    "1.3.36.3.2.1": "ripemd160",
    **{f"{_PLAIN_ECDSA_OID}{last}": "plain-ecdsa" for last in range(1, 7)},
}
"""Known, named in errors, never verified. Keys are URIs and OIDs."""

_DIGEST_BY_URI = {algorithm.uri: algorithm for algorithm in DIGEST_ALGORITHMS}
_DIGEST_BY_OID = {algorithm.oid: algorithm for algorithm in DIGEST_ALGORITHMS}
_SIGNATURE_BY_URI = {
    algorithm.uri: algorithm for algorithm in SIGNATURE_ALGORITHMS if algorithm.uri
}
_SIGNATURE_BY_OID = {
    algorithm.oid: algorithm for algorithm in SIGNATURE_ALGORITHMS if algorithm.pss is None
}
_SIGNATURE_BY_NAME = {algorithm.name: algorithm for algorithm in SIGNATURE_ALGORITHMS}
_PKCS1_BY_DIGEST = {
    algorithm.digest: algorithm
    for algorithm in SIGNATURE_ALGORITHMS
    if algorithm.scheme is Scheme.RSA_PKCS1
}
_ECDSA_BY_DIGEST = {
    algorithm.digest: algorithm
    for algorithm in SIGNATURE_ALGORITHMS
    if algorithm.scheme is Scheme.ECDSA
}
_PLAIN_ECDSA = {
    f"{_PLAIN_ECDSA_OID}{last}": _ECDSA_BY_DIGEST[digest]
    for last, digest in enumerate((SHA1, SHA224, SHA256, SHA384, SHA512), 1)
}


def _refuse(identifier: str) -> InputError:
    shown = identifier if len(identifier) <= 100 and identifier.isprintable() else "(not shown)"
    if identifier in _UNSUPPORTED:
        return InputError(
            "CRYPTO.UNSUPPORTED_ALGORITHM", detail=f"{_UNSUPPORTED[identifier]} <{shown}>"
        )
    return InputError("CRYPTO.UNKNOWN_ALGORITHM", detail=shown)


def digest_algorithm(uri: str) -> DigestAlgorithm:
    """Find the hash of a DigestMethod.

    Raises: InputError CRYPTO.UNKNOWN_ALGORITHM, CRYPTO.UNSUPPORTED_ALGORITHM.
    """
    if uri not in _DIGEST_BY_URI:
        raise _refuse(uri)
    return _DIGEST_BY_URI[uri]


def digest_algorithm_by_oid(oid: str) -> DigestAlgorithm:
    """Find the hash of a dotted OID, as in CMS, OCSP and time-stamps.

    Raises as `digest_algorithm`.
    """
    if oid not in _DIGEST_BY_OID:
        raise _refuse(oid)
    return _DIGEST_BY_OID[oid]


def signature_algorithm(uri: str, parameters: PssParameters | None = None) -> SignatureAlgorithm:
    """Find the algorithm of a SignatureMethod.

    `parameters` are those of its RSAPSSParams element; without them `rsa-pss` means SHA-256, MGF1
    with SHA-256, 32 octets of salt.
    Raises: InputError CRYPTO.UNKNOWN_ALGORITHM, CRYPTO.UNSUPPORTED_ALGORITHM, CRYPTO.PARAMETERS.
    Spec: RFC 9231, 2.3.9 and 2.3.10.
    """
    if uri == RSA_PSS_URI:
        return rsa_pss(parameters, uri=RSA_PSS_URI)
    found = _SIGNATURE_BY_URI.get(uri)
    if found is None:
        raise _refuse(uri)
    if parameters is not None:
        raise InputError("CRYPTO.PARAMETERS", detail=f"{found.name} takes no parameters")
    return found


def signature_algorithm_by_oid(
    oid: str, *, digest: DigestAlgorithm | None = None, parameters: PssParameters | None = None
) -> SignatureAlgorithm:
    """Find the algorithm of an AlgorithmIdentifier.

    `digest` is the digestAlgorithm of a CMS SignerInfo, needed where `oid` is plain rsaEncryption;
    where `oid` names a hash itself, a different `digest` is refused. RSASSA-PSS without
    `parameters` means the defaults of RFC 4055, which are SHA-1.
    Raises: InputError CRYPTO.UNKNOWN_ALGORITHM, CRYPTO.UNSUPPORTED_ALGORITHM, CRYPTO.PARAMETERS.
    """
    if oid == RSA_PSS_OID:
        found = rsa_pss(
            parameters or PssParameters(digest=SHA1, mgf_digest=SHA1, salt_length=SHA1.size),
            uri=None,
        )
    elif parameters is not None:
        raise InputError("CRYPTO.PARAMETERS", detail=f"{oid} takes no RSASSA-PSS parameters")
    elif oid == RSA_OID and digest in _PKCS1_BY_DIGEST:
        return _PKCS1_BY_DIGEST[digest]
    elif oid in _SIGNATURE_BY_OID:
        found = _SIGNATURE_BY_OID[oid]
    else:
        raise _refuse(oid)
    if digest is not None and found.digest is not None and found.digest != digest:
        raise InputError("CRYPTO.PARAMETERS", detail=f"{found.name} with {digest.name}")
    return found


def plain_ecdsa(oid: str) -> SignatureAlgorithm | None:
    """Find the algorithm of an identifier whose values are r and s side by side in CMS too; None
    for any other. Spec: BSI TR-03111, 5.2.1.
    """
    return _PLAIN_ECDSA.get(oid)


def signature_algorithm_named(name: str) -> SignatureAlgorithm:
    """Find the algorithm of a name such as `rsa-pss-sha256`, as in reports and options.

    Raises: CallerError CRYPTO.UNKNOWN_ALGORITHM.
    """
    found = _SIGNATURE_BY_NAME.get(name)
    if found is None:
        raise CallerError(
            "CRYPTO.UNKNOWN_ALGORITHM",
            detail=f"{name!r:.60}; known: {', '.join(_SIGNATURE_BY_NAME)}",
        )
    return found


def rsa_pss(parameters: PssParameters | None, *, uri: str | None) -> SignatureAlgorithm:
    """Return RSASSA-PSS with `parameters`, by default those of RFC 9231.

    Raises: InputError CRYPTO.PARAMETERS where the salt length is out of range or the hash is none
    for it.
    """
    if parameters is None:
        return replace(RSA_PSS_SHA256, uri=uri)
    if SHAKE256 in (parameters.digest, parameters.mgf_digest):
        raise InputError("CRYPTO.PARAMETERS", detail="RSASSA-PSS with shake256 and parameters")
    if not 0 <= parameters.salt_length <= MAX_SALT_LENGTH:
        raise InputError("CRYPTO.PARAMETERS", detail="salt length out of range")
    return _pss(parameters, uri=uri)


def digest(algorithm: DigestAlgorithm, *parts: bytes) -> bytes:
    """Hash the parts as if they were one after the other in one piece."""
    if algorithm is SHAKE256:
        return hashlib.shake_256(b"".join(parts), usedforsecurity=False).digest(algorithm.size)
    hashed = hashlib.new(algorithm.name.replace("-", "_"), usedforsecurity=False)
    for part in parts:
        hashed.update(part)
    return hashed.digest()
