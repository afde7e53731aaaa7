"""What a file of evidence holds, beside how it may be written (tests/property/test_evidence.py)."""

import base64
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from hocba_sign.crypto import der
from hocba_sign.pki.loading.encodings import _reached
from hocba_sign.pki.loading.objects import read_objects


def test_a_certificate_with_trust_settings_is_not_read_without_them() -> None:
    """OpenSSL writes behind a certificate what it is trusted for, or not."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a")])
    key = ec.generate_private_key(ec.SECP256R1())
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
    )
    octets = (
        built.not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    rejected = octets + bytes.fromhex("300ca00a06082b06010505070302")
    block = b"-----BEGIN %b-----\n" + base64.encodebytes(rejected) + b"-----END %b-----\n"
    found = read_objects(block % (b"TRUSTED CERTIFICATE", b"TRUSTED CERTIFICATE"))
    assert (found.certificates, len(found.unread)) == ((), 1)
    assert len(read_objects(octets).certificates) == 1


def test_the_place_of_a_cut_off_block_is_its_number() -> None:
    """People look for it in a file of hundreds."""
    whole = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    cut = b"-----BEGIN X509 CRL-----\nMAA=\n"
    assert any("block 3" in part.where for part in read_objects(whole * 2 + cut).unread)
    assert any("block 2" in part.where for part in read_objects(whole + cut + whole).unread)


def test_other_kinds_of_certificates_in_signed_data_are_passed_over() -> None:
    """An attribute certificate says nothing about keys; beside it everything is read."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a")])
    key = ec.generate_private_key(ec.SECP256R1())
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    attributes = der.encode(0xA2, b"\x02\x01\x01")
    signed = der.encode(
        der.SEQUENCE,
        b"\x02\x01\x01\x31\x00",
        der.encode(der.SEQUENCE, bytes.fromhex("06092a864886f70d010701")),
        der.encode(0xA0, certificate, attributes),
        b"\x31\x00",
    )
    octets = der.encode(
        der.SEQUENCE, bytes.fromhex("06092a864886f70d010702"), der.encode(0xA0, signed)
    )
    found = read_objects(octets)
    assert [item.der for item in found.certificates] == [certificate]
    assert found.unread == ()


def test_letters_that_are_wanted_beyond_the_end_are_not_waited_for() -> None:
    assert [_reached(b"QU JD", 0, wanted) for wanted in (2, 3, 4, 5)] == [2, 4, 5, 5]
