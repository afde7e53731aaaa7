"""What one ordinary CRL or OCSP response says about an ordinary certificate, found without the engine.

Every function gives None wherever the engine must judge: other forms, other issuers, more than one possible signer.
Spec: RFC 5280, 6.3.3; RFC 6960, 3.2 and 4.2.2.2.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from hocba_sign.errors import InputError
from hocba_sign.pki.certificate import Certificate
from hocba_sign.pki.chain import same_name
from hocba_sign.pki.crl import RevocationList, Revoked, Scope
from hocba_sign.pki.evidence import Evidence
from hocba_sign.pki.ocsp import Response, key_hash
from hocba_sign.pki.ordinary import may_respond, ordinary
from hocba_sign.pki.revocation import UNDATED_RESPONSE_LIFE, RevocationFact, Statement
from hocba_sign.pki.signed import certificate_verdict, statement_verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Is `chain[index]` revoked at `at` (aware)? Its issuer stands after it in the chain."""

    chain: tuple[Certificate, ...]
    index: int
    evidence: Evidence
    at: datetime

    @property
    def certificate(self) -> Certificate:
        return self.chain[self.index]

    @property
    def issuer(self) -> Certificate:
        return self.chain[self.index + 1]


def answer(question: Question, statement: Statement) -> RevocationFact | None:
    """Give what `statement`, whose dates fit, says about a certificate of an ordinary chain; None leaves the answer to the engine."""
    try:
        match statement.content:
            case RevocationList():
                return _by_list(question, statement, statement.content)
            case Response():
                return _by_response(question, statement, statement.content)
            case None:
                return None
    except InputError:
        return None


def _by_list(question: Question, statement: Statement, crl: RevocationList) -> RevocationFact | None:
    certificate, issuer = question.certificate, question.issuer
    if crl.issuer_der != issuer.subject_der or not _covers(crl.scope, certificate):
        return None
    if issuer.key_usage is not None and "crl_sign" not in issuer.key_usage:
        return None
    named, held = crl.authority_key_identifier, issuer.subject_key_identifier
    if named is not None and held is not None and named != held:
        return None
    fact = fact_of(question, statement)
    verdict = statement_verdict(crl, statement.item.sha256, signer=issuer)
    if not verdict.is_right:
        return replace(fact, causes=("REVOCATION.SIGNATURE",)) if _is_only_holder(issuer, question) else None
    if not verdict.is_acceptable(question.at):
        return replace(fact, causes=("REVOCATION.WEAK_ALGORITHM",)) if _is_only_holder(issuer, question) else None
    return _concluded(fact, crl.find(certificate.serial_number), question, signer=issuer)


def _covers(scope: Scope, certificate: Certificate) -> bool:
    if scope.names_der:
        facts = ordinary(certificate)
        if facts is None or not scope.names_der & facts.points_der:
            return False
    return not (scope.is_user_only and certificate.is_ca) and not (scope.is_ca_only and not certificate.is_ca)


def _is_only_holder(issuer: Certificate, question: Question) -> bool:
    """Tell whether no other certificate at hand has the issuer's name, so that no other key could have signed its lists."""
    return not any(
        other.sha256 != issuer.sha256 and same_name(other.subject_der, issuer.subject_der)
        for other in (*question.chain, *question.evidence.certificates)
    )


def _by_response(question: Question, statement: Statement, response: Response) -> RevocationFact | None:
    said = response.answers[statement.index]
    end = said.next_update or said.this_update + UNDATED_RESPONSE_LIFE
    if said.status == "unknown" or end < said.this_update or end < question.at:
        return None
    responder = _responder(question, response)
    if responder is None:
        return None
    verdict = statement_verdict(response, statement.item.sha256, signer=responder)
    if not verdict.is_right or not verdict.is_acceptable(question.at):
        return None
    return _concluded(fact_of(question, statement), said.revoked, question, signer=responder)


def _responder(question: Question, response: Response) -> Certificate | None:
    """Find the one certificate that the responder's name or key means: the issuer's own, or one carried that may answer for it."""
    issuer = question.issuer
    carried = [one for one in dict.fromkeys(response.certificates) if one != issuer]
    if any(_resembles(one, other) for one in carried for other in (*question.chain, *carried) if one != other):
        return None
    named = [one for one in (issuer, *carried) if _is_named(one, response)]
    if len(named) != 1:
        return None
    if named[0] == issuer:
        return issuer
    verdict = certificate_verdict(named[0], issuer)
    is_fit = may_respond(named[0], issuer, at=question.at) and verdict.is_right and verdict.is_acceptable(question.at)
    return named[0] if is_fit else None


def _resembles(one: Certificate, other: Certificate) -> bool:
    """Tell whether the engine could take one for the other: by issuer and serial number, or by signature octets."""
    is_twin = one.serial_number == other.serial_number and one.issuer_der == other.issuer_der
    return is_twin or one.signature == other.signature or one.public_key_der == other.public_key_der


def _is_named(certificate: Certificate, response: Response) -> bool:
    if response.responder_name_der is not None:
        return same_name(certificate.subject_der, response.responder_name_der)
    return key_hash(certificate.public_key_der, "sha1") == response.responder_key_hash


def fact_of(question: Question, statement: Statement) -> RevocationFact:
    """Describe `statement`; what it says is still unknown."""
    return RevocationFact(
        certificate_sha256=question.certificate.sha256,
        status="unknown",
        kind=statement.kind,
        source=statement.item.source,
        evidence_sha256=statement.item.sha256,
        this_update=statement.this_update,
        next_update=statement.next_update,
        produced_at=statement.produced_at,
    )


def _concluded(fact: RevocationFact, entry: Revoked | None, question: Question, *, signer: Certificate) -> RevocationFact:
    until = min(signer.not_after, question.issuer.not_after)
    if entry is None:
        return replace(fact, status="good", issuer_not_after=until)
    if entry.at > question.at:
        return replace(fact, status="good", revoked_at=entry.at, reason=entry.reason, issuer_not_after=until)
    return revoked(replace(fact, issuer_not_after=until), at=entry.at, reason=entry.reason)


def revoked(fact: RevocationFact, *, at: datetime, reason: str) -> RevocationFact:
    return replace(fact, status="on_hold" if reason == "certificate_hold" else "revoked", revoked_at=at, reason=reason)
