"""Time-stamps and OCSP answers: right by OpenSSL and cryptography, wrong exactly where told."""

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, parser, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from hocba_sign.testing import CertificateAuthority, Identity, World
from hocba_sign.testing.authority_answers import TSA_POLICY, timestamp_request, timestamp_response
from hocba_sign.testing.identity import pem

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
DIGEST = hashlib.sha256(b"data").digest()

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the openssl command is not installed"
)


@pytest.fixture
def world() -> World:
    return World(AT, fast=True)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def openssl_ts(
    folder: Path, world: World, response: bytes, request: bytes | None = None
) -> subprocess.CompletedProcess[str]:
    """Verify against the request if there is one, else against the data."""
    (folder / "response.tsr").write_bytes(response)
    (folder / "data").write_bytes(b"data")
    (folder / "anchors.pem").write_bytes(b"".join(map(pem, world.anchors_der)))
    (folder / "tsa.pem").write_bytes(world.tsa.certificate_pem)
    against = ["-data", "data"]
    if request is not None:
        (folder / "request.tsq").write_bytes(request)
        against = ["-queryfile", "request.tsq"]
    moment = str(int(AT.timestamp()) + 1)
    return run(
        folder,
        "ts",
        "-verify",
        "-in",
        "response.tsr",
        *against,
        "-CAfile",
        "anchors.pem",
        "-untrusted",
        "tsa.pem",
        "-attime",
        moment,
    )


def info(response: bytes) -> Any:
    return tsp.TimeStampResp.load(response)["time_stamp_token"]["content"]["encap_content_info"][
        "content"
    ].parsed


def signed_data(response: bytes) -> Any:
    return tsp.TimeStampResp.load(response)["time_stamp_token"]["content"]


def attributes(response: bytes) -> dict[str, Any]:
    signer = signed_data(response)["signer_infos"][0]
    return {
        attribute["type"].native: attribute["values"][0] for attribute in signer["signed_attrs"]
    }


@needs_openssl
@pytest.mark.parametrize("fast", [True, False], ids=["ecdsa", "rsa"])
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
@pytest.mark.parametrize("cert_req", [True, False])
def test_openssl_accepts_the_time_stamp(
    tmp_path: Path, fast: bool, algorithm: str, cert_req: bool
) -> None:
    world = World(AT, fast=fast)
    request = timestamp_request(
        algorithm,
        hashlib.new(algorithm, b"data").digest(),
        nonce=2**63 + 1,
        has_certificates=cert_req,
    )
    response = world.timestamp(request, AT)
    for result in (
        openssl_ts(tmp_path, world, response),
        openssl_ts(tmp_path, world, response, request),
    ):
        assert result.returncode == 0, result.stderr
    assert bool(signed_data(response)["certificates"].native) is cert_req


@needs_openssl
def test_a_request_made_by_openssl_is_understood(tmp_path: Path, world: World) -> None:
    (tmp_path / "data").write_bytes(b"data")
    run(
        tmp_path,
        "ts",
        "-query",
        "-data",
        "data",
        "-sha384",
        "-cert",
        "-tspolicy",
        "1.2.3.4",
        "-out",
        "made.tsq",
    )
    request = (tmp_path / "made.tsq").read_bytes()
    response = world.timestamp(request, AT)
    assert openssl_ts(tmp_path, world, response, request).returncode == 0
    assert info(response)["policy"].native == "1.2.3.4"


@needs_openssl
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"imprint": ("sha256", bytes(32))}, "message imprint mismatch"),
        ({"imprint": ("sha384", bytes(48))}, "message imprint mismatch"),
        ({"nonce": 8}, "nonce mismatch"),
        ({"is_nonce_omitted": True}, "nonce not returned"),
        ({"is_signature_broken": True}, "signature failure"),
        ({"has_signing_certificate": False}, "missing signing certificate attribute"),
        ({"status": "rejection", "failure": "time_not_available"}, "timenotavailable"),
        ({"status": "waiting"}, "no time stamp token"),
    ],
    ids=["imprint", "algorithm", "nonce", "no nonce", "signature", "no ESS", "rejected", "waiting"],
)
def test_openssl_names_the_fault_of_the_token(
    tmp_path: Path, world: World, options: Any, words: str
) -> None:
    request = timestamp_request("sha256", DIGEST, nonce=7)
    result = openssl_ts(tmp_path, world, world.timestamp(request, AT, **options), request)
    assert result.returncode != 0
    assert words in result.stderr.lower().replace("_", " ")


@needs_openssl
def test_openssl_refuses_time_stampers_without_the_right(tmp_path: Path, world: World) -> None:
    request = timestamp_request("sha256", DIGEST)
    for tsa in (
        world.time_stamper(extended_key_usage=()),
        world.time_stamper(is_extended_key_usage_critical=False),
        world.time_stamper(issuer=world.impostor("tsa-root")),
        world.time_stamper(is_aia_critical=True),
        world.time_stamper(not_after=AT - timedelta(days=1)),
    ):
        result = openssl_ts(tmp_path, world, world.timestamp(request, AT, tsa=tsa), request)
        assert result.returncode != 0


