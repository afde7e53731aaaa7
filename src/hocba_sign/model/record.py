"""What the signed documents about transcripts have in common: who issues them, and who must sign
them.

Events, registries and status lists are records like a transcript is: a field table, a root element,
slots for signatures.
"""

from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Annotated, Final, Protocol

from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.fields import Leaf
from hocba_sign.model.lexical import count, identifier
from hocba_sign.model.person import NAME
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.workflow import PlanStep, Role, SigningPlan, Slot

VIETNAM: Final = timezone(timedelta(hours=7))
"""Indochina Time; Vietnam has no summer time. The day of an act is the day in Vietnam."""
RECORD_ID: Final = identifier("record id", "[0-9A-Za-z-]{1,36}", max_length=36)
RECORD_VERSION: Final = count(1, 9_999_999_999)
DEPARTMENT: Final = identifier("department", "[0-9]{2}", max_length=2)
SCHOOL_CODE: Final = identifier("school code", "[0-9A-Za-z._-]{1,20}", max_length=20)
TAX_ID: Final = identifier("tax id", "[0-9]{10}(-[0-9]{3})?", max_length=14)
SHA256_HEX: Final = identifier("SHA-256", "[0-9a-f]{64}", max_length=64)

EVENT_PLAN: Final = "SU_KIEN"
ISSUER_PLAN: Final = "CO_QUAN"
_SEAL: Final = PlanStep(role=Role.KY_PHAT_HANH, commitment="ProofOfOrigin")
RECORD_PLANS: Final = MappingProxyType(
    {
        plan.name: plan
        for plan in (
            SigningPlan(
                name=EVENT_PLAN,
                steps=(PlanStep(role=Role.CBQL, commitment="ProofOfApproval"), _SEAL),
            ),
            SigningPlan(name=ISSUER_PLAN, steps=(_SEAL,)),
        )
    }
)
"""An event is signed by the head of the school, then sealed; a registry or a status list by its
issuer's seal alone.
"""


class SignedRecord(Protocol):
    """What signing and judging ask of a document's content, whatever its kind."""

    @property
    def plan_name(self) -> str: ...

    @property
    def slots(self) -> tuple[Slot, ...]: ...

    @property
    def expected_signers(self) -> tuple[ExpectedSigner, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingBody:
    """Cơ quan ban hành: the ministry, the department or the school whose seal a registry or a list
    carries.
    """

    name: Annotated[
        str,
        Leaf(
            element="TEN_CO_QUAN",
            key="tencoquan",
            title="Tên cơ quan ban hành",
            kind=NAME,
            is_column=False,
        ),
    ]
    tax_id: Annotated[
        str | None,
        Leaf(
            element="MA_SO_THUE",
            key="masothue",
            title="Mã số thuế của cơ quan",
            kind=TAX_ID,
            is_column=False,
        ),
    ] = None

    def expected(self) -> tuple[ExpectedSigner, ...]:
        """Return the one signer of a record that only its issuer seals."""
        return (
            ExpectedSigner(
                slot=Slot(Role.KY_PHAT_HANH), name=self.name, organisation_id=self.tax_id
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerCredential:
    """A certificate as an authority registry knows it: its SHA-256 in lower-case hexadecimal, its
    numbers by label, its common name.

    `common_name` is None where a certificate has several, which match nobody's.
    """

    sha256: str
    identifiers: tuple[tuple[str, str], ...] = ()
    common_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A signature under a record: by whose certificate, and on which day in Vietnam.

    `is_day_proven` tells whether anybody but the signer says so.
    """

    credential: SignerCredential
    day: date
    is_day_proven: bool


def vietnam_day(moment: datetime) -> date:
    """Return the calendar day in Vietnam of an aware moment; at the very ends of the calendar, the
    day that it states.
    """
    try:
        return moment.astimezone(VIETNAM).date()
    except OverflowError:
        return moment.date()
