"""Open an extract of a transcript that is VALID."""

import hashlib
from collections.abc import Iterable

from hocba_sign.ades.structure import Covers, ParsedSignature
from hocba_sign.crypto.algorithms import signature_algorithm
from hocba_sign.errors import CallerError
from hocba_sign.extract.container import Extract
from hocba_sign.extract.opening import Seal, open_leaves
from hocba_sign.extract.seal_octets import SealDigests
from hocba_sign.model.workflow import Role, Slot
from hocba_sign.report.report import Report
from hocba_sign.xades.transcript.read import read
from hocba_sign.xml.decode import document_nonce
from hocba_sign.xml.parse import parse

_SEAL = Slot(Role.KY_PHAT_HANH)


def open_extract(document: bytes, report: Report, *, show: Iterable[str]) -> Extract:
    """Open the leaves that `show` names: `result`, `private`, `mon-15`; the head is always shown.

    `report` is the judgement of this very file. What it does not let pass, or what was withdrawn or
    replaced, is not opened; that nobody asked whether it is in force lets it pass.
    Raises: NotPassed; CallerError EXTRACT.OTHER_FILE, EXTRACT.NONE where the seal states no root,
    EXTRACT.TEMPLATE where the seal was not made in the form of this library, EXTRACT.UNKNOWN_LEAF.
    """
    transcript = report.require_passed()
    if hashlib.sha256(document).hexdigest() != report.sha256:
        raise CallerError("EXTRACT.OTHER_FILE")
    if report.format != "xml":
        raise CallerError("EXTRACT.NONE")
    signature = read(document).signature(_SEAL)
    nonce = document_nonce(parse(document).root)
    if signature is None or signature.sealed_root is None or nonce is None:
        raise CallerError("EXTRACT.NONE")
    certificate = next(
        signature.certificate
        for signature in (report.conclusion.signatures if report.conclusion else ())
        if signature.signature.slot == _SEAL
    )
    assert certificate is not None, "a passed seal has one"
    seal = Seal(
        algorithm=signature_algorithm(signature.algorithm_uri, signature.pss),
        public_key_der=certificate.public_key_der,
        digests=_digests(signature),
        value=signature.value,
    )
    extract = open_leaves(transcript, nonce, shown=show, seal=seal)
    if extract.signed_info != signature.signed_info_octets:
        raise CallerError("EXTRACT.TEMPLATE", where=str(_SEAL))
    return extract


def _digests(signature: ParsedSignature) -> SealDigests:
    """Take the digests out of the references, in the order that the template has them."""
    found = {reference.kind: reference.digest_value for reference in signature.references}
    return SealDigests(
        data=found.get(Covers.DATA, b""),
        principal=found.get(Covers.SIGNATURE_VALUE, b""),
        properties=found.get(Covers.SIGNED_PROPERTIES, b""),
    )
