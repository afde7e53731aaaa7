"""Sign one slot, at once or in two steps, bring the signature to level T, and merge copies.
Everything it rests on is an argument.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from hocba_sign.crypto.digests import SHA256, DigestAlgorithm, digest
from hocba_sign.crypto.signer import Signer
from hocba_sign.crypto.value_form import value_form_cause
from hocba_sign.errors import CallerError, Finding
from hocba_sign.model.workflow import Slot
from hocba_sign.pades.header import is_pdf
from hocba_sign.signing.admission import admit, admit_token
from hocba_sign.signing.session import Completed, Prepared, open_document, open_signed
from hocba_sign.signing.signing_policy import DEFAULT as DEFAULT_SIGNING
from hocba_sign.signing.signing_policy import Level, SigningPolicy
from hocba_sign.signing.state import SignedDocument, ToBeSigned
from hocba_sign.signing.xml.merge import merge_xml


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
    completed, notes = _valued(document, slot, signer=signer, at=at, policy=policy)
    signed = (
        completed.signed
        if policy.level is Level.B or tsa is None
        else _time_stamped(completed, tsa, now=at)
    )
    return replace(signed, notes=notes)


def sign_value(
    document: bytes, slot: Slot, *, signer: Signer, at: datetime, policy: SigningPolicy
) -> SignedDocument:
    """Sign one slot as `sign` does, and leave the time-stamp that `policy` may ask for to
    `time_stamp`: many wait for theirs at once.

    Raises: as `sign`, but for the authority.
    """
    completed, notes = _valued(document, slot, signer=signer, at=at, policy=policy)
    return replace(completed.signed, notes=notes)


def _valued(
    document: bytes, slot: Slot, *, signer: Signer, at: datetime, policy: SigningPolicy
) -> tuple[Completed, tuple[Finding, ...]]:
    prepared, notes = _prepare(document, slot, chain_der=signer.chain_der, at=at, policy=policy)
    value = signer.sign(prepared.state.octets, prepared.state.algorithm)
    return prepared.complete(value, at=at), notes


def prepare(
    document: bytes,
    slot: Slot,
    *,
    chain_der: Sequence[bytes],
    at: datetime,
    policy: SigningPolicy = DEFAULT_SIGNING,
) -> ToBeSigned:
    """Prepare the signature of `slot`.

    `chain_der` holds the signer's certificate, then its issuers as far as they are to be embedded.
    `at` is aware: the claimed signing time, in full seconds UTC.
    Raises: InputError as `read_draft` (of a PDF, as `read_pdf_draft`), `CERT.*` for an unreadable
    certificate, `SIGN.NO_NONCE`; CallerError: `SIGN.ORDER` and the others of `require_turn`,
    `SIGN.CERTIFICATE_EXPIRED`, `SIGN.CERTIFICATE_NOT_YET_VALID`, `SIGN.KEY_USAGE`,
    `SIGN.ALGORITHM`, those of `require_holder` and `admit`. Does not check the revocation of the
    certificate.
    Spec: design of the workflow in docs/explanation/order.md.
    """
    prepared, notes = _prepare(document, slot, chain_der=chain_der, at=at, policy=policy)
    return replace(prepared.state, notes=notes)


def _prepare(
    document: bytes,
    slot: Slot,
    *,
    chain_der: Sequence[bytes],
    at: datetime,
    policy: SigningPolicy,
) -> tuple[Prepared, tuple[Finding, ...]]:
    session = open_document(document, slot=slot, roles=policy.roles)
    prepared = session.prepare(slot, chain_der=chain_der, at=at, policy=policy)
    found = admit(chain_der, slot, school=session.school, at=prepared.state.created, policy=policy)
    return prepared, (*prepared.state.notes, *found)


def complete(
    state: ToBeSigned,
    value: bytes,
    *,
    at: datetime,
    lifetime: timedelta = DEFAULT_SIGNING.lifetime,
) -> SignedDocument:
    """Put the signature value into the document of `state`, at level B.

    `value` is the raw RSA value or ECDSA r‖s. `at` is aware. The state may come from another
    process, and anybody may have changed it there: it is prepared again from its document, and must
    be the same in every part; the revision of a PDF must add the signature and nothing else. Only
    its expiry follows from nothing: `lifetime` is that of the `SigningPolicy`, and a state does not
    live longer, whatever it says.
    Raises: CallerError `SIGN.EXPIRED`, `SIGN.STATE` when the state is not what `prepare` gave,
    `SIGN.VALUE` when the value does not verify with the certificate's key, `SIGN.VALUE_*` when it
    is no raw value but a container, a text or a file; those of `read_draft`, `prepare` and `admit`.
    """
    if at - state.created > lifetime:
        raise CallerError("SIGN.EXPIRED", where=(state.created + lifetime).isoformat())
    form = value_form_cause(value)
    if form is not None:
        raise CallerError(form, where=str(state.slot))
    session = open_document(state.document, slot=state.slot, roles=state.roles)
    completed, chain_der = session.complete(state, value, at=at)
    found = admit(chain_der, state.slot, school=None, at=state.created, policy=DEFAULT_SIGNING)
    notes = tuple(dict.fromkeys((*completed.signed.notes, *found)))
    return replace(completed.signed, notes=notes)


def time_stamp(
    signed: SignedDocument, tsa: TimeStampAuthority, *, now: datetime | None = None
) -> SignedDocument:
    """Bring the signature that was just made from level B to T; `now` (aware) tells a token from
    the future.

    Raises: OutsideError `TSA.*`, CallerError `SIGN.TIME_STAMP`, `SIGN.HAS_UNSIGNED_PROPERTIES` when
    it has one already, `EXTEND.COVERED` when others cover it, `SIGN.ROOM` when the token is too
    large for a PDF.
    """
    return _time_stamped(open_signed(signed), tsa, now=now)


def _time_stamped(
    completed: Completed, tsa: TimeStampAuthority, *, now: datetime | None
) -> SignedDocument:
    token_der = tsa.stamp(SHA256, digest(SHA256, completed.octets_to_time_stamp()))
    admit_token(token_der, now=now)
    return completed.with_time_stamp(token_der)


def merge(
    target: bytes, copies: Iterable[bytes], *, policy: SigningPolicy = DEFAULT_SIGNING
) -> bytes:
    """Put the signatures of `copies` into `target`; every other byte of `target` stays.

    Of `policy` the registry counts.

    Raises: CallerError `MERGE.PDF` for a PDF, whose revisions follow one another; those of
    `read_draft` for any of the files; CallerError `MERGE.CONFLICT` when a slot holds two different
    signatures, those of `require_holder` for who signed a copy, `MERGE.CHANGED` naming the Id that
    a signature covers and that differs in the target, `SIGN.ORDER` when a later role has signed
    already.
    """
    files = tuple(copies)
    if files and any(map(is_pdf, (target, *files))):
        raise CallerError("MERGE.PDF")
    return merge_xml(target, files, policy=policy)
