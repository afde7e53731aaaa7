"""What the transcript store's layout brings along: content of other makers, parts of a transcript,
slots outside every plan.
"""

from collections.abc import Mapping
from dataclasses import replace

from hocba_sign.ades.structure import ParsedDocument
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.workflow import PLANS, Role, Slot
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.validation.workflow.order import SignerFacts, Workflow, check_order
from hocba_sign.xml.format_version import is_newer
from hocba_sign.xml.layout import (
    KHO,
    PART,
    declared_slots,
    is_ours,
    other_slots,
    part_of,
    recognise,
)
from hocba_sign.xml.namespaces import ID_DATA, ID_IDENTITY
from hocba_sign.xml.tree import Element, locate

_INNER = frozenset({Role.GVBM, Role.GVCN})


def is_other_layout(root: Element) -> bool:
    """Return whether the content follows another maker's dictionary, is of a later version, or is a
    part of a transcript only.
    """
    layout = recognise(root)
    return layout is PART or is_newer(root) or (layout is KHO and not is_ours(root))


def other_layout_checks(root: Element) -> list[Check]:
    """Say that content of another maker, or of a later version, cannot be judged: it is neither
    right nor wrong.
    """
    told = Check(identifier="DOC.PART", status=Status.UNPROVEN, where=part_of(root))
    if is_newer(root):
        told = Check(identifier="DOC.NEWER", status=Status.UNPROVEN)
    elif recognise(root) is KHO:
        told = Check(identifier="DOC.FOREIGN", status=Status.UNPROVEN)
    unchecked = (
        Check(identifier=identifier, status=Status.NOT_CHECKED)
        for identifier in ("DOC.SCHEMA", "DOC.RULES", "DOC.STATUS")
    )
    return [Check(identifier="DOC.FORMAT", status=Status.PASS), told, *unchecked]


def layout_checks(parsed: ParsedDocument, root: Element, *, accept_kho: bool) -> list[Check]:
    """Name signatures outside every plan, and those of teachers that do not say whose transcript
    they are for.

    The latter may have been made for another pupil: unproven, unless `accept_kho`.
    """
    if recognise(root) not in (KHO, PART):
        return []
    checks = [
        Check(identifier="WF.OTHER_SLOT", status=Status.WARNING, where=locate(element))
        for element in other_slots(root)
    ]
    if is_ours(root):
        status = Status.WARNING if accept_kho else Status.UNPROVEN
        checks += [
            Check(identifier="WF.PUPIL_NOT_COVERED", status=status, where=str(signature.slot))
            for signature in parsed.signatures
            if signature.slot is not None
            and signature.slot.role in _INNER
            and not {ID_DATA, ID_IDENTITY} & signature.covered_ids()
        ]
    return checks


def other_layout_workflow(
    parsed: ParsedDocument, root: Element, *, facts: Mapping[Slot, SignerFacts]
) -> Workflow:
    """Judge the signatures of a document whose content cannot be read by its slots alone.

    Nobody knows who should sign, and slots may be made only when they are filled; so what is
    missing is unproven, never wrong.
    """
    declared = declared_slots(root)
    filled = tuple(signature.slot for signature in parsed.signatures if signature.slot is not None)
    has_teachers = any(slot.role is Role.GVBM for slot in (*declared, *filled))
    plan = PLANS["THCS_THPT" if has_teachers else "TIEU_HOC"]
    expected = tuple(ExpectedSigner(slot=slot, name="") for slot in filled)
    judged = check_order(
        replace(parsed, slots=filled), expected, plan=plan, layout=KHO, facts=facts
    )
    missing = tuple(
        sorted(
            {*declared, *parsed.slots} - set(filled),
            key=lambda slot: (plan.rank(slot.role), str(slot)),
        )
    )
    return replace(
        judged,
        is_complete=not missing,
        is_order_proven=judged.is_order_proven and not missing,
        missing=missing,
        checks=(
            *judged.checks,
            *(
                Check(identifier="WF.MISSING", status=Status.UNPROVEN, where=str(slot))
                for slot in missing
            ),
        ),
    )
