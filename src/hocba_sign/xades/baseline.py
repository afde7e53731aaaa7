"""The structural demands of XAdES baseline level B that EU DSS counts when it names a level.

What may stand once, what must stand, and that each referenced object is described. Departures say nothing about validity.
Spec: EN 319 132-1, 6.3.
"""

from typing import Final

from hocba_sign.xades import names
from hocba_sign.xades.properties import described, namespace_of
from hocba_sign.xml.parse import Element

MIN_REFERENCES: Final = 2
"""The data and the signed properties."""

_ONCE: Final = (
    ("SignerRole", "SignerRoleV2"),
    ("SignatureProductionPlace", "SignatureProductionPlaceV2"),
    ("SignaturePolicyIdentifier",),
)
_UNDESCRIBED: Final = frozenset({*names.TYPES_SIGNED_PROPERTIES, names.TYPE_COUNTERSIGNED, names.TYPE_MANIFEST})


def is_baseline(signature: Element, signed_properties: Element) -> bool:
    """Tell whether the structure of a signature is that of XAdES-BASELINE-B; whose certificate stands in KeyInfo is not looked at."""
    namespace = namespace_of(signed_properties)
    general = signed_properties.find(names.qualified(namespace, "SignedSignatureProperties"))
    references = signature.findall(f"{names.SIGNED_INFO}/{names.REFERENCE}")
    if general is None or signature.find(names.KEY_INFO) is None or len(references) < MIN_REFERENCES:
        return False

    def count(*local: str) -> int:
        return sum(1 for _ in general.iterchildren(*(names.qualified(namespace, name) for name in local)))

    if count("SigningTime") != 1 or count("SigningCertificate", "SigningCertificateV2") != 1 or any(count(*group) > 1 for group in _ONCE):
        return False
    path = f"{names.qualified(namespace, 'SigningCertificateV2')}/{names.qualified(namespace, 'Cert')}"
    if not any(reference.get("Type") in names.TYPES_SIGNED_PROPERTIES for reference in references):
        return False
    if any(cert.get("URI") is not None for cert in general.iterfind(path)):
        return False
    return _is_described(signature, signed_properties, references)


def _is_described(signature: Element, signed_properties: Element, references: list[Element]) -> bool:
    namespace = namespace_of(signed_properties)
    data = signed_properties.find(names.qualified(namespace, "SignedDataObjectProperties"))
    told = frozenset() if data is None else described(data, namespace)
    tags = (names.KEY_INFO, f"{names.OBJECT}/{names.SIGNATURE_PROPERTIES}")
    own = {f"#{element.get('Id')}" for tag in tags for element in signature.iterfind(tag) if element.get("Id")}
    identified = (reference for reference in references if reference.get("Id"))
    return all(
        reference.get("Id") in told or reference.get("Type") in _UNDESCRIBED or reference.get("URI") in own for reference in identified
    )
