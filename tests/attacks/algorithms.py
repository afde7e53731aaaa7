"""Algorithms named for another kind of key, without a key, broken, or with parameters of no use;
values at the edges.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hocba_sign.testing import Identity
from tests.attacks.case import (
    DOCUMENT,
    ENVELOPED_EXC,
    INDETERMINATE,
    TRANSCRIPT,
    WHOLE,
    WHOLE_REF,
    Attack,
    attack,
    on_transcript,
    replaced,
)
from tests.attacks.writer import (
    DS,
    ECDSA_SHA256,
    MORE,
    PERSON,
    RSA_SHA256,
    SHA1,
    SHA256,
    WORLD,
    Ref,
    Sig,
    b64,
    honest_value,
    sign,
)

RSA: Final = WORLD.person("Lê Thị Thí Nghiệm", "001199000003", key="rsa2048")
RSA_SIG: Final = Sig(refs=(WHOLE_REF,), identity=RSA, algorithm=RSA_SHA256)
RSA_WHOLE: Final = sign(DOCUMENT, RSA_SIG)
PSS_URI: Final = "http://www.w3.org/2007/05/xmldsig-more#rsa-pss"
PSS_SHA256: Final = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
UNSUPPORTED: Final = (
    "CRYPTO.UNSUPPORTED_ALGORITHM",
    "CRYPTO.UNKNOWN_ALGORITHM",
    "CRYPTO.KEY_MISMATCH",
    "CRYPTO.NOT_ACCEPTABLE",
)
Value = Callable[[bytes, Identity], bytes]


def _spki(identity: Identity, *, form: str) -> bytes:
    key = identity.key.public_key()
    if form == "pem":
        return key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    if form == "certificate":
        return identity.certificate_der
    if form == "modulus" and isinstance(key, rsa.RSAPublicKey):
        return key.public_numbers().n.to_bytes(256, "big")
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _mac(form: str, name: str, bits: int | None) -> Value:
    def value(octets: bytes, identity: Identity) -> bytes:
        mac = hmac.new(
            _spki(identity, form=form) if form != "empty" else b"", octets, name
        ).digest()
        return mac if bits is None else mac[: (bits + 7) // 8]

    return value


def _macs() -> Iterator[Attack]:
    for identity, honest in ((RSA, RSA_WHOLE), (PERSON, WHOLE)):
        kind = "rsa" if identity is RSA else "ec"
        for form in ("der", "pem", "modulus", "certificate", "empty"):
            for uri, name in (
                (f"{MORE}hmac-sha256", "sha256"),
                (f"{DS}hmac-sha1", "sha1"),
                (f"{MORE}hmac-md5", "md5"),
            ):
                sig = Sig(
                    refs=(WHOLE_REF,),
                    identity=identity,
                    algorithm=uri,
                    value=_mac(form, name, None),
                )
                yield attack(
                    f"hmac-{name}-{kind}-{form}",
                    sign(DOCUMENT, sig),
                    *UNSUPPORTED,
                    honest=honest,
                    verdict="either",
                )
        for bits in (0, 1, 8, 32, 160, 99999, -1):
            method = f"<ds:HMACOutputLength>{bits}</ds:HMACOutputLength>"
            value = (
                _mac("der", "sha256", bits)
                if 0 < bits < 257
                else (lambda _octets, _identity: b"\0")
            )
            sig = Sig(
                refs=(WHOLE_REF,),
                identity=identity,
                algorithm=f"{MORE}hmac-sha256",
                method=method,
                value=value,
            )
            yield attack(
                f"hmac-length-{bits}-{kind}",
                sign(DOCUMENT, sig),
                *UNSUPPORTED,
                "SIG.STRUCTURE",
                honest=honest,
                verdict="either",
            )
        method = "<ds:HMACOutputLength>0</ds:HMACOutputLength>"
        usual = RSA_SHA256 if identity is RSA else ECDSA_SHA256
        octets = sign(
            DOCUMENT, Sig(refs=(WHOLE_REF,), identity=identity, algorithm=usual, method=method)
        )
        yield attack(
            f"hmac-length-in-{kind}",
            octets,
            "SIG.STRUCTURE",
            "CRYPTO.PARAMETERS",
            honest=honest,
            verdict="either",
        )


NAMES: Final = (
    "",
    "none",
    "http://www.w3.org/2000/09/xmldsig#none",
    "urn:none",
    "null",
    f"{DS}dsa-sha1",
    "http://www.w3.org/2009/xmldsig11#dsa-sha256",
    f"{MORE}rsa-md5",
    f"{MORE}rsa-ripemd160",
    f"{RSA_SHA256} ",
    RSA_SHA256.upper(),
    f"{ECDSA_SHA256}#",
    "rsa-sha256",
    SHA256,
    "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
    f"{MORE}ecdsa-sha256\u200b",
    "x" * 1_000_000,
    "1.2.840.113549.1.1.11",
)


def _names() -> Iterator[Attack]:
    for number, name in enumerate(NAMES):
        for kind, honest, usual in (("rsa", RSA_WHOLE, RSA_SHA256), ("ec", WHOLE, ECDSA_SHA256)):
            identity = RSA if kind == "rsa" else PERSON
            sig = Sig(
                refs=(WHOLE_REF,), identity=identity, algorithm=name, value=honest_value(usual)
            )
            yield attack(
                f"algorithm-{number}-{kind}",
                sign(DOCUMENT, sig),
                *UNSUPPORTED,
                honest=honest,
                verdict="either",
            )
        at = TRANSCRIPT.index(b'Id="ck-GVCN"')
        octets = TRANSCRIPT[:at] + replaced(TRANSCRIPT[at:], ECDSA_SHA256, name)
        yield on_transcript(
            f"algorithm-{number}", octets, *UNSUPPORTED, "SIG.VALUE", verdict="either"
        )
    for name, identity, uri, usual in (
        ("rsa-uri-with-ec-key", PERSON, RSA_SHA256, ECDSA_SHA256),
        ("ec-uri-with-rsa-key", RSA, ECDSA_SHA256, RSA_SHA256),
        (
            "eddsa-uri-with-ec-key",
            PERSON,
            "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
            ECDSA_SHA256,
        ),
        ("pss-uri-with-ec-key", PERSON, PSS_SHA256, ECDSA_SHA256),
    ):
        sig = Sig(refs=(WHOLE_REF,), identity=identity, algorithm=uri, value=honest_value(usual))
        yield attack(
            name,
            sign(DOCUMENT, sig),
            "CRYPTO.KEY_MISMATCH",
            "SIG.VALUE",
            honest=RSA_WHOLE if identity is RSA else WHOLE,
            verdict="either",
        )
    for name, uri, usual in (
        ("sha512-named-sha256-used", f"{MORE}rsa-sha512", RSA_SHA256),
        ("sha256-named-sha1-used", RSA_SHA256, f"{DS}rsa-sha1"),
        ("pss-named-pkcs1-used", PSS_SHA256, RSA_SHA256),
        ("pkcs1-named-pss-used", RSA_SHA256, PSS_SHA256),
    ):
        sig = Sig(
            refs=(WHOLE_REF,),
            identity=RSA,
            algorithm=uri,
            value=_pss(32) if usual == PSS_SHA256 else honest_value(usual),
        )
        yield attack(name, sign(DOCUMENT, sig), "SIG.VALUE", honest=RSA_WHOLE)


def _pss(salt: int, *, mask: hashes.HashAlgorithm | None = None) -> Value:
    def value(octets: bytes, identity: Identity) -> bytes:
        key = identity.key
        assert isinstance(key, rsa.RSAPrivateKey)
        return key.sign(
            octets, padding.PSS(padding.MGF1(mask or hashes.SHA256()), salt), hashes.SHA256()
        )

    return value


def _params(
    salt: str = "32",
    *,
    mgf: str = "http://www.w3.org/2007/05/xmldsig-more#MGF1",
    trailer: str = "1",
    digest: str = SHA256,
    mask: str = SHA256,
) -> str:
    more = "http://www.w3.org/2007/05/xmldsig-more#"
    return (
        f'<m:RSAPSSParams xmlns:m="{more}"><ds:DigestMethod Algorithm="{digest}"></ds:DigestMethod>'
        f'<m:MaskGenerationFunction Algorithm="{mgf}"><ds:DigestMethod '
        f'Algorithm="{mask}"></ds:DigestMethod></m:MaskGenerationFunction>'
        f"<m:SaltLength>{salt}</m:SaltLength><m:TrailerField>{trailer}</m:TrailerField></"
        f"m:RSAPSSParams>"
    )


PSS_WHOLE: Final = sign(
    DOCUMENT,
    Sig(refs=(WHOLE_REF,), identity=RSA, algorithm=PSS_URI, method=_params(), value=_pss(32)),
)


def _pss_oddities() -> Iterator[Attack]:
    for name, method in (
        ("salt-huge", _params("99999")),
        ("salt-very-huge", _params("9" * 5_000)),
        ("salt-negative", _params("-1")),
        ("salt-zero", _params("0")),
        ("salt-other", _params("20")),
        ("salt-text", _params("ba hai")),
        ("salt-arabic", _params("٣٢")),
        ("salt-fraction", _params("32.0")),
        ("trailer-2", _params(trailer="2")),
        ("mask-other", _params(mgf="urn:mgf")),
        ("mask-sha1", _params(mask=SHA1)),
        ("digest-other", _params(digest="http://www.w3.org/2001/04/xmlenc#sha512")),
        ("digest-unknown", _params(digest="urn:bam")),
        ("two", _params() * 2),
        ("foreign", "<x/>"),
        ("text", "x"),
    ):
        sig = Sig(refs=(WHOLE_REF,), identity=RSA, algorithm=PSS_URI, method=method, value=_pss(32))
        yield attack(
            f"pss-{name}",
            sign(DOCUMENT, sig),
            "SIG.VALUE",
            "SIG.STRUCTURE",
            "CRYPTO.PARAMETERS",
            *UNSUPPORTED,
            honest=PSS_WHOLE,
            verdict="either",
        )
    sig = Sig(refs=(WHOLE_REF,), identity=RSA, algorithm=RSA_SHA256, method=_params())
    yield attack(
        "pss-parameters-of-pkcs1",
        sign(DOCUMENT, sig),
        "SIG.STRUCTURE",
        "CRYPTO.PARAMETERS",
        "SIG.VALUE",
        honest=RSA_WHOLE,
        verdict="either",
    )
    sig = Sig(refs=(WHOLE_REF,), identity=PERSON, algorithm=ECDSA_SHA256, method=_params())
    yield attack(
        "pss-parameters-of-ecdsa",
        sign(DOCUMENT, sig),
        "SIG.STRUCTURE",
        "CRYPTO.PARAMETERS",
        "SIG.VALUE",
        verdict="either",
    )


def _raw(r: int, s: int, size: int = 32) -> bytes:
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _right(octets: bytes, identity: Identity) -> tuple[int, int]:
    key = identity.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return decode_dss_signature(
        key.sign(octets, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    )


def _der(octets: bytes, identity: Identity) -> bytes:
    key = identity.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.sign(octets, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


VALUES: Final[tuple[tuple[str, Value], ...]] = (
    *(
        (f"r-{r_name}-s-{s_name}", lambda _o, _i, r=r, s=s: _raw(r, s))
        for r_name, r in (("0", 0), ("1", 1), ("n", ORDER), ("n-1", ORDER - 1), ("max", 2**256 - 1))
        for s_name, s in (("0", 0), ("1", 1), ("n", ORDER))
    ),
    ("der", _der),
    (
        "r-plus-n",
        lambda octets, identity: _raw(
            _right(octets, identity)[0] + ORDER, _right(octets, identity)[1], 33
        ),
    ),
    ("padded-to-34", lambda octets, identity: _raw(*_right(octets, identity), 34)),
    ("padded-to-64", lambda octets, identity: _raw(*_right(octets, identity), 64)),
    ("huge", lambda octets, identity: _raw(*_right(octets, identity), 500_000)),
    ("trailing", lambda octets, identity: _raw(*_right(octets, identity)) + b"\0"),
    ("leading", lambda octets, identity: b"\0" + _raw(*_right(octets, identity))),
    ("swapped", lambda octets, identity: _raw(*reversed(_right(octets, identity)))),
    ("halved", lambda octets, identity: _raw(*_right(octets, identity))[:32]),
    ("one-octet", lambda _octets, _identity: b"\1"),
)
RSA_VALUES: Final[tuple[tuple[str, Value], ...]] = (
    ("zero", lambda _o, _i: b"\0" * 256),
    ("one", lambda _o, _i: b"\0" * 255 + b"\1"),
    ("modulus", lambda _o, identity: _spki(identity, form="modulus")),
    (
        "modulus-minus-one",
        lambda _o, identity: (int.from_bytes(_spki(identity, form="modulus"), "big") - 1).to_bytes(
            256, "big"
        ),
    ),
    ("long", lambda octets, identity: b"\0" + honest_value(RSA_SHA256)(octets, identity)),
    ("short", lambda octets, identity: honest_value(RSA_SHA256)(octets, identity)[:-1]),
    ("trailing", lambda octets, identity: honest_value(RSA_SHA256)(octets, identity) + b"\0"),
    (
        "digest-signed-bare",
        lambda octets, _identity: hashlib.sha256(octets).digest().rjust(256, b"\0"),
    ),
    ("huge", lambda _o, _i: b"\xff" * 1_000_000),
)


def _values() -> Iterator[Attack]:
    for name, value in VALUES:
        yield attack(
            f"ecdsa-{name}", sign(DOCUMENT, Sig(refs=(WHOLE_REF,), value=value)), "SIG.VALUE"
        )
    for name, value in RSA_VALUES:
        sig = Sig(refs=(WHOLE_REF,), identity=RSA, algorithm=RSA_SHA256, value=value)
        yield attack(f"rsa-{name}", sign(DOCUMENT, sig), "SIG.VALUE", honest=RSA_WHOLE)
    good = WHOLE.decode().split('Id="ck-gt">')[1].split("<")[0]
    for name, text in (
        (
            "url-alphabet",
            good.replace("+", "-").replace("/", "_") if set(good) & set("+/") else f"-{good[1:]}",
        ),
        ("no-padding", good.rstrip("=")),
        ("more-padding", f"{good}="),
        ("hex", good.encode().hex()),
        ("twice", good + good),
        ("with-prefix", f"base64:{good}"),
        ("quoted", f"'{good}'"),
        ("full-width", good.replace(good[0], chr(ord(good[0]) + 0xFEE0))),
    ):
        octets = WHOLE.decode().replace(good, text)
        yield attack(f"value-{name}", octets, "SIG.STRUCTURE", "SIG.VALUE", verdict="either")


def _digests() -> Iterator[Attack]:
    def signed(**changes: object) -> bytes:
        return sign(
            DOCUMENT,
            Sig(refs=(Ref(uri="", transforms=ENVELOPED_EXC, attributes=' Id="r-1"', **changes),)),  # type: ignore[arg-type]
        )

    right = WHOLE.decode().split("<ds:DigestValue>")[1].split("<")[0]
    plain = base64.b64decode(right)
    yield attack("digest-sha1", signed(digest=SHA1), "CRYPTO.NOT_ACCEPTABLE", verdict=INDETERMINATE)
    yield attack("digest-md5", signed(digest=f"{MORE}md5"), *UNSUPPORTED, verdict="either")
    yield attack("digest-unknown", signed(digest="urn:bam"), *UNSUPPORTED, verdict="either")
    yield attack(
        "digest-empty-name", signed(digest=""), *UNSUPPORTED, "SIG.STRUCTURE", verdict="either"
    )
    yield attack(
        "digest-is-signature-algorithm", signed(digest=RSA_SHA256), *UNSUPPORTED, verdict="either"
    )
    for name, value in (
        ("truncated-8", b64(bytes(8))),
        ("truncated-right", b64(plain[:16])),
        ("one-octet", "AA=="),
        ("longer", b64(plain + b"\0")),
        ("hex", plain.hex()),
        ("empty", ""),
        ("of-nothing", b64(hashlib.sha256(b"").digest())),
        ("white-space", "   "),
        ("bits-behind", right[:-2] + chr(ord(right[-2]) + 1) + "="),
    ):
        yield attack(f"digest-{name}", signed(value=value), "SIG.DIGEST", "SIG.STRUCTURE")
    for name, c14n in (
        ("unknown", "urn:c14n"),
        ("empty", ""),
        ("c14n2", "http://www.w3.org/2010/xml-c14n2"),
        ("base64", f"{DS}base64"),
        ("xslt", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
    ):
        octets = replaced(
            WHOLE,
            '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"',
            f'<ds:CanonicalizationMethod Algorithm="{c14n}"',
        )
        yield attack(f"c14n-{name}", octets, "SIG.C14N", "SIG.STRUCTURE")
    weak = sign(DOCUMENT, Sig(refs=(WHOLE_REF,), identity=RSA, algorithm=f"{DS}rsa-sha1"))
    yield attack("rsa-sha1", weak, "CRYPTO.NOT_ACCEPTABLE", honest=RSA_WHOLE, verdict=INDETERMINATE)
    small = WORLD.person("Khóa Ngắn", "001199000004", key="rsa1024")
    yield attack(
        "rsa-1024",
        sign(DOCUMENT, Sig(refs=(WHOLE_REF,), identity=small, algorithm=RSA_SHA256)),
        "CRYPTO.NOT_ACCEPTABLE",
        honest=RSA_WHOLE,
        verdict=INDETERMINATE,
    )


def attacks() -> Iterator[Attack]:
    yield from _macs()
    yield from _names()
    yield from _pss_oddities()
    yield from _values()
    yield from _digests()
