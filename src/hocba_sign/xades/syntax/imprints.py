"""Which octets a time-stamp covers, as EN 319 132-1 defines them for each kind.

One reading serves writer and verifier: the writer asks for the octets of a time-stamp that does not
exist yet, which covers every unsigned property so far.
"""

from collections.abc import Iterable, Iterator

from hocba_sign.errors import InputError
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import Method
from hocba_sign.xades.syntax.properties import namespace_of, qualifying_properties
from hocba_sign.xades.syntax.resolver import Resolver
from hocba_sign.xml.namespaces import XADES141
from hocba_sign.xml.tree import Element, locate


def signature_value_octets(signature: Element, method: Method, *, resolver: Resolver) -> bytes:
    """Return what a signature time-stamp covers: the ds:SignatureValue element.

    Spec: EN 319 132-1, 5.3.
    """
    value = signature.find(names.SIGNATURE_VALUE)
    if value is None:
        raise InputError("SIG.STRUCTURE", where=locate(signature))
    return resolver.parts.octets(value, method)


def archive_parts(
    signature: Element, method: Method, *, resolver: Resolver, before: Element | None
) -> Iterator[bytes]:
    """Yield what an archive time-stamp (not distributed) covers: one of 1.4.1 unless `before` is of
    an earlier version.

    1. every reference, transformed;
    2. SignedInfo;
    3. SignatureValue;
    4. KeyInfo;
    5. the unsigned properties that stand before the time-stamp `before`, all of them with None;
    6. every ds:Object but the one with the QualifyingProperties, in earlier versions those that no
       reference names.
    Raises: InputError `SIG.TARGET_MISSING` and others when a reference cannot be dereferenced.
    Spec: EN 319 132-1, 5.5.2.2.
    """
    signed_info = signature.find(names.SIGNED_INFO)
    if signed_info is None:
        raise InputError("SIG.STRUCTURE", where=locate(signature))
    # (1) references, transformed
    for reference in signed_info.iterchildren(names.REFERENCE):
        yield resolver.reference_octets(reference, default=method)
    # (2) SignedInfo
    yield resolver.parts.octets(signed_info, method)
    # (3) SignatureValue
    yield signature_value_octets(signature, method, resolver=resolver)
    # (4) KeyInfo
    key_info = signature.find(names.KEY_INFO)
    if key_info is not None:
        yield resolver.parts.octets(key_info, method)
    # (5) unsigned properties before the time-stamp
    for element in properties_before(signature, before):
        yield resolver.parts.octets(element, method)
    # (6) ds:Object elements
    holders = {element.getparent() for element in qualifying_properties(signature)}
    is_earlier = before is not None and namespace_of(before) != XADES141
    named = (
        {reference.get("URI") for reference in signed_info.iterchildren(names.REFERENCE)}
        if is_earlier
        else set()
    )
    for holder in signature.iterchildren(names.OBJECT):
        if holder not in holders and f"#{holder.get('Id')}" not in named:
            yield resolver.parts.octets(holder, method)


def content_parts(
    signature: Element, method: Method, *, resolver: Resolver, stamp: Element
) -> Iterator[bytes]:
    """Return what a time-stamp on content covers: all data objects that the signature references,
    or those that its Includes name.

    Raises: InputError `SIG.TIME_STAMP_INCLUDE` for an Include of anything else, and as
    `archive_parts`.
    Spec: EN 319 132-1, 5.2.8.
    """
    references = tuple(signature.iterfind(f"{names.SIGNED_INFO}/{names.REFERENCE}"))
    wanted = tuple(
        reference
        for reference in references
        if reference.get("Type") not in names.TYPES_SIGNED_PROPERTIES
    )
    if str(stamp.tag).endswith("}IndividualDataObjectsTimeStamp"):
        by_id = {
            f"#{reference.get('Id')}": reference
            for reference in references
            if reference.get("Id") is not None
        }
        included = tuple(stamp.iterchildren(names.qualified(namespace_of(stamp), "Include")))
        wanted = tuple(
            by_id[uri] for uri in (include.get("URI", "") for include in included) if uri in by_id
        )
        if (
            not wanted
            or len(wanted) != len(included)
            or any(include.get("referencedData") not in {"true", "1"} for include in included)
        ):
            raise InputError("SIG.TIME_STAMP_INCLUDE", where=locate(stamp))
    return (resolver.reference_octets(reference, default=method) for reference in wanted)


def refs_parts(
    signature: Element, method: Method, *, resolver: Resolver, stamp: Element
) -> Iterator[bytes]:
    """Yield what a time-stamp on references to validation data covers: those that stand before it.

    One of the SigAndRefs forms covers the value and its time-stamps too.
    Spec: EN 319 132-1, 5.5.1; the V1 forms count the V1 elements, the V2 forms the V2 elements.
    """
    name = str(stamp.tag).rpartition("}")[2]
    version = "V2" if name.endswith("V2") else ""
    wanted = {
        f"CompleteCertificateRefs{version}",
        "CompleteRevocationRefs",
        f"AttributeCertificateRefs{version}",
        "AttributeRevocationRefs",
    }
    has_value = name.startswith("SigAndRefs")
    if has_value:
        wanted.add("SignatureTimeStamp")
    parts = (
        element
        for element in properties_before(signature, stamp)
        if str(element.tag).rpartition("}")[2] in wanted
    )
    if has_value:
        yield signature_value_octets(signature, method, resolver=resolver)
    for part in parts:
        yield resolver.parts.octets(part, method)


def properties_before(signature: Element, before: Element | None) -> Iterable[Element]:
    """Return the unsigned signature properties that stand before `before`, in document order."""
    holder = signature.find(names.UNSIGNED_PATH) if before is None else before.getparent()
    for element in () if holder is None else holder.iterchildren("*"):
        if element is before:
            return
        yield element
