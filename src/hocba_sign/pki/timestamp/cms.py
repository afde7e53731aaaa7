"""CMS SignedData as it stands: time-stamp tokens and the signatures of PDF files.

Nothing is verified here.

Spec: RFC 5652, 5; RFC 5035, 3 and 5.
"""

from dataclasses import field
from itertools import pairwise

from hocba_sign.crypto import der
from hocba_sign.crypto.digests import SHA1, SHA256, DigestAlgorithm
from hocba_sign.crypto.identifier import digest_algorithm_of
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.remembered import remembered
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import name_key

MAX_CERTIFICATES = 100

CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
DATA = "1.2.840.113549.1.7.1"

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_ESS_CERT_ID, _ESS_CERT_ID_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
_OCSP_RESPONSE = "1.3.6.1.5.5.7.16.2"

Attributes = tuple[tuple[str, tuple[bytes, ...]], ...]
"""Each attribute's OID with its values' DER, in the order of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """One signature, as it stands.

    `attributes` are the signed ones; None where there are none.
    `attributes_der` is the SET OF that is signed, octet for octet as in the file but for its tag.
    `is_ordered` tells whether it is DER, its elements ascending and distinct.
    """

    sid: der.Element = field(repr=False)
    digest_identifier_der: bytes
    signature_identifier_der: bytes
    signature: bytes = field(repr=False)
    attributes: Attributes | None = field(repr=False)
    attributes_der: bytes = field(repr=False)
    is_ordered: bool
    unsigned: Attributes = field(default=(), repr=False)

    def values(self, oid: str) -> tuple[bytes, ...]:
        """Return the values of all signed attributes of that type."""
        return tuple(
            value for name, values in self.attributes or () if name == oid for value in values
        )

    def unsigned_values(self, oid: str) -> tuple[bytes, ...]:
        return tuple(value for name, values in self.unsigned if name == oid for value in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedData:
    """`content` is what is inside, None for a detached signature; certificates, `crls` and `ocsps`
    are DER of unverified origin.

    `other_statements` are statements on revocation of other formats.
    """

    content_type: str
    content: bytes | None = field(repr=False)
    certificates_der: tuple[bytes, ...] = field(repr=False)
    crls: tuple[bytes, ...] = field(repr=False)
    ocsps: tuple[bytes, ...] = field(repr=False)
    other_statements: tuple[bytes, ...] = field(repr=False)
    signers: tuple[SignerInfo, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIdentifier:
    """One ESSCertID or ESSCertIDv2; `issuer_serial` is the IssuerSerial where given."""

    algorithm: DigestAlgorithm
    digest: bytes
    issuer_serial: der.Element | None
    is_first_version: bool = False


def read_signed_data(octets: bytes) -> SignedData:
    """Read a ContentInfo that is nothing but a SignedData.

    Raises: InputError DER.MALFORMED, with the octet; ValueError where fields are missing.
    """
    content_type, holder = der.sequence(der.whole(octets, der.SEQUENCE))
    if der.oid(content_type) != _SIGNED_DATA:
        raise der.malformed(content_type.at, "no SignedData")
    (signed_data,) = der.sequence(holder, 0xA0)
    _, _, inner, *rest = der.sequence(signed_data)
    inner_type, *inner_holder = der.sequence(inner)
    if not rest or rest[-1].tag != der.SET:
        raise der.malformed(inner.end, "no signer")
    crls, ocsps, others = _revocation_data([part for part in rest[:-1] if part.tag == 0xA1])
    return SignedData(
        content_type=der.oid(inner_type),
        content=_content(inner_holder[0]) if inner_holder else None,
        certificates_der=_certificates([part for part in rest[:-1] if part.tag == 0xA0]),
        crls=crls,
        ocsps=ocsps,
        other_statements=others,
        signers=tuple(_signer(part) for part in der.children(rest[-1])),
    )


def _content(holder: der.Element) -> bytes:
    (octets,) = der.sequence(holder, 0xA0)
    if octets.tag != der.OCTET_STRING:
        raise der.malformed(octets.at, "content")
    return octets.content


def _certificates(sets: list[der.Element]) -> tuple[bytes, ...]:
    found = [part for holder in sets for part in der.children(holder)]
    if len(found) > MAX_CERTIFICATES:
        raise der.malformed(found[MAX_CERTIFICATES].at, "too many certificates")
    return tuple(part.der for part in found)


def _revocation_data(
    sets: list[der.Element],
) -> tuple[tuple[bytes, ...], tuple[bytes, ...], tuple[bytes, ...]]:
    crls: list[bytes] = []
    ocsps: list[bytes] = []
    others: list[bytes] = []
    for part in (part for holder in sets for part in der.children(holder)):
        if part.tag == der.SEQUENCE:
            crls.append(part.der)
        elif part.tag == 0xA1:
            kind, value = der.sequence(part, 0xA1)
            (ocsps if der.oid(kind) == _OCSP_RESPONSE else others).append(value.der)
        else:
            others.append(part.der)
    return tuple(crls), tuple(ocsps), tuple(others)


def _signer(element: der.Element) -> SignerInfo:
    _, sid, digest_identifier, *rest = der.sequence(element)
    attributes: Attributes | None = None
    attributes_der, is_ordered = b"", True
    if rest and rest[0].tag == 0xA0:
        holder = rest.pop(0)
        parts = der.children(holder)
        attributes = tuple(_attribute(part) for part in parts)
        attributes_der = der.encode(der.SET, holder.content)
        encodings = [part.der for part in parts]
        is_ordered = all(encoding < other for encoding, other in pairwise(encodings))
    signature_identifier, signature, *others = rest
    return SignerInfo(
        sid=sid,
        digest_identifier_der=digest_identifier.der,
        signature_identifier_der=signature_identifier.der,
        signature=signature.content,
        attributes=attributes,
        attributes_der=attributes_der,
        is_ordered=is_ordered,
        unsigned=tuple(
            _attribute(part)
            for holder in others
            if holder.tag == 0xA1
            for part in der.children(holder)
        ),
    )


def _attribute(element: der.Element) -> tuple[str, tuple[bytes, ...]]:
    name, values = der.sequence(element)
    return der.oid(name), tuple(value.der for value in der.sequence(values, der.SET))


def is_named(sid: der.Element, certificate: Certificate) -> bool:
    """Return whether a signer identifier names the certificate."""
    if sid.tag == 0x80:
        return certificate.subject_key_identifier == sid.content
    issuer, serial = der.sequence(sid)
    return certificate.serial_number == der.integer(serial) and same_name(
        certificate.issuer_der, issuer.der
    )


def same_name(one_der: bytes, other_der: bytes) -> bool:
    """Return whether two names are equal for path building, whatever their octets."""
    try:
        return one_der == other_der or name_key(one_der) == name_key(other_der)
    except (ValueError, TypeError):
        return False


def certificate_identifiers(signer: SignerInfo) -> tuple[tuple[CertificateIdentifier, ...], ...]:
    """Return what each signing-certificate attribute lists, those of version 1 first; the signer's
    own stands first in each list.

    Raises: InputError DER.MALFORMED, CRYPTO.UNKNOWN_ALGORITHM, CRYPTO.UNSUPPORTED_ALGORITHM;
    ValueError where fields are missing.
    Spec: RFC 5035, 3 and 5.4.1.
    """
    return tuple(
        _identifiers(value, oid)
        for oid in (_ESS_CERT_ID, _ESS_CERT_ID_V2)
        for value in signer.values(oid)
    )


@remembered
def _identifiers(value_der: bytes, oid: str) -> tuple[CertificateIdentifier, ...]:
    holder, *_ = der.sequence(der.whole(value_der, der.SEQUENCE))
    found = []
    for element in der.sequence(holder):
        parts = list(der.sequence(element))
        algorithm = SHA1 if oid == _ESS_CERT_ID else SHA256
        if oid == _ESS_CERT_ID_V2 and parts[0].tag == der.SEQUENCE:
            algorithm = digest_algorithm_of(parts.pop(0).der)
        value, *issuer_serial = parts
        found.append(
            CertificateIdentifier(
                algorithm=algorithm,
                digest=value.content,
                issuer_serial=issuer_serial[0] if issuer_serial else None,
                is_first_version=oid == _ESS_CERT_ID,
            )
        )
    return tuple(found)
