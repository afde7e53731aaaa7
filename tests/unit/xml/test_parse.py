"""What is read, what is refused, and what refusing costs."""

import contextlib
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import hocba_sign
from hocba_sign.errors import InputError
from hocba_sign.xml import parse as module
from hocba_sign.xml.ids import id_map
from hocba_sign.xml.limits import MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_NAMESPACES
from hocba_sign.xml.parse import parse
from hocba_sign.xml.tree import locate

LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;">' % (c + 1, c, c, c) for c in range(97, 117))
    + b"]><l>&u;</l>"
)
SECRET = "9.5 điểm bí mật"

REFUSED = {
    "empty": (b"", "XML.EMPTY", "octet 0"),
    "white space": (b" \n\t\r\n", "XML.EMPTY", "octet 0"),
    "pdf": (b"%PDF-1.7\n1 0 obj <</Type/Catalog>>", "XML.NOT_XML", "octet 0"),
    "noise": (bytes(range(255, 0, -1)) * 50, "XML.NOT_XML", "octet 0"),
    "zip": (b"PK\x03\x04" + b"<" * 50, "XML.NOT_XML", "octet 0"),
    "laughs": (LAUGHS, "XML.DTD", "line 1"),
    "doctype after a comment": (
        b"<?xml version='1.0'?>\n<!-- x -->\n <!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "XML.DTD",
        "line 3",
    ),
    "doctype in UTF-16": (
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".encode("utf-16"),
        "XML.DTD",
        None,
    ),
    "broken doctype": (b"<!DOCTYPE a [<!ENTITY <a/>", "XML.DTD", "line 1"),
    "entity": (b"<a>&b;</a>", "XML.SYNTAX", "line 1, column 8"),
    "mismatch": (f"<a>\n<b>{SECRET}</a>".encode(), "XML.SYNTAX", None),
    "cut": (b"<a><b>", "XML.SYNTAX", None),
    "two roots": (b"<a/><b/>", "XML.SYNTAX", None),
    "same attribute twice": (b"<a b='1' b='2'/>", "XML.SYNTAX", None),
    "no character": (b"<a>\x00</a>", "XML.SYNTAX", None),
    "undeclared prefix": (b"<p:a/>", "XML.NAMESPACE", None),
    "namespace that is no URI": (b"<a xmlns='urn:x y'/>", "XML.NAMESPACE", None),
    "latin-1 octets": (b"<a>\xe9</a>", "XML.ENCODING", None),
    "surrogate": (b"<a>\xed\xa0\x80</a>", "XML.ENCODING", None),
    "overlong": (b"<a>\xc0\xbc</a>", "XML.ENCODING", None),
    "latin-1": (b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "XML.ENCODING", "line 1"),
    "utf-7": (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "XML.ENCODING", "line 1"),
    "utf-16 declared": (b"<?xml version='1.0' encoding='UTF-16'?><a/>", "XML.ENCODING", "line 1"),
    "utf-8 declared": (
        "<?xml version='1.0' encoding='UTF-8'?><a/>".encode("utf-16"),
        "XML.ENCODING",
        "line 1",
    ),
    "utf-16 without mark": ("<a/>".encode("utf-16-le"), "XML.ENCODING", "octet 0"),
    "utf-32": ("<a/>".encode("utf-32"), "XML.ENCODING", "octet 0"),
    "1.1": (b"<?xml version='1.1'?><a/>", "XML.VERSION", "line 1"),
    "deep": (b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1), "XML.TOO_DEEP", "line 1"),
    "deeper": (b"<a>" * 5000 + b"</a>" * 5000, "XML.TOO_DEEP", None),
    "attributes": (
        b"<r><a " + b" ".join(b"a%d=''" % n for n in range(MAX_ATTRIBUTES + 1)) + b"/></r>",
        "XML.TOO_MANY_ATTRIBUTES",
        "/r/a (line 1)",
    ),
    "namespaces": (
        b"<a " + b" ".join(b"xmlns:a%d='u:u'" % n for n in range(MAX_NAMESPACES + 1)) + b"/>",
        "XML.TOO_MANY_NAMESPACES",
        "line 1",
    ),
    "namespace names in scope": (
        b"<a " + b" ".join(b"xmlns:a%d='u:%s'" % (n, b"u" * 1_000) for n in range(101)) + b"/>",
        "XML.TOO_MANY_NAMESPACES",
        "line 1",
    ),
    "one namespace name used everywhere": (
        b"<a xmlns:p='u:%s'>" % (b"u" * 10_000) + b"<p:b/>" * 3_000 + b"</a>",
        "XML.TOO_MANY_NAMESPACES",
        "line 1",
    ),
    "the same in UTF-16": (
        ("<a xmlns:p='u:%s'>" % ("u" * 10_000) + "<p:b/>" * 3_000 + "</a>").encode("utf-16"),
        "XML.TOO_MANY_NAMESPACES",
        "line 1",
    ),
    "quotes": (b"<a b='" + b'"' * 4_000_001 + b"'/>", "XML.TEXT_TOO_LONG", "octet 0"),
    "ampersands": (b"<a><![CDATA[" + b"&" * 4_000_001 + b"]]></a>", "XML.TEXT_TOO_LONG", "octet 0"),
    "same id": (
        b"<a>\n<b Id='x'/><b Id='y'/>\n<c Id='x'/></a>",
        "XML.DUPLICATE_ID",
        "/a/b[1] (line 2); /a/c (line 3)",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_cause_and_place(name: str) -> None:
    octets, cause, where = REFUSED[name]
    with pytest.raises(InputError) as caught:
        parse(octets)
    assert caught.value.cause == cause
    assert caught.value.where is not None
    assert where is None or caught.value.where == where
    assert SECRET not in str(caught.value)


def test_every_cause_has_words() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(module.__file__).parent.glob("*.py")
    )
    words = json.loads(
        (Path(hocba_sign.__file__).parent / "catalogue" / "xml.json").read_text(encoding="utf-8")
    )
    for cause in {cause for _, cause, _ in REFUSED.values()}:
        assert cause in words
    for cause, texts in words.items():
        assert f'"{cause}"' in source
        assert set(texts) == {"vi", "en"}


