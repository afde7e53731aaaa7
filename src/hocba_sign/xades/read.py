"""From octets to facts: every signature of a document, dereferenced and digested."""

from collections.abc import Mapping
from types import MappingProxyType

from hocba_sign.ades.structure import (
    CertificateBinding,
    Covers,
    Family,
    ParsedDocument,
    ParsedSignature,
    Reference,
    SignedProperties,
    StampKind,
    TimeStamp,
)
from hocba_sign.errors import Finding, InputError
from hocba_sign.model.workflow import Slot
from hocba_sign.xades import names
from hocba_sign.xades.elements import (
    algorithm_of,
    c14n_of,
    descend,
    malformed,
    moment_of,
    octets_of,
    only,
    optional,
    require_children,
    text_of,
)
from hocba_sign.xades.imprints import archive_octets, properties_before, signature_value_octets
from hocba_sign.xades.pss import pss_parameters
from hocba_sign.xades.references import Method, Resolver, inclusive_prefixes, read_reference
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.layout import KHO, PART, Layout, other_slots, recognise, signature_in, slot_elements
from hocba_sign.xml.parse import Element, ParsedXml, locate, parse

MAX_SIGNATURES = 200
"""A transcript has about fifteen; each signature costs digests, a public-key operation and a path."""
MAX_REFERENCES = 200
"""Per signature; the homeroom teacher's covers the data and every subject teacher's value."""
MAX_CERTIFICATES = 50
"""In one KeyInfo; an honest chain has three."""
MAX_VALUES = 500
"""Certificates, or CRLs, or OCSP responses embedded in one signature; each renewal of an archive adds about ten."""
MAX_TIME_STAMPS = 60
"""On one signature; an archive renewed every year for a pupil's working life has fewer."""


def read(octets: bytes) -> ParsedDocument:
    """Parse a transcript and everything signed in it.

    A signature that cannot be read becomes a `ParsedSignature` whose findings say why; the others are read.
    Raises: InputError for a document that cannot be parsed, has two equal Ids, is none of ours, or is over a limit.
    """
    return read_parsed(parse(octets))


def read_parsed(xml: ParsedXml) -> ParsedDocument:
    """Read what is signed in a document that is parsed already. Raises: as `read`, but for parsing."""
    root = xml.root
    layout = recognise(root)
    resolver = Resolver(xml.ids, allows_enveloped=layout in (KHO, PART))
    slots = slot_elements(root, layout)
    known = frozenset(other_slots(root)) if layout is KHO else frozenset()
    signatures = tuple(
        _signature_or_finding(
            element, slot, resolver=resolver, is_stray=slot is None and layout is not PART and element.getparent() not in known
        )
        for element, slot in _signature_elements(root, slots)
    )
    return ParsedDocument(
        octets=xml.octets,
        slots=tuple(slot for slot, _ in slots),
        signatures=signatures,
        signed_octets=MappingProxyType(resolver.all_octets()),
    )


def signature_elements(root: Element, layout: Layout) -> Mapping[Slot, Element]:
    """Give the ds:Signature of every filled slot."""
    pairs = ((slot, signature_in(element)) for slot, element in slot_elements(root, layout))
    return {slot: signature for slot, signature in pairs if signature is not None}


def _signature_elements(root: Element, slots: tuple[tuple[Slot, Element], ...]) -> list[tuple[Element, Slot | None]]:
    placed = {signature: slot for slot, element in slots if (signature := signature_in(element)) is not None}
    found = [(element, placed.get(element)) for element in root.iter(names.SIGNATURE)]
    if len(found) > MAX_SIGNATURES:
        raise InputError("SIG.TOO_MANY", where=locate(found[MAX_SIGNATURES][0]))
    return found


def _signature_or_finding(element: Element, slot: Slot | None, *, resolver: Resolver, is_stray: bool) -> ParsedSignature:
    stray = (Finding("SIG.STRAY", locate(element)),) if is_stray else ()
    try:
        return _signature(element, slot, resolver=resolver, stray=stray)
    except InputError as error:
        return _unreadable(element, slot, (*stray, Finding(error.cause, error.where)))


def _unreadable(element: Element, slot: Slot | None, findings: tuple[Finding, ...]) -> ParsedSignature:
    return ParsedSignature(
        identifier=element.get("Id"),
        where=locate(element),
        slot=slot,
        family=Family.XMLDSIG,
        algorithm_uri="",
        pss=None,
        signed_info_octets=b"",
        value=b"",
        value_id=None,
        references=(),
        certificates_der=(),
        properties=None,
        time_stamps=(),
        embedded_certificates_der=(),
        embedded_crls_der=(),
        embedded_ocsps_der=(),
        findings=findings,
    )


