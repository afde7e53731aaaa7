"""Certificates as Vietnam's CAs issue and publish them, and as attackers would like them."""

import base64
import contextlib
import csv
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import given
from hypothesis import strategies as st

from hocba_sign.crypto import der
from hocba_sign.crypto.verify import load_public_key
from hocba_sign.errors import InputError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.loading.objects import load_certificates

KEY = ec.derive_private_key(11, ec.SECP256R1())
START = datetime(2026, 1, 1, tzinfo=UTC)
UID = "0.9.2342.19200300.100.1.1"


def attributes(*pairs: tuple[str, str]) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(x509.ObjectIdentifier(oid), value) for oid, value in pairs]
    )


def build(subject: x509.Name, *extensions: tuple[x509.ExtensionType, bool]) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(attributes(("2.5.4.3", "CA thử nghiệm, số 1"), ("2.5.4.6", "VN")))
        .public_key(KEY.public_key())
        .serial_number(0x80FF)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=365))
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("content", [b"", b"\x08\xc0", b"\xff"])
def test_a_key_usage_that_is_no_bit_string_is_refused(content: bytes) -> None:
    value = b"\x03" + bytes([len(content)]) + content
    usage = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.15"), value)
    octets = build(attributes(("2.5.4.3", "A")), (usage, True))
    with pytest.raises(InputError) as refused:
        Certificate.load(octets)
    assert refused.value.cause == "CERT.MALFORMED"


LEAF = build(
    attributes(
        ("2.5.4.3", "Nguyễn Thị Thử"),
        ("2.5.4.12", "Phó Hiệu trưởng"),
        ("2.5.4.11", "Ban Giám hiệu"),
        ("2.5.4.10", "  Trường THPT Thử Nghiệm"),
        ("2.5.4.7", "Hà Nội"),
        ("2.5.4.6", "VN"),
        (UID, "CCCD:001099000001"),
        (UID, "MST: 0100000000-001"),
        (UID, "0100109106"),
    ),
    (x509.KeyUsage(True, True, False, False, False, False, False, False, False), True),
    (x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12")]), False),
    (x509.BasicConstraints(ca=False, path_length=None), True),
    (x509.SubjectKeyIdentifier(b"own"), False),
    (x509.AuthorityKeyIdentifier(b"issuer", None, None), False),
    (
        x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(
                    x509.oid.AuthorityInformationAccessOID.OCSP,
                    x509.UniformResourceIdentifier("http://ocsp.test/"),
                ),
                x509.AccessDescription(
                    x509.oid.AuthorityInformationAccessOID.CA_ISSUERS,
                    x509.UniformResourceIdentifier("http://ca.test/a.p7b"),
                ),
            ]
        ),
        False,
    ),
    (
        x509.CRLDistributionPoints(
            [
                x509.DistributionPoint(
                    [x509.UniformResourceIdentifier(f"http://crl{n}.test/a.crl")], None, None, None
                )
                for n in (1, 2)
            ]
        ),
        False,
    ),
)


def test_what_a_signing_certificate_says() -> None:
    certificate = Certificate.load(LEAF)
    assert certificate.sha256 == hashlib.sha256(LEAF).hexdigest()
    subject = certificate.subject
    assert (subject.common_name, subject.title, subject.organisational_unit) == (
        "Nguyễn Thị Thử",
        "Phó Hiệu trưởng",
        "Ban Giám hiệu",
    )
    assert (subject.organisation, subject.locality, subject.country) == (
        "Trường THPT Thử Nghiệm",
        "Hà Nội",
        "VN",
    )
    assert subject.identifiers == (
        ("CCCD", "001099000001"),
        ("MST", "0100000000-001"),
        ("UID", "0100109106"),
    )
    assert certificate.issuer_text == r"C=VN,CN=CA thử nghiệm\, số 1"
    assert (certificate.serial_number, certificate.not_before, certificate.not_after) == (
        0x80FF,
        START,
        START + timedelta(days=365),
    )
    assert certificate.key_usage == frozenset({"digital_signature", "content_commitment"})
    assert certificate.extended_key_usage == ("1.3.6.1.4.1.311.10.3.12",)
    assert (certificate.is_ca, certificate.is_self_issued) == (False, False)
    assert (certificate.subject_key_identifier, certificate.authority_key_identifier) == (
        b"own",
        b"issuer",
    )
    assert (certificate.ocsp_urls, certificate.ca_issuer_urls) == (
        ("http://ocsp.test/",),
        ("http://ca.test/a.p7b",),
    )
    assert certificate.crl_urls == ("http://crl1.test/a.crl", "http://crl2.test/a.crl")
    assert certificate.critical_extensions == {"2.5.29.15", "2.5.29.19"}
    assert certificate.signature_algorithm.name == "ecdsa-sha256"
    assert load_public_key(certificate.public_key_der).key == KEY.public_key()


