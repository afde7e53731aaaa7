"""The vocabulary of judgement: indications, sub-indications, and what each cause means for the
verdict.
"""

from collections.abc import Iterable
from enum import StrEnum

from hocba_sign.catalogue.messages import Language, message
from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass


class Indication(StrEnum):
    """Main status of a signature (EN 319 102-1, 5.1.3)."""

    TOTAL_PASSED = "TOTAL_PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL_FAILED"


class SubIndication(StrEnum):
    """Why not passed (EN 319 102-1, 5.1.3, tables 5 and 6).

    NO_POE is missing: it stays inside the blocks 5.6.2.1 and 5.6.2.2, whose callers give their own
    (5.6.2.4 (2)).
    """

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    POLICY_PROCESSING_ERROR = "POLICY_PROCESSING_ERROR"
    SIGNATURE_POLICY_NOT_AVAILABLE = "SIGNATURE_POLICY_NOT_AVAILABLE"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND_NO_POE = "NO_CERTIFICATE_CHAIN_FOUND_NO_POE"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NOT_REVOKED = "OUT_OF_BOUNDS_NOT_REVOKED"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    REVOCATION_OUT_OF_BOUNDS_NO_POE = "REVOCATION_OUT_OF_BOUNDS_NO_POE"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    TRY_LATER = "TRY_LATER"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"


class Verdict(StrEnum):
    """The one word on top of a report."""

    VALID = "VALID"
    INVALID = "INVALID"
    INDETERMINATE = "INDETERMINATE"
    NOTHING_TO_VERIFY = "NOTHING_TO_VERIFY"


