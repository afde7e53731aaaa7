"""What points outside the file: nothing is opened, nothing is connected to.

An attacker knows what stands in /etc/hostname or at an address: the digests are right for it where
they can be.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.attacks.case import (
    DOCUMENT,
    NS,
    TRANSCRIPT,
    WHOLE,
    WHOLE_REF,
    Attack,
    attack,
    on_transcript,
    replaced,
)
from tests.attacks.writer import DS, MARK, PERSON, Ref, Sig, sign, x509_data

CAUSES: Final = (
    *(
        "SIG.REFERENCE_URI",
        "SIG.EXTERNAL",
        "SIG.DETACHED",
        "SIG.TARGET_MISSING",
        "SIG.NO_SIGNING_CERTIFICATE",
        "SIG.CERTIFICATE_BINDING",
    ),
    *("SIG.RETRIEVAL", "SIG.STRUCTURE", "SIG.DETACHED_MISSING"),
)
CANARY: Final = "CHIM-HOANG-YEN"
"""Stands for the folder that is watched while the files are judged."""
ADDRESSES: Final = (
    "http://127.0.0.1:9/x.xml",
    "https://127.0.0.1:9/x.xml",
    "HTTP://localhost/x",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/x",
    "ftp://127.0.0.1/x",
    "ldap://127.0.0.1/x",
    "gopher://127.0.0.1/x",
    "//127.0.0.1/x",
    "\\\\127.0.0.1\\share\\x",
    "file:///etc/hostname",
    "file:/etc/hostname",
    "file://localhost/etc/hostname",
    "FILE:///etc/hostname",
    "/etc/hostname",
    "../../../../../../etc/hostname",
    "etc/hostname",
    "./x.xml",
    "x.xml",
    "C:\\Windows\\win.ini",
    "data:text/plain,x",
    "data:;base64,eA==",
    "jar:file:///x.jar!/y",
    "javascript:alert(1)",
    "urn:x:y",
    "cid:x@y",
    "tag:x,2026:y",
    "mailto:x@y",
    "x.xml#phieu",
    "http://127.0.0.1:9/x.xml#phieu",
    "?",
    "?x",
    "&#0;",
    " ",
    "%00",
    f"file://{CANARY}/x.xml",
    f"{CANARY}/x.xml",
)


def _references() -> Iterator[Attack]:
    known = Path("/etc/hostname").read_bytes() if Path("/etc/hostname").exists() else b""
    for number, address in enumerate(ADDRESSES):
        if "&#0;" in address:
            continue
        for label, octets in (("", b"x"), ("-known", known)):
            ref = Ref(uri=address, transforms="", octets=octets)
            yield attack(
                f"reference-{number}{label}",
                sign(DOCUMENT, Sig(refs=(WHOLE_REF, ref))),
                *CAUSES,
                verdict="either",
            )
        alone = sign(DOCUMENT, Sig(refs=(Ref(uri=address, octets=b"x"),)))
        yield attack(f"reference-{number}-alone", alone, *CAUSES, verdict="either")
        at = TRANSCRIPT.index(b'Id="ck-GVCN"')
        yield on_transcript(
            f"reference-{number}",
            TRANSCRIPT[:at] + replaced(TRANSCRIPT[at:], 'URI="#data"', f'URI="{address}"'),
            *CAUSES,
            "SIG.VALUE",
        )


def _retrieval(
    uri: str, kind: str = f"{DS}X509Data", content: str = "", identifier: str = ""
) -> str:
    return (
        f'<ds:RetrievalMethod{identifier} URI="{uri}" Type="{kind}">{content}</ds:RetrievalMethod>'
    )


def _key_infos() -> Iterator[Attack]:
    def signed(key_info: str, *, objects: str = "", is_xades: bool = True) -> bytes:
        return sign(
            DOCUMENT, Sig(refs=(WHOLE_REF,), key_info=key_info, objects=objects, is_xades=is_xades)
        )

    reference = (
        '<x:KeyInfoReference xmlns:x="http://www.w3.org/2009/xmldsig11#" '
        'URI="{}"></x:KeyInfoReference>'
    )
    xslt = (
        '<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/'
        'REC-xslt-19991116"></ds:Transform></ds:Transforms>'
    )
    looped = f'<ds:Object><ds:KeyInfo Id="k2">{_retrieval("#k1")}</ds:KeyInfo></ds:Object>'
    cases: tuple[tuple[str, str, str], ...] = (
        ("http", _retrieval("http://127.0.0.1:9/x.cer"), ""),
        ("file", _retrieval("file:///etc/hostname", f"{DS}rawX509Certificate"), ""),
        ("canary", _retrieval(f"{CANARY}/x.cer", f"{DS}rawX509Certificate"), ""),
        ("itself", _retrieval("#rm", identifier=' Id="rm"'), ""),
        ("own-key-info", "<!-- --><ds:KeyName>x</ds:KeyName>" + _retrieval("#ck"), ""),
        ("ring", _retrieval("#k2", identifier=' Id="k1"'), looped),
        ("many", _retrieval("#ck") * 5_000, ""),
        (
            "chain",
            "".join(_retrieval(f"#r{n + 1}", identifier=f' Id="r{n}"') for n in range(5_000)),
            "",
        ),
        ("xslt", _retrieval("#phieu", content=xslt), ""),
        ("reference", reference.format("http://127.0.0.1:9/x"), ""),
        (
            "reference-ring",
            reference.format("#k2"),
            f'<ds:Object><ds:KeyInfo Id="k2">{reference.format("#k2")}</ds:KeyInfo></ds:Object>',
        ),
        (
            "elsewhere",
            _retrieval("#xd"),
            (
                f"<ds:Object>"
                f"{x509_data(PERSON.certificate_der).replace('<ds:X509Data>', chr(60) + 'ds:X509Data Id=' + chr(34) + 'xd' + chr(34) + '>')}</ds:Object>"
            ),
        ),
    )
    for name, key_info, objects in cases:
        for is_xades in (True, False):
            octets = signed(key_info, objects=objects, is_xades=is_xades)
            yield attack(
                f"retrieval-{name}-{'xades' if is_xades else 'plain'}",
                octets,
                *CAUSES,
                verdict="either",
            )


HARMLESS_SHAPES: Final = (
    (
        "schema-location",
        (
            f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{NS} '
            f'http://127.0.0.1:9/x.xsd"'
        ),
        "",
    ),
    (
        "no-namespace-schema-location",
        (
            f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:noNamespaceSchemaLocation="{CANARY}/x.xsd"'
        ),
        "",
    ),
    (
        "xinclude",
        ' xmlns:xi="http://www.w3.org/2001/XInclude"',
        '<xi:include href="file:///etc/hostname" parse="text"></xi:include>',
    ),
    (
        "xinclude-canary",
        ' xmlns:xi="http://www.w3.org/2001/XInclude"',
        f'<xi:include href="{CANARY}/x.xml"></xi:include>',
    ),
    ("base", f' xml:base="file://{CANARY}/"', ""),
    (
        "xlink",
        ' xmlns:xlink="http://www.w3.org/1999/xlink"',
        '<a xlink:href="http://127.0.0.1:9/x" xlink:actuate="onLoad"></a>',
    ),
    ("html", "", '<img xmlns="http://www.w3.org/1999/xhtml" src="http://127.0.0.1:9/x"></img>'),
)


def harmless() -> Iterator[tuple[str, bytes]]:
    """Yield files that are right, signed by an honest person, and name addresses: VALID, and
    nothing is opened.
    """
    for name, attributes, content in HARMLESS_SHAPES:
        yield (
            name,
            sign(
                f'<hoso xmlns="{NS}"{attributes}>{content}<ketqua>dat</ketqua>{MARK}</hoso>',
                Sig(refs=(WHOLE_REF,)),
            ),
        )
    sheet = f'<?xml-stylesheet type="text/xsl" href="{CANARY}/x.xsl"?>'
    yield "stylesheet", sign(f"{sheet}{DOCUMENT}", Sig(refs=(WHOLE_REF,)))


def attacks() -> Iterator[Attack]:
    yield from _references()
    yield from _key_infos()
    for name, attributes, content in HARMLESS_SHAPES:
        added = replaced(WHOLE, "<ketqua>", f"{content}<ketqua>").replace(
            b"<hoso ", f"<hoso{attributes} ".encode(), 1
        )
        yield attack(f"added-{name}", added, "SIG.DIGEST")
    yield attack(
        "added-stylesheet",
        b'<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>' + WHOLE,
        "SIG.DIGEST",
    )
    yield from _detached()


def _detached() -> Iterator[Attack]:
    """Data beside the file: only what was given is used, under the name that was given."""
    data = b"du lieu rieng"
    ref = Ref(uri="tep.txt", transforms="", octets=data)
    signature = sign(MARK, Sig(refs=(ref,)))
    honest = attack("detached", signature, honest=signature)
    for name, files in (
        ("none", ()),
        ("changed", (("tep.txt", b"du lieu khac"),)),
        ("empty", (("tep.txt", b""),)),
        ("two-other-names", (("khac.txt", b"x"), ("nua.txt", b"y"))),
    ):
        yield replace(
            honest,
            name=f"detached-{name}",
            detached=files,
            honest=None,
            causes=frozenset({*CAUSES, "SIG.DIGEST"}),
            verdict="either",
        )


def detached_honest() -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    data = b"du lieu rieng"
    return sign(
        MARK, Sig(refs=(Ref(uri="tep.txt", transforms="", octets=data, attributes=' Id="r-1"'),))
    ), (("tep.txt", data),)