def test_what_is_read() -> None:
    octets = (
        "\ufeff<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<a "
        "Id='x'>Đ<![CDATA[<!DOCTYPE a>]]></a>"
    ).encode()
    parsed = parse(octets)
    assert parsed.octets is octets
    assert parsed.encoding == "utf-8"
    assert parsed.root.text == "Đ<!DOCTYPE a>"
    assert parsed.ids == {"x": parsed.root}
    assert parsed.first_comment is None
    assert parsed.first_instruction is None


def test_utf_16_with_a_byte_order_mark_is_read() -> None:
    parsed = parse("<?xml version='1.0' encoding='UTF-16'?><a>Đ<!--c--></a>".encode("utf-16"))
    assert parsed.encoding == "utf-16"
    assert parsed.root.text == "Đ"
    assert parsed.first_comment is not None
    assert parsed.first_instruction is None


def test_first_comment_and_instruction_are_placed() -> None:
    parsed = parse(b"<?xml version='1.0'?><a><b/>\n<b><!--1--><c/><?p 2?></b><!--3--></a><?q 4?>")
    assert parsed.first_comment == "/a/b[2]/comment() (line 2)"
    assert parsed.first_instruction == "/a/b[2]/processing-instruction() (line 2)"
    assert parse(b"<?xml-p?><a/>").first_instruction == "/processing-instruction() (line 1)"
    assert parse(b"<a>&lt;!-- &lt;?</a>").first_comment is None


@pytest.mark.parametrize(
    "other", ["Id='x'", "ID='x'", "id='x'", "iD='x'", "xml:id='x'", "w:Id='x'", "w:ID='x'"]
)
def test_one_id_in_two_spellings_is_refused(other: str) -> None:
    for first in ("<b Id='x'/>", "<b xml:id='x'/>"):
        with pytest.raises(InputError, match=r"XML\.DUPLICATE_ID"):
            parse(f"<a xmlns:w='urn:w'>{first}<c {other}/></a>".encode())


def test_id_map_holds_every_spelling_and_nothing_else() -> None:
    root = etree.fromstring(
        "<a xmlns:w='urn:w' Id='1'><b w:Id='2'/><c xml:id='n3'/><d idx='4' ref='1' "
        "Ids='5'/><e ID='6 '/></a>"
    )
    assert {value: element.tag for value, element in id_map(root).items()} == {
        "1": "a",
        "2": "b",
        "n3": "c",
        "6 ": "e",
    }


def test_locate_names_positions_only_where_needed() -> None:
    root = etree.fromstring("<a xmlns='u:u'><b/><c/><c><d/></c></a>")
    assert locate(root[1]) == "/a/c[1] (line 1)"
    assert locate(root[2][0]) == "/a/c[2]/d (line 1)"


@given(st.binary(max_size=60))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    for given_octets in (octets, b"<a>" + octets + b"</a>", b"<a " + octets + b"/>"):
        with contextlib.suppress(InputError):
            parse(given_octets)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<&\r"), max_size=40))
