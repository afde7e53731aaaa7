"""The CMS in a signature field: what is under its value, whose it is said to be, what it carries.

Octets under the value are those of the file; only attributes in another order than that of DER are
put in order.
Spec: RFC 5652, 5; RFC 5035; EN 319 122-1, 5; EN 319 142-1, 6.3; ISO 32000-2, 12.8.3.3.
"""

import re
from dataclasses import field
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from hocba_sign.ades.structure import CertificateBinding
from hocba_sign.crypto import der
from hocba_sign.crypto.algorithms import Scheme, SignatureAlgorithm, plain_ecdsa
from hocba_sign.crypto.digests import DigestAlgorithm
from hocba_sign.crypto.identifier import digest_algorithm_of, signature_algorithm_of
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.timestamp.cms import (
    CONTENT_TYPE,
    DATA,
    MESSAGE_DIGEST,
    SignedData,
    SignerInfo,
    certificate_identifiers,
    is_named,
    read_signed_data,
)

MAX_OCTETS: Final = 4 * 1024 * 1024
"""Of one CMS; a large CRL may be in it."""
MAX_TOKENS: Final = 10
MAX_VALUES: Final = 500

_PKCS9: Final = "1.2.840.113549.1.9."
"""Attributes below it, of CMS and CAdES, stand in a signature once; RFC 5652 says nothing of those
of others.
"""
_SIGNING_TIME, _TIME_STAMP_TOKEN = "1.2.840.113549.1.9.5", "1.2.840.113549.1.9.16.2.14"
_ADOBE_REVOCATION = "1.2.840.113583.1.1.8"
_COMMITMENT, _SIGNER_ATTRIBUTES = "1.2.840.113549.1.9.16.2.16", "0.4.0.19122.1.1"
_ED_DIGESTS = {"ed25519": "sha512", "ed448": "shake256"}
_TIMES = {
    0x17: re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z"),
    0x18: re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z"),
}
_PDF_DATE = re.compile(
    r"(?:D:)?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(Z)(?:00'?00'?)?|([+-])(\d\d)'?(?:(\d\d)'?)?)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CmsFacts:
    """One signature in CMS.

    `signed_octets` is the DER of the signed attributes, which ill-ordered ones are brought to, None
        where there are none and the value is of the document itself; then `message_digest` is None
        too.
    `received_octets` are ill-ordered ones as they stand, else None.
    `content` is what is inside, None for a detached signature.
    `signing_time` is UTC.
    """

    algorithm: SignatureAlgorithm
    has_der_value: bool
    digest_algorithm: DigestAlgorithm
    signed_octets: bytes | None = field(repr=False)
    received_octets: bytes | None = field(repr=False)
    message_digest: bytes | None
    content: bytes | None = field(repr=False)
    value: bytes = field(repr=False)
    bindings: tuple[CertificateBinding, ...]
    certificates_der: tuple[bytes, ...] = field(repr=False)
    crls: tuple[bytes, ...] = field(repr=False)
    ocsps: tuple[bytes, ...] = field(repr=False)
    other_statements: tuple[bytes, ...] = field(repr=False)
    tokens: tuple[bytes, ...] = field(repr=False)
    signing_time: datetime | None
    roles: tuple[str, ...]
    commitments: tuple[str, ...]
    findings: tuple[Finding, ...]


def cms_octets(contents: bytes) -> tuple[bytes, bool]:
    """Return the CMS at the start of /Contents, lengths made definite, and whether nothing but
    zeros follows it.

    Raises: InputError DER.MALFORMED.
    """
    if len(contents) > MAX_OCTETS:
        raise der.malformed(MAX_OCTETS, "too large")
    if contents[1:2] == b"\x80":
        octets, end = der.definite(contents)
        return octets, not contents[end:].strip(b"\0")
    first = der.first(contents, der.SEQUENCE)
    return first.der, not contents[first.end :].strip(b"\0")


def read_cms(octets: bytes, *, where: str) -> CmsFacts:
    """Read one signature. `where` is put into the findings.

    Raises: InputError DER.MALFORMED, PDF.SIGNER_COUNT, CRYPTO.*.
    """
    try:
        signed_data = read_signed_data(octets)
        if len(signed_data.signers) != 1:
            raise InputError("PDF.SIGNER_COUNT", where=where, detail=str(len(signed_data.signers)))
        return _facts(signed_data, signed_data.signers[0], where=where)
    except (ValueError, IndexError) as error:
        raise InputError("DER.MALFORMED", where=where, detail="fields missing") from error


def _facts(signed_data: SignedData, signer: SignerInfo, *, where: str) -> CmsFacts:
    digest_algorithm = digest_algorithm_of(signer.digest_identifier_der)
    algorithm, has_der_value = _algorithm(signer, digest_algorithm)
    certificates, bindings, findings = _identified(signed_data, signer)
    findings += _attribute_causes(signed_data, signer, algorithm, hashed_by=digest_algorithm)
    digests = signer.values(MESSAGE_DIGEST)
    crls, ocsps, others = _adobe_revocation(signer)
    return CmsFacts(
        algorithm=algorithm,
        has_der_value=has_der_value,
        digest_algorithm=digest_algorithm,
        signed_octets=None if signer.attributes is None else _in_order(signer),
        received_octets=None if signer.is_ordered else signer.attributes_der,
        message_digest=der.whole(digests[0], der.OCTET_STRING).content
        if len(digests) == 1
        else None,
        content=signed_data.content,
        value=signer.signature,
        bindings=bindings,
        certificates_der=certificates,
        crls=(*signed_data.crls, *crls),
        ocsps=(*signed_data.ocsps, *ocsps),
        other_statements=(*signed_data.other_statements, *others),
        tokens=signer.unsigned_values(_TIME_STAMP_TOKEN)[:MAX_TOKENS],
        signing_time=_signing_time(signer),
        roles=tuple(
            role for value in signer.values(_SIGNER_ATTRIBUTES) for role in _claimed(value)
        ),
        commitments=tuple(
            f"urn:oid:{der.oid(der.children(der.whole(value, der.SEQUENCE))[0])}"
            for value in signer.values(_COMMITMENT)
        ),
        findings=tuple(Finding(cause, where) for cause in findings),
    )


def _in_order(signer: SignerInfo) -> bytes:
    """Return what the value is made over: the attributes in the order of DER, whatever order they
    stand in (RFC 5652, 5.4).
    """
    attributes = der.children(der.whole(signer.attributes_der, der.SET))
    return der.encode(der.SET, *sorted(attribute.der for attribute in attributes))


def _algorithm(
    signer: SignerInfo, digest_algorithm: DigestAlgorithm
) -> tuple[SignatureAlgorithm, bool]:
    """Return the algorithm and whether an ECDSA value is DER."""
    parts = der.sequence(der.whole(signer.signature_identifier_der, der.SEQUENCE))
    plain = plain_ecdsa(der.oid(parts[0]))
    if plain is not None:
        return plain, False
    return signature_algorithm_of(signer.signature_identifier_der, digest_algorithm), True


def _identified(
    signed_data: SignedData, signer: SignerInfo
) -> tuple[tuple[bytes, ...], tuple[CertificateBinding, ...], list[str]]:
    """Put the certificates that the signer identifier names first; without an attribute that binds
    one, only they count.
    """
    named: list[bytes] = []
    others: list[bytes] = []
    for octets in signed_data.certificates_der:
        (named if _is_named(signer, octets) else others).append(octets)
    lists = certificate_identifiers(signer)
    bindings = tuple(
        CertificateBinding(
            digest_uri=identifiers[0].algorithm.uri,
            digest_value=identifiers[0].digest,
            issuer_serial_der=None
            if identifiers[0].issuer_serial is None
            else identifiers[0].issuer_serial.der,
            is_sha1_by_definition=identifiers[0].is_first_version,
        )
        for identifiers in lists
    )
    causes = [] if named else ["PDF.SIGNER_ID"]
    if named and not all(any(binding.binds(octets) for octets in named) for binding in bindings):
        causes.append("SIG.CERTIFICATE_BINDING")
    return (
        tuple(dict.fromkeys((*named, *others) if bindings or not named else named)),
        bindings,
        causes,
    )


def _is_named(signer: SignerInfo, certificate_der: bytes) -> bool:
    try:
        return is_named(signer.sid, Certificate.load(certificate_der))
    except InputError:
        return False


def _attribute_causes(
    signed_data: SignedData,
    signer: SignerInfo,
    algorithm: SignatureAlgorithm,
    *,
    hashed_by: DigestAlgorithm,
) -> list[str]:
    if signer.attributes is None:
        return []
    names = [
        name
        for name, _ in signer.attributes
        if name.startswith(_PKCS9) or name == _SIGNER_ATTRIBUTES
    ]
    causes = [] if signer.is_ordered else ["PDF.NOT_DER"]
    types = [der.oid(der.whole(value, der.OID)) for value in signer.values(CONTENT_TYPE)]
    is_complete = (
        types == [signed_data.content_type] == [DATA] and len(signer.values(MESSAGE_DIGEST)) == 1
    )
    if len(set(names)) != len(names) or not is_complete:
        causes.append("PDF.ATTRIBUTES")
    if algorithm.scheme is Scheme.EDDSA and hashed_by.name != _ED_DIGESTS[algorithm.name]:
        causes.append("CRYPTO.PARAMETERS")
    return causes


def _adobe_revocation(signer: SignerInfo) -> tuple[tuple[bytes, ...], ...]:
    """Read lists, responses and what is neither in adbe-revocationInfoArchival (ISO 32000-2,
    12.8.3.3.2).
    """
    found: tuple[list[bytes], ...] = ([], [], [])
    for value in signer.values(_ADOBE_REVOCATION):
        for part in der.sequence(der.whole(value, der.SEQUENCE)):
            place = part.tag - 0xA0 if part.tag in {0xA0, 0xA1} else 2
            found[place].extend(statement.der for statement in der.sequence(der.children(part)[0]))
    if sum(map(len, found)) > MAX_VALUES:
        raise der.malformed(0, "too many values")
    return tuple(map(tuple, found))


def _claimed(value_der: bytes) -> tuple[str, ...]:
    """Read the texts of claimed attributes (EN 319 122-1, 5.2.6.1)."""
    texts: list[str] = []
    for part in der.sequence(der.whole(value_der, der.SEQUENCE)):
        if part.tag == 0xA0:
            waiting = list(der.children(part))
            if (
                waiting
                and waiting[0].tag == der.SEQUENCE
                and der.children(waiting[0])[0].tag == der.SEQUENCE
            ):
                waiting = list(der.children(waiting[0]))
            for attribute in waiting:
                _, values = der.sequence(attribute)
                texts += [
                    value.content.decode("utf-8", "replace")
                    for value in der.children(values)
                    if value.tag in {0x0C, 0x13}
                ]
    return tuple(texts)


def _signing_time(signer: SignerInfo) -> datetime | None:
    for value in signer.values(_SIGNING_TIME)[:1]:
        tag, text = value[0], der.first(value, value[0]).content.decode("ascii", "replace")
        match = _TIMES[tag].fullmatch(text) if tag in _TIMES else None
        if match is not None:
            year, *rest = (int(group) for group in match.groups())
            if tag == 0x17:
                year += 1900 if year >= 50 else 2000
            return _moment(year, rest)
    return None


def pdf_date(text: str) -> datetime | None:
    """Read a date of PDF as UTC; one without a zone is taken for UTC. None where it is none.

    Spec: ISO 32000-2, 7.9.4.
    """
    match = _PDF_DATE.fullmatch(text)
    if match is None:
        return None
    moment = _moment(int(match[1]), [int(group) for group in match.groups()[1:6]])
    if moment is None or match[8] is None:
        return moment
    hours, minutes = int(match[9]), int(match[10] or 0)
    if hours > 23 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return moment.replace(tzinfo=timezone(offset if match[8] == "+" else -offset)).astimezone(UTC)


def _moment(year: int, rest: list[int]) -> datetime | None:
    month, day, hour, minute, second = rest
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
