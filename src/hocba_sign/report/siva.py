"""The report in the form of SiVa, the validation service of Estonia: for programs that read that
already.

Such programs take a file for valid where as many signatures are valid as there are. So none is
counted where the whole does not hold: an order that was not kept breaks no signature.

Spec: open-eid/SiVa 3, docs/siva3/interfaces.md, "Validation response parameters".
"""

from base64 import b64encode
from collections.abc import Iterable
from typing import Any, Final

from hocba_sign.ades.structure import StampKind
from hocba_sign.catalogue.messages import Language, message
from hocba_sign.errors import HocbaSignError
from hocba_sign.model.transcript import ID_DATA
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.signature_members import moment
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.in_force.status import Force
from hocba_sign.validation.signature.level import level_of
from hocba_sign.validation.signature.time_stamp_checks import TimeStampConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion, claimed_time
from hocba_sign.validation.verdict import Indication, Status, Verdict

_CERTIFICATES: Final = {
    StampKind.CONTENT: "CONTENT_TIMESTAMP",
    StampKind.SIGNATURE: "SIGNATURE_TIMESTAMP",
    StampKind.REFS: "SIGNATURE_TIMESTAMP",
    StampKind.ARCHIVE: "ARCHIVE_TIMESTAMP",
}


def siva(report: JudgedFile, language: Language) -> dict[str, Any]:
    """Return what SiVa answers: `validationReport` with its `validationConclusion`."""
    conclusion = report.conclusion
    signatures = () if conclusion is None else conclusion.signatures
    holds = report.verdict is Verdict.VALID and report.status in {None, Force.IN_FORCE}
    passed = [
        signature
        for signature in signatures
        if signature.conclusion.indication is Indication.TOTAL_PASSED
    ]
    wrong = [check for check in report.checks if check.status in {Status.FAIL, Status.UNPROVEN}]
    if report.status not in {None, Force.IN_FORCE}:
        wrong += [check for check in report.checks if check.identifier == "DOC.STATUS"]
    named = ", ".join(report.policies)
    told: dict[str, Any] = {
        "policy": {
            "policyName": named,
            "policyDescription": f"hocba-sign, {named}",
            "policyUrl": "",
        },
        "signaturesCount": len(signatures),
        "validSignaturesCount": len(passed) if holds else 0,
        "validationLevel": "ARCHIVAL_DATA",
        "validationTime": moment(report.at),
        "validationWarnings": _contents((check.identifier for check in wrong), language),
        "validatedDocument": {
            "filename": report.file,
            "fileHash": b64encode(bytes.fromhex(report.sha256)).decode(),
            "hashAlgo": "SHA256",
        },
        "signatures": []
        if conclusion is None
        else [_signature(signature, conclusion, language=language) for signature in signatures],
        "timeStampTokens": [],
    }
    if report.format == "pdf":
        told["signatureForm"] = "PAdES"
    return {"validationReport": {"validationConclusion": told}}


def request_errors(error: HocbaSignError, language: Language) -> dict[str, Any]:
    """Return what SiVa answers where nothing could be judged."""
    told = f"{error.message(language)} [{error.cause}]"
    return {"requestErrors": [{"key": "document", "message": told}]}


def _signature(
    one: SignatureConclusion, conclusion: DocumentConclusion, *, language: Language
) -> dict[str, Any]:
    judged, claimed = one.conclusion, moment(claimed_time(one.signature))
    name = None if one.certificate is None else one.certificate.subject.common_name
    told = {
        "id": one.signature.identifier or one.signature.where,
        "signatureFormat": level_of(one, is_other=conclusion.is_other).replace("-", "_"),
        "signatureMethod": one.signature.algorithm_uri or None,
        "signedBy": name,
        "subjectDistinguishedName": {"commonName": name} if name is not None else None,
        "indication": judged.indication.replace("_", "-"),
        "subIndication": judged.sub_indication or "",
        "errors": _contents((finding.cause for finding in judged.findings), language),
        "warnings": _contents((finding.cause for finding in one.warnings), language),
        "info": _info(one),
        "claimedSigningTime": claimed,
        "signatureScopes": _scopes(one, conclusion),
        "certificates": _certificates(one),
    }
    return {key: value for key, value in told.items() if value is not None}


def _info(one: SignatureConclusion) -> dict[str, Any]:
    """Return the times, of which only proven ones are told, and what the signer claims."""
    stated = one.signature.properties
    first = next((stamp.time for stamp in one.time_stamps if _proves(stamp)), None)
    answers = () if one.path is None else one.path.revocation[:1]
    told = {
        "bestSignatureTime": moment(one.best_time) if one.is_time_proven else None,
        "timestampCreationTime": moment(first),
        "ocspResponseCreationTime": next(
            (moment(fact.produced_at) for fact in answers if fact.produced_at is not None), None
        ),
        "signerRole": [
            {"claimedRole": role} for role in (() if stated is None else stated.claimed_roles)
        ]
        or None,
        "archiveTimeStamps": [
            _archived(stamp) for stamp in one.time_stamps if stamp.kind is StampKind.ARCHIVE
        ]
        or None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _proves(stamp: TimeStampConclusion) -> bool:
    return stamp.kind is StampKind.SIGNATURE and stamp.is_passed


def _archived(stamp: TimeStampConclusion) -> dict[str, Any]:
    return {
        "signedTime": moment(stamp.time),
        "indication": stamp.indication.removeprefix("TOTAL_"),
        "subIndication": stamp.sub_indication,
        "signedBy": stamp.tsa,
        "content": b64encode(stamp.token_der).decode(),
    }


def _scopes(one: SignatureConclusion, conclusion: DocumentConclusion) -> list[dict[str, Any]]:
    """Return the signed data, where an intact signature covers all of it."""
    data = conclusion.data_sha256
    if data is None or not one.is_intact or ID_DATA not in one.signature.covered_ids():
        return []
    digest = b64encode(bytes.fromhex(data)).decode()
    return [
        {
            "name": f"#{ID_DATA}",
            "scope": "PARTIAL",
            "content": "Partial document",
            "hashAlgo": "SHA256",
            "hash": digest,
        }
    ]


def _certificates(one: SignatureConclusion) -> list[dict[str, Any]]:
    held = [] if one.certificate is None else [("SIGNING", one.certificate)]
    held += [
        (_CERTIFICATES[stamp.kind], stamp.certificate)
        for stamp in one.time_stamps
        if stamp.certificate is not None
    ]
    return [_certificate(kind, certificate) for kind, certificate in held]


def _certificate(kind: str, certificate: Certificate) -> dict[str, Any]:
    return {
        "commonName": certificate.subject.common_name,
        "type": kind,
        "content": b64encode(certificate.der).decode(),
    }


def _contents(causes: Iterable[str], language: Language) -> list[dict[str, str]]:
    return [
        {"content": f"{message(cause).in_language(language)} [{cause}]"}
        for cause in dict.fromkeys(causes)
    ]