class Status(StrEnum):
    """Result of one check in a report.

    `FAIL` makes the verdict INVALID, `UNPROVEN` INDETERMINATE (shown as a warning that says so),
    `WARNING` neither.
    """

    PASS = "pass"
    FAIL = "fail"
    UNPROVEN = "unproven"
    WARNING = "warning"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check with its result; `identifier` is the id of the check or of the cause that was
    found.
    """

    identifier: str
    status: Status
    where: str | None = None

    def message(self, language: Language) -> str:
        """Return the sentence for what was checked or found."""
        return message(self.identifier).in_language(language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """The judgement of one signature or time-stamp; `findings` are all causes, not only the
    deciding one.
    """

    indication: Indication
    sub_indication: SubIndication | None
    findings: tuple[Finding, ...]


_FORMAT = (Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE)
_CRYPTO = (Indication.INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
_NO_CERTIFICATE = (Indication.INDETERMINATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
_CONSTRAINTS = (Indication.INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE)
_NO_DATA = (Indication.INDETERMINATE, SubIndication.SIGNED_DATA_NOT_FOUND)

_MEANING = {
    "SIG.DIGEST": (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE),
    "SIG.VALUE": (Indication.TOTAL_FAILED, SubIndication.SIG_CRYPTO_FAILURE),
    "SIG.REFORMATTED": (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE),
    "SIG.EDITED": (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE),
    "SIG.C14N_MISMATCH": (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE),
    "SIG.DOTNET_READING": (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE),
    "SIG.UNSORTED": (Indication.TOTAL_FAILED, SubIndication.SIG_CRYPTO_FAILURE),
    "SIG.BROKEN_BY_ADDED": (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE),
    "SIG.TARGET_MISSING": _NO_DATA,
    "SIG.TRANSFORM_UNKNOWN": _NO_DATA,
    "SIG.REFERENCE_UNKNOWN": _NO_DATA,
    "SIG.C14N": _CONSTRAINTS,
    "PDF.SUBFILTER": _CONSTRAINTS,
    "SIG.DETACHED_MISSING": _NO_DATA,
    "SIG.MANIFEST": _NO_DATA,
    "SIG.TARGET_MISPLACED": _NO_DATA,
    "SIG.PART_UNREADABLE": _CONSTRAINTS,
    "SIG.NO_SIGNING_CERTIFICATE": _NO_CERTIFICATE,
    "SIG.CERTIFICATE_BINDING": _NO_CERTIFICATE,
    "SIG.ISSUER_SERIAL": _NO_CERTIFICATE,
    "SIG.PLAIN": _CONSTRAINTS,
    "SIG.KEY_CONTRADICTION": _CONSTRAINTS,
    "SIG.PROPERTIES_TYPE": _CONSTRAINTS,
    "SIG.PROPERTIES_ELSEWHERE": _CONSTRAINTS,
    "SIG.POLICY_MISMATCH": (Indication.INDETERMINATE, SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE),
    "SIG.COUNTERSIGNATURE": (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE),
    "SIG.SIGNING_TIME": _CONSTRAINTS,
    "SIG.SIGNING_TIME_FUTURE": _CONSTRAINTS,
    "SIG.SIGNING_TIME_RANGE": _CONSTRAINTS,
    "SIG.NO_TIME_STAMP": _CONSTRAINTS,
    "SIG.DATA_OBJECT_FORMAT": _CONSTRAINTS,
    "PDF.CHANGE_UNKNOWN": _CONSTRAINTS,
    "PDF.NOT_DER": _CONSTRAINTS,
    "PDF.PKCS7": _CONSTRAINTS,
    "PDF.SIGNER_ID": _NO_CERTIFICATE,
    "SIG.TIME_STAMP_FORM": _CONSTRAINTS,
    "SIG.TIME_STAMP_INCLUDE": _CONSTRAINTS,
    "CRYPTO.KEY_MISMATCH": (Indication.TOTAL_FAILED, SubIndication.SIG_CRYPTO_FAILURE),
    "CRYPTO.ENDED_BEFORE": (Indication.INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
}
_OF_REFERENCES = frozenset(
    {
        "SIG.SIGNED_PROPERTIES",
        "SIG.NOTHING_SIGNED",
        "SIG.TRANSFORM",
        "SIG.REFERENCE_URI",
        "SIG.TARGET_AMBIGUOUS",
    }
)
"""Faults of the format that show when references are followed, after the signer was looked for."""
_SECONDARY = frozenset({"SIG.ISSUER_SERIAL"})
"""Said beside a digest that does name the certificate."""
_CHAPTER = (
    SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
    SubIndication.SIGNED_DATA_NOT_FOUND,
    SubIndication.HASH_FAILURE,
    SubIndication.SIG_CRYPTO_FAILURE,
)
"""The order in which a signature is examined (EN 319 102-1, 5.2.3 and 5.2.7), after its format
(5.2.2).
"""
_MEANING_BY_AREA = {
    "SIG": _FORMAT,
    "XML": _FORMAT,
    "PDF": _FORMAT,
    "DER": _FORMAT,
    "CRYPTO": _CRYPTO,
    "CERT": _NO_CERTIFICATE,
}


def conclude(findings: Iterable[Finding]) -> Conclusion:
    """Turn what was found about a signature into its judgement: the first that the process of EN
    319 102-1, 5.3 would end with.

    Of what it does not order, a proven failure outweighs what is only unproven.
    """
    found = tuple(dict.fromkeys(findings))
    if not found:
        return Conclusion(indication=Indication.TOTAL_PASSED, sub_indication=None, findings=found)
    indication, sub_indication = _meaning(min(found, key=_rank))
    return Conclusion(indication=indication, sub_indication=sub_indication, findings=found)


_DIFFERS = frozenset(
    {
        "SIG.DIGEST",
        "SIG.VALUE",
        "SIG.REFORMATTED",
        "SIG.EDITED",
        "SIG.C14N_MISMATCH",
        "SIG.DOTNET_READING",
        "SIG.BROKEN_BY_ADDED",
    }
)
"""A value or a digest was compared with what is in the file, and differs."""


def is_contradicted(findings: Iterable[Finding]) -> bool:
    """Return whether a comparison failed: what was not compared may be right."""
    return any(finding.cause in _DIFFERS for finding in findings)


def is_proven_wrong(conclusion: Conclusion) -> bool:
    """Return whether anything found means a failure, though the process may have ended
    before it.
    """
    areas = {*_MEANING_BY_AREA}
    meanings = (
        _meaning(finding)
        for finding in conclusion.findings
        if finding.cause.partition(".")[0] in areas
    )
    return conclusion.indication is Indication.TOTAL_FAILED or any(
        meaning[0] is Indication.TOTAL_FAILED for meaning in meanings
    )


def _meaning(finding: Finding) -> tuple[Indication, SubIndication]:
    return _MEANING.get(finding.cause) or _MEANING_BY_AREA[finding.cause.partition(".")[0]]


def _rank(finding: Finding) -> int:
    indication, sub_indication = _meaning(finding)
    if sub_indication in _CHAPTER and finding.cause not in _SECONDARY:
        return 1 + _CHAPTER.index(sub_indication)
    if indication is Indication.TOTAL_FAILED:
        return 1 + len(_CHAPTER) if finding.cause in _OF_REFERENCES else 0
    return 2 + len(_CHAPTER)
