"""References in documents of others: every form of URI and transform against canonical forms
written by hand.
"""

import base64
import contextlib
import hashlib
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hocba_sign.ades.structure import Covers, ExtentKind, Reference
from hocba_sign.errors import Finding, InputError
from hocba_sign.xades.general.references import MAX_REFERENCES, GeneralResolver
from hocba_sign.xades.general.transforms import MAX_TRANSFORMS
from hocba_sign.xades.syntax import names
from hocba_sign.xades.syntax.canonicalization import Method
from hocba_sign.xml.c14n import C14nAlgorithm, canonicalize
from hocba_sign.xml.parse import parse

DS = "http://www.w3.org/2000/09/xmldsig#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
C14N = C14nAlgorithm.INCLUSIVE.value
EXCLUSIVE = C14nAlgorithm.EXCLUSIVE.value
ENVELOPED = f"{DS}enveloped-signature"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"


def transform(algorithm: str, inner: str = "") -> str:
    return f'<Transform Algorithm="{algorithm}">{inner}</Transform>'


def xpath(expression: str) -> str:
    return transform(names.XPATH, f'<XPath xmlns:d="{DS}">{expression}</XPath>')


def filter2(*selections: tuple[str, str]) -> str:
    space = f'xmlns="{names.XPATH_FILTER}" xmlns:d="{DS}"'
    return transform(
        names.XPATH_FILTER,
        "".join(f'<XPath {space} Filter="{kind}">{text}</XPath>' for kind, text in selections),
    )


def reference(uri: str | None, digested: bytes, *transforms: str, kind: str = "") -> str:
    """Write a ds:Reference whose digest is that of `digested`."""
    value = base64.b64encode(hashlib.sha256(digested).digest()).decode()
    where = "" if uri is None else f'URI="{uri}"'
    chain = f"<Transforms>{''.join(transforms)}</Transforms>" if transforms else ""
    return f'<Reference {where} {kind}>{chain}<DigestMethod Algorithm="{SHA256}"/><DigestValue>{value}</DigestValue></Reference>'


def signature(*references: str, objects: str = "") -> str:
    return f'<Signature xmlns="{DS}"><SignedInfo>{"".join(references)}</SignedInfo>{objects}</Signature>'


def read_all(
    document: str, detached: Mapping[str, bytes] | None = None
) -> list[tuple[Reference, tuple[Finding, ...]]]:
    xml = parse(document.encode(), is_of_others=True)
    resolver = GeneralResolver(xml, detached or {})
    holder = (
        xml.root if xml.root.tag == names.SIGNED_INFO else next(xml.root.iter(names.SIGNED_INFO))
    )
    return [resolver.reference(element) for element in holder.iterchildren(names.REFERENCE)]


def read_one(
    document: str, detached: Mapping[str, bytes] | None = None
) -> tuple[Reference, list[str]]:
    ((found, findings),) = read_all(document, detached)
    return found, [finding.cause for finding in findings]


BODY = "<!--0--><?pi x?><r><!--1--><d Id='x' b='2' a='1'>t<!--2--></d><e/>{}</r><!--3-->"
WITHOUT = b'<?pi x?>\n<r><d Id="x" a="1" b="2">t</d><e></e></r>'
WITH = b'<!--0-->\n<?pi x?>\n<r><!--1--><d Id="x" a="1" b="2">t<!--2--></d><e></e></r>\n<!--3-->'
ELEMENT = b'<d Id="x" a="1" b="2">t</d>'
ELEMENT_WITH = b'<d Id="x" a="1" b="2">t<!--2--></d>'
COMMENTS = transform(C14nAlgorithm.INCLUSIVE_WITH_COMMENTS.value)


