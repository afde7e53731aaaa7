"""Trust lists as data, for certificates of the test world."""

import hashlib
import json
from datetime import datetime

from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.trust.vietnam_list import Hierarchy, ListedKind, TrustList


def pin(
    certificate_der: bytes,
    kind: ListedKind,
    hierarchy: Hierarchy | None,
    *,
    trusted_until: datetime | None = None,
) -> dict[str, object]:
    """Return an entry of a trust list as it stands in the file."""
    certificate = Certificate.load(certificate_der)
    return {
        "sha256": certificate.sha256,
        "sha1": hashlib.sha1(certificate_der, usedforsecurity=False).hexdigest(),
        "kind": kind,
        "service": "time_stamp" if kind is ListedKind.TSA else "none",
        "hierarchy": hierarchy,
        "name": certificate.subject_text,
        "operator": "TEST",
        "subject": certificate.subject_text,
        "issuer": certificate.issuer_text,
        "issuer_sha256": None,
        "serial": f"{certificate.serial_number:x}",
        "subject_key_identifier": None,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "key": "TEST",
        "signature": "TEST",
        "trusted_until": None if trusted_until is None else trusted_until.isoformat(),
        **dict.fromkeys(
            (
                "crl_urls",
                "ocsp_urls",
                "ca_issuer_urls",
                "own_crl_urls",
                "own_ocsp_urls",
                "published_at",
            ),
            (),
        ),
        "confidence": "multiple-sources",
        "provenance": "TEST",
        "marks": {},
    }


def trust_list(*pins: dict[str, object]) -> TrustList:
    content = {"version": 1, "as_of": "2026-06-01", "certificates": pins, "official": []}
    return TrustList.load(json.dumps(content).encode())