def test_text_comes_back(text: str) -> None:
    octets = f"<a>{text}</a>".encode()
    if "]]>" in text or any(
        (sign < " " and sign not in "\t\n") or sign in "\ufffe\uffff" for sign in text
    ):
        with pytest.raises(InputError, match=r"XML\.SYNTAX"):
            parse(octets)
    else:
        assert (parse(octets).root.text or "") == text


def test_threads_do_not_disturb_each_other() -> None:
    found: list[int] = []

    def work(number: int) -> None:
        octets = b"<a>" + b"".join(b"<b Id='i%d-%d'/>" % (number, n) for n in range(50)) + b"</a>"
        found.extend(len(parse(octets).ids) for _ in range(50))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [50] * 200


COSTLY = {
    "100 MB": ("b'<' * 100_000_000", "XML.TOO_LARGE"),
    "laughs": (f"{LAUGHS!r}", "XML.DTD"),
    "quadratic entities": (
        (
            "b'<!DOCTYPE a [<!ENTITY b \"' + b'x' * 9_000_000 + b'\">]><a>' + b'&b;' * "
            "3_000_000 + b'</a>'"
        ),
        "XML.DTD",
    ),
    "deep": ("b'<a>' * 80_000 + b'</a>' * 80_000", "XML.TOO_DEEP"),
    "deeper": ("b'<a>' * 6_000_000", "XML.TOO_MANY_NODES"),
    "many elements": ("b'<a>' + b'<b/>' * 4_900_000 + b'</a>'", "XML.TOO_MANY_NODES"),
    "million attributes": (
        "b'<a ' + b' '.join(b'a%d=\"\"' % n for n in range(1_000_000)) + b'/>'",
        "XML.TOO_MANY_ATTRIBUTES",
    ),
    "many attributes": (
        "b'<a ' + b' '.join(b'a%d=\"\"' % n for n in range(99_000)) + b'/>'",
        "XML.TOO_MANY_ATTRIBUTES",
    ),
    "many namespaces": (
        "b'<a ' + b' '.join(b'xmlns:a%d=\"u:u\"' % n for n in range(99_000)) + b'/>'",
        "XML.TOO_MANY_NAMESPACES",
    ),
    "long attribute": ("b'<a b=\"' + b'x' * 19_000_000 + b'\"/>'", "XML.TEXT_TOO_LONG"),
    "long text": ("b'<a>' + b'x' * 19_000_000 + b'</a>'", "XML.TEXT_TOO_LONG"),
    "long name": ("b'<' + b'x' * 19_000_000 + b'/>'", "XML.TEXT_TOO_LONG"),
    "long comment": ("b'<!--' + b'x' * 19_000_000", "XML.SYNTAX"),
    "long prolog": ("b'<!--x-->' * 2_000_000 + b'<!DOCTYPE a><a/>'", "XML.TOO_MANY_NODES"),
    "long doctype": ("b'<!DOCTYPE a [' + b'<!ENTITY b \"c\">' * 200_000 + b']><a/>'", "XML.DTD"),
    "same ids": ("b'<a>' + b'<b Id=\"x\"/>' * 90_000 + b'</a>'", "XML.DUPLICATE_ID"),
    "noise": ("b'<' + bytes(range(256)) * 70_000", "XML.ENCODING"),
}
OPEN = {
    "long text": ("b'<a>' + b'x' * 19_000_000 + b'</a>'", "read"),
    "long attribute": ("b'<a b=\">' + b'x' * 19_000_000 + b'\"/>'", "XML.TEXT_TOO_LONG"),
    "long attribute beside": (
        "b'<a b=\">' + b'x' * 9_990_000 + b'\">' + b'y' * 9_990_000 + b'</a>'",
        "read",
    ),
    "long name": ("b'<' + b'x' * 19_000_000 + b'/>'", "XML.TEXT_TOO_LONG"),
    "deep and long": ("b'<a>' * 3_000 + b'x' * 15_000_000 + b'</a>' * 3_000", "XML.TOO_DEEP"),
}
MEASURE = """
import re, time
from hocba_sign.errors import InputError
from hocba_sign.xml.parse import parse
octets = {octets}
start = time.process_time()
try:
    parse(octets, is_of_others={is_of_others})
    cause = "read"
except InputError as error:
    cause = error.cause
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(cause, time.process_time() - start, int(peak[1]) / 1024)
"""
"""The peak is read from /proc: `ru_maxrss` of a new process begins with its parent's."""


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux reports it")
@pytest.mark.parametrize("name", COSTLY)
def test_refusing_is_cheap(name: str) -> None:
    octets, cause = COSTLY[name]
    _measure(octets, cause, is_of_others=False)


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux reports it")
@pytest.mark.parametrize("name", OPEN)
def test_a_document_of_others_may_hold_long_text_only(name: str) -> None:
    octets, cause = OPEN[name]
    _measure(octets, cause, is_of_others=True)


