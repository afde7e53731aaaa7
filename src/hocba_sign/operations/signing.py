"""Sign one slot, and bring the signature to level T. Everything it rests on is an argument."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from hocba_sign.crypto.digests import SHA256, DigestAlgorithm, digest
from hocba_sign.crypto.signer import Signer
from hocba_sign.errors import CallerError
from hocba_sign.model.workflow import Slot
from hocba_sign.pades.head import is_pdf
from hocba_sign.signing.admission import admit, admit_token
from hocba_sign.signing.pdf.complete import complete_pdf_gap
from hocba_sign.signing.pdf.draft import read_pdf_draft
from hocba_sign.signing.pdf.prepare import prepare_pdf
from hocba_sign.signing.policy import DEFAULT as DEFAULT_SIGNING
from hocba_sign.signing.policy import Level, SigningPolicy
from hocba_sign.signing.state import SignedDocument
from hocba_sign.signing.xml.complete import complete_draft
from hocba_sign.signing.xml.draft import read_draft
from hocba_sign.signing.xml.prepare import prepare_draft
from hocba_sign.signing.xml.time_stamp import octets_to_time_stamp, with_time_stamp


class TimeStampAuthority(Protocol):
    """Whoever gives time-stamp tokens (RFC 3161)."""

    def stamp(self, digest_algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
        """Return the DER token for a digest. Raises: OutsideError `TSA.*` naming the cause."""
        ...


def sign(
    document: bytes,
    slot: Slot,
    *,
    signer: Signer,
    at: datetime,
    tsa: TimeStampAuthority | None,
    policy: SigningPolicy = DEFAULT_SIGNING,
) -> SignedDocument:
    """Sign one slot of a transcript, as XML or PDF, with a key that answers at once.

    `at` is aware: the claimed signing time. Level T, which `policy` asks for unless told otherwise,
    needs `tsa`.
    Raises: CallerError `SIGN.TSA_NEEDED`, what `prepare`, `complete`, `time_stamp` and the
    authority raise; never gives a lower level.
    """
    if policy.level is Level.T and tsa is None:
        raise CallerError("SIGN.TSA_NEEDED")
    signed = (_sign_pdf if is_pdf(document) else _sign_xml)(
        document, slot, signer=signer, at=at, policy=policy
    )
    return signed if policy.level is Level.B or tsa is None else time_stamp(signed, tsa, now=at)


def _sign_xml(
    document: bytes, slot: Slot, *, signer: Signer, at: datetime, policy: SigningPolicy
) -> SignedDocument:
    draft = read_draft(document)
    state = prepare_draft(draft, slot, chain_der=signer.chain_der, at=at, policy=policy)
    notes = admit(signer.chain_der, slot, school=draft.school, at=at, policy=policy)
    return replace(
        complete_draft(draft, state, value=signer.sign(state.octets, state.algorithm), at=at),
        notes=(*state.notes, *notes),
    )


def _sign_pdf(
    document: bytes, slot: Slot, *, signer: Signer, at: datetime, policy: SigningPolicy
) -> SignedDocument:
    draft = read_pdf_draft(document, slot=slot, roles=policy.roles)
    state, gap = prepare_pdf(draft, slot, chain_der=signer.chain_der, at=at, policy=policy)
    notes = admit(signer.chain_der, slot, school=draft.school, at=at, policy=policy)
    return replace(
        complete_pdf_gap(state, gap, value=signer.sign(state.octets, state.algorithm), at=at),
        notes=(*state.notes, *notes),
    )


def time_stamp(
    signed: SignedDocument, tsa: TimeStampAuthority, *, now: datetime | None = None
) -> SignedDocument:
    """Bring the signature that was just made from level B to T; `now` (aware) tells a token from
    the future.

    Raises: OutsideError `TSA.*`, CallerError `SIGN.TIME_STAMP`.
    """
    token_der = tsa.stamp(SHA256, digest(SHA256, octets_to_time_stamp(signed)))
    admit_token(token_der, now=now)
    return replace(with_time_stamp(signed, token_der), notes=signed.notes)
