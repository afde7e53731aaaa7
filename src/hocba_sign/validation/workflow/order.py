"""The rule of many signers: complete, in the right slots, by the right people, in an order that the
file proves.

A signature proves that it came after another by covering that one's SignatureValue, or all of it.
The table of the layout says which; everything here compares the file with that table. Where the
layout of others has no such proof, time-stamps may give one, and what the order rests on is told.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hocba_sign.ades.structure import Covers, ParsedDocument, ParsedSignature
from hocba_sign.errors import Finding
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.signers import ExpectedSigner
from hocba_sign.model.workflow import SigningPlan, Slot
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.certificates.holder import Match, match_holder
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.xml.layout import Layout

_SIGNER: Final = MappingProxyType(
    {Match.NO: Status.FAIL, Match.UNPROVEN: Status.UNPROVEN, Match.NOTED: Status.WARNING}
)


class Basis(StrEnum):
    """What tells that one signature came after another, best first; the `order_basis` of the
    report.
    """

    LINKS = "links"
    """It covers the other's value, or the other whole."""
    REVISIONS = "revisions"
    """It was added to a PDF that held the other already."""
    TIME_STAMPS = "timestamps"
    """Its signer states a time after the other's time-stamp, and its own time-stamp agrees."""
    CLAIMED = "claimed"
    """Both signers state times in that order; nobody else does."""
    NONE = "none"
    CONTRADICTED = "contradicted"
    """The signers' own times tell another order."""


