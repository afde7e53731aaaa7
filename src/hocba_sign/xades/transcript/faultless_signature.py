"""The quick path of reading a signature: its canonical octets are compared with the one form that
this library writes, at the levels B, T and LT.

Whatever is spelled otherwise, lacks a part or has one more is left to the careful path, which
explains (docs/adr/0021-quick-and-careful.md). Canonical octets have one spelling, so that no tree
is asked; only what references name is looked up.
Spec: Exclusive XML Canonicalization 1.0; EN 319 132-1, 6.3.
"""

import binascii
import re
from functools import cache, lru_cache
from typing import Final

from lxml import etree

from hocba_sign.ades.structure import (
    CertificateBinding,
    Covers,
    Family,
    ParsedSignature,
    ProductionPlace,
    Reference,
    SignedProperties,
    StampKind,
    TimeStamp,
)
from hocba_sign.errors import InputError
from hocba_sign.extract.seal_octets import EXTRACT_ID, EXTRACT_TYPE
from hocba_sign.model.workflow import Slot
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import Method
from hocba_sign.xades.syntax.elements import moment_of
from hocba_sign.xades.transcript.extract_place import extract_findings, sealed_root
from hocba_sign.xades.transcript.references import TranscriptResolver, kind_of
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.namespaces import DS, HOCBA, XADES
from hocba_sign.xml.tree import Element, locate

MAX_PARTS: Final = 50
"""Of a kind, references or values; real signatures have fewer than twenty of any."""

MAX_KEPT_VALUES: Final = 256
MAX_KEPT_VALUE: Final = 8_192
"""Values that stay decoded, and the letters of one of them at most."""

_EXCLUSIVE: Final = Method(C14nAlgorithm.EXCLUSIVE)
_SHA2: Final = r"http://www\.w3\.org/2001/04/(?:xmlenc#sha(?:256|512)|xmldsig-more#sha384)"
_ID: Final = r'[^"&#()]++'
_CANONICALIZED: Final = f' Algorithm="{re.escape(C14nAlgorithm.EXCLUSIVE.value)}">'
_DIGEST: Final = (
    f'<ds:DigestMethod Algorithm="({_SHA2})"></ds:DigestMethod>'
    "<ds:DigestValue>([^<]++)</ds:DigestValue>"
)
_REFERENCE: Final = (
    f'<ds:Reference(?: Id="({_ID})")?(?: Type="([^"&]*+)")? URI="#({_ID})">'
    f"<ds:Transforms><ds:Transform{_CANONICALIZED}</ds:Transform></ds:Transforms>"
    f"{_DIGEST}</ds:Reference>"
)
_CERTIFICATE: Final = "<ds:X509Certificate>([^<]++)</ds:X509Certificate>"
_FORMAT: Final = (
    '<xades:DataObjectFormat ObjectReference="#?([^"&]*+)">'
    "<xades:MimeType>[^<&]*+</xades:MimeType></xades:DataObjectFormat>"
)
_STAMP: Final = (
    f"<xades:SignatureTimeStamp><ds:CanonicalizationMethod{_CANONICALIZED}"
    "</ds:CanonicalizationMethod><xades:EncapsulatedTimeStamp>([^<]++)"
    "</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
)


def _without_groups(pattern: str) -> str:
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)


def _many(pattern: str, name: str) -> str:
    """Return the pattern of several of a kind as one group; its own groups are found in that."""
    return f"(?P<{name}>(?:{_without_groups(pattern)}){{1,{MAX_PARTS}}}+)"


def _encapsulated(name: str, group: str) -> str:
    return _many(f"<xades:Encapsulated{name}>[^<]++</xades:Encapsulated{name}>", group)


