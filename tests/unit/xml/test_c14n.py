"""The own canonicaliser against libxml2 wherever lxml hands libxml2 all that it needs."""

from copy import deepcopy
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hocba_sign.errors import InputError
from hocba_sign.xml.c14n import C14nAlgorithm, _CanonicalWriter, canonicalize
from hocba_sign.xml.node_set import Document, NodeKind, Subtrees
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import Element

C14N = C14nAlgorithm
XML = "{http://www.w3.org/XML/1998/namespace}"
TEXT = st.sampled_from(
    [
        "",
        " ",
        "\n",
        "\t",
        "Đ\U0001f393",
        "&amp;",
        "&lt;",
        "&gt;",
        "&#13;",
        "\r\n",
        "&#9;",
        "&#10;",
        "&quot;",
        "'",
        "<![CDATA[<&\r]]>",
        "x",
    ]
).map(str)
VALUE = st.sampled_from(
    [
        "",
        "a",
        "&amp;",
        "&lt;",
        ">",
        "&#13;",
        "&#9;",
        "&#10;",
        "\t",
        "\r\n",
        "&quot;",
        "'",
        "Đ\U0001f393",
        "  b  ",
    ]
)
URIS = ["urn:a", "urn:b", "http://c/?x='1'"]
PREFIXES = ["", "p", "q", "r"]


@st.composite
def elements(draw: st.DrawFn, scope: dict[str, str], depth: int = 4) -> str:
    """Write one element; `scope` are the namespaces around it."""
    declared = draw(st.dictionaries(st.sampled_from(PREFIXES), st.sampled_from(URIS), max_size=2))
    if draw(st.integers(0, 5)) == 0:
        declared[""] = ""
    scope = scope | declared
    usable = [prefix for prefix in scope if prefix]
    name = draw(st.sampled_from([*(f"{prefix}:e" for prefix in usable), "e", "f"]))
    written = [
        f'xmlns:{prefix}="{uri}"' if prefix else f'xmlns="{uri}"'
        for prefix, uri in declared.items()
    ]
    seen: set[tuple[str, str]] = set()
    for prefix, local in draw(
        st.lists(
            st.tuples(st.sampled_from(["", "xml", *usable]), st.sampled_from("abZ")), max_size=4
        )
    ):
        key = (scope[prefix] if prefix in usable else prefix, local)
        if key in seen:
            continue
        seen.add(key)
        written.append(
            f'{prefix}:{local}="{draw(VALUE)}"' if prefix else f'{local}="{draw(VALUE)}"'
        )
    written += draw(
        st.lists(
            st.sampled_from(['xml:lang="vi"', 'xml:space="preserve"', 'xml:id="i"']),
            unique=True,
            max_size=2,
        )
    )
    head = " ".join([name, *draw(st.permutations(written))])
    other = st.sampled_from(["<!-- c -->", "<!---->", "<?pi d ?>", "<?pi?>"])
    content = st.one_of(
        TEXT, other, *([elements(scope, depth - 1), elements(scope, depth - 1)] if depth else [])
    )
    return f"<{head}>{''.join(draw(st.lists(content, max_size=4)))}</{name}>"


@st.composite
def documents(draw: st.DrawFn) -> Element:
    around = st.sampled_from(["", "\n", "<!-- c -->", "<?pi d?>\n<!--e-->", "<!--1--><!--2-->"])
    text = draw(around) + draw(elements({})) + draw(around)
    return etree.fromstring(
        text.encode(), etree.XMLParser(resolve_entities=False, collect_ids=False)
    )


def _own(target: Element | etree._ElementTree, algorithm: C14N) -> bytes:
    return _CanonicalWriter(algorithm=algorithm).write(target)


def _with_inheritance(element: Element) -> Element:
    """Make a document of the sub-tree, its inherited namespaces and xml attributes written out."""
    root = etree.fromstring(
        etree.tostring(element, with_tail=False),
        etree.XMLParser(resolve_entities=False, collect_ids=False),
    )
    for ancestor in element.iterancestors():
        for name, value in ancestor.items():
            if str(name).startswith(XML) and name not in root.attrib:
                root.set(name, value)
    return root


@given(documents(), st.booleans())
def test_whole_document_is_as_libxml2_says(root: Element, has_comments: bool) -> None:
    tree = root.getroottree()
    inclusive = etree.tostring(tree, method="c14n", with_comments=has_comments)
    exclusive = etree.tostring(tree, method="c14n", exclusive=True, with_comments=has_comments)
    for algorithm in C14N:
        if algorithm.has_comments == has_comments:
            expected = exclusive if algorithm.is_exclusive else inclusive
            assert canonicalize(tree, algorithm) == expected
            assert _own(tree, algorithm) == expected
            assert canonicalize(tree, algorithm, is_visible=lambda *_: True) == expected


