import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms, core, tsp
from hypothesis import given, settings
from hypothesis import strategies as st

from hocba_sign.crypto.digests import SHA256, SHA512, DigestAlgorithm, digest
from hocba_sign.errors import CallerError, HocbaSignError, InputError, OutsideError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.timestamp.protocol import (
    TokenAlgorithms,
    build_request,
    read_response,
    read_token,
    verify_token,
)
from hocba_sign.testing.authority_answers import TSA_POLICY
from hocba_sign.testing.identity import Identity
from hocba_sign.testing.world import World

AT = datetime(2026, 6, 1, 8, 30, 15, tzinfo=UTC)
OCTETS = b"<ds:SignatureValue>"
IMPRINT = hashlib.sha256(OCTETS).digest()
WORLD = World(AT, fast=True)
TOKEN = WORLD.timestamp_token(("sha256", IMPRINT), AT)


def _expected(algorithm: DigestAlgorithm) -> bytes:
    return digest(algorithm, OCTETS)


def _causes(token_der: bytes, candidates: tuple[Certificate, ...] = ()) -> tuple[str, ...]:
    return verify_token(read_token(token_der, candidates), _expected).causes


def test_a_token_is_read_and_holds() -> None:
    token = read_token(
        WORLD.timestamp_token(
            ("sha256", IMPRINT), AT, accuracy=timedelta(seconds=1, milliseconds=500)
        )
    )
    assert (token.gen_time, token.imprint, token.imprint_algorithm, token.policy) == (
        AT,
        IMPRINT,
        SHA256,
        TSA_POLICY,
    )
    assert token.accuracy == timedelta(seconds=1, milliseconds=500)
    assert token.certificate is not None
    assert token.certificate.der == WORLD.tsa.certificate_der
    check = verify_token(token, _expected)
    assert (check.intact, check.causes) == (True, ())
    assert TokenAlgorithms.of(token).cause(AT) is None


def test_a_certificate_that_the_signer_does_not_name_is_none_of_the_token() -> None:
    bare = WORLD.timestamp(build_request(SHA256, IMPRINT, nonce=5, cert_req=False), AT)
    token_der = read_response(bare, build_request(SHA256, IMPRINT, nonce=5, cert_req=False))
    stranger = Certificate.load(WORLD.person("Nguyễn Văn Thử", "001188000001").certificate_der)
    own = Certificate.load(WORLD.tsa.certificate_der)
    assert read_token(token_der, (stranger,)).certificate is None
    assert read_token(token_der, (stranger, own)).certificate == own


@pytest.mark.parametrize("kind", ["rsa2048", "ec"])
def test_both_kinds_of_keys(kind: str) -> None:
    world = World(AT, fast=kind == "ec")
    assert (
        verify_token(read_token(world.timestamp_token(("sha256", IMPRINT), AT)), _expected).causes
        == ()
    )


def test_other_octets() -> None:
    check = verify_token(read_token(TOKEN), lambda algorithm: digest(algorithm, b"other"))
    assert (check.intact, check.causes) == (False, ("TST.IMPRINT",))


def test_a_broken_signature() -> None:
    assert _causes(WORLD.timestamp_token(("sha256", IMPRINT), AT, is_signature_broken=True)) == (
        "TST.SIGNATURE",
    )


def test_the_certificate_must_be_named_by_its_digest() -> None:
    assert _causes(
        WORLD.timestamp_token(("sha256", IMPRINT), AT, has_signing_certificate=False)
    ) == ("TST.SIGNING_CERTIFICATE",)
    other = WORLD.time_stamper("khác").certificate_der
    assert _causes(
        WORLD.timestamp_token(("sha256", IMPRINT), AT, signing_certificate_der=other)
    ) == ("TST.SIGNING_CERTIFICATE",)


def test_a_missing_certificate_may_be_given() -> None:
    bare = WORLD.timestamp_token(("sha256", IMPRINT), AT, has_certificates=False)
    assert _causes(bare) == ("TST.NO_CERTIFICATE",)
    assert _causes(bare, (Certificate.load(WORLD.tsa.certificate_der),)) == ()


