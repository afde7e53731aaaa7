"""The questions of a summary about a transcript, or a document about transcripts: each answer says
what was found and no more.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.model.workflow import Role
from hocba_sign.report.answers import (
    SummaryAnswer,
    answer,
    intact_answer,
    judged_answers,
    other_answers,
)
from hocba_sign.report.consequences import changed_names
from hocba_sign.report.judged_file import JudgedFile
from hocba_sign.report.kind import Kind, kind_of
from hocba_sign.report.lines import State
from hocba_sign.report.phrases import phrase
from hocba_sign.validation.document.three_answers import BOOK, DocumentConclusion
from hocba_sign.validation.verdict import Status
from hocba_sign.validation.workflow.order import Basis, Workflow

_ABOUT_ORDER: Final = frozenset({"WF.ORDER", "WF.COVERAGE"})
_NOT_JUDGED: Final = frozenset({"DOC.FOREIGN", "DOC.PART", "PDF.NO_TRANSCRIPT"})
_UNTOLD: Final = (Basis.CLAIMED, Basis.NONE, Basis.CONTRADICTED)
_FAULTS_OF_FORM: Final = MappingProxyType(
    {
        "RULES": ("DOC.RULES", "RULE."),
        "UNSIGNED": ("DOC.UNSIGNED",),
        "NO": ("DOC.", "XML.", "JSON.", "FILE."),
        "CONTENT": ("TRANSCRIPT.", "DATE.", "CHAIN."),
    }
)
"""What an answer blames, by the beginnings of causes; the first that fits a cause is its own."""
_OF_CONTENT: Final = {"CONTENT", "RULES"}
"""Faults of what the file says, which is not what was signed once it was changed."""
_WORST_FIRST: Final = ("NO", "UNSIGNED", "CONTENT", "RULES")


def answers(report: JudgedFile, language: Language) -> tuple[SummaryAnswer, ...]:
    """Answer the questions; about a file that cannot be read there is only the first, and of one
    without signatures nothing was checked.
    """
    conclusion = report.conclusion
    if conclusion is not None and conclusion.is_other:
        return other_answers(conclusion, language)
    if conclusion is not None and conclusion.extract is not None:
        signatures = conclusion.signatures
        return (intact_answer(signatures, language), judged_answers(signatures, language)[0])
    if conclusion is not None and not conclusion.signatures:
        return ()
    failed = {check.identifier for check in report.checks if check.status is Status.FAIL}
    form = _form_answer(report, failed, language)
    if conclusion is None:
        return (form,)
    return (form, *_signature_answers(conclusion, failed, language))


def _form_answer(report: JudgedFile, failed: set[str], language: Language) -> SummaryAnswer:
    """Say of form and content what is wrong with them: a rule of the circular is none of the
    schema's.
    """
    conclusion = report.conclusion
    kind = kind_of(conclusion)
    checked = {check.identifier: check.status for check in report.checks}
    blamed = {
        next((name for name, causes in _FAULTS_OF_FORM.items() if cause.startswith(causes)), None)
        for cause in failed
    }
    fault = next((name for name in _WORST_FIRST if name in blamed), None)
    is_unruled = checked.get("DOC.RULES") is Status.NOT_CHECKED
    is_judged = not checked.keys() & _NOT_JUDGED
    is_open = not is_judged or checked.get("RULE.NO_RULE_SET") is Status.UNPROVEN
    signatures = () if conclusion is None else conclusion.signatures
    if fault in _OF_CONTENT and changed_names(signatures):
        told = answer("FORM", "unknown", language=language)
        return replace(told, question=phrase("Q_CONTENT", language)).with_detail(
            phrase("A_FORM_CHANGED", language)
        )
    state: State = "no" if fault else "unknown" if is_open else "yes"
    told = answer("FORM", state, language=language)
    if kind is Kind.TRANSCRIPT and not is_unruled:
        told = replace(told, question=phrase("Q_CONTENT", language))
    if fault is not None:
        return told.with_detail(phrase(f"A_FORM_{fault}", language))
    if conclusion is not None and conclusion.layout == BOOK:
        return told.with_detail(phrase("A_FORM_BOOK", language))
    if is_judged and is_unruled:
        return told.with_detail(phrase("A_FORM_UNRULED", language))
    if kind is Kind.TRANSCRIPT and state == "yes":
        return replace(told, detail=phrase("A_FORM_RULED", language))
    return told


def _signature_answers(
    conclusion: DocumentConclusion, failed: set[str], language: Language
) -> list[SummaryAnswer]:
    signatures, workflow = conclusion.signatures, conclusion.workflow
    changed = changed_names(signatures)
    is_wrong = any(
        cause.startswith(("WF.", "REGISTRY.")) and cause not in _ABOUT_ORDER for cause in failed
    )
    is_complete = workflow is not None and workflow.is_complete
    is_misordered = (
        workflow is not None and not workflow.is_order_proven and (is_complete or is_wrong)
    )
    order: State = (
        "no" if is_misordered or failed & _ABOUT_ORDER else "yes" if is_complete else "unknown"
    )
    if order == "no" and not failed & _ABOUT_ORDER:
        order = "unknown"
    return [
        intact_answer(signatures, language),
        _people_answer(conclusion, language, is_wrong=is_wrong),
        _order_answer(conclusion, order, language, is_changed=bool(changed)),
        *judged_answers(signatures, language),
    ]


def _people_answer(
    conclusion: DocumentConclusion, language: Language, *, is_wrong: bool
) -> SummaryAnswer:
    """Say who is missing and who could not be matched, each only where it is so."""
    workflow = conclusion.workflow
    is_planned = workflow is not None and workflow.plan is not None
    missing = 0 if workflow is None else len(workflow.missing)
    is_unmatched = any(
        check.identifier.startswith("WF.SIGNER_") and check.status is Status.UNPROVEN
        for check in conclusion.checks
    )
    is_complete = workflow is not None and workflow.is_complete
    state: State = (
        "no"
        if is_wrong
        else "yes"
        if is_complete and is_planned and not is_unmatched
        else "unknown"
    )
    if state != "unknown":
        return answer("SIGNERS", state, language=language, count=len(conclusion.signatures))
    if conclusion.layout == BOOK:
        key = "BOOK"
    elif not is_planned:
        key = "UNPLANNED"
    elif missing:
        key = "MISSING_OR_UNMATCHED" if is_unmatched else "MISSING"
    else:
        key = "UNMATCHED" if is_unmatched else "UNKNOWN"
    told = answer("SIGNERS", state, language=language).with_detail(
        phrase(f"A_SIGNERS_{key}", language, missing=missing)
    )
    return told.as_not_yet(language) if key == "MISSING" else told


def _order_answer(
    conclusion: DocumentConclusion, state: State, language: Language, *, is_changed: bool
) -> SummaryAnswer:
    """Say in words what the order rests on."""
    workflow = conclusion.workflow
    told = answer("ORDER", state, language=language, steps=_steps(conclusion, language))
    if is_changed and state == "unknown":
        return told.with_detail(phrase("NOT_JUDGED", language))
    if workflow is None:
        return told
    key = _order_key(workflow, state, count=len(conclusion.signatures))
    if key is not None:
        return told.with_detail(phrase(f"A_ORDER_{key}", language))
    if state != "unknown":
        return told
    if workflow.missing:
        return told.as_not_yet(language)
    return told.with_detail(phrase("A_ORDER_NO", language))


def _order_key(workflow: Workflow, state: State, *, count: int) -> str | None:
    if state == "unknown" and workflow.basis in _UNTOLD:
        return workflow.basis.upper()
    if state != "yes":
        return None
    if workflow.basis is Basis.TIME_STAMPS:
        return "YES_TIMESTAMPS"
    if workflow.plan is None:
        return "BOOK"
    return "ONE" if count == 1 else None


def _steps(conclusion: DocumentConclusion, language: Language) -> str:
    """Name the roles that signed, in their order."""
    signed = {
        signature.signature.slot.role
        for signature in conclusion.signatures
        if signature.signature.slot is not None
    }
    return " → ".join(
        phrase("ORDER_GVBM" if role is Role.GVBM else f"ROLE_{role}", language)
        for role in Role
        if role in signed
    )
