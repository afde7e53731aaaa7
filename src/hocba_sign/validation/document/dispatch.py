"""Which judgement a file is for, by its first octets."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hocba_sign.pades.head import is_pdf
from hocba_sign.validation.document.any_xml import NOTHING_DETACHED, validate_any
from hocba_sign.validation.document.pdf import validate_any_pdf, validate_pdf
from hocba_sign.validation.document.transcript import DocumentConclusion, validate
from hocba_sign.validation.setting import Setting
from hocba_sign.validation.verdict import Check, Status, Verdict


def validate_document(octets: bytes, setting: Setting) -> DocumentConclusion:
    """Judge a transcript, or a document about transcripts, as XML or PDF.

    Raises: as `validate` and `validate_pdf`.
    """
    return with_unread(
        validate_pdf(octets, setting) if is_pdf(octets) else validate(octets, setting), setting
    )


def validate_any_document(
    octets: bytes, setting: Setting, *, detached: Mapping[str, bytes] = NOTHING_DETACHED
) -> DocumentConclusion:
    """Judge any signed XML or PDF; `detached` is for XML.

    Raises: as `validate_any` and `validate_any_pdf`.
    """
    conclusion = (
        validate_any_pdf(octets, setting)
        if is_pdf(octets)
        else validate_any(octets, setting, detached=detached)
    )
    return with_unread(conclusion, setting)


MAX_TOLD: Final = 20
"""Values that cannot be read are named of one signature; those that matter first."""


def with_unread(conclusion: DocumentConclusion, setting: Setting) -> DocumentConclusion:
    """Name the evidence that was not read, given or embedded; what may be a newer statement on
    revocation leaves nothing VALID.
    """
    unread = [(one, "EVIDENCE.UNREAD") for one in setting.evidence.unread]
    for signature in conclusion.signatures:
        first = sorted(signature.unread, key=lambda one: not one.matters)[:MAX_TOLD]
        unread += [(one, "EVIDENCE.EMBEDDED_UNREAD") for one in first]
    if not unread or not conclusion.signatures:
        return conclusion
    checks = tuple(
        Check(
            identifier=cause if one.matters else "EVIDENCE.PASSED_OVER",
            status=Status.UNPROVEN if one.matters else Status.NOT_CHECKED,
            where=f"{one.where} ({one.cause})",
        )
        for one, cause in unread
    )
    is_open = conclusion.verdict is Verdict.VALID and any(one.matters for one, _ in unread)
    return replace(
        conclusion,
        checks=(*conclusion.checks, *checks),
        verdict=Verdict.INDETERMINATE if is_open else conclusion.verdict,
    )
