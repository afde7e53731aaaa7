"""OCSP responses of the common form, read from their octets: successful, basic, without unknown
critical extensions.

Other forms are refused here and left to the engine. Nothing is verified.
Spec: RFC 6960, 4.2.
"""

import hashlib
from dataclasses import field
from datetime import datetime
from functools import lru_cache

from hocba_sign.crypto import der
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.extensions import extensions, moment
from hocba_sign.pki.revocation.crl import REASONS, UNSPECIFIED, Revoked

MAX_ANSWERS = 64
MAX_CERTIFICATES = 16
MAX_EXTENSIONS = 32

_SUCCESSFUL = b"\x0a\x01\x00"
_BASIC = "1.3.6.1.5.5.7.48.1.1"
_ARCHIVE_CUTOFF = "1.3.6.1.5.5.7.48.1.6"
KNOWN_EXTENSIONS = frozenset({_ARCHIVE_CUTOFF, "1.3.6.1.5.5.7.48.1.2"})
"""May be critical without changing anything: archiveCutoff, nonce."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateId:
    """Which certificate an answer is about; `hash_oid` names the hash of the issuer's name
    and key.
    """

    hash_oid: str
    name_hash: bytes
    key_hash: bytes
    serial_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleResponse:
    """One SingleResponse; times are UTC.

    `status` is good, revoked or unknown;
    `archive_cutoff` is the extension of that name.
    """

    certificate_id: CertificateId
    status: str
    revoked: Revoked | None
    this_update: datetime
    next_update: datetime | None
    archive_cutoff: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A basic response.

    Its responder is known by name or by the SHA-1 of its key, the other is None.
    """

    octets: bytes = field(repr=False)
    produced_at: datetime = field(compare=False)
    responder_name_der: bytes | None = field(compare=False, repr=False)
    responder_key_hash: bytes | None = field(compare=False, repr=False)
    answers: tuple[SingleResponse, ...] = field(compare=False)
    certificates: tuple[Certificate, ...] = field(compare=False)
    tbs_der: bytes = field(compare=False, repr=False)
    signature_algorithm_der: bytes = field(compare=False, repr=False)
    signature: bytes = field(compare=False, repr=False)


def read_response(response_der: bytes) -> Response:
    """Read one OCSPResponse in DER.

    Raises: InputError DER.MALFORMED for all that is not of the common form, CERT.MALFORMED,
    CERT.TOO_LARGE.
    """
    status, content = _exactly(der.sequence(der.whole(response_der, der.SEQUENCE)), 2)
    (inner,) = _exactly(der.sequence(content, 0xA0), 1)
    kind, octets = _exactly(der.sequence(inner), 2)
    if status.der != _SUCCESSFUL or der.oid(kind) != _BASIC or octets.tag != der.OCTET_STRING:
        raise der.malformed(content.at, "kind of response")
    parts = der.sequence(der.whole(octets.content, der.SEQUENCE))
    tbs, algorithm, signature = _exactly(parts[:3], 3)
    if signature.tag != der.BIT_STRING or signature.content[:1] != b"\x00":
        raise der.malformed(signature.at, "signature")
    certificates: tuple[Certificate, ...] = ()
    for part in parts[3:]:
        (holder,) = _exactly(der.sequence(part, 0xA0), 1)
        held = der.sequence(holder)
        if certificates or len(held) > MAX_CERTIFICATES:
            raise der.malformed(part.at, "certificates")
        certificates = tuple(Certificate.load(element.der) for element in held)
    responder, produced_at, answers = _data(tbs)
    (value,) = _exactly(der.children(responder), 1)
    is_by_name = responder.tag == 0xA1 and value.tag == der.SEQUENCE
    if not is_by_name and (responder.tag != 0xA2 or value.tag != der.OCTET_STRING):
        raise der.malformed(responder.at, "responder")
    return Response(
        octets=response_der,
        produced_at=produced_at,
        responder_name_der=value.der if is_by_name else None,
        responder_key_hash=None if is_by_name else value.content,
        answers=answers,
        certificates=certificates,
        tbs_der=tbs.der,
        signature_algorithm_der=algorithm.der,
        signature=signature.content[1:],
    )