@pytest.mark.parametrize(
    "who",
    [
        WORLD.time_stamper("a", is_extended_key_usage_critical=False),
        WORLD.person("Người Thử", "001300000001"),
    ],
    ids=["lax", "person"],
)
def test_a_certificate_not_for_time_stamping(who: Identity) -> None:
    check = verify_token(
        read_token(WORLD.timestamp_token(("sha256", IMPRINT), AT, tsa=who)), _expected
    )
    assert (check.intact, check.causes) == (True, ("TST.KEY_USAGE",))


def test_a_weak_algorithm_is_intact_and_named() -> None:
    token = read_token(WORLD.timestamp_token(("sha256", IMPRINT), AT, digest="sha1"))
    assert verify_token(token, _expected).intact
    assert TokenAlgorithms.of(token).cause(AT) == "TST.WEAK_ALGORITHM"


def _changed(change: str) -> bytes:
    content = cms.ContentInfo.load(TOKEN)
    signed = content["content"]
    signer = signed["signer_infos"][0]
    match change:
        case "no signer":
            signed["signer_infos"] = []
        case "two signers":
            signed["signer_infos"] = [signer, signer.copy()]
        case "no attributes":
            del signer["signed_attrs"]
        case "content":
            info = tsp.TSTInfo.load(signed["encap_content_info"]["content"].parsed.dump())
            info["serial_number"] = 4711
            signed["encap_content_info"]["content"] = core.ParsableOctetString(
                info.dump(force=True)
            )
        case "order":
            held = bytes(signer["signed_attrs"].contents)
            turned = b"".join(
                sorted((bytes(one.dump()) for one in signer["signed_attrs"]), reverse=True)
            )
            assert TOKEN.count(held) == 1
            return TOKEN.replace(held, turned)
        case _:
            raise AssertionError(change)
    return bytes(content.dump(force=True))


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ("no signer", "TST.SIGNER_COUNT"),
        ("two signers", "TST.SIGNER_COUNT"),
        ("no attributes", "TST.SIGNED_ATTRIBUTES"),
        ("content", "TST.MESSAGE_DIGEST"),
        ("order", "TST.NOT_DER"),
    ],
)
def test_each_fault_has_its_cause(change: str, cause: str) -> None:
    check = verify_token(read_token(_changed(change)), _expected)
    assert not check.intact
    assert cause in check.causes


def test_another_content_type() -> None:
    whole = TOKEN.replace(
        bytes.fromhex("060b2a864886f70d0109100104a0"),
        bytes.fromhex("060b2a864886f70d0109100105a0"),
        1,
    )
    assert whole != TOKEN
    assert set(_causes(whole)) == {"TST.CONTENT_TYPE", "TST.ATTRIBUTE_CONTENT_TYPE"}


def test_an_injected_certificate_is_not_taken() -> None:
    """The first certificate of the set is another one with the same issuer and serial number."""
    content = cms.ContentInfo.load(TOKEN)
    impostor = WORLD.time_stamper("kẻ giả", serial=WORLD.tsa.serial)
    genuine = [one.chosen for one in content["content"]["certificates"]]
    content["content"]["certificates"] = [
        cms.CertificateChoices.load(impostor.certificate_der),
        *genuine,
    ]
    token = read_token(content.dump(force=True))
    assert token.certificate is not None
    assert token.certificate.der == WORLD.tsa.certificate_der
    assert verify_token(token, _expected).causes == ()


@pytest.mark.parametrize(
    "octets", [b"", b"\x30", b"\x30\x00", TOKEN[:-1], TOKEN + b"\x00", b"\x02\x01\x01"]
)
def test_garbage(octets: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_token(octets)
    assert caught.value.cause == "TST.MALFORMED"


def test_indefinite_lengths_are_read_and_other_ber_is_refused() -> None:
    """Spec: RFC 5652, 5.4: what is hashed and signed is DER, however the layers around it are
    written.
    """
    token = read_token(b"\x30\x80" + TOKEN[4:] + b"\x00\x00")
    assert (token.gen_time, token.imprint) == (
        read_token(TOKEN).gen_time,
        read_token(TOKEN).imprint,
    )
    assert verify_token(token, _expected).causes == ()
    for octets in (
        b"\x30\x80" + TOKEN[4:] + b"\x00\x00\x00",
        b"\x30\x80" + TOKEN[4:],
        b"\x30\x83\x00" + TOKEN[2:],
    ):
        with pytest.raises(InputError):
            read_token(octets)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(TOKEN) - 1), st.integers(1, 255))
