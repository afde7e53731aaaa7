"""The principal with certificates that OpenSSL issued."""

from dataclasses import replace
from typing import Any, Final

from hocba_sign.testing import Identity
from hocba_sign.testing.identity import pem
from tools.vectors.case import WORLD
from tools.vectors.others_world import WRITERS, by_openssl, holder_key
from tools.vectors.stage import CBQL, Stage

BY_OPENSSL: Final = WRITERS["openssl"]


def holder(stage: Stage, name: str, *, key: str | None = None) -> Identity:
    """Return the principal with a certificate by OpenSSL."""
    usual, der = stage.holder(CBQL), by_openssl("certificate", name)
    return replace(
        usual,
        certificate_der=der,
        key=usual.key if key is None else holder_key(key),
        chain_der=(der, *usual.chain_der[1:]),
    )


def authority(name: str) -> dict[str, Any]:
    """Return the facts of a case with an authority by OpenSSL: its certificate and its list."""
    certificate = by_openssl("certificate", f"{name}-authority")
    return {
        "files": {
            "cert/authority.pem": pem(certificate),
            "evidence/authority.crl": by_openssl("certificate", f"{name}-list"),
        },
        "cert": (f"{WORLD}/cert", "cert"),
        "crl": (f"{WORLD}/crl", "evidence"),
    }