def _signature(element: Element, slot: Slot | None, *, resolver: Resolver, stray: tuple[Finding, ...]) -> ParsedSignature:
    require_children(element, (names.SIGNED_INFO, names.SIGNATURE_VALUE, names.KEY_INFO, names.OBJECT))
    signed_info = only(element, names.SIGNED_INFO)
    require_children(signed_info, (names.CANONICALIZATION_METHOD, names.SIGNATURE_METHOD, names.REFERENCE))
    method_element = only(signed_info, names.CANONICALIZATION_METHOD)
    method = c14n_of(method_element)
    if method is None:
        raise InputError("SIG.C14N", where=locate(method_element))
    value_element = only(element, names.SIGNATURE_VALUE)
    signature_method = only(signed_info, names.SIGNATURE_METHOD)
    qualifying = _qualifying_properties(element)
    properties_element = None if qualifying is None else only(qualifying, names.SIGNED_PROPERTIES)
    properties = None if properties_element is None else _signed_properties(properties_element)
    references, findings = _references(signed_info, resolver, properties_element)
    unsigned = None if qualifying is None else descend(qualifying, names.UNSIGNED_PROPERTIES, names.UNSIGNED_SIGNATURE_PROPERTIES)
    return ParsedSignature(
        identifier=element.get("Id"),
        where=locate(element),
        slot=slot,
        family=Family.XMLDSIG if properties is None else Family.XADES,
        algorithm_uri=algorithm_of(signature_method),
        pss=pss_parameters(signature_method),
        signed_info_octets=canonicalize(signed_info, method, inclusive_prefixes=inclusive_prefixes(method_element)),
        value=octets_of(value_element),
        value_id=value_element.get("Id"),
        references=references,
        certificates_der=_key_info_certificates(element),
        properties=properties,
        time_stamps=() if unsigned is None else _time_stamps(element, unsigned, resolver),
        embedded_certificates_der=_encapsulated(unsigned, names.CERTIFICATE_VALUES, names.ENCAPSULATED_CERTIFICATE),
        embedded_crls_der=_encapsulated(unsigned, names.REVOCATION_VALUES, names.ENCAPSULATED_CRL),
        embedded_ocsps_der=_encapsulated(unsigned, names.REVOCATION_VALUES, names.ENCAPSULATED_OCSP),
        departures=() if properties is None else _departures(references, properties, where=locate(element)),
        findings=(*stray, *findings),
    )


def _departures(references: tuple[Reference, ...], properties: SignedProperties, *, where: str) -> tuple[Finding, ...]:
    """Compare with the B-level requirements that DSS calls BASELINE (EN 319 132-1, 6.3)."""
    untimed = (Finding("SIG.SIGNING_TIME", where),) if properties.signing_time is None else ()
    undescribed = (
        Finding("SIG.DATA_OBJECT_FORMAT", reference.uri)
        for reference in references
        if reference.kind is not Covers.SIGNED_PROPERTIES and reference.identifier not in properties.described_references
    )
    return (*untimed, *undescribed)


def _references(signed_info: Element, resolver: Resolver, properties: Element | None) -> tuple[tuple[Reference, ...], tuple[Finding, ...]]:
    """Read all references; exactly one must be to this signature's own SignedProperties (EN 319 132-1, 4.2.1).

    A signature without any such properties is plain XMLDSig: it may hold, but binds neither a certificate nor a time.
    """
    elements = tuple(signed_info.iterchildren(names.REFERENCE))
    if not 1 <= len(elements) <= MAX_REFERENCES:
        raise malformed(signed_info)
    pairs = [read_reference(element, resolver) for element in elements]
    references = tuple(reference for reference, _ in pairs)
    findings = [finding for _, found in pairs for finding in found]
    own = [reference for reference in references if reference.kind is Covers.SIGNED_PROPERTIES]
    if properties is None and not own:
        findings.append(Finding("SIG.PLAIN", locate(signed_info)))
    elif len(own) != 1 or properties is None or own[0].target_id is None or resolver.target(own[0].target_id) is not properties:
        findings.append(Finding("SIG.SIGNED_PROPERTIES", locate(signed_info)))
    targets = [reference.uri for reference in references]
    if len(set(targets)) != len(targets):
        findings.append(Finding("SIG.REFERENCE_TWICE", locate(signed_info)))
    return references, tuple(findings)


def _qualifying_properties(signature: Element) -> Element | None:
    """Give the QualifyingProperties of this signature: one, in a ds:Object, whose Target is the signature."""
    found = [element for holder in signature.iterchildren(names.OBJECT) for element in holder.iterchildren(names.QUALIFYING_PROPERTIES)]
    if not found:
        return None
    identifier = signature.get("Id")
    if len(found) > 1 or identifier is None or found[0].get("Target") != f"#{identifier}":
        raise InputError("SIG.QUALIFYING_PROPERTIES", where=locate(found[-1]))
    return found[0]


def _signed_properties(element: Element) -> SignedProperties:
    identifier = element.get("Id")
    general = optional(element, names.SIGNED_SIGNATURE_PROPERTIES)
    if identifier is None or general is None:
        raise malformed(element)
    time_element = optional(general, names.SIGNING_TIME)
    time_text = None if time_element is None else text_of(time_element)
    roles = descend(general, names.SIGNER_ROLE_V2, names.CLAIMED_ROLES)
    data = optional(element, names.SIGNED_DATA_OBJECT_PROPERTIES)
    return SignedProperties(
        identifier=identifier,
        signing_time=None if time_text is None else moment_of(time_text),
        signing_time_text=time_text,
        certificates=_bindings(general),
        claimed_roles=() if roles is None else tuple(text_of(role) for role in roles.iterchildren(names.CLAIMED_ROLE)),
        commitments=() if data is None else _commitments(data),
        described_references=frozenset() if data is None else _described(data),
    )