_PROVEN: Final = frozenset({Basis.LINKS, Basis.REVISIONS, Basis.TIME_STAMPS})
_UNPROVEN: Final = MappingProxyType(
    {
        Basis.CLAIMED: "WF.ORDER_CLAIMED",
        Basis.NONE: "WF.ORDER_UNKNOWN",
        Basis.CONTRADICTED: "WF.ORDER_CONTRADICTED",
    }
)
_BASES: Final = tuple(Basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """The judgement of the signing order.

    `is_complete`: every expected slot is filled.
    `is_order_proven`: every signature that must come after another proves it, and all are intact.
    `basis` is the weakest of what the order of the steps rests on, None where there are no two
        steps.
    `missing` are the empty slots, in signing order.
    `plan` is None where no content asks for one.
    """

    plan: str | None
    is_complete: bool
    is_order_proven: bool
    missing: tuple[Slot, ...]
    checks: tuple[Check, ...]
    basis: Basis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerFacts:
    """What judging the order needs to know of a signature: is it intact, and whose certificate
    verified it.

    `stamped` is when a time-stamp that passed proves it to have existed, `claimed` what its signer
        says; both UTC.
    `is_vouched`: the registry names this very certificate for the slot;
    `is_appointed`: it names the holder, in whatever way.
    """

    is_intact: bool
    certificate: Certificate | None
    is_vouched: bool = False
    is_appointed: bool = False
    stamped: datetime | None = None
    claimed: datetime | None = None


def check_order(
    document: ParsedDocument,
    expected: tuple[ExpectedSigner, ...],
    *,
    plan: SigningPlan,
    layout: Layout,
    facts: Mapping[Slot, SignerFacts],
) -> Workflow:
    """Compare the signatures of `document` with the plan and the layout.

    1. every slot is one that the content asks for;
    2. every expected slot is filled, none is skipped;
    3. each signature stands in the slot of its role and subject;
    4. each covers what its slot demands;
    5. each proves that it came after those of the step before;
    6. each signer is the person or organisation that the content names.
    """
    slots = tuple(signer.slot for signer in expected)
    filled = {
        signature.slot: signature for signature in document.signatures if signature.slot is not None
    }
    # (1) the slots that the content asks for
    checks = [*_slot_checks(document.slots, slots)]
    # (2) filled, none skipped
    empty = (slot for slot in slots if slot not in filled)
    missing = tuple(sorted(empty, key=lambda slot: plan.rank(slot.role)))
    checks += _missing_checks(missing, filled, plan=plan)
    # (3) to (5) in the slot of its role, covering what that demands, after the step before
    coverage = [
        finding
        for slot, signature in filled.items()
        if slot in slots and signature.is_read
        for finding in _coverage(signature, slot, layout=layout, slots=slots, document=document)
    ]
    checks += [
        Check(identifier=finding.cause, status=Status.FAIL, where=finding.where)
        for finding in coverage
    ]
    bases = _bases(filled, layout=layout, slots=slots, facts=facts)
    if not layout.needs_links:
        checks += _order_checks(bases)
    # (6) signed by whom the content names
    checks += [
        check
        for signer in expected
        if signer.slot in facts
        for check in signer_checks(signer, facts[signer.slot])
    ]
    # A broken signature proves nothing by what it refers to.
    is_intact = bool(filled) and all(slot in facts and facts[slot].is_intact for slot in filled)
    return Workflow(
        plan=plan.name,
        is_complete=not missing,
        is_order_proven=is_intact
        and not missing
        and not any(check.status is Status.FAIL for check in checks)
        and _PROVEN.issuperset(bases.values()),
        missing=missing,
        checks=tuple(checks),
        basis=max(bases.values(), key=_BASES.index, default=None),
    )


def _slot_checks(present: Collection[Slot], expected: Collection[Slot]) -> Iterator[Check]:
    for slot in present:
        if slot not in expected:
            yield Check(identifier="WF.UNEXPECTED_SLOT", status=Status.FAIL, where=str(slot))
    for slot in expected:
        if slot not in present:
            yield Check(identifier="WF.SLOT_REMOVED", status=Status.FAIL, where=str(slot))


def _missing_checks(
    missing: Iterable[Slot], filled: Iterable[Slot], *, plan: SigningPlan
) -> Iterator[Check]:
    """Name the empty slots: skipped, where a later role has signed, else only waited for."""
    last = max((plan.rank(slot.role) for slot in filled), default=-1)
    for slot in missing:
        if plan.rank(slot.role) < last:
            yield Check(identifier="WF.SKIPPED", status=Status.FAIL, where=str(slot))
        else:
            yield Check(identifier="WF.MISSING", status=Status.UNPROVEN, where=str(slot))


def _bases(
    filled: Mapping[Slot, ParsedSignature],
    *,
    layout: Layout,
    slots: tuple[Slot, ...],
    facts: Mapping[Slot, SignerFacts],
) -> Mapping[tuple[Slot, Slot], Basis]:
    """Return, for each pair of an earlier and a later signature, what their order rests on."""
    found = {}
    for slot, signature in filled.items():
        if slot not in slots:
            continue
        covered = layout.covered_slots(slot, slots)
        is_around = set(layout.covered_ids(slot)) <= signature.covered_ids()
        for other in (*layout.linked_slots(slot, slots), *covered):
            earlier = filled.get(other)
            if earlier is None:
                continue
            is_linked = earlier.value_id is not None and earlier.value_id in signature.covered_ids()
            is_proven = is_linked or (other in covered and is_around)
            found[other, slot] = (
                Basis.LINKS if is_proven else _by_time(facts.get(other), facts.get(slot))
            )
    return found


def _by_time(earlier: SignerFacts | None, later: SignerFacts | None) -> Basis:
    """Compare times.

    A time-stamp bounds a signature from above only, so the later signer's own statement must lie
    between both.

    A time claimed after the signature's own time-stamp is wrong, and proves nothing.
    """
    if earlier is None or later is None or later.claimed is None:
        return Basis.NONE
    if any(
        signing.claimed is not None
        and signing.stamped is not None
        and signing.stamped < signing.claimed
        for signing in (earlier, later)
    ):
        return Basis.NONE
    if (
        earlier.stamped is not None
        and later.stamped is not None
        and earlier.stamped < later.claimed <= later.stamped
    ):
        return Basis.TIME_STAMPS
    if earlier.claimed is None:
        return Basis.NONE
    return Basis.CLAIMED if earlier.claimed <= later.claimed else Basis.CONTRADICTED


def _order_checks(bases: Mapping[tuple[Slot, Slot], Basis]) -> list[Check]:
    """Say what the order rests on where the layout does not demand links."""
    checks = [
        Check(identifier=_UNPROVEN[basis], status=Status.UNPROVEN, where=f"{later}: {earlier}")
        for (earlier, later), basis in bases.items()
        if basis not in _PROVEN
    ]
    if Basis.TIME_STAMPS in bases.values():
        checks.append(Check(identifier="WF.ORDER_BY_TIME_STAMP", status=Status.PASS))
    return checks


def _coverage(
    signature: ParsedSignature,
    slot: Slot,
    *,
    layout: Layout,
    slots: tuple[Slot, ...],
    document: ParsedDocument,
) -> list[Finding]:
    roles = signature.properties.claimed_roles if signature.properties is not None else ()
    named = {reference.target_id for reference in signature.references}
    # Other makers state no role; only one that contradicts the slot shows a signature moved.
    is_roleless = not roles and not layout.needs_links
    if (
        signature.properties is not None and roles != (slot.role,) and not is_roleless
    ) or _covers_other_subject(named, slot, slots):
        return [Finding("WF.MOVED", str(slot))]
    findings = [
        Finding("WF.REMOVED", f"{slot}: {reference.uri}")
        for reference in signature.references
        if reference.kind is Covers.SIGNATURE_VALUE and not reference.is_found
    ]
    findings += [
        Finding("WF.COVERAGE", f"{slot}: #{identifier}")
        for identifier in layout.covered_ids(slot)
        if identifier not in named
    ]
    wanted = {other: document.signature(other) for other in layout.linked_slots(slot, slots)}
    unlinked = [
        other
        for other, earlier in wanted.items()
        if earlier is not None and earlier.value_id not in named
    ]
    if layout.needs_links:
        findings += [Finding("WF.ORDER", f"{slot}: {other}") for other in unlinked]
    else:
        wanted |= {other: document.signature(other) for other in layout.covered_slots(slot, slots)}
    # To cover a value is to come after it, which the plan lets nobody do but after these.
    allowed = {earlier.value_id for earlier in wanted.values() if earlier is not None}
    values = {
        reference.target_id
        for reference in signature.references
        if reference.kind is Covers.SIGNATURE_VALUE and reference.is_found
    }
    if values - allowed and not (layout.needs_links and unlinked):
        findings.append(Finding("WF.ORDER", str(slot)))
    return findings


def _covers_other_subject(named: set[str | None], slot: Slot, slots: tuple[Slot, ...]) -> bool:
    """Return whether a teacher's signature covers another subject than the one its slot is for."""
    subjects = {other.subject for other in slots if other.subject is not None}
    return slot.subject is not None and slot.subject not in named and bool(subjects & named)


def signer_checks(expected: ExpectedSigner, facts: SignerFacts) -> list[Check]:
    """Say whether the certificate is that of the person or organisation that the content names;
    nothing where it is without doubt.
    """
    if facts.certificate is None:
        return []
    holder = match_holder(facts.certificate, expected, is_vouched=facts.is_vouched)
    return (
        []
        if holder.finding is None
        else [
            Check(
                identifier=holder.finding.cause,
                status=_SIGNER[holder.match],
                where=holder.finding.where,
            )
        ]
    )
