"""The one seam to pyhanko-certvalidator: RFC 5280 section 6 and the verification of CRLs and OCSP responses.

A `Session` lives for one chain at one control time. No network, no clock. What the engine decides by copied octets (which CRL
it has verified, which certificate is the responder) is decided by SHA-256 here.
Spec: RFC 5280, 6; RFC 6960, 3.2.
"""

import logging
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from asn1crypto import algos, keys, x509
from asn1crypto import crl as asn1_crl
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator import errors as engine
from pyhanko_certvalidator._state import ValProcState
from pyhanko_certvalidator.authority import CertTrustAnchor, TrustQualifiers
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.name_trees import PKIXSubtrees, default_excluded_subtrees, default_permitted_subtrees, process_general_subtrees
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    REQUIRE_REVINFO,
    AcceptAllAlgorithms,
    AlgorithmUsageConstraint,
    AlgorithmUsagePolicy,
    CertRevTrustPolicy,
    PKIXValidationParams,
)
from pyhanko_certvalidator.registry import CertificateRegistry, SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer
from pyhanko_certvalidator.revinfo.manager import RevinfoManager
from pyhanko_certvalidator.revinfo.validate_crl import verify_crl
from pyhanko_certvalidator.revinfo.validate_ocsp import verify_ocsp_response
from pyhanko_certvalidator.sig_validate import DEFAULT_VALIDATION_CONTEXT, SignatureValidationContext, SignatureValidator
from pyhanko_certvalidator.util import ConsList
from pyhanko_certvalidator.validate import async_validate_path

from hocba_sign.crypto.acceptance import acceptable
from hocba_sign.crypto.identifier import signature_algorithm_of
from hocba_sign.crypto.verify import load_public_key, verify_der_value
from hocba_sign.errors import InputError
from hocba_sign.pki.certificate import Certificate
from hocba_sign.pki.evidence import Evidence
from hocba_sign.pki.outcome import PATH_WORDS, REVOCATION_WORDS, PathRequirements, cause_of
from hocba_sign.pki.parsed import parsed_certificate, parsed_crl, parsed_ocsp
from hocba_sign.pki.revocation import Pool, RevocationFact, Statement, related_crls, revocation_of, select, single_status

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
    return CertTrustAnchor(certificate, TrustQualifiers(max_path_length=length, max_aa_path_length=length))


def _subtrees(certificate: x509.Certificate, side: str, otherwise: PKIXSubtrees) -> PKIXSubtrees:
    """Take over the anchor's name constraints. Spec: RFC 5937, 3."""
    constraints = certificate.name_constraints_value
    value = None if constraints is None else constraints[side]
    return {**otherwise, **process_general_subtrees(value)} if isinstance(value, x509.GeneralSubtrees) else otherwise


