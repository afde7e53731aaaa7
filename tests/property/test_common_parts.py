"""Parts of the common form of certificates are read in one comparison: with and without it a
certificate says the same, or is refused with the same cause at the same octet.
"""

import random
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hocba_sign.crypto import der, verify
from hocba_sign.errors import InputError
from hocba_sign.operations.forget import forget
from hocba_sign.pki.certificates import distinguished_names, extensions
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import comparable
from hocba_sign.pki.path.fast_chain import fast_facts
from hocba_sign.pki.revocation import crl, ocsp
from tests.fuzz import mutators
from tests.fuzz.seeds import seeds

MUTATIONS: Final = 400
"""Changes of each kind of file; each is read twice, in some tenths of a millisecond."""
NOTHING: Final = type("Nothing", (), {"fullmatch": lambda *_: None})()
"""A pattern that nothing matches."""
RSA: Final = (
    rsa.RSAPublicNumbers(65_537, 2**2047 + 1)
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
)
READERS: Final[dict[str, Callable[[bytes], Any]]] = {
    "certificate": lambda octets: told(Certificate.load(octets)),
    "crl": lambda octets: shown(crl.read_revocation_list(octets)),
    "ocsp": lambda octets: shown(ocsp.read_response(octets)),
}


def told(certificate: Certificate) -> Any:
    compared = comparable(certificate.subject_der), comparable(certificate.issuer_der)
    return shown(certificate), certificate.subject_text, fast_facts(certificate), compared


def shown(read: Any) -> Any:
    """Return every field, also those that are not compared."""
    return [
        getattr(read, field.name)
        for field in fields(read)
        if field.name not in ("entries", "octets")
    ]


def answer(reader: Callable[[bytes], Any], octets: bytes) -> Any:
    forget()
    try:
        return reader(octets)
    except InputError as error:
        return error.cause, error.where, error.detail
    except ValueError as error:
        return type(error)


@pytest.mark.parametrize("kind", READERS)
def test_common_parts_say_what_the_careful_reader_says(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals = seeds(kind)
    chance = random.Random(5)
    files = list(originals)
    for _ in range(MUTATIONS):
        change = chance.choice((mutators.octets, mutators.der, mutators.der))
        files.append(change(chance.choice(originals), chance.choice(originals), chance))
    quick = [answer(READERS[kind], octets) for octets in files]
    with monkeypatch.context() as careful:
        careful.setattr(extensions, "_COMMON", NOTHING)
        careful.setattr(distinguished_names, "_COMMON", NOTHING)
        assert [answer(READERS[kind], octets) for octets in files] == quick


@pytest.mark.parametrize(
    "octets",
    [
        "3008 0603551d0f 0401 00 00",
        "3009 0603551d0f 0402 00",
        "3008 0603551d8f 0401 00",
        "300b 0603551d0f 010101 0401 00",
        "300b 0603551d0f 0101ff 0402 00",
        "300c 06082b06010505070180 0400",
    ],
)
def test_an_extension_of_another_form_is_read_carefully(octets: str) -> None:
    extension = bytes.fromhex(octets)
    careful = answer(lambda one: extensions.read_extension(der.whole(one, der.SEQUENCE)), extension)
    assert answer(extensions.extension_of, extension) == careful


def test_a_key_is_told_by_its_beginning_as_by_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    keys = [
        RSA,
        *(mutators.octets(RSA[:40], RSA[:40], chance) + RSA[40:] for _ in range(MUTATIONS)),
    ]
    keys += [mutators.der(RSA, RSA, chance) for _ in range(MUTATIONS)]
    keys += [
        RSA[:at] + bytes((RSA[at] ^ 1 << bit,)) + RSA[at + 1 :]
        for at in range(40)
        for bit in range(8)
    ]
    quick = [answer(verify.load_public_key, key) for key in keys]
    assert verify._is_plain_rsa(RSA)
    monkeypatch.setattr(verify, "_PLAIN_RSA", re.compile(rb"(?!)"))
    assert [answer(verify.load_public_key, key) for key in keys] == quick


def test_the_common_forms_are_read_in_one_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    (octets, *_) = seeds("certificate")
    certificate = Certificate.load(octets)
    forget()
    monkeypatch.setattr(extensions, "read_extension", None)
    monkeypatch.setattr(distinguished_names, "_attributes", None)
    assert Certificate.load(octets).extensions == certificate.extensions
