"""A signature as facts: what it says, what it refers to, whether the digests match. No judgement.

Everything is a value; nothing holds a tree. Octets that were digested are kept, so that content is
decoded from what was signed and from nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hocba_sign.crypto.algorithms import PssParameters, SignatureAlgorithm
from hocba_sign.errors import Finding
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One ds:Reference with the result of dereferencing, transforming and digesting it.

    `target_id` is None when the URI is not `#id`. `is_found` tells whether the target exists; `is_intact`
    whether the digest of its canonical octets equals DigestValue.
    """

    identifier: str | None
    uri: str
    target_id: str | None
    kind: Covers
    digest_uri: str
    digest_value: bytes
    is_found: bool
    is_intact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateBinding:
    """One xades:Cert of SigningCertificateV2: the digest, and the DER of IssuerSerial where given."""

    digest_uri: str
    digest_value: bytes
    issuer_serial_der: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedProperties:
    """The signed qualifying properties of one signature (EN 319 132-1, 5.2)."""

    identifier: str
    signing_time: datetime | None
    signing_time_text: str | None
    certificates: tuple[CertificateBinding, ...]
    claimed_roles: tuple[str, ...]
    commitments: tuple[str, ...]
    described_references: frozenset[str]


class StampKind(StrEnum):
    """The kinds of time-stamps that this library reads; the `type` of the report's `timestamps`."""

    SIGNATURE = "signature"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStamp:
    """One time-stamp container: its tokens, and the octets that each must have in its imprint.

    `covered_der` are the certificates, CRLs, OCSP responses and tokens that an archive time-stamp covers: a passing token
    proves that they existed.
    """

    kind: StampKind
    tokens_der: tuple[bytes, ...]
    message_octets: bytes
    covered_der: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSignature:
    """One signature.

    `slot` is None for a signature outside every slot of the layout. `time_stamps` are in document order. `findings` are departures from the
    profile that this library accepts, `departures` those from the baseline of its family (EN 319 132-1, 6.3): any of either keeps the
    signature from passing. `algorithm` is what CMS names by OID; XML gives `algorithm_uri` and `pss` instead. `has_der_value`: an ECDSA value is
    DER, as in CMS. `revision` is the PDF revision, from 1, that the signature was made in.
    """

    identifier: str | None
    where: str
    slot: Slot | None
    family: Family
    algorithm_uri: str
    pss: PssParameters | None
    signed_info_octets: bytes
    value: bytes
    value_id: str | None
    references: tuple[Reference, ...]
    certificates_der: tuple[bytes, ...]
    properties: SignedProperties | None
    time_stamps: tuple[TimeStamp, ...]
    embedded_certificates_der: tuple[bytes, ...]
    embedded_crls_der: tuple[bytes, ...]
    embedded_ocsps_der: tuple[bytes, ...]
    departures: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...]
    algorithm: SignatureAlgorithm | None = None
    has_der_value: bool = False
    revision: int | None = None

    def covered_ids(self) -> frozenset[str]:
        """Give the Ids whose content this signature covers with a matching digest."""
        return frozenset(ref.target_id for ref in self.references if ref.is_intact and ref.target_id is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDocument:
    """A document with all its signatures.

    `signed_octets` gives, by Id, the canonical octets of every element that some reference names; only
    where a reference to it `is_intact` are they signed content.
    """

    octets: bytes
    slots: tuple[Slot, ...]
    signatures: tuple[ParsedSignature, ...]
    signed_octets: Mapping[str, bytes]

    def signature(self, slot: Slot) -> ParsedSignature | None:
        return next((signature for signature in self.signatures if signature.slot == slot), None)
