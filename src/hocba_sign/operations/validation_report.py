"""The validation report of ETSI, signed by whoever verified."""

from datetime import datetime
from typing import Final

from hocba_sign.crypto.signer import Signer
from hocba_sign.errors import CallerError
from hocba_sign.report.etsi import etsi
from hocba_sign.report.report import Report
from hocba_sign.signing.signing_policy import DEFAULT as DEFAULT_SIGNING
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.signing.xml.whole import sign_whole

SIGNATURE_ID: Final = "report-signature"


def signed_etsi(
    report: Report, *, signer: Signer, at: datetime, policy: SigningPolicy = DEFAULT_SIGNING
) -> str:
    """Return `Report.to_etsi()` with the signer's certificate as SignatureValidator and an
    enveloped XAdES signature of level B over all of it.

    `at` (aware) is the claimed signing time; of `policy` the algorithms count.
    Raises: CallerError as `sign_whole`.
    Spec: ETSI TS 119 102-2 v1.4.1, 4.2 and 4.6.
    """
    if not signer.chain_der:
        raise CallerError("SIGN.NO_CERTIFICATE")
    told = etsi(report, validator_der=signer.chain_der[0]).encode()
    return sign_whole(told, SIGNATURE_ID, signer=signer, at=at, policy=policy).decode()
