"""Little input that wants much time or memory."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.attacks.case import (
    DOCUMENT,
    NS,
    RECORD,
    TRANSCRIPT,
    WHOLE,
    WHOLE_REF,
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
    XADES,
    Ref,
    Sig,
    b64,
    sign,
    transform,
)

CAUSES: Final = (
    *(
        "XML.TOO_DEEP",
        "XML.TOO_MANY_NODES",
        "XML.TOO_MANY_ATTRIBUTES",
        "XML.TOO_MANY_NAMESPACES",
        "XML.TEXT_TOO_LONG",
        "XML.TOO_LARGE",
        "XML.SYNTAX",
        "FILE.TOO_LARGE",
    ),
    *(
        "SIG.TOO_MUCH_DIGESTED",
        "SIG.TOO_MANY",
        "SIG.TOO_MANY_REFERENCES",
        "SIG.TOO_MANY_TRANSFORMS",
        "SIG.STRUCTURE",
        "SIG.TARGET_MISSING",
        "SIG.DIGEST",
    ),
)
ZERO: Final = b64(bytes(32))


def _refs(count: int, uri: str, markup: str = transform(EXC)) -> str:
    ref = Ref(uri=uri, transforms=markup, value=ZERO)
    usual = Sig(
        refs=(replace(WHOLE_REF, value=ZERO),),
        is_xades=False,
        value=lambda _octets, _identity: bytes(64),
    )
    text = sign(DOCUMENT, usual).decode()
    return text.replace(
        "</ds:SignedInfo>",
        "".join(ref.markup(number) for number in range(count)) + "</ds:SignedInfo>",
    )


def _shapes() -> Iterator[tuple[str, str]]:
    """Yield markup to stand in the signed part."""
    for depth in (150, 300, 10_000, 1_000_000):
        yield f"deep-{depth}", "<a>" * depth + "</a>" * depth
    yield "deep-open", "<a>" * 100_000
    yield (
        "deep-namespaced",
        "".join(f'<n{level}:a xmlns:n{level}="urn:{level}">' for level in range(300))
        + "".join(f"</n{level}:a>" for level in reversed(range(300))),
    )
    for count in (300, 20_000, 100_001):
        yield (
            f"attributes-{count}",
            "<a " + " ".join(f'b{number}="c"' for number in range(count)) + "/>",
        )
    yield "attributes-in-all", '<a b="c"/>' * 100_001
    for count in (300, 20_000):
        yield (
            f"namespaces-{count}",
            "<a " + " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(count)) + "/>",
        )
    yield "attribute-10-mb", f'<a b="{"c" * 10_000_001}"/>'
    yield "text-10-mb", "c" * 10_000_001
    yield "name-1-mb", f"<{'a' * 1_000_000}/>"
    yield "attribute-name-1-mb", f'<a {"b" * 1_000_000}="c"/>'
    yield "prefix-1-mb", f'<{"p" * 1_000_000}:a xmlns:{"p" * 1_000_000}="urn:p"/>'
    yield "elements-250001", "<a/>" * 250_001
    yield "comments-250001", "<!---->" * 250_001
    yield "instructions-250001", "<?a?>" * 250_001
    yield "size", " " * 20_000_001
    yield "cdata", "<![CDATA[" + "]]" * 1_000_000 + ">" * 10 + "]]>"
    yield "references", "&#x10FFFF;" * 100_000


NAMESPACE_BOMB: Final = f'<r xmlns:p="urn:{"x" * 1_000_000}" Id="r">{"<p:a/>" * 100_000}</r>'
"""100,000 siblings, each of which exclusive canonicalization gives the declaration of 1 MB: 100 GB.
"""
LANGUAGE_BOMB: Final = (
    f'<r xml:lang="{"x" * 1_000_000}" '
    f"{' '.join(f'xmlns:n{n}=' + chr(34) + f'urn:{chr(120) * 10_000}{n}' + chr(34) for n in range(200))}>{''.join(f'<a Id={chr(34)}a{n}{chr(34)}/>' for n in range(190))}</r>"
)
"""190 targets, each of which inclusive canonicalization gives 200 declarations of 10 kB: 380 MB."""
NESTED_BOMB: Final = (
    "".join(f'<a Id="n{level}">' for level in range(90)) + "x" * 5_000_000 + "</a>" * 90
)
QUOTE_BOMB: Final = '<r Id="r" b=\'' + '"' * 9_000_000 + "'/>"


def _bombs() -> Iterator[tuple[str, str, str]]:
    """Yield a document's content and what refers to it."""
    both = {"exclusive": transform(EXC), "inclusive": transform(INC), "none": ""}
    for name, markup in both.items():
        yield (
            f"namespace-bomb-{name}",
            NAMESPACE_BOMB,
            Ref(uri="#r", transforms=markup, value=ZERO).markup(0),
        )
        yield (
            f"namespace-bomb-whole-{name}",
            NAMESPACE_BOMB,
            Ref(uri="", transforms=transform(ENVELOPED) + markup, value=ZERO).markup(0),
        )
        yield (
            f"language-bomb-{name}",
            LANGUAGE_BOMB,
            "".join(Ref(uri=f"#a{n}", transforms=markup, value=ZERO).markup(0) for n in range(190)),
        )
        yield (
            f"nested-bomb-{name}",
            NESTED_BOMB,
            "".join(Ref(uri=f"#n{n}", transforms=markup, value=ZERO).markup(0) for n in range(90)),
        )
        yield (
            f"quote-bomb-{name}",
            QUOTE_BOMB,
            Ref(uri="#r", transforms=markup, value=ZERO).markup(0) * 100,
        )
    prefixes = " ".join(f"n{n}" for n in range(20_000))
    listed = transform(
        EXC,
        f'<e:InclusiveNamespaces xmlns:e="{EXC}" PrefixList="{prefixes}"></e:InclusiveNamespaces>',
    )
    yield "prefix-list", RECORD, Ref(uri="#phieu", transforms=listed, value=ZERO).markup(0) * 50
    every = " ".join(f"n{n}" for n in range(200))
    listed = transform(
        EXC, f'<e:InclusiveNamespaces xmlns:e="{EXC}" PrefixList="{every}"></e:InclusiveNamespaces>'
    )
    yield (
        "language-bomb-prefix-list",
        LANGUAGE_BOMB,
        "".join(Ref(uri=f"#a{n}", transforms=listed, value=ZERO).markup(0) for n in range(190)),
    )
    text = f'<tep Id="tep">{"QUJD" * 2_000_000}</tep>'
    yield (
        "base64-bomb",
        text,
        Ref(uri="#tep", transforms=transform(BASE64), value=ZERO).markup(0) * 190,
    )
    filters = transform(
        "http://www.w3.org/2002/06/xmldsig-filter2",
        (
            '<f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" '
            'Filter="subtract">/descendant::ds:Signature</f:XPath>'
        ),
    )
    wide = f"<r>{'<a/>' * 80_000}</r>"
    yield (
        "filter-of-wide",
        wide,
        Ref(uri="", transforms=filters + transform(EXC), value=ZERO).markup(0) * 150,
    )
    yield (
        "filter-of-wide-inclusive",
        wide,
        Ref(uri="", transforms=filters + transform(INC), value=ZERO).markup(0) * 150,
    )
    xpath = transform(
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "<ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath>",
    )
    yield (
        "xpath-of-wide",
        wide,
        Ref(uri="", transforms=xpath + transform(INC), value=ZERO).markup(0) * 150,
    )
    yield (
        "enveloped-of-wide",
        wide,
        Ref(uri="", transforms=transform(ENVELOPED) + transform(INC), value=ZERO).markup(0) * 150,
    )
    yield (
        "xpointer-of-wide",
        wide,
        Ref(
            uri="#xpointer(/)", transforms=transform(ENVELOPED) + transform(INC), value=ZERO
        ).markup(0)
        * 150,
    )
    alternating = "".join((transform(EXC), transform(INC))[n % 2] for n in range(40))
    yield (
        "parse-again-and-again",
        wide,
        Ref(uri="", transforms=alternating, value=ZERO).markup(0) * 50,
    )


