"""The objects that a validation report of ETSI refers to: certificates, statements on revocation,
time-stamp tokens.

Spec: ETSI TS 119 102-2 v1.4.1, 4.5.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.path.result import PathResult
from hocba_sign.pki.revocation.pool import RevocationFact
from hocba_sign.report.etsi_xml import URN, element, indication, when
from hocba_sign.validation.signature.time_stamp_checks import TimeStampConclusion

_STATEMENTS = {"crl": "CRL", "ocsp": "OCSPResponse"}
_REASONS = {
    "unspecified": "unspecified",
    "key_compromise": "keyCompromise",
    "ca_compromise": "cACompromise",
    "affiliation_changed": "affiliationChanged",
    "superseded": "superseded",
    "cessation_of_operation": "cessationOfOperation",
    "certificate_hold": "certificateHold",
    "privilege_withdrawn": "privilegeWithdrawn",
    "aa_compromise": "aACompromise",
}


@dataclass(frozen=True, slots=True)
class EtsiObjects:
    """The objects so far, by their ids."""

    written: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def elements(self) -> tuple[str, ...]:
        return tuple(self.written.values())

    def with_certificate(self, certificate: Certificate | None) -> "EtsiObjects":
        if certificate is None:
            return self
        identifier, octets = certificate_object(certificate), certificate.der
        return self._with(identifier, "certificate", element("base64", _base64(octets)))

    def with_path(self, path: PathResult | None) -> "EtsiObjects":
        """Add the chain and the statements on it; those as digests, for lists are long."""
        found = self
        for certificate in () if path is None else path.chain:
            found = found.with_certificate(certificate)
        for fact in () if path is None else path.revocation:
            found = found.with_statement(fact)
        return found

    def with_statement(self, fact: RevocationFact) -> "EtsiObjects":
        if fact.kind is None or fact.evidence_sha256 is None:
            return self
        digest = digest_value(bytes.fromhex(fact.evidence_sha256))
        return self._with(_statement_object(fact), _STATEMENTS[fact.kind], digest)

    def with_time_stamp(self, stamp: TimeStampConclusion, number: int) -> "EtsiObjects":
        """Add a token with its judgement as one of the signature with this number."""
        provided = ""
        if stamp.time is not None:
            provided = element(
                "POEProvisioning",
                element("POETime", when(stamp.time)),
                element("ValidationObject", VOReference=f"S-{number}"),
            )
        judged = element(
            "ValidationReport",
            element(
                "SignatureValidationStatus",
                indication(_of_token(stamp), stamp.sub_indication),
                references(stamp.path) if stamp.path is not None else "",
            ),
        )
        octets = element("base64", _base64(stamp.token_der))
        return self._with(time_stamp_object(stamp, number), "timestamp", octets, provided, judged)

    def _with(self, identifier: str, kind: str, representation: str, *more: str) -> "EtsiObjects":
        if identifier in self.written:
            return self
        told = element(
            "ValidationObject",
            element("ObjectType", f"{URN}validationObject:{kind}"),
            element("ValidationObjectRepresentation", representation),
            *more,
            id=identifier,
        )
        return EtsiObjects(MappingProxyType({**self.written, identifier: told}))


def certificate_object(certificate: Certificate) -> str:
    return f"C-{certificate.sha256}"


def time_stamp_object(stamp: TimeStampConclusion, number: int) -> str:
    """Return the id of a token in its place: the same one may be right elsewhere."""
    return f"T-{number}-{stamp.kind}-{digest_of(stamp.token_der).hex()}"


def _statement_object(fact: RevocationFact) -> str:
    return f"R-{fact.evidence_sha256}"


def references(path: PathResult) -> str:
    """Refer to what a path rests on: its anchor, its chain, and the first revocation in it."""
    signer, *others = path.chain
    anchors = [certificate for certificate in others if certificate.sha256 == path.anchor_sha256]
    if signer.sha256 == path.anchor_sha256:
        anchors = [signer]
    between = (certificate for certificate in others if certificate not in anchors)
    anchor = element("TrustAnchor", VOReference=certificate_object(anchors[0])) if anchors else ""
    chain = element(
        "CertificateChain",
        element("SigningCertificate", VOReference=certificate_object(signer)),
        *(
            element("IntermediateCertificate", VOReference=certificate_object(certificate))
            for certificate in between
        ),
        anchor,
    )
    return element("AssociatedValidationReportData", anchor, chain, *_revocations(path))


def _revocations(path: PathResult) -> Iterator[str]:
    """Yield the first certificate of the chain that was revoked, of which the schema has room for
    one.
    """
    for fact in path.revocation:
        if fact.revoked_at is None or fact.evidence_sha256 is None:
            continue
        reason = _REASONS.get(fact.reason or "")
        yield element(
            "RevocationStatusInformation",
            element("ValidationObjectId", VOReference=f"C-{fact.certificate_sha256}"),
            element("RevocationTime", when(fact.revoked_at)),
            element("RevocationReason", f"{URN}revocationReason:{reason}") if reason else "",
            element("RevocationObject", VOReference=_statement_object(fact)),
        )
        return


def _of_token(stamp: TimeStampConclusion) -> str:
    """Return the indication of a token, which has no total one."""
    return stamp.indication.lower().removeprefix("total_")


def digest_of(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()


def digest_value(digest: bytes) -> str:
    """Write a SHA-256 digest with its method."""
    method = element("ds:DigestMethod", Algorithm="http://www.w3.org/2001/04/xmlenc#sha256")
    value = element("ds:DigestValue", _base64(digest))
    return element("DigestAlgAndValue", method, value)


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode()