def test_the_bare_certificate_restricts_nothing() -> None:
    certificate = Certificate.load(build(attributes(("2.5.4.3", "x"))))
    assert certificate.key_usage is None
    assert certificate.extended_key_usage == certificate.ocsp_urls == certificate.crl_urls == ()
    assert certificate.extensions == ()
    assert certificate.subject_key_identifier is None
    assert certificate.subject.identifiers == ()


def test_issuer_serial_is_that_of_rfc_5035() -> None:
    certificate = Certificate.load(LEAF)
    serial = tsp.IssuerSerial.load(certificate.issuer_serial_der, strict=True)
    assert serial["serial_number"].native == 0x80FF
    (general_name,) = serial["issuer"]
    assert general_name.name == "directory_name"
    assert general_name.chosen.untag().dump() == certificate.issuer_der


def test_equality_is_that_of_the_octets() -> None:
    assert Certificate.load(LEAF) == Certificate.load(bytes(LEAF))
    assert len({Certificate.load(LEAF), Certificate.load(LEAF)}) == 1
    assert Certificate.load(LEAF) != Certificate.load(build(attributes(("2.5.4.3", "x"))))


def altered(change: Callable[[asn1_x509.Certificate], None]) -> bytes:
    certificate = asn1_x509.Certificate.load(LEAF)
    change(certificate["tbs_certificate"])
    return bytes(certificate.dump(force=True))


@pytest.mark.parametrize("serial", [0, -1, -(2**63), 2**200])
def test_serial_numbers_that_should_not_be(serial: int) -> None:
    def change(tbs: asn1_x509.TbsCertificate) -> None:
        tbs["serial_number"] = serial

    certificate = Certificate.load(altered(change))
    assert certificate.serial_number == serial
    assert tsp.IssuerSerial.load(certificate.issuer_serial_der)["serial_number"].native == serial


@pytest.mark.parametrize(
    ("oid", "tag", "content", "shown"),
    [
        ("2.5.4.3", 0x1E, "Học bạ".encode("utf-16-be"), "Học bạ"),
        ("2.5.4.3", 0x1C, "Học bạ".encode("utf-32-be"), "Học bạ"),
        ("2.5.4.3", 0x14, "caf\xe9".encode("latin-1"), "café"),
        ("2.5.4.3", 0x13, b"not*printable@", "not*printable@"),
        ("2.5.4.3", 0x0C, b"\xff\xfe", "\ufffd\ufffd"),
        ("2.5.4.3", 0x0C, b"a\x00b\x1b[31m\n", "a\ufffdb\ufffd[31m\ufffd"),
        ("2.5.4.3", 0x0C, "a\u202eb".encode(), "a\ufffdb"),
        ("2.5.4.3", 0x1E, b"\x00", "\ufffd"),
        ("2.5.4.3", 0x02, b"\x05", "#020105"),
    ],
)
def test_odd_strings_are_shown_safely(oid: str, tag: int, content: bytes, shown: str) -> None:
    assert oid == "2.5.4.3"
    value = der.encode(der.SEQUENCE, bytes.fromhex("0603550403"), der.encode(tag, content))
    name_der = der.encode(der.SEQUENCE, der.encode(der.SET, value))
    certificate = Certificate.load(replaced(LEAF, 5, name_der))
    assert certificate.subject.common_name == shown
    assert certificate.subject_der == name_der
    assert certificate.subject_text.isprintable()


def replaced(certificate_der: bytes, position: int, field_der: bytes) -> bytes:
    """Return the certificate with one field of its first part, counted from the version,
    replaced.
    """
    tbs, algorithm, signature = der.sequence(der.whole(certificate_der, der.SEQUENCE))
    fields = [field.der for field in der.sequence(tbs)]
    fields[position] = field_der
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, *fields), algorithm.der, signature.der)