def _exactly(parts: tuple[der.Element, ...], count: int) -> tuple[der.Element, ...]:
    if len(parts) != count:
        raise der.malformed(parts[0].at if parts else 0, "other fields than expected")
    return parts


def _data(tbs: der.Element) -> tuple[der.Element, datetime, tuple[SingleResponse, ...]]:
    fields = list(der.sequence(tbs))
    if fields and fields[0].der == b"\xa0\x03\x02\x01\x00":
        del fields[0]
    responder, produced_at, answers = _exactly(tuple(fields[:3]), 3)
    singles = der.sequence(answers)
    if not 1 <= len(singles) <= MAX_ANSWERS:
        raise der.malformed(answers.at, "number of answers")
    for part in fields[3:]:
        _known_extensions(part)
    return responder, moment(produced_at), tuple(_answer(single) for single in singles)


def _answer(single: der.Element) -> SingleResponse:
    fields = der.sequence(single)
    identifier, status, this_update = _exactly(fields[:3], 3)
    next_update = archive_cutoff = None
    for part in fields[3:]:
        if part.tag == 0xA0 and next_update is None:
            (value,) = _exactly(der.children(part), 1)
            next_update = moment(value)
        else:
            archive_cutoff = _known_extensions(part)
    said, revoked = _status(status)
    return SingleResponse(
        certificate_id=_certificate_id(identifier),
        status=said,
        revoked=revoked,
        this_update=moment(this_update),
        next_update=next_update,
        archive_cutoff=archive_cutoff,
    )


def _known_extensions(holder: der.Element) -> datetime | None:
    """Return archiveCutoff; one that is no time tells nothing, unless it is critical.

    Other critical extensions than the known ones are refused.
    """
    found = extensions(holder, 0xA1, limit=MAX_EXTENSIONS)
    for oid, extension in found.items():
        if extension.is_critical and oid not in KNOWN_EXTENSIONS:
            raise der.malformed(holder.at, "unknown critical extension")
    cutoff = found.get(_ARCHIVE_CUTOFF)
    try:
        return moment(der.whole(cutoff.value_der, 0x18)) if cutoff else None
    except InputError:
        # Responders of the field count it back from years before the first.
        if cutoff is not None and cutoff.is_critical:
            raise
        return None


def _certificate_id(element: der.Element) -> CertificateId:
    algorithm, name_hash, key_hash, serial_number = _exactly(der.sequence(element), 4)
    if name_hash.tag != der.OCTET_STRING or key_hash.tag != der.OCTET_STRING:
        raise der.malformed(element.at, "certificate id")
    named = der.sequence(algorithm)
    (oid,) = _exactly(named[:1], 1)
    if len(named) > 2 or any(parameter.der != b"\x05\x00" for parameter in named[1:]):
        raise der.malformed(algorithm.at, "hash parameters")
    return CertificateId(
        hash_oid=der.oid(oid),
        name_hash=name_hash.content,
        key_hash=key_hash.content,
        serial_number=der.integer(serial_number),
    )


def _status(element: der.Element) -> tuple[str, Revoked | None]:
    if element.der == b"\x80\x00":
        return "good", None
    if element.der == b"\x82\x00":
        return "unknown", None
    at, *more = der.sequence(element, 0xA1) or (element,)
    reason = UNSPECIFIED
    if more:
        (holder,) = _exactly(tuple(more), 1)
        (value,) = _exactly(der.sequence(holder, 0xA0), 1)
        if value.tag != 0x0A or len(value.content) != 1 or value.content[0] not in REASONS:
            raise der.malformed(holder.at, "reason")
        reason = REASONS[value.content[0]]
    return "revoked", Revoked(at=moment(at), reason=reason, has_reason=bool(more))


@lru_cache(maxsize=512)
def key_hash(public_key_der: bytes, algorithm: str) -> bytes:
    """Hash the key's BIT STRING without its framing, as CertID and ResponderID do.

    Raises: InputError DER.MALFORMED.
    """
    bits = der.sequence(der.whole(public_key_der, der.SEQUENCE))[-1]
    return hashlib.new(algorithm, bits.content[1:]).digest()
