"""Time-stamp tokens as they stand: CMS SignedData around a TSTInfo, read as DER and nothing else.

Nothing is verified here.

Spec: RFC 3161, 2.4.2; RFC 5652, 5; RFC 5816.
"""

import re
from dataclasses import field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from hocba_sign.crypto import der
from hocba_sign.crypto.digests import DigestAlgorithm, digest
from hocba_sign.crypto.identifier import digest_algorithm_of
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.embedded import Embedded, read_embedded
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.timestamp.cms import (
    CertificateIdentifier,
    SignedData,
    SignerInfo,
    certificate_identifiers,
    is_named,
    read_signed_data,
    same_name,
)

MAX_TOKEN_OCTETS = 256 * 1024
"""A token with its chain has 3 to 8 kB; one that carries its revocation data some tens."""

MAX_KEPT = 256
"""Pairs of a name in a token and a certificate whose fit stays known; an authority has few."""

_GENERALIZED_TIME_TAG = 0x18
_GENERALIZED_TIME = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a time-stamp token says. Nothing of it is verified yet.

    `gen_time` is UTC.
    `certificate` is the one that the signer identifier and ESSCertID(V2) name, None where neither
        the token nor the candidates hold it;
    `certificates` are those embedded, of unverified origin, as are `crls` and `ocsps` (DER).
    `embedded` is all of it as it stands.
    """

    der: bytes = field(repr=False)
    gen_time: datetime
    imprint_algorithm: DigestAlgorithm
    imprint: bytes
    serial_number: int
    policy: str
    nonce: int | None
    accuracy: timedelta | None
    certificate: Certificate | None
    certificates: tuple[Certificate, ...] = field(repr=False)
    crls: tuple[bytes, ...] = field(repr=False)
    ocsps: tuple[bytes, ...] = field(repr=False)
    embedded: Embedded = field(repr=False)
    content_type: str
    info_der: bytes = field(repr=False)
    signers: tuple[SignerInfo, ...] = field(repr=False)
    has_critical_extension: bool = False


def read_token(token_der: bytes, candidates: tuple[Certificate, ...] = ()) -> Token:
    """Read a TimeStampToken; `candidates` may hold the certificate that the token does not embed.

    Indefinite lengths, as Java programs write them, are read: CMS is BER, and what is hashed and
    signed in it is DER in any case.
    Raises: InputError TST.MALFORMED with the octet, TST.NOT_DER for other BER, TST.TOO_LARGE.
    Spec: RFC 3161, 2.4.2; RFC 5652, 5.2 and 5.4.
    """
    if len(token_der) > MAX_TOKEN_OCTETS:
        raise InputError("TST.TOO_LARGE", detail=f"{len(token_der)} octets")
    try:
        return _token(token_der, candidates)
    except InputError as error:
        cause = "TST.NOT_DER" if "shortest" in error.detail else "TST.MALFORMED"
        raise InputError(cause, where=error.where, detail=error.detail) from error
    except ValueError as error:
        raise InputError("TST.MALFORMED", detail="fields missing") from error


def token_evidence(token: Token, *, where: str) -> Evidence:
    """Read what a token carries; what cannot be read is named by `where`, which is that of the
    signature.
    """
    return read_embedded(
        token.embedded,
        source="time-stamp token",
        where=f"{where}: time-stamp {token.gen_time.isoformat()}",
    )


def _token(token_der: bytes, candidates: tuple[Certificate, ...]) -> Token:
    octets, end = der.definite(token_der)
    if end != len(token_der):
        raise der.malformed(end, "more after the token")
    signed_data = read_signed_data(octets)
    if signed_data.content is None:
        raise der.malformed(0, "no content")
    certificates = _certificates(signed_data)
    signers = signed_data.signers
    info = der.sequence(der.whole(signed_data.content, der.SEQUENCE))
    version, policy, imprint, serial, gen_time, *optional = info
    if der.integer(version) != 1:
        raise der.malformed(version.at, "TSTInfo version")
    algorithm, value = der.sequence(imprint)
    numbers = [der.integer(part) for part in optional if part.tag == der.INTEGER]
    return Token(
        der=token_der,
        gen_time=_time(gen_time),
        imprint_algorithm=digest_algorithm_of(algorithm.der),
        imprint=value.content,
        serial_number=der.integer(serial),
        policy=der.oid(policy),
        nonce=numbers[0] if numbers else None,
        accuracy=next((_accuracy(part) for part in optional if part.tag == der.SEQUENCE), None),
        certificate=_named_certificate(signers[0], (*certificates, *candidates))
        if len(signers) == 1
        else None,
        certificates=certificates,
        crls=signed_data.crls,
        ocsps=signed_data.ocsps,
        embedded=Embedded(
            certificates=signed_data.certificates_der,
            crls=signed_data.crls,
            ocsps=signed_data.ocsps,
            statements=signed_data.other_statements,
        ),
        content_type=signed_data.content_type,
        info_der=signed_data.content,
        signers=signers,
        has_critical_extension=_has_critical(optional),
    )


def _certificates(signed_data: SignedData) -> tuple[Certificate, ...]:
    found: list[Certificate] = []
    for certificate_der in signed_data.certificates_der:
        try:
            found.append(Certificate.load(certificate_der))
        except InputError:
            # An attribute certificate or a broken one cannot be the signer's; if the signer's is
            # missing, that is said.
            continue
    return tuple(found)


def read_time(content: bytes) -> datetime | None:
    """Return the time, UTC, that a GeneralizedTime of DER states; None for another spelling.

    Raises: ValueError for a time that does not exist.
    """
    match = _GENERALIZED_TIME.fullmatch(content)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    microsecond = int((match[7] or b"0").ljust(6, b"0")[:6])
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)


def _time(element: der.Element) -> datetime:
    moment = read_time(element.content) if element.tag == _GENERALIZED_TIME_TAG else None
    if moment is None:
        raise der.malformed(element.at, "genTime")
    return moment


def _accuracy(element: der.Element) -> timedelta:
    units = {der.INTEGER: "seconds", 0x80: "milliseconds", 0x81: "microseconds"}
    amounts = {
        units[part.tag]: int.from_bytes(part.content, "big")
        for part in der.children(element)
        if part.tag in units
    }
    if any(amount > 2**31 for amount in amounts.values()):
        raise der.malformed(element.at, "accuracy")
    return timedelta(**amounts)


def _has_critical(optional: list[der.Element]) -> bool:
    extensions = (child for part in optional if part.tag == 0xA1 for child in der.children(part))
    return any(
        inner.tag == der.BOOLEAN and inner.content != b"\x00"
        for extension in extensions
        for inner in der.children(extension)
    )


def _named_certificate(
    signer: SignerInfo, certificates: tuple[Certificate, ...]
) -> Certificate | None:
    """Find the certificate that the signer identifier names and ESSCertID(V2) confirms; never by
    position.

    Where no certificate satisfies both, one that fits the identifier alone is given, so that the
    broken binding can be said.
    """
    named = [certificate for certificate in certificates if is_named(signer.sid, certificate)]
    return next(
        (certificate for certificate in named if is_bound(signer, certificate)),
        named[0] if named else None,
    )


def is_bound(signer: SignerInfo, certificate: Certificate) -> bool:
    """Return whether every ESSCertID and ESSCertIDv2 attribute names the certificate first, and
    there is one.

    Spec: RFC 5035, 4; RFC 5816, 2.2.1.
    """
    try:
        named = certificate_identifiers(signer)
        return bool(named) and all(_fits(identifiers[0], certificate) for identifiers in named)
    except (InputError, ValueError, IndexError):
        return False


@lru_cache(maxsize=MAX_KEPT)
def _fits(identifier: CertificateIdentifier, certificate: Certificate) -> bool:
    if identifier.digest != digest(identifier.algorithm, certificate.der):
        return False
    if identifier.issuer_serial is None:
        return True
    names, serial = der.sequence(identifier.issuer_serial)
    (general_name,) = der.sequence(names)
    return der.integer(serial) == certificate.serial_number and same_name(
        general_name.content, certificate.issuer_der
    )
