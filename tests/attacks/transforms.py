"""Transforms that drop content, run programs, cost time, or mean one thing here and another
there.
"""

from collections.abc import Iterator
from typing import Final

from tests.attacks.case import (
    DOCUMENT,
    ENVELOPED_EXC,
    INDETERMINATE,
    NS,
    PART,
    RECORD,
    TRANSCRIPT,
    WHOLE,
    Attack,
    attack,
    on_transcript,
    replaced,
)
from tests.attacks.writer import (
    BASE64,
    DS,
    ENVELOPED,
    EXC,
    INC,
    MARK,
    Element,
    Ref,
    Sig,
    c14n,
    cut,
    sign,
    transform,
)

XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER2: Final = "http://www.w3.org/2002/06/xmldsig-filter2"
XSLT: Final = "http://www.w3.org/TR/1999/REC-xslt-19991116"
CAUSES: Final = (
    "SIG.TRANSFORM",
    "SIG.STRUCTURE",
    "SIG.DIGEST",
    "SIG.NOTHING_SIGNED",
    "SIG.TOO_MANY_TRANSFORMS",
    "COVER.PARTIAL",
)

EXPRESSIONS: Final = (
    "1",
    "0",
    "true()",
    "false()",
    "not(true())",
    "''",
    "//*",
    "//*[count(//*[count(//*[count(//*)>0])>0])>0]",
    "not(ancestor-or-self::v:ketqua)",
    "not(self::v:ketqua)",
    "ancestor-or-self::v:ten",
    "document('file:///etc/passwd')",
    "document('http://127.0.0.1:9/')",
    "unparsed-text('/etc/passwd')",
    "not(ancestor-or-self::ds:Signature) and not(ancestor-or-self::v:ketqua)",
    "not(ancestor-or-self::ds:Signature) or true()",
    "not(ancestor-or-self::ds:Signature|ancestor-or-self::v:ketqua)",
    "not(ancestor-or-self::ds:Signature[true()])",
    "not(ancestor-or-self::*)",
    "not(ancestor-or-self::ds:*)",
    "not(ancestor-or-self::v:*)",
    "not(ancestor::ds:Signature)",
    "not(ancestor-or-self::ds:Signature)]|//*[true()",
    "not(ancestor-or-self::ds:Signature) <!-- -->",
    "not(not(ancestor-or-self::ds:Signature))",
    "NOT(ancestor-or-self::ds:Signature)",
    "not(ancestor-or-self :: dsig:Signature)",
    "count(ancestor-or-self::ds:Signature|here()/ancestor::ds:Signature[1])>0",
    "count(ancestor-or-self::ds:Signature)=0",
    "here()",
    "id('phieu')",
    "string-length(string(//*))>0",
    "$x",
    "current()",
    "((((((((((1))))))))))",
    "",
    "x" * 100_000,
    "(" * 50_000,
    "//*" * 20_000,
)


def _xpath(expression: str, declarations: str = "") -> str:
    escaped = expression.replace("&", "&amp;").replace("<", "&lt;")
    return transform(XPATH, f'<ds:XPath xmlns:v="{NS}"{declarations}>{escaped}</ds:XPath>')


def _without_result(root: Element, signature: Element) -> bytes:
    """Digest what the attacker wants to be signed: everything but the result."""
    cut(signature)
    for result in list(root.iter(f"{{{NS}}}ketqua")):
        cut(result)
    return c14n(root.getroottree(), EXC)