@needs_openssl
def test_openssl_sees_a_foreign_signing_certificate(tmp_path: Path, world: World) -> None:
    other = world.time_stamper("TEST other").certificate_der
    result = openssl_ts(
        tmp_path, world, world.timestamp(("sha256", DIGEST), AT, signing_certificate_der=other)
    )
    assert "ess cert id not found" in result.stderr.lower().replace("_", " ")


def test_the_token_says_what_was_asked(world: World) -> None:
    response = world.timestamp(
        timestamp_request("sha256", DIGEST, nonce=7), AT + timedelta(microseconds=5)
    )
    content = info(response)
    assert content["gen_time"].native == AT
    assert content["nonce"].native == 7
    assert content["policy"].native == TSA_POLICY
    assert content["message_imprint"]["hashed_message"].native == DIGEST
    named = attributes(response)["signing_certificate_v2"]["certs"][0]
    assert named["cert_hash"].native == hashlib.sha256(world.tsa.certificate_der).digest()
    assert named["issuer_serial"]["serial_number"].native == world.tsa.serial
    assert attributes(response)["message_digest"].native == hashlib.sha256(content.dump()).digest()


def test_options_reach_the_token(world: World) -> None:
    response = world.timestamp(
        ("sha256", DIGEST),
        AT,
        serial=5,
        policy="1.2.3",
        accuracy=timedelta(seconds=1, milliseconds=500),
        digest="sha512",
    )
    content = info(response)
    assert (content["serial_number"].native, content["policy"].native) == (5, "1.2.3")
    assert (content["accuracy"]["seconds"].native, content["accuracy"]["millis"].native) == (1, 500)
    assert (
        signed_data(response)["signer_infos"][0]["digest_algorithm"]["algorithm"].native == "sha512"
    )
    whole = info(world.timestamp(("sha256", DIGEST), AT, accuracy=timedelta(seconds=1)))
    assert whole["accuracy"].native == {"seconds": 1, "millis": None, "micros": None}


def test_serial_numbers_differ_with_what_is_stamped(world: World) -> None:
    moments = [(AT, DIGEST), (AT + timedelta(seconds=1), DIGEST), (AT, bytes(32))]
    serials = {
        info(world.timestamp(("sha256", digest), at))["serial_number"].native
        for at, digest in moments
    }
    assert len(serials) == 3


def test_the_token_alone_is_a_content_info(world: World) -> None:
    token = world.timestamp_token(("sha256", DIGEST), AT)
    assert cms.ContentInfo.load(token, strict=True)["content_type"].native == "signed_data"
    assert world.timestamp(("sha256", DIGEST), AT).endswith(token)


@pytest.mark.parametrize(
    "octets", [b"", b"x", b"\x30\x00", b"<html>", timestamp_request("sha256", DIGEST) + b"x"]
)
def test_unreadable_requests_are_refused_in_form(world: World, octets: bytes) -> None:
    status = tsp.PKIStatusInfo.load(
        parser.parse(timestamp_response(octets, world.tsa, at=AT), strict=True)[4], strict=True
    )
    assert status["status"].native == "rejection"
    assert status["fail_info"].native == {"bad_data_format"}


def check_ocsp(response: bytes, signer: CertificateAuthority | Identity) -> ocsp.OCSPResponse:
    """Verify the signature; all fast keys are ECDSA."""
    loaded = ocsp.load_der_ocsp_response(response)
    key = x509.load_der_x509_certificate(signer.certificate_der).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert loaded.signature_hash_algorithm is not None
    key.verify(
        loaded.signature, loaded.tbs_response_bytes, ec.ECDSA(loaded.signature_hash_algorithm)
    )
    return loaded


@needs_openssl
@pytest.mark.parametrize("fast", [True, False], ids=["ecdsa", "rsa"])
@pytest.mark.parametrize("is_delegated", [True, False])
@pytest.mark.parametrize("is_revoked", [True, False])
def test_openssl_accepts_the_status(
    tmp_path: Path, fast: bool, is_delegated: bool, is_revoked: bool
) -> None:
    # `openssl ocsp` compares with the clock of the machine, so this world lives now.
    now = datetime.now(UTC)
    world = World(now, fast=fast)
    teacher = world.person("A", "1")
    if is_revoked:
        world.revoke(teacher, now, reason="superseded")
    signer = world.responder("public-ca") if is_delegated else None
    for name, content in (
        ("issuer.pem", world.authority("public-ca").certificate_pem),
        ("leaf.pem", teacher.certificate_pem),
        ("anchors.pem", b"".join(map(pem, world.anchors_der))),
    ):
        (tmp_path / name).write_bytes(content)
    run(
        tmp_path,
        "ocsp",
        "-issuer",
        "issuer.pem",
        "-cert",
        "leaf.pem",
        "-no_nonce",
        "-reqout",
        "request.der",
    )
    request = (tmp_path / "request.der").read_bytes()
    (tmp_path / "response.der").write_bytes(
        world.answer_ocsp(request, now, issuer="public-ca", signer=signer)
    )
    files = [
        "-issuer",
        "issuer.pem",
        "-cert",
        "leaf.pem",
        "-CAfile",
        "anchors.pem",
        "-verify_other",
        "issuer.pem",
    ]
    result = run(tmp_path, "ocsp", "-respin", "response.der", "-no_nonce", *files)
    assert "Response verify OK" in result.stderr, result.stderr
    assert "WARNING" not in result.stdout
    assert f"leaf.pem: {'revoked' if is_revoked else 'good'}" in result.stdout


