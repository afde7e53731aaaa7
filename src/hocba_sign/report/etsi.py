"""The report as a validation report of ETSI: one part per signature, and the objects that the parts
refer to.

The schema knows signatures only. What the document as a whole lacks stands as a constraint in every
signature that it concerns, and the verdict as other information beside each, so that nobody takes a
passed signature for a valid transcript.

Spec: ETSI TS 119 102-2 v1.4.1.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile
from typing import Final

from hocba_sign.ades.structure import StampKind
from hocba_sign.model.transcript import ID_DATA
from hocba_sign.report.etsi_objects import (
    EtsiObjects,
    certificate_object,
    digest_of,
    digest_value,
    references,
    time_stamp_object,
)
from hocba_sign.report.etsi_xml import URN, element, indication, text, when
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion, claimed_time
from hocba_sign.validation.verdict import (
    Check,
    Conclusion,
    Indication,
    Status,
    SubIndication,
    Verdict,
)

NAMESPACE: Final = "http://uri.etsi.org/19102/v1.4.1#"
RULE: Final = "urn:hocba:rule:"
CAUSE: Final = "urn:hocba:cause:"
_BLOCK: Final = "urn:cef:dss:bbb:"
"""ETSI names no blocks: the names that EU DSS gives them."""
_NO_SIGNATURE: Final = "urn:cef:dss:mainindication:noSignatureFound"
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ValidationReport'
    f' xmlns="{NAMESPACE}" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
    ' xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" xmlns:tsl="http://uri.etsi.org/02231/v2#"'
    ' xmlns:hocba="urn:hocba:report:1">'
)

_BLOCKS: Final = (
    "formatChecking",
    "identificationOfTheSigningCertificate",
    "validationContextInitialization",
    "cryptographicVerification",
    "x509CertificateValidation",
    "signatureAcceptanceValidation",
)
"""The basic building blocks in the order in which they are gone through here."""
_ENDINGS: Final = {
    SubIndication.FORMAT_FAILURE: "formatChecking",
    SubIndication.NO_SIGNING_CERTIFICATE_FOUND: "identificationOfTheSigningCertificate",
    SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE: "validationContextInitialization",
    SubIndication.POLICY_PROCESSING_ERROR: "validationContextInitialization",
    SubIndication.HASH_FAILURE: "cryptographicVerification",
    SubIndication.SIG_CRYPTO_FAILURE: "cryptographicVerification",
    SubIndication.SIGNED_DATA_NOT_FOUND: "cryptographicVerification",
    SubIndication.SIG_CONSTRAINTS_FAILURE: "signatureAcceptanceValidation",
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE: "signatureAcceptanceValidation",
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: "signatureAcceptanceValidation",
}
"""In which block a signature ends; in the path with any other sub-indication."""
_CHECKED: Final = {
    Status.PASS: "passed",
    Status.WARNING: "passed",
    Status.FAIL: "failed",
    Status.UNPROVEN: "indeterminate",
}
_STAMPS: Final = {
    StampKind.CONTENT: "AllDataObjectsTimeStamp",
    StampKind.SIGNATURE: "SignatureTimeStamp",
    StampKind.REFS: "SigAndRefsTimeStamp",
    StampKind.ARCHIVE: "ArchiveTimeStamp",
}


def etsi(report: JudgedFile, *, validator_der: bytes | None = None) -> str:
    """Write the validation report, without a signature of its own; `validator_der` is the
    certificate of whoever will sign it.

    A file without a signature, or one that cannot be read, has one part that says so.
    """
    conclusion = report.conclusion
    parts, objects = [], EtsiObjects()
    if conclusion is not None and conclusion.signatures:
        for number, signature in enumerate(conclusion.signatures, 1):
            part, objects = _signature(signature, number, report=report, objects=objects)
            parts.append(part)
    else:
        parts.append(_without_signature(report))
    listed = (
        element("SignatureValidationObjects", *objects.elements()) if objects.elements() else ""
    )
    told = (_HEAD, *parts, listed, _validator(validator_der), "</ValidationReport>\n")
    return "\n".join(filter(None, told))


def _validator(certificate_der: bytes | None) -> str:
    if certificate_der is None:
        return ""
    certificate = element("tsl:X509Certificate", b64encode(certificate_der).decode())
    return element("SignatureValidator", element("DigitalId", certificate))


def _without_signature(report: JudgedFile) -> str:
    if report.verdict is Verdict.NOTHING_TO_VERIFY:
        status = element("MainIndication", _NO_SIGNATURE)
    else:
        failed = report.verdict is Verdict.INVALID
        status = indication(
            Indication.TOTAL_FAILED if failed else Indication.INDETERMINATE,
            SubIndication.FORMAT_FAILURE,
        )
    return element(
        "SignatureValidationReport",
        _constraints(report, report.checks, blocks=""),
        element("SignatureValidationStatus", status),
        _document(report),
    )


def _signature(
    one: SignatureConclusion, number: int, *, report: JudgedFile, objects: EtsiObjects
) -> tuple[str, EtsiObjects]:
    """Write the part of one signature, with what it refers to added to the objects."""
    assert report.conclusion is not None
    objects = objects.with_path(one.path).with_certificate(one.certificate)
    for stamp in one.time_stamps:
        objects = objects.with_path(stamp.path).with_time_stamp(stamp, number)
    return element(
        "SignatureValidationReport",
        _identifier(one, number),
        _constraints(report, _concerning(one, report), blocks=_blocks(one.conclusion)),
        _times(one, number, at=report.at),
        _signers_document(one, report.conclusion),
        _attributes(one, number),
        _signer(one),
        element(
            "SignatureValidationProcess",
            element("SignatureValidationProcessID", URN + "validationprocess:" + _process(one)),
        ),
        _status(one),
        _document(report),
    ), objects


def _concerning(one: SignatureConclusion, report: JudgedFile) -> Iterator[Check]:
    """Yield the checks of the document, but for those of other slots alone, and what was found of
    this signature.
    """
    assert report.conclusion is not None
    others = {str(other.signature.slot) for other in report.conclusion.signatures} - {
        str(one.signature.slot)
    }
    yield from (check for check in report.checks if check.where not in others)


def _identifier(one: SignatureConclusion, number: int) -> str:
    signature = one.signature
    digest, value = "", ""
    if signature.signed_info_octets:
        digest = digest_value(digest_of(signature.signed_info_octets))
    if signature.value:
        value = element("ds:SignatureValue", b64encode(signature.value).decode())
    return element(
        "SignatureIdentifier",
        digest,
        value,
        element("HashOnly", "false"),
        element("DocHashOnly", "false"),
        element("DAIdentifier", text(signature.identifier or signature.where)),
        id=f"S-{number}",
    )


def _constraints(report: JudgedFile, checks: Iterable[Check], *, blocks: str) -> str:
    policy = element(
        "SignatureValidationPolicy",
        element("SignaturePolicyIdentifier", element("xades:SignaturePolicyImplied")),
        element("PolicyName", text(", ".join(report.policies))),
    )
    told = (
        _constraint(RULE + check.identifier, _CHECKED.get(check.status), where=check.where)
        for check in dict.fromkeys(checks)
    )
    return element("ValidationConstraintsEvaluationReport", policy, blocks, *told)


def _blocks(conclusion: Conclusion) -> str:
    """Write each basic building block: those before the one that decides passed, those behind it
    were not reached. Then everything that was found.
    """
    sub = conclusion.sub_indication
    end = None if sub is None else _ENDINGS.get(sub, "x509CertificateValidation")
    is_failed = conclusion.indication is Indication.TOTAL_FAILED
    result = "failed" if is_failed else "indeterminate"
    told = [
        _constraint(_BLOCK + block, "passed")
        for block in takewhile(lambda block: block != end, _BLOCKS)
    ]
    if end is not None:
        told.append(_constraint(_BLOCK + end, result, sub=sub))
        behind = _BLOCKS[_BLOCKS.index(end) + 1 :]
        told += [_constraint(_BLOCK + block, None) for block in behind]
    found = dict.fromkeys(conclusion.findings)
    told += [_constraint(CAUSE + finding.cause, result, where=finding.where) for finding in found]
    return "".join(told)


def _constraint(
    identifier: str,
    result: str | None,
    *,
    sub: SubIndication | None = None,
    where: str | None = None,
) -> str:
    """Write one constraint; `result` is None for what was not checked."""
    place, status = "", ""
    if where is not None:
        place = element(
            "ValidationConstraintParameter",
            element("Type", "urn:hocba:where"),
            element("Value", text(where)),
        )
    if result is not None:
        status = element("ValidationStatus", indication(result, sub))
    applied = "disabled" if result is None else "applied"
    return element(
        "ValidationConstraint",
        element("ValidationConstraintIdentifier", text(identifier)),
        place,
        element("ConstraintStatus", element("Status", f"{URN}constraintStatus:{applied}")),
        status,
    )


def _times(one: SignatureConclusion, number: int, *, at: datetime) -> str:
    """Write the best signature time: what a time-stamp proves, else the validation time, for the
    claimed one proves nothing (EN 319 102-1, 5.5.4).
    """
    proof = ""
    best = at
    if one.is_time_proven and one.best_time is not None:
        best = one.best_time
        stamps = [
            time_stamp_object(stamp, number) for stamp in one.time_stamps if stamp.time == best
        ]
        proof = element("POEObject", VOReference=stamps[0]) if stamps else ""
    return element(
        "ValidationTimeInfo",
        element("ValidationTime", when(at)),
        element(
            "BestSignatureTime",
            element("POETime", when(best)),
            element("TypeOfProof", URN + "poetype:validation"),
            proof,
        ),
    )


def _signers_document(one: SignatureConclusion, conclusion: DocumentConclusion) -> str:
    """Name the signed data, where this signature covers all of it."""
    data = conclusion.data_sha256
    if data is None or ID_DATA not in one.signature.covered_ids():
        return ""
    return element("SignersDocument", digest_value(bytes.fromhex(data)))


def _attributes(one: SignatureConclusion, number: int) -> str:
    told = [*_signed_attributes(one), *_stamp_attributes(one, number)]
    return element("SignatureAttributes", *told) if told else ""


def _signed_attributes(one: SignatureConclusion) -> Iterator[str]:
    claimed, stated = claimed_time(one.signature), one.signature.properties
    if claimed is not None:
        yield element("SigningTime", element("Time", when(claimed)), Signed="true")
    if stated is None:
        return
    for binding in stated.certificates:
        method = element("ds:DigestMethod", Algorithm=binding.digest_uri)
        value = element("ds:DigestValue", b64encode(binding.digest_value).decode())
        yield element("SigningCertificate", element("CertID", method, value), Signed="true")
    for commitment in stated.commitments:
        identifier = element("CommitmentTypeIdentifier", text(commitment))
        yield element("CommitmentTypeIndication", identifier, Signed="true")
    if stated.policy is not None and stated.policy.identifier is not None:
        identifier = element("SigPolicyId", text(stated.policy.identifier))
        yield element("SigPolicyIdentifier", identifier, Signed="true")
    place = stated.place
    if place is not None:
        given = (place.street, place.city, place.state, place.postal_code, place.country)
        lines = [element("AddressString", text(line)) for line in given if line]
        yield from ((element("SignatureProductionPlace", *lines, Signed="true"),) if lines else ())
    roles = [
        element("RoleDetails", element("Role", text(role)), element("EndorsementType", endorsement))
        for endorsement, names in (
            ("claimed", stated.claimed_roles),
            ("certified", stated.certified_roles),
        )
        for role in names
    ]
    if roles:
        yield element("SignerRole", *roles, Signed="true")


def _stamp_attributes(one: SignatureConclusion, number: int) -> Iterator[str]:
    for stamp in one.time_stamps:
        if stamp.time is not None:
            yield element(
                _STAMPS[stamp.kind],
                element("AttributeObject", VOReference=time_stamp_object(stamp, number)),
                element("TimeStampValue", when(stamp.time)),
                Signed="true" if stamp.kind is StampKind.CONTENT else "false",
            )


def _signer(one: SignatureConclusion) -> str:
    if one.certificate is None:
        return ""
    return element(
        "SignerInformation",
        element("SignerCertificate", VOReference=certificate_object(one.certificate)),
        element("Signer", text(one.certificate.subject.common_name or "")),
    )


def _process(one: SignatureConclusion) -> str:
    kinds = {stamp.kind for stamp in one.time_stamps}
    if StampKind.ARCHIVE in kinds:
        return "LTA"
    return "LTVM" if kinds else "Basic"


def _status(one: SignatureConclusion) -> str:
    conclusion = one.conclusion
    return element(
        "SignatureValidationStatus",
        indication(conclusion.indication, conclusion.sub_indication),
        references(one.path) if one.path is not None else "",
    )


def _document(report: JudgedFile) -> str:
    """Write the verdict on the whole file, for which the schema has no place of its own."""
    return element(
        "OtherInformation",
        element(
            "hocba:Document",
            File=report.file,
            SHA256=report.sha256,
            Verdict=report.verdict,
            **({} if report.status is None else {"Status": report.status}),
        ),
    )