def test_no_changed_octet_goes_unnoticed_where_it_matters(place: int, change: int) -> None:
    changed = bytearray(TOKEN)
    changed[place] ^= change
    try:
        token = read_token(bytes(changed))
        check = verify_token(token, _expected)
    except InputError:
        return
    if not check.causes:
        # What is not signed: version numbers, the digest list, other certificates.
        assert (token.info_der, token.certificate) == (
            read_token(TOKEN).info_der,
            read_token(TOKEN).certificate,
        )


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_only_documented_errors_escape(octets: bytes) -> None:
    for start in (octets, TOKEN[:40] + octets, TOKEN[:-100] + octets):
        with pytest.raises(HocbaSignError):
            read_token(start)


def test_a_request_says_what_was_asked() -> None:
    request = tsp.TimeStampReq.load(build_request(SHA256, IMPRINT, nonce=2**63, policy="1.2.3"))
    assert request.native == {
        "version": "v1",
        "message_imprint": {
            "hash_algorithm": {"algorithm": "sha256", "parameters": None},
            "hashed_message": IMPRINT,
        },
        "req_policy": "1.2.3",
        "nonce": 2**63,
        "cert_req": True,
        "extensions": None,
    }
    with pytest.raises(CallerError):
        build_request(SHA512, IMPRINT, nonce=1)


def test_a_response_must_answer_the_request() -> None:
    request = build_request(SHA256, IMPRINT, nonce=99)
    assert read_token(read_response(WORLD.timestamp(request, AT), request)).nonce == 99
    assert read_response(WORLD.timestamp(request, AT, status="granted_with_mods"), request)


@pytest.mark.parametrize(
    ("asked", "cause"),
    [
        (build_request(SHA256, IMPRINT, nonce=98), "TSA.NONCE"),
        (build_request(SHA256, b"\x00" * 32, nonce=99), "TSA.IMPRINT"),
        (build_request(SHA256, IMPRINT, nonce=99, policy="1.2.3"), "TSA.POLICY"),
    ],
)
def test_a_response_to_another_request(asked: bytes, cause: str) -> None:
    answer = WORLD.timestamp(build_request(SHA256, IMPRINT, nonce=99), AT)
    with pytest.raises(OutsideError) as caught:
        read_response(answer, asked)
    assert caught.value.cause == cause


@pytest.mark.parametrize(
    "octets", [b"", b"\x30\x00", b"\x30\x05\x30\x03\x02\x01\x00", b"<html>", TOKEN]
)
def test_what_is_no_response(octets: bytes) -> None:
    with pytest.raises(OutsideError) as caught:
        read_response(octets, build_request(SHA256, IMPRINT, nonce=1))
    assert caught.value.cause == "TSA.NOT_A_RESPONSE"


def test_a_response_whose_token_cannot_be_read_says_why() -> None:
    status = b"\x30\x03\x02\x01\x00"
    granted = status + b"\x30\x00"
    octets = b"\x30" + bytes([len(granted)]) + granted
    with pytest.raises(OutsideError) as caught:
        read_response(octets, build_request(SHA256, IMPRINT, nonce=1))
    assert caught.value.cause == "TSA.NOT_A_RESPONSE"
    assert caught.value.detail


def test_a_granted_answer_without_a_token_says_what_is_wrong_with_it() -> None:
    granted = bytes.fromhex("30053003020100")
    with pytest.raises(OutsideError, match=r"TSA\.NOT_A_RESPONSE") as caught:
        read_response(granted, build_request(SHA256, IMPRINT, nonce=1))
    assert caught.value.detail
