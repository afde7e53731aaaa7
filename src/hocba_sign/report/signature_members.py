"""The members of a report's JSON about one signature (docs/reference/report.md)."""

import hashlib
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from hocba_sign.ades.structure import Coverage, ProductionPlace, SignedProperties
from hocba_sign.crypto.verify import PublicKey, key_name
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.signature.level import level_of
from hocba_sign.validation.signature.time_stamp_checks import TimeStampConclusion
from hocba_sign.validation.signature.validation import SignatureConclusion, claimed_time
from hocba_sign.validation.verdict import Indication

_PLACE = tuple(field.name for field in fields(ProductionPlace))
_STAMP_INDICATIONS = {Indication.TOTAL_PASSED: "PASSED", Indication.TOTAL_FAILED: "FAILED"}


def moment(moment: datetime | None) -> str | None:
    return (
        None
        if moment is None
        else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    )


def signature_members(one: SignatureConclusion, conclusion: DocumentConclusion) -> dict[str, Any]:
    signature = one.signature
    roles = signature.properties.claimed_roles if signature.properties is not None else ()
    return {
        "id": signature.identifier,
        "slot": None if signature.slot is None else signature.slot.role,
        "subject": None if signature.slot is None else signature.slot.subject,
        "teacher": None if signature.slot is None else signature.slot.teacher,
        "role": roles[0] if roles else None,
        "parent": signature.parent,
        "revision": signature.revision,
        "format": level_of(one, is_other=conclusion.is_other),
        "intact": one.is_intact,
        "indication": one.conclusion.indication,
        "sub_indication": one.conclusion.sub_indication,
        "signer": None if one.certificate is None else _signer(one.certificate),
        "certificate": None if one.certificate is None else _certificate(one),
        "key": None if one.key is None else _key(one.key),
        "algorithm": None if one.algorithm is None else one.algorithm.name,
        "claimed_time": moment(claimed_time(signature)),
        "best_signature_time": moment(one.best_time),
        "time_proof": "timestamp"
        if one.is_time_proven
        else "claimed"
        if one.best_time is not None
        else "none",
        "timestamps": [_stamp(stamp) for stamp in one.time_stamps],
        "covers": [
            {"uri": reference.uri, "kind": reference.kind, "digest_ok": reference.is_intact}
            for reference in signature.references
        ],
        **_coverage(conclusion.coverage.get(signature.where)),
        **_claims(signature.properties),
        "causes": list(dict.fromkeys(finding.cause for finding in one.conclusion.findings)),
        "findings": [
            {"id": finding.cause, "where": finding.where} for finding in one.conclusion.findings
        ],
        "warnings": [{"id": finding.cause, "where": finding.where} for finding in one.warnings],
    }


def _key(key: PublicKey) -> dict[str, Any]:
    return {"name": key_name(key), "sha256": hashlib.sha256(key.spki_der).hexdigest()}


def _coverage(coverage: Coverage | None) -> dict[str, Any]:
    if coverage is None:
        return {"coverage": None, "not_covered": []}
    return {
        "coverage": "full" if coverage.is_full else "partial",
        "not_covered": list(coverage.outside),
    }


def _claims(properties: SignedProperties | None) -> dict[str, Any]:
    """Return what the signer says besides the time: roles, place, commitments, policy.

    None of it is proven.
    """
    if properties is None:
        return {
            "roles": [],
            "certified_roles": [],
            "commitments": [],
            "place": None,
            "policy": None,
        }
    policy = properties.policy
    return {
        "roles": list(properties.claimed_roles),
        "certified_roles": list(properties.certified_roles),
        "commitments": list(properties.commitments),
        "place": None if properties.place is None else _place(properties.place),
        "policy": None
        if policy is None
        else {"id": policy.identifier, "matched": policy.is_matched},
    }


def _place(place: ProductionPlace) -> dict[str, Any]:
    return {name: getattr(place, name) for name in _PLACE}


def _signer(certificate: Certificate) -> dict[str, Any]:
    subject = certificate.subject
    return {
        "common_name": subject.common_name,
        "organisation": subject.organisation,
        "title": subject.title,
        "identifiers": dict(subject.identifiers),
        "numbers": [{"kind": kind, "value": value} for kind, value in subject.identifiers],
    }


def _certificate(one: SignatureConclusion) -> dict[str, Any] | None:
    certificate = one.certificate
    if certificate is None:
        return None
    return {
        "sha256": certificate.sha256,
        "issuer": certificate.issuer_text,
        "not_before": moment(certificate.not_before),
        "not_after": moment(certificate.not_after),
        "anchor_sha256": None if one.path is None else one.path.anchor_sha256,
        "revocation": []
        if one.path is None
        else [
            {
                "certificate_sha256": fact.certificate_sha256,
                "status": fact.status,
                "kind": fact.kind,
                "source": fact.source,
                "this_update": moment(fact.this_update),
                "next_update": moment(fact.next_update),
                "revoked_at": moment(fact.revoked_at),
            }
            for fact in one.path.revocation
        ],
    }


def _stamp(stamp: TimeStampConclusion) -> dict[str, Any]:
    return {
        "type": stamp.kind,
        "time": moment(stamp.time),
        "tsa": stamp.tsa,
        "intact": stamp.is_intact,
        "indication": _STAMP_INDICATIONS.get(stamp.indication, "INDETERMINATE"),
        "sub_indication": stamp.sub_indication,
        "causes": [finding.cause for finding in stamp.findings],
    }
