"""AlgorithmIdentifier octets, as in X.509, CMS and OCSP, to the algorithm they name."""

from hocba_sign.crypto import der
from hocba_sign.crypto.algorithms import (
    MGF1_OID,
    RSA_PSS_OID,
    PssParameters,
    SignatureAlgorithm,
    signature_algorithm_by_oid,
)
from hocba_sign.crypto.digests import SHA1, DigestAlgorithm, digest_algorithm_by_oid
from hocba_sign.errors import InputError

_HASH, _MGF, _SALT, _TRAILER = 0xA0, 0xA1, 0xA2, 0xA3


def signature_algorithm_of(
    identifier_der: bytes, digest: DigestAlgorithm | None = None
) -> SignatureAlgorithm:
    """Read a signature's AlgorithmIdentifier; `digest` as for `signature_algorithm_by_oid`.

    Raises: InputError DER.MALFORMED, CRYPTO.UNKNOWN_ALGORITHM, CRYPTO.UNSUPPORTED_ALGORITHM,
    CRYPTO.PARAMETERS.
    """
    name, *rest = _identifier(der.whole(identifier_der, der.SEQUENCE))
    oid = der.oid(name)
    if oid == RSA_PSS_OID:
        return signature_algorithm_by_oid(
            oid, digest=digest, parameters=pss_parameters(rest[0]) if rest else None
        )
    return signature_algorithm_by_oid(oid, digest=digest)


def digest_algorithm_of(identifier_der: bytes) -> DigestAlgorithm:
    """Read a hash's AlgorithmIdentifier. Raises as `signature_algorithm_of`."""
    return _digest(der.whole(identifier_der, der.SEQUENCE))


def pss_parameters(element: der.Element) -> PssParameters:
    """Read RSASSA-PSS-params.

    Raises: InputError DER.MALFORMED, CRYPTO.UNKNOWN_ALGORITHM, CRYPTO.UNSUPPORTED_ALGORITHM,
    CRYPTO.PARAMETERS.
    Spec: RFC 4055, 3.1.
    """
    digest, mgf_digest, salt_length = SHA1, SHA1, SHA1.size
    for field in der.sequence(element):
        (value, *more) = der.children(field) if field.start < field.end else (field, field)
        if more:
            raise der.malformed(field.at, "RSASSA-PSS parameters")
        if field.tag == _HASH:
            digest = _digest(value)
        elif field.tag == _MGF:
            name, *rest = _identifier(value)
            if der.oid(name) != MGF1_OID or not rest:
                raise InputError("CRYPTO.PARAMETERS", detail="mask generation function")
            mgf_digest = _digest(rest[0])
        elif field.tag == _SALT:
            salt_length = der.integer(value)
        elif field.tag != _TRAILER or der.integer(value) != 1:
            raise InputError("CRYPTO.PARAMETERS", detail="trailer field")
    return PssParameters(digest=digest, mgf_digest=mgf_digest, salt_length=salt_length)


def _identifier(element: der.Element) -> tuple[der.Element, ...]:
    parts = der.sequence(element)
    if not 1 <= len(parts) <= 2:
        raise der.malformed(element.at, "algorithm identifier")
    return parts


def _digest(element: der.Element) -> DigestAlgorithm:
    return digest_algorithm_by_oid(der.oid(_identifier(element)[0]))