@pytest.mark.parametrize(
    ("uri", "transforms", "digested"),
    [
        ("", (transform(ENVELOPED),), WITHOUT),
        ("", (transform(ENVELOPED), COMMENTS), WITHOUT),
        ("", (transform(ENVELOPED), transform(EXCLUSIVE)), WITHOUT),
        ("#xpointer(/)", (transform(ENVELOPED),), WITHOUT),
        ("#xpointer(/)", (transform(ENVELOPED), COMMENTS), WITH),
        ("#xpointer(/)", (transform(ENVELOPED), transform(C14nAlgorithm.INCLUSIVE_11_WITH_COMMENTS.value)), WITH),
        ("#x", (), ELEMENT),
        ("#x", (COMMENTS,), ELEMENT),
        ("#x", (transform(ENVELOPED), transform(EXCLUSIVE)), ELEMENT),
        ("#xpointer(id('x'))", (), ELEMENT),
        ("#xpointer(id('x'))", (COMMENTS,), ELEMENT_WITH),
        ("#xpointer(id(&quot;x&quot;))", (transform(C14nAlgorithm.EXCLUSIVE_WITH_COMMENTS.value),), ELEMENT_WITH),
        ("", (xpath("not(ancestor-or-self::d:Signature)"),), WITHOUT),
        ("", (xpath("count(ancestor-or-self::d:Signature | here()/ancestor::d:Signature[1]) &gt; count(ancestor-or-self::d:Signature)"),), WITHOUT),
        ("", (filter2(("subtract", "/descendant::d:Signature")), transform(EXCLUSIVE)), WITHOUT),
        ("", (filter2(("subtract", "here()/ancestor::d:Signature[1]")), transform(C14N)), WITHOUT),
        ("", (filter2(("intersect", "id('x')")), transform(C14N)), ELEMENT),
        ("", (filter2(("intersect", "//d"), ("subtract", "/r/d"), ("union", "/r/e")),), b"<e></e>"),
        ("#xpointer(/)", (transform(ENVELOPED), COMMENTS, filter2(("intersect", "/r/d")), COMMENTS), ELEMENT_WITH),
    ],
)  # fmt: skip
def test_each_form_covers_what_the_standard_says(
    uri: str, transforms: tuple[str, ...], digested: bytes
) -> None:
    document = BODY.format(signature(reference(uri, digested, *transforms)))
    found, causes = read_one(document)
    assert (found.is_intact, causes) == (True, [])
    changed, causes = read_one(document.replace(">t<", ">s<").replace("<e/>", "<e>1</e>"))
    assert (changed.is_intact, causes) == (False, ["SIG.DIGEST"])


def test_the_enveloped_transform_leaves_only_its_own_signature_out() -> None:
    other = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"></Signature>'
    own = reference("", b"", transform(ENVELOPED))
    xml = f"<r>1{signature(own)}2{other}3</r>"
    document = parse(xml.encode(), is_of_others=True)
    element = next(document.root.iter(names.REFERENCE))
    octets = GeneralResolver(document, {}).reference_octets(
        element, default=Method(C14nAlgorithm.INCLUSIVE)
    )
    assert octets == f"<r>12{other}3</r>".encode()


def test_detached_octets_are_found_by_name_only() -> None:
    octets = b"\x00any \xff"
    for uri, name in (
        ("a b.bin", "a b.bin"),
        ("a%20b.bin", "a b.bin"),
        ("up/%C4%90.bin", "Đ.bin"),
        ("http://h/x", "http://h/x"),
    ):
        found, causes = read_one(signature(reference(uri, octets)), {name: octets, "other": b""})
        assert (found.is_intact, causes) == (True, [])
        assert found.extent is not None
        assert (found.extent.kind, found.extent.where, found.extent.is_name_assumed) == (
            ExtentKind.DETACHED,
            name,
            False,
        )
        assert read_one(signature(reference(uri, octets)), {"other": octets, "more": octets})[
            1
        ] == ["SIG.DETACHED_MISSING"]
        assert read_one(signature(reference(uri, octets)))[1] == ["SIG.DETACHED_MISSING"]


