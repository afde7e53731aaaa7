import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509

from hocba_sign.errors import CallerError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import ProfileException, Purpose
from hocba_sign.pki.path import path_validation as path_module
from hocba_sign.pki.path import reference_engine as engine_module
from hocba_sign.pki.path.path_validation import (
    PathRequirements,
    PathResult,
    PathStatus,
    validate_by_engine,
    validate_path,
)
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import Anchor, TrustStore
from hocba_sign.testing.identity import Identity
from hocba_sign.testing.keys import sign_octets
from hocba_sign.testing.world import World

Validate = Callable[..., PathResult]
AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
BEFORE = AT - DAY


@pytest.fixture
def world() -> World:
    return World(AT, fast=True)


@pytest.fixture
def teacher(world: World) -> Identity:
    return world.person("Nguyễn Thị Thử Nghiệm", "001300000001")


def _trust(world: World) -> TrustStore:
    return TrustStore.of(map(Certificate.load, world.anchors_der))


def _evidence(
    world: World,
    *,
    crls: tuple[bytes, ...] = (),
    ocsps: tuple[bytes, ...] = (),
    more: tuple[bytes, ...] = (),
) -> Evidence:
    certificates = tuple(Certificate.load(one) for one in (*world.intermediates_der, *more))
    return Evidence.of(certificates=certificates, crls=crls, ocsps=ocsps)


def _judge(
    world: World,
    who: Identity,
    evidence: Evidence | None = None,
    *,
    at: datetime = AT,
    asked: PathRequirements | None = None,
) -> PathResult:
    held = evidence or _evidence(world, crls=world.crls(BEFORE))
    return validate_path(
        Certificate.load(who.certificate_der),
        trust=_trust(world),
        evidence=held,
        at=at,
        requirements=asked,
    )


def test_a_signer_with_lists_passes_and_the_facts_are_told(world: World, teacher: Identity) -> None:
    result = _judge(world, teacher)
    assert (result.status, result.sub_indication, result.causes) == (PathStatus.PASSED, None, ())
    assert tuple(one.der for one in result.chain) == teacher.chain_der
    assert result.anchor_sha256 == result.chain[-1].sha256
    fact, above = result.revocation
    assert (fact.status, fact.kind, fact.source, fact.this_update) == (
        "good",
        "crl",
        "given",
        BEFORE,
    )
    assert fact.evidence_sha256 == hashlib.sha256(world.crl("public-ca", BEFORE)).hexdigest()
    assert above.certificate_sha256 == result.chain[1].sha256


def test_an_issuing_ca_may_be_the_anchor_and_its_list_counts(
    world: World, teacher: Identity
) -> None:
    leaf, issuing = (Certificate.load(der) for der in teacher.chain_der[:2])
    held = Evidence.of(crls=(world.crl("public-ca", BEFORE),))
    result = validate_path(leaf, trust=TrustStore.of([issuing]), evidence=held, at=AT)
    assert (result.status, result.anchor_sha256) == (PathStatus.PASSED, issuing.sha256)
    assert [fact.status for fact in result.revocation] == ["good"]
    foreign = Evidence.of(crls=(world.crl("national-root", BEFORE),))
    assert (
        validate_path(leaf, trust=TrustStore.of([issuing]), evidence=foreign, at=AT).status
        is PathStatus.INDETERMINATE
    )


@pytest.mark.parametrize("is_delegated", [False, True])
def test_a_signer_with_an_ocsp_response_passes(
    world: World, teacher: Identity, is_delegated: bool
) -> None:
    signer = world.responder("public-ca") if is_delegated else None
    response = world.ocsp_response(teacher, AT, signer=signer)
    result = _judge(
        world,
        teacher,
        _evidence(world, crls=(world.crl("national-root", BEFORE),), ocsps=(response,)),
    )
    assert result.status is PathStatus.PASSED, result.causes
    assert (result.revocation[0].kind, result.revocation[0].produced_at) == ("ocsp", AT)


def test_the_issuing_certificate_is_missing(world: World, teacher: Identity) -> None:
    result = _judge(world, teacher, Evidence.of(crls=world.crls(BEFORE)))
    assert (result.status, result.sub_indication, result.causes) == (
        PathStatus.INDETERMINATE,
        "NO_CERTIFICATE_CHAIN_FOUND",
        ("PATH.NO_CHAIN",),
    )


