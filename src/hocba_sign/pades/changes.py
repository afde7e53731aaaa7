"""What may follow a signature: the table of named rules, and what a signature's own permissions
take from it.

docs/reference/pdf-changes.md says it in words. Whatever has no rule is `PDF.CHANGED`.
Spec: ISO 32000-2, 12.8.2.2 (DocMDP) and 12.8.2.4 (FieldMDP); EN 319 142-1, 5.4.
"""

from collections.abc import Iterator
from typing import Final

from hocba_sign.errors import Finding
from hocba_sign.pades.facts.revisions import ChangeRule, FieldFacts, RevisionStep

LONG_TERM: Final = frozenset(
    {
        ChangeRule.TIME_STAMP,
        ChangeRule.DSS,
        ChangeRule.EXTENSIONS,
        ChangeRule.VERSION,
        ChangeRule.EMPTY_FIELD,
    }
)
"""What signing and keeping bring along: allowed after every signature, even one that permits no
changes (P 1).
"""
SIGNING: Final = LONG_TERM | {ChangeRule.SIGNATURE}
TOLERATED: Final = frozenset(
    {
        ChangeRule.METADATA,
        ChangeRule.INFO,
        ChangeRule.MARK_INFO,
        ChangeRule.STRUCTURE,
        ChangeRule.FORM_DEFAULTS,
    }
)
"""What real tools add and no page shows: told as `PDF.TOLERATED`, with the rule's name."""
_EVIDENCE: Final = frozenset({ChangeRule.DSS, ChangeRule.TIME_STAMP})
_BESIDE_EVIDENCE: Final = frozenset({ChangeRule.METADATA, ChangeRule.INFO, ChangeRule.DATED})
"""What tools write again when they add long-term data: when the file was changed."""

_NO_CHANGES: Final = 1


def change_findings(field: FieldFacts, steps: tuple[RevisionStep, ...]) -> Iterator[Finding]:
    """Judge everything that was written after the revision of a signature, each step against what
    the signature permits.
    """
    for step in steps:
        if step.revision <= field.revision:
            continue
        where = f"{field.name}: revision {step.revision + 1}"
        if step.refusal is not None:
            yield Finding(
                "PDF.CHANGED" if step.is_proven else "PDF.CHANGE_UNKNOWN",
                f"{where} ({step.refusal})",
            )
            continue
        is_too_much = field.doc_mdp == _NO_CHANGES and not _keeps_only(step)
        if is_too_much or (
            # ISO 32000-2, 12.8.2.2: P names filling in and signing, not adding a field that a page
            # shows.
            field.doc_mdp is not None
            and any(change.is_new and change.box is not None for change in step.fields)
        ):
            yield Finding("PDF.NOT_PERMITTED", where)
        for change in step.fields:
            # A lock is for what fields say; a time-stamp or an empty field that no page shows says
            # nothing.
            is_silent = change.box is None and (change.is_time_stamp or not change.is_filled)
            if not is_silent and any(lock.forbids(change.name) for lock in field.locks):
                yield Finding("PDF.LOCKED", f"{where} ({change.name})")


def _keeps_only(step: RevisionStep) -> bool:
    """Return whether a step serves nothing but keeping the file: long-term data, and with them the
    date of the change.
    """
    if not step.rules & _EVIDENCE:
        return step.rules <= LONG_TERM
    is_dated_only = ChangeRule.INFO not in step.rules or ChangeRule.DATED in step.rules
    return is_dated_only and step.rules <= LONG_TERM | _BESIDE_EVIDENCE


def tolerated(field: FieldFacts, steps: tuple[RevisionStep, ...]) -> Iterator[Finding]:
    """Name what was tolerated after a signature."""
    for step in steps:
        if step.revision > field.revision and step.refusal is None:
            for rule in sorted(step.rules & TOLERATED):
                yield Finding(
                    "PDF.TOLERATED", f"{field.name}: revision {step.revision + 1} ({rule})"
                )
