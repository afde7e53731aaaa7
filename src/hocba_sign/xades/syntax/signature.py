"""What every ds:Signature has, in a transcript and elsewhere: SignedInfo and its value; and one
that cannot be read.
"""

from hocba_sign.ades.structure import Family, ParsedSignature
from hocba_sign.crypto.algorithms import PssParameters
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import inclusive_prefixes
from hocba_sign.xades.syntax.elements import (
    Parts,
    algorithm_of,
    c14n_of,
    octets_of,
    only,
    require_children,
)
from hocba_sign.xades.syntax.pss import pss_parameters
from hocba_sign.xml.c14n import canonicalize
from hocba_sign.xml.tree import Element, locate


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedValue:
    """What was signed and the value that resulted. Spec: XML Signature 1.1, 4.3 and 4.4."""

    algorithm_uri: str
    pss: PssParameters | None
    signed_info_octets: bytes
    value: bytes
    value_id: str | None


def read_value(signature: Element, parts: Parts) -> SignedValue:
    """Read SignedInfo as octets, and SignatureValue, which is empty where it is malformed.

    Raises: InputError SIG.STRUCTURE, SIG.C14N, CRYPTO.*.
    """
    require_children(
        signature, (names.SIGNED_INFO, names.SIGNATURE_VALUE, names.KEY_INFO, names.OBJECT), first=2
    )
    signed_info = only(signature, names.SIGNED_INFO)
    require_children(
        signed_info,
        (names.CANONICALIZATION_METHOD, names.SIGNATURE_METHOD, names.REFERENCE),
        first=2,
    )
    method_element = only(signed_info, names.CANONICALIZATION_METHOD)
    method = c14n_of(method_element)
    if method is None:
        raise InputError("SIG.C14N", where=locate(method_element))
    value = only(signature, names.SIGNATURE_VALUE)
    signature_method = only(signed_info, names.SIGNATURE_METHOD)
    return SignedValue(
        algorithm_uri=algorithm_of(signature_method),
        pss=pss_parameters(signature_method),
        signed_info_octets=canonicalize(
            signed_info, method, inclusive_prefixes=inclusive_prefixes(method_element)
        ),
        value=parts.read(octets_of, value, otherwise=b""),
        value_id=value.get("Id"),
    )


def unreadable(
    signature: Element, slot: Slot | None, *, findings: tuple[Finding, ...]
) -> ParsedSignature:
    """Return a signature of which nothing is known but why, and the Id of its value: a link to it
    is one whether or not it can be read.
    """
    values = tuple(signature.iterchildren(names.SIGNATURE_VALUE))
    return ParsedSignature(
        identifier=signature.get("Id"),
        where=locate(signature),
        slot=slot,
        family=Family.XMLDSIG,
        value_id=values[0].get("Id") if len(values) == 1 else None,
        findings=findings,
    )
