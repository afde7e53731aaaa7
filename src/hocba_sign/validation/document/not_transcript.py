"""Files that are no transcript: nothing is proven wrong with a photo or an invoice.

What begins as XML or PDF and cannot be read is another matter: it may have been a transcript.
"""

from dataclasses import replace

from hocba_sign.errors import InputError
from hocba_sign.pades.facts.revisions import PdfFacts
from hocba_sign.pades.header import is_pdf
from hocba_sign.pki.loading.objects import wrong_document
from hocba_sign.validation.document.three_answers import DocumentConclusion
from hocba_sign.validation.verdict import Check, Status, Verdict
from hocba_sign.xml.head import begins_as_xml, is_web_page
from hocba_sign.xml.layout import names_transcript
from hocba_sign.xml.namespaces import DS_SIGNATURE
from hocba_sign.xml.parse import parse


def is_document(octets: bytes) -> bool:
    """Return whether octets begin as XML or PDF; the first few thousand suffice."""
    return is_pdf(octets) or begins_as_xml(octets)


def no_document(octets: bytes = b"") -> DocumentConclusion:
    """Conclude about octets that are neither XML nor PDF."""
    told = wrong_document(InputError("XML.NOT_XML", where=""), octets).where or ""
    return _nothing("DOC.NO_DOCUMENT", told.removeprefix(": ") or None, is_signed=False)


def other_document(octets: bytes) -> DocumentConclusion | None:
    """Conclude about a file that could not be judged as a transcript; None where it may be one."""
    if not is_document(octets):
        return no_document(octets)
    try:
        root = parse(octets, is_of_others=True).root
    except InputError:
        return no_document() if is_web_page(octets) else None
    if names_transcript(root):
        return None
    is_signed = next(root.iter(DS_SIGNATURE), None) is not None
    where = f"/{str(root.tag).rpartition('}')[2]}"
    return _nothing("DOC.OTHER" if is_signed else "DOC.NO_DOCUMENT", where, is_signed=is_signed)


def other_pdf(facts: PdfFacts, *, is_signed: bool) -> DocumentConclusion:
    """Conclude about a PDF that carries no transcript, and whose fields name no role."""
    cause = "DOC.OTHER" if is_signed else "DOC.NO_DOCUMENT"
    nothing = _nothing(cause, None, is_signed=is_signed, form="pdf")
    return replace(nothing, producer=facts.producer)


def _nothing(
    cause: str, where: str | None, *, is_signed: bool, form: str = "xml"
) -> DocumentConclusion:
    return DocumentConclusion(
        verdict=Verdict.NOTHING_TO_VERIFY,
        signatures=(),
        checks=(Check(identifier=cause, status=Status.WARNING, where=where),),
        is_other=True,
        is_no_document=not is_signed,
        format=form,
    )
