"""The rule of many signers in a PDF: a revision holds all that was there before it, so the order of
revisions is the order of signing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Final

from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.workflow import PLANS, Role, SigningPlan, Slot
from hocba_sign.pades.facts.field_names import slot_of
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.validation.workflow.order import Basis, SignerFacts, Workflow, signer_checks

_ROLES: Final = PLANS["THCS_THPT"]
"""The order of roles where no transcript says which plan is followed: the same in all."""


def check_revisions(
    signatures: tuple[SignatureConclusion, ...],
    expected: tuple[ExpectedSigner, ...],
    *,
    plan: SigningPlan,
    facts: Mapping[Slot, SignerFacts],
) -> Workflow:
    """Compare the signatures, in the order of their revisions, with the plan.

    1. every slot is one that the content asks for, and is signed once;
    2. none is skipped;
    3. who claims a role has signed in its place;
    4. no step comes before an earlier one;
    5. each signer is the person or organisation that the content names.
    """
    placed = [
        (signature.signature.slot, signature)
        for signature in signatures
        if signature.signature.slot is not None
    ]
    filled = [slot for slot, _ in placed]
    slots = tuple(signer.slot for signer in expected)
    # (1) slots that are asked for, each once
    checks = [
        Check(identifier="WF.UNEXPECTED_SLOT", status=Status.FAIL, where=str(slot))
        for slot in filled
        if slot not in slots
    ]
    checks += [
        Check(identifier="WF.SIGNED_TWICE", status=Status.FAIL, where=str(slot))
        for slot in {*filled}
        if filled.count(slot) > 1
    ]
    # (2) to (4) order of the steps
    steps = _workflow_of_steps(placed, slots, plan)
    # (5) the persons that the content names
    checks += [
        check
        for signer in expected
        if signer.slot in facts
        for check in signer_checks(signer, facts[signer.slot])
    ]
    has_failed = any(check.status is Status.FAIL for check in checks)
    return replace(
        steps,
        is_order_proven=steps.is_order_proven and not has_failed,
        checks=(*checks, *steps.checks),
    )


def check_fields(
    signatures: tuple[SignatureConclusion, ...], empty_fields: Iterable[str]
) -> Workflow | None:
    """Judge the signatures of a PDF without a transcript by the roles that its fields are named
    for, or else the signers state.

    Who should have signed is not known but for the empty fields of such names. None where no role
    is named at all.
    """
    placed = [
        (slot, signature) for signature in signatures if (slot := _slot(signature)) is not None
    ]
    empty = [slot for name in empty_fields if (slot := slot_of(name)) is not None]
    if not placed and not empty:
        return None
    judged = _workflow_of_steps(
        placed, tuple(dict.fromkeys((*(slot for slot, _ in placed), *empty))), _ROLES
    )
    others = [signature.signature.where for signature in signatures if _slot(signature) is None]
    warnings = (
        Check(identifier="WF.OTHER_SLOT", status=Status.WARNING, where=where) for where in others
    )
    return replace(judged, plan=None, checks=(*judged.checks, *warnings))


def _workflow_of_steps(
    placed: list[tuple[Slot, SignatureConclusion]], slots: tuple[Slot, ...], plan: SigningPlan
) -> Workflow:
    filled = [slot for slot, _ in placed]
    missing = tuple(
        sorted(
            (slot for slot in slots if slot not in filled), key=lambda slot: plan.rank(slot.role)
        )
    )
    last = max((plan.rank(slot.role) for slot in filled), default=-1)
    checks = []
    for slot in missing:
        is_skipped = plan.rank(slot.role) < last
        identifier, status = (
            ("WF.SKIPPED", Status.FAIL) if is_skipped else ("WF.MISSING", Status.UNPROVEN)
        )
        checks.append(Check(identifier=identifier, status=status, where=str(slot)))
    checks += [
        Check(identifier="WF.MOVED", status=Status.FAIL, where=str(slot))
        for slot, judged in placed
        if not _fits(slot, judged)
    ]
    checks += _misplaced(filled, plan)
    has_failed = any(check.status is Status.FAIL for check in checks)
    is_intact = bool(placed) and all(judged.is_intact for _, judged in placed)
    return Workflow(
        plan=plan.name,
        is_complete=not missing,
        is_order_proven=is_intact and not missing and not has_failed,
        missing=missing,
        checks=tuple(checks),
        basis=Basis.REVISIONS if len({plan.rank(slot.role) for slot in filled}) > 1 else None,
    )


def _slot(one: SignatureConclusion) -> Slot | None:
    """Return the field's slot, else that of the one role which the signer states; any number of
    signers may state the same.
    """
    if one.signature.slot is not None:
        return one.signature.slot
    roles = () if one.signature.properties is None else one.signature.properties.claimed_roles
    is_known = len(roles) == 1 and roles[0] in Role.__members__
    return Slot(Role(roles[0]), teacher=one.signature.identifier) if is_known else None


def _fits(slot: Slot, one: SignatureConclusion) -> bool:
    """A signature that states no role of ours is judged by its place alone, as signing tools of
    others make it.
    """
    properties = one.signature.properties
    return properties is None or {
        role for role in properties.claimed_roles if role in Role.__members__
    } <= {slot.role}


def _misplaced(filled: Iterable[Slot], plan: SigningPlan) -> Iterator[Check]:
    for earlier, later in pairwise(filled):
        if plan.rank(later.role) < plan.rank(earlier.role):
            yield Check(identifier="WF.ORDER", status=Status.FAIL, where=f"{earlier}: {later}")
