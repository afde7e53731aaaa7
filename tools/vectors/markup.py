"""Areas format, reference and signature: markup that no reader may take, and characters that canonical octets
write in one way only.
"""

from collections.abc import Callable, Iterator

from hocba_sign.xades.syntax import names
from hocba_sign.xml.tree import Element
from tools.vectors.case import Case
from tools.vectors.others_world import OTHERS, WRITERS
from tools.vectors.stage import GVCN, SEAL, Stage, swapped

_END = "</HOC_BA>"
_TYPE = 'urn:example:a&b<c>"d" e\tf\ng'
_REMARK = "Cần viết câu ngắn gọn hơn ở phần mở bài."
_ESCAPES = "XML 1.0, 2.11 and 3.3.3; Canonical XML 1.0, 2.3"


def cases(stage: Stage) -> Iterator[Case]:
    yield from _not_well_formed(stage.issued())
    yield from _texts(stage)
    yield from _attributes(stage)
    yield from _comments(stage)
    yield from _structure(stage)


def _not_well_formed(issued: bytes) -> Iterator[Case]:
    faults = (
        ("comment-with-hyphens", "A comment with two hyphens in it", _END, "<!-- a--b -->" + _END),
        (
            "character-data-after-the-root",
            "A CDATA section after the root",
            _END,
            _END + "<![CDATA[ ]]>",
        ),
        (
            "less-than-in-an-attribute",
            "A < in the value of an attribute",
            "<HOC_BA ",
            '<HOC_BA xmlns:a="<" ',
        ),
        (
            "attribute-twice",
            "An attribute stands twice",
            "<HOC_BA ",
            '<HOC_BA phienBanLuocDo="1.0" ',
        ),
        (
            "attribute-twice-by-namespace",
            "An attribute stands twice, under two prefixes of one namespace",
            "<HOC_BA ",
            '<HOC_BA xmlns:a="urn:a" xmlns:b="urn:a" a:c="1" b:c="1" ',
        ),
        (
            "control-character",
            "A control character",
            "<HOC_BA ",
            '<HOC_BA xmlns:a="urn:\x01" ',
        ),
        (
            "end-tag-of-another-name",
            "An end tag of another name",
            "</DIEM_CA_NAM>",
            "</DIEM_CA_NAN>",
        ),
        (
            "prefix-declared-away",
            "A prefix is declared to be no namespace",
            "<HOC_BA ",
            '<HOC_BA xmlns:a="" ',
        ),
    )
    for name, title, old, new in faults:
        yield Case(
            identifier=f"format/{name}",
            title=title,
            why="Not well-formed: what one reader skips another takes for content",
            spec="XML 1.0, 2.1; Namespaces in XML 1.0",
            document=swapped(issued, old, new),
            verdict="INVALID",
            causes=("DOC.FORMAT",),
            twin="format/issued-secondary",
        )


def _texts(stage: Stage) -> Iterator[Case]:
    """Yield a remark with every character that canonical octets write as a reference."""
    draft = swapped(stage.draft(), _REMARK, f"Viết a &amp; b, c &lt; d, e &gt; f. {_REMARK}")
    signed = stage.completed(draft)
    yield Case(
        identifier="reference/escapes-in-text",
        title="A signed text has &, < and >, and > is written as it is after signing",
        why="In canonical octets all three are references, however the file writes them",
        spec=_ESCAPES,
        document=swapped(signed, "e &gt; f", "e > f"),
        verdict="VALID",
        twin="reference/escapes-in-text-changed",
    )
    yield Case(
        identifier="reference/escapes-in-text-changed",
        title="The same, a & became the text of its reference",
        why="&amp;amp; is five characters, &amp; is one",
        spec=_ESCAPES,
        document=swapped(signed, "a &amp; b", "a &amp;amp; b"),
        verdict="INVALID",
        causes=("SIG.DIGEST",),
        twin="reference/escapes-in-text",
    )
    ended = swapped(stage.draft(), _REMARK, f"Viết ]]&gt; {_REMARK}")
    yield Case(
        identifier="format/end-of-character-data",
        title="The end of a CDATA section in a text that was signed with a reference in its place",
        why="Not well-formed, though its canonical octets would be those that were signed",
        spec="XML 1.0, 2.4",
        document=swapped(stage.completed(ended), "]]&gt;", "]]>"),
        verdict="INVALID",
        causes=("DOC.FORMAT",),
        twin="reference/escapes-in-text",
    )
    yield Case(
        identifier="reference/line-end-of-one-kind",
        title="Blanks in a start tag end in a carriage return alone",
        why="A reader turns it into a line feed before anything else",
        spec=_ESCAPES,
        document=swapped(stage.issued(), "<DU_LIEU_HOC_BA Id", "<DU_LIEU_HOC_BA\rId"),
        verdict="VALID",
        twin="reference/written-again-declared-again-changed",
    )