class Session:
    """The engine's objects for one chain at one control time; used by one call, then dropped."""

    def __init__(self, chain: tuple[x509.Certificate, ...], evidence: Evidence, *, pool: Pool, at: datetime, known_until: datetime) -> None:
        self._chain = chain
        self._at = at
        self._known_until = known_until
        self._pool = pool
        known = [one for one in (*related_crls(pool, chain, evidence=evidence), *pool.ocsps) if one.this_update <= known_until]
        registry = CertificateRegistry.build(chain)
        registry.register_multiple(
            certificate for certificate in map(_readable, evidence.certificates) if certificate and not _poses_as(certificate, chain)
        )
        self._moment = at.replace(microsecond=0)
        deltas = (parsed_crl(item.der) for item in pool.deltas)
        usable = [one for one in deltas if one["tbs_cert_list"]["this_update"].native <= known_until]
        self._manager = _Manager(registry, chain, known=known, deltas=usable)
        self._path = ValidationPath(_anchor(chain[-1]), list(chain[-2:0:-1]), chain[0])
        self._signatures = _Signatures(at)
        self._context = _Context(
            trust_manager=SimpleTrustManager.build(trust_roots=[chain[-1]]),
            certificate_registry=registry,
            revinfo_manager=self._manager,
            revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO, retroactive_revinfo=True),
            algorithm_usage_policy=_Algorithms(at),
            signature_validator=self._signatures,
            moment=self._moment,
            time_tolerance=timedelta(0),
        )

    def structure_cause(self, asked: PathRequirements) -> str | None:
        """Run RFC 5280 section 6.1 without revocation, on a chain whose signatures have been verified."""
        context = _Context(
            trust_manager=self._context.path_builder.trust_manager,
            certificate_registry=self._context.certificate_registry,
            revinfo_manager=self._manager,
            revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),
            algorithm_usage_policy=AcceptAllAlgorithms(),
            signature_validator=_Verified(),
            moment=self._moment,
            time_tolerance=timedelta(0),
        )
        parameters = PKIXValidationParams(
            user_initial_policy_set=_policy_set(asked.initial_policies),
            initial_policy_mapping_inhibit=asked.is_mapping_inhibited,
            initial_explicit_policy=asked.is_policy_explicit,
            initial_any_policy_inhibit=asked.is_any_policy_inhibited,
            initial_permitted_subtrees=_subtrees(self._chain[-1], "permitted_subtrees", default_permitted_subtrees()),
            initial_excluded_subtrees=_subtrees(self._chain[-1], "excluded_subtrees", default_excluded_subtrees()),
        )
        try:
            _run(async_validate_path(context, self._path, parameters))
        except (engine.PathError, engine.ValidationError) as error:
            return _path_cause(error)
        return None

    def revocation(self, chain: tuple[Certificate, ...]) -> tuple[RevocationFact, ...]:
        """Check every certificate below the anchor, from the anchor down; the facts are leaf first."""
        facts: list[RevocationFact] = []
        for index in range(len(chain) - 2, -1, -1):
            depth = len(chain) - 1 - index
            state = ValProcState(cert_path_stack=ConsList.sing(self._path), init_index=depth)
            facts.append(self._check(chain[index], chain[index + 1], state))
            done = ValidationPath(self._path.trust_anchor, list(self._chain[-2:index:-1]), self._chain[index])
            self._context.record_validation(self._chain[index], done)
        return tuple(reversed(facts))

    def _check(self, certificate: Certificate, issuer: Certificate, state: ValProcState) -> RevocationFact:
        selection = select(certificate.der, issuer.der, pool=self._pool)
        unknown = RevocationFact(certificate_sha256=certificate.sha256, status="unknown")
        bounds = {"at": self._at, "known_until": self._known_until}
        bounds |= {"not_before": certificate.not_before, "not_after": certificate.not_after}
        causes = list(selection.causes)
        answers: list[RevocationFact] = []
        usable: list[Statement] = []
        rivals = (*selection.ocsps, *selection.crls)
        for statement in rivals:
            dates = statement.dates_cause(**bounds)
            if dates is not None:
                causes.append(dates)
                continue
            usable.append(statement)
            answers.append(self._ask(certificate, state, (statement,), rivals=rivals))
        usable_crls = tuple(statement for statement in usable if statement.kind == "crl")
        if len(usable_crls) > 1 and all(answer.status == "unknown" for answer in answers):
            answers.append(self._ask(certificate, state, usable_crls, rivals=rivals))
        for wanted in ("revoked", "on_hold", "good"):
            for answer in answers:
                if answer.status == wanted:
                    return answer
        for answer in answers:
            causes.extend(answer.causes)
        return replace(unknown, causes=tuple(dict.fromkeys(causes)) or ("REVOCATION.NONE",))

    def _ask(
        self, certificate: Certificate, state: ValProcState, statements: tuple[Statement, ...], *, rivals: tuple[Statement, ...]
    ) -> RevocationFact:
        """Let the engine verify `statements` (one OCSP response, or CRLs) without their `rivals`, and read what they say."""
        parsed = parsed_certificate(certificate.der)
        newest = statements[0]
        fact = RevocationFact(
            certificate_sha256=certificate.sha256,
            status="unknown",
            kind=newest.kind,
            source=newest.item.source,
            evidence_sha256=newest.item.sha256,
            this_update=newest.this_update,
            next_update=newest.next_update,
            produced_at=newest.produced_at,
        )
        self._signatures.is_weak = False
        self._manager.offer(statements, withheld=rivals)
        verify = verify_ocsp_response if newest.kind == "ocsp" else verify_crl
        try:
            _run(verify(parsed, self._path, self._context, proc_state=state))
        except engine.RevokedError as error:
            return _revoked(fact, error.revocation_dt, error.reason.native)
        except (engine.OCSPValidationIndeterminateError, engine.CRLValidationIndeterminateError) as error:
            if error.failures or newest.kind == "crl":
                return replace(fact, causes=self._failed(str(failure[0]) for failure in error.failures))
        except (engine.OCSPValidationError, engine.CRLValidationError):
            return replace(fact, causes=("REVOCATION.WRONG_ISSUER",))
        except (ValueError, TypeError, KeyError):
            return replace(fact, causes=("REVOCATION.UNUSABLE",))
        said = [answer for answer in (revocation_of(statement, parsed.serial_number) for statement in statements) if answer]
        if not said:
            is_good = newest.kind == "crl" or single_status(newest) == "good"
            return replace(fact, status="good") if is_good else replace(fact, causes=("REVOCATION.UNKNOWN_TO_RESPONDER",))
        revoked_at, reason = min(said)
        if revoked_at == self._at:
            return _revoked(fact, revoked_at, reason)
        if revoked_at < self._at:
            # The engine has judged the entry and a delta CRL took it back.
            return replace(fact, status="good")
        return replace(fact, status="good", revoked_at=revoked_at, reason=reason)

    def _failed(self, messages: Iterable[str]) -> tuple[str, ...]:
        if self._signatures.is_weak:
            return ("REVOCATION.WEAK_ALGORITHM",)
        causes = tuple(cause_of(message, REVOCATION_WORDS, default="REVOCATION.UNUSABLE") for message in messages)
        return tuple(dict.fromkeys(causes)) or ("REVOCATION.SCOPE",)