def _xpaths() -> Iterator[Attack]:
    for number, expression in enumerate(EXPRESSIONS):
        for label, octets in (("dropping", _without_result), ("empty", b"")):
            ref = Ref(uri="", transforms=_xpath(expression) + transform(EXC), octets=octets)
            yield attack(
                f"xpath-{number}-{label}",
                sign(DOCUMENT, Sig(refs=(ref,))),
                *CAUSES,
                verdict="either",
            )
    good = "not(ancestor-or-self::ds:Signature)"
    for name, markup in (
        ("other-namespace", f'<ds:XPath xmlns:k="{NS}">not(ancestor-or-self::k:ketqua)</ds:XPath>'),
        (
            "prefix-of-data",
            f'<d:XPath xmlns:d="{DS}" xmlns:ds="{NS}">not(ancestor-or-self::ds:ketqua)</d:XPath>',
        ),
        ("prefix-rebound", f'<d:XPath xmlns:d="{DS}" xmlns:ds="urn:x">{good}</d:XPath>'),
        ("unbound", "<ds:XPath>not(ancestor-or-self::zz:Signature)</ds:XPath>"),
        ("no-prefix", "<ds:XPath>not(ancestor-or-self::Signature)</ds:XPath>"),
        (
            "two",
            f"<ds:XPath>{good}</ds:XPath><ds:XPath>not(ancestor-or-self::ds:Object)</ds:XPath>",
        ),
        ("comment", f"<ds:XPath>{good[:10]}<!--x-->{good[10:]}</ds:XPath>"),
        ("child", f"<ds:XPath>{good}<x/></ds:XPath>"),
        ("none", ""),
        ("wrong-element", f"<ds:XSLT>{good}</ds:XSLT>"),
    ):
        ref = Ref(
            uri="", transforms=transform(XPATH, markup) + transform(EXC), octets=_without_result
        )
        yield attack(f"xpath-{name}", sign(DOCUMENT, Sig(refs=(ref,))), *CAUSES, verdict="either")


FILTERS: Final = (
    ("intersect-nothing", '<f:XPath Filter="intersect">//khong</f:XPath>'),
    ("intersect-false", '<f:XPath Filter="intersect">/..</f:XPath>'),
    ("subtract-all", '<f:XPath Filter="subtract">/</f:XPath>'),
    ("subtract-every", '<f:XPath Filter="subtract">//*</f:XPath>'),
    ("subtract-result", '<f:XPath Filter="subtract">//v:ketqua</f:XPath>'),
    (
        "subtract-result-and-signature",
        '<f:XPath Filter="subtract">/descendant::ds:Signature | //v:ketqua</f:XPath>',
    ),
    ("subtract-id", "<f:XPath Filter=\"subtract\">id('phieu')</f:XPath>"),
    ("union", '<f:XPath Filter="union">/</f:XPath>'),
    ("unknown-filter", '<f:XPath Filter="drop">//v:ketqua</f:XPath>'),
    ("no-filter", "<f:XPath>//v:ketqua</f:XPath>"),
    ("upper-case", '<f:XPath Filter="SUBTRACT">/descendant::ds:Signature</f:XPath>'),
    ("none", ""),
    ("many", '<f:XPath Filter="subtract">/descendant::ds:Signature</f:XPath>' * 5_000),
    (
        "intersect-then-subtract",
        (
            '<f:XPath Filter="intersect">//v:ten</f:XPath><f:XPath '
            'Filter="subtract">/descendant::ds:Signature</f:XPath>'
        ),
    ),
    (
        "subtract-ds-of-data",
        f'<f:XPath xmlns:ds="{NS}" Filter="subtract">/descendant::ds:ketqua</f:XPath>',
    ),
    ("subtract-here-parent", '<f:XPath Filter="subtract">here()/ancestor::v:hoso</f:XPath>'),
    ("document", "<f:XPath Filter=\"intersect\">document('file:///etc/passwd')</f:XPath>"),
)


def _filters() -> Iterator[Attack]:
    for name, markup in FILTERS:
        declared = markup.replace("<f:XPath", f'<f:XPath xmlns:f="{FILTER2}" xmlns:v="{NS}"')
        for label, octets in (("dropping", _without_result), ("empty", b"")):
            ref = Ref(
                uri="", transforms=transform(FILTER2, declared) + transform(EXC), octets=octets
            )
            yield attack(
                f"filter-{name}-{label}",
                sign(DOCUMENT, Sig(refs=(ref,))),
                *CAUSES,
                verdict="either",
            )