def test_the_only_detached_octets_are_taken_for_the_only_such_reference() -> None:
    found, causes = read_one(signature(reference("gone.xml", b"1")), {"here.xml": b"1"})
    assert (found.is_intact, causes) == (True, [])
    assert found.extent is not None
    assert found.extent.is_name_assumed
    two = read_all(
        signature(reference("gone.xml", b"1"), reference("too.xml", b"1")), {"here.xml": b"1"}
    )
    assert [one.cause for _, findings in two for one in findings] == ["SIG.DETACHED_MISSING"] * 2
    unnamed, causes = read_one(signature(reference(None, b"1")), {"here.xml": b"1"})
    assert (unnamed.is_intact, causes) == (True, [])


def test_transforms_of_detached_octets() -> None:
    document = b"<!--c--><a><b/></a>"
    uri = "a.xml"
    for transforms, digested in (
        ((), document),
        ((transform(C14N),), b"<a><b></b></a>"),
        ((COMMENTS,), b"<!--c-->\n<a><b></b></a>"),
        ((xpath("not(ancestor-or-self::b)"),), b"<a></a>"),
    ):
        assert read_one(signature(reference(uri, digested, *transforms)), {uri: document})[
            0
        ].is_intact
    packed = base64.encodebytes(document)
    assert read_one(signature(reference(uri, document, transform(names.BASE64))), {uri: packed})[
        0
    ].is_intact
    assert read_one(signature(reference(uri, b"", transform(names.BASE64))), {uri: b"*"})[1] == [
        "SIG.TRANSFORM"
    ]
    assert read_one(signature(reference(uri, b"", transform(ENVELOPED))), {uri: document})[1] == [
        "SIG.TRANSFORM"
    ]
    assert read_one(signature(reference(uri, b"", transform(C14N))), {uri: b"<a>"})[1] == [
        "XML.SYNTAX"
    ]
    assert read_one(signature(reference(uri, b"", transform(C14N))), {uri: b"<!DOCTYPE a><a/>"})[
        1
    ] == ["XML.DTD"]


def test_base64_of_a_node_set_is_of_its_text() -> None:
    text = base64.b64encode(b"inner").decode()
    document = f"<r><d Id='x'>{text[:3]}<!--c--><i>{text[3:]}</i>\n</d>{signature(reference('#x', b'inner', transform(names.BASE64)))}</r>"
    found, causes = read_one(document)
    assert (found.is_intact, causes) == (True, [])
    assert found.extent is not None
    assert not found.extent.has_markup


@pytest.mark.parametrize(
    ("transforms", "shown"),
    [
        ((transform(XSLT),), XSLT),
        ((transform("urn:x&#x202E;"),), "(not shown)"),
        ((transform("urn:" + "x" * 500),), "urn:" + "x" * 76),
        ((xpath("//d"),), names.XPATH),
        ((filter2(("subtract", "count(//d)")),), names.XPATH_FILTER),
        ((filter2(("xor", "//d")),), names.XPATH_FILTER),
        ((filter2(*[("subtract", "//d")] * 20),), names.XPATH_FILTER),
        ((transform(names.XPATH_FILTER),), names.XPATH_FILTER),
        ((transform(C14N),) * (MAX_TRANSFORMS + 1), "/r/Signature"),
    ],
)
def test_what_is_refused_is_named(transforms: tuple[str, ...], shown: str) -> None:
    ((found, (finding,)),) = read_all(BODY.format(signature(reference("", b"", *transforms))))
    assert (found.is_found, found.is_intact, finding.cause) == (
        False,
        False,
        "SIG.TRANSFORM_UNKNOWN",
    )
    assert (finding.where or "").startswith(shown)
    assert len(finding.where or "") < 250


