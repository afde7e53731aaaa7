"""Area path: does the signer's certificate lead to an anchor, and is it one for signing."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from asn1crypto import core, x509

from hocba_sign.testing import CertificateAuthority, Identity, World
from hocba_sign.testing.identity import pem
from hocba_sign.testing.keys import InsecureKey, sign_octets
from tools.vectors.case import WORLD, Case
from tools.vectors.openssl_holders import BY_OPENSSL, authority, holder
from tools.vectors.stage import CBQL, LISTED_AT, SIGNED_AT, Stage

_SPEC = "RFC 5280, 6.1; EN 319 102-1, 5.2.6"
YEAR = timedelta(days=365)


def cases(stage: Stage) -> Iterator[Case]:
    yield from _trust(stage)
    yield from _principal_certificates(stage)
    yield from _authorities(stage)


def unproven_path(
    name: str, texts: tuple[str, str], document: bytes, cause: str, sub: str | None, **settings: Any
) -> Case:
    title, why = texts
    expected: dict[str, object] = {"indication": "INDETERMINATE", "intact": True}
    if sub is not None:
        expected["sub_indication"] = sub
    return Case(
        identifier=f"path/{name}",
        title=title,
        why=why,
        spec=_SPEC,
        document=document,
        verdict="INDETERMINATE",
        causes=(cause,),
        signatures={"CBQL": expected},
        twin="format/issued-secondary",
        **settings,
    )


def _trust(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    yield unproven_path(
        "unknown-root",
        ("The anchors given are others", "Nobody vouches for the signers"),
        issued,
        "PATH.NO_CHAIN",
        "NO_CERTIFICATE_CHAIN_FOUND",
        trust=(f"{WORLD}/trust/tsa-root.pem",),
    )
    yield unproven_path(
        "no-intermediate",
        ("The issuing authority's certificate is missing", "The path cannot be built"),
        issued,
        "PATH.NO_CHAIN",
        "NO_CERTIFICATE_CHAIN_FOUND",
        cert=(f"{WORLD}/cert/government-ca.pem",),
    )
    stranger = World(SIGNED_AT, seed="another world", base_url=stage.world.base_url)
    forged = {
        f"trust/{slug}.pem": pem(stranger.authority(slug).certificate_der)
        for slug in ("national-root", "government-root")
    }
    yield unproven_path(
        "root-of-the-same-name",
        (
            "The anchors given have the right names and other keys",
            "Names prove nothing; two impostor roots circulate",
        ),
        issued,
        "PATH.NO_CHAIN",
        "NO_CERTIFICATE_CHAIN_FOUND",
        files=forged,
        trust=("trust",),
    )
    impostor = stage.world.impostor("public-ca")
    yield unproven_path(
        "authority-of-the-same-name",
        (
            "The principal's certificate is by an impostor of the issuing authority",
            "Names prove nothing",
        ),
        stage.forged_at(CBQL, principal(stage, issuer=impostor)),
        "PATH.NO_CHAIN",
        "NO_CERTIFICATE_CHAIN_FOUND",
    )
    self_signed = stage.world.issuing_ca("stray-root", "TEST Stray Root", parent=None)
    yield unproven_path(
        "self-made-root",
        ("The principal's certificate is by a root that nobody trusts", "Anybody can make one"),
        stage.forged_at(CBQL, principal(stage, issuer=self_signed)),
        "PATH.NO_CHAIN",
        "NO_CERTIFICATE_CHAIN_FOUND",
        files={"cert/stray-root.pem": pem(self_signed.certificate_der)},
        cert=(f"{WORLD}/cert", "cert"),
    )


def principal(stage: Stage, **options: object) -> Identity:
    person = stage.transcript().signers.principal
    return stage.world.person(person.full_name, person.personal_id, **options)  # type: ignore[arg-type]  # handed through to PersonOptions


def _principal_certificates(stage: Stage) -> Iterator[Case]:
    def with_options(
        name: str,
        texts: tuple[str, str],
        cause: str,
        sub: str | None,
        *,
        certificate: str | None = None,
        **options: object,
    ) -> Case:
        person = principal(stage, **options) if certificate is None else holder(stage, certificate)
        facts = {} if certificate is None else {"origin": BY_OPENSSL}
        return unproven_path(name, texts, stage.forged_at(CBQL, person), cause, sub, **facts)

    bounds, constraints = "OUT_OF_BOUNDS_NO_POE", "CHAIN_CONSTRAINTS_FAILURE"
    yield with_options(
        "expired",
        ("The principal's certificate had expired", "Nothing shows that it was signed before"),
        "PATH.EXPIRED",
        bounds,
        certificate="expired",
    )
    yield with_options(
        "not-yet-valid",
        ("The principal's certificate begins later", "The key had no certificate"),
        "PATH.NOT_YET_VALID",
        bounds,
        certificate="not-yet-valid",
    )
    yield with_options(
        "wrong-key-usage",
        (
            "The principal's certificate is for encryption only",
            "The holder never agreed to sign with it",
        ),
        "PATH.KEY_USAGE",
        constraints,
        certificate="for-encryption",
    )
    yield with_options(
        "sha1-certificate",
        (
            "The principal's certificate is signed with SHA-1",
            "Certificates with colliding digests have been made",
        ),
        "PATH.WEAK_ALGORITHM",
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        certificate="signed-sha1",
    )
    yield with_options(
        "leaf-that-may-issue",
        (
            "The principal's certificate may sign certificates without being an authority",
            "Against RFC 5280, 4.2.1.9",
        ),
        "PATH.KEY_CERT_SIGN_WITHOUT_CA",
        None,
        certificate="may-issue",
    )
    yield with_options(
        "critical-authority-information",
        (
            "authorityInfoAccess is critical in the principal's certificate",
            "Against RFC 5280, 4.2.2.1",
        ),
        "PATH.CRITICAL_AIA",
        None,
        is_aia_critical=True,
    )
    yield Case(
        identifier="path/signing-without-non-repudiation",
        title="The principal's certificate has digitalSignature alone",
        why="Either bit is enough for signing",
        spec="RFC 5280, 4.2.1.3",
        document=stage.forged_at(CBQL, principal(stage, key_usage=("digital_signature",))),
        verdict="VALID",
        twin="path/wrong-key-usage",
    )


def _authorities(stage: Stage) -> Iterator[Case]:
    def by(
        name: str,
        texts: tuple[str, str],
        above: CertificateAuthority | str,
        cause: str,
        sub: str | None,
    ) -> Case:
        if isinstance(above, str):
            person, facts = holder(stage, f"by-{above}"), authority(f"by-{above}")
            document, origin = stage.forged_at(CBQL, person), BY_OPENSSL
            return unproven_path(name, texts, document, cause, sub, origin=origin, **facts)
        chain = {f"cert/{number}.pem": pem(der) for number, der in enumerate(above.chain_der[:-1])}
        lists = {f"evidence/{above.slug}.crl": stage.world.crl(above, LISTED_AT)}
        return unproven_path(
            name,
            texts,
            stage.forged_at(CBQL, principal(stage, issuer=above)),
            cause,
            sub,
            files={**chain, **lists},
            cert=(f"{WORLD}/cert", "cert"),
            crl=(f"{WORLD}/crl", "evidence"),
        )

    world = stage.world
    general = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    yield by(
        "authority-expired",
        ("The issuing authority's certificate had expired", "Its certificates fell with it"),
        "ended",
        "PATH.CA_EXPIRED",
        "OUT_OF_BOUNDS_NO_POE",
    )
    yield by(
        "authority-not-yet-valid",
        ("The issuing authority's certificate begins later", "It may not issue yet"),
        "early",
        "PATH.CA_NOT_YET_VALID",
        "OUT_OF_BOUNDS_NO_POE",
    )
    yield by(
        "authority-may-not-issue",
        ("The issuing authority lacks keyCertSign", "It may not sign certificates"),
        "may-not-issue",
        "PATH.CA_KEY_USAGE",
        "CHAIN_CONSTRAINTS_FAILURE",
    )
    below = world.issuing_ca("below-ca", "TEST CA Below", parent="public-ca")
    yield by(
        "path-too-long",
        ("An authority below one that may have none below it", "pathLenConstraint 0"),
        below,
        "PATH.LENGTH",
        general,
    )
    yield by(
        "not-an-authority",
        ("The principal's certificate is issued by a teacher", "A leaf may not issue"),
        "no-authority",
        "PATH.NOT_A_CA",
        general,
    )
    yield by(
        "name-constraints",
        ("The authority may issue for other countries only", "nameConstraints"),
        "other-country",
        "PATH.NAME_CONSTRAINTS",
        general,
    )


def with_extension(identifier: str, value: Any, *, is_critical: bool) -> Callable[[Any], None]:
    def edit(fields: Any) -> None:
        fields["extensions"].append(
            {
                "extn_id": identifier,
                "critical": is_critical,
                "extn_value": core.ParsableOctetString(value.dump()),
            }
        )

    return edit


def reissued(
    certificate_der: bytes, signing_key: InsecureKey | None, edit: Callable[[Any], None]
) -> bytes:
    """Return a certificate with its fields edited, signed again; with the old signature where there
    is no `signing_key`.
    """
    certificate = x509.Certificate.load(certificate_der)
    fields = certificate["tbs_certificate"]
    edit(fields)
    octets = fields.dump(force=True)
    signature = (
        certificate["signature_value"].native
        if signing_key is None
        else sign_octets(signing_key, octets, digest="sha256")
    )
    signed = x509.Certificate(
        {
            "tbs_certificate": fields,
            "signature_algorithm": fields["signature"],
            "signature_value": signature,
        }
    )
    return bytes(signed.dump())
