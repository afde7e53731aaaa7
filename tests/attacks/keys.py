"""Whose key it was: another certificate for the same key, another key for the same name, a name
beside a key.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from asn1crypto import core

from hocba_sign.testing import Identity
from hocba_sign.testing.certificates import CertificateProfile, Issuer, issue
from hocba_sign.testing.profiles import SIGNER_KEY_USAGE
from tests.attacks.case import (
    DOCUMENT,
    TRANSCRIPT,
    WHOLE,
    WHOLE_REF,
    Attack,
    attack,
    on_transcript,
    replaced,
)
from tests.attacks.writer import (
    OTHER,
    PERSON,
    WORLD,
    Sig,
    b64,
    honest_value,
    issuer_serial_of,
    key_value,
    sign,
    signed_properties,
    signing_certificate,
    x509_data,
)
from tests.support.scene import SIGNED_AT

CAUSES: Final = (
    "SIG.VALUE",
    "SIG.CERTIFICATE_BINDING",
    "SIG.ISSUER_SERIAL",
    "SIG.NO_SIGNING_CERTIFICATE",
    "SIG.STRUCTURE",
    "SIG.DIGEST",
    "SIG.KEY_CONTRADICTION",
)
PATH_CAUSES: Final = ("PATH.NO_CHAIN", "PATH.NOT_A_CA", "PATH.SIGNATURE", "PATH.EXTENDED_KEY_USAGE")


def _same_key(name: str, *, issuer: str = "public-ca") -> Identity:
    """Return another certificate for PERSON's key, from an authority that everybody trusts."""
    authority = WORLD.authority(issuer)
    profile = CertificateProfile(
        subject=(("country_name", "VN"), ("common_name", name), ("user_id", "CCCD:001199000099")),
        not_before=SIGNED_AT - timedelta(days=30),
        not_after=SIGNED_AT + timedelta(days=300),
        key_usage=SIGNER_KEY_USAGE,
    )
    der = issue(profile, PERSON.key, issuer=authority.issuer)
    return replace(PERSON, name=name, certificate_der=der, chain_der=(der, *authority.chain_der))


def _lookalike() -> Identity:
    """Return an identity below an authority of the same names and another key; the leaf copies
    PERSON's name and serial number.
    """
    impostor = WORLD.impostor("public-ca")
    return WORLD.person("Nguyễn Thị Ví Dụ", "001199000001", issuer=impostor, serial=PERSON.serial)


def _properties(sig: Sig, certificate: str) -> Sig:
    return replace(sig, properties=signed_properties(sig, certificate=certificate))


def _replaced() -> Iterator[Attack]:
    same, lookalike = _same_key("Trần Thị Khác"), _lookalike()
    usual = Sig(refs=(WHOLE_REF,))
    mine, theirs = b64(PERSON.certificate_der), b64(OTHER.certificate_der)
    for name, der in (
        ("same-key-other-name", same.certificate_der),
        ("other-key", OTHER.certificate_der),
        ("lookalike", lookalike.certificate_der),
    ):
        yield attack(
            f"certificate-{name}", replaced(WHOLE, mine, b64(der)), *CAUSES, verdict="either"
        )
    at = TRANSCRIPT.index(b'Id="ck-GVCN"')
    certificate = TRANSCRIPT[at:].split(b"<ds:X509Certificate>")[1].split(b"<")[0].decode()
    yield on_transcript(
        "certificate-other-key",
        TRANSCRIPT[:at] + replaced(TRANSCRIPT[at:], certificate, theirs),
        *CAUSES,
        verdict="either",
    )
    for name, key_info in (
        ("key-value-of-other", key_value(OTHER) + x509_data(PERSON.certificate_der)),
        ("key-value-of-other-behind", x509_data(PERSON.certificate_der) + key_value(OTHER)),
    ):
        forged = sign(
            DOCUMENT,
            replace(
                usual,
                key_info=key_info,
                value=lambda octets, _identity: honest_value(usual.algorithm)(octets, OTHER),
            ),
        )
        yield attack(f"{name}-who-signed", forged, *CAUSES, verdict="either")
        honest_key = sign(DOCUMENT, replace(usual, key_info=key_info))
        yield attack(name, honest_key, *CAUSES, verdict="either")
        plain = replace(
            usual,
            is_xades=False,
            key_info=key_info,
            value=lambda octets, _identity: honest_value(usual.algorithm)(octets, OTHER),
        )
        yield attack(f"{name}-plain", sign(DOCUMENT, plain), *CAUSES, verdict="either")
    for name, key_info in (
        ("only-key-value", key_value(PERSON)),
        ("key-name", "<ds:KeyName>CN=Nguyễn Thị Ví Dụ</ds:KeyName>"),
        (
            "subject-name",
            (
                "<ds:X509Data><ds:X509SubjectName>CN=Nguyễn Thị Ví "
                "Dụ</ds:X509SubjectName></ds:X509Data>"
            ),
        ),
        ("pgp", "<ds:PGPData><ds:PGPKeyID>AAAA</ds:PGPKeyID></ds:PGPData>"),
        ("none", ""),
        ("only-issuer", x509_data(*PERSON.chain_der[1:])),
        ("only-other", x509_data(OTHER.certificate_der)),
    ):
        for is_xades in (True, False):
            octets = sign(DOCUMENT, replace(usual, is_xades=is_xades, key_info=key_info))
            yield attack(
                f"{name}-{'xades' if is_xades else 'plain'}", octets, *CAUSES, verdict="either"
            )
    forged = sign(
        DOCUMENT,
        replace(
            usual,
            is_xades=False,
            key_info=x509_data(PERSON.certificate_der, OTHER.certificate_der),
            value=lambda octets, _identity: b"\1" * 64,
        ),
    )
    yield attack("two-certificates-neither", forged, "SIG.VALUE")