@given(documents())
def test_exclusive_sub_trees_are_as_libxml2_says(root: Element) -> None:
    for element, algorithm in product(
        root.iter("*"), (C14N.EXCLUSIVE, C14N.EXCLUSIVE_WITH_COMMENTS)
    ):
        assert _own(element, algorithm) == canonicalize(element, algorithm)


@given(documents())
def test_inclusive_sub_trees_are_as_libxml2_says_of_a_document_that_spells_the_inheritance_out(
    root: Element,
) -> None:
    for element in root.iter("*"):
        expected = etree.tostring(_with_inheritance(element), method="c14n", with_comments=True)
        assert canonicalize(element, C14N.INCLUSIVE_WITH_COMMENTS) == expected


@given(documents(), st.sets(st.sampled_from(["#default", "p", "q", "zz"]), min_size=1))
def test_prefix_list_is_as_libxml2_says(root: Element, prefixes: set[str]) -> None:
    if "#default" not in prefixes:
        expected = etree.tostring(
            root.getroottree(),
            method="c14n",
            exclusive=True,
            inclusive_ns_prefixes=list(prefixes),
            with_comments=False,
        )
        assert (
            canonicalize(root.getroottree(), C14N.EXCLUSIVE, inclusive_prefixes=prefixes)
            == expected
        )
    for element in root.iter("*"):
        inherited = _with_inheritance(element)
        for name in set(inherited.attrib) - set(element.attrib):
            del inherited.attrib[name]
        spelled_out = canonicalize(inherited, C14N.EXCLUSIVE, inclusive_prefixes=prefixes)
        assert canonicalize(element, C14N.EXCLUSIVE, inclusive_prefixes=prefixes) == spelled_out


@given(documents())
def test_all_prefixes_listed_is_inclusive(root: Element) -> None:
    prefixes = ["#default", *filter(None, PREFIXES)]
    tree = root.getroottree()
    assert canonicalize(tree, C14N.EXCLUSIVE, inclusive_prefixes=prefixes) == canonicalize(
        tree, C14N.INCLUSIVE
    )


@given(documents(), st.data())
def test_excluding_is_removing(root: Element, data: st.DataObject) -> None:
    inner = list(root.iter("*"))[1:]
    if not inner:
        return
    number = data.draw(st.integers(0, len(inner) - 1))
    copy = deepcopy(root.getroottree()).getroot()
    removed = list(copy.iter("*"))[number + 1]
    around = removed.getparent()
    assert around is not None
    marker = etree.Comment("")
    marker.tail = removed.tail
    around.replace(removed, marker)
    for algorithm in C14N:
        if not algorithm.has_comments:
            excluded = canonicalize(
                root.getroottree(), algorithm, subtrees=Subtrees(switches={inner[number]: False})
            )
            assert excluded == canonicalize(copy.getroottree(), algorithm)


@given(documents())
def test_canonical_form_is_its_own_canonical_form(root: Element) -> None:
    for algorithm in C14N:
        octets = canonicalize(root.getroottree(), algorithm)
        again = etree.fromstring(octets, etree.XMLParser(resolve_entities=False, collect_ids=False))
        assert canonicalize(again.getroottree(), algorithm) == octets


def test_inclusive_sub_tree_keeps_namespaces_and_language() -> None:
    root = parse(
        b'<S xmlns="urn:x" xmlns:y="urn:y" xml:lang="vi" xml:id="no11"><SI><R><D/></R></SI></S>'
    ).root
    assert canonicalize(root[0], C14N.INCLUSIVE) == (
        b'<SI xmlns="urn:x" xmlns:y="urn:y" xml:id="no11" xml:lang="vi"><R><D></D></R></SI>'
    )
    assert (
        canonicalize(root[0], C14N.INCLUSIVE_11)
        == b'<SI xmlns="urn:x" xmlns:y="urn:y" xml:lang="vi"><R><D></D></R></SI>'
    )
    assert canonicalize(root[0], C14N.EXCLUSIVE) == b'<SI xmlns="urn:x"><R><D></D></R></SI>'


def test_version_11_joins_the_bases_of_ancestors_left_out() -> None:
    octets = b'<a xml:base="http://h/x/"><b xml:base="../y/"><c xml:base="z"/><d/></b></a>'
    root = parse(octets).root
    assert canonicalize(root[0][0], C14N.INCLUSIVE_11) == b'<c xml:base="http://h/y/z"></c>'
    assert canonicalize(root[0][1], C14N.INCLUSIVE_11) == b'<d xml:base="http://h/y/"></d>'
    assert canonicalize(root[0][0], C14N.INCLUSIVE) == b'<c xml:base="z"></c>'
    assert canonicalize(root[0][1], C14N.INCLUSIVE) == b'<d xml:base="../y/"></d>'
    assert canonicalize(root[0][1], C14N.EXCLUSIVE) == b"<d></d>"