def _measure(octets: str, cause: str, *, is_of_others: bool) -> None:
    script = MEASURE.format(octets=octets, is_of_others=is_of_others)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    actual, seconds, megabytes = done.stdout.split()
    print(actual, seconds, megabytes)
    assert actual == cause
    assert float(seconds) < 2
    assert float(megabytes) < 200


def test_the_largest_document_is_read() -> None:
    octets = b"<a>" + (b"<b>" + b"x" * 9_900_000 + b"</b>") * 2
    assert len(parse(octets + b" " * (MAX_BYTES - len(octets) - 4) + b"</a>").root) == 2


def test_in_an_open_document_an_ambiguous_value_names_nothing() -> None:
    parsed = parse(
        b"<a Id='x' ID='x' id='y'><b Id='1'/><b ID='1'/><c id='2'/></a>", is_of_others=True
    )
    assert {value: element.tag for value, element in parsed.ids.items()} == {
        "x": "a",
        "y": "a",
        "2": "c",
    }
    assert parsed.ambiguous == {"1"}


@pytest.mark.parametrize(
    ("name", "codec"),
    [("ISO-8859-1", "latin-1"), ("Windows-1258", "cp1258"), ("us-ascii", "ascii")],
)
def test_an_open_document_may_be_in_an_encoding_of_one_octet(name: str, codec: str) -> None:
    letters = {"latin-1": "é", "cp1258": "ơ", "ascii": "e"}[codec]
    octets = f"<?xml version='1.0' encoding='{name}'?><a>{letters}</a>".encode(codec)
    assert parse(octets, is_of_others=True).root.text == letters
    with pytest.raises(InputError, match=r"XML\.ENCODING"):
        parse(octets)


@pytest.mark.parametrize("name", ["utf-7", "ebcdic-cp-us", "utf-16", "utf_8_sig", "idna", "rot13"])
def test_no_other_encoding_is_read_in_an_open_document(name: str) -> None:
    with pytest.raises(InputError, match=r"XML\.ENCODING"):
        parse(f"<?xml version='1.0' encoding='{name}'?><a/>".encode(), is_of_others=True)


def test_octets_outside_a_declared_encoding_are_refused() -> None:
    with pytest.raises(InputError, match=r"XML\.ENCODING"):
        parse(b"<?xml version='1.0' encoding='windows-1252'?><a>\x81</a>", is_of_others=True)


def test_an_open_document_may_have_no_document_type_either() -> None:
    for declaration in ("", "<?xml version='1.0' encoding='ISO-8859-1'?>"):
        with pytest.raises(InputError, match=r"XML\.DTD"):
            parse(f"{declaration}<!DOCTYPE a><a/>".encode(), is_of_others=True)


@pytest.mark.parametrize("declared", ["utf16", "UTF16", "utf-16le", "UTF-16BE", "utf8", "UTF-8"])
@pytest.mark.parametrize("kind", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("prolog", ["", "<!-- <!DOCTYPE a> -->", "<!-- é --><!DOCTYPE a>"])
def test_every_name_of_an_encoding_is_read_or_refused(
    declared: str, kind: str, prolog: str
) -> None:
    octets = f'<?xml version="1.0" encoding="{declared}"?>{prolog}<a/>'.encode(kind)
    if (kind == "utf-16") != ("16" in declared):
        with pytest.raises(InputError, match=r"XML\.ENCODING"):
            parse(octets)
    elif prolog.endswith("<!DOCTYPE a>"):
        with pytest.raises(InputError, match=r"XML\.DTD"):
            parse(octets)
    else:
        assert parse(octets).root.tag == "a"


@pytest.mark.parametrize(("mark", "kind"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-16"?>'])
def test_utf_16_is_read_in_either_order_of_octets(mark: bytes, kind: str, declaration: str) -> None:
    assert parse(mark + f"{declaration}<a>ư</a>".encode(kind)).root.text == "ư"
    with pytest.raises(InputError, match=r"XML\.DTD"):
        parse(mark + f"{declaration}<!DOCTYPE a><a>ư</a>".encode(kind))