def test_times_without_seconds_and_past_2050() -> None:
    validity = der.encode(
        der.SEQUENCE, der.encode(0x17, b"9912312359Z"), der.encode(0x18, b"99991231235959Z")
    )
    certificate = Certificate.load(replaced(LEAF, 4, validity))
    assert certificate.not_before == datetime(1999, 12, 31, 23, 59, tzinfo=UTC)
    assert certificate.not_after == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment", [b"991332235959Z", b"", b"2601010000", b"260101000000+0700", b"\xff" * 13]
)
def test_times_that_are_none(moment: bytes) -> None:
    validity = der.encode(
        der.SEQUENCE, der.encode(0x17, moment), der.encode(0x17, b"300101000000Z")
    )
    with pytest.raises(InputError) as caught:
        Certificate.load(replaced(LEAF, 4, validity))
    assert caught.value.cause == "CERT.MALFORMED"


def duplicate_extension(tbs: asn1_x509.TbsCertificate) -> None:
    tbs["extensions"].append(tbs["extensions"][0].copy())


def other_algorithm(tbs: asn1_x509.TbsCertificate) -> None:
    tbs["signature"] = {"algorithm": "sha1_ecdsa"}


@pytest.mark.parametrize("change", [duplicate_extension, other_algorithm])
def test_contradictions_are_refused(change: Callable[[asn1_x509.Certificate], None]) -> None:
    with pytest.raises(InputError) as caught:
        Certificate.load(altered(change))
    assert caught.value.cause == "CERT.MALFORMED"


@pytest.mark.parametrize(
    "octets",
    [LEAF + b"\0", LEAF[:-1], b"", b"\x30\x80\x00\x00", b"\x30\x84\x00\x00\x00\x00", b"0" * 60],
)
def test_framing_is_strict(octets: bytes) -> None:
    with pytest.raises(InputError) as caught:
        Certificate.load(octets)
    assert caught.value.cause == "CERT.MALFORMED"
    assert caught.value.where is not None


def test_a_signature_of_broken_octets_is_kept_from_verifying() -> None:
    tbs, algorithm, signature = der.sequence(der.whole(LEAF, der.SEQUENCE))
    broken = der.encode(der.BIT_STRING, b"\x01", signature.content[1:])
    assert (
        Certificate.load(der.encode(der.SEQUENCE, tbs.der, algorithm.der, broken)).signature == b""
    )


def test_size_is_limited() -> None:
    with pytest.raises(InputError) as caught:
        Certificate.load(bytes(70_000))
    assert caught.value.cause == "CERT.TOO_LARGE"


@given(st.integers(0, len(LEAF) - 1), st.integers(0, 255))
def test_a_changed_octet_loads_or_is_refused_in_order(at: int, octet: int) -> None:
    changed = LEAF[:at] + bytes([octet]) + LEAF[at + 1 :]
    cause, certificate = "CERT.MALFORMED", None
    try:
        certificate = Certificate.load(changed)
    except InputError as error:
        cause = error.cause
    assert cause == "CERT.MALFORMED"
    assert certificate is None or (
        certificate.der == changed and certificate.subject_text.isprintable()
    )


# Files


def pem(certificate_der: bytes, label: str = "CERTIFICATE") -> bytes:
    return (
        f"-----BEGIN {label}-----\r\n".encode()
        + base64.encodebytes(certificate_der)
        + f"-----END {label}-----\r\n".encode()
    )


OTHER = build(attributes(("2.5.4.3", "khác")))
P7B = pkcs7.serialize_certificates(
    [x509.load_der_x509_certificate(octets) for octets in (LEAF, OTHER)], Encoding.DER
)


@pytest.mark.parametrize(
    "octets",
    [
        pem(LEAF) + pem(OTHER),
        b"\xef\xbb\xbfBag Attributes\n    friendlyName: x\n"
        + pem(LEAF)
        + b"text\n"
        + pem(OTHER, "X509 CERTIFICATE")
        + pem(LEAF),
        P7B,
        pem(P7B, "PKCS7"),
        base64.encodebytes(P7B),
        pem(P7B),
    ],
    ids=["pem", "pem-with-text", "p7b", "p7b-pem", "p7b-base64", "p7b-as-certificate"],
)
def test_files_of_several(octets: bytes) -> None:
    assert {certificate.der for certificate in load_certificates(octets)} == {LEAF, OTHER}


