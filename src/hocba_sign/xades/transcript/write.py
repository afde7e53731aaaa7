"""From a description to a ds:Signature: digests computed in place, the value left empty.

The element is built inside the tree of the document, so that canonicalization sees the namespaces
it will have, and leaves it as canonical octets to be inserted by byte position: the document itself
is never serialised again.
"""

import base64
from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from hocba_sign.ades.structure import SealedRoot
from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.digests import DigestAlgorithm, digest
from hocba_sign.errors import CallerError
from hocba_sign.extract.seal_octets import EXTRACT_ID, EXTRACT_TYPE
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.xades.syntax import names
from hocba_sign.xades.transcript.extract_place import EXTRACT
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.namespaces import DS, HOCBA, XADES
from hocba_sign.xml.node_set import Subtrees
from hocba_sign.xml.tree import Element

_EXCLUSIVE = C14nAlgorithm.EXCLUSIVE
_EMPTY_VALUE = b"</ds:SignatureValue>"
WHOLE = ""
"""In place of an Id: all but the signature itself (XML Signature 1.1, 4.4.3.2 and 6.6.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class XadesTemplate:
    """What a signature shall say.

    `covered_ids` are Ids of data, `linked_ids` Ids of earlier ds:SignatureValues; `WHOLE` is the
        document but for this signature.
    `issuer_serial_der` is the RFC 5035 IssuerSerial of the signing certificate;
    `chain_der` all certificates to embed, the signing one first.
    `signing_time` is UTC.
    `role` is None where the signature is no step of a workflow: then it states no place either.
    `commitment` is a commitment type URI, or None;
    `city` may be None.
    `sealed_root` goes into an Object of its own, which the signature covers.
    """

    identifier: str
    algorithm: SignatureAlgorithm
    digest_algorithm: DigestAlgorithm
    covered_ids: tuple[str, ...]
    linked_ids: tuple[str, ...]
    chain_der: tuple[bytes, ...]
    issuer_serial_der: bytes
    signing_time: datetime
    role: str | None
    commitment: str | None
    city: str | None
    sealed_root: SealedRoot | None = None

    @property
    def value_id(self) -> str:
        return f"{self.identifier}-value"


def write_without_value(
    slot: Element, description: XadesTemplate, *, ids: Mapping[str, Element]
) -> tuple[bytes, bytes]:
    """Build the signature in `slot` of a parsed document, whose tree is left as it was.

    Gives the ds:Signature with an empty ds:SignatureValue, and the canonical octets of its
    ds:SignedInfo.
    Raises: CallerError `SIGN.TARGET_MISSING` when an Id to be covered is not in `ids`.
    Spec: EN 319 132-1, 6.3 (B-level requirements).
    """
    signature = etree.SubElement(
        slot, names.SIGNATURE, {"Id": description.identifier}, nsmap={"ds": DS, "xades": XADES}
    )
    try:
        signed_info = _build(signature, description, ids=ids)
        return canonicalize(signature, _EXCLUSIVE), canonicalize(signed_info, _EXCLUSIVE)
    finally:
        slot.remove(signature)


def _build(
    signature: Element, description: XadesTemplate, *, ids: Mapping[str, Element]
) -> Element:
    """Fill a ds:Signature that stands in its place, and return its ds:SignedInfo."""
    signed_info = etree.SubElement(signature, names.SIGNED_INFO)
    etree.SubElement(signature, names.SIGNATURE_VALUE, Id=description.value_id)
    _key_info(signature, description)
    properties = _properties(signature, description)
    _algorithm(signed_info, names.CANONICALIZATION_METHOD, _EXCLUSIVE.value)
    _algorithm(signed_info, names.SIGNATURE_METHOD, description.algorithm.uri or "")
    targets = (*description.covered_ids, *description.linked_ids)
    for number, identifier in enumerate(targets):
        target = ids.get(identifier)
        if target is None:
            raise CallerError("SIGN.TARGET_MISSING", where=f"#{identifier}")
        kind = names.TYPE_COUNTERSIGNED if identifier in description.linked_ids else None
        reference = _reference(
            signed_info, identifier, target=target, description=description, kind=kind
        )
        reference.set("Id", _reference_id(description, number))
    if description.sealed_root is not None:
        reference = _reference(
            signed_info,
            EXTRACT_ID,
            target=_extract(signature, description.sealed_root),
            description=description,
            kind=EXTRACT_TYPE,
        )
        reference.set("Id", _reference_id(description, len(targets)))
    _reference(
        signed_info,
        properties.get("Id", ""),
        target=properties,
        description=description,
        kind=names.TYPE_SIGNED_PROPERTIES,
    )
    return signed_info


def with_value(unsigned: bytes, value: bytes) -> bytes:
    """Put the signature value into the octets that `write_without_value` gave.

    Raises: CallerError `SIGN.STATE` when they are not such octets.
    """
    if unsigned.count(_EMPTY_VALUE) != 1 or b">" + _EMPTY_VALUE not in unsigned:
        raise CallerError("SIGN.STATE")
    return unsigned.replace(_EMPTY_VALUE, base64.b64encode(value) + _EMPTY_VALUE)


def time_stamp(token_der: bytes) -> bytes:
    """Write the UnsignedProperties that hold one signature time-stamp (EN 319 132-1, 5.3).

    The octets go in as last child of QualifyingProperties; the token's imprint is of
    `time_stamped_octets`.
    """
    return (
        f'<xades:UnsignedProperties xmlns:xades="{XADES}">'
        f"<xades:UnsignedSignatureProperties><xades:SignatureTimeStamp>"
        f'<ds:CanonicalizationMethod xmlns:ds="{DS}" '
        f'Algorithm="{_EXCLUSIVE.value}"></ds:CanonicalizationMethod>'
        f"<xades:EncapsulatedTimeStamp>{base64.b64encode(token_der).decode()}</"
        f"xades:EncapsulatedTimeStamp>"
        "</xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    ).encode()


def time_stamped_octets(signature: Element) -> bytes:
    """Return the octets whose digest a signature time-stamp of `signature` carries: its canonical
    SignatureValue.
    """
    value = signature.find(names.SIGNATURE_VALUE)
    if value is None:
        raise CallerError("SIGN.STATE")
    return canonicalize(value, _EXCLUSIVE)


def _extract(signature: Element, sealed: SealedRoot) -> Element:
    holder = etree.SubElement(signature, names.OBJECT, Id=EXTRACT_ID)
    etree.SubElement(
        holder,
        EXTRACT,
        {"Leaves": str(sealed.leaves), "Root": base64.b64encode(sealed.root).decode()},
        nsmap={"hocba": HOCBA},
    )
    return holder


def _described(description: XadesTemplate) -> int:
    """Return how many references are described as data: all but that to the properties."""
    extracts = 0 if description.sealed_root is None else 1
    return len(description.covered_ids) + len(description.linked_ids) + extracts


def _reference_id(description: XadesTemplate, number: int) -> str:
    return f"{description.identifier}-ref-{number + 1}"


def _algorithm(parent: Element, tag: str, uri: str) -> Element:
    return etree.SubElement(parent, tag, Algorithm=uri)


def _text(parent: Element, tag: str, text: str) -> Element:
    element = etree.SubElement(parent, tag)
    element.text = text
    return element


def _digest(parent: Element, algorithm: DigestAlgorithm, octets: bytes) -> None:
    _algorithm(parent, names.DIGEST_METHOD, algorithm.uri)
    _text(parent, names.DIGEST_VALUE, base64.b64encode(digest(algorithm, octets)).decode())


def _reference(
    signed_info: Element,
    identifier: str,
    *,
    target: Element,
    description: XadesTemplate,
    kind: str | None,
) -> Element:
    is_whole = identifier == WHOLE
    reference = etree.SubElement(signed_info, names.REFERENCE, URI=identifier and f"#{identifier}")
    if kind is not None:
        reference.set("Type", kind)
    transforms = etree.SubElement(reference, names.TRANSFORMS)
    if is_whole:
        _algorithm(transforms, names.TRANSFORM, names.ENVELOPED)
    _algorithm(transforms, names.TRANSFORM, _EXCLUSIVE.value)
    own = signed_info.iterancestors(names.SIGNATURE) if is_whole else ()
    others = Subtrees(switches=dict.fromkeys(own, False))
    octets = canonicalize(target, _EXCLUSIVE, subtrees=others)
    _digest(reference, description.digest_algorithm, octets)
    return reference


def _key_info(signature: Element, description: XadesTemplate) -> None:
    data = etree.SubElement(etree.SubElement(signature, names.KEY_INFO), names.X509_DATA)
    for certificate_der in description.chain_der:
        _text(data, names.X509_CERTIFICATE, base64.b64encode(certificate_der).decode())


def _properties(signature: Element, description: XadesTemplate) -> Element:
    qualifying = etree.SubElement(
        etree.SubElement(signature, names.OBJECT),
        names.QUALIFYING_PROPERTIES,
        Target=f"#{description.identifier}",
    )
    signed = etree.SubElement(
        qualifying, names.SIGNED_PROPERTIES, Id=f"{description.identifier}-props"
    )
    general = etree.SubElement(signed, names.SIGNED_SIGNATURE_PROPERTIES)
    _text(general, names.SIGNING_TIME, description.signing_time.strftime("%Y-%m-%dT%H:%M:%SZ"))
    cert = etree.SubElement(etree.SubElement(general, names.SIGNING_CERTIFICATE_V2), names.CERT)
    _digest(
        etree.SubElement(cert, names.CERT_DIGEST),
        description.digest_algorithm,
        description.chain_der[0],
    )
    _text(cert, names.ISSUER_SERIAL_V2, base64.b64encode(description.issuer_serial_der).decode())
    if description.role is not None:
        _place_and_role(general, description.city, role=description.role)
    data = etree.SubElement(signed, names.SIGNED_DATA_OBJECT_PROPERTIES)
    for number in range(_described(description)):
        form = etree.SubElement(
            data, names.DATA_OBJECT_FORMAT, ObjectReference=f"#{_reference_id(description, number)}"
        )
        _text(form, names.MIME_TYPE, "text/xml")
    if description.commitment is not None:
        indication = etree.SubElement(data, names.COMMITMENT_TYPE_INDICATION)
        _text(
            etree.SubElement(indication, names.COMMITMENT_TYPE_ID),
            names.IDENTIFIER,
            description.commitment,
        )
        etree.SubElement(indication, names.ALL_SIGNED_DATA_OBJECTS)
    return signed


def _place_and_role(general: Element, city: str | None, *, role: str) -> None:
    place = etree.SubElement(general, names.PRODUCTION_PLACE_V2)
    if city is not None:
        _text(place, names.CITY, city)
    _text(place, names.COUNTRY, "VN")
    roles = etree.SubElement(etree.SubElement(general, names.SIGNER_ROLE_V2), names.CLAIMED_ROLES)
    _text(roles, names.CLAIMED_ROLE, role)
