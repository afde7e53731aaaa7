"""Is each certificate of a chain revoked? Asks every statement that may concern it, directly where possible, else through the engine.

Spec: RFC 5280, 6.3; RFC 6960, 3.2; EN 319 102-1, 5.2.5.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from hocba_sign.pki.certificate import Certificate
from hocba_sign.pki.direct import Question, answer
from hocba_sign.pki.engine import Session
from hocba_sign.pki.evidence import Evidence
from hocba_sign.pki.ordinary import is_ordinary_chain
from hocba_sign.pki.revocation import Pool, RevocationFact, Statement, select


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What the answers rest on. `session` gives the engine's objects when they are needed; with `is_direct` it is asked last."""

    evidence: Evidence
    pool: Pool
    at: datetime
    known_until: datetime
    session: Callable[[], Session]
    is_direct: bool = True


def revocation_facts(chain: tuple[Certificate, ...], inquiry: Inquiry) -> tuple[RevocationFact, ...]:
    """Give one fact for each certificate below the anchor, leaf first."""
    if inquiry.is_direct and not is_ordinary_chain(chain):
        inquiry = replace(inquiry, is_direct=False)
    return tuple(_fact(chain, index, inquiry) for index in range(len(chain) - 1))


def _fact(chain: tuple[Certificate, ...], index: int, inquiry: Inquiry) -> RevocationFact:
    question = Question(chain=chain, index=index, evidence=inquiry.evidence, at=inquiry.at)
    certificate = question.certificate
    selection = select(certificate.der, question.issuer.der, pool=inquiry.pool)
    causes = list(selection.causes)
    answers: list[RevocationFact] = []
    usable: list[Statement] = []
    rivals = (*selection.ocsps, *selection.crls)
    for statement in rivals:
        dates = statement.dates_cause(
            at=inquiry.at, known_until=inquiry.known_until, not_before=certificate.not_before, not_after=certificate.not_after
        )
        if dates is not None:
            causes.append(dates)
            continue
        usable.append(statement)
        told = answer(question, statement) if inquiry.is_direct else None
        answers.append(told or inquiry.session().ask(question, (statement,), rivals=rivals))
    usable_crls = tuple(statement for statement in usable if statement.kind == "crl")
    if len(usable_crls) > 1 and all(one.status == "unknown" for one in answers):
        answers.append(inquiry.session().ask(question, usable_crls, rivals=rivals))
    for wanted in ("revoked", "on_hold", "good"):
        for one in answers:
            if one.status == wanted:
                return one
    for one in answers:
        causes.extend(one.causes)
    return RevocationFact(
        certificate_sha256=certificate.sha256, status="unknown", causes=tuple(dict.fromkeys(causes)) or ("REVOCATION.NONE",)
    )
