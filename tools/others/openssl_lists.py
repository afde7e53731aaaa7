"""The revocation lists of the people's authority that OpenSSL makes, and files that it writes them
into.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tools.others.openssl import Entries, OpenSsl
from tools.vectors.stage import CBQL, JUDGED_AT, LISTED_AT, SIGNED_AT, Stage

_KEY = "authorityKeyIdentifier = keyid:always\n"
_DAYS_AGO = SIGNED_AT - timedelta(days=3)
_POINT = "http://hocba.example/crl/public-ca.crl"
_REASONS = (
    "unspecified",
    "keyCompromise",
    "CACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
)


def _scope(*words: str) -> str:
    return f"{_KEY}issuingDistributionPoint = critical, @scope\n[scope]\n" + "\n".join(words) + "\n"


def lists(openssl: OpenSsl, stage: Stage) -> Iterator[tuple[str, bytes]]:
    """Yield lists by their names."""
    world = stage.world
    authority, principal = world.authority("public-ca"), stage.holder(CBQL)
    week = timedelta(days=7)

    def listed(*words: str, days: int = 7, **options: Any) -> bytes:
        issued = options.pop("issued", LISTED_AT)
        until = options.pop("until", issued + timedelta(days=days))
        by = options.pop("by", authority)
        return openssl.crl(by, *words, issued=issued, until=until, **options)

    def gone(reason: str = "keyCompromise", at: Any = _DAYS_AGO) -> Entries:
        return ((principal.serial, at, reason),)

    yield "plain", listed()
    for digest in ("sha384", "sha512"):
        yield digest, listed("-md", digest)
    salted = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest")
    yield "pss", listed(*salted)
    yield "pss-revoked", listed(*salted, entries=gone())
    for digest in ("sha1", "md5"):
        yield digest, listed("-md", digest)
    yield "version-1", listed(extensions="", number=None)
    yield "version-1-revoked", listed(extensions="", number=None, entries=gone())
    yield "without-number", listed(number=None)
    yield "with-issuer-and-serial", listed(extensions="authorityKeyIdentifier = keyid, issuer")
    others = tuple((principal.serial + step, _DAYS_AGO, "superseded") for step in range(-20, 21))
    yield "of-others", listed(entries=tuple(one for one in others if one[0] != principal.serial))
    yield "among-others", listed(entries=others)
    for reason in _REASONS:
        written = "" if reason == "unspecified" else reason
        yield f"revoked-{reason.lower()}", listed(entries=gone(written))
    yield "hold-with-instruction", listed(entries=gone("holdInstruction,holdInstructionReject"))
    yield "invalid-since", listed(entries=gone("keyTime,20260101000000Z"))
    yield "revoked-after-signing", listed(entries=gone(at=SIGNED_AT + timedelta(hours=2)))
    yield (
        "superseded-after-signing",
        listed(entries=gone("superseded", SIGNED_AT + timedelta(hours=2))),
    )
    yield from _dated(listed, gone)
    yield "forged", listed(signing_key=world.impostor("public-ca").key)
    yield from _scoped(listed, gone)
    yield from _deltas(listed, gone)
    yield "unfit", _by_unfit(openssl, stage, week)
    held = listed(issued=LISTED_AT + timedelta(minutes=30), entries=gone())
    yield "newer-revoked", held
    yield from _files(openssl, {"good": listed(), "revoked": held})


def _dated(listed: Any, gone: Any) -> Iterator[tuple[str, bytes]]:
    yield "expired", listed(issued=SIGNED_AT - timedelta(days=30))
    yield "expired-revoked", listed(issued=SIGNED_AT - timedelta(days=2), days=2, entries=gone())
    yield "future", listed(issued=JUDGED_AT + timedelta(days=1))
    yield "before-signing", listed(issued=SIGNED_AT - timedelta(hours=5))


def _scoped(listed: Any, gone: Any) -> Iterator[tuple[str, bytes]]:
    yield "user-only", listed(extensions=_scope("onlyuser = TRUE"))
    yield "authorities-only", listed(extensions=_scope("onlyCA = TRUE"))
    yield "attributes-only", listed(extensions=_scope("onlyAA = TRUE"))
    yield "some-reasons", listed(extensions=_scope("onlysomereasons = keyCompromise, CACompromise"))
    yield "own-point", listed(extensions=_scope(f"fullname = URI:{_POINT}"))
    yield "other-point", listed(extensions=_scope("fullname = URI:http://hocba.example/crl/2.crl"))
    yield "own-point-revoked", listed(extensions=_scope(f"fullname = URI:{_POINT}"), entries=gone())
    unknown = "1.3.6.1.4.1.32473.704.4 = {}ASN1:NULL"
    yield "unknown-demand", listed(extensions=_KEY + unknown.format("critical, "))
    yield "unknown-remark", listed(extensions=_KEY + unknown.format(""))


def _deltas(listed: Any, gone: Any) -> Iterator[tuple[str, bytes]]:
    yield "hold", listed(issued=LISTED_AT - timedelta(minutes=40), entries=gone("certificateHold"))
    for base in (7, 9):
        indicator = f"{_KEY}2.5.29.27 = critical, ASN1:INTEGER:{base}"
        lifted = gone("removeFromCRL", LISTED_AT - timedelta(minutes=20))
        yield f"delta-{base}-lifting", listed(extensions=indicator, number=10, entries=lifted)
    yield (
        "delta-revoking",
        listed(extensions=f"{_KEY}2.5.29.27 = critical, ASN1:INTEGER:7", number=8, entries=gone()),
    )


def _by_unfit(openssl: OpenSsl, stage: Stage, life: timedelta) -> bytes:
    unfit = stage.world.issuing_ca(
        "listless-ca", "TEST CA Without Lists", key_usage=("digital_signature", "key_cert_sign")
    )
    return openssl.crl(unfit, issued=LISTED_AT, until=LISTED_AT + life)


def _files(openssl: OpenSsl, given: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the ways in which OpenSSL writes a list into a file."""
    for kind, der in given.items():
        path = openssl.path(f"{kind}.crl")
        path.write_bytes(der)
        read = ("crl", "-inform", "DER", "-in", path)
        pem = openssl.path(f"{kind}.pem")
        pem.write_bytes(openssl.run(*read))
        yield f"file-pem-{kind}", pem.read_bytes()
        yield f"file-text-{kind}", openssl.run(*read, "-text", "-nameopt", "utf8")
        wrapped = ("crl2pkcs7", "-in", pem, "-outform")
        yield f"file-pkcs7-{kind}", openssl.run(*wrapped, "DER")
        yield f"file-pkcs7-pem-{kind}", openssl.run(*wrapped, "PEM")
        yield f"file-base64-{kind}", openssl.run("base64", "-in", path)
        yield f"file-one-line-{kind}", openssl.run("base64", "-A", "-in", path)
