"""The principal's certificates, and authorities above them, that OpenSSL makes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hocba_sign.testing import CertificateAuthority
from hocba_sign.testing.keys import InsecureKey, insecure_key
from tools.others.openssl import OpenSsl
from tools.vectors.others_world import holder_key
from tools.vectors.stage import CBQL, LISTED_AT, SIGNED_AT, Stage

_YEAR = timedelta(days=365)
_USAGE = "keyUsage = critical, digitalSignature, nonRepudiation\n"
_KEYS = "subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n"
USUAL = f"basicConstraints = CA:FALSE\n{_USAGE}{_KEYS}"
_AUTHORITY = (
    f"basicConstraints = critical, CA:TRUE, pathlen:0\n"
    f"keyUsage = critical, keyCertSign, cRLSign\n{_KEYS}"
)
_DEMANDING = (
    "certificatePolicies = 1.3.6.1.4.1.32473.704.8\n"
    "policyConstraints = critical, requireExplicitPolicy:0\n"
)
EXTENSIONS = {
    "plain": USUAL,
    "other-name": f"{USUAL}subjectAltName = otherName:1.3.6.1.4.1.32473.704.5;UTF8:GV-01\n",
    "mail-address": f"{USUAL}subjectAltName = email:hieutruong@example.vn\n",
    "policy": f"{USUAL}certificatePolicies = 1.3.6.1.4.1.32473.704.6\n",
    "policy-critical": f"{USUAL}certificatePolicies = critical, 1.3.6.1.4.1.32473.704.6\n",
    "policy-text": (
        f"{USUAL}certificatePolicies = 1.3.6.1.4.1.32473.704.6, @text\n[text]\n"
        "policyIdentifier = 1.3.6.1.4.1.32473.704.7\nCPS.1 = http://hocba.example/cps\n"
    ),
    "for-mail-and-sign-in": f"{USUAL}extendedKeyUsage = emailProtection, clientAuth\n",
    "non-repudiation": f"basicConstraints = CA:FALSE\nkeyUsage = critical, nonRepudiation\n{_KEYS}",
    "usage-not-critical": f"keyUsage = digitalSignature\n{_KEYS}",
    "without-key-identifiers": f"basicConstraints = CA:FALSE\n{_USAGE}",
    "issuer-and-serial": f"{_USAGE}authorityKeyIdentifier = keyid, issuer\n",
    "statement": f"{USUAL}1.3.6.1.5.5.7.1.3 = DER:300a3008060604008e460101\n",
    "unknown": f"{USUAL}1.3.6.1.4.1.32473.704.9 = ASN1:NULL\n",
    "unknown-critical": f"{USUAL}1.3.6.1.4.1.32473.704.9 = critical, ASN1:NULL\n",
    "for-encryption": f"keyUsage = critical, keyEncipherment\n{_KEYS}",
    "for-agreement": f"keyUsage = critical, keyAgreement\n{_KEYS}",
    "may-issue": f"basicConstraints = CA:FALSE\nkeyUsage = critical, digitalSignature, keyCertSign\n{_KEYS}",
}
"""What the principal's certificate says beside names, dates and key."""
KEYS = ("rsa4096", "p521")
DIGESTS = ("sha384", "sha512", "sha1", "md5")