# Possessive throughout: what is read once is never read again another way.
_FORM: Final = (
    f'<ds:Signature xmlns:ds="{re.escape(DS)}" Id="(?P<id>{_ID})">'
    f"<ds:SignedInfo>(?P<info><ds:CanonicalizationMethod{_CANONICALIZED}"
    "</ds:CanonicalizationMethod>"
    '<ds:SignatureMethod Algorithm="(?P<algorithm>[^"&]*+)"></ds:SignatureMethod>'
    f"{_many(_REFERENCE, 'references')})</ds:SignedInfo>"
    f'<ds:SignatureValue Id="(?P<value_id>{_ID})">(?P<value>[^<]++)</ds:SignatureValue>'
    f"<ds:KeyInfo><ds:X509Data>{_many(_CERTIFICATE, 'chain')}</ds:X509Data></ds:KeyInfo>"
    f'<ds:Object><xades:QualifyingProperties xmlns:xades="{re.escape(XADES)}"'
    ' Target="#(?P=id)">'
    f'<xades:SignedProperties (?P<properties>Id="(?P<properties_id>{_ID})">'
    "<xades:SignedSignatureProperties>"
    "<xades:SigningTime>(?P<time>[^<&]++)</xades:SigningTime>"
    "<xades:SigningCertificateV2><xades:Cert>"
    f"<xades:CertDigest>{_DIGEST.replace('(', '(?P<hash>', 1).replace('([', '(?P<hashed>[')}"
    "</xades:CertDigest>(?:<xades:IssuerSerialV2>(?P<serial>[^<]++)</xades:IssuerSerialV2>)?+"
    "</xades:Cert></xades:SigningCertificateV2>"
    "(?P<place><xades:SignatureProductionPlaceV2>"
    "(?:<xades:City>(?P<city>[^<&]*+)</xades:City>)?+"
    "(?:<xades:CountryName>(?P<country>[^<&]*+)</xades:CountryName>)?+"
    "</xades:SignatureProductionPlaceV2>)?+"
    "(?:<xades:SignerRoleV2><xades:ClaimedRoles><xades:ClaimedRole>(?P<role>[^<&]*+)"
    "</xades:ClaimedRole></xades:ClaimedRoles></xades:SignerRoleV2>)?+"
    "</xades:SignedSignatureProperties><xades:SignedDataObjectProperties>"
    f"{_many(_FORMAT, 'formats')}"
    "(?:<xades:CommitmentTypeIndication><xades:CommitmentTypeId>"
    "<xades:Identifier>(?P<commitment>[^<&]*+)</xades:Identifier></xades:CommitmentTypeId>"
    "<xades:AllSignedDataObjects></xades:AllSignedDataObjects>"
    "</xades:CommitmentTypeIndication>)?+"
    "</xades:SignedDataObjectProperties></xades:SignedProperties>)"
    "(?:<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
    f"(?P<stamps>{_without_groups(_STAMP)})?+"
    "(?:<xades:CertificateValues>"
    f"{_encapsulated('X509Certificate', 'certificates')}</xades:CertificateValues>)?+"
    "(?:<xades:RevocationValues>"
    f"(?:<xades:CRLValues>{_encapsulated('CRLValue', 'crls')}</xades:CRLValues>)?+"
    f"(?:<xades:OCSPValues>{_encapsulated('OCSPValue', 'ocsps')}</xades:OCSPValues>)?+"
    "</xades:RevocationValues>)?+"
    "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>)?+"
    "</xades:QualifyingProperties></ds:Object>"
    f'(?P<extract><ds:Object Id="{EXTRACT_ID}"><hocba:Extract xmlns:hocba="{HOCBA}"'
    ' Leaves="[^"&]*+" Root="[^"&]*+"></hocba:Extract></ds:Object>)?+'
    "</ds:Signature>"
)
_REFERENCES: Final = re.compile(_REFERENCE.encode())
_FORMATS: Final = re.compile(_FORMAT.encode())
_TEXTS: Final = re.compile(b">([^<]+)<")
_DS: Final = b'xmlns:ds="%s"' % DS.encode()
_SIGNED_INFO: Final = b"<ds:SignedInfo %s>%%b</ds:SignedInfo>" % _DS
_VALUE: Final = b'<ds:SignatureValue %s Id="%%b">%%b</ds:SignatureValue>' % _DS
_PROPERTIES: Final = b'<xades:SignedProperties xmlns:xades="%s" %%b' % XADES.encode()


