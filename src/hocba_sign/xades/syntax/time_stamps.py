"""The time-stamps of a signature, with the octets that their imprints must be of, and the
validation data embedded beside them.
"""

import contextlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

from hocba_sign.ades.structure import StampKind, TimeStamp
from hocba_sign.crypto import der
from hocba_sign.errors import Finding, InputError
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import Method, inclusive_prefixes
from hocba_sign.xades.syntax.elements import Parts, c14n_of, descend, octets_of, optional
from hocba_sign.xades.syntax.imprints import (
    archive_parts,
    content_parts,
    properties_before,
    refs_parts,
    signature_value_octets,
)
from hocba_sign.xades.syntax.key_info import key_info_certificates
from hocba_sign.xades.syntax.properties import namespace_of
from hocba_sign.xades.syntax.resolver import Resolver
from hocba_sign.xml.c14n import C14nAlgorithm
from hocba_sign.xml.namespaces import XADES, XADES141
from hocba_sign.xml.tree import Element, locate

MAX_VALUES: Final = 500
"""Certificates, or CRLs, or OCSP responses embedded in one signature; each renewal of an archive
adds about ten.
"""
MAX_TIME_STAMPS: Final = 60
"""On one signature; an archive renewed every year for a pupil's working life has fewer."""

_STRICT: Final = {
    names.xades("AllDataObjectsTimeStamp"): StampKind.CONTENT,
    names.SIGNATURE_TIME_STAMP: StampKind.SIGNATURE,
    names.ARCHIVE_TIME_STAMP: StampKind.ARCHIVE,
}
_KINDS: Final = {
    "AllDataObjectsTimeStamp": StampKind.CONTENT,
    "IndividualDataObjectsTimeStamp": StampKind.CONTENT,
    "SignatureTimeStamp": StampKind.SIGNATURE,
    "SigAndRefsTimeStamp": StampKind.REFS,
    "RefsOnlyTimeStamp": StampKind.REFS,
    "ArchiveTimeStamp": StampKind.ARCHIVE,
}
_ADDED: Final = {
    "SigAndRefsTimeStampV2": StampKind.REFS,
    "RefsOnlyTimeStampV2": StampKind.REFS,
    "ArchiveTimeStamp": StampKind.ARCHIVE,
}
_VALUES: Final = (
    "EncapsulatedX509Certificate",
    "EncapsulatedCRLValue",
    "EncapsulatedOCSPValue",
    "EncapsulatedTimeStamp",
)
_CERTIFICATE_HOLDERS: Final = ("CertificateValues", "AttrAuthoritiesCertValues")
_REVOCATION_HOLDERS: Final = ("RevocationValues", "AttributeRevocationValues")


_MAX_CHILDREN: Final = 3
"""Of one time-stamp, on average: a CanonicalizationMethod and a token, rarely a second one."""


def time_stamps(
    signature: Element, qualifying: Element, *, resolver: Resolver
) -> tuple[TimeStamp, ...]:
    """Read the time-stamps of a transcript: on all content, on the signature, on the archive.

    One whose canonicalization nobody knows proves nothing, and does not keep the rest from being
    judged.
    Raises: InputError where one cannot be read.

    Spec: EN 319 132-1, 5.2.8.1, 5.3 and 5.5.2.
    """
    holders = (
        descend(qualifying, names.SIGNED_PROPERTIES, names.SIGNED_DATA_OBJECT_PROPERTIES),
        descend(qualifying, names.UNSIGNED_PROPERTIES, names.UNSIGNED_SIGNATURE_PROPERTIES),
    )
    found = (
        element for holder in holders if holder is not None for element in holder.iterchildren("*")
    )
    elements = _limited([element for element in found if element.tag in _STRICT], qualifying)
    return tuple(
        _stamp_if_known(signature, element, _STRICT[str(element.tag)], resolver=resolver)
        for element in elements
    )