def _bindings(general: Element) -> tuple[CertificateBinding, ...]:
    holder = optional(general, names.SIGNING_CERTIFICATE_V2)
    if holder is None:
        return ()
    bindings = []
    for cert in holder.iterchildren(names.CERT):
        cert_digest = only(cert, names.CERT_DIGEST)
        serial = optional(cert, names.ISSUER_SERIAL_V2)
        bindings.append(
            CertificateBinding(
                digest_uri=algorithm_of(only(cert_digest, names.DIGEST_METHOD)),
                digest_value=octets_of(only(cert_digest, names.DIGEST_VALUE)),
                issuer_serial_der=None if serial is None else octets_of(serial),
            )
        )
    return tuple(bindings)


def _commitments(data: Element) -> tuple[str, ...]:
    found = (
        descend(indication, names.COMMITMENT_TYPE_ID, names.IDENTIFIER)
        for indication in data.iterchildren(names.COMMITMENT_TYPE_INDICATION)
    )
    return tuple(text_of(identifier) for identifier in found if identifier is not None)


def _described(data: Element) -> frozenset[str]:
    """Give the Ids of the references that a DataObjectFormat with a MimeType describes."""
    formats = data.iterchildren(names.DATA_OBJECT_FORMAT)
    described = (form.get("ObjectReference", "") for form in formats if optional(form, names.MIME_TYPE) is not None)
    return frozenset(reference.removeprefix("#") for reference in described)


def _time_stamps(signature: Element, unsigned: Element, resolver: Resolver) -> tuple[TimeStamp, ...]:
    """Read the signature and archive time-stamps with the octets their imprints must be of (EN 319 132-1, 5.3 and 5.5.2)."""
    elements = [element for element in unsigned.iterchildren("*") if element.tag in _STAMPS]
    if len(elements) > MAX_TIME_STAMPS:
        raise InputError("SIG.TOO_MANY_TIME_STAMPS", where=locate(unsigned))
    stamps = []
    for element in elements:
        method = _stamp_method(element)
        kind = _STAMPS[str(element.tag)]
        if kind is StampKind.ARCHIVE:
            message = archive_octets(signature, method, resolver=resolver, before=element)
            covered = _covered(signature, element)
        else:
            message, covered = signature_value_octets(signature, method), ()
        tokens = tuple(octets_of(token) for token in element.iterchildren(names.ENCAPSULATED_TIME_STAMP))
        stamps.append(TimeStamp(kind=kind, tokens_der=tokens, message_octets=message, covered_der=covered))
    return tuple(stamps)


_STAMPS = {names.SIGNATURE_TIME_STAMP: StampKind.SIGNATURE, names.ARCHIVE_TIME_STAMP: StampKind.ARCHIVE}
_ENCAPSULATED = (names.ENCAPSULATED_CERTIFICATE, names.ENCAPSULATED_CRL, names.ENCAPSULATED_OCSP, names.ENCAPSULATED_TIME_STAMP)


def _stamp_method(stamp: Element) -> Method:
    element = optional(stamp, names.CANONICALIZATION_METHOD)
    if element is None:
        return Method(C14nAlgorithm.INCLUSIVE)
    algorithm = c14n_of(element)
    if algorithm is None:
        raise InputError("SIG.C14N", where=locate(stamp))
    return Method(algorithm, inclusive_prefixes(element))


def _covered(signature: Element, stamp: Element) -> tuple[bytes, ...]:
    values = (value for element in properties_before(signature, stamp) for value in element.iter(*_ENCAPSULATED))
    return (*_key_info_certificates(signature), *(octets_of(value) for value in values))


def _key_info_certificates(signature: Element) -> tuple[bytes, ...]:
    key_info = optional(signature, names.KEY_INFO)
    if key_info is None:
        return ()
    found = tuple(
        octets_of(certificate)
        for data in key_info.iterchildren(names.X509_DATA)
        for certificate in data.iterchildren(names.X509_CERTIFICATE)
    )
    if len(found) > MAX_CERTIFICATES:
        raise InputError("SIG.TOO_MANY_CERTIFICATES", where=locate(key_info))
    return found


def _encapsulated(unsigned: Element | None, container: str, item: str) -> tuple[bytes, ...]:
    """Give the DER values in all CertificateValues or RevocationValues, those of time-stamps' validation data included."""
    if unsigned is None:
        return ()
    found = tuple(octets_of(value) for holder in unsigned.iter(container) for value in holder.iter(item))
    if len(found) > MAX_VALUES:
        raise InputError("SIG.TOO_MANY_CERTIFICATES", where=locate(unsigned))
    return found