def _attributes(stage: Stage) -> Iterator[Case]:
    """Yield a reference whose Type has every character that canonical octets escape."""

    def typed(signature: Element) -> None:
        next(signature.iter(names.REFERENCE)).set("Type", _TYPE)

    document = stage.forged_at(SEAL, before_digests=typed)
    written = "urn:example:a&amp;b&lt;c>&quot;d&quot; e&#x9;f&#xA;g"
    yield Case(
        identifier="reference/escapes-in-an-attribute",
        title='A signed attribute has &, <, > and ", in single quotes, with a line end for a blank',
        why="The value is the same, and canonical octets have one form of it",
        spec=_ESCAPES,
        document=swapped(
            document, f'Type="{written}"', "Type='urn:example:a&#38;b&lt;c&gt;\"d\"\ne&#9;f&#10;g'"
        ),
        verdict="VALID",
        twin="reference/escapes-in-an-attribute-changed",
    )
    yield Case(
        identifier="reference/escapes-in-an-attribute-changed",
        title="The same, a tab by reference became a tab, which is a blank",
        why="Only literal line ends and tabs become blanks",
        spec=_ESCAPES,
        document=swapped(
            document, f'Type="{written}"', f'Type="{written.replace("&#x9;", chr(9))}"'
        ),
        verdict="INVALID",
        causes=("SIG.VALUE",),
        twin="reference/escapes-in-an-attribute",
    )


def _comments(stage: Stage) -> Iterator[Case]:
    """Yield comments that came after signing, where they are signed and where they are not."""
    for form, is_signed in (("info-exclusive", False), ("info-exclusive-comments", True)):
        octets = (OTHERS / "jdk" / f"{form}.xml").read_bytes()
        yield Case(
            identifier=f"signature/comment-in-{form}",
            title="A comment was added to SignedInfo after signing",
            why=(
                "The canonicalization that is named keeps comments"
                if is_signed
                else "The canonicalization that is named leaves comments out"
            ),
            spec="XML Signature 1.1, 6.5",
            document=octets.replace(b"<ds:SignedInfo>", b"<ds:SignedInfo><!-- them -->", 1),
            verdict="INVALID" if is_signed else "VALID",
            causes=("SIG.VALUE",) if is_signed else (),
            twin=f"reference/jdk-{form}"
            if is_signed
            else "signature/comment-in-info-exclusive-comments",
            origin=f"{WRITERS['jdk']}; then changed",
        )
    commented = swapped(stage.issued(), "<SO_BUOI_NGHI>", "<!-- ghi chú --><SO_BUOI_NGHI>")
    yield Case(
        identifier="reference/comment-in-the-data",
        title="A comment was added between two elements of the data after signing",
        why="What #id names is canonicalized without comments: nothing that is signed has changed",
        spec="XML Signature 1.1, 4.4.3.3",
        document=commented,
        verdict="VALID",
        twin="reference/written-again-end-tags-changed",
    )


def _structure(stage: Stage) -> Iterator[Case]:
    """Yield references that a verifier must not follow."""

    def elsewhere(uri: str) -> Callable[[Element], None]:
        def edit(signature: Element) -> None:
            next(signature.iter(names.REFERENCE)).set("URI", uri)

        return edit

    yield Case(
        identifier="format/slot-with-text",
        title="A text stands beside the signature in a slot",
        why="A slot is empty or holds one signature and nothing else",
        spec="docs/reference/format.md, 4",
        document=swapped(stage.issued(), "<KY_PHAT_HANH><ds", "<KY_PHAT_HANH>Đã ký<ds"),
        verdict="INVALID",
        causes=("DOC.SCHEMA",),
        twin="format/issued-secondary",
    )
    yield Case(
        identifier="reference/of-the-whole-file",
        title="The class teacher's reference is to the whole file",
        why="A reference names one Id; the whole file changes with every signature",
        spec="docs/reference/format.md, 6",
        document=stage.forged_at(GVCN, before_value=elsewhere("")),
        verdict="INVALID",
        causes=("SIG.REFERENCE_URI",),
        twin="format/issued-secondary",
    )
