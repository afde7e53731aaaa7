"""What other programs write around a signature's properties, and what is to be said of it."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from hocba_sign.ades.structure import (
    SignedProperties,
)
from hocba_sign.crypto.digests import MD5, SHA1
from hocba_sign.errors import Finding
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.elements import (
    moment_of,
)
from hocba_sign.xades.syntax.properties import (
    namespace_of,
)
from hocba_sign.xml.tree import Element, locate

MAX_UNSIGNED: Final = 200
"""Unsigned properties of one signature whose names are kept."""


def master_of(element: Element) -> Element | None:
    """Return the signature that `element` counter-signs by where it stands."""
    path = [*element.iterancestors()][:6]
    if len(path) < 6 or path[5].tag != names.SIGNATURE:
        return None
    namespace = namespace_of(path[0])
    steps = (
        "CounterSignature",
        "UnsignedSignatureProperties",
        "UnsignedProperties",
        "QualifyingProperties",
    )
    is_counter = namespace in names.XADES_VERSIONS and [ancestor.tag for ancestor in path[:4]] == [
        names.qualified(namespace, step) for step in steps
    ]
    return path[5] if is_counter and path[4].tag == names.OBJECT else None


def name_of(signature: Element) -> str:
    return signature.get("Id") or locate(signature)


def unexpected_child(qualifying: Element) -> Element | None:
    """Return the first element in QualifyingProperties that is none of theirs: signed data moved
    there would be seen by nobody.
    """
    own = {
        names.qualified(namespace_of(qualifying), name)
        for name in ("SignedProperties", "UnsignedProperties")
    }
    return next((child for child in qualifying.iterchildren("*") if child.tag not in own), None)


def strays(element: Element, placed: tuple[Element | None, ...]) -> Iterator[tuple[str, Element]]:
    """Yield the first properties of each kind that stand twice, in a wrong place or
    somewhere else.
    """
    for namespace in names.XADES_VERSIONS:
        for tag, cause in _PLACED.items():
            for found in element.iter(names.qualified(namespace, tag)):
                if next(found.iterancestors(names.SIGNATURE), None) is element and not any(
                    found is property_ for property_ in placed
                ):
                    yield cause, found
                    break


_PLACED: Final = {
    "QualifyingProperties": "SIG.QUALIFYING_PROPERTIES",
    "SignedProperties": "SIG.SIGNED_PROPERTIES",
    "QualifyingPropertiesReference": "SIG.PROPERTIES_ELSEWHERE",
}


def about_claims(
    properties: SignedProperties | None, where: str
) -> tuple[list[Finding], list[Finding]]:
    """Return what the claims of the signed properties lack, and what is only odd about them."""
    findings: list[Finding] = []
    warnings: list[Finding] = []
    if properties is None:
        return [Finding("SIG.PLAIN", where)], warnings
    for binding in properties.certificates:
        if binding.digest_uri == MD5.uri:
            findings.append(Finding("CRYPTO.NOT_ACCEPTABLE", f"{MD5.name} (SigningCertificate)"))
        elif binding.digest_uri == SHA1.uri:
            warnings.append(Finding("SIG.BINDING_DIGEST", where))
    text = properties.signing_time_text
    if properties.signing_time is None:
        findings.append(Finding("SIG.SIGNING_TIME", where))
    elif text is not None and moment_of(text) is None:
        warnings.append(Finding("SIG.TIME_ZONE", where))
    policy = properties.policy
    if policy is not None and policy.identifier is not None and policy.is_matched is None:
        warnings.append(Finding("SIG.POLICY_NOT_AVAILABLE", where))
    if policy is not None and policy.is_matched is False:
        findings.append(Finding("SIG.POLICY_MISMATCH", where))
    return findings, warnings


def unsigned_properties_of(unsigned: Element) -> tuple[str, ...]:
    """Name the unsigned properties; those of 1.4.1 that have a namesake carry its version."""
    found = (str(element.tag).rpartition("}") for element in unsigned.iterchildren("*"))
    tags = (
        local if not head.endswith("v1.4.1#") or local != "ArchiveTimeStamp" else f"{local}141"
        for head, _, local in found
    )
    return tuple(islice(dict.fromkeys(tags), MAX_UNSIGNED))
