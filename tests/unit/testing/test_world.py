"""The test world is right where it should be right (OpenSSL says so) and wrong exactly where it was
told to be.
"""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID, ObjectIdentifier

from hocba_sign.testing import CertificateAuthority, Identity, World
from hocba_sign.testing.identity import pem

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
LATER = AT + timedelta(days=1)
UID = ObjectIdentifier("0.9.2342.19200300.100.1.1")
SCHOOL = "Trường THPT Thử nghiệm"

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the openssl command is not installed"
)


@pytest.fixture
def world() -> World:
    return World(AT, fast=True)


def parsed(holder: Identity | CertificateAuthority) -> x509.Certificate:
    return x509.load_der_x509_certificate(holder.certificate_der)


def values(certificate: x509.Certificate) -> list[tuple[str, str]]:
    return [
        (attribute.oid.dotted_string, str(attribute.value)) for attribute in certificate.subject
    ]


def everybody(world: World) -> tuple[Identity, ...]:
    return (
        world.person("Lê Thị Thử", "001085000001"),
        world.person(
            "Phạm Văn Thử", "001085000002", title="Giáo viên chủ nhiệm", organisation=SCHOOL
        ),
        world.principal("Trần Thị Thử", "001070000003", school=SCHOOL),
        world.organisation(SCHOOL),
        world.organisation("Trường Tư thục Thử nghiệm", government=False, mst="0199999999"),
        world.tsa,
    )


def verify_with_openssl(
    folder: Path, world: World, leaf_der: bytes, *options: str, at: datetime = AT
) -> subprocess.CompletedProcess[str]:
    """Run `openssl verify` with the world's anchors, intermediates and lists."""
    (folder / "anchors.pem").write_bytes(b"".join(map(pem, world.anchors_der)))
    (folder / "intermediates.pem").write_bytes(b"".join(map(pem, world.intermediates_der)))
    lists = [x509.load_der_x509_crl(crl) for crl in world.crls(at)]
    (folder / "crls.pem").write_bytes(b"".join(crl.public_bytes(Encoding.PEM) for crl in lists))
    (folder / "leaf.pem").write_bytes(pem(leaf_der))
    moment = str(int(at.timestamp()) + 1)
    files = [
        "-CAfile",
        "anchors.pem",
        "-untrusted",
        "intermediates.pem",
        "-CRLfile",
        "crls.pem",
        "leaf.pem",
    ]
    command = [
        "openssl",
        "verify",
        "-attime",
        moment,
        "-crl_check_all",
        "-x509_strict",
        *options,
        *files,
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@needs_openssl
@pytest.mark.parametrize("fast", [True, False], ids=["ecdsa", "rsa"])
def test_every_chain_and_list_satisfies_openssl(tmp_path: Path, fast: bool) -> None:
    world = World(AT, fast=fast)
    for identity in everybody(world):
        result = verify_with_openssl(tmp_path, world, identity.certificate_der)
        assert result.returncode == 0, (identity.name, result.stderr)
    tsa = verify_with_openssl(
        tmp_path, world, world.tsa.certificate_der, "-purpose", "timestampsign"
    )
    assert tsa.returncode == 0, tsa.stderr


@needs_openssl
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda w: w.person("A", "1", not_after=AT - timedelta(days=1)), "certificate has expired"),
        (
            lambda w: w.person("A", "1", not_before=AT + timedelta(days=1)),
            "certificate is not yet valid",
        ),
        (lambda w: w.person("A", "1", issuer=w.impostor("public-ca")), "unable to get"),
        (lambda w: w.time_stamper(key_usage=("digital_signature", "key_cert_sign")), "keyCertSign"),
        (lambda w: w.time_stamper(is_aia_critical=True), "unhandled critical extension"),
        (lambda w: w.person("A", "1", digest="sha1", key="rsa1024"), "key too weak"),
    ],
    ids=["expired", "not yet valid", "impostor", "keyCertSign", "critical AIA", "rsa1024"],
)
def test_openssl_names_the_fault_of_the_certificate(
    tmp_path: Path, world: World, make: Callable[[World], Identity], words: str
) -> None:
    leaf = make(world)
    result = verify_with_openssl(
        tmp_path,
        World(AT, fast=True),
        leaf.certificate_der,
        "-auth_level",
        "2" if words == "key too weak" else "1",
    )
    assert result.returncode != 0
    assert words.lower() in result.stderr.lower()


@needs_openssl
def test_revocation_counts_from_its_moment_on(tmp_path: Path, world: World) -> None:
    teacher = world.person("Lê Thị Thử", "001085000001")
    world.revoke(teacher, LATER, reason="key_compromise")
    assert verify_with_openssl(tmp_path, world, teacher.certificate_der).returncode == 0
    result = verify_with_openssl(tmp_path, world, teacher.certificate_der, at=LATER)
    assert "certificate revoked" in result.stderr


@needs_openssl
def test_a_revoked_authority_stands_on_the_list_of_its_root(tmp_path: Path, world: World) -> None:
    teacher = world.person("Lê Thị Thử", "001085000001")
    world.revoke(world.authority("public-ca"), AT, reason="ca_compromise")
    result = verify_with_openssl(tmp_path, world, teacher.certificate_der)
    assert "certificate revoked" in result.stderr
    assert "error 23 at 1 depth" in result.stderr