@pytest.mark.parametrize(
    ("uri", "cause"),
    [
        ("#", "SIG.REFERENCE_UNKNOWN"),
        ("#xpointer(//d)", "SIG.REFERENCE_UNKNOWN"),
        ("#xpointer(id('x'))/d", "SIG.REFERENCE_UNKNOWN"),
        ("#xmlns(a=b)xpointer(/)", "SIG.REFERENCE_UNKNOWN"),
        ("#missing", "SIG.TARGET_MISSING"),
        ("#x' or '1'='1", "SIG.TARGET_MISSING"),
        ("file:///etc/passwd", "SIG.DETACHED_MISSING"),
        ("http://127.0.0.1:1/", "SIG.DETACHED_MISSING"),
    ],
)
def test_other_targets_are_named_and_never_fetched(uri: str, cause: str) -> None:
    found, causes = read_one(BODY.format(signature(reference(uri, b""))))
    assert (found.is_found, found.is_intact, causes) == (False, False, [cause])


def test_an_ambiguous_target_is_no_target() -> None:
    for second in ("Id", "ID", "id", "xml:id"):
        own = signature(reference("#x", b'<d Id="x"></d>'))
        document = f"<r><d Id='x'/><w {second}='x'/>{own}</r>"
        found, causes = read_one(document)
        assert (found.is_intact, causes) == (False, ["SIG.TARGET_AMBIGUOUS"])


def test_a_reference_that_covers_nothing_is_named() -> None:
    inside = signature(
        reference("#o", b"", transform(ENVELOPED)), objects='<Object Id="o">kept</Object>'
    )
    found, causes = read_one(f"<r>{inside}</r>")
    assert causes == ["SIG.NOTHING_SIGNED"]
    assert found.extent is not None
    assert not found.extent.is_full


def test_extents_tell_what_is_left_out() -> None:
    def extent(
        *transforms: str, uri: str = "", body: str = BODY
    ) -> tuple[str, tuple[str, ...], tuple[str, ...], bool]:
        found, _ = read_one(body.format(signature(reference(uri, b"", *transforms))))
        assert found.extent is not None
        return found.extent.where, found.extent.omitted, found.extent.kept, found.extent.is_full

    own = "/r/Signature (line 1)"
    assert extent() == ("/", (), (), True)
    assert extent(transform(ENVELOPED)) == ("/", (own,), (), True)
    assert extent(filter2(("subtract", "//d"))) == ("/", ("/r/d (line 1)",), (), False)
    assert extent(filter2(("intersect", "//d"))) == ("/", ("/",), ("/r/d (line 1)",), False)
    assert extent(filter2(("intersect", "/r"), ("subtract", "//d:Signature"))) == (
        "/",
        ("/", own),
        ("/r (line 1)",),
        True,
    )
    assert extent(uri="#x") == ("/r/d (line 1)", (), (), False)
    assert extent(uri="#x", body="<r Id='x'>{}</r>") == ("/r (line 1)", (), (), True)
    assert extent(transform(C14N), xpath("1")) == ("/", (), (), False)
    assert extent(transform(names.BASE64), uri="#z", body="<r Id='z'>{}</r>") == (
        "/r (line 1)",
        (),
        (),
        False,
    )


def test_kinds() -> None:
    objects = '<SignatureValue Id="v"/><Object Id="o"><Manifest Id="m"/></Object>'
    uris = {
        "": Covers.DATA,
        "#x": Covers.DATA,
        "#v": Covers.SIGNATURE_VALUE,
        "#o": Covers.DATA,
        "#m": Covers.OTHER,
        "#z": Covers.OTHER,
    }
    document = BODY.format(signature(*(reference(uri, b"") for uri in uris), objects=objects))
    assert [found.kind for found, _ in read_all(document)] == list(uris.values())


MANIFEST_TYPE = f'Type="{names.TYPE_MANIFEST}"'


def _manifest(*entries: str, place: str = "<Object>{}</Object>") -> str:
    manifest = f'<Manifest xmlns="{DS}" Id="m">{"".join(entries)}</Manifest>'
    octets = canonicalize(parse(manifest.encode()).root, C14nAlgorithm.EXCLUSIVE)
    return signature(
        reference("#m", octets, transform(EXCLUSIVE), kind=MANIFEST_TYPE),
        objects=place.format(manifest),
    )


