"""What KeyInfo brings along: keys as certificates carry them, what is named and never followed, and
the limits.
"""

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree

from hocba_sign.crypto.verify import load_public_key
from hocba_sign.errors import InputError
from hocba_sign.testing.keys import insecure_rsa_key, public_key_der
from hocba_sign.xades.syntax.elements import Parts
from hocba_sign.xades.syntax.key_info import MAX_CERTIFICATES, MAX_KEYS, KeyInfo, read_key_info

DS = "http://www.w3.org/2000/09/xmldsig#"
DS11 = "http://www.w3.org/2009/xmldsig11#"
RSA = insecure_rsa_key("key-info", 1024)


def read(content: str, parts: Parts | None = None) -> KeyInfo:
    signature = etree.fromstring(
        f'<Signature xmlns="{DS}" xmlns:n="{DS11}"><KeyInfo>{content}</KeyInfo></Signature>'
    )
    return read_key_info(signature, parts or Parts(is_strict=True))


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def rsa_value(key: rsa.RSAPrivateKey, *, pad: bytes = b"") -> str:
    numbers = key.public_key().public_numbers()
    modulus, exponent = (
        pad + number.to_bytes((number.bit_length() + 7) // 8, "big")
        for number in (numbers.n, numbers.e)
    )
    return (
        f"<KeyValue><RSAKeyValue><Modulus>{b64(modulus)}</Modulus>"
        f"<Exponent>{b64(exponent)}</Exponent></RSAKeyValue></KeyValue>"
    )


@pytest.mark.parametrize("pad", [b"", b"\0", b"\0\0\0"])
def test_an_rsa_key_is_that_of_a_certificate(pad: bytes) -> None:
    assert read(rsa_value(RSA, pad=pad)).keys_der == (public_key_der(RSA),)


@pytest.mark.parametrize(
    ("curve", "oid"),
    [
        (ec.SECP256R1(), "1.2.840.10045.3.1.7"),
        (ec.SECP384R1(), "1.3.132.0.34"),
        (ec.SECP521R1(), "1.3.132.0.35"),
    ],
)
def test_a_key_on_a_named_curve_is_that_of_a_certificate(curve: ec.EllipticCurve, oid: str) -> None:
    key = ec.generate_private_key(curve).public_key()
    point = key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    value = (
        f"<KeyValue><n:ECKeyValue><n:NamedCurve "
        f'URI="urn:oid:{oid}"/><n:PublicKey>{b64(point)}</n:PublicKey></n:ECKeyValue></'
        f"KeyValue>"
    )
    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert read(value).keys_der == (spki,)
    assert read(f"<n:DEREncodedKeyValue>{b64(spki)}</n:DEREncodedKeyValue>").keys_der == (spki,)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ('<RetrievalMethod URI="#x"/>', "SIG.KEY_NOT_FOLLOWED"),
        ('<n:KeyInfoReference URI="http://vi.du/"/>', "SIG.KEY_NOT_FOLLOWED"),
        ("<KeyValue><DSAKeyValue/></KeyValue>", "SIG.KEY_UNSUPPORTED"),
        ("<KeyValue/>", "SIG.KEY_UNSUPPORTED"),
        (
            "<KeyValue><n:ECKeyValue><n:ECParameters/></n:ECKeyValue></KeyValue>",
            "SIG.KEY_UNSUPPORTED",
        ),
        (
            '<KeyValue><n:ECKeyValue><n:NamedCurve URI="urn:oid:1.2"/></n:ECKeyValue></KeyValue>',
            "SIG.KEY_UNSUPPORTED",
        ),
    ],
)
def test_what_is_not_read_is_named(content: str, cause: str) -> None:
    found = read(content)
    assert (
        [warning.cause for warning in found.warnings],
        found.keys_der,
        found.certificates_der,
    ) == ([cause], (), ())


@pytest.mark.parametrize(
    "content",
    ["<KeyValue><RSAKeyValue/></KeyValue>", "<n:DEREncodedKeyValue>!</n:DEREncodedKeyValue>"],
)
def test_broken_keys_are_refused(content: str) -> None:
    with pytest.raises(InputError) as refused:
        read(content)
    assert refused.value.cause == "SIG.STRUCTURE"
    parts = Parts(is_strict=False)
    assert read(rsa_value(RSA) + content, parts).keys_der == (public_key_der(RSA),)
    assert [finding.cause for finding in parts.findings] == ["SIG.PART_UNREADABLE"]


@pytest.mark.parametrize(
    "content",
    [
        rsa_value(RSA) * (MAX_KEYS + 1),
        (
            f"<X509Data>{'<X509Certificate>AAAA</X509Certificate>' * (MAX_CERTIFICATES + 1)}</"
            f"X509Data>"
        ),
    ],
)
def test_there_are_limits(content: str) -> None:
    with pytest.raises(InputError) as refused:
        read(content)
    assert refused.value.cause == "SIG.TOO_MANY_CERTIFICATES"


def test_a_key_of_nonsense_is_none() -> None:
    (key,) = read(
        "<KeyValue><RSAKeyValue><Modulus>AA==</Modulus><Exponent>AA==</Exponent></"
        "RSAKeyValue></KeyValue>"
    ).keys_der
    with pytest.raises(InputError):
        load_public_key(key)
