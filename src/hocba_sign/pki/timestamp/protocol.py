"""Time-stamps: requests, responses and tokens.

No clock, no network, no randomness: the nonce is an argument.

Tokens are read as DER and nothing else; the path of the time-stamping certificate is for `path`
with `Purpose.TIMESTAMPING`.
Spec: RFC 3161, RFC 5816, RFC 5652, EN 319 422.
"""

from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from functools import lru_cache
from typing import Final

from hocba_sign.crypto import der
from hocba_sign.crypto.acceptance import acceptable, acceptable_digest
from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.digests import SHA1, DigestAlgorithm, digest
from hocba_sign.crypto.identifier import digest_algorithm_of, signature_algorithm_of
from hocba_sign.crypto.verify import load_public_key, verify_der_value
from hocba_sign.errors import CallerError, InputError, OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.cache.asn1 import asn1crypto
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import Purpose, usage_cause
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.timestamp.cms import (
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SignerInfo,
    certificate_identifiers,
)
from hocba_sign.pki.timestamp.token import Token, is_bound, read_token, token_evidence

__all__ = [
    "IntactToken",
    "Token",
    "TokenAlgorithms",
    "TokenCheck",
    "build_request",
    "read_response",
    "read_token",
    "signature_algorithm",
    "token_evidence",
    "verify_token",
]

