"""The parameters of RSASSA-PSS in a SignatureMethod (RFC 9231, 2.3.9)."""

from hocba_sign.crypto.algorithms import MGF1_URI, PssParameters, signature_algorithm
from hocba_sign.crypto.digests import SHA256, DigestAlgorithm, digest_algorithm
from hocba_sign.errors import InputError
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import (
    algorithm_of,
    malformed,
    only,
    optional,
    require_children,
    text_of,
)
from hocba_sign.xml.tree import Element, locate

_PARTS = (
    names.DIGEST_METHOD,
    names.PSS_MASK_GENERATION,
    names.PSS_SALT_LENGTH,
    names.PSS_TRAILER_FIELD,
)


def pss_parameters(method: Element) -> PssParameters | None:
    """Read the RSAPSSParams of a SignatureMethod; None where it has no children, as most have.

    Raises: InputError `SIG.STRUCTURE` for anything else in it, `CRYPTO.PARAMETERS` for another mask
    or trailer, `CRYPTO.*` for an unknown hash, and for an algorithm that is none of ours, whatever
    its parameters.
    """
    if len(method) == 0:
        require_children(method, ())
        return None
    signature_algorithm(algorithm_of(method))
    require_children(method, (names.PSS_PARAMETERS,))
    holder = only(method, names.PSS_PARAMETERS)
    require_children(holder, _PARTS)
    digest = _digest(optional(holder, names.DIGEST_METHOD), SHA256)
    trailer = optional(holder, names.PSS_TRAILER_FIELD)
    if trailer is not None and _number(trailer) != 1:
        raise InputError("CRYPTO.PARAMETERS", where=locate(trailer))
    mask = optional(holder, names.PSS_MASK_GENERATION)
    if mask is not None and algorithm_of(mask) != MGF1_URI:
        raise InputError("CRYPTO.PARAMETERS", where=locate(mask))
    salt = optional(holder, names.PSS_SALT_LENGTH)
    return PssParameters(
        digest=digest,
        mgf_digest=digest if mask is None else _digest(optional(mask, names.DIGEST_METHOD), digest),
        salt_length=digest.size if salt is None else _number(salt),
    )


def _digest(element: Element | None, default: DigestAlgorithm) -> DigestAlgorithm:
    return default if element is None else digest_algorithm(algorithm_of(element))


def _number(element: Element) -> int:
    text = text_of(element).strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 5:
        raise malformed(element)
    return int(text)
