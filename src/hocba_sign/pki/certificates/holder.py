"""Whether a certificate is that of the person or organisation whom a document expects to sign: one
answer, for signing and for judging.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NoReturn

from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.numbers import Number, NumberKind, agrees, number_of, numbers_of
from hocba_sign.model.provinces import contradicts
from hocba_sign.model.record import vietnam_day
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.spelling import Likeness, compare_names, names_organisation
from hocba_sign.model.workflow import Role
from hocba_sign.pki.certificates.certificate import Certificate


class Match(StrEnum):
    YES = "yes"
    NOTED = "noted"
    """It is, and on what that rests is told."""
    UNPROVEN = "unproven"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The answer; `finding` WF.SIGNER_* says why, None only for `Match.YES`."""

    match: Match
    finding: Finding | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a holder has several states: compare its match")


_MATCHES: Final = {
    "WF.SIGNER_MISMATCH": Match.NO,
    "WF.SIGNER_BY_NAME": Match.NOTED,
    "WF.SIGNER_LETTERS": Match.NOTED,
    "WF.SIGNER_BY_REGISTRY": Match.NOTED,
}


def match_holder(certificate: Certificate, expected: ExpectedSigner, *, is_vouched: bool) -> Holder:
    """Answer the question of this module.

    `is_vouched`: the registry names this very certificate for this office.

    1. another number of the same kind is another holder;
    2. no person's certificate is a seal and no organisation's a person's signature;
    3. number and name agree, or one side has no number and the names agree;
    4. of what that leaves open the registry can answer for.
    """
    cause = _another(certificate, expected, is_vouched=is_vouched)
    if cause is None:
        cause = _compared(certificate, expected)
        if is_vouched and cause is not None and cause not in _MATCHES:
            cause = "WF.SIGNER_BY_REGISTRY"
    if cause is None:
        return Holder(match=Match.YES)
    return Holder(
        match=_MATCHES.get(cause, Match.UNPROVEN), finding=Finding(cause, str(expected.slot))
    )


def signers_held(
    certificate: Certificate, candidates: Iterable[ExpectedSigner]
) -> tuple[ExpectedSigner, ...]:
    """Return those of `candidates` who hold the certificate: where nothing is to be noted, else
    where all that is noted is how that was told.
    """
    answers = [
        (signer, match_holder(certificate, signer, is_vouched=False).match) for signer in candidates
    ]
    known = tuple(signer for signer, match in answers if match is Match.YES)
    return known or tuple(signer for signer, match in answers if match is Match.NOTED)


def is_same_holder(one: Certificate, other: Certificate) -> bool:
    """Return whether two certificates may be of one holder: one key or number, or one name and no
    numbers of a kind that tell them apart.

    Whoever has certificates of several authorities has one with a number and one without, or a CCCD
    in one and a CMND in the other.
    """
    left, right = (
        tuple(number for number in numbers_of(each.subject.identifiers) if number.is_personal)
        for each in (one, other)
    )
    if one.public_key_der == other.public_key_der or set(left) & set(right):
        return True
    names = one.subject.common_name or "", other.subject.common_name or ""
    is_named_alike = any(
        compare_names(*pair) is not Likeness.OTHER for pair in (names, names[::-1])
    )
    return is_named_alike and not any(agrees(number, right) is False for number in left)


def _another(certificate: Certificate, expected: ExpectedSigner, *, is_vouched: bool) -> str | None:
    given, wanted = numbers_of(certificate.subject.identifiers), _wanted(expected)
    # (1) numbers that contradict
    if wanted is not None and agrees(wanted, given) is False:
        return "WF.SIGNER_MISMATCH"
    # (2) a person where an organisation signs, or the reverse
    is_persons = any(number.is_personal for number in given)
    is_organisations = any(number.kind is NumberKind.TAX for number in given) or names_organisation(
        certificate.subject.common_name
    )
    if _is_seal(expected):
        is_right = not is_persons and (
            is_organisations or not is_vouched or _likeness(certificate, expected) is Likeness.SAME
        )
    else:
        is_right = (
            is_persons
            or not is_organisations
            or _likeness(certificate, expected) is not Likeness.OTHER
        )
    return None if is_right else "WF.SIGNER_KIND"


def _compared(certificate: Certificate, expected: ExpectedSigner) -> str | None:
    """Compare place, number and name; None where they agree."""
    subject = certificate.subject
    given, wanted, likeness = (
        numbers_of(subject.identifiers),
        _wanted(expected),
        _likeness(certificate, expected),
    )
    if _is_seal(expected) and contradicts(
        expected.address,
        subject.address,
        stated_on=expected.written,
        certified_on=vietnam_day(certificate.not_before),
    ):
        return "WF.SIGNER_PLACE"
    if wanted is not None and wanted in given:
        return {
            Likeness.SAME: None,
            Likeness.SAME_LETTERS: "WF.SIGNER_LETTERS",
            Likeness.OTHER: "WF.SIGNER_NAME",
        }[likeness]
    if likeness is not Likeness.SAME:
        return "WF.SIGNER_UNKNOWN"
    return "WF.SIGNER_NUMBER" if wanted is not None and given else "WF.SIGNER_BY_NAME"


def _wanted(expected: ExpectedSigner) -> Number | None:
    stated = expected.organisation_id if _is_seal(expected) else expected.personal_id
    return None if stated is None else number_of("UID", stated)


def _is_seal(expected: ExpectedSigner) -> bool:
    return expected.slot.role is Role.KY_PHAT_HANH


def _likeness(certificate: Certificate, expected: ExpectedSigner) -> Likeness:
    """Compare the names; one of several common names is nobody's."""
    names = certificate.subject.common_names
    return (
        compare_names(expected.name, names[0], of_school=_is_seal(expected))
        if len(names) == 1
        else Likeness.OTHER
    )