def _bindings() -> Iterator[Attack]:
    usual = Sig(refs=(WHOLE_REF,))
    other_binding = signing_certificate(OTHER.certificate_der)
    own = signing_certificate(PERSON.certificate_der)
    for name, certificate in (
        ("of-other", other_binding),
        ("none", ""),
        ("empty", "<xades:SigningCertificateV2></xades:SigningCertificateV2>"),
        ("zeros", own.replace(own.split("DigestValue>")[1].split("<")[0], b64(bytes(32)))),
        ("truncated", own.replace(own.split("DigestValue>")[1].split("<")[0], "AAAA")),
        (
            "serial-of-other",
            signing_certificate(
                PERSON.certificate_der, issuer_serial=issuer_serial_of(OTHER.certificate_der)
            ),
        ),
        (
            "serial-of-issuer",
            signing_certificate(
                PERSON.certificate_der, issuer_serial=issuer_serial_of(PERSON.chain_der[1])
            ),
        ),
        ("unknown-digest", own.replace("http://www.w3.org/2001/04/xmlenc#sha256", "urn:bam")),
        (
            "md5",
            own.replace(
                "http://www.w3.org/2001/04/xmlenc#sha256",
                "http://www.w3.org/2001/04/xmldsig-more#md5",
            ),
        ),
        (
            "v1-of-other",
            other_binding.replace("SigningCertificateV2", "SigningCertificate").replace(
                "IssuerSerialV2", "IssuerSerial"
            ),
        ),
        (
            "v1-serial-of-other",
            own.replace("SigningCertificateV2", "SigningCertificate").split(
                "<xades:IssuerSerialV2>"
            )[0]
            + (
                "<xades:IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName>"
                "<ds:X509SerialNumber>1</ds:X509SerialNumber></xades:IssuerSerial></"
                "xades:Cert></xades:SigningCertificate>"
            ),
        ),
    ):
        octets = sign(DOCUMENT, _properties(usual, certificate))
        yield attack(
            f"binding-{name}",
            octets,
            *CAUSES,
            "CRYPTO.UNKNOWN_ALGORITHM",
            "CRYPTO.UNSUPPORTED_ALGORITHM",
            "CERT.MALFORMED",
            verdict="either",
        )
    unsigned = sign(DOCUMENT, replace(_properties(usual, ""), unsigned=own))
    yield attack("binding-unsigned", unsigned, *CAUSES, verdict="either")
    swapped = replaced(WHOLE, own, other_binding)
    yield attack("binding-changed-afterwards", swapped, "SIG.DIGEST", verdict="either")