def all_time_stamps(
    signature: Element, qualifying: Element, *, resolver: Resolver
) -> tuple[TimeStamp, ...]:
    """Read the time-stamps of every kind, those on content first; one that cannot be read says why.

    Raises: InputError SIG.TOO_MANY_TIME_STAMPS.
    Spec: EN 319 132-1, 5.2.8, 5.3, 5.5.1 and 5.5.2.
    """
    namespace = namespace_of(qualifying)
    kinds = {names.qualified(namespace, name): kind for name, kind in _KINDS.items()}
    if namespace == XADES:
        kinds |= {names.qualified(XADES141, name): kind for name, kind in _ADDED.items()}
    holders = (
        (
            f"{names.qualified(namespace, 'SignedProperties')}/"
            f"{names.qualified(namespace, 'SignedDataObjectProperties')}"
        ),
        (
            f"{names.qualified(namespace, 'UnsignedProperties')}/"
            f"{names.qualified(namespace, 'UnsignedSignatureProperties')}"
        ),
    )
    found = (
        element
        for path in holders
        for holder in qualifying.iterfind(path)
        for element in holder.iterchildren("*")
    )
    elements = _limited([element for element in found if element.tag in kinds], qualifying)
    return tuple(
        _stamp_or_finding(signature, element, kinds[str(element.tag)], resolver=resolver)
        for element in elements
    )


def _limited(elements: list[Element], holder: Element) -> list[Element]:
    if (
        len(elements) > MAX_TIME_STAMPS
        or sum(len(element) for element in elements) > MAX_TIME_STAMPS * _MAX_CHILDREN
    ):
        raise InputError("SIG.TOO_MANY_TIME_STAMPS", where=locate(holder))
    return elements


def _stamp_if_known(
    signature: Element, element: Element, kind: StampKind, *, resolver: Resolver
) -> TimeStamp:
    try:
        return _stamp(signature, element, kind, resolver=resolver)
    except InputError as error:
        if error.cause != "SIG.C14N":
            raise
        return _unread(kind, Finding(error.cause, error.where or locate(element)))


def _stamp_or_finding(
    signature: Element, element: Element, kind: StampKind, *, resolver: Resolver
) -> TimeStamp:
    try:
        stamp = _stamp(signature, element, kind, resolver=resolver)
    except InputError as error:
        if error.cause == "SIG.TOO_MUCH_DIGESTED":
            raise
        return _unread(kind, Finding(error.cause, error.where or locate(element)))
    return (
        stamp
        if stamp.tokens_der
        else _unread(kind, Finding("SIG.TIME_STAMP_FORM", locate(element)))
    )


def _unread(kind: StampKind, finding: Finding) -> TimeStamp:
    return TimeStamp(
        kind=kind, tokens_der=(b"",), message_parts=(), covers_value=False, findings=(finding,)
    )


def _stamp(
    signature: Element, element: Element, kind: StampKind, *, resolver: Resolver
) -> TimeStamp:
    method = _stamp_method(element, is_general=resolver.is_general)
    namespace = XADES if namespace_of(element) == XADES141 else namespace_of(element)
    elements = element.iterchildren(names.qualified(namespace, "EncapsulatedTimeStamp"))
    tokens = tuple(octets_of(token) for token in elements)
    covered: tuple[bytes, ...] = ()
    match kind:
        case StampKind.CONTENT:
            parts = tuple(content_parts(signature, method, resolver=resolver, stamp=element))
        case StampKind.SIGNATURE:
            parts = (signature_value_octets(signature, method, resolver=resolver),)
        case StampKind.REFS:
            _refuse_distributed(element, namespace)
            parts = tuple(refs_parts(signature, method, resolver=resolver, stamp=element))
        case _:
            if resolver.is_general:
                _refuse_distributed(element, namespace)
            parts = tuple(archive_parts(signature, method, resolver=resolver, before=element))
            covered = _covered(signature, element, resolver)
    resolver.count_stamped(parts, method, stamp=element)
    covers_value = kind is not StampKind.CONTENT and not str(element.tag).rpartition("}")[
        2
    ].startswith("RefsOnly")
    return TimeStamp(
        kind=kind,
        tokens_der=tokens,
        message_parts=parts,
        covered_der=covered,
        covers_value=covers_value,
    )


def _in_der(token: bytes) -> bytes:
    """Return a token in DER where Java programs wrote BER: what is hashed and signed in it is DER
    anyway (RFC 5652, 5.4).
    """
    if token[1:2] != b"\x80":
        return token
    try:
        found, end = der.definite(token)
    except InputError:
        return token
    return found if end == len(token) else token


def _refuse_distributed(stamp: Element, namespace: str) -> None:
    """The forms that name each covered element by an Include are for signatures whose parts lie in
    several files.
    """
    if next(stamp.iterchildren(names.qualified(namespace, "Include")), None) is not None:
        raise InputError("SIG.TIME_STAMP_INCLUDE", where=locate(stamp))