def _many() -> Iterator[Attack]:
    yield attack("references-20000", _refs(20_000, "#phieu"), *CAUSES, verdict="either")
    yield attack("references-20000-whole", _refs(20_000, ""), *CAUSES, verdict="either")
    yield attack("references-201", _refs(201, "#phieu"), *CAUSES, verdict="either")
    yield attack(
        "transforms-5000",
        _refs(1, "#phieu", transform(EXC) * 5_000),
        *CAUSES,
        "SIG.TRANSFORM",
        verdict="either",
    )
    yield attack(
        "transforms-5000-in-200",
        _refs(190, "#phieu", transform(EXC) * 100),
        *CAUSES,
        "SIG.TRANSFORM",
        verdict="either",
    )
    one = WHOLE[WHOLE.index(b"<ds:Signature ") : WHOLE.index(b"</ds:Signature>") + 15]
    for count in (201, 3_000):
        copies = b"".join(
            one.replace(b'"ck', b'"ck%d' % number).replace(b'"#ck', b'"#ck%d' % number)
            for number in range(count)
        )
        yield attack(
            f"signatures-{count}",
            WHOLE.replace(b"</hoso>", copies[:15_000_000] + b"</hoso>"),
            *CAUSES,
            verdict="either",
        )
    bare = f'<ds:Signature xmlns:ds="{DS}"/>'
    yield attack(
        "signatures-bare-20000",
        replaced(WHOLE, "</hoso>", bare * 20_000 + "</hoso>"),
        *CAUSES,
        verdict="either",
    )
    nested = f'<ds:Signature xmlns:ds="{DS}">' * 90 + "</ds:Signature>" * 90
    yield attack(
        "signatures-nested",
        replaced(WHOLE, "</hoso>", nested + "</hoso>"),
        *CAUSES,
        verdict="either",
    )
    at = TRANSCRIPT.index(b'Id="ck-GVCN"')
    for name, count, uri in (
        ("references-20000", 20_000, "#data"),
        ("references-190-same", 190, "#data"),
    ):
        markup = Ref(uri=uri, value=ZERO).markup(0) * count
        yield on_transcript(
            name,
            TRANSCRIPT[:at]
            + replaced(TRANSCRIPT[at:], "</ds:SignedInfo>", markup + "</ds:SignedInfo>"),
            *CAUSES,
            "SIG.REFERENCE_MANY",
        )
    many = replaced(TRANSCRIPT[at:], transform(EXC), transform(EXC) * 5_000)
    yield on_transcript("transforms-5000", TRANSCRIPT[:at] + many, "SIG.TRANSFORM", *CAUSES)


