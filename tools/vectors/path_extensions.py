"""Area path, second part: extensions of certificates that are odd or unknown."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from asn1crypto import core, x509

from hocba_sign.testing import Identity
from hocba_sign.testing.keys import InsecureKey
from tools.vectors.case import Case
from tools.vectors.openssl_holders import BY_OPENSSL, holder
from tools.vectors.paths import YEAR, principal, reissued, unproven_path
from tools.vectors.stage import CBQL, SIGNED_AT, Stage


def cases(stage: Stage) -> Iterator[Case]:
    yield from _odd_extensions(stage)


def edited_principal(
    stage: Stage, edit: Callable[[Any], None], *, signing_key: InsecureKey | None = None
) -> Identity:
    """Return the principal a certificate with its fields edited, signed by the authority or with
    `signing_key`.
    """
    plain = principal(stage)
    der = reissued(
        plain.certificate_der, signing_key or stage.world.authority("public-ca").key, edit
    )
    return replace(plain, certificate_der=der, chain_der=(der, *plain.chain_der[1:]))


def _edited(stage: Stage, edit: Callable[[Any], None]) -> Identity:
    plain = principal(stage)
    der = reissued(plain.certificate_der, None, edit)
    return replace(plain, certificate_der=der, chain_der=(der, *plain.chain_der[1:]))


def _odd_extensions(stage: Stage) -> Iterator[Case]:
    general = "CERTIFICATE_CHAIN_GENERAL_FAILURE"

    yield unproven_path(
        "certificate-forged",
        (
            "The principal's certificate names the right authority and is signed with another key",
            "Names prove nothing",
        ),
        stage.forged_at(CBQL, holder(stage, "another-key")),
        "PATH.SIGNATURE",
        general,
        origin=BY_OPENSSL,
    )

    def longer(fields: Any) -> None:
        fields["validity"]["not_after"] = x509.Time(
            name="utc_time", value=core.UTCTime(SIGNED_AT + 9 * YEAR)
        )

    stretched = _edited(stage, longer)
    yield unproven_path(
        "certificate-changed",
        (
            "The end of the principal's certificate is changed",
            "What the authority signed was another end",
        ),
        stage.forged_at(CBQL, stretched),
        "PATH.SIGNATURE",
        general,
    )

    def versionless(fields: Any) -> None:
        fields["version"] = "v1"

    first = edited_principal(stage, versionless)
    yield unproven_path(
        "version-1-with-extensions",
        ("The principal's certificate is of version 1 and has extensions", "Version 1 knows none"),
        stage.forged_at(CBQL, first),
        "PATH.PROFILE",
        None,
    )

    def nameless(fields: Any) -> None:
        fields["signature"] = {"algorithm": "1.3.6.1.4.1.32473.704.3"}

    odd = edited_principal(stage, nameless)
    yield unproven_path(
        "certificate-of-unknown-algorithm",
        (
            "The principal's certificate is signed by an algorithm that nobody knows",
            "Nothing can be proven",
        ),
        stage.forged_at(CBQL, odd),
        "PATH.UNSUPPORTED_ALGORITHM",
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
    )
    yield unproven_path(
        "unknown-critical-extension",
        (
            "The principal's certificate makes a critical demand that nobody knows",
            "It may forbid just this use",
        ),
        stage.forged_at(CBQL, holder(stage, "unknown-critical")),
        "PATH.CRITICAL_EXTENSION",
        general,
        origin=BY_OPENSSL,
    )
    yield Case(
        identifier="path/unknown-extension",
        title="The principal's certificate has an extension that nobody knows and nobody must",
        why="Not critical: to be ignored",
        spec="RFC 5280, 4.2",
        document=stage.forged_at(CBQL, holder(stage, "unknown")),
        origin=BY_OPENSSL,
        verdict="VALID",
        twin="path/unknown-critical-extension",
    )
