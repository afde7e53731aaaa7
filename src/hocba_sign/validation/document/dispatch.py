"""Which judgement a file is for, by its first octets."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Final, cast

from hocba_sign.errors import InputError
from hocba_sign.pades.header import is_pdf
from hocba_sign.validation.document.not_transcript import (
    is_document,
    no_document,
    other_document,
)
from hocba_sign.validation.document.three_answers import DocumentConclusion, validate, verdict_of
from hocba_sign.validation.setting import NOTHING_DETACHED, Setting
from hocba_sign.validation.verdict import Check, Status, Verdict
from hocba_sign.validation.workflow.other_layouts import other_layout_checks
from hocba_sign.xml.layout import PART
from hocba_sign.xml.parse import parse


def validate_document(octets: bytes, setting: Setting) -> DocumentConclusion:
    """Judge a transcript, or a document about transcripts, as XML or PDF; in any other file there
    is nothing to verify.

    Raises: as `validate` and `validate_pdf`.
    """
    if is_pdf(octets):
        return with_unread(_judge("pdf", "validate_pdf")(octets, setting), setting)
    try:
        conclusion = validate(octets, setting)
    except InputError:
        other = other_document(octets)
        if other is None:
            raise
        return other
    if conclusion.layout == PART.name and conclusion.signatures:
        conclusion = _part_of_transcript(octets, setting)
    return with_unread(conclusion, setting)


def _part_of_transcript(octets: bytes, setting: Setting) -> DocumentConclusion:
    """Judge a file that holds particulars or results alone: its signatures as those of any
    document, for they may be enveloped by what they sign; as a transcript it is never VALID.
    """
    conclusion = _judge("any_xml", "validate_any")(octets, setting)
    own = other_layout_checks(parse(octets).root)
    told = {check.identifier for check in own}
    checks = (*own, *(other for other in conclusion.checks if other.identifier not in told))
    return replace(
        conclusion,
        checks=checks,
        verdict=verdict_of(conclusion.signatures, checks),
        is_other=False,
        layout=PART.name,
    )


def validate_any_document(
    octets: bytes, setting: Setting, *, detached: Mapping[str, bytes] = NOTHING_DETACHED
) -> DocumentConclusion:
    """Judge any signed XML or PDF; `detached` is for XML.

    Raises: as `validate_any` and `validate_any_pdf`.
    """
    if not is_document(octets):
        return no_document(octets)
    conclusion = (
        _judge("pdf", "validate_any_pdf")(octets, setting)
        if is_pdf(octets)
        else _judge("any_xml", "validate_any")(octets, setting, detached=detached)
    )
    return with_unread(conclusion, setting)


def validate_extract(
    octets: bytes, setting: Setting, *, registered: Iterable[bytes]
) -> DocumentConclusion:
    """Judge an extract. Raises: as `validate_extract` of its module."""
    return _judge("extract", "validate_extract")(octets, setting, registered=registered)


def _judge(module: str, name: str) -> Callable[..., DocumentConclusion]:
    """Return a judge of documents of others, of pages or extracts: half of the library is for them,
    and loads with the first.
    """
    judge = getattr(import_module(f"hocba_sign.validation.document.{module}"), name)
    return cast("Callable[..., DocumentConclusion]", judge)


MAX_TOLD: Final = 20
"""Values that cannot be read are named of one signature; those that matter first."""


def with_unread(conclusion: DocumentConclusion, setting: Setting) -> DocumentConclusion:
    """Name the evidence that was not read, given or embedded; what may be a newer statement on
    revocation leaves nothing VALID.
    """
    unread = [(item, "EVIDENCE.UNREAD") for item in setting.evidence.unread]
    for signature in conclusion.signatures:
        first = sorted(signature.unread, key=lambda one: not one.matters)[:MAX_TOLD]
        unread += [(item, "EVIDENCE.EMBEDDED_UNREAD") for item in first]
    if not unread or not conclusion.signatures:
        return conclusion
    checks = tuple(
        Check(
            identifier=cause if item.matters else "EVIDENCE.PASSED_OVER",
            status=Status.UNPROVEN if item.matters else Status.NOT_CHECKED,
            where=f"{item.where} ({item.cause})",
        )
        for item, cause in unread
    )
    is_undecided = conclusion.verdict is Verdict.VALID and any(item.matters for item, _ in unread)
    return replace(
        conclusion,
        checks=(*conclusion.checks, *checks),
        verdict=Verdict.INDETERMINATE if is_undecided else conclusion.verdict,
    )
