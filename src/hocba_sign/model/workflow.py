"""Who signs, in which order, covering what: one table for signing and for judging.

`signing` refuses by this table, `validation` judges by it, and the documentation's diagram is made
from it. This module knows no XML and no cryptography: a layout (`xml.layout`) says where a slot
lies.
"""

from collections.abc import Iterable
from enum import StrEnum

from hocba_sign.frozen_dataclass import dataclass


class Role(StrEnum):
    """Role codes of the de-facto format; also the SignerRole each signature claims."""

    GVBM = "GVBM"
    """Giáo viên môn học, subject teacher."""
    GVCN = "GVCN"
    """Giáo viên chủ nhiệm, homeroom teacher."""
    CBQL = "CBQL"
    """Cán bộ quản lý, principal or deputy."""
    KY_PHAT_HANH = "KY_PHAT_HANH"
    """The school's seal."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One place for one signature.

    `subject` is the Id of a DIEM_TONG_KET and `teacher` the Id of a GVBM in it; both only for
    `Role.GVBM`.
    """

    role: Role
    subject: str | None = None
    teacher: str | None = None

    def __str__(self) -> str:
        return "/".join(part for part in (self.role, self.subject, self.teacher) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One row of the workflow table.

    `commitment` is the last part of the ETSI commitment type URI that the role's signature states.
    `is_required_per_subject`: every subject must name somebody who signs in this role.
    """

    role: Role
    commitment: str
    is_required_per_subject: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPlan:
    """The steps of one kind of transcript, in signing order."""

    name: str
    steps: tuple[PlanStep, ...]

    def step(self, role: Role) -> PlanStep | None:
        return next((step for step in self.steps if step.role is role), None)

    def rank(self, role: Role) -> int:
        """Return the position of `role` in the signing order, from 0; roles outside the plan come
        last.
        """
        return next(
            (index for index, step in enumerate(self.steps) if step.role is role), len(self.steps)
        )

    def obstacles(
        self, slot: Slot, *, expected: Iterable[Slot], filled: Iterable[Slot]
    ) -> tuple[Slot, ...]:
        """Return the slots that keep `slot` from being signed now: earlier ones still empty, later
        ones already full.
        """
        done = frozenset(filled)
        rank = self.rank(slot.role)
        return tuple(
            other
            for other in expected
            if (self.rank(other.role) < rank and other not in done)
            or (self.rank(other.role) > rank and other in done)
        )

    def next_slots(self, *, expected: Iterable[Slot], filled: Iterable[Slot]) -> tuple[Slot, ...]:
        """Return the slots that may be signed now, in the order of `expected`."""
        wanted, done = tuple(expected), frozenset(filled)
        return tuple(
            slot
            for slot in wanted
            if slot not in done and not self.obstacles(slot, expected=wanted, filled=done)
        )


_TEACHER = PlanStep(role=Role.GVBM, commitment="ProofOfCreation", is_required_per_subject=True)
_TEACHER_IF_NAMED = PlanStep(role=Role.GVBM, commitment="ProofOfCreation")
_HOMEROOM = PlanStep(role=Role.GVCN, commitment="ProofOfApproval")
_PRINCIPAL = PlanStep(role=Role.CBQL, commitment="ProofOfApproval")
_SEAL = PlanStep(role=Role.KY_PHAT_HANH, commitment="ProofOfOrigin")

PLANS = {
    plan.name: plan
    for plan in (
        SigningPlan(name="THCS_THPT", steps=(_TEACHER, _HOMEROOM, _PRINCIPAL, _SEAL)),
        SigningPlan(name="TIEU_HOC", steps=(_TEACHER_IF_NAMED, _HOMEROOM, _PRINCIPAL, _SEAL)),
        SigningPlan(name="GDTX", steps=(_TEACHER, _HOMEROOM, _PRINCIPAL, _SEAL)),
        SigningPlan(name="TRICH_LUC", steps=(_PRINCIPAL, _SEAL)),
    )
}
"""At secondary school and in continuing education every subject names a teacher who signs; at
primary school a teacher signs only where the transcript names one. Who digitises a paper transcript
certifies a copy: principal and seal, nobody else.
"""
