"""The qualifying properties of a signature, in any of the XAdES namespaces.

Spec: EN 319 132-1, 5; TS 101 903 V1.1.1, V1.2.2 and V1.4.2 for the earlier namespaces.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import islice
from typing import Final

from hocba_sign.ades.structure import (
    CertificateBinding,
    ProductionPlace,
    SignaturePolicy,
    SignedProperties,
)
from hocba_sign.crypto.digests import digest, digest_algorithm
from hocba_sign.errors import InputError
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import (
    Parts,
    algorithm_of,
    descend,
    local_moment_of,
    malformed,
    moment_of,
    octets_of,
    only,
    optional,
    text_of,
)
from hocba_sign.xml.namespaces import XADES, XADES141
from hocba_sign.xml.tree import Element

LOCAL: Final = timezone(timedelta(hours=7))
"""The zone of a time without one: Vietnam's."""
MAX_CLAIMS: Final = 50
"""Certificates, roles or commitments of one signature that are told; signers write one or two."""

_PLACE: Final = {
    "City": "city",
    "StreetAddress": "street",
    "StateOrProvince": "state",
    "PostalCode": "postal_code",
    "CountryName": "country",
}


def qualifying_properties(signature: Element) -> tuple[Element, ...]:
    """Return every QualifyingProperties that is a child of a ds:Object of this signature, whatever
    its version.
    """
    tags = tuple(
        names.qualified(namespace, "QualifyingProperties") for namespace in names.XADES_VERSIONS
    )
    return tuple(
        element
        for holder in signature.iterchildren(names.OBJECT)
        for element in holder.iterchildren(*tags)
    )


def namespace_of(element: Element) -> str:
    """Return the namespace of the version that the properties are written in."""
    return str(element.tag)[1:].partition("}")[0]


def unsigned_properties(qualifying: Element) -> Element | None:
    """Return UnsignedSignatureProperties."""
    namespace = namespace_of(qualifying)
    return descend(
        qualifying,
        names.qualified(namespace, "UnsignedProperties"),
        names.qualified(namespace, "UnsignedSignatureProperties"),
    )


def read_signed_properties(
    element: Element, detached: Mapping[str, bytes], *, unsigned: Element | None, parts: Parts
) -> SignedProperties:
    """Read SignedProperties.

    `detached` and a SignaturePolicyStore in `unsigned` may hold the document of the policy.

    Raises: InputError SIG.STRUCTURE.
    """
    namespace = namespace_of(element)
    general = only(element, names.qualified(namespace, "SignedSignatureProperties"))
    time_element = optional(general, names.qualified(namespace, "SigningTime"))
    time_text = None if time_element is None else parts.read(text_of, time_element, otherwise=None)
    data = optional(element, names.qualified(namespace, "SignedDataObjectProperties"))
    return SignedProperties(
        identifier=element.get("Id"),
        signing_time=None if time_text is None else claimed_moment(time_text),
        signing_time_text=time_text,
        certificates=read_bindings(general, parts=parts),
        claimed_roles=parts.read(_claimed_roles, general, otherwise=()),
        commitments=() if data is None else parts.read(_commitments, data, otherwise=()),
        described_references=frozenset()
        if data is None
        else parts.read(described, data, otherwise=frozenset()),
        certified_roles=tuple(_certified_roles(general, namespace)),
        place=parts.read(_place, general, otherwise=None),
        policy=parts.read(
            partial(_policy, detached=detached, unsigned=unsigned), general, otherwise=None
        ),
    )


def claimed_moment(text: str) -> datetime | None:
    """Read an xs:dateTime as UTC, one without a zone as the time in Vietnam; None for any other
    text.
    """
    return moment_of(text) or local_moment_of(text, LOCAL)


_VERSIONS: Final = ("SigningCertificate", "SigningCertificateV2")


def read_bindings(
    general: Element, *, parts: Parts, forms: tuple[str, ...] = _VERSIONS
) -> tuple[CertificateBinding, ...]:
    """Read the given `forms` of SigningCertificate in SignedSignatureProperties, in document order;
    what is malformed binds nothing.
    """
    namespace = namespace_of(general)
    holders = general.iterchildren(*(names.qualified(namespace, name) for name in forms))
    certs = (
        cert
        for holder in holders
        for cert in holder.iterchildren(names.qualified(namespace, "Cert"))
    )
    return tuple(_binding(cert, parts) for cert in islice(certs, MAX_CLAIMS))


def _binding(cert: Element, parts: Parts) -> CertificateBinding:
    namespace = namespace_of(cert)
    digest_uri, digest_value = parts.read(_cert_digest, cert, otherwise=("", b""))
    serial = optional(cert, names.qualified(namespace, "IssuerSerialV2"))
    first = optional(cert, names.qualified(namespace, "IssuerSerial"))
    unknown: tuple[str | None, str | None] = (None, None)
    issuer_name, serial_number = (
        unknown if first is None else parts.read(_issuer_serial, first, otherwise=unknown)
    )
    return CertificateBinding(
        digest_uri=digest_uri,
        digest_value=digest_value,
        issuer_serial_der=None if serial is None else parts.read(octets_of, serial, otherwise=None),
        issuer_name=issuer_name,
        serial_number=serial_number,
    )


def _cert_digest(cert: Element) -> tuple[str, bytes]:
    """Return algorithm and value of the digest; version 1.1.1 has elements of its own for them."""
    namespace = namespace_of(cert)
    holder = only(cert, names.qualified(namespace, "CertDigest"))
    method = _either(holder, (names.DIGEST_METHOD, names.qualified(namespace, "DigestMethod")))
    value = _either(holder, (names.DIGEST_VALUE, names.qualified(namespace, "DigestValue")))
    return algorithm_of(method), octets_of(value)


