"""The one table of algorithms: URI, OID, hash, padding, end date of hashes.

Algorithm names and identifiers are spelled here and nowhere else; whether one may be relied on is
`acceptance`.
Spec: RFC 9231 (URIs), ETSI TS 119 312 v1.5.1 (end dates).
"""

from dataclasses import replace
from enum import StrEnum

from hocba_sign.crypto.algorithm_names import (
    DSIG,
    MORE_2001,
    MORE_2007,
    MORE_2021,
    NIST_OID,
    PKCS1_OID,
    PLAIN_ECDSA_OID,
    X962_OID,
    refuse_algorithm,
)
from hocba_sign.crypto.digests import (
    MD5,
    SHA1,
    SHA3_224,
    SHA3_256,
    SHA3_384,
    SHA3_512,
    SHA224,
    SHA256,
    SHA384,
    SHA512,
    SHAKE256,
    DigestAlgorithm,
)
from hocba_sign.errors import CallerError, InputError
from hocba_sign.frozen_dataclass import dataclass

MAX_SALT_LENGTH = 2048
"""Octets; the largest RSA modulus that is loaded cannot hold a longer salt."""


RSA_PSS_URI = MORE_2007 + "rsa-pss"
"""RSASSA-PSS whose parameters stand in an RSAPSSParams element (RFC 9231, 2.3.9)."""
MGF1_URI = MORE_2007 + "MGF1"
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
class PssParameters:
    """Parameters of RSASSA-PSS; `salt_length` in octets, the trailer field is always 1."""

    digest: DigestAlgorithm
    mgf_digest: DigestAlgorithm
    salt_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureAlgorithm:
    """One way of making a signature value.

    `name` is the name in reports.
    `uri` is None where XML has none;
    `oid` is the identifier in X.509 and CMS.
    `digest` is None for EdDSA;
    `pss` is set for RSASSA-PSS only.
    """

    name: str
    scheme: Scheme
    key_kind: KeyKind
    digest: DigestAlgorithm | None
    uri: str | None
    oid: str
    pss: PssParameters | None = None


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
        uri=f"{MORE_2007}{digest.name}-rsa-MGF1",
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


RSA_SHA256 = _pkcs1(SHA256, MORE_2001 + "rsa-sha256", PKCS1_OID + "11")
RSA_PSS_SHA256 = _mgf1(SHA256)
ECDSA_SHA256 = _ecdsa(SHA256, MORE_2001 + "ecdsa-sha256", X962_OID + "3.2")
ECDSA_SHA384 = _ecdsa(SHA384, MORE_2001 + "ecdsa-sha384", X962_OID + "3.3")
ECDSA_SHA512 = _ecdsa(SHA512, MORE_2001 + "ecdsa-sha512", X962_OID + "3.4")
ED25519 = _eddsa(KeyKind.ED25519, MORE_2021 + "eddsa-ed25519", "1.3.101.112")
ED448 = _eddsa(KeyKind.ED448, MORE_2021 + "eddsa-ed448", "1.3.101.113")

SIGNATURE_ALGORITHMS = (
    _pkcs1(MD5, MORE_2001 + "rsa-md5", PKCS1_OID + "4"),
    _pkcs1(SHA1, DSIG + "rsa-sha1", PKCS1_OID + "5"),
    _pkcs1(SHA224, MORE_2001 + "rsa-sha224", PKCS1_OID + "14"),
    RSA_SHA256,
    _pkcs1(SHA384, MORE_2001 + "rsa-sha384", PKCS1_OID + "12"),
    _pkcs1(SHA512, MORE_2001 + "rsa-sha512", PKCS1_OID + "13"),
    _pkcs1(SHA3_224, None, NIST_OID + "13"),
    _pkcs1(SHA3_256, None, NIST_OID + "14"),
    _pkcs1(SHA3_384, None, NIST_OID + "15"),
    _pkcs1(SHA3_512, None, NIST_OID + "16"),
    *(_mgf1(digest) for digest in (SHA1, SHA224)),
    RSA_PSS_SHA256,
    *(_mgf1(digest) for digest in (SHA384, SHA512, SHA3_224, SHA3_256, SHA3_384, SHA3_512)),
    _ecdsa(SHA1, MORE_2001 + "ecdsa-sha1", X962_OID + "1"),
    _ecdsa(SHA224, MORE_2001 + "ecdsa-sha224", X962_OID + "3.1"),
    ECDSA_SHA256,
    ECDSA_SHA384,
    ECDSA_SHA512,
    _ecdsa(SHA3_224, MORE_2021 + "ecdsa-sha3-224", NIST_OID + "9"),
    _ecdsa(SHA3_256, MORE_2021 + "ecdsa-sha3-256", NIST_OID + "10"),
    _ecdsa(SHA3_384, MORE_2021 + "ecdsa-sha3-384", NIST_OID + "11"),
    _ecdsa(SHA3_512, MORE_2021 + "ecdsa-sha3-512", NIST_OID + "12"),
    ED25519,
    ED448,
)


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
    f"{PLAIN_ECDSA_OID}{last}": _ECDSA_BY_DIGEST[digest]
    for last, digest in enumerate((SHA1, SHA224, SHA256, SHA384, SHA512), 1)
}


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
        raise refuse_algorithm(uri)
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
        raise refuse_algorithm(oid)
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
