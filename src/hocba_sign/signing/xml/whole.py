"""An XML document that has no slots, signed as a whole: one signature as the last child of its
root covers everything else.
"""

from datetime import UTC, datetime

from hocba_sign.ades.integrity import check_integrity
from hocba_sign.crypto.signer import Signer
from hocba_sign.errors import CallerError
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.signing.admission import admit_chain
from hocba_sign.signing.certificate_fitness import usable_algorithm
from hocba_sign.signing.signing_policy import SigningPolicy
from hocba_sign.xades.general.read import read_any
from hocba_sign.xades.transcript.write import WHOLE, XadesTemplate, with_value, write_without_value
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import grow


def sign_whole(
    octets: bytes, identifier: str, *, signer: Signer, at: datetime, policy: SigningPolicy
) -> bytes:
    """Return the document with a signature of level B, whose Id is `identifier`; `at` (aware) is
    the claimed signing time.

    Raises: InputError as `parse`; CallerError `SIGN.NO_CERTIFICATE`, those of `usable_algorithm`
    and `admit_chain`, `SIGN.VALUE` when the value does not verify; what the signer raises.
    Spec: EN 319 132-1, 6.3; XML Signature 1.1, 6.6.4.
    """
    moment = at.astimezone(UTC).replace(microsecond=0)
    chain = tuple(Certificate.load(der) for der in signer.chain_der)
    if not chain:
        raise CallerError("SIGN.NO_CERTIFICATE")
    algorithm = usable_algorithm(chain[0], moment=moment, policy=policy)
    admit_chain(chain, at=moment)
    xml = parse(octets)
    description = XadesTemplate(
        identifier=identifier,
        algorithm=algorithm,
        digest_algorithm=policy.digest_algorithm,
        covered_ids=(WHOLE,),
        linked_ids=(),
        chain_der=tuple(signer.chain_der),
        issuer_serial_der=chain[0].issuer_serial_der,
        signing_time=moment,
        role=None,
        commitment=None,
        city=None,
    )
    unsigned, to_sign = write_without_value(xml.root, description, ids={WHOLE: xml.root})
    value = signer.sign(to_sign, algorithm)
    signed = grow(xml, {xml.root: with_value(unsigned, value)})
    _require_intact(signed, identifier)
    return signed


def _require_intact(octets: bytes, identifier: str) -> None:
    """Read the result as a verifier would."""
    signatures = read_any(parse(octets, is_of_others=True), {}).document.signatures
    broken = [
        signature.identifier
        for signature, integrity in zip(signatures, map(check_integrity, signatures), strict=True)
        if not integrity.is_intact or integrity.findings
    ]
    if broken or identifier not in {signature.identifier for signature in signatures}:
        raise CallerError("SIGN.VALUE", where=", ".join(filter(None, broken)) or identifier)
