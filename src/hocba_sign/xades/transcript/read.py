"""From octets to facts: every signature of a document, dereferenced and digested."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from hocba_sign.ades.structure import (
    Covers,
    Family,
    ParsedDocument,
    ParsedSignature,
    Reference,
    SignedProperties,
)
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import Method
from hocba_sign.xades.syntax.elements import (
    Parts,
    malformed,
    moment_of,
    only,
    optional,
    require_children,
)
from hocba_sign.xades.syntax.key_info import key_info_certificates
from hocba_sign.xades.syntax.properties import (
    read_bindings,
    read_signed_properties,
    unsigned_properties,
)
from hocba_sign.xades.syntax.signature import read_value, unreadable
from hocba_sign.xades.syntax.time_stamps import (
    embedded_certificates,
    embedded_crls,
    embedded_ocsps,
    other_certificates,
    other_statements,
    time_stamps,
)
from hocba_sign.xades.transcript.extract_place import extract_findings, extract_object, sealed_root
from hocba_sign.xades.transcript.faultless_signature import read_faultless
from hocba_sign.xades.transcript.references import TranscriptResolver
from hocba_sign.xml.c14n import C14nAlgorithm
from hocba_sign.xml.layout import (
    CANONICAL,
    KHO,
    PART,
    Layout,
    other_slots,
    recognise,
    signature_in,
    slot_elements,
)
from hocba_sign.xml.namespaces import ID_DATA
from hocba_sign.xml.parse import ParsedXml, parse
from hocba_sign.xml.tree import Element, locate

MAX_SIGNATURES = 200
"""A transcript has about fifteen; each signature costs digests, a public-key operation and
a path.
"""
MAX_REFERENCES = 200
"""Per signature; the homeroom teacher's covers the data and every subject teacher's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPlaces:
    """Where the slots of a document lie in its tree, and the ds:Signature of every filled one."""

    layout: Layout
    slots: Mapping[Slot, Element]
    signatures: Mapping[Slot, Element]


def places_of(root: Element) -> SlotPlaces:
    """Find the slots of a document and what is signed in them.

    Raises: InputError `DOC.NOT_HOC_BA`, `DOC.SLOT_TWICE`, `DOC.SLOT_CONTENT`.
    """
    layout = recognise(root)
    slots = dict(slot_elements(root, layout))
    return SlotPlaces(
        layout=layout,
        slots=MappingProxyType(slots),
        signatures=MappingProxyType(_filled(slots.items())),
    )


def read(octets: bytes, *, is_careful: bool = False) -> ParsedDocument:
    """Parse a transcript and everything signed in it.

    `is_careful`: as for `read_parsed`.
    A signature that cannot be read becomes a `ParsedSignature` whose findings say why; the others
    are read.
    Raises: InputError for a document that cannot be parsed, has two equal Ids, is none of ours, or
    is over a limit.
    """
    return read_parsed(parse(octets), is_careful=is_careful)


def read_parsed(
    xml: ParsedXml, places: SlotPlaces | None = None, *, is_careful: bool = False
) -> ParsedDocument:
    """Read what is signed in a document that is parsed already, and its slots found if `places` are
    given.

    `is_careful`: not by the quick path.
    Raises: as `read`, but for parsing.
    """
    root = xml.root
    places = places or places_of(root)
    layout = places.layout
    resolver = transcript_resolver(xml, layout)
    known = frozenset(other_slots(root)) if layout is KHO else frozenset()
    signatures = tuple(
        _signature_or_finding(
            element,
            slot,
            resolver=resolver,
            extract=extract_object(element, slot) if layout is CANONICAL else None,
            is_stray=slot is None and layout is not PART and element.getparent() not in known,
            is_careful=is_careful,
        )
        for element, slot in _signature_elements(root, places)
    )
    if any(ID_DATA in signature.covered_ids() for signature in signatures):
        # However a signer canonicalized the data, other documents name it by its exclusive form.
        resolver.octets(ID_DATA, Method(C14nAlgorithm.EXCLUSIVE))
    return ParsedDocument(
        octets=xml.octets,
        slots=tuple(places.slots),
        signatures=signatures,
        signed_octets=MappingProxyType(resolver.all_octets()),
    )


