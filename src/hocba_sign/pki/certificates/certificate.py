"""Certificates: facts read from the octets, no judgement.

Paths, trust and revocation are elsewhere.

Framing is read strictly, contents leniently, because real certificates deviate: negative and zero
serial numbers, odd strings, times without seconds. Names and keys are the octets as they stand,
never re-encoded.
Spec: RFC 5280, 4.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from hocba_sign.crypto import der
from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.identifier import signature_algorithm_of
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.remembered import remembered
from hocba_sign.pki.certificates import distinguished_names as name
from hocba_sign.pki.certificates.distinguished_names import Subject
from hocba_sign.pki.certificates.extensions import Extension, extension_of, read_extension

MAX_CERTIFICATE_OCTETS = 64 * 1024
"""Real ones have 1 to 3 kB; the largest key that is loaded needs 2 kB."""
MAX_REMEMBERED = 4_096
"""Certificates that stay read, about 3 kB each: a document carries each of its CAs a dozen times.
"""


_VERSION, _ISSUER_UID, _SUBJECT_UID, _EXTENSIONS = 0xA0, 0x81, 0x82, 0xA3
_URI, _DIRECTORY_NAME = 0x86, 0xA4
_OCSP, _CA_ISSUERS = "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"
_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_UTC_TIME = re.compile(rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:Z|\+0000)")
_GENERALIZED_TIME = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(?:Z|\+0000)")


_SIGNING_USAGES: Final = frozenset({"digital_signature", "content_commitment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a certificate says. Two are equal when their octets are.

    Times are UTC. Identifiers of keys are raw octets.
    `key_usage` is None where the extension is missing, which restricts nothing; its members are
        named as in `_KEY_USAGES`.
    `is_ca` is the basicConstraints flag, False where the extension is missing. Only http(s), ldap
        and other URIs that are plain printable text are kept in the three address lists; fetching
        from them is another matter.
    `signature_algorithm_der` is the outer AlgorithmIdentifier, equal to the inner one.
    `signature` is empty, so that it never verifies, where it is not a whole number of octets.
    """

    der: bytes = field(repr=False)
    sha256: str = field(compare=False)
    subject: Subject = field(compare=False)
    issuer_text: str = field(compare=False)
    subject_der: bytes = field(compare=False, repr=False)
    issuer_der: bytes = field(compare=False, repr=False)
    serial_number: int = field(compare=False)
    serial_der: bytes = field(compare=False, repr=False)
    not_before: datetime = field(compare=False)
    not_after: datetime = field(compare=False)
    public_key_der: bytes = field(compare=False, repr=False)
    tbs_der: bytes = field(compare=False, repr=False)
    signature_algorithm_der: bytes = field(compare=False, repr=False)
    signature: bytes = field(compare=False, repr=False)
    extensions: tuple[Extension, ...] = field(compare=False, repr=False)
    key_usage: frozenset[str] | None = field(compare=False, repr=False)
    extended_key_usage: tuple[str, ...] = field(compare=False, repr=False)
    is_ca: bool = field(compare=False, repr=False)
    subject_key_identifier: bytes | None = field(compare=False, repr=False)
    authority_key_identifier: bytes | None = field(compare=False, repr=False)
    ocsp_urls: tuple[str, ...] = field(compare=False, repr=False)
    crl_urls: tuple[str, ...] = field(compare=False, repr=False)
    ca_issuer_urls: tuple[str, ...] = field(compare=False, repr=False)

    @staticmethod
    def load(certificate_der: bytes) -> "Certificate":
        """Read one DER certificate and nothing after it. Does not check its signature.

        Raises: InputError CERT.MALFORMED with the octet, CERT.TOO_LARGE.
        """
        if len(certificate_der) > MAX_CERTIFICATE_OCTETS:
            raise InputError("CERT.TOO_LARGE", detail=f"{len(certificate_der)} octets")
        try:
            return _certificate(bytes(certificate_der))
        except InputError as error:
            raise InputError("CERT.MALFORMED", where=error.where, detail=error.detail) from error

    @property
    def subject_text(self) -> str:
        """The whole subject as RFC 4514 writes it."""
        return name.text(self.subject_der)

    @property
    def is_self_issued(self) -> bool:
        return self.issuer_der == self.subject_der

    @property
    def may_sign(self) -> bool:
        """Whether its key usage lets it sign documents (RFC 5280, 4.2.1.3)."""
        return self.key_usage is None or bool(self.key_usage & _SIGNING_USAGES)

    @property
    def critical_extensions(self) -> frozenset[str]:
        """Dotted OIDs."""
        return frozenset(extension.oid for extension in self.extensions if extension.is_critical)

    @property
    def issuer_serial_der(self) -> bytes:
        """IssuerSerial for SigningCertificateV2.

        Spec: RFC 5035, 5 (GeneralNames with one directoryName).
        """
        return der.encode(
            der.SEQUENCE,
            der.encode(der.SEQUENCE, der.encode(_DIRECTORY_NAME, self.issuer_der)),
            self.serial_der,
        )

    @property
    def signature_algorithm(self) -> SignatureAlgorithm:
        """What its issuer signed it with.

        Raises: InputError CRYPTO.UNKNOWN_ALGORITHM, CRYPTO.UNSUPPORTED_ALGORITHM,
        CRYPTO.PARAMETERS, DER.MALFORMED.
        """
        return signature_algorithm_of(self.signature_algorithm_der)


