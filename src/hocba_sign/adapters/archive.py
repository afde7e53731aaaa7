"""What a verification rested on, kept in a folder: from it the file can be judged again when the
network no longer answers.

Spec: Thông tư 15/2025/TT-BKHCN, Art. 5.4 and 6.2: who receives a signed document keeps what proves
the signature, and the result of checking it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hocba_sign.adapters.files import write_atomically
from hocba_sign.errors import OutsideError
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.report import Report
from hocba_sign.report.signature_members import moment
from hocba_sign.validation.document.missing_evidence import Available

TRUST: Final = "trust"
CERTIFICATES: Final = "cert"
CRLS: Final = "crl"
OCSPS: Final = "ocsp"
RESULTS: Final = "result"


def evidence_of(report: Report, given: Evidence) -> Evidence:
    """Return what a report was judged with beside what the document carries: `given`, and what was
    fetched for it.
    """
    fetched = (answer.evidence for answer in report.fetches if isinstance(answer, Available))
    return given.merged(*fetched)


def keep_evidence(folder: Path, report: Report, *, given: Evidence, trust: TrustStore) -> None:
    """Write what a report rests on into the sub-folders `trust`, `cert`, `crl` and `ocsp`, and the
    report into `result`.

    Files are named by their SHA-256, so that many documents may share one folder; what is there
    already stays. Octets that could not be read are named in the report only.
    Raises: OutsideError FILE.*.
    """
    for name, octets in _files(evidence_of(report, given), trust):
        path = folder / name
        if not path.exists():
            _make(path.parent)
            write_atomically(path, octets)
    time = str(moment(report.at)).replace("-", "").replace(":", "")
    _make(folder / RESULTS)
    result = folder / RESULTS / f"{report.sha256}-{time}.json"
    write_atomically(result, (report.to_json() + "\n").encode())


def _files(evidence: Evidence, trust: TrustStore) -> Iterator[tuple[str, bytes]]:
    for anchor in trust.anchors:
        kind = TRUST if anchor.origin == "user" else CERTIFICATES
        yield f"{kind}/{anchor.certificate.sha256}.cer", anchor.certificate.der
    for certificate in evidence.certificates:
        yield f"{CERTIFICATES}/{certificate.sha256}.cer", certificate.der
    for crl in evidence.crls:
        yield f"{CRLS}/{crl.sha256}.crl", crl.der
    for ocsp in evidence.ocsps:
        yield f"{OCSPS}/{ocsp.sha256}.ocsp", ocsp.der


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(
            "FILE.UNWRITABLE", where=str(folder), detail=str(error.strerror)
        ) from error
