"""Area reformatted: the file was saved again by another program after signing, the most frequent
real fault.
"""

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from xml.dom import minidom

from lxml import etree

from tools.vectors.case import Case
from tools.vectors.stage import Stage, first_match, swapped

_SPEC = "Exclusive XML Canonicalization 1.0, 3; XML Signature 1.1, 3.2"


def cases(stage: Stage) -> Iterator[Case]:
    yield from _harmless(stage)
    yield from _harmful(stage)


def _harmless(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()

    def kept(name: str, title: str, why: str, document: bytes, *causes: str) -> Case:
        return Case(
            identifier=f"reformatted/{name}",
            title=title,
            why=why,
            spec=_SPEC,
            document=document,
            verdict="VALID",
            causes=causes,
            twin="reformatted/pretty-printed",
        )

    quotes = swapped(issued, 'Id="data"', "Id='data'")
    yield kept(
        "other-quotes", "Attribute quotes changed", "Canonicalization writes double quotes", quotes
    )
    blanks = swapped(issued, '<DU_LIEU_HOC_BA Id="data" ', '<DU_LIEU_HOC_BA\n   Id = "data"  ')
    yield kept(
        "blanks-in-a-tag", "Blanks and line ends inside a tag", "They are no content", blanks
    )
    saved = etree.tostring(etree.fromstring(issued), encoding="UTF-8", xml_declaration=True)
    yield kept(
        "saved-by-lxml",
        "Read and written by lxml without any option",
        "A careful program changes nothing that matters",
        saved,
    )
    bare = issued[issued.index(b"<HOC_BA") :]
    yield kept(
        "without-declaration",
        "The XML declaration is taken out",
        "It is no part of what is canonicalized",
        bare,
    )
    crlf = issued.replace(b"?>\n", b"?>\r\n")
    yield kept(
        "windows-line-end",
        "The line end after the declaration is CR LF",
        "Line ends are made LF when read",
        crlf,
    )
    reference = swapped(
        issued, "<MA_DINH_DANH_HOC_BA>5d0f", "<MA_DINH_DANH_HOC_BA>&#53;d0f", count=1
    )
    yield kept(
        "character-reference",
        "A digit is written as a character reference",
        "The same character",
        reference,
    )
    after = issued + b"\n<!-- archived -->\n"
    yield kept(
        "comment-after",
        "A comment follows the root element",
        "Outside everything signed and no part of the document element",
        after,
        "DOC.COMMENTS",
    )
    base64_value = first_match(issued, "<ds:X509Certificate>[A-Za-z0-9+/=]{60}")
    wrapped = issued.replace(
        base64_value.encode(), (base64_value[:50] + "\n" + base64_value[50:]).encode(), 1
    )
    yield kept(
        "wrapped-certificate",
        "A certificate in KeyInfo is wrapped into lines",
        "KeyInfo is not signed, and base64 may be wrapped",
        wrapped,
    )


def _harmful(stage: Stage) -> Iterator[Case]:
    issued = stage.issued()
    everybody = {
        slot: {"indication": "TOTAL_FAILED", "intact": False}
        for slot in ("GVCN", "CBQL", "KY_PHAT_HANH")
    }

    def broken(name: str, title: str, why: str, document: bytes) -> Case:
        return Case(
            identifier=f"reformatted/{name}",
            title=title,
            why=why,
            spec=_SPEC,
            document=document,
            verdict="INVALID",
            causes=("SIG.REFORMATTED",),
            signatures=everybody,
            twin="reformatted/saved-by-lxml",
        )

    tree = etree.fromstring(issued)
    etree.indent(tree, space="  ")
    pretty = etree.tostring(tree, encoding="UTF-8", xml_declaration=True)
    yield broken(
        "pretty-printed",
        "Pretty-printed by lxml",
        "White space between elements is signed content",
        pretty,
    )
    document = minidom.parseString(issued)  # noqa: S318 -- our own octets
    yield broken(
        "pretty-printed-by-minidom",
        "Pretty-printed by Python's minidom",
        "White space between elements is signed content",
        document.toprettyxml(indent="\t", encoding="utf-8"),
    )
    buffer = io.BytesIO()
    ET.ElementTree(ET.fromstring(issued)).write(buffer, encoding="utf-8", xml_declaration=True)  # noqa: S314 -- our own octets
    yield broken(
        "other-prefixes",
        "Written by Python's ElementTree, which names the prefixes ns0, ns1, ns2",
        "Prefixes are signed content",
        buffer.getvalue(),
    )
    one_line = issued.replace(b"</DINH_DANH>", b"</DINH_DANH>\n", 1)
    yield broken(
        "one-line-end",
        "A single line end between two elements",
        "The smallest reformatting",
        one_line,
    )
    rich = pretty.replace(b"\n", b"\r\n")
    yield broken(
        "pretty-printed-windows",
        "Pretty-printed with CR LF line ends",
        "As Windows programs do",
        rich,
    )
    mark = first_match(issued, "<DIEM_CA_NAM>[0-9.]+</DIEM_CA_NAM>")
    changed = swapped(issued, mark, "<DIEM_CA_NAM>9.9</DIEM_CA_NAM>")
    forged_tree = etree.fromstring(changed)
    etree.indent(forged_tree, space="  ")
    yield Case(
        identifier="reformatted/pretty-printed-and-changed",
        title="Pretty-printed, and a mark is raised",
        why="Reformatting must not hide a forgery: the message is that content was changed",
        spec=_SPEC,
        document=etree.tostring(forged_tree, encoding="UTF-8", xml_declaration=True),
        verdict="INVALID",
        causes=("SIG.DIGEST",),
        signatures=everybody,
        twin="reformatted/pretty-printed",
    )
