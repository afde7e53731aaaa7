"""Time-stamp tokens as they stand: CMS SignedData around a TSTInfo, read as DER and nothing else. Nothing is verified here.

Spec: RFC 3161, 2.4.2; RFC 5652, 5; RFC 5816.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hocba_sign.crypto import der
from hocba_sign.crypto.algorithms import SHA1, SHA256, DigestAlgorithm, digest
from hocba_sign.crypto.identifier import digest_algorithm_of
from hocba_sign.errors import InputError
from hocba_sign.pki.certificate import Certificate
from hocba_sign.pki.chain import name_key

MAX_TOKEN_OCTETS = 256 * 1024
"""A token with its chain has 3 to 8 kB; one that carries its revocation data some tens."""
MAX_TOKEN_CERTIFICATES = 100

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_ESS_CERT_ID, _ESS_CERT_ID_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
_OCSP_RESPONSE = "1.3.6.1.5.5.7.16.2"
_GENERALIZED_TIME = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """The one signature in a token, as it stands.

    `attributes` maps each signed attribute's OID to its values' DER; None where there are no signed attributes.
    `attributes_der` is the SET OF that is signed. `is_ordered` tells whether it is DER, its elements ascending and distinct.
    """

    sid: der.Element = field(repr=False)
    digest_identifier_der: bytes
    signature_identifier_der: bytes
    signature: bytes = field(repr=False)
    attributes: tuple[tuple[str, tuple[bytes, ...]], ...] | None = field(repr=False)
    attributes_der: bytes = field(repr=False)
    is_ordered: bool

    def values(self, oid: str) -> tuple[bytes, ...]:
        """Give the values of all attributes of that type."""
        return tuple(value for name, values in self.attributes or () if name == oid for value in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a time-stamp token says. Nothing of it is verified yet.

    `gen_time` is UTC. `certificate` is the one that the signer identifier and ESSCertID(V2) name, None where neither the token nor
    the candidates hold it; `certificates` are those embedded, of unverified origin, as are `crls` and `ocsps` (DER).
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
    content_type: str
    info_der: bytes = field(repr=False)
    signers: tuple[SignerInfo, ...] = field(repr=False)
    has_critical_extension: bool = False


def read_token(token_der: bytes, candidates: tuple[Certificate, ...] = ()) -> Token:
    """Read a TimeStampToken; `candidates` may hold the certificate that the token does not embed.

    Raises: InputError TST.MALFORMED with the octet, TST.NOT_DER for indefinite lengths and other BER, TST.TOO_LARGE.
    """
    if len(token_der) > MAX_TOKEN_OCTETS:
        raise InputError("TST.TOO_LARGE", detail=f"{len(token_der)} octets")
    if token_der[1:2] == b"\x80":
        raise InputError("TST.NOT_DER", detail="indefinite length")
    try:
        return _token(token_der, candidates)
    except InputError as error:
        cause = "TST.NOT_DER" if "shortest" in error.detail else "TST.MALFORMED"
        raise InputError(cause, where=error.where, detail=error.detail or error.cause) from error
    except ValueError as error:
        raise InputError("TST.MALFORMED", detail="fields missing") from error


def _token(token_der: bytes, candidates: tuple[Certificate, ...]) -> Token:
    # (1) ContentInfo, SignedData, EncapsulatedContentInfo.
    content_type, holder = der.sequence(der.whole(token_der, der.SEQUENCE))
    if der.oid(content_type) != _SIGNED_DATA:
        raise der.malformed(content_type.at, "no SignedData")
    (signed_data,) = der.sequence(holder, 0xA0)
    _, _, content, *rest = der.sequence(signed_data)
    inner_type, inner_holder = der.sequence(content)
    (octets,) = der.sequence(inner_holder, 0xA0)
    if octets.tag != der.OCTET_STRING or not rest or rest[-1].tag != der.SET:
        raise der.malformed(octets.at, "no content or no signer")
    # (2) Certificates and revocation data.
    certificates = _certificates([part for part in rest[:-1] if part.tag == 0xA0])
    crls, ocsps = _revocation_data([part for part in rest[:-1] if part.tag == 0xA1])
    # (3) Signers and TSTInfo.
    signers = tuple(_signer(part) for part in der.children(rest[-1]))
    info = der.sequence(der.whole(octets.content, der.SEQUENCE))
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
        certificate=_named_certificate(signers[0], (*certificates, *candidates)) if len(signers) == 1 else None,
        certificates=certificates,
        crls=crls,
        ocsps=ocsps,
        content_type=der.oid(inner_type),
        info_der=octets.content,
        signers=signers,
        has_critical_extension=_has_critical(optional),
    )


def _certificates(sets: list[der.Element]) -> tuple[Certificate, ...]:
    found: list[Certificate] = []
    for part in (part for holder in sets for part in der.children(holder)):
        if len(found) == MAX_TOKEN_CERTIFICATES:
            raise der.malformed(part.at, "too many certificates")
        try:
            found.append(Certificate.load(part.der))
        except InputError:
            # An attribute certificate or a broken one cannot be the signer's; if the signer's is missing, that is said.
            continue
    return tuple(found)


def _revocation_data(sets: list[der.Element]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    crls: list[bytes] = []
    ocsps: list[bytes] = []
    for part in (part for holder in sets for part in der.children(holder)):
        if part.tag == der.SEQUENCE:
            crls.append(part.der)
        elif part.tag == 0xA1:
            kind, value = der.sequence(part, 0xA1)
            if der.oid(kind) == _OCSP_RESPONSE:
                ocsps.append(value.der)
    return tuple(crls), tuple(ocsps)


def _signer(element: der.Element) -> SignerInfo:
    _, sid, digest_identifier, *rest = der.sequence(element)
    attributes: tuple[tuple[str, tuple[bytes, ...]], ...] | None = None
    attributes_der, is_ordered = b"", True
    if rest[0].tag == 0xA0:
        holder = rest.pop(0)
        parts = tuple(der.children(holder))
        attributes = tuple(_attribute(part) for part in parts)
        attributes_der = der.encode(der.SET, holder.content)
        encodings = [part.der for part in parts]
        is_ordered = all(one < other for one, other in pairwise(encodings))
    signature_identifier, signature, *_ = rest
    return SignerInfo(
        sid=sid,
        digest_identifier_der=digest_identifier.der,
        signature_identifier_der=signature_identifier.der,
        signature=signature.content,
        attributes=attributes,
        attributes_der=attributes_der,
        is_ordered=is_ordered,
    )


def _attribute(element: der.Element) -> tuple[str, tuple[bytes, ...]]:
    name, values = der.sequence(element)
    return der.oid(name), tuple(value.der for value in der.sequence(values, der.SET))


def _time(element: der.Element) -> datetime:
    match = _GENERALIZED_TIME.fullmatch(element.content) if element.tag == 0x18 else None
    if match is None:
        raise der.malformed(element.at, "genTime")
    year, month, day, hour, minute, second = (int(group) for group in match.groups()[:6])
    microsecond = int((match[7] or b"0").ljust(6, b"0")[:6])
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)


def _accuracy(element: der.Element) -> timedelta:
    units = {der.INTEGER: "seconds", 0x80: "milliseconds", 0x81: "microseconds"}
    amounts = {units[part.tag]: int.from_bytes(part.content, "big") for part in der.children(element) if part.tag in units}
    if any(amount > 2**31 for amount in amounts.values()):
        raise der.malformed(element.at, "accuracy")
    return timedelta(**amounts)


def _has_critical(optional: list[der.Element]) -> bool:
    extensions = (one for part in optional if part.tag == 0xA1 for one in der.children(part))
    return any(inner.tag == der.BOOLEAN and inner.content != b"\x00" for one in extensions for inner in der.children(one))


def _named_certificate(signer: SignerInfo, certificates: tuple[Certificate, ...]) -> Certificate | None:
    """Find the certificate that the signer identifier names and ESSCertID(V2) confirms; never by position.

    Where no certificate satisfies both, one that fits the identifier alone is given, so that the broken binding can be said.
    """
    named = [certificate for certificate in certificates if _is_named(signer.sid, certificate)]
    return next((certificate for certificate in named if is_bound(signer, certificate)), named[0] if named else None)


def _is_named(sid: der.Element, certificate: Certificate) -> bool:
    if sid.tag == 0x80:
        return certificate.subject_key_identifier == sid.content
    issuer, serial = der.sequence(sid)
    return certificate.serial_number == der.integer(serial) and _same_name(certificate.issuer_der, issuer.der)


def _same_name(one_der: bytes, other_der: bytes) -> bool:
    try:
        return one_der == other_der or name_key(one_der) == name_key(other_der)
    except (ValueError, TypeError):
        return False


def is_bound(signer: SignerInfo, certificate: Certificate) -> bool:
    """Tell whether every ESSCertID and ESSCertIDv2 attribute names the certificate first, and there is one.

    Spec: RFC 5035, 4; RFC 5816, 2.2.1.
    """
    values = (*signer.values(_ESS_CERT_ID), *signer.values(_ESS_CERT_ID_V2))
    try:
        return bool(values) and all(
            _names_first(value, certificate, oid) for oid in (_ESS_CERT_ID, _ESS_CERT_ID_V2) for value in signer.values(oid)
        )
    except (InputError, ValueError):
        return False


def _names_first(value_der: bytes, certificate: Certificate, oid: str) -> bool:
    identifiers, *_ = der.sequence(der.whole(value_der, der.SEQUENCE))
    first, *_ = der.sequence(identifiers)
    parts = list(der.sequence(first))
    algorithm = SHA1 if oid == _ESS_CERT_ID else SHA256
    if oid == _ESS_CERT_ID_V2 and parts[0].tag == der.SEQUENCE:
        algorithm = digest_algorithm_of(parts.pop(0).der)
    value, *issuer_serial = parts
    if value.content != digest(algorithm, certificate.der):
        return False
    if not issuer_serial:
        return True
    names, serial = der.sequence(issuer_serial[0])
    (general_name,) = der.sequence(names)
    return der.integer(serial) == certificate.serial_number and _same_name(general_name.content, certificate.issuer_der)
