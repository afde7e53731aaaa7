"""Area revocation, second part: OCSP responses."""

from collections.abc import Iterator
from datetime import timedelta

from tools.vectors.case import Case, Verdict
from tools.vectors.revocation import OTHER_LISTS, revocation_case, revoked_world
from tools.vectors.stage import LISTED_AT, SIGNED_AT, Stage


def cases(stage: Stage) -> Iterator[Case]:
    yield from _answers(stage)


def _answers(stage: Stage) -> Iterator[Case]:
    """The teacher's and the homeroom teacher's certificates are answered as good; the principal's
    as each case says.
    """
    world = stage.world
    spec = "RFC 6960, 3.2; EN 319 102-1, 5.2.5"
    people = [stage.identity(signer) for signer in stage.transcript().expected_signers[:3]]
    principal = people[2]
    good = {
        f"evidence/good-{number}.ocsp": world.ocsp_response(person, LISTED_AT)
        for number, person in enumerate(people[:2])
    }

    def answered(
        name: str,
        texts: tuple[str, str],
        verdict: Verdict,
        *causes: str,
        answer: bytes,
        sub: str | None = None,
        twin: str | None = None,
    ) -> Case:
        files = {**good, "evidence/principal.ocsp": answer}
        return revocation_case(
            stage,
            name,
            texts,
            verdict,
            *causes,
            sub=sub,
            spec=spec,
            files=files,
            crl=OTHER_LISTS,
            ocsp=tuple(files),
            twin=twin or "revocation/answer-good",
        )

    yield answered(
        "answer-good",
        ("OCSP answers instead of the list", "As good as a list"),
        "VALID",
        answer=world.ocsp_response(principal, LISTED_AT),
        twin="revocation/answer-revoked",
    )
    delegated = world.ocsp_response(principal, LISTED_AT, signer=world.responder("public-ca"))
    yield answered(
        "answer-delegated",
        ("The answer is by a responder that the authority named", "The usual case"),
        "VALID",
        answer=delegated,
        twin="revocation/answer-by-stranger",
    )
    gone = revoked_world(stage, SIGNED_AT - timedelta(days=3))
    yield answered(
        "answer-revoked",
        ("The answer says revoked", "The key may be in other hands"),
        "INDETERMINATE",
        "REVOCATION.REVOKED",
        answer=gone.ocsp_response(principal, LISTED_AT),
        sub="REVOKED_NO_POE",
    )
    unknown = world.ocsp_response(principal, LISTED_AT, status="unknown")
    yield answered(
        "answer-unknown",
        ("The responder does not know the certificate", "Perhaps it was never issued"),
        "INDETERMINATE",
        "REVOCATION.UNKNOWN_TO_RESPONDER",
        answer=unknown,
    )
    other = world.ocsp_response(world.person("Trịnh Văn Lạ", "001099000777"), LISTED_AT)
    yield answered(
        "answer-about-another",
        ("The answer is about another certificate", "A good answer about somebody else"),
        "INDETERMINATE",
        "REVOCATION.WRONG_CERTIFICATE",
        answer=other,
    )
    broken = world.ocsp_response(principal, LISTED_AT, is_signature_broken=True)
    yield answered(
        "answer-forged",
        ("The answer's signature is wrong", "Forged or damaged"),
        "INDETERMINATE",
        "REVOCATION.SIGNATURE",
        answer=broken,
    )
    stranger = world.ocsp_response(principal, LISTED_AT, signer=stage.holder(stage.teacher))
    yield answered(
        "answer-by-stranger",
        (
            "The answer is signed by a teacher",
            "Issued by the same authority, but never named a responder",
        ),
        "INDETERMINATE",
        "REVOCATION.RESPONDER",
        answer=stranger,
    )
    digested = world.ocsp_response(principal, LISTED_AT, cert_id_digest="sha512")
    yield answered(
        "answer-with-unknown-hash",
        (
            "The answer names the certificate by SHA-512, which no responder does",
            "It cannot be compared, so it says nothing",
        ),
        "INDETERMINATE",
        "REVOCATION.CERT_ID_ALGORITHM",
        answer=digested,
    )
    stale = world.ocsp_response(principal, SIGNED_AT - timedelta(days=5))
    yield answered(
        "answer-stale",
        ("The answer ran out before signing", "Revocations since then are unknown"),
        "INDETERMINATE",
        "REVOCATION.EXPIRED",
        answer=stale,
        sub="TRY_LATER",
    )