def test_trust_is_by_digest_never_by_name(world: World, teacher: Identity) -> None:
    pretender = Certificate.load(world.impostor("national-root").certificate_der)
    held = _evidence(world, crls=world.crls(BEFORE))
    result = validate_path(
        Certificate.load(teacher.certificate_der),
        trust=TrustStore.of((pretender,)),
        evidence=held,
        at=AT,
    )
    assert result.status is PathStatus.INDETERMINATE


def test_a_certificate_of_an_impostor_is_refused(world: World) -> None:
    impostor = world.impostor("public-ca")
    forged = world.person("Người Giả Mạo", "001300000009", issuer=impostor)
    result = _judge(
        world, forged, _evidence(world, crls=world.crls(BEFORE), more=(impostor.certificate_der,))
    )
    assert result.status is PathStatus.INDETERMINATE


def test_a_changed_certificate_is_refused(world: World, teacher: Identity) -> None:
    changed = asn1_x509.Certificate.load(teacher.certificate_der)
    broken = bytes(changed["signature_value"].native)[:-1] + b"\x00"
    changed["signature_value"] = broken
    held = _evidence(world, crls=world.crls(BEFORE))
    result = validate_path(
        Certificate.load(changed.dump(force=True)), trust=_trust(world), evidence=held, at=AT
    )
    assert (result.sub_indication, result.causes) == (
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        ("PATH.SIGNATURE",),
    )


@pytest.mark.parametrize(
    ("at", "cause"),
    [
        (AT + 3 * 365 * DAY, "PATH.EXPIRED"),
        (AT - 400 * DAY, "PATH.NOT_YET_VALID"),
        (AT + 7 * 365 * DAY, "PATH.CA_EXPIRED"),
    ],
)
def test_out_of_its_time(world: World, teacher: Identity, at: datetime, cause: str) -> None:
    # RSA-free keys: no algorithm of the test world ends in these years.
    result = _judge(world, teacher, _evidence(world, crls=world.crls(at - DAY)), at=at)
    assert (result.sub_indication, result.causes) == ("OUT_OF_BOUNDS_NO_POE", (cause,))


def test_nothing_known_about_revocation(world: World, teacher: Identity) -> None:
    nothing = _evidence(world)
    result = _judge(world, teacher, nothing)
    assert (result.status, result.sub_indication, result.causes) == (
        PathStatus.INDETERMINATE,
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        ("REVOCATION.NONE",),
    )
    assert [fact.status for fact in result.revocation] == ["unknown", "unknown"]
    allowed = _judge(world, teacher, nothing, asked=PathRequirements(allow_unknown_revocation=True))
    assert allowed.status is PathStatus.PASSED


def test_one_unknown_certificate_is_enough(world: World, teacher: Identity) -> None:
    result = _judge(world, teacher, _evidence(world, crls=(world.crl("public-ca", BEFORE),)))
    assert result.causes[0] == "REVOCATION.NONE"
    assert [fact.status for fact in result.revocation] == ["good", "unknown"]


@pytest.mark.parametrize("moment", [AT - timedelta(hours=1), AT])
def test_revoked_before_or_at_the_control_time(
    world: World, teacher: Identity, moment: datetime
) -> None:
    world.revoke(teacher, moment)
    late = AT + DAY
    asked = PathRequirements(known_until=late)
    by_list = _judge(world, teacher, _evidence(world, crls=world.crls(late)), asked=asked)
    response = world.ocsp_response(teacher, late)
    by_response = _judge(
        world, teacher, _evidence(world, crls=world.crls(BEFORE), ocsps=(response,)), asked=asked
    )
    for result in (by_list, by_response):
        assert (result.status, result.sub_indication, result.causes) == (
            PathStatus.INDETERMINATE,
            "REVOKED_NO_POE",
            ("REVOCATION.REVOKED",),
        )
        assert (result.revocation[0].revoked_at, result.revocation[0].reason) == (
            moment,
            "key_compromise",
        )


