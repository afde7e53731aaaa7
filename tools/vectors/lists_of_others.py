"""Area revocation, third part, and evidence: lists that OpenSSL made, as the standard allows them
and as it does not.
"""

from collections.abc import Iterator
from typing import Any, Final

from hocba_sign.testing.forge import stamp
from tools.vectors.case import Case, Verdict
from tools.vectors.others_world import WRITERS, recorded
from tools.vectors.revocation import OTHER_LISTS, revocation_case
from tools.vectors.stage import CBQL, Stage

_NO_POE: Final = "REVOKED_NO_POE"
_GOOD: Final = (
    ("good", "plain", "OpenSSL's usual list", "Nobody is on it", "revoked"),
    ("sha384", "sha384", "The list is signed with SHA-384", "Authorities choose", "list-md5"),
    ("sha512", "sha512", "The list is signed with SHA-512", "Authorities choose", "list-md5"),
    ("pss", "pss", "The list is signed with RSA-PSS", "Authorities choose", "list-pss-revoked"),
    (
        "version-1",
        "version-1",
        "The list is of version 1, without extensions",
        "X.509 still knows it; signature, issuer and dates are all that 6.3 asks for",
        "list-version-1-revoked",
    ),
    (
        "without-number",
        "without-number",
        "The list has no number",
        "The number serves who issues and who reads deltas; 6.3 does not ask for it",
        "list-among-others",
    ),
    (
        "with-issuer-and-serial",
        "with-issuer-and-serial",
        "The list names its signer's certificate by issuer and number too",
        "A hint for who looks for the certificate",
        "list-forged-by-name",
    ),
    (
        "of-others",
        "of-others",
        "Forty neighbours of the principal's number are revoked",
        "A number is compared as a whole",
        "list-among-others",
    ),
    (
        "of-people",
        "user-only",
        "The list holds certificates of people only",
        "The principal is one of them",
        "list-of-attributes",
    ),
    (
        "own-point",
        "own-point",
        "The list names the distribution point of the principal's certificate",
        "It is the list that the certificate points at",
        "list-other-point",
    ),
    (
        "unknown-remark",
        "unknown-remark",
        "The list has an extension that nobody knows and nobody must",
        "Not critical: to be passed over",
        "list-with-unknown-demand",
    ),
)
_REVOKING: Final = (
    ("pss-revoked", "pss-revoked", "A list signed with RSA-PSS revokes", "list-pss"),
    ("version-1-revoked", "version-1-revoked", "A list of version 1 revokes", "list-version-1"),
    (
        "among-others",
        "among-others",
        "One of 41 revoked numbers in a row is the principal's",
        "list-of-others",
    ),
    ("revoked-unspecified", "revoked-unspecified", "Revoked without a reason", "list-good"),
    (
        "revoked-ca-compromise",
        "revoked-cacompromise",
        "Revoked for the reason cACompromise",
        "list-good",
    ),
    (
        "revoked-affiliation",
        "revoked-affiliationchanged",
        "Revoked: the principal changed school",
        "list-good",
    ),
    ("revoked-superseded", "revoked-superseded", "Revoked for a newer certificate", "list-good"),
    ("revoked-cessation", "revoked-cessationofoperation", "Revoked: no longer in use", "list-good"),
    (
        "revoked-invalid-since",
        "invalid-since",
        "Revoked, and said to be invalid for months",
        "list-good",
    ),
    (
        "own-point-revoked",
        "own-point-revoked",
        "The list of the certificate's own point revokes",
        "list-own-point",
    ),
    ("expired-revoked", "expired-revoked", "A list that has run out revokes", "list-expired"),
)
_UNUSABLE: Final = (
    ("md5", "md5", "The list is signed with MD5", "Collisions are free", "WEAK_ALGORITHM"),
    (
        "of-attributes",
        "attributes-only",
        "The list holds attribute certificates only",
        "It says nothing about people",
        "SCOPE",
    ),
    (
        "of-some-reasons",
        "some-reasons",
        "The list holds two reasons of revocation only",
        "The others stay unknown",
        "SCOPE",
    ),
    (
        "other-point",
        "other-point",
        "The list names another distribution point than the certificate",
        "It may hold other certificates",
        "SCOPE",
    ),
)
_FILES: Final = {
    "pem": "PEM",
    "text": "PEM behind its text for people",
    "pkcs7": "PKCS#7 without signers, DER",
    "pkcs7-pem": "PKCS#7 without signers, PEM",
    "base64": "Base64 in lines, without armour",
    "one-line": "Base64 in one line, without armour",
}


def by_openssl(*names: str, others: tuple[str, ...] = OTHER_LISTS) -> dict[str, Any]:
    """Return the facts of a case that is given lists of the people's authority by OpenSSL."""
    files = {f"evidence/{name}.crl": recorded("openssl", f"list/{name}") for name in names}
    return {"files": files, "crl": (*others, *files), "origin": WRITERS["openssl"]}


