"""libxml2's own canonicalisation tests: octet for octet.

The documents have document types with default attributes, and most cases a node-set chosen by an
XPath expression; both belong to the test, not to the library.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree

from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.node_set import NodeKind, Visible
from hocba_sign.xml.tree import Element

SUITE = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites" / "c14n-libxml2"
pytestmark = [
    pytest.mark.suite,
    pytest.mark.skipif(not SUITE.is_dir(), reason="../shared/data is not here"),
]


class Case(NamedTuple):
    id: str
    input: str
    xpath: str | None
    inclusive_ns: list[str] | None
    algorithm: str
    expected_bytes: str


def _cases() -> list[Case]:
    if not SUITE.is_dir():
        return []
    listed: Any = json.loads((SUITE / "expected.json").read_text(encoding="utf-8"))["cases"]
    return [Case(**{name: case.get(name) for name in Case._fields}) for case in listed]


def _parsed(path: Path) -> etree._ElementTree:
    parser = etree.XMLParser(
        load_dtd=True, attribute_defaults=True, resolve_entities=True, no_network=True
    )
    return etree.parse(str(path), parser)


def _selection(tree: etree._ElementTree, path: Path) -> Visible:
    """Evaluate `(//. | //@* | //namespace::*)[predicate]`, the form of all expressions of the
    suite.
    """
    holder = _parsed(path).getroot()
    predicate = _text_of(holder)
    prefixes = {prefix: uri for prefix, uri in holder.nsmap.items() if prefix}
    inner = predicate[predicate.index("[") + 1 : predicate.rindex("]")]
    chosen: set[tuple[NodeKind, Element, str]] = set()
    found: Any = tree.xpath(f"(//. | //@*)[{inner}]", namespaces=prefixes)
    for node in found:
        if isinstance(node, str):
            text: Any = node
            kind = (
                NodeKind.ATTRIBUTE
                if text.is_attribute
                else NodeKind.TEXT
                if text.is_text
                else NodeKind.TAIL
            )
            chosen.add((kind, text.getparent(), text.attrname if text.is_attribute else ""))
        elif node.tag is etree.Comment:
            chosen.add((NodeKind.COMMENT, node, ""))
        elif node.tag is etree.ProcessingInstruction:
            chosen.add((NodeKind.INSTRUCTION, node, ""))
        else:
            chosen.add((NodeKind.ELEMENT, node, ""))
    for element in tree.iter("*"):
        namespaces: Any = element.xpath(f"namespace::*[{inner}]", namespaces=prefixes)
        chosen.update((NodeKind.NAMESPACE, element, prefix or "") for prefix, _ in namespaces)
    return lambda kind, element, name: (kind, element, name) in chosen


def _text_of(element: Element) -> str:
    return (element.text or "") + "".join(child.tail or "" for child in element)


def test_the_suite_is_complete() -> None:
    assert len(_cases()) == 73


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.id)
def test_case(case: Case) -> None:
    tree = _parsed(SUITE / case.input)
    actual = canonicalize(
        tree,
        C14nAlgorithm(case.algorithm),
        inclusive_prefixes=case.inclusive_ns or (),
        is_visible=_selection(tree, SUITE / case.xpath) if case.xpath else None,
    )
    assert actual == (SUITE / case.expected_bytes).read_bytes()