def test_a_manifest_holds_only_with_all_entries_that_are_at_hand() -> None:
    entries = (reference("#x", ELEMENT), reference("a.bin", b"1"))
    found, causes = read_one(BODY.format(_manifest(*entries)), {"a.bin": b"1"})
    assert (found.holds, causes, [entry.uri for entry in found.entries]) == (
        True,
        [],
        ["#x", "a.bin"],
    )
    changed, causes = read_one(BODY.format(_manifest(*entries)), {"a.bin": b"2"})
    assert (changed.is_intact, changed.holds, causes) == (True, False, ["SIG.DIGEST"])
    missing, causes = read_one(BODY.format(_manifest(*entries)))
    assert (missing.is_intact, missing.holds, causes) == (True, True, [])
    assert [(entry.is_intact, entry.is_absent) for entry in missing.entries] == [
        (True, False),
        (False, True),
    ]
    unknown, causes = read_one(
        BODY.format(_manifest(reference("a.bin", b"1", transform(XSLT)))), {"a.bin": b"1"}
    )
    assert (unknown.holds, causes) == (False, ["SIG.TRANSFORM_UNKNOWN"])


@pytest.mark.parametrize(
    ("place", "is_placed"),
    [
        ("{}", True),
        ("<Object><w>{}</w></Object>", False),
        ("<Object>{}</Object>", False),
        ("<Object/></Signature>{}<Signature>", False),
    ],
)
@pytest.mark.parametrize("name", ["Object", "KeyInfo", "SignatureValue"])
def test_an_object_must_be_one_of_its_signature(name: str, place: str, *, is_placed: bool) -> None:
    target = f'<{name} xmlns="{DS}" Id="o">x</{name}>'
    is_found = is_placed and name != "SignatureValue"
    for kind, expected in ((f'Type="{names.TYPE_OBJECT}"', is_found), ("", True)):
        found, causes = read_one(
            f"<r>{signature(reference('#o', target.encode(), kind=kind), objects=place.format(target))}</r>"
        )
        assert (found.is_intact, found.is_found, causes) == (
            expected,
            expected,
            [] if expected else ["SIG.TARGET_MISPLACED"],
        )


def test_a_malformed_digest_matches_nothing() -> None:
    document = BODY.format(signature(reference("#x", ELEMENT)))
    at = document.index("<DigestValue>") + len("<DigestValue>")
    for change in ("=", "<!--c-->", ""):
        end = at + 44 if not change else at
        found, causes = read_one(document[:at] + change + document[end:])
        assert (found.is_intact, causes) == (False, ["SIG.PART_UNREADABLE", "SIG.DIGEST"])


@pytest.mark.parametrize(
    "document",
    [
        BODY.format(_manifest(reference("#x", ELEMENT), place="")),
        BODY.format(_manifest(reference("#x", ELEMENT), place="{}")),
        BODY.format(_manifest(reference("#x", ELEMENT), place="<Object><w>{}</w></Object>")),
        BODY.format(_manifest()),
        BODY.format(signature(reference("#x", ELEMENT, kind=MANIFEST_TYPE))),
        BODY.format(_manifest(reference("#x", ELEMENT, kind=MANIFEST_TYPE))),
    ],
)
def test_a_manifest_out_of_its_place_is_none(document: str) -> None:
    _, causes = read_one(document)
    assert {"SIG.MANIFEST", "SIG.TARGET_MISSING"} & set(causes)


def test_octets_for_time_stamps_end_by_the_method_of_the_time_stamp() -> None:
    document = parse(
        BODY.format(signature(reference("#xpointer(/)", b"", transform(ENVELOPED)))).encode(),
        is_of_others=True,
    )
    resolver = GeneralResolver(document, {})
    element = next(document.root.iter(names.REFERENCE))
    assert (
        resolver.reference_octets(element, default=Method(C14nAlgorithm.INCLUSIVE_WITH_COMMENTS))
        == WITH
    )
    assert resolver.reference_octets(element, default=Method(C14nAlgorithm.INCLUSIVE)) == WITHOUT


