"""The CMS of a PAdES signature, as DER: signed attributes first, the value and a time-stamp token
put in later.

There is no signing-time: the time is the signature dictionary's /M.
Spec: RFC 5652, 5; RFC 5035; EN 319 122-1, 5.2; EN 319 142-1, 6.3.
"""

from typing import Final

from asn1crypto import core
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from hocba_sign.crypto import der
from hocba_sign.crypto.algorithms import MGF1_OID, PssParameters, Scheme, SignatureAlgorithm
from hocba_sign.crypto.digests import SHA256, SHA512, DigestAlgorithm, digest
from hocba_sign.crypto.identifier import digest_algorithm_of
from hocba_sign.errors import CallerError, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate

TIME_STAMP_ROOM: Final = 12 * 1024
"""Octets kept free for a time-stamp token in every signature: tokens with their chain have 3 to 8
kB.
"""
_MARGIN: Final = 1024
_SIGNED_DATA, _DATA = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE_V2, _COMMITMENT_TYPE = (
    "1.2.840.113549.1.9.16.2.47",
    "1.2.840.113549.1.9.16.2.16",
)
_SIGNER_ATTRIBUTES_V2, _CLAIMED_NAME = "0.4.0.19122.1.1", "2.5.4.41"
_TIME_STAMP_TOKEN = "1.2.840.113549.1.9.16.2.14"
COMMITMENTS: Final = {
    "ProofOfOrigin": "1.2.840.113549.1.9.16.6.1",
    "ProofOfReceipt": "1.2.840.113549.1.9.16.6.2",
    "ProofOfDelivery": "1.2.840.113549.1.9.16.6.3",
    "ProofOfSender": "1.2.840.113549.1.9.16.6.4",
    "ProofOfApproval": "1.2.840.113549.1.9.16.6.5",
    "ProofOfCreation": "1.2.840.113549.1.9.16.6.6",
}
"""OIDs of commitment types, by the last part of their URI (EN 319 122-1, 5.2.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CmsTemplate:
    """What a signature shall say.

    `digest_algorithm` names the signing certificate;
    `chain_der` are all certificates to embed, the signing one first, and `issuer_serial_der` its
        RFC 5035 IssuerSerial.
    `commitment` is a key of `COMMITMENTS`.
    """

    algorithm: SignatureAlgorithm
    digest_algorithm: DigestAlgorithm
    chain_der: tuple[bytes, ...]
    issuer_serial_der: bytes
    role: str
    commitment: str

    @property
    def message_digest_algorithm(self) -> DigestAlgorithm:
        """The hash of the document; with Ed25519 it is SHA-512 (RFC 8419, 3.1)."""
        return self.algorithm.digest or SHA512

    @property
    def room(self) -> int:
        """Octets to keep for the whole CMS: certificates, value, attributes and a
        time-stamp token.
        """
        return (
            sum(map(len, self.chain_der))
            + len(self.issuer_serial_der)
            + TIME_STAMP_ROOM
            + 2 * _MARGIN
        )


def cms_without_value(description: CmsTemplate, document_digest: bytes) -> tuple[bytes, bytes]:
    """Return the CMS whose signature value is still empty, and the DER of its signed attributes:
    the octets to sign.
    """
    attributes = _set(
        _attribute(_CONTENT_TYPE, _oid(_DATA)),
        _attribute(_MESSAGE_DIGEST, der.encode(der.OCTET_STRING, document_digest)),
        _attribute(_SIGNING_CERTIFICATE_V2, _signing_certificate(description)),
        _attribute(
            _COMMITMENT_TYPE, der.encode(der.SEQUENCE, _oid(COMMITMENTS[description.commitment]))
        ),
        _attribute(_SIGNER_ATTRIBUTES_V2, _claimed_role(description.role)),
    )
    hash_identifier = _identifier(description.message_digest_algorithm.oid)
    signer = der.encode(
        der.SEQUENCE,
        _integer(1),
        _signer_identifier(description.issuer_serial_der),
        hash_identifier,
        b"\xa0" + attributes[1:],
        _signature_identifier(description.algorithm),
        der.encode(der.OCTET_STRING),
    )
    certificates = b"\xa0" + _set(*dict.fromkeys(description.chain_der))[1:]
    content = der.encode(der.SEQUENCE, _oid(_DATA))
    signed_data = der.encode(
        der.SEQUENCE,
        _integer(1),
        der.encode(der.SET, hash_identifier),
        content,
        certificates,
        _set(signer),
    )
    return der.encode(der.SEQUENCE, _oid(_SIGNED_DATA), der.encode(0xA0, signed_data)), attributes


def signed_attributes(cms_der: bytes) -> bytes:
    """Return the octets under the value of a CMS that `cms_without_value` made.

    Raises: CallerError `SIGN.STATE` for anything else.
    """
    return b"\x31" + _signer_parts(cms_der)[3].der[1:]


def signature_value(cms_der: bytes) -> bytes:
    """Return the octets that a signature time-stamp is of.

    Raises: CallerError `SIGN.STATE` for what this module did not make.
    """
    return _signer_parts(cms_der)[5].content


def chain(cms_der: bytes) -> tuple[bytes, ...]:
    """Return the embedded certificates, the signing one first.

    Raises: as `signed_attributes`; InputError `CERT.*`.
    """
    identifier = _signer_parts(cms_der)[1].der
    embedded = [part.der for part in der.children(_signed_data(cms_der)[3])]
    own = [
        certificate
        for certificate in embedded
        if _signer_identifier(Certificate.load(certificate).issuer_serial_der) == identifier
    ]
    return (*own, *(certificate for certificate in embedded if certificate not in own))


def certificate_digest(cms_der: bytes) -> DigestAlgorithm:
    """Return the hash that names the signing certificate. Raises: as `signed_attributes`."""
    try:
        for attribute in der.children(_signer_parts(cms_der)[3]):
            name, values = der.sequence(attribute)
            if der.oid(name) == _SIGNING_CERTIFICATE_V2:
                (value,) = der.children(values)
                identifier = der.children(der.children(der.children(value)[0])[0])
                return (
                    digest_algorithm_of(identifier[0].der)
                    if identifier[0].tag == der.SEQUENCE
                    else SHA256
                )
    except (InputError, ValueError, IndexError) as error:
        raise CallerError("SIGN.STATE", where="CMS") from error
    raise CallerError("SIGN.STATE", where="CMS")


def with_value(cms_der: bytes, value: bytes, *, algorithm: SignatureAlgorithm) -> bytes:
    """Put the signature value in; ECDSA values are r and s side by side.

    Raises: as `signed_attributes`.
    """
    if algorithm.scheme is Scheme.ECDSA:
        half = len(value) // 2
        value = encode_dss_signature(
            int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
        )
    parts = _signer_parts(cms_der)
    return _with_signer(
        cms_der, *(part.der for part in parts[:5]), der.encode(der.OCTET_STRING, value)
    )


def with_time_stamp(cms_der: bytes, token_der: bytes) -> bytes:
    """Put a signature time-stamp in, the first unsigned attribute.

    Raises: CallerError `SIGN.HAS_UNSIGNED_PROPERTIES` where there are some already; as
    `signed_attributes`.
    """
    parts = _signer_parts(cms_der)
    if len(parts) != 6:
        raise CallerError("SIGN.HAS_UNSIGNED_PROPERTIES")
    return _with_signer(
        cms_der,
        *(part.der for part in parts),
        der.encode(0xA1, _attribute(_TIME_STAMP_TOKEN, token_der)),
    )


def _signed_data(cms_der: bytes) -> tuple[der.Element, ...]:
    try:
        kind, holder = der.sequence(der.whole(cms_der, der.SEQUENCE))
        (signed_data,) = der.sequence(holder, 0xA0)
        parts = der.sequence(signed_data)
    except (InputError, ValueError) as error:
        raise CallerError("SIGN.STATE", where="CMS") from error
    if der.oid(kind) != _SIGNED_DATA or [part.tag for part in parts] != [
        der.INTEGER,
        der.SET,
        der.SEQUENCE,
        0xA0,
        der.SET,
    ]:
        raise CallerError("SIGN.STATE", where="CMS")
    return parts


def _signer_parts(cms_der: bytes) -> tuple[der.Element, ...]:
    try:
        (signer,) = der.children(_signed_data(cms_der)[4])
        parts = der.sequence(signer)
    except (InputError, ValueError) as error:
        raise CallerError("SIGN.STATE", where="CMS") from error
    expected = [der.INTEGER, der.SEQUENCE, der.SEQUENCE, 0xA0, der.SEQUENCE, der.OCTET_STRING, 0xA1]
    if len(parts) < 6 or [part.tag for part in parts] != expected[: len(parts)]:
        raise CallerError("SIGN.STATE", where="CMS")
    return parts


def _with_signer(cms_der: bytes, *signer: bytes) -> bytes:
    before = (part.der for part in _signed_data(cms_der)[:4])
    signed_data = der.encode(
        der.SEQUENCE, *before, der.encode(der.SET, der.encode(der.SEQUENCE, *signer))
    )
    return der.encode(der.SEQUENCE, _oid(_SIGNED_DATA), der.encode(0xA0, signed_data))


def _signing_certificate(description: CmsTemplate) -> bytes:
    """Write SigningCertificateV2; SHA-256 is the default and so must not be named."""
    chosen = description.digest_algorithm
    name = b"" if chosen == SHA256 else der.encode(der.SEQUENCE, _oid(chosen.oid))
    value = der.encode(der.OCTET_STRING, digest(chosen, description.chain_der[0]))
    identifier = der.encode(der.SEQUENCE, name, value, description.issuer_serial_der)
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, identifier))


def _claimed_role(role: str) -> bytes:
    """Write SignerAttributesV2 with the role as a claimed name (EN 319 122-1, 5.2.6.1)."""
    attribute = _attribute(_CLAIMED_NAME, der.encode(0x0C, role.encode()))
    return der.encode(der.SEQUENCE, der.encode(0xA0, der.encode(der.SEQUENCE, attribute)))


def _signer_identifier(issuer_serial_der: bytes) -> bytes:
    """Turn IssuerSerial, whose issuer is a GeneralNames, into IssuerAndSerialNumber."""
    general_names, serial = der.sequence(der.whole(issuer_serial_der, der.SEQUENCE))
    (directory_name,) = der.children(general_names)
    return der.encode(der.SEQUENCE, directory_name.content, serial.der)


def _signature_identifier(algorithm: SignatureAlgorithm) -> bytes:
    match algorithm.scheme:
        case Scheme.RSA_PKCS1:
            return der.encode(der.SEQUENCE, _oid(algorithm.oid), der.encode(der.NULL))
        case Scheme.RSA_PSS:
            assert algorithm.pss is not None
            return der.encode(der.SEQUENCE, _oid(algorithm.oid), _pss(algorithm.pss))
        case Scheme.ECDSA | Scheme.EDDSA:
            return _identifier(algorithm.oid)


def _pss(parameters: PssParameters) -> bytes:
    """Write RSASSA-PSS-params (RFC 4055, 3.1).

    Its defaults are SHA-1, which this library does not sign with.
    """
    mask = der.encode(der.SEQUENCE, _oid(MGF1_OID), _identifier(parameters.mgf_digest.oid))
    return der.encode(
        der.SEQUENCE,
        der.encode(0xA0, _identifier(parameters.digest.oid)),
        der.encode(0xA1, mask),
        der.encode(0xA2, _integer(parameters.salt_length)),
    )


def _identifier(oid: str) -> bytes:
    return der.encode(der.SEQUENCE, _oid(oid))


def _attribute(oid: str, value: bytes) -> bytes:
    return der.encode(der.SEQUENCE, _oid(oid), der.encode(der.SET, value))


def _set(*members: bytes) -> bytes:
    """Write a SET OF in DER: its members ascend (X.690, 11.6)."""
    return der.encode(der.SET, *sorted(members))


def _integer(number: int) -> bytes:
    encoded: bytes = core.Integer(number).dump()
    return encoded


def _oid(dotted: str) -> bytes:
    encoded: bytes = core.ObjectIdentifier(dotted).dump()
    return encoded
