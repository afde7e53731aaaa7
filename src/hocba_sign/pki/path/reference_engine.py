"""The one seam to pyhanko-certvalidator: RFC 5280 section 6 and the verification of CRLs and OCSP
responses.

A `EngineSession` lives for one chain at one control time. No network, no clock. What the engine
decides by copied octets (which CRL it has verified, which certificate is the responder) is decided
by SHA-256 here. It finds out who signed a statement and whether that one may; what a statement says
and whether it is fresh enough is decided outside, by the rules for all statements.
Spec: RFC 5280, 6; RFC 6960, 3.2.
"""

import logging
from collections.abc import Coroutine, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from asn1crypto import x509
from pyhanko_certvalidator import errors as engine
from pyhanko_certvalidator._state import ValProcState
from pyhanko_certvalidator.authority import CertTrustAnchor, TrustQualifiers
from pyhanko_certvalidator.name_trees import (
    PKIXSubtrees,
    default_excluded_subtrees,
    default_permitted_subtrees,
    process_general_subtrees,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    REQUIRE_REVINFO,
    AcceptAllAlgorithms,
    CertRevTrustPolicy,
    PKIXValidationParams,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import CertificateRegistry, SimpleTrustManager
from pyhanko_certvalidator.revinfo.validate_crl import verify_crl
from pyhanko_certvalidator.revinfo.validate_ocsp import verify_ocsp_response
from pyhanko_certvalidator.util import ConsList
from pyhanko_certvalidator.validate import async_validate_path

from hocba_sign.pki.cache.asn1 import parsed_certificate, parsed_crl, parsed_ocsp
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import same_name
from hocba_sign.pki.path.fast_revocation import Question
from hocba_sign.pki.path.reference_parts import (
    Algorithms,
    Context,
    Manager,
    Signatures,
    Verified,
    poses_as,
    readable,
)
from hocba_sign.pki.path.result import PATH_WORDS, REVOCATION_WORDS, PathRequirements, cause_of
from hocba_sign.pki.revocation.crl import UNSPECIFIED, Revoked
from hocba_sign.pki.revocation.entries import StatedRevocation, content_of, with_own_points
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.revocation.freshness import StatementReading
from hocba_sign.pki.revocation.pool import Statement, StatementPool
from hocba_sign.pki.revocation.selection import related_crls

_IF_KNOWN = RevocationCheckingPolicy(
    ee_certificate_rule=RevocationCheckingRule.CHECK_IF_DECLARED_SOFT,
    intermediate_ca_cert_rule=RevocationCheckingRule.CHECK_IF_DECLARED_SOFT,
)
"""What is asked of responders and CRL issuers where nothing need be known about revocation."""
_ANY_POLICY_OID = "2.5.29.32.0"
_Value = TypeVar("_Value")

# Without a handler the engine's warnings, with their tracebacks, would go to a user's terminal.
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())


def _path_cause(error: Exception) -> str:
    match error:
        case engine.ExpiredError():
            return "PATH.EXPIRED" if error.is_ee_cert else "PATH.CA_EXPIRED"
        case engine.NotYetValidError():
            return "PATH.NOT_YET_VALID" if error.is_ee_cert else "PATH.CA_NOT_YET_VALID"
        case _:
            return cause_of(str(error), PATH_WORDS, default="PATH.INVALID")


def _policy_set(oids: frozenset[str]) -> frozenset[str]:
    return frozenset({"any_policy"}) if not oids or _ANY_POLICY_OID in oids else oids


def _anchor(certificate: x509.Certificate) -> CertTrustAnchor:
    """Take over the anchor's own path length; its dates and policies do not bind."""
    length = certificate.max_path_length
    return CertTrustAnchor(
        certificate, TrustQualifiers(max_path_length=length, max_aa_path_length=length)
    )


def _subtrees(certificate: x509.Certificate, side: str, otherwise: PKIXSubtrees) -> PKIXSubtrees:
    """Take over the anchor's name constraints. Spec: RFC 5937, 3."""
    constraints = certificate.name_constraints_value
    value = None if constraints is None else constraints[side]
    return (
        {**otherwise, **process_general_subtrees(value)}
        if isinstance(value, x509.GeneralSubtrees)
        else otherwise
    )


