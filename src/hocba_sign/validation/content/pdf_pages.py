"""Whether the pages show what the attached transcript says: made again and compared, else read and
compared.

Texts are compared, never told: a finding names the field.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from hocba_sign.ades.shown_signature import shown_signatures
from hocba_sign.errors import CallerError, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.model.transcript import Transcript
from hocba_sign.pades.facts.revisions import Box, RevisionStep
from hocba_sign.pades.read_pdf import PdfDocument
from hocba_sign.rendering.check_address import stated_address
from hocba_sign.rendering.render import Rendering, render, shown_fields, template_versions
from hocba_sign.rendering.template import CURRENT, FIRST
from hocba_sign.rendering.worker import Pages
from hocba_sign.validation.content.pdf_pictures import picture_checks
from hocba_sign.validation.signature.validation import SignatureConclusion
from hocba_sign.validation.verdict import Check, Status
from hocba_sign.xades.transcript.read import read

_WHITE: Final = re.compile(r"\s+")
_STATED: Final = re.compile(rb"hocba-template=([0-9]{1,4})")
_SPACES_AT_END: Final = 2


@dataclass(frozen=True, slots=True)
class _Page:
    """All texts in reading order without white space, and where in them each field's text
    stands.
    """

    text: str
    spans: tuple[tuple[str, int, int], ...]


def content_checks(
    document: PdfDocument,
    transcript: Transcript,
    *,
    xml: bytes,
    pages: Pages,
    signatures: Iterable[SignatureConclusion],
) -> list[Check]:
    """Compare the pages under the first signature with `xml`, from which `transcript` was decoded.

    1. octet for octet with what a template makes of it, when nothing but fields for signatures was
       added before signing, and then the pictures in those;
    2. else field by field in the text layer: what differs is proven wrong, but equal texts do not
       prove equal looks.
    """
    # (1) octet for octet
    beginning, base = document.facts.beginning, None
    made: list[Rendering] = []
    for making in _makings(transcript, xml, pdf=document.facts.octets):
        made.append(making)
        if _is_base(document, making.octets):
            base = making
            break
    if base is not None and beginning is not None:
        if beginning.refusal is None:
            same = Check(identifier="PDF.SAME_CONTENT", status=Status.PASS)
            return [
                same,
                *picture_checks(
                    (beginning, *document.facts.steps), base.places, signatures=signatures
                ),
            ]
        where = f"revision {beginning.revision + 1} ({beginning.refusal})"
        return [Check(identifier="PDF.CONTENT_CHANGED", status=Status.FAIL, where=where)]
    # (2) field by field in the text layer
    first = min(signature.revision or 1 for signature in document.signatures)
    return _text_checks(transcript, made, pages=pages, end=document.facts.ends[first - 1])


def unsigned_page_checks(
    document: PdfDocument, transcript: Transcript, *, xml: bytes
) -> list[Check]:
    """Compare pages that nobody has signed with `xml`, as `content_checks` does; nothing may have
    been added to them.
    """
    octets = document.facts.octets
    made: list[Rendering] = []
    for making in _makings(transcript, xml, pdf=octets):
        if octets.rstrip() == making.octets.rstrip():
            return [Check(identifier="PDF.SAME_CONTENT", status=Status.PASS)]
        made.append(making)
    return _text_checks(transcript, made, pages=Pages(octets), end=len(octets))


def _text_checks(
    transcript: Transcript, made: Sequence[Rendering], *, pages: Pages, end: int
) -> list[Check]:
    """Compare field by field with the text layer of the first `end` octets."""
    try:
        said = _squeezed(pages, end)
    except InputError as error:
        return [
            Check(identifier="PDF.SAME_CONTENT", status=Status.NOT_CHECKED),
            _uncompared(error.cause),
        ]
    differing = [_difference(said, _expected(transcript, making)) for making in made or (None,)]
    if not all(differing):
        return [_uncompared("text layer")]
    return [Check(identifier="PDF.CONTENT_DIFFERS", status=Status.FAIL, where=differing[0])]


def _uncompared(where: str) -> Check:
    return Check(identifier="PDF.NOT_COMPARED", status=Status.UNPROVEN, where=where)


def _versions(pdf: bytes) -> tuple[str, ...]:
    """Return all versions of the template, the one that the file states first: it is tried first,
    and believed only where every octet agrees.
    """
    stated = _STATED.search(pdf)
    first = None if stated is None else stated[1].decode("ascii")
    return tuple(sorted(template_versions(), key=lambda version: version != first))


def _makings(transcript: Transcript, xml: bytes, *, pdf: bytes) -> Iterator[Rendering]:
    """Yield the pages made again by every version that can make them; the address to check at is
    the one that the PDF states itself, for it is no part of the transcript.
    """
    for version in _versions(pdf):
        with suppress(InputError, CallerError):
            yield render(
                transcript,
                xml,
                template=version,
                signed=shown_signatures(read(xml, is_careful=True)),
                check_url=None if version == FIRST else stated_address(pdf),
            )


def _is_base(document: PdfDocument, made: bytes) -> bool:
    """Return whether the first revision is `made`; the end of line behind it may be missing or
    belong to the next.
    """
    facts = document.facts
    return (
        facts.octets.startswith(made.rstrip())
        and 0 <= len(made) - len(made.rstrip()) <= _SPACES_AT_END
        and (
            facts.beginning is not None
            and facts.beginning.revision == 1
            and facts.ends[0] == len(made.rstrip())
        )
    )


def _squeezed(pages: Pages, end: int) -> str:
    texts = pages.texts(end)
    has_order = any(read for read, _ in texts)
    return _WHITE.sub(
        "", "".join(text for read, beside in texts for text in (read if has_order else beside))
    )


def _expected(transcript: Transcript, made: Rendering | None) -> _Page:
    """Return the texts of the pages as they should be; without them, of the fields alone."""
    fields = shown_fields(transcript, CURRENT if made is None else made.template)
    text = (
        _WHITE.sub("", "".join(text for _, text in fields))
        if made is None
        else _squeezed(Pages(made.octets), len(made.octets))
    )
    spans: list[tuple[str, int, int]] = []
    at = 0
    for path, value in fields:
        sought = _WHITE.sub("", value)
        found = text.find(sought, at)
        if sought and found >= 0:
            at = found + len(sought)
            spans.append((path, found, at))
    return _Page(text, tuple(spans))


def _difference(said: str, expected: _Page) -> str | None:
    """Name the first field whose text differs, None where all texts are equal."""
    if said == expected.text:
        return None
    place = next(
        (
            at
            for at, (shown, other) in enumerate(zip(said, expected.text, strict=False))
            if shown != other
        ),
        min(len(said), len(expected.text)),
    )
    inside = next((path for path, start, end in expected.spans if start <= place < end), None)
    before = next((path for path, start, _ in reversed(expected.spans) if start <= place), None)
    return inside or before or "pages"


def overlay_checks(document: PdfDocument, pages: Pages, *, with_first: bool) -> list[Check]:
    """Say where the picture of a signature covers what the page showed before it; nobody who signed
    earlier has seen that.

    `with_first`: look at the first signature too, for the page is to show what the transcript says.
    """
    steps = document.facts.steps
    if with_first and document.facts.beginning is not None:
        steps = (document.facts.beginning, *steps)
    places = list(_places(document, steps))
    try:
        are_blank = pages.are_blank([asked for _, asked in places if asked is not None])
    except (InputError, CallerError) as error:
        cause = error.cause if error.cause == "PDF.PAGE_LIMIT" else "PDF.OVERLAY"
        return [Check(identifier=cause, status=Status.UNPROVEN, where=where) for where, _ in places]
    answers = iter(are_blank)
    return [
        Check(identifier="PDF.OVERLAY", status=Status.UNPROVEN, where=where)
        for where, asked in places
        if asked is None or not next(answers)
    ]


def _places(
    document: PdfDocument, steps: tuple[RevisionStep, ...]
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Yield for each picture what to say and what to ask, None for one that is on no page."""
    earlier: dict[int, list[Box]] = {}
    for step in steps:
        for change in step.fields:
            if change.box is None:
                continue
            asked = None
            if change.page is not None:
                others = tuple(earlier.get(change.page, ()))
                asked = {
                    "end": document.facts.ends[step.revision - 1],
                    "page": change.page,
                    "box": change.box,
                    "others": others,
                }
            yield f"{change.name}: revision {step.revision + 1}", asked
        for change in step.fields:
            if change.box is not None and change.page is not None and change.is_filled:
                earlier.setdefault(change.page, []).append(change.box)
