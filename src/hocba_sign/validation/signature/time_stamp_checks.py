"""Time-stamps: intact, of these octets, by whom, is that authority trusted, and what do
they prove.
"""

from dataclasses import replace
from datetime import datetime

from hocba_sign.ades.structure import ParsedSignature, StampKind, TimeStamp
from hocba_sign.crypto.digests import SHA1
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.path.result import PathResult, PathStatus
from hocba_sign.pki.revocation.evidence import Evidence, Unread
from hocba_sign.pki.timestamp.faultless_token import read_faultless, remember
from hocba_sign.pki.timestamp.protocol import IntactToken, Token, read_token, verify_token
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.signature.path_at_time import validate_authority_path
from hocba_sign.validation.signature.proof_of_existence import Existence
from hocba_sign.validation.verdict import Indication, SubIndication


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStampConclusion:
    """The judgement of one token.

    `time` is UTC, None for a token that cannot be read.
    `is_later` tells that it was made after the validation time, so that it says nothing at that
        time, and has no other fault.
    `unread` is what an intact one carries and cannot be read.
    """

    kind: StampKind
    token_der: bytes
    time: datetime | None
    certificate: Certificate | None
    path: PathResult | None
    is_intact: bool
    is_passed: bool
    is_later: bool
    indication: Indication
    sub_indication: SubIndication | None
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def tsa(self) -> str | None:
        """The authority's name, for people."""
        return None if self.certificate is None else self.certificate.subject.common_name


def validate_time_stamps(
    signature: ParsedSignature, *, evidence: Evidence, setting: Setting
) -> tuple[tuple[TimeStampConclusion, ...], Existence]:
    """Judge every token, the newest first, for it proves the existence of what the older ones need.

    Gives the conclusions in document order and the proofs of existence that the passing ones add up
    to.
    Spec: EN 319 102-1, 5.4 and 5.6.2.3.
    """
    existence = Existence(setting.at)
    judged: list[TimeStampConclusion] = []
    covering: datetime | None = None
    for stamp in reversed(signature.time_stamps):
        proofs = []
        if stamp.kind is StampKind.CONTENT:
            # It is part of what the signature signs, so it existed when that did, and cannot be
            # younger.
            signed_by = existence.of(signature.value)
            existence = existence.with_proof(stamp.tokens_der, signed_by)
            covering = signed_by if covering is None else min(covering, signed_by)
        for token_der in reversed(stamp.tokens_der):
            read = _read(
                stamp, token_der, where=signature.where, evidence=evidence, setting=setting
            )
            one = (
                read
                if isinstance(read, TimeStampConclusion)
                else _trusted(
                    stamp,
                    read,
                    where=signature.where,
                    existence=existence,
                    evidence=evidence,
                    setting=setting,
                )
            )
            if (
                one.is_passed
                and one.time is not None
                and covering is not None
                and one.time > covering
            ):
                one = _out_of_order(one, signature.where)
            judged.append(one)
            if one.is_passed and one.time is not None:
                proofs.append(one.time)
        # All tokens of one property are of the same octets: the earliest that passed proves most.
        if proofs:
            value = (
                (signature.value,)
                # A content time-stamp was there before the value, and proves nothing of it.
                if stamp.covers_value and stamp.kind is not StampKind.CONTENT
                else ()
            )
            existence = existence.with_proof((*value, *stamp.covered_der), min(proofs))
            if stamp.kind is StampKind.ARCHIVE:
                covering = min(proofs)
    return tuple(reversed(judged)), existence