def test_revoked_after_the_control_time_is_good_and_told(world: World, teacher: Identity) -> None:
    world.revoke(teacher, AT + timedelta(hours=1))
    asked = PathRequirements(known_until=AT + DAY)
    late = world.crls(AT + DAY)
    response = world.ocsp_response(teacher, AT + DAY)
    for held in (_evidence(world, crls=late), _evidence(world, crls=(late[0],), ocsps=(response,))):
        result = _judge(world, teacher, held, asked=asked)
        assert result.status is PathStatus.PASSED, result.causes
        assert result.revocation[0].revoked_at == AT + timedelta(hours=1)


def test_what_was_issued_after_the_validation_time_does_not_count(
    world: World, teacher: Identity
) -> None:
    result = _judge(world, teacher, _evidence(world, crls=world.crls(AT + DAY)))
    assert "REVOCATION.TOO_NEW" in result.causes


def test_a_good_response_does_not_hide_a_revoking_list(world: World, teacher: Identity) -> None:
    response = world.ocsp_response(teacher, AT)
    world.revoke(teacher, AT - 2 * DAY)
    result = _judge(world, teacher, _evidence(world, crls=world.crls(BEFORE), ocsps=(response,)))
    assert result.causes == ("REVOCATION.REVOKED",)


def test_an_older_good_list_does_not_hide_a_newer_one(world: World, teacher: Identity) -> None:
    older = world.crls(AT - 3 * DAY)
    world.revoke(teacher, AT - 2 * DAY)
    result = _judge(world, teacher, _evidence(world, crls=(*older, *world.crls(BEFORE))))
    assert result.causes == ("REVOCATION.REVOKED",)


def test_an_issuing_authority_is_revoked(world: World, teacher: Identity) -> None:
    world.revoke(world.authority("public-ca"), AT - 2 * DAY)
    result = _judge(world, teacher)
    assert (result.sub_indication, result.causes[0]) == (
        "REVOKED_CA_NO_POE",
        "REVOCATION.CA_REVOKED",
    )


def test_suspended(world: World, teacher: Identity) -> None:
    world.revoke(teacher, AT - 2 * DAY, reason="certificate_hold")
    result = _judge(world, teacher)
    assert (result.sub_indication, result.causes) == ("TRY_LATER", ("REVOCATION.ON_HOLD",))


def test_an_expired_list(world: World, teacher: Identity) -> None:
    result = _judge(
        world,
        teacher,
        _evidence(
            world, crls=(world.crl("national-root", BEFORE), world.crl("public-ca", AT - 30 * DAY))
        ),
    )
    assert (result.sub_indication, result.causes) == ("TRY_LATER", ("REVOCATION.EXPIRED",))


def test_a_forged_list(world: World, teacher: Identity) -> None:
    forged = world.crl("public-ca", BEFORE, signed_by=world.impostor("public-ca"))
    result = _judge(
        world, teacher, _evidence(world, crls=(world.crl("national-root", BEFORE), forged))
    )
    assert result.causes == ("REVOCATION.SIGNATURE",)


def test_a_list_of_another_issuer(world: World, teacher: Identity) -> None:
    lists = (world.crl("national-root", BEFORE), world.crl("government-ca", BEFORE))
    assert _judge(world, teacher, _evidence(world, crls=lists)).causes == (
        "REVOCATION.NONE",
        "REVOCATION.WRONG_ISSUER",
    )


def test_a_response_about_another_certificate(world: World, teacher: Identity) -> None:
    other = world.person("Trần Văn Thử", "001300000002")
    held = _evidence(
        world, crls=(world.crl("national-root", BEFORE),), ocsps=(world.ocsp_response(other, AT),)
    )
    assert "REVOCATION.WRONG_CERTIFICATE" in _judge(world, teacher, held).causes


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("impostor", "REVOCATION.RESPONDER"),
        ("broken", "REVOCATION.SIGNATURE"),
        ("unauthorised", "REVOCATION.RESPONDER"),
    ],
)
def test_a_forged_response(world: World, teacher: Identity, kind: str, cause: str) -> None:
    if kind == "broken":
        response = world.ocsp_response(teacher, AT, is_signature_broken=True)
    else:
        signer = (
            world.impostor("public-ca")
            if kind == "impostor"
            else world.person("Kẻ Xấu", "001300000003")
        )
        response = world.ocsp_response(teacher, AT, signer=signer)
    held = _evidence(world, crls=(world.crl("national-root", BEFORE),), ocsps=(response,))
    assert cause in _judge(world, teacher, held).causes