BIG = "<l a='1'><b>x</b></l>" * 40_000
DEEP = "<w>" * 90 + "<s/>" * 20_000 + "</w>" * 90
NESTED = f"{'<w>' * 90}{BIG[:400_000].rpartition('<l')[0]}{'</w>' * 90}"


@pytest.mark.parametrize(
    "document",
    [
        f"<r>{signature(*[reference('', b'', transform(ENVELOPED))] * 20_000)}</r>",
        f"<r>{BIG}{signature(*[reference('', b'', transform(ENVELOPED), transform(C14N))] * 2_000)}</r>",
        f"<r>{BIG}{signature(*[reference('', b'', filter2(('subtract', '//b')))] * 200)}</r>",
        f"<r>{signature(reference('', b'', *[transform(C14N)] * 5_000))}</r>",
        f"<r>{DEEP}{signature(*[reference('', b'', filter2(('intersect', '//s'), ('subtract', '//w'), ('union', '//s')))] * 50)}</r>",
        f"<r>{signature(*[reference('', b'', xpath('not(' * 1_000 + '1' + ')' * 1_000))] * 1_000)}</r>",
        f"<r>{NESTED}{signature(*[reference('', b'', filter2(('intersect', '//w')), transform(C14N))] * 100)}</r>",
    ],
)
def test_work_without_bound_is_refused(document: str) -> None:
    before = time.process_time()
    with contextlib.suppress(InputError):
        assert not any(one.is_intact for one, _ in read_all(document))
    assert time.process_time() - before < 2


def test_references_are_counted_for_the_document() -> None:
    document = f"<r>{signature(*[reference('', b'')] * (MAX_REFERENCES + 1))}</r>"
    with pytest.raises(InputError, match=r"SIG\.TOO_MANY_REFERENCES"):
        read_all(document)


PIECES = [
    "#x",
    "",
    "#",
    "Id='x'",
    "<d/>",
    "</d>",
    ENVELOPED,
    names.BASE64,
    names.XPATH,
    names.XPATH_FILTER,
    "<Transform/>",
    "&lt;",
    "\x00",
    "=",
    "AAAA",
]
RICH = BODY.format(
    signature(
        reference(
            "",
            WITHOUT,
            transform(ENVELOPED),
            filter2(("subtract", "//e"), ("union", "id('x')")),
            transform(EXCLUSIVE),
        ),
        reference("#xpointer(id('x'))", ELEMENT_WITH, COMMENTS, kind=MANIFEST_TYPE),
        reference("#o", b"1", transform(names.BASE64)),
        reference("a.xml", b"1", transform(C14N), xpath("not(ancestor-or-self::d:Signature)")),
        objects=f'<Object Id="o">MQ==<Manifest Id="m">{reference("#x", ELEMENT)}</Manifest></Object>',
    )
)


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.integers(0, len(RICH)), st.integers(0, 40), st.sampled_from(PIECES)),
        min_size=1,
        max_size=4,
    )
)
def test_a_mutated_document_is_read_or_refused(changes: list[tuple[int, int, str]]) -> None:
    document = RICH
    for place, length, piece in changes:
        document = document[:place] + piece + document[place + length :]
    with contextlib.suppress(InputError):
        xml = parse(document.encode(), is_of_others=True)
        resolver = GeneralResolver(xml, {"a.xml": b"<a/>"})
        for element in xml.root.iter(names.REFERENCE):
            with contextlib.suppress(InputError):
                resolver.reference(element)
            with contextlib.suppress(InputError):
                resolver.reference_octets(element, default=Method(C14nAlgorithm.EXCLUSIVE))
