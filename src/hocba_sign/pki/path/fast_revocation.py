"""Who signed one simple CRL or OCSP response about a simple certificate, and what it says,
found without the engine.

Every function gives None wherever the engine must judge: other forms, other issuers, more than one
possible signer.
Spec: RFC 5280, 6.3.3; RFC 6960, 3.2 and 4.2.2.2.
"""

from datetime import datetime

from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import same_name
from hocba_sign.pki.path.fast_chain import fast_facts, may_respond
from hocba_sign.pki.path.signature_check import certificate_verdict, statement_verdict
from hocba_sign.pki.revocation.crl import RevocationList, Scope
from hocba_sign.pki.revocation.entries import content_of
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.revocation.freshness import StatementReading
from hocba_sign.pki.revocation.ocsp import Response, key_hash
from hocba_sign.pki.revocation.pool import Statement


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


def read(question: Question, statement: Statement) -> StatementReading | tuple[str, ...] | None:
    """Read what `statement` says about a certificate of a simple chain, or why it may not;
    None leaves the answer to the engine.
    """
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


def _by_list(
    question: Question, statement: Statement, crl: RevocationList
) -> StatementReading | tuple[str, ...] | None:
    certificate, issuer = question.certificate, question.issuer
    if crl.issuer_der != issuer.subject_der or not _covers(crl.scope, certificate):
        return None
    if issuer.key_usage is not None and "crl_sign" not in issuer.key_usage:
        return None
    named, held = crl.authority_key_identifier, issuer.subject_key_identifier
    if named is not None and held is not None and named != held:
        return None
    verdict = statement_verdict(crl, statement.item.sha256, signer=issuer)
    if not verdict.is_right:
        return ("REVOCATION.SIGNATURE",) if _is_only_holder(issuer, question) else None
    if not verdict.is_acceptable(question.at):
        return ("REVOCATION.WEAK_ALGORITHM",) if _is_only_holder(issuer, question) else None
    return StatementReading(
        statement=statement,
        entries=crl.find(certificate.serial_number),
        signer_not_after=issuer.not_after,
        signer=issuer,
    )


def _covers(scope: Scope, certificate: Certificate) -> bool:
    if scope.names_der:
        facts = fast_facts(certificate)
        if facts is None or not scope.names_der & facts.points_der:
            return False
    return not (scope.is_user_only and certificate.is_ca) and not (
        scope.is_ca_only and not certificate.is_ca
    )


def _is_only_holder(issuer: Certificate, question: Question) -> bool:
    """Return whether no other certificate at hand has the issuer's name, so that no other key could
    have signed its lists.
    """
    return not any(
        other.sha256 != issuer.sha256 and same_name(other.subject_der, issuer.subject_der)
        for other in (*question.chain, *question.evidence.certificates)
    )


def _by_response(
    question: Question, statement: Statement, response: Response
) -> StatementReading | None:
    responder = _responder(question, response)
    if responder is None:
        return None
    verdict = statement_verdict(response, statement.item.sha256, signer=responder)
    if not verdict.is_right or not verdict.is_acceptable(question.at):
        return None
    return _reading(question, statement, signer=responder)


def read_trusted(
    question: Question, statement: Statement, *, responders: tuple[Certificate, ...]
) -> StatementReading | None:
    """Read a response of a responder that the caller trusts for every issuer.

    Spec: RFC 6960, 4.2.2.2 (1).
    """
    response = statement.content
    if not isinstance(response, Response):
        return None
    for responder in responders:
        if (
            _is_named(responder, response)
            # Trusted by configuration: no path is built for it, so only its own dates bound it.
            and responder.not_before <= response.produced_at <= responder.not_after
        ):
            verdict = statement_verdict(response, statement.item.sha256, signer=responder)
            if verdict.is_right and verdict.is_acceptable(question.at):
                return _reading(question, statement, signer=responder)
    return None


def _reading(question: Question, statement: Statement, *, signer: Certificate) -> StatementReading:
    said = content_of(statement, question.certificate)
    until = min(signer.not_after, question.issuer.not_after)
    return StatementReading(
        statement=statement,
        entries=said.entries,
        unknown_cause=said.unknown_cause,
        signer_not_after=until,
    )


def _responder(question: Question, response: Response) -> Certificate | None:
    """Find the one certificate that the responder's name or key means: the issuer's own, or one
    carried that may answer for it.
    """
    issuer = question.issuer
    carried = [fromkey for fromkey in dict.fromkeys(response.certificates) if fromkey != issuer]
    if any(
        _resembles(certificate, other)
        for certificate in carried
        for other in (*question.chain, *carried)
        if certificate != other
    ):
        return None
    named = [signer for signer in (issuer, *carried) if _is_named(signer, response)]
    if len(named) != 1:
        return None
    # RFC 6960, 4.2.2.2: only a delegate needs the purpose of OCSP signing.
    if named[0] == issuer:
        return issuer
    verdict = certificate_verdict(named[0], issuer)
    is_fit = (
        # The responder's certificate may have expired since; it must have held when it answered.
        may_respond(named[0], issuer, at=response.produced_at)
        and verdict.is_right
        and verdict.is_acceptable(question.at)
    )
    return named[0] if is_fit else None


def _resembles(one: Certificate, other: Certificate) -> bool:
    """Return whether the engine could take one for the other: by issuer and serial number, or by
    signature octets.
    """
    is_twin = one.serial_number == other.serial_number and one.issuer_der == other.issuer_der
    return is_twin or one.signature == other.signature or one.public_key_der == other.public_key_der


def _is_named(certificate: Certificate, response: Response) -> bool:
    if response.responder_name_der is not None:
        return same_name(certificate.subject_der, response.responder_name_der)
    # RFC 6960, 4.2.1: this hash is always SHA-1; it only selects, the signature decides.
    return key_hash(certificate.public_key_der, "sha1") == response.responder_key_hash
