"""A signature as facts: what it says, what it refers to, whether the digests match. No judgement.

Everything is a value; nothing holds a tree. Octets that were digested are kept, so that content is
decoded from what was signed and from nothing else.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from hocba_sign.crypto.algorithms import PssParameters, SignatureAlgorithm
from hocba_sign.crypto.digests import DigestAlgorithm, digest, digest_algorithm
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.workflow import Slot


class Family(StrEnum):
    """What a signature is, apart from its level; the report's `format` begins with it."""

    XADES = "XAdES"
    XMLDSIG = "XMLDSIG"
    PADES = "PAdES"
    PKCS7 = "PKCS7"


class Covers(StrEnum):
    """What kind of thing a reference points at; the `kind` of the report's `covers`."""

    DATA = "data"
    SIGNATURE_VALUE = "signature_value"
    SIGNED_PROPERTIES = "signed_properties"
    OTHER = "other"


class ExtentKind(StrEnum):
    """What a reference starts from."""

    DOCUMENT = "document"
    ELEMENT = "element"
    DETACHED = "detached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Exactly what a reference of a document of others covers, where it could be followed.

    `where`: `/`, the place of the element, or the name under which detached octets were given.
    `omitted` are the places of the sub-trees that transforms leave out, `kept` those that they keep
        within what is left out; where transforms keep nothing else `omitted` begins with `where`.
    `is_full`: nothing of the file, or of the detached octets, lies outside but signatures.
    `has_markup`: element names and attributes are covered too, which base64 decoding drops.
    `is_name_assumed`: the octets were given under another name than the reference's, and are the
        only ones that can be meant.
    """

    kind: ExtentKind
    where: str
    identifier: str | None = None
    omitted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    is_full: bool
    has_markup: bool = True
    is_name_assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One ds:Reference with the result of dereferencing, transforming and digesting it.

    `target_id` is None when the URI is not `#id`.
    `is_found` tells whether the target exists;
    `is_intact` whether the digest of its canonical octets equals DigestValue.
    `entries` are the references of the manifest that it points at, which `holds` demands too, all
        but those that are `is_absent`: their data is not at hand, so that they prove nothing.
    `extent` is None in a transcript, where a reference covers the element that it names and nothing
        less.
    """

    identifier: str | None
    uri: str
    target_id: str | None
    kind: Covers
    digest_uri: str
    digest_value: bytes
    is_found: bool
    is_intact: bool
    entries: "tuple[Reference, ...]" = ()
    extent: Extent | None = None
    is_absent: bool = False

    @property
    def holds(self) -> bool:
        return self.is_intact and all(entry.is_intact or entry.is_absent for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateBinding:
    """One xades:Cert of SigningCertificate or its V2: the digest, and where given the DER of
    IssuerSerial (V2) or its two texts (V1).

    `is_sha1_by_definition` for ESSCertID, which has no other digest.
    """

    digest_uri: str
    digest_value: bytes
    issuer_serial_der: bytes | None
    issuer_name: str | None = None
    serial_number: str | None = None
    is_sha1_by_definition: bool = False

    def binds(self, certificate_der: bytes) -> bool:
        """Return whether the digest is that of the certificate; no for a digest that is not
        known.
        """
        try:
            return digest(digest_algorithm(self.digest_uri), certificate_der) == self.digest_value
        except InputError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePolicy:
    """The policy that a signer names (EN 319 132-1, 5.2.9); `identifier` is None for an implied
    one.

    `is_matched`: its document was at hand and its digest is, or is not, the one that was signed;
    None without the document.
    """

    identifier: str | None
    addresses: tuple[str, ...] = ()
    is_matched: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionPlace:
    """Where a signer claims to have signed (EN 319 132-1, 5.2.5)."""

    city: str | None = None
    street: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedProperties:
    """The signed qualifying properties of one signature (EN 319 132-1, 5.2).

    `certified_roles` are the kinds of their certificates.
    """

    identifier: str | None
    signing_time: datetime | None
    signing_time_text: str | None
    certificates: tuple[CertificateBinding, ...]
    claimed_roles: tuple[str, ...]
    commitments: tuple[str, ...]
    described_references: frozenset[str]
    certified_roles: tuple[str, ...] = ()
    place: ProductionPlace | None = None
    policy: SignaturePolicy | None = None


class StampKind(StrEnum):
    """The kinds of time-stamps that this library reads; the `type` of the report's `timestamps`."""

    CONTENT = "content"
    SIGNATURE = "signature"
    REFS = "refs"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStamp:
    """One time-stamp container: its tokens, and the octets that each must have in its imprint, in
    parts that other time-stamps share.

    `covered_der` are the certificates, CRLs, OCSP responses and tokens that an archive time-stamp
        covers: a passing token proves that they existed.
    `covers_value`: the octets include the signature value.
    `findings` say why the octets could not be had: then no token of it is intact.
    """

    kind: StampKind
    tokens_der: tuple[bytes, ...]
    message_parts: tuple[bytes, ...]
    covered_der: tuple[bytes, ...] = ()
    covers_value: bool = True
    findings: tuple[Finding, ...] = ()

    def imprint(self, algorithm: DigestAlgorithm) -> bytes:
        """Return the imprint that a token by this hash must have."""
        return digest(algorithm, *self.message_parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRoot:
    """The root of a transcript's extract as the seal states it, and over how many leaves."""

    leaves: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSignature:
    """One signature; of one that cannot be read only what it is called, where it stands and what
    was found.

    `slot` is None for a signature outside every slot of the layout.
    `time_stamps` are in document order.
    `findings` are departures from the profile that this library accepts, `departures` those from
        the baseline of its family (EN 319 132-1, 6.3): any of either keeps the signature from
        passing.
    `other_certificates` and `other_statements` are what else stands in the places for certificates
        and for statements on revocation: of another form, or as it is written where that is no
        encoding.
    `received_octets` are the signed attributes of CMS as they stand, where they are not in the
        order of DER.
    `sealed_root` is what stands in the place reserved for the extract.
    `algorithm` is what CMS names by OID; XML gives `algorithm_uri` and `pss` instead.
    `has_der_value`: an ECDSA value is DER, as in CMS.
    `revision` is the PDF revision, from 1, that the signature was made in.
    `is_of_own_form`: its element holds nothing but what this library writes, in its place, as was
        seen while it was read; how something was read makes no difference between two.

    Of documents of others: `parent` names the signature that this one counter-signs, `keys_der` are
    SubjectPublicKeyInfos that stand in it without a certificate, `claimed_time` (UTC) is what a
    signed object beside the qualifying properties says, `unsigned` the names of the unsigned
    properties, `is_extended` and `is_baseline` whether it has what DSS calls BES and BASELINE-B,
    `warnings` what changes no judgement.
    """

    identifier: str | None
    where: str
    slot: Slot | None
    family: Family
    algorithm_uri: str = ""
    pss: PssParameters | None = None
    signed_info_octets: bytes = b""
    received_octets: bytes | None = None
    value: bytes = b""
    value_id: str | None = None
    references: tuple[Reference, ...] = ()
    certificates_der: tuple[bytes, ...] = ()
    properties: SignedProperties | None = None
    time_stamps: tuple[TimeStamp, ...] = ()
    embedded_certificates_der: tuple[bytes, ...] = ()
    embedded_crls_der: tuple[bytes, ...] = ()
    embedded_ocsps_der: tuple[bytes, ...] = ()
    other_certificates: tuple[bytes, ...] = ()
    other_statements: tuple[bytes, ...] = ()
    departures: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...]
    sealed_root: SealedRoot | None = None
    algorithm: SignatureAlgorithm | None = None
    has_der_value: bool = False
    revision: int | None = None
    is_of_own_form: bool = field(default=False, compare=False)
    parent: str | None = None
    keys_der: tuple[bytes, ...] = ()
    claimed_time: datetime | None = None
    unsigned: tuple[str, ...] = ()
    is_extended: bool = True
    is_baseline: bool = True
    warnings: tuple[Finding, ...] = ()

    @property
    def is_read(self) -> bool:
        """Return whether more is known of it than where it stands and what was found."""
        return bool(self.references or self.value)

    def covered_ids(self) -> frozenset[str]:
        """Return the Ids whose content this signature covers with a matching digest."""
        return frozenset(
            ref.target_id for ref in self.references if ref.is_intact and ref.target_id is not None
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a document's content one signature covers; `outside` names the topmost elements
    that it does not, a limited number.
    """

    outside: tuple[str, ...] = ()

    @property
    def is_full(self) -> bool:
        return not self.outside


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDocument:
    """A document with all its signatures.

    `signed_octets` gives, by Id, the exclusive canonical octets of every element that some
    reference names that way, and of the data whichever way it is referenced; only where a reference
    to it `is_intact` are they signed content.
    """

    octets: bytes
    slots: tuple[Slot, ...]
    signatures: tuple[ParsedSignature, ...]
    signed_octets: Mapping[str, bytes]

    def signature(self, slot: Slot) -> ParsedSignature | None:
        return next((signature for signature in self.signatures if signature.slot == slot), None)