def _revoked(fact: RevocationFact, revoked_at: datetime, reason: str) -> RevocationFact:
    return replace(fact, status="on_hold" if reason == "certificate_hold" else "revoked", revoked_at=revoked_at, reason=reason)


class _Manager(RevinfoManager):
    """Offers the engine all known statements, but of those about the certificate in hand only the selected ones.

    The engine recognises a CRL it has verified by its signature octets alone; a forged CRL may copy those, so issuers are
    recorded under the digest of the whole CRL here.
    """

    def __init__(
        self,
        registry: CertificateRegistry,
        chain: tuple[x509.Certificate, ...],
        *,
        known: list[Statement],
        deltas: list[asn1_crl.CertificateList],
    ) -> None:
        super().__init__(registry, POEManager(), (), ())
        self._issuers: dict[bytes, x509.Certificate] = {}
        self._chain = chain
        self._known = known
        self._deltas = tuple(map(CRLContainer, deltas))

    def offer(self, statements: tuple[Statement, ...], *, withheld: tuple[Statement, ...]) -> None:
        hidden = {id(statement) for statement in withheld} - {id(statement) for statement in statements}
        offered = [statement for statement in self._known if id(statement) not in hidden]
        self._ocsps = [_ocsp_container(one) for one in offered if one.kind == "ocsp" and not self._holds_pretender(one)]
        self._crls = [*(CRLContainer(parsed_crl(one.item.der)) for one in offered if one.kind == "crl"), *self._deltas]

    def _holds_pretender(self, statement: Statement) -> bool:
        basic = parsed_ocsp(statement.item.der)["response_bytes"]["response"].parsed
        return any(_poses_as(certificate, self._chain) for certificate in basic["certs"] or ())

    def record_crl_issuer(self, certificate_list: asn1_crl.CertificateList, cert: x509.Certificate) -> None:
        self._issuers[certificate_list.sha256] = cert

    def check_crl_issuer(self, certificate_list: asn1_crl.CertificateList) -> x509.Certificate | None:
        return self._issuers.get(certificate_list.sha256)