def _people() -> Iterator[Attack]:
    def signed(identity: Identity) -> bytes:
        return sign(DOCUMENT, Sig(refs=(WHOLE_REF,), identity=identity))

    yield attack("lookalike-authority", signed(_lookalike()), *PATH_CAUSES, verdict="either")
    root = WORLD.impostor("national-root")
    own_root = replace(
        PERSON,
        certificate_der=root.certificate_der,
        key=root.key,
        chain_der=(root.certificate_der,),
    )
    yield attack("self-signed-of-the-roots-name", signed(own_root), *PATH_CAUSES, verdict="either")
    tsa = WORLD.tsa
    yield attack("time-stamper-signs", signed(tsa), *PATH_CAUSES, verdict="either")
    below = WORLD.person("Dưới Người Khác", "001199000005")
    profile = CertificateProfile(
        subject=(("country_name", "VN"), ("common_name", "Con"), ("user_id", "CCCD:001199000098")),
        not_before=SIGNED_AT - timedelta(days=30),
        not_after=SIGNED_AT + timedelta(days=300),
        key_usage=SIGNER_KEY_USAGE,
    )
    der = issue(
        profile,
        OTHER.key,
        issuer=Issuer(
            subject=(
                ("country_name", "VN"),
                ("common_name", below.name),
                ("user_id", "CCCD:001199000005"),
            ),
            key=below.key,
        ),
    )
    child = replace(
        OTHER, certificate_der=der, chain_der=(der, below.certificate_der, *below.chain_der[1:])
    )
    yield attack(
        "leaf-issues",
        sign(
            DOCUMENT,
            Sig(refs=(WHOLE_REF,), identity=child, key_info=x509_data(*child.chain_der[:3])),
        ),
        *PATH_CAUSES,
        verdict="either",
    )
    for name, days in (("expired", -5), ("not-yet-valid", 400)):
        start = SIGNED_AT + timedelta(days=days - 10)
        person = WORLD.person(
            f"Hạn {name}", "001199000006", not_before=start, not_after=start + timedelta(days=10)
        )
        yield attack(
            f"{name}-signs",
            signed(person),
            "PATH.EXPIRED",
            "PATH.NOT_YET_VALID",
            "PATH.VALIDITY",
            "SIG.SIGNING_TIME_RANGE",
            verdict="either",
        )
    revoked = WORLD.person("Bị Thu Hồi", "001199000007")
    WORLD.revoke(revoked, SIGNED_AT - timedelta(days=1))
    yield attack(
        "revoked-signs", signed(revoked), "REVOCATION.REVOKED", "PATH.REVOKED", verdict="either"
    )


def _octets() -> Iterator[Attack]:
    mine = b64(PERSON.certificate_der)
    der = PERSON.certificate_der
    for name, text in (
        ("trailing", b64(der + b"\0")),
        ("two-joined", b64(der + OTHER.certificate_der)),
        ("truncated", b64(der[:-1])),
        ("pem", "-----BEGIN CERTIFICATE-----\n" + mine + "\n-----END CERTIFICATE-----"),
        ("indefinite", b64(b"\x30\x80" + der[4:] + b"\0\0")),
        ("long-length", b64(b"\x30\x83\0" + der[2:])),
        ("garbage", b64(b"\x30\x03\x02\x01\x01")),
        ("not-der", b64(b"khong phai DER")),
        ("huge-length", b64(b"\x30\x84\x7f\xff\xff\xff" + der[4:])),
        ("deep", b64(b"\x30\x80" * 20_000)),
        ("wrapped", b64(core.OctetString(der).dump())),
        ("huge", b64(bytes(3_000_000))),
    ):
        yield attack(
            f"x509-{name}",
            replaced(WHOLE, mine, text),
            *CAUSES,
            "CERT.MALFORMED",
            "CERT.TOO_LARGE",
            verdict="either",
        )
    many = x509_data(*([PERSON.certificate_der] + [OTHER.certificate_der] * 1_000))
    yield attack(
        "x509-many",
        sign(DOCUMENT, Sig(refs=(WHOLE_REF,), key_info=many)),
        "SIG.TOO_MANY_CERTIFICATES",
        verdict="either",
    )
    datas = x509_data(PERSON.certificate_der) + x509_data(OTHER.certificate_der) * 1_000
    yield attack(
        "x509-many-datas",
        sign(DOCUMENT, Sig(refs=(WHOLE_REF,), key_info=datas)),
        "SIG.TOO_MANY_CERTIFICATES",
        verdict="either",
    )


def attacks() -> Iterator[Attack]:
    yield from _replaced()
    yield from _bindings()
    yield from _people()
    yield from _octets()
