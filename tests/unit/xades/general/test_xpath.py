"""The fixed XPath forms against a real XPath engine, and what is none of them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hocba_sign.xades.general.node_sets import NodeSet, WorkBudget
from hocba_sign.xades.general.xpath import UnknownExpression, read_filter, read_selection
from hocba_sign.xades.syntax.canonicalization import Method
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.node_set import NodeKind
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import Element

DS = "http://www.w3.org/2000/09/xmldsig#"
SPACES: Mapping[str | None, str] = {"ds": DS, "n": "urn:n", None: "urn:unused"}
FILTERS = [
    "not(ancestor-or-self::ds:Signature)",
    " not ( ancestor-or-self :: ds:Signature ) ",
    "ancestor-or-self::n:a",
    "ancestor-or-self::a and not(ancestor-or-self::n:b)",
    "not(ancestor-or-self::a) or ancestor-or-self::n:b and not(ancestor-or-self::b)",
    "(not(ancestor-or-self::a) or ancestor-or-self::n:b) and not(not(ancestor-or-self::*))",
    (
        "count(ancestor-or-self::ds:Signature | here()/ancestor::ds:Signature[1]) > "
        "count(ancestor-or-self::ds:Signature)"
    ),
    "count(ancestor-or-self::n:a | here()/ancestor::n:a[1]) > count(ancestor-or-self::n:a)",
    "true()",
    "not(ancestor-or-self::*[@Id='i1'])",
    "ancestor-or-self::*[local-name()='b']",
    "not(ancestor-or-self::*[name()='ds:Signature'])",
    "1",
]
SELECTIONS = [
    "/",
    "//ds:Signature",
    "/descendant::ds:Signature",
    "/descendant-or-self::n:a",
    "//n:a | //b",
    "/a/n:b/*",
    "//a/b",
    "/child::*/child::n:a",
    "here()/ancestor::ds:Signature[1]",
    "here()/ancestor::n:b[1] | /a",
    "id('i1')",
    'id("i2") | //ds:Signature',
    "id('missing')",
    "descendant::ds:Signature",
    "descendant::n:a | child::a/b",
    "a/n:b",
    "//*[@Id='i1']",
    "/a/b[@Id = 'i2'] | descendant::n:a[@Id='i1']",
    "/*/*[local-name()='b']",
    "//*[local-name()='Signature']/a",
    "/descendant::*[name()='n:b']",
    "/*/*[name()='a'] | //*[name() = 'ds:Signature']",
]
REFUSED = [
    "",
    "@a",
    "//*[@*='i1']",
    "//*[@Id]",
    "//a[local-name()='*']",
    "//*[local-name()='*']",
    "//a/descendant::b",
    "//a//b",
    "..",
    "not(",
    "not(ancestor-or-self::ds:Signature",
    "not(ancestor-or-self::ds:Signature))",
    "not(ancestor::ds:Signature)",
    "not(ancestor-or-self::zz:Signature)",
    "ancestor-or-self::ds:Signature[1]",
    "document('file:///etc/passwd')",
    "//*[@*]",
    "//namespace::*",
    (
        "count(ancestor-or-self::ds:Signature | here()/ancestor::n:a[1]) > "
        "count(ancestor-or-self::ds:Signature)"
    ),
    (
        "count(ancestor-or-self::ds:Signature | here()/ancestor::ds:Signature[2]) > "
        "count(ancestor-or-self::ds:Signature)"
    ),
    "self::text()",
    "string-length(.) > 0",
    "here()",
    "concat('a','b')",
    "0",
    "not(" * 50 + "1" + ")" * 50,
    "1" + " or 1" * 2_000,
    "a\x00b",
    "$x",
]


@st.composite
def trees(draw: st.DrawFn, depth: int = 4) -> str:
    name = draw(st.sampled_from(["a", "b", "n:a", "n:b", "ds:Signature"]))
    identifier = draw(st.sampled_from(["", "", " Id='i1'", " Id='i2'"]))
    inner = draw(st.lists(trees(depth=depth - 1), max_size=3)) if depth else []
    return f"<{name}{identifier}>t{'u'.join(inner)}</{name}>v<!--c--><?p?>"


@st.composite
def scenes(draw: st.DrawFn) -> tuple[NodeSet, Element]:
    """Return a node-set and an element in which an expression may stand."""
    inner = "".join(draw(st.lists(trees(), max_size=4)))
    xml = parse(
        f"<!--0--><a xmlns:n='urn:n' xmlns:ds='{DS}'>{inner}</a><?end?>".encode(), is_of_others=True
    )
    elements = list(xml.root.iter("*"))
    apex = draw(st.sampled_from([None, *elements]))
    nodes = NodeSet(
        apex=xml.root if apex is None else apex,
        ids=xml.ids,
        size=9,
        is_document=apex is None,
        has_comments=True,
    )
    return nodes, draw(st.sampled_from(elements))


def _engine(
    root: Element, expression: str, *, here: Element, ids: Mapping[str, Element]
) -> set[tuple[NodeKind, Element, str]]:
    """Evaluate with libxml2, the functions here() and id() being what this library takes
    them for.
    """

    def found_here(_: object) -> list[Element]:
        return [here]

    def found_id(_: object, value: str) -> list[Element]:
        return [ids[value]] if value in ids else []

    extensions: dict[tuple[str, str], Callable[..., Any]] = {
        ("urn:f", "here"): found_here,
        ("urn:f", "id"): found_id,
    }
    prefixes = {"ds": DS, "n": "urn:n", "f": "urn:f"}
    adapted = expression.replace("here()", "f:here()").replace("id(", "f:id(")
    chosen = set()
    found: Any = root.xpath(adapted, namespaces=prefixes, extensions=extensions)
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
        elif isinstance(node.tag, str):
            chosen.add((NodeKind.ELEMENT, node, ""))
        else:
            chosen.add(
                (NodeKind.COMMENT if node.tag is etree.Comment else NodeKind.INSTRUCTION, node, "")
            )
    return chosen


def _expected(
    nodes: NodeSet, chosen: set[tuple[NodeKind, Element, str]], method: C14nAlgorithm
) -> bytes:
    def is_visible(kind: NodeKind, element: Element, name: str) -> bool:
        return (
            (NodeKind.ELEMENT, element, "") in chosen
            if kind is NodeKind.NAMESPACE
            else (kind, element, name) in chosen
        )

    target = nodes.apex.getroottree() if nodes.is_document else nodes.apex
    return canonicalize(target, method, is_visible=is_visible)


@pytest.mark.parametrize("expression", FILTERS)
@settings(max_examples=20)
@given(scene=scenes(), method=st.sampled_from(C14nAlgorithm))
def test_filters_are_as_libxml2_says(
    expression: str, scene: tuple[NodeSet, Element], method: C14nAlgorithm
) -> None:
    nodes, here = scene
    given_octets = nodes.filtered(
        read_filter(expression, SPACES), here, budget=WorkBudget()
    ).octets(Method(method), WorkBudget())
    chosen = _engine(
        nodes.root,
        f"(//. | //@*)[{expression if expression != '1' else 'true()'}]",
        here=here,
        ids=nodes.ids,
    )
    assert given_octets == _expected(nodes, chosen, method)


@pytest.mark.parametrize("expression", SELECTIONS)
@settings(max_examples=20)
@given(scene=scenes(), method=st.sampled_from(C14nAlgorithm))
def test_selections_are_as_libxml2_says(
    expression: str, scene: tuple[NodeSet, Element], method: C14nAlgorithm
) -> None:
    nodes, here = scene
    given_octets = nodes.filtered(
        read_selection(expression, SPACES), here, budget=WorkBudget()
    ).octets(Method(method), WorkBudget())
    # The context node is the document, lxml's is the root element.
    parts = [
        part if part.startswith(("/", "here()", "id(")) else f"/{part}"
        for part in expression.split(" | ")
    ]
    roots = " | ".join(
        f"({part})/descendant-or-self::node() | ({part})/descendant-or-self::*/@*" for part in parts
    )
    chosen = _engine(nodes.root, roots, here=here, ids=nodes.ids)
    assert given_octets == _expected(nodes, chosen, method)


@settings(max_examples=20)
@given(scene=scenes(), chain=st.lists(st.sampled_from(FILTERS), min_size=2, max_size=3))
def test_filters_follow_one_another(scene: tuple[NodeSet, Element], chain: list[str]) -> None:
    nodes, here = scene
    one_by_one = nodes
    for expression in chain:
        one_by_one = one_by_one.filtered(read_filter(expression, SPACES), here, budget=WorkBudget())
    together = nodes.filtered(
        read_filter(" and ".join(f"({one})" for one in chain), SPACES), here, budget=WorkBudget()
    )
    method = Method(C14nAlgorithm.INCLUSIVE_WITH_COMMENTS)
    assert one_by_one.octets(method, WorkBudget()) == together.octets(method, WorkBudget())
    assert one_by_one.text(WorkBudget()) == together.text(WorkBudget())


@pytest.mark.parametrize("expression", REFUSED)
def test_other_expressions_are_refused(expression: str) -> None:
    for read in (read_filter, read_selection):
        with pytest.raises(UnknownExpression):
            read(expression, SPACES)


@given(
    st.lists(
        st.sampled_from(
            [
                *"ab:/|()[]=>'\" 1*",
                "not",
                "count",
                "here()",
                "ancestor-or-self::",
                "and",
                "or",
                "id(",
            ]
        ),
        max_size=20,
    )
)
def test_any_text_is_read_or_refused(tokens: list[str]) -> None:
    expression = "".join(tokens)
    for read in (read_filter, read_selection):
        try:
            read(expression, SPACES)
        except UnknownExpression:
            continue