def _ocsp_container(statement: Statement) -> OCSPContainer:
    return OCSPContainer(parsed_ocsp(statement.item.der), statement.index)


class _Context(ValidationContext):
    """Remembers validated certificates by SHA-256: the engine does so by signature octets, which a forgery may copy."""

    def record_validation(self, cert: x509.Certificate, path: ValidationPath) -> None:
        self._validate_map[cert.sha256] = path

    def check_validation(self, cert: x509.Certificate) -> ValidationPath | None:
        return self._validate_map.get(cert.sha256)

    def clear_validation(self, cert: x509.Certificate) -> None:
        self._validate_map.pop(cert.sha256, None)


def _poses_as(certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> bool:
    """Tell whether a certificate has the issuer and serial number, or the signature octets, of another one in the chain.

    The engine takes either for identity when it looks for OCSP responders and CRL issuers.
    """
    return any(
        certificate.sha256 != known.sha256
        and (certificate.issuer_serial == known.issuer_serial or certificate.signature == known.signature)
        for known in chain
    )


def _readable(certificate: Certificate) -> x509.Certificate | None:
    parsed = parsed_certificate(certificate.der)
    try:
        _ = (parsed.issuer_serial, parsed.subject.hashable, parsed.public_key.sha1, parsed.key_identifier, parsed.critical_extensions)
    except (ValueError, TypeError, KeyError):
        return None
    return parsed


class _Algorithms(AlgorithmUsagePolicy):
    """The table of `crypto.algorithms` at the control time."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def digest_algorithm_allowed(self, algo: algos.DigestAlgorithm, moment: datetime | None) -> AlgorithmUsageConstraint:  # noqa: ARG002
        return AlgorithmUsageConstraint(allowed=False, failure_reason="unsupported")

    def signature_algorithm_allowed(
        self,
        algo: algos.SignedDigestAlgorithm,
        moment: datetime | None,  # noqa: ARG002
        public_key: keys.PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        assert public_key is not None
        try:
            is_allowed = acceptable(signature_algorithm_of(algo.dump()), load_public_key(public_key.dump()).bits, at=self._at).is_acceptable
        except InputError:
            return AlgorithmUsageConstraint(allowed=False, failure_reason="unsupported")
        return AlgorithmUsageConstraint(allowed=is_allowed)


class _Verified(SignatureValidator):
    """Stands where every signature that can be met has been verified by `_link_cause`."""

    def validate_signature(self, *_: object, **__: object) -> None:
        return


class _Signatures(SignatureValidator):
    """Verifies with `crypto.verify` and the same table; `is_weak` tells that a value was refused for its algorithm."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self.is_weak = False

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: keys.PublicKeyInfo,
        signature_algorithm: algos.SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,  # noqa: ARG002
    ) -> None:
        try:
            algorithm = signature_algorithm_of(signature_algorithm.dump())
            key = load_public_key(public_key_info.dump())
            is_right = verify_der_value(key, signed_data, signature=signature, algorithm=algorithm)
        except InputError as error:
            raise InvalidSignature from error
        if is_right and not acceptable(algorithm, key.bits, at=self._at).is_acceptable:
            self.is_weak, is_right = True, False
        if not is_right:
            raise InvalidSignature


def _run(coroutine: Coroutine[Any, Any, _Value]) -> _Value:
    """Run a coroutine that never waits: without fetchers the engine's do not."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: _Value = done.value
        return value
    coroutine.close()
    raise RuntimeError("the engine waits for something outside")
