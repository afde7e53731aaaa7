"""Whether a certificate may sign now, with which algorithm, and for whom."""

from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

from hocba_sign.crypto.acceptance import acceptable
from hocba_sign.crypto.algorithms import SignatureAlgorithm
from hocba_sign.crypto.signer import default_algorithm
from hocba_sign.crypto.verify import load_public_key
from hocba_sign.errors import CallerError, Finding
from hocba_sign.model.authority import Registry
from hocba_sign.model.person import School
from hocba_sign.model.record import Witness, vietnam_day
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.workflow import Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.holder import Match, match_holder
from hocba_sign.pki.fitness import credential_of
from hocba_sign.signing.signing_policy import SigningPolicy

_REFUSALS: Final = MappingProxyType(
    {
        "WF.SIGNER_MISMATCH": "SIGN.WRONG_PERSON",
        "WF.SIGNER_NAME": "SIGN.OTHER_NAME",
        "WF.SIGNER_NUMBER": "SIGN.OTHER_NUMBER",
        "WF.SIGNER_KIND": "SIGN.OTHER_KIND",
        "WF.SIGNER_PLACE": "SIGN.OTHER_PLACE",
        "WF.SIGNER_UNKNOWN": "SIGN.UNKNOWN_PERSON",
    }
)


class Expecting(Protocol):
    """What is asked of a document about who must sign it."""

    @property
    def school(self) -> School | None: ...

    def expected(self, slot: Slot) -> ExpectedSigner | None: ...


def usable_algorithm(
    certificate: Certificate, *, moment: datetime, policy: SigningPolicy
) -> SignatureAlgorithm:
    """Choose the algorithm, and refuse a certificate that cannot sign now.

    Raises: CallerError, see `prepare`.
    """
    if moment < certificate.not_before:
        raise CallerError(
            "SIGN.CERTIFICATE_NOT_YET_VALID", where=certificate.not_before.isoformat()
        )
    if moment > certificate.not_after:
        raise CallerError("SIGN.CERTIFICATE_EXPIRED", where=certificate.not_after.isoformat())
    if not certificate.may_sign:
        raise CallerError("SIGN.KEY_USAGE", where=", ".join(sorted(certificate.key_usage or ())))
    public_key = load_public_key(certificate.public_key_der)
    algorithm = policy.algorithm or default_algorithm(public_key)
    if (
        algorithm.key_kind is not public_key.kind
        or not acceptable(algorithm, public_key.bits, at=moment).is_acceptable
    ):
        raise CallerError(
            "SIGN.ALGORITHM", where=f"{algorithm.name}, {public_key.kind} {public_key.bits}"
        )
    return algorithm


def require_holder(
    certificate: Certificate,
    draft: Expecting,
    *,
    slot: Slot,
    at: datetime | None,
    registry: Registry | None,
) -> tuple[Finding, ...]:
    """Refuse a certificate that verification would not take for that of who must sign in `slot`;
    give what it would note.

    `registry` may answer for a certificate, as of `at` where that is known. Nothing is asked where
    the document says of nobody that he must sign.
    Raises: CallerError `SIGN.WRONG_PERSON`, `SIGN.OTHER_NAME`, `SIGN.OTHER_NUMBER`,
    `SIGN.OTHER_KIND`, `SIGN.OTHER_PLACE`, `SIGN.UNKNOWN_PERSON`.
    """
    expected = draft.expected(slot)
    if expected is None:
        return ()
    holder = match_holder(
        certificate,
        expected,
        is_vouched=_is_vouched(certificate, draft.school, slot, at=at, registry=registry),
    )
    if holder.finding is None:
        return ()
    if holder.match is Match.NOTED:
        return (holder.finding,)
    raise CallerError(_REFUSALS[holder.finding.cause], where=str(slot))


def _is_vouched(
    certificate: Certificate,
    school: School | None,
    slot: Slot,
    *,
    at: datetime | None,
    registry: Registry | None,
) -> bool:
    if registry is None or school is None or at is None:
        return False
    witness = Witness(
        credential=credential_of(certificate), day=vietnam_day(at), is_day_proven=True
    )
    place = {"department_code": school.department_code, "school_code": school.code}
    return registry.appoints(witness, slot, **place, today=witness.day, by_certificate=True)
