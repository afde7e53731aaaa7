"""Area algorithm: what a signature may be made with."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from hocba_sign.crypto.algorithms import (
    ECDSA_SHA256,
    RSA_PSS_SHA256,
    SignatureAlgorithm,
    signature_algorithm,
)
from hocba_sign.crypto.digests import SHA384, SHA512, digest_algorithm
from hocba_sign.testing import Identity
from hocba_sign.testing.certificates import CertificateProfile, issue
from hocba_sign.testing.profiles import SIGNER_KEY_USAGE
from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case
from tools.vectors.stage import CBQL, SEAL, SIGNED_AT, Stage, signature_octets, swapped

_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_PSS = "http://www.w3.org/2007/05/xmldsig-more#"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_TS = "TS 119 312; TT 15/2025"
_WEAK = {
    "indication": "INDETERMINATE",
    "sub_indication": "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
    "intact": True,
}


def cases(stage: Stage) -> Iterator[Case]:
    yield from _accepted(stage)
    yield from _weak(stage)
    yield from _unknown(stage)


def _principal(stage: Stage, **options: object) -> Identity:
    person = stage.transcript().signers.principal
    return stage.world.person(person.full_name, person.personal_id, **options)  # type: ignore[arg-type]  # handed through to PersonOptions


def _p384(stage: Stage) -> Identity:
    """Return the principal a P-384 key, which the test world does not make by itself."""
    person = stage.transcript().signers.principal
    key = ec.derive_private_key(0x5EED << 300 | 0x704, ec.SECP384R1())
    authority = stage.world.authority("public-ca")
    profile = CertificateProfile(
        subject=(
            ("country_name", "VN"),
            ("common_name", person.full_name),
            ("user_id", f"CCCD:{person.personal_id}"),
        ),
        not_before=SIGNED_AT.replace(year=2025),
        not_after=SIGNED_AT.replace(year=2028),
        key_usage=SIGNER_KEY_USAGE,
    )
    der = issue(profile, key, issuer=authority.issuer)
    return Identity(
        name=person.full_name,
        certificate_der=der,
        key=key,
        chain_der=(der, *authority.chain_der),
        authority="public-ca",
        serial=stage.certificate(der).serial_number,
    )


def _accepted(stage: Stage) -> Iterator[Case]:
    def accepted(
        name: str,
        title: str,
        signer: Identity | None,
        algorithm: SignatureAlgorithm | None,
        shown: str,
    ) -> Case:
        return Case(
            identifier=f"algorithm/{name}",
            title=title,
            why="Selectable beside RSA PKCS#1 v1.5",
            spec=_TS,
            document=stage.forged_at(CBQL, signer, algorithm=algorithm),
            verdict="VALID",
            signatures={"CBQL": {"indication": "TOTAL_PASSED", "algorithm": shown}},
            twin="algorithm/key-of-another-kind",
        )

    yield accepted(
        "rsa-pss", "The principal signs with RSA-PSS", None, RSA_PSS_SHA256, "rsa-pss-sha256"
    )
    sha512 = signature_algorithm(_PSS + "sha512-rsa-MGF1")
    parameters = (
        f'<p:RSAPSSParams xmlns:p="{_PSS}"><d:DigestMethod xmlns:d="{_DSIG}" '
        f'Algorithm="{SHA512.uri}"/>'
        f'<p:MaskGenerationFunction Algorithm="{_PSS}MGF1"><d:DigestMethod '
        f'xmlns:d="{_DSIG}" Algorithm="{SHA512.uri}"/>'
        "</p:MaskGenerationFunction><p:SaltLength>64</p:SaltLength></p:RSAPSSParams>"
    )

    def parametrised(signature: Element) -> None:
        method = next(signature.iter(names.SIGNATURE_METHOD))
        method.set("Algorithm", f"{_PSS}rsa-pss")
        method.append(etree.fromstring(parameters))

    yield Case(
        identifier="algorithm/rsa-pss-with-parameters",
        title="The principal signs with RSA-PSS, SHA-512, stated as parameters",
        why=(
            "The other way to name PSS in XML; parameters that are read over would fail a "
            "good signature"
        ),
        spec="RFC 9231, 2.3.9",
        document=stage.forged_at(CBQL, algorithm=sha512, before_value=parametrised),
        verdict="VALID",
        twin="algorithm/rsa-pss-with-pkcs1-value",
    )
    yield accepted(
        "rsa-sha512",
        "The principal signs with RSA and SHA-512",
        None,
        signature_algorithm(_MORE + "rsa-sha512"),
        "rsa-sha512",
    )
    yield accepted(
        "ecdsa-p256",
        "The principal signs with ECDSA P-256",
        _principal(stage, key="ec"),
        None,
        "ecdsa-sha256",
    )
    yield accepted(
        "ecdsa-p384", "The principal signs with ECDSA P-384", _p384(stage), None, "ecdsa-sha384"
    )
    for digest in (SHA384, SHA512):
        yield Case(
            identifier=f"algorithm/digest-{digest.name}",
            title=f"The principal's references are digested with {digest.name}",
            why="Selectable beside SHA-256",
            spec=_TS,
            document=stage.forged_at(CBQL, digest_algorithm=digest),
            verdict="VALID",
            twin="algorithm/digest-sha1",
        )
    yield Case(
        identifier="algorithm/rsa-3072",
        title="The principal has an RSA key of 3,072 bits",
        why="The size that outlives 2028",
        spec=_TS,
        document=stage.forged_at(CBQL, _principal(stage, key="rsa3072")),
        verdict="VALID",
        twin="algorithm/rsa-1024",
    )


def _weak(stage: Stage) -> Iterator[Case]:
    def weak(name: str, title: str, why: str, document: bytes) -> Case:
        return Case(
            identifier=f"algorithm/{name}",
            title=title,
            why=why,
            spec=f"{_TS}; EN 319 102-1, 5.2.8",
            document=document,
            verdict="INDETERMINATE",
            causes=("CRYPTO.NOT_ACCEPTABLE",),
            signatures={"CBQL": _WEAK},
            twin="format/issued-secondary",
        )

    sha1 = signature_algorithm(_DSIG + "rsa-sha1")
    yield weak(
        "rsa-sha1",
        "The principal signs with RSA and SHA-1",
        "Collisions are affordable",
        stage.forged_at(CBQL, algorithm=sha1),
    )
    digested = stage.forged_at(CBQL, digest_algorithm=digest_algorithm(_DSIG + "sha1"))
    yield weak(
        "digest-sha1",
        "The principal's references are digested with SHA-1",
        "A strong value over weak digests is weak",
        digested,
    )
    yield weak(
        "rsa-1024",
        "The principal has an RSA key of 1,024 bits",
        "Too short since 2010",
        stage.forged_at(CBQL, _principal(stage, key="rsa1024")),
    )


def _unknown(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    sealed = signature_octets(issued, SEAL)

    def named(uri: str) -> bytes:
        return issued.replace(sealed, swapped(sealed, f'"{_MORE}rsa-sha256"', f'"{uri}"'))

    def refused(name: str, title: str, why: str, document: bytes, cause: str) -> Case:
        return Case(
            identifier=f"algorithm/{name}",
            title=title,
            why=why,
            spec="EN 319 102-1, 5.2.7",
            document=document,
            verdict="INDETERMINATE",
            causes=(cause,),
            signatures={"KY_PHAT_HANH": {"indication": "INDETERMINATE", "intact": False}},
            twin="format/issued-secondary",
        )

    yield refused(
        "unknown",
        "The seal names a signature algorithm that nobody knows",
        "Nothing can be proven, right or wrong",
        named("urn:example:none"),
        "CRYPTO.UNKNOWN_ALGORITHM",
    )
    why = "With the public key as secret, anybody could make the value"
    yield refused(
        "hmac",
        "The seal names an HMAC",
        why,
        named(_DSIG + "hmac-sha1"),
        "CRYPTO.UNSUPPORTED_ALGORITHM",
    )

    def ecdsa(signature: Element) -> None:
        next(signature.iter(names.SIGNATURE_METHOD)).set("Algorithm", ECDSA_SHA256.uri or "")

    yield Case(
        identifier="algorithm/key-of-another-kind",
        title="The seal claims ECDSA with an RSA key",
        why=(
            "Both are known, and no key of one kind makes a value of the other: the "
            "verification fails"
        ),
        spec="EN 319 102-1, 5.2.7.4",
        document=stage.forged_at(SEAL, before_value=ecdsa),
        verdict="INVALID",
        causes=("CRYPTO.KEY_MISMATCH",),
        signatures={
            "KY_PHAT_HANH": {
                "indication": "TOTAL_FAILED",
                "sub_indication": "SIG_CRYPTO_FAILURE",
                "intact": False,
            }
        },
        twin="format/issued-secondary",
    )

    def padded(signature: Element) -> None:
        next(signature.iter(names.SIGNATURE_METHOD)).set("Algorithm", RSA_PSS_SHA256.uri or "")

    yield Case(
        identifier="algorithm/rsa-pss-with-pkcs1-value",
        title="The seal claims RSA-PSS, but its value is made by PKCS#1 v1.5",
        why=(
            "The method named is the method verified; trying others would be a second "
            "chance for a forger"
        ),
        spec="RFC 8017, 8.1.2; RFC 9231, 2.3.10",
        document=stage.forged_at(SEAL, before_value=padded),
        verdict="INVALID",
        causes=("SIG.VALUE",),
        signatures={
            "KY_PHAT_HANH": {"indication": "TOTAL_FAILED", "sub_indication": "SIG_CRYPTO_FAILURE"}
        },
        twin="algorithm/rsa-pss",
    )

    def odd_digest(signature: Element) -> None:
        method = signature.find(f"{names.SIGNED_INFO}/{names.REFERENCE}/{names.DIGEST_METHOD}")
        assert method is not None
        method.set("Algorithm", "urn:example:none")

    yield refused(
        "unknown-digest",
        "The seal digests #data with a function that nobody knows",
        "Nothing can be proven, right or wrong",
        stage.forged_at(SEAL, before_value=odd_digest),
        "CRYPTO.UNKNOWN_ALGORITHM",
    )
