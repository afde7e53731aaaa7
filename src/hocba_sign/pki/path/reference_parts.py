"""What the engine is given in place of its own parts: which statements it sees, what it remembers,
which algorithms and signatures it takes.

Belongs to the seam of `engine`.
"""

import hashlib
from datetime import datetime, timedelta

from asn1crypto import algos, keys, x509
from asn1crypto import crl as asn1_crl
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.authority import Authority
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo, ValidationTimingParams
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    AlgorithmUsageConstraint,
    AlgorithmUsagePolicy,
)
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.revinfo.archival import (
    CRLContainer,
    OCSPContainer,
    RevinfoUsability,
    RevinfoUsabilityRating,
)
from pyhanko_certvalidator.revinfo.manager import RevinfoManager
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    SignatureValidationContext,
    SignatureValidator,
)

from hocba_sign.crypto.acceptance import acceptable
from hocba_sign.crypto.identifier import signature_algorithm_of
from hocba_sign.crypto.verify import load_public_key, verify_der_value
from hocba_sign.errors import InputError
from hocba_sign.pki.cache.asn1 import parsed_certificate, parsed_crl, parsed_ocsp
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.name_comparison import MAX_NAME
from hocba_sign.pki.revocation.pool import Statement


class Manager(RevinfoManager):
    """Offers the engine the statements in hand for the question itself, and all that are known for
    what that leads to.

    Issuers of CRLs are forgotten between two questions, for the engine lets whoever is recorded
    speak about itself. It recognises a CRL it has verified by its signature octets alone; a forged
    CRL may copy those, so issuers are recorded under the digest of the whole CRL here.
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

    def offer(self, statements: tuple[Statement, ...]) -> None:
        self._issuers.clear()
        self._ocsps = [
            _ocsp_container(reading)
            for reading in self._known
            if reading.kind == "ocsp" and not self._holds_pretender(reading)
        ]
        self._crls = [
            *(
                CRLContainer(parsed_crl(reading.item.der))
                for reading in self._known
                if reading.kind == "crl"
            ),
            *self._deltas,
        ]
        self._in_hand = [
            _InHand(parsed_crl(statement.item.der))
            for statement in statements
            if statement.kind == "crl"
        ]
        self._ocsps_in_hand = [
            _OcspInHand(parsed_ocsp(statement.item.der), statement.index)
            for statement in statements
            if statement.kind == "ocsp" and not self._holds_pretender(statement)
        ]
        self._is_asked = False

    def currently_available_crls(self) -> list[CRLContainer]:
        """Return the lists in hand to the question itself, which comes first, all others to what it
        leads to: issuers of lists, responders.
        """
        if self._in_hand and not self._is_asked:
            self._is_asked = True
            return list(self._in_hand)
        return list(self._crls)

    async def async_retrieve_ocsps(
        self, cert: x509.Certificate, issuer: Authority
    ) -> list[OCSPContainer]:
        if self._ocsps_in_hand and not self._is_asked:
            self._is_asked = True
            return list(self._ocsps_in_hand)
        found: list[OCSPContainer] = await super().async_retrieve_ocsps(cert, issuer)
        return found

    def _holds_pretender(self, statement: Statement) -> bool:
        basic = parsed_ocsp(statement.item.der)["response_bytes"]["response"].parsed
        return any(poses_as(certificate, self._chain) for certificate in basic["certs"] or ())

    def record_crl_issuer(
        self, certificate_list: asn1_crl.CertificateList, cert: x509.Certificate
    ) -> None:
        self._issuers[certificate_list.sha256] = cert

    def check_crl_issuer(
        self, certificate_list: asn1_crl.CertificateList
    ) -> x509.Certificate | None:
        return self._issuers.get(certificate_list.sha256)


def _ocsp_container(statement: Statement) -> OCSPContainer:
    return OCSPContainer(parsed_ocsp(statement.item.der), statement.index)


class _InHand(CRLContainer):
    """A list that is asked about: whether it is fresh is decided elsewhere."""

    def usable_at(self, *_: object, **__: object) -> RevinfoUsability:
        return RevinfoUsability(RevinfoUsabilityRating.OK)


class _OcspInHand(OCSPContainer):
    def usable_at(self, *_: object, **__: object) -> RevinfoUsability:
        return RevinfoUsability(RevinfoUsabilityRating.OK)


class Context(ValidationContext):
    """Remembers validated certificates by SHA-256: the engine does so by signature octets, which a
    forgery may copy.
    """

    def move_to(self, moment: datetime) -> None:
        """Set another time, and forget who was valid before; whatever revokes an issuer of
        lists or a responder counts, also later.
        """
        self.timing_params = ValidationTimingParams(
            ValidationTimingInfo(moment, moment, point_in_time_validation=False), timedelta(0)
        )
        self._validate_map.clear()

    def record_validation(self, cert: x509.Certificate, path: ValidationPath) -> None:
        self._validate_map[cert.sha256] = path

    def check_validation(self, cert: x509.Certificate) -> ValidationPath | None:
        return self._validate_map.get(cert.sha256)

    def clear_validation(self, cert: x509.Certificate) -> None:
        self._validate_map.pop(cert.sha256, None)


def poses_as(certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> bool:
    """Return whether a certificate has the issuer and serial number, or the signature octets, of
    another one in the chain.

    The engine takes either for identity when it looks for OCSP responders and CRL issuers.
    """
    return any(
        certificate.sha256 != known.sha256
        and (
            certificate.issuer_serial == known.issuer_serial
            or certificate.signature == known.signature
        )
        for known in chain
    )


def readable(certificate: Certificate) -> x509.Certificate | None:
    # The engine prepares names in Python, letter by letter.
    if max(len(certificate.subject_der), len(certificate.issuer_der)) > MAX_NAME:
        return None
    parsed = parsed_certificate(certificate.der)
    try:
        _ = (
            parsed.issuer_serial,
            parsed.subject.hashable,
            parsed.public_key.sha1,
            parsed.key_identifier,
            parsed.critical_extensions,
        )
    except (AttributeError, ValueError, TypeError, LookupError):
        return None
    return parsed


class Algorithms(AlgorithmUsagePolicy):
    """The table of `crypto.algorithms` at the control time."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def digest_algorithm_allowed(
        self,
        algo: algos.DigestAlgorithm,  # noqa: ARG002 - asked for every algorithm
        moment: datetime | None,  # noqa: ARG002
    ) -> AlgorithmUsageConstraint:
        return AlgorithmUsageConstraint(allowed=False, failure_reason="unsupported")

    def signature_algorithm_allowed(
        self,
        algo: algos.SignedDigestAlgorithm,
        moment: datetime | None,  # noqa: ARG002
        public_key: keys.PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        assert public_key is not None
        try:
            is_allowed = acceptable(
                signature_algorithm_of(algo.dump()),
                load_public_key(public_key.dump()).bits,
                at=self._at,
            ).is_acceptable
        except InputError:
            return AlgorithmUsageConstraint(allowed=False, failure_reason="unsupported")
        return AlgorithmUsageConstraint(allowed=is_allowed)


class Verified(SignatureValidator):
    """Stands where every signature that can be met has been verified by `_link_cause`."""

    def validate_signature(self, *_: object, **__: object) -> None:
        return


class Signatures(SignatureValidator):
    """Verifies with `crypto.verify` and the same table; `is_weak` tells that a value was refused
    for its algorithm.
    """

    def __init__(self, at: datetime) -> None:
        self._at = at
        self.is_weak = False
        self._keys: dict[bytes, bytes] = {}

    def begin(self) -> None:
        self.is_weak = False
        self._keys.clear()

    def key_of(self, octets: bytes) -> bytes | None:
        """Return the key (SubjectPublicKeyInfo) that `octets` were last verified with."""
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
