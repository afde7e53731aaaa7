"""The sentences of the project: sign, verify. Everything they rest on is an argument."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from hocba_sign.crypto.algorithms import SHA256, DigestAlgorithm, digest
from hocba_sign.crypto.signer import Signer
from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.workflow import Slot
from hocba_sign.pades.read import is_pdf
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.pki.trust.store import TrustStore
from hocba_sign.report.document import Report
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
from hocba_sign.validation.document.any_xml import NOTHING_DETACHED
from hocba_sign.validation.document.dispatch import judge, judge_any
from hocba_sign.validation.document.records import Named, Sources, assemble, years_among
from hocba_sign.validation.policy import DEFAULT, Policy
from hocba_sign.validation.setting import Setting


class TimeStampAuthority(Protocol):
    """Whoever gives time-stamp tokens (RFC 3161)."""

    def stamp(self, digest_algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
        """Give the DER token for a digest. Raises: OutsideError `TSA.*` naming the cause."""
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

    `at` is aware: the claimed signing time. Level T, which `policy` asks for unless told otherwise, needs `tsa`.
    Raises: CallerError `SIGN.TSA_NEEDED`, what `prepare`, `complete`, `time_stamp` and the authority raise; never gives a lower level.
    """
    if policy.level is Level.T and tsa is None:
        raise CallerError("SIGN.TSA_NEEDED")
    signed = (_sign_pdf if is_pdf(document) else _sign_xml)(document, slot, signer=signer, at=at, policy=policy)
    return signed if policy.level is Level.B or tsa is None else time_stamp(signed, tsa, now=at)


def _sign_xml(document: bytes, slot: Slot, *, signer: Signer, at: datetime, policy: SigningPolicy) -> SignedDocument:
    draft = read_draft(document)
    state = prepare_draft(draft, slot, chain_der=signer.chain_der, at=at, policy=policy)
    notes = admit(signer.chain_der, slot, school=draft.school, at=at, policy=policy)
    return replace(complete_draft(draft, state, value=signer.sign(state.octets, state.algorithm), at=at), notes=(*state.notes, *notes))


def _sign_pdf(document: bytes, slot: Slot, *, signer: Signer, at: datetime, policy: SigningPolicy) -> SignedDocument:
    draft = read_pdf_draft(document, slot=slot, roles=policy.roles)
    state, gap = prepare_pdf(draft, slot, chain_der=signer.chain_der, at=at, policy=policy)
    notes = admit(signer.chain_der, slot, school=draft.school, at=at, policy=policy)
    return replace(complete_pdf_gap(state, gap, value=signer.sign(state.octets, state.algorithm), at=at), notes=(*state.notes, *notes))


def time_stamp(signed: SignedDocument, tsa: TimeStampAuthority, *, now: datetime | None = None) -> SignedDocument:
    """Bring the signature that was just made from level B to T; `now` (aware) tells a token from the future.

    Raises: OutsideError `TSA.*`, CallerError `SIGN.TIME_STAMP`.
    """
    token_der = tsa.stamp(SHA256, digest(SHA256, octets_to_time_stamp(signed)))
    admit_token(token_der, now=now)
    return replace(with_time_stamp(signed, token_der), notes=signed.notes)


def verify(
    document: bytes,
    *,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    policy: Policy = DEFAULT,
    name: str = "-",
) -> Report:
    """Judge a transcript, as XML or PDF, with nothing but what is given; no network.

    `at` is aware: the validation time. `name` is the file's name in the report.
    Raises: nothing for any octets, but CallerError PDF.EXTRA_MISSING for a PDF where the extra `pdf` is not installed.
    Spec: EN 319 102-1, 5.
    """
    try:
        conclusion = judge(document, Setting(trust=trust, evidence=evidence, at=at, policy=policy))
    except InputError as error:
        return Report.malformed(document, error, file=name, at=at)
    return Report.of(document, conclusion, file=name, at=at, policy=policy)


def verify_any(
    document: bytes,
    *,
    detached: Mapping[str, bytes] = NOTHING_DETACHED,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    policy: Policy = DEFAULT,
) -> Report:
    """Judge any document with XML signatures, or any PDF, asking for no transcript, with nothing but what is given; no network.

    `detached` are the files that lie beside it, by the name that its references use. `at` is aware: the validation time.
    The report calls the document `-`; a name is given it by `dataclasses.replace`.
    Raises: nothing for any octets.
    Spec: EN 319 102-1, 5; XML Signature 1.1, 3.2.
    """
    try:
        conclusion = judge_any(document, Setting(trust=trust, evidence=evidence, at=at, policy=policy), detached=detached)
    except InputError as error:
        return Report.malformed(document, error, file="-", at=at)
    return Report.of(document, conclusion, file="-", at=at, policy=policy)


def know(sources: Sources, *, trust: TrustStore, evidence: Evidence, at: datetime, policy: Policy = DEFAULT) -> Policy:
    """Give `policy` with the knowledge from `sources` in it: who may sign, what was withdrawn or replaced, the pupil's other years.

    Registries, events and status lists are judged as any signed document, at `at`.
    Raises: InputError for a registry or status list that is unreadable or not VALID.
    """
    return replace(policy, knowledge=assemble(sources, Setting(trust=trust, evidence=evidence, at=at, policy=policy)))


def verify_years(
    documents: Sequence[Named], *, trust: TrustStore, evidence: Evidence, at: datetime, policy: Policy = DEFAULT
) -> tuple[Report, ...]:
    """Judge several years of a pupil, each on its own and as a chain (checks CHAIN.*); names and octets in, reports in the same order.

    Raises: nothing for any octets.
    """
    years = years_among((octets for _, octets in documents), Setting(trust=trust, evidence=evidence, at=at, policy=policy))
    linked = replace(policy, knowledge=replace(policy.knowledge, years=years))
    return tuple(verify(octets, trust=trust, evidence=evidence, at=at, policy=linked, name=name) for name, octets in documents)