STYLESHEET: Final = (
    '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
    'version="1.0"><xsl:template match="/">{}</xsl:template></xsl:stylesheet>'
)
OTHERS: Final = (
    ("xslt-constant", transform(XSLT, STYLESHEET.format("dat"))),
    (
        "xslt-document",
        transform(
            XSLT, STYLESHEET.format("<xsl:copy-of select=\"document('file:///etc/passwd')\"/>")
        ),
    ),
    (
        "xslt-loop",
        transform(
            XSLT,
            STYLESHEET.format(
                '<xsl:for-each select="//* | //@*"><xsl:value-of '
                'select="count(//*)"/></xsl:for-each>'
            ),
        ),
    ),
    (
        "xslt-write",
        transform(
            XSLT,
            STYLESHEET.format(
                '<e:document xmlns:e="http://exslt.org/common" href="/tmp/bi-ghi">x</e:document>'
            ),
        ),
    ),
    ("xslt-empty", transform(XSLT)),
    ("xslt-after-enveloped", ENVELOPED_EXC + transform(XSLT, STYLESHEET.format("dat"))),
    ("unknown", transform("urn:vidu:bien-doi")),
    ("unknown-after-known", ENVELOPED_EXC + transform("urn:vidu:bien-doi")),
    ("unknown-before-known", transform("urn:vidu:bien-doi") + ENVELOPED_EXC),
    ("empty-name", transform("")),
    ("no-name", "<ds:Transform></ds:Transform>"),
    ("decrypt", transform("http://www.w3.org/2002/07/decrypt#XML")),
    (
        "str-transform",
        transform(
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform"
        ),
    ),
    ("c14n2", transform("http://www.w3.org/2010/xml-c14n2")),
    (
        "relationship",
        transform("http://schemas.openxmlformats.org/package/2006/RelationshipTransform"),
    ),
    ("xpointer", transform("http://www.w3.org/2001/04/xmldsig-more#xptr")),
    ("near-enveloped", transform(f"{DS}enveloped-signature ") + transform(EXC)),
    ("near-c14n", transform(ENVELOPED) + transform("http://www.w3.org/2001/10/xml-exc-c14n")),
    ("c14n-with-child", transform(ENVELOPED) + transform(EXC, "<x/>")),
    ("c14n-with-text", transform(ENVELOPED) + transform(EXC, "x")),
    (
        "c14n-two-parameters",
        transform(ENVELOPED)
        + transform(
            EXC,
            f'<e:InclusiveNamespaces xmlns:e="{EXC}" PrefixList="ds"></e:InclusiveNamespaces>' * 2,
        ),
    ),
    ("enveloped-with-child", transform(ENVELOPED, "<x/>") + transform(EXC)),
    ("enveloped-after-c14n", transform(EXC) + transform(ENVELOPED)),
    ("c14n-after-base64", transform(BASE64) + transform(EXC)),
    ("enveloped-after-base64", transform(BASE64) + transform(ENVELOPED)),
    ("many", transform(EXC) * 5_000),
    ("many-enveloped", transform(ENVELOPED) * 5_000),
    ("many-mixed", (transform(ENVELOPED) + transform(EXC)) * 2_500),
    ("many-base64", transform(BASE64) * 5_000),
    ("many-inclusive", transform(INC) * 5_000),
)


def _others() -> Iterator[Attack]:
    for name, markup in OTHERS:
        for label, octets in (("dropping", _without_result), ("empty", b"")):
            ref = Ref(uri="", transforms=markup, octets=octets)
            yield attack(
                f"transform-{name}-{label}",
                sign(DOCUMENT, Sig(refs=(ref,))),
                *CAUSES,
                verdict="either",
            )
        whole = '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>'
        at = TRANSCRIPT.index(b'Id="ck-GVCN"')
        octets = TRANSCRIPT[:at] + replaced(TRANSCRIPT[at:], whole, markup)
        yield on_transcript(f"transform-{name}", octets, *CAUSES, "SIG.VALUE")


def _base64() -> Iterator[Attack]:
    """Base64 takes the text of an element: what its children and comments hold is joined or
    lost.
    """
    content = '<tep Id="tep">ZGF0<!--x--></tep>'
    document = f'<hoso xmlns="{NS}">{content}{MARK}</hoso>'
    honest = sign(
        document.replace("<!--x-->", ""),
        Sig(
            refs=(
                Ref(
                    uri="#tep", transforms=transform(BASE64), octets=b"dat", attributes=' Id="r-1"'
                ),
            )
        ),
    )
    for name, text in (
        ("child", "ZG<b>F0</b>"),
        ("junk", "Z$G-F0"),
        ("no-padding", "ZGF0ZA"),
        ("bits-behind", "ZGF0ZB=="),
        ("url-alphabet", "ZGF0_-"),
        ("twice", "ZGF0=ZGF0"),
    ):
        octets = replaced(honest, "ZGF0</tep>", f"{text}</tep>")
        yield attack(
            f"base64-{name}",
            octets,
            "SIG.DIGEST",
            "SIG.TRANSFORM",
            "SIG.STRUCTURE",
            "COVER.PARTIAL",
            honest=honest,
            verdict="either",
        )
    changed = replaced(honest, "ZGF0</tep>", "ZGF1</tep>")
    yield attack("base64-changed", changed, "SIG.DIGEST", honest=honest)


