"""What a judgement rests on: the files that the options name, and what was imported on this
machine.
"""

import argparse
from collections.abc import Iterable
from dataclasses import replace

from hocba_sign.adapters.evidence_files import collect_evidence, gather
from hocba_sign.adapters.home import CertificateStore, Holdings
from hocba_sign.catalogue.messages import Language
from hocba_sign.cli import console
from hocba_sign.errors import CallerError, Finding, HocbaSignError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.loading.kinds import ObjectKind
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenMaterial:
    """Anchors and evidence.

    Pinned roots are as the trust list has them, with its end dates, whoever gave them.
    """

    trust: TrustStore
    evidence: Evidence


def collect_material(given: argparse.Namespace) -> GivenMaterial:
    """Read what `--trust`, `--cert`, `--crl` and `--ocsp` name and what was imported; what is
    damaged in the store is said and left out.

    Raises: OutsideError FILE.*, TRUST.HOME; CallerError TRUST.KNOWN_BAD_ANCHOR, TRUST.LIMIT.
    """
    holdings = _imported()
    note_findings(holdings.findings, given.lang)
    trusted = gather(given.trust, ObjectKind.CERTIFICATE)
    return GivenMaterial(
        trust=TrustStore.vietnam()
        .with_certificates(trusted.certificates)
        .with_anchors(holdings.trust().anchors),
        evidence=collect_evidence(certificates=given.cert, crls=given.crl, ocsps=given.ocsp).merged(
            Evidence.of(certificates=holdings.certificates),
            replace(trusted, certificates=()).evidence(),
        ),
    )


def note_findings(findings: Iterable[Finding], language: Language) -> None:
    """Write findings beside the result, each cause once with its places."""
    places: dict[str, list[str]] = {}
    for finding in findings:
        places.setdefault(finding.cause, []).extend([finding.where] if finding.where else [])
    for cause, where in places.items():
        console.note(console.described(HocbaSignError(cause, where=", ".join(where)), language))


def _imported() -> Holdings:
    try:
        store = CertificateStore.default()
    except CallerError:
        # Without a home folder nothing can have been imported.
        return Holdings()
    return store.load()