def test_equal_worlds_give_equal_bytes() -> None:
    def everything(world: World) -> list[bytes]:
        people = everybody(world)
        world.revoke(people[0], AT)
        return [
            *world.anchors_der,
            *world.intermediates_der,
            *(person.certificate_der for person in people),
            *(person.key_pem for person in people),
            *world.crls(AT),
            world.ocsp_response(people[0], AT),
            world.timestamp(("sha256", bytes(32)), AT),
            world.person("A", "1", key="ec", issuer="public-ca").certificate_der,
        ]

    assert everything(World(AT)) == everything(World(AT))
    assert everything(World(AT, fast=True)) == everything(World(AT, fast=True))
    assert everything(World(AT, seed="other"))[0] != everything(World(AT))[0]


def test_the_order_of_the_calls_does_not_matter() -> None:
    one, other = World(AT, fast=True), World(AT, fast=True)
    first = [one.person("A", "1"), one.person("B", "2")]
    second = [other.person("B", "2"), other.person("A", "1")]
    assert {identity.certificate_der for identity in first} == {
        identity.certificate_der for identity in second
    }


def test_the_address_changes_no_serial_number() -> None:
    serials = {
        World(AT, fast=True, base_url=url).person("A", "1").serial
        for url in ("http://127.0.0.1:1", "http://127.0.0.1:2")
    }
    assert len(serials) == 1


def test_every_variant_of_a_certificate_has_its_own_serial_number(world: World) -> None:
    serials = [
        world.person("A", "1").serial,
        world.person("A", "2").serial,
        world.person("A", "1", not_after=LATER).serial,
        world.person("A", "1", key_usage=("key_encipherment",)).serial,
        world.person("A", "1", digest="sha512").serial,
        world.person("A", "1", key="rsa1024").serial,
        world.person("A", "1", issuer="government-ca").serial,
    ]
    assert len(set(serials)) == len(serials)
    assert all(0 < serial < 2**127 for serial in serials)


def test_the_subject_of_a_principal_follows_the_public_profile(world: World) -> None:
    certificate = parsed(world.principal("Trần Thị Thử", "001070000003", school=SCHOOL))
    assert values(certificate) == [
        ("2.5.4.6", "VN"),
        ("2.5.4.10", SCHOOL),
        ("2.5.4.11", "Ban Giám hiệu"),
        ("2.5.4.12", "Hiệu trưởng"),
        ("2.5.4.3", "Trần Thị Thử"),
        (UID.dotted_string, "CCCD:001070000003"),
    ]


def test_the_seal_of_a_public_school_has_no_identifier(world: World) -> None:
    kinds = [kind for kind, _ in values(parsed(world.organisation(SCHOOL)))]
    assert kinds == ["2.5.4.7", "2.5.4.10", "2.5.4.11", "2.5.4.3"]


def test_the_seal_of_a_private_school_carries_its_tax_number(world: World) -> None:
    seal = world.organisation("Trường Tư thục Thử nghiệm", government=False, mst="0199999999")
    assert (UID.dotted_string, "MST:0199999999") in values(parsed(seal))
    assert seal.authority == "public-ca"


def test_identifiers_can_lack_their_prefix_or_be_absent(world: World) -> None:
    assert (UID.dotted_string, "001085000001") in values(
        parsed(world.person("A", "001085000001", uid="001085000001"))
    )
    assert UID.dotted_string not in dict(values(parsed(world.person("A", "001085000001", uid=""))))


def test_every_authority_says_that_it_is_a_test(world: World) -> None:
    for slug in world.slugs:
        name = (
            parsed(world.authority(slug))
            .subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0]
            .value
        )
        assert str(name).startswith("TEST ")


def test_a_leaf_says_where_its_status_is(world: World) -> None:
    served = World(AT, fast=True, base_url="http://127.0.0.1:8080")
    certificate = parsed(served.person("A", "1"))
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert points[0].full_name is not None
    assert points[0].full_name[0].value == "http://127.0.0.1:8080/crl/public-ca.crl"
    assert {description.access_location.value for description in access} == {
        "http://127.0.0.1:8080/ocsp/public-ca",
        "http://127.0.0.1:8080/ca/public-ca.crt",
    }
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).critical
    assert world.person("A", "1").chain_der[1:] == (
        world.authority("public-ca").certificate_der,
        world.authority("national-root").certificate_der,
    )


def test_options_reach_the_certificate(world: World) -> None:
    certificate = parsed(
        world.person(
            "A",
            "1",
            key="rsa1024",
            serial=7,
            key_usage=("key_encipherment",),
            extended_key_usage=("client_auth",),
        )
    )
    assert certificate.serial_number == 7
    assert isinstance(certificate.public_key(), rsa.RSAPublicKey)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_encipherment, usage.digital_signature, usage.content_commitment) == (
        True,
        False,
        False,
    )
    extended = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [usage.dotted_string for usage in extended] == ["1.3.6.1.5.5.7.3.2"]
    signature = parsed(World(AT).person("A", "1", key="ec", digest="sha1")).signature_algorithm_oid
    assert signature == x509.SignatureAlgorithmOID.RSA_WITH_SHA1


