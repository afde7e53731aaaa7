"""Who signed what: the verdicts on certificates, CRLs and OCSP responses, each found once and kept
under digests.

A verdict says nothing about whether the algorithm may still be relied on; `acceptable` is asked
again, for that depends on the time.
"""

from datetime import datetime

from hocba_sign.crypto import der
from hocba_sign.crypto.acceptance import acceptable
from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.identifier import signature_algorithm_of
from hocba_sign.crypto.verify import load_public_key, verify_der_value
from hocba_sign.errors import InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.cache.bounded import BoundedCache
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.revocation.crl import RevocationList
from hocba_sign.pki.revocation.ocsp import Response

MAX_KEPT_VERDICTS = 8_192
"""One takes some 300 octets."""


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """Whether a signature value is right; `algorithm` is None where it, or the key, is of no
    supported kind.
    """

    is_right: bool
    algorithm: SignatureAlgorithm | None = None
    key_bits: int = 0

    def is_acceptable(self, at: datetime) -> bool:
        return (
            self.algorithm is not None
            and acceptable(self.algorithm, self.key_bits, at=at).is_acceptable
        )


_verdicts: BoundedCache[tuple[str, str], SignatureCheck] = BoundedCache(MAX_KEPT_VERDICTS)


def certificate_verdict(subject: Certificate, issuer: Certificate) -> SignatureCheck:
    """Verify the signature on `subject` with the key of `issuer`, over the octets as they stand."""
    return _verdicts.get(
        (subject.sha256, issuer.sha256),
        lambda: _verdict(
            subject.tbs_der,
            subject.signature,
            algorithm_der=subject.signature_algorithm_der,
            signer=issuer,
        ),
    )


def statement_verdict(
    statement: RevocationList | Response, sha256: str, *, signer: Certificate
) -> SignatureCheck:
    """Verify the signature on a statement whose octets have the digest `sha256`."""
    return _verdicts.get(
        (sha256, signer.sha256),
        lambda: _verdict(
            statement.tbs_der,
            statement.signature,
            algorithm_der=statement.signature_algorithm_der,
            signer=signer,
        ),
    )


def list_verdict(crl_der: bytes, sha256: str, *, signer: Certificate) -> SignatureCheck:
    """Verify the signature on a list of whatever form. Raises: InputError DER.MALFORMED."""
    tbs, algorithm, signature = der.sequence(der.whole(crl_der, der.SEQUENCE))
    return _verdicts.get(
        (sha256, signer.sha256),
        lambda: _verdict(
            tbs.der, signature.content[1:], algorithm_der=algorithm.der, signer=signer
        ),
    )


def _verdict(
    octets: bytes, signature: bytes, *, algorithm_der: bytes, signer: Certificate
) -> SignatureCheck:
    try:
        key = load_public_key(signer.public_key_der)
        algorithm = signature_algorithm_of(algorithm_der)
        return SignatureCheck(
            verify_der_value(key, octets, signature=signature, algorithm=algorithm),
            algorithm,
            key.bits,
        )
    except InputError:
        return SignatureCheck(is_right=False)
