"""Area outside: what stands in a transcript beside what was signed, and could show or mean
something else.
"""

from collections.abc import Iterator
from dataclasses import replace

from tools.vectors.case import Case, Verdict
from tools.vectors.stage import SEAL, Stage, inserted, swapped

_SPEC = "What people see is what was signed; XML Signature 1.1, 8.1"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_HONEST = "format/issued-secondary"


def cases(stage: Stage) -> Iterator[Case]:
    yield from _nodes(stage)
    yield from _kinds(stage)
    yield from _containers(stage)


def _case(
    name: str, texts: tuple[str, str], document: bytes, cause: str | None, twin: str = _HONEST
) -> Case:
    title, why = texts
    is_wrong = cause == "DOC.UNSIGNED"
    return Case(
        identifier=f"outside/{name}",
        title=title,
        why=why,
        spec=_SPEC,
        document=document,
        verdict="INVALID" if is_wrong else "VALID",
        causes=() if cause is None else (cause,),
        signatures={"KY_PHAT_HANH": {"indication": "TOTAL_PASSED", "intact": True}},
        twin=twin,
    )


def _nodes(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()

    def before(node: str) -> bytes:
        return issued.replace(b"?>\n", f"?>\n{node}\n".encode(), 1)

    def rooted(attribute: str) -> bytes:
        return swapped(issued, "<HOC_BA ", f'<HOC_BA xmlns:xsi="{_XSI}" {attribute} ')

    yield _case(
        "stylesheet",
        (
            "A stylesheet instruction stands before the root element",
            "A browser shows what the stylesheet says, 10.0 where 8.4 is signed",
        ),
        before('<?xml-stylesheet type="text/xsl" href="bang-diem.xsl"?>'),
        "DOC.UNSIGNED",
        "outside/other-instruction",
    )
    yield _case(
        "other-instruction",
        ("An editor left an instruction of its own", "It shows nothing"),
        before('<?xml-model href="hocba.xsd"?>'),
        "DOC.INSTRUCTIONS",
    )
    yield _case(
        "comment-for-html",
        (
            "A comment that HTML ends at its first character",
            "Opened as HTML, the file shows the heading in it",
        ),
        before("<!--> <h1>10,0</h1> -->"),
        "DOC.UNSIGNED",
        "outside/comment-before",
    )
    yield _case(
        "comment-before",
        ("A comment stands before the root element", "It is no content"),
        before("<!-- in -->"),
        "DOC.COMMENTS",
    )
    location = 'xsi:schemaLocation="urn:hocba:1 hocba-issued.xsd"'
    yield _case(
        "schema-location",
        ("The root element says where its schema is", "Nobody follows it"),
        rooted(location),
        None,
        "outside/nil",
    )
    yield _case(
        "nil",
        (
            "The root element says that it is empty",
            "A program that obeys xsi:nil reads no content, or default values",
        ),
        rooted('xsi:nil="false"'),
        "DOC.UNSIGNED",
        "outside/schema-location",
    )


def _kinds(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    page = "1 0 obj &lt;&lt;/Type/Catalog>> endobj"
    for name, title, node in (
        ("pdf-in-a-comment", "A PDF stands in a comment", f"<!-- %PDF-1.4 {page} -->"),
        (
            "pdf-without-header",
            "The objects of a PDF stand in an instruction, without its header",
            "<?x 1 0 obj ?>",
        ),
    ):
        why = "Every PDF reader shows another page than what is signed"
        yield _case(
            name, (title, why), issued + node.encode(), "DOC.UNSIGNED", "outside/comment-before"
        )
    in_key_info = swapped(
        issued,
        "<ds:KeyInfo>",
        "<ds:KeyInfo><ds:KeyName>%PDF-1.4</ds:KeyName>",
        count=len(stage.transcript().slots),
    )
    yield _case(
        "pdf-in-a-key-name",
        (
            "The mark of a PDF stands in the unsigned part of a signature",
            "PDF readers look for it within the first kilobytes",
        ),
        in_key_info,
        "DOC.UNSIGNED",
    )
    mentions: tuple[tuple[str, str, Verdict], ...] = (
        ("signed-mention", "Biết định dạng %PDF-1.7", "VALID"),
        ("signed-file", "%PDF-1.4 1 0 obj", "INDETERMINATE"),
    )
    for name, said, verdict in mentions:
        yield replace(
            _case(
                name,
                (
                    f"A signed comment says: {said}",
                    "Nobody added it, and alone it shows nothing"
                    if verdict == "VALID"
                    else "Everybody signed it, but a PDF reader shows another page",
                ),
                stage.completed(swapped(stage.draft(), "<NHAN_XET>", f"<NHAN_XET>{said} ")),
                "DOC.OTHER_KIND",
                "outside/pdf-in-a-key-name" if verdict == "VALID" else "outside/signed-mention",
            ),
            verdict=verdict,
        )


def _containers(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    path = f".//h:{SEAL.role}/ds:Signature/ds:KeyInfo"
    yield _case(
        "mark-in-key-info",
        (
            "The unsigned part of the seal holds a subject's marks",
            "Another program finds them by their name",
        ),
        inserted(issued, path, b"<DIEM_TONG_KET><DIEM_CA_NAM>10</DIEM_CA_NAM></DIEM_TONG_KET>"),
        "DOC.UNSIGNED",
        "outside/vendor-in-key-info",
    )
    yield _case(
        "script-in-key-info",
        (
            "The unsigned part of the seal holds a script of XHTML",
            "Browsers run it wherever it stands in an XML file",
        ),
        inserted(
            issued,
            path,
            b'<s:script xmlns:s="http://www.w3.org/1999/xhtml">document.title</s:script>',
        ),
        "DOC.UNSIGNED",
        "outside/vendor-in-key-info",
    )
    yield _case(
        "vendor-in-key-info",
        (
            "A program's maker wrote about the key in its own vocabulary",
            "It means nothing to those who read transcripts",
        ),
        inserted(issued, path, b'<v:Token xmlns:v="http://vendor.example/key">usb</v:Token>'),
        "DOC.ADDED",
    )
