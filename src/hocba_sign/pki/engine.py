"""The one seam to pyhanko-certvalidator: RFC 5280 section 6 and the verification of CRLs and OCSP responses.

A `Session` lives for one chain at one control time. No network, no clock. What the engine decides by copied octets (which CRL
it has verified, which certificate is the responder) is decided by SHA-256 here.
Spec: RFC 5280, 6; RFC 6960, 3.2.
"""

import hashlib
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
    RevocationCheckingPolicy,
    RevocationCheckingRule,
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
from hocba_sign.pki.direct import Question, fact_of, revoked
from hocba_sign.pki.evidence import Evidence
from hocba_sign.pki.outcome import PATH_WORDS, REVOCATION_WORDS, PathRequirements, cause_of
from hocba_sign.pki.parsed import parsed_certificate, parsed_crl, parsed_ocsp
from hocba_sign.pki.revocation import Pool, RevocationFact, Statement, related_crls, revocation_of, single_status

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
    return CertTrustAnchor(certificate, TrustQualifiers(max_path_length=length, max_aa_path_length=length))


def _subtrees(certificate: x509.Certificate, side: str, otherwise: PKIXSubtrees) -> PKIXSubtrees:
    """Take over the anchor's name constraints. Spec: RFC 5937, 3."""
    constraints = certificate.name_constraints_value
    value = None if constraints is None else constraints[side]
    return {**otherwise, **process_general_subtrees(value)} if isinstance(value, x509.GeneralSubtrees) else otherwise


