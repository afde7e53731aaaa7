"""A signature that does not hold always has a cause: without one it would pass."""

from dataclasses import replace

import pytest

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.ades.structure import ParsedSignature
from hocba_sign.xades.transcript.read import read
from tests.support.scene import GVCN, Scene

HMAC = "http://www.w3.org/2000/09/xmldsig#hmac-sha1"
SCENE = Scene(subjects=1)
(SIGNATURE,) = read(SCENE.forge(SCENE.draft, GVCN, covered=("data",))).signatures


def test_the_signature_holds() -> None:
    integrity = check_integrity(SIGNATURE)
    assert integrity.is_intact
    assert integrity.findings == ()


@pytest.mark.parametrize(
    ("signature", "cause"),
    [
        (replace(SIGNATURE, algorithm_uri=""), "CRYPTO.UNKNOWN_ALGORITHM"),
        (
            replace(SIGNATURE, properties=None, certificates_der=(), algorithm_uri=HMAC),
            "CRYPTO.UNSUPPORTED_ALGORITHM",
        ),
        (replace(SIGNATURE, references=()), "SIG.STRUCTURE"),
        (replace(SIGNATURE, value=b""), "SIG.VALUE"),
        (replace(SIGNATURE, properties=None, certificates_der=()), "SIG.NO_SIGNING_CERTIFICATE"),
        (
            replace(SIGNATURE, references=(replace(SIGNATURE.references[0], is_intact=False),)),
            "SIG.STRUCTURE",
        ),
    ],
)
def test_what_does_not_hold_has_a_cause(signature: ParsedSignature, cause: str) -> None:
    integrity = check_integrity(signature)
    assert not integrity.is_intact
    assert cause in {finding.cause for finding in integrity.findings}