@pytest.mark.parametrize(
    "octets",
    [LEAF, pem(LEAF), base64.b64encode(LEAF), b"\xef\xbb\xbf" + base64.encodebytes(LEAF) + b"\n"],
)
def test_files_of_one(octets: bytes) -> None:
    assert load_certificates(octets) == (Certificate.load(LEAF),)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\n",
        b"hello",
        b"\x00" * 100,
        b"-----BEGIN CERTIFICATE-----\n-----END PKCS7-----",
        b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
        cms.ContentInfo({"content_type": "data", "content": b"x"}).dump(),
    ],
)
def test_files_without_certificates(octets: bytes) -> None:
    with pytest.raises(InputError) as caught:
        load_certificates(octets)
    assert caught.value.cause in {"CERT.FILE", "CERT.MALFORMED", "FILE.IS_KEY"}


def test_one_bad_certificate_among_good_ones_is_named() -> None:
    with pytest.raises(InputError) as caught:
        load_certificates(pem(LEAF) + pem(OTHER[:-1]))
    assert caught.value.cause == "CERT.MALFORMED"
    assert (caught.value.where or "").startswith("certificate 2")


@given(st.binary(max_size=300))
def test_noise_is_no_file_of_certificates(octets: bytes) -> None:
    with pytest.raises(InputError):
        load_certificates(octets)


@given(st.integers(0, len(P7B) - 1), st.integers(0, 255))
def test_a_changed_octet_in_p7b_raises_nothing_foreign(at: int, octet: int) -> None:
    with contextlib.suppress(InputError):
        load_certificates(P7B[:at] + bytes([octet]) + P7B[at + 1 :])


# Foreign material


@pytest.fixture(scope="module")
def vn_ca(shared: Path) -> Path:
    folder = shared / "data" / "vn-ca"
    if not folder.is_dir():
        pytest.skip("no certificates of Vietnam's CAs beside the source tree")
    return folder


@pytest.mark.suite
def test_all_known_vietnamese_certificates_agree_with_their_index(vn_ca: Path) -> None:
    with (vn_ca / "index.tsv").open(encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    assert len(rows) == 79
    for row in rows:
        (certificate,) = load_certificates((vn_ca / row["file"]).read_bytes())
        found = {
            "sha256": certificate.sha256,
            "sha1": hashlib.sha1(certificate.der).hexdigest(),
            "not_before": certificate.not_before.isoformat(),
            "not_after": certificate.not_after.isoformat(),
            "ski": (certificate.subject_key_identifier or b"").hex(),
            "aki": (certificate.authority_key_identifier or b"").hex(),
            "serial": f"{certificate.serial_number:x}",
            "ca": str(certificate.is_ca),
            "crl": " ".join(certificate.crl_urls),
            "ocsp": " ".join(certificate.ocsp_urls),
            "ca_issuers": " ".join(certificate.ca_issuer_urls),
            "key": f"RSA{load_public_key(certificate.public_key_der).bits}",
            "sig": f"{certificate.signature_algorithm.name.removeprefix('rsa-')}WithRSAEncryption",
        }
        assert {name: row[name] or "" for name in found} == found, row["file"]


@pytest.mark.suite
def test_names_are_shown_as_cryptography_shows_them(vn_ca: Path) -> None:
    for path in sorted(vn_ca.rglob("*.pem")):
        (certificate,) = load_certificates(path.read_bytes())
        reference = x509.load_der_x509_certificate(certificate.der)
        assert certificate.subject_text == reference.subject.rfc4514_string(), path.name
        assert certificate.issuer_text == reference.issuer.rfc4514_string(), path.name


@pytest.mark.suite
def test_all_published_bundles_are_read(vn_ca: Path) -> None:
    bundles = sorted(vn_ca.rglob("*.p7b"))
    assert len(bundles) == 56
    for path in bundles:
        assert len(load_certificates(path.read_bytes())) >= 1, path.name