class Session:
    """The engine's objects for one chain at one control time; used by one call, then dropped."""

    def __init__(
        self,
        chain: tuple[x509.Certificate, ...],
        evidence: Evidence,
        *,
        pool: Pool,
        at: datetime,
        known_until: datetime,
        is_unknown_allowed: bool = False,
    ) -> None:
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
            revinfo_policy=CertRevTrustPolicy(_IF_KNOWN if is_unknown_allowed else REQUIRE_REVINFO, retroactive_revinfo=True),
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

    def ask(self, question: Question, statements: tuple[Statement, ...], *, rivals: tuple[Statement, ...]) -> RevocationFact:
        """Let the engine verify `statements` (one OCSP response, or CRLs) without their `rivals`, and read what they say."""
        for index in range(len(self._chain) - 2, question.index, -1):
            done = ValidationPath(self._path.trust_anchor, list(self._chain[-2:index:-1]), self._chain[index])
            self._context.record_validation(self._chain[index], done)
        state = ValProcState(cert_path_stack=ConsList.sing(self._path), init_index=len(self._chain) - 1 - question.index)
        newest = statements[0]
        fact = fact_of(question, newest)
        self._signatures.begin()
        self._manager.offer(statements, withheld=rivals)
        verify = verify_ocsp_response if newest.kind == "ocsp" else verify_crl
        try:
            _run(verify(self._chain[question.index], self._path, self._context, proc_state=state))
        except engine.RevokedError as error:
            until = self._signer_end(question, statements)
            return revoked(replace(fact, issuer_not_after=until), at=error.revocation_dt, reason=error.reason.native)
        except (engine.OCSPValidationIndeterminateError, engine.CRLValidationIndeterminateError) as error:
            is_ignorance = newest.kind == "ocsp" and single_status(newest) == "unknown" and any(map(self._is_verified, statements))
            if not is_ignorance and (error.failures or newest.kind == "crl"):
                return replace(fact, causes=self._failed(str(failure[0]) for failure in error.failures))
        except (engine.OCSPValidationError, engine.CRLValidationError):
            return replace(fact, causes=("REVOCATION.WRONG_ISSUER",))
        except (AttributeError, ValueError, TypeError, LookupError):
            return replace(fact, causes=("REVOCATION.UNUSABLE",))
        if not any(map(self._is_verified, statements)):
            # Some other list spoke, or the engine took one for granted while judging its issuer.
            return replace(fact, causes=self._failed(("signature",)))
        if newest.kind == "ocsp" and single_status(newest) == "unknown":
            return replace(fact, causes=("REVOCATION.UNKNOWN_TO_RESPONDER",))
        fact = replace(fact, status="good", issuer_not_after=self._signer_end(question, statements))
        return self._told(fact, statements, question.certificate.serial_number)

    def _told(self, fact: RevocationFact, statements: tuple[Statement, ...], serial_number: int) -> RevocationFact:
        """Add when the certificate is revoked, if that is known of one that the engine holds good."""
        entries = [one for one in (revocation_of(statement, serial_number) for statement in statements) if one]
        said = [one for one in entries if one[1] != "remove_from_crl"]
        if not said:
            return fact
        revoked_at, reason = min(said)
        if revoked_at > self._at:
            return replace(fact, revoked_at=revoked_at, reason=reason)
        # The engine lets an entry of this very second pass; an older one may have been taken back by a delta CRL.
        is_taken_back = self._manager.has_deltas and revoked_at < self._moment
        return fact if is_taken_back else revoked(fact, at=revoked_at, reason=reason)

    def _is_verified(self, statement: Statement) -> bool:
        if statement.kind == "crl":
            signed = parsed_crl(statement.item.der)["tbs_cert_list"]
        else:
            signed = parsed_ocsp(statement.item.der)["response_bytes"]["response"].parsed["tbs_response_data"]
        return self._signatures.key_of(signed.dump()) is not None

    def _signer_end(self, question: Question, statements: tuple[Statement, ...]) -> datetime:
        """Find out when the first of the issuer and those who signed `statements` for it expires."""
        ends = [question.issuer.not_after]
        for statement in statements:
            if statement.kind == "crl":
                signer = self._manager.check_crl_issuer(parsed_crl(statement.item.der))
                ends += [] if signer is None else [signer.not_valid_after]
            else:
                basic = parsed_ocsp(statement.item.der)["response_bytes"]["response"].parsed
                key_der = self._signatures.key_of(basic["tbs_response_data"].dump())
                near = (
                    *(one.dump() for one in basic["certs"] or ()),
                    *(one.der for one in (*question.chain, *question.evidence.certificates)),
                )
                holders = [one for one in map(parsed_certificate, near) if one.public_key.dump() == key_der]
                ends += [] if key_der == question.issuer.public_key_der else [one.not_valid_after for one in holders]
        return min(ends)

    def _failed(self, messages: Iterable[str]) -> tuple[str, ...]:
        if self._signatures.is_weak:
            return ("REVOCATION.WEAK_ALGORITHM",)
        causes = tuple(cause_of(message, REVOCATION_WORDS, default="REVOCATION.UNUSABLE") for message in messages)
        return tuple(dict.fromkeys(causes)) or ("REVOCATION.SCOPE",)


class _Manager(RevinfoManager):
    """Offers the engine all known statements, but of those about the certificate in hand only the selected ones.

    Issuers of CRLs are forgotten between two questions, for the engine lets whoever is recorded speak about itself. It recognises
    a CRL it has verified by its signature octets alone; a forged CRL may copy those, so issuers are recorded under the digest of the
    whole CRL here.
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

    @property
    def has_deltas(self) -> bool:
        return bool(self._deltas)

    def offer(self, statements: tuple[Statement, ...], *, withheld: tuple[Statement, ...]) -> None:
        self._issuers.clear()
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
    except (AttributeError, ValueError, TypeError, LookupError):
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
        self._keys: dict[bytes, bytes] = {}

    def begin(self) -> None:
        self.is_weak = False
        self._keys.clear()

    def key_of(self, octets: bytes) -> bytes | None:
        """Give the key (SubjectPublicKeyInfo) that `octets` were last verified with."""
        return self._keys.get(hashlib.sha256(octets).digest())

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
        self._keys[hashlib.sha256(signed_data).digest()] = public_key_info.dump()


def _run(coroutine: Coroutine[Any, Any, _Value]) -> _Value:
    """Run a coroutine that never waits: without fetchers the engine's do not."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: _Value = done.value
        return value
    coroutine.close()
    raise RuntimeError("the engine waits for something outside")
