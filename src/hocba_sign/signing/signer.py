"""Whether a certificate may sign now, with which algorithm, and for whom."""

from datetime import datetime
from typing import Final

from hocba_sign.crypto.acceptance import acceptable
from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.signer import default_algorithm
from hocba_sign.crypto.verify import load_public_key
from hocba_sign.errors import CallerError
from hocba_sign.model.transcript import ExpectedSigner
from hocba_sign.pki.certificate import Certificate
from hocba_sign.signing.policy import SigningPolicy

_SIGNING_USAGES: Final = frozenset({"digital_signature", "content_commitment"})


def usable_algorithm(certificate: Certificate, *, moment: datetime, policy: SigningPolicy) -> SignatureAlgorithm:
    """Choose the algorithm, and refuse a certificate that cannot sign now. Raises: CallerError, see `prepare`."""
    if moment < certificate.not_before:
        raise CallerError("SIGN.CERTIFICATE_NOT_YET_VALID", where=certificate.not_before.isoformat())
    if moment > certificate.not_after:
        raise CallerError("SIGN.CERTIFICATE_EXPIRED", where=certificate.not_after.isoformat())
    if certificate.key_usage is not None and not certificate.key_usage & _SIGNING_USAGES:
        raise CallerError("SIGN.KEY_USAGE", where=", ".join(sorted(certificate.key_usage)))
    public_key = load_public_key(certificate.public_key_der)
    algorithm = policy.algorithm or default_algorithm(public_key)
    if algorithm.key_kind is not public_key.kind or not acceptable(algorithm, public_key.bits, at=moment).is_acceptable:
        raise CallerError("SIGN.ALGORITHM", where=f"{algorithm.name}, {public_key.kind} {public_key.bits}")
    return algorithm


def require_person(certificate: Certificate, expected: ExpectedSigner | None) -> None:
    """Refuse a certificate whose personal or organisation number is another than the transcript names."""
    if expected is None:
        return
    for kind, wanted in (("CCCD", expected.personal_id), ("MST", expected.organisation_id)):
        given = [value for name, value in certificate.subject.identifiers if name == kind]
        if wanted is not None and given and wanted not in given:
            raise CallerError("SIGN.WRONG_PERSON", where=f"{expected.slot}: {kind}")
