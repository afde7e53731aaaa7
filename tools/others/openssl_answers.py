"""The OCSP responses about the principal's certificate that OpenSSL makes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from hocba_sign.testing import Identity
from tools.others.openssl import OpenSsl
from tools.vectors.stage import CBQL, GVCN, JUDGED_AT, LISTED_AT, SIGNED_AT, Stage

_DAYS_AGO = SIGNED_AT - timedelta(days=3)
_PLAIN = ("-no_nonce", "-ndays", "1")


def answers(openssl: OpenSsl, stage: Stage) -> Iterator[tuple[str, bytes]]:
    """Yield responses by their names; the first two are about the two teachers."""
    world = stage.world
    authority, principal = world.authority("public-ca"), stage.holder(CBQL)
    teachers = (stage.holder(stage.teacher), stage.holder(GVCN))

    def answered(
        *words: str | Path, of: tuple[Identity, ...] = (principal,), **options: Any
    ) -> bytes:
        given: dict[str, Any] = {"at": LISTED_AT, "known": tuple(one.serial for one in of)}
        ders = tuple(one.certificate_der for one in of)
        said = words or _PLAIN
        return openssl.answer(
            options.pop("by", authority), ders, *map(str, said), **{**given, **options}
        )

    for number, teacher in enumerate(teachers):
        yield f"teacher-{number}", answered("-no_nonce", "-ndays", "7", of=(teacher,))
    yield "good", answered()
    yield "of-everybody", answered(of=(*teachers, principal))
    gone: dict[str, Any] = {
        "known": (),
        "entries": ((principal.serial, _DAYS_AGO, "keyCompromise"),),
    }
    yield (
        "one-of-three-revoked",
        answered(
            of=(*teachers, principal), **{**gone, "known": tuple(one.serial for one in teachers)}
        ),
    )
    for hashed in ("sha256", "sha512"):
        yield f"hashed-{hashed}", answered(hashed=hashed)
    for hashed in ("sha384", "sha512"):
        yield f"signed-{hashed}", answered(*_PLAIN, "-rmd", hashed)
    yield "hashed-sha256-revoked", answered(hashed="sha256", **gone)
    yield "signed-sha1", answered(*_PLAIN, "-rmd", "sha1")
    yield "signed-pss", answered(*_PLAIN, "-rsigopt", "rsa_padding_mode:pss")
    yield "with-nonce", answered("-ndays", "1")
    yield "named-by-key", answered(*_PLAIN, "-resp_key_id")
    yield "without-certificates", answered(*_PLAIN, "-resp_no_certs")
    yield "without-end", answered("-no_nonce")
    yield "revoked", answered(**gone)
    for reason in ("", "superseded", "certificateHold"):
        entries = ((principal.serial, _DAYS_AGO, reason),)
        name = reason.lower() or "without-reason"
        yield f"revoked-{name}", answered(known=(), entries=entries)
    late = ((principal.serial, SIGNED_AT + timedelta(hours=2), "superseded"),)
    yield "revoked-after-signing", answered(known=(), entries=late)
    yield "unknown", answered(known=())
    yield "bad-signature", answered(*_PLAIN, "-badsig")
    yield "stale", answered(at=SIGNED_AT - timedelta(days=5))
    yield "future", answered(at=JUDGED_AT + timedelta(days=1))
    yield "of-another", answered(of=(world.person("Trịnh Văn Lạ", "001099000777"),))
    yield (
        "of-another-authority",
        answered(by=world.authority("government-ca"), issuer=world.authority("government-ca")),
    )
    yield "refusal", openssl.refusal(authority)
    yield from _delegated(stage, answered, gone)


def _delegated(stage: Stage, answered: Any, gone: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    world, teacher = stage.world, stage.holder(stage.teacher)
    responder = world.responder("public-ca")
    yield "delegated", answered(signer=responder)
    yield "delegated-by-key", answered(*_PLAIN, "-resp_key_id", signer=responder)
    yield "delegated-without-certificate", answered(*_PLAIN, "-resp_no_certs", signer=responder)
    yield "delegated-revoked", answered(signer=responder, **gone)
    yield "by-teacher", answered(signer=teacher)
    yield "by-another-responder", answered(signer=world.responder("government-ca"))
    old = world.responder("public-ca", not_after=SIGNED_AT - timedelta(days=9))
    yield "by-expired", answered(signer=old)
    plain = world.responder("public-ca", extended_key_usage=("client_auth",))
    yield "by-unnamed", answered(signer=plain)
    yield "by-impostor", answered(signer=world.impostor("public-ca"))
