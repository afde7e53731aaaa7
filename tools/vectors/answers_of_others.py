"""Area revocation, fourth part: OCSP responses that OpenSSL made."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from hocba_sign.testing.forge import stamp
from hocba_sign.testing.identity import pem
from tools.vectors.case import WORLD, Case, Verdict
from tools.vectors.others_world import WRITERS, recorded
from tools.vectors.revocation import OTHER_LISTS, revocation_case
from tools.vectors.stage import CBQL, LISTED_AT, Stage

_SPEC: Final = "RFC 6960, 3.2; EN 319 102-1, 5.2.5"
_GOOD: Final = (
    ("hashed-sha256", "The certificate is named by SHA-256", "answer-hashed-sha256-revoked"),
    ("signed-sha384", "The response is signed with SHA-384", "answer-signed-sha1"),
    ("signed-sha512", "The response is signed with SHA-512", "answer-signed-sha1"),
    ("signed-pss", "The response is signed with RSA-PSS", "answer-signed-sha1"),
    ("with-nonce", "The response has a nonce that nobody here asked with", "answer-forged"),
    ("named-by-key", "The responder is named by its key", "answer-by-impostor"),
    (
        "without-certificates",
        "The authority's response carries no certificate",
        "answer-by-impostor",
    ),
    ("delegated-by-key", "A delegated responder is named by its key", "answer-by-unnamed"),
    (
        "without-end",
        "The response does not say until when; it is an hour old",
        "answer-without-end-old",
    ),
)
_REVOKING: Final = (
    ("hashed-sha256-revoked", "Named by SHA-256, revoked", "answer-hashed-sha256"),
    ("revoked-without-reason", "Revoked without a reason", "answer-good"),
    ("revoked-superseded", "Revoked for a newer certificate", "answer-good"),
    ("delegated-revoked", "A delegated responder says revoked", "answer-delegated"),
)
_UNUSABLE: Final = (
    ("signed-sha1", "The response is signed with SHA-1", "WEAK_ALGORITHM"),
    ("future", "The response was made after the time of validation", "TOO_NEW"),
    (
        "of-another-authority",
        "Another authority answers about its own certificate of this number",
        "WRONG_ISSUER",
    ),
    ("by-another-responder", "Another authority's responder answers", "RESPONDER"),
    ("by-expired", "The responder's certificate had expired", "RESPONDER"),
    (
        "by-unnamed",
        "The responder's certificate is by the authority, for something else",
        "RESPONDER",
    ),
    ("by-impostor", "A responder with the authority's name and another key answers", "RESPONDER"),
)


def answered(*names: str, suffix: str = "") -> dict[str, Any]:
    """Return the facts of a case in which OpenSSL answers about the teachers as good, and about the
    principal what `names` hold.
    """
    said = ("teacher-0", "teacher-1", *names)
    files = {f"evidence/{name}.ocsp": recorded("openssl", f"answer/{name}") for name in said}
    return {
        "files": files,
        "crl": OTHER_LISTS,
        "ocsp": tuple(files),
        "origin": WRITERS["openssl"] + suffix,
        "spec": _SPEC,
    }


def cases(stage: Stage) -> Iterator[Case]:
    document = recorded("xmlsec1", "data-exclusive.xml")

    def case(
        name: str, texts: tuple[str, str], verdict: Verdict, *causes: str, **facts: Any
    ) -> Case:
        given = {"document": document, **facts}
        return revocation_case(stage, f"answer-{name}", texts, verdict, *causes, **given)

    for name, title, twin in _GOOD:
        texts = (title, "As good as any other response")
        yield case(name, texts, "VALID", twin=f"revocation/{twin}", **answered(name))
    for name, title, twin in _REVOKING:
        facts = {"sub": "REVOKED_NO_POE", "twin": f"revocation/{twin}", **answered(name)}
        texts = (title, "The key may be in other hands")
        yield case(name, texts, "INDETERMINATE", "REVOCATION.REVOKED", **facts)
    for name, title, cause in _UNUSABLE:
        facts = {"twin": "revocation/answer-good", **answered(name)}
        texts = (title, "It may not be believed, or says nothing about this certificate")
        yield case(name, texts, "INDETERMINATE", f"REVOCATION.{cause}", **facts)
    yield case(
        "on-hold",
        ("The response says on hold", "A hold may be lifted: ask again later"),
        "INDETERMINATE",
        "REVOCATION.ON_HOLD",
        sub="TRY_LATER",
        **answered("revoked-certificatehold"),
    )
    yield case(
        "without-end-old",
        (
            "The response does not say until when, and is 25 hours old",
            "Without an end it counts for a day",
        ),
        "INDETERMINATE",
        "REVOCATION.EXPIRED",
        sub="TRY_LATER",
        at=LISTED_AT + timedelta(hours=25),
        **{**answered("without-end"), "twin": "revocation/answer-without-end"},
    )
    yield from _several(case)
    yield from _later(stage, case, document)
    yield from _responders(stage, case)


def _several(case: Any) -> Iterator[Case]:
    for name, title, verdict, twin in (
        (
            "of-everybody",
            "One response about three certificates, all good",
            "VALID",
            "one-of-three",
        ),
        (
            "one-of-three-revoked",
            "One response about three certificates, the last revoked",
            "INDETERMINATE",
            "of-everybody",
        ),
    ):
        file = f"evidence/{name}.ocsp"
        yield case(
            name,
            (title, "Each part of a response is about one certificate"),
            verdict,
            *(() if verdict == "VALID" else ("REVOCATION.REVOKED",)),
            spec=_SPEC,
            files={file: recorded("openssl", f"answer/{name}")},
            crl=OTHER_LISTS,
            ocsp=(file,),
            origin=WRITERS["openssl"],
            twin=f"revocation/answer-{'one-of-three-revoked' if twin == 'one-of-three' else twin}",
        )
    yield case(
        "refusal",
        ("The responder refuses, and nothing else is given", "A refusal says nothing"),
        "INDETERMINATE",
        "REVOCATION.NONE",
        **{
            **answered("refusal"),
            "ocsp": ("evidence",),
            "twin": "revocation/answer-refusal-beside",
        },
    )
    yield case(
        "refusal-beside",
        ("The responder refuses once, and answers good the next time", "A refusal says nothing"),
        "VALID",
        **{
            **answered("refusal", "good"),
            "ocsp": ("evidence",),
            "twin": "revocation/answer-refusal",
        },
    )
    yield case(
        "list-beside",
        ("A good response, and a list that is newer and revokes", "The newer word counts"),
        "INDETERMINATE",
        "REVOCATION.REVOKED",
        sub="REVOKED_NO_POE",
        **_with_newer_list(),
    )


def _with_newer_list() -> dict[str, Any]:
    facts, file = answered("good"), "evidence/newer.crl"
    files = {**facts["files"], file: recorded("openssl", "list/newer-revoked")}
    return {**facts, "files": files, "crl": (*OTHER_LISTS, file), "twin": "revocation/answer-good"}


def _later(stage: Stage, case: Any, document: bytes) -> Iterator[Case]:
    for is_stamped in (True, False):
        word, other = ("stamped", "unstamped") if is_stamped else ("unstamped", "stamped")
        facts = {**answered("revoked-after-signing"), "twin": f"revocation/answer-later-{other}"}
        if is_stamped:
            facts["document"] = stamp(document, CBQL, token=stage.token)
        yield case(
            f"later-{word}",
            (
                f"Revoked two hours after signing, {'with' if is_stamped else 'without'} a time-stamp",
                "Only a proven time before the revocation saves the signature",
            ),
            "VALID" if is_stamped else "INDETERMINATE",
            *(() if is_stamped else ("REVOCATION.REVOKED",)),
            **facts,
        )


def _responders(stage: Stage, case: Any) -> Iterator[Case]:
    certificate = pem(stage.world.responder("public-ca").certificate_der)
    for is_given in (True, False):
        facts = answered("delegated-without-certificate")
        if is_given:
            facts["files"]["cert/responder.pem"] = certificate
            facts["cert"] = (f"{WORLD}/cert", "cert")
        yield case(
            f"delegated-certificate-{'given' if is_given else 'missing'}",
            (
                f"The response does not carry its responder's certificate, which is {'given' if is_given else 'missing'}",
                "Nothing to verify it with, unless it is given otherwise",
            ),
            "VALID" if is_given else "INDETERMINATE",
            *(() if is_given else ("REVOCATION.RESPONDER",)),
            **facts,
            twin=f"revocation/answer-delegated-certificate-{'missing' if is_given else 'given'}",
        )