@cache
def _form() -> re.Pattern[bytes]:
    """Compile the form with the first signature: it takes as long as loading some modules."""
    return re.compile(_FORM.encode())


class _OtherFormError(Exception):
    """Something is not exactly as expected; what it is, the careful path finds out."""


def read_faultless(
    element: Element, slot: Slot | None, *, resolver: TranscriptResolver, extract: Element | None
) -> ParsedSignature | None:
    """Return the signature in a slot of a transcript, if the careful path reads the same and finds
    nothing; None for any other.

    `extract` is its Object reserved for the extract.
    """
    # The canonical form has no comments, which may split a value in the file.
    if next(element.iter(etree.Comment), None) is not None:
        return None
    try:
        form = _form().fullmatch(canonicalize(element, C14nAlgorithm.EXCLUSIVE))
        return None if form is None else _Reader(form, element, resolver).read(slot, extract)
    except (_OtherFormError, InputError):
        # A limit that was reached is reached again by the careful path, which names the place.
        return None


class _Reader:
    """Reads a signature whose octets are of the form; nothing is looked up before all of it is
    decoded.
    """

    __slots__ = ("_element", "_form", "_resolver")

    def __init__(
        self, form: re.Match[bytes], element: Element, resolver: TranscriptResolver
    ) -> None:
        self._form = form
        self._element = element
        self._resolver = resolver

    def read(self, slot: Slot | None, extract: Element | None) -> ParsedSignature:
        form = self._form
        properties = self._properties()
        value = _octets(form["value"])
        chain = self._values("chain")
        stamps = form["stamps"]
        tokens = map(_octets, _TEXTS.findall(stamps)) if stamps else ()
        embedded = [self._values(name) for name in ("certificates", "crls", "ocsps")]
        references = self._references(properties)
        self._require_extract(extract)
        return ParsedSignature(
            identifier=_text(form["id"]),
            where=locate(self._element),
            slot=slot,
            family=Family.XADES,
            algorithm_uri=_text(form["algorithm"]),
            signed_info_octets=_SIGNED_INFO % form["info"],
            value=value,
            value_id=_text(form["value_id"]),
            references=references,
            certificates_der=chain,
            properties=properties,
            time_stamps=tuple(self._stamp(token) for token in tokens),
            embedded_certificates_der=embedded[0],
            embedded_crls_der=embedded[1],
            embedded_ocsps_der=embedded[2],
            findings=(),
            sealed_root=sealed_root(extract),
            is_of_own_form=True,
        )

    def _values(self, group: str) -> tuple[bytes, ...]:
        found = self._form[group]
        # The name of an algorithm is an attribute, so that every text is a value.
        return tuple(map(_value, _TEXTS.findall(found))) if found else ()

    def _properties(self) -> SignedProperties:
        form = self._form
        time = _text(form["time"])
        moment = moment_of(time)
        if moment is None:
            raise _OtherFormError
        binding = CertificateBinding(
            digest_uri=_text(form["hash"]),
            digest_value=_octets(form["hashed"]),
            issuer_serial_der=None if form["serial"] is None else _octets(form["serial"]),
        )
        place = ProductionPlace(city=_optional(form["city"]), country=_optional(form["country"]))
        return SignedProperties(
            identifier=_text(form["properties_id"]),
            signing_time=moment,
            signing_time_text=time,
            certificates=(binding,),
            claimed_roles=_present(form["role"]),
            commitments=_present(form["commitment"]),
            described_references=frozenset(map(_text, _FORMATS.findall(form["formats"]))),
            place=None if form["place"] is None else place,
        )

    def _references(self, properties: SignedProperties) -> tuple[Reference, ...]:
        found = _REFERENCES.findall(self._form["references"])
        decoded = [_octets(digest) for *_, digest in found]
        references = tuple(
            self._reference(parts, value, own_id=properties.identifier)
            for parts, value in zip(found, decoded, strict=True)
        )
        own = [reference for reference in references if reference.kind is Covers.SIGNED_PROPERTIES]
        if (
            len(own) != 1
            or own[0].target_id != properties.identifier
            or len({reference.uri for reference in references}) != len(references)
        ):
            raise _OtherFormError
        for reference in references:
            if (
                reference is not own[0]
                and reference.identifier not in properties.described_references
            ):
                raise _OtherFormError
        return references

    def _cut_properties(self, target: Element) -> None:
        """Cut out the SignedProperties, which `target` must be: no other element at that depth
        has an Id.

        By themselves they declare the prefix of their only two elements of XML Signature at both.
        """
        if list(target.iterancestors())[2:3] != [self._element]:
            raise _OtherFormError
        inner: bytes = self._form["properties"]
        for name in (b"<ds:DigestMethod", b"<ds:DigestValue"):
            inner = inner.replace(name, b"%b %b" % (name, _DS))
        self._resolver.parts.put(target, _EXCLUSIVE, octets=_PROPERTIES % inner)

    def _reference(
        self, parts: tuple[bytes, ...], value: bytes, *, own_id: str | None
    ) -> Reference:
        identifier, kind, target_id, digest_uri = map(_text, parts[:4])
        target = self._resolver.target(target_id)
        if target is None:
            raise _OtherFormError
        if target_id == own_id:
            self._cut_properties(target)
        if self._resolver.digest(target_id, _EXCLUSIVE, digest_uri=digest_uri) != value:
            raise _OtherFormError
        return Reference(
            identifier=identifier or None,
            uri=f"#{target_id}",
            target_id=target_id,
            kind=kind_of(kind or None, target),
            digest_uri=digest_uri,
            digest_value=value,
            is_found=True,
            is_intact=True,
        )

    def _require_extract(self, extract: Element | None) -> None:
        if (self._form["extract"] is None) != (extract is None) or (
            (extract is not None or EXTRACT_TYPE.encode() in self._form["references"])
            and extract_findings(
                self._element, extract, references=self._element[0].iterchildren(names.REFERENCE)
            )
        ):
            raise _OtherFormError

    def _stamp(self, token: bytes) -> TimeStamp:
        value, form = self._element[1], self._form
        octets = _VALUE % (form["value_id"], form["value"])
        parts = (self._resolver.parts.put(value, _EXCLUSIVE, octets=octets),)
        self._resolver.count_stamped(parts, _EXCLUSIVE, stamp=value)
        return TimeStamp(kind=StampKind.SIGNATURE, tokens_der=(token,), message_parts=parts)


def _value(text: bytes) -> bytes:
    return _octets(text) if len(text) > MAX_KEPT_VALUE else _kept_octets(text)


@lru_cache(maxsize=MAX_KEPT_VALUES)
def _kept_octets(text: bytes) -> bytes:
    """Decode a certificate or a statement that comes in every file of a school; the octets are the
    very ones, so that they are digested once wherever that is kept.
    """
    return _octets(text)


def _octets(text: bytes) -> bytes:
    try:
        octets = binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error as error:
        raise _OtherFormError from error
    # Bits that belong to no octet may stand before the end.
    last = octets[-((len(octets) - 1) % 3 + 1) :]
    if not octets or binascii.b2a_base64(last, newline=False) != text[-4:]:
        raise _OtherFormError
    return octets


def _text(octets: bytes) -> str:
    return octets.decode()


def _optional(octets: bytes | None) -> str | None:
    return None if octets is None else octets.decode()


def _present(*octets: bytes | None) -> tuple[str, ...]:
    return tuple(text.decode() for text in octets if text is not None)