def test_status_depends_on_the_moment(world: World) -> None:
    teacher, authority = world.person("A", "1"), world.authority("public-ca")
    world.revoke(teacher, AT, reason="key_compromise")
    before = check_ocsp(world.ocsp_response(teacher, AT - timedelta(seconds=1)), authority)
    after = check_ocsp(world.ocsp_response(teacher, AT), authority)
    assert before.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert after.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert after.revocation_time_utc == AT
    assert after.revocation_reason is x509.ReasonFlags.key_compromise
    assert (after.this_update_utc, after.next_update_utc) == (AT, AT + timedelta(days=1))


def test_a_bare_certificate_is_answered_by_its_issuer(world: World) -> None:
    teacher = world.person("A", "1")
    assert world.ocsp_response(teacher.certificate_der, AT) == world.ocsp_response(teacher, AT)
    authority = world.authority("public-ca")
    answer = check_ocsp(world.ocsp_response(authority, AT), world.authority("national-root"))
    assert (answer.certificate_status, answer.serial_number) == (
        ocsp.OCSPCertStatus.GOOD,
        authority.serial,
    )


def test_what_was_never_issued_is_unknown(world: World) -> None:
    stranger = World(AT, seed="other", fast=True).person("Không ai", "9")
    answer = check_ocsp(world.ocsp_response(stranger, AT), world.authority("public-ca"))
    assert answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_answers_can_be_forged_or_for_another(world: World) -> None:
    teacher, other, authority = (
        world.person("A", "1"),
        world.person("B", "2"),
        world.authority("public-ca"),
    )
    for forged in (
        world.ocsp_response(teacher, AT, is_signature_broken=True),
        world.ocsp_response(teacher, AT, signer=world.impostor("public-ca")),
    ):
        with pytest.raises((InvalidSignature, ValueError)):
            check_ocsp(forged, authority)
    assert (
        check_ocsp(world.ocsp_response(other, AT), authority).serial_number
        == other.serial
        != teacher.serial
    )


def test_options_reach_the_answer(world: World) -> None:
    teacher, authority = world.person("A", "1"), world.authority("public-ca")
    answer = check_ocsp(
        world.ocsp_response(
            teacher,
            AT,
            status="revoked",
            this_update=AT - timedelta(days=9),
            next_update=None,
            cert_id_digest="sha256",
            nonce=b"n" * 16,
        ),
        authority,
    )
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.this_update_utc == AT - timedelta(days=9)
    assert answer.produced_at_utc == AT
    assert answer.next_update_utc is None
    assert isinstance(answer.hash_algorithm, hashes.SHA256)
    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 16
    refused = ocsp.load_der_ocsp_response(
        world.ocsp_response(teacher, AT, response_status="try_later")
    )
    assert refused.response_status is ocsp.OCSPResponseStatus.TRY_LATER


def test_a_delegated_responder_carries_its_rights(world: World) -> None:
    responder = world.responder("public-ca")
    answer = check_ocsp(
        world.ocsp_response(world.person("A", "1"), AT, signer=responder), responder
    )
    (certificate,) = answer.certificates
    assert certificate.public_bytes(Encoding.DER) == responder.certificate_der
    assert list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [
        ExtendedKeyUsageOID.OCSP_SIGNING
    ]
    assert not certificate.extensions.get_extension_for_class(x509.OCSPNoCheck).critical
    with pytest.raises(x509.ExtensionNotFound):
        x509.load_der_x509_certificate(
            world.responder("public-ca", extended_key_usage=()).certificate_der
        ).extensions.get_extension_for_class(x509.ExtendedKeyUsage)


def test_requests_are_answered_or_refused_in_form(world: World) -> None:
    teacher, authority = world.person("A", "1"), world.authority("public-ca")
    leaf, issuer = (
        x509.load_der_x509_certificate(holder.certificate_der) for holder in (teacher, authority)
    )
    builder = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(leaf, issuer, hashes.SHA256())
        .add_extension(x509.OCSPNonce(b"0123456789abcdef"), False)
    )
    request = builder.build().public_bytes(Encoding.DER)
    answer = check_ocsp(world.answer_ocsp(request, AT, issuer=authority), authority)
    assert (answer.certificate_status, answer.serial_number) == (
        ocsp.OCSPCertStatus.GOOD,
        teacher.serial,
    )
    assert (
        answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"0123456789abcdef"
    )
    elsewhere = ocsp.load_der_ocsp_response(world.answer_ocsp(request, AT, issuer="government-ca"))
    assert elsewhere.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
    for octets in (b"", b"x", b"\x30\x00", request + b"x"):
        refused = ocsp.load_der_ocsp_response(world.answer_ocsp(octets, AT, issuer=authority))
        assert refused.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
