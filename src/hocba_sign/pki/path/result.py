"""What a path must satisfy, what was found, and which sub-indication of EN 319 102-1 each cause
means.
"""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.profile import ProfileException, Purpose
from hocba_sign.pki.revocation.pool import RevocationFact


class PathStatus(StrEnum):
    PASSED = "passed"
    INDETERMINATE = "indeterminate"
    FAILED = "failed"
    """Never given by `validate_path`: only what is known of the signature's own times proves it
    wrong (EN 319 102-1, 5.3.4 and 5.5.4).
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRequirements:
    """What is asked of a path beyond RFC 5280.

    `known_until` (UTC) is the validation time: CRLs and OCSP responses issued later are ignored;
        None means the control time.
    `initial_policies` are dotted OIDs; empty means any policy.
    `exceptions` may be granted to the leaf and are reported when used.
    `allow_unknown_revocation` lets certificates pass about which nothing at all is known; what is
        known still counts.
    `current_at` (UTC): a statement about the leaf from before the control time must still be
        current then; None means the control time itself. With `is_newer_demanded` the leaf needs
        one from after it.
    `judges_leaf_key` asks of the leaf's own key what is asked of its issuers'; a signature's
        algorithms are judged apart.
    """

    purpose: Purpose = Purpose.ANY
    known_until: datetime | None = None
    initial_policies: frozenset[str] = frozenset()
    is_policy_explicit: bool = False
    is_mapping_inhibited: bool = False
    is_any_policy_inhibited: bool = False
    exceptions: frozenset[ProfileException] = frozenset()
    allow_unknown_revocation: bool = False
    judges_leaf_key: bool = False
    current_at: datetime | None = None
    is_newer_demanded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PathResult:
    """The judgement of one leaf at one control time.

    `chain` is the chain judged, leaf first, anchor last; only the leaf where none was found.
    `causes` are stable ids, the one that decides `sub_indication` first.
    `revocation` holds one fact per certificate below the anchor, leaf first.
    `exceptions` are those that were needed for passing.
    `is_pinned`: instead of a path, the trust list's word about an expired time-stamp authority was
        taken.
    """

    status: PathStatus
    chain: tuple[Certificate, ...]
    sub_indication: str | None = None
    anchor_sha256: str | None = None
    causes: tuple[str, ...] = ()
    revocation: tuple[RevocationFact, ...] = ()
    exceptions: tuple[ProfileException, ...] = field(default=())
    is_pinned: bool = False


_GENERAL = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
_CONSTRAINTS = "CHAIN_CONSTRAINTS_FAILURE"

_SUB_INDICATIONS = {
    "PATH.NO_CHAIN": "NO_CERTIFICATE_CHAIN_FOUND",
    "PATH.ANCHOR_ENDED": "NO_CERTIFICATE_CHAIN_FOUND_NO_POE",
    "PATH.EXPIRED": "OUT_OF_BOUNDS_NO_POE",
    "PATH.NOT_YET_VALID": "OUT_OF_BOUNDS_NO_POE",
    "PATH.CA_EXPIRED": "OUT_OF_BOUNDS_NO_POE",
    "PATH.CA_NOT_YET_VALID": "OUT_OF_BOUNDS_NO_POE",
    "PATH.WEAK_ALGORITHM": "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
    "PATH.UNSUPPORTED_ALGORITHM": "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
    "PATH.POLICY": _CONSTRAINTS,
    "PATH.KEY_USAGE": _CONSTRAINTS,
    "PATH.EXTENDED_KEY_USAGE": _CONSTRAINTS,
    "PATH.CA_KEY_USAGE": _CONSTRAINTS,
    "REVOCATION.REVOKED": "REVOKED_NO_POE",
    "REVOCATION.CA_REVOKED": "REVOKED_CA_NO_POE",
    "REVOCATION.ON_HOLD": "TRY_LATER",
    "REVOCATION.EXPIRED": "TRY_LATER",
    "REVOCATION.BEFORE_SIGNATURE": "TRY_LATER",
    "REVOCATION.NO_NEXT_UPDATE": "TRY_LATER",
    "REVOCATION.WEAK_ALGORITHM": "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
}


def sub_indication(cause: str) -> str:
    """Return the EN 319 102-1 sub-indication that `cause` means; all of them go with
    INDETERMINATE.
    """
    return _SUB_INDICATIONS.get(cause, _GENERAL)


PATH_WORDS = (
    ("issuer name", "PATH.NAME_CHAINING"),
    ("permitted namespace", "PATH.NAME_CONSTRAINTS"),
    ("are excluded", "PATH.NAME_CONSTRAINTS"),
    ("polic", "PATH.POLICY"),
    ("is not a CA", "PATH.NOT_A_CA"),
    ("maximum path length", "PATH.LENGTH"),
    ("not allowed to sign certificates", "PATH.CA_KEY_USAGE"),
    ("unsupported critical extension", "PATH.CRITICAL_EXTENSION"),
)
"""Words in the engine's general error, and what they mean. What is not listed is PATH.INVALID."""

REVOCATION_WORDS = (
    ("not recent enough", "REVOCATION.EXPIRED"),
    ("issuer certificate path", "REVOCATION.CRL_ISSUER"),
    ("signature", "REVOCATION.SIGNATURE"),
    ("could not be located", "REVOCATION.RESPONDER"),
    ("could not be validated", "REVOCATION.RESPONDER"),
    ("unauthorized certificate", "REVOCATION.RESPONDER"),
    ("not authorized to sign", "REVOCATION.CRL_ISSUER"),
    ("chain of trust", "REVOCATION.CRL_ISSUER"),
    ("elta CRL", "REVOCATION.DELTA"),
    ("reasons", "REVOCATION.SCOPE"),
    ("only contains", "REVOCATION.SCOPE"),
    ("share any names", "REVOCATION.SCOPE"),
    ("unrecognized critical", "REVOCATION.CRITICAL_EXTENSION"),
)
"""The same for failed revocation checks. What is not listed is REVOCATION.UNUSABLE."""


def cause_of(message: str, table: tuple[tuple[str, str], ...], *, default: str) -> str:
    return next((cause for words, cause in table if words in message), default)
