"""Which elements are covered: every choice of sub-trees against a walk that asks of each
element.
"""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hocba_sign.xades.general.coverage import MAX_PATHS, Chart, Spans
from hocba_sign.xades.general.node_sets import NodeSet
from hocba_sign.xml.node_set import Subtrees

Shape = list["Shape"]
SHAPES: st.SearchStrategy[Shape] = st.recursive(
    st.just([]), lambda inner: st.lists(inner, max_size=3), max_leaves=12
)


def tree(shape: Shape) -> etree._Element:
    element = etree.Element("e")
    element.extend([tree(inner) for inner in shape])
    return element


@given(SHAPES, st.data())
def test_spans_are_what_a_walk_finds(shape: Shape, data: st.DataObject) -> None:
    root = tree(shape)
    elements = list(root.iter())
    apex = data.draw(st.sampled_from(elements))
    switches = {
        one: data.draw(st.booleans()) for one in data.draw(st.sets(st.sampled_from(elements)))
    }
    is_shown = data.draw(st.booleans())
    nodes = NodeSet(
        apex=apex,
        ids={},
        is_document=False,
        has_comments=False,
        size=0,
        subtrees=Subtrees(is_shown=is_shown, switches=switches),
    )

    def has(element: etree._Element) -> bool:
        chain = [element, *element.iterancestors()]
        if apex not in chain:
            return False
        return next(
            (switches[one] for one in chain[: chain.index(apex) + 1] if one in switches), is_shown
        )

    spans = Chart(root).spans(nodes, has_markup=True)
    assert [spans.end_at(number) is not None for number in range(len(elements))] == [
        has(element) for element in elements
    ]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5))))
def test_a_union_has_what_its_parts_have(pairs: list[tuple[int, int]]) -> None:
    parts = [(start, start + length) for start, length in pairs]
    union = Spans.union(*(Spans((part,)) for part in parts))
    assert all(
        (union.end_at(n) is not None) == any(start <= n < end for start, end in parts)
        for n in range(40)
    )
    assert all(
        one[1] < other[0] for one, other in zip(union.ranges, union.ranges[1:], strict=False)
    )
    assert all(
        union.touches(n, n + 2) == any(start < n + 2 and end > n for start, end in parts)
        for n in range(40)
    )


def test_only_so_many_places_are_named() -> None:
    root = etree.fromstring(f"<a x='1'>{'<b>t</b>' * 50}</a>")
    nodes = NodeSet(
        apex=root,
        ids={},
        is_document=False,
        has_comments=False,
        size=0,
        subtrees=Subtrees(switches=dict.fromkeys(root, False)),
    )
    chart = Chart(root)
    assert len(chart.uncovered(chart.spans(nodes, has_markup=True))) == MAX_PATHS


def test_decoded_text_covers_an_element_that_holds_nothing_else() -> None:
    root = etree.fromstring("<a><b Id='x'>dA==</b><b ten='x'>dA==</b><b>dA==<c/></b></a>")
    chart = Chart(root)
    for element, count in zip(root, (1, 0, 0), strict=True):
        nodes = NodeSet(apex=element, ids={}, is_document=False, has_comments=False, size=0)
        assert len(chart.spans(nodes, has_markup=False).ranges) == count