def certificates(openssl: OpenSsl, stage: Stage) -> Iterator[tuple[str, bytes]]:
    """Yield certificates, and lists of authorities that are not of the world, by their names."""
    person = stage.transcript().signers.principal
    subject = f"/C=VN/CN={person.full_name}/UID=CCCD:{person.personal_id}"
    authority = stage.world.authority("public-ca")
    own = stage.holder(CBQL).key

    def issued(
        *words: str, key: InsecureKey = own, extensions: str = USUAL, **options: Any
    ) -> bytes:
        given = {
            "since": SIGNED_AT - _YEAR,
            "until": SIGNED_AT + 2 * _YEAR,
            **options,
        }
        by, named = given.pop("by", authority), given.pop("subject", subject)
        return openssl.issued(by, openssl.key(key), named, *words, extensions=extensions, **given)

    for name, extensions in EXTENSIONS.items():
        yield name, issued(extensions=extensions)
    for kind in KEYS:
        yield f"key-{kind}", issued(key=holder_key(kind))
    for digest in DIGESTS:
        yield f"signed-{digest}", issued("-md", digest)
    salted = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest")
    yield "signed-pss", issued(*salted)
    yield "expired", issued(since=SIGNED_AT - 3 * _YEAR, until=SIGNED_AT - timedelta(days=1))
    yield "not-yet-valid", issued(since=LISTED_AT + timedelta(days=9))
    yield "without-end", issued(until=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    yield "long-serial", issued(serial="7F" + "AB" * 19)
    yield "another-key", issued(signing_key=stage.world.impostor("public-ca").key)
    yield "other-number", issued(subject=f"/C=VN/CN={person.full_name}/UID=CCCD:001099000999")
    yield (
        "other-name-of-person",
        issued(subject=f"/C=VN/CN=Trịnh Văn Lạ/UID=CCCD:{person.personal_id}"),
    )
    yield (
        "upper-case-name",
        issued(subject=f"/C=VN/CN={person.full_name.upper()}/UID=CCCD:{person.personal_id}"),
    )
    yield (
        "title-and-school",
        issued(
            subject=f"/C=VN/O={stage.transcript().school.name}/title=Hiệu trưởng"
            f"/CN={person.full_name}/UID=CCCD:{person.personal_id}"
        ),
    )
    yield from _authorities(openssl, stage, issued)


def _authorities(openssl: OpenSsl, stage: Stage, issued: Any) -> Iterator[tuple[str, bytes]]:
    root = stage.world.authority("national-root")
    lifetimes = {
        "ended": (SIGNED_AT - 5 * _YEAR, SIGNED_AT - timedelta(days=1)),
        "early": (LISTED_AT + timedelta(days=9), SIGNED_AT + 5 * _YEAR),
    }
    above: dict[str, tuple[str, InsecureKey]] = {
        "rsa4096": (_AUTHORITY, insecure_key("openssl/rsa4096", "rsa4096")),
        **{kind: (_AUTHORITY, holder_key(kind)) for kind in ("p256", "p384", "p521")},
        "ended": (_AUTHORITY, insecure_key("openssl/ended", "rsa2048")),
        "early": (_AUTHORITY, insecure_key("openssl/early", "rsa2048")),
        "may-not-issue": (
            f"basicConstraints = critical, CA:TRUE\nkeyUsage = critical, cRLSign\n{_KEYS}",
            insecure_key("openssl/may-not", "rsa2048"),
        ),
        "no-authority": (USUAL, insecure_key("openssl/none", "rsa2048")),
        "other-country": (
            f"{_AUTHORITY}nameConstraints = critical, permitted;dirName:allowed\n[allowed]\nC = LA\n",
            insecure_key("openssl/narrow", "rsa2048"),
        ),
        "own-country": (
            f"{_AUTHORITY}nameConstraints = critical, permitted;dirName:allowed\n[allowed]\nC = VN\n",
            insecure_key("openssl/own", "rsa2048"),
        ),
        "without-this-mail": (
            f"{_AUTHORITY}nameConstraints = critical, excluded;email:example.com\n",
            insecure_key("openssl/mail", "rsa2048"),
        ),
        "only-other-policy": (
            _AUTHORITY + _DEMANDING,
            insecure_key("openssl/policy", "rsa2048"),
        ),
    }
    for name, (extensions, key) in above.items():
        since, until = lifetimes.get(name, (SIGNED_AT - 2 * _YEAR, SIGNED_AT + 5 * _YEAR))
        der = openssl.issued(
            root,
            openssl.key(key),
            f"/C=VN/O=TEST - OpenSSL/CN=TEST CA {name}",
            extensions=extensions,
            since=since,
            until=until,
            serial="0A" + name.encode().hex()[:30],
        )
        authority = replace(
            stage.world.authority("public-ca"),
            slug=name,
            certificate_der=der,
            key=key,
            chain_der=(der, *root.chain_der),
        )
        yield f"by-{name}-authority", der
        yield f"by-{name}", issued(by=authority)
        yield f"by-{name}-list", _list(openssl, authority)


def _list(openssl: OpenSsl, authority: CertificateAuthority) -> bytes:
    return openssl.crl(authority, issued=LISTED_AT, until=LISTED_AT + timedelta(days=7))
