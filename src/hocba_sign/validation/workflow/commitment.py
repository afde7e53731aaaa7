"""What a signer commits to must be compatible with signing a transcript.

Spec: EN 319 122-1, 5.2.3.
"""

from collections.abc import Iterable
from typing import Final

from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status

_PREFIX: Final = "http://uri.etsi.org/01903/v1.2.2#"
_OF_MESSENGERS: Final = frozenset(
    {
        f"{_PREFIX}ProofOfReceipt",
        f"{_PREFIX}ProofOfDelivery",
        "urn:oid:1.2.840.113549.1.9.16.6.2",
        "urn:oid:1.2.840.113549.1.9.16.6.3",
    }
)
"""To have received or delivered something says nothing for it.

Origin, approval, creation and sender do, and so may commitments of one's own.
"""


def commitment_checks(signatures: Iterable[SignatureConclusion]) -> list[Check]:
    """Name the signatures in slots that commit to nothing but having received or delivered the
    document.
    """
    return [
        Check(
            identifier="WF.COMMITMENT", status=Status.UNPROVEN, where=str(signature.signature.slot)
        )
        for signature in signatures
        if signature.signature.slot is not None and signature.signature.properties is not None
        if signature.signature.properties.commitments
        and _OF_MESSENGERS.issuperset(signature.signature.properties.commitments)
    ]
