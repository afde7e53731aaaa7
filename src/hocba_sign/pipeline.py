"""The sentences of the project: sign, verify, and settle what is missing. Everything they rest on is an argument."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar

from hocba_sign.crypto.algorithms import SHA256, DigestAlgorithm, digest
from hocba_sign.crypto.signer import Signer
from hocba_sign.errors import CallerError, Finding, InputError
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.evidence import Evidence
from hocba_sign.pki.trust import TrustStore
from hocba_sign.report.document import Report
from hocba_sign.signing.augment import octets_to_time_stamp, with_time_stamp
from hocba_sign.signing.complete import complete_draft
from hocba_sign.signing.draft import read_draft
from hocba_sign.signing.policy import DEFAULT as DEFAULT_SIGNING
from hocba_sign.signing.policy import Level, SigningPolicy
from hocba_sign.signing.prepare import prepare_draft
from hocba_sign.signing.state import SignedDocument
from hocba_sign.validation.chain import Setting
from hocba_sign.validation.document import DocumentConclusion, validate
from hocba_sign.validation.needs import Alternatives, Answer, Available, Fetch, Need, Unavailable, document_needs
from hocba_sign.validation.policy import DEFAULT, Policy

MAX_ROUNDS: Final = 12
"""Judging, fetching, judging again: one round for each issuer up to the anchor (`MAX_CHAIN_LENGTH`), then OCSP, then CRL; real files need 3."""
MAX_ALTERNATIVES: Final = 64
"""Addresses tried for one certificate and purpose; real certificates name one to three."""
MAX_NEEDS: Final = 512
"""Addresses tried for one judgement: 50 signers with time-stamps and their CAs, each at two addresses, are 300."""

_Judged = TypeVar("_Judged")


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
    """Sign one slot of a transcript with a key that answers at once.

    `at` is aware: the claimed signing time. Level T, which `policy` asks for unless told otherwise, needs `tsa`.
    Raises: CallerError `SIGN.TSA_NEEDED`, what `prepare`, `complete` and the authority raise; never gives a lower level.
    """
    if policy.level is Level.T and tsa is None:
        raise CallerError("SIGN.TSA_NEEDED")
    draft = read_draft(document)
    state = prepare_draft(draft, slot, chain_der=signer.chain_der, at=at, policy=policy)
    signed = complete_draft(draft, state, value=signer.sign(state.octets, state.algorithm), at=at)
    return signed if policy.level is Level.B or tsa is None else time_stamp(signed, tsa)


def time_stamp(signed: SignedDocument, tsa: TimeStampAuthority) -> SignedDocument:
    """Bring the signature that was just made from level B to T. Raises: OutsideError `TSA.*`, CallerError `SIGN.TIME_STAMP`."""
    return with_time_stamp(signed, tsa.stamp(SHA256, digest(SHA256, octets_to_time_stamp(signed))))


def verify(
    document: bytes,
    *,
    trust: TrustStore,
    evidence: Evidence,
    at: datetime,
    policy: Policy = DEFAULT,
    name: str = "-",
) -> Report:
    """Judge a transcript with nothing but what is given; no network.

    `at` is aware: the validation time. `name` is the file's name in the report. Raises: nothing for any octets.
    Spec: EN 319 102-1, 5.
    """
    try:
        conclusion = validate(document, Setting(trust=trust, evidence=evidence, at=at, policy=policy))
    except InputError as error:
        return Report.malformed(document, error, file=name, at=at)
    return Report.of(document, conclusion, file=name, at=at)


def verify_online(
    document: bytes, setting: Setting, fetch: Fetch, *, clock: Callable[[], datetime] | None = None, name: str = "-"
) -> Report:
    """Judge a transcript with what is given and what `fetch` answers; the report lists every answer.

    With `clock` the validation time moves on from `setting.at` to when the evidence was there, for nothing later counts.
    Raises: nothing for any octets, unless `fetch` does.
    Spec: EN 319 102-1, 5.
    """
    at = setting.at

    def judge(evidence: Evidence) -> DocumentConclusion:
        nonlocal at
        at = at if clock is None else max(at, clock())
        return validate(document, replace(setting, evidence=evidence, at=at))

    try:
        settled = settle(judge, wanted=document_needs, evidence=setting.evidence, fetch=fetch)
    except InputError as error:
        return Report.malformed(document, error, file=name, at=at)
    return replace(Report.of(document, settled.conclusion, file=name, at=at), fetches=settled.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Generic[_Judged]):
    """A judgement after all that it lacked was asked for: what it rests on, and every answer in the order of asking."""

    conclusion: _Judged
    evidence: Evidence
    answers: tuple[Answer, ...]


def settle(
    judge: Callable[[Evidence], _Judged],
    *,
    wanted: Callable[[_Judged, Evidence], tuple[Alternatives, ...]],
    evidence: Evidence,
    fetch: Fetch,
) -> Settled[_Judged]:
    """Judge, fetch what is `wanted`, judge again, until nothing more comes.

    Every need is asked at most once, and what did not come stays unknown; so this ends, within `MAX_ROUNDS` and `MAX_NEEDS`.
    Raises: what `judge` and `fetch` raise.
    """
    answers: dict[tuple[str, ...], Answer] = {}
    conclusion = judge(evidence)
    for _ in range(MAX_ROUNDS):
        before = len(answers)
        for alternatives in wanted(conclusion, evidence):
            _ask(alternatives, answers, before, fetch)
        came = [answer.evidence for answer in list(answers.values())[before:] if isinstance(answer, Available)]
        if not came:
            break
        evidence = evidence.merged(*came)
        conclusion = judge(evidence)
    return Settled(conclusion=conclusion, evidence=evidence, answers=tuple(answers.values()))


def _ask(alternatives: Alternatives, answers: dict[tuple[str, ...], Answer], before: int, fetch: Fetch) -> None:
    """Ask one address after the other until something comes that was not there `before` this round."""
    fresh = set(list(answers)[before:])
    for number, need in enumerate(alternatives):
        if number >= MAX_ALTERNATIVES or len(answers) >= MAX_NEEDS:
            answers.setdefault(("limit",) if number < MAX_ALTERNATIVES else need.key, _over_limit(need))
            return
        answer = answers.get(need.key)
        if answer is None:
            answer = answers[need.key] = fetch(need)
        elif need.key not in fresh:
            continue
        if isinstance(answer, Available):
            return


def _over_limit(need: Need) -> Unavailable:
    return Unavailable(need=need, finding=Finding("FETCH.LIMIT", need.url))