CROWDS: Final = (
    ("retrieval-methods", "</ds:KeyInfo>", '<ds:RetrievalMethod URI="#ck"/>'),
    ("key-names", "</ds:KeyInfo>", "<ds:KeyName>a</ds:KeyName>"),
    ("key-values", "</ds:KeyInfo>", "<ds:KeyValue/>"),
    ("x509-datas", "</ds:KeyInfo>", "<ds:X509Data/>"),
    ("subject-names", "</ds:X509Data>", "<ds:X509SubjectName>a</ds:X509SubjectName>"),
    ("issuer-serials", "</ds:X509Data>", "<ds:X509IssuerSerial/>"),
    ("certificates", "</ds:X509Data>", "<ds:X509Certificate>MAA=</ds:X509Certificate>"),
    ("unknown-key-infos", "</ds:KeyInfo>", "<x/>"),
    ("objects", "</ds:Signature>", "<ds:Object/>"),
    ("manifests", "</ds:Signature>", "<ds:Object><ds:Manifest/></ds:Object>"),
    ("signature-properties", "</ds:Signature>", "<ds:Object><ds:SignatureProperties/></ds:Object>"),
    ("unknown-children", "</ds:Signature>", "<ds:x/>"),
    ("signed-properties", "</xades:QualifyingProperties>", "<xades:SignedProperties/>"),
    ("unsigned-properties", "</xades:QualifyingProperties>", "<xades:UnsignedProperties/>"),
    (
        "qualifying-properties",
        "</xades:QualifyingProperties></ds:Object>",
        f'</xades:QualifyingProperties><q:QualifyingProperties xmlns:q="{XADES}"/></ds:Object>',
    ),
    (
        "stray-signed-properties",
        "</ds:Signature>",
        f'<ds:Object><q:SignedProperties xmlns:q="{XADES}"/></ds:Object>',
    ),
    (
        "signing-times",
        "</xades:SignedSignatureProperties>",
        "<xades:SigningTime>x</xades:SigningTime>",
    ),
    ("signing-certificates", "</xades:SignedSignatureProperties>", "<xades:SigningCertificateV2/>"),
    ("certs", "</xades:SigningCertificateV2>", "<xades:Cert/>"),
    ("roles", "</xades:SignedSignatureProperties>", "<xades:SignerRoleV2/>"),
    (
        "formats",
        "</xades:SignedDataObjectProperties>",
        '<xades:DataObjectFormat ObjectReference="#r-1"/>',
    ),
    ("commitments", "</xades:SignedDataObjectProperties>", "<xades:CommitmentTypeIndication/>"),
    ("content-stamps", "</xades:SignedDataObjectProperties>", "<xades:AllDataObjectsTimeStamp/>"),
    ("references", "</ds:SignedInfo>", "<ds:Reference/>"),
    ("c14n-methods", "</ds:SignedInfo>", "<ds:CanonicalizationMethod/>"),
    ("transforms", "</ds:Transforms>", '<ds:Transform Algorithm="urn:x"/>'),
    ("digest-values", "</ds:Reference>", "<ds:DigestValue/>"),
    ("signature-values", "<ds:KeyInfo>", "<ds:SignatureValue/>"),
    ("same-ids", "</hoso>", '<a Id="x"/>'),
    ("ids-of-target", "</hoso>", '<a Id="ck-tt"/>'),
    ("signatures", "</hoso>", '<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"/>'),
    ("elements", "</hoso>", "<a/>"),
    ("comments", "</hoso>", "<!---->"),
    ("instructions", "</hoso>", "<?a?>"),
)
UNSIGNED: Final = (
    "SignatureTimeStamp",
    "CertificateValues",
    "RevocationValues",
    "CounterSignature",
    "CompleteCertificateRefs",
    "CompleteRevocationRefs",
    "SigAndRefsTimeStamp",
    "ArchiveTimeStamp",
    "AttrAuthoritiesCertValues",
    "x",
)
MANY: Final = 20_000