def _read(
    stamp: TimeStamp, token_der: bytes, *, where: str, evidence: Evidence, setting: Setting
) -> IntactToken | TimeStampConclusion:
    """Read a token and check it against the octets that it must be of; a conclusion when that
    fails.
    """
    if stamp.findings:
        return _broken(stamp, token_der, stamp.findings, token=None)
    known = None if setting.is_careful else read_faultless(token_der, stamp.imprint)
    if known is not None:
        return known
    try:
        token = read_token(token_der, evidence.certificates)
        check = verify_token(token, stamp.imprint)
    except InputError as error:
        return _broken(stamp, token_der, (Finding(error.cause, where),), token=None)
    if not check.intact or check.causes:
        findings = tuple(Finding(cause, where) for cause in check.causes)
        return _broken(stamp, token_der, findings, token=token, is_intact=check.intact)
    intact = IntactToken.of(token, where=where)
    remember(token, intact)
    return intact


def _trusted(
    stamp: TimeStamp,
    token: IntactToken,
    *,
    where: str,
    existence: Existence,
    evidence: Evidence,
    setting: Setting,
) -> TimeStampConclusion:
    """Judge an intact token's authority at the time when the token is proven to have existed."""
    certificate = token.certificate
    existed = existence.of(token.der)
    pool = evidence.merged(token.carried)
    path = validate_authority_path(
        certificate,
        made=token.gen_time,
        existed=existed,
        existence=existence,
        evidence=pool,
        setting=setting,
    )
    is_future = token.gen_time > setting.at
    weakness = token.algorithms.cause(existed)
    other = [] if weakness is None else [weakness]
    # The path was judged at the time of existence, which may be long after the token was made.
    if not certificate.not_before <= token.gen_time <= certificate.not_after:
        other.append("TST.OUTSIDE_CERTIFICATE")
    causes = (*path.causes, *(("TST.FUTURE",) if is_future else ()), *other)
    is_passed = path.status is PathStatus.PASSED and not causes
    sub_indication = None if path.sub_indication is None else SubIndication(path.sub_indication)
    indication = (
        Indication.TOTAL_FAILED if path.status is PathStatus.FAILED else Indication.INDETERMINATE
    )
    return TimeStampConclusion(
        kind=stamp.kind,
        token_der=token.der,
        time=token.gen_time,
        certificate=certificate,
        path=path,
        is_intact=True,
        is_passed=is_passed,
        is_later=is_future and not other and _is_fit_later(path),
        indication=Indication.TOTAL_PASSED if is_passed else indication,
        sub_indication=None
        if is_passed
        else sub_indication or SubIndication.SIG_CONSTRAINTS_FAILURE,
        findings=tuple(Finding(cause, where) for cause in causes),
        warnings=(Finding("SIG.BINDING_DIGEST", where),)
        if SHA1 in token.algorithms.certificate_digests
        else (),
        unread=token.carried.unread,
    )


def _is_fit_later(path: PathResult) -> bool:
    """Return whether nothing stands against an authority at the validation time but that its
    certificate is of the future too.
    """
    return path.status is PathStatus.PASSED or path.causes == ("PATH.NOT_YET_VALID",)


def _broken(
    stamp: TimeStamp,
    token_der: bytes,
    findings: tuple[Finding, ...],
    *,
    token: Token | None,
    is_intact: bool = False,
) -> TimeStampConclusion:
    return TimeStampConclusion(
        kind=stamp.kind,
        token_der=token_der,
        time=None if token is None else token.gen_time,
        certificate=None if token is None else token.certificate,
        path=None,
        is_intact=is_intact,
        is_passed=False,
        is_later=False,
        indication=Indication.INDETERMINATE if is_intact else Indication.TOTAL_FAILED,
        sub_indication=SubIndication.SIG_CONSTRAINTS_FAILURE
        if is_intact
        else SubIndication.SIG_CRYPTO_FAILURE,
        findings=findings,
    )


def _out_of_order(one: TimeStampConclusion, where: str) -> TimeStampConclusion:
    """A time-stamp that a later one covers cannot be younger than that one."""
    return replace(
        one,
        is_passed=False,
        indication=Indication.INDETERMINATE,
        sub_indication=SubIndication.TIMESTAMP_ORDER_FAILURE,
        findings=(*one.findings, Finding("TST.ORDER", where)),
    )