def _stamp_method(stamp: Element, *, is_general: bool) -> Method:
    element = optional(stamp, names.CANONICALIZATION_METHOD)
    if element is None or (is_general and element.get("Algorithm") == ""):
        return Method(C14nAlgorithm.INCLUSIVE)
    algorithm = c14n_of(element)
    if algorithm is None:
        raise InputError("SIG.C14N", where=locate(stamp))
    return Method(algorithm, inclusive_prefixes(element))


def _covered(signature: Element, stamp: Element, resolver: Resolver) -> tuple[bytes, ...]:
    given = resolver.parts.values(
        signature, lambda element: key_info_certificates(element, Parts(is_strict=False))
    )
    parts = (
        resolver.parts.values(element, _values_in)
        for element in properties_before(signature, stamp)
    )
    return (*given, *chain.from_iterable(parts))


def _values_in(holder: Element) -> Iterator[bytes]:
    tags = tuple(
        names.qualified(namespace, name) for namespace in names.XADES_VERSIONS for name in _VALUES
    )
    return (_in_der(octets) for octets in _readable(holder.iter(*tags)))


def embedded_certificates(unsigned: Element | None, *, skips: bool = False) -> tuple[bytes, ...]:
    """Return the DER of all certificates in the containers of validation data, those of time-stamps
    included.

    `skips` leaves out what is no base64, instead of raising InputError SIG.STRUCTURE. Raises:
    InputError SIG.TOO_MANY_CERTIFICATES.
    """
    return _encapsulated(unsigned, _CERTIFICATE_HOLDERS, "EncapsulatedX509Certificate", skips=skips)


def embedded_crls(unsigned: Element | None, *, skips: bool = False) -> tuple[bytes, ...]:
    return _encapsulated(unsigned, _REVOCATION_HOLDERS, "EncapsulatedCRLValue", skips=skips)


def embedded_ocsps(unsigned: Element | None, *, skips: bool = False) -> tuple[bytes, ...]:
    return _encapsulated(unsigned, _REVOCATION_HOLDERS, "EncapsulatedOCSPValue", skips=skips)


def other_certificates(unsigned: Element | None) -> tuple[bytes, ...]:
    """Return what else stands in the containers of certificates, as it is written: of another form,
    or no base64.
    """
    return _others(
        unsigned, _CERTIFICATE_HOLDERS, ("EncapsulatedX509Certificate",), other="OtherCertificate"
    )


def other_statements(unsigned: Element | None) -> tuple[bytes, ...]:
    """Return the same of the containers of statements on revocation.

    Raises: as `embedded_certificates`.
    """
    return _others(
        unsigned,
        _REVOCATION_HOLDERS,
        ("EncapsulatedCRLValue", "EncapsulatedOCSPValue"),
        other="OtherValue",
    )


def _encapsulated(
    unsigned: Element | None, containers: tuple[str, ...], item: str, *, skips: bool
) -> tuple[bytes, ...]:
    values = _values_of(unsigned, containers, item)
    return tuple(_readable(values)) if skips else tuple(octets_of(value) for value in values)


def _others(
    unsigned: Element | None, containers: tuple[str, ...], items: tuple[str, ...], *, other: str
) -> tuple[bytes, ...]:
    values = (value for item in items for value in _values_of(unsigned, containers, item))
    found = (
        *(value for value in values if not any(_readable((value,)))),
        *_values_of(unsigned, containers, other),
    )
    return tuple("".join(value.itertext()).encode() for value in found)


def _values_of(
    unsigned: Element | None, containers: tuple[str, ...], item: str
) -> tuple[Element, ...]:
    if unsigned is None:
        return ()
    namespace = namespace_of(unsigned)
    tags = {names.qualified(namespace, container) for container in containers}
    counter = names.qualified(namespace, "CounterSignature")
    parts = (part for part in unsigned.iterchildren("*") if part.tag != counter)
    found = (value for part in parts for value in part.iter(names.qualified(namespace, item)))
    values = tuple(
        islice(
            (
                value
                for value in found
                if any(iterancestor.tag in tags for iterancestor in value.iterancestors())
            ),
            MAX_VALUES + 1,
        )
    )
    if len(values) > MAX_VALUES:
        raise InputError("SIG.TOO_MANY_CERTIFICATES", where=locate(unsigned))
    return values


def _readable(values: Iterable[Element]) -> Iterator[bytes]:
    for value in values:
        with contextlib.suppress(InputError):
            yield octets_of(value)