_MAX_KEPT_OIDS: Final = 64
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_STATUS = (
    "granted",
    "grantedWithMods",
    "rejection",
    "waiting",
    "revocationWarning",
    "revocationNotification",
)
_FAILURES = {
    0: "badAlg",
    2: "badRequest",
    5: "badDataFormat",
    14: "timeNotAvailable",
    15: "unacceptedPolicy",
    16: "unacceptedExtension",
    17: "addInfoNotAvailable",
    25: "systemFailure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCheck:
    """The verification of one token without its path.

    `intact`: imprint, attributes, signature value and certificate binding all hold. A token may be
    intact and still have a cause: its certificate is not one for time-stamping. Only a check
    without causes is good.
    """

    intact: bool
    causes: tuple[str, ...] = ()


def build_request(
    digest_algorithm: DigestAlgorithm,
    imprint: bytes,
    *,
    nonce: int,
    cert_req: bool = True,
    policy: str | None = None,
) -> bytes:
    """Return a TimeStampReq. `nonce` should be 64 random bits; `policy` is a dotted OID.

    Raises: CallerError TST.REQUEST for a digest of another size.
    Spec: RFC 3161, 2.4.1.
    """
    if len(imprint) != digest_algorithm.size:
        raise CallerError(
            "TST.REQUEST", detail=f"{len(imprint)} octets for {digest_algorithm.name}"
        )
    algorithm = der.encode(der.SEQUENCE, _oid(digest_algorithm.oid), der.encode(der.NULL))
    return der.encode(
        der.SEQUENCE,
        asn1crypto("core").Integer(1).dump(),
        der.encode(der.SEQUENCE, algorithm, der.encode(der.OCTET_STRING, imprint)),
        _oid(policy) if policy else b"",
        asn1crypto("core").Integer(nonce).dump(),
        der.encode(der.BOOLEAN, b"\xff") if cert_req else b"",
    )


@lru_cache(maxsize=_MAX_KEPT_OIDS)
def _oid(dotted: str) -> bytes:
    encoded: bytes = asn1crypto("core").ObjectIdentifier(dotted).dump()
    return encoded


def read_response(response_der: bytes, request_der: bytes) -> bytes:
    """Return the token of a response that answers the request: granted, same imprint, nonce and
    policy, and a good signature.

    Raises: OutsideError TSA.NOT_A_RESPONSE, TSA.REFUSED (with the status words), TSA.IMPRINT,
    TSA.NONCE, TSA.POLICY, TSA.NO_CERTIFICATE, TSA.BAD_TOKEN (with the causes of `verify_token`).
    Does not judge the path.
    Spec: RFC 3161, 2.4.2.
    """
    try:
        status, *rest = der.sequence(der.whole(response_der, der.SEQUENCE))
        words = _refusal(status)
        token_der = rest[0].der if rest else b""
    except (InputError, ValueError) as error:
        raise OutsideError("TSA.NOT_A_RESPONSE", detail=str(error)) from error
    if words is not None:
        raise OutsideError("TSA.REFUSED", detail=words)
    try:
        token = read_token(token_der)
    except InputError as error:
        raise OutsideError("TSA.NOT_A_RESPONSE", where=error.where, detail=error.detail) from error
    imprint, algorithm, policy, nonce, wants_certificate = _read_request(request_der)
    if (token.imprint_algorithm, token.imprint) != (algorithm, imprint):
        raise OutsideError("TSA.IMPRINT")
    if token.nonce != nonce:
        raise OutsideError("TSA.NONCE")
    if policy is not None and token.policy != policy:
        raise OutsideError("TSA.POLICY", detail=f"asked for {policy}, got {token.policy}")
    if token.certificate is None:
        if wants_certificate:
            raise OutsideError("TSA.NO_CERTIFICATE")
        return token_der
    check = verify_token(token, lambda _: imprint)
    if check.causes:
        raise OutsideError("TSA.BAD_TOKEN", detail=", ".join(check.causes))
    return token_der


def _refusal(status: der.Element) -> str | None:
    number, *rest = der.sequence(status)
    code = der.integer(number)
    if code in {0, 1}:
        return None
    words = [_STATUS[code] if 0 <= code < len(_STATUS) else f"status {code}"]
    for part in rest:
        if part.tag == der.SEQUENCE:
            words += [text.content.decode("utf-8", "replace") for text in der.children(part)]
        elif part.tag == der.BIT_STRING:
            bits = "".join(f"{octet:08b}" for octet in part.content[1:])
            words += [
                _FAILURES.get(place, f"failure {place}")
                for place, bit in enumerate(bits)
                if bit == "1"
            ]
    return "".join(letter for letter in ", ".join(words) if letter.isprintable())[:200]


def _read_request(
    request_der: bytes,
) -> tuple[bytes, DigestAlgorithm, str | None, int | None, bool]:
    _, imprint, *rest = der.sequence(der.whole(request_der, der.SEQUENCE))
    algorithm, value = der.sequence(imprint)
    policy = next((der.oid(part) for part in rest if part.tag == der.OID), None)
    nonce = next((der.integer(part) for part in rest if part.tag == der.INTEGER), None)
    return (
        value.content,
        digest_algorithm_of(algorithm.der),
        policy,
        nonce,
        any(part.tag == der.BOOLEAN for part in rest),
    )


def signature_algorithm(token: Token) -> SignatureAlgorithm:
    """Return what the token was signed with.

    Raises: InputError CRYPTO.UNKNOWN_ALGORITHM, CRYPTO.UNSUPPORTED_ALGORITHM, CRYPTO.PARAMETERS,
    DER.MALFORMED.
    """
    return signature_algorithm_of(token.signers[0].signature_identifier_der, content_digest(token))


def content_digest(token: Token) -> DigestAlgorithm:
    """Return by which algorithm the signed attributes name the content.

    Raises: InputError CRYPTO.UNKNOWN_ALGORITHM, CRYPTO.UNSUPPORTED_ALGORITHM, CRYPTO.PARAMETERS,
    DER.MALFORMED.
    """
    return digest_algorithm_of(token.signers[0].digest_identifier_der)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAlgorithms:
    """What an intact token relies on; `certificate_digests` as the function of that name gives
    them.
    """

    signature: SignatureAlgorithm
    key_bits: int
    imprint: DigestAlgorithm
    certificate_digests: tuple[DigestAlgorithm, ...]

    @classmethod
    def of(cls, token: Token) -> "TokenAlgorithms":
        assert token.certificate is not None
        return cls(
            signature=signature_algorithm(token),
            key_bits=load_public_key(token.certificate.public_key_der).bits,
            imprint=token.imprint_algorithm,
            certificate_digests=certificate_digests(token),
        )

    def cause(self, at: datetime) -> str | None:
        """Return whether one of them may not be relied on at `at`: TST.WEAK_ALGORITHM, or None."""
        answers = [
            acceptable(self.signature, self.key_bits, at=at),
            acceptable_digest(self.imprint, at),
        ]
        answers += [
            acceptable_digest(algorithm, at)
            for algorithm in self.certificate_digests
            if algorithm != SHA1
        ]
        return None if all(answer.is_acceptable for answer in answers) else "TST.WEAK_ALGORITHM"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntactToken:
    """A token that was verified but for its path, and in which nothing was found.

    `gen_time` is UTC; `carried` is the evidence that stands in it.
    """

    der: bytes = field(repr=False)
    gen_time: datetime
    certificate: Certificate
    algorithms: TokenAlgorithms
    carried: Evidence

    @classmethod
    def of(cls, token: Token, *, where: str) -> "IntactToken":
        """Make it of a token of which that is known; `where` is that of the signature."""
        assert token.certificate is not None
        return cls(
            der=token.der,
            gen_time=token.gen_time,
            certificate=token.certificate,
            algorithms=TokenAlgorithms.of(token),
            carried=token_evidence(token, where=where),
        )


def certificate_digests(token: Token) -> tuple[DigestAlgorithm, ...]:
    """Return the digests by which ESSCertIDv2 names the certificate of an intact token; ESSCertID
    has none to choose.
    """
    named = certificate_identifiers(token.signers[0])
    return tuple(pair[0].algorithm for pair in named if not pair[0].is_first_version)


def verify_token(token: Token, expected: Callable[[DigestAlgorithm], bytes]) -> TokenCheck:
    """Verify everything but the path; `expected` digests the time-stamped octets with the token's
    imprint algorithm.

    1. the content is a TSTInfo with one signer and no unknown critical extension,
    2. the imprint,
    3. the signed attributes,
    4. the signature value over them,
    5. the binding of the certificate,
    6. its usage.
    Spec: RFC 3161, 2.2 and 2.3; RFC 5652, 5.4 and 11; RFC 5816.
    """
    # (1) content and critical extensions
    causes = [] if token.content_type == _TST_INFO else ["TST.CONTENT_TYPE"]
    if token.has_critical_extension:
        causes.append("TST.CRITICAL_EXTENSION")
    # (2) the imprint
    if expected(token.imprint_algorithm) != token.imprint:
        causes.append("TST.IMPRINT")
    if len(token.signers) != 1:
        return TokenCheck(intact=False, causes=(*causes, "TST.SIGNER_COUNT"))
    signer = token.signers[0]
    # (3) the signed attributes
    causes += _attribute_causes(token, signer)
    if token.certificate is None:
        return TokenCheck(intact=False, causes=(*causes, "TST.NO_CERTIFICATE"))
    # (4) the value over them
    causes += _signature_causes(token, signer, token.certificate)
    # (5) the binding of the certificate
    if not is_bound(signer, token.certificate):
        causes.append("TST.SIGNING_CERTIFICATE")
    # (6) its usage, which tells nothing of the token itself
    is_intact = not causes
    try:
        if usage_cause(token.certificate.der, Purpose.TIMESTAMPING) is not None:
            causes.append("TST.KEY_USAGE")
    except (AttributeError, ValueError, TypeError, LookupError):
        causes.append("TST.KEY_USAGE")
    return TokenCheck(intact=is_intact, causes=tuple(causes))


def _attribute_causes(token: Token, signer: SignerInfo) -> list[str]:
    if signer.attributes is None:
        return ["TST.SIGNED_ATTRIBUTES"]
    causes: list[str] = []
    names = [name for name, _ in signer.attributes]
    if not signer.is_ordered or len(set(names)) != len(names):
        causes.append("TST.NOT_DER")
    if signer.values(CONTENT_TYPE) != (_oid(token.content_type),):
        causes.append("TST.ATTRIBUTE_CONTENT_TYPE")
    try:
        computed = digest(content_digest(token), token.info_der)
    except InputError:
        return [*causes, "TST.UNSUPPORTED_ALGORITHM"]
    if signer.values(MESSAGE_DIGEST) != (der.encode(der.OCTET_STRING, computed),):
        causes.append("TST.MESSAGE_DIGEST")
    return causes


def _signature_causes(token: Token, signer: SignerInfo, certificate: Certificate) -> list[str]:
    try:
        key = load_public_key(certificate.public_key_der)
        is_right = verify_der_value(
            key,
            signer.attributes_der,
            signature=signer.signature,
            algorithm=signature_algorithm(token),
        )
    except InputError:
        return ["TST.UNSUPPORTED_ALGORITHM"]
    return [] if is_right else ["TST.SIGNATURE"]
