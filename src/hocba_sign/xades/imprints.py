"""Which octets a time-stamp covers, as EN 319 132-1 defines them for each kind.

One reading serves writer and verifier: the writer asks for the octets of a time-stamp that does not exist yet,
which covers every unsigned property so far.
"""

from collections.abc import Iterable, Iterator

from hocba_sign.errors import InputError
from hocba_sign.xades import names
from hocba_sign.xades.references import Method, Resolver, reference_octets
from hocba_sign.xml.c14n import canonicalize
from hocba_sign.xml.parse import Element, locate


def signature_value_octets(signature: Element, method: Method) -> bytes:
    """Give what a signature time-stamp covers: the ds:SignatureValue element.

    Spec: EN 319 132-1, 5.3.
    """
    value = signature.find(names.SIGNATURE_VALUE)
    if value is None:
        raise InputError("SIG.STRUCTURE", where=locate(signature))
    return _canonical(value, method)


def archive_octets(signature: Element, method: Method, *, resolver: Resolver, before: Element | None) -> bytes:
    """Give what an archive time-stamp (1.4.1, not distributed) covers.

    1. every reference, transformed; 2. SignedInfo; 3. SignatureValue; 4. KeyInfo; 5. the unsigned properties that stand before
    the time-stamp `before`, all of them with None; 6. every ds:Object but the one with the QualifyingProperties.
    Raises: InputError `SIG.TARGET_MISSING` and others when a reference cannot be dereferenced.
    Spec: EN 319 132-1, 5.5.2.2.
    """
    return b"".join(_archive_parts(signature, method, resolver=resolver, before=before))


def _archive_parts(signature: Element, method: Method, *, resolver: Resolver, before: Element | None) -> Iterator[bytes]:
    signed_info = signature.find(names.SIGNED_INFO)
    if signed_info is None:
        raise InputError("SIG.STRUCTURE", where=locate(signature))
    # (1)
    for reference in signed_info.iterchildren(names.REFERENCE):
        yield reference_octets(reference, resolver, default=method)
    # (2)
    yield _canonical(signed_info, method)
    # (3)
    yield signature_value_octets(signature, method)
    # (4)
    key_info = signature.find(names.KEY_INFO)
    if key_info is not None:
        yield _canonical(key_info, method)
    # (5)
    for element in properties_before(signature, before):
        yield _canonical(element, method)
    # (6)
    for holder in signature.iterchildren(names.OBJECT):
        if holder.find(names.QUALIFYING_PROPERTIES) is None:
            yield _canonical(holder, method)


def properties_before(signature: Element, before: Element | None) -> Iterable[Element]:
    """Give the unsigned signature properties that stand before `before`, in document order."""
    holder = signature.find(names.UNSIGNED_PATH)
    for element in () if holder is None else holder.iterchildren("*"):
        if element is before:
            return
        yield element


def _canonical(element: Element, method: Method) -> bytes:
    return canonicalize(element, method.algorithm, inclusive_prefixes=method.prefixes)