def _with_key_of(genuine_der: bytes, other_der: bytes, *, serial: int | None = None) -> bytes:
    """Return the genuine certificate, its signature copied, with another public key (and serial
    number) in it.
    """
    changed = asn1_x509.Certificate.load(genuine_der)
    other = asn1_x509.Certificate.load(other_der)
    changed["tbs_certificate"]["subject_public_key_info"] = other.public_key.copy()
    if serial is not None:
        changed["tbs_certificate"]["serial_number"] = serial
    return bytes(changed.dump(force=True))


@pytest.mark.parametrize("serial", [None, 4711])
def test_a_copied_signature_does_not_make_a_list_issuer(
    world: World, teacher: Identity, serial: int | None
) -> None:
    """The revoked signer puts in a CA certificate with copied signature octets and its own key, and
    an empty list.
    """
    empty = world.crl("public-ca", BEFORE, signed_by=world.impostor("public-ca"))
    pretender = _with_key_of(
        world.authority("public-ca").certificate_der,
        world.impostor("public-ca").certificate_der,
        serial=serial,
    )
    held = _evidence(world, crls=(world.crl("national-root", BEFORE), empty), more=(pretender,))
    assert _judge(world, teacher, held).status is PathStatus.INDETERMINATE


def test_a_copied_signature_does_not_make_a_responder(world: World, teacher: Identity) -> None:
    impostor = world.impostor("public-ca")
    response = asn1_ocsp.OCSPResponse.load(world.ocsp_response(teacher, AT, signer=impostor))
    basic = response["response_bytes"]["response"].parsed
    pretender = asn1_x509.Certificate.load(
        _with_key_of(world.authority("public-ca").certificate_der, impostor.certificate_der)
    )
    data = basic["tbs_response_data"]
    data["responder_id"] = asn1_ocsp.ResponderId(name="by_name", value=pretender.subject)
    basic["signature"] = sign_octets(impostor.key, data.dump(force=True), digest="sha256")
    basic["certs"] = [pretender]
    forged = asn1_ocsp.OCSPResponse(
        {
            "response_status": "successful",
            "response_bytes": {"response_type": "basic_ocsp_response", "response": basic.copy()},
        }
    )
    held = _evidence(
        world, crls=(world.crl("national-root", BEFORE),), ocsps=(forged.dump(force=True),)
    )
    assert _judge(world, teacher, held).status is PathStatus.INDETERMINATE


def test_a_copied_signature_does_not_make_a_list(world: World, teacher: Identity) -> None:
    empty = world.crl("public-ca", BEFORE)
    world.revoke(teacher, AT - 2 * DAY)
    genuine = asn1_crl.CertificateList.load(world.crl("public-ca", AT - timedelta(hours=2)))
    forged = asn1_crl.CertificateList.load(empty)
    forged["tbs_cert_list"]["this_update"] = asn1_x509.Time(
        name="utc_time", value=AT - timedelta(hours=1)
    )
    forged["signature"] = genuine["signature"].native
    lists = (world.crl("national-root", BEFORE), genuine.dump(), forged.dump(force=True))
    assert _judge(world, teacher, _evidence(world, crls=lists)).causes == ("REVOCATION.REVOKED",)
    alone = (world.crl("national-root", BEFORE), forged.dump(force=True))
    assert _judge(world, teacher, _evidence(world, crls=alone)).causes == ("REVOCATION.SIGNATURE",)


def test_weak_algorithms_are_named(world: World) -> None:
    weak = world.person("Lê Thị Yếu", "001300000004", digest="sha1")
    result = _judge(world, weak)
    assert (result.sub_indication, result.causes) == (
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        ("PATH.WEAK_ALGORITHM",),
    )


def test_a_list_signed_with_a_weak_algorithm(world: World, teacher: Identity) -> None:
    lists = (world.crl("national-root", BEFORE), world.crl("public-ca", BEFORE, digest="sha1"))
    assert _judge(world, teacher, _evidence(world, crls=lists)).causes == (
        "REVOCATION.WEAK_ALGORITHM",
    )


