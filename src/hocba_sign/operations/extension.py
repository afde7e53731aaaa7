"""Long-term levels: what a signature's judgement rested on goes into the file, then archive
time-stamps over it, again and again.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from hocba_sign.ades.structure import ParsedSignature, StampKind
from hocba_sign.crypto.digests import SHA256, digest
from hocba_sign.errors import CallerError, Finding
from hocba_sign.model.workflow import Slot
from hocba_sign.operations.ground import (
    Ground,
    SettledJudgement,
    needs_of,
    session_of,
    settle_on,
    start_of,
)
from hocba_sign.operations.signing import TimeStampAuthority
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pades.header import is_pdf
from hocba_sign.pades.read_pdf import read_pdf
from hocba_sign.pki.revocation.evidence import Unread
from hocba_sign.pki.timestamp.protocol import read_token, token_evidence
from hocba_sign.signing.admission import admit_token
from hocba_sign.signing.pdf.extend import (
    pdf_archive_gap,
    with_pdf_archive_time_stamp,
    with_pdf_validation_data,
)
from hocba_sign.signing.read_back import require_kept, require_stamped
from hocba_sign.signing.signing_policy import Level
from hocba_sign.signing.validation_data import ValidationData
from hocba_sign.signing.xml.extend import (
    octets_to_archive,
    with_archive_time_stamps,
    with_validation_data,
)
from hocba_sign.signing.xml.opened import OpenXml
from hocba_sign.validation.document.dispatch import validate_document
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.policy import DEFAULT
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.validation import (
    SignatureConclusion,
    embedded_evidence,
    validate_signature,
)
from hocba_sign.validation.verdict import Indication
from hocba_sign.xades.transcript.read import read


def extend(
    document: bytes,
    verifier: Verifier,
    *,
    to: Level,
    at: datetime,
    tsa: TimeStampAuthority | None = None,
) -> bytes:
    """Bring every signature of a transcript, as XML or PDF, that may grow to level LT or LTA; LTA
    on LTA renews it with one more archive time-stamp.

    Each signature is validated first, at `at` (aware), with what `verifier` trusts and has and what
    it fetches, by the default policy; what that rested on is embedded. Nothing is embedded where
    what was not read may be a newer statement. Level LTA needs `tsa`. Signatures that others cover
    stay as they are, to the byte: `covered_slots` names them.
    Raises: InputError for an unreadable document; CallerError `EXTEND.LEVEL`, `EXTEND.NOTHING` (no
    signature), `EXTEND.NOT_VALID` naming the slot with the findings, `EXTEND.NO_TIME_STAMP`,
    `EXTEND.TOO_EARLY` naming the slot, with when newer revocation data is due, `SIGN.TSA_NEEDED`,
    `SIGN.ROOM` for a token too large for a PDF; what the authority raises. Nothing is given on an
    error, however far it came.
    Spec: EN 319 132-1, 6; for the data newer than the signature EN 319 102-1, 4.3.
    """
    if to not in (Level.LT, Level.LTA):
        raise CallerError("EXTEND.LEVEL", where=to)
    if to is Level.LTA and tsa is None:
        raise CallerError("SIGN.TSA_NEEDED")
    setting = evidence_for(document, verifier, at=at).setting
    return extend_with(document, setting, tsa=tsa if to is Level.LTA else None)


def evidence_for(
    document: bytes, verifier: Ground, *, at: datetime
) -> SettledJudgement[DocumentConclusion | None]:
    """Judge a document by the default policy, with all that its certificates point at.

    Without a source nothing is judged. Raises: InputError for an unreadable document.
    """
    ground = replace(verifier, policy=DEFAULT)
    session = session_of(ground)
    start = start_of(ground, at, session=session)
    if session is None:
        return SettledJudgement(conclusion=None, setting=start)
    settled = settle_on(
        ground, partial(validate_document, document), wanted=needs_of, start=start, session=session
    )
    return SettledJudgement(
        conclusion=settled.conclusion, setting=settled.setting, answers=settled.answers
    )


def extend_with(document: bytes, setting: Setting, *, tsa: TimeStampAuthority | None) -> bytes:
    """Extend with nothing but what `setting` has: to level LTA with an authority, else to LT.

    Raises: as `extend`.
    """
    lost = next(
        (unread_item for unread_item in setting.evidence.unread if unread_item.matters), None
    )
    if lost is not None:
        raise _lost(lost, "EVIDENCE.UNREAD")
    return (_extend_pdf if is_pdf(document) else _extend_xml)(document, setting, tsa)


def _stamp(tsa: TimeStampAuthority, octets: bytes, *, now: datetime) -> bytes:
    token_der = tsa.stamp(SHA256, digest(SHA256, octets))
    admit_token(token_der, now=now)
    return token_der


def signatures_of(document: bytes) -> tuple[ParsedSignature, ...]:
    """Read the signatures of a transcript, as XML or PDF. Raises: as `extend`."""
    return read_pdf(document).signatures if is_pdf(document) else read(document).signatures


def covered_slots(document: bytes) -> tuple[Slot, ...]:
    """Return the signed slots that lie within what another signature covers, and cannot be extended
    any more (`EXTEND.COVERED`).

    Only in the transcript store's layout, once the principal has signed; never in a PDF, which
    grows behind what is signed.
    """
    return () if is_pdf(document) else _covered_slots(OpenXml.of(document))


def _covered_slots(opened: OpenXml) -> tuple[Slot, ...]:
    return tuple(slot for slot in opened.places.signatures if opened.covering(slot))


def _extend_xml(document: bytes, setting: Setting, tsa: TimeStampAuthority | None) -> bytes:
    """Put what the judgement of each signature rests on into it, then an archive time-stamp over it
    if there is an authority. No authority is asked before all of them are judged.
    """
    opened = OpenXml.of(document)
    given = opened.read()
    covered = _covered_slots(opened)
    signatures = {
        signature.slot: signature
        for signature in given.signatures
        if signature.slot is not None and signature.slot not in covered
    }
    if not signatures:
        raise CallerError("EXTEND.NOTHING")
    lacking = {
        slot: _lacking(signature, str(slot), setting) for slot, signature in signatures.items()
    }
    opened = with_validation_data(opened, lacking)
    if tsa is not None:
        tokens = {
            slot: _stamp(tsa, octets, now=setting.at)
            for slot, octets in octets_to_archive(opened, tuple(signatures)).items()
        }
        opened = with_archive_time_stamps(opened, tokens)
    result = opened.read()
    require_kept(given.signatures, result.signatures)
    for slot in signatures if tsa is not None else ():
        require_stamped(result.signature(slot), str(slot), kind=StampKind.ARCHIVE)
    return opened.xml.octets


def _extend_pdf(document: bytes, setting: Setting, tsa: TimeStampAuthority | None) -> bytes:
    """Append what the judgements of all signatures rest on, then a document time-stamp over
    everything if there is an authority.

    Spec: EN 319 142-1, 5.4 and 6.3.
    """
    pdf = read_pdf(document)
    if not pdf.signatures:
        raise CallerError("EXTEND.NOTHING")
    lacking = [
        _lacking(signature, str(signature.slot or signature.where), setting)
        for signature in pdf.signatures
    ]
    data = ValidationData(
        certificates=_distinct(der for data in lacking for der in data.certificates),
        crls=_distinct(der for data in lacking for der in data.crls),
        ocsps=_distinct(der for data in lacking for der in data.ocsps),
    )
    if data:
        document = with_pdf_validation_data(document, data)
    if tsa is not None:
        gap = pdf_archive_gap(document)
        document = with_pdf_archive_time_stamp(gap, _stamp(tsa, gap.covered, now=setting.at))
    result = read_pdf(document)
    require_kept(pdf.signatures, result.signatures)
    for signature in result.signatures if tsa is not None else ():
        require_stamped(signature, str(signature.slot or signature.where), kind=StampKind.ARCHIVE)
    return document


def _lacking(signature: ParsedSignature, name: str, setting: Setting) -> ValidationData:
    """Validate a signature, and return what that rested on as far as it is not embedded yet.

    Raises: see `extend`.
    """
    judged = validate_signature(signature, setting)
    if judged.conclusion.indication is not Indication.TOTAL_PASSED or not all(
        stamp.is_passed for stamp in judged.time_stamps
    ):
        found = [*judged.conclusion.findings]
        found += [finding for stamp in judged.time_stamps for finding in stamp.findings]
        raise CallerError("EXTEND.NOT_VALID", where=name, findings=found)
    lost = next((lost_item for lost_item in judged.unread if lost_item.matters), None)
    if lost is not None:
        raise _lost(lost, "EVIDENCE.EMBEDDED_UNREAD")
    if not judged.is_time_proven:
        raise CallerError("EXTEND.NO_TIME_STAMP", where=name)
    _require_newer(judged, name)
    held = (
        *signature.certificates_der,
        *signature.embedded_certificates_der,
        *signature.embedded_crls_der,
        *signature.embedded_ocsps_der,
    )
    return _validation_data(judged, signature, setting).without(held)


def _require_newer(judged: SignatureConclusion, name: str) -> None:
    """Only a statement issued after the signature tells that the certificate was not revoked when
    it was made.
    """
    if judged.path is None or judged.best_time is None or not judged.path.revocation:
        return
    fact = judged.path.revocation[0]
    if fact.this_update is not None and fact.this_update <= judged.best_time:
        raise CallerError("EXTEND.TOO_EARLY", where=name, due=fact.next_update)


def _lost(lost: Unread, cause: str) -> CallerError:
    found = (Finding(cause, lost.where), Finding(lost.cause, lost.where))
    return CallerError("EXTEND.NOT_VALID", where=lost.where, findings=found)


def _validation_data(
    judged: SignatureConclusion, signature: ParsedSignature, setting: Setting
) -> ValidationData:
    """Collect the certificates of every path, anchors included, and the statements on revocation
    that were used.
    """
    tokens = [
        read_token(stamp.token_der, setting.evidence.certificates) for stamp in judged.time_stamps
    ]
    pool = setting.evidence.merged(
        embedded_evidence(signature),
        *(token_evidence(token, where=signature.where) for token in tokens),
    )
    paths = [
        path
        for path in (judged.path, *(stamp.path for stamp in judged.time_stamps))
        if path is not None
    ]
    used = {fact.evidence_sha256 for path in paths for fact in path.revocation}
    return ValidationData(
        certificates=_distinct(certificate.der for path in paths for certificate in path.chain),
        crls=_distinct(item.der for item in pool.crls if item.sha256 in used),
        ocsps=_distinct(item.der for item in pool.ocsps if item.sha256 in used),
    )


def _distinct(ders: Iterable[bytes]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(ders))