def test_prefix_list_reaches_declarations_of_ancestors() -> None:
    root = parse(b'<a xmlns:x="urn:x" xmlns="urn:d"><p:b xmlns:p="urn:p"><c/></p:b></a>').root
    assert canonicalize(root[0], C14N.EXCLUSIVE, inclusive_prefixes=["x"]) == (
        b'<p:b xmlns:p="urn:p" xmlns:x="urn:x"><c xmlns="urn:d"></c></p:b>'
    )
    assert canonicalize(root[0], C14N.EXCLUSIVE, inclusive_prefixes=["#default"]) == (
        b'<p:b xmlns="urn:d" xmlns:p="urn:p"><c></c></p:b>'
    )


def test_attribute_keeps_its_own_of_two_prefixes() -> None:
    root = parse(b'<e xmlns:a="u:u" xmlns:b="u:u" b:x="1" a:y="2"/>').root
    assert (
        canonicalize(root, C14N.INCLUSIVE) == b'<e xmlns:a="u:u" xmlns:b="u:u" b:x="1" a:y="2"></e>'
    )


def test_only_a_document_brings_what_stands_outside_its_root() -> None:
    root = parse(b"<?xml version='1.0'?>\n<!--1--><?p  d ?><a/>\n<!--2-->\n").root
    tree = root.getroottree()
    assert (
        canonicalize(tree, C14N.INCLUSIVE_WITH_COMMENTS) == b"<!--1-->\n<?p d ?>\n<a></a>\n<!--2-->"
    )
    assert canonicalize(tree, C14N.EXCLUSIVE) == b"<?p d ?>\n<a></a>"
    for algorithm in C14N:
        assert canonicalize(root, algorithm) == b"<a></a>"


@pytest.mark.parametrize("algorithm", C14N)
def test_relative_namespace_is_refused(algorithm: C14nAlgorithm) -> None:
    root = parse(b'<a><b xmlns="here"/></a>').root
    with pytest.raises(InputError) as refused:
        canonicalize(root, algorithm)
    assert refused.value.cause == "XML.RELATIVE_NAMESPACE"
    assert "/a/b" in str(refused.value.where)


def test_namespace_names_are_escaped_as_attributes_are() -> None:
    octets = b'<a xmlns="http://h/?b=1&amp;c=&amp;lt;"><b xmlns:x="http://h/?&amp;" x:y=""></b></a>'
    for algorithm in C14N:
        assert canonicalize(parse(octets).root, algorithm) == octets


def test_node_set_without_an_element_keeps_its_text() -> None:
    root = parse(b"<a>1<b>2</b>3</a>").root
    octets = canonicalize(
        root,
        C14N.INCLUSIVE,
        is_visible=lambda kind, element, _: not (kind is NodeKind.ELEMENT and element.tag == "b"),
    )
    assert octets == b"<a>123</a>"


@given(documents(), st.data())
def test_sub_trees_are_the_node_set_of_their_nodes(root: Element, data: st.DataObject) -> None:
    nodes = list(root.iter("*"))
    switches = {
        node: data.draw(st.booleans())
        for node in data.draw(st.lists(st.sampled_from(nodes), max_size=4))
    }
    subtrees = Subtrees(is_shown=data.draw(st.booleans()), switches=switches)
    apexes: list[Element | Document] = [root.getroottree(), *nodes]
    apex = data.draw(st.sampled_from(apexes))

    def shown(node: Element | None) -> bool:
        while node is not None and node not in switches and node is not apex:
            node = node.getparent()
        return subtrees.is_shown if node is None else switches.get(node, subtrees.is_shown)

    def is_visible(kind: NodeKind, node: Element, _: str) -> bool:
        outer = kind in {NodeKind.TAIL, NodeKind.COMMENT, NodeKind.INSTRUCTION}
        return shown(node.getparent() if outer else node)

    for algorithm in (C14N.INCLUSIVE, C14N.EXCLUSIVE, C14N.EXCLUSIVE_WITH_COMMENTS):
        for prefixes in ((), ("p", "#default")) if algorithm.is_exclusive else ((),):
            given = canonicalize(apex, algorithm, inclusive_prefixes=prefixes, subtrees=subtrees)
            assert given == canonicalize(
                apex, algorithm, inclusive_prefixes=prefixes, is_visible=is_visible
            )


def test_xml_base_values_without_bound_are_refused() -> None:
    levels = "".join(f"<a xml:base='{'b/../' * 500}'>" for _ in range(6))
    root = parse(f"{levels}<b/>{'</a>' * 6}".encode()).root
    with pytest.raises(InputError, match=r"XML\.TEXT_TOO_LONG"):
        canonicalize(next(root.iter("b")), C14N.INCLUSIVE_11)
