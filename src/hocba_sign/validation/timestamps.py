"""Signature time-stamps: intact, of this signature, by whom, and is that authority trusted."""

from dataclasses import dataclass
from datetime import datetime

from hocba_sign.crypto.algorithms import digest
from hocba_sign.errors import Finding, InputError
from hocba_sign.pki.evidence import Evidence
from hocba_sign.pki.outcome import PathRequirements, PathStatus
from hocba_sign.pki.path import validate_path
from hocba_sign.pki.profile import Purpose
from hocba_sign.pki.timestamp import Token, algorithm_cause, read_token, verify_token
from hocba_sign.pki.trust import TrustStore
from hocba_sign.validation.verdict import Indication, SubIndication
from hocba_sign.xades.structure import ParsedSignature


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStampConclusion:
    """The judgement of one token. `time` is UTC, None for a token that cannot be read; `tsa` is a name for people."""

    time: datetime | None
    tsa: str | None
    is_intact: bool
    is_passed: bool
    indication: Indication
    sub_indication: SubIndication | None
    findings: tuple[Finding, ...]


def judge_time_stamps(
    signature: ParsedSignature, *, trust: TrustStore, evidence: Evidence, at: datetime
) -> tuple[TimeStampConclusion, ...]:
    """Judge every signature time-stamp token of `signature` at the time `at`.

    Spec: EN 319 102-1, 5.4.
    """
    return tuple(
        _judge(token_der, stamp.message_octets, where=signature.where, trust=trust, evidence=evidence, at=at)
        for stamp in signature.time_stamps
        for token_der in stamp.tokens_der
    )


def _judge(token_der: bytes, message: bytes, *, where: str, trust: TrustStore, evidence: Evidence, at: datetime) -> TimeStampConclusion:
    try:
        token = read_token(token_der, evidence.certificates)
        check = verify_token(token, lambda algorithm: digest(algorithm, message))
    except InputError as error:
        return _broken((Finding(error.cause, where),))
    certificate = token.certificate
    if not check.intact or certificate is None:
        return _broken(tuple(Finding(cause, where) for cause in check.causes), token)
    pool = evidence.merged(Evidence.of(certificates=token.certificates, crls=token.crls, ocsps=token.ocsps, source="time-stamp token"))
    requirements = PathRequirements(purpose=Purpose.TIMESTAMPING, known_until=at)
    path = validate_path(certificate, trust=trust, evidence=pool, at=at, requirements=requirements)
    weakness = algorithm_cause(token, at)
    causes = (*path.causes, *(("TST.FUTURE",) if token.gen_time > at else ()), *((weakness,) if weakness is not None else ()))
    findings = tuple(Finding(cause, where) for cause in causes)
    is_passed = path.status is PathStatus.PASSED and not findings
    sub_indication = None if path.sub_indication is None else SubIndication(path.sub_indication)
    return TimeStampConclusion(
        time=token.gen_time,
        tsa=certificate.subject.common_name,
        is_intact=True,
        is_passed=is_passed,
        indication=Indication.TOTAL_PASSED if is_passed else Indication.INDETERMINATE,
        sub_indication=None if is_passed else sub_indication or SubIndication.SIG_CONSTRAINTS_FAILURE,
        findings=findings,
    )


def _broken(findings: tuple[Finding, ...], token: Token | None = None) -> TimeStampConclusion:
    certificate = None if token is None else token.certificate
    return TimeStampConclusion(
        time=None if token is None else token.gen_time,
        tsa=None if certificate is None else certificate.subject.common_name,
        is_intact=False,
        is_passed=False,
        indication=Indication.TOTAL_FAILED,
        sub_indication=SubIndication.SIG_CRYPTO_FAILURE,
        findings=findings,
    )