@pytest.mark.parametrize(
    ("purpose", "usage", "causes"),
    [
        (Purpose.SIGNING, ("digital_signature",), ()),
        (Purpose.SIGNING, ("non_repudiation",), ()),
        (Purpose.SIGNING, ("key_encipherment",), ("PATH.KEY_USAGE",)),
        (Purpose.ANY, ("key_encipherment",), ()),
        (Purpose.TIMESTAMPING, ("digital_signature",), ("PATH.EXTENDED_KEY_USAGE",)),
    ],
)
def test_the_purpose(
    world: World, purpose: Purpose, usage: tuple[str, ...], causes: tuple[str, ...]
) -> None:
    who = world.person("Phạm Văn Thử", "001300000005", key_usage=usage)
    result = _judge(world, who, asked=PathRequirements(purpose=purpose))
    assert result.causes == causes
    assert result.sub_indication == ("CHAIN_CONSTRAINTS_FAILURE" if causes else None)


def test_the_time_stamping_purpose_is_exclusive_and_critical(world: World) -> None:
    asked = PathRequirements(purpose=Purpose.TIMESTAMPING)
    assert _judge(world, world.tsa, asked=asked).status is PathStatus.PASSED
    for odd in (
        world.time_stamper("TSA 2", extended_key_usage=("time_stamping", "email_protection")),
        world.time_stamper("TSA 3", is_extended_key_usage_critical=False),
    ):
        assert _judge(world, odd, asked=asked).causes == ("PATH.EXTENDED_KEY_USAGE",)


def test_genuine_deviations_pass_only_by_a_named_exception(world: World) -> None:
    odd = world.time_stamper(
        "TSA 4", key_usage=("digital_signature", "key_cert_sign"), is_aia_critical=True
    )
    asked = PathRequirements(purpose=Purpose.TIMESTAMPING)
    assert set(_judge(world, odd, asked=asked).causes) == {
        "PATH.KEY_CERT_SIGN_WITHOUT_CA",
        "PATH.CRITICAL_AIA",
    }
    allowed = PathRequirements(purpose=Purpose.TIMESTAMPING, exceptions=frozenset(ProfileException))
    result = _judge(world, odd, asked=allowed)
    assert result.status is PathStatus.PASSED, result.causes
    assert set(result.exceptions) == set(ProfileException)


def test_the_end_of_an_anchor(world: World, teacher: Identity) -> None:
    root = Certificate.load(world.authority("national-root").certificate_der)
    for until, causes in ((AT - DAY, ("PATH.ANCHOR_ENDED",)), (AT, ())):
        trust = TrustStore().with_anchors(
            (Anchor(certificate=root, name="gốc", trusted_until=until),)
        )
        held = _evidence(world, crls=world.crls(BEFORE))
        result = validate_path(
            Certificate.load(teacher.certificate_der), trust=trust, evidence=held, at=AT
        )
        assert result.causes == causes
        assert result.sub_indication == ("NO_CERTIFICATE_CHAIN_FOUND_NO_POE" if causes else None)


def test_a_leaf_that_is_an_anchor_is_trusted_without_a_path(
    world: World, teacher: Identity
) -> None:
    leaf = Certificate.load(teacher.certificate_der)
    result = validate_path(
        leaf, trust=TrustStore.of((leaf,)), evidence=Evidence(), at=AT + 3650 * DAY
    )
    assert (result.status, result.chain, result.anchor_sha256) == (
        PathStatus.PASSED,
        (leaf,),
        leaf.sha256,
    )


def test_a_leaf_cannot_issue(world: World, teacher: Identity) -> None:
    leaf = Certificate.load(teacher.certificate_der)
    child = world.person("Con", "001300000006", issuer=world.authority("public-ca"))
    assert child.chain_der[1] != leaf.der
    result = validate_path(
        Certificate.load(child.certificate_der),
        trust=TrustStore.of((leaf,)),
        evidence=Evidence(),
        at=AT,
    )
    assert result.causes == ("PATH.NO_CHAIN",)