def _issuer_serial(holder: Element) -> tuple[str | None, str | None]:
    return text_of(only(holder, names.X509_ISSUER_NAME)), text_of(
        only(holder, names.X509_SERIAL_NUMBER)
    )


def _either(parent: Element, tags: tuple[str, str]) -> Element:
    found = tuple(parent.iterchildren(*tags))
    if len(found) != 1:
        raise malformed(parent)
    return found[0]


def _roles(general: Element, namespace: str) -> Iterator[Element]:
    return general.iterchildren(
        *(names.qualified(namespace, name) for name in ("SignerRole", "SignerRoleV2"))
    )


def _claimed_roles(general: Element) -> tuple[str, ...]:
    namespace = namespace_of(general)
    found = (
        optional(holder, names.qualified(namespace, "ClaimedRoles"))
        for holder in _roles(general, namespace)
    )
    roles = (
        claimed.iterchildren(names.qualified(namespace, "ClaimedRole"))
        for claimed in found
        if claimed is not None
    )
    return tuple(text for many in roles for text in _texts(islice(many, MAX_CLAIMS)))


def _certified_roles(general: Element, namespace: str) -> Iterator[str]:
    """Yield what kind of certificate each certified role is; they are not verified."""
    for holder in _roles(general, namespace):
        for certified in holder.iterchildren(
            *(names.qualified(namespace, name) for name in ("CertifiedRoles", "CertifiedRolesV2"))
        ):
            for role in islice(certified.iterchildren("*"), MAX_CLAIMS):
                kind = next(role.iterchildren("*"), None)
                yield (str(role.tag) if kind is None else str(kind.tag)).rpartition("}")[2][:60]


def _texts(elements: Iterable[Element]) -> Iterator[str]:
    """Return the texts of claims; one that holds markup instead says nothing readable."""
    return (element.text or "" for element in elements if not len(element))


def _commitments(data: Element) -> tuple[str, ...]:
    namespace = namespace_of(data)
    indications = islice(
        data.iterchildren(names.qualified(namespace, "CommitmentTypeIndication")), MAX_CLAIMS
    )
    path = (
        names.qualified(namespace, "CommitmentTypeId"),
        names.qualified(namespace, "Identifier"),
    )
    found = (descend(indication, *path) for indication in indications)
    return tuple(text_of(identifier) for identifier in found if identifier is not None)


def described(data: Element) -> frozenset[str]:
    """Return the Ids of the references that a DataObjectFormat with a MimeType describes."""
    namespace = namespace_of(data)
    formats = data.iterchildren(names.qualified(namespace, "DataObjectFormat"))
    found = (
        form.get("ObjectReference", "")
        for form in formats
        if optional(form, names.qualified(namespace, "MimeType")) is not None
    )
    return frozenset(reference.removeprefix("#") for reference in found)


def _place(general: Element) -> ProductionPlace | None:
    namespace = namespace_of(general)
    tags = (
        names.qualified(namespace, name)
        for name in ("SignatureProductionPlace", "SignatureProductionPlaceV2")
    )
    holder = next(general.iterchildren(*tags), None)
    if holder is None:
        return None
    said = {
        field: optional(holder, names.qualified(namespace, name)) for name, field in _PLACE.items()
    }
    return ProductionPlace(
        **{field: text_of(element) for field, element in said.items() if element is not None}
    )


def _policy(
    general: Element, *, detached: Mapping[str, bytes], unsigned: Element | None
) -> SignaturePolicy | None:
    """Read SignaturePolicyIdentifier and compare the policy's document, where it is at hand, with
    the signed digest.

    Spec: EN 319 132-1, 5.2.9 and 5.2.10.
    """
    namespace = namespace_of(general)
    holder = optional(general, names.qualified(namespace, "SignaturePolicyIdentifier"))
    if holder is None:
        return None
    stated = optional(holder, names.qualified(namespace, "SignaturePolicyId"))
    if stated is None:
        return SignaturePolicy(identifier=None)
    identifier = descend(
        stated, names.qualified(namespace, "SigPolicyId"), names.qualified(namespace, "Identifier")
    )
    if identifier is None:
        raise malformed(stated)
    text = text_of(identifier).strip()
    addresses = tuple(_addresses(stated, namespace))
    document = next((detached[name] for name in (text, *addresses) if name in detached), None)
    if document is None:
        document = _stored_policy(unsigned)
    transformed = optional(stated, names.TRANSFORMS) is not None
    matched = (
        None
        if document is None or transformed
        else _is_policy(document, only(stated, names.qualified(namespace, "SigPolicyHash")))
    )
    return SignaturePolicy(identifier=text, addresses=addresses, is_matched=matched)


def _addresses(stated: Element, namespace: str) -> Iterator[str]:
    wanted = (names.qualified(namespace, "SPURI"), names.qualified(XADES141, "SPDocSpecification"))
    for element in islice(stated.iter(*wanted), MAX_CLAIMS):
        holder = (
            element
            if element.tag == wanted[0]
            else optional(element, names.qualified(XADES, "Identifier"))
        )
        if holder is not None:
            yield text_of(holder).strip()


def _stored_policy(unsigned: Element | None) -> bytes | None:
    if unsigned is None:
        return None
    store = optional(unsigned, names.qualified(XADES141, "SignaturePolicyStore"))
    document = (
        None
        if store is None
        else optional(store, names.qualified(XADES141, "SignaturePolicyDocument"))
    )
    return None if document is None else octets_of(document)


def _is_policy(document: bytes, hashed: Element) -> bool:
    try:
        algorithm = digest_algorithm(algorithm_of(only(hashed, names.DIGEST_METHOD)))
    except InputError:
        return False
    return digest(algorithm, document) == octets_of(only(hashed, names.DIGEST_VALUE))
