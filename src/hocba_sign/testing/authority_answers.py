"""Answers of a time-stamp authority (RFC 3161, RFC 5816) and of an OCSP responder (RFC 6960), right
or wrong as asked.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypedDict, Unpack

from asn1crypto import algos, cms, core, crl, keys, ocsp, parser, tsp, x509
from cryptography.hazmat.primitives.asymmetric import rsa

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.testing.certificates import RevokedEntry, key_identifier, signature_algorithm
from hocba_sign.testing.identity import CertificateAuthority, Identity
from hocba_sign.testing.keys import InsecureKey, sign_octets

TSA_POLICY: Final = "1.3.6.1.4.1.32473.704.1"
"""An invented policy under the enterprise number reserved for examples (RFC 5612)."""

OcspStatus = Literal["good", "revoked", "unknown"]
_SEQUENCE: Final = 16
_CONSTRUCTED: Final = 1


class TimestampOptions(TypedDict, total=False):
    """What a time-stamp answer may say instead of the right thing.

    `status` and `failure` are named as in RFC 3161, 2.4.2 (`rejection`, `bad_alg`); with a refusing
        status no token is given.
    `imprint` is (hash name, digest);
    `signing_certificate_der` is the certificate that ESSCertIDv2 names;
    `digest` is the hash of the token's signature;
    `has_certificates` overrides certReq.
    """

    status: str
    failure: str
    policy: str
    serial: int
    nonce: int
    is_nonce_omitted: bool
    imprint: tuple[str, bytes]
    accuracy: timedelta
    digest: str
    has_certificates: bool
    has_signing_certificate: bool
    signing_certificate_der: bytes
    is_signature_broken: bool


class OcspOptions(TypedDict, total=False):
    """What an OCSP answer may say instead of the right thing.

    `response_status` as in RFC 6960, 4.2.1 (`try_later`); anything but `successful` has no answer
        inside.
    `next_update` None leaves it out.
    `cert_id_digest` is the hash of the CertID when no request gives one.
    """

    response_status: str
    status: OcspStatus
    this_update: datetime
    next_update: datetime | None
    digest: str
    cert_id_digest: str
    nonce: bytes
    is_signature_broken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspAnswer:
    """The status of one certificate; `cert_id_der` goes back as it came in the request.

    `revoked` matters for status revoked only.
    """

    cert_id_der: bytes
    status: OcspStatus
    revoked: RevokedEntry | None = None


def timestamp_request(
    algorithm: str, digest: bytes, *, nonce: int | None = None, has_certificates: bool = True
) -> bytes:
    """Return a TimeStampReq for a digest made with `algorithm`, e.g. `sha256`."""
    fields: dict[str, Any] = {
        "version": "v1",
        "message_imprint": _imprint(algorithm, digest),
        "cert_req": has_certificates,
    }
    if nonce is not None:
        fields["nonce"] = nonce
    return bytes(tsp.TimeStampReq(fields).dump())


def timestamp_response(
    request_der: bytes, tsa: Identity, *, at: datetime, **options: Unpack[TimestampOptions]
) -> bytes:
    """Answer a TimeStampReq with a TimeStampResp at `at` (UTC, cut to seconds); unreadable octets
    are refused as badDataFormat.
    """
    try:
        request = tsp.TimeStampReq.load(request_der, strict=True)
        imprint = (
            request["message_imprint"]["hash_algorithm"]["algorithm"].native,
            request["message_imprint"]["hashed_message"].native,
        )
        nonce, cert_req, policy = (
            request["nonce"].native,
            request["cert_req"].native,
            request["req_policy"].native,
        )
    except (ValueError, TypeError):
        return refusal("rejection", "bad_data_format")
    status = options.get("status", "granted")
    if status not in {"granted", "granted_with_mods"}:
        return refusal(status, options.get("failure"))
    said: TimestampOptions = {
        "policy": policy or TSA_POLICY,
        "imprint": imprint,
        "has_certificates": cert_req,
        **options,
    }
    if nonce is not None and not said.get("is_nonce_omitted", False):
        said.setdefault("nonce", nonce)
    info = _info(at, said)
    token = _token(info, tsa, said)
    return bytes(
        tsp.TimeStampResp({"status": {"status": status}, "time_stamp_token": token}).dump()
    )


def timestamp_token(response_der: bytes) -> bytes:
    """Take the token (ContentInfo) out of a TimeStampResp."""
    return bytes(tsp.TimeStampResp.load(response_der)["time_stamp_token"].dump())


def refusal(status: str, failure: str | None = None) -> bytes:
    """Return a TimeStampResp without a token."""
    fields: dict[str, Any] = {
        "status": status,
        "status_string": ["TEST: request refused / yêu cầu bị từ chối (thử nghiệm)"],
    }
    if failure is not None:
        fields["fail_info"] = {failure}
    return bytes(parser.emit(0, _CONSTRUCTED, _SEQUENCE, tsp.PKIStatusInfo(fields).dump()))


def certificate_id(certificate_der: bytes, issuer_der: bytes, *, digest: str = "sha1") -> bytes:
    """Return the CertID of a certificate. Spec: RFC 6960, 4.1.1."""
    issuer = x509.Certificate.load(issuer_der)
    identifier = ocsp.CertId(
        {
            "hash_algorithm": {"algorithm": digest},
            "issuer_name_hash": hashlib.new(digest, issuer.subject.dump()).digest(),
            "issuer_key_hash": _key_hash(issuer.public_key, digest),
            "serial_number": x509.Certificate.load(certificate_der).serial_number,
        }
    )
    return bytes(identifier.dump())


def is_issued_by(cert_id_der: bytes, issuer_der: bytes) -> bool:
    """Return whether the CertID names the key of this issuer."""
    identifier = ocsp.CertId.load(cert_id_der)
    expected = _key_hash(
        x509.Certificate.load(issuer_der).public_key,
        identifier["hash_algorithm"]["algorithm"].native,
    )
    return bool(identifier["issuer_key_hash"].native == expected)


def serial_asked(cert_id_der: bytes) -> int:
    """Return the serial number that a CertID asks for."""
    return int(ocsp.CertId.load(cert_id_der)["serial_number"].native)


def read_ocsp_request(request_der: bytes) -> tuple[tuple[bytes, ...], bytes | None]:
    """Return the CertIDs and the nonce of an OCSPRequest. Raises ValueError for other octets."""
    try:
        request = ocsp.OCSPRequest.load(request_der, strict=True)
        identifiers = tuple(
            bytes(entry["req_cert"].dump()) for entry in request["tbs_request"]["request_list"]
        )
        nonce = request.nonce_value
    except TypeError as error:
        raise ValueError(str(error)) from error
    return identifiers, None if nonce is None else bytes(nonce.native)


def ocsp_error(status: str) -> bytes:
    """Return an OCSPResponse that carries no answer, e.g. `malformed_request`, `try_later`,
    `unauthorized`.
    """
    return bytes(ocsp.OCSPResponse({"response_status": status}).dump())


def ocsp_response(
    answers: tuple[OcspAnswer, ...],
    signer: CertificateAuthority | Identity,
    *,
    at: datetime,
    **options: Unpack[OcspOptions],
) -> bytes:
    """Return an OCSPResponse signed by the CA itself or by an `Identity` that it delegated to,
    whose certificate then goes with it.
    """
    response_status = options.get("response_status", "successful")
    if response_status != "successful":
        return ocsp_error(response_status)
    fields: dict[str, Any] = {
        "responder_id": ocsp.ResponderId(name="by_key", value=key_identifier(signer.key)),
        "produced_at": _moment(at),
        "responses": [_single_response(answer, at, options) for answer in answers],
    }
    if "nonce" in options:
        fields["response_extensions"] = [{"extn_id": "nonce", "extn_value": options["nonce"]}]
    data = ocsp.ResponseData(fields)
    digest = options.get("digest", "sha256")
    basic: dict[str, Any] = {
        "tbs_response_data": data,
        "signature_algorithm": signature_algorithm(signer.key, digest),
        "signature": _signature(
            signer.key, data.dump(), digest, is_broken=options.get("is_signature_broken", False)
        ),
    }
    if isinstance(signer, Identity):
        basic["certs"] = [x509.Certificate.load(signer.certificate_der)]
    response = ocsp.BasicOCSPResponse(basic)
    return bytes(
        ocsp.OCSPResponse(
            {
                "response_status": "successful",
                "response_bytes": {"response_type": "basic_ocsp_response", "response": response},
            }
        ).dump()
    )


def _imprint(algorithm: str, digest: bytes) -> dict[str, object]:
    return {
        "hash_algorithm": {"algorithm": algorithm, "parameters": core.Null()},
        "hashed_message": digest,
    }


def _info(at: datetime, options: TimestampOptions) -> tsp.TSTInfo:
    algorithm, digest = options["imprint"]
    content = f"{at.isoformat()} {algorithm} {digest.hex()} {options.get('nonce')}"
    fields: dict[str, Any] = {
        "version": "v1",
        "policy": options["policy"],
        "message_imprint": _imprint(algorithm, digest),
        "serial_number": options.get(
            "serial", int.from_bytes(hashlib.sha256(content.encode()).digest()[:12], "big")
        ),
        "gen_time": _moment(at),
    }
    if "accuracy" in options:
        accuracy = options["accuracy"]
        fields["accuracy"] = {
            "seconds": accuracy.seconds,
            "millis": accuracy.microseconds // 1000 or None,
        }
    if "nonce" in options:
        fields["nonce"] = options["nonce"]
    return tsp.TSTInfo(fields)


def _token(info: tsp.TSTInfo, tsa: Identity, options: TimestampOptions) -> cms.ContentInfo:
    digest = options.get("digest", "sha256")
    certificate = x509.Certificate.load(tsa.certificate_der)
    attributes = _signed_attributes(info.dump(), tsa.certificate_der, options)
    signed: dict[str, Any] = {
        "version": "v3",
        "digest_algorithms": [{"algorithm": digest, "parameters": core.Null()}],
        "encap_content_info": {
            "content_type": "tst_info",
            "content": core.ParsableOctetString(info.dump()),
        },
        "signer_infos": [
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    name="issuer_and_serial_number",
                    value={
                        "issuer": certificate.issuer,
                        "serial_number": certificate.serial_number,
                    },
                ),
                "digest_algorithm": {"algorithm": digest, "parameters": core.Null()},
                "signed_attrs": attributes,
                "signature_algorithm": _cms_algorithm(tsa.key, digest),
                "signature": _signature(
                    tsa.key,
                    attributes.dump(),
                    digest,
                    is_broken=options.get("is_signature_broken", False),
                ),
            }
        ],
    }
    if options["has_certificates"]:
        # The anchor stays out: whoever checks must have it already.
        signed["certificates"] = [x509.Certificate.load(der) for der in tsa.chain_der[:-1]]
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def _signed_attributes(
    content: bytes, certificate_der: bytes, options: TimestampOptions
) -> cms.CMSAttributes:
    digest = options.get("digest", "sha256")
    attributes: list[dict[str, object]] = [
        {"type": "content_type", "values": ["tst_info"]},
        {"type": "message_digest", "values": [hashlib.new(digest, content).digest()]},
    ]
    if options.get("has_signing_certificate", True):
        named = options.get("signing_certificate_der", certificate_der)
        certificate = x509.Certificate.load(named)
        issuer_serial = {
            "issuer": [x509.GeneralName(name="directory_name", value=certificate.issuer)],
            "serial_number": certificate.serial_number,
        }
        identifier = {"cert_hash": hashlib.sha256(named).digest(), "issuer_serial": issuer_serial}
        attributes.append({"type": "signing_certificate_v2", "values": [{"certs": [identifier]}]})
    return cms.CMSAttributes(attributes)


def _cms_algorithm(key: InsecureKey, digest: str) -> algos.SignedDigestAlgorithm:
    if isinstance(key, rsa.RSAPrivateKey):
        return algos.SignedDigestAlgorithm(
            {"algorithm": "rsassa_pkcs1v15", "parameters": core.Null()}
        )
    return signature_algorithm(key, digest)


def _single_response(answer: OcspAnswer, at: datetime, options: OcspOptions) -> dict[str, object]:
    status = options.get("status", answer.status)
    revoked = answer.revoked or RevokedEntry(serial=0, at=at, reason="unspecified")
    value: Any = core.Null()
    if status == "revoked":
        value = {
            "revocation_time": _moment(revoked.at),
            "revocation_reason": crl.CRLReason(revoked.reason),
        }
    this_update = options.get("this_update", at)
    response: dict[str, object] = {
        "cert_id": ocsp.CertId.load(answer.cert_id_der),
        "cert_status": ocsp.CertStatus(name=status, value=value),
        "this_update": _moment(this_update),
    }
    next_update = options.get("next_update", this_update + timedelta(days=1))
    if next_update is not None:
        response["next_update"] = _moment(next_update)
    return response


def _key_hash(public_key: keys.PublicKeyInfo, digest: str) -> bytes:
    return hashlib.new(digest, bytes(public_key["public_key"])).digest()


def _moment(moment: datetime) -> core.GeneralizedTime:
    return core.GeneralizedTime(moment.replace(microsecond=0))


def _signature(key: InsecureKey, octets: bytes, digest: str, *, is_broken: bool) -> bytes:
    value = sign_octets(key, octets, digest=digest)
    return value[:-1] + bytes([value[-1] ^ 1]) if is_broken else value