def test_limits_on_the_pool(
    world: World, teacher: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(path_module, "MAX_POOL_STATEMENTS", 2)
    assert _judge(world, teacher).causes == ("PATH.LIMIT",)


def test_garbage_in_the_pool_is_named_and_harms_nothing(world: World, teacher: Identity) -> None:
    held = _evidence(
        world,
        crls=(*world.crls(BEFORE), b"\x30\x03\x02\x01\x01", b""),
        ocsps=(b"\x30\x00", b"\xff"),
    )
    assert _judge(world, teacher, held).status is PathStatus.PASSED
    bare = _evidence(world, crls=(b"\x30\x00",), ocsps=(b"\x30\x00",))
    assert _judge(world, teacher, bare).causes == (
        "REVOCATION.NONE",
        "REVOCATION.CRL_MALFORMED",
        "REVOCATION.OCSP_MALFORMED",
    )


def test_an_unknown_failure_of_the_engine_is_a_cause(
    world: World, teacher: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: object, **__: object) -> None:
        raise RuntimeError("engine")

    monkeypatch.setattr(engine_module, "EngineSession", burst)
    assert _judge(world, teacher).status is PathStatus.PASSED
    result = _judge(world, teacher, asked=PathRequirements(is_policy_explicit=True))
    assert (result.status, result.causes) == (PathStatus.INDETERMINATE, ("PATH.ENGINE",))


def test_times_must_be_aware(world: World, teacher: Identity) -> None:
    with pytest.raises(CallerError) as caught:
        _judge(world, teacher, at=AT.replace(tzinfo=None))
    assert caught.value.cause == "PATH.TIME_ZONE"


def test_a_list_of_an_authority_does_not_speak_about_itself(
    world: World, teacher: Identity
) -> None:
    """The root's list is forged.

    The authority's own, which is right, must not stand in for it, nor the engine's memory of it.
    """
    forged = world.crl("national-root", BEFORE, signed_by=world.impostor("national-root"))
    held = _evidence(world, crls=(world.crl("public-ca", BEFORE), forged))
    for validate in (validate_path, validate_by_engine):
        result = validate(
            Certificate.load(teacher.certificate_der), trust=_trust(world), evidence=held, at=AT
        )
        assert (result.causes, result.revocation[0].status) == (("REVOCATION.SIGNATURE",), "good")


@pytest.mark.parametrize("validate", [validate_path, validate_by_engine])
def test_revoked_within_the_second_of_the_control_time(
    world: World, teacher: Identity, validate: Validate
) -> None:
    world.revoke(teacher, AT)
    asked = PathRequirements(known_until=AT + DAY)
    held = _evidence(world, crls=world.crls(AT + timedelta(hours=1)))
    at = AT + timedelta(microseconds=1)
    result = validate(
        Certificate.load(teacher.certificate_der),
        trust=_trust(world),
        evidence=held,
        at=at,
        requirements=asked,
    )
    assert result.causes == ("REVOCATION.REVOKED",)


@pytest.mark.parametrize("validate", [validate_path, validate_by_engine])
def test_when_the_signer_of_the_evidence_expires(
    world: World, teacher: Identity, validate: Validate
) -> None:
    certificate, authority = (
        Certificate.load(teacher.certificate_der),
        Certificate.load(world.authority("public-ca").certificate_der),
    )
    soon = AT + 30 * DAY
    answers = {
        None: authority.not_after,
        world.responder("public-ca", not_after=soon): soon,
        world.responder("public-ca", not_after=authority.not_after + DAY): authority.not_after,
    }
    for signer, expected in answers.items():
        held = _evidence(
            world,
            crls=(world.crl("national-root", BEFORE),),
            ocsps=(world.ocsp_response(teacher, AT, signer=signer),),
        )
        fact, above = validate(certificate, trust=_trust(world), evidence=held, at=AT).revocation
        assert (fact.status, fact.issuer_not_after) == ("good", expected)
        assert (
            above.issuer_not_after
            == Certificate.load(world.authority("national-root").certificate_der).not_after
        )
    by_list = validate(
        certificate, trust=_trust(world), evidence=_evidence(world, crls=world.crls(BEFORE)), at=AT
    )
    assert by_list.revocation[0].issuer_not_after == authority.not_after
    unknown = validate(certificate, trust=_trust(world), evidence=_evidence(world), at=AT)
    assert unknown.revocation[0].issuer_not_after is None
