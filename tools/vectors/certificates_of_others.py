"""Area path, third part: certificates that OpenSSL issued, with the keys of the world's
authorities or below its national root.
"""

from collections.abc import Iterator
from typing import Any, Final

from tools.vectors.case import Case, Verdict
from tools.vectors.openssl_holders import BY_OPENSSL, authority, holder
from tools.vectors.stage import CBQL, Stage

_SPEC: Final = "RFC 5280, 4.1, 4.2 and 6.1"
_GENERAL: Final = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
_GOOD: Final = (
    ("plain", "OpenSSL's usual certificate of a person", "certificate-forged"),
    ("other-name", "An alternative name of an unknown kind", "unknown-critical-extension"),
    ("mail-address", "A mail address as an alternative name", "unknown-critical-extension"),
    ("policy", "A certificate policy that nobody asks for", "by-only-other-policy"),
    (
        "policy-critical",
        "A critical certificate policy, which every verifier of paths knows",
        "unknown-critical-extension",
    ),
    ("policy-text", "Two policies, one with the address of a statement", "by-only-other-policy"),
    (
        "for-mail-and-sign-in",
        "Extended key usage for mail and sign-in, as on tokens of people",
        "for-agreement",
    ),
    ("non-repudiation", "nonRepudiation alone", "for-agreement"),
    ("usage-not-critical", "Key usage that is not critical", "for-agreement"),
    (
        "without-key-identifiers",
        "No key identifiers: only names and signatures join the path",
        "authority-of-the-same-name",
    ),
    (
        "issuer-and-serial",
        "The issuer's certificate is named by issuer and number too",
        "authority-of-the-same-name",
    ),
    ("statement", "A statement of a qualified certificate", "unknown-critical-extension"),
    ("key-rsa4096", "An RSA key of 4,096 bits", "signed-md5"),
    ("key-p521", "A key on P-521", "signed-md5"),
    ("signed-sha384", "Issued with SHA-384", "signed-md5"),
    ("signed-sha512", "Issued with SHA-512", "signed-md5"),
    ("signed-pss", "Issued with RSA-PSS", "signed-md5"),
    ("without-end", "No end of validity: 31 December 9999", "expired"),
    ("long-serial", "A serial number of twenty octets", "certificate-forged"),
    ("title-and-school", "Title and school beside the name", "certificate-forged"),
)
_BAD: Final = (
    (
        "for-agreement",
        "For key agreement only",
        "PATH.KEY_USAGE",
        "CHAIN_CONSTRAINTS_FAILURE",
        "non-repudiation",
    ),
    (
        "signed-md5",
        "Issued with MD5",
        "PATH.WEAK_ALGORITHM",
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        "signed-sha384",
    ),
)
_AUTHORITIES: Final = (
    ("by-rsa4096", "Issued by an authority with RSA of 4,096 bits", "path-too-long"),
    ("by-p256", "Issued by an authority on P-256", "path-too-long"),
    ("by-p384", "Issued by an authority on P-384", "path-too-long"),
    ("by-p521", "Issued by an authority on P-521", "path-too-long"),
    ("by-own-country", "Issued by an authority for names in Vietnam only", "name-constraints"),
    (
        "by-without-this-mail",
        "Issued by an authority that may not name one mail domain",
        "name-constraints",
    ),
)


def cases(stage: Stage) -> Iterator[Case]:
    def case(name: str, title: str, why: str, verdict: Verdict, twin: str, **facts: Any) -> Case:
        kind = name.partition("key-")[2] or None
        return Case(
            identifier=f"path/{name}",
            title=f"The principal's certificate: {title[0].lower()}{title[1:]}",
            why=why,
            spec=_SPEC,
            document=stage.forged_at(
                CBQL, holder(stage, name, key=kind if name != "without-key-identifiers" else None)
            ),
            verdict=verdict,
            twin=f"path/{twin}",
            origin=BY_OPENSSL,
            **facts,
        )

    for name, title, twin in _GOOD:
        yield case(name, title, "The profile allows it", "VALID", twin)
    for name, title, cause, sub, twin in _BAD:
        expected = {"indication": "INDETERMINATE", "sub_indication": sub, "intact": True}
        why = "The path does not hold"
        facts: dict[str, Any] = {"causes": (cause,), "signatures": {"CBQL": expected}}
        yield case(name, title, why, "INDETERMINATE", twin, **facts)
    for name, title, twin in _AUTHORITIES:
        yield case(name, title, "The path holds up to the root", "VALID", twin, **authority(name))
    yield case(
        "by-only-other-policy",
        "Issued without the policy that its authority demands of every path",
        "requireExplicitPolicy: without a common policy there is no valid path",
        "INDETERMINATE",
        "by-own-country",
        causes=("PATH.POLICY",),
        signatures={"CBQL": {"sub_indication": "CHAIN_CONSTRAINTS_FAILURE", "intact": True}},
        **authority("by-only-other-policy"),
    )
    yield from _names(stage)


def _names(stage: Stage) -> Iterator[Case]:
    for name, title, verdict, causes in (
        ("upper-case-name", "The name is written in capitals", "VALID", ()),
        (
            "other-name-of-person",
            "Another name, the right number",
            "INDETERMINATE",
            ("WF.SIGNER_NAME",),
        ),
        ("other-number", "The right name, another number", "INVALID", ("WF.SIGNER_MISMATCH",)),
    ):
        yield Case(
            identifier=f"signer/certificate-{name}",
            title=f"The principal's certificate: {title[0].lower()}{title[1:]}",
            why="A certificate names the holder by name and number",
            spec="docs/reference/format.md: signer against content",
            document=stage.forged_at(CBQL, holder(stage, name)),
            verdict=verdict,  # type: ignore[arg-type]  # one of Verdict
            causes=causes,
            origin=BY_OPENSSL,
            twin="signer/certificate-upper-case-name"
            if causes
            else "signer/certificate-other-number",
        )
