"""Insertions change nothing but the place they are made at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hocba_sign.errors import CallerError, InputError
from hocba_sign.xml.parse import parse
from hocba_sign.xml.splice import Path, cut, grow, insert, insert_all, path_of, slice_of
from hocba_sign.xml.tree import Element

TEXT = st.text(st.sampled_from("ăĐ\U0001f393 x>&<\"'/]\n\t"), max_size=8)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")


OTHER_MARKUP = ("<!-- /> -->", "<?p <a/> ?>", "<![CDATA[</a><b/>]]>")


@st.composite
def markup(draw: st.DrawFn, depth: int = 3, others: tuple[str, ...] = OTHER_MARKUP) -> str:
    """Write one element as a hand or a foreign program might: any quotes, white space, comments,
    CDATA.
    """
    name = draw(st.sampled_from(["GVCN", "a", "p:b", "Đ"]))
    space = draw(st.sampled_from(["", " ", "\n\t"]))
    quote = draw(st.sampled_from("'\""))
    value = _escaped(draw(TEXT)).replace(quote, "&#39;" if quote == "'" else "&#34;")
    attributes = draw(
        st.sampled_from(
            [
                "",
                f" x={quote}{value}{quote}",
                f" xmlns:p{space}={space}'urn:q'",
                f" y='/>'\n z = {quote}{value}{quote}",
            ]
        )
    )
    head = f"<{name}{attributes}{space}"
    if draw(st.booleans()):
        return head + "/>"
    inner = st.one_of(
        TEXT.map(_escaped),
        st.sampled_from([*others, "&#xD;"]),
        *([markup(depth - 1, others)] if depth else []),
    )
    return f"{head}>{''.join(draw(st.lists(inner, max_size=4)))}</{name}{space}>"


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    prolog = draw(
        st.sampled_from(
            [
                "",
                "\ufeff",
                '<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- <a/> -->',
                "\ufeff<?xml version='1.0'?><?pi ?>",
            ]
        )
    )
    return (
        f'{prolog}<r xmlns:p="urn:p">{draw(markup())}{draw(markup())}</'
        f"r>{draw(st.sampled_from(['', chr(10), '<!--z-->']))}"
    ).encode()


def _paths(root: Element) -> list[Path]:
    return [path_of(element) for element in root.iter("*")]


def _at(root: Element, path: Path) -> Element:
    for step in path:
        root = list(root.iterchildren("*"))[step]
    return root


def _infoset(root: Element) -> bytes:
    return etree.tostring(root.getroottree(), method="c14n", with_comments=True)


@given(documents(), st.data())
def test_result_is_the_old_infoset_plus_the_fragments(octets: bytes, data: st.DataObject) -> None:
    root = parse(octets).root
    chosen = data.draw(st.lists(st.sampled_from(_paths(root)), unique=True, min_size=1, max_size=4))
    fragments = {path: f'<new n="{number}">Đ</new>'.encode() for number, path in enumerate(chosen)}
    result = insert_all(octets, fragments)
    for path, fragment in fragments.items():
        _at(root, path).append(etree.fromstring(fragment))
    assert _infoset(parse(result).root) == _infoset(root)


@given(documents(), st.data())
def test_octets_before_and_after_are_untouched(octets: bytes, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(_paths(parse(octets).root)))
    fragment = b"<new/>"
    result = insert(octets, path, fragment=fragment)
    at = result.index(fragment)
    before, after = result[:at], result[at + len(fragment) :]
    if before + after == octets:
        return
    end = after.index(b">") + 1
    assert before.endswith(b">")
    assert after[:2] == b"</"
    assert before[:-1] + b"/>" + after[end:] == octets


def test_empty_element_tag_gets_both_tags() -> None:
    octets = b'<a xmlns="u:u"><GVBM monHoc="mon-15" x="/>" /><GVCN/></a>\n'
    assert (
        insert(octets, (0,), fragment=b"<S/>")
        == b'<a xmlns="u:u"><GVBM monHoc="mon-15" x="/>" ><S/></GVBM><GVCN/></a>\n'
    )
    assert (
        insert(octets, (1,), fragment=b"<S/>")
        == b'<a xmlns="u:u"><GVBM monHoc="mon-15" x="/>" /><GVCN><S/></GVCN></a>\n'
    )
    assert insert(b"<a/>", (), fragment=b"<S/>") == b"<a><S/></a>"
    assert insert(b"<a><b/></a>", (), fragment=b"<S/>") == b"<a><b/><S/></a>"


def test_slice_is_the_element_as_it_stands() -> None:
    octets = "\ufeff<a><!-- <b> --><b x='>'>Đ<c/></b ><d\n/></a>".encode()
    assert slice_of(octets, (0,)) == "<b x='>'>Đ<c/></b >".encode()
    assert slice_of(octets, (0, 0)) == b"<c/>"
    assert slice_of(octets, (1,)) == b"<d\n/>"
    assert slice_of(octets, ()) == octets.removeprefix(b"\xef\xbb\xbf")
    with pytest.raises(CallerError, match=r"XML\.NO_SUCH_PLACE"):
        slice_of(octets, (2,))


@given(documents(), st.data())
def test_slice_has_the_infoset_of_the_element(octets: bytes, data: st.DataObject) -> None:
    root = parse(octets).root
    path = data.draw(st.sampled_from(_paths(root)))
    sliced = etree.fromstring(b"<r xmlns:p='urn:p'>" + slice_of(octets, path) + b"</r>")[0]
    expected = _at(root, path)
    assert etree.QName(sliced).localname == etree.QName(expected).localname
    assert list(sliced.itertext()) == list(expected.itertext())


def test_nothing_to_insert_gives_the_same_octets() -> None:
    assert insert_all(b"<a/>", {}) == b"<a/>"


@pytest.mark.parametrize("path", [(1,), (0, 0), (-1,)])
def test_a_place_that_does_not_exist_is_the_callers_error(path: Path) -> None:
    with pytest.raises(CallerError, match=r"XML\.NO_SUCH_PLACE"):
        insert(b"<a>x<b/><!-- c --></a>", path, fragment=b"<S/>")


def test_only_utf_8() -> None:
    octets = '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")
    parse(octets)
    with pytest.raises(InputError, match=r"XML\.NOT_UTF8"):
        insert(octets, (), fragment=b"<S/>")


def test_malformed_is_refused() -> None:
    with pytest.raises(InputError, match=r"XML\.SYNTAX"):
        insert(b"<a><b></a>", (), fragment=b"<S/>")
    with pytest.raises(InputError, match=r"XML\.DTD"):
        insert(b"<!DOCTYPE a [<!ENTITY x '<b/>'>]><a>&x;</a>", (0,), fragment=b"<S/>")


@given(
    st.sampled_from(["", "\ufeff", '<?xml version="1.0"?>\r\n']),
    st.lists(markup(others=()), max_size=3),
)
def test_places_counted_in_a_tree_are_those_that_the_second_parser_finds(
    prolog: str, inner: list[str]
) -> None:
    """Where a document has only tags, none of them is read a second time."""
    octets = f'{prolog}<r xmlns:p="urn:p">{"".join(inner)}</r>'.encode()
    xml = parse(octets)
    assert xml.has_only_tags
    for element in xml.root.iter("*"):
        path = path_of(element)
        assert grow(xml, {element: b"<new/>"}) == insert_all(octets, {path: b"<new/>"})
        assert cut(xml, element) == slice_of(octets, path)
    every = dict.fromkeys(xml.root.iter("*"), b"<new/>")
    paths = {path_of(element): fragment for element, fragment in every.items()}
    assert grow(xml, every) == insert_all(octets, paths)


@given(documents())
def test_growing_a_document_of_any_markup_is_inserting(octets: bytes) -> None:
    xml = parse(octets)
    for element in xml.root.iter("*"):
        path = path_of(element)
        assert grow(xml, {element: b"<new/>"}) == insert_all(octets, {path: b"<new/>"})
        assert cut(xml, element) == slice_of(octets, path)


@pytest.mark.parametrize("markup_of_others", ["<!--<a/>-->", "<?p <a/>?>", "<![CDATA[<a/>]]>"])
def test_tags_are_not_counted_beside_other_markup(markup_of_others: str) -> None:
    octets = f"<r>{markup_of_others}<b/></r>".encode()
    xml = parse(octets)
    assert not xml.has_only_tags
    assert grow(xml, {xml.root[-1]: b"<new/>"}).endswith(b"<b><new/></b></r>")
