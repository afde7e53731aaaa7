"""What xmlsec1 is asked to sign: templates of every form of reference, canonicalization, transform,
algorithm and key information.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.interop.dss_files import C14NS
from tests.interop.programs import program, run

DS = "http://www.w3.org/2000/09/xmldsig#"
ENVELOPED = f"{DS}enveloped-signature"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER = "http://www.w3.org/2002/06/xmldsig-filter2"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
EXCLUSIVE = C14NS["exclusive"]
SIGNATURES = {
    "rsa-sha1": f"{DS}rsa-sha1",
    **{f"rsa-sha{bits}": f"{MORE}rsa-sha{bits}" for bits in (224, 256, 384, 512)},
    **{f"ecdsa-sha{bits}": f"{MORE}ecdsa-sha{bits}" for bits in (1, 224, 256, 384, 512)},
}
DIGESTS = {
    "sha1": f"{DS}sha1",
    "sha224": f"{MORE}sha224",
    "sha256": f"{ENC}sha256",
    "sha384": f"{MORE}sha384",
    "sha512": f"{ENC}sha512",
}
XPATHS = {
    "not-inside": "not(ancestor-or-self::dsig:Signature)",
    "here-count": (
        "count(ancestor-or-self::dsig:Signature | "
        "here()/ancestor::dsig:Signature[1]) > count(ancestor-or-self::dsig:Signature)"
    ),
}
FILTERS = {
    "all": (
        '<XPath xmlns="{filter}" xmlns:dsig="{ds}" '
        'Filter="subtract">/descendant::dsig:Signature</XPath>'
    ),
    "own": (
        '<XPath xmlns="{filter}" xmlns:dsig="{ds}" '
        'Filter="subtract">here()/ancestor::dsig:Signature[1]</XPath>'
    ),
    "meet": '<XPath xmlns="{filter}" xmlns:h="urn:test:1" Filter="intersect">//h:HO_TEN</XPath>',
    "part": '<XPath xmlns="{filter}" Filter="intersect">id(\'phan\')</XPath><XPath xmlns="{filter}" xmlns:dsig="{ds}" Filter="subtract">\
/descendant::dsig:Signature</XPath>',
}
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet href="a.xsl"?><!-- trước -->
<h:GIAY xmlns:h="urn:test:1" xmlns:k="urn:khac" xmlns="urn:mac-dinh" xml:lang="vi" xml:space="preserve" Id="giay">
  <h:PHAN Id="phan" k:c="3" b="2"   a='1 &#9; "x"'><!-- ghi chú --><h:HO_TEN Id="ten" xmlns:t="urn:thua">Nguyễn Văn An &amp; &lt;Bình&gt;</h:HO_TEN>
    <DIEM xmlns="" Id="diem" xml:lang="en"><![CDATA[8.5 < 9]]></DIEM><?pi d?></h:PHAN>
{signature}</h:GIAY>
<!-- sau -->
"""


@dataclass(frozen=True, slots=True)
class Template:
    """A document with an empty signature; `key` is a name in the realm."""

    name: str
    xml: str
    key: str = "rsa"


def transform(algorithm: str, inner: str = "") -> str:
    return f'<Transform Algorithm="{algorithm}">{inner}</Transform>'


def reference(
    uri: str | None, *transforms: str, digest: str = "sha256", attributes: str = ""
) -> str:
    chain = f"<Transforms>{''.join(transforms)}</Transforms>" if transforms else ""
    where = "" if uri is None else f' URI="{uri}"'
    return (
        f"<Reference{where}{attributes}>{chain}<DigestMethod "
        f'Algorithm="{DIGESTS[digest]}"/><DigestValue/></Reference>'
    )


X509 = "<X509Data><X509Certificate/></X509Data>"


def signature(
    *references: str,
    c14n: str = EXCLUSIVE,
    method: str = "rsa-sha256",
    key_info: str = X509,
    objects: str = "",
) -> str:
    return (
        f'<Signature xmlns="{DS}" Id="S"><SignedInfo>\n<CanonicalizationMethod '
        f'Algorithm="{c14n}"/><SignatureMethod Algorithm="{SIGNATURES[method]}"/>'
        f"{''.join(references)}</SignedInfo><SignatureValue/><KeyInfo>{key_info}</"
        f"KeyInfo>{objects}</Signature>"
    )


def inside(content: str) -> str:
    return DOCUMENT.format(signature=content)