def _crowds() -> Iterator[Attack]:
    """One kind of element, ever so often: what is told of each must not be counted through all of
    them.
    """
    causes = (
        *CAUSES,
        "SIG.VALUE",
        "SIG.SIGNED_PROPERTIES",
        "SIG.QUALIFYING_PROPERTIES",
        "SIG.TOO_MANY_CERTIFICATES",
        "SIG.TRANSFORM",
        "SIG.TARGET_AMBIGUOUS",
        "SIG.TOO_MANY_TIME_STAMPS",
    )
    broken = replaced(WHOLE, "<ketqua>dat", "<ketqua>xuatsac")
    for name, place, markup in CROWDS:
        yield attack(f"crowd-of-{name}", replaced(broken, place, markup * MANY + place), *causes)
    for name in UNSIGNED:
        content = f"<xades:{name}/>" * MANY
        holder = (
            f"<xades:UnsignedProperties><xades:UnsignedSignatureProperties>{content}</"
            f"xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
        )
        place = "</xades:QualifyingProperties>"
        yield attack(f"crowd-of-{name}", replaced(broken, place, holder + place), *causes)
    values = "".join(
        f"<xades:EncapsulatedX509Certificate>{ZERO}</xades:EncapsulatedX509Certificate>"
        for _ in range(MANY)
    )
    holder = (
        f"<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
        f"<xades:CertificateValues>{values}</xades:CertificateValues></"
        f"xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )
    yield attack(
        "crowd-of-values",
        replaced(broken, "</xades:QualifyingProperties>", f"{holder}</xades:QualifyingProperties>"),
        *causes,
    )
    deep = (
        f'<ds:Signature xmlns:ds="{DS}"><ds:Object>' * 44
        + "<a/>" * (5 * MANY)
        + "</ds:Object></ds:Signature>" * 44
    )
    yield attack(
        "crowd-in-nested-signatures", replaced(broken, "</hoso>", deep + "</hoso>"), *causes
    )
    changed = replaced(TRANSCRIPT, "<DIEM_CA_NAM>8.4", "<DIEM_CA_NAM>9.9")
    at = changed.index(b'Id="ck-GVCN"')
    for name, place, markup in CROWDS:
        if place in changed[at:].decode():
            yield on_transcript(
                f"crowd-of-{name}",
                changed[:at] + replaced(changed[at:], place, markup * MANY + place),
                *causes,
                "DOC.SCHEMA",
                verdict="either",
            )
    for name, place in (
        ("slots", "</DANH_SACH_CHU_KY>"),
        ("subjects", "</DANH_SACH_DIEM_TONG_KET>"),
        ("unknown", "</HOC_BA>"),
    ):
        markup = (
            "<GVBM/>" if name == "slots" else "<DIEM_TONG_KET/>" if name == "subjects" else "<a/>"
        )
        yield on_transcript(
            f"crowd-of-{name}",
            replaced(TRANSCRIPT, place, markup * MANY + place),
            *causes,
            "DOC.SCHEMA",
            "DOC.SLOT_TWICE",
            verdict="either",
        )


def attacks() -> Iterator[Attack]:
    yield from _crowds()
    for name, markup in _shapes():
        yield attack(f"shape-{name}", replaced(WHOLE, "</ketqua>", f"</ketqua>{markup}"), *CAUSES)
        yield on_transcript(
            f"shape-{name}", replaced(TRANSCRIPT, "</HO_VA_TEN>", f"</HO_VA_TEN>{markup}"), *CAUSES
        )
    for name, content, refs in _bombs():
        usual = Sig(
            refs=(Ref(uri="#phieu", value=ZERO),),
            is_xades=False,
            value=lambda _octets, _identity: bytes(64),
        )
        text = sign(f'<hoso xmlns="{NS}">{RECORD}{MARK}</hoso>', usual).decode()
        octets = text.replace("</ds:SignedInfo>", f"{refs}</ds:SignedInfo>").replace(
            RECORD, RECORD + (content if content != RECORD else "")
        )
        yield attack(f"{name}", octets, *CAUSES, "SIG.VALUE", "SIG.TRANSFORM")
    yield from _many()
