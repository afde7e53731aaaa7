"""Area revocation, second part: OCSP responses."""

from collections.abc import Iterator

from tools.vectors.case import Case, Verdict
from tools.vectors.others_world import WRITERS, by_openssl
from tools.vectors.revocation import OTHER_LISTS, revocation_case
from tools.vectors.stage import Stage


def cases(stage: Stage) -> Iterator[Case]:
    yield from _answers(stage)


def _answers(stage: Stage) -> Iterator[Case]:
    """The teacher's and the homeroom teacher's certificates are answered as good; the principal's
    as each case says.
    """
    spec = "RFC 6960, 3.2; EN 319 102-1, 5.2.5"
    good = {
        f"evidence/good-{number}.ocsp": by_openssl("answer", f"teacher-{number}")
        for number in range(2)
    }

    def answered(
        name: str,
        texts: tuple[str, str],
        verdict: Verdict,
        *causes: str,
        answer: str,
        sub: str | None = None,
        twin: str | None = None,
    ) -> Case:
        files = {**good, "evidence/principal.ocsp": by_openssl("answer", answer)}
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
            origin=WRITERS["openssl"],
        )

    yield answered(
        "answer-good",
        ("OCSP answers instead of the list", "As good as a list"),
        "VALID",
        answer="good",
        twin="revocation/answer-revoked",
    )
    yield answered(
        "answer-delegated",
        ("The answer is by a responder that the authority named", "The usual case"),
        "VALID",
        answer="delegated",
        twin="revocation/answer-by-stranger",
    )
    yield answered(
        "answer-revoked",
        ("The answer says revoked", "The key may be in other hands"),
        "INDETERMINATE",
        "REVOCATION.REVOKED",
        answer="revoked",
        sub="REVOKED_NO_POE",
    )
    yield answered(
        "answer-unknown",
        ("The responder does not know the certificate", "Perhaps it was never issued"),
        "INDETERMINATE",
        "REVOCATION.UNKNOWN_TO_RESPONDER",
        answer="unknown",
    )
    yield answered(
        "answer-about-another",
        ("The answer is about another certificate", "A good answer about somebody else"),
        "INDETERMINATE",
        "REVOCATION.WRONG_CERTIFICATE",
        answer="of-another",
    )
    yield answered(
        "answer-forged",
        ("The answer's signature is wrong", "Forged or damaged"),
        "INDETERMINATE",
        "REVOCATION.SIGNATURE",
        answer="bad-signature",
    )
    yield answered(
        "answer-by-stranger",
        (
            "The answer is signed by a teacher",
            "Issued by the same authority, but never named a responder",
        ),
        "INDETERMINATE",
        "REVOCATION.RESPONDER",
        answer="by-teacher",
    )
    yield answered(
        "answer-with-unknown-hash",
        (
            "The answer names the certificate by SHA-512, which no responder does",
            "It cannot be compared, so it says nothing",
        ),
        "INDETERMINATE",
        "REVOCATION.CERT_ID_ALGORITHM",
        answer="hashed-sha512",
    )
    yield answered(
        "answer-stale",
        ("The answer ran out before signing", "Revocations since then are unknown"),
        "INDETERMINATE",
        "REVOCATION.EXPIRED",
        answer="stale",
        sub="TRY_LATER",
    )