class EngineSession:
    """The engine's objects for one chain at one control time; used by one call, then dropped."""

    def __init__(
        self,
        chain: tuple[x509.Certificate, ...],
        evidence: Evidence,
        *,
        pool: StatementPool,
        at: datetime,
        known_until: datetime,
        is_unknown_allowed: bool = False,
    ) -> None:
        self._chain = chain
        self._at = at
        self._known_until = known_until
        self._pool = pool
        known = [
            held
            for held in (*related_crls(pool, chain, evidence=evidence), *pool.ocsps)
            if held.this_update <= known_until
        ]
        registry = CertificateRegistry.build(chain)
        registry.register_multiple(
            certificate
            for certificate in map(readable, evidence.certificates)
            if certificate and not poses_as(certificate, chain)
        )
        # Dates of certificates are whole seconds, the last one included (RFC 5280, 4.1.2.5).
        self._moment = at.replace(microsecond=0)
        deltas = (parsed_crl(item.der) for item in pool.deltas)
        usable = [
            delta for delta in deltas if delta["tbs_cert_list"]["this_update"].native <= known_until
        ]
        self._manager = Manager(registry, chain, known=known, deltas=usable)
        self._path = ValidationPath(_anchor(chain[-1]), list(chain[-2:0:-1]), chain[0])
        self._signatures = Signatures(at)
        self._context = Context(
            trust_manager=SimpleTrustManager.build(trust_roots=[chain[-1]]),
            certificate_registry=registry,
            revinfo_manager=self._manager,
            # The engine would refuse what was stated after its moment; freshness is for `settle`.
            revinfo_policy=CertRevTrustPolicy(
                _IF_KNOWN if is_unknown_allowed else REQUIRE_REVINFO, retroactive_revinfo=True
            ),
            algorithm_usage_policy=Algorithms(at),
            signature_validator=self._signatures,
            moment=self._moment,
            time_tolerance=timedelta(0),
        )

    def structure_cause(self, asked: PathRequirements) -> str | None:
        """Run RFC 5280 section 6.1 without revocation, on a chain whose signatures have been
        verified.
        """
        context = Context(
            trust_manager=self._context.path_builder.trust_manager,
            certificate_registry=self._context.certificate_registry,
            revinfo_manager=self._manager,
            revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),
            # Algorithms and values were judged link by link, over the octets as they stand.
            algorithm_usage_policy=AcceptAllAlgorithms(),
            signature_validator=Verified(),
            moment=self._moment,
            time_tolerance=timedelta(0),
        )
        parameters = PKIXValidationParams(
            user_initial_policy_set=_policy_set(asked.initial_policies),
            initial_policy_mapping_inhibit=asked.is_mapping_inhibited,
            initial_explicit_policy=asked.is_policy_explicit,
            initial_any_policy_inhibit=asked.is_any_policy_inhibited,
            initial_permitted_subtrees=_subtrees(
                self._chain[-1], "permitted_subtrees", default_permitted_subtrees()
            ),
            initial_excluded_subtrees=_subtrees(
                self._chain[-1], "excluded_subtrees", default_excluded_subtrees()
            ),
        )
        try:
            _run(async_validate_path(context, self._path, parameters))
        except (engine.PathError, engine.ValidationError) as error:
            return _path_cause(error)
        return None

    def read(
        self, question: Question, statements: tuple[Statement, ...]
    ) -> StatementReading | tuple[str, ...]:
        """Let the engine verify `statements` (one OCSP response, or CRLs) by themselves: what they
        say, or why they may not.

        Whoever signed them must have been valid when they did.
        """
        oldest = min(statements, key=lambda one: one.this_update)
        moment = oldest.produced_at or oldest.this_update
        self._context.move_to(moment)
        # The CAs of the chain are judged one by one outside; the engine need not do it again.
        for index in range(len(self._chain) - 2, question.index, -1):
            done = ValidationPath(
                self._path.trust_anchor, list(self._chain[-2:index:-1]), self._chain[index]
            )
            self._context.record_validation(self._chain[index], done)
        state = ValProcState(
            cert_path_stack=ConsList.sing(self._path),
            init_index=len(self._chain) - 1 - question.index,
        )
        self._signatures.begin()
        self._manager.offer(statements)
        certificate = self._chain[question.index]
        if oldest.kind == "crl" and same_name(
            parsed_crl(oldest.item.der).issuer.dump(), question.certificate.issuer_der
        ):
            certificate = with_own_points(certificate, question.certificate)
        failed, entry = self._verify(oldest, certificate, state)
        # That the engine raises nothing is no proof: only a value that was verified here counts.
        if not all(map(self._is_verified, statements)):
            return failed or self._failed(("signature",))
        said = [content_of(statement, question.certificate) for statement in statements]
        if not failed and not all(reading.is_usable for reading in said):
            failed = ("REVOCATION.CRITICAL_EXTENSION",)
        if failed and not self._counts(failed, said):
            return failed
        entries = tuple(told for reading in said for told in reading.entries)
        if entry is not None and not entries:
            entries = (entry,)  # that the engine found it counts, however it was overlooked here
        unknown = [reading.unknown_cause for reading in said if reading.unknown_cause is not None]
        return StatementReading(
            statement=oldest,
            entries=entries,
            unknown_cause=unknown[0] if unknown else None,
            signer_not_after=self._signer_end(question, statements),
            signer=self._signer_of(oldest),
        )

    def _verify(
        self, statement: Statement, certificate: x509.Certificate, state: ValProcState
    ) -> tuple[tuple[str, ...], Revoked | None]:
        """Return the causes why the engine does not take the statements, none where it does, and
        the entry that it finds.
        """
        # What delta lists change is found out outside, for the engine lets any of them cancel what
        # a list says.
        verify = (
            verify_ocsp_response
            if statement.kind == "ocsp"
            else partial(verify_crl, use_deltas=False)
        )
        try:
            _run(verify(certificate, self._path, self._context, proc_state=state))
        except engine.RevokedError as error:
            reason = error.reason.native
            return (), Revoked(
                at=error.revocation_dt, reason=reason, has_reason=reason != UNSPECIFIED
            )
        except (
            engine.OCSPValidationIndeterminateError,
            engine.CRLValidationIndeterminateError,
        ) as error:
            if statement.kind == "crl" or error.failures:
                return self._failed(str(failure[0]) for failure in error.failures), None
        except (engine.OCSPValidationError, engine.CRLValidationError):
            return (_mismatch(statement, certificate),), None
        except (AttributeError, ValueError, TypeError, LookupError):
            return ("REVOCATION.UNUSABLE",), None
        return (), None

    @staticmethod
    def _counts(failed: tuple[str, ...], said: list[StatedRevocation]) -> bool:
        """Return whether an authentic statement counts that the engine does not take: it is silent
        in part only, but names the certificate.
        """
        return all(
            cause in {"REVOCATION.SCOPE", "REVOCATION.DELTA", "REVOCATION.CRITICAL_EXTENSION"}
            for cause in failed
        ) and any(reading.entries or reading.unknown_cause for reading in said)

    def _signer_of(self, statement: Statement) -> Certificate | None:
        if statement.kind == "ocsp":
            return None
        signer = self._manager.check_crl_issuer(parsed_crl(statement.item.der))
        return None if signer is None else Certificate.load(signer.dump())

    def _is_verified(self, statement: Statement) -> bool:
        if statement.kind == "crl":
            signed = parsed_crl(statement.item.der)["tbs_cert_list"]
        else:
            signed = parsed_ocsp(statement.item.der)["response_bytes"]["response"].parsed[
                "tbs_response_data"
            ]
        return self._signatures.key_of(signed.dump()) is not None

    def _signer_end(self, question: Question, statements: tuple[Statement, ...]) -> datetime:
        """Find out when the first of the issuer and those who signed `statements` for it
        expires.
        """
        ends = [question.issuer.not_after]
        for statement in statements:
            if statement.kind == "crl":
                signer = self._manager.check_crl_issuer(parsed_crl(statement.item.der))
                ends += [] if signer is None else [signer.not_valid_after]
            else:
                basic = parsed_ocsp(statement.item.der)["response_bytes"]["response"].parsed
                key_der = self._signatures.key_of(basic["tbs_response_data"].dump())
                near = (
                    *(certificate.dump() for certificate in basic["certs"] or ()),
                    *(
                        certificate.der
                        for certificate in (*question.chain, *question.evidence.certificates)
                    ),
                )
                holders = [
                    certificate
                    for certificate in map(parsed_certificate, near)
                    if certificate.public_key.dump() == key_der
                ]
                ends += (
                    []
                    if key_der == question.issuer.public_key_der
                    else [holder.not_valid_after for holder in holders]
                )
        return min(ends)

    def _failed(self, messages: Iterable[str]) -> tuple[str, ...]:
        if self._signatures.is_weak:
            return ("REVOCATION.WEAK_ALGORITHM",)
        causes = tuple(
            cause_of(message, REVOCATION_WORDS, default="REVOCATION.UNUSABLE")
            for message in messages
        )
        return tuple(dict.fromkeys(causes)) or ("REVOCATION.SCOPE",)


def _mismatch(statement: Statement, certificate: x509.Certificate) -> str:
    """Return why a statement is not about a certificate: a list of its own issuer may be for other
    distribution points (RFC 5280, 6.3.3 b 2).
    """
    is_own = statement.kind == "crl" and same_name(
        parsed_crl(statement.item.der).issuer.dump(), certificate.issuer.dump()
    )
    return "REVOCATION.SCOPE" if is_own else "REVOCATION.WRONG_ISSUER"


def _run(coroutine: Coroutine[Any, Any, _Value]) -> _Value:
    """Run a coroutine that never waits: without fetchers the engine's do not."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: _Value = done.value
        return value
    coroutine.close()
    raise RuntimeError("the engine waits for something outside")