def test_time_stampers_have_the_faults_of_real_ones(world: World) -> None:
    usual = parsed(world.tsa).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usual.critical
    assert list(usual.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    with pytest.raises(x509.ExtensionNotFound):
        parsed(world.time_stamper(extended_key_usage=())).extensions.get_extension_for_class(
            x509.ExtendedKeyUsage
        )
    odd = parsed(
        world.time_stamper(key_usage=("digital_signature", "key_cert_sign"), is_aia_critical=True)
    ).extensions
    assert odd.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    assert not odd.get_extension_for_class(x509.BasicConstraints).value.ca
    assert odd.get_extension_for_oid(ExtensionOID.AUTHORITY_INFORMATION_ACCESS).critical


def test_a_further_authority_may_use_another_kind_of_key() -> None:
    world = World(AT)
    authority = world.issuing_ca("ec-ca", "TEST EC CA", key="ec")
    leaf = world.person("A", "1", issuer="ec-ca", key="ec")
    assert isinstance(parsed(authority).public_key(), ec.EllipticCurvePublicKey)
    parsed(leaf).verify_directly_issued_by(parsed(authority))
    parsed(authority).verify_directly_issued_by(parsed(world.authority("national-root")))
    assert "ec-ca" in world.slugs
    assert len(world.crls(AT)) == len(world.slugs)


def test_an_impostor_has_the_name_but_not_the_key(world: World) -> None:
    true, impostor = world.authority("public-ca"), world.impostor("public-ca")
    assert impostor.subject == true.subject
    leaf = world.person("A", "1", issuer=impostor)
    with pytest.raises(InvalidSignature):
        parsed(leaf).verify_directly_issued_by(parsed(true))
    parsed(leaf).verify_directly_issued_by(parsed(impostor))
    assert impostor.chain_der[-1] not in world.anchors_der
    assert impostor.certificate_der not in world.intermediates_der
    assert world.slugs == (
        "national-root",
        "public-ca",
        "government-root",
        "government-ca",
        "tsa-root",
    )
    assert world.impostor("national-root").parent is None


def test_a_list_can_be_forged_and_stale(world: World) -> None:
    issuer = parsed(world.authority("public-ca")).public_key()
    assert isinstance(issuer, ec.EllipticCurvePublicKey)
    true = x509.load_der_x509_crl(world.crl("public-ca", AT))
    forged = x509.load_der_x509_crl(
        world.crl("public-ca", AT, signed_by=world.impostor("public-ca"))
    )
    assert true.is_signature_valid(issuer)
    assert forged.issuer == true.issuer
    assert not forged.is_signature_valid(issuer)
    stale = x509.load_der_x509_crl(world.crl("public-ca", AT, next_update=AT + timedelta(hours=1)))
    assert stale.next_update_utc == AT + timedelta(hours=1)


def test_a_list_names_moment_and_reason(world: World) -> None:
    teacher = world.person("A", "1")
    world.revoke(teacher, AT, reason="certificate_hold")
    crl = x509.load_der_x509_crl(world.crl("public-ca", LATER))
    entry = crl.get_revoked_certificate_by_serial_number(teacher.serial)
    assert entry is not None
    assert entry.revocation_date_utc == AT
    assert (
        entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
        is x509.ReasonFlags.certificate_hold
    )
    assert (
        x509.load_der_x509_crl(
            world.crl("public-ca", AT - timedelta(seconds=1))
        ).get_revoked_certificate_by_serial_number(teacher.serial)
        is None
    )
    assert (
        x509.load_der_x509_crl(
            world.crl("government-ca", LATER)
        ).get_revoked_certificate_by_serial_number(teacher.serial)
        is None
    )


def test_identities_leave_as_pkcs12_and_pem(world: World) -> None:
    principal = world.principal("Trần Thị Thử", "001070000003", school=SCHOOL)
    key, certificate, others = pkcs12.load_key_and_certificates(
        principal.p12(b"mat khau"), b"mat khau"
    )
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert isinstance(principal.key, ec.EllipticCurvePrivateKey)
    assert key.private_numbers() == principal.key.private_numbers()
    assert certificate == parsed(principal)
    assert [other.public_bytes(Encoding.DER) for other in others] == list(principal.chain_der[1:])
    with pytest.raises(ValueError, match=r"(?i)password"):
        pkcs12.load_key_and_certificates(principal.p12(b"mat khau"), b"wrong")
    assert pkcs12.load_key_and_certificates(principal.p12(b""), None)[1] == certificate
    for exported, password in (
        (principal.key_pem, None),
        (principal.encrypted_key_pem(b"pw"), b"pw"),
    ):
        loaded = load_pem_private_key(exported, password)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        assert loaded.private_numbers() == principal.key.private_numbers()
    assert x509.load_pem_x509_certificates(principal.chain_pem)[0] == certificate
    assert len(x509.load_pem_x509_certificates(principal.chain_pem)) == 3
