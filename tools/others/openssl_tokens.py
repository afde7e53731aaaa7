"""The time-stamp tokens over the value of a seal that OpenSSL makes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hocba_sign.testing import Identity, World
from hocba_sign.testing.identity import pem
from tools.others.openssl import OpenSsl
from tools.vectors.stage import CBQL, JUDGED_AT, SEED, SIGNED_AT, Stage

_DIGEST = "signer_digest = sha256\n"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"


def tokens(openssl: OpenSsl, stage: Stage, covered: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield tokens by their names; `covered` are the octets that the right ones are over."""
    world = stage.world

    def stamped(*words: str | Path, octets: bytes = covered, **options: Any) -> bytes:
        return openssl.token(octets, *words, **{"at": SIGNED_AT, "tsa": world.tsa, **options})

    yield "plain", stamped()
    for digest in ("sha384", "sha512"):
        yield f"imprint-{digest}", stamped(hashed=digest)
        yield f"signed-{digest}", stamped(settings=f"signer_digest = {digest}")
        yield f"identified-{digest}", stamped(settings=f"{_DIGEST}ess_cert_id_alg = {digest}")
    yield "imprint-sha1", stamped(hashed="sha1")
    yield "signed-sha1", stamped(settings="signer_digest = sha1")
    yield "identified-sha1", stamped(settings=f"{_DIGEST}ess_cert_id_alg = sha1")
    chain = openssl.path("chain.pem")
    chain.write_bytes(pem(world.authority("tsa-root").certificate_der))
    yield "with-chain", stamped("-chain", chain, settings=f"{_DIGEST}ess_cert_id_chain = yes")
    yield "accuracy", stamped(settings=f"{_DIGEST}accuracy = secs:1, millisecs:500, microsecs:100")
    yield "named-and-ordered", stamped(settings=f"{_DIGEST}tsa_name = yes\nordering = yes")
    for digits in (3, 6):
        yield (
            f"fraction-{digits}",
            stamped(settings=f"{_DIGEST}clock_precision_digits = {digits}", at=SIGNED_AT),
        )
    yield "without-certificate", stamped(asks_for_certificate=False)
    yield "other-octets", stamped(octets=b"other octets")
    yield "future", stamped(at=JUDGED_AT + timedelta(days=3))
    yield from _by_authorities(stage, stamped)
    yield from _by_cms(openssl, stage, covered)


def _by_authorities(stage: Stage, stamped: Any) -> Iterator[tuple[str, bytes]]:
    world, hour = stage.world, timedelta(hours=1)
    at, minute = SIGNED_AT + hour, timedelta(minutes=1)
    for key in ("rsa3072", "rsa4096", "ec"):
        tsa = world.time_stamper(f"TEST TSA {key}", key=key)
        yield f"key-{key}", stamped(tsa=tsa)
    yield "key-rsa1024", stamped(tsa=world.time_stamper("TEST TSA rsa1024", key="rsa1024"))
    yield (
        "too-early",
        stamped(at=at, tsa=world.time_stamper("TEST TSA Young", not_before=at + minute)),
    )
    yield "too-late", stamped(at=at, tsa=world.time_stamper("TEST TSA Old", not_after=at - minute))
    expired = world.time_stamper("TEST TSA, expired", not_after=SIGNED_AT + 6 * hour)
    yield "since-expired", stamped(tsa=expired)
    unknown = world.issuing_ca("stray-tsa-root", "TEST Stray TSA Root", parent=None)
    yield "stray", stamped(tsa=world.time_stamper("TEST Stray TSA", issuer=unknown))
    stranger = World(SIGNED_AT, seed=f"another {SEED}", base_url=world.base_url)
    yield "same-name", stamped(tsa=stranger.tsa)


def _by_cms(openssl: OpenSsl, stage: Stage, covered: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what `openssl cms` signs of the content of a good token: not everything is a time-stamp
    that is signed.
    """
    world = stage.world
    good = openssl.token(covered, at=SIGNED_AT, tsa=world.tsa)
    whole, content = openssl.path("good.der"), openssl.path("content.der")
    whole.write_bytes(good)
    read = ("cms", "-verify", "-noverify", "-inform", "DER", "-in", whole, "-binary")
    openssl.run(*read, "-out", content)

    def signed(
        *words: str,
        by: tuple[Identity, ...] = (world.tsa,),
        at: datetime = SIGNED_AT,
    ) -> bytes:
        out = openssl.path("cms.der")
        signers = [
            word
            for one in by
            for word in (
                "-signer",
                openssl.certificate(one.certificate_der),
                "-inkey",
                openssl.key(one.key),
            )
        ]
        openssl.run(
            *("cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-md", "sha256"),
            *(
                "-econtent_type",
                _TST_INFO,
                "-in",
                content,
                "-outform",
                "DER",
                "-out",
                out,
                *signers,
                *words,
            ),
            at=at,
        )
        return out.read_bytes()

    yield "cms", signed("-cades")
    yield "cms-unbound", signed()
    yield "cms-without-attributes", signed("-noattr")
    yield "cms-by-key-identifier", signed("-cades", "-keyid")
    yield "cms-indefinite", signed("-cades", "-stream")
    yield "cms-pss", signed("-cades", "-keyopt", "rsa_padding_mode:pss")
    yield (
        "cms-two-signers",
        signed("-cades", by=(world.tsa, world.time_stamper("TEST TSA 02", key="ec"))),
    )
    yield "changed-time", good.replace(b"20260601030000Z", b"20250601030000Z")
    yield from _by_unfit(stage, signed)


def _by_unfit(stage: Stage, signed: Any) -> Iterator[tuple[str, bytes]]:
    world = stage.world
    unfit = world.time_stamper("TEST TSA without purpose", extended_key_usage=())
    wide = world.time_stamper(
        "TEST TSA with two purposes", extended_key_usage=("time_stamping", "email_protection")
    )
    loose = world.time_stamper("TEST TSA not critical", is_extended_key_usage_critical=False)
    yield "cms-without-purpose", signed("-cades", by=(unfit,))
    yield "cms-two-purposes", signed("-cades", by=(wide,))
    yield "cms-purpose-not-critical", signed("-cades", by=(loose,))
    yield "cms-by-principal", signed("-cades", by=(stage.holder(CBQL),))
