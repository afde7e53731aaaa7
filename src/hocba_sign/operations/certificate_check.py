"""Judge one certificate: its path, its revocation, what it is fit for."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from hocba_sign.errors import InputError
from hocba_sign.operations.ground import Ground, session_of, settle_on, start_of
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import ProfileException, Purpose
from hocba_sign.pki.loading.objects import load_certificates, read_objects
from hocba_sign.pki.path.path_validation import PathRequirements, PathResult, validate_path
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.anchors import anchors_in
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.certificate_report import CertificateReport
from hocba_sign.validation.document.missing_evidence import Alternatives, path_needs
from hocba_sign.validation.setting import Setting


def requirements_for(purpose: Purpose) -> PathRequirements:
    """Return what is asked of a certificate for `purpose`; one for time-stamping may have the known
    faults of genuine ones, each of which is reported.
    """
    return PathRequirements(
        purpose=purpose,
        judges_leaf_key=True,
        exceptions=frozenset(ProfileException) if purpose is Purpose.TIMESTAMPING else frozenset(),
    )


ANY_PURPOSE: Final = requirements_for(Purpose.ANY)


def validate_certificate(
    octets: bytes,
    ground: Ground,
    *,
    at: datetime,
    requirements: PathRequirements = ANY_PURPOSE,
    name: str = "-",
) -> CertificateReport:
    """Judge the first certificate in `octets` that issued none of the others; what stands beside it
    is evidence.

    Raises: nothing for any octets.
    Spec: RFC 5280, 6; EN 319 102-1, 5.2.6.
    """
    purpose = requirements.purpose
    try:
        certificates, beside = load_certificates(octets), read_objects(octets)
    except InputError as error:
        return CertificateReport.malformed(error, purpose=purpose, file=name, at=at)
    held = Evidence.of(certificates=certificates, crls=beside.crls, ocsps=beside.ocsps)
    ground = replace(ground, evidence=ground.evidence.merged(held))
    session = session_of(ground)
    settled = settle_on(
        ground,
        partial(_path, _leaf(certificates), requirements),
        wanted=_needs,
        start=start_of(ground, at, session=session),
        session=session,
    )
    report = CertificateReport.of(
        settled.conclusion,
        trust=_trust(settled.setting),
        purpose=purpose,
        file=name,
        at=settled.setting.at,
    )
    unread = settled.setting.evidence.unread
    return replace(report.with_unread(unread), fetches=settled.answers)


def _path(leaf: Certificate, requirements: PathRequirements, setting: Setting) -> PathResult:
    return validate_path(
        leaf,
        trust=_trust(setting),
        evidence=setting.evidence,
        at=setting.at,
        requirements=requirements,
    )


def _needs(path: PathResult, setting: Setting) -> tuple[Alternatives, ...]:
    return tuple(path_needs(path, setting.evidence.certificates, made=None, at=setting.at))


def _trust(setting: Setting) -> TrustStore:
    """Trust the anchors given, and the pinned roots among all that is at hand."""
    pinned = anchors_in(setting.evidence, setting.trust.pins)
    return setting.trust.with_anchors(pinned.anchors)


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