def cases(stage: Stage) -> Iterator[Case]:
    document = recorded("xmlsec1", "data-exclusive.xml")

    def case(
        name: str, texts: tuple[str, str], verdict: Verdict, *causes: str, **facts: Any
    ) -> Case:
        given = {"document": document, **facts}
        return revocation_case(stage, name, texts, verdict, *causes, **given)

    for name, file, title, why, twin in _GOOD:
        yield case(
            f"list-{name}", (title, why), "VALID", twin=f"revocation/{twin}", **by_openssl(file)
        )
    for name, file, title, twin in _REVOKING:
        texts = (title, "Whatever the reason and the form, the principal is on it")
        facts = {"sub": _NO_POE, "twin": f"revocation/{twin}", **by_openssl(file)}
        yield case(f"list-{name}", texts, "INDETERMINATE", "REVOCATION.REVOKED", **facts)
    for name, file, title, why, cause in _UNUSABLE:
        facts = {"twin": "revocation/list-good", **by_openssl(file)}
        yield case(f"list-{name}", (title, why), "INDETERMINATE", f"REVOCATION.{cause}", **facts)
    yield case(
        "list-forged-by-name",
        ("A list with the authority's name and another key is the only one", "Names prove nothing"),
        "INDETERMINATE",
        "REVOCATION.SIGNATURE",
        twin="revocation/list-with-issuer-and-serial",
        **by_openssl("forged"),
    )
    yield from _later(stage, case, document)
    yield from _deltas(case)
    yield from _in_files(case)


def _later(stage: Stage, case: Any, document: bytes) -> Iterator[Case]:
    stamped = stamp(document, CBQL, token=stage.token)
    for name, file in (
        ("later", "revoked-after-signing"),
        ("superseded-later", "superseded-after-signing"),
    ):
        for is_stamped in (True, False):
            twin = f"revocation/list-{name}-{'un' if is_stamped else ''}stamped"
            facts = {"twin": twin, **by_openssl(file)}
            if not is_stamped:
                facts["sub"] = _NO_POE
            yield case(
                f"list-{name}-{'' if is_stamped else 'un'}stamped",
                (
                    f"Revoked two hours after signing, {'with' if is_stamped else 'without'} a time-stamp",
                    "Only a proven time before the revocation saves the signature",
                ),
                "VALID" if is_stamped else "INDETERMINATE",
                *(() if is_stamped else ("REVOCATION.REVOKED",)),
                **{**facts, "document": stamped if is_stamped else document},
            )


def _deltas(case: Any) -> Iterator[Case]:
    spec = "RFC 5280, 5.2.4 and 6.3.3"
    for base, verdict, causes, title in (
        (7, "VALID", (), "A hold, and a delta of this list that lifts it"),
        (
            9,
            "INDETERMINATE",
            ("REVOCATION.ON_HOLD",),
            "A hold, and a delta of a later list that lifts it",
        ),
    ):
        facts = {"sub": "TRY_LATER"} if causes else {}
        yield case(
            f"delta-{'lifts-hold' if base == 7 else 'of-another-list'}",
            (title, "A delta changes the lists from its base on, and no older one"),
            verdict,
            *causes,
            spec=spec,
            twin=f"revocation/delta-{'of-another-list' if base == 7 else 'lifts-hold'}",
            **facts,
            **by_openssl("hold", f"delta-{base}-lifting"),
        )
    yield case(
        "delta-revokes",
        ("A good list, and a delta of it that revokes", "The delta is the newer word"),
        "INDETERMINATE",
        "REVOCATION.REVOKED",
        spec=spec,
        sub=_NO_POE,
        twin="revocation/delta-lifts-hold",
        **by_openssl("plain", "delta-revoking"),
    )
    yield case(
        "hold-with-instruction",
        ("On hold, with an instruction to reject", "It is a hold all the same"),
        "INDETERMINATE",
        "REVOCATION.ON_HOLD",
        sub="TRY_LATER",
        twin="revocation/delta-lifts-hold",
        **by_openssl("hold-with-instruction"),
    )
    yield case(
        "two-lists-newer-revokes",
        ("A good list and a newer one that revokes", "The newer word counts"),
        "INDETERMINATE",
        "REVOCATION.REVOKED",
        sub=_NO_POE,
        twin="revocation/list-good",
        **by_openssl("plain", "newer-revoked"),
    )


def _in_files(case: Any) -> Iterator[Case]:
    """Yield each way to write a list into a file twice: nobody is on it, the principal is."""
    for form, words in _FILES.items():
        for kind in ("good", "revoked"):
            is_good = kind == "good"
            octets = recorded("openssl", f"list/file-{form}-{kind}")
            yield case(
                f"file-{form}-{kind}",
                (
                    f"The list as {words}; {'nobody' if is_good else 'the principal'} is on it",
                    "What a file is, its content says",
                ),
                "VALID" if is_good else "INDETERMINATE",
                *(() if is_good else ("REVOCATION.REVOKED",)),
                spec="RFC 5280, 6.3; docs/explanation/evidence.md",
                twin=f"revocation/file-{form}-{'revoked' if is_good else 'good'}",
                files={"evidence/list": octets},
                crl=(*OTHER_LISTS, "evidence/list"),
                origin=WRITERS["openssl"],
            )
