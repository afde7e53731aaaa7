import pytest

from hocba_sign.xml.uri import join_base, unescaped


@pytest.mark.parametrize(
    ("base", "reference", "joined"),
    [
        ("http://h/a/b", "c", "http://h/a/c"),
        ("http://h/a/b", "/c", "http://h/c"),
        ("http://h", "c", "http://h/c"),
        ("http://h/a/b", "//other/c", "http://other/c"),
        ("http://h/a/b", "urn:x", "urn:x"),
        ("http://h/a/b?q", "", "http://h/a/b?q"),
        ("http://h/a/b?q", "?r#f", "http://h/a/b?r#f"),
        ("http://h/a/b#f", "#g", "http://h/a/b#g"),
        ("http://h/a/", "../../../c", "http://h/c"),
        ("..", "x", "../x"),
        ("..", "../x", "../../x"),
        ("..", "..", "../../"),
        ("a/b/", "..", "a/"),
        ("a/", "..", ""),
        ("a/b", "./c//d/.", "a/c/d/"),
        (".", "x", "x"),
        ("/a/b", "../../..", "/"),
        ("something/else", "bar/", "something/bar/"),
    ],
)
def test_join(base: str, reference: str, joined: str) -> None:
    assert join_base(base, reference) == joined


def test_percent_escapes_are_resolved_as_utf_8_or_left() -> None:
    assert unescaped("a%20b/%C4%90.xml") == "a b/Đ.xml"
    assert unescaped("%C4.xml") == "%C4.xml"
    assert unescaped("100%") == "100%"
