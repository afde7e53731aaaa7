"""The octets that a seal signs, rebuilt from the digests in them.

A seal that this library made has one form of ds:SignedInfo in which only the signature algorithm
and four digests vary. Spec: docs/adr/0017-extract.md; XML Signature 1.1, Exclusive XML
Canonicalization 1.0.
"""

import base64
import hashlib
from types import MappingProxyType
from typing import Final

from hocba_sign.crypto.algorithms import SignatureAlgorithm, signature_algorithm_named
from hocba_sign.crypto.digests import SHA256
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xml.namespaces import DS, HOCBA

EXTRACT_TYPE: Final = "urn:hocba:extract:1"
EXTRACT_ID: Final = "ck-KY_PHAT_HANH-extract"
_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_COUNTERSIGNED: Final = "http://uri.etsi.org/01903#CountersignedSignature"
_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"

TEMPLATES: Final = MappingProxyType(
    {
        number: signature_algorithm_named(name)
        for number, name in enumerate(
            (
                "rsa-sha256",
                "rsa-pss-sha256",
                "ecdsa-sha256",
                "ecdsa-sha384",
                "ecdsa-sha512",
                "ed25519",
                "ed448",
                "rsa-sha384",
                "rsa-sha512",
                "rsa-pss-sha384",
                "rsa-pss-sha512",
            ),
            1,
        )
    }
)
"""The forms by number, each with its signature algorithm; a number is never used for another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealDigests:
    """SHA-256 of what a seal covers beside the extract: the data, the principal's SignatureValue,
    its own properties.
    """

    data: bytes
    principal: bytes
    properties: bytes


def extract_object(leaves: int, root: bytes) -> bytes:
    """Return the canonical octets of the ds:Object that holds the root."""
    return (
        f'<ds:Object xmlns:ds="{DS}" Id="{EXTRACT_ID}">'
        f'<hocba:Extract xmlns:hocba="{HOCBA}" Leaves="{leaves}" Root="{_base64(root)}">'
        f"</hocba:Extract></ds:Object>"
    ).encode()


def signed_info(
    algorithm: SignatureAlgorithm, digests: SealDigests, *, leaves: int, root: bytes
) -> bytes:
    """Return the canonical octets of the seal's ds:SignedInfo."""
    extract = hashlib.sha256(extract_object(leaves, root)).digest()
    references = (
        ('Id="ck-KY_PHAT_HANH-ref-1" URI="#data"', digests.data),
        (
            f'Id="ck-KY_PHAT_HANH-ref-2" Type="{_COUNTERSIGNED}" URI="#ck-CBQL-value"',
            digests.principal,
        ),
        (f'Id="ck-KY_PHAT_HANH-ref-3" Type="{EXTRACT_TYPE}" URI="#{EXTRACT_ID}"', extract),
        (f'Type="{_PROPERTIES}" URI="#ck-KY_PHAT_HANH-props"', digests.properties),
    )
    parts = "".join(
        f"<ds:Reference {attributes}><ds:Transforms>{_algorithm('Transform', _EXCLUSIVE)}"
        f"</ds:Transforms>{_algorithm('DigestMethod', SHA256.uri)}"
        f"<ds:DigestValue>{_base64(digest)}</ds:DigestValue></ds:Reference>"
        for attributes, digest in references
    )
    return (
        f'<ds:SignedInfo xmlns:ds="{DS}">'
        f"{_algorithm('CanonicalizationMethod', _EXCLUSIVE)}"
        f"{_algorithm('SignatureMethod', algorithm.uri or '')}{parts}</ds:SignedInfo>"
    ).encode()


def _algorithm(name: str, uri: str) -> str:
    return f'<ds:{name} Algorithm="{uri}"></ds:{name}>'


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