def transcript_resolver(xml: ParsedXml, layout: Layout) -> TranscriptResolver:
    """Return what follows the references of a document of this layout, for writer and verifier."""
    return TranscriptResolver(xml.ids, allows_enveloped=layout in (KHO, PART))


def signature_elements(root: Element, layout: Layout) -> Mapping[Slot, Element]:
    """Return the ds:Signature of every filled slot."""
    return _filled(slot_elements(root, layout))


def _filled(slots: Iterable[tuple[Slot, Element]]) -> dict[Slot, Element]:
    pairs = ((slot, signature_in(element)) for slot, element in slots)
    return {slot: signature for slot, signature in pairs if signature is not None}


def _signature_elements(root: Element, places: SlotPlaces) -> list[tuple[Element, Slot | None]]:
    placed = {signature: slot for slot, signature in places.signatures.items()}
    found = [(element, placed.get(element)) for element in root.iter(names.SIGNATURE)]
    if len(found) > MAX_SIGNATURES:
        raise InputError("SIG.TOO_MANY", where=locate(found[MAX_SIGNATURES][0]))
    return found


def _signature_or_finding(
    element: Element,
    slot: Slot | None,
    *,
    resolver: TranscriptResolver,
    extract: Element | None,
    is_stray: bool,
    is_careful: bool,
) -> ParsedSignature:
    if not is_stray and not is_careful:
        quickly = read_faultless(element, slot, resolver=resolver, extract=extract)
        if quickly is not None:
            return quickly
    stray = (Finding("SIG.STRAY", locate(element)),) if is_stray else ()
    try:
        return _signature(element, slot, resolver=resolver, extract=extract, stray=stray)
    except InputError as error:
        found = unreadable(element, slot, findings=(*stray, Finding(error.cause, error.where)))
        # Its own Object is no stray content, whatever else cannot be read.
        is_wrong = extract_findings(element, extract, references=element.iter(names.REFERENCE))
        return found if is_wrong else replace(found, sealed_root=sealed_root(extract))


def _signature(
    element: Element,
    slot: Slot | None,
    *,
    resolver: TranscriptResolver,
    extract: Element | None,
    stray: tuple[Finding, ...],
) -> ParsedSignature:
    parts = Parts(is_strict=True)
    signed = read_value(element, parts)
    qualifying = _qualifying_properties(element, beside=extract)
    properties_element = None if qualifying is None else only(qualifying, names.SIGNED_PROPERTIES)
    properties = (
        None if properties_element is None else _signed_properties(properties_element, parts)
    )
    signed_info = only(element, names.SIGNED_INFO)
    references, findings = _references(signed_info, resolver, properties_element)
    reserved = extract_findings(
        element, extract, references=signed_info.iterchildren(names.REFERENCE)
    )
    unsigned = None if qualifying is None else unsigned_properties(qualifying)
    return ParsedSignature(
        identifier=element.get("Id"),
        where=locate(element),
        slot=slot,
        family=Family.XMLDSIG if properties is None else Family.XADES,
        algorithm_uri=signed.algorithm_uri,
        pss=signed.pss,
        signed_info_octets=signed.signed_info_octets,
        value=signed.value,
        value_id=signed.value_id,
        references=references,
        # A certificate that is not bound could be exchanged for another one of the same key: in a
        # transcript it is none.
        certificates_der=key_info_certificates(element, parts)
        if properties is None or properties.certificates
        else (),
        properties=properties,
        time_stamps=()
        if qualifying is None
        else time_stamps(element, qualifying, resolver=resolver),
        embedded_certificates_der=embedded_certificates(unsigned),
        embedded_crls_der=embedded_crls(unsigned),
        embedded_ocsps_der=embedded_ocsps(unsigned),
        other_certificates=other_certificates(unsigned),
        other_statements=other_statements(unsigned),
        departures=()
        if properties is None
        else _departures(references, properties, where=locate(element)),
        findings=(*stray, *findings, *reserved),
        sealed_root=sealed_root(extract),
    )