@lru_cache(maxsize=MAX_REMEMBERED)
def _certificate(certificate_der: bytes) -> Certificate:
    # (1) The three parts, and the fields of the first.
    outer = der.whole(certificate_der, der.SEQUENCE)
    tbs, algorithm, signature = _exactly(outer, (der.SEQUENCE, der.SEQUENCE, der.BIT_STRING))
    fields = list(der.sequence(tbs))
    if fields and fields[0].tag == _VERSION:
        del fields[0]
    if len(fields) < 6:
        raise der.malformed(tbs.at, "fields missing")
    serial, inner_algorithm, issuer, validity, subject, key = fields[:6]
    if inner_algorithm.der != algorithm.der:
        raise der.malformed(algorithm.at, "the two signature algorithms differ")
    if key.tag != der.SEQUENCE:
        raise der.malformed(key.at, "public key")
    not_before, not_after = (_time(moment) for moment in _exactly(validity, (None, None)))
    # (2) The extensions, each at most once.
    extensions = _extensions(fields[6:])
    by_oid = {extension.oid: extension.value_der for extension in extensions}
    if len(by_oid) != len(extensions):
        raise der.malformed(tbs.at, "an extension stands twice")
    ocsp_urls, ca_issuer_urls = _access(by_oid.get("1.3.6.1.5.5.7.1.1"))
    # (3) The view.
    return Certificate(
        der=certificate_der,
        sha256=hashlib.sha256(certificate_der).hexdigest(),
        subject=name.subject(subject),
        issuer_text=name.text(issuer.der),
        subject_der=subject.der,
        issuer_der=issuer.der,
        serial_number=der.integer(serial),
        serial_der=serial.der,
        not_before=not_before,
        not_after=not_after,
        public_key_der=key.der,
        tbs_der=tbs.der,
        signature_algorithm_der=algorithm.der,
        signature=signature.content[1:] if signature.content[:1] == b"\x00" else b"",
        extensions=extensions,
        key_usage=_key_usage(by_oid.get("2.5.29.15")),
        extended_key_usage=_extended_key_usage(by_oid.get("2.5.29.37")),
        is_ca=_is_ca(by_oid.get("2.5.29.19")),
        subject_key_identifier=_subject_key_identifier(by_oid.get("2.5.29.14")),
        authority_key_identifier=_authority_key_identifier(by_oid.get("2.5.29.35")),
        ocsp_urls=ocsp_urls,
        crl_urls=_crl_urls(by_oid.get("2.5.29.31")),
        ca_issuer_urls=ca_issuer_urls,
    )


