"""The rule of many signers in a PDF: a revision holds all that was there before it, so the order of revisions is the order of signing."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from hocba_sign.model.transcript import ExpectedSigner
from hocba_sign.model.workflow import SigningPlan, Slot
from hocba_sign.validation.order import Basis, SignerFacts, Workflow, signer_checks
from hocba_sign.validation.process import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status


def judge_revisions(
    signatures: tuple[SignatureConclusion, ...],
    expected: tuple[ExpectedSigner, ...],
    *,
    plan: SigningPlan,
    facts: Mapping[Slot, SignerFacts],
) -> Workflow:
    """Compare the signatures, in the order of their revisions, with the plan.

    1. every slot is one that the content asks for, and is signed once; 2. none is skipped; 3. who claims a role has signed in its place;
    4. no step comes before an earlier one; 5. each signer is the person or organisation that the content names.
    """
    placed = [(one.signature.slot, one) for one in signatures if one.signature.slot is not None]
    filled = [slot for slot, _ in placed]
    slots = tuple(signer.slot for signer in expected)
    # (1)
    checks = [Check(identifier="WF.UNEXPECTED_SLOT", status=Status.FAIL, where=str(slot)) for slot in filled if slot not in slots]
    checks += [Check(identifier="WF.SIGNED_TWICE", status=Status.FAIL, where=str(slot)) for slot in {*filled} if filled.count(slot) > 1]
    # (2)
    missing = tuple(sorted((slot for slot in slots if slot not in filled), key=lambda slot: plan.rank(slot.role)))
    last = max((plan.rank(slot.role) for slot in filled), default=-1)
    for slot in missing:
        is_skipped = plan.rank(slot.role) < last
        identifier, status = ("WF.SKIPPED", Status.FAIL) if is_skipped else ("WF.MISSING", Status.UNPROVEN)
        checks.append(Check(identifier=identifier, status=status, where=str(slot)))
    # (3)
    checks += [Check(identifier="WF.MOVED", status=Status.FAIL, where=str(slot)) for slot, one in placed if not _fits(slot, one)]
    # (4)
    checks += _misplaced(filled, plan)
    # (5)
    checks += [check for signer in expected if signer.slot in facts for check in signer_checks(signer, facts[signer.slot].certificate)]
    has_failed = any(check.status is Status.FAIL for check in checks)
    is_intact = bool(placed) and all(one.is_intact for _, one in placed)
    steps = {plan.rank(slot.role) for slot in filled}
    return Workflow(
        plan=plan.name,
        is_complete=not missing,
        is_order_proven=is_intact and not missing and not has_failed,
        missing=missing,
        checks=tuple(checks),
        basis=Basis.REVISIONS if len(steps) > 1 else None,
    )


def _fits(slot: Slot, one: SignatureConclusion) -> bool:
    """A signature that states no role is judged by its place alone, as signing tools of others make it."""
    properties = one.signature.properties
    return properties is None or properties.claimed_roles in {(), (slot.role,)}


def _misplaced(filled: Iterable[Slot], plan: SigningPlan) -> Iterator[Check]:
    for earlier, later in pairwise(filled):
        if plan.rank(later.role) < plan.rank(earlier.role):
            yield Check(identifier="WF.ORDER", status=Status.FAIL, where=f"{earlier}: {later}")