def around(content: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{content}\n'


def templates() -> tuple[Template, ...]:
    return (*canonicalizations(), *algorithms(), *transforms(), *pointers(), *keys())


def canonicalizations() -> Iterator[Template]:
    obj = (
        '<Object Id="o" xmlns:n="urn:n"><n:A xmlns="" xml:lang="vi"><!-- c --><B '
        'n:x="1"/></n:A></Object>'
    )
    for name, c14n in C14NS.items():
        yield Template(
            f"whole-{name}",
            inside(signature(reference("", transform(ENVELOPED), transform(c14n)), c14n=c14n)),
        )
        parts = (reference(f"#{part}", transform(c14n)) for part in ("phan", "ten", "diem"))
        yield Template(f"parts-{name}", inside(signature(*parts, c14n=c14n)))
        yield Template(
            f"around-{name}",
            around(signature(reference("#o", transform(c14n)), c14n=c14n, objects=obj)),
        )
    prefixes = f'<InclusiveNamespaces xmlns="{EXCLUSIVE}" PrefixList="k #default t"/>'
    for uri, first in (("", (transform(ENVELOPED),)), ("#phan", ())):
        yield Template(
            f"prefixes-{uri or 'whole'}",
            inside(signature(reference(uri, *first, transform(EXCLUSIVE, prefixes)))),
        )
    yield Template("plain-part", inside(signature(reference("#phan"))))
    yield Template("plain-whole", inside(signature(reference("", transform(ENVELOPED)))))


def algorithms() -> Iterator[Template]:
    for method in SIGNATURES:
        made = signature(reference("", transform(ENVELOPED)), method=method)
        yield Template(method, inside(made), key="rsa" if method.startswith("rsa") else "ec")
    yield Template("rsa-1024", inside(signature(reference("", transform(ENVELOPED)))), key="old")
    for digest in DIGESTS:
        yield Template(f"digest-{digest}", inside(signature(reference("#ten", digest=digest))))


def transforms() -> Iterator[Template]:
    for name, expression in XPATHS.items():
        shown = expression.replace(">", "&gt;")
        step = transform(XPATH, f'<XPath xmlns:dsig="{DS}">{shown}</XPath>')
        yield Template(f"xpath-{name}", inside(signature(reference("", step))))
    for name, expression in FILTERS.items():
        step = transform(FILTER, expression.format(filter=FILTER, ds=DS))
        yield Template(
            f"filter-{name}", inside(signature(reference("", step, transform(C14NS["c14n10"]))))
        )
    obj = (
        '<Object Id="o">Vi&#x1EC7;t</Object><Object Id="p" '
        'Encoding="base64">\nVmnhu4d0IE5h\nbQ==\n</Object>'
    )
    yield Template(
        "base64", around(signature(reference("#p", transform(f"{DS}base64")), objects=obj))
    )
    manifest = (
        f'<Object><Manifest Id="m">{reference("#ten")}'
        f"{reference('#diem', transform(EXCLUSIVE))}</Manifest></Object>"
    )
    typed = f' Type="{DS}Manifest"'
    yield Template(
        "manifest", inside(signature(reference("#m", attributes=typed), objects=manifest))
    )


def pointers() -> Iterator[Template]:
    exclusive, comments = transform(EXCLUSIVE), transform(C14NS["exclusive-comments"])
    yield Template(
        "xpointer-root",
        inside(signature(reference("#xpointer(/)", transform(ENVELOPED), comments))),
    )
    yield Template("xpointer-id", inside(signature(reference("#xpointer(id('phan'))", comments))))
    yield Template(
        "several",
        inside(signature(*(reference(f"#{part}", exclusive) for part in ("ten", "diem")))),
    )
    yield Template(
        "own-parts",
        inside(
            signature(reference("#k", exclusive), reference("#ten")).replace(
                "<KeyInfo>", '<KeyInfo Id="k">'
            )
        ),
    )


def keys() -> Iterator[Template]:
    whole = reference("", transform(ENVELOPED), transform(EXCLUSIVE))
    subject = (
        "<X509Data><X509SubjectName/><X509IssuerSerial/><X509SKI/><X509Certificate/></X509Data>"
    )
    yield Template("key-value", inside(signature(whole, key_info="<KeyValue/>")))
    yield Template(
        "key-value-and-x509", inside(signature(whole, key_info=f"<KeyName/><KeyValue/>{subject}"))
    )
    yield Template("several-x509", inside(signature(whole, key_info=f"{X509}{X509}")))


def sign(template: Template, *, key: Path, chain: Path, into: Path) -> None:
    """Let xmlsec1 fill in the template. `key` and `chain` are PEM, `into` the file to write."""
    draft = into.with_suffix(".template")
    draft.write_text(template.xml, encoding="utf-8")
    names = (
        "urn:test:1:GIAY",
        "urn:test:1:PHAN",
        "urn:test:1:HO_TEN",
        "DIEM",
        *(f"{DS}:{name}" for name in ("Object", "Manifest", "KeyInfo")),
    )
    declared = [word for name in names for word in ("--id-attr:Id", name)]
    done = run(
        [
            program("xmlsec1"),
            "--sign",
            "--output",
            into,
            *declared,
            "--privkey-pem",
            f"{key},{chain}",
            draft,
        ]
    )
    if done.status:
        message = f"xmlsec1 does not sign {template.name}: {done.log}"
        raise AssertionError(message)
