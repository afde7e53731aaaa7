"""The structural demands of XAdES-BES and of XAdES baseline level B that EU DSS counts when it
names a level.

What may stand once, what must stand, and that each referenced object is described. Departures say
nothing about validity.
Spec: EN 319 132-1, 6.3.
"""

from typing import Final

from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.properties import namespace_of
from hocba_sign.xml.tree import Element

MIN_REFERENCES: Final = 2
"""The data and the signed properties."""

_ONCE: Final = (
    ("SignerRole", "SignerRoleV2"),
    ("SignatureProductionPlace", "SignatureProductionPlaceV2"),
    ("SignaturePolicyIdentifier",),
)
_TOLD: Final = ("Description", "ObjectIdentifier", "MimeType")
_UNDESCRIBED: Final = frozenset(
    {*names.TYPES_SIGNED_PROPERTIES, names.TYPE_COUNTERSIGNED, names.TYPE_MANIFEST}
)


def is_extended(signature: Element, signed_properties: Element) -> bool:
    """Return whether the structure of a signature is that of XAdES-BES.

    Spec: EN 319 132-1, 5.2.4.
    """
    if _count(signed_properties, "SigningTime") > 1 or any(
        _count(signed_properties, *group) > 1 for group in _ONCE[:2]
    ):
        return False
    bound = _count(signed_properties, "SigningCertificate", "SigningCertificateV2")
    signed = {reference.get("URI") for reference in _references(signature)}
    is_key_signed = any(
        f"#{element.get('Id')}" in signed for element in signature.iterchildren(names.KEY_INFO)
    )
    return (bound == 1 or (bound == 0 and is_key_signed)) and all(
        _is_format(data_format, signature) for data_format in _formats(signed_properties)
    )


def is_baseline(signature: Element, signed_properties: Element) -> bool:
    """Return whether the structure of a signature is that of XAdES-BASELINE-B; whose certificate
    stands in KeyInfo is not looked at.
    """
    references = _references(signature)
    if signature.find(names.KEY_INFO) is None or len(references) < MIN_REFERENCES:
        return False
    if any(
        sum(1 for _ in reference.iterchildren(names.TRANSFORMS)) > 1 for reference in references
    ):
        return False
    bound = _count(signed_properties, "SigningCertificate", "SigningCertificateV2")
    if (
        _count(signed_properties, "SigningTime") != 1
        or bound != 1
        or any(_count(signed_properties, *group) > 1 for group in _ONCE)
    ):
        return False
    namespace = namespace_of(signed_properties)
    if any(
        element.get("URI") is not None
        for element in signed_properties.iter(names.qualified(namespace, "Cert"))
    ):
        return False
    if any(
        sum(1 for _ in data_format.iterchildren(names.qualified(namespace, "MimeType"))) != 1
        for data_format in _formats(signed_properties)
    ):
        return False
    return _is_described(signature, signed_properties)


def _references(signature: Element) -> list[Element]:
    return signature.findall(f"{names.SIGNED_INFO}/{names.REFERENCE}")


def _count(signed_properties: Element, *local: str) -> int:
    namespace = namespace_of(signed_properties)
    general = signed_properties.iterchildren(
        names.qualified(namespace, "SignedSignatureProperties")
    )
    return sum(
        1
        for holder in general
        for _ in holder.iterchildren(*(names.qualified(namespace, name) for name in local))
    )


def _formats(signed_properties: Element) -> list[Element]:
    namespace = namespace_of(signed_properties)
    holders = ("SignedDataObjectProperties", "DataObjectFormat")
    return signed_properties.findall("/".join(names.qualified(namespace, name) for name in holders))


def _is_format(described: Element, signature: Element) -> bool:
    """Return whether a DataObjectFormat says something, of a reference of this signature, and no
    other than its ds:Object says itself.
    """
    namespace = namespace_of(described)
    told = {
        name: described.findall(names.qualified(namespace, name)) for name in (*_TOLD, "Encoding")
    }
    identifier = described.get("ObjectReference", "")
    if not any(len(told[name]) == 1 for name in _TOLD) or not identifier.startswith("#"):
        return False
    manifests = f"{names.OBJECT}/{names.MANIFEST}/{names.REFERENCE}"
    references = (*_references(signature), *signature.iterfind(manifests))
    meant = next(
        (reference for reference in references if reference.get("Id") == identifier[1:]), None
    )
    if meant is None:
        return False
    target = (meant.get("URI") or "").removeprefix("#")
    holder = next(
        (
            element
            for element in signature.iterchildren(names.OBJECT)
            if target and element.get("Id") == target
        ),
        None,
    )
    said = (
        ()
        if holder is None
        else (
            (told["MimeType"], holder.get("MimeType")),
            (told["Encoding"], holder.get("Encoding")),
        )
    )
    return not any(elements and value and elements[0].text != value for elements, value in said)


def _is_described(signature: Element, signed_properties: Element) -> bool:
    told = {
        data_format.get("ObjectReference", "").removeprefix("#")
        for data_format in _formats(signed_properties)
    }
    tags = (names.KEY_INFO, f"{names.OBJECT}/{names.SIGNATURE_PROPERTIES}")
    own = {
        f"#{element.get('Id')}"
        for tag in tags
        for element in signature.iterfind(tag)
        if element.get("Id")
    }
    properties = f"#{signed_properties.get('Id')}"
    for reference in _references(signature):
        uri = reference.get("URI") or ""
        is_other = (
            uri in own
            or uri == properties
            or (uri.startswith("#") and reference.get("Type") in _UNDESCRIBED)
        )
        can_be_told = reference.get("Id") or reference.get("Type") == names.TYPE_OBJECT
        if can_be_told and reference.get("Id") not in told and not is_other:
            return False
    return True
