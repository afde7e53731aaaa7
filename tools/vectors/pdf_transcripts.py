"""Area pdf, second part: transcripts as pages."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hocba_sign.model.results import SecondaryMarks
from hocba_sign.model.transcript import Transcript
from hocba_sign.pades.facts.field_names import field_name
from hocba_sign.rendering.render import render
from hocba_sign.rendering.template import FIRST
from tools.vectors.case import Case
from tools.vectors.pages import appended, page_of
from tools.vectors.pdf import ISO, Desk
from tools.vectors.stage import GVCN, SEAL, Stage


def cases(stage: Stage) -> Iterator[Case]:
    desk = Desk(stage)
    yield from _transcripts(desk)


def _attached(*files: str) -> bytes:
    """Return a page that carries files, each called `hocba.xml`."""
    streams = [
        f"<< /Type /EmbeddedFile /Length {len(one)} >>\nstream\n{one}\nendstream" for one in files
    ]
    names = [
        f"(hocba.xml) << /Type /Filespec /F (hocba.xml) /EF << /F {number} 0 R >> >>"
        for number in range(7, 7 + len(files))
    ]
    return page_of(
        catalog=f" /Names << /EmbeddedFiles << /Names [ {' '.join(names)} ] >> >>",
        objects=tuple(streams),
    )


def _transcripts(desk: Desk) -> Iterator[Case]:
    def transcript(name: str, title: str, why: str, document: bytes, **facts: Any) -> Case:
        given = {"spec": "ADR 0010", "twin": "pdf/sealed-transcript", **facts}
        return Case(
            identifier=f"pdf/{name}", title=title, why=why, document=document, is_pdf=True, **given
        )

    stage = desk.stage
    issued, content = stage.issued(), stage.transcript()
    seal = {"field": field_name(SEAL), "role": SEAL.role}

    def sealed(octets: bytes) -> bytes:
        return desk.sign(octets, stage.holder(SEAL), **seal)

    pages = render(content, issued, template=FIRST).octets
    whole = sealed(pages)
    yield transcript(
        "sealed-transcript",
        "The pages of a transcript whose XML all have signed, sealed by the school",
        "The pages are, to the octet, what the template makes of the XML",
        whole,
        verdict="VALID",
        twin="pdf/signature-of-nobody",
    )
    yield transcript(
        "signature-of-nobody",
        "A signature in a field that only looks like a role's, after the seal",
        "Whoever has a certificate could add it; nobody in the plan has signed there",
        desk.again(whole, field="GVCN\N{NO-BREAK SPACE}"),
        verdict="INVALID",
        causes=("SIG.STRAY",),
    )
    yield transcript(
        "pages-nobody-signed",
        "The pages of a signed XML, without a signature of their own",
        "The attached file is signed: nobody may be told that it is not",
        pages,
        verdict="VALID",
        causes=("PDF.PAGES_UNSIGNED",),
        twin="pdf/pages-nobody-signed-another-mark",
    )
    yield transcript(
        "pages-nobody-signed-another-mark",
        "The same, and the pages show another mark than the signed XML",
        "A page is what people look at",
        render(_remarked(content), issued).octets,
        verdict="INVALID",
        causes=("PDF.CONTENT_DIFFERS", "PDF.PAGES_UNSIGNED"),
        twin="pdf/pages-nobody-signed",
    )
    yield transcript(
        "pages-nobody-signed-saved-again",
        "The same, saved once more by another program",
        "Equal texts do not prove equal looks",
        appended(pages, {9_999: "null"}),
        verdict="INDETERMINATE",
        causes=("PDF.NOT_COMPARED", "PDF.PAGES_UNSIGNED"),
        twin="pdf/pages-nobody-signed",
    )
    yield transcript(
        "signed-of-another-kind",
        "A signed page that is no transcript",
        "It is judged with --any; as a transcript there is nothing to say of it",
        desk.sign(page_of(), role="Kế toán"),
        verdict="NOTHING_TO_VERIFY",
        causes=("DOC.OTHER",),
        twin="pdf/book-without-transcript",
    )
    yield transcript(
        "another-mark",
        "The pages show another mark than the XML",
        "A page is what people look at",
        sealed(render(_remarked(content), issued, template=FIRST).octets),
        verdict="INVALID",
        causes=("PDF.CONTENT_DIFFERS",),
    )
    yield transcript(
        "saved-before-signing",
        "The pages were saved once more before they were sealed",
        "Equal texts do not prove equal looks",
        sealed(appended(pages, {9_999: "null"})),
        verdict="INDETERMINATE",
        causes=("PDF.NOT_COMPARED",),
    )
    yield transcript(
        "attached-twice",
        "A page with two files called hocba.xml",
        "Nobody can tell which one the pages show",
        sealed(_attached("<a/>", "<b/>")),
        verdict="INVALID",
        causes=("PDF.ATTACHED_TWICE",),
        spec=f"{ISO}, 7.11.4",
    )
    yield transcript(
        "attached-is-no-transcript",
        "A page whose hocba.xml is no transcript",
        "The pages cannot show it",
        sealed(_attached("<a>")),
        verdict="INVALID",
        causes=("PDF.ATTACHED_XML",),
    )
    yield transcript(
        "book-without-transcript",
        "A page without hocba.xml, signed in the field of a role",
        "Nothing says what it should show and who should have signed",
        desk.sign(page_of(), field=field_name(GVCN)),
        verdict="INDETERMINATE",
        causes=("PDF.NO_TRANSCRIPT",),
    )


def _remarked(transcript: Transcript) -> Transcript:
    first, *others = transcript.content.subjects
    assert isinstance(first.marks, SecondaryMarks)
    changed = replace(first, marks=replace(first.marks, year=Decimal("1.1")))
    return replace(transcript, content=replace(transcript.content, subjects=(changed, *others)))
