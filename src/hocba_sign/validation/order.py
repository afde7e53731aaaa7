"""The rule of many signers: complete, in the right slots, by the right people, in an order that the file proves.

A signature proves that it came after another by covering that one's SignatureValue. The table of the layout
says which; everything here compares the file with that table.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hocba_sign.errors import Finding
from hocba_sign.model.transcript import ExpectedSigner
from hocba_sign.model.workflow import SigningPlan, Slot
from hocba_sign.pki.certificate import Certificate
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.xades.structure import Covers, ParsedDocument, ParsedSignature
from hocba_sign.xml.layout import Layout

_TAX_ID = re.compile(r"[0-9]{10}(-[0-9]{3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """The judgement of the signing order.

    `is_complete`: every expected slot is filled. `is_order_proven`: every signature that must cover another does so, with
    intact digests, and all are intact. `missing` are the empty slots, in signing order.
    """

    plan: str
    is_complete: bool
    is_order_proven: bool
    missing: tuple[Slot, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerFacts:
    """What judging the order needs to know of a signature: is it intact, and whose certificate verified it."""

    is_intact: bool
    certificate: Certificate | None


def judge_order(
    document: ParsedDocument,
    expected: tuple[ExpectedSigner, ...],
    *,
    plan: SigningPlan,
    layout: Layout,
    facts: Mapping[Slot, SignerFacts],
) -> Workflow:
    """Compare the signatures of `document` with the plan and the layout.

    1. every slot is one that the content asks for; 2. every expected slot is filled, none is skipped; 3. each signature stands
    in the slot of its role and subject; 4. each covers what its slot demands; 5. each covers the values of the step
    before; 6. each signer is the person or organisation that the content names.
    """
    slots = tuple(signer.slot for signer in expected)
    filled = {signature.slot: signature for signature in document.signatures if signature.slot is not None}
    # (1)
    checks = [Check(identifier="WF.UNEXPECTED_SLOT", status=Status.FAIL, where=str(slot)) for slot in document.slots if slot not in slots]
    checks += [Check(identifier="WF.SLOT_REMOVED", status=Status.FAIL, where=str(slot)) for slot in slots if slot not in document.slots]
    # (2)
    missing = tuple(sorted((slot for slot in slots if slot not in filled), key=lambda slot: plan.rank(slot.role)))
    last = max((plan.rank(slot.role) for slot in filled), default=-1)
    for slot in missing:
        is_skipped = plan.rank(slot.role) < last
        identifier, status = ("WF.SKIPPED", Status.FAIL) if is_skipped else ("WF.MISSING", Status.UNPROVEN)
        checks.append(Check(identifier=identifier, status=status, where=str(slot)))
    # (3) to (5)
    coverage = [
        finding
        for slot, signature in filled.items()
        if slot in slots
        for finding in _coverage(signature, slot, layout=layout, slots=slots, document=document)
    ]
    checks += [Check(identifier=finding.cause, status=Status.FAIL, where=finding.where) for finding in coverage]
    # (6)
    checks += [check for signer in expected if signer.slot in facts for check in _signer(signer, facts[signer.slot].certificate)]
    is_intact = bool(filled) and all(slot in facts and facts[slot].is_intact for slot in filled)
    return Workflow(
        plan=plan.name,
        is_complete=not missing,
        is_order_proven=is_intact and not any(check.status is Status.FAIL for check in checks) and not missing,
        missing=missing,
        checks=tuple(checks),
    )


def _coverage(
    signature: ParsedSignature, slot: Slot, *, layout: Layout, slots: tuple[Slot, ...], document: ParsedDocument
) -> list[Finding]:
    roles = signature.properties.claimed_roles if signature.properties is not None else ()
    named = {reference.target_id for reference in signature.references}
    if (signature.properties is not None and roles != (slot.role,)) or _covers_other_subject(named, slot, slots):
        return [Finding("WF.MOVED", str(slot))]
    findings = [
        Finding("WF.REMOVED", f"{slot}: {reference.uri}")
        for reference in signature.references
        if reference.kind is Covers.SIGNATURE_VALUE and not reference.is_found
    ]
    findings += [Finding("WF.COVERAGE", f"{slot}: #{identifier}") for identifier in layout.covered_ids(slot) if identifier not in named]
    wanted = {other: document.signature(other) for other in layout.linked_slots(slot, slots)}
    unlinked = [other for other, earlier in wanted.items() if earlier is not None and earlier.value_id not in named]
    findings += [Finding("WF.ORDER", f"{slot}: {other}") for other in unlinked]
    allowed = {earlier.value_id for earlier in wanted.values() if earlier is not None}
    values = {reference.target_id for reference in signature.references if reference.kind is Covers.SIGNATURE_VALUE and reference.is_found}
    if values - allowed and not unlinked:
        findings.append(Finding("WF.ORDER", str(slot)))
    return findings


def _covers_other_subject(named: set[str | None], slot: Slot, slots: tuple[Slot, ...]) -> bool:
    """Tell whether a teacher's signature covers another subject than the one its slot is for."""
    subjects = {other.subject for other in slots if other.subject is not None}
    return slot.subject is not None and slot.subject not in named and bool(subjects & named)


def _signer(expected: ExpectedSigner, certificate: Certificate | None) -> list[Check]:
    """Compare the certificate's subject with the person or organisation that the content names.

    A number decides where both sides have one. Government certificates have none: then an equal name is accepted with
    a warning, another name proves nothing.
    """
    if certificate is None:
        return []
    where = str(expected.slot)
    compared = [given == wanted for given, wanted in _comparable_numbers(expected, certificate)]
    if compared:
        return [] if all(compared) else [Check(identifier="WF.SIGNER_MISMATCH", status=Status.FAIL, where=where)]
    if _same_name(expected.name, certificate.subject.common_name):
        return [Check(identifier="WF.SIGNER_BY_NAME", status=Status.WARNING, where=where)]
    return [Check(identifier="WF.SIGNER_UNKNOWN", status=Status.UNPROVEN, where=where)]


def _comparable_numbers(expected: ExpectedSigner, certificate: Certificate) -> list[tuple[str, str]]:
    """Pair the numbers of the certificate's UIDs with those of the content that are of the same kind.

    A UID without a prefix is compared with a number of the same length: certificates of 2026 are said to have that form.
    """
    organisation = expected.organisation_id if _TAX_ID.fullmatch(expected.organisation_id or "") else None
    by_kind = {"CCCD": expected.personal_id, "MST": organisation}
    pairs = []
    for kind, given in certificate.subject.identifiers:
        unnamed = (number for number in by_kind.values() if number is not None and len(number) == len(given))
        wanted = next(unnamed, None) if kind == "UID" else by_kind.get(kind)
        if wanted is not None:
            pairs.append((given, wanted))
    return pairs


def _same_name(left: str, right: str | None) -> bool:
    return right is not None and " ".join(left.split()).casefold() == " ".join(right.split()).casefold()