OTHER_RECORD: Final = RECORD.replace('Id="phieu"', 'Id="phieu2"').replace("dat", "xuatsac")


def _enveloped() -> Iterator[Attack]:
    """What the enveloped transform leaves out is one signature, its own."""
    second = Sig(
        refs=(Ref(uri="", transforms=ENVELOPED_EXC, attributes=' Id="r-2"'),), identifier="ck2"
    )
    hidden = (
        f'<ds:Signature xmlns:ds="{DS}" Id="gia"><ds:Object>{OTHER_RECORD}</ds:Object>'
        f"</ds:Signature>"
    )
    causes = ("SIG.DIGEST", "SIG.STRUCTURE", "COVER.PARTIAL")
    yield attack(
        "hidden-in-a-second-signature", replaced(WHOLE, "</hoso>", hidden + "</hoso>"), *causes
    )
    yield attack(
        "hidden-in-own-object",
        replaced(WHOLE, "</ds:Signature>", f"<ds:Object>{OTHER_RECORD}</ds:Object></ds:Signature>"),
        "COVER.PARTIAL",
        verdict=INDETERMINATE,
    )
    silent = "<ds:Object><xuatsac></xuatsac></ds:Object></ds:Signature>"
    yield attack(
        "hidden-as-a-name-in-own-object",
        replaced(WHOLE, "</ds:Signature>", silent),
        "COVER.PARTIAL",
        verdict=INDETERMINATE,
    )
    yield attack(
        "second-signature-inside-own",
        replaced(WHOLE, "</ds:Signature>", f"<ds:Object>{hidden}</ds:Object></ds:Signature>"),
        *causes,
        verdict="either",
    )
    both = sign(WHOLE.decode().replace("</hoso>", f"{MARK}</hoso>"), second)
    yield attack("second-breaks-first", both, "SIG.DIGEST")
    outside = sign(
        f'<hoso xmlns="{NS}">{RECORD}{MARK}</hoso>',
        Sig(
            refs=(Ref(uri="", transforms=ENVELOPED_EXC, octets=_all_signatures_out),),
            identifier="ck",
        ),
    )
    yield attack(
        "all-signatures-left-out", replaced(outside, "</hoso>", hidden + "</hoso>"), *causes
    )
    nested = sign(
        WHOLE.decode().replace("</ds:Signature>", f"<ds:Object>{MARK}</ds:Object></ds:Signature>"),
        second,
    )
    yield attack(
        "signature-in-signature", replaced(nested, "<ketqua>dat", "<ketqua>xuatsac"), "SIG.DIGEST"
    )
    after = replaced(PART, "<ketqua>dat", "<ketqua>xuatsac")
    yield attack("content-changed", after, "SIG.DIGEST", honest=PART)
    yield attack("attribute-added", replaced(WHOLE, "<ketqua>", '<ketqua loai="x">'), "SIG.DIGEST")
    yield attack(
        "namespace-added-and-used",
        replaced(WHOLE, "<ketqua>dat", '<ketqua xmlns:x="urn:x" x:y="z">dat'),
        "SIG.DIGEST",
    )
    yield attack("text-after-signature", replaced(WHOLE, "</hoso>", "xuatsac</hoso>"), "SIG.DIGEST")
    yield attack(
        "element-after-signature",
        replaced(WHOLE, "</hoso>", "<ketqua>xuatsac</ketqua></hoso>"),
        "SIG.DIGEST",
    )
    yield attack("instruction-before-root", b"<?xuatsac x?>" + WHOLE, "SIG.DIGEST")
    yield attack("instruction-after-root", WHOLE + b"<?xuatsac x?>", "SIG.DIGEST")


def _all_signatures_out(root: Element, signature: Element) -> bytes:
    cut(signature)
    return c14n(root.getroottree(), EXC)


def attacks() -> Iterator[Attack]:
    yield from _xpaths()
    yield from _filters()
    yield from _others()
    yield from _base64()
    yield from _enveloped()