def _signed_properties(element: Element, parts: Parts) -> SignedProperties:
    """Read what counts in a transcript: an Id, one SigningCertificateV2, and a time that names its
    zone.
    """
    properties = read_signed_properties(element, {}, unsigned=None, parts=parts)
    if properties.identifier is None:
        raise malformed(element)
    general = only(element, names.SIGNED_SIGNATURE_PROPERTIES)
    bound = optional(general, names.SIGNING_CERTIFICATE_V2)
    text = properties.signing_time_text
    return replace(
        properties,
        signing_time=None if text is None else moment_of(text),
        certificates=()
        if bound is None
        else read_bindings(general, parts=parts, forms=("SigningCertificateV2",)),
    )


def _departures(
    references: tuple[Reference, ...], properties: SignedProperties, *, where: str
) -> tuple[Finding, ...]:
    """Compare with the B-level requirements that DSS calls BASELINE (EN 319 132-1, 6.3); what is
    countersigned needs no DataObjectFormat.
    """
    untimed = (Finding("SIG.SIGNING_TIME", where),) if properties.signing_time is None else ()
    undescribed = (
        Finding("SIG.DATA_OBJECT_FORMAT", reference.uri)
        for reference in references
        if reference.kind not in {Covers.SIGNED_PROPERTIES, Covers.SIGNATURE_VALUE}
        and reference.identifier not in properties.described_references
    )
    return (*untimed, *undescribed)


def _references(
    signed_info: Element, resolver: TranscriptResolver, properties: Element | None
) -> tuple[tuple[Reference, ...], tuple[Finding, ...]]:
    """Read all references; exactly one must be to this signature's own SignedProperties (EN 319
    132-1, 4.2.1).

    A signature without any such properties is plain XMLDSig: it may hold, but binds neither a
    certificate nor a time.
    """
    elements = tuple(signed_info.iterchildren(names.REFERENCE))
    if not 1 <= len(elements) <= MAX_REFERENCES:
        raise malformed(signed_info)
    pairs = [resolver.reference(element) for element in elements]
    references = tuple(reference for reference, _ in pairs)
    findings = [finding for _, found in pairs for finding in found]
    own = [reference for reference in references if reference.kind is Covers.SIGNED_PROPERTIES]
    if properties is None and not own:
        findings.append(Finding("SIG.PLAIN", locate(signed_info)))
    elif (
        len(own) != 1
        or properties is None
        or own[0].target_id is None
        or resolver.target(own[0].target_id) is not properties
    ):
        findings.append(Finding("SIG.SIGNED_PROPERTIES", locate(signed_info)))
    targets = [reference.uri for reference in references]
    if len(set(targets)) != len(targets):
        findings.append(Finding("SIG.REFERENCE_TWICE", locate(signed_info)))
    return references, tuple(findings)


def _qualifying_properties(signature: Element, *, beside: Element | None) -> Element | None:
    """Return the QualifyingProperties of this signature: one, in a ds:Object, whose Target is the
    signature.

    Nothing else may stand in the signature `beside` the Object of the extract: no reference covers
    it, and the data of a transcript lies elsewhere.
    """
    holders = [holder for holder in signature.iterchildren(names.OBJECT) if holder is not beside]
    found = [
        element
        for holder in holders
        for element in holder.iterchildren(names.QUALIFYING_PROPERTIES)
    ]
    if not found:
        return None
    identifier = signature.get("Id")
    if len(found) > 1 or identifier is None or found[0].get("Target") != f"#{identifier}":
        raise InputError("SIG.QUALIFYING_PROPERTIES", where=locate(found[-1]))
    if len(holders) > 1:
        raise malformed(signature)
    require_children(holders[0], (names.QUALIFYING_PROPERTIES,))
    require_children(found[0], (names.SIGNED_PROPERTIES, names.UNSIGNED_PROPERTIES))
    return found[0]
