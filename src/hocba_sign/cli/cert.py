"""`hocba cert verify`: one certificate, its path and revocation."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from hocba_sign.cli import console
from hocba_sign.cli.documents import read_document
from hocba_sign.cli.material import GivenMaterial, collect_material
from hocba_sign.cli.online import evidence_fetcher
from hocba_sign.cli.words import say
from hocba_sign.errors import HocbaSignError, InputError
from hocba_sign.operations.online import settle
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import ProfileException, Purpose
from hocba_sign.pki.loading.objects import MAX_FILE_OCTETS, load_certificates, read_objects
from hocba_sign.pki.path.validation import PathRequirements, PathResult, validate_path
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.anchors import anchors_in
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.certificate import CertificateIndication, CertificateReport, certificate_text
from hocba_sign.validation.document.missing_evidence import path_needs

_CODES: Final = {
    CertificateIndication.PASSED: console.EXIT_VALID,
    CertificateIndication.FAILED: console.EXIT_INVALID,
    CertificateIndication.INDETERMINATE: console.EXIT_INDETERMINATE,
}


def run(given: argparse.Namespace) -> int:
    """Judge a certificate and print it; a certificate that cannot be read is FAILED.

    Raises: nothing; errors are printed here.
    """
    try:
        report = judge(given)
    except HocbaSignError as error:
        console.note(f"{say('ERROR', given.lang)}: {console.described(error, given.lang)}")
        if given.json:
            console.result_json(_failure(error, given))
        return console.exit_code(error)
    if given.json:
        console.result_json(report.to_dict())
    else:
        console.result(
            certificate_text(report, given.lang, is_coloured=console.has_colour(sys.stdout))
        )
    return _CODES[report.indication]


def judge(given: argparse.Namespace) -> CertificateReport:
    """Judge, with what the certificates point at unless `--offline`; without `--at` the validation
    time moves on while fetching.

    Raises: OutsideError FILE.* for what cannot be read at all, CallerError as `collect_material`.
    """
    at, purpose, file = given.at or datetime.now(UTC), Purpose(given.purpose), str(given.file)
    material = collect_material(given)
    try:
        octets = read_document(given.file, limit=MAX_FILE_OCTETS)
        certificates, beside = load_certificates(octets), read_objects(octets)
    except InputError as error:
        return CertificateReport.malformed(error, purpose=purpose, file=file, at=at)
    material = replace(
        material,
        evidence=material.evidence.merged(
            Evidence.of(certificates=certificates, crls=beside.crls, ocsps=beside.ocsps)
        ),
    )
    leaf, requirements = _leaf(certificates), _requirements(given, purpose)
    fetch = evidence_fetcher(given)
    if fetch is None:
        trust = _trust(material, material.evidence)
        path = validate_path(
            leaf, trust=trust, evidence=material.evidence, at=at, requirements=requirements
        )
        return CertificateReport.of(
            path, trust=trust, purpose=purpose, file=file, at=at
        ).with_unread(material.evidence.unread)

    def judged(evidence: Evidence) -> PathResult:
        nonlocal at
        at = max(at, fetch.moment()) if given.at is None else at
        return validate_path(
            leaf,
            trust=_trust(material, evidence),
            evidence=evidence,
            at=at,
            requirements=requirements,
        )

    settled = settle(
        judged,
        wanted=lambda path, held: tuple(path_needs(path, held.certificates, made=None, at=at)),
        evidence=material.evidence,
        fetch=fetch,
    )
    trust = _trust(material, settled.evidence)
    report = CertificateReport.of(
        settled.conclusion, trust=trust, purpose=purpose, file=file, at=at
    )
    return replace(report.with_unread(settled.evidence.unread), fetches=settled.answers)


def _trust(material: GivenMaterial, evidence: Evidence) -> TrustStore:
    """Trust the anchors given and imported, and the pinned roots among all that is at hand."""
    return material.trust.with_anchors(anchors_in(evidence, material.trust.pins).anchors)


def _leaf(certificates: tuple[Certificate, ...]) -> Certificate:
    """Return the first certificate of a bundle that issued none of the others; some begin with the
    root.
    """
    for certificate in certificates:
        if not any(
            other.issuer_der == certificate.subject_der
            for other in certificates
            if other.sha256 != certificate.sha256
        ):
            return certificate
    return certificates[0]


def _requirements(given: argparse.Namespace, purpose: Purpose) -> PathRequirements:
    """Ask what the options ask; time-stamping certificates may have the known faults of genuine
    ones, each of which is reported.
    """
    return PathRequirements(
        purpose=purpose,
        initial_policies=frozenset(given.initial_policy),
        is_policy_explicit=given.explicit_policy,
        is_mapping_inhibited=given.inhibit_mapping,
        is_any_policy_inhibited=given.inhibit_any,
        judges_leaf_key=True,
        exceptions=frozenset(ProfileException) if purpose is Purpose.TIMESTAMPING else frozenset(),
    )


def _failure(error: HocbaSignError, given: argparse.Namespace) -> dict[str, Any]:
    """Return the JSON object of a certificate that was not judged: `error` says why."""
    verdict = {"indication": None, "sub_indication": None, "path": [], "causes": [error.cause]}
    return {
        key: value
        for key, value in console.failure(error, str(given.file)).items()
        if key != "verdict"
    } | verdict