def _exactly(parent: der.Element, tags: tuple[int | None, ...]) -> tuple[der.Element, ...]:
    parts = der.sequence(parent)
    if len(parts) != len(tags) or any(
        tag not in (None, part.tag) for part, tag in zip(parts, tags, strict=True)
    ):
        raise der.malformed(parent.at, "other fields than expected")
    return parts


def _time(moment: der.Element) -> datetime:
    pattern = {0x17: _UTC_TIME, 0x18: _GENERALIZED_TIME}.get(moment.tag)
    match = pattern.fullmatch(moment.content) if pattern else None
    if match is None:
        raise der.malformed(moment.at, "time")
    year, month, day, hour, minute, second = map(int, match.groups(b"0"))
    if moment.tag == 0x17:
        year += 1900 if year >= 50 else 2000
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise der.malformed(moment.at, "time") from error


def _extensions(fields: list[der.Element]) -> tuple[Extension, ...]:
    found: list[Extension] = []
    for part in fields:
        if part.tag in (_ISSUER_UID, _SUBJECT_UID):
            continue
        (holder,) = _exactly_one(der.sequence(part, _EXTENSIONS), part)
        try:
            found += [extension_of(octets)[0] for octets in der.pieces(holder)]
        except InputError:
            # Told by its place in the certificate.
            found += [read_extension(element)[0] for element in der.sequence(holder)]
    return tuple(found)


def _exactly_one(parts: tuple[der.Element, ...], parent: der.Element) -> tuple[der.Element]:
    if len(parts) != 1:
        raise der.malformed(parent.at, "other fields than expected")
    return (parts[0],)


@remembered
def _key_usage(value_der: bytes | None) -> frozenset[str] | None:
    if value_der is None:
        return None
    content = der.whole(value_der, der.BIT_STRING).content
    if not content or content[0] > 7:
        raise der.malformed(0, "keyUsage")
    bits = "".join(f"{octet:08b}" for octet in content[1:])
    return frozenset(usage for usage, bit in zip(_KEY_USAGES, bits, strict=False) if bit == "1")


@remembered
def _extended_key_usage(value_der: bytes | None) -> tuple[str, ...]:
    if value_der is None:
        return ()
    return tuple(der.oid(purpose) for purpose in der.sequence(der.whole(value_der, der.SEQUENCE)))


@remembered
def _is_ca(value_der: bytes | None) -> bool:
    if value_der is None:
        return False
    parts = der.sequence(der.whole(value_der, der.SEQUENCE))
    return bool(parts) and parts[0].tag == der.BOOLEAN and parts[0].content != b"\x00"


def _subject_key_identifier(value_der: bytes | None) -> bytes | None:
    return None if value_der is None else der.whole(value_der, der.OCTET_STRING).content


@remembered
def _authority_key_identifier(value_der: bytes | None) -> bytes | None:
    if value_der is None:
        return None
    parts = der.sequence(der.whole(value_der, der.SEQUENCE))
    return next((part.content for part in parts if part.tag == 0x80), None)


@remembered
def _access(value_der: bytes | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses of responders, and those of the issuer's certificate."""
    if value_der is None:
        return (), ()
    found: list[tuple[str, str]] = []
    for description in der.sequence(der.whole(value_der, der.SEQUENCE)):
        method, location = _exactly(description, (der.OID, None))
        found.extend((der.oid(method), url) for url in _urls((location,)))
    responders = tuple(url for method, url in found if method == _OCSP)
    return responders, tuple(url for method, url in found if method == _CA_ISSUERS)


@remembered
def _crl_urls(value_der: bytes | None) -> tuple[str, ...]:
    if value_der is None:
        return ()
    found: list[str] = []
    for point in der.sequence(der.whole(value_der, der.SEQUENCE)):
        for point_name in (part for part in der.sequence(point) if part.tag == 0xA0):
            for full_name in (part for part in der.children(point_name) if part.tag == 0xA0):
                found.extend(_urls(der.sequence(full_name, 0xA0)))
    return tuple(found)


def _urls(names: tuple[der.Element, ...]) -> Iterator[str]:
    for general_name in names:
        url = general_name.content.decode("latin-1")
        if general_name.tag == _URI and url.isascii() and url.isprintable():
            yield url
